//! A month of employees: wages, the bill, the payment, and what reaches each of them.

use jamsostek_client::{
    ErrorReason, Programme, Uuid,
    v1::{
        EmployerBill, Hire, Payer, ReportEmployeeRequest, ReportWagesRequest, Scale, Wage,
        employer_bill::State, jkp_part::Source, look_up_bill_request::By, payment::Disposition,
    },
};

use crate::{
    company::{Company, WAGE, all, hire},
    person::Person,
    town::{ExpectRefusal, Town, id},
};

/// What [`WAGE`] costs a month at very low risk: JKK 12,000, JKM 15,000, JHT 185,000 + 100,000, JP 100,000 + 50,000.
pub const MONTH: i64 = 462_000;
/// What of it is old-age savings.
const SAVED: i64 = 285_000;

#[tokio::test]
async fn a_month_is_computed_paid_and_handed_on_to_everybody_to_the_rupiah() {
    let town = Town::found("2026-03-10").await;
    let company = town.company("JK000301").await;
    let mut ani = town.works_at(&company);
    ani.waits_for_his_employer().await;
    let membership = ani.membership().await;
    company
        .confirms(&ani, membership, "2026-03-02")
        .await
        .expect("confirmed");
    let report = ReportEmployeeRequest {
        hire: Some(Hire {
            in_jkn: true,
            wage_idr: 15_000_000,
            ..hire("2026-03-01")
        }),
        ..company.report_of(&town.person(), "2026-03-01")
    };
    company
        .client
        .report_employee(report)
        .await
        .expect("a report");

    let bill = company.bill(&town, "2026-03").await;
    let rows = all(company.client.employer_bill_rows(id(&bill.id))).await;
    let asked = town
        .gateway()
        .client
        .look_up_bill(By::PaymentCode(bill.payment_code.clone()))
        .await;
    let paid = town
        .gateway()
        .pays(&bill.payment_code, bill.payable_idr)
        .await;
    let under_way = company.client.get_employer_bill(id(&bill.id)).await;
    town.lets_the_workers_run().await;
    let done = company
        .client
        .get_employer_bill(id(&bill.id))
        .await
        .expect("the bill");

    // The other: JKK 36,000, JKM 45,000, JHT 555,000 + 300,000, JP of the cap of March 2026, 221,726 + 110,863 (vector 11).
    let other = 36_000 + 45_000 + 855_000 + 221_726 + 110_863;
    assert_eq!((bill.state(), bill.employees), (State::Open, 2));
    assert_eq!(
        (bill.total_idr, bill.payable_idr),
        (MONTH + other, MONTH + other)
    );
    assert_eq!((bill.due_on.as_str(), bill.jkp_idr), ("2026-04-15", 7_000));
    assert_eq!(sum(&bill, Programme::Jp, Payer::Worker), 50_000 + 110_863);
    assert_eq!(
        rows.iter().map(|it| it.total_idr).sum::<i64>(),
        bill.total_idr
    );
    let mine = rows
        .iter()
        .find(|it| id(&it.membership_id) == membership)
        .expect("a row");
    let line = mine.contributions[0].line.clone().expect("a line");
    assert_eq!(
        (mine.total_idr, line.formula.as_str()),
        (MONTH, "0.24 % × 5,000,000 = 12,000")
    );
    assert!(!line.references.is_empty() && mine.jkp_parts.is_empty());
    let other_row = rows.iter().find(|it| id(&it.membership_id) != membership);
    let jkp = &other_row.expect("a row").jkp_parts;
    let jkp: Vec<_> = jkp.iter().map(|it| (it.source(), it.amount_idr)).collect();
    // 0.14 % and 0.22 % of the cap of 5,000,000.
    assert_eq!(jkp, [(Source::Jkk, 7_000), (Source::State, 11_000)]);
    let asked = asked.expect("an answer").bill.expect("the bill");
    assert_eq!(
        (asked.npp.as_str(), asked.payable_idr),
        ("JK000301", bill.payable_idr)
    );
    assert_eq!(paid.disposition(), Disposition::Applied);
    assert_eq!(paid.months_paid, ["2026-03"]);
    assert_eq!(under_way.expect("the bill").state(), State::Allocating);
    assert_eq!((done.state(), done.payable_idr), (State::Paid, 0));
    assert_eq!(ani.balance().await, SAVED);
    let me = ani.client.get_participant(None).await.expect("himself");
    assert_eq!(me.memberships[0].paid_through, "2026-03");
    assert_whole(&town).await;
}

