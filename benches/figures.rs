//! One table of what the service can do, beside what it could do at best: `cargo bench --bench figures`, or `… -- --quick`.
//!
//! Each database is started fresh and durable, the release server on it, and load comes over four connections from this process.
//! A row is the median of its samples by calls per second. Limits are measured in the same run: a tonic server without any layer
//! for the echo, the echo for a read, the same statements without us for a payment, a sign-in and a claim. CPU is the server's own, per call.

#[path = "figures/bare.rs"]
mod bare;
#[path = "figures/claim.rs"]
mod claim;
#[path = "figures/database.rs"]
mod database;
#[path = "figures/employer.rs"]
mod employer;
#[path = "figures/house.rs"]
mod house;
#[path = "figures/load.rs"]
mod load;
#[path = "figures/payment.rs"]
mod payment;
#[path = "figures/registration.rs"]
mod registration;
#[path = "figures/rows.rs"]
mod rows;
#[path = "figures/town.rs"]
mod town;

use std::time::Duration;

use crate::{
    database::Engine,
    employer::{Billed, Hired},
    house::House,
    load::{Figures, Pace},
    town::Town,
};

/// How many calls are open at once.
const AT_ONCE: [usize; 3] = [1, 16, 64];
/// Longer than any sample that ends by itself.
const UNTIL_ALL_HAVE: Duration = Duration::from_secs(60);

struct Row {
    engine: &'static str,
    operation: &'static str,
    at_once: usize,
    figures: Figures,
    /// What limits it, and how fast that is.
    limit: Option<(&'static str, f64)>,
}

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if arguments.iter().any(|it| it == bare::FLAG) {
        return bare::serve().await;
    }
    let pace = if arguments.iter().any(|it| it == "--quick") {
        Pace::QUICK
    } else {
        Pace::FULL
    };
    if arguments.iter().any(|it| it == "--rows") {
        return rows_alone(&pace).await;
    }
    // First, for the build may replace this program's file.
    let mut bare = bare::start().await;
    let binary = house::build().await;
    let mut bare_echo = Vec::new();
    for at_once in AT_ONCE {
        let pid = bare.process.id().expect("it runs");
        let channels = load::connect(&bare.address).await;
        bare_echo.push(load::median(&pace, at_once, pid, || town::echo(&channels, "bare")).await);
    }
    bare.process.kill().await.expect("it ends");

    let mut rows = Vec::new();
    for (at_once, figures) in AT_ONCE.into_iter().zip(&bare_echo) {
        rows.push(Row {
            engine: "–",
            operation: "bare tonic echo",
            at_once,
            figures: *figures,
            limit: None,
        });
    }
    let mut notes = Vec::new();
    for engine in [Engine::Sqlite, Engine::Postgres] {
        eprintln!("figures: {}", engine.name());
        let Some(mut database) = database::start(engine).await else {
            notes.push(format!(
                "{}: not measured, it cannot be started here",
                engine.name()
            ));
            continue;
        };
        let house = House::opens(&binary, &database).await;
        // What it takes up when nothing goes on: the start itself must be over.
        tokio::time::sleep(Duration::from_secs(1)).await;
        notes.push(format!(
            "{}: first answer {:.0} ms after exec, idle {:.1} MiB",
            engine.name(),
            house.ready.as_secs_f64() * 1_000.0,
            house.resident_mib()
        ));
        let (mut measured, billed) = measure(&pace, engine, &house, &bare_echo).await;
        let a_second = |took: Duration| f64::from(billed.employees) / took.as_secs_f64();
        notes.push(format!(
            "{}: a bill of {} employees: computed {:.0} a second, handed on {:.0} a second",
            engine.name(),
            billed.employees,
            a_second(billed.computed),
            a_second(billed.handed_on)
        ));
        notes.push(format!(
            "{}: {:.1} MiB after the load",
            engine.name(),
            house.resident_mib()
        ));
        house.ends().await;
        for row in &mut measured {
            let floor = database.floor(&pace, row.operation, row.at_once).await;
            row.limit = row.limit.or(floor.map(|it| ("floor", it)));
        }
        database.stop().await;
        rows.extend(measured);
    }
    print(&rows, &notes);
}

/// What becomes of very many rows at once, on each database.
async fn rows_alone(pace: &Pace) {
    let binary = house::build().await;
    println!("\n| database | what | rows/s | limit, rows/s | ratio |\n|---|---|--:|--:|--:|");
    let mut notes = Vec::new();
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let Some(database) = database::start(engine).await else {
            continue;
        };
        let house = House::opens(&binary, &database).await;
        let (measured, told) = rows::measure(engine, &house, &database, pace.rows).await;
        for it in measured {
            let (limit, ratio) = match it.limit {
                Some((name, limit)) => (
                    format!("{name} {limit:.0}"),
                    format!("{:.2}", it.rows_per_second / limit),
                ),
                None => ("–".to_owned(), "–".to_owned()),
            };
            let (engine, what) = (it.engine, it.what);
            println!(
                "| {engine} | {what} | {:.0} | {limit} | {ratio} |",
                it.rows_per_second
            );
        }
        notes.extend(told);
        house.ends().await;
        database.stop().await;
    }
    println!();
    notes.iter().for_each(|it| println!("{it}"));
}

