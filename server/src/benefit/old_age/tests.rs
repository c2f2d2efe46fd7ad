//! Vectors 45 and 46 of the field's rules, and each rule on both sides of its boundary.

use proptest::prelude::*;

use super::*;

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

fn account(balance: i64, ended_on: Option<&str>) -> Account {
    Account {
        membership: None,
        balance: Money::new(balance),
        credit: Money::ZERO,
        ended_on: ended_on.map(day),
        segment: Segment::Bpu,
    }
}

fn facts(cause: Cause, today: &str, account: Account) -> Facts {
    Facts {
        cause,
        today: day(today),
        birth_date: Some(day("1960-05-10")),
        accounts: vec![Account {
            segment: match cause {
                Cause::BusinessEnd | Cause::Retirement => Segment::Bpu,
                Cause::Resignation | Cause::Dismissal | Cause::ContractEnd => Segment::Pu,
            },
            ..account
        }],
        identity_is_proven: true,
        has_open_claim: false,
    }
}

fn judged(facts: &Facts) -> Assessment {
    assess(&Policy::load(), facts).expect("a law")
}

/// Vector 45, and the day before and after the limit rose.
#[test]
fn above_the_limit_of_the_day_an_interview_is_required() {
    let table = [
        ("2026-01-05", 15_000_000, false),
        ("2026-01-05", 15_000_001, true),
        ("2025-04-30", 10_000_000, false),
        ("2025-04-30", 10_000_001, true),
        ("2025-05-01", 10_000_001, false),
        ("2025-05-01", 15_000_000, false),
        ("2025-05-01", 15_000_001, true),
    ];
    for (today, balance, interview) in table {
        let found = judged(&facts(Cause::Retirement, today, account(balance, None)));
        assert_eq!(found.requires_interview, interview, "{today} {balance}");
        assert_eq!(found.amount(), Money::new(balance));
    }
}

/// Vector 46, the days before, and a month that is shorter.
#[test]
fn a_month_after_the_last_day_the_savings_can_be_claimed() {
    let table = [
        ("2026-05-10", "2026-06-09", false),
        ("2026-05-10", "2026-06-10", true),
        ("2026-01-31", "2026-02-27", false),
        ("2026-01-31", "2026-02-28", true),
        ("2024-01-31", "2024-02-28", false),
        ("2024-01-31", "2024-02-29", true),
    ];
    let causes = [
        Cause::Resignation,
        Cause::Dismissal,
        Cause::ContractEnd,
        Cause::BusinessEnd,
    ];
    for cause in causes {
        for (ended_on, today, eligible) in table {
            let found = judged(&facts(cause, today, account(1_000, Some(ended_on))));
            assert_eq!(
                found.is_eligible(),
                eligible,
                "{cause:?} {ended_on} {today}"
            );
            let paid = if eligible { 1_000 } else { 0 };
            assert_eq!(found.amount(), Money::new(paid), "{ended_on} {today}");
        }
    }
}

/// The waiting period begins with Permenaker 4/2022; what the law was before is not guessed.
#[test]
fn work_that_ended_before_the_law_is_refused() {
    let early = facts(
        Cause::Resignation,
        "2026-06-10",
        account(1_000, Some("2022-05-01")),
    );
    assert!(assess(&Policy::load(), &early).is_err());
    let first = facts(
        Cause::Resignation,
        "2026-06-10",
        account(1_000, Some("2022-05-02")),
    );
    assert!(judged(&first).is_eligible());
}

