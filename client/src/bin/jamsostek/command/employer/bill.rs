//! What an employer owes for a month of a unit.

use clap::{Args, Subcommand};
use futures_util::TryStreamExt;
use jamsostek_client::Uuid;
use serde_json::{Value, json};

use super::unit;
use crate::{
    answer::Answer,
    desk::Desk,
    failure::Failure,
    show::{
        employer_bill_json, employer_bill_rows_json, employer_bill_rows_table, employer_bill_text,
        employer_bills_table,
    },
};

#[derive(Subcommand)]
pub(crate) enum Bill {
    /// Issues the bill of a month for all who work at a unit
    Issue(Issue),
    /// Shows what a bill asks for and whether it is paid
    Show(Show),
    /// Lists the bills of a unit, the newest month first
    List(List),
}

#[derive(Args)]
pub(crate) struct Issue {
    /// The month, as YYYY-MM
    #[arg(long)]
    month: String,
    /// The unit, where there are several
    #[arg(long, value_name = "NPP")]
    npp: Option<String>,
}

#[derive(Args)]
pub(crate) struct Show {
    /// The bill's UUID
    bill: Uuid,
    /// Shows what it asks for each employee as well
    #[arg(long)]
    rows: bool,
}

#[derive(Args)]
pub(crate) struct List {
    /// The unit, where there are several
    #[arg(long, value_name = "NPP")]
    npp: Option<String>,
}

impl Bill {
    pub(super) async fn run(self, desk: &Desk) -> Result<Answer, Failure> {
        match self {
            Self::Issue(it) => it.run(desk).await,
            Self::Show(it) => it.run(desk).await,
            Self::List(it) => it.run(desk).await,
        }
    }
}

impl Issue {
    async fn run(self, desk: &Desk) -> Result<Answer, Failure> {
        let npp = unit(desk, self.npp).await?;
        let caller = desk.caller().await?;
        let bill = caller
            .issue_employer_bill(Uuid::now_v7(), npp, self.month)
            .await?;
        Ok(Answer::new(
            employer_bill_text(&bill),
            employer_bill_json(&bill),
        ))
    }
}

impl Show {
    async fn run(self, desk: &Desk) -> Result<Answer, Failure> {
        let caller = desk.caller().await?;
        let bill = caller.get_employer_bill(self.bill).await?;
        let (mut text, mut json) = (employer_bill_text(&bill), employer_bill_json(&bill));
        if self.rows {
            let rows: Vec<_> = caller.employer_bill_rows(self.bill).try_collect().await?;
            text.push('\n');
            text.push_str(&employer_bill_rows_table(&rows));
            json["rows"] = employer_bill_rows_json(&rows);
        }
        Ok(Answer::new(text, json))
    }
}

impl List {
    async fn run(self, desk: &Desk) -> Result<Answer, Failure> {
        let npp = unit(desk, self.npp).await?;
        let bills = desk.caller().await?.employer_bills(npp);
        let bills: Vec<_> = bills.try_collect().await?;
        let text = if bills.is_empty() {
            "No month is billed yet.".to_owned()
        } else {
            employer_bills_table(&bills)
        };
        let json = json!({ "bills": bills.iter().map(employer_bill_json).collect::<Value>() });
        Ok(Answer::new(text, json))
    }
}
