//! Employees: they name their employer, he reports them, and whoever is silent or denies is asked again or overruled.

use jamsostek_client::{
    ErrorReason, Programme, Segment, Uuid,
    v1::{
        DecideEmploymentRequest, EmployeeStatement, Hire, IssueBillRequest, ReportEmployeeRequest,
        ReportEmploymentEndRequest, ReportWagesRequest, UnlistedEmployer, Wage, coverage, employee,
        membership, registration,
    },
};

use crate::{
    company::{WAGE, all, hire},
    town::{ExpectRefusal, Town, id},
};

#[tokio::test]
async fn somebody_names_his_employer_who_confirms_him_and_the_kpj_comes_with_that() {
    let town = Town::found("2026-03-10").await;
    let company = town.company("JK000201").await;
    let mut worker = town.works_at(&company);

    let registered = worker.waits_for_his_employer().await;
    let waiting = worker.client.get_participant(None).await.expect("himself");
    let asked = company.employee(employee::State::AwaitingEmployer).await;
    let membership = id(&asked.membership_id);
    let mut stranger = worker.clone();
    stranger.nik = "3174011205901234".into();
    let wrong = company.confirms(&stranger, membership, "2026-03-02").await;
    let confirmed = company.confirms(&worker, membership, "2026-03-02").await;
    let again = company.confirms(&worker, membership, "2026-03-02").await;

    assert_eq!(registered.state(), registration::State::Active);
    assert_eq!(waiting.kpj, "");
    assert_eq!(waiting.coverage[0].reason(), coverage::Reason::NotReported);
    assert_eq!(
        waiting.memberships[0].state(),
        membership::State::AwaitingEmployer
    );
    assert_eq!(waiting.memberships[0].segment(), Segment::Pu);
    assert_eq!(asked.full_name, worker.name);
    assert!(!asked.masked_nik.contains(&worker.nik[2..10]), "{asked:?}");
    assert_eq!(wrong.expect_refusal().reason, ErrorReason::NikDiffers);
    let confirmed = confirmed.expect("confirmed");
    assert_eq!(again.expect("as it stands"), confirmed);
    let me = worker.client.get_participant(None).await.expect("himself");
    assert_eq!((me.kpj.len(), me.kpj.clone()), (11, confirmed.kpj));
    let covered: Vec<_> = me
        .coverage
        .iter()
        .map(|it| (it.programme(), it.covered))
        .collect();
    let held = [
        Programme::Jkk,
        Programme::Jkm,
        Programme::Jht,
        Programme::Jp,
    ];
    assert_eq!(covered, held.map(|it| (it, true)));
    assert_eq!(me.coverage[0].since, "2026-03-02");
    assert!(worker.reads_messages().await[0].contains("2 March 2026"));
}

#[tokio::test]
async fn work_that_is_reported_late_is_covered_from_the_day_of_the_report() {
    let town = Town::found("2026-03-10").await;
    let company = town.company("JK000202").await;

    let in_time = company.report_of(&town.person(), "2026-02-08");
    let in_time = company.client.report_employee(in_time).await;
    let late = company.report_of(&town.person(), "2026-02-07");
    let late = company.client.report_employee(late).await;

    let from =
        |it: jamsostek_client::v1::ReportEmployeeResponse| it.employee.expect("one").covered_from;
    assert_eq!(from(in_time.expect("a report")), "2026-02-08");
    assert_eq!(from(late.expect("a report")), "2026-03-10");
}

#[tokio::test]
async fn a_report_happens_once_and_nobody_is_taken_on_twice() {
    let town = Town::found("2026-03-10").await;
    let company = town.company("JK000203").await;
    let report = company.report_of(&town.person(), "2026-03-01");
    let (one, two) = (company.client.clone(), company.client.clone());

    let (first, second) = tokio::join!(
        one.report_employee(report.clone()),
        two.report_employee(report.clone())
    );
    let other = ReportEmployeeRequest {
        hire: Some(Hire {
            wage_idr: 6_000_000,
            ..hire("2026-03-01")
        }),
        ..report.clone()
    };
    let other = company.client.report_employee(other).await;
    let anew = ReportEmployeeRequest {
        report_id: Uuid::now_v7().to_string(),
        ..report.clone()
    };
    let anew = company.client.report_employee(anew).await;

    let first = first.expect("a report").employee.expect("an employee");
    assert_eq!(second.expect("the same").employee.expect("one"), first);
    assert_eq!(other.expect_refusal().reason, ErrorReason::IdTaken);
    let anew = anew.expect_refusal();
    assert_eq!(anew.reason, ErrorReason::EmployeeKnown);
    assert_eq!(anew.metadata["membershipId"], first.membership_id);
    assert_eq!(company.employees().await.len(), 1);
}

