//! The features, put together once: what the rpcs call and what the workers do.

use std::sync::{Arc, Mutex};

use super::{Parts, Profile};
use crate::{
    audit::Audit,
    balance::Balances,
    claim::{Bank, Claims},
    contribution::{Contributions, Questions},
    employer::Employers,
    identity::Register,
    participant::Participants,
    policy::Policy,
    receipt::Receipts,
    registration::Registrations,
    session::{Sessions, Tokens},
    submission::Submissions,
};

/// Everybody outside whom the service asks.
pub(super) struct Neighbours {
    pub(super) register: Arc<dyn Register>,
    pub(super) bank: Arc<dyn Bank>,
}

/// The features of one service.
#[derive(Clone)]
pub(super) struct Features {
    pub(super) policy: Arc<Policy>,
    pub(super) audit: Audit,
    pub(super) tokens: Tokens,
    pub(super) sessions: Arc<Sessions>,
    pub(super) receipts: Receipts,
    pub(super) participants: Arc<Participants>,
    pub(super) employers: Arc<Employers>,
    pub(super) contributions: Arc<Contributions>,
    pub(super) balances: Arc<Balances>,
    pub(super) registrations: Arc<Registrations>,
    pub(super) claims: Arc<Claims>,
    pub(super) submissions: Arc<Submissions>,
}

impl Features {
    pub(super) fn of(parts: &Parts, neighbours: Neighbours) -> Self {
        let Neighbours { register, bank } = neighbours;
        let (db, seal, clock) = (&parts.db, &parts.seal, &parts.clock);
        let policy = Arc::new(Policy::load());
        let audit = Audit::new(db.clone(), seal.clone());
        let tokens = Tokens::new(seal);
        let sessions = Sessions {
            db: db.clone(),
            seal: seal.clone(),
            clock: clock.clone(),
            limits: parts.limits,
            tokens: tokens.clone(),
        };
        let receipts = Receipts {
            db: db.clone(),
            seal: seal.clone(),
            clock: clock.clone(),
        };
        let participants = Participants {
            db: db.clone(),
            seal: seal.clone(),
            clock: clock.clone(),
            policy: policy.clone(),
            audit: audit.clone(),
        };
        let employers = Arc::new(Employers {
            db: db.clone(),
            seal: seal.clone(),
            clock: clock.clone(),
            policy: policy.clone(),
            audit: audit.clone(),
        });
        let submissions = Submissions {
            db: db.clone(),
            seal: seal.clone(),
            clock: clock.clone(),
            policy: policy.clone(),
            audit: audit.clone(),
            employers: employers.clone(),
        };
        let questions = Questions {
            db: db.clone(),
            clock: clock.clone(),
            policy: policy.clone(),
            register,
        };
        let contributions = Contributions {
            db: db.clone(),
            seal: seal.clone(),
            clock: clock.clone(),
            policy: policy.clone(),
            audit: audit.clone(),
            questions: questions.clone(),
            asking: Mutex::default(),
            reminded: Mutex::default(),
            looked_abroad: Mutex::default(),
        };
        let registrations = Registrations {
            db: db.clone(),
            seal: seal.clone(),
            clock: clock.clone(),
            policy: policy.clone(),
            limits: parts.limits,
            questions,
            audit: audit.clone(),
            is_sandbox: parts.profile == Profile::Sandbox,
        };
        let claims = Claims::new(
            db.clone(),
            seal.clone(),
            clock.clone(),
            policy.clone(),
            audit.clone(),
            bank,
        );
        let balances = Balances::new(db.clone(), seal.clone(), clock.clone(), audit.clone());
        Self {
            policy,
            audit,
            tokens,
            sessions: Arc::new(sessions),
            receipts,
            participants: Arc::new(participants),
            employers,
            contributions: Arc::new(contributions),
            balances: Arc::new(balances),
            registrations: Arc::new(registrations),
            claims: Arc::new(claims),
            submissions: Arc::new(submissions),
        }
    }
}
