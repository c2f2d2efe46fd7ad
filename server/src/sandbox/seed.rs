//! Who is there before anybody has registered: credentials that everybody knows, and an employer.

use jamsostek_proto::v1::Subject;
use uuid::Uuid;

use crate::{
    clock::Clock,
    db::{self, Db},
    employer::{self, Npp, Papers, Unit},
    identity::Contact,
    scheme::{RiskClass, Scale},
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
    /// Whom it speaks for; the credential's own id but for users of employers.
    subject_id: Uuid,
    scopes: &'static str,
}

/// The sandbox's credentials. No production is ever served from a store that was a sandbox's.
pub(crate) const CREDENTIALS: [Known; 8] = [
    Known {
        id: Uuid::from_u128(0x0000_0000_0000_7000_8000_0000_0000_0001),
        secret: "sandbox-gateway",
        subject: Subject::Service,
        subject_id: Uuid::from_u128(0x0000_0000_0000_7000_8000_0000_0000_0001),
        scopes: "payments.write",
    },
    Known {
        id: Uuid::from_u128(0x0000_0000_0000_7000_8000_0000_0000_0002),
        secret: "sandbox-officer",
        subject: Subject::Officer,
        subject_id: Uuid::from_u128(0x0000_0000_0000_7000_8000_0000_0000_0002),
        scopes: "",
    },
    Known {
        id: Uuid::from_u128(0x0000_0000_0000_7000_8000_0000_0000_0003),
        secret: "sandbox-warehouse",
        subject: Subject::Service,
        subject_id: Uuid::from_u128(0x0000_0000_0000_7000_8000_0000_0000_0003),
        scopes: "events.read",
    },
    Known {
        id: Uuid::from_u128(0x0000_0000_0000_7000_8000_0000_0000_0004),
        secret: "sandbox-second-officer",
        subject: Subject::Officer,
        subject_id: Uuid::from_u128(0x0000_0000_0000_7000_8000_0000_0000_0004),
        scopes: "",
    },
    Known {
        id: Uuid::from_u128(0x0000_0000_0000_7000_8000_0000_0000_0005),
        secret: "sandbox-bank",
        subject: Subject::Service,
        subject_id: Uuid::from_u128(0x0000_0000_0000_7000_8000_0000_0000_0005),
        scopes: "claims.payout",
    },
    Known {
        id: Uuid::from_u128(0x0000_0000_0000_7000_8000_0000_0000_0006),
        secret: "sandbox-employer",
        subject: Subject::Employer,
        subject_id: EMPLOYER,
        scopes: "admin maker checker",
    },
    Known {
        id: Uuid::from_u128(0x0000_0000_0000_7000_8000_0000_0000_0007),
        secret: "sandbox-registrar",
        subject: Subject::Service,
        subject_id: Uuid::from_u128(0x0000_0000_0000_7000_8000_0000_0000_0007),
        scopes: "employers.write",
    },
    Known {
        id: Uuid::from_u128(0x0000_0000_0000_7000_8000_0000_0000_0008),
        secret: "sandbox-carrier",
        subject: Subject::Service,
        subject_id: Uuid::from_u128(0x0000_0000_0000_7000_8000_0000_0000_0008),
        scopes: "messages.deliver",
    },
];

/// The sandbox's employer.
const EMPLOYER: Uuid = Uuid::from_u128(0x0000_0000_0000_7000_8000_0000_0000_0e01);
/// The number of his one unit.
const NPP: &str = "JK000001";

/// Creates the sandbox's credentials and its employer, once.
pub(crate) async fn seed(db: &Db, seal: &Seal, clock: &dyn Clock) -> Result<(), db::Error> {
    let transaction = db.begin_write().await?;
    for known in CREDENTIALS {
        let credential = NewCredential {
            id: known.id,
            subject: known.subject,
            subject_id: known.subject_id,
            name: known.secret,
            scopes: known.scopes,
            secret: known.secret,
        };
        session::create_credential(&transaction, seal, clock.now(), &credential).await?;
    }
    let papers = Papers {
        id: EMPLOYER,
        name: "PT Contoh Maju".to_owned(),
        city: "Jakarta Selatan".to_owned(),
        scale: Scale::Medium,
        labour_intensive: false,
        contact: Contact::parse("hrd@contoh.example").expect("an address"),
        units: vec![Unit {
            npp: Npp::parse(NPP).expect("eight capitals and digits"),
            name: "Kantor pusat".to_owned(),
            risk_class: RiskClass::VeryLow,
        }],
    };
    employer::seed(&transaction, seal, clock.now(), &papers).await?;
    Ok(transaction.commit().await?)
}
