//! An employer reports many employees at once: each row is answered, and nothing is done twice.

use jamsostek_client::{
    ErrorReason,
    v1::{
        RowResult, employee, row_result,
        submission::{Mode, State},
    },
};

use crate::{
    company::WAGE,
    roll::{commit_as, hired, left, paid, reasons, taken_over},
    town::{ExpectRefusal, Town, id},
};

#[tokio::test]
async fn people_are_hired_paid_and_let_go_by_rows_as_they_are_one_by_one() {
    let town = Town::found("2026-03-10").await;
    let company = town.company("JK000701").await;
    let (budi, siti, joko) = (town.person(), town.person(), town.person());
    let wati = town.participant().await;
    let card = wati.client.get_participant(None).await.expect("herself");

    let rows = [
        hired("a", &budi, "2026-03-01"),
        hired("b", &siti, "2026-03-02"),
        hired("c", &joko, "2026-03-03"),
        taken_over("d", &card.kpj, &wati.name, "2026-03-04"),
    ];
    let first = company.submits(&town, "2026-03", &rows).await;
    let next = [
        paid("a", &budi, 6_000_000),
        paid("b", &siti, WAGE),
        paid("c", &joko, 9_000_000),
        left("c-ends", &joko, "2026-03-31"),
    ];
    town.moves_to("2026-04-02T02:00:00Z");
    let second = company.submits(&town, "2026-04", &next).await;

    assert_eq!(
        (first.state(), second.state()),
        (State::Committed, State::Committed)
    );
    let changes = first.changes.expect("changes");
    assert_eq!(
        (changes.accepted, changes.hired, changes.rejected),
        (4, 4, 0)
    );
    let changes = second.changes.expect("changes");
    assert_eq!(
        (changes.accepted, changes.unchanged, changes.left),
        (4, 1, 1)
    );
    assert_eq!((changes.wages_changed, changes.wages_raised), (2, 1));
    let results = company.results(&first).await;
    let employees = company.employees().await;
    assert_eq!(employees.len(), 4);
    for result in &results {
        assert_eq!(result.state(), row_result::State::Accepted, "{result:?}");
        let receipt = result.receipt.clone().expect("a receipt");
        assert_eq!(
            receipt.number,
            format!("{}/{}", first.id, result.row_number)
        );
        let his = employees
            .iter()
            .find(|it| it.membership_id == result.membership_id);
        assert_eq!(his.expect("an employee").kpj, result.kpj);
        assert_eq!(result.kpj.len(), 11);
    }
    assert_eq!(results[3].kpj, card.kpj);
    assert_eq!(results[3].participant_id, card.id);
    let wage = |at: usize| {
        let his = employees
            .iter()
            .find(|it| it.membership_id == results[at].membership_id);
        let his = his.expect("an employee");
        (his.wage_idr, his.ended_on.clone(), his.state())
    };
    assert_eq!(wage(0), (6_000_000, String::new(), employee::State::Active));
    assert_eq!(wage(1), (WAGE, String::new(), employee::State::Active));
    assert_eq!(
        wage(2),
        (9_000_000, "2026-03-31".into(), employee::State::Ended)
    );
    let states: Vec<_> = company
        .results(&second)
        .await
        .iter()
        .map(RowResult::state)
        .collect();
    let (taken, same) = (row_result::State::Accepted, row_result::State::Unchanged);
    assert_eq!(states, [taken, same, taken, taken]);
}

#[tokio::test]
async fn the_register_is_asked_about_those_who_were_hired_by_rows() {
    let town = Town::found("2026-03-10").await;
    let company = town.company("JK000702").await;
    let budi = town.person();

    let rows = [hired("a", &budi, "2026-03-01")];
    company.submits(&town, "2026-03", &rows).await;
    town.lets_the_workers_run().await;

    let employees = company.employees().await;
    let matched = jamsostek_client::v1::IdentityState::Matched;
    assert_eq!(employees[0].identity_state(), matched);
}

