//! Where money goes: whole months, oldest first; the rest is credit.

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::{
    Bill, BillLine, Notice, Settled,
    placement::{self, Purchase},
    store,
};
use crate::{
    db,
    ledger::{self, Account, Journal, Transfer},
    money::{Money, Month},
    participant::{self, Membership},
    scheme::Programme,
    seal::Seal,
};

/// Money that has come and is to be spent on months.
pub(super) struct Coming {
    /// The kind of its journal.
    pub(super) kind: &'static str,
    /// The payment, or the bill that credit pays.
    pub(super) cause: Uuid,
    /// The value date.
    pub(super) day: NaiveDate,
    /// How much, besides the credit.
    pub(super) amount: Money,
    /// Where it is now.
    pub(super) from: Account,
}

impl Coming {
    /// The payment `notice`, which is in `from` now.
    pub(super) fn payment(notice: &Notice, from: Account) -> Self {
        Self {
            kind: ledger::FROM_PAYMENT,
            cause: notice.payment(),
            day: notice.day(),
            amount: notice.amount,
            from,
        }
    }

    /// The payment `notice`, which became credit and is spent now as on its own day.
    pub(super) fn credited(notice: &Notice) -> Self {
        Self {
            amount: Money::ZERO,
            ..Self::payment(notice, Account::Clearing)
        }
    }

    /// Nothing but the credit, for a bill that it covers.
    pub(super) fn credit_for(bill: &Bill, day: NaiveDate) -> Self {
        Self {
            kind: ledger::FROM_CREDIT,
            cause: bill.id,
            day,
            amount: Money::ZERO,
            from: Account::Clearing,
        }
    }
}

/// What money buys.
#[derive(Clone, Debug)]
pub(super) enum Bought {
    /// Months; the lines of others are asked for as well, and not paid.
    Months(Vec<BillLine>),
    /// Stages of a migrant worker's bill.
    Stages(Purchase),
}

/// One thing that is paid for, and where its price goes.
pub(super) struct Part {
    pub(super) to: Account,
    pub(super) amount: Money,
    pub(super) month: Option<Month>,
}

/// Which months the money and the credit pay for. A month is paid whole or not at all, oldest first (decision C10).
pub(super) fn plan(
    coming: &Coming,
    lines: &[BillLine],
    paid_through: Option<Month>,
    credit: Money,
) -> Settled {
    let mut left = coming.amount.idr() + credit.idr();
    let mut settled = Settled::default();
    let mut months: Vec<Month> = lines.iter().map(|it| it.month).collect();
    months.sort_unstable();
    months.dedup();
    for month in months.into_iter().filter(|it| Some(*it) > paid_through) {
        let price: Money = lines
            .iter()
            .filter(|it| it.month == month)
            .map(|it| it.amount)
            .sum();
        if price.idr() > left {
            break;
        }
        left -= price.idr();
        settled.applied = Money::new(settled.applied.idr() + price.idr());
        settled.months.push(month);
    }
    settled.credited_idr = coming.amount.idr() - settled.applied.idr();
    settled
}

/// Books what was planned: contributions, the journal, the spell.
pub(super) async fn book(
    connection: &impl ConnectionTrait,
    seal: &Seal,
    now: DateTime<Utc>,
    coming: &Coming,
    membership: &Membership,
    bought: &Bought,
    settled: &Settled,
) -> Result<(), db::Error> {
    let lines = match bought {
        Bought::Months(lines) => lines,
        Bought::Stages(purchase) => {
            return placement::book(connection, seal, now, coming, membership, purchase).await;
        }
    };
    let paid: Vec<&BillLine> = lines
        .iter()
        .filter(|it| settled.months.contains(&it.month))
        .collect();
    if let Some(&last) = settled.months.last() {
        store::insert_contributions(connection, seal, coming, membership, &paid).await?;
        if let Some(covered_from) = covered_from(coming, membership, settled) {
            participant::move_spell(connection, membership.id, covered_from, last).await?;
        }
    }
    let journal = Journal {
        kind: coming.kind,
        cause: coming.cause,
        day: coming.day,
        transfers: transfers(
            coming,
            membership.id,
            paid.iter().map(|it| part_of(membership.id, it)),
        ),
    };
    ledger::post(connection, seal, now, &journal).await
}

