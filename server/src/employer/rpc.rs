use std::sync::Arc;

use futures_util::{Stream, stream};
use jamsostek_proto::v1::{
    ConfirmEmployeeRequest, ConfirmEmployeeResponse, DecideEmploymentRequest,
    DecideEmploymentResponse, DenyEmployeeRequest, DenyEmployeeResponse, GetEmployerRequest,
    GetEmployerResponse, ListEmployeesRequest, ListEmployeesResponse,
    ListEmploymentsToDecideRequest, ListEmploymentsToDecideResponse, RegisterEmployerRequest,
    RegisterEmployerResponse, ReportEmployeeRequest, ReportEmployeeResponse,
    ReportEmploymentEndRequest, ReportEmploymentEndResponse, ReportWagesRequest,
    ReportWagesResponse, SearchEmployersRequest, SearchEmployersResponse, StreamEmployeesRequest,
    StreamEmployeesResponse, UpdateEmployerRequest, UpdateEmployerResponse,
    employer_service_server::{EmployerService, EmployerServiceServer},
};
use tonic::{Request, Response, Status};

mod answer;
mod employer_paper;
mod paper;
mod refused;

pub(crate) use paper::{WAGE_MAX, back_pay, employee_number, hire, wage, worker};

use super::Employers;
use crate::{
    caller::Caller,
    db, page,
    refusal::{Fields, Reason},
};

/// The lists whose page tokens these are.
const EMPLOYEES: &str = "employer.employees";
const TO_DECIDE: &str = "employer.to_decide";
/// How many employees one statement of a stream reads.
const STREAM_PAGE: u64 = 500;

/// The employer service.
pub(crate) fn service(employers: Arc<Employers>) -> EmployerServiceServer<impl EmployerService> {
    EmployerServiceServer::new(Rpc { employers })
}

struct Rpc {
    employers: Arc<Employers>,
}

type Streamed =
    std::pin::Pin<Box<dyn Stream<Item = Result<StreamEmployeesResponse, Status>> + Send + 'static>>;

#[tonic::async_trait]
impl EmployerService for Rpc {
    type StreamEmployeesStream = Streamed;

    async fn register_employer(
        &self,
        request: Request<RegisterEmployerRequest>,
    ) -> Result<Response<RegisterEmployerResponse>, Status> {
        let caller = Caller::of(&request)?;
        let (papers, repeatable) = employer_paper::papers(request.into_inner())?;
        let (employer, admin) = db::retrying(|| self.employers.register(&caller, &papers)).await?;
        let (user, client_secret) = match admin {
            Some(made) => (Some(made.user.into()), made.secret),
            None => (None, String::new()),
        };
        Ok(Response::new(RegisterEmployerResponse {
            employer: Some(employer.into()),
            admin: user,
            client_secret,
            repeatable,
        }))
    }

    async fn get_employer(
        &self,
        request: Request<GetEmployerRequest>,
    ) -> Result<Response<GetEmployerResponse>, Status> {
        let caller = Caller::of(&request)?;
        let mut fields = Fields::default();
        let named = fields.optional_id("employer_id", &request.get_ref().employer_id);
        fields.check()?;
        let employer = self.employers.show(&caller, named).await?;
        Ok(Response::new(GetEmployerResponse {
            employer: Some(employer.into()),
        }))
    }

    async fn update_employer(
        &self,
        request: Request<UpdateEmployerRequest>,
    ) -> Result<Response<UpdateEmployerResponse>, Status> {
        let caller = Caller::of(&request)?;
        let (named, changes) = employer_paper::changes(request.into_inner())?;
        let employer = db::retrying(|| self.employers.update(&caller, named, &changes)).await?;
        Ok(Response::new(UpdateEmployerResponse {
            employer: Some(employer.into()),
        }))
    }

    async fn search_employers(
        &self,
        request: Request<SearchEmployersRequest>,
    ) -> Result<Response<SearchEmployersResponse>, Status> {
        let caller = Caller::of(&request)?;
        let (name, city) = employer_paper::search(request.into_inner())?;
        let found = db::retrying(|| self.employers.search(&caller, &name, &city)).await?;
        Ok(Response::new(SearchEmployersResponse {
            units: found.into_iter().map(Into::into).collect(),
        }))
    }

    async fn list_employees(
        &self,
        request: Request<ListEmployeesRequest>,
    ) -> Result<Response<ListEmployeesResponse>, Status> {
        let caller = Caller::of(&request)?;
        let request = request.into_inner();
        let seal = &self.employers.seal;
        let mut fields = Fields::default();
        let wanted = paper::wanted(
            &mut fields,
            &request.employer_id,
            &request.npp,
            request.state,
        );
        let size = page::size(&mut fields, request.page_size);
        let after = page::after(&mut fields, seal, EMPLOYEES, &request.page_token);
        fields.check()?;
        let after = after.and_then(|it| it.parse().ok());
        let (employees, next) = self.employers.list(&caller, &wanted, after, size).await?;
        Ok(Response::new(ListEmployeesResponse {
            employees: employees.into_iter().map(Into::into).collect(),
            next_page_token: next.map_or_else(String::new, |it| {
                page::token(seal, EMPLOYEES, &it.to_string())
            }),
        }))
    }

