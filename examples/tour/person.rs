//! Whom the tour is about.

use jamsostek_client::Uuid;

/// Somebody nobody has seen before.
pub struct Person {
    pub nik: String,
    pub full_name: String,
    pub contact: String,
}

impl Person {
    /// A woman of Jakarta, born in the eighties (a woman's NIK states her birthday plus 40), with a new mobile number.
    pub fn made_up(full_name: &str) -> Self {
        let (_, chance) = Uuid::now_v7().as_u64_pair();
        let (day, month) = (41 + chance % 28, 1 + (chance >> 8) % 12);
        let (year, serial) = (80 + (chance >> 16) % 10, 1 + (chance >> 24) % 9_998);
        Self {
            nik: format!("317401{day:02}{month:02}{year:02}{serial:04}"),
            full_name: full_name.to_owned(),
            contact: format!("+62812{:08}", (chance >> 32) % 100_000_000),
        }
    }
}
