//! Registering: from nobody to a bill, one step after the other, from wherever it stands.
//!
//! The state of the registration is the service's; only its id is kept here, before the first call. Another segment is
//! another form under `register/` and a branch where `Segment` is looked at.

mod form;

use clap::Args;
use jamsostek_client::{
    Code, ErrorReason, Registration, Uuid,
    v1::{
        Segment as WireSegment, StartRegistrationRequest, SubmitEmploymentRequest,
        registration::State,
    },
};
use serde_json::{Value, json};

use super::otp::{self, id, take_back};
use crate::{
    answer::Answer,
    ask,
    desk::Desk,
    failure::{Exit, Failure},
    show::{bill_json, bill_text, registration_json, registration_text},
    state::{Purpose, SentCode},
    words::{Segment, plain, short},
};

/// Registers somebody, step by step: who it is, a code to the contact, the work, the confirmation, the bill.
///
/// At a terminal it asks for what is missing. In a script each run goes as far as its flags reach, and says what is next.
#[derive(Args)]
pub(crate) struct Register {
    /// The segment
    #[arg(long, default_value = "bpu")]
    segment: Segment,
    #[command(flatten)]
    code: otp::Code,
    /// Confirms what was told, without asking once more
    #[arg(long)]
    yes: bool,
    /// Starts another registration and leaves the one that is under way
    #[arg(long)]
    new: bool,
    /// Takes the registration back
    #[arg(long, conflicts_with_all = ["new", "yes"])]
    cancel: bool,
    #[command(flatten)]
    person: form::Person,
    #[command(flatten)]
    work: form::Work,
}

impl Register {
    pub(crate) async fn run(self, desk: &Desk) -> Result<Answer, Failure> {
        self.is_served()?;
        if desk.credentials()?.is_some() {
            return Err(Failure::usage(
                "A registration speaks for itself, and not for an officer or a service.",
                "Unset JAMSOSTEK_CLIENT_ID for it.",
            ));
        }
        if self.new {
            desk.keep(|state| {
                (state.registration_id, state.payment_code) = (None, None);
                state.code = state
                    .code
                    .take()
                    .filter(|it| it.purpose != Purpose::Register);
            })?;
        }
        let state = desk.state()?;
        let speaks = state.session.map(|it| it.subject);
        let registration = state.registration_id.as_deref().map(id).transpose()?;
        let sent = state.code.is_some_and(|it| it.purpose == Purpose::Register);
        match (registration, speaks.as_deref()) {
            (None, Some(other)) if other != "REGISTRANT" && !self.new => Err(Failure::usage(
                format!("Somebody is signed in already: a {}.", plain(other)),
                "Sign out with `jamsostek sign-out`, or register somebody else with --new.",
            )),
            (None, _) => self.starts(desk).await,
            (Some(registration), _) if sent => self.proves(desk, registration).await,
            (Some(registration), Some("REGISTRANT")) => self.goes_on(desk, registration).await,
            (Some(_), Some(_)) => is_active(desk).await,
            // It was started, and the answer got lost: the same again starts nothing more.
            (Some(registration), None) => self.asks_to_start(desk, registration).await,
        }
    }

    /// Another segment is refused by its name until this program has its form.
    fn is_served(&self) -> Result<(), Failure> {
        let name = match self.segment {
            Segment::Bpu => return Ok(()),
            Segment::Pu => "Employees (PU)",
            Segment::Pmi => "Migrant workers (PMI)",
        };
        Err(Failure::here(
            Exit::Refused,
            format!("{name} cannot be registered with this program yet."),
            "Only --segment bpu is served by it.",
        ))
    }

    async fn starts(self, desk: &Desk) -> Result<Answer, Failure> {
        if self.cancel {
            return Err(Failure::usage(
                "No registration is under way.",
                "There is nothing to take back.",
            ));
        }
        // Kept before the first attempt, so that an answer that gets lost is asked for again and starts nothing more.
        self.asks_to_start(desk, Uuid::now_v7()).await
    }