/// All rows of one database but the floors, which are taken when the server has ended; and how an employer's bill went.
async fn measure(
    pace: &Pace,
    engine: Engine,
    house: &House,
    bare_echo: &[Figures],
) -> (Vec<Row>, Billed) {
    let pid = house.pid();
    let mut rows = Vec::new();
    let mut row = |operation, at_once, figures, limit| {
        rows.push(Row {
            engine: engine.name(),
            operation,
            at_once,
            figures,
            limit,
        });
    };
    let mut town = Town::founded(&house.address, pace.people).await;
    for (at, at_once) in AT_ONCE.into_iter().enumerate() {
        let token = town.gateway_token().await;
        let echo = load::median(pace, at_once, pid, || town::echo(&town.channels, &token)).await;
        row(
            "echo (WhoAmI)",
            at_once,
            echo,
            Some(("bare", bare_echo[at].calls_per_second)),
        );
        let tokens = town.tokens().await;
        let balance = load::median(pace, at_once, pid, || town.balance(&tokens)).await;
        row(
            "GetBalance",
            at_once,
            balance,
            Some(("echo", echo.calls_per_second)),
        );
        let told = load::median(pace, at_once, pid, || town.eligibility(&tokens)).await;
        row(
            "CheckEligibility",
            at_once,
            told,
            Some(("echo", echo.calls_per_second)),
        );
    }
    for at_once in AT_ONCE {
        let mut samples = Vec::new();
        for sample in 0..=pace.samples {
            town.issues_bills().await;
            let token = town.gateway_token().await;
            let window = if sample == 0 {
                pace.warm_up
            } else {
                pace.window
            };
            samples.push(load::sample(window, at_once, pid, town.payment(&token)).await);
        }
        row(
            payment::PAYMENT,
            at_once,
            load::middle(samples.split_off(1)),
            None,
        );
    }
    for at_once in AT_ONCE {
        let token = town.gateway_token().await;
        let whole = load::median(pace, at_once, pid, || town.registration(&token)).await;
        row("whole registration", at_once, whole, None);
    }
    // They move the clock.
    for at_once in AT_ONCE {
        let (verified, claimed) = claims(pace, at_once, pid, &town).await;
        row(claim::VERIFICATION, at_once, verified, None);
        row(claim::CLAIM, at_once, claimed, None);
    }
    // Last, for the register is asked about everybody who is hired, and that goes on in the background.
    let (hired, today) = (Hired::default(), town.today().await);
    for at_once in AT_ONCE {
        let token = town.employer_token().await;
        let load = || town.hiring(&token, &today, &hired);
        let reported = load::median(pace, at_once, pid, load).await;
        row("ReportEmployee", at_once, reported, None);
    }
    let billed = town.bills_the_employer().await;
    (rows, billed)
}

/// People sign in and claim, so many for a sample: it ends when all have.
async fn claims(pace: &Pace, at_once: usize, pid: u32, town: &Town) -> (Figures, Figures) {
    let (mut verified, mut claimed) = (Vec::new(), Vec::new());
    for _ in 0..=pace.samples {
        let (signed_in, submitted) = (claim::Pool::default(), claim::Pool::default());
        let coded = town.asks_to_sign_in(pace.claimants).await;
        let load = town.verification(&coded, &signed_in);
        verified.push(load::sample(UNTIL_ALL_HAVE, at_once, pid, load).await);
        let filled = town.fills_in(&signed_in).await;
        let load = town.claim(&filled, &submitted);
        claimed.push(load::sample(UNTIL_ALL_HAVE, at_once, pid, load).await);
        town.withdraw(&submitted).await;
    }
    // The first sample warms up.
    (
        load::middle(verified.split_off(1)),
        load::middle(claimed.split_off(1)),
    )
}

fn print(rows: &[Row], notes: &[String]) {
    println!();
    println!(
        "| database | operation | at once | calls/s | p50 µs | p99 µs | CPU µs | limit, calls/s | ratio |"
    );
    println!("|---|---|--:|--:|--:|--:|--:|--:|--:|");
    for row in rows {
        let figures = row.figures;
        let (limit, ratio) = match row.limit {
            Some((name, limit)) => (
                format!("{name} {limit:.0}"),
                format!("{:.2}", figures.calls_per_second / limit),
            ),
            None if row.engine == "–" => ("–".to_owned(), "–".to_owned()),
            None => ("no floor".to_owned(), "–".to_owned()),
        };
        println!(
            "| {} | {} | {} | {:.0} | {} | {} | {:.0} | {limit} | {ratio} |",
            row.engine,
            row.operation,
            row.at_once,
            figures.calls_per_second,
            figures.p50,
            figures.p99,
            figures.cpu
        );
    }
    println!();
    for note in notes {
        println!("{note}");
    }
}
