//! What the register is asked with.

use std::{fmt, net::IpAddr, time::Duration};

use reqwest::Url;

/// A password. Hides itself from logs.
#[derive(Clone)]
pub struct Password(String);

impl From<String> for Password {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl Password {
    pub(super) fn text(&self) -> &str {
        &self.0
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Password(hidden)")
    }
}

/// What the register is asked with.
#[derive(Clone, Debug)]
pub struct RegisterSettings {
    /// Where it is; read by [`address`].
    pub(crate) url: Url,
    /// Who asks, as the register knows him.
    pub(crate) customer: String,
    pub(crate) user_id: String,
    pub(crate) password: Password,
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

    #[test]
    fn a_password_does_not_print_itself() {
        let password = Password::from("geheim".to_owned());
        assert!(!format!("{password:?}").contains("geheim"));
    }
}
