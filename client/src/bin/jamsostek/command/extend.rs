//! More months of cover abroad.

use clap::Args;
use jamsostek_client::{Segment, Uuid, v1::ExtendCoverRequest};

use super::bill::the_only;
use crate::{
    answer::Answer,
    desk::Desk,
    failure::Failure,
    show::{bill_json, bill_text},
};

#[derive(Args)]
pub(crate) struct Extend {
    /// How many months are added, 1 to 60
    #[arg(long)]
    months: i32,
    /// The membership, where there are several
    #[arg(long, value_name = "UUID")]
    membership: Option<Uuid>,
}

impl Extend {
    pub(crate) async fn run(self, desk: &Desk) -> Result<Answer, Failure> {
        let membership = match self.membership {
            Some(membership) => membership,
            // Somebody may work at home as well; only what is abroad can be extended.
            None => the_only(desk, |it| it.segment() == Segment::Pmi).await?,
        };
        let request = ExtendCoverRequest {
            bill_id: Uuid::now_v7().to_string(),
            membership_id: membership.to_string(),
            months: self.months,
        };
        let bill = desk.caller().await?.extend_cover(request).await?.bill;
        let bill = bill.ok_or_else(|| Failure::strange("the answer lacks its bill"))?;
        desk.keep(|state| state.payment_code = Some(bill.payment_code.clone()))?;
        Ok(Answer::new(bill_text(&bill), bill_json(&bill)))
    }
}
