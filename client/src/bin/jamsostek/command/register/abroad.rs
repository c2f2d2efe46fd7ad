//! What somebody is asked who goes abroad to work (PMI), and what can be given instead.

use clap::{Args, ValueEnum};
use jamsostek_client::v1::{Placement, Route as WireRoute};

use super::form::choices;
use crate::{
    ask::{self, Ask},
    failure::Failure,
    words::Route,
};

/// Where the person will work, and for how long.
#[derive(Args, Default)]
#[command(next_help_heading = "The work abroad (--segment pmi)")]
pub(crate) struct Abroad {
    /// How the person goes
    #[arg(long)]
    route: Option<Route>,
    /// What the agency is called, where one places the person
    #[arg(long, value_name = "NAME")]
    agency: Option<String>,
    /// The country, by its two capitals, such as TW
    #[arg(long, value_name = "CODE")]
    country: Option<String>,
    /// What the person will work as
    #[arg(long, value_name = "TITLE")]
    job: Option<String>,
    /// How many months the contract has
    #[arg(long, value_name = "MONTHS")]
    contract_months: Option<i32>,
    /// The day on which the person plans to leave, as YYYY-MM-DD
    #[arg(long, value_name = "DAY")]
    departs_on: Option<String>,
    /// What the person saves a month for old age, in whole rupiah; nothing otherwise
    #[arg(long, value_name = "RUPIAH")]
    jht_monthly: Option<i64>,
}

impl Abroad {
    /// Something of it was given.
    pub(super) fn is_told(&self) -> bool {
        let words = [&self.agency, &self.country, &self.job, &self.departs_on];
        self.route.is_some()
            || self.contract_months.is_some()
            || self.jht_monthly.is_some()
            || words.iter().any(|it| it.is_some())
    }

    /// The form as the contract has it; `None` where nothing was given and nobody can be asked.
    pub(super) fn filled(self, mother_name: String) -> Result<Option<Placement>, Failure> {
        if !self.is_told() && !ask::is_there() {
            return Ok(None);
        }
        let mut ask = Ask::default();
        let question = format!("How does the person go ({})", choices::<Route>());
        let route = ask.need_as(self.route, "--route", &question, |it| {
            Route::from_str(it, true)
        })?;
        let agency = match route {
            Some(Route::Agency) => ask.need(self.agency, "--agency", "Name of the agency")?,
            Some(Route::Individual) | None => self.agency.unwrap_or_default(),
        };
        let question = "Country, by its two capitals, such as TW";
        let country = ask.need(self.country, "--country", question)?;
        let job_title = ask.need(self.job, "--job", "What will the person work as")?;
        let question = "Months of the contract";
        let months = ask.need_as(self.contract_months, "--contract-months", question, |it| {
            it.parse()
                .map_err(|_| "Write a number, such as 24.".to_owned())
        })?;
        let question = "Day of departure, as YYYY-MM-DD";
        let departs_on = ask.need(self.departs_on, "--departs-on", question)?;
        ask.done()?;
        let (Some(route), Some(contract_months)) = (route, months) else {
            return Ok(None);
        };
        Ok(Some(Placement {
            route: WireRoute::from(route).into(),
            agency,
            country: country.to_uppercase(),
            job_title,
            contract_months,
            departs_on,
            jht_monthly_idr: self.jht_monthly.unwrap_or_default(),
            mother_name,
        }))
    }
}
