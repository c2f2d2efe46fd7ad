//! Bills: shown and issued.

use clap::Args;
use jamsostek_client::{
    Bill as WireBill, Subject, Uuid,
    v1::{IssueBillRequest, Membership, membership::State},
};

use super::otp::id;
use crate::{
    answer::Answer,
    desk::Desk,
    failure::Failure,
    show::{bill_json, bill_text},
};

#[derive(Args)]
pub(crate) struct Bill {
    /// The bill's UUID; the registration's bill otherwise
    #[arg(conflicts_with_all = ["months", "membership"])]
    bill: Option<Uuid>,
    /// Issues a bill for so many months, 1 to 12
    #[arg(long)]
    months: Option<i32>,
    /// The membership it is for, where there are several
    #[arg(long, value_name = "UUID")]
    membership: Option<Uuid>,
}

impl Bill {
    pub(crate) async fn run(self, desk: &Desk) -> Result<Answer, Failure> {
        let bill = match (self.bill, self.months) {
            (Some(bill), _) => desk.caller().await?.get_bill(bill).await?,
            (None, Some(months)) => issue(desk, months, self.membership).await?,
            (None, None) => first(desk).await?,
        };
        Ok(Answer::new(bill_text(&bill), bill_json(&bill)))
    }
}

/// Issues a bill and keeps its code for `jamsostek pay`.
pub(crate) async fn issue(
    desk: &Desk,
    months: i32,
    membership: Option<Uuid>,
) -> Result<WireBill, Failure> {
    let caller = desk.caller().await?;
    let membership = match membership {
        Some(membership) => membership,
        None => only_membership(desk).await?,
    };
    let request = IssueBillRequest {
        bill_id: String::new(),
        membership_id: membership.to_string(),
        months,
    };
    let bill = caller.issue_bill(request).await?.bill;
    let bill = bill.ok_or_else(|| Failure::strange("the answer lacks its bill"))?;
    desk.keep(|state| state.payment_code = Some(bill.payment_code.clone()))?;
    Ok(bill)
}

/// The bill of the registration that is under way.
async fn first(desk: &Desk) -> Result<WireBill, Failure> {
    let nothing = || {
        Failure::usage(
            "No bill is named.",
            "Name its UUID, or issue one with --months.",
        )
    };
    let registration = desk.state()?.registration_id.ok_or_else(nothing)?;
    let caller = desk.caller().await?;
    if caller.who_am_i().await?.subject() != Subject::Registrant {
        return Err(nothing());
    }
    let registration = caller.get_registration(id(&registration)?).await?;
    if registration.bill_id.is_empty() {
        return Err(Failure::usage(
            "The registration is not confirmed, and has no bill yet.",
            "Go on with `jamsostek register`.",
        ));
    }
    Ok(caller.get_bill(id(&registration.bill_id)?).await?)
}

/// The caller's own membership that goes on.
pub(crate) async fn only_membership(desk: &Desk) -> Result<Uuid, Failure> {
    the_only(desk, |_| true).await
}

/// The caller's own membership that goes on and fits.
pub(crate) async fn the_only(
    desk: &Desk,
    fits: impl Fn(&Membership) -> bool,
) -> Result<Uuid, Failure> {
    let caller = desk.caller().await?;
    let me = caller.get_participant(None).await?;
    let going_on = me
        .memberships
        .iter()
        .filter(|it| it.state() != State::Ended && fits(it));
    let ids: Vec<_> = going_on.map(|it| it.id.as_str()).collect();
    match ids.as_slice() {
        [only] => id(only),
        [] => Err(Failure::usage(
            "No membership of this kind goes on.",
            "`jamsostek coverage` tells what is held.",
        )),
        several => Err(Failure::usage(
            format!("There are several memberships: {}.", several.join(", ")),
            "Name one with --membership.",
        )),
    }
}
