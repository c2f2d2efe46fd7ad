//! What holds of every price: lines add up, funds get all of it, and more wage never costs less.

use proptest::prelude::*;

use super::tests::{WITH_JKP, kept, month, paid_by};
use super::*;
use Payer::Employer;
use Programme::{Jht, Jkk, Jkm, Jp};

fn any_terms() -> impl Strategy<Value = Terms> {
    let risk_class = prop::sample::select(RiskClass::ALL.to_vec());
    let held = prop::sample::subsequence(vec![Jht, Jp], 0..=2);
    (risk_class, held, any::<bool>()).prop_map(|(risk_class, held, is_labour_intensive)| Terms {
        risk_class,
        programmes: held.into_iter().chain([Jkk, Jkm]).collect(),
        is_labour_intensive,
    })
}

proptest! {
    #[test]
    fn lines_add_up_and_funds_get_all_of_it(
        terms in any_terms(), later in 0_u32..130, wage in 1_i64..10_000_000_000, is_jkp_eligible: bool, holds_jp: bool,
    ) {
        let policy = Policy::load();
        let tariff = Tariff::of(&policy, &terms, month("2016-01").plus(later)).expect("a tariff");
        let shares = tariff.assess(Money::new(wage), Worker { is_jkp_eligible, holds_jp });

        let lines = shares.lines(&tariff);
        let kept = kept(&shares);
        let held: Vec<_> = lines.iter().map(|it| (it.programme, it.payer, it.amount)).collect();
        prop_assert!(held.iter().all(|it| kept.lines().contains(it)));
        prop_assert_eq!(kept.total(), lines.iter().map(|it| it.amount).sum());
        prop_assert_eq!(kept.total(), Payer::ALL.map(|it| paid_by(&shares, it)).into_iter().sum());
        prop_assert_eq!(kept.total(), Programme::ALL.map(|it| kept.fund(it)).into_iter().sum());
        prop_assert!(lines.iter().all(|it| it.amount >= Money::ZERO && it.discount >= Money::ZERO));
        if let Some(jkp) = shares.jkp() {
            prop_assert!(jkp.from_jkk <= shares.amount(Jkk, Employer));
            prop_assert!(jkp.from_jkm <= shares.amount(Jkm, Employer));
        }
    }

    #[test]
    fn a_higher_wage_never_owes_less(
        terms in any_terms(), later in 0_u32..130, wage in 1_i64..50_000_000, more in 0_i64..1_000_000,
    ) {
        let policy = Policy::load();
        let tariff = Tariff::of(&policy, &terms, month("2016-01").plus(later)).expect("a tariff");
        let lower = tariff.assess(Money::new(wage), WITH_JKP);
        let higher = tariff.assess(Money::new(wage + more), WITH_JKP);

        let (lower, higher) = (kept(&lower), kept(&higher));
        for (low, high) in lower.lines().iter().zip(higher.lines()) {
            prop_assert!(low.2 <= high.2);
        }
        for programme in Programme::ALL {
            prop_assert!(programme == Jkk || programme == Jkm || lower.fund(programme) <= higher.fund(programme));
        }
    }
}
