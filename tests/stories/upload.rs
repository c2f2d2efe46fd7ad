//! Rows come in whatever order, again, or not at all: what is there is never doubted, and each wrong way is named.

use jamsostek_client::{
    Error, ErrorReason,
    v1::{
        EmployerRole, HireRow, RiskClass, SubmissionRow, Unit, UpdateEmployerRequest,
        UploadRowsRequest, employee, row_result,
        submission::{Mode, State},
        submission_row::Action,
        submission_service_client::SubmissionServiceClient,
    },
};
use sea_orm::{ConnectionTrait, Statement};
use tonic::{Request, Status};

use crate::{
    company::{Company, WAGE},
    contract::cast::access_token,
    employer_users::user,
    person::Person,
    roll::{commit_as, declared, hired, paid, reasons, row},
    town::{ExpectRefusal, Town, id},
};

/// So many people who begin in March, each a row.
fn newcomers(town: &Town, many: usize) -> Vec<SubmissionRow> {
    let rows = (1..=many).map(|at| hired(&format!("r{at}"), &town.person(), "2026-03-01"));
    rows.collect()
}

#[tokio::test]
async fn rows_come_in_any_order_again_and_side_by_side() {
    let town = Town::found("2026-03-10").await;
    let company = town.company("JK000721").await;
    let rows = newcomers(&town, 10);
    let made = declared(&company, "2026-03", Mode::Partial, &rows);
    let made = company.client.create_submission(made).await.expect("made");
    let submission = id(&made.id);
    let brings = |first: usize, last: usize| {
        let (client, some) = (company.client.clone(), rows[first - 1..last].to_vec());
        let first = i32::try_from(first).expect("few");
        async move { client.upload_rows(submission, first, some).await }
    };

    let (late, middle) = tokio::join!(brings(8, 9), brings(3, 5));
    late.expect("taken");
    let early = {
        middle.expect("taken");
        company.submission(submission).await
    };
    let again = brings(2, 6).await.expect("the new ones are taken");
    brings(1, 1).await.expect("taken");
    let gap = brings(10, 10).await.expect("taken");
    let whole = brings(7, 7).await.expect("taken");

    assert_eq!((early.uploaded_rows, early.next_row), (5, 1));
    assert_eq!((again.uploaded_rows, again.next_row), (7, 1));
    assert_eq!((gap.uploaded_rows, gap.next_row), (9, 7));
    assert_eq!((whole.uploaded_rows, whole.next_row), (10, 0));
    assert_eq!(whole.state(), State::Validating);
    assert_eq!(whole.uploaded_wage_idr, 10 * WAGE);
    town.lets_the_workers_run().await;
    let done = company.commits(&town, submission).await;
    assert_eq!(done.changes.expect("changes").accepted, 10);
    assert_eq!(company.employees().await.len(), 10);
}

#[tokio::test]
async fn rows_that_do_not_fit_what_was_declared_are_refused_by_name() {
    let town = Town::found("2026-03-10").await;
    let company = town.company("JK000722").await;
    let rows = newcomers(&town, 3);
    let made = declared(&company, "2026-03", Mode::Partial, &rows);
    let made = company.client.create_submission(made).await.expect("made");
    let submission = id(&made.id);
    let brings = |first: i32, rows: &[SubmissionRow]| {
        let (client, rows) = (company.client.clone(), rows.to_vec());
        async move { client.upload_rows(submission, first, rows).await }
    };

    brings(1, &rows[..1]).await.expect("taken");
    let early = commit_as(&company.client, &made).await.expect_refusal();
    let beyond = brings(3, &rows[1..]).await.expect_refusal();
    let other = brings(1, &rows[1..2]).await.expect_refusal();
    brings(2, &rows[1..]).await.expect("taken");
    let late = brings(1, &rows[1..2]).await.expect_refusal();
    let more = brings(1, &rows).await.expect("they are there already");

    assert_eq!(early.reason, ErrorReason::RowsMissing);
    assert_eq!(early.metadata["nextRow"], "2");
    assert_eq!(beyond.reason, ErrorReason::RowsBeyondDeclared);
    assert_eq!(beyond.metadata["rowNumber"], "4");
    assert_eq!(other.reason, ErrorReason::RowNumberTaken);
    assert_eq!(other.metadata["rowNumber"], "1");
    assert_eq!(late.reason, ErrorReason::RowNumberTaken);
    assert_eq!(more.state(), State::Validating);
}

