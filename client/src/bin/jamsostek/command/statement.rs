//! What moved the savings: as a table, as CSV, as a chart.

mod chart;

use clap::Args;
use futures_util::TryStreamExt;
use jamsostek_client::StatementLine;
use serde_json::{Value, json};

use crate::{
    answer::Answer,
    args::About,
    desk::Desk,
    failure::Failure,
    show::{or_null, segment},
    table::Table,
    words::{plain, rupiah, short},
};

#[derive(Args)]
pub(crate) struct Statement {
    #[command(flatten)]
    about: About,
    /// As CSV, with whole rupiah
    #[arg(long, conflicts_with = "json")]
    csv: bool,
    /// As a bar chart of the balance at the end of each month
    #[arg(long, conflicts_with_all = ["csv", "json"])]
    chart: bool,
}

impl Statement {
    pub(crate) async fn run(self, desk: &Desk) -> Result<Answer, Failure> {
        let caller = desk.caller().await?;
        let lines = caller.statement_lines(self.about.participant);
        let lines: Vec<_> = lines.try_collect().await?;
        let text = if self.csv {
            csv(&lines)
        } else if self.chart {
            let info = caller.get_server_info().await?;
            chart::chart(&lines, &info.today)
        } else {
            table(&lines)
        };
        let lines: Value = lines.iter().map(line_json).collect();
        Ok(Answer::new(text, json!({ "lines": lines })))
    }
}

fn kind(line: &StatementLine) -> &'static str {
    short(line.kind().as_str_name(), "KIND_")
}

fn line_json(line: &StatementLine) -> Value {
    json!({
        "day": line.day,
        "kind": kind(line),
        "contribution_month": or_null(&line.contribution_month),
        "amount_idr": line.amount_idr,
        "balance_after_idr": line.balance_after_idr,
        "segment": segment(line.segment()),
        "membership_id": line.membership_id,
        "payment_id": or_null(&line.payment_id),
    })
}

fn table(lines: &[StatementLine]) -> String {
    if lines.is_empty() {
        return "Nothing has moved the savings yet.".into();
    }
    let mut table = Table::new(["day", "what", "month", "amount", "balance"]).amounts(&[3, 4]);
    for line in lines {
        table.row([
            line.day.clone(),
            plain(kind(line)),
            line.contribution_month.clone(),
            rupiah(line.amount_idr),
            rupiah(line.balance_after_idr),
        ]);
    }
    table.shown()
}

/// Days, names, ids and numbers: nothing in it needs quotes.
fn csv(lines: &[StatementLine]) -> String {
    let mut shown = String::from(
        "day,kind,contribution_month,amount_idr,balance_after_idr,segment,membership_id,payment_id\n",
    );
    for line in lines {
        let StatementLine {
            day,
            contribution_month,
            amount_idr,
            balance_after_idr,
            membership_id,
            payment_id,
            ..
        } = line;
        let (kind, segment) = (kind(line), segment(line.segment()));
        shown.push_str(&format!(
            "{day},{kind},{contribution_month},{amount_idr},{balance_after_idr},{segment},{membership_id},{payment_id}\n"
        ));
    }
    shown
}
