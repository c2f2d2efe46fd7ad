//! Where a registration stands, and what is next.

use jamsostek_client::{Registration, Segment, v1::registration::State};
use serde_json::{Value, json};

use crate::{
    answer::Answer,
    command::otp::id,
    desk::Desk,
    failure::Failure,
    show::{bill_json, bill_text, or_null, registration_json, registration_text},
    words::{plain, short},
};

/// Where a registration stands, and what is next.
pub(crate) async fn standing(desk: &Desk, stands: &Registration) -> Result<Answer, Failure> {
    let state = stands.state();
    if state == State::Active {
        return is_active(desk).await;
    }
    let bill = if stands.bill_id.is_empty() {
        None
    } else {
        let bill = desk.caller().await?.get_bill(id(&stands.bill_id)?).await?;
        Some(bill)
    };
    let next = match state {
        State::AwaitingOtp => "Bring the code back with `jamsostek register --code CODE`.",
        State::AwaitingEmployment => match stands.segment() {
            Segment::Pu => "Name the employer: `jamsostek register --npp … --started-on …`.",
            Segment::Pmi => {
                "Tell the work abroad: `jamsostek register --route … --country … --job … --contract-months … --departs-on …`."
            }
            Segment::Bpu | Segment::Unspecified => {
                "Tell the work: `jamsostek register --occupation … --sector … --income …`."
            }
        },
        State::AwaitingConfirmation => "Confirm it with `jamsostek register --yes`.",
        State::AwaitingPayment => {
            "Pay the code at a bank, a shop or a wallet; in a sandbox with `jamsostek pay`."
        }
        State::AwaitingIdentity => {
            "It is paid. The population register is being asked who this is."
        }
        State::AwaitingProof => {
            "Somebody with this NIK or passport is known. Prove that it is you: `jamsostek prove --kpj … --mother-name …`, or --npp with the employer's; or let an officer help."
        }
        State::Cancelled | State::Expired => "Start another with `jamsostek register --new`.",
        State::Held | State::Stopped | State::Active | State::Unspecified => {
            "An officer must help."
        }
    };
    let mut text = String::new();
    if let Some(bill) = &bill {
        let payable = state == State::AwaitingPayment;
        desk.keep(|state| state.payment_code = payable.then(|| bill.payment_code.clone()))?;
        text.push_str(&bill_text(bill));
    } else if state == State::AwaitingConfirmation {
        text.push_str(&registration_text(stands));
    }
    let shown = plain(short(state.as_str_name(), "STATE_"));
    text.push_str(&format!("\nThe registration is {shown}. {next}\n"));
    let json = json!({
        "registration": registration_json(stands),
        "bill": bill.as_ref().map(bill_json),
        "next": next,
    });
    Ok(Answer::new(text.trim_start_matches('\n'), json))
}

/// The registrant has become a participant: so does the session.
pub(super) async fn is_active(desk: &Desk) -> Result<Answer, Failure> {
    let me = desk.caller_anew().await?.get_participant(None).await?;
    // Through an agency the first stage makes a participant, and the same code takes the rest.
    let owes = me.memberships.iter().any(|it| {
        let paid = it.journey.as_ref().map(|it| it.contract_paid_on.as_str());
        it.segment() == Segment::Pmi && paid.is_none_or(str::is_empty)
    });
    desk.keep(|state| {
        state.registration_id = None;
        state.payment_code = state.payment_code.take().filter(|_| owes);
    })?;
    let next = if owes {
        "The contract is not paid whole yet; in a sandbox `jamsostek pay` pays the rest."
    } else {
        "`jamsostek coverage` tells what is covered."
    };
    let known = match me.kpj.as_str() {
        "" => "has an account; the KPJ comes when the employer confirms".to_owned(),
        kpj => format!("is a participant: KPJ {kpj}"),
    };
    let text = format!("{} {known}.\n{next}", me.full_name);
    let json = json!({
        "registration": {
            "state": "ACTIVE",
            "kpj": or_null(&me.kpj),
            "participant_id": me.id,
        },
        "bill": Value::Null,
        "next": next,
    });
    Ok(Answer::new(text, json))
}