    async fn stream_employees(
        &self,
        request: Request<StreamEmployeesRequest>,
    ) -> Result<Response<Streamed>, Status> {
        let caller = Caller::of(&request)?;
        let request = request.into_inner();
        let mut fields = Fields::default();
        let wanted = paper::wanted(
            &mut fields,
            &request.employer_id,
            &request.npp,
            request.state,
        );
        fields.check()?;
        let employers = self.employers.clone();
        // The first page before the stream begins, so that whoever may not look is refused as everywhere.
        let first = employers.list(&caller, &wanted, None, STREAM_PAGE).await?;
        let rest = stream::try_unfold(Some(Ok(first)), move |state| {
            let (employers, caller, wanted) = (employers.clone(), caller.clone(), wanted.clone());
            async move {
                let (page, next) = match state {
                    None => return Ok(None),
                    Some(Ok(first)) => first,
                    Some(Err(after)) => {
                        employers
                            .list(&caller, &wanted, Some(after), STREAM_PAGE)
                            .await?
                    }
                };
                Ok::<_, Status>(Some((page, next.map(Err))))
            }
        });
        let each = futures_util::TryStreamExt::map_ok(rest, |page| {
            stream::iter(page.into_iter().map(|it| {
                Ok(StreamEmployeesResponse {
                    employee: Some(it.into()),
                })
            }))
        });
        Ok(Response::new(Box::pin(
            futures_util::TryStreamExt::try_flatten(each),
        )))
    }

    async fn report_employee(
        &self,
        request: Request<ReportEmployeeRequest>,
    ) -> Result<Response<ReportEmployeeResponse>, Status> {
        let caller = Caller::of(&request)?;
        let (report, repeatable) = paper::report(request.into_inner())?;
        let employee = db::retrying(|| self.employers.report(&caller, &report)).await?;
        Ok(Response::new(ReportEmployeeResponse {
            employee: Some(employee.into()),
            repeatable,
        }))
    }

    async fn confirm_employee(
        &self,
        request: Request<ConfirmEmployeeRequest>,
    ) -> Result<Response<ConfirmEmployeeResponse>, Status> {
        let caller = Caller::of(&request)?;
        let (membership, nik, hire) = paper::confirmation(request.into_inner())?;
        let employee =
            db::retrying(|| self.employers.confirm(&caller, membership, &nik, &hire)).await?;
        Ok(Response::new(ConfirmEmployeeResponse {
            employee: Some(employee.into()),
        }))
    }

    async fn deny_employee(
        &self,
        request: Request<DenyEmployeeRequest>,
    ) -> Result<Response<DenyEmployeeResponse>, Status> {
        let caller = Caller::of(&request)?;
        let (membership, reason) = paper::denial(request.get_ref())?;
        let employee = db::retrying(|| self.employers.deny(&caller, membership, &reason)).await?;
        Ok(Response::new(DenyEmployeeResponse {
            employee: Some(employee.into()),
        }))
    }

    async fn report_wages(
        &self,
        request: Request<ReportWagesRequest>,
    ) -> Result<Response<ReportWagesResponse>, Status> {
        let caller = Caller::of(&request)?;
        let payroll = paper::payroll(&request.into_inner())?;
        let kept = db::retrying(|| self.employers.report_wages(&caller, &payroll)).await?;
        let (changed, low) = kept;
        Ok(Response::new(ReportWagesResponse {
            changed: i32::try_from(changed).unwrap_or(i32::MAX),
            warnings: low.into_iter().map(Into::into).collect(),
        }))
    }

    async fn report_employment_end(
        &self,
        request: Request<ReportEmploymentEndRequest>,
    ) -> Result<Response<ReportEmploymentEndResponse>, Status> {
        let caller = Caller::of(&request)?;
        let (membership, on) = paper::end(request.get_ref())?;
        let employee = db::retrying(|| self.employers.end(&caller, membership, on)).await?;
        Ok(Response::new(ReportEmploymentEndResponse {
            employee: Some(employee.into()),
        }))
    }

    async fn list_employments_to_decide(
        &self,
        request: Request<ListEmploymentsToDecideRequest>,
    ) -> Result<Response<ListEmploymentsToDecideResponse>, Status> {
        let caller = Caller::of(&request)?;
        let request = request.into_inner();
        let seal = &self.employers.seal;
        let mut fields = Fields::default();
        let size = page::size(&mut fields, request.page_size);
        let after = page::after(&mut fields, seal, TO_DECIDE, &request.page_token);
        fields.check()?;
        let after = after.as_deref().and_then(page::moment_and_id);
        let mut found = self.employers.to_decide(&caller, after, size + 1).await?;
        let more = page::cut(&mut found, size);
        let next = found.last().filter(|_| more).map(|it| {
            let row = &it.employment;
            let place = format!("{}|{}", row.asked_at.to_rfc3339(), row.membership_id);
            page::token(seal, TO_DECIDE, &place)
        });
        Ok(Response::new(ListEmploymentsToDecideResponse {
            employees: found.into_iter().map(Into::into).collect(),
            next_page_token: next.unwrap_or_default(),
        }))
    }

    async fn decide_employment(
        &self,
        request: Request<DecideEmploymentRequest>,
    ) -> Result<Response<DecideEmploymentResponse>, Status> {
        let caller = Caller::of(&request)?;
        let (membership, reason, accepted) = paper::decision(request.into_inner())?;
        let employee = db::retrying(|| {
            self.employers
                .decide(&caller, membership, &reason, accepted.clone())
        })
        .await?;
        Ok(Response::new(DecideEmploymentResponse {
            employee: Some(employee.into()),
        }))
    }
}
