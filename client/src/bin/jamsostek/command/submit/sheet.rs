//! A file of rows. What can be told without the service is told before anything is sent, all of it at once.

use std::{
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
};

use jamsostek_client::{
    Uuid,
    v1::{
        Hire, HireRow, LeaveCause, LeaveRow, Passport, RowResult, SubmissionRow, TakeOverRow,
        WageRow, submission_row::Action,
    },
};

use crate::failure::{Exit, Failure};

/// The columns of a file, in whatever order; a column of another name is refused, an empty cell says nothing.
const COLUMNS: [&str; 18] = [
    "row_ref",
    "action",
    "nik",
    "passport_country",
    "passport_number",
    "kpj",
    "full_name",
    "birth_date",
    "mother_name",
    "contact",
    "started_on",
    "contract_ends_on",
    "wage_idr",
    "back_pay_idr",
    "employee_number",
    "in_jkn",
    "ended_on",
    "cause",
];
/// What is told of a rejected row; nobody reads it again.
const ERRORS: &str = "errors";
/// The highest wage that counts whole in the sum.
const WAGE_MAX: i64 = 1_000_000_000_000;
/// How many faults of a file are told at once.
const FAULTS_MAX: usize = 20;

/// A file of rows.
pub(super) struct Sheet {
    content: Vec<u8>,
    header: csv::StringRecord,
    records: Vec<csv::StringRecord>,
    rows: Vec<SubmissionRow>,
}

/// The file with a row of each kind.
pub(super) fn template() -> String {
    let examples = [
        "1,hire,3174015708900001,,,,Siti Aminah,,Dewi Lestari,siti@example.id,2026-03-01,,5000000,,E-001,yes,,",
        "2,take-over,,,,12345678901,Budi Santoso,,,,2026-03-01,2027-02-28,6000000,,E-002,no,,",
        "3,wage,3174011205900002,,,,,,,,,,5500000,250000,,,,",
        "4,leave,,,,12345678902,,,,,,,,,,,2026-03-31,resigned",
    ];
    format!("{}\n{}\n", COLUMNS.join(","), examples.join("\n"))
}

impl Sheet {
    pub(super) fn read(file: &Path) -> Result<Self, Failure> {
        let named = file.display();
        let content = fs::read(file).map_err(|error| {
            Failure::usage(
                format!("{named} cannot be read: {error}."),
                "Name a CSV file.",
            )
        })?;
        let no_csv = |error: csv::Error| {
            Failure::usage(
                format!("{named} is no CSV file: {error}."),
                "`jamsostek template` prints one.",
            )
        };
        let mut reader = csv::Reader::from_reader(content.as_slice());
        let header = reader.headers().map_err(no_csv)?.clone();
        let records: Vec<_> = reader.records().collect::<Result<_, _>>().map_err(no_csv)?;
        let mut faults: Vec<String> = header
            .iter()
            .filter(|it| *it != ERRORS && !COLUMNS.contains(it))
            .map(|it| format!("there is no column `{it}`"))
            .collect();
        let places: HashMap<_, _> = header.iter().zip(0..).collect();
        for needed in ["row_ref", "action"] {
            if !places.contains_key(needed) {
                faults.push(format!("the column `{needed}` is missing"));
            }
        }
        let mut rows = Vec::with_capacity(records.len());
        for record in &records {
            let line = record.position().map_or(0, csv::Position::line);
            let cells = Cells {
                record,
                places: &places,
            };
            match cells.row() {
                Ok(row) => rows.push(row),
                Err(fault) => faults.push(format!("line {line}: {fault}")),
            }
        }
        if records.is_empty() {
            faults.push("there are no rows".to_owned());
        }
        if !faults.is_empty() {
            return Err(unreadable(file, &faults));
        }
        Ok(Self {
            header,
            records,
            rows,
            content,
        })
    }

    pub(super) fn rows(&self) -> &[SubmissionRow] {
        &self.rows
    }

    /// The sum of all wages.
    pub(super) fn wage_sum(&self) -> i64 {
        let of_hire = |it: &Option<Hire>| it.as_ref().map_or(0, |it| it.wage_idr);
        let wages = self.rows.iter().map(|row| match &row.action {
            Some(Action::Hired(it)) => of_hire(&it.hire),
            Some(Action::TakenOver(it)) => of_hire(&it.hire),
            Some(Action::Paid(it)) => it.wage_idr,
            Some(Action::Left(_)) | None => 0,
        });
        // As the service counts what is no wage.
        wages.fold(0, |sum: i64, it| sum.saturating_add(it.clamp(0, WAGE_MAX)))
    }

    /// An id that is the same for the same file to the same end.
    pub(super) fn id(&self, named: &str) -> Uuid {
        let content = [named.as_bytes(), b"\n", &self.content].concat();
        Uuid::new_v5(&Uuid::NAMESPACE_OID, &content)
    }

