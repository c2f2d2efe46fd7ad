//! Who is signed in.

use jamsostek_client::Subject;
use serde_json::{Value, json};

use crate::{
    answer::Answer,
    desk::Desk,
    failure::Failure,
    show::{moment_json, participant_json, participant_text},
    words::{plain, short},
};

pub(crate) async fn run(desk: &Desk) -> Result<Answer, Failure> {
    let caller = desk.caller().await?;
    let me = caller.who_am_i().await?;
    let subject = short(me.subject().as_str_name(), "SUBJECT_");
    let participant = if me.subject() == Subject::Participant {
        Some(caller.get_participant(None).await?)
    } else {
        None
    };
    let mut text = format!("{} {}\n", plain(subject), me.subject_id);
    if !me.scopes.is_empty() {
        text.push_str(&format!("  scopes  {}\n", me.scopes.join(", ")));
    }
    if let Some(participant) = &participant {
        text.push_str(&participant_text(participant));
    }
    let json = json!({
        "subject": subject,
        "subject_id": me.subject_id,
        "scopes": me.scopes,
        "token_expires_at": moment_json(me.expires_at.as_ref()),
        "participant": participant.as_ref().map_or(Value::Null, participant_json),
    });
    Ok(Answer::new(text, json))
}
