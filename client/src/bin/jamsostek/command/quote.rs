//! What contributions cost.

use clap::Args;
use jamsostek_client::{
    BpuCategory, Programme as WireProgramme, Sector as WireSector, v1::QuoteContributionRequest,
};
use serde_json::json;

use crate::{
    answer::Answer,
    desk::Desk,
    failure::Failure,
    show::{lines_json, lines_table},
    words::{Category, Programme, Sector, rupiah},
};

#[derive(Args)]
pub(crate) struct Quote {
    /// The monthly income, in whole rupiah
    #[arg(long, value_name = "RUPIAH")]
    income: i64,
    /// What the person does
    #[arg(long)]
    sector: Sector,
    /// Which person without a wage it is for
    #[arg(long, default_value = "self-employed")]
    category: Category,
    /// The programmes
    #[arg(long, value_delimiter = ',', default_value = "jkk,jkm,jht")]
    programmes: Vec<Programme>,
    /// The first month, as YYYY-MM; this month otherwise
    #[arg(long, value_name = "MONTH")]
    month: Option<String>,
    /// How many months
    #[arg(long, default_value_t = 1)]
    months: i32,
    /// The contributions are paid out of the State's budget
    #[arg(long)]
    paid_by_state: bool,
}

impl Quote {
    pub(crate) async fn run(self, desk: &Desk) -> Result<Answer, Failure> {
        let nobody = desk.nobody().await?;
        let first_month = match self.month {
            Some(month) => month,
            // The scheme's month, not this machine's.
            None => {
                let today = nobody.get_server_info().await?.today;
                today.chars().take("YYYY-MM".len()).collect()
            }
        };
        let programmes = self.programmes.into_iter().map(WireProgramme::from);
        let request = QuoteContributionRequest {
            category: BpuCategory::from(self.category).into(),
            sector: WireSector::from(self.sector).into(),
            income_idr: self.income,
            programmes: programmes.map(Into::into).collect(),
            first_month,
            months: self.months,
            paid_by_state: self.paid_by_state,
            work: None,
        };
        let told = nobody.quote_contribution(request).await?;
        let text = format!(
            "{}\n  total   {}\n  due on  {}\n  base    {}, bracket {}\n",
            lines_table(&told.lines),
            rupiah(told.total_idr),
            told.due_on,
            rupiah(told.base_idr),
            told.bracket,
        );
        let json = json!({
            "total_idr": told.total_idr,
            "bracket": told.bracket,
            "base_idr": told.base_idr,
            "due_on": told.due_on,
            "lines": lines_json(&told.lines),
            "policy_version": told.policy_version,
        });
        Ok(Answer::new(text, json))
    }
}
