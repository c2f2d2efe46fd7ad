//! Somebody goes abroad: a placement, a contract that is paid in stages, a departure, more months.

use jamsostek_client::{
    Client, Segment, Uuid,
    v1::{
        ConfirmRegistrationRequest, ExtendCoverRequest, GetBillRequest, Placement,
        RecordPaymentRequest, ReportDepartureRequest, Route, StartRegistrationRequest,
        SubmitEmploymentRequest,
    },
};

use crate::{
    Outcome,
    acts::{GATEWAY_ID, GATEWAY_SECRET},
    guide::{As, Tour, step, tell, tell_state},
    person::Person,
};

impl Tour {
    pub async fn goes_abroad(&self, dewi: &Person) -> Outcome<()> {
        step("11. Dewi goes abroad, placed by an agency");
        let (registration, member, today) = self.registers_for_abroad(dewi).await?;
        let request = ConfirmRegistrationRequest {
            registration_id: registration.to_string(),
        };
        let rpc = "RegistrationService/ConfirmRegistration";
        self.show(rpc, As::Member, &request)?;
        let confirmed = member.confirm_registration(registration).await?;
        let request = GetBillRequest {
            bill_id: confirmed.bill_id.clone(),
        };
        self.show("ContributionService/GetBill", As::Member, &request)?;
        let bill = member.get_bill(confirmed.bill_id.parse()?).await?;
        for line in &bill.lines {
            let stage = line.stage().as_str_name();
            tell(format!(
                "{stage}: IDR {} ({})",
                line.amount_idr, line.formula
            ));
        }

        let gateway = self
            .client
            .with_credentials(GATEWAY_ID.parse()?, GATEWAY_SECRET);
        for amount_idr in [bill.next_stage_idr, bill.total_idr - bill.next_stage_idr] {
            let request = RecordPaymentRequest {
                gateway_payment_id: format!("tour-{}", Uuid::now_v7().simple()),
                payment_code: bill.payment_code.clone(),
                amount_idr,
                paid_at: confirmed.started_at,
                channel: "BANK".to_owned(),
            };
            self.show("ContributionService/RecordPayment", As::Gateway, &request)?;
            let payment = gateway.record_payment(request).await?;
            let disposition = payment.disposition().as_str_name();
            tell(format!("{disposition}: IDR {}.", payment.applied_idr));
        }
        member.renew_tokens().await?;
        self.embarks_and_extends(&member, &today).await
    }

    async fn registers_for_abroad(&self, dewi: &Person) -> Outcome<(Uuid, Client, String)> {
        let registration = Uuid::now_v7();
        let request = StartRegistrationRequest {
            registration_id: registration.to_string(),
            segment: Segment::Pmi.into(),
            nik: dewi.nik.clone(),
            full_name: dewi.full_name.clone(),
            contact: dewi.contact.clone(),
            birth_date: String::new(),
            consent: true,
            passport: None,
        };
        let rpc = "RegistrationService/StartRegistration";
        self.show(rpc, As::Nobody, &request)?;
        let started = self.client.start_registration(request).await?;
        let code = self.reads_code(dewi, 1).await?;
        let member = self.brings_back(&started.challenge_id, &code).await?;

        // Whatever clock the sandbox goes by, it tells its day.
        let today = self.client.get_server_info().await?.today;
        let request = SubmitEmploymentRequest {
            registration_id: registration.to_string(),
            placement: Some(Placement {
                route: Route::Agency.into(),
                agency: "PT Contoh Penempatan".to_owned(),
                country: "TW".to_owned(),
                job_title: "Perawat".to_owned(),
                contract_months: 24,
                departs_on: today.clone(),
                // By choice; a contract without it costs the same and saves nothing.
                jht_monthly_idr: 100_000,
                ..Placement::default()
            }),
            ..SubmitEmploymentRequest::default()
        };
        self.show("RegistrationService/SubmitEmployment", As::Member, &request)?;
        tell_state(&member.submit_employment(request).await?);
        Ok((registration, member, today))
    }

    async fn embarks_and_extends(&self, member: &Client, today: &str) -> Outcome<()> {
        let me = member.get_participant(None).await?;
        let membership = me.memberships.first().ok_or("no membership")?;
        let request = ReportDepartureRequest {
            membership_id: membership.id.clone(),
            departed_on: today.to_owned(),
        };
        self.show("ParticipantService/ReportDeparture", As::Member, &request)?;
        member
            .report_departure(membership.id.parse()?, today.parse()?)
            .await?;
        self.looks_at_her_cover(member).await?;
        self.looks_at_her_savings(member).await?;

        let request = ExtendCoverRequest {
            bill_id: Uuid::now_v7().to_string(),
            membership_id: membership.id.clone(),
            months: 2,
        };
        self.show("ContributionService/ExtendCover", As::Member, &request)?;
        let bill = member.extend_cover(request).await?.bill;
        let bill = bill.ok_or("no bill")?;
        tell(format!(
            "Two months more cost IDR {}; what is paid moves the end.",
            bill.total_idr
        ));
        Ok(())
    }
}
