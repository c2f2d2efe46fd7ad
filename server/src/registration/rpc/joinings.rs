//! Joinings, on the wire.

use jamsostek_proto::v1::{self as wire, joining};

use super::super::joinings::Wish;
use crate::{participant::JoiningState, refusal::timestamp};

impl From<JoiningState> for joining::State {
    fn from(state: JoiningState) -> Self {
        match state {
            JoiningState::Proving => Self::Proving,
            JoiningState::Waiting => Self::Waiting,
            JoiningState::Proposed => Self::Proposed,
            JoiningState::Accepted => Self::Accepted,
            JoiningState::Rejected => Self::Rejected,
            JoiningState::Withdrawn => Self::Withdrawn,
        }
    }
}

impl From<Wish> for wire::Joining {
    fn from(wish: Wish) -> Self {
        let Wish {
            joining,
            state,
            row,
            masked_contact,
        } = wish;
        Self {
            registration_id: joining.registration_id.to_string(),
            participant_id: joining.participant_id.to_string(),
            state: joining::State::from(state).into(),
            full_name: row.full_name,
            birth_date: row.birth_date.map_or_else(String::new, |it| it.to_string()),
            masked_contact,
            tries: joining.tries,
            asked_at: Some(timestamp(joining.asked_at)),
            proposed_by: joining
                .proposed_by
                .map_or_else(String::new, |it| it.to_string()),
            reason: joining.reason,
        }
    }
}
