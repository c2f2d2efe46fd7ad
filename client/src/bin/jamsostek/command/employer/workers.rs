//! What an employer tells of those who work for him.

use clap::Args;
use jamsostek_client::{
    NaiveDate, Uuid,
    v1::{
        ConfirmEmployeeRequest, Employee, Passport, ReportEmployeeRequest,
        ReportEmploymentEndRequest, ReportWagesRequest, Wage,
    },
};
use serde_json::{Value, json};

use super::{hire::Hire, unit};
use crate::{
    answer::Answer,
    ask::{self, Ask},
    desk::Desk,
    failure::Failure,
    show::{employee_json, employee_text},
    words::rupiah,
};

#[derive(Args)]
pub(crate) struct Report {
    /// The unit, where there are several
    #[arg(long, value_name = "NPP")]
    npp: Option<String>,
    /// The NIK on the e-KTP: 16 digits
    #[arg(long, env = "JAMSOSTEK_NIK", hide_env_values = true)]
    nik: Option<String>,
    /// A foreigner's passport, in place of the NIK
    #[arg(
        long,
        env = "JAMSOSTEK_PASSPORT",
        hide_env_values = true,
        value_name = "NUMBER",
        conflicts_with = "nik",
        requires = "passport_country"
    )]
    passport: Option<String>,
    /// The country that gave it, by its two capitals, such as SG
    #[arg(long, value_name = "CODE", requires = "passport")]
    passport_country: Option<String>,
    /// The full name as on the e-KTP or passport
    #[arg(long, env = "JAMSOSTEK_NAME", hide_env_values = true)]
    name: Option<String>,
    /// The birth date, as YYYY-MM-DD, where it is not the NIK's; a foreigner's always
    #[arg(
        long,
        env = "JAMSOSTEK_BIRTH_DATE",
        hide_env_values = true,
        value_name = "DAY"
    )]
    birth_date: Option<String>,
    /// The mother's maiden name, by which the person proves himself later
    #[arg(
        long,
        env = "JAMSOSTEK_MOTHER_NAME",
        hide_env_values = true,
        value_name = "NAME"
    )]
    mother_name: Option<String>,
    /// The person's e-mail address or mobile number
    #[arg(long, env = "JAMSOSTEK_CONTACT", hide_env_values = true)]
    contact: Option<String>,
    #[command(flatten)]
    hire: Hire,
}

#[derive(Args)]
pub(crate) struct Confirm {
    /// The membership's UUID, as `jamsostek employer employees` lists it
    membership: Uuid,
    /// The person's NIK, as the employer knows it
    #[arg(long, env = "JAMSOSTEK_NIK", hide_env_values = true)]
    nik: Option<String>,
    #[command(flatten)]
    hire: Hire,
}

#[derive(Args)]
pub(crate) struct Deny {
    /// The membership's UUID, as `jamsostek employer employees` lists it
    membership: Uuid,
    /// Why, in one line
    #[arg(long)]
    reason: Option<String>,
}

#[derive(Args)]
pub(crate) struct Wages {
    /// The wages: a membership's UUID and whole rupiah each; a hundred at most
    #[arg(required = true, value_name = "UUID=RUPIAH", value_parser = wage)]
    wages: Vec<(Uuid, i64)>,
    /// What was paid for months before (rapel), for one of them
    #[arg(long, value_name = "UUID=RUPIAH", value_parser = wage)]
    back_pay: Vec<(Uuid, i64)>,
    /// The month, as YYYY-MM
    #[arg(long)]
    month: String,
    /// The unit, where there are several
    #[arg(long, value_name = "NPP")]
    npp: Option<String>,
}

#[derive(Args)]
pub(crate) struct End {
    /// The membership's UUID, as `jamsostek employer employees` lists it
    membership: Uuid,
    /// The last day of work, as YYYY-MM-DD
    #[arg(long, value_name = "DAY")]
    on: NaiveDate,
    /// Does not ask whether it is meant
    #[arg(long)]
    yes: bool,
}

