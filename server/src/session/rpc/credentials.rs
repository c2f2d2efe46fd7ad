//! The users of employers, between the contract's words and ours.

use jamsostek_proto::v1::{
    self as wire, CreateCredentialRequest, EmployerRole, ListCredentialsRequest,
    ListCredentialsResponse,
};
use tonic::Status;
use uuid::Uuid;

use super::super::{
    Sessions,
    users::{NewUser, Role, USERS_MAX, User},
};
use crate::{
    caller::Caller,
    page,
    refusal::{Fields, timestamp},
    wire::words,
};

/// The list whose page tokens these are.
const CREDENTIALS: &str = "session.credentials";

pub(super) fn users_max() -> String {
    USERS_MAX.to_string()
}

fn role(number: i32) -> Option<Role> {
    match EmployerRole::try_from(number).ok()? {
        EmployerRole::Unspecified => None,
        EmployerRole::Admin => Some(Role::Admin),
        EmployerRole::Maker => Some(Role::Maker),
        EmployerRole::Checker => Some(Role::Checker),
    }
}

impl From<Role> for EmployerRole {
    fn from(role: Role) -> Self {
        match role {
            Role::Admin => Self::Admin,
            Role::Maker => Self::Maker,
            Role::Checker => Self::Checker,
        }
    }
}

/// A user to be made, and the employer that is named.
pub(super) fn new_user(
    request: CreateCredentialRequest,
) -> Result<(Option<Uuid>, NewUser), Status> {
    let mut fields = Fields::default();
    let id = fields.id_or_new("credential_id", &request.credential_id);
    let employer = fields.optional_id("employer_id", &request.employer_id);
    let name = words(&mut fields, "name", &request.name);
    let mut roles: Vec<Role> = Vec::new();
    for &number in &request.roles {
        match role(number) {
            Some(role) if !roles.contains(&role) => roles.push(role),
            _ => fields.reject("roles", "must name roles of the contract, each once"),
        }
    }
    if request.roles.is_empty() {
        fields.reject("roles", "must name at least one role");
    }
    let (Some((id, _)), Some(name)) = (id, name) else {
        return Err(fields.refusal());
    };
    fields.check()?;
    let new = NewUser {
        id,
        // The caller's own unless an officer names another: the operation decides.
        employer: employer.unwrap_or_default(),
        name,
        roles,
    };
    Ok((employer, new))
}

pub(super) async fn list(
    sessions: &Sessions,
    caller: &Caller,
    request: &ListCredentialsRequest,
) -> Result<ListCredentialsResponse, Status> {
    let mut fields = Fields::default();
    let employer = fields.optional_id("employer_id", &request.employer_id);
    let size = page::size(&mut fields, request.page_size);
    let after = page::after(
        &mut fields,
        &sessions.seal,
        CREDENTIALS,
        &request.page_token,
    );
    fields.check()?;
    let after = after.and_then(|it| it.parse().ok());
    let mut users = sessions.users(caller, employer, after, size + 1).await?;
    let more = page::cut(&mut users, size);
    let next = users.last().filter(|_| more);
    Ok(ListCredentialsResponse {
        next_page_token: next.map_or_else(String::new, |it| {
            page::token(&sessions.seal, CREDENTIALS, &it.id.to_string())
        }),
        credentials: users.into_iter().map(Into::into).collect(),
    })
}

impl From<User> for wire::Credential {
    fn from(user: User) -> Self {
        Self {
            id: user.id.to_string(),
            name: user.name,
            roles: user
                .roles
                .into_iter()
                .map(|it| EmployerRole::from(it).into())
                .collect(),
            created_at: Some(timestamp(user.created_at)),
            revoked_at: user.revoked_at.map(timestamp),
        }
    }
}
