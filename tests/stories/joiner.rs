//! What people do who are known already, and whom others have reported.

use jamsostek_client::{
    Error, Registration,
    v1::{ProveIdentityRequest, prove_identity_request::Second},
};

use crate::{company::Company, person::Person};

/// The mother of those whose mother is on file.
pub const MOTHER: &str = "Sri Wahyuni";

/// A mother's name as a proof.
pub fn mother(name: &str) -> Option<Second> {
    Some(Second::MotherName(name.to_owned()))
}

/// An employer's number as a proof.
pub fn npp(npp: &str) -> Option<Second> {
    Some(Second::Npp(npp.to_owned()))
}

impl Person {
    /// Tells proofs.
    pub async fn proves(&self, kpj: &str, second: Option<Second>) -> Result<Registration, Error> {
        let proofs = ProveIdentityRequest {
            registration_id: self.registration.to_string(),
            kpj: kpj.to_owned(),
            second,
        };
        self.client.prove_identity(proofs).await
    }
}

impl Company {
    /// Reports somebody who works here from `started_on`; his KPJ.
    pub async fn hires(&self, worker: &Person, started_on: &str) -> String {
        let report = self.report_of(worker, started_on);
        let reported = self.client.report_employee(report).await;
        let employee = reported.expect("a report").employee;
        employee.expect("an employee").kpj
    }
}
