//! What somebody is asked who works for an employer (PU), and what can be given instead.

use clap::Args;
use jamsostek_client::v1::{EmployeeStatement, UnlistedEmployer};

use crate::{
    ask::{self, Ask},
    failure::Failure,
};

/// For whom the person works. The wage is for the employer to report.
#[derive(Args, Default)]
#[command(next_help_heading = "The employer (--segment pu)")]
pub(crate) struct Employer {
    /// The unit where the person works, by its NPP; `jamsostek employer search` finds it
    #[arg(long, value_name = "NPP")]
    npp: Option<String>,
    /// What the employer is called, where he has no NPP: an officer looks for him
    #[arg(
        long,
        value_name = "NAME",
        conflicts_with = "npp",
        requires = "employer_city"
    )]
    employer_name: Option<String>,
    /// Where he is
    #[arg(long, value_name = "CITY", requires = "employer_name")]
    employer_city: Option<String>,
    /// The first day of work, as YYYY-MM-DD
    #[arg(long, value_name = "DAY")]
    started_on: Option<String>,
    /// The number that the employer knows the person by
    #[arg(long, value_name = "NUMBER")]
    employee_number: Option<String>,
}

impl Employer {
    /// Something of it was given.
    pub(super) fn is_told(&self) -> bool {
        let told = [
            &self.npp,
            &self.employer_name,
            &self.started_on,
            &self.employee_number,
        ];
        told.iter().any(|it| it.is_some())
    }

    /// The form as the contract has it; `None` where nothing was given and nobody can be asked.
    pub(super) fn filled(self, mother_name: String) -> Result<Option<EmployeeStatement>, Failure> {
        if !self.is_told() && !ask::is_there() {
            return Ok(None);
        }
        let mut ask = Ask::default();
        let unlisted = self.employer_name.zip(self.employer_city);
        let npp = match unlisted {
            Some(_) => String::new(),
            None => ask.need(self.npp, "--npp", "NPP of the employer's unit")?,
        };
        let question = "First day of work, as YYYY-MM-DD";
        let started_on = ask.need(self.started_on, "--started-on", question)?;
        ask.done()?;
        Ok(Some(EmployeeStatement {
            npp,
            unlisted_employer: unlisted.map(|(name, city)| UnlistedEmployer { name, city }),
            started_on,
            employee_number: self.employee_number.unwrap_or_default(),
            mother_name,
        }))
    }
}
