//! What is told of the work: a form for each segment, of which the registration's own is asked for.

use clap::Args;
use jamsostek_client::{Registration, Segment as WireSegment, v1::SubmitEmploymentRequest};

use super::{abroad::Abroad, employee::Employer, form::Work};
use crate::{failure::Failure, show::segment};

#[derive(Args, Default)]
pub(crate) struct Told {
    #[command(flatten)]
    business: Work,
    #[command(flatten)]
    employer: Employer,
    #[command(flatten)]
    abroad: Abroad,
}

impl Told {
    /// Something of it was given.
    pub(super) fn is_any(&self) -> bool {
        self.business.is_told() || self.employer.is_told() || self.abroad.is_told()
    }

    /// The form of the registration's own segment, as the contract has it; `None` where nothing was given and nobody can be
    /// asked. What only another segment is asked is refused, rather than left out without a word.
    pub(super) fn filled(
        self,
        stands: &Registration,
        mother_name: Option<String>,
    ) -> Result<Option<SubmitEmploymentRequest>, Failure> {
        let own = stands.segment();
        let forms = [
            (WireSegment::Bpu, self.business.is_told()),
            (WireSegment::Pu, self.employer.is_told()),
            (WireSegment::Pmi, self.abroad.is_told()),
        ];
        if let Some((other, _)) = forms.into_iter().find(|it| it.0 != own && it.1) {
            let (own, other) = (segment(own), segment(other));
            return Err(Failure::usage(
                format!("This registration is for {own}, and something was told of {other}."),
                "`jamsostek register --help` lists what each segment is asked.",
            ));
        }
        let mother_name = mother_name.unwrap_or_default();
        let mut request = SubmitEmploymentRequest {
            registration_id: stands.id.clone(),
            ..SubmitEmploymentRequest::default()
        };
        match own {
            WireSegment::Bpu => request.employment = self.business.filled(mother_name)?,
            WireSegment::Pu => request.employee = self.employer.filled(mother_name)?,
            WireSegment::Pmi => request.placement = self.abroad.filled(mother_name)?,
            WireSegment::Unspecified => {
                return Err(Failure::strange("a registration without a segment"));
            }
        }
        let told = request.employment.is_some()
            || request.employee.is_some()
            || request.placement.is_some();
        Ok(told.then_some(request))
    }
}
