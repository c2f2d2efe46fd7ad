mod placement;

use std::sync::Arc;

use chrono::NaiveDate;
use jamsostek_proto::v1::{
    self as wire, GetParticipantRequest, GetParticipantResponse, ReportDepartureRequest,
    ReportDepartureResponse, ReportReturnRequest, ReportReturnResponse, UpdateContactRequest,
    UpdateContactResponse, coverage, membership,
    participant_service_server::{ParticipantService, ParticipantServiceServer},
};
use tonic::{Code, Request, Response, Status};
use uuid::Uuid;

use super::{
    Error, Membership, Participants, Shown, Work,
    abroad::Leg,
    contact::Codes,
    rules::{Cover, Standing},
};
use crate::{
    caller::Caller,
    db,
    identity::Contact,
    policy::NoParameter,
    refusal::{Fields, Reason, not_found, refuse, timestamp},
    scheme::{Programme, Segment},
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

    async fn report_departure(
        &self,
        request: Request<ReportDepartureRequest>,
    ) -> Result<Response<ReportDepartureResponse>, Status> {
        let caller = Caller::of(&request)?;
        let request = request.get_ref();
        let told = ("departed_on", request.departed_on.as_str());
        let (membership, day) = report_of(&request.membership_id, told)?;
        let report = (Leg::Departure, day);
        let shown = db::retrying(|| self.participants.report(&caller, membership, report)).await?;
        Ok(Response::new(ReportDepartureResponse {
            membership: Some(membership_of(shown)),
        }))
    }

    async fn report_return(
        &self,
        request: Request<ReportReturnRequest>,
    ) -> Result<Response<ReportReturnResponse>, Status> {
        let caller = Caller::of(&request)?;
        let request = request.get_ref();
        let told = ("returned_on", request.returned_on.as_str());
        let (membership, day) = report_of(&request.membership_id, told)?;
        let report = (Leg::Return, day);
        let shown = db::retrying(|| self.participants.report(&caller, membership, report)).await?;
        Ok(Response::new(ReportReturnResponse {
            membership: Some(membership_of(shown)),
        }))
    }
}

fn report_of(membership: &str, (field, day): (&str, &str)) -> Result<(Uuid, NaiveDate), Status> {
    let mut fields = Fields::default();
    let membership = fields.id("membership_id", membership);
    let day = fields.day(field, day);
    membership.zip(day).ok_or_else(|| fields.refusal())
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
    let journey = placement::journey_of(&membership);
    let placement = match &membership.work {
        Work::Placement(placement) => Some(placement.clone().into()),
        Work::Business(_) | Work::Employment(_) => None,
    };
    wire::Membership {
        placement,
        journey,
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
        Cover::NotPaid => (Why::NotPaid, "Pay the open bill."),
        Cover::NotReported => (
            Why::NotReported,
            "Ask the employer to confirm that you work for him; an officer decides when he stays silent.",
        ),
        Cover::Lapsed => (
            Why::Lapsed,
            "Pay a contribution; cover starts anew on that day.",
        ),
        Cover::NotDeparted => (
            Why::NotDeparted,
            "Report the departure when you have embarked; cover during work begins with it.",
        ),
        Cover::Ended => (
            Why::Ended,
            "The work has ended; register from a contact on file and tell the new work.",
        ),
    };
    let (since, until, phase) = match cover {
        Cover::Covered(since, until, phase) => (
            since.to_string(),
            until.map_or_else(String::new, |it| it.to_string()),
            phase.map_or(wire::Phase::Unspecified, Into::into),
        ),
        Cover::NotHeld
        | Cover::NotPaid
        | Cover::NotReported
        | Cover::NotDeparted
        | Cover::Lapsed
        | Cover::Ended => Default::default(),
    };
    wire::Coverage {
        programme: wire::Programme::from(programme).into(),
        covered: reason == Why::Unspecified,
        since,
        until,
        reason: reason.into(),
        what_to_do: what_to_do.to_owned(),
        phase: phase.into(),
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

/// How it is refused that a membership is not a migrant worker's.
pub(crate) fn not_a_placement(segment: Segment) -> Status {
    let segment = wire::Segment::from(segment).as_str_name().to_owned();
    refuse(
        Code::FailedPrecondition,
        Reason::NotAPlacement,
        "only a migrant worker's membership is for work abroad",
        [("segment", segment)],
    )
}

impl From<Error> for Status {
    fn from(error: Error) -> Self {
        let message = error.to_string();
        let with = |reason, key, value: String| {
            let metadata = [(key, value)];
            refuse(Code::FailedPrecondition, reason, message.clone(), metadata)
        };
        match error {
            Error::NotFound => not_found(),
            Error::NotAPlacement { segment } => not_a_placement(segment),
            Error::WrongState { state } => with(Reason::WrongState, "state", state.to_owned()),
            Error::NoSuchDay { field, expected } => {
                let mut fields = Fields::default();
                fields.reject(field, expected);
                fields.refusal()
            }
            Error::DepartureReported { on } => {
                with(Reason::DepartureReported, "departedOn", on.to_string())
            }
            Error::ReturnReported { on } => {
                with(Reason::ReturnReported, "returnedOn", on.to_string())
            }
            Error::ContactCodesNeeded => refuse(
                Code::FailedPrecondition,
                Reason::ContactCodesNeeded,
                message,
                [],
            ),
            Error::NoParameter(missing) => missing.into(),
            Error::Store(error) => error.into(),
        }
    }
}
