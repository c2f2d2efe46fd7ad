//! Where the bank is, and how it knows us.

use std::{fmt, net::IpAddr, time::Duration};

use reqwest::{Url, header::HeaderValue};

/// Where the bank is, and how it knows us. Hides its token from logs.
#[derive(Clone)]
pub struct BankAt {
    url: Url,
    pub(super) token: HeaderValue,
    pub(super) timeout: Duration,
}

impl BankAt {
    /// The bank at `url`, which knows us by `token`; what it does not answer within `timeout` it has not answered. Never in the clear
    /// over a network: that would tell the token, and who is paid how much.
    pub fn new(url: &str, token: &str, timeout: Duration) -> Result<Self, String> {
        let mut url: Url = url.parse().map_err(|_| "the bank's URL is none")?;
        let speaks_safely = match url.scheme() {
            "https" => true,
            "http" => url.host_str().is_some_and(is_this_machine),
            _ => false,
        };
        if !speaks_safely {
            return Err("the bank's URL must be https://…, or http:// on this machine".to_owned());
        }
        let is_bare = url.username().is_empty() && url.password().is_none();
        if !is_bare || url.query().is_some() || url.fragment().is_some() {
            return Err("the bank's URL must be an address and a path alone".to_owned());
        }
        if !url.path().ends_with('/') {
            let path = format!("{}/", url.path());
            url.set_path(&path);
        }
        if token.is_empty() {
            return Err("the bank's token is empty".to_owned());
        }
        let mut token = HeaderValue::from_str(&format!("Bearer {token}"))
            .map_err(|_| "the bank's token must be one line of plain letters")?;
        token.set_sensitive(true);
        Ok(Self {
            url,
            token,
            timeout,
        })
    }

    /// The address of a path, which has no characters that an address could take for others.
    pub(super) fn url_of(&self, path: &str) -> Url {
        let mut url = self.url.clone();
        url.set_path(&format!("{}{path}", self.url.path()));
        url
    }
}

fn is_this_machine(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || address.parse().is_ok_and(|it: IpAddr| it.is_loopback())
}

impl fmt::Debug for BankAt {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "BankAt({})", self.url)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(url: &str) -> Result<BankAt, String> {
        BankAt::new(url, "a-token", Duration::from_secs(5))
    }

    #[test]
    fn only_this_machine_is_spoken_to_in_the_clear() {
        for url in [
            "https://bank.example",
            "https://bank.example/jamsostek",
            "http://127.0.0.1:8080",
            "http://[::1]:8080/",
            "http://localhost",
        ] {
            at(url).expect(url);
        }
        for url in [
            "http://bank.example",
            "http://10.0.0.1",
            "http://127.0.0.1.bank.example",
            "ftp://127.0.0.1",
            "bank.example",
            "https://us:secret@bank.example",
            "https://bank.example/?key=secret",
        ] {
            at(url).expect_err(url);
        }
    }

    #[test]
    fn a_path_before_ours_is_kept() {
        let with = at("https://bank.example/jamsostek").expect("an address");
        let without = at("https://bank.example").expect("an address");

        assert_eq!(
            with.url_of("v1/accounts:lookup").as_str(),
            "https://bank.example/jamsostek/v1/accounts:lookup"
        );
        assert_eq!(
            without.url_of("v1/accounts:lookup").as_str(),
            "https://bank.example/v1/accounts:lookup"
        );
    }

    #[test]
    fn a_token_is_one_line_and_shown_to_nobody() {
        let url = "https://bank.example";
        let timeout = Duration::from_secs(5);
        BankAt::new(url, "", timeout).expect_err("empty");
        BankAt::new(url, "two\nlines", timeout).expect_err("two lines");

        let told = format!("{:?}", at(url).expect("an address"));

        assert!(!told.contains("a-token"), "{told}");
    }
}
