//! The key ring in its file.

use std::{fs, io, path::Path, sync::Arc};

use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use ring::{
    aead::{AES_256_GCM, LessSafeKey, UnboundKey},
    hmac,
    rand::{SecureRandom, SystemRandom},
    signature::Ed25519KeyPair,
};
use serde::{Deserialize, Serialize};

use super::{Keys, Seal, keyed};

/// Why there is no key ring.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file cannot be read or written.
    #[error("the key file {path} cannot be used")]
    File {
        /// Which file.
        path: String,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The file is not a key ring.
    #[error("the key file {0} holds no key ring")]
    Format(String),
}

/// The key ring as the file keeps it: base64.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    seal: String,
    digest: String,
    mac: String,
    otp: String,
    token: String,
    signing: String,
}

impl Seal {
    /// Reads the key ring at `path`.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let text = fs::read_to_string(path).map_err(|source| Error::File {
            path: path.display().to_string(),
            source,
        })?;
        Self::parse(&text).ok_or_else(|| Error::Format(path.display().to_string()))
    }

    /// Makes a new key ring and writes it to `path`, which must not exist.
    pub fn create(path: &Path) -> Result<Self, Error> {
        let failed = |source| Error::File {
            path: path.display().to_string(),
            source,
        };
        let text = Self::fresh();
        write_private(path, &text).map_err(failed)?;
        Self::parse(&text).ok_or_else(|| Error::Format(path.display().to_string()))
    }

    /// A key ring that nobody keeps.
    pub fn ephemeral() -> Self {
        Self::parse(&Self::fresh()).expect("a fresh key ring parses")
    }

    fn fresh() -> String {
        let random = SystemRandom::new();
        let key = || {
            let mut bytes = [0; 32];
            random.fill(&mut bytes).expect("the system has randomness");
            BASE64.encode(bytes)
        };
        let signing = Ed25519KeyPair::generate_pkcs8(&random).expect("the system has randomness");
        let file = File {
            seal: key(),
            digest: key(),
            mac: key(),
            otp: key(),
            token: key(),
            signing: BASE64.encode(signing.as_ref()),
        };
        serde_json::to_string_pretty(&file).expect("strings are JSON")
    }

    fn parse(text: &str) -> Option<Self> {
        let file: File = serde_json::from_str(text).ok()?;
        let bytes = |text: &str| BASE64.decode(text).ok();
        let key = |text: &str| bytes(text).filter(|it| it.len() == 32);
        let signing_pkcs8 = bytes(&file.signing)?;
        Ed25519KeyPair::from_pkcs8_maybe_unchecked(&signing_pkcs8).ok()?;
        let mac = key(&file.mac)?;
        let all = [
            &file.seal,
            &file.digest,
            &file.mac,
            &file.otp,
            &file.token,
            &file.signing,
        ];
        let all: Vec<_> = all.iter().map(|it| it.as_bytes()).collect();
        let mark = keyed(&hmac::Key::new(hmac::HMAC_SHA256, &mac), &all).into();
        Some(Self(Arc::new(Keys {
            seal: LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &key(&file.seal)?).ok()?),
            digest: hmac::Key::new(hmac::HMAC_SHA256, &key(&file.digest)?),
            mac: hmac::Key::new(hmac::HMAC_SHA256, &mac),
            otp: hmac::Key::new(hmac::HMAC_SHA256, &key(&file.otp)?),
            token: hmac::Key::new(hmac::HMAC_SHA256, &key(&file.token)?),
            signing_pkcs8,
            mark,
            random: SystemRandom::new(),
        })))
    }
}

fn write_private(path: &Path, text: &str) -> io::Result<()> {
    use std::io::Write;
    use std::os::unix::fs::OpenOptionsExt;
    let mut file = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::{super::Datum, *};

    #[test]
    fn a_key_ring_is_written_once_for_its_owner_only() {
        use std::os::unix::fs::PermissionsExt;
        let path = std::env::temp_dir().join(Uuid::now_v7().to_string());
        let seal = Seal::create(&path).expect("a key ring");
        let mode = fs::metadata(&path).expect("the file").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        let again = Seal::read(&path).expect("the same key ring");
        assert_eq!(seal.digest(Datum::Nik, "1"), again.digest(Datum::Nik, "1"));
        assert!(Seal::create(&path).is_err());
        fs::remove_file(path).expect("gone");
    }
}
