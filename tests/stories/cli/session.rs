//! Signing in and out, and what is kept.

use super::{Shell, mode};
use crate::town::{Town, credential};

#[tokio::test]
async fn whoever_signs_in_sees_himself_until_he_signs_out() {
    let town = Town::found("2026-03-10").await;
    let budi = Shell::at(&town.address);
    let contact = budi.becomes_a_participant(&town).await;
    let signed_out = budi.asks(&["sign-out"]).await;
    let stranger = budi.runs(&["balance"]).await;
    town.waits(61);

    budi.asks(&["sign-in", "--contact", &contact]).await;
    let code = budi.reads_the_code(&town, &contact).await;
    let signed_in = ["sign-in", "--code", "-"];
    let signed_in = budi.runs_told(&code, &signed_in).await;
    let me = budi.asks(&["whoami"]).await;

    assert_eq!(signed_out["signed_out"], true);
    assert_eq!(stranger.exit, 3);
    assert!(
        stranger.complained.contains("`jamsostek sign-in`"),
        "{}",
        stranger.complained
    );
    assert_eq!(signed_in.printed, "Signed in as participant.\n");
    assert_eq!(me["participant"]["full_name"], "Budi Hartono");
}

#[tokio::test]
async fn a_session_that_was_ended_is_not_spoken_for() {
    let town = Town::found("2026-03-10").await;
    let budi = Shell::at(&town.address);
    budi.becomes_a_participant(&town).await;
    let kept = std::fs::read(budi.state_file()).expect("the session");
    budi.asks(&["sign-out"]).await;

    std::fs::write(budi.state_file(), kept).expect("a copy put back");
    let copied = budi.runs(&["balance", "--json"]).await;

    assert_eq!(copied.exit, 3);
    assert_eq!(copied.error()["reason"], "SESSION_ENDED");
}

#[tokio::test]
async fn what_is_kept_is_for_its_owner_alone_and_is_little() {
    let town = Town::found("2026-03-10").await;
    let budi = Shell::at(&town.address);
    let contact = budi.becomes_a_participant(&town).await;

    let file = budi.state_file();
    let kept = std::fs::read_to_string(&file).expect("the session");

    assert_eq!((mode(&file), mode(&budi.state())), (0o600, 0o700));
    let session = budi.kept()["session"].clone();
    let names: Vec<_> = session
        .as_object()
        .expect("a session")
        .keys()
        .cloned()
        .collect();
    assert_eq!(names, ["refresh_token", "subject"], "and no access token");
    for personal in [contact.as_str(), "Hartono", "3174011205", "eyJ"] {
        assert!(!kept.contains(personal), "{personal} in {kept}");
    }
}

#[tokio::test]
async fn many_commands_at_once_spend_no_token_twice() {
    let town = Town::found("2026-03-10").await;
    let budi = Shell::at(&town.address);
    budi.becomes_a_participant(&town).await;

    let words: [&[&str]; 4] = [&["balance"], &["coverage"], &["statement"], &["whoami"]];
    let [a, b, c, d] = words.map(|it| budi.runs(it));
    let (a, b, c, d) = tokio::join!(a, b, c, d);
    // By now a token that was spent before would end the session.
    town.waits(31);
    let later = budi.runs(&["balance"]).await;

    let exits = [a, b, c, d, later].map(|it| (it.exit, it.complained));
    assert!(exits.iter().all(|it| it.0 == 0), "{exits:?}");
}

#[tokio::test]
async fn each_server_has_a_session_of_its_own() {
    let town = Town::found("2026-03-10").await;
    let other = Town::found("2026-03-10").await;
    let mut budi = Shell::at(&town.address);
    budi.becomes_a_participant(&town).await;

    budi.server = other.address.clone();
    let there = budi.runs(&["whoami"]).await;
    budi.server = town.address.clone();
    let here = budi.runs(&["whoami"]).await;

    assert_eq!((there.exit, here.exit), (3, 0), "{}", here.complained);
}

#[tokio::test]
async fn an_officer_comes_with_credentials() {
    let town = Town::found("2026-03-10").await;
    let budi = Shell::at(&town.address);
    budi.becomes_a_participant(&town).await;
    let me = budi.asks(&["whoami"]).await["subject_id"].clone();
    let mut officer = Shell::at(&town.address);
    officer.set("JAMSOSTEK_CLIENT_ID", &credential(2).to_string());
    let forgot = officer.runs(&["whoami"]).await;
    officer.set("JAMSOSTEK_CLIENT_SECRET", "sandbox-officer");

    let himself = officer.asks(&["whoami"]).await;
    let participant = me.as_str().expect("an id");
    let balance = officer
        .asks(&["balance", "--participant", participant])
        .await;
    let nobody = credential(99).to_string();
    let nobody = officer.runs(&["balance", "--participant", &nobody]).await;

    assert_eq!(forgot.exit, 2, "{}", forgot.complained);
    assert_eq!(himself["subject"], "OFFICER");
    assert_eq!(balance["balance_idr"], 52_000);
    assert_eq!(nobody.exit, 4, "{}", nobody.complained);
}
