//! Fields that many features read: what is wrong with one is told with all the others.

use jamsostek_proto::v1 as wire;

use super::programme;
use crate::{
    identity::{Document, MalformedPassport, Nik, Passport},
    money::Money,
    refusal::Fields,
    scheme::Programme,
};

/// A number that counts nothing.
#[derive(Debug, thiserror::Error)]
#[error("must not be below zero")]
pub(crate) struct NoCount;

/// Reads how many there are of something.
pub(crate) fn count(number: i32) -> Result<u32, NoCount> {
    u32::try_from(number).map_err(|_| NoCount)
}

/// No single amount of this scheme comes near; sums of such amounts still fit.
pub(crate) const AMOUNT_MAX_IDR: i64 = 1_000_000_000_000;

/// Reads an income: above zero (decision C37).
pub(crate) fn income(fields: &mut Fields, field: &str, income_idr: i64) -> Option<Money> {
    if (1..=AMOUNT_MAX_IDR).contains(&income_idr) {
        return Some(Money::new(income_idr));
    }
    fields.reject(field, "must be 1 to 1,000,000,000,000 rupiah");
    None
}

/// Reads programmes: known ones, each once.
pub(crate) fn programmes(
    fields: &mut Fields,
    field: &str,
    numbers: &[i32],
) -> Option<Vec<Programme>> {
    let programmes: Option<Vec<_>> = numbers.iter().map(|it| programme(*it)).collect();
    let mut programmes = programmes.filter(|it| !it.is_empty());
    match &mut programmes {
        None => fields.reject(field, "must name programmes of the contract"),
        Some(known) => {
            known.sort_unstable();
            known.dedup();
            if known.len() != numbers.len() {
                fields.reject(field, "must name each programme once");
                return None;
            }
        }
    }
    programmes
}

/// Reads the one paper by which somebody is known: a NIK or, in its place, a foreigner's passport.
pub(crate) fn document(
    fields: &mut Fields,
    nik: &str,
    passport: Option<wire::Passport>,
) -> Option<Document> {
    let Some(passport) = passport else {
        return fields.take("nik", Nik::parse(nik)).map(Document::Nik);
    };
    if !nik.is_empty() {
        fields.reject("passport", "must be left out where a NIK is told");
        return None;
    }
    let read = Passport::parse(&passport.country, &passport.number);
    let field = match read {
        Err(MalformedPassport::Country) => "passport.country",
        Err(MalformedPassport::Number) | Ok(_) => "passport.number",
    };
    fields.take(field, read).map(Document::Passport)
}

/// Reads a reason that somebody gives: one line.
pub(crate) fn reason(fields: &mut Fields, field: &str, reason: &str) -> String {
    let reason = reason.trim();
    let length = reason.chars().count();
    if !(3..=500).contains(&length) || reason.chars().any(char::is_control) {
        fields.reject(field, "must say why, in one line of 3 to 500 letters");
    }
    reason.to_owned()
}

/// Reads what something is called: one line of 2 to 100 letters, with single blanks.
pub(crate) fn words(fields: &mut Fields, field: &str, text: &str) -> Option<String> {
    let words: Vec<_> = text.split_whitespace().collect();
    let words = words.join(" ");
    let fits = (2..=100).contains(&words.chars().count()) && !words.chars().any(char::is_control);
    if !fits {
        fields.reject(field, "must be 2 to 100 letters");
    }
    fits.then_some(words)
}

/// Whether a text is a name that somebody else gives things: letters, digits, and some signs besides.
pub(crate) fn is_word(text: &str, length_max: usize, besides: &[u8]) -> bool {
    (1..=length_max).contains(&text.len())
        && text
            .bytes()
            .all(|it| it.is_ascii_alphanumeric() || besides.contains(&it))
}
