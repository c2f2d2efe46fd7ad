//! An employer's desk: who he is, who works for him, and what he owes for a month.
//!
//! A user of his signs in by a credential, as officers and services do.

mod bill;
mod hire;
mod workers;

use clap::{Args, Subcommand};
use futures_util::TryStreamExt;
use jamsostek_client::{
    Uuid,
    v1::{StreamEmployeesRequest, employee::State},
};
use serde_json::{Value, json};

use crate::{
    answer::Answer,
    desk::Desk,
    failure::Failure,
    show::{employee_json, employees_table, employer_json, employer_text},
    table::Table,
    words::EmployeeState,
};

#[derive(Subcommand)]
pub(crate) enum Employer {
    /// Finds employers and the NPP of their units by the beginning of a name
    Search(Search),
    /// Shows the employer and his units
    Show(Show),
    /// Lists who works for the employer, or says so
    Employees(Employees),
    /// Reports that somebody works here
    Report(Box<workers::Report>),
    /// Confirms somebody who says that he works here
    Confirm(workers::Confirm),
    /// Denies somebody who says that he works here; an officer decides
    Deny(workers::Deny),
    /// Reports the wages of a month
    Wages(workers::Wages),
    /// Reports that somebody works here no longer
    End(workers::End),
    /// Issues, shows and lists the bills of months
    #[command(subcommand)]
    Bill(bill::Bill),
}

#[derive(Args)]
pub(crate) struct Search {
    /// The beginning of the name, without PT, CV or UD
    name: String,
    /// The city, whole
    #[arg(long)]
    city: Option<String>,
}

/// Whose desk it is.
#[derive(Args)]
pub(crate) struct Whose {
    /// The employer's UUID, for officers; one's own otherwise
    #[arg(long, value_name = "UUID")]
    employer: Option<Uuid>,
}

#[derive(Args)]
pub(crate) struct Show {
    #[command(flatten)]
    whose: Whose,
}

#[derive(Args)]
pub(crate) struct Employees {
    #[command(flatten)]
    whose: Whose,
    /// Only those at this unit
    #[arg(long, value_name = "NPP")]
    npp: Option<String>,
    /// Only those who stand so
    #[arg(long)]
    state: Option<EmployeeState>,
}

impl Employer {
    pub(crate) async fn run(self, desk: &Desk) -> Result<Answer, Failure> {
        match self {
            Self::Search(it) => it.run(desk).await,
            Self::Show(it) => it.run(desk).await,
            Self::Employees(it) => it.run(desk).await,
            Self::Report(it) => it.run(desk).await,
            Self::Confirm(it) => it.run(desk).await,
            Self::Deny(it) => it.run(desk).await,
            Self::Wages(it) => it.run(desk).await,
            Self::End(it) => it.run(desk).await,
            Self::Bill(it) => it.run(desk).await,
        }
    }
}

impl Search {
    async fn run(self, desk: &Desk) -> Result<Answer, Failure> {
        let caller = desk.caller().await?;
        let city = self.city.unwrap_or_default();
        let units = caller.search_employers(self.name, city).await?;
        let mut table = Table::new(["NPP", "employer", "city", "unit"]);
        for it in &units {
            let told = [&it.npp, &it.employer_name, &it.city, &it.unit_name];
            table.row(told.map(String::clone));
        }
        let text = match units.len() {
            0 => "Nobody is called so.".to_owned(),
            _ => table.shown(),
        };
        let units = units.iter().map(|it| {
            json!({
                "npp": it.npp,
                "employer_name": it.employer_name,
                "unit_name": it.unit_name,
                "city": it.city,
            })
        });
        Ok(Answer::new(
            text,
            json!({ "units": units.collect::<Value>() }),
        ))
    }
}

impl Show {
    async fn run(self, desk: &Desk) -> Result<Answer, Failure> {
        let caller = desk.caller().await?;
        let employer = caller.get_employer(self.whose.employer).await?;
        Ok(Answer::new(
            employer_text(&employer),
            employer_json(&employer),
        ))
    }
}

impl Employees {
    async fn run(self, desk: &Desk) -> Result<Answer, Failure> {
        let employer = self.whose.employer;
        let request = StreamEmployeesRequest {
            employer_id: employer.map_or_else(String::new, |it| it.to_string()),
            npp: self.npp.unwrap_or_default(),
            state: self.state.map_or(State::Unspecified, State::from).into(),
        };
        let streamed = desk.caller().await?.stream_employees(request).await?;
        let employees: Vec<_> = streamed.try_collect().await?;
        let text = if employees.is_empty() {
            "Nobody is listed.".to_owned()
        } else {
            employees_table(&employees)
        };
        let json = json!({ "employees": employees.iter().map(employee_json).collect::<Value>() });
        Ok(Answer::new(text, json))
    }
}

/// The unit that was named, else the employer's only one.
async fn unit(desk: &Desk, named: Option<String>) -> Result<String, Failure> {
    if let Some(npp) = named {
        return Ok(npp);
    }
    let employer = desk.caller().await?.get_employer(None).await?;
    match employer.units.as_slice() {
        [only] => Ok(only.npp.clone()),
        units => {
            let units: Vec<_> = units.iter().map(|it| it.npp.as_str()).collect();
            Err(Failure::usage(
                format!("There are several units: {}.", units.join(", ")),
                "Name one with --npp.",
            ))
        }
    }
}
