//! An employer reports a file of employees, mends what came back, and reports that.

use std::{path::Path, pin::pin};

use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::task::yield_now;

use super::{Ran, Shell};
use crate::town::{Town, credential};

const NPP: &str = "JK000001";
const HEAD: &str = "row_ref,action,nik,kpj,full_name,started_on,wage_idr,ended_on,cause";

fn desk(town: &Town) -> Shell {
    let mut desk = Shell::at(&town.address);
    desk.set("JAMSOSTEK_CLIENT_ID", &credential(6).to_string());
    desk.set("JAMSOSTEK_CLIENT_SECRET", "sandbox-employer");
    desk
}

/// Runs a command while the workers of the house go on.
async fn runs(town: &Town, desk: &Shell, words: &[&str]) -> Ran {
    let mut run = pin!(desk.runs(words));
    loop {
        tokio::select! {
            ran = &mut run => return ran,
            () = async { town.lets_the_workers_run().await; yield_now().await } => {}
        }
    }
}

async fn submits(town: &Town, desk: &Shell, file: &Path, besides: &[&str]) -> (i32, Value) {
    let file = file.to_str().expect("a plain name");
    let words = [&["submit", file, "--npp", NPP, "--json"], besides].concat();
    let ran = runs(town, desk, &words).await;
    let told = serde_json::from_str(&ran.printed);
    (
        ran.exit,
        told.unwrap_or_else(|_| panic!("{}", ran.complained)),
    )
}

#[tokio::test]
async fn a_file_is_reported_and_what_came_back_is_mended_and_reported_again() {
    let town = Town::found("2026-03-10").await;
    let (desk, home) = (desk(&town), TempDir::new().expect("a directory"));
    let (budi, siti) = (town.person(), town.person());
    let file = home.path().join("march.csv");
    let rows = [
        HEAD.to_owned(),
        format!("1,hire,{},,{},2026-03-01,5000000,,", budi.nik, budi.name),
        format!("2,hire,{},,{},2026-03-01,900000,,", siti.nik, siti.name),
        "3,wage,3174011205900077,,,,5000000,,".to_owned(),
    ];
    std::fs::write(&file, rows.join("\n")).expect("a file");

    let (dry_exit, dry) = submits(&town, &desk, &file, &["--validate-only"]).await;
    let (exit, told) = submits(&town, &desk, &file, &[]).await;
    let (_, again) = submits(&town, &desk, &file, &[]).await;
    let back = told["rejected_file"].as_str().expect("a file");
    let came_back = std::fs::read_to_string(back).expect("the rejected rows");
    let mended = came_back.replace(",900000,", ",6000000,");
    let mended: Vec<_> = mended.lines().filter(|it| !it.starts_with("3,")).collect();
    std::fs::write(back, mended.join("\n")).expect("it is mended");
    let (mended_exit, mended) = submits(&town, &desk, Path::new(back), &[]).await;

    assert_eq!((dry_exit, exit, mended_exit), (1, 1, 0));
    assert_eq!(dry["state"], "VALIDATED");
    assert_eq!((&dry["accepted"], &dry["rejected"]), (&json!(1), &json!(2)));
    assert_eq!(told["state"], "COMMITTED");
    assert_eq!(
        (&told["accepted"], &told["rejected"]),
        (&json!(1), &json!(2))
    );
    assert_eq!(again, told);
    assert!(
        came_back.starts_with(&format!("{HEAD},errors\n")),
        "{came_back}"
    );
    assert!(came_back.contains("hired.hire.wage_idr: "), "{came_back}");
    assert!(came_back.contains("paid.nik: Nobody with this number works"));
    assert_eq!(
        (&mended["accepted"], &mended["rejected"]),
        (&json!(1), &json!(0))
    );
    assert_eq!(mended["rejected_file"], Value::Null);
    let employees = desk.asks(&["employer", "employees"]).await;
    let employees = employees["employees"].as_array().expect("a list");
    assert_eq!(employees.len(), 2);
}

#[tokio::test]
async fn what_is_wrong_with_a_file_is_told_before_anything_is_sent() {
    let town = Town::found("2026-03-10").await;
    let (desk, home) = (desk(&town), TempDir::new().expect("a directory"));
    let file = home.path().join("odd.csv");
    let rows = "row_ref,action,nama,wage_idr\n1,fire,,\n2,wage,,5.000.000\n";
    std::fs::write(&file, rows).expect("a file");

    let named = file.to_str().expect("a plain name");
    let ran = desk.runs(&["submit", named, "--npp", NPP]).await;
    let template = desk.runs(&["template"]).await;
    let ready = home.path().join("ready.csv");
    std::fs::write(&ready, &template.printed).expect("a file");
    let ready = [
        "submit",
        ready.to_str().expect("a plain name"),
        "--npp",
        NPP,
    ];
    let read = runs(&town, &desk, &ready).await;

    assert_eq!(ran.exit, 2);
    for fault in [
        "there is no column `nama`",
        "line 2: `action` must be hire, take-over, wage or leave, and not `fire`",
        "line 3: `wage_idr` must be whole rupiah",
    ] {
        assert!(
            ran.complained.contains(fault),
            "{fault} in {}",
            ran.complained
        );
    }
    assert_eq!(template.exit, 0);
    // Its people are examples; its form is as it must be.
    assert_eq!(read.exit, 1, "{}", read.complained);
    assert!(read.printed.contains("are rejected"), "{}", read.printed);
}