#[tokio::test]
async fn every_bad_field_of_a_report_is_told_and_a_low_wage_with_its_law() {
    let town = Town::found("2026-03-10").await;
    let company = town.company("JK000204").await;
    let good = company.report_of(&town.person(), "2026-03-01");

    let bad = ReportEmployeeRequest {
        nik: "123".into(),
        full_name: "7".into(),
        contact: "nowhere".into(),
        hire: Some(Hire {
            started_on: "01-03-2026".into(),
            wage_idr: 0,
            ..Hire::default()
        }),
        ..good.clone()
    };
    let bad = company.client.report_employee(bad).await.expect_refusal();
    let later = ReportEmployeeRequest {
        hire: Some(hire("2026-03-11")),
        ..good.clone()
    };
    let later = company.client.report_employee(later).await.expect_refusal();
    let poor = ReportEmployeeRequest {
        hire: Some(Hire {
            wage_idr: 999_999,
            ..hire("2026-03-01")
        }),
        ..good
    };
    let poor = company.client.report_employee(poor).await.expect_refusal();

    let fields: Vec<_> = bad.violations.iter().map(|it| it.field.as_str()).collect();
    let expected = [
        "nik",
        "full_name",
        "contact",
        "hire.started_on",
        "hire.wage_idr",
    ];
    assert_eq!(fields, expected);
    assert_eq!(later.violations[0].field, "hire.started_on");
    assert_eq!(poor.reason, ErrorReason::WageTooLow);
    assert_eq!(poor.metadata["minimumIdr"], "1000000");
    assert!(!poor.help.is_empty());
    assert_eq!(company.employees().await, []);
}

#[tokio::test]
async fn a_wage_below_the_lowest_minimum_of_its_year_is_taken_with_a_warning() {
    let town = Town::found("2023-05-10").await;
    let company = town.company("JK000213").await;
    let poor = ReportEmployeeRequest {
        hire: Some(Hire {
            wage_idr: 1_968_168,
            ..hire("2023-05-01")
        }),
        ..company.report_of(&town.person(), "2023-05-01")
    };
    let poor = company.client.report_employee(poor).await;
    let poor = poor.expect("a report").employee.expect("an employee");
    let pays = |wage_idr: i64| ReportWagesRequest {
        npp: company.npp.clone(),
        month: "2023-05".into(),
        wages: vec![Wage {
            membership_id: poor.membership_id.clone(),
            wage_idr,
            back_pay_idr: 0,
        }],
    };

    let low = company.client.report_wages(pays(1_900_000)).await;
    let enough = company.client.report_wages(pays(1_968_169)).await;

    let warned = poor.wage_warning.expect("a warning");
    assert_eq!(
        (warned.wage_idr, warned.lowest_minimum_idr),
        (1_968_168, 1_968_169)
    );
    assert!(warned.reference.is_some());
    let low = low.expect("wages");
    assert_eq!((low.changed, low.warnings.len()), (1, 1));
    assert_eq!(low.warnings[0].wage_idr, 1_900_000);
    assert_eq!(enough.expect("wages").warnings, []);
    assert_eq!(company.employees().await[0].wage_warning, None);
}

