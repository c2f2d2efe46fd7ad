//! What the bank knows: the transfers it was told of, and every rupiah that it has paid.

use std::collections::{HashMap, VecDeque};

use serde_json::{Value, json};

use super::Mood;

/// The bank's books.
pub struct Books {
    holder: String,
    pub seed: Option<u64>,
    pub moods: VecDeque<Mood>,
    transfers: HashMap<String, Transfer>,
    late: Vec<(String, Value)>,
    pub ledger: Vec<(String, i64)>,
    pub heard: Vec<&'static str>,
}

struct Transfer {
    content: Value,
    state: Value,
}

/// A status and a body.
pub type Reply = (u16, String);

impl Books {
    pub fn new(holder: &str, seed: Option<u64>) -> Self {
        Self {
            holder: holder.to_owned(),
            seed,
            moods: VecDeque::new(),
            transfers: HashMap::new(),
            late: Vec::new(),
            ledger: Vec::new(),
            heard: Vec::new(),
        }
    }

    /// How the call that just came is taken.
    pub fn mood(&mut self, is_transfer: bool) -> Mood {
        if let Some(mood) = self.moods.pop_front() {
            return mood;
        }
        let Some(seed) = self.seed.filter(|_| is_transfer) else {
            return Mood::Well;
        };
        let drawn = spread(seed ^ self.heard.len() as u64) % 100;
        match drawn {
            0..20 => Mood::HangsAfter,
            20..30 => Mood::HangsBefore,
            30..35 => Mood::Says(503, "<html>Service Unavailable</html>".to_owned()),
            _ => Mood::Well,
        }
    }

    /// Takes an instruction, once for each reference.
    pub fn takes(&mut self, reference: &str, told: &Value, mood: &Mood) -> Reply {
        let content = json!({
            "reference": reference,
            "amountIdr": told["amountIdr"],
            "bankCode": told["bankCode"],
            "accountNumber": told["accountNumber"],
        });
        if let Some(known) = self.transfers.get(reference) {
            if known.content != content {
                return (409, json!({ "error": "REFERENCE_TAKEN" }).to_string());
            }
            return self.tells(reference, mood);
        }
        let state = if *mood == Mood::TakesItsTime {
            json!({ "state": "PENDING" })
        } else if let Mood::Refuses(code) = mood {
            json!({ "state": "REFUSED", "code": code, "why": "words of the bank's own" })
        } else {
            let amount = told["amountIdr"].as_i64().expect("an amount");
            self.ledger.push((reference.to_owned(), amount));
            let number = self.ledger.len();
            let at = "2026-04-10T02:00:00Z";
            json!({ "state": "PAID", "bankReference": format!("BANK-{number}"), "paidAt": at })
        };
        let transfer = Transfer { content, state };
        self.transfers.insert(reference.to_owned(), transfer);
        self.tells(reference, mood)
    }

    /// Tells what became of an instruction.
    pub fn tells(&self, reference: &str, mood: &Mood) -> Reply {
        let Some(known) = self.transfers.get(reference) else {
            return (404, json!({ "error": "TRANSFER_NOT_FOUND" }).to_string());
        };
        let mut answer = known.content.clone();
        let members = answer.as_object_mut().expect("an object");
        members.extend(known.state.as_object().expect("an object").clone());
        if *mood == Mood::Misremembers {
            answer["amountIdr"] = json!(answer["amountIdr"].as_i64().expect("an amount") + 1);
        }
        (200, answer.to_string())
    }

    /// Tells whose an account is; there is none with nothing but nines.
    pub fn looks_up(&self, account: &Value) -> Reply {
        let number = account["accountNumber"].as_str().expect("a number");
        if number.bytes().all(|it| it == b'9') {
            return (404, json!({ "error": "ACCOUNT_NOT_FOUND" }).to_string());
        }
        (200, json!({ "holderName": self.holder }).to_string())
    }

    pub fn puts_off(&mut self, reference: &str, told: Value) {
        self.late.push((reference.to_owned(), told));
    }

    pub fn does_what_is_late(&mut self) {
        for (reference, told) in std::mem::take(&mut self.late) {
            self.takes(&reference, &told, &Mood::Well);
        }
    }
}

/// A number that looks like chance and is the same for the same `number` (SplitMix64).
fn spread(number: u64) -> u64 {
    let mut it = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    it = (it ^ (it >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    it = (it ^ (it >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    it ^ (it >> 31)
}
