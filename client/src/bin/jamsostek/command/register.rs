//! Registering: from nobody to a bill, one step after the other, from wherever it stands.
//!
//! The state of the registration is the service's; only its id is kept here, before the first call. What each segment is
//! asked of its work is a form under `register/`, which `told` chooses from.

mod abroad;
mod employee;
mod form;
mod standing;
mod told;

use clap::Args;
use jamsostek_client::{
    Code, ErrorReason, Registration, Segment as WireSegment, Uuid,
    v1::{StartRegistrationRequest, SubmitEmploymentRequest, registration::State},
};
use serde_json::{Value, json};

use self::standing::is_active;
pub(crate) use self::{form::amount, standing::standing};
use super::otp::{self, id, take_back};
use crate::{
    answer::Answer,
    ask,
    desk::Desk,
    failure::Failure,
    show::{registration_text, segment},
    state::{Purpose, SentCode},
    words::{Segment, plain},
};

/// Registers somebody, step by step: who it is, a code to the contact, the work, the confirmation, the bill.
///
/// At a terminal it asks for what is missing. In a script each run goes as far as its flags reach, and says what is next.
#[derive(Args)]
pub(crate) struct Register {
    /// The segment of a registration that starts; bpu otherwise
    #[arg(long)]
    segment: Option<Segment>,
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
    work: told::Told,
}

impl Register {
    pub(crate) async fn run(self, desk: &Desk) -> Result<Answer, Failure> {
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
            segment: WireSegment::from(self.segment.unwrap_or(Segment::Bpu)).into(),
            nik: person.nik,
            passport: person.passport,
            full_name: person.name,
            contact: person.contact,
            birth_date: person.birth_date,
            consent: person.consent,
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
        self.is_of(&stands)?;
        let told_anew = stands.state() == State::AwaitingConfirmation && self.work.is_any();
        if told_anew || stands.state() == State::AwaitingEmployment {
            let work = std::mem::take(&mut self.work);
            let Some(told) = work.filled(&stands, self.person.mother_name.take())? else {
                return standing(desk, &stands).await;
            };
            let told = SubmitEmploymentRequest {
                birth_date: self.person.birth_date.take().unwrap_or_default(),
                ..told
            };
            // Whoever was asked may have taken longer than a token lives.
            stands = desk.caller().await?.submit_employment(told).await?;
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

    /// The segment that was given, if any, is the registration's: it cannot be changed any more.
    fn is_of(&self, stands: &Registration) -> Result<(), Failure> {
        let own = stands.segment();
        match self.segment {
            Some(given) if WireSegment::from(given) != own => Err(Failure::usage(
                format!(
                    "The registration that is under way is for {}.",
                    segment(own)
                ),
                "Leave --segment out to go on with it, or start another with --new.",
            )),
            Some(_) | None => Ok(()),
        }
    }
}