#[tokio::test]
async fn a_month_is_billed_once_and_only_where_somebody_works() {
    let town = Town::found("2026-03-10").await;
    let company = town.company("JK000302").await;
    let asks = |bill: Uuid, month: &'static str| {
        let (client, npp) = (company.client.clone(), company.npp.clone());
        async move { client.issue_employer_bill(bill, npp, month).await }
    };

    let nobody = asks(Uuid::now_v7(), "2026-03").await.expect_refusal();
    hires(&company, &town.person(), "2026-03-01").await;
    let first = Uuid::now_v7();
    let (one, two) = tokio::join!(asks(first, "2026-03"), asks(first, "2026-03"));
    let other = asks(Uuid::now_v7(), "2026-03").await.expect_refusal();
    let taken = asks(first, "2026-02").await.expect_refusal();
    let before = asks(Uuid::now_v7(), "2026-02").await.expect_refusal();
    let ahead = asks(Uuid::now_v7(), "2026-04").await.expect_refusal();

    assert_eq!(nobody.reason, ErrorReason::NobodyEmployed);
    assert_eq!(nobody.metadata["month"], "2026-03");
    let one = one.expect("a bill");
    assert_eq!(
        (one.state(), one.payment_code.as_str()),
        (State::Computing, "")
    );
    assert_eq!(two.expect("the same").id, one.id);
    assert_eq!(other.reason, ErrorReason::BillExists);
    assert_eq!(other.metadata["billId"], one.id);
    assert_eq!(taken.reason, ErrorReason::IdTaken);
    assert_eq!(before.reason, ErrorReason::NobodyEmployed);
    assert_eq!(ahead.violations[0].field, "month");
}

#[tokio::test]
async fn money_pays_whole_months_oldest_first_and_what_was_late_is_asked_for_next() {
    let town = Town::found("2026-03-10").await;
    let company = town.company("JK000303").await;
    let worker = town.person();
    hires(&company, &worker, "2026-03-01").await;
    let march = company.bill(&town, "2026-03").await;
    town.moves_to("2026-04-10T02:00:00Z");
    let april = company.bill(&town, "2026-04").await;
    let gateway = town.gateway();

    let little = gateway.pays(&april.payment_code, MONTH - 1).await;
    // A month and a day after the fifteenth of April: two months had begun.
    town.moves_to("2026-05-16T02:00:00Z");
    let rest = gateway.pays(&april.payment_code, 1).await;
    town.lets_the_workers_run().await;
    let may = company.bill(&town, "2026-05").await;

    assert_eq!((march.payable_idr, april.payable_idr), (MONTH, 2 * MONTH));
    assert_eq!(little.disposition(), Disposition::Credited);
    assert_eq!((rest.applied_idr, rest.credited_idr), (MONTH, 1 - MONTH));
    assert_eq!(rest.months_paid, ["2026-03"]);
    // 2 % of 462,000 for each of two months.
    assert_eq!((may.penalty_idr, may.total_idr), (18_480, MONTH + 18_480));
    assert_eq!(may.payable_idr, 2 * MONTH + 18_480);
    gateway.pays(&may.payment_code, may.payable_idr).await;
    town.lets_the_workers_run().await;
    let bills = all(company.client.employer_bills(&company.npp)).await;
    let states: Vec<_> = bills
        .iter()
        .map(|it| (it.month.as_str(), it.state()))
        .collect();
    let paid = ["2026-05", "2026-04", "2026-03"].map(|it| (it, State::Paid));
    assert_eq!(states, paid);
    assert_whole(&town).await;
}

#[tokio::test]
async fn a_wage_holds_from_its_month_on_and_bad_wages_are_told_row_by_row() {
    let town = Town::found("2026-04-10").await;
    let company = town.company("JK000304").await;
    let one = hires(&company, &town.person(), "2026-04-01").await;
    let two = hires(&company, &town.person(), "2026-04-01").await;
    let wages = |month: &str, wages: &[(Uuid, i64)]| ReportWagesRequest {
        npp: company.npp.clone(),
        month: month.into(),
        wages: wages
            .iter()
            .map(|&(membership, wage_idr)| Wage {
                membership_id: membership.to_string(),
                wage_idr,
                back_pay_idr: 0,
            })
            .collect(),
    };
    town.moves_to("2026-05-10T02:00:00Z");

    let bad = wages(
        "2026-05",
        &[(one, 6_000_000), (two, 999_999), (Uuid::now_v7(), 0)],
    );
    let malformed = company.client.report_wages(bad).await.expect_refusal();
    let low = wages("2026-05", &[(one, 6_000_000), (two, 999_999)]);
    let low = company.client.report_wages(low).await.expect_refusal();
    let raised = wages("2026-05", &[(one, 6_000_000), (two, WAGE)]);
    let changed = company.client.report_wages(raised.clone()).await;
    let again = company.client.report_wages(raised).await;
    let april = company.bill(&town, "2026-04").await;
    let may = company.bill(&town, "2026-05").await;

    assert_eq!(malformed.violations[0].field, "wages[2].wage_idr");
    let fields: Vec<_> = low.violations.iter().map(|it| it.field.as_str()).collect();
    assert_eq!(fields, ["wages[1].wage_idr"]);
    let (changed, again) = (changed.expect("wages"), again.expect("wages"));
    assert_eq!((changed.changed, again.changed), (2, 0));
    // What the lowest minimum wage of 2026 is, nobody has told us.
    assert_eq!(changed.warnings, []);
    assert_eq!(april.total_idr, 2 * MONTH);
    assert_eq!(may.total_idr, MONTH + 14_400 + 18_000 + 342_000 + 180_000);
}