    async fn asks_to_start(mut self, desk: &Desk, registration: Uuid) -> Result<Answer, Failure> {
        let person = std::mem::take(&mut self.person).filled()?;
        desk.keep(|state| state.registration_id = Some(registration.to_string()))?;
        let request = StartRegistrationRequest {
            registration_id: registration.to_string(),
            segment: WireSegment::Bpu.into(),
            nik: person.nik,
            full_name: person.name,
            contact: person.contact,
            birth_date: person.birth_date,
            consent: person.consent,
            ..StartRegistrationRequest::default()
        };
        let started = match desk.nobody().await?.start_registration(request).await {
            Ok(started) => started,
            Err(error) => {
                // Refused for good, nothing was started: the next try is another registration.
                let passing = [Code::Unavailable, Code::Aborted, Code::DeadlineExceeded];
                if error
                    .refusal()
                    .is_some_and(|it| !passing.contains(&it.code))
                {
                    desk.keep(|state| state.registration_id = None)?;
                }
                return Err(error.into());
            }
        };
        desk.keep(|state| {
            state.session = None;
            state.code = Some(SentCode {
                challenge_id: started.challenge_id.clone(),
                purpose: Purpose::Register,
                masked_contact: started.masked_contact.clone(),
            });
        })?;
        ask::tell(&format!("A code goes to {}.", started.masked_contact));
        self.proves(desk, registration).await
    }

    async fn proves(mut self, desk: &Desk, registration: Uuid) -> Result<Answer, Failure> {
        if take_back(desk, self.code.code.take()).await?.is_some() {
            return self.goes_on(desk, registration).await;
        }
        let code = desk.state()?.code;
        let next = "Bring the code back with `jamsostek register --code CODE`.";
        let json = json!({
            "registration": {
                "registration_id": registration.to_string(),
                "state": "AWAITING_OTP",
            },
            "bill": Value::Null,
            "challenge_id": code.as_ref().map(|it| &it.challenge_id),
            "masked_contact": code.as_ref().map(|it| &it.masked_contact),
            "next": next,
        });
        Ok(Answer::new(next, json))
    }

    /// From a proven contact on.
    async fn goes_on(mut self, desk: &Desk, registration: Uuid) -> Result<Answer, Failure> {
        let caller = desk.caller().await?;
        let mut stands = match caller.get_registration(registration).await {
            Ok(stands) => stands,
            Err(error) if error.reason() == Some(ErrorReason::CallerNotAllowed) => {
                return is_active(desk).await;
            }
            Err(error) => return Err(error.into()),
        };
        if self.cancel {
            stands = caller.cancel_registration(registration).await?;
            desk.keep(|state| (state.registration_id, state.payment_code) = (None, None))?;
            return standing(desk, &stands).await;
        }
        let told_anew = stands.state() == State::AwaitingConfirmation && self.work.is_told();
        if told_anew || stands.state() == State::AwaitingEmployment {
            let birth_date = self.person.birth_date.take();
            let Some(employment) = std::mem::take(&mut self.work).filled(told_anew)? else {
                return standing(desk, &stands).await;
            };
            stands = caller
                .submit_employment(SubmitEmploymentRequest {
                    registration_id: registration.to_string(),
                    employee: None,
                    placement: None,
                    employment: Some(employment),
                    birth_date: birth_date.unwrap_or_default(),
                })
                .await?;
        }
        if stands.state() == State::AwaitingConfirmation {
            if ask::is_there() {
                ask::tell(&registration_text(&stands));
            }
            if !self.yes && !ask::agrees("Is this right, and shall it be confirmed?")? {
                return standing(desk, &stands).await;
            }
            let caller = desk.caller().await?;
            stands = caller.confirm_registration(registration).await?;
        }
        standing(desk, &stands).await
    }
}

/// Where a registration stands, and what is next.
async fn standing(desk: &Desk, stands: &Registration) -> Result<Answer, Failure> {
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
        State::AwaitingEmployment => {
            "Tell the work: `jamsostek register --occupation … --sector … --income …`."
        }
        State::AwaitingConfirmation => "Confirm it with `jamsostek register --yes`.",
        State::AwaitingPayment => {
            "Pay the code at a bank, a shop or a wallet; in a sandbox with `jamsostek pay`."
        }
        State::AwaitingIdentity => {
            "It is paid. The population register is being asked who this is."
        }
        State::AwaitingProof => {
            "Somebody with this NIK is known. Bring the KPJ, and the mother's maiden name or the employer's NPP, by ProveIdentity; or let an officer help."
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
async fn is_active(desk: &Desk) -> Result<Answer, Failure> {
    let me = desk.caller_anew().await?.get_participant(None).await?;
    desk.keep(|state| (state.registration_id, state.payment_code) = (None, None))?;
    let next = "`jamsostek coverage` tells what is covered.";
    let text = format!("{} is a participant: KPJ {}.\n{next}", me.full_name, me.kpj);
    let json = json!({
        "registration": { "state": "ACTIVE", "kpj": me.kpj, "participant_id": me.id },
        "bill": Value::Null,
        "next": next,
    });
    Ok(Answer::new(text, json))
}
