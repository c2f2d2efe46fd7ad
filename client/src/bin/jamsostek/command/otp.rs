//! One-time codes: sent, brought back, followed.

use clap::{Args, Subcommand};
use jamsostek_client::{
    ErrorReason, Uuid,
    v1::{OtpPurpose, SendOtpRequest, SendOtpResponse, VerifyOtpResponse},
};
use serde_json::{Value, json};

use crate::{
    answer::Answer,
    ask,
    desk::{Brings, Desk},
    failure::Failure,
    show::moment_json,
    state::{Purpose, SentCode, State},
    words::{plain, short},
};

#[derive(Subcommand)]
pub(crate) enum Otp {
    /// Sends a code: the last one again, or one to sign in with
    Send(Send),
    /// Brings the code back that was sent last
    Verify(Verify),
    /// Tells whether the code has left the house
    Delivery(Delivery),
}

#[derive(Args)]
pub(crate) struct Send {
    /// Sends one to sign in with: the e-mail address or mobile number on file
    #[arg(long)]
    contact: Option<String>,
    /// The participant number, where several share the contact
    #[arg(long, requires = "contact")]
    kpj: Option<String>,
}

#[derive(Args)]
pub(crate) struct Verify {
    #[command(flatten)]
    code: Code,
}

/// The digits, however they come.
#[derive(Args)]
pub(crate) struct Code {
    /// The digits; `-` reads them from stdin
    #[arg(long, env = "JAMSOSTEK_CODE", hide_env_values = true)]
    pub(crate) code: Option<String>,
}

#[derive(Args)]
pub(crate) struct Delivery {
    /// The code's UUID; the one that was sent last otherwise
    #[arg(long, value_name = "UUID")]
    challenge: Option<Uuid>,
}

impl Otp {
    pub(crate) async fn run(self, desk: &Desk) -> Result<Answer, Failure> {
        match self {
            Self::Send(it) => it.run(desk).await,
            Self::Verify(it) => it.run(desk).await,
            Self::Delivery(it) => it.run(desk).await,
        }
    }
}

impl Send {
    async fn run(self, desk: &Desk) -> Result<Answer, Failure> {
        let sent = match self.contact {
            Some(contact) => to_sign_in(desk, contact, self.kpj.unwrap_or_default()).await?,
            None => resend(desk).await?,
        };
        Ok(Answer::new(sent_text(&sent), sent_json(&sent)))
    }
}

impl Verify {
    async fn run(self, desk: &Desk) -> Result<Answer, Failure> {
        let Some(answer) = take_back(desk, self.code.code).await? else {
            return Err(Failure::usage(
                "The code is missing.",
                "Give it with --code, in JAMSOSTEK_CODE, or run this at a terminal.",
            ));
        };
        Ok(verified(&answer))
    }
}

impl Delivery {
    async fn run(self, desk: &Desk) -> Result<Answer, Failure> {
        let challenge = match self.challenge {
            Some(challenge) => challenge,
            None => id(&outstanding(desk)?.challenge_id)?,
        };
        let told = desk.nobody().await?.get_otp_delivery(challenge).await?;
        let state = short(told.state().as_str_name(), "STATE_");
        let text = format!("The code to {} is {}.", told.masked_contact, plain(state));
        let json = json!({
            "challenge_id": challenge.to_string(),
            "state": state,
            "masked_contact": told.masked_contact,
        });
        Ok(Answer::new(text, json))
    }
}

/// What a code that came back leads to.
pub(crate) fn verified(answer: &VerifyOtpResponse) -> Answer {
    let subject = answer.session().subject;
    let text = match subject.as_str() {
        "REGISTRANT" => "The contact is proven. Go on with `jamsostek register`.".to_owned(),
        "UNSPECIFIED" => {
            "The code is good for fifteen minutes now. Go on with `jamsostek claim submit`."
                .to_owned()
        }
        _ => format!("Signed in as {}.", plain(&subject)),
    };
    let known = |text: &str| match text {
        "" | "UNSPECIFIED" => Value::Null,
        text => text.into(),
    };
    let json = json!({
        "verified": true,
        "subject": known(&subject),
        "subject_id": known(&answer.subject_id),
    });
    Answer::new(text, json)
}

pub(crate) fn sent_text(sent: &SendOtpResponse) -> String {
    format!(
        "A code goes to {}; {} more can be sent there for now.\nBring it back with `jamsostek otp verify --code CODE`.",
        sent.masked_contact, sent.sends_left
    )
}

pub(crate) fn sent_json(sent: &SendOtpResponse) -> Value {
    json!({
        "challenge_id": sent.challenge_id,
        "masked_contact": sent.masked_contact,
        "expires_at": moment_json(sent.expires_at.as_ref()),
        "resend_at": moment_json(sent.resend_at.as_ref()),
        "sends_left": sent.sends_left,
    })
}

