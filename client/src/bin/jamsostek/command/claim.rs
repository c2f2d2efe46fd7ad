//! Claims: checked, submitted, followed, taken back.

mod submit;

use clap::{Args, Subcommand};
use futures_util::TryStreamExt;
use jamsostek_client::{ClaimCause, Programme as WireProgramme, Uuid};
use serde_json::{Value, json};

use crate::{
    answer::Answer,
    args::About,
    ask,
    desk::Desk,
    failure::Failure,
    show::{claim_json, claim_text, claims_table, eligibility_json, eligibility_text},
    words::{Cause, Programme},
};

#[derive(Subcommand)]
pub(crate) enum Claim {
    /// Tells whether a claim would be granted today, rule by rule
    Check(Check),
    /// Submits a claim: sends the code for it, takes the code back, submits
    Submit(submit::Submit),
    /// Lists one's claims; for an officer, those that wait for one
    List(List),
    /// Shows where a claim stands
    Show(One),
    /// Takes a claim back
    Withdraw(Withdraw),
}

/// What is claimed.
#[derive(Args)]
pub(crate) struct What {
    /// Why the benefit is due
    #[arg(long)]
    cause: Cause,
    /// The programme
    #[arg(long, default_value = "jht")]
    programme: Programme,
}

impl What {
    fn programme(&self) -> WireProgramme {
        self.programme.into()
    }

    fn cause(&self) -> ClaimCause {
        self.cause.into()
    }
}

#[derive(Args)]
pub(crate) struct Check {
    #[command(flatten)]
    about: About,
    #[command(flatten)]
    what: What,
}

#[derive(Args)]
pub(crate) struct List {
    #[command(flatten)]
    about: About,
}

#[derive(Args)]
pub(crate) struct One {
    /// The claim's UUID
    claim: Uuid,
}

#[derive(Args)]
pub(crate) struct Withdraw {
    /// The claim's UUID
    claim: Uuid,
    /// Does not ask whether it is meant
    #[arg(long)]
    yes: bool,
}

impl Claim {
    pub(crate) async fn run(self, desk: &Desk) -> Result<Answer, Failure> {
        match self {
            Self::Check(it) => it.run(desk).await,
            Self::Submit(it) => it.run(desk).await,
            Self::List(it) => it.run(desk).await,
            Self::Show(it) => it.run(desk).await,
            Self::Withdraw(it) => it.run(desk).await,
        }
    }
}

impl Check {
    async fn run(self, desk: &Desk) -> Result<Answer, Failure> {
        let (programme, cause) = (self.what.programme(), self.what.cause());
        let caller = desk.caller().await?;
        let told = caller
            .check_eligibility(self.about.participant, programme, cause)
            .await?;
        Ok(Answer::new(
            eligibility_text(&told),
            eligibility_json(&told),
        ))
    }
}

impl List {
    async fn run(self, desk: &Desk) -> Result<Answer, Failure> {
        let claims = desk.caller().await?.claims(self.about.participant);
        let claims: Vec<_> = claims.try_collect().await?;
        let text = if claims.is_empty() {
            "There are no claims.".to_owned()
        } else {
            claims_table(&claims)
        };
        let json = json!({ "claims": claims.iter().map(claim_json).collect::<Value>() });
        Ok(Answer::new(text, json))
    }
}

impl One {
    async fn run(self, desk: &Desk) -> Result<Answer, Failure> {
        let claim = desk.caller().await?.get_claim(self.claim).await?;
        Ok(Answer::new(claim_text(&claim), claim_json(&claim)))
    }
}

impl Withdraw {
    async fn run(self, desk: &Desk) -> Result<Answer, Failure> {
        if !self.yes && !ask::agrees("Take this claim back?")? {
            return Err(Failure::usage(
                "Nothing was taken back.",
                "Say so with --yes.",
            ));
        }
        let claim = desk.caller().await?.withdraw_claim(self.claim).await?;
        Ok(Answer::new(claim_text(&claim), claim_json(&claim)))
    }
}
