//! Seals what must not be read, and marks what must not be changed.
//!
//! One key ring, kept outside the database. Personal data is sealed (AES-256-GCM) for the kind of datum and the one it belongs
//! to, so that a value moved to another row does not open. Beside it stands a keyed digest where it is looked up. Each row of an
//! append-only table carries a keyed MAC over all its fields, so that an edit is found.

mod mac;
mod ring_file;

use std::sync::Arc;

use ring::{
    aead::{Aad, LessSafeKey, NONCE_LEN, Nonce},
    hmac,
    rand::{SecureRandom, SystemRandom},
};
use uuid::Uuid;

pub(crate) use mac::RowMac;
pub use ring_file::Error;

/// Names the key a value was made with, so that keys can change. One byte before each sealed value and MAC.
const CURRENT_KEY: u8 = 1;

/// The kinds of sealed and digested data. Part of what a value is sealed for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Datum {
    Nik,
    Passport,
    Contact,
    MotherName,
    Message,
    RequestContent,
    Peer,
    BankAccount,
    RegisterQuestion,
    RegisterAnswer,
    SubmissionRow,
    Kpj,
}

impl Datum {
    const fn name(self) -> &'static str {
        match self {
            Self::Nik => "nik",
            Self::Passport => "passport",
            Self::Contact => "contact",
            Self::MotherName => "mother_name",
            Self::Message => "message",
            Self::RequestContent => "request_content",
            Self::Peer => "peer",
            Self::BankAccount => "bank_account",
            Self::RegisterQuestion => "register_question",
            Self::RegisterAnswer => "register_answer",
            Self::SubmissionRow => "submission_row",
            Self::Kpj => "kpj",
        }
    }
}

/// A sealed value does not open: it was changed, moved, or sealed with a key we do not have.
#[derive(Debug, thiserror::Error)]
#[error("a sealed {} does not open", .0.name())]
pub struct Broken(Datum);

/// The keys. Cheap to clone.
#[derive(Clone)]
pub struct Seal(Arc<Keys>);

struct Keys {
    seal: LessSafeKey,
    digest: hmac::Key,
    mac: hmac::Key,
    otp: hmac::Key,
    token: hmac::Key,
    signing_pkcs8: Vec<u8>,
    /// Tells this ring from others, and nothing about its keys.
    mark: Vec<u8>,
    random: SystemRandom,
}

impl Seal {
    /// Seals `text` as a `datum` of `owner`.
    pub(crate) fn seal(&self, datum: Datum, owner: Uuid, text: &str) -> Vec<u8> {
        self.seal_bytes(datum, owner, text.as_bytes())
    }

    /// Seals `content` as a `datum` of `owner`.
    pub(crate) fn seal_bytes(&self, datum: Datum, owner: Uuid, content: &[u8]) -> Vec<u8> {
        let mut nonce = [0; NONCE_LEN];
        self.random(&mut nonce);
        let mut body = content.to_vec();
        self.0
            .seal
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(aad(datum, owner)),
                &mut body,
            )
            .expect("no text is longer than the cipher allows");
        let mut sealed = Vec::with_capacity(1 + NONCE_LEN + body.len());
        sealed.push(CURRENT_KEY);
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(&body);
        sealed
    }

    /// Opens what was sealed as a `datum` of `owner`.
    pub(crate) fn open(&self, datum: Datum, owner: Uuid, sealed: &[u8]) -> Result<String, Broken> {
        let content = self.open_bytes(datum, owner, sealed)?;
        String::from_utf8(content).map_err(|_| Broken(datum))
    }

    /// Opens what was sealed as a `datum` of `owner`, whatever it is.
    pub(crate) fn open_bytes(
        &self,
        datum: Datum,
        owner: Uuid,
        sealed: &[u8],
    ) -> Result<Vec<u8>, Broken> {
        let broken = || Broken(datum);
        let (&key, rest) = sealed.split_first().ok_or_else(broken)?;
        if key != CURRENT_KEY || rest.len() < NONCE_LEN {
            return Err(broken());
        }
        let (nonce, body) = rest.split_at(NONCE_LEN);
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| broken())?;
        let mut body = body.to_vec();
        let opened = self
            .0
            .seal
            .open_in_place(nonce, Aad::from(aad(datum, owner)), &mut body)
            .map_err(|_| broken())?;
        Ok(opened.to_vec())
    }

    /// A keyed digest of `text`, by which a sealed value is looked up.
    pub(crate) fn digest(&self, datum: Datum, text: &str) -> Vec<u8> {
        self.digest_bytes(datum, text.as_bytes())
    }

    /// A keyed digest of `content`, by which it is known again.
    pub(crate) fn digest_bytes(&self, datum: Datum, content: &[u8]) -> Vec<u8> {
        keyed(&self.0.digest, &[datum.name().as_bytes(), content]).into()
    }

    /// What is kept of a one-time code: good only for this challenge.
    pub(crate) fn code_digest(&self, challenge: Uuid, code: &str) -> Vec<u8> {
        keyed(&self.0.otp, &[challenge.as_bytes(), code.as_bytes()]).into()
    }

    /// Whether `digest` was kept of `code`, in constant time.
    pub(crate) fn code_matches(&self, challenge: Uuid, code: &str, digest: &[u8]) -> bool {
        same(&self.code_digest(challenge, code), digest)
    }

    /// The secret half of something we hand out and must know again: refresh tokens, page tokens.
    pub(crate) fn sign(&self, what: &str, content: &[u8]) -> [u8; 32] {
        keyed(&self.0.token, &[what.as_bytes(), content])
    }

    /// Whether `signature` is ours, in constant time.
    pub(crate) fn signed(&self, what: &str, content: &[u8], signature: &[u8]) -> bool {
        same(&self.sign(what, content), signature)
    }

    /// The MAC of a row of an append-only `table`.
    pub(crate) fn mac(&self, table: &str) -> RowMac {
        RowMac::new(&self.0.mac, table)
    }

    /// Tells this key ring from others.
    pub(crate) fn mark(&self) -> Vec<u8> {
        self.0.mark.clone()
    }

    /// The private key that signs tokens, as PKCS 8.
    pub(crate) fn signing_pkcs8(&self) -> &[u8] {
        &self.0.signing_pkcs8
    }

    /// Fills `bytes` from the system's random source.
    pub(crate) fn random(&self, bytes: &mut [u8]) {
        self.0
            .random
            .fill(bytes)
            .expect("the system has randomness");
    }

    /// A random number below `bound`, each equally likely.
    pub(crate) fn random_below(&self, bound: u64) -> u64 {
        // Numbers past the last whole multiple of `bound` would favour the small ones: they are drawn again.
        let limit = u64::MAX - u64::MAX % bound;
        loop {
            let mut bytes = [0; 8];
            self.random(&mut bytes);
            let drawn = u64::from_be_bytes(bytes);
            if drawn < limit {
                return drawn % bound;
            }
        }
    }
}