#[test]
fn the_pension_age_comes_with_the_birthday_and_on_1_march_where_there_is_no_29_february() {
    let table = [
        ("1970-05-10", "2026-05-09", false, "2026-05-10"),
        ("1970-05-10", "2026-05-10", true, ""),
        ("1972-02-29", "2028-02-28", false, "2028-02-29"),
        ("1968-02-29", "2024-02-29", true, ""),
    ];
    for (born, today, eligible, earliest) in table {
        let facts = Facts {
            birth_date: Some(day(born)),
            ..facts(Cause::Retirement, today, account(1_000, None))
        };
        let found = judged(&facts);
        assert_eq!(found.is_eligible(), eligible, "{born} {today}");
        let told = found
            .earliest_on()
            .map_or_else(String::new, |it| it.to_string());
        assert_eq!(told, earliest, "{born} {today}");
    }
    assert_eq!(birthday(day("1972-02-29"), 55), day("2027-03-01"));
}

#[test]
fn whoever_must_act_is_named_and_no_date_is_told_before_he_has() {
    let running = facts(Cause::BusinessEnd, "2026-06-10", account(1_000, None));
    let found = judged(&running);
    let actors: Vec<_> = found
        .findings
        .iter()
        .filter(|it| !it.passed)
        .map(|it| (it.rule, it.who_must_act))
        .collect();
    let expected = [
        (Rule::WorkEnded, WhoMustAct::Participant),
        (Rule::WaitingPeriod, WhoMustAct::Participant),
    ];
    assert_eq!(actors, expected);
    assert_eq!(found.earliest_on(), None);

    let doubted = Facts {
        identity_is_proven: false,
        has_open_claim: true,
        ..facts(Cause::Resignation, "2026-06-10", account(0, None))
    };
    let found = judged(&doubted);
    let actors: Vec<_> = found.findings.iter().map(|it| it.who_must_act).collect();
    let expected = [
        WhoMustAct::Participant,
        WhoMustAct::Employer,
        WhoMustAct::Participant,
        WhoMustAct::Officer,
        WhoMustAct::Participant,
    ];
    assert_eq!(actors, expected);
}

/// C19: accounts of work that goes on stay; at the pension age all are paid, but credit goes on with work that goes on.
#[test]
fn only_the_accounts_of_ended_work_are_opened_before_the_pension_age() {
    let mut facts = facts(
        Cause::BusinessEnd,
        "2026-06-10",
        account(700, Some("2026-05-10")),
    );
    facts.accounts[0].credit = Money::new(30);
    facts.accounts.push(Account {
        credit: Money::new(5),
        ..account(2_000, None)
    });
    let paid: Vec<_> = judged(&facts)
        .lines
        .iter()
        .map(|it| it.amount.idr())
        .collect();
    assert_eq!(paid, [700, 30]);
    facts.cause = Cause::Retirement;
    let paid: Vec<_> = judged(&facts)
        .lines
        .iter()
        .map(|it| it.amount.idr())
        .collect();
    assert_eq!(paid, [700, 30, 2_000]);
}

#[test]
fn papers_are_asked_for_as_the_case_needs_them() {
    let retired = judged(&facts(
        Cause::Retirement,
        "2026-06-10",
        account(50_000_000, None),
    ));
    assert!(!retired.documents.contains(&Document::TaxNumber));
    assert!(!retired.documents.contains(&Document::EndOfWork));
    let rich = judged(&facts(
        Cause::Retirement,
        "2026-06-10",
        account(50_000_001, None),
    ));
    assert!(rich.documents.contains(&Document::TaxNumber));
    let ended = account(1_000, Some("2026-05-01"));
    let ended = judged(&facts(Cause::BusinessEnd, "2026-06-10", ended));
    assert!(ended.documents.contains(&Document::EndOfWork));
}