#[tokio::test]
async fn wages_that_add_up_to_something_else_are_not_committed() {
    let town = Town::found("2026-03-10").await;
    let company = town.company("JK000723").await;
    let rows = newcomers(&town, 2);
    let mut made = declared(&company, "2026-03", Mode::Partial, &rows);
    made.declared_wage_idr -= 1;
    let made = company.client.create_submission(made).await.expect("made");
    let brought = company.client.upload_rows(id(&made.id), 1, rows).await;
    brought.expect("the rows are taken");
    town.lets_the_workers_run().await;

    let refused = commit_as(&company.client, &made).await.expect_refusal();
    let given_up = company.client.cancel_submission(id(&made.id)).await;
    let given_up = given_up.expect("it is given up");
    let after = commit_as(&company.client, &made).await.expect_refusal();

    assert_eq!(refused.reason, ErrorReason::ControlTotalDiffers);
    assert_eq!(refused.metadata["wageIdr"], (2 * WAGE).to_string());
    assert_eq!(given_up.state(), State::Cancelled);
    assert_eq!(after.reason, ErrorReason::WrongState);
    assert!(company.employees().await.is_empty());
}

#[tokio::test]
async fn whoever_brings_rows_does_not_commit_them_where_there_is_a_checker() {
    let town = Town::found("2026-03-10").await;
    let company = town.company("JK000724").await;
    let maker = user(&company, EmployerRole::Maker).await;
    let checker = user(&company, EmployerRole::Checker).await;
    let made = Company {
        client: maker.clone(),
        ..company.clone()
    };
    let rows = newcomers(&town, 1);
    let brought = made.brings(&town, "2026-03", Mode::Partial, &rows).await;

    let own = commit_as(&maker, &brought).await.expect_refusal();
    let checked = commit_as(&checker, &brought)
        .await
        .expect("it is committed");
    let brings = checker.upload_rows(id(&brought.id), 1, rows).await;

    assert_eq!(own.reason, ErrorReason::OtherUser);
    assert_eq!(checked.state(), State::Committing);
    assert_eq!(
        brings.expect_refusal().reason,
        ErrorReason::CallerNotAllowed
    );
}

#[tokio::test]
async fn a_message_that_is_too_big_or_torn_is_refused_and_leaves_nothing() {
    let town = Town::found("2026-03-10").await;
    let company = town.company("JK000725").await;
    let made = company.declares("2026-03", 2, 2 * WAGE).await;
    let big = row(
        "a",
        Action::Hired(HireRow {
            full_name: "x".repeat(256 * 1_024),
            ..HireRow::default()
        }),
    );

    let too_big = raw_upload(&town, &company, message(&made.id, 1, vec![big])).await;
    let none = raw_upload(&town, &company, message(&made.id, 1, Vec::new())).await;
    let nowhere = raw_upload(&town, &company, message("", 1, newcomers(&town, 1))).await;
    let before_first = raw_upload(&town, &company, message(&made.id, 0, newcomers(&town, 1))).await;

    let told = Error::from(too_big.expect_err("it is too big"));
    assert_eq!(told.reason(), Some(ErrorReason::MessageTooBig));
    for refused in [none, nowhere, before_first] {
        let told = Error::from(refused.expect_err("it is malformed"));
        assert_eq!(told.reason(), Some(ErrorReason::MalformedRequest));
    }
    assert_eq!(company.submission(id(&made.id)).await.uploaded_rows, 0);
}

#[tokio::test]
async fn an_employer_has_so_many_submissions_under_way_and_no_more() {
    let town = Town::found("2026-03-10").await;
    let company = town.company("JK000726").await;
    let mut last = None;
    for _ in 0..20 {
        last = Some(company.declares("2026-03", 1, WAGE).await);
    }
    let last = last.expect("a submission");

    let one_more = declared(&company, "2026-03", Mode::Partial, &newcomers(&town, 1));
    let refused = company.client.create_submission(one_more.clone()).await;
    company
        .client
        .cancel_submission(id(&last.id))
        .await
        .expect("given up");
    let room = company.client.create_submission(one_more).await;

    assert_eq!(
        refused.expect_refusal().reason,
        ErrorReason::SubmissionsOpen
    );
    assert_eq!(room.expect("there is room").state(), State::Uploading);
}