    /// Writes the rejected rows as they were, each with all that is wrong with it, beside the file; where.
    pub(super) fn write_rejected(
        &self,
        file: &Path,
        rejected: &[RowResult],
    ) -> Result<PathBuf, Failure> {
        let stem = file.file_stem().unwrap_or_default().to_string_lossy();
        let stem = stem.trim_end_matches(".rejected");
        let target = file.with_file_name(format!("{stem}.rejected.csv"));
        let written = self
            .rejected_csv(rejected)
            .and_then(|it| Ok(fs::write(&target, it)?));
        written.map_err(|error| {
            Failure::machine(
                format!("{} cannot be written: {error}.", target.display()),
                "Make room beside the file, and run it again: nothing is reported twice.",
            )
        })?;
        Ok(target)
    }

    fn rejected_csv(&self, rejected: &[RowResult]) -> Result<Vec<u8>, csv::Error> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        let kept: Vec<_> = (0..self.header.len())
            .filter(|at| &self.header[*at] != ERRORS)
            .collect();
        let header = kept.iter().map(|at| &self.header[*at]);
        writer.write_record(header.chain([ERRORS]))?;
        for result in rejected {
            let at = usize::try_from(result.row_number - 1).unwrap_or(usize::MAX);
            let Some(record) = self.records.get(at) else {
                continue;
            };
            let told: Vec<_> = result
                .errors
                .iter()
                .map(|it| format!("{}: {}", it.field, it.text_en))
                .collect();
            let told = told.join(" | ");
            let cells = kept.iter().map(|at| &record[*at]);
            writer.write_record(cells.chain([told.as_str()]))?;
        }
        writer
            .into_inner()
            .map_err(|error| error.into_error().into())
    }
}

fn unreadable(file: &Path, faults: &[String]) -> Failure {
    let mut shown = faults[..faults.len().min(FAULTS_MAX)].join("; ");
    if faults.len() > FAULTS_MAX {
        shown.push_str(&format!("; and {} more", faults.len() - FAULTS_MAX));
    }
    Failure::here(
        Exit::Usage,
        format!("Nothing was sent of {}: {shown}.", file.display()),
        "Mend the file; `jamsostek template` prints the columns and a row of each kind.",
    )
}

/// The cells of one row.
struct Cells<'a> {
    record: &'a csv::StringRecord,
    places: &'a HashMap<&'a str, usize>,
}

impl Cells<'_> {
    fn text(&self, column: &str) -> String {
        let place = self.places.get(column);
        let cell = place.and_then(|it| self.record.get(*it));
        cell.unwrap_or_default().trim().to_owned()
    }

    fn rupiah(&self, column: &str) -> Result<i64, String> {
        match self.text(column).as_str() {
            "" => Ok(0),
            text => text
                .parse()
                .map_err(|_| format!("`{column}` must be whole rupiah, such as 5000000")),
        }
    }

    fn row(&self) -> Result<SubmissionRow, String> {
        let action = match self.text("action").as_str() {
            "hire" => Action::Hired(self.hired()?),
            "take-over" => Action::TakenOver(TakeOverRow {
                kpj: self.text("kpj"),
                full_name: self.text("full_name"),
                hire: Some(self.work()?),
            }),
            "wage" => Action::Paid(WageRow {
                kpj: self.text("kpj"),
                nik: self.text("nik"),
                wage_idr: self.rupiah("wage_idr")?,
                back_pay_idr: self.rupiah("back_pay_idr")?,
            }),
            "leave" => Action::Left(LeaveRow {
                kpj: self.text("kpj"),
                nik: self.text("nik"),
                ended_on: self.text("ended_on"),
                cause: self.cause()?.into(),
            }),
            other => {
                return Err(format!(
                    "`action` must be hire, take-over, wage or leave, and not `{other}`"
                ));
            }
        };
        Ok(SubmissionRow {
            row_ref: self.text("row_ref"),
            action: Some(action),
        })
    }

    fn hired(&self) -> Result<HireRow, String> {
        let (country, number) = (self.text("passport_country"), self.text("passport_number"));
        let has_passport = !country.is_empty() || !number.is_empty();
        Ok(HireRow {
            nik: self.text("nik"),
            passport: has_passport.then_some(Passport { country, number }),
            full_name: self.text("full_name"),
            birth_date: self.text("birth_date"),
            mother_name: self.text("mother_name"),
            contact: self.text("contact"),
            hire: Some(self.work()?),
        })
    }

    fn work(&self) -> Result<Hire, String> {
        let in_jkn = match self.text("in_jkn").as_str() {
            "yes" => true,
            "no" | "" => false,
            other => return Err(format!("`in_jkn` must be yes or no, and not `{other}`")),
        };
        Ok(Hire {
            started_on: self.text("started_on"),
            contract_ends_on: self.text("contract_ends_on"),
            wage_idr: self.rupiah("wage_idr")?,
            employee_number: self.text("employee_number"),
            in_jkn,
        })
    }

    fn cause(&self) -> Result<LeaveCause, String> {
        match self.text("cause").as_str() {
            "resigned" => Ok(LeaveCause::Resigned),
            "dismissed" => Ok(LeaveCause::Dismissed),
            "contract-ended" => Ok(LeaveCause::ContractEnded),
            "retired" => Ok(LeaveCause::Retired),
            other => Err(format!(
                "`cause` must be resigned, dismissed, contract-ended or retired, and not `{other}`"
            )),
        }
    }
}
