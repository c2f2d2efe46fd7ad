//! A tour of jamsostek: somebody who sells vegetables becomes a participant, pays, signs in, sees what covers her, stops and is paid
//! her savings; another goes abroad, and a third works for an employer.
//!
//! `cargo run --example tour` starts a sandbox of its own; with `JAMSOSTEK_ENDPOINT=http://host:port` it visits that one.
//! Each call is printed first as the grpcurl command that does the same.

mod abroad;
mod acts;
mod claim;
mod employee;
mod guide;
mod holdings;
mod house;
mod person;

use std::{error::Error as StdError, process::ExitCode};

use crate::{guide::Tour, house::House, person::Person};

type Outcome<T> = Result<T, Box<dyn StdError>>;

#[tokio::main]
async fn main() -> ExitCode {
    match visit().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("\nThe tour ends here: {}", in_full(error.as_ref()));
            ExitCode::FAILURE
        }
    }
}

/// The whole story, an act a line.
async fn visit() -> Outcome<()> {
    let house = House::open().await?;
    let tour = Tour::to(&house.endpoint).await?;
    let siti = Person::made_up("Siti Rahayu");

    tour.meets_the_neighbours().await?;
    let (registration, member) = tour.starts_to_register(&siti).await?;
    let payment_code = tour.tells_the_work(&member, registration).await?;
    tour.pays_at_the_shop(&member, registration, &payment_code)
        .await?;
    tour.is_a_participant(&member, registration).await?;
    let member = tour.signs_in_again(&siti).await?;
    tour.sees_what_covers_her(&member).await?;
    tour.ends_her_business(&member).await?;
    let claim = tour.claims_her_savings(&siti, &member).await?;
    tour.is_paid(&member, &claim).await?;
    tour.goes_abroad(&Person::made_up("Dewi Lestari")).await?;
    tour.works_for_somebody(&Person::made_up("Ani Wulandari"))
        .await?;

    println!(
        "\nThat was the whole road, from a NIK to savings that were paid, the way abroad, and a month at an employer's."
    );
    house.close().await
}

/// An error with all that caused it.
fn in_full(error: &dyn StdError) -> String {
    match error.source() {
        Some(source) => format!("{error}: {}", in_full(source)),
        None => error.to_string(),
    }
}