#[tokio::test]
async fn whoever_has_two_employers_pays_pension_at_each_and_saves_in_two_accounts() {
    let town = Town::found("2026-03-10").await;
    let (first, second) = (
        town.company("JK000305").await,
        town.company("JK000306").await,
    );
    let mut worker = town.works_at(&first);
    worker.waits_for_his_employer().await;
    let membership = worker.membership().await;
    first
        .confirms(&worker, membership, "2026-03-01")
        .await
        .expect("confirmed");
    hires(&second, &worker, "2026-03-01").await;

    for company in [&first, &second] {
        let bill = company.bill(&town, "2026-03").await;
        assert_eq!(sum(&bill, Programme::Jp, Payer::Employer), 100_000);
        town.gateway()
            .pays(&bill.payment_code, bill.payable_idr)
            .await;
        town.lets_the_workers_run().await;
    }

    let balance = worker
        .client
        .get_balance(None, None)
        .await
        .expect("a balance");
    assert_eq!(balance.balance_idr, 2 * SAVED);
    assert_eq!(balance.accounts.len(), 2);
    assert_eq!(second.employees().await.len(), 1);
}

#[tokio::test]
async fn half_of_jkk_is_let_off_where_an_officer_has_checked_it_and_fifty_work() {
    let town = Town::found("2025-03-10").await;
    let company = town.labour_intensive("JK000307").await;
    let everybody: Vec<_> = (0..49).map(|_| town.person()).collect();
    hires_all(&company, &everybody, "2025-03-01").await;
    let few = company.bill(&town, "2025-03").await;
    let other = town.labour_intensive("JK000308").await;
    let everybody: Vec<_> = (0..50).map(|_| town.person()).collect();
    hires_all(&other, &everybody, "2025-03-01").await;

    let many = other.bill(&town, "2025-03").await;

    assert!(!few.labour_intensive);
    assert_eq!(sum(&few, Programme::Jkk, Payer::Employer), 49 * 12_000);
    assert!(many.labour_intensive);
    assert_eq!(sum(&many, Programme::Jkk, Payer::Employer), 50 * 6_000);
}

#[tokio::test]
async fn a_bill_of_more_than_one_chunk_is_whole_whoever_works_on_it() {
    let town = Town::found("2026-03-10").await;
    let company = town.company_of("JK000309", Scale::Small).await;
    let everybody: Vec<_> = (0..501).map(|_| town.person()).collect();
    hires_all(&company, &everybody, "2026-03-01").await;
    let (_, others) = town.opens_another_house().await;
    let workers = town.workers();

    let issued = company
        .client
        .issue_employer_bill(Uuid::now_v7(), &company.npp, "2026-03");
    let issued = id(&issued.await.expect("a bill").id);
    for _ in 0..4 {
        let (one, two) = tokio::join!(workers.work(), others.work());
        assert!(one.is_ok() && two.is_ok(), "{one:?} {two:?}");
    }
    let bill = company
        .client
        .get_employer_bill(issued)
        .await
        .expect("the bill");
    town.gateway()
        .pays(&bill.payment_code, bill.payable_idr)
        .await;
    for _ in 0..4 {
        let (one, two) = tokio::join!(workers.work(), others.work());
        assert!(one.is_ok() && two.is_ok(), "{one:?} {two:?}");
    }
    let done = company
        .client
        .get_employer_bill(issued)
        .await
        .expect("the bill");

    // JKK 12,000, JKM 15,000, JHT 285,000: no pension at a small employer's.
    assert_eq!((bill.employees, bill.total_idr), (501, 501 * 312_000));
    assert_eq!(done.state(), State::Paid);
    let rows = all(company.client.employer_bill_rows(issued)).await;
    assert_eq!(rows.iter().filter(|it| it.allocated).count(), 501);
    assert_whole(&town).await;
}

fn sum(bill: &EmployerBill, programme: Programme, payer: Payer) -> i64 {
    let mut lines = bill.lines.iter();
    let found = lines.find(|it| it.programme() == programme && it.payer() == payer);
    found.map_or(0, |it| it.amount_idr)
}

/// Reports `worker`; his membership.
pub async fn hires(company: &Company, worker: &Person, from: &str) -> Uuid {
    let report = company.report_of(worker, from);
    let hired = company.client.report_employee(report).await;
    id(&hired
        .expect("a report")
        .employee
        .expect("one")
        .membership_id)
}

/// Reports all, sixteen at once.
async fn hires_all(company: &Company, workers: &[Person], from: &str) {
    for some in workers.chunks(16) {
        let mut tasks = tokio::task::JoinSet::new();
        for worker in some {
            let (client, report) = (company.client.clone(), company.report_of(worker, from));
            tasks.spawn(async move { client.report_employee(report).await });
        }
        while let Some(hired) = tasks.join_next().await {
            hired.expect("it ran").expect("a report");
        }
    }
}

pub async fn assert_whole(town: &Town) {
    let wrong = jamsostek_server::verify(&town.db, &town.seal).await;
    assert_eq!(wrong.expect("a look"), Vec::<String>::new());
}
