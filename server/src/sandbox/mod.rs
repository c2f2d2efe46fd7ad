//! What only a sandbox shows: its people, its messages, its credentials. Not mounted in production.

mod seed;

pub(crate) use seed::{CREDENTIALS, seed};

use std::sync::Arc;

use chrono::{DateTime, Datelike, Duration, SecondsFormat, SubsecRound, Utc};
use jamsostek_proto::v1::{
    FailNextRequest, FailNextResponse, ListMessagesRequest, ListMessagesResponse,
    ListPeopleRequest, ListPeopleResponse, Neighbour, SandboxAccount, SandboxMessage,
    SandboxPerson, SetClockRequest, SetClockResponse,
    sandbox_service_server::{SandboxService, SandboxServiceServer},
    set_clock_request::To,
};
use sea_orm::ConnectionTrait;
use tonic::{Code, Request, Response, Status};

use crate::{
    claim::sandbox::ACCOUNTS,
    clock::{Clock, MovedClock},
    db::{self, Db},
    fault::{self, Part},
    identity::{
        Contact,
        sandbox::{MOTHER, PEOPLE},
    },
    notification,
    refusal::{Fields, Reason, refuse, timestamp},
    seal::Seal,
};

/// The last year that a sandbox's clock can show.
const LAST_YEAR: i32 = 2100;
/// How often a neighbour can be told to fail.
const FAILURES_MAX: i32 = 1_000;

/// Sets `clock` as the store says: another server, or one before a restart, may have moved it.
pub(crate) async fn follow(db: &Db, clock: &MovedClock) -> Result<(), db::Error> {
    let sql = "SELECT ahead_microseconds FROM sandbox_clock WHERE id = 1";
    let reader = db.reader();
    let row = reader.query_one_raw(db::statement(reader, sql, [])).await?;
    if let Some(row) = row {
        clock.run_ahead(Duration::microseconds(row.try_get_by_index(0)?));
    }
    Ok(())
}

/// The sandbox service.
pub(crate) fn service(
    db: Db,
    seal: Seal,
    clock: Arc<MovedClock>,
) -> SandboxServiceServer<impl SandboxService> {
    SandboxServiceServer::new(Rpc { db, seal, clock })
}

struct Rpc {
    db: Db,
    seal: Seal,
    clock: Arc<MovedClock>,
}

impl Rpc {
    /// Moves the clock to `moment`, for every server and for good.
    async fn move_to(&self, moment: DateTime<Utc>) -> Result<(), db::Error> {
        let ahead = self.clock.ahead_at(moment);
        let microseconds = ahead.num_microseconds().unwrap_or(i64::MAX);
        let transaction = self.db.begin_write().await?;
        // Of two that move it at once, the later moment holds: it never goes back.
        let sql = "INSERT INTO sandbox_clock (id, ahead_microseconds) VALUES (1, $1) ON CONFLICT (id) DO UPDATE SET \
                   ahead_microseconds = CASE WHEN excluded.ahead_microseconds > sandbox_clock.ahead_microseconds \
                   THEN excluded.ahead_microseconds ELSE sandbox_clock.ahead_microseconds END";
        transaction
            .execute_raw(db::statement(&transaction, sql, [microseconds.into()]))
            .await?;
        transaction.commit().await?;
        follow(&self.db, &self.clock).await
    }
}

#[tonic::async_trait]
impl SandboxService for Rpc {
    async fn list_people(
        &self,
        _: Request<ListPeopleRequest>,
    ) -> Result<Response<ListPeopleResponse>, Status> {
        let people = PEOPLE.iter().map(|person| SandboxPerson {
            nik: person.nik.to_owned(),
            full_name: person.full_name.to_owned(),
            story: person.story.to_owned(),
            birth_date: person.birth_date.to_owned(),
            mother_name: MOTHER.to_owned(),
        });
        let accounts = ACCOUNTS.iter().map(|account| SandboxAccount {
            account_number: account.number.to_owned(),
            story: account.story.to_owned(),
        });
        Ok(Response::new(ListPeopleResponse {
            people: people.collect(),
            accounts: accounts.collect(),
        }))
    }

    async fn set_clock(
        &self,
        request: Request<SetClockRequest>,
    ) -> Result<Response<SetClockResponse>, Status> {
        let now = self.clock.now();
        let moment = match request.into_inner().to {
            Some(To::Now(stated)) => DateTime::from_timestamp(stated.seconds, 0),
            Some(To::AdvanceSeconds(seconds)) => {
                Duration::try_seconds(seconds).and_then(|it| now.checked_add_signed(it))
            }
            None => None,
        };
        let moment = moment.filter(|it| it.year() <= LAST_YEAR);
        let Some(moment) = moment else {
            let mut fields = Fields::default();
            fields.reject("to", "must be a time, not after the year 2100");
            return Err(fields.refusal());
        };
        if moment < now.trunc_subsecs(0) {
            let message = "a sandbox's clock goes on and never back";
            let shown = now.to_rfc3339_opts(SecondsFormat::Secs, true);
            return Err(refuse(
                Code::FailedPrecondition,
                Reason::ClockBackwards,
                message,
                [("now", shown)],
            ));
        }
        self.move_to(moment).await?;
        Ok(Response::new(SetClockResponse {
            now: Some(timestamp(self.clock.now())),
            today: self.clock.today().to_string(),
        }))
    }

    async fn fail_next(
        &self,
        request: Request<FailNextRequest>,
    ) -> Result<Response<FailNextResponse>, Status> {
        let request = request.into_inner();
        let mut fields = Fields::default();
        let part = match request.neighbour() {
            Neighbour::Unspecified => None,
            Neighbour::Register => Some(Part::Register),
            Neighbour::Sender => Some(Part::Sender),
            Neighbour::Bank => Some(Part::BankBefore),
            Neighbour::BankAfter => Some(Part::BankAfter),
        };
        if part.is_none() {
            fields.reject("neighbour", "must be a NEIGHBOUR of the contract");
        }
        if !(0..=FAILURES_MAX).contains(&request.times) {
            fields.reject("times", "must be 0 to 1000");
        }
        let Some(part) = part else {
            return Err(fields.refusal());
        };
        fields.check()?;
        let transaction = self.db.begin_write().await?;
        fault::tell(&transaction, part, request.times.into()).await?;
        transaction.commit().await.map_err(db::Error::from)?;
        Ok(Response::new(FailNextResponse {}))
    }

    async fn list_messages(
        &self,
        request: Request<ListMessagesRequest>,
    ) -> Result<Response<ListMessagesResponse>, Status> {
        let contact = request.into_inner().contact;
        let mut fields = Fields::default();
        let contact = (!contact.is_empty())
            .then(|| fields.take("contact", Contact::parse(&contact)))
            .flatten();
        fields.check()?;
        let contact = contact.as_ref().map(Contact::text);
        let shown = notification::shown(self.db.reader(), &self.seal, contact).await?;
        let messages = shown.into_iter().map(|it| SandboxMessage {
            contact: it.contact,
            text: it.text,
            code: it.code.unwrap_or_default(),
            sent_at: Some(timestamp(it.at)),
            message_id: it.id.to_string(),
        });
        Ok(Response::new(ListMessagesResponse {
            messages: messages.collect(),
        }))
    }
}