/// Sends a code to sign in with.
pub(crate) async fn to_sign_in(
    desk: &Desk,
    contact: String,
    kpj: String,
) -> Result<SendOtpResponse, Failure> {
    let request = SendOtpRequest {
        purpose: OtpPurpose::SignIn.into(),
        contact,
        kpj,
        ..SendOtpRequest::default()
    };
    send(desk, request, Purpose::SignIn).await
}

/// Sends the last code again.
pub(crate) async fn resend(desk: &Desk) -> Result<SendOtpResponse, Failure> {
    let code = outstanding(desk)?;
    let wire = match code.purpose {
        Purpose::Register => OtpPurpose::Register,
        Purpose::SignIn => OtpPurpose::SignIn,
        Purpose::Payout => {
            return Err(Failure::usage(
                "A payout's code is bound to its claim and account.",
                "Run `jamsostek claim submit` again without a code to get another.",
            ));
        }
    };
    let request = SendOtpRequest {
        purpose: wire.into(),
        resend_of: code.challenge_id,
        ..SendOtpRequest::default()
    };
    send(desk, request, code.purpose).await
}

async fn send(
    desk: &Desk,
    request: SendOtpRequest,
    purpose: Purpose,
) -> Result<SendOtpResponse, Failure> {
    let sent = desk.nobody().await?.send_otp(request).await?;
    desk.keep(|state| {
        state.code = Some(SentCode {
            challenge_id: sent.challenge_id.clone(),
            purpose,
            masked_contact: sent.masked_contact.clone(),
        });
    })?;
    Ok(sent)
}

/// Brings the last code back: the one that was given, else as often as it is asked for. `None` where nobody can be asked.
pub(crate) async fn take_back(
    desk: &Desk,
    given: Option<String>,
) -> Result<Option<VerifyOtpResponse>, Failure> {
    if let Some(code) = ask::from_stdin(given)? {
        return bring_back(desk, code).await.map(Some);
    }
    if !ask::is_there() {
        return Ok(None);
    }
    loop {
        let code = ask::line("Code (nothing for another one): ")?;
        if code.is_empty() {
            match resend(desk).await {
                Ok(sent) => ask::tell(&format!("Another one goes to {}.", sent.masked_contact)),
                Err(failure) => goes_on(desk, failure, &[ErrorReason::OtpTooSoon])?,
            }
            continue;
        }
        match bring_back(desk, code).await {
            Ok(answer) => return Ok(Some(answer)),
            Err(failure) => {
                let passing = [
                    ErrorReason::OtpWrong,
                    ErrorReason::OtpExpired,
                    ErrorReason::MalformedRequest,
                ];
                goes_on(desk, failure, &passing)?;
            }
        }
    }
}

/// Tells a failure after which one can go on; hands back any other.
fn goes_on(desk: &Desk, failure: Failure, passing: &[ErrorReason]) -> Result<(), Failure> {
    let reason = failure.call().and_then(|it| it.reason());
    if !reason.is_some_and(|it| passing.contains(&it)) {
        return Err(failure);
    }
    let told = failure.told(&desk.globals.server, desk.globals.lang);
    ask::tell(&told.shown(false));
    Ok(())
}

async fn bring_back(desk: &Desk, code: String) -> Result<VerifyOtpResponse, Failure> {
    let sent = outstanding(desk)?;
    let challenge = id(&sent.challenge_id)?;
    let answer = desk.nobody().await?.verify_otp(challenge, code).await?;
    match sent.purpose {
        Purpose::Register => {
            desk.sign_in(answer.clone(), |state| state.code = None)
                .await?;
        }
        // Perhaps somebody else than before: what was under way was not his.
        Purpose::SignIn => {
            desk.sign_in(answer.clone(), |state| {
                let session = state.session.take();
                *state = State {
                    session,
                    ..State::default()
                };
            })
            .await?;
        }
        Purpose::Payout => desk.keep(|state| {
            state.code = None;
            if let Some(claim) = &mut state.claim {
                claim.proven = claim.challenge_id == sent.challenge_id;
            }
        })?,
    }
    Ok(answer)
}

fn outstanding(desk: &Desk) -> Result<SentCode, Failure> {
    desk.state()?.code.ok_or_else(|| {
        Failure::usage(
            "No code is on its way.",
            "Ask for one with `jamsostek sign-in` or `jamsostek register`.",
        )
    })
}

/// An id that the service gave or that is kept.
pub(crate) fn id(text: &str) -> Result<Uuid, Failure> {
    text.parse().map_err(|_| {
        Failure::machine(
            format!("{text:?} is no id."),
            "Delete the file of the session, which `jamsostek doctor` names.",
        )
    })
}
