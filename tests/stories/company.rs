//! An employer on the stage, and whom he employs.

use jamsostek_client::{
    Client, Error, Registration, Uuid,
    v1::{
        ConfirmEmployeeRequest, Employee, EmployeeStatement, EmployerBill, Hire,
        ListEmployeesRequest, RegisterEmployerRequest, ReportEmployeeRequest, RiskClass, Scale,
        StreamEmployeesRequest, Unit, UpdateEmployerRequest, employee,
    },
};

use tokio_stream::{Stream, StreamExt};

use crate::{
    person::Person,
    town::{Town, id},
};

/// What employees of these stories earn.
pub const WAGE: i64 = 5_000_000;

/// An employer, with one user who may do everything.
#[derive(Clone)]
pub struct Company {
    pub client: Client,
    pub id: Uuid,
    pub credential: Uuid,
    pub npp: String,
    pub contact: String,
}

impl Town {
    /// An employer of middle size, very low risk, checked by an officer.
    pub async fn company(&self, npp: &str) -> Company {
        self.company_of(npp, Scale::Medium).await
    }

    pub async fn company_of(&self, npp: &str, scale: Scale) -> Company {
        let papers = papers(npp, scale);
        let contact = papers.contact.clone();
        let made = self.officer().register_employer(papers).await;
        let made = made.expect("an employer");
        let credential = id(&made.admin.expect("a user").id);
        Company {
            client: self.client.with_credentials(credential, made.client_secret),
            id: id(&made.employer.expect("an employer").id),
            credential,
            npp: npp.to_owned(),
            contact,
        }
    }

    /// Somebody who says that he works for `company` and waits for its answer; his membership.
    pub async fn employee_of(&self, company: &Company) -> Uuid {
        let mut worker = self.works_at(company);
        worker.waits_for_his_employer().await;
        worker.membership().await
    }

    /// Somebody who works for `company` and has not registered yet.
    pub fn works_at(&self, company: &Company) -> Person {
        let today = self.now().format("%Y-%m-%d").to_string();
        Person {
            employee: Some(EmployeeStatement {
                npp: company.npp.clone(),
                started_on: today,
                ..EmployeeStatement::default()
            }),
            ..self.person()
        }
    }
}

impl Person {
    /// Walks to where the employer is asked, and speaks as a participant from then on; the registration.
    pub async fn waits_for_his_employer(&mut self) -> Registration {
        self.has_an_account().await;
        self.tells_work().await.expect("the work is taken");
        let confirmed = self.confirms().await.expect("an account");
        self.becomes_a_participant().await;
        confirmed
    }
}

impl Company {
    /// What the company says of `worker`, whom it reports from the first day of work that he states, else from `today`.
    pub fn report_of(&self, worker: &Person, today: &str) -> ReportEmployeeRequest {
        ReportEmployeeRequest {
            report_id: Uuid::now_v7().to_string(),
            npp: self.npp.clone(),
            nik: worker.nik.clone(),
            full_name: worker.name.clone(),
            hire: Some(hire(today)),
            ..ReportEmployeeRequest::default()
        }
    }

    pub async fn confirms(
        &self,
        worker: &Person,
        membership: Uuid,
        started_on: &str,
    ) -> Result<Employee, Error> {
        let request = ConfirmEmployeeRequest {
            membership_id: membership.to_string(),
            nik: worker.nik.clone(),
            hire: Some(hire(started_on)),
        };
        self.client.confirm_employee(request).await
    }

    /// The bill of a month, once it is computed.
    pub async fn bill(&self, town: &Town, month: &str) -> EmployerBill {
        let issued = self
            .client
            .issue_employer_bill(Uuid::now_v7(), &self.npp, month)
            .await;
        let issued = issued.expect("a bill");
        town.lets_the_workers_run().await;
        let bill = self.client.get_employer_bill(id(&issued.id)).await;
        bill.expect("the bill")
    }

    pub async fn employees(&self) -> Vec<Employee> {
        let listed = self
            .client
            .list_employees(ListEmployeesRequest::default())
            .await;
        let listed = listed.expect("the employees").employees;
        let streamed = self
            .client
            .stream_employees(StreamEmployeesRequest::default())
            .await;
        let streamed = all(streamed.expect("a stream")).await;
        assert_eq!(streamed, listed);
        listed
    }

    pub async fn employee(&self, state: employee::State) -> Employee {
        let request = ListEmployeesRequest {
            state: state.into(),
            ..ListEmployeesRequest::default()
        };
        let listed = self.client.list_employees(request).await;
        let mut listed = listed.expect("the employees").employees;
        assert_eq!(listed.len(), 1, "{listed:?}");
        listed.remove(0)
    }
}

/// Everything in a list that comes page after page.
pub async fn all<T: std::fmt::Debug>(list: impl Stream<Item = Result<T, Error>> + Unpin) -> Vec<T> {
    let all: Result<Vec<_>, _> = list.collect().await;
    all.expect("the whole list")
}

pub fn hire(started_on: &str) -> Hire {
    Hire {
        started_on: started_on.to_owned(),
        wage_idr: WAGE,
        ..Hire::default()
    }
}

/// An employer of one unit with very low risk.
pub fn papers(npp: &str, scale: Scale) -> RegisterEmployerRequest {
    RegisterEmployerRequest {
        employer_id: Uuid::now_v7().to_string(),
        name: format!("PT Sinar {npp}"),
        city: "Bandung".into(),
        scale: scale.into(),
        labour_intensive: false,
        contact: format!("hrd@{}.example", npp.to_lowercase()),
        units: vec![Unit {
            npp: npp.to_owned(),
            name: "Pusat".into(),
            risk_class: RiskClass::VeryLow.into(),
        }],
    }
}

impl Town {
    /// An employer of one of the six industries, as an officer has checked.
    pub async fn labour_intensive(&self, npp: &str) -> Company {
        let company = self.company(npp).await;
        let change = UpdateEmployerRequest {
            employer_id: company.id.to_string(),
            labour_intensive: Some(true),
            ..UpdateEmployerRequest::default()
        };
        let changed = self.officer().update_employer(change).await;
        assert!(changed.expect("a change").checked);
        company
    }
}
