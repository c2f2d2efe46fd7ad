//! The tour goes all the way, on the program as it is installed.

use std::process::Stdio;

use tempfile::TempDir;
use tokio::{process::Command, time::timeout};

use crate::jamsostekd::{House, PATIENCE, binary, told, verify};

#[tokio::test]
async fn the_tour_shows_what_all_three_segments_pay_hold_and_save() {
    let home = TempDir::new().expect("a directory");
    let mut house = House::opens(&home).await;

    let tour = Command::new(binary("examples/tour").await)
        .env("JAMSOSTEK_ENDPOINT", format!("http://{}", house.address))
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output();
    let tour = timeout(2 * PATIENCE, tour).await.expect("in time");
    let tour = tour.expect("it ran");

    assert!(tour.status.success(), "{}", told(&tour));
    let printed = String::from_utf8_lossy(&tour.stdout);
    let acts: Vec<_> = printed.split("\n=== ").collect();
    let act = |number: &str| {
        let mut found = acts.iter().filter(|it| it.starts_with(number));
        found.next().expect("an act with this number")
    };
    let (paid, siti, dewi, ani) = (act("4."), act("7."), act("11."), act("12."));
    for payment in [paid, dewi, ani] {
        assert!(payment.contains("DISPOSITION_APPLIED"), "{payment}");
    }
    for (act, saved, cover) in [
        (siti, 52_000, "PROGRAMME_JKM: covered"),
        (dewi, 2_400_000, "PHASE_DURING_WORK"),
        (ani, 285_000, "PROGRAMME_JP: covered"),
    ] {
        assert!(act.contains(&format!(": IDR {saved}\n")), "{act}");
        assert!(act.contains(cover), "{act}");
    }
    assert!(
        house.ends_when_asked().await,
        "the program ends as it should"
    );
    let verified = verify(&home).await;
    assert!(verified.status.success(), "{}", told(&verified));
}
