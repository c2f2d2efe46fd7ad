//! What somebody holds: what covers her, and what she has saved.

use jamsostek_client::{
    Client, Participant,
    v1::{GetBalanceRequest, GetParticipantRequest, Phase},
};

use crate::{
    Outcome,
    guide::{As, Tour, tell},
};

impl Tour {
    /// What covers her today, a programme a line.
    pub async fn looks_at_her_cover(&self, member: &Client) -> Outcome<Participant> {
        let request = GetParticipantRequest::default();
        self.show("ParticipantService/GetParticipant", As::Member, &request)?;
        let participant = member.get_participant(None).await?;
        tell(format!(
            "{}, KPJ {}",
            participant.full_name, participant.kpj
        ));
        for cover in &participant.coverage {
            let name = cover.programme().as_str_name();
            // Only somebody abroad is in a phase.
            let phase = if cover.phase() == Phase::Unspecified {
                String::new()
            } else {
                format!(", {}", cover.phase().as_str_name())
            };
            let until = match cover.until.as_str() {
                "" => "on".to_owned(),
                until => format!("to {until}"),
            };
            if cover.covered {
                tell(format!("{name}: covered {} {until}{phase}", cover.since));
            } else {
                tell(format!("{name}: {}", cover.reason().as_str_name()));
            }
        }
        Ok(participant)
    }

    /// What she has saved for old age.
    pub async fn looks_at_her_savings(&self, member: &Client) -> Outcome<()> {
        let request = GetBalanceRequest::default();
        self.show("BalanceService/GetBalance", As::Member, &request)?;
        let balance = member.get_balance(None, None).await?;
        tell(format!(
            "Saved for old age on {}: IDR {}",
            balance.as_of, balance.balance_idr
        ));
        Ok(())
    }
}
