//! The words of every message, as `server/texts/messages.toml` has them.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::texts::{Both, Text};

pub(super) static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| {
    toml::from_str(include_str!("../../../texts/messages.toml"))
        .expect("the texts are compiled in, and a unit test has read them")
});

/// The words of each.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Catalogue {
    pub(super) code: Both<Text>,
    pub(super) contribution_due: Both<Text>,
    pub(super) cover_ends: Both<Text>,
    pub(super) cover_before_work_ends: Both<Text>,
    pub(super) cover_abroad_ends: Both<Text>,
    pub(super) departure_reported: Both<Text>,
    pub(super) return_reported: Both<Text>,
    pub(super) membership_ended: Both<Text>,
    pub(super) identity_refused: Both<Text>,
    pub(super) identity_unproven: Both<Text>,
    pub(super) contact_changed: Both<Text>,
    pub(super) contact_reported: Both<Text>,
    pub(super) claim_received: Both<Text>,
    pub(super) claim_rejected: Both<Text>,
    pub(super) claim_paid: Both<Text>,
    pub(super) claim_failed: Both<Text>,
    pub(super) employee_registered: Both<Text>,
    pub(super) employment_confirmed: Both<Text>,
    pub(super) employment_denied: Both<Text>,
    pub(super) employment_ended: Both<Text>,
    pub(super) employment_unanswered: Both<Text>,
    pub(super) employment_unproven: Both<Text>,
    pub(super) account_opened: Both<Text>,
    pub(super) employees_account_opened: Both<Text>,
    pub(super) employee_waits: Both<Text>,
    pub(super) employee_doubtful: Both<Text>,
    pub(super) employer_bill: Both<Text>,
    pub(super) employer_bill_due: Both<Text>,
    pub(super) subject_of_code: Both<Text>,
    pub(super) subject_of_notice: Both<Text>,
}
