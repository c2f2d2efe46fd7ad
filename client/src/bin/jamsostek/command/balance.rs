//! What is saved for old age.

use clap::Args;
use jamsostek_client::NaiveDate;
use serde_json::json;

use crate::{
    answer::Answer, args::About, desk::Desk, failure::Failure, table::Table, words::rupiah,
};

#[derive(Args)]
pub(crate) struct Balance {
    #[command(flatten)]
    about: About,
    /// The day, as YYYY-MM-DD; all that is there by now otherwise
    #[arg(long, value_name = "DAY")]
    as_of: Option<NaiveDate>,
}

impl Balance {
    pub(crate) async fn run(self, desk: &Desk) -> Result<Answer, Failure> {
        let caller = desk.caller().await?;
        let told = caller
            .get_balance(self.about.participant, self.as_of)
            .await?;
        let mut text = format!(
            "Saved for old age (JHT) by {}: {}\n",
            told.as_of,
            rupiah(told.balance_idr)
        );
        if told.accounts.len() > 1 {
            let mut table = Table::new(["membership", "balance"]).amounts(&[1]);
            for account in &told.accounts {
                table.row([account.membership_id.clone(), rupiah(account.balance_idr)]);
            }
            text.push_str(&table.shown());
        }
        let years: Vec<_> = told
            .years_without_yield
            .iter()
            .map(i32::to_string)
            .collect();
        if !years.is_empty() {
            text.push_str(&format!("The yield of {} comes later.\n", years.join(", ")));
        }
        let accounts = told.accounts.iter();
        let accounts = accounts
            .map(|it| json!({ "membership_id": it.membership_id, "balance_idr": it.balance_idr }));
        let json = json!({
            "as_of": told.as_of,
            "balance_idr": told.balance_idr,
            "accounts": accounts.collect::<Vec<_>>(),
            "years_without_yield": told.years_without_yield,
        });
        Ok(Answer::new(text, json))
    }
}
