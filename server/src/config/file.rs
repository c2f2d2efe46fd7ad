//! What a setting names a file for: a secret, or bytes.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::hidden::Hidden;

/// A secret from the setting itself, or from a file that holds it on one line; `flag` names it to whoever has set it wrongly.
pub(super) fn secret(
    flag: &str,
    stated: Option<&Hidden>,
    file: Option<&PathBuf>,
) -> Result<Option<Hidden>, String> {
    let secret = match (stated, file) {
        (Some(_), Some(_)) => return Err(format!("{flag} and {flag}-file exclude each other")),
        (Some(secret), None) => secret.clone(),
        (None, Some(path)) => {
            let text = String::from_utf8(read(path)?);
            let text = text.map_err(|_| format!("the file of {flag} is no text"))?;
            Hidden::from(text.trim_end_matches(['\r', '\n']).to_owned())
        }
        (None, None) => return Ok(None),
    };
    if secret.is_empty() {
        return Err(format!("{flag} is empty"));
    }
    Ok(Some(secret))
}

/// A file's bytes.
pub(super) fn read(path: &Path) -> Result<Vec<u8>, String> {
    fs::read(path).map_err(|error| format!("{} cannot be read: {error}", path.display()))
}
