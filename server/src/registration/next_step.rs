//! What to do next: each step with its rpc and a body that is ready to paste.

use chrono::{DateTime, Utc};
use jamsostek_proto::v1::{self as wire, NextStep, Subject};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{rules::State, stand::Shown};
use crate::{clock::day_of, scheme::Segment};

fn step(rpc: &str, body: &Value, caller: Subject, explanation: impl Into<String>) -> NextStep {
    NextStep {
        rpc: format!("jamsostek.v1.{rpc}"),
        body_json: body.to_string(),
        caller: caller.into(),
        explanation: explanation.into(),
    }
}

/// What follows the start: the code comes back, or another is asked for.
pub(super) fn after_start(challenge: Uuid, is_sandbox: bool) -> Vec<NextStep> {
    let mut steps = vec![
        step(
            "OtpService/VerifyOtp",
            &json!({ "challengeId": challenge, "code": "‹the six digits›" }),
            Subject::Unspecified,
            "Bring back the code that was sent to the contact; the answer holds the token for the next steps.",
        ),
        step(
            "OtpService/SendOtp",
            &json!({ "purpose": "OTP_PURPOSE_REGISTER", "resendOf": challenge }),
            Subject::Unspecified,
            "Ask for another code after a minute.",
        ),
    ];
    if is_sandbox {
        steps.push(step(
            "SandboxService/ListMessages",
            &json!({}),
            Subject::Unspecified,
            "Read the code in the sandbox's outbox.",
        ));
    }
    steps
}

/// What can be done from where the registration stands; the first is the way on.
pub(super) fn from(shown: &Shown, is_sandbox: bool) -> Vec<NextStep> {
    let id = shown.row.id;
    let registrant = who(shown);
    let cancel = || {
        let body = json!({ "registrationId": id });
        step(
            "RegistrationService/CancelRegistration",
            &body,
            registrant,
            "Take the registration back.",
        )
    };
    match shown.state {
        State::AwaitingOtp => after_start(shown.challenge, is_sandbox),
        State::AwaitingEmployment => vec![submit_employment(shown), cancel()],
        State::AwaitingConfirmation => vec![
            step(
                "RegistrationService/ConfirmRegistration",
                &json!({ "registrationId": id }),
                registrant,
                match Segment::from_code(&shown.row.segment) {
                    Some(Segment::Pu) => {
                        "Read what was told once more and confirm it; the employer is then asked."
                    }
                    Some(Segment::Bpu | Segment::Pmi) | None => {
                        "Read what was told once more and confirm it; the answer holds the payment code."
                    }
                },
            ),
            submit_employment(shown),
            cancel(),
        ],
        State::AwaitingPayment => vec![pay(shown), cancel()],
        State::Active => {
            let refresh = step(
                "SessionService/RefreshToken",
                &json!({ "refreshToken": "‹the refresh token›" }),
                Subject::Unspecified,
                "Refresh the token: from now on it speaks for the participant.",
            );
            let further = shown.takes_further.then(|| submit_employment(shown));
            std::iter::once(refresh).chain(further).collect()
        }
        // The register is asked again by itself.
        State::AwaitingIdentity | State::Held => vec![cancel()],
        State::AwaitingProof => vec![prove(id), cancel()],
        // It was found out after the code had come back, and no officer knows of it yet.
        State::Stopped if shown.may_join() && shown.joining.is_none() => vec![prove(id), cancel()],
        State::Stopped if shown.may_join() => vec![cancel()],
        State::Stopped => Vec::new(),
        State::Cancelled | State::Expired => vec![step(
            "RegistrationService/StartRegistration",
            &json!({
                "segment": segment(shown), "nik": "‹the 16 digits›", "fullName": "‹as on the e-KTP›",
                "contact": "‹e-mail or +628…›", "consent": true
            }),
            Subject::Unspecified,
            "Start another registration.",
        )],
    }
}

