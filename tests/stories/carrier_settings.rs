//! Real carriers are switched on by settings, and what does not go together is refused by name.

use std::sync::Arc;

use jamsostek_server::{
    OtpLimits, Parts, Profile, assemble, clock::SystemClock, db::Db, seal::Seal,
};
use tempfile::TempDir;

use crate::{carriers::outside, fresh_store::fresh_store};

#[test]
fn carriers_are_set_whole_and_safe_or_not_at_all() {
    let wrong: &[(&[&str], &str)] = &[
        (
            &[
                "--sms-url",
                "http://sms.example/messages",
                "--sms-token",
                "t",
            ],
            "must be https",
        ),
        (
            &["--sms-url", "https://sms.example/messages"],
            "needs --sms-token or --sms-signing-key",
        ),
        (&["--sms-token", "t"], "need --sms-url"),
        (
            &["--sms-url", "https://u:p@sms.example", "--sms-token", "t"],
            "no password",
        ),
        (&["--smtp-host", ""], "--smtp-host is empty"),
        (
            &[
                "--sms-url",
                "https://sms.example",
                "--sms-signing-key",
                "short",
            ],
            "at least 24 bytes",
        ),
        (
            &["--sms-url", "https://sms.example", "--sms-token", ""],
            "--sms-token is empty",
        ),
        (&["--smtp-user", "u"], "need --smtp-host"),
        (&["--smtp-host", "mail.example"], "--smtp-from is missing"),
        (
            &["--smtp-host", "mail.example", "--smtp-from", "nobody"],
            "--smtp-from is no address",
        ),
        (
            &[
                "--smtp-host",
                "mail.example",
                "--smtp-from",
                "a@b.example",
                "--smtp-user",
                "u",
            ],
            "go together",
        ),
        (
            &[
                "--smtp-host",
                "mail.example",
                "--smtp-from",
                "a@b.example",
                "--smtp-security",
                "plain",
            ],
            "on this machine",
        ),
        (
            &[
                "--smtp-host",
                "localhost",
                "--smtp-from",
                "a@b.example",
                "--smtp-ca-file",
                "Cargo.toml",
            ],
            "holds no certificates",
        ),
    ];

    for (flags, told) in wrong {
        let read = outside(flags.iter().map(|it| (*it).to_owned()).collect());
        let error = read.err().expect(told);
        assert!(error.contains(told), "{flags:?}: {error}");
    }
}

#[tokio::test]
async fn production_names_the_carriers_that_it_lacks() {
    let (mail, sms) = ("a mail server (--smtp-host)", "an SMS gateway (--sms-url)");
    let smtp: &[&str] = &["--smtp-host", "mail.example", "--smtp-from", "a@b.example"];
    let gateway: &[&str] = &["--sms-url", "https://sms.example", "--sms-token", "t"];

    let (nothing, by_mail) = (lacks(&[]).await, lacks(smtp).await);
    let (by_sms, by_both) = (lacks(gateway).await, lacks(&[smtp, gateway].concat()).await);

    assert!(nothing.contains(mail) && nothing.contains(sms), "{nothing}");
    assert!(
        !by_mail.contains(mail) && by_mail.contains(sms),
        "{by_mail}"
    );
    assert!(by_sms.contains(mail) && !by_sms.contains(sms), "{by_sms}");
    assert!(
        !by_both.contains(mail) && !by_both.contains(sms),
        "{by_both}"
    );
}

/// What production says that it lacks with these flags.
async fn lacks(flags: &[&str]) -> String {
    let directory = TempDir::new().expect("a directory");
    let url = fresh_store(&directory).await;
    let flags = flags.iter().map(|it| (*it).to_owned());
    let parts = Parts {
        db: Db::open(&url).await.expect("a store"),
        seal: Seal::ephemeral(),
        clock: Arc::new(SystemClock),
        profile: Profile::Production,
        limits: OtpLimits::PRODUCTION,
        calls_max: 16,
        web_origins: Vec::new(),
        tls: None,
        outside: outside(flags.collect()).expect("flags that go together"),
    };
    let refused = assemble(parts).await.err();
    refused.expect("nobody is served").to_string()
}