#[tokio::test]
async fn an_employer_who_stays_silent_is_told_three_times_and_then_an_officer_decides() {
    let town = Town::found("2026-03-10").await;
    let company = town.company("JK000205").await;
    let mut worker = town.works_at(&company);
    worker.waits_for_his_employer().await;
    let notices = async || {
        town.lets_the_workers_run().await;
        let messages = town.client.list_messages(company.contact.clone()).await;
        messages.expect("messages").len()
    };

    let mut told = vec![notices().await];
    for day in [6, 1, 13, 1, 8] {
        town.waits(day * 86_400);
        told.push(notices().await);
    }
    let before = all(town.officer().employments_to_decide()).await;
    town.waits(86_400);
    notices().await;
    let waiting = all(town.officer().employments_to_decide()).await;
    let decision = DecideEmploymentRequest {
        membership_id: waiting[0].membership_id.clone(),
        accepted: true,
        reason: "contract and pay slips of two months".into(),
        npp: String::new(),
        hire: Some(hire("2026-03-10")),
    };
    let decided = town.officer().decide_employment(decision.clone()).await;
    let again = town.officer().decide_employment(decision).await;

    assert_eq!(told, [1, 1, 2, 2, 3, 3]);
    assert_eq!(before, []);
    assert_eq!(waiting[0].state(), employee::State::AwaitingOfficer);
    assert_eq!(waiting[0].reason, "EMPLOYER_SILENT");
    let decided = decided.expect("decided");
    assert_eq!(again.expect("as it stands"), decided);
    assert_eq!(decided.state(), employee::State::Active);
    let me = worker.client.get_participant(None).await.expect("himself");
    assert_eq!(me.kpj.len(), 11);
    // The report came on the thirtieth day: in time.
    assert_eq!(me.coverage[0].since, "2026-03-10");
}

#[tokio::test]
async fn whom_his_employer_denies_an_officer_hears_and_what_is_rejected_stays_so() {
    let town = Town::found("2026-03-10").await;
    let company = town.company("JK000206").await;
    let mut worker = town.works_at(&company);
    worker.waits_for_his_employer().await;
    let membership = worker.membership().await;

    let denied = company
        .client
        .deny_employee(membership, "left last year")
        .await;
    let again = company
        .client
        .deny_employee(membership, "left last year")
        .await;
    let listed = all(town.officer().employments_to_decide()).await;
    let no = DecideEmploymentRequest {
        membership_id: membership.to_string(),
        accepted: false,
        reason: "the pay slip is of another company".into(),
        ..DecideEmploymentRequest::default()
    };
    let rejected = town.officer().decide_employment(no.clone()).await;
    let repeated = town.officer().decide_employment(no).await;
    let late = company.confirms(&worker, membership, "2026-03-01").await;

    let denied = denied.expect("denied");
    assert_eq!(denied.state(), employee::State::AwaitingOfficer);
    assert_eq!(denied.reason, "left last year");
    assert_eq!(again.expect("as it stands"), denied);
    assert_eq!(listed, [denied]);
    let rejected = rejected.expect("rejected");
    assert_eq!(rejected.state(), employee::State::Rejected);
    assert_eq!(repeated.expect("as it stands"), rejected);
    let late = late.expect_refusal();
    assert_eq!(late.reason, ErrorReason::WrongState);
    assert_eq!(late.metadata["state"], "STATE_REJECTED");
    let me = worker.client.get_participant(None).await.expect("himself");
    assert_eq!((me.kpj.as_str(), me.coverage[0].covered), ("", false));
    assert_eq!(me.coverage[0].reason(), coverage::Reason::NotHeld);
    assert_eq!(me.memberships, []);
}