/// The segment as the wire names it.
fn segment(shown: &Shown) -> &'static str {
    let segment = Segment::from_code(&shown.row.segment);
    segment
        .map_or(wire::Segment::Unspecified, Into::into)
        .as_str_name()
}

fn prove(registration: Uuid) -> NextStep {
    step(
        "RegistrationService/ProveIdentity",
        &json!({ "registrationId": registration, "kpj": "‹the 11 digits›", "motherName": "‹her maiden name›" }),
        Subject::Registrant,
        "More proof is needed: tell the participant number (KPJ) and the mother's maiden name or, instead of her name, npp: the number of \
         the last employer. After three wrong tries an officer must help.",
    )
}

fn submit_employment(shown: &Shown) -> NextStep {
    let (mut body, explanation) = match Segment::from_code(&shown.row.segment) {
        Some(Segment::Pu) => employee(shown.row.id),
        Some(Segment::Pmi) => placement(shown.row.id, shown.now),
        Some(Segment::Bpu) | None => business(shown.row.id),
    };
    if shown.row.birth_date.is_none() {
        body["birthDate"] = json!("‹YYYY-MM-DD›");
    }
    let explanation = if shown.takes_further {
        format!("For a further membership under the same number: {explanation}")
    } else {
        explanation.to_owned()
    };
    step(
        "RegistrationService/SubmitEmployment",
        &body,
        who(shown),
        explanation,
    )
}

/// Who goes on: whoever has an account is a participant.
fn who(shown: &Shown) -> Subject {
    match shown.participant {
        Some(_) => Subject::Participant,
        None => Subject::Registrant,
    }
}

fn employee(registration: Uuid) -> (Value, &'static str) {
    let body = json!({
        "registrationId": registration,
        "employee": { "npp": "‹8 capitals and digits›", "startedOn": "‹YYYY-MM-DD›" }
    });
    let explanation = "Name the unit you work at (EmployerService/SearchEmployers finds its NPP) and your first day there. Where the employer \
                       is not listed, tell employee.unlistedEmployer with name and city instead of the NPP.";
    (body, explanation)
}

fn placement(registration: Uuid, now: DateTime<Utc>) -> (Value, &'static str) {
    let body = json!({
        "registrationId": registration,
        "placement": {
            "route": "ROUTE_AGENCY", "agency": "PT Contoh Penempatan", "country": "TW", "jobTitle": "Perawat",
            "contractMonths": 24, "departsOn": day_of(now).to_string(), "jhtMonthlyIdr": "0"
        }
    });
    let explanation = "Tell how and where you go, for how many months, when, and what you save for old age a month (the values here are an \
                       example). Who goes by himself (ROUTE_INDIVIDUAL) names no agency.";
    (body, explanation)
}

fn business(registration: Uuid) -> (Value, &'static str) {
    let body = json!({
        "registrationId": registration,
        "employment": {
            "occupations": [{ "title": "Penjual mi ayam", "sector": "SECTOR_TRADE" }],
            "category": "BPU_CATEGORY_SELF_EMPLOYED",
            "incomeIdr": "2500000",
            "programmes": ["PROGRAMME_JKK", "PROGRAMME_JKM", "PROGRAMME_JHT"],
            "months": 1
        }
    });
    let explanation = "Tell the work, the income, the programmes and how many months are paid at once (the values here are an example).";
    (body, explanation)
}

fn pay(shown: &Shown) -> NextStep {
    let (code, payable) = shown
        .payment
        .as_ref()
        .map_or(("", 0), |it| (it.payment_code.as_str(), it.payable.idr()));
    let body = json!({
        "gatewayPaymentId": format!("pay-{code}-{payable}"),
        "paymentCode": code,
        "amountIdr": payable.to_string(),
        "paidAt": shown.now.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
        "channel": "BANK"
    });
    let explanation = format!(
        "Pay Rp {payable} with payment code {code} at a bank, shop or wallet; its gateway reports it by this call."
    );
    step(
        "ContributionService/RecordPayment",
        &body,
        Subject::Service,
        explanation,
    )
}
