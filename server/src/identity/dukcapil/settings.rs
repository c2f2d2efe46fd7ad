//! What the register is asked with.

use std::{net::IpAddr, time::Duration};

use reqwest::Url;

use crate::hidden::Hidden;

/// What the register is asked with.
#[derive(Clone, Debug)]
pub struct RegisterSettings {
    /// Where it is; read by [`address`].
    pub(crate) url: Url,
    /// Who asks, as the register knows him.
    pub(crate) customer: String,
    pub(crate) user_id: String,
    pub(crate) password: Hidden,
    pub(crate) ip_user: String,
    /// From which score on a name agrees, 1 to 100.
    pub(crate) threshold: u8,
    /// How long it may take: what takes longer is silence.
    pub(crate) patience: Duration,
    /// Whom to trust instead of the machine's own certificates, in PEM.
    pub(crate) certificates: Option<Vec<u8>>,
}

/// Reads where the register is: a password and people's data travel in the clear only within this machine.
pub(crate) fn address(text: &str) -> Result<Url, &'static str> {
    let url = Url::parse(text).map_err(|_| "must be an address such as https://10.0.0.1:8000")?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err("must not hold a name or a password");
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err("must end with its path");
    }
    match url.scheme() {
        "https" => Ok(url),
        "http" if is_loopback(&url) => Ok(url),
        _ => Err("must begin with https:// unless the register is on this machine"),
    }
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let number = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || number.parse::<IpAddr>().is_ok_and(|it| it.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_asked_in_the_clear() {
        for good in [
            "https://10.0.0.1:8000",
            "https://register.example/base/",
            "http://127.0.0.1:9",
            "http://[::1]:9",
            "http://localhost",
        ] {
            assert!(address(good).is_ok(), "{good}");
        }
        for bad in [
            "http://10.0.0.1:8000",
            "http://localhost.example",
            "http://127.0.0.1.example",
            "ftp://localhost",
            "https://somebody:secret@register.example",
            "https://register.example/?key=1",
            "register.example",
            "",
        ] {
            assert!(address(bad).is_err(), "{bad}");
        }
    }
}