#[tokio::test]
async fn an_employer_who_is_not_listed_is_looked_for_by_an_officer() {
    let town = Town::found("2026-03-10").await;
    let company = town.company("JK000207").await;
    let mut worker = town.works_at(&company);
    let mut unknown = town.works_at(&company);
    unknown.employee = worker.employee.clone().map(|it| EmployeeStatement {
        npp: "NOBODYS1".into(),
        ..it
    });
    worker.employee = worker.employee.map(|it| EmployeeStatement {
        npp: String::new(),
        unlisted_employer: Some(UnlistedEmployer {
            name: "Toko Sinar".into(),
            city: "Bandung".into(),
        }),
        ..it
    });

    unknown.has_an_account().await;
    let nobody = unknown.tells_work().await.expect_refusal();
    worker.waits_for_his_employer().await;
    let waiting = all(town.officer().employments_to_decide()).await;
    let decision = |npp: &str| DecideEmploymentRequest {
        membership_id: waiting[0].membership_id.clone(),
        accepted: true,
        reason: "the shop belongs to the company".into(),
        npp: npp.into(),
        hire: Some(hire("2026-03-10")),
    };
    let nowhere = town.officer().decide_employment(decision("")).await;
    let decided = town
        .officer()
        .decide_employment(decision(&company.npp))
        .await;

    assert_eq!(nobody.reason, ErrorReason::EmployerUnknown);
    assert_eq!(nobody.metadata["npp"], "NOBODYS1");
    assert_eq!(waiting[0].unlisted_employer, "Toko Sinar, Bandung");
    assert_eq!(nowhere.expect_refusal().violations[0].field, "npp");
    assert_eq!(decided.expect("decided").npp, company.npp);
    assert_eq!(company.employees().await.len(), 1);
}

#[tokio::test]
async fn a_participant_who_is_hired_keeps_his_number_and_his_business() {
    let town = Town::found("2026-03-10").await;
    let company = town.company("JK000208").await;
    let budi = town.participant().await;
    let before = budi.client.get_participant(None).await.expect("himself");

    let report = company.report_of(&budi, "2026-03-10");
    let misspelt = ReportEmployeeRequest {
        report_id: Uuid::now_v7().to_string(),
        full_name: "Somebody Else".into(),
        ..report.clone()
    };
    let misspelt = company.client.report_employee(misspelt).await;
    let hired = company.client.report_employee(report).await;

    let misspelt = misspelt.expect_refusal();
    assert_eq!(misspelt.reason, ErrorReason::IdentityMismatch);
    assert_eq!(misspelt.metadata["fields"], "NAMA_LGKP");
    let hired = hired.expect("a report").employee.expect("an employee");
    let after = budi.client.get_participant(None).await.expect("himself");
    assert_eq!(
        (after.kpj.clone(), hired.kpj),
        (before.kpj.clone(), before.kpj)
    );
    let segments: Vec<_> = after.memberships.iter().map(|it| it.segment()).collect();
    assert_eq!(segments, [Segment::Bpu, Segment::Pu]);
    let pu = &after.memberships[1];
    assert_eq!(pu.income_idr, WAGE);
    let bill = budi.client.issue_bill(IssueBillRequest {
        bill_id: Uuid::now_v7().to_string(),
        membership_id: pu.id.clone(),
        months: 1,
    });
    let bill = bill.await.expect_refusal();
    assert_eq!(bill.reason, ErrorReason::NotPaidByMonth);
    assert_eq!(bill.metadata["segment"], "SEGMENT_PU");
}

#[tokio::test]
async fn cover_ends_with_the_last_day_that_the_employer_reports() {
    let town = Town::found("2026-03-10").await;
    let company = town.company("JK000209").await;
    let mut worker = town.works_at(&company);
    worker.waits_for_his_employer().await;
    let membership = worker.membership().await;
    company
        .confirms(&worker, membership, "2026-03-01")
        .await
        .expect("confirmed");
    let end = |on: &str| {
        company
            .client
            .report_employment_end(ReportEmploymentEndRequest {
                membership_id: membership.to_string(),
                ended_on: on.into(),
            })
    };

    let early = end("2026-02-28").await.expect_refusal();
    let ended = end("2026-03-31").await.expect("an end");
    let again = end("2026-03-31").await.expect("as it stands");
    let other = end("2026-03-30").await.expect_refusal();
    town.moves_to("2026-03-31T16:00:00Z");
    let last = worker.client.get_participant(None).await.expect("himself");
    town.moves_to("2026-03-31T17:00:00Z");
    let after = worker.client.get_participant(None).await.expect("himself");

    assert_eq!(early.violations[0].field, "ended_on");
    assert_eq!(again, ended);
    assert_eq!(other.reason, ErrorReason::MembershipEnded);
    assert!(last.coverage[0].covered);
    assert_eq!(after.coverage[0].reason(), coverage::Reason::Ended);
    assert_eq!(
        company.employee(employee::State::Ended).await.ended_on,
        "2026-03-31"
    );
}