fn aad(datum: Datum, owner: Uuid) -> Vec<u8> {
    [datum.name().as_bytes(), b"|", owner.as_bytes()].concat()
}

fn keyed(key: &hmac::Key, parts: &[&[u8]]) -> [u8; 32] {
    let mut context = hmac::Context::with_key(key);
    for part in parts {
        update(&mut context, part);
    }
    let mut bytes = [0; 32];
    bytes.copy_from_slice(context.sign().as_ref());
    bytes
}

fn update(context: &mut hmac::Context, part: &[u8]) {
    context.update(&(part.len() as u64).to_be_bytes());
    context.update(part);
}

/// Compares in constant time: both sides are digested under a key nobody knows, then compared by `ring`.
fn same(left: &[u8], right: &[u8]) -> bool {
    let key = hmac::Key::new(hmac::HMAC_SHA256, b"jamsostek constant time comparison");
    hmac::verify(&key, left, hmac::sign(&key, right).as_ref()).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sealed_value_opens_only_for_its_kind_and_owner() {
        let seal = Seal::ephemeral();
        let (budi, sari) = (Uuid::now_v7(), Uuid::now_v7());
        let sealed = seal.seal(Datum::Nik, budi, "3174012505900001");
        let opened = seal.open(Datum::Nik, budi, &sealed).expect("it opens");
        assert_eq!(opened, "3174012505900001");
        assert!(seal.open(Datum::Nik, sari, &sealed).is_err());
        assert!(seal.open(Datum::Contact, budi, &sealed).is_err());
        let mut changed = sealed.clone();
        *changed.last_mut().expect("a byte") ^= 1;
        assert!(seal.open(Datum::Nik, budi, &changed).is_err());
    }

    #[test]
    fn a_mac_tells_rows_apart_that_only_split_their_fields_elsewhere() {
        let seal = Seal::ephemeral();
        let left = seal.mac("bill").text("ab").text("c").finish();
        let right = seal.mac("bill").text("a").text("bc").finish();
        assert_ne!(left, right);
        assert_ne!(left, seal.mac("payment").text("ab").text("c").finish());
    }

    #[test]
    fn codes_are_drawn_evenly() {
        let seal = Seal::ephemeral();
        let mut counts = [0_u32; 10];
        for _ in 0..100_000 {
            counts[usize::try_from(seal.random_below(10)).expect("a digit")] += 1;
        }
        // Nine degrees of freedom: 27.9 is passed by chance once in a thousand runs, 50 once in ten million.
        let chi: f64 = counts
            .iter()
            .map(|&it| (f64::from(it) - 10_000.0).powi(2) / 10_000.0)
            .sum();
        assert!(chi < 50.0, "{chi}");
    }
}
