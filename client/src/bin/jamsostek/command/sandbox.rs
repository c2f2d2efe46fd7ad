//! What only a sandbox shows: its people, its messages, its clock.

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use crate::{
    answer::Answer,
    desk::Desk,
    failure::Failure,
    show::{moment, moment_json, or_null},
    table::Table,
};

/// How long a day is.
const DAY_SECONDS: i64 = 86_400;

#[derive(Subcommand)]
pub(crate) enum Sandbox {
    /// Lists people to register, each with a story
    People,
    /// Lists what was sent, newest first, with the codes
    Messages(Messages),
    /// Moves the clock ahead; never back
    Clock(Clock),
}

#[derive(Args)]
pub(crate) struct Messages {
    /// Only those to this e-mail address or mobile number
    #[arg(long, env = "JAMSOSTEK_CONTACT", hide_env_values = true)]
    contact: Option<String>,
}

#[derive(Args)]
pub(crate) struct Clock {
    /// By so many days
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(i64).range(0..=36_500))]
    days: i64,
}

impl Sandbox {
    pub(crate) async fn run(self, desk: &Desk) -> Result<Answer, Failure> {
        match self {
            Self::People => people(desk).await,
            Self::Messages(it) => it.run(desk).await,
            Self::Clock(it) => it.run(desk).await,
        }
    }
}

async fn people(desk: &Desk) -> Result<Answer, Failure> {
    let people = desk.nobody().await?.list_people().await?;
    let mut table = Table::new(["NIK", "name", "story"]);
    for it in &people {
        table.row([it.nik.clone(), it.full_name.clone(), it.story.clone()]);
    }
    let json = people.iter().map(|it| {
        json!({
            "nik": it.nik,
            "full_name": it.full_name,
            "birth_date": or_null(&it.birth_date),
            "mother_name": or_null(&it.mother_name),
            "story": it.story,
        })
    });
    let json = json!({ "people": json.collect::<Value>() });
    Ok(Answer::new(table.shown(), json))
}

impl Messages {
    async fn run(self, desk: &Desk) -> Result<Answer, Failure> {
        let nobody = desk.nobody().await?;
        let messages = nobody
            .list_messages(self.contact.unwrap_or_default())
            .await?;
        let mut table = Table::new(["sent", "code", "text"]);
        for it in &messages {
            table.row([
                moment(it.sent_at.as_ref()),
                it.code.clone(),
                it.text.clone(),
            ]);
        }
        let json = messages.iter().map(|it| {
            json!({
                "contact": it.contact,
                "text": it.text,
                "code": or_null(&it.code),
                "sent_at": moment_json(it.sent_at.as_ref()),
            })
        });
        let json = json!({ "messages": json.collect::<Value>() });
        Ok(Answer::new(table.shown(), json))
    }
}

impl Clock {
    async fn run(self, desk: &Desk) -> Result<Answer, Failure> {
        let nobody = desk.nobody().await?;
        let told = nobody.advance_clock(self.days * DAY_SECONDS).await?;
        let text = format!("It is {} there now.", told.today);
        let json = json!({ "now": moment_json(told.now.as_ref()), "today": told.today });
        Ok(Answer::new(text, json))
    }
}
