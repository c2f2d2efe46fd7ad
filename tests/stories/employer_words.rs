//! What employers and officers say of one worker more than once: nobody works for one employer twice, and nothing is owed twice.

use jamsostek_client::{
    ErrorReason, Uuid,
    v1::{
        DecideEmploymentRequest, EmployerBill, ReportEmployeeRequest, ReportWagesRequest,
        RiskClass, Unit, UpdateEmployerRequest, Wage, employee,
    },
};

use crate::{
    company::{Company, WAGE, hire},
    employer_bill::{MONTH, assert_whole, hires},
    foreigner::vouches,
    late_hire::ends,
    store::execute,
    town::{ExpectRefusal, Town, id},
};

#[tokio::test]
async fn a_bill_of_an_old_month_asks_for_nothing_later() {
    let town = Town::found("2026-03-10").await;
    let company = town.company("JK000381").await;
    hires(&company, &town.person(), "2026-03-01").await;
    company.bill(&town, "2026-03").await;
    hires(&company, &town.person(), "2026-03-05").await;

    let old = company
        .client
        .issue_employer_bill(Uuid::now_v7(), &company.npp, "2025-07")
        .await;
    town.moves_to("2026-04-10T02:00:00Z");
    let april = company.bill(&town, "2026-04").await;

    assert_eq!(old.expect_refusal().reason, ErrorReason::NobodyEmployed);
    assert_eq!((april.employees, april.total_idr), (2, 3 * MONTH));
}

#[tokio::test]
async fn what_the_last_bill_cost_for_being_late_is_asked_for_when_nobody_is_left() {
    let town = Town::found("2026-03-10").await;
    let company = town.company("JK000382").await;
    let worker = hires(&company, &town.person(), "2026-03-01").await;
    let march = company.bill(&town, "2026-03").await;
    ends(&company, worker, "2026-03-31").await;
    town.moves_to("2026-05-16T02:00:00Z");
    pays(&town, &march).await;

    let may = company.bill(&town, "2026-05").await;
    pays(&town, &may).await;
    let none = company
        .client
        .issue_employer_bill(Uuid::now_v7(), &company.npp, "2026-04")
        .await;

    // 2 % of 462,000 for each of two months begun.
    assert_eq!((may.employees, may.total_idr), (0, 18_480));
    assert_eq!(none.expect_refusal().reason, ErrorReason::NobodyEmployed);
    assert_whole(&town).await;
}

#[tokio::test]
async fn nobody_works_for_one_employer_twice_whoever_says_so() {
    let town = Town::found("2026-03-10").await;
    let company = town.company("JK000383").await;
    let second = Unit {
        npp: "JK00383B".into(),
        name: "Gudang".into(),
        risk_class: RiskClass::VeryLow.into(),
    };
    let grown = UpdateEmployerRequest {
        employer_id: company.id.to_string(),
        units: vec![second],
        ..UpdateEmployerRequest::default()
    };
    let grown = town.officer().update_employer(grown).await;
    grown.expect("a second unit");
    let worker = town.person();
    let first = hires(&company, &worker, "2026-03-02").await;
    let reports = async |npp: &str, from: &str| {
        let report = ReportEmployeeRequest {
            npp: npp.into(),
            ..company.report_of(&worker, from)
        };
        company.client.report_employee(report).await
    };

    let elsewhere = reports("JK00383B", "2026-03-03").await;
    ends(&company, first, "2026-03-05").await;
    let before = reports("JK00383B", "2026-03-05").await;
    let after = reports("JK00383B", "2026-03-06").await;

    for refused in [elsewhere, before] {
        let refused = refused.expect_refusal();
        assert_eq!(refused.reason, ErrorReason::EmployeeKnown);
        assert_eq!(refused.metadata["membershipId"], first.to_string());
    }
    let after = after.expect("a report").employee.expect("an employee");
    assert_eq!(after.covered_from, "2026-03-06");
    assert_eq!(company.employees().await.len(), 2);
}

