use std::{
    collections::HashMap,
    sync::{Arc, RwLock},
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Duration, Utc};
use jamsostek_proto::v1::Subject;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use ring::signature::{Ed25519KeyPair, KeyPair};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{caller::Caller, seal::Seal};

/// How long an access token is good: revocation stops refresh at once, and this is what remains.
pub(super) const ACCESS_LIFETIME: Duration = Duration::minutes(5);
/// How many verified tokens are remembered. Checking a signature costs five whole echoes.
const REMEMBERED_MAX: usize = 10_000;
/// Which key signed; rotation adds another.
const KEY_ID: &str = "1";
const REFRESH: &str = "refresh token";

/// Makes and reads tokens. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Tokens(Arc<Inner>);

struct Inner {
    seal: Seal,
    signing: EncodingKey,
    verifying: DecodingKey,
    validation: Validation,
    remembered: RwLock<HashMap<String, Caller>>,
}

#[derive(Serialize, Deserialize)]
struct Claims {
    kind: String,
    sub: Uuid,
    /// The user of an employer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    usr: Option<Uuid>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    scopes: Vec<String>,
    exp: i64,
    jti: Uuid,
}

/// Why a token names nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unreadable {
    Invalid,
    Expired,
}

impl Tokens {
    /// Signs with the ring's key.
    pub(crate) fn new(seal: &Seal) -> Self {
        let pkcs8 = seal.signing_pkcs8();
        let pair = Ed25519KeyPair::from_pkcs8_maybe_unchecked(pkcs8).expect("checked when read");
        let mut validation = Validation::new(Algorithm::EdDSA);
        // The expiry is compared with our own clock, not with the machine's.
        validation.validate_exp = false;
        validation.required_spec_claims.clear();
        Self(Arc::new(Inner {
            seal: seal.clone(),
            signing: EncodingKey::from_ed_der(pkcs8),
            verifying: DecodingKey::from_ed_der(pair.public_key().as_ref()),
            validation,
            remembered: RwLock::default(),
        }))
    }

    /// An access token for `caller`.
    pub(crate) fn sign(&self, caller: &Caller) -> String {
        let mut header = Header::new(Algorithm::EdDSA);
        header.kid = Some(KEY_ID.to_owned());
        let claims = Claims {
            kind: caller.subject.as_str_name().to_owned(),
            sub: caller.id,
            usr: caller.user,
            scopes: caller.scopes.clone(),
            exp: caller.expires_at.timestamp(),
            jti: Uuid::now_v7(),
        };
        jsonwebtoken::encode(&header, &claims, &self.0.signing).expect("our key signs our claims")
    }

    /// Who an access token speaks for.
    pub(super) fn read(&self, token: &str, now: DateTime<Utc>) -> Result<Caller, Unreadable> {
        let remembered = {
            let remembered = self.0.remembered.read();
            let remembered = remembered.unwrap_or_else(|poisoned| poisoned.into_inner());
            remembered.get(token).cloned()
        };
        let caller = match remembered {
            Some(caller) => caller,
            None => self.check(token)?,
        };
        if caller.expires_at <= now {
            return Err(Unreadable::Expired);
        }
        Ok(caller)
    }

    fn check(&self, token: &str) -> Result<Caller, Unreadable> {
        let Inner {
            verifying,
            validation,
            remembered,
            ..
        } = &*self.0;
        let claims = jsonwebtoken::decode::<Claims>(token, verifying, validation)
            .map_err(|_| Unreadable::Invalid)?
            .claims;
        let caller = Caller {
            subject: Subject::from_str_name(&claims.kind).ok_or(Unreadable::Invalid)?,
            id: claims.sub,
            user: claims.usr,
            scopes: claims.scopes,
            expires_at: DateTime::from_timestamp(claims.exp, 0).ok_or(Unreadable::Invalid)?,
        };
        let mut remembered = remembered
            .write()
            .unwrap_or_else(|poisoned| poisoned.into_inner());
        if remembered.len() >= REMEMBERED_MAX {
            remembered.clear();
        }
        remembered.insert(token.to_owned(), caller.clone());
        Ok(caller)
    }

    /// The refresh token of a generation of a session: always the same one.
    pub(super) fn refresh(&self, session: Uuid, generation: i32) -> String {
        let mut body = session.as_bytes().to_vec();
        body.extend_from_slice(&generation.to_be_bytes());
        let signature = self.0.seal.sign(REFRESH, &body);
        body.extend_from_slice(&signature);
        URL_SAFE_NO_PAD.encode(body)
    }

    /// The session and generation of a refresh token of ours.
    pub(super) fn read_refresh(&self, token: &str) -> Option<(Uuid, i32)> {
        let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
        let (body, signature) = bytes.split_at_checked(20)?;
        if !self.0.seal.signed(REFRESH, body, signature) {
            return None;
        }
        let (session, generation) = body.split_at(16);
        Some((
            Uuid::from_slice(session).ok()?,
            i32::from_be_bytes(generation.try_into().ok()?),
        ))
    }
}
