//! What an employer says of the work of somebody who works for him.

use clap::Args;
use jamsostek_client::v1::Hire as WireHire;

use crate::{ask::Ask, command::register::amount, failure::Failure};

#[derive(Args)]
#[command(next_help_heading = "The work")]
pub(crate) struct Hire {
    /// The first day of work, as YYYY-MM-DD
    #[arg(long, value_name = "DAY")]
    started_on: Option<String>,
    /// The monthly wage, basic and fixed allowances, in whole rupiah
    #[arg(long, value_name = "RUPIAH")]
    wage: Option<i64>,
    /// The last day of the contract, as YYYY-MM-DD, where it has one
    #[arg(long, value_name = "DAY")]
    contract_ends_on: Option<String>,
    /// The number that the employer knows the person by
    #[arg(long, value_name = "NUMBER")]
    employee_number: Option<String>,
    /// The person is in the health scheme (JKN), which JKP needs
    #[arg(long)]
    in_jkn: bool,
}

impl Hire {
    /// As the contract has it; what is missing is asked for with whatever else `ask` asks.
    pub(super) fn filled(self, ask: &mut Ask) -> Result<WireHire, Failure> {
        let question = "First day of work, as YYYY-MM-DD";
        let started_on = ask.need(self.started_on, "--started-on", question)?;
        let wage = ask.need_as(self.wage, "--wage", "Monthly wage in rupiah", amount)?;
        Ok(WireHire {
            started_on,
            wage_idr: wage.unwrap_or_default(),
            contract_ends_on: self.contract_ends_on.unwrap_or_default(),
            employee_number: self.employee_number.unwrap_or_default(),
            in_jkn: self.in_jkn,
        })
    }
}