#[tokio::test]
async fn an_employer_goes_on_speaking_of_whom_an_officer_has_still_to_decide() {
    let town = Town::found("2026-03-10").await;
    let company = town.company("JK000384").await;
    let eko = town.known_as("Eko Prasetyo").await;
    let worker = hires(&company, &eko, "2026-03-02").await;
    town.lets_the_workers_run().await;
    let questioned = company.employee(employee::State::AwaitingOfficer).await;
    let other = town.company("JK000385").await;
    vouches(&town, &worker.to_string(), true).await;
    let elsewhere = DecideEmploymentRequest {
        membership_id: worker.to_string(),
        accepted: true,
        reason: "he works there".into(),
        npp: other.npp.clone(),
        hire: Some(hire("2026-03-02")),
    };

    let wages = pays_wage(&company, worker, "2026-03", WAGE + 1_000_000).await;
    let elsewhere = town.officer().decide_employment(elsewhere).await;
    ends(&company, worker, "2026-03-09").await;

    assert_eq!(id(&questioned.membership_id), worker);
    assert_eq!(wages, 1);
    let elsewhere = elsewhere.expect_refusal();
    assert_eq!(elsewhere.reason, ErrorReason::WrongState);
    assert_eq!(elsewhere.metadata["state"], "COVERED_AT_ANOTHER_UNIT");
    let bill = company.bill(&town, "2026-03").await;
    // JKK 14,400, JKM 18,000, JHT 342,000, JP 180,000 of 6,000,000.
    assert_eq!(bill.total_idr, 14_400 + 18_000 + 342_000 + 180_000);
}

#[tokio::test]
async fn a_correction_of_an_old_month_is_not_what_somebody_earns_now() {
    let town = Town::found("2026-03-10").await;
    let company = town.company("JK000386").await;
    let worker = hires(&company, &town.person(), "2026-03-01").await;
    town.moves_to("2026-05-10T02:00:00Z");
    pays_wage(&company, worker, "2026-05", WAGE + 1_000_000).await;

    pays_wage(&company, worker, "2026-04", WAGE + 500_000).await;

    let now = company.employees().await;
    assert_eq!(now[0].wage_idr, WAGE + 1_000_000);
}

#[tokio::test]
async fn an_edited_row_of_an_employers_books_is_named() {
    let town = Town::found("2026-03-10").await;
    let company = town.company("JK000387").await;
    hires(&company, &town.person(), "2026-03-01").await;
    let bill = company.bill(&town, "2026-03").await;
    pays(&town, &bill).await;
    let burglar = town.burglar().await;
    let edits = [
        ("employer_bill", "penalty_idr", "1", "0"),
        ("employer_bill_row", "jkk_idr", "12001", "12000"),
        ("employer_bill_row", "month", "'2026-01'", "'2026-03'"),
        ("wage", "wage_idr", "5000001", "5000000"),
    ];

    for (table, column, wrong, right) in edits {
        let set = async |to: &str| {
            let sql = format!("UPDATE {table} SET {column} = {to}");
            execute(&burglar, &sql, []).await;
        };
        set(wrong).await;
        let named = jamsostek_server::verify(&town.db, &town.seal).await;
        set(right).await;

        let named = named.expect("a look");
        let found = named.iter().any(|it| it.starts_with(table));
        assert!(found, "{table}.{column}: {named:?}");
    }
    assert_whole(&town).await;
}

async fn pays(town: &Town, bill: &EmployerBill) {
    let gateway = town.gateway();
    gateway.pays(&bill.payment_code, bill.payable_idr).await;
    town.lets_the_workers_run().await;
}

/// Reports the wage of a month; how many rows say something new.
async fn pays_wage(company: &Company, membership: Uuid, month: &str, wage_idr: i64) -> i32 {
    let request = ReportWagesRequest {
        npp: company.npp.clone(),
        month: month.into(),
        wages: vec![Wage {
            membership_id: membership.to_string(),
            wage_idr,
            back_pay_idr: 0,
        }],
    };
    let kept = company.client.report_wages(request).await;
    kept.expect("wages").changed
}
