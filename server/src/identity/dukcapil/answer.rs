//! Reads what the register answers: one word an element, never the data. What is not understood is silence, never a no.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::wire::Elements;
use crate::identity::Verdict;

/// What the register knows of somebody besides the NIK, by its own names, and whether a likeness may do.
const COMPARED: [(&str, Likeness); 3] = [
    (NAME, Likeness::Scored),
    (BIRTH_DATE, Likeness::Exact),
    (MOTHER, Likeness::Scored),
];
/// The elements that can disagree, by the register's own names.
pub(super) const NIK: &str = "NIK";
const NAME: &str = "NAMA_LGKP";
const BIRTH_DATE: &str = "TGL_LHR";
const MOTHER: &str = "NAMA_LGKP_IBU";
/// All of them.
pub(super) const ELEMENTS: [&str; 4] = [NIK, NAME, BIRTH_DATE, MOTHER];
/// Where a code stands, the first that is there.
const CODES: [&str; 3] = ["RESPONSE_CODE", "RESPON", "RESPONSE"];

/// How an element is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Likeness {
    /// It agrees or not.
    Exact,
    /// It agrees from a score on.
    Scored,
}

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Silence {
    /// Nobody could be reached.
    Unreachable,
    /// It took too long, or broke off.
    BrokenOff,
    /// It was answered by an error of HTTP.
    Status(u16),
    /// The answer has no end.
    TooBig,
    /// It is not the protocol.
    Garbled,
    /// It is the protocol, with a code or a word that nobody has told us.
    UnknownWord,
}

impl Silence {
    /// What it is counted and logged under.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Unreachable => "unreachable",
            Self::BrokenOff => "broken_off",
            Self::Status(_) => "status",
            Self::TooBig => "too_big",
            Self::Garbled => "garbled",
            Self::UnknownWord => "unknown_word",
        }
    }

    /// The status of HTTP, where that was all there was.
    pub(super) const fn status(self) -> Option<u16> {
        match self {
            Self::Status(status) => Some(status),
            Self::Unreachable
            | Self::BrokenOff
            | Self::TooBig
            | Self::Garbled
            | Self::UnknownWord => None,
        }
    }

    /// Whether the register seems not to be there. A word that we do not know was said by somebody.
    pub(super) fn is_absence(self) -> bool {
        self != Self::UnknownWord
    }

    /// Whether the question may have been counted there.
    pub(super) fn may_have_cost(self) -> bool {
        self != Self::Unreachable
    }
}

/// What was read.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Said {
    pub(super) outcome: Result<Verdict, Silence>,
    /// How many questions may still be put.
    pub(super) quota_left: Option<i64>,
}

#[derive(Deserialize)]
struct Letter {
    content: Vec<Map<String, Value>>,
    #[serde(rename = "quotaLimiter")]
    quota_limiter: Option<Value>,
}

/// Reads the answer to `asked`; a name agrees from the score `threshold` on.
pub(super) fn read(body: &[u8], asked: &Elements, threshold: u8) -> Result<Said, Silence> {
    let letter: Letter = serde_json::from_slice(body).map_err(|_| Silence::Garbled)?;
    let said = letter.content.first().ok_or(Silence::Garbled)?;
    let quota_left = letter.quota_limiter.as_ref().and_then(whole_number);
    Ok(Said {
        outcome: verdict(said, asked, threshold),
        quota_left,
    })
}

fn verdict(said: &Map<String, Value>, asked: &Elements, threshold: u8) -> Result<Verdict, Silence> {
    if let Some(code) = CODES.iter().find_map(|it| said.get(*it)) {
        match whole_number(code).ok_or(Silence::UnknownWord)? {
            // It has found the person, and says what agrees.
            0 => {}
            11 => return Ok(Verdict::Deceased),
            12 => return Ok(Verdict::Duplicate),
            13 => return Ok(Verdict::NotFound),
            14 => return Ok(Verdict::Inactive),
            15 => return Ok(Verdict::WrongFormat),
            _ => return Err(Silence::UnknownWord),
        }
    }
    let mut differing = Vec::new();
    if !nik_agrees(said, asked)? {
        differing.push(NIK);
    }
    for (element, likeness) in COMPARED {
        // What was asked must be answered: nothing agrees by being left out.
        let is_asked = element != MOTHER || asked.mother_name.is_some();
        if is_asked && !agrees(said.get(element), likeness, threshold)? {
            differing.push(element);
        }
    }
    Ok(if differing.is_empty() {
        Verdict::Matched
    } else {
        Verdict::Mismatched(differing)
    })
}

/// Whether the person that was found has the NIK. Most answers leave that out or repeat the number.
fn nik_agrees(said: &Map<String, Value>, asked: &Elements) -> Result<bool, Silence> {
    match said.get(NIK) {
        None => Ok(true),
        Some(Value::String(text)) if *text == asked.nik => Ok(true),
        word => agrees(word, Likeness::Exact, 100),
    }
}

fn agrees(word: Option<&Value>, likeness: Likeness, threshold: u8) -> Result<bool, Silence> {
    let word = word.and_then(Value::as_str).ok_or(Silence::UnknownWord)?;
    let score = score(word).ok_or(Silence::UnknownWord)?;
    match likeness {
        Likeness::Scored => Ok(score >= threshold),
        Likeness::Exact if score == 100 => Ok(true),
        Likeness::Exact if score == 0 => Ok(false),
        // A birth date does not agree by nearly all of it, nor is that a no.
        Likeness::Exact => Err(Silence::UnknownWord),
    }
}

/// The score of a word: "Sesuai" is 100 and "Tidak Sesuai" 0, where no number says it better.
fn score(word: &str) -> Option<u8> {
    let word = word.trim().to_lowercase();
    let (said, number) = match word.split_once('(') {
        Some((said, rest)) => (said.trim_end(), Some(rest.strip_suffix(')')?)),
        None => (word.as_str(), None),
    };
    let plain = match said {
        "sesuai" => 100,
        "tidak sesuai" => 0,
        _ => return None,
    };
    match number {
        None => Some(plain),
        Some(number) => number.trim().parse().ok().filter(|it| *it <= 100),
    }
}

fn whole_number(value: &Value) -> Option<i64> {
    value
        .as_i64()
        .or_else(|| value.as_str()?.trim().parse().ok())
}

#[cfg(test)]
mod tests;
