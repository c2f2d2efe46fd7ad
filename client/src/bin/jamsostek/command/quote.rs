//! What contributions cost: somebody without a wage, an employee, or a contract abroad.

use clap::{Args, Subcommand};
use jamsostek_client::{
    BpuCategory, Client, Programme as WireProgramme, Sector as WireSector,
    v1::{
        EmployeeTerms, PlacementTerms, QuoteContributionRequest, QuoteContributionResponse,
        RiskClass as WireRiskClass, Route as WireRoute, Scale as WireScale,
        quote_contribution_request::Work,
    },
};
use serde_json::{Value, json};

use crate::{
    answer::Answer,
    desk::Desk,
    failure::Failure,
    show::{lines_json, lines_table, shares_json, shares_table},
    words::{Category, Programme, RiskClass, Route, Scale, Sector, rupiah},
};

#[derive(Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct Quote {
    #[command(subcommand)]
    of: Option<Of>,
    #[command(flatten)]
    business: Business,
}

#[derive(Subcommand)]
enum Of {
    /// What an employee costs his employer and himself
    Employee(Employee),
    /// What a contract abroad costs, by the law of today
    Abroad(Abroad),
}

#[derive(Args)]
struct Business {
    /// The monthly income, in whole rupiah
    #[arg(long, value_name = "RUPIAH", required = true)]
    income: Option<i64>,
    /// What the person does
    #[arg(long, required = true)]
    sector: Option<Sector>,
    /// Which person without a wage it is for
    #[arg(long, default_value = "self-employed")]
    category: Category,
    /// The programmes
    #[arg(long, value_delimiter = ',', default_value = "jkk,jkm,jht")]
    programmes: Vec<Programme>,
    #[command(flatten)]
    span: Span,
    /// The contributions are paid out of the State's budget
    #[arg(long)]
    paid_by_state: bool,
}

#[derive(Args)]
struct Span {
    /// The first month, as YYYY-MM; this month otherwise
    #[arg(long, value_name = "MONTH")]
    month: Option<String>,
    /// How many months
    #[arg(long, default_value_t = 1)]
    months: i32,
}

#[derive(Args)]
struct Employee {
    /// The monthly wage: basic and fixed allowances, in whole rupiah
    #[arg(long, value_name = "RUPIAH")]
    wage: i64,
    /// How dangerous the work is
    #[arg(long)]
    risk_class: RiskClass,
    /// How big the employer is
    #[arg(long)]
    scale: Scale,
    /// One of the industries whose JKK is let off in part
    #[arg(long)]
    labour_intensive: bool,
    /// When he was born, as YYYY-MM-DD: JP ends at the pension age
    #[arg(long, value_name = "DAY", default_value = "")]
    birth_date: String,
    #[command(flatten)]
    span: Span,
}

#[derive(Args)]
struct Abroad {
    /// How he goes
    #[arg(long)]
    route: Route,
    /// How many months the contract has
    #[arg(long)]
    contract_months: i32,
    /// What he saves for old age (JHT) a month, in whole rupiah
    #[arg(long, value_name = "RUPIAH", default_value_t = 0)]
    jht_monthly: i64,
}

impl Span {
    /// The first month; the scheme's, not this machine's, where none is told.
    async fn first_month(self, nobody: &Client) -> Result<String, Failure> {
        if let Some(month) = self.month {
            return Ok(month);
        }
        let today = nobody.get_server_info().await?.today;
        Ok(today.chars().take("YYYY-MM".len()).collect())
    }
}

impl Quote {
    pub(crate) async fn run(self, desk: &Desk) -> Result<Answer, Failure> {
        let nobody = desk.nobody().await?;
        let request = match self.of {
            Some(Of::Employee(it)) => it.request(&nobody).await?,
            Some(Of::Abroad(it)) => it.request(),
            None => self.business.request(&nobody).await?,
        };
        let told = nobody.quote_contribution(request).await?;
        Ok(Answer::new(text(&told), shown(&told)))
    }
}

impl Business {
    async fn request(self, nobody: &Client) -> Result<QuoteContributionRequest, Failure> {
        // Only where an employee or a contract is told may they be left out.
        let (Some(income), Some(sector)) = (self.income, self.sector) else {
            return Err(Failure::usage(
                "Nothing is told of whose contributions they are.",
                "Tell --income and --sector, or use quote employee or quote abroad.",
            ));
        };
        let programmes = self.programmes.into_iter().map(WireProgramme::from);
        Ok(QuoteContributionRequest {
            category: BpuCategory::from(self.category).into(),
            sector: WireSector::from(sector).into(),
            income_idr: income,
            programmes: programmes.map(Into::into).collect(),
            months: self.span.months,
            first_month: self.span.first_month(nobody).await?,
            paid_by_state: self.paid_by_state,
            work: None,
        })
    }
}

impl Employee {
    async fn request(self, nobody: &Client) -> Result<QuoteContributionRequest, Failure> {
        let terms = EmployeeTerms {
            risk_class: WireRiskClass::from(self.risk_class).into(),
            scale: WireScale::from(self.scale).into(),
            wage_idr: self.wage,
            labour_intensive: self.labour_intensive,
            birth_date: self.birth_date,
        };
        Ok(QuoteContributionRequest {
            months: self.span.months,
            first_month: self.span.first_month(nobody).await?,
            work: Some(Work::Employee(terms)),
            ..QuoteContributionRequest::default()
        })
    }
}

impl Abroad {
    fn request(self) -> QuoteContributionRequest {
        let terms = PlacementTerms {
            route: WireRoute::from(self.route).into(),
            contract_months: self.contract_months,
            jht_monthly_idr: self.jht_monthly,
        };
        QuoteContributionRequest {
            work: Some(Work::Placement(terms)),
            ..QuoteContributionRequest::default()
        }
    }
}

fn text(told: &QuoteContributionResponse) -> String {
    let mut text = if told.employee_contributions.is_empty() {
        lines_table(&told.lines)
    } else {
        shares_table(&told.employee_contributions)
    };
    text.push_str(&format!("\n  total   {}\n", rupiah(told.total_idr)));
    if !told.due_on.is_empty() {
        text.push_str(&format!("  due on  {}\n", told.due_on));
    }
    if told.bracket > 0 {
        let base = rupiah(told.base_idr);
        text.push_str(&format!("  base    {base}, bracket {}\n", told.bracket));
    }
    text
}

fn shown(told: &QuoteContributionResponse) -> Value {
    json!({
        "total_idr": told.total_idr,
        "bracket": told.bracket,
        "base_idr": told.base_idr,
        "due_on": told.due_on,
        "lines": lines_json(&told.lines),
        "employee_contributions": shares_json(&told.employee_contributions),
        "policy_version": told.policy_version,
    })
}
