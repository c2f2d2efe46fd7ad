//! Whoever is reported, moved or turned away around the day of a bill: each month of cover is billed, and each once.

use jamsostek_client::{
    ErrorReason, Uuid,
    v1::{
        ConfirmEmployeeRequest, DecideEmploymentRequest, Hire, ReportEmployeeRequest,
        ReportEmploymentEndRequest, Scale, UpdateEmployerRequest, employee, employer_bill::State,
    },
};

use crate::{
    company::{Company, WAGE, all, hire},
    employer_bill::{MONTH, assert_whole, hires},
    foreigner::vouches,
    store::execute,
    town::{ExpectRefusal, Town, id},
};

#[tokio::test]
async fn whoever_is_reported_after_the_bill_of_a_month_is_billed_for_it_by_the_next() {
    let town = Town::found("2025-02-10").await;
    let company = town.company("JK000351").await;
    hires(&company, &town.person(), "2025-02-01").await;
    let february = company.bill(&town, "2025-02").await;
    // In February and March 2025 the cap of JP differs: a month that is billed late costs what it cost.
    let rich = ReportEmployeeRequest {
        hire: Some(Hire {
            wage_idr: 15_000_000,
            ..hire("2025-02-10")
        }),
        ..company.report_of(&town.person(), "2025-02-10")
    };
    let rich = company.client.report_employee(rich).await;
    let rich = rich.expect("a report").employee.expect("one").membership_id;
    let gone = hires(&company, &town.person(), "2025-02-10").await;
    ends(&company, gone, "2025-02-20").await;
    town.moves_to("2025-03-10T02:00:00Z");

    let march = company.bill(&town, "2025-03").await;
    let rows = all(company.client.employer_bill_rows(id(&march.id))).await;
    let gateway = town.gateway();
    gateway.pays(&march.payment_code, march.payable_idr).await;
    town.lets_the_workers_run().await;
    town.moves_to("2025-04-10T02:00:00Z");
    let april = company.bill(&town, "2025-04").await;

    assert_eq!((february.employees, february.total_idr), (1, MONTH));
    assert_eq!(march.employees, 3);
    let of = |membership: &str| -> Vec<_> {
        let of = rows.iter().filter(|it| it.membership_id == membership);
        of.map(|it| (it.month.as_str(), it.total_idr)).collect()
    };
    // JKK 36,000, JKM 45,000, JHT 855,000, and 3 % of 10,042,300 or of 10,547,400.
    let rich = of(&rich);
    assert_eq!(
        rich,
        [
            ("2025-02", 936_000 + 301_269),
            ("2025-03", 936_000 + 316_422)
        ]
    );
    assert_eq!(of(&gone.to_string()), [("2025-02", MONTH)]);
    let all: i64 = rows.iter().map(|it| it.total_idr).sum();
    assert_eq!((march.total_idr, march.payable_idr), (all, all + MONTH));
    assert_eq!(april.employees, 2);
    assert_whole(&town).await;
}

#[tokio::test]
async fn whoever_came_and_went_between_two_bills_is_billed_though_nobody_works_there_now() {
    let town = Town::found("2026-03-10").await;
    let company = town.company("JK000352").await;
    let first = hires(&company, &town.person(), "2026-03-01").await;
    ends(&company, first, "2026-03-31").await;
    company.bill(&town, "2026-03").await;
    let late = hires(&company, &town.person(), "2026-03-05").await;
    ends(&company, late, "2026-03-09").await;
    town.moves_to("2026-04-10T02:00:00Z");

    let april = company.bill(&town, "2026-04").await;
    let none = company
        .client
        .issue_employer_bill(Uuid::now_v7(), &company.npp, "2026-02");

    let rows = all(town.officer().employer_bill_rows(id(&april.id))).await;
    let months: Vec<_> = rows.iter().map(|it| it.month.as_str()).collect();
    assert_eq!((months, april.total_idr), (vec!["2026-03"], MONTH));
    assert_eq!(
        none.await.expect_refusal().reason,
        ErrorReason::NobodyEmployed
    );
}

