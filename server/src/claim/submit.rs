//! A claim comes in.

use chrono::{DateTime, Duration, Utc};
use sea_orm::ConnectionTrait;

use super::{
    Application, Claim, Claims, Error, Shown, State,
    bank::{self, Holder},
    check::Case,
    rules, store,
};
use crate::{
    audit::{self, Actor},
    bank_account::BankAccount,
    benefit::Assessment,
    caller::Caller,
    clock::day_of,
    db,
    event::{self, Event},
    identity::Channel,
    notification::Wording,
    otp::{self, Act, Challenge},
    participant::{self, Participant},
    policy::CalendarBasis,
    seal::Seal,
};

/// How long a payout waits that only an e-mail has confirmed (C4).
const EMAIL_HOLD: Duration = Duration::hours(24);

impl Claims {
    /// Takes a claim, or shows it as it stands when it was taken before. The bank is asked whose the account is outside any transaction.
    pub(crate) async fn submit(
        &self,
        caller: &Caller,
        application: &Application,
    ) -> Result<Shown, Error> {
        let reader = self.db.reader();
        let digest = content_digest(&self.seal, application);
        if let Some(known) = store::claim(reader, &self.seal, application.id).await? {
            let same = known.participant == caller.id && known.content_digest == digest;
            return if same {
                self.stand(reader, known).await
            } else {
                Err(Error::IdTaken)
            };
        }
        let person = participant::active(reader, caller.id).await?;
        let person = person.ok_or(Error::NotFound)?;
        let challenge = self.code_of(reader, &person, application).await?;
        let account = self.own_account(&person, &application.account).await?;

        let now = self.clock.now();
        let transaction = self.db.begin_write().await?;
        let person = participant::hold_person(&transaction, caller.id).await?;
        let person = person.ok_or(Error::NotFound)?;
        if let Some(open) = store::open_claim(&transaction, caller.id).await? {
            let known = store::claim(&transaction, &self.seal, open).await?;
            // The same call came twice at once, and the other one was faster.
            let same = known.filter(|it| it.id == application.id && it.content_digest == digest);
            return match same {
                Some(claim) => self.stand(&transaction, claim).await,
                None => Err(Error::ClaimOpen { claim: open }),
            };
        }
        let case = Case::of(&transaction, person).await?;
        let checked = self.assess(&case, application.cause)?;
        eligible(&checked.assessment)?;
        let found = (&checked.assessment, &challenge);
        let claim = self.draw_up(now, &case.person, application, account, found)?;
        store::insert_claim(&transaction, &self.seal, &claim).await?;
        let actor = Actor::from(caller);
        let what = "SubmitClaim";
        let step = store::first_step(&transaction, &self.seal, &claim, what, now, actor).await?;
        self.tell_submitted(&transaction, now, &claim).await?;
        audit::wrote(&transaction, &self.seal, now, actor, what, claim.id).await?;
        transaction.commit().await.map_err(db::Error::from)?;
        Ok(Shown {
            claim,
            award: None,
            steps: vec![step],
        })
    }

    /// The code that came back for this claim and this account; with the KPJ where it came by e-mail.
    async fn code_of(
        &self,
        connection: &impl ConnectionTrait,
        person: &Participant,
        application: &Application,
    ) -> Result<Challenge, Error> {
        let act = Act::Payout {
            claim: application.id,
            account: application.account.clone(),
        };
        let (seal, now) = (&self.seal, self.clock.now());
        let came = otp::came_back(
            connection,
            seal,
            now,
            application.challenge,
            (&act, person.acting()),
        );
        let challenge = came.await?.ok_or(Error::PayoutCodeNeeded)?;
        let by_mail = challenge.channel()? == Channel::Email;
        if by_mail && (application.kpj.is_none() || application.kpj != person.kpj) {
            return Err(Error::KpjNeeded);
        }
        Ok(challenge)
    }

    /// The account, with its holder as the bank has it: the participant himself, or nobody is paid.
    async fn own_account(
        &self,
        person: &Participant,
        account: &BankAccount,
    ) -> Result<BankAccount, Error> {
        let holder = match bank::patiently(self.bank.holder(account), Holder::Silent).await {
            Holder::Known(holder) => holder,
            Holder::NoSuchAccount => return Err(Error::AccountUnknown),
            Holder::Silent => return Err(Error::BankUnavailable),
        };
        rules::check_holder(&person.name()?, &holder)?;
        Ok(account.with_holder(holder))
    }

    fn draw_up(
        &self,
        now: DateTime<Utc>,
        person: &Participant,
        application: &Application,
        account: BankAccount,
        (assessment, challenge): (&Assessment, &Challenge),
    ) -> Result<Claim, Error> {
        let today = day_of(now);
        let days = self.policy.jht_payment_days.on(today)?.value;
        let (due_on, basis) = self.policy.working_days_after(today, days);
        let channel = challenge.channel()?;
        let by_mail = (channel == Channel::Email).then_some(now + EMAIL_HOLD);
        let holds = [by_mail, person.payouts_held_until()];
        Ok(Claim {
            id: application.id,
            participant: person.id,
            cause: application.cause,
            content_digest: content_digest(&self.seal, application),
            state: State::Submitted,
            is_open: true,
            account,
            challenge: application.challenge,
            channel,
            estimate: assessment.amount(),
            requires_interview: assessment.requires_interview,
            submitted_at: now,
            held_until: holds.into_iter().flatten().fold(now, DateTime::max),
            due_on,
            weekends_only: basis == CalendarBasis::WeekendsOnly,
            policy_version: self.policy.version().to_owned(),
            taken_by: None,
            taken_at: None,
            reason: None,
        })
    }

    async fn tell_submitted(
        &self,
        connection: &impl ConnectionTrait,
        now: DateTime<Utc>,
        claim: &Claim,
    ) -> Result<(), Error> {
        let (amount, number) = (claim.estimate, claim.account.masked_number());
        let wording = Wording::ClaimReceived {
            amount,
            account: &number,
            due_on: claim.due_on,
        };
        let person = claim.participant;
        participant::tell(connection, &self.seal, now, person, &wording.text()).await?;
        let submitted = Event {
            kind: "claim.submitted",
            subject: claim.id,
            participant: Some(person),
            facts: serde_json::json!({ "cause": claim.cause.code(), "estimateIdr": amount.idr() }),
        };
        Ok(event::record(connection, &self.seal, now, [submitted]).await?)
    }
}

/// Refuses what the law does not grant today.
pub(super) fn eligible(assessment: &Assessment) -> Result<(), Error> {
    let mut missing = assessment.findings.iter().filter(|it| !it.passed);
    let Some(first) = missing.next() else {
        return Ok(());
    };
    let rules: Vec<_> = std::iter::once(first)
        .chain(missing)
        .map(|it| it.rule.name())
        .collect();
    Err(Error::NotEligible {
        rules: rules.join(","),
        earliest_on: assessment.earliest_on(),
        law: (first.reference.title.clone(), first.reference.href.clone()),
    })
}

/// What an application is compared by when its id comes again.
fn content_digest(seal: &Seal, application: &Application) -> Vec<u8> {
    let act = Act::Payout {
        claim: application.id,
        account: application.account.clone(),
    };
    let mut content = act.digest(seal);
    content.extend_from_slice(application.cause.code().as_bytes());
    content
}
