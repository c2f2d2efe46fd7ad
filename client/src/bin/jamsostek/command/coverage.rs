//! What covers somebody today.

use clap::Args;

use crate::{
    answer::Answer,
    args::About,
    desk::Desk,
    failure::Failure,
    show::{coverage_text, participant_json},
};

#[derive(Args)]
pub(crate) struct Coverage {
    #[command(flatten)]
    about: About,
}

impl Coverage {
    pub(crate) async fn run(self, desk: &Desk) -> Result<Answer, Failure> {
        let caller = desk.caller().await?;
        let participant = caller.get_participant(self.about.participant).await?;
        let text = coverage_text(&participant);
        Ok(Answer::new(text, participant_json(&participant)))
    }
}
