use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;

use super::super::rules;
use crate::{
    db,
    identity::{Document, FullName, IdentityState, is_passport},
    otp::Acting,
    seal::{Datum, Seal},
};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "participant")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub document: Vec<u8>,
    pub document_digest: Vec<u8>,
    pub full_name: String,
    pub birth_date: Date,
    pub sex: String,
    pub warnings: String,
    pub identity_state: String,
    pub kpj: Option<String>,
    pub created_at: ChronoDateTimeUtc,
    pub active_since: Option<ChronoDateTimeUtc>,
    pub contact_changed_at: Option<ChronoDateTimeUtc>,
    pub mother_name: Option<Vec<u8>>,
    /// Until when money waits because the account was opened by proofs, or from a contact that only the employer had stated.
    pub joined_held_until: Option<ChronoDateTimeUtc>,
    pub document_kind: String,
}

impl ActiveModelBehavior for ActiveModel {}

/// A participant's row.
pub(crate) type Participant = Model;

impl Participant {
    pub(crate) fn name(&self) -> Result<FullName, db::Error> {
        FullName::parse(&self.full_name).map_err(|_| db::Error::Unknown("participant.full_name"))
    }

    pub(crate) fn identity(&self) -> Result<IdentityState, db::Error> {
        IdentityState::from_code(&self.identity_state)
            .ok_or(db::Error::Unknown("participant.identity_state"))
    }

    /// Whether he has a passport where others have a NIK.
    pub(crate) fn is_foreigner(&self) -> bool {
        is_passport(&self.document_kind)
    }

    /// The participant as somebody who acts.
    pub(crate) fn acting(&self) -> Acting {
        Acting {
            person: self.id,
            contact_changed_at: self.contact_changed_at,
        }
    }

    /// Whether a mother's name is on file that the register has not denied: what it was asked about and disagreed with proves nothing.
    pub(crate) fn has_proven_mother(&self) -> Result<bool, db::Error> {
        let may_be_right = match self.identity()? {
            IdentityState::Matched | IdentityState::Pending | IdentityState::Unverified => true,
            // An officer has vouched against the register, but for a foreigner, whom it was never asked about.
            IdentityState::Vouched => self.is_foreigner(),
            IdentityState::Declared | IdentityState::Refused => false,
        };
        Ok(may_be_right && self.mother_name.is_some())
    }

    /// The mother's name, where there is one to prove himself by.
    pub(crate) fn proven_mother(&self, seal: &Seal) -> Result<Option<FullName>, db::Error> {
        let may_be_right = self.has_proven_mother()?;
        let Some(sealed) = self.mother_name.as_ref().filter(|_| may_be_right) else {
            return Ok(None);
        };
        let text = seal.open(Datum::MotherName, self.id, sealed)?;
        let name = FullName::parse(&text);
        Ok(Some(name.map_err(|_| {
            db::Error::Unknown("participant.mother_name")
        })?))
    }

    /// Until when payouts wait because a contact was changed, or because of how the account was opened.
    pub(crate) fn payouts_held_until(&self) -> Option<DateTime<Utc>> {
        let changed = self.contact_changed_at.map(|it| it + rules::CONTACT_HOLD);
        changed.max(self.joined_held_until)
    }
}

pub(super) fn document(seal: &Seal, row: &Participant) -> Result<Document, db::Error> {
    Document::open(seal, &row.document_kind, row.id, &row.document)?
        .ok_or(db::Error::Unknown("participant.document"))
}

/// The number on the e-KTP, or a foreigner's passport, mostly hidden.
pub(crate) fn masked_document(seal: &Seal, row: &Participant) -> Result<String, db::Error> {
    Ok(document(seal, row)?.masked())
}
