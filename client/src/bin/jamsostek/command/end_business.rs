//! The end of a business, which a claim for old-age savings may need.

use clap::Args;
use jamsostek_client::{NaiveDate, Uuid, v1::EndBusinessRequest};
use serde_json::json;

use super::bill::only_membership;
use crate::{answer::Answer, ask, desk::Desk, failure::Failure, words::rupiah};

#[derive(Args)]
pub(crate) struct EndBusiness {
    /// The last day, as YYYY-MM-DD; today otherwise
    #[arg(long, value_name = "DAY")]
    on: Option<NaiveDate>,
    /// The membership, where there are several
    #[arg(long, value_name = "UUID")]
    membership: Option<Uuid>,
    /// Does not ask whether it is meant
    #[arg(long)]
    yes: bool,
}

impl EndBusiness {
    pub(crate) async fn run(self, desk: &Desk) -> Result<Answer, Failure> {
        let membership = match self.membership {
            Some(membership) => membership,
            None => only_membership(desk).await?,
        };
        if !self.yes && !ask::agrees("This cannot be taken back. End the business?")? {
            return Err(Failure::usage("Nothing was ended.", "Say so with --yes."));
        }
        let request = EndBusinessRequest {
            membership_id: membership.to_string(),
            ended_on: self.on.map_or_else(String::new, |it| it.to_string()),
        };
        let end = desk.caller().await?.end_business(request).await?;
        let text = format!(
            "The last day is {}. From {} on the savings can be claimed.\n  credit  {}\n",
            end.ended_on,
            end.claimable_on,
            rupiah(end.credited_idr),
        );
        let json = json!({
            "membership_id": membership.to_string(),
            "ended_on": end.ended_on,
            "claimable_on": end.claimable_on,
            "credited_idr": end.credited_idr,
        });
        Ok(Answer::new(text, json))
    }
}
