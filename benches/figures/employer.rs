//! An employer reports employees one by one, and is billed for all of them at once.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use jamsostek_proto::v1::{
    EmployerBill, GetEmployerBillRequest, GetServerInfoRequest, Hire, IssueEmployerBillRequest,
    ReportEmployeeRequest, contribution_service_client::ContributionServiceClient,
    employer_bill::State, employer_service_client::EmployerServiceClient,
    server_service_client::ServerServiceClient,
};
use uuid::Uuid;

use crate::{
    payment::notice,
    registration::NAME,
    town::{Call, Town, caller, channel, with},
};

const USER: (&str, &str) = ("00000000-0000-7000-8000-000000000006", "sandbox-employer");
const NPP: &str = "JK000001";
/// How often it is asked whether a bill is ready.
const LOOKS: Duration = Duration::from_millis(5);

/// Whom the employer reports next.
#[derive(Clone, Default)]
pub struct Hired(Arc<AtomicUsize>);

/// How a bill went.
pub struct Billed {
    pub employees: i32,
    pub computed: Duration,
    pub handed_on: Duration,
}

impl Town {
    pub async fn employer_token(&self) -> String {
        self.issue(USER).await
    }

    /// The employer reports somebody who begins today.
    pub fn hiring(&self, token: &str, today: &str, hired: &Hired) -> impl Fn(usize) -> Call {
        move |number| {
            let employers = EmployerServiceClient::new(channel(&self.channels, number));
            let (token, today, hired) = (token.to_owned(), today.to_owned(), hired.clone());
            caller(move || {
                let number = hired.0.fetch_add(1, Ordering::Relaxed);
                let report = ReportEmployeeRequest {
                    report_id: Uuid::now_v7().to_string(),
                    npp: NPP.into(),
                    nik: nik(number),
                    full_name: NAME.into(),
                    hire: Some(Hire {
                        started_on: today.clone(),
                        wage_idr: 5_000_000,
                        in_jkn: true,
                        ..Hire::default()
                    }),
                    ..ReportEmployeeRequest::default()
                };
                let (mut employers, request) = (employers.clone(), with(&token, report));
                Box::pin(async move {
                    let hired = employers.report_employee(request).await;
                    let hired = hired.expect("a report").into_inner();
                    assert_eq!(hired.employee.expect("one").kpj.len(), 11);
                    true
                })
            })
        }
    }

    /// The service's day.
    pub async fn today(&self) -> String {
        let mut server = ServerServiceClient::new(channel(&self.channels, 0));
        let told = server.get_server_info(GetServerInfoRequest {}).await;
        told.expect("the day").into_inner().today
    }

    /// This month of everybody who was hired is billed, paid, and handed on to each of them.
    pub async fn bills_the_employer(&self) -> Billed {
        let (token, today) = (self.employer_token().await, self.today().await);
        let mut contributions = ContributionServiceClient::new(channel(&self.channels, 0));
        let request = IssueEmployerBillRequest {
            bill_id: Uuid::now_v7().to_string(),
            npp: NPP.into(),
            month: today.chars().take("YYYY-MM".len()).collect(),
        };
        let began = Instant::now();
        let issued = contributions.issue_employer_bill(with(&token, request));
        let issued = issued.await.expect("a bill").into_inner().bill;
        let id = issued.expect("a bill").id;
        let bill = self.until(&token, &id, State::Open).await;
        let computed = began.elapsed();
        let gateway = self.gateway_token().await;
        let request = notice(bill.payment_code, bill.payable_idr);
        let began = Instant::now();
        let paid = contributions.record_payment(with(&gateway, request)).await;
        paid.expect("taken");
        self.until(&token, &id, State::Paid).await;
        Billed {
            employees: bill.employees,
            computed,
            handed_on: began.elapsed(),
        }
    }

    async fn until(&self, token: &str, id: &str, state: State) -> EmployerBill {
        let mut contributions = ContributionServiceClient::new(channel(&self.channels, 0));
        loop {
            let request = GetEmployerBillRequest {
                bill_id: id.to_owned(),
            };
            let bill = contributions.get_employer_bill(with(token, request)).await;
            let bill = bill.expect("the bill").into_inner().bill.expect("the bill");
            if bill.state() == state {
                return bill;
            }
            tokio::time::sleep(LOOKS).await;
        }
    }
}

/// Born in 1990, so that nobody who registers himself has it.
fn nik(number: usize) -> String {
    let (day, serial) = (number / 9_999 % 28 + 1, number % 9_999 + 1);
    format!("317405{day:02}0590{serial:04}")
}
