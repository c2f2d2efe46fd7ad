//! An employer at his desk.

use serde_json::Value;

use super::Shell;
use crate::{
    company::WAGE,
    joiner::MOTHER,
    person::Person,
    town::{Town, credential},
};

/// The unit of the sandbox's employer.
const NPP: &str = "JK000001";
const FIRST_OF_MARCH: [&str; 2] = ["--started-on", "2026-03-01"];
const WAGE_AND_JKN: [&str; 3] = ["--wage", "5000000", "--in-jkn"];

/// A shell of a user of the sandbox's employer.
fn desk(town: &Town) -> Shell {
    let mut desk = Shell::at(&town.address);
    desk.set("JAMSOSTEK_CLIENT_ID", &credential(6).to_string());
    desk.set("JAMSOSTEK_CLIENT_SECRET", "sandbox-employer");
    desk
}

/// Somebody who says that he works there; his shell.
async fn worker(town: &Town, somebody: &Person) -> Shell {
    let shell = Shell::at(&town.address);
    shell
        .opens_an_account(town, somebody, &["--segment", "pu"])
        .await;
    let named = [&["register", "--npp", NPP, "--yes"], &FIRST_OF_MARCH[..]];
    shell.asks(&named.concat()).await;
    shell
}

fn membership(employee: &Value) -> String {
    let id = employee["membership_id"].as_str();
    id.expect("a membership").to_owned()
}

#[tokio::test]
async fn an_employer_answers_those_who_name_him_and_reports_others() {
    let town = Town::found("2026-03-10").await;
    let (budi, stranger, third) = (town.person(), town.person(), town.person());
    let at_work = worker(&town, &budi).await;
    worker(&town, &stranger).await;
    let desk = desk(&town);

    let found = at_work.asks(&["employer", "search", "Contoh"]).await;
    let employer = desk.asks(&["employer", "show"]).await;
    let waiting = ["employer", "employees", "--state", "awaiting-employer"];
    let waiting = desk.asks(&waiting).await;
    let [first, second] = [0, 1].map(|it| membership(&waiting["employees"][it]));
    let hire = [&FIRST_OF_MARCH[..], &WAGE_AND_JKN].concat();
    let (nik, other) = (["--nik", &budi.nik], ["--nik", &third.nik]);
    let differs = ["employer", "confirm", &first, "--json"];
    let differs = desk.runs(&[&differs[..], &other, &hire].concat()).await;
    let confirms = async |it: &str| {
        let words = [&["employer", "confirm", it], &nik[..], &hire].concat();
        desk.runs(&words).await
    };
    let confirmed = [confirms(&first).await, confirms(&second).await];
    let (his, not) = if confirmed[0].exit == 0 {
        (&first, &second)
    } else {
        (&second, &first)
    };
    let denied = ["employer", "deny", not, "--reason", "nobody knows him"];
    let denied = desk.asks(&denied).await;
    let report = ["employer", "report", "--name", &third.name];
    let half = desk.runs(&report).await;
    let report = [&report[..], &other, &hire].concat();
    let reported = desk.asks(&report).await;
    let twice = desk.runs(&[&report[..], &["--json"]].concat()).await;
    let ended = desk
        .asks(&["employer", "end", his, "--on", "2026-03-31", "--yes"])
        .await;
    let listed = desk.runs(&["employer", "employees"]).await;
    let covered = at_work.asks(&["coverage"]).await;

    assert_eq!(found["units"][0]["npp"], NPP);
    assert_eq!(employer["units"][0]["npp"], NPP);
    assert_eq!(differs.error()["reason"], "NIK_DIFFERS");
    assert!(differs.error()["remedy"].to_string().contains("e-KTP"));
    let exits = confirmed.map(|it| it.exit);
    assert!(exits == [0, 1] || exits == [1, 0], "{exits:?}");
    assert_eq!(denied["state"], "AWAITING_OFFICER");
    assert_eq!(half.exit, 2);
    let missing = "--nik, --started-on, --wage";
    assert!(half.complained.contains(missing), "{}", half.complained);
    assert_eq!(reported["state"], "ACTIVE");
    assert_eq!(reported["kpj"].as_str().map(str::len), Some(11));
    assert_eq!(twice.error()["reason"], "EMPLOYEE_KNOWN");
    assert_eq!(ended["ended_on"], "2026-03-31");
    for told in [his, not, reported["kpj"].as_str().expect("a KPJ")] {
        assert!(listed.printed.contains(told), "{}", listed.printed);
    }
    let wide = |it: &str| it.chars().count() > 80;
    assert!(!listed.printed.lines().any(wide), "{}", listed.printed);
    assert_eq!(covered["coverage"][0]["covered"], true);
}