#[tokio::test]
async fn a_bill_that_cannot_be_worked_on_holds_up_nobody_elses() {
    let town = Town::found("2026-03-10").await;
    let (broken, fine) = (
        town.company("JK000353").await,
        town.company("JK000354").await,
    );
    let lost = hires(&broken, &town.person(), "2026-03-01").await;
    hires(&fine, &town.person(), "2026-03-01").await;
    // Nobody has a wage in the months before it was reported.
    moves_the_wage(&town, lost, "2026-04").await;
    let issues = async |company: &Company| {
        let issued = company
            .client
            .issue_employer_bill(Uuid::now_v7(), &company.npp, "2026-03");
        id(&issued.await.expect("a bill").id)
    };
    let (first, second) = (issues(&broken).await, issues(&fine).await);
    let workers = town.workers();

    let failed = workers.work().await;
    town.lets_the_workers_run().await;
    let stuck = broken.client.get_employer_bill(first).await;
    let done = fine.client.get_employer_bill(second).await;
    moves_the_wage(&town, lost, "2026-03").await;
    town.waits(5 * 60);
    town.lets_the_workers_run().await;
    let mended = broken.client.get_employer_bill(first).await;

    assert!(failed.is_err(), "{failed:?}");
    assert_eq!(stuck.expect("the bill").state(), State::Computing);
    assert_eq!(done.expect("the bill").state(), State::Open);
    assert_eq!(mended.expect("the bill").state(), State::Open);
}

#[tokio::test]
async fn the_order_of_notices_decides_no_penalty() {
    for (npp, first) in [("JK000355", "14"), ("JK000356", "16")] {
        let town = Town::found("2026-03-10").await;
        let company = town.company(npp).await;
        hires(&company, &town.person(), "2026-03-01").await;
        let bill = company.bill(&town, "2026-03").await;
        let gateway = town.gateway();
        town.moves_to("2026-04-14T02:00:00Z");
        let early = gateway.notice(&bill.payment_code, 1);
        town.moves_to("2026-04-16T02:00:00Z");
        let late = gateway.notice(&bill.payment_code, MONTH - 1);
        let (one, two) = if first == "14" {
            (early, late)
        } else {
            (late, early)
        };

        gateway.reports(one).await;
        let paid = gateway.reports(two).await;
        town.lets_the_workers_run().await;
        let next = company.bill(&town, "2026-04").await;
        let bill = company.client.get_employer_bill(id(&bill.id)).await;

        assert_eq!(paid.months_paid, ["2026-03"], "{npp}");
        assert_eq!(bill.expect("the bill").paid_on, "2026-04-16", "{npp}");
        assert_eq!(next.penalty_idr, 9_240, "{npp}");
    }
}

#[tokio::test]
async fn a_second_word_takes_no_day_of_cover_away_and_the_first_report_counts() {
    let town = Town::found("2026-03-10").await;
    let company = town.company("JK000357").await;
    let eko = town.known_as("Eko Prasetyo").await;
    let membership = hires(&company, &eko, "2026-03-02").await;
    town.lets_the_workers_run().await;
    let questioned = company.employee(employee::State::AwaitingOfficer).await;
    town.moves_to("2026-04-20T02:00:00Z");
    vouches(&town, &membership.to_string(), true).await;
    let yes = DecideEmploymentRequest {
        membership_id: membership.to_string(),
        accepted: true,
        reason: "papers seen".into(),
        npp: String::new(),
        hire: Some(hire("2026-03-02")),
    };

    let decided = town.officer().decide_employment(yes.clone()).await;
    let other = DecideEmploymentRequest {
        hire: Some(hire("2026-03-05")),
        ..yes
    };
    let other = town.officer().decide_employment(other).await;

    assert_eq!(questioned.covered_from, "2026-03-02");
    let decided = decided.expect("decided");
    assert_eq!(decided.state(), employee::State::Active);
    assert_eq!(decided.covered_from, "2026-03-02");
    assert_eq!(other.expect_refusal().metadata["state"], "STATE_ACTIVE");
}

#[tokio::test]
async fn whoever_is_turned_away_is_billed_for_the_months_in_which_he_was_covered() {
    let town = Town::found("2026-03-10").await;
    let company = town.company("JK000358").await;
    let eko = town.known_as("Eko Prasetyo").await;
    let membership = hires(&company, &eko, "2026-03-02").await;
    ends(&company, membership, "2026-03-20").await;
    town.lets_the_workers_run().await;
    town.moves_to("2026-04-20T02:00:00Z");
    let no = DecideEmploymentRequest {
        membership_id: membership.to_string(),
        accepted: false,
        reason: "nobody knows him".into(),
        ..DecideEmploymentRequest::default()
    };

    let rejected = town.officer().decide_employment(no).await;
    let bill = company.bill(&town, "2026-03").await;
    let april = company
        .client
        .issue_employer_bill(Uuid::now_v7(), &company.npp, "2026-04")
        .await;

    let rejected = rejected.expect("rejected");
    assert_eq!(rejected.state(), employee::State::Rejected);
    assert_eq!(rejected.ended_on, "2026-03-20");
    assert_eq!((bill.employees, bill.total_idr), (1, MONTH));
    assert_eq!(april.expect_refusal().reason, ErrorReason::NobodyEmployed);
}

