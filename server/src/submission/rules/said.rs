//! What is said of a row that is not taken, or not as it stands.

use super::{Decided, Plan};
use crate::{
    employer,
    refusal::Reason,
    submission::{
        finding::{Finding, Findings},
        row::{Kind, Who, against},
        store::Taken,
    },
};

/// Decides on a row under whose name another was taken: the same words are told as they stand, others are not taken.
pub(in super::super) fn again(taken: &Taken, content_digest: &[u8]) -> Decided {
    if taken.content_digest == content_digest {
        return Decided {
            plan: Some(Plan::Repeated {
                receipt: taken.receipt.clone(),
                membership: taken.membership,
            }),
            person: None,
            findings: Findings::default(),
        };
    }
    rejected(vec![ref_taken(&taken.receipt)])
}

/// A row that is not taken.
pub(in super::super) fn rejected(errors: Vec<Finding>) -> Decided {
    Decided {
        plan: None,
        person: None,
        findings: Findings {
            errors,
            warnings: Vec::new(),
        },
    }
}

pub(super) fn refused(kind: Kind, field: &str, refusal: employer::Error) -> Vec<Finding> {
    against([refusal], kind.field(), field)
}

pub(super) fn not_employed(kind: Kind, who: &Who) -> Finding {
    let field = match who {
        Who::Nik(_) => "nik",
        Who::Kpj(_) => "kpj",
    };
    Finding::new(
        format!("{}.{field}", kind.field()),
        Reason::NotEmployed,
        "nobody with this number works at the unit",
        [],
    )
}

/// An earlier row of the submission says it already.
pub(in super::super) fn repeated(earlier: i32) -> Finding {
    Finding::new(
        "",
        Reason::RowRepeated,
        format!("the row {earlier} is about the same person, or has the same name"),
        [("rowNumber", earlier.to_string())],
    )
}

fn ref_taken(receipt: &str) -> Finding {
    Finding::new(
        "row_ref",
        Reason::RowRefTaken,
        "another row with this name was taken for the same month",
        [("receiptNumber", receipt.to_owned())],
    )
}