#[tokio::test]
async fn what_is_odd_and_taken_nevertheless_is_told_as_a_warning() {
    let town = Town::found("2023-03-10").await;
    let company = town.company("JK000727").await;
    let mut odd: Person = town.person();
    odd.nik.replace_range(..2, "99");
    let mut rows = [hired("odd", &odd, "2023-03-01")];
    if let Some(Action::Hired(it)) = &mut rows[0].action {
        it.hire.as_mut().expect("work").wage_idr = 1_500_000;
    }

    let done = company.submits(&town, "2023-03", &rows).await;

    assert_eq!(done.changes.expect("changes").warned, 1);
    let result = &company.results(&done).await[0];
    assert_eq!(result.state(), row_result::State::Accepted);
    let reason = result.warnings[0].reason();
    assert_eq!(reason, ErrorReason::NikUnusual);
    let reason = result.warnings[1].reason();
    assert_eq!(reason, ErrorReason::WageBelowMinimum);
}

#[tokio::test]
async fn a_submission_is_begun_once_and_its_id_names_no_other() {
    let town = Town::found("2026-03-10").await;
    let (company, other) = (
        town.company("JK000728").await,
        town.company("JK000729").await,
    );
    let rows = newcomers(&town, 2);
    let request = declared(&company, "2026-03", Mode::Partial, &rows);
    let made = company.client.create_submission(request.clone()).await;

    let again = company.client.create_submission(request.clone()).await;
    let mut changed = request.clone();
    changed.declared_rows = 3;
    let changed = company.client.create_submission(changed).await;
    let mut theirs = request;
    theirs.npp = other.npp.clone();
    let theirs = other.client.create_submission(theirs).await;
    let next_month = declared(&company, "2026-04", Mode::Partial, &rows);
    let next_month = company.client.create_submission(next_month).await;

    assert_eq!(made.expect("made"), again.expect("the same"));
    assert_eq!(changed.expect_refusal().reason, ErrorReason::IdTaken);
    assert_eq!(theirs.expect_refusal().reason, ErrorReason::IdTaken);
    let refused = next_month.expect_refusal();
    assert_eq!(refused.reason, ErrorReason::MalformedRequest);
}

#[tokio::test]
async fn a_person_has_one_row_or_a_wage_and_a_last_day() {
    let town = Town::found("2026-03-10").await;
    let company = town.company("JK000730").await;
    let (budi, siti) = (town.person(), town.person());
    company.hires(&budi, "2026-03-01").await;
    let rows = [
        paid("pay", &budi, 6_000_000),
        crate::roll::left("end", &budi, "2026-03-31"),
        paid("pay-again", &budi, 7_000_000),
        hired("begin", &siti, "2026-03-01"),
        crate::roll::left("end-at-once", &siti, "2026-03-31"),
    ];

    let done = company.submits(&town, "2026-03", &rows).await;

    let results = company.results(&done).await;
    let rejected: Vec<_> = results.iter().map(|it| !it.errors.is_empty()).collect();
    assert_eq!(rejected, [false, false, true, false, true]);
    let reason = reasons(&results[2]).remove(0).1;
    assert_eq!(reason, ErrorReason::RowRepeated);
    assert_eq!(results[4].errors[0].metadata["rowNumber"], "4");
}

fn message(submission: &str, first_row: i32, rows: Vec<SubmissionRow>) -> UploadRowsRequest {
    UploadRowsRequest {
        submission_id: submission.to_owned(),
        first_row,
        rows,
    }
}

/// One message as it is, past the client's own cutting.
async fn raw_upload(
    town: &Town,
    company: &Company,
    message: UploadRowsRequest,
) -> Result<(), Status> {
    let token = access_token(&company.client).await;
    let mut request = Request::new(tokio_stream::iter([message]));
    let value = format!("Bearer {token}").parse().expect("a token");
    request.metadata_mut().insert("authorization", value);
    let mut submissions = SubmissionServiceClient::new(town.client.channel());
    submissions.upload_rows(request).await.map(|_| ())
}

#[tokio::test]
async fn a_person_is_one_whichever_of_his_numbers_a_row_names() {
    let town = Town::found("2026-03-10").await;
    let company = town.company("JK000731").await;
    let wati = town.participant().await;
    let card = wati.client.get_participant(None).await.expect("herself");
    let rows = [
        hired("by-nik", &wati, "2026-03-01"),
        crate::roll::taken_over("by-kpj", &card.kpj, &wati.name, "2026-03-01"),
    ];

    let brought = company.brings(&town, "2026-03", Mode::Partial, &rows).await;
    let dry = company.results(&brought).await;
    let done = company.commits(&town, id(&brought.id)).await;

    let results = company.results(&done).await;
    assert_eq!(results[0].state(), row_result::State::Accepted);
    let reason = reasons(&results[1]).remove(0).1;
    assert_eq!(reason, ErrorReason::RowRepeated);
    assert_eq!(dry[1].errors, results[1].errors);
    assert_eq!(company.employees().await.len(), 1);
}

