//! Somebody works for an employer: she names him, he confirms her, and the month of all who work there is billed, paid and handed on.

use std::time::Duration;

use jamsostek_client::{
    Client, Segment, Uuid,
    v1::{
        ConfirmEmployeeRequest, ConfirmRegistrationRequest, EmployeeStatement, EmployerBill,
        GetEmployerBillRequest, Hire, IssueEmployerBillRequest, RecordPaymentRequest, Registration,
        SearchEmployersRequest, StartRegistrationRequest, SubmitEmploymentRequest,
        employer_bill::State,
    },
};
use tokio::time::sleep;

use crate::{
    Outcome,
    acts::{GATEWAY_ID, GATEWAY_SECRET},
    guide::{As, Tour, step, tell, tell_state},
    person::Person,
};

/// A user of the sandbox's employer, who may do everything there.
const EMPLOYER_ID: &str = "00000000-0000-7000-8000-000000000006";
const EMPLOYER_SECRET: &str = "sandbox-employer";

impl Tour {
    pub async fn works_for_somebody(&self, ani: &Person) -> Outcome<()> {
        step("12. Ani works for PT Contoh Maju");
        let employer = self
            .client
            .with_credentials(EMPLOYER_ID.parse()?, EMPLOYER_SECRET);
        // Whatever clock the sandbox goes by, it tells its day.
        let today = self.client.get_server_info().await?.today;
        let (member, registered, npp) = self.names_her_employer(ani, &today).await?;
        member.renew_tokens().await?;
        let me = member.get_participant(None).await?;
        let membership = me.memberships.first().ok_or("no membership")?.id.clone();

        let request = ConfirmEmployeeRequest {
            membership_id: membership,
            nik: ani.nik.clone(),
            hire: Some(Hire {
                started_on: today.clone(),
                wage_idr: 5_000_000,
                in_jkn: true,
                ..Hire::default()
            }),
        };
        self.show("EmployerService/ConfirmEmployee", As::Employer, &request)?;
        let employee = employer.confirm_employee(request).await?;
        tell(format!(
            "Her KPJ is {}; she is covered from {}.",
            employee.kpj, employee.covered_from
        ));
        self.pays_for_the_month(&employer, &registered, (&npp, &today[..7]))
            .await?;

        self.looks_at_her_cover(&member).await?;
        self.looks_at_her_savings(&member).await
    }

    async fn names_her_employer(
        &self,
        ani: &Person,
        today: &str,
    ) -> Outcome<(Client, Registration, String)> {
        let registration = Uuid::now_v7();
        let request = StartRegistrationRequest {
            registration_id: registration.to_string(),
            segment: Segment::Pu.into(),
            nik: ani.nik.clone(),
            full_name: ani.full_name.clone(),
            contact: ani.contact.clone(),
            consent: true,
            ..StartRegistrationRequest::default()
        };
        let rpc = "RegistrationService/StartRegistration";
        self.show(rpc, As::Nobody, &request)?;
        let started = self.client.start_registration(request).await?;
        let code = self.reads_code(ani, 1).await?;
        let member = self.brings_back(&started.challenge_id, &code).await?;

        let request = SearchEmployersRequest {
            name: "Contoh".to_owned(),
            city: String::new(),
        };
        self.show("EmployerService/SearchEmployers", As::Member, &request)?;
        let found = member.search_employers("Contoh", "").await?;
        let unit = found.first().ok_or("the sandbox has an employer")?;
        tell(format!("{} is {}.", unit.npp, unit.employer_name));

        let request = SubmitEmploymentRequest {
            registration_id: registration.to_string(),
            employee: Some(EmployeeStatement {
                npp: unit.npp.clone(),
                started_on: today.to_owned(),
                ..EmployeeStatement::default()
            }),
            ..SubmitEmploymentRequest::default()
        };
        self.show("RegistrationService/SubmitEmployment", As::Member, &request)?;
        tell_state(&member.submit_employment(request).await?);
        let request = ConfirmRegistrationRequest {
            registration_id: registration.to_string(),
        };
        let rpc = "RegistrationService/ConfirmRegistration";
        self.show(rpc, As::Member, &request)?;
        let confirmed = member.confirm_registration(registration).await?;
        tell_state(&confirmed);
        Ok((member, confirmed, unit.npp.clone()))
    }

    async fn pays_for_the_month(
        &self,
        employer: &Client,
        registered: &Registration,
        (npp, month): (&str, &str),
    ) -> Outcome<()> {
        let bill = Uuid::now_v7();
        let request = IssueEmployerBillRequest {
            bill_id: bill.to_string(),
            npp: npp.to_owned(),
            month: month.to_owned(),
        };
        let rpc = "ContributionService/IssueEmployerBill";
        self.show(rpc, As::Employer, &request)?;
        employer.issue_employer_bill(bill, npp, month).await?;
        let open = self.once(employer, bill, State::Open).await?;
        tell(format!(
            "{} employee(s), IDR {}, due on {}.",
            open.employees, open.total_idr, open.due_on
        ));

        let gateway = self
            .client
            .with_credentials(GATEWAY_ID.parse()?, GATEWAY_SECRET);
        let request = RecordPaymentRequest {
            gateway_payment_id: format!("tour-{}", Uuid::now_v7().simple()),
            payment_code: open.payment_code,
            amount_idr: open.payable_idr,
            paid_at: registered.started_at,
            channel: "BANK".to_owned(),
        };
        self.show("ContributionService/RecordPayment", As::Gateway, &request)?;
        let payment = gateway.record_payment(request).await?;
        tell(payment.disposition().as_str_name());
        self.once(employer, bill, State::Paid).await?;
        Ok(())
    }

    /// The employer's bill, once the workers have brought it to `state`.
    async fn once(&self, employer: &Client, bill: Uuid, state: State) -> Outcome<EmployerBill> {
        let request = GetEmployerBillRequest {
            bill_id: bill.to_string(),
        };
        let rpc = "ContributionService/GetEmployerBill";
        self.show(rpc, As::Employer, &request)?;
        for _ in 0..50 {
            let found = employer.get_employer_bill(bill).await?;
            if found.state() == state {
                return Ok(found);
            }
            sleep(Duration::from_millis(200)).await;
        }
        Err("the workers did not come to the bill".into())
    }
}
