//! Who calls, and which callers each rpc takes: the table that the contract's `(access)` options make.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use jamsostek_proto::{DESCRIPTORS, v1::Subject};
use prost_reflect::{DescriptorPool, DynamicMessage, Value};
use tonic::{Request, Status};
use uuid::Uuid;

use crate::refusal::{Reason, refuse};

/// Services of others that we mount; anybody may call them.
const OPEN_SERVICES: &[&str] = &[
    "/grpc.health.v1.Health/",
    "/grpc.reflection.v1.ServerReflection/",
    "/grpc.reflection.v1alpha.ServerReflection/",
];

/// Somebody with a valid token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Caller {
    /// The kind of caller.
    pub subject: Subject,
    /// The registration, participant, employer, officer or service.
    pub id: Uuid,
    /// The user of an employer: his employer has several.
    pub user: Option<Uuid>,
    /// What a service or a user of an employer may do.
    pub scopes: Vec<String>,
    /// When the token ends.
    pub expires_at: DateTime<Utc>,
}

/// Where a call came from; limits of anonymous calls count by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Peer(pub Option<std::net::IpAddr>);

/// Who may call an rpc.
#[derive(Clone, Debug)]
pub(crate) struct Rule {
    anonymous: bool,
    subjects: Vec<Subject>,
    service_scope: String,
    employer_roles: Vec<String>,
}

/// The rule of others' services.
static OPEN: Rule = Rule {
    anonymous: true,
    subjects: Vec::new(),
    service_scope: String::new(),
    employer_roles: Vec::new(),
};

/// The rule of every rpc, by path.
#[derive(Clone, Debug)]
pub(crate) struct Rules(HashMap<String, Rule>);

/// An rpc of the contract says nothing about who may call it.
#[derive(Debug, thiserror::Error)]
#[error("the rpc {0} declares no access")]
pub struct Undeclared(String);

impl Caller {
    /// Who makes this call. The gate has let nobody through without one where the rpc needs one.
    pub(crate) fn of<T>(request: &Request<T>) -> Result<Self, Status> {
        request
            .extensions()
            .get::<Self>()
            .cloned()
            .ok_or_else(token_missing)
    }

    /// The participant that the call is about: the caller's own, or the one an officer names. Somebody else's does not exist.
    pub(crate) fn participant(&self, named: Option<Uuid>) -> Option<Uuid> {
        #[expect(
            clippy::wildcard_enum_match_arm,
            reason = "all others speak for no participant"
        )]
        match self.subject {
            Subject::Participant => (named.is_none() || named == Some(self.id)).then_some(self.id),
            Subject::Officer => named,
            _ => None,
        }
    }

    /// The employer that the call is about: the caller's own, or the one an officer names. Somebody else's does not exist.
    pub(crate) fn employer(&self, named: Option<Uuid>) -> Option<Uuid> {
        #[expect(
            clippy::wildcard_enum_match_arm,
            reason = "all others speak for no employer"
        )]
        match self.subject {
            Subject::Employer => (named.is_none() || named == Some(self.id)).then_some(self.id),
            Subject::Officer => named,
            _ => None,
        }
    }

    /// Who does it: the user where an employer has several.
    pub(crate) fn actor_id(&self) -> Uuid {
        self.user.unwrap_or(self.id)
    }

    /// Whether the caller looks at his own data.
    pub(crate) fn is(&self, participant: Uuid) -> bool {
        self.subject == Subject::Participant && self.id == participant
    }
}

impl Peer {
    /// Where this call came from.
    pub(crate) fn of<T>(request: &Request<T>) -> Self {
        Self(request.remote_addr().map(|it| it.ip()))
    }
}

impl Rules {
    /// Reads the contract. An rpc without a rule is an error, not open and not closed.
    pub(crate) fn read() -> Result<Self, Undeclared> {
        let pool = DescriptorPool::decode(DESCRIPTORS).expect("the build compiled the contract");
        let access = pool
            .get_extension_by_name("jamsostek.v1.access")
            .expect("the contract defines its options");
        let mut rules = HashMap::new();
        let ours = pool
            .services()
            .filter(|it| it.package_name() == "jamsostek.v1");
        for method in ours.flat_map(|service| service.methods().collect::<Vec<_>>()) {
            let path = format!("/{}/{}", method.parent_service().full_name(), method.name());
            let options = method.options();
            let declared = options.get_extension(&access);
            let rule = match declared.as_message() {
                Some(message) if options.has_extension(&access) => Rule::read(message),
                _ => return Err(Undeclared(path)),
            };
            rules.insert(path, rule);
        }
        Ok(Self(rules))
    }

    /// The rule of an rpc: `None` for paths that are not the contract's and not mounted for everybody.
    pub(crate) fn of(&self, path: &str) -> Option<&Rule> {
        if OPEN_SERVICES.iter().any(|it| path.starts_with(it)) {
            return Some(&OPEN);
        }
        self.0.get(path)
    }
}

impl Rule {
    fn read(message: &DynamicMessage) -> Self {
        let field = |name: &str| message.get_field_by_name(name).map(|it| it.into_owned());
        let list = |name: &str| match field(name) {
            Some(Value::List(values)) => values,
            _ => Vec::new(),
        };
        let (subjects, roles) = (list("subjects"), list("employer_roles"));
        Self {
            anonymous: field("anonymous")
                .and_then(|it| it.as_bool())
                .unwrap_or(false),
            subjects: subjects
                .iter()
                .filter_map(Value::as_enum_number)
                .filter_map(|it| Subject::try_from(it).ok())
                .collect(),
            service_scope: field("service_scope")
                .and_then(|it| it.as_str().map(str::to_owned))
                .unwrap_or_default(),
            employer_roles: roles
                .iter()
                .filter_map(|it| it.as_str().map(str::to_owned))
                .collect(),
        }
    }

    /// Whether anybody may call.
    pub(crate) const fn is_open(&self) -> bool {
        self.anonymous
    }

    /// Whether `caller` may call, before anything is looked up.
    pub(crate) fn admit(&self, caller: Option<&Caller>) -> Result<(), Status> {
        if self.anonymous {
            return Ok(());
        }
        let caller = caller.ok_or_else(token_missing)?;
        let scoped = caller.subject != Subject::Service
            || self.service_scope.is_empty()
            || caller.scopes.contains(&self.service_scope);
        let in_role = caller.subject != Subject::Employer
            || self.employer_roles.is_empty()
            || self
                .employer_roles
                .iter()
                .any(|it| caller.scopes.contains(it));
        if self.subjects.contains(&caller.subject) && scoped && in_role {
            return Ok(());
        }
        Err(refuse(
            tonic::Code::PermissionDenied,
            Reason::CallerNotAllowed,
            "this kind of caller may not do that",
            [("subject", caller.subject.as_str_name().to_owned())],
        ))
    }
}

fn token_missing() -> Status {
    refuse(
        tonic::Code::Unauthenticated,
        Reason::TokenMissing,
        "the call needs a token: authorization: Bearer …",
        [],
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rpc_of_the_contract_says_who_may_call_it() {
        let rules = Rules::read().expect("every rpc declares its access");
        assert!(rules.0.len() > 20);
        for (path, rule) in &rules.0 {
            assert_eq!(rule.anonymous, rule.subjects.is_empty(), "{path}");
        }
        assert!(rules.of("/jamsostek.v1.NoService/Nothing").is_none());
    }
}