#[tokio::test]
async fn good_rows_are_taken_and_each_bad_one_is_told_with_all_that_is_wrong() {
    let town = Town::found("2026-03-10").await;
    let company = town.company("JK000703").await;
    let (budi, siti, joko) = (town.person(), town.person(), town.person());
    company.hires(&joko, "2026-03-01").await;
    let mut nameless = siti.clone();
    nameless.nik = "123".into();
    nameless.name = "7".into();
    let mut cheap = hired("cheap", &siti, "2026-04-01");
    wage_of(&mut cheap, 900_000);
    let mut worse = hired("worse", &nameless, "2026-02-30");
    wage_of(&mut worse, 0);
    let rows = [
        hired("good", &budi, "2026-03-01"),
        cheap,
        worse,
        hired("known", &joko, "2026-03-01"),
        paid("nobody", &town.person(), WAGE),
        hired("good", &town.person(), "2026-03-01"),
        hired("twice", &budi, "2026-03-05"),
        taken_over("guess", "12345678901", "Siti Aminah", "2026-03-01"),
    ];

    let brought = company.brings(&town, "2026-03", Mode::Partial, &rows).await;
    let dry = company.results(&brought).await;
    let done = company.commits(&town, id(&brought.id)).await;
    let results = company.results(&done).await;

    assert_eq!(done.state(), State::Committed);
    let changes = done.changes.expect("changes");
    assert_eq!((changes.accepted, changes.rejected), (1, 7));
    assert_eq!(results[0].state(), row_result::State::Accepted);
    // What it would be is what it is.
    let errors = |all: &[RowResult]| all.iter().map(|it| it.errors.clone()).collect::<Vec<_>>();
    assert_eq!(errors(&dry), errors(&results));
    let malformed = ErrorReason::MalformedRequest;
    assert_eq!(
        reasons(&results[1]),
        [
            ("hired.hire.started_on".into(), malformed),
            ("hired.hire.wage_idr".into(), ErrorReason::WageTooLow),
        ]
    );
    let all = ["nik", "full_name", "hire.started_on", "hire.wage_idr"];
    let all = all.map(|it| (format!("hired.{it}"), malformed));
    assert_eq!(reasons(&results[2]), all);
    let one = |at: usize| {
        let [(field, reason)] = <[_; 1]>::try_from(reasons(&results[at])).expect("one");
        (field, reason)
    };
    let reason = one(3);
    assert_eq!(reason, ("hired.nik".into(), ErrorReason::EmployeeKnown));
    let reason = one(4);
    assert_eq!(reason, ("paid.nik".into(), ErrorReason::NotEmployed));
    for reason in [one(5), one(6)] {
        assert_eq!(reason, (String::new(), ErrorReason::RowRepeated));
    }
    let reason = one(7);
    let guessed = "taken_over.kpj".to_owned();
    assert_eq!(reason, (guessed, ErrorReason::ParticipantUnknown));
    let known = company.employees().await;
    let known = known
        .iter()
        .find(|it| it.full_name == joko.name && it.wage_idr == WAGE);
    assert_eq!(
        results[3].errors[0].metadata["membershipId"],
        known.expect("joko").membership_id
    );
    assert_eq!(results[5].errors[0].metadata["rowNumber"], "1");
    for finding in results.iter().flat_map(|it| &it.errors) {
        assert!(
            !finding.text_id.is_empty() && !finding.text_en.is_empty(),
            "{finding:?}"
        );
        assert_ne!(finding.text_id, finding.text_en);
    }
    assert_eq!(company.employees().await.len(), 2);
}

#[tokio::test]
async fn the_same_rows_again_are_told_as_they_stand_and_others_under_their_names_are_not_taken() {
    let town = Town::found("2026-03-10").await;
    let company = town.company("JK000704").await;
    let (budi, siti) = (town.person(), town.person());
    let rows = [hired("a", &budi, "2026-03-01")];
    let first = company.submits(&town, "2026-03", &rows).await;

    let again = company.submits(&town, "2026-03", &rows).await;
    let others = [hired("a", &siti, "2026-03-01")];
    let other = company.submits(&town, "2026-03", &others).await;

    let (taken, same) = (company.results(&first).await, company.results(&again).await);
    assert_eq!(same[0].state(), row_result::State::Unchanged);
    assert_eq!(same[0].receipt, taken[0].receipt);
    let other = company.results(&other).await;
    assert_eq!(
        reasons(&other[0]),
        [("row_ref".to_owned(), ErrorReason::RowRefTaken)]
    );
    let receipt = taken[0].receipt.clone().expect("a receipt");
    assert_eq!(other[0].errors[0].metadata["receiptNumber"], receipt.number);
    assert_eq!(company.employees().await.len(), 1);
}

#[tokio::test]
async fn two_employers_hire_one_person_by_rows_at_the_same_time() {
    let town = Town::found("2026-03-10").await;
    let (one, other) = (
        town.company("JK000705").await,
        town.company("JK000706").await,
    );
    let budi = town.person();
    let rows = [hired("a", &budi, "2026-03-01")];
    let first = one.brings(&town, "2026-03", Mode::Partial, &rows).await;
    let second = other.brings(&town, "2026-03", Mode::Partial, &rows).await;
    commit_as(&one.client, &first)
        .await
        .expect("it is committed");
    commit_as(&other.client, &second)
        .await
        .expect("it is committed");

    let hands = town.workers();
    let (left, right) = tokio::join!(hands.work(), hands.work());
    left.expect("work");
    right.expect("work");
    town.lets_the_workers_run().await;

    let (left, right) = (one.results(&first).await, other.results(&second).await);
    assert_eq!(left[0].state(), row_result::State::Accepted);
    assert_eq!(right[0].state(), row_result::State::Accepted);
    assert_eq!(left[0].participant_id, right[0].participant_id);
    assert_eq!(left[0].kpj, right[0].kpj);
    assert_ne!(left[0].membership_id, right[0].membership_id);
}