#[tokio::test]
async fn a_month_is_reported_billed_paid_and_reaches_the_employees() {
    let town = Town::found("2026-03-10").await;
    let budi = town.person();
    let at_work = worker(&town, &budi).await;
    let desk = desk(&town);
    let waiting = desk.asks(&["employer", "employees"]).await;
    let his = membership(&waiting["employees"][0]);
    let hire = [&FIRST_OF_MARCH[..], &WAGE_AND_JKN].concat();
    let confirm = ["employer", "confirm", &his, "--nik", &budi.nik];
    desk.asks(&[&confirm[..], &hire].concat()).await;

    let wage = format!("{his}={WAGE}");
    let other = format!("{}={WAGE}", credential(99));
    let month = ["--month", "2026-03"];
    let wages = [&["employer", "wages", &wage], &month[..]].concat();
    let wages = desk.asks(&wages).await;
    let stray = ["employer", "wages", &wage, "--back-pay", &other];
    let stray = desk.runs(&[&stray[..], &month].concat()).await;
    let none = ["employer", "wages", "much", "--month", "2026-03", "--json"];
    let none = desk.runs(&none).await;
    let bill = [&["employer", "bill", "issue"], &month[..]].concat();
    let issued = desk.asks(&bill).await;
    town.lets_the_workers_run().await;
    let again = desk.runs(&[&bill[..], &["--json"]].concat()).await;
    let id = issued["bill_id"].as_str().expect("a bill");
    let show = ["employer", "bill", "show", id, "--rows"];
    let open = desk.asks(&show).await;
    let people = desk.runs(&show).await;
    let code = open["payment_code"].as_str().expect("a code");
    let paid = desk.asks(&["pay", code]).await;
    town.lets_the_workers_run().await;
    let after = desk.asks(&show).await;
    let bills = desk.asks(&["employer", "bill", "list"]).await;
    let balance = at_work.asks(&["balance"]).await;

    assert_eq!((&wages["told"], &wages["changed"]), (&1.into(), &0.into()));
    assert!(stray.complained.contains("no wage"), "{}", stray.complained);
    assert_eq!((stray.exit, none.exit), (2, 2));
    assert!(none.error()["message"].to_string().contains("UUID=RUPIAH"));
    assert_eq!(issued["state"], "COMPUTING");
    assert_eq!(again.error()["reason"], "BILL_EXISTS");
    assert_eq!(
        (&open["state"], &open["employees"]),
        (&"OPEN".into(), &1.into())
    );
    assert_eq!(open["rows"][0]["membership_id"], his.as_str());
    assert_eq!(open["rows"][0]["wage_idr"], WAGE);
    assert_eq!(open["rows"][0]["total_idr"], open["total_idr"]);
    assert!(
        people.printed.contains("payment code"),
        "{}",
        people.printed
    );
    assert!(
        people.printed.contains("Rp 5.000.000"),
        "{}",
        people.printed
    );
    assert_eq!(paid["disposition"], "APPLIED");
    assert_eq!(
        (&after["state"], &after["rows"][0]["allocated"]),
        (&"PAID".into(), &true.into())
    );
    assert_eq!(bills["bills"][0]["bill_id"], id);
    assert_eq!(balance["balance_idr"], 285_000);
}

#[tokio::test]
async fn whoever_was_reported_proves_who_he_is_and_opens_his_account() {
    let town = Town::found("2026-03-10").await;
    let budi = town.person();
    let report = ["employer", "report", "--nik", &budi.nik, "--name"];
    let mother = [&budi.name, "--mother-name", MOTHER];
    let hire = [&FIRST_OF_MARCH[..], &WAGE_AND_JKN].concat();
    let reported = [&report[..], &mother, &hire].concat();
    let reported = desk(&town).asks(&reported).await;
    let kpj = reported["kpj"].as_str().expect("a KPJ");
    let shell = Shell::at(&town.address);

    let nothing = shell.runs(&["prove", "--kpj", kpj, "--npp", NPP]).await;
    shell
        .opens_an_account(&town, &budi, &["--segment", "pu"])
        .await;
    let asked = shell.asks(&["register"]).await;
    let half = shell.runs(&["prove", "--kpj", kpj]).await;
    let wrong = ["prove", "--kpj", kpj, "--mother-name", "Siti Aminah"];
    let wrong = shell.runs(&wrong).await;
    let right = ["prove", "--kpj", kpj, "--mother-name", MOTHER];
    let right = shell.asks(&right).await;
    let me = shell.asks(&["whoami"]).await;

    assert_eq!(nothing.exit, 2, "{}", nothing.complained);
    assert_eq!(asked["registration"]["state"], "AWAITING_PROOF");
    assert!(
        asked["next"].to_string().contains("jamsostek prove"),
        "{asked}"
    );
    assert_eq!(half.exit, 2);
    assert!(
        half.complained.contains("--mother-name"),
        "{}",
        half.complained
    );
    assert_eq!(wrong.exit, 1);
    assert!(
        wrong.complained.contains("2 tries are left"),
        "{}",
        wrong.complained
    );
    assert_eq!(right["registration"]["state"], "ACTIVE");
    assert_eq!(me["participant"]["kpj"], kpj);
}

#[tokio::test]
async fn anybody_asks_at_the_desk_what_employees_and_contracts_abroad_cost() {
    let town = Town::found("2026-03-10").await;
    let shell = Shell::at(&town.address);
    let class = ["--risk-class", "very-low", "--scale", "medium"];
    let employee = ["quote", "employee", "--wage", "5000000"];
    let abroad = ["quote", "abroad", "--route", "agency"];

    let employee = [&employee[..], &class].concat();
    let told = shell.asks(&employee).await;
    let read = shell.runs(&employee).await;
    let abroad = [&abroad[..], &["--contract-months", "24"]].concat();
    let abroad = shell.asks(&abroad).await;
    let nothing = shell.runs(&["quote"]).await;

    assert_eq!(told["total_idr"], 462_000);
    assert_eq!(told["employee_contributions"][3]["payer"], "WORKER");
    assert!(read.printed.contains("Rp 462.000"), "{}", read.printed);
    assert_eq!(abroad["total_idr"], 370_000);
    assert_eq!(abroad["lines"][0]["stage"], "BEFORE_WORK");
    assert_eq!(nothing.exit, 2, "{}", nothing.complained);
}
