use std::sync::Arc;

use jamsostek_proto::v1::{
    self as wire, GetParticipantRequest, GetParticipantResponse, UpdateContactRequest,
    UpdateContactResponse, coverage, membership,
    participant_service_server::{ParticipantService, ParticipantServiceServer},
};
use tonic::{Code, Request, Response, Status};

use super::{
    Error, Membership, Participants, Shown,
    contact::Codes,
    rules::{Cover, Standing},
};
use crate::{
    caller::Caller,
    db,
    identity::Contact,
    policy::NoParameter,
    refusal::{Fields, Reason, not_found, refuse, timestamp},
    scheme::Programme,
    wire::warnings,
};

/// The participant service.
pub(crate) fn service(
    participants: Arc<Participants>,
) -> ParticipantServiceServer<impl ParticipantService> {
    ParticipantServiceServer::new(Rpc { participants })
}

struct Rpc {
    participants: Arc<Participants>,
}

#[tonic::async_trait]
impl ParticipantService for Rpc {
    async fn get_participant(
        &self,
        request: Request<GetParticipantRequest>,
    ) -> Result<Response<GetParticipantResponse>, Status> {
        let caller = Caller::of(&request)?;
        let mut fields = Fields::default();
        let named = fields.optional_id("participant_id", &request.get_ref().participant_id);
        fields.check()?;
        let shown = self.participants.show(&caller, named).await?;
        Ok(Response::new(GetParticipantResponse {
            participant: Some(shown.into()),
        }))
    }

    async fn update_contact(
        &self,
        request: Request<UpdateContactRequest>,
    ) -> Result<Response<UpdateContactResponse>, Status> {
        let caller = Caller::of(&request)?;
        let request = request.into_inner();
        let mut fields = Fields::default();
        let contact = fields.take("contact", Contact::parse(&request.contact));
        let new = fields.id("new_challenge_id", &request.new_challenge_id);
        let old = fields.id("old_challenge_id", &request.old_challenge_id);
        let (Some(contact), Some(new), Some(old)) = (contact, new, old) else {
            return Err(fields.refusal());
        };
        let codes = Codes { new, old };
        let shown =
            db::retrying(|| self.participants.change_contact(&caller, &contact, codes)).await?;
        Ok(Response::new(UpdateContactResponse {
            participant: Some(shown.into()),
        }))
    }
}

impl From<Shown> for wire::Participant {
    fn from(shown: Shown) -> Self {
        let Shown {
            person,
            payouts_held_until,
            identity,
            masked_nik,
            masked_contacts,
            memberships,
            cover,
        } = shown;
        let coverage = cover
            .into_iter()
            .map(|(programme, cover)| coverage_of(programme, cover));
        Self {
            id: person.id.to_string(),
            kpj: person.kpj.unwrap_or_default(),
            masked_nik,
            full_name: person.full_name,
            birth_date: person.birth_date.to_string(),
            identity_state: wire::IdentityState::from(identity).into(),
            warnings: warnings(&person.warnings),
            masked_contacts,
            active_since: person.active_since.map(timestamp),
            memberships: memberships.into_iter().map(membership_of).collect(),
            coverage: coverage.collect(),
            payouts_held_until: payouts_held_until.map(timestamp),
        }
    }
}

fn membership_of((membership, standing): (Membership, Standing)) -> wire::Membership {
    let state = match standing {
        Standing::AwaitingPayment => membership::State::AwaitingPayment,
        Standing::AwaitingEmployer => membership::State::AwaitingEmployer,
        Standing::Active => membership::State::Active,
        Standing::Lapsed => membership::State::Lapsed,
        Standing::Ended => membership::State::Ended,
    };
    let programmes = membership.work.programmes().iter();
    wire::Membership {
        id: membership.id.to_string(),
        segment: wire::Segment::from(membership.work.segment()).into(),
        state: state.into(),
        programmes: programmes
            .map(|&it| wire::Programme::from(it).into())
            .collect(),
        income_idr: membership.work.monthly().idr(),
        covered_from: membership
            .covered_from
            .map_or_else(String::new, |it| it.to_string()),
        paid_through: membership
            .paid_through
            .map_or_else(String::new, |it| it.to_string()),
        ended_on: membership
            .ended_on
            .map_or_else(String::new, |it| it.to_string()),
    }
}

fn coverage_of(programme: Programme, cover: Cover) -> wire::Coverage {
    use coverage::Reason as Why;
    let (reason, what_to_do) = match cover {
        Cover::Covered(..) => (Why::Unspecified, ""),
        Cover::NotHeld => (
            Why::NotHeld,
            "Choose the programme; it starts with the first unpaid month.",
        ),
        Cover::NotPaid => (Why::NotPaid, "Pay the first contribution."),
        Cover::NotReported => (
            Why::NotReported,
            "Ask the employer to confirm that you work for him; an officer decides when he stays silent.",
        ),
        Cover::Lapsed => (
            Why::Lapsed,
            "Pay a contribution; cover starts anew on that day.",
        ),
        Cover::Ended => (
            Why::Ended,
            "The work has ended; a new membership cannot be opened here yet.",
        ),
    };
    let (since, until) = match cover {
        Cover::Covered(since, until) => (
            since.to_string(),
            until.map_or_else(String::new, |it| it.to_string()),
        ),
        Cover::NotHeld | Cover::NotPaid | Cover::NotReported | Cover::Lapsed | Cover::Ended => {
            Default::default()
        }
    };
    wire::Coverage {
        programme: wire::Programme::from(programme).into(),
        covered: reason == Why::Unspecified,
        since,
        until,
        reason: reason.into(),
        what_to_do: what_to_do.to_owned(),
    }
}

impl From<NoParameter> for Status {
    fn from(missing: NoParameter) -> Self {
        refuse(
            Code::FailedPrecondition,
            Reason::NoParameter,
            missing.to_string(),
            [
                ("parameter", missing.parameter.to_owned()),
                ("day", missing.day.to_string()),
            ],
        )
    }
}

impl From<Error> for Status {
    fn from(error: Error) -> Self {
        match error {
            Error::NotFound => not_found(),
            Error::ContactCodesNeeded => refuse(
                Code::FailedPrecondition,
                Reason::ContactCodesNeeded,
                error.to_string(),
                [],
            ),
            Error::NoParameter(missing) => missing.into(),
            Error::Store(error) => error.into(),
        }
    }
}