#[tokio::test]
async fn all_or_none_leaves_nothing_where_one_row_is_bad() {
    let town = Town::found("2026-03-10").await;
    let company = town.company("JK000707").await;
    let (budi, siti) = (town.person(), town.person());
    let rows = [hired("a", &budi, "2026-03-01"), paid("b", &siti, WAGE)];

    let brought = company.brings(&town, "2026-03", Mode::Atomic, &rows).await;
    let refused = commit_as(&company.client, &brought).await.expect_refusal();
    let good = [
        hired("a", &budi, "2026-03-01"),
        hired("b", &siti, "2026-03-01"),
    ];
    let late = company.brings(&town, "2026-03", Mode::Atomic, &good).await;
    // Between validation and commit another way makes one of the rows bad.
    company.hires(&siti, "2026-03-01").await;
    let late = company.commits(&town, id(&late.id)).await;

    assert_eq!(refused.reason, ErrorReason::RowsRejected);
    assert_eq!(refused.metadata["rejected"], "1");
    assert_eq!(late.state(), State::Rejected);
    let results = company.results(&late).await;
    assert_eq!(results[0].state(), row_result::State::Pending);
    assert_eq!(
        reasons(&results[1]),
        [("hired.nik".to_owned(), ErrorReason::EmployeeKnown)]
    );
    assert_eq!(company.employees().await.len(), 1);
}

#[tokio::test]
async fn all_or_none_takes_all_where_all_are_good() {
    let town = Town::found("2026-03-10").await;
    let company = town.company("JK000708").await;
    let rows = [
        hired("a", &town.person(), "2026-03-01"),
        hired("b", &town.person(), "2026-03-01"),
    ];

    let brought = company.brings(&town, "2026-03", Mode::Atomic, &rows).await;
    let done = company.commits(&town, id(&brought.id)).await;

    assert_eq!(done.state(), State::Committed);
    assert_eq!(company.employees().await.len(), 2);
}

#[tokio::test]
async fn what_is_only_validated_leaves_nothing() {
    let town = Town::found("2026-03-10").await;
    let company = town.company("JK000709").await;
    let rows = [hired("a", &town.person(), "2026-03-01")];

    let brought = company
        .brings(&town, "2026-03", Mode::ValidateOnly, &rows)
        .await;
    let refused = commit_as(&company.client, &brought).await.expect_refusal();
    let real = company.submits(&town, "2026-03", &rows).await;

    assert_eq!(brought.state(), State::Validated);
    assert_eq!(brought.changes, real.changes);
    assert_eq!(refused.reason, ErrorReason::WrongState);
    assert_eq!(company.employees().await.len(), 1);
}

fn wage_of(row: &mut jamsostek_client::v1::SubmissionRow, wage_idr: i64) {
    use jamsostek_client::v1::submission_row::Action;
    if let Some(Action::Hired(it)) = &mut row.action
        && let Some(hire) = &mut it.hire
    {
        hire.wage_idr = wage_idr;
    }
}

#[tokio::test]
async fn many_rows_take_no_more_statements_than_few() {
    let town = Town::found("2026-03-10").await;
    let (few, many) = (
        town.company("JK000711").await,
        town.company("JK000712").await,
    );
    let mut taken = Vec::new();
    for (company, count) in [(&few, 10), (&many, 300)] {
        let people: Vec<_> = (0..count).map(|_| town.person()).collect();
        let row = |at: usize| format!("r{at}");
        let begin = (0..).zip(&people);
        let begin: Vec<_> = begin
            .map(|(at, it)| hired(&row(at), it, "2026-03-01"))
            .collect();
        // Their wages and last days, of those who are there by now.
        let go_on = (0..).zip(&people).map(|(at, it)| {
            if at % 2 == 0 {
                paid(&format!("w{at}"), it, 6_000_000)
            } else {
                left(&format!("l{at}"), it, "2026-03-31")
            }
        });
        for rows in [begin, go_on.collect()] {
            let brought = company.brings(&town, "2026-03", Mode::Partial, &rows).await;
            commit_as(&company.client, &brought)
                .await
                .expect("it is committed");
            let (statements, worked) = town.statements_of(town.workers().work()).await;
            worked.expect("work");
            taken.push(statements);
            town.lets_the_workers_run().await;
            let done = company.submission(id(&brought.id)).await;
            let taken = done.changes.expect("changes").accepted;
            assert_eq!(usize::try_from(taken), Ok(rows.len()));
        }
    }

    let [few_hires, few_others, many_hires, many_others] = taken[..] else {
        panic!("two employers, twice each");
    };
    // What one statement brings is bounded on SQLite: some take two or three.
    assert!(many_hires <= few_hires + 10, "{many_hires} and {few_hires}");
    assert!(
        many_others <= few_others + 10,
        "{many_others} and {few_others}"
    );
}