proptest! {
    /// Whatever the accounts hold, never more than is there is paid, and nothing of work that goes on before the pension age.
    #[test]
    fn never_more_than_is_there(
        accounts in prop::collection::vec((0_i64..100_000_000, 0_i64..1_000_000, any::<bool>()), 0..5),
        retired in any::<bool>(),
    ) {
        let accounts: Vec<_> = accounts.into_iter().map(|(balance, credit, ended)| Account {
            credit: Money::new(credit),
            ..account(balance, ended.then_some("2026-05-10"))
        }).collect();
        let there: i64 = accounts.iter().map(|it| it.balance.idr() + it.credit.idr()).sum();
        let ended: i64 = accounts.iter().filter(|it| it.ended_on.is_some())
            .map(|it| it.balance.idr() + it.credit.idr()).sum();
        let cause = if retired { Cause::Retirement } else { Cause::BusinessEnd };
        let facts = Facts { accounts, ..facts(cause, "2026-06-10", account(0, None)) };
        let amount = judged(&facts).amount().idr();
        prop_assert!(amount <= there);
        let found = judged(&facts);
        prop_assert!(!found.is_eligible() || amount > 0, "an eligible claim of nothing");
        if !retired {
            prop_assert_eq!(amount, ended);
        }
    }
}

/// Credit alone is paid where the work has ended; while it goes on the next month needs it.
#[test]
fn credit_alone_is_a_claim_only_when_no_month_comes() {
    let credit = |ended_on| Account {
        credit: Money::new(1_000),
        ..account(0, ended_on)
    };
    let running = facts(Cause::Retirement, "2026-06-10", credit(None));
    assert!(!judged(&running).is_eligible());
    let over = facts(Cause::BusinessEnd, "2026-06-10", credit(Some("2026-05-10")));
    assert_eq!(judged(&over).amount(), Money::new(1_000));
    // A contract abroad has a last day long before it comes.
    for (last, paid) in [("2026-06-09", 1_000), ("2026-06-10", 0), ("2027-06-10", 0)] {
        let retired = facts(Cause::Retirement, "2026-06-10", credit(Some(last)));
        assert_eq!(judged(&retired).amount(), Money::new(paid), "{last}");
    }
}

/// One's own business ends by one's own word; an employee's work ends by the employer's.
#[test]
fn each_cause_opens_its_own_work_alone() {
    let mut business = facts(
        Cause::BusinessEnd,
        "2026-06-10",
        account(1_000, Some("2026-05-10")),
    );
    assert!(judged(&business).is_eligible());
    business.cause = Cause::Resignation;
    let found = judged(&business);
    assert!(!found.is_eligible());
    assert_eq!(found.findings[1].who_must_act, WhoMustAct::Employer);
    business.accounts[0].segment = Segment::Pu;
    assert!(judged(&business).is_eligible());
}

/// Work abroad ends by its contract: whoever names another cause, or has not left yet, is told so.
#[test]
fn savings_abroad_are_claimed_for_the_end_of_the_contract() {
    let abroad = |cause, ended_on| {
        let mut facts = facts(cause, "2026-06-10", account(1_000, ended_on));
        facts.accounts[0].segment = Segment::Pmi;
        judged(&facts)
    };
    let over = Some("2026-05-10");

    let found = abroad(Cause::ContractEnd, over);
    assert!(found.is_eligible());
    assert_eq!(found.amount().idr(), 1_000);
    let early = abroad(Cause::ContractEnd, Some("2026-05-11"));
    assert_eq!(early.earliest_on(), Some(day("2026-06-11")));
    for cause in [Cause::Resignation, Cause::BusinessEnd] {
        let found = abroad(cause, over);
        assert!(!found.is_eligible());
        assert!(found.findings[1].what_to_do.contains("CONTRACT_END"));
    }
    let at_home = abroad(Cause::ContractEnd, None);
    assert!(at_home.findings[1].what_to_do.contains("ReportDeparture"));
    assert_eq!(at_home.findings[1].who_must_act, WhoMustAct::Participant);
}

/// What was paid out already does not let what ended yesterday be paid today.
#[test]
fn an_empty_account_opens_nothing_for_another() {
    let mut facts = facts(
        Cause::BusinessEnd,
        "2026-06-10",
        account(0, Some("2026-01-10")),
    );
    facts.accounts.push(account(1_000, Some("2026-06-09")));
    let found = judged(&facts);
    assert!(!found.is_eligible());
    assert_eq!(found.earliest_on(), Some(day("2026-07-09")));
}
