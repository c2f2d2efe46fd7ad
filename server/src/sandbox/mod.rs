//! What only a sandbox shows: its people, its messages, its credentials. Not mounted in production.

use jamsostek_proto::v1::{
    ListMessagesRequest, ListMessagesResponse, ListPeopleRequest, ListPeopleResponse,
    SandboxMessage, SandboxPerson, Subject,
    sandbox_service_server::{SandboxService, SandboxServiceServer},
};
use tonic::{Request, Response, Status};
use uuid::Uuid;

use crate::{
    clock::Clock,
    db::{self, Db},
    identity::{Contact, sandbox::PEOPLE},
    notification,
    refusal::{Fields, timestamp},
    seal::Seal,
    session::{self, NewCredential},
};

/// Client credentials that everybody knows.
pub(crate) struct Known {
    /// The credential's id.
    pub id: Uuid,
    /// Its secret.
    pub secret: &'static str,
    subject: Subject,
    scopes: &'static str,
}

/// The sandbox's credentials. A production profile refuses a store that holds one.
pub(crate) const CREDENTIALS: [Known; 3] = [
    Known {
        id: Uuid::from_u128(0x0000_0000_0000_7000_8000_0000_0000_0001),
        secret: "sandbox-gateway",
        subject: Subject::Service,
        scopes: "payments.write",
    },
    Known {
        id: Uuid::from_u128(0x0000_0000_0000_7000_8000_0000_0000_0002),
        secret: "sandbox-officer",
        subject: Subject::Officer,
        scopes: "",
    },
    Known {
        id: Uuid::from_u128(0x0000_0000_0000_7000_8000_0000_0000_0003),
        secret: "sandbox-warehouse",
        subject: Subject::Service,
        scopes: "events.read",
    },
];

/// Creates the sandbox's credentials, once.
pub(crate) async fn seed(db: &Db, seal: &Seal, clock: &dyn Clock) -> Result<(), db::Error> {
    let transaction = db.begin_write().await?;
    for known in CREDENTIALS {
        let credential = NewCredential {
            id: known.id,
            subject: known.subject,
            subject_id: known.id,
            name: known.secret,
            scopes: known.scopes,
            secret: known.secret,
        };
        session::create_credential(&transaction, seal, clock.now(), &credential).await?;
    }
    Ok(transaction.commit().await?)
}

/// The sandbox service.
pub(crate) fn service(db: Db, seal: Seal) -> SandboxServiceServer<impl SandboxService> {
    SandboxServiceServer::new(Rpc { db, seal })
}

struct Rpc {
    db: Db,
    seal: Seal,
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
        });
        Ok(Response::new(ListPeopleResponse {
            people: people.collect(),
        }))
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
        });
        Ok(Response::new(ListMessagesResponse {
            messages: messages.collect(),
        }))
    }
}
