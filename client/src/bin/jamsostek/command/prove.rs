//! Proving that the participant whose NIK or passport was told is oneself.

use clap::Args;
use jamsostek_client::v1::{ProveIdentityRequest, prove_identity_request::Second};

use super::{otp::id, register::standing};
use crate::{answer::Answer, ask::Ask, desk::Desk, failure::Failure};

/// Proves that somebody who is known already is oneself, where the code went to a contact that is not on file.
///
/// It takes two proofs, and there are three tries.
#[derive(Args)]
pub(crate) struct Prove {
    /// The participant number on the card: 11 digits
    #[arg(long)]
    kpj: Option<String>,
    /// The mother's maiden name
    #[arg(
        long,
        env = "JAMSOSTEK_MOTHER_NAME",
        hide_env_values = true,
        value_name = "NAME"
    )]
    mother_name: Option<String>,
    /// In place of the mother's name the unit where one works or worked last
    #[arg(long, value_name = "NPP")]
    npp: Option<String>,
}

impl Prove {
    pub(crate) async fn run(self, desk: &Desk) -> Result<Answer, Failure> {
        let registration = desk.state()?.registration_id.ok_or_else(|| {
            Failure::usage(
                "No registration is under way.",
                "Start one with `jamsostek register`.",
            )
        })?;
        let mut ask = Ask::default();
        let kpj = ask.need(self.kpj, "--kpj", "KPJ, the 11 digits on the card")?;
        let second = match self.npp {
            Some(npp) => Second::Npp(npp),
            None => Second::MotherName(ask.need(
                self.mother_name,
                "--mother-name",
                "Mother's maiden name",
            )?),
        };
        ask.done()?;
        let proofs = ProveIdentityRequest {
            registration_id: id(&registration)?.to_string(),
            kpj,
            second: Some(second),
        };
        let stands = desk.caller().await?.prove_identity(proofs).await?;
        standing(desk, &stands).await
    }
}