impl Report {
    pub(super) async fn run(self, desk: &Desk) -> Result<Answer, Failure> {
        let mut ask = Ask::default();
        let passport = self.passport.zip(self.passport_country);
        let nik = match passport {
            Some(_) => String::new(),
            None => ask.need(self.nik, "--nik", "NIK, the 16 digits on the e-KTP")?,
        };
        let full_name = ask.need(self.name, "--name", "Full name")?;
        let hire = self.hire.filled(&mut ask)?;
        ask.done()?;
        let request = ReportEmployeeRequest {
            report_id: Uuid::now_v7().to_string(),
            npp: unit(desk, self.npp).await?,
            nik,
            passport: passport.map(|(number, country)| Passport { country, number }),
            full_name,
            birth_date: self.birth_date.unwrap_or_default(),
            mother_name: self.mother_name.unwrap_or_default(),
            contact: self.contact.unwrap_or_default(),
            hire: Some(hire),
        };
        let reported = desk.caller().await?.report_employee(request).await?;
        let employee = reported.employee;
        let employee = employee.ok_or_else(|| Failure::strange("the answer lacks its employee"))?;
        Ok(shown(&employee))
    }
}

impl Confirm {
    pub(super) async fn run(self, desk: &Desk) -> Result<Answer, Failure> {
        let mut ask = Ask::default();
        let nik = ask.need(self.nik, "--nik", "NIK, the 16 digits on the e-KTP")?;
        let hire = self.hire.filled(&mut ask)?;
        ask.done()?;
        let request = ConfirmEmployeeRequest {
            membership_id: self.membership.to_string(),
            nik,
            hire: Some(hire),
        };
        let employee = desk.caller().await?.confirm_employee(request).await?;
        Ok(shown(&employee))
    }
}

impl Deny {
    pub(super) async fn run(self, desk: &Desk) -> Result<Answer, Failure> {
        let mut ask = Ask::default();
        let reason = ask.need(self.reason, "--reason", "Why, in one line")?;
        ask.done()?;
        let caller = desk.caller().await?;
        let employee = caller.deny_employee(self.membership, reason).await?;
        Ok(shown(&employee))
    }
}

impl Wages {
    pub(super) async fn run(self, desk: &Desk) -> Result<Answer, Failure> {
        let mut wages: Vec<_> = self.wages.iter().map(row).collect();
        for (membership, back_pay_idr) in self.back_pay {
            let id = membership.to_string();
            let Some(of) = wages.iter_mut().find(|it| it.membership_id == id) else {
                return Err(Failure::usage(
                    format!("There is back pay for {id}, and no wage."),
                    "Tell the wage of the month as well.",
                ));
            };
            of.back_pay_idr = back_pay_idr;
        }
        let (told, month) = (wages.len(), self.month);
        let request = ReportWagesRequest {
            npp: unit(desk, self.npp).await?,
            month: month.clone(),
            wages,
        };
        let npp = request.npp.clone();
        let kept = desk.caller().await?.report_wages(request).await?;
        let changed = kept.changed;
        let mut text = format!("Of {told} wage(s) of {month}, {changed} say something new.");
        for low in &kept.warnings {
            let (wage, least) = (rupiah(low.wage_idr), rupiah(low.lowest_minimum_idr));
            let who = &low.membership_id;
            text.push_str(&format!(
                "\n{who}: {wage} is below the lowest minimum wage, {least}."
            ));
        }
        let low = kept.warnings.iter().map(|it| {
            json!({
                "membership_id": it.membership_id,
                "wage_idr": it.wage_idr,
                "lowest_minimum_idr": it.lowest_minimum_idr,
            })
        });
        let json = json!({
            "npp": npp,
            "month": month,
            "told": told,
            "changed": changed,
            "warnings": low.collect::<Value>(),
        });
        Ok(Answer::new(text, json))
    }
}

impl End {
    pub(super) async fn run(self, desk: &Desk) -> Result<Answer, Failure> {
        if !self.yes && !ask::agrees("This cannot be taken back. End the employment?")? {
            return Err(Failure::usage("Nothing was ended.", "Say so with --yes."));
        }
        let request = ReportEmploymentEndRequest {
            membership_id: self.membership.to_string(),
            ended_on: self.on.to_string(),
        };
        let employee = desk.caller().await?.report_employment_end(request).await?;
        Ok(shown(&employee))
    }
}

fn shown(employee: &Employee) -> Answer {
    Answer::new(employee_text(employee), employee_json(employee))
}

fn row((membership, wage_idr): &(Uuid, i64)) -> Wage {
    Wage {
        membership_id: membership.to_string(),
        wage_idr: *wage_idr,
        back_pay_idr: 0,
    }
}

/// A membership and an amount, as typed.
fn wage(text: &str) -> Result<(Uuid, i64), String> {
    let read = text.split_once('=').and_then(|(membership, amount)| {
        let membership = membership.parse().ok()?;
        Some((membership, amount.parse().ok()?))
    });
    read.ok_or_else(|| "write it as UUID=RUPIAH, such as 019a…=5000000".to_owned())
}
