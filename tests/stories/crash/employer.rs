//! An employer registers, reports two, is billed and pays, or finds all of it done.

use jamsostek_client::{
    Client, Error, Uuid,
    v1::{
        CreateCredentialRequest, EmployerBill, EmployerRole, Hire, RecordPaymentRequest,
        RegisterEmployerRequest, ReportEmployeeRequest, Scale, employer_bill::State,
    },
};
use tokio::task::yield_now;
use tokio_stream::StreamExt;

use crate::{company::papers, town::credential};

/// What an employer keeps, so that he can repeat it.
#[derive(Clone)]
pub struct Employer {
    papers: RegisterEmployerRequest,
    reports: [ReportEmployeeRequest; 2],
    /// The memberships that were answered.
    employed: Vec<String>,
    bill: Uuid,
    notice: Option<RecordPaymentRequest>,
    payment: Option<String>,
}

impl Employer {
    /// An employer who has sent nothing yet, without pension, whose cap is announced year by year.
    pub fn of(number: usize, today: &str) -> Self {
        let npp = format!("CR{number:06}");
        let report = |at: usize| ReportEmployeeRequest {
            report_id: Uuid::now_v7().to_string(),
            npp: npp.clone(),
            nik: format!("317403120590{:04}", number * 2 + at + 1),
            full_name: "Siti Aminah".into(),
            hire: Some(Hire {
                started_on: today.to_owned(),
                wage_idr: 5_000_000,
                ..Hire::default()
            }),
            ..ReportEmployeeRequest::default()
        };
        Self {
            papers: papers(&npp, Scale::Small),
            reports: [report(0), report(1)],
            employed: Vec::new(),
            bill: Uuid::now_v7(),
            notice: None,
            payment: None,
        }
    }

    /// Goes all the way; what was answered before is as it was.
    pub async fn employs(mut self, client: &Client, keeps: impl Fn(&Self)) -> Result<(), Error> {
        let registrar = client.with_credentials(credential(7), "sandbox-registrar");
        let made = registrar.register_employer(self.papers.clone()).await?;
        let found = made.employer.expect("an employer");
        assert_eq!(found.id, self.papers.employer_id);
        keeps(&self);
        let user = user(client, &found.id).await?;
        for (at, report) in self.reports.clone().into_iter().enumerate() {
            let employee = user.report_employee(report).await?.employee;
            let membership = employee.expect("an employee").membership_id;
            match self.employed.get(at) {
                Some(known) => assert_eq!(*known, membership),
                None => self.employed.push(membership),
            }
            keeps(&self);
        }
        let report = &self.reports[0];
        let month = &report.hire.as_ref().expect("the work").started_on[..7];
        user.issue_employer_bill(self.bill, &report.npp, month)
            .await?;
        let bill = self.stands(&user, |it| it != State::Computing).await?;
        assert_eq!((bill.employees, bill.total_idr), (2, 2 * 312_000));
        self.pays(client, &bill, &keeps).await?;
        self.stands(&user, |it| it == State::Paid).await?;
        let rows: Result<Vec<_>, _> = user.employer_bill_rows(self.bill).collect().await;
        let rows: Vec<_> = rows?.iter().map(|it| it.allocated).collect();
        assert_eq!(rows, [true, true]);
        let bills = user.employer_bills(&self.reports[0].npp);
        let bills: Result<Vec<_>, _> = bills.collect().await;
        assert_eq!(bills?.len(), 1);
        keeps(&self);
        Ok(())
    }

    async fn pays(
        &mut self,
        client: &Client,
        bill: &EmployerBill,
        keeps: impl Fn(&Self),
    ) -> Result<(), Error> {
        let notice = self.notice.get_or_insert_with(|| RecordPaymentRequest {
            gateway_payment_id: Uuid::now_v7().to_string(),
            payment_code: bill.payment_code.clone(),
            amount_idr: bill.total_idr,
            paid_at: bill.issued_at,
            channel: "BANK".into(),
        });
        let notice = notice.clone();
        keeps(self);
        let gateway = client.with_credentials(credential(1), "sandbox-gateway");
        let paid = gateway.record_payment(notice).await?;
        assert_eq!((paid.applied_idr, paid.credited_idr), (bill.total_idr, 0));
        let known = self.payment.get_or_insert_with(|| paid.id.clone());
        assert_eq!(*known, paid.id);
        keeps(self);
        Ok(())
    }

    /// The bill once it stands so.
    async fn stands(
        &self,
        user: &Client,
        so: impl Fn(State) -> bool,
    ) -> Result<EmployerBill, Error> {
        loop {
            let bill = user.get_employer_bill(self.bill).await?;
            if so(bill.state()) {
                return Ok(bill);
            }
            yield_now().await;
        }
    }
}

/// A new user: the secret of the first one may have been told to nobody.
async fn user(client: &Client, employer: &str) -> Result<Client, Error> {
    let officer = client.with_credentials(credential(2), "sandbox-officer");
    let user = Uuid::now_v7();
    let roles = [EmployerRole::Maker, EmployerRole::Checker];
    let form = CreateCredentialRequest {
        credential_id: user.to_string(),
        employer_id: employer.to_owned(),
        name: "Ani".into(),
        roles: roles.map(Into::into).to_vec(),
    };
    let made = officer.create_credential(form).await?;
    Ok(client.with_credentials(user, made.client_secret))
}
