//! A row, from the contract's words to ours. What is wrong with it is told with all the rest.

mod law;

pub(super) use law::{against, unlawful_work};

use chrono::NaiveDate;
use jamsostek_proto::v1::{self as wire, submission_row::Action as Stated};
use prost::Message;

use super::finding::Finding;
use crate::{
    employer::{self, Hire, Worker},
    identity::{FullName, Nik},
    money::Money,
    refusal::{Fields, Reason},
    seal::{Datum, Seal},
    wire::is_word,
};

/// How long the caller's name for a row is.
const REF_LENGTH_MAX: usize = 64;

/// A row that is well-formed.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub row_ref: String,
    pub action: Action,
}

/// The fact that a row tells.
#[derive(Clone, Debug)]
pub(super) enum Action {
    Hire(Box<Worker>),
    TakeOver {
        kpj: String,
        full_name: FullName,
        hire: Hire,
    },
    Wage {
        who: Who,
        wage: Money,
        back_pay: Money,
    },
    Leave {
        who: Who,
        on: NaiveDate,
    },
}

/// How an employee is named.
#[derive(Clone, Debug)]
pub(super) enum Who {
    Nik(Nik),
    Kpj(String),
}

/// What kind of fact a row tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Hire,
    TakeOver,
    Wage,
    Leave,
    /// The row says nothing that is known.
    Nothing,
}

impl Kind {
    /// The name it is stored under.
    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::Hire => "hire",
            Self::TakeOver => "take_over",
            Self::Wage => "wage",
            Self::Leave => "leave",
            Self::Nothing => "",
        }
    }

    /// The field of the contract's row that holds it.
    pub(super) const fn field(self) -> &'static str {
        match self {
            Self::Hire => "hired",
            Self::TakeOver => "taken_over",
            Self::Wage => "paid",
            Self::Leave => "left",
            Self::Nothing => "action",
        }
    }

    pub(super) const fn of(stated: &wire::SubmissionRow) -> Self {
        match stated.action {
            Some(Stated::Hired(_)) => Self::Hire,
            Some(Stated::TakenOver(_)) => Self::TakeOver,
            Some(Stated::Paid(_)) => Self::Wage,
            Some(Stated::Left(_)) => Self::Leave,
            None => Self::Nothing,
        }
    }
}

/// What the wages of a row add to the control total, well-formed or not: it is the sum of what was sent.
pub(super) fn stated_wage(stated: &wire::SubmissionRow) -> i64 {
    let of_hire = |hire: &Option<wire::Hire>| hire.as_ref().map_or(0, |it| it.wage_idr);
    let wage = match &stated.action {
        Some(Stated::Hired(it)) => of_hire(&it.hire),
        Some(Stated::TakenOver(it)) => of_hire(&it.hire),
        Some(Stated::Paid(it)) => it.wage_idr,
        Some(Stated::Left(_)) | None => 0,
    };
    wage.clamp(0, employer::WAGE_MAX)
}

/// The caller's name for a row; empty where it is none.
pub(super) fn name_of(stated: &wire::SubmissionRow) -> String {
    let fits = is_word(&stated.row_ref, REF_LENGTH_MAX, b"-./_");
    if fits {
        stated.row_ref.clone()
    } else {
        String::new()
    }
}

/// Reads a row; where it is not well-formed, all that is wrong with it.
pub(super) fn read(stated: wire::SubmissionRow) -> Result<Row, Vec<Finding>> {
    let kind = Kind::of(&stated);
    let mut findings = Vec::new();
    if name_of(&stated).is_empty() {
        findings.push(malformed(
            "row_ref",
            "must be 1 to 64 letters, digits and - . / _",
        ));
    }
    let mut fields = Fields::default();
    let action = match stated.action {
        Some(Stated::Hired(it)) => {
            employer::worker(&mut fields, it).map(|it| Action::Hire(Box::new(it)))
        }
        Some(Stated::TakenOver(it)) => taken_over(&mut fields, it),
        Some(Stated::Paid(it)) => paid(&mut fields, &it),
        Some(Stated::Left(it)) => left(&mut fields, &it),
        None => {
            findings.push(malformed("action", "must be one of the contract's"));
            None
        }
    };
    if let Err(refusal) = fields.check() {
        findings.extend(Finding::of(&refusal, kind.field(), ""));
    }
    match action {
        Some(action) if findings.is_empty() => Ok(Row {
            row_ref: stated.row_ref,
            action,
        }),
        _ => Err(findings),
    }
}