#[tokio::test]
async fn who_is_confirmed_with_another_wage_is_not_confirmed_again() {
    let town = Town::found("2026-03-10").await;
    let company = town.company("JK000359").await;
    let mut worker = town.works_at(&company);
    worker.waits_for_his_employer().await;
    let membership = worker.membership().await;
    let confirms = async |wage_idr: i64| {
        let request = ConfirmEmployeeRequest {
            membership_id: membership.to_string(),
            nik: worker.nik.clone(),
            hire: Some(Hire {
                wage_idr,
                ..hire("2026-03-02")
            }),
        };
        company.client.confirm_employee(request).await
    };

    let first = confirms(WAGE).await.expect("confirmed");
    let again = confirms(WAGE).await.expect("as it stands");
    let other = confirms(WAGE + 1).await.expect_refusal();

    assert_eq!(again, first);
    assert_eq!(other.reason, ErrorReason::WrongState);
    assert_eq!(other.metadata["state"], "STATE_ACTIVE");
}

#[tokio::test]
async fn a_scale_that_no_officer_has_checked_changes_no_bill() {
    let town = Town::found("2026-03-10").await;
    let company = town.company("JK000360").await;
    let worker = hires(&company, &town.person(), "2026-03-01").await;
    let states = async |of: Option<Uuid>| {
        let change = UpdateEmployerRequest {
            employer_id: of.map_or_else(String::new, |it| it.to_string()),
            scale: Scale::Small.into(),
            ..UpdateEmployerRequest::default()
        };
        match of {
            Some(_) => town.officer().update_employer(change).await,
            None => company.client.update_employer(change).await,
        }
    };

    let stated = states(None).await.expect("a change");
    let march = company.bill(&town, "2026-03").await;
    let checked = states(Some(company.id)).await.expect("a check");
    town.moves_to("2026-04-10T02:00:00Z");
    let april = company.bill(&town, "2026-04").await;

    assert_eq!((stated.scale(), stated.checked), (Scale::Small, false));
    assert_eq!(stated.programmes.len(), 4);
    assert_eq!(march.total_idr, MONTH);
    assert_eq!((checked.programmes.len(), checked.checked), (3, true));
    // No pension at a small employer's.
    assert_eq!(april.total_idr, MONTH - 150_000);
    let who = town.officer().list_employees(all_of(&company)).await;
    let who = who.expect("the employees").employees;
    assert_eq!(id(&who[0].membership_id), worker);
}

#[tokio::test]
async fn two_who_wait_at_a_unit_are_one_letter() {
    let town = Town::found("2026-03-10").await;
    let company = town.company("JK000361").await;
    for _ in 0..2 {
        town.employee_of(&company).await;
    }
    town.lets_the_workers_run().await;
    let before = town.client.list_messages(company.contact.clone()).await;
    town.waits(7 * 86_400);

    town.lets_the_workers_run().await;

    let after = town.client.list_messages(company.contact.clone()).await;
    let (before, after) = (before.expect("messages"), after.expect("messages"));
    assert_eq!((before.len(), after.len()), (2, 3));
}

fn all_of(company: &Company) -> jamsostek_client::v1::ListEmployeesRequest {
    jamsostek_client::v1::ListEmployeesRequest {
        employer_id: company.id.to_string(),
        ..Default::default()
    }
}

async fn moves_the_wage(town: &Town, membership: Uuid, month: &str) {
    let sql = "UPDATE wage SET month = $1 WHERE membership_id = $2";
    let values = [month.into(), membership.into()];
    execute(&town.burglar().await, sql, values).await;
}

pub async fn ends(company: &Company, membership: Uuid, on: &str) {
    let end = ReportEmploymentEndRequest {
        membership_id: membership.to_string(),
        ended_on: on.into(),
    };
    let ended = company.client.report_employment_end(end).await;
    ended.expect("an end");
}
