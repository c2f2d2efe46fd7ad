//! Signing in and out.

use clap::Args;
use serde_json::json;

use super::otp::{Code, sent_json, sent_text, take_back, to_sign_in, verified};
use crate::{
    answer::Answer,
    ask::{self, Ask},
    desk::Desk,
    failure::Failure,
    state::{Purpose, State},
};

#[derive(Args)]
pub(crate) struct SignIn {
    /// The e-mail address or mobile number on file
    #[arg(long, env = "JAMSOSTEK_CONTACT", hide_env_values = true)]
    contact: Option<String>,
    /// The participant number, where several share the contact
    #[arg(long)]
    kpj: Option<String>,
    #[command(flatten)]
    code: Code,
}

impl SignIn {
    pub(crate) async fn run(self, desk: &Desk) -> Result<Answer, Failure> {
        let sent = desk.state()?.code;
        let waits = sent.is_some_and(|it| it.purpose == Purpose::SignIn);
        if waits && self.code.code.is_some() {
            let answer = take_back(desk, self.code.code).await?;
            return answer.as_ref().map(verified).ok_or_else(no_code);
        }
        if self.code.code.is_some() {
            return Err(no_code());
        }
        let mut ask = Ask::default();
        let contact = ask.need(self.contact, "--contact", "E-mail address or mobile number")?;
        ask.done()?;
        let sent = to_sign_in(desk, contact, self.kpj.unwrap_or_default()).await?;
        if ask::is_there() {
            ask::tell(&format!("A code goes to {}.", sent.masked_contact));
        }
        match take_back(desk, None).await? {
            Some(answer) => Ok(verified(&answer)),
            None => Ok(Answer::new(sent_text(&sent), sent_json(&sent))),
        }
    }
}

fn no_code() -> Failure {
    Failure::usage(
        "No code is on its way that would sign anybody in.",
        "Ask for one with `jamsostek sign-in --contact CONTACT`.",
    )
}

/// Ends the session at the service, then forgets all that is kept about the server.
pub(crate) async fn out(desk: &Desk) -> Result<Answer, Failure> {
    let turn = desk.store.turn()?;
    let session = desk.store.read()?.session;
    let ended = session.is_some();
    if let Some(session) = session {
        let nobody = desk.nobody().await?;
        match nobody.revoke_token(session.refresh_token).await {
            Ok(()) => {}
            // It had ended already.
            Err(error) if error.refusal().is_some() => {}
            Err(error) => return Err(error.into()),
        }
    }
    desk.store
        .change(&turn, |state| *state = State::default())?;
    let text = if ended {
        "Signed out."
    } else {
        "Nobody was signed in."
    };
    Ok(Answer::new(text, json!({ "signed_out": ended })))
}
