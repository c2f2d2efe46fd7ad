use proptest::prelude::*;

use super::*;

fn line(stage: Stage, amount: i64) -> StageLine {
    StageLine {
        stage,
        programme: None,
        amount: Money::new(amount),
        formula: String::new(),
        references: Vec::new(),
    }
}

fn bill() -> Bill {
    let day: NaiveDate = "2026-03-10".parse().expect("a day");
    Bill {
        id: Uuid::nil(),
        membership: Uuid::nil(),
        payment_code: String::new(),
        first_month: Month::of(day),
        months: 24,
        total: Money::ZERO,
        due_on: day,
        valid_through: day,
        policy_version: String::new(),
        lines: Vec::new(),
        stages: Vec::new(),
    }
}

proptest! {
    /// A stage is bought whole or not at all, none before the one before it, and never for more than there is.
    #[test]
    fn money_buys_whole_stages_in_their_order(
        before in 1_i64..100,
        contract in 1_i64..1_000,
        savings in 1_i64..1_000,
        paid_before in any::<bool>(),
        money in 0_i64..3_000,
    ) {
        let lines = [
            line(Stage::Contract, contract),
            line(Stage::BeforeWork, before),
            line(Stage::Contract, savings),
        ];
        let paid = if paid_before { &[Stage::BeforeWork][..] } else { &[] };
        let purchase = Purchase::of(&bill(), &lines, paid, Money::new(money));
        let spent: i64 = purchase.lines.iter().map(|it| it.amount.idr()).sum();

        let first = if paid_before { 0 } else { before };
        let whole = first + contract + savings;
        let expected = if money >= whole {
            whole
        } else if money >= first {
            first
        } else {
            0
        };
        prop_assert_eq!(spent, expected);
        prop_assert_eq!(purchase.holds(Stage::BeforeWork), !paid_before && money >= before);
    }
}