fn malformed(field: &str, message: &str) -> Finding {
    Finding::new(field, Reason::MalformedRequest, message, [])
}

fn taken_over(fields: &mut Fields, stated: wire::TakeOverRow) -> Option<Action> {
    let kpj = kpj(fields, stated.kpj);
    let full_name = fields.take("full_name", FullName::parse(&stated.full_name));
    let hire = employer::hire(fields, stated.hire);
    Some(Action::TakeOver {
        kpj: kpj?,
        full_name: full_name?,
        hire: hire?,
    })
}

fn paid(fields: &mut Fields, stated: &wire::WageRow) -> Option<Action> {
    let who = who(fields, &stated.nik, &stated.kpj);
    let wage = employer::wage(fields, "wage_idr", stated.wage_idr);
    let back_pay = employer::back_pay(fields, "back_pay_idr", stated.back_pay_idr);
    Some(Action::Wage {
        who: who?,
        wage: wage?,
        back_pay,
    })
}

fn left(fields: &mut Fields, stated: &wire::LeaveRow) -> Option<Action> {
    let who = who(fields, &stated.nik, &stated.kpj);
    let on = fields.day("ended_on", &stated.ended_on);
    if matches!(
        wire::LeaveCause::try_from(stated.cause),
        Err(_) | Ok(wire::LeaveCause::Unspecified)
    ) {
        fields.reject("cause", "must be a LEAVE_CAUSE of the contract");
    }
    Some(Action::Leave { who: who?, on: on? })
}

fn who(fields: &mut Fields, nik: &str, kpj_text: &str) -> Option<Who> {
    match (nik.is_empty(), kpj_text.is_empty()) {
        (false, true) => fields.take("nik", Nik::parse(nik)).map(Who::Nik),
        (true, false) => kpj(fields, kpj_text.to_owned()).map(Who::Kpj),
        (true, true) | (false, false) => {
            fields.reject("nik", "must be told, or the KPJ in its place");
            None
        }
    }
}

fn kpj(fields: &mut Fields, text: String) -> Option<String> {
    let fits = text.len() == 11 && text.bytes().all(|it| it.is_ascii_digit());
    if !fits {
        fields.reject("kpj", "must be 11 digits");
    }
    fits.then_some(text)
}

impl Row {
    /// By what the person of the row is found.
    pub(super) fn person_digest(&self, seal: &Seal) -> Vec<u8> {
        match &self.action {
            Action::Hire(worker) => worker.document.digest(seal),
            Action::TakeOver { kpj, .. } => seal.digest(Datum::Kpj, kpj),
            Action::Wage { who, .. } | Action::Leave { who, .. } => match who {
                Who::Nik(nik) => seal.digest(Datum::Nik, nik.text()),
                Who::Kpj(kpj) => seal.digest(Datum::Kpj, kpj),
            },
        }
    }

    pub(super) const fn kind(&self) -> Kind {
        match &self.action {
            Action::Hire(_) => Kind::Hire,
            Action::TakeOver { .. } => Kind::TakeOver,
            Action::Wage { .. } => Kind::Wage,
            Action::Leave { .. } => Kind::Leave,
        }
    }
}

/// The row as it lies sealed until it is taken.
pub(super) fn written(stated: &wire::SubmissionRow) -> Vec<u8> {
    stated.encode_to_vec()
}

/// Reads a row that lay sealed.
pub(super) fn reread(paper: &[u8]) -> Option<Row> {
    let stated = wire::SubmissionRow::decode(paper).ok()?;
    read(stated).ok()
}