#[tokio::test]
async fn whoever_waits_for_his_employer_gets_his_word_by_a_row() {
    let town = Town::found("2026-03-10").await;
    let company = town.company("JK000732").await;
    let mut worker = town.works_at(&company);
    worker.waits_for_his_employer().await;
    let membership = worker.membership().await;

    let rows = [hired("a", &worker, "2026-03-01")];
    let done = company.submits(&town, "2026-03", &rows).await;

    let result = &company.results(&done).await[0];
    assert_eq!(result.state(), row_result::State::Accepted);
    assert_eq!(result.membership_id, membership.to_string());
    let employees = company.employees().await;
    assert_eq!(employees.len(), 1);
    assert_eq!(employees[0].state(), employee::State::Active);
}

#[tokio::test]
async fn one_row_that_the_rules_refuse_at_the_last_moment_holds_up_no_other() {
    let town = Town::found("2026-03-10").await;
    let company = town.company("JK000733").await;
    let other_unit = Unit {
        npp: "JK000734".into(),
        name: "Cabang".into(),
        risk_class: RiskClass::VeryLow.into(),
    };
    let grows = UpdateEmployerRequest {
        units: vec![other_unit],
        ..UpdateEmployerRequest::default()
    };
    company.client.update_employer(grows).await.expect("a unit");
    let mut worker = town.works_at(&company);
    worker.waits_for_his_employer().await;
    let rows = [
        hired("waits", &worker, "2026-03-01"),
        hired("new", &town.person(), "2026-03-01"),
    ];
    let brought = company.brings(&town, "2026-03", Mode::Partial, &rows).await;
    // Meanwhile another unit of the same employer takes him on.
    let mut report = company.report_of(&worker, "2026-03-01");
    report.npp = "JK000734".into();
    company.client.report_employee(report).await.expect("hired");

    let done = company.commits(&town, id(&brought.id)).await;

    assert_eq!(done.state(), State::Committed);
    let results = company.results(&done).await;
    // The other unit's word made him a participant: nobody else waits under his NIK any more.
    assert_eq!(results[0].errors[0].metadata["state"], "NIK_TAKEN");
    assert_eq!(results[1].state(), row_result::State::Accepted);
}

#[tokio::test]
async fn a_wage_that_was_told_for_a_month_stays_that_months_whatever_becomes_of_the_one_before() {
    let town = Town::found("2026-03-10").await;
    let company = town.company("JK000735").await;
    let budi = town.person();
    company.hires(&budi, "2026-03-01").await;
    town.moves_to("2026-04-10T02:00:00Z");
    let april = company
        .submits(&town, "2026-04", &[paid("a", &budi, WAGE)])
        .await;

    let march = company
        .submits(&town, "2026-03", &[paid("a", &budi, 6_000_000)])
        .await;

    assert_eq!(april.changes.expect("changes").unchanged, 1);
    assert_eq!(march.changes.expect("changes").wages_changed, 1);
    // What he earns now is April's.
    assert_eq!(company.employees().await[0].wage_idr, WAGE);
}

#[tokio::test]
async fn a_submission_that_nobody_looks_after_is_given_up_after_a_week() {
    let town = Town::found("2026-03-10").await;
    let company = town.company("JK000736").await;
    let rows = newcomers(&town, 1);
    let brought = company.brings(&town, "2026-03", Mode::Partial, &rows).await;

    town.waits(7 * 24 * 3_600);
    town.lets_the_workers_run().await;
    let just_in_time = company.submission(id(&brought.id)).await;
    town.waits(1);
    town.lets_the_workers_run().await;
    let given_up = company.submission(id(&brought.id)).await;

    assert_eq!(just_in_time.state(), State::Validated);
    assert_eq!(given_up.state(), State::Cancelled);
    let papers = "SELECT COUNT(*) FROM submission_row WHERE paper IS NOT NULL";
    let store = town.burglar().await;
    let sql = Statement::from_string(store.get_database_backend(), papers);
    let row = store.query_one_raw(sql).await.expect("rows").expect("one");
    assert_eq!(row.try_get_by_index::<i64>(0), Ok(0));
}
