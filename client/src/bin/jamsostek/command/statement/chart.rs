//! The balance at the end of each month, as bars.

use std::collections::BTreeMap;

use jamsostek_client::StatementLine;

use crate::{table::WIDTH, words::rupiah};

/// How many months are shown at most: the last ones.
const MONTHS_MAX: usize = 36;

/// The bars from the first movement to the month of `today`.
pub(super) fn chart(lines: &[StatementLine], today: &str) -> String {
    let balances = balances(lines, today);
    let Some(most) = balances.iter().map(|it| it.1).max() else {
        return "Nothing has moved the savings yet.".into();
    };
    let amounts = balances.iter().map(|it| rupiah(it.1).chars().count());
    let amount_width = amounts.max().unwrap_or(0);
    // "YYYY-MM", and two spaces before and after the bar.
    let room = WIDTH.saturating_sub(7 + 2 + 2 + amount_width);
    let mut shown = String::new();
    for (month, balance) in &balances {
        let bar = bar(*balance, most, room);
        let amount = rupiah(*balance);
        shown.push_str(&format!("{month}  {bar:<room$}  {amount:>amount_width$}\n"));
    }
    shown
}

/// A bar as long as its part of the whole, to an eighth of a letter.
fn bar(balance: i64, most: i64, room: usize) -> String {
    const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    let room = i128::try_from(room).expect("the width of a terminal");
    let eighths = i128::from(balance.max(0)) * room * 8 / i128::from(most.max(1));
    let eighths = usize::try_from(eighths).expect("not longer than the room");
    format!("{}{}", "█".repeat(eighths / 8), EIGHTHS[eighths % 8])
}

/// The balance at the end of each month, also of those in which nothing moved.
fn balances(lines: &[StatementLine], today: &str) -> Vec<(String, i64)> {
    let month = |day: &str| day.chars().take("YYYY-MM".len()).collect::<String>();
    let mut moved = BTreeMap::<String, i64>::new();
    for line in lines {
        *moved.entry(month(&line.day)).or_default() += line.amount_idr;
    }
    let Some(first) = moved.keys().next().cloned() else {
        return Vec::new();
    };
    let last = moved.keys().last().cloned().unwrap_or_default();
    let last = last.max(month(today));
    let (mut at, mut balance, mut balances) = (first, 0, Vec::new());
    while at <= last {
        balance += moved.get(&at).copied().unwrap_or(0);
        let Some(next) = month_after(&at) else { break };
        balances.push((std::mem::replace(&mut at, next), balance));
    }
    balances.split_off(balances.len().saturating_sub(MONTHS_MAX))
}

fn month_after(month: &str) -> Option<String> {
    let (year, month) = month.split_once('-')?;
    let (year, month): (i32, i32) = (year.parse().ok()?, month.parse().ok()?);
    Some(match month {
        12 => format!("{:04}-01", year + 1),
        _ => format!("{year:04}-{:02}", month + 1),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(day: &str, amount_idr: i64) -> StatementLine {
        StatementLine {
            day: day.into(),
            amount_idr,
            ..StatementLine::default()
        }
    }

    #[test]
    fn a_month_in_which_nothing_moved_keeps_its_balance() {
        // Newest first, as the service tells them.
        let lines = [
            line("2026-02-20", -30),
            line("2026-02-03", 100),
            line("2025-12-31", 50),
        ];

        let told = balances(&lines, "2026-03-10");

        let told: Vec<_> = told.iter().map(|it| (it.0.as_str(), it.1)).collect();
        let expected = [
            ("2025-12", 50),
            ("2026-01", 50),
            ("2026-02", 120),
            ("2026-03", 120),
        ];
        assert_eq!(told, expected);
    }

    #[test]
    fn bars_fit_and_the_most_fills_them() {
        let lines = [line("2026-01-05", 52_000), line("2026-02-05", 52_000)];

        let shown = chart(&lines, "2026-02-28");

        assert!(
            shown.lines().all(|it| it.chars().count() <= WIDTH),
            "{shown}"
        );
        let bars: Vec<_> = shown.lines().map(|it| it.matches('█').count()).collect();
        assert_eq!(bars[1], WIDTH - 7 - 2 - 2 - "Rp 104.000".len());
        assert!(bars[0].abs_diff(bars[1] / 2) <= 1, "{bars:?}");
    }
}
