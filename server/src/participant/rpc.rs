use std::sync::Arc;

use jamsostek_proto::v1::{
    self as wire, GetParticipantRequest, GetParticipantResponse, coverage, membership,
    participant_service_server::{ParticipantService, ParticipantServiceServer},
};
use tonic::{Code, Request, Response, Status};

use super::{Error, Membership, Participants, Shown, rules::Cover};
use crate::{
    caller::Caller,
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
}

impl From<Shown> for wire::Participant {
    fn from(shown: Shown) -> Self {
        let Shown {
            person,
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
        }
    }
}

fn membership_of((membership, lapsed): (Membership, bool)) -> wire::Membership {
    let state = match membership.paid_through {
        None => membership::State::AwaitingPayment,
        Some(_) if lapsed => membership::State::Lapsed,
        Some(_) => membership::State::Active,
    };
    let programmes = membership.work.programmes.iter();
    wire::Membership {
        id: membership.id.to_string(),
        segment: wire::Segment::Bpu.into(),
        state: state.into(),
        programmes: programmes
            .map(|&it| wire::Programme::from(it).into())
            .collect(),
        income_idr: membership.work.income.idr(),
        covered_from: membership
            .covered_from
            .map_or_else(String::new, |it| it.to_string()),
        paid_through: membership
            .paid_through
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
        Cover::Lapsed => (
            Why::Lapsed,
            "Pay a contribution; cover starts anew on that day.",
        ),
    };
    let (since, until) = match cover {
        Cover::Covered(since, until) => (since.to_string(), until.to_string()),
        Cover::NotHeld | Cover::NotPaid | Cover::Lapsed => Default::default(),
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
            Error::NoParameter(missing) => missing.into(),
            Error::Store(error) => error.into(),
        }
    }
}
