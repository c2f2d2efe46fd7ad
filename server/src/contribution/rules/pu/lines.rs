//! What is owed for an employee, with its reasons; worked out only for whoever asks.

use super::tariff::{Charge, Owed, PLACES, Shares, Tariff, capped};

use crate::money::{Money, Rate};
use crate::policy::{Dated, Reference};
use crate::scheme::{Payer, Programme};

/// A line with its reasons.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    /// The programme.
    pub(crate) programme: Programme,
    /// Whose money it is.
    pub(crate) payer: Payer,
    /// What is owed, after the discount.
    pub(crate) amount: Money,
    /// What the discount takes off.
    pub(crate) discount: Money,
    /// How the amount came about.
    pub(crate) formula: String,
    /// The texts of law behind each number.
    pub(crate) references: Vec<Reference>,
}

/// Out of what a part of JKP comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum JkpSource {
    /// Out of the JKK that the employer pays.
    Jkk,
    /// Out of the JKM that the employer pays, before PP 6/2025.
    Jkm,
    /// Out of the State's budget; not billed.
    State,
}

/// A part of JKP with its reasons.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct JkpPart {
    /// Out of what it comes.
    pub(crate) source: JkpSource,
    /// How much it is.
    pub(crate) amount: Money,
    /// How the amount came about.
    pub(crate) formula: String,
    /// The texts of law behind each number.
    pub(crate) references: Vec<Reference>,
}

impl Shares {
    /// Each line with its reasons, by the tariff that it was assessed with.
    pub(crate) fn lines(&self, tariff: &Tariff<'_>) -> Vec<Line> {
        PLACES
            .into_iter()
            .zip(tariff.charges.iter().zip(self.owed))
            .filter_map(|(place, (charge, owed))| {
                Some(line(charge.as_ref()?, self.wage, place, owed?))
            })
            .collect()
    }

    /// Each part of JKP with its reasons, by the tariff that it was assessed with; none that the month's law does not know.
    pub(crate) fn jkp_parts(&self, tariff: &Tariff<'_>) -> Vec<JkpPart> {
        let (Some(jkp), Some(rates)) = (self.jkp, tariff.jkp) else {
            return Vec::new();
        };
        let parts = [
            (JkpSource::Jkk, rates.from_jkk, jkp.from_jkk),
            (JkpSource::Jkm, rates.from_jkm, jkp.from_jkm),
            (JkpSource::State, rates.from_state, jkp.from_state),
        ];
        let known = parts
            .into_iter()
            .filter(|(_, rate, _)| rate.value > Rate::ZERO);
        known
            .map(|(source, rate, amount)| {
                let whole = rate.value.of(capped(self.wage, Some(rates.cap)));
                let product = product(rate, self.wage, Some(rates.cap), whole);
                let formula = if amount < whole {
                    format!("{product}, at most the {amount} billed")
                } else {
                    product
                };
                JkpPart {
                    source,
                    amount,
                    formula,
                    references: references([Some(&rate.reference), Some(&rates.cap.reference)]),
                }
            })
            .collect()
    }
}

fn line(charge: &Charge<'_>, wage: Money, place: (Programme, Payer), owed: Owed) -> Line {
    let (programme, payer) = place;
    let full = charge.rate.value.of(capped(wage, charge.cap));
    let whole = product(charge.rate, wage, charge.cap, full);
    let formula = match charge.discount {
        Some(off) => format!("{} off ({whole}) = {}", off.value, owed.amount),
        None => whole,
    };
    Line {
        programme,
        payer,
        amount: owed.amount,
        discount: owed.discount,
        formula,
        references: references([
            Some(&charge.rate.reference),
            charge.cap.map(|it| &it.reference),
            charge.discount.map(|it| &it.reference),
        ]),
    }
}

/// A rate of a wage, which the cap may cut.
fn product(rate: &Dated<Rate>, wage: Money, cap: Option<&Dated<Money>>, amount: Money) -> String {
    match cap.filter(|it| it.value < wage) {
        Some(cap) => format!("{} × {} (cap) = {amount}", rate.value, cap.value),
        None => format!("{} × {wage} = {amount}", rate.value),
    }
}

/// The texts, each once.
fn references<const N: usize>(texts: [Option<&Reference>; N]) -> Vec<Reference> {
    let mut once = Vec::with_capacity(N);
    for text in texts.into_iter().flatten() {
        if !once.contains(text) {
            once.push(text.clone());
        }
    }
    once
}