/// Since when the membership is covered once the months are paid: a spell that goes on keeps its first day.
pub(super) fn covered_from(
    coming: &Coming,
    membership: &Membership,
    settled: &Settled,
) -> Option<NaiveDate> {
    let first = *settled.months.first()?;
    let goes_on = membership.paid_through.is_some_and(|it| it.next() == first);
    membership
        .covered_from
        .filter(|_| goes_on)
        .or(Some(coming.day.max(first.first_day())))
}

/// Where the price of a month's line goes.
fn part_of(membership: Uuid, line: &BillLine) -> Part {
    let to = match line.programme {
        Programme::Jht => Account::Jht(membership),
        fund @ (Programme::Jkk | Programme::Jkm | Programme::Jp | Programme::Jkp) => {
            Account::Fund(fund)
        }
    };
    Part {
        to,
        amount: line.amount,
        month: Some(line.month),
    }
}

/// Money that came pays first, credit pays what is missing, what is left is credit.
pub(super) fn transfers(
    coming: &Coming,
    membership: Uuid,
    paid: impl Iterator<Item = Part>,
) -> Vec<Transfer> {
    let credit = Account::Credit(membership);
    let mut left = coming.amount.idr();
    let mut transfers = Vec::new();
    let mut transfer = |from, to, amount: i64, month| {
        if amount > 0 {
            let amount = Money::new(amount);
            transfers.push(Transfer {
                from,
                to,
                amount,
                month,
            });
        }
    };
    for Part { to, amount, month } in paid {
        let price = amount.idr();
        let from_money = price.min(left);
        left -= from_money;
        transfer(coming.from, to, from_money, month);
        transfer(credit, to, price - from_money, month);
    }
    transfer(coming.from, credit, left, None);
    transfers
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn line(month: u32, programme: Programme, amount: i64) -> BillLine {
        let first: Month = "2026-01".parse().expect("a month");
        BillLine {
            month: first.plus(month),
            programme,
            amount: Money::new(amount),
            discount: Money::ZERO,
            formula: String::new(),
            references: Vec::new(),
        }
    }

    proptest! {
        /// Whatever comes, not a rupiah is lost, no month is paid in part, and no later month before an earlier one.
        #[test]
        fn every_rupiah_goes_somewhere(
            prices in prop::collection::vec((1_i64..500_000, 1_i64..500_000), 1..12),
            amount in 0_i64..20_000_000,
            credit in 0_i64..1_000_000,
        ) {
            let lines: Vec<_> = (0..)
                .zip(&prices)
                .flat_map(|(month, &(jkk, jht))| {
                    [line(month, Programme::Jkk, jkk), line(month, Programme::Jht, jht)]
                })
                .collect();
            let membership = Uuid::nil();
            let coming = Coming {
                kind: "contribution",
                cause: Uuid::nil(),
                day: "2026-01-10".parse().expect("a day"),
                amount: Money::new(amount),
                from: Account::Clearing,
            };
            let settled = plan(&coming, &lines, None, Money::new(credit));
            let paid = lines.iter().filter(|it| settled.months.contains(&it.month));
            let transfers = transfers(&coming, membership, paid.map(|it| part_of(membership, it)));
            let sum = |from: Option<Account>, to: Option<Account>| -> i64 {
                transfers
                    .iter()
                    .filter(|it| from.is_none_or(|from| it.from == from) && to.is_none_or(|to| it.to == to))
                    .map(|it| it.amount.idr())
                    .sum()
            };
            let spent = Account::Credit(membership);
            prop_assert_eq!(sum(Some(Account::Clearing), None), amount);
            prop_assert_eq!(sum(None, Some(spent)) - sum(Some(spent), None), settled.credited_idr);
            prop_assert_eq!(amount, settled.applied.idr() + settled.credited_idr);
            prop_assert!(credit + settled.credited_idr >= 0);
            let first: Month = "2026-01".parse().expect("a month");
            for (at, month) in (0..).zip(&settled.months) {
                prop_assert_eq!(*month, first.plus(at));
            }
            if let Some(&(jkk, jht)) = prices.get(settled.months.len()) {
                prop_assert!(credit + settled.credited_idr < jkk + jht);
            }
        }
    }
}
