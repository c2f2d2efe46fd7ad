//! Knows the employers, and who works for them.

use futures_util::stream::Stream;
use jamsostek_proto::v1::{
    ConfirmEmployeeRequest, DecideEmploymentRequest, DenyEmployeeRequest, Employee, Employer,
    FoundUnit, GetEmployerRequest, ListEmployeesRequest, ListEmployeesResponse,
    ListEmploymentsToDecideRequest, RegisterEmployerRequest, RegisterEmployerResponse,
    ReportEmployeeRequest, ReportEmployeeResponse, ReportEmploymentEndRequest, ReportWagesRequest,
    ReportWagesResponse, SearchEmployersRequest, StreamEmployeesRequest, UpdateEmployerRequest,
    employer_service_client::EmployerServiceClient,
};
use uuid::Uuid;

use crate::{
    Client, Error, pages,
    retry::{self, Repeat},
};

/// A call that answers with one thing.
macro_rules! answers_with {
    ($(#[$doc:meta])* $name:ident($request:ident) -> $answer:ident: $kind:ty) => {
        $(#[$doc])*
        pub async fn $name(&self, request: $request) -> Result<$kind, Error> {
            let answer = self
                .call(Repeat::Safe, request, |channel, request| async move {
                    EmployerServiceClient::new(channel).$name(request).await
                })
                .await?;
            answer.$answer.ok_or_else(|| Error::lacking(stringify!($answer)))
        }
    };
}

impl Client {
    /// Registers an employer and makes his first user, an admin. An empty `employer_id` is filled.
    pub async fn register_employer(
        &self,
        mut request: RegisterEmployerRequest,
    ) -> Result<RegisterEmployerResponse, Error> {
        retry::name(&mut request.employer_id);
        self.call(Repeat::Safe, request, |channel, request| async move {
            let mut employers = EmployerServiceClient::new(channel);
            employers.register_employer(request).await
        })
        .await
    }

    /// Tells what an employer is; `None` is the caller's own.
    pub async fn get_employer(&self, employer: Option<Uuid>) -> Result<Employer, Error> {
        let request = GetEmployerRequest {
            employer_id: employer.map_or_else(String::new, |it| it.to_string()),
        };
        let answer = self
            .call(Repeat::Safe, request, |channel, request| async move {
                EmployerServiceClient::new(channel)
                    .get_employer(request)
                    .await
            })
            .await?;
        answer.employer.ok_or_else(|| Error::lacking("employer"))
    }

    answers_with! {
        /// Changes what an employer is.
        update_employer(UpdateEmployerRequest) -> employer: Employer
    }

    /// Finds units of employers by the beginning of the employer's name, in `city` unless it is empty.
    pub async fn search_employers(
        &self,
        name: impl Into<String>,
        city: impl Into<String>,
    ) -> Result<Vec<FoundUnit>, Error> {
        let request = SearchEmployersRequest {
            name: name.into(),
            city: city.into(),
        };
        let answer = self
            .call(Repeat::Safe, request, |channel, request| async move {
                let mut employers = EmployerServiceClient::new(channel);
                employers.search_employers(request).await
            })
            .await?;
        Ok(answer.units)
    }

    /// Lists who works for an employer, a page at a time.
    pub async fn list_employees(
        &self,
        request: ListEmployeesRequest,
    ) -> Result<ListEmployeesResponse, Error> {
        self.call(Repeat::Safe, request, |channel, request| async move {
            EmployerServiceClient::new(channel)
                .list_employees(request)
                .await
        })
        .await
    }

    /// Streams who works for an employer, all in one call. When it breaks, [`Client::list_employees`] goes on.
    pub async fn stream_employees(
        &self,
        request: StreamEmployeesRequest,
    ) -> Result<impl Stream<Item = Result<Employee, Error>> + Send + Unpin + 'static, Error> {
        let answers = self
            .call(Repeat::Safe, request, |channel, request| async move {
                let mut employers = EmployerServiceClient::new(channel);
                employers.stream_employees(request).await
            })
            .await?;
        Ok(pages::messages(answers, |it| {
            it.employee.ok_or_else(|| Error::lacking("employee"))
        }))
    }

    /// Reports that somebody works here. An empty `report_id` is filled.
    pub async fn report_employee(
        &self,
        mut request: ReportEmployeeRequest,
    ) -> Result<ReportEmployeeResponse, Error> {
        retry::name(&mut request.report_id);
        self.call(Repeat::Safe, request, |channel, request| async move {
            EmployerServiceClient::new(channel)
                .report_employee(request)
                .await
        })
        .await
    }

    answers_with! {
        /// Confirms that somebody who registered himself works here.
        confirm_employee(ConfirmEmployeeRequest) -> employee: Employee
    }

    /// Says that somebody who registered himself does not work here; an officer decides.
    pub async fn deny_employee(
        &self,
        membership: Uuid,
        reason: impl Into<String>,
    ) -> Result<Employee, Error> {
        let request = DenyEmployeeRequest {
            membership_id: membership.to_string(),
            reason: reason.into(),
        };
        let answer = self
            .call(Repeat::Safe, request, |channel, request| async move {
                EmployerServiceClient::new(channel)
                    .deny_employee(request)
                    .await
            })
            .await?;
        answer.employee.ok_or_else(|| Error::lacking("employee"))
    }

    /// Reports the wages of a month, at most a hundred; how many say something new.
    pub async fn report_wages(
        &self,
        request: ReportWagesRequest,
    ) -> Result<ReportWagesResponse, Error> {
        self.call(Repeat::Safe, request, |channel, request| async move {
            EmployerServiceClient::new(channel)
                .report_wages(request)
                .await
        })
        .await
    }

    answers_with! {
        /// Reports that somebody works here no longer.
        report_employment_end(ReportEmploymentEndRequest) -> employee: Employee
    }

    /// Lists the workers about whom an officer must decide, those who wait longest first.
    pub fn employments_to_decide(
        &self,
    ) -> impl Stream<Item = Result<Employee, Error>> + Send + Unpin + 'static {
        let client = self.clone();
        pages::items(move |page_token| {
            let client = client.clone();
            async move {
                let request = ListEmploymentsToDecideRequest {
                    page_size: 0,
                    page_token,
                };
                let answer = client
                    .call(Repeat::Safe, request, |channel, request| async move {
                        let mut employers = EmployerServiceClient::new(channel);
                        employers.list_employments_to_decide(request).await
                    })
                    .await?;
                Ok((answer.employees, answer.next_page_token))
            }
        })
    }

    answers_with! {
        /// Decides, on evidence, whether somebody works for an employer who denied it, stayed silent or was not listed.
        decide_employment(DecideEmploymentRequest) -> employee: Employee
    }
}
