//! What an employer sees of people: page after page, his own all, and nothing of what they are elsewhere.

use jamsostek_client::{
    ErrorReason, Programme, Segment, Uuid,
    v1::{
        Employee, Hire, ListEmployeesRequest, Payer, ReportEmployeeRequest,
        ReportEmploymentEndRequest, ReportWagesRequest, StreamEmployeesRequest, Wage,
    },
};

use crate::{
    company::{Company, all, hire},
    migrant::by_himself,
    person::Person,
    town::{ExpectRefusal, Town, id},
};

#[tokio::test]
async fn many_employees_come_page_after_page_or_all_in_one_stream() {
    let town = Town::found("2026-03-10").await;
    let (company, other) = (
        town.company("JK000701").await,
        town.company("JK000702").await,
    );
    let everybody: Vec<_> = (0..501).map(|_| town.person()).collect();
    for some in everybody.chunks(16) {
        let mut reports = tokio::task::JoinSet::new();
        for worker in some {
            let (client, report) = (
                company.client.clone(),
                company.report_of(worker, "2026-03-01"),
            );
            reports.spawn(async move { client.report_employee(report).await });
        }
        for reported in reports.join_all().await {
            reported.expect("a report");
        }
    }
    other.hires(&town.person(), "2026-03-01").await;
    let page = |token: &str| ListEmployeesRequest {
        page_size: 100,
        page_token: token.to_owned(),
        ..ListEmployeesRequest::default()
    };

    let (mut listed, mut sizes, mut tokens) = (Vec::new(), Vec::new(), vec![String::new()]);
    while let Some(token) = tokens
        .last()
        .filter(|it| sizes.is_empty() || !it.is_empty())
    {
        let found = company.client.list_employees(page(token)).await;
        let found = found.expect("a page");
        sizes.push(found.employees.len());
        listed.extend(found.employees);
        tokens.push(found.next_page_token);
    }
    let stream = company
        .client
        .stream_employees(StreamEmployeesRequest::default());
    let streamed = all(stream.await.expect("a stream")).await;
    let mut altered = tokens[1].clone().into_bytes();
    altered[50] = if altered[50] == b'A' { b'B' } else { b'A' };
    let altered = String::from_utf8(altered).expect("letters");
    let altered = company.client.list_employees(page(&altered)).await;
    let theirs = other.client.list_employees(page(&tokens[1])).await;

    assert_eq!(sizes, [100, 100, 100, 100, 100, 1]);
    assert_eq!(streamed, listed);
    let mut niks: Vec<_> = listed.iter().map(|it| &it.membership_id).collect();
    niks.sort_unstable();
    niks.dedup();
    assert_eq!(niks.len(), 501);
    let altered = altered.expect_refusal();
    assert_eq!(altered.reason, ErrorReason::MalformedRequest);
    assert_eq!(altered.violations[0].field, "page_token");
    // It says where a page ended, and opens nothing.
    let known = |it: &Employee| listed.contains(it);
    assert!(!theirs.expect("a page").employees.iter().any(known));
}

#[tokio::test]
async fn whoever_worked_here_is_seen_as_he_was_whatever_becomes_of_him_elsewhere() {
    let town = Town::found("2026-03-10").await;
    let (first, next) = (
        town.company("JK000703").await,
        town.company("JK000704").await,
    );
    let mut siti = town.migrant(by_himself(6));
    siti.has_paid_for_abroad(&town).await;
    let people = [town.participant().await, siti];
    for person in &people {
        first.hires(person, "2026-03-01").await;
    }
    for it in first.employees().await {
        let end = ReportEmploymentEndRequest {
            membership_id: it.membership_id,
            ended_on: "2026-03-10".into(),
        };
        first
            .client
            .report_employment_end(end)
            .await
            .expect("an end");
    }
    town.moves_to("2026-03-11T02:00:00Z");
    let before = first.employees().await;

    for person in &people {
        let report = ReportEmployeeRequest {
            hire: Some(Hire {
                wage_idr: 9_000_000,
                employee_number: "B-77".into(),
                ..hire("2026-03-11")
            }),
            ..next.report_of(person, "2026-03-11")
        };
        next.client.report_employee(report).await.expect("a report");
    }

    assert_eq!(before.len(), 2);
    assert_eq!(first.employees().await, before);
    let theirs = next.employees().await;
    assert_eq!(theirs.len(), 2);
    for it in &theirs {
        assert_eq!((it.npp.as_str(), it.wage_idr), ("JK000704", 9_000_000));
        assert_eq!(it.covered_from, "2026-03-11");
        assert!(
            before
                .iter()
                .all(|was| was.membership_id != it.membership_id)
        );
    }
    let other = [Segment::Bpu, Segment::Pmi];
    for (person, elsewhere) in people.iter().zip(other) {
        let me = person.client.get_participant(None).await.expect("himself");
        let segments: Vec<_> = me.memberships.iter().map(|it| it.segment()).collect();
        assert_eq!(segments, [elsewhere, Segment::Pu, Segment::Pu]);
    }
}

#[tokio::test]
async fn what_is_another_employers_does_not_exist() {
    let town = Town::found("2026-03-10").await;
    let (ours, theirs) = (
        town.company("JK000705").await,
        town.company("JK000706").await,
    );
    theirs.hires(&town.person(), "2026-03-01").await;
    let bill = theirs.bill(&town, "2026-03").await;
    let employee = theirs.employees().await.remove(0);
    let membership = id(&employee.membership_id);
    let us = &ours.client;
    let end = ReportEmploymentEndRequest {
        membership_id: membership.to_string(),
        ended_on: "2026-03-31".into(),
    };
    let wages = ReportWagesRequest {
        npp: ours.npp.clone(),
        month: "2026-03".into(),
        wages: vec![Wage {
            membership_id: membership.to_string(),
            wage_idr: 6_000_000,
            back_pay_idr: 0,
        }],
    };
    let by_id = ListEmployeesRequest {
        employer_id: theirs.id.to_string(),
        ..ListEmployeesRequest::default()
    };
    let by_npp = ListEmployeesRequest {
        npp: theirs.npp.clone(),
        ..ListEmployeesRequest::default()
    };
    let streamed = StreamEmployeesRequest {
        employer_id: theirs.id.to_string(),
        ..StreamEmployeesRequest::default()
    };

    let refusals = [
        us.list_employees(by_id).await.expect_refusal(),
        us.list_employees(by_npp).await.expect_refusal(),
        us.stream_employees(streamed)
            .await
            .map(|_| ())
            .expect_refusal(),
        us.report_employment_end(end).await.expect_refusal(),
        us.report_wages(wages).await.expect_refusal(),
        us.deny_employee(membership, "never seen")
            .await
            .expect_refusal(),
        us.get_employer_bill(id(&bill.id)).await.expect_refusal(),
        us.issue_employer_bill(Uuid::now_v7(), &theirs.npp, "2026-02")
            .await
            .expect_refusal(),
    ];

    let reasons = refusals.map(|it| it.reason);
    assert_eq!(reasons, [ErrorReason::NotFound; 8]);
    assert_eq!(ours.employees().await, []);
    assert_eq!(theirs.employees().await, [employee]);
}

#[tokio::test]
async fn two_employers_owe_pension_each_up_to_the_cap_for_one_worker() {
    let town = Town::found("2026-03-10").await;
    let companies = [
        town.company("JK000707").await,
        town.company("JK000708").await,
    ];
    let worker = town.person();
    let mut owed = Vec::new();

    for company in &companies {
        let report = earning(company, &worker, 15_000_000);
        company
            .client
            .report_employee(report)
            .await
            .expect("a report");
        let bill = company.bill(&town, "2026-03").await;
        let pension = bill
            .lines
            .iter()
            .filter(|it| it.programme() == Programme::Jp);
        owed.extend(pension.map(|it| (it.payer(), it.amount_idr)));
    }

    // 2 % and 1 % of the cap of March 2026, 11,086,300, at each: two wages are never added up (domain 3).
    let each = [(Payer::Employer, 221_726), (Payer::Worker, 110_863)];
    assert_eq!(owed, [each, each].concat());
}

fn earning(company: &Company, worker: &Person, wage_idr: i64) -> ReportEmployeeRequest {
    ReportEmployeeRequest {
        hire: Some(Hire {
            wage_idr,
            ..hire("2026-03-01")
        }),
        ..company.report_of(worker, "2026-03-01")
    }
}
