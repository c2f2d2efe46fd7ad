//! What happens on the tour, an act a function.

use jamsostek_client::{
    BpuCategory, Client, Employment, Occupation, Programme, Sector, Segment, Uuid,
    v1::{
        ConfirmRegistrationRequest, GetRegistrationRequest, IssueTokenRequest, ListPeopleRequest,
        ListStatementLinesRequest, LookUpBillRequest, OtpPurpose, RecordPaymentRequest,
        RefreshTokenRequest, SendOtpRequest, StartRegistrationRequest, SubmitEmploymentRequest,
        WhoAmIRequest, look_up_bill_request::By,
    },
};

use crate::{
    Outcome,
    guide::{As, Tour, step, tell, tell_state},
    person::Person,
};

/// The gateway that every sandbox knows.
pub const GATEWAY_ID: &str = "00000000-0000-7000-8000-000000000001";
pub const GATEWAY_SECRET: &str = "sandbox-gateway";

impl Tour {
    pub async fn meets_the_neighbours(&self) -> Outcome<()> {
        step("1. Whom the sandbox knows");
        let rpc = "SandboxService/ListPeople";
        self.show(rpc, As::Nobody, &ListPeopleRequest {})?;
        for person in self.client.list_people().await? {
            tell(format!(
                "{} {}: {}",
                person.nik, person.full_name, person.story
            ));
        }
        Ok(())
    }

    pub async fn starts_to_register(&self, siti: &Person) -> Outcome<(Uuid, Client)> {
        step("2. Siti starts to register and brings the code back");
        let registration = Uuid::now_v7();
        let request = StartRegistrationRequest {
            registration_id: registration.to_string(),
            segment: Segment::Bpu.into(),
            nik: siti.nik.clone(),
            full_name: siti.full_name.clone(),
            contact: siti.contact.clone(),
            consent: true,
            ..StartRegistrationRequest::default()
        };
        self.show(
            "RegistrationService/StartRegistration",
            As::Nobody,
            &request,
        )?;
        let started = self.client.start_registration(request).await?;
        tell(format!("A code goes to {}.", started.masked_contact));

        let code = self.reads_code(siti, 1).await?;
        let member = self.brings_back(&started.challenge_id, &code).await?;
        Ok((registration, member))
    }

    pub async fn tells_the_work(&self, member: &Client, registration: Uuid) -> Outcome<String> {
        step("3. She tells her work, and confirms");
        let employment = Employment {
            occupations: vec![Occupation {
                title: "Pedagang sayur".to_owned(),
                sector: Sector::Trade.into(),
            }],
            category: BpuCategory::SelfEmployed.into(),
            income_idr: 2_500_000,
            programmes: [Programme::Jkk, Programme::Jkm, Programme::Jht]
                .map(i32::from)
                .to_vec(),
            months: 1,
            ..Employment::default()
        };
        let request = SubmitEmploymentRequest {
            registration_id: registration.to_string(),
            employee: None,
            placement: None,
            employment: Some(employment),
            birth_date: String::new(),
        };
        self.show("RegistrationService/SubmitEmployment", As::Member, &request)?;
        tell_state(&member.submit_employment(request).await?);

        let request = ConfirmRegistrationRequest {
            registration_id: registration.to_string(),
        };
        self.show(
            "RegistrationService/ConfirmRegistration",
            As::Member,
            &request,
        )?;
        let confirmed = member.confirm_registration(registration).await?;
        tell_state(&confirmed);
        tell(format!("She may pay with {}.", confirmed.payment_code));
        Ok(confirmed.payment_code)
    }

    pub async fn pays_at_the_shop(
        &self,
        member: &Client,
        registration: Uuid,
        payment_code: &str,
    ) -> Outcome<()> {
        step("4. She pays at the shop; the gateway tells us");
        let request = IssueTokenRequest {
            client_id: GATEWAY_ID.to_owned(),
            client_secret: GATEWAY_SECRET.to_owned(),
        };
        self.show("SessionService/IssueToken", As::Nobody, &request)?;
        let gateway = self
            .client
            .with_credentials(GATEWAY_ID.parse()?, GATEWAY_SECRET);
        tell("The client does this by itself; the accessToken is $GATEWAY_TOKEN from here on.");

        let by = By::PaymentCode(payment_code.to_owned());
        let request = LookUpBillRequest {
            by: Some(by.clone()),
        };
        self.show("ContributionService/LookUpBill", As::Gateway, &request)?;
        let inquiry = gateway.look_up_bill(by).await?;
        let bill = inquiry.bill.ok_or("the inquiry has no bill")?;
        tell(format!(
            "{} owes IDR {}.",
            inquiry.masked_name, bill.payable_idr
        ));

        // The moment she began: it lies neither ahead nor long ago by whatever clock the sandbox goes by.
        let began = member.get_registration(registration).await?.started_at;
        let request = RecordPaymentRequest {
            gateway_payment_id: format!("tour-{}", Uuid::now_v7().simple()),
            payment_code: payment_code.to_owned(),
            amount_idr: bill.payable_idr,
            paid_at: began,
            channel: "SHOP".to_owned(),
        };
        self.show("ContributionService/RecordPayment", As::Gateway, &request)?;
        let payment = gateway.record_payment(request).await?;
        tell(format!(
            "{}: IDR {} paid for {}.",
            payment.disposition().as_str_name(),
            payment.applied_idr,
            payment.months_paid.join(", "),
        ));
        Ok(())
    }

    pub async fn is_a_participant(&self, member: &Client, registration: Uuid) -> Outcome<()> {
        step("5. She is a participant");
        let request = GetRegistrationRequest {
            registration_id: registration.to_string(),
        };
        self.show("RegistrationService/GetRegistration", As::Member, &request)?;
        let active = member.get_registration(registration).await?;
        tell_state(&active);
        tell(format!("Her participant number (KPJ) is {}.", active.kpj));

        let request = RefreshTokenRequest {
            refresh_token: "$REFRESH_TOKEN".to_owned(),
        };
        self.show("SessionService/RefreshToken", As::Nobody, &request)?;
        member.renew_tokens().await?;
        let speaks = member.who_am_i().await?;
        tell(format!(
            "Her token now speaks for a {}.",
            speaks.subject().as_str_name()
        ));
        Ok(())
    }

    pub async fn signs_in_again(&self, siti: &Person) -> Outcome<Client> {
        step("6. Another day, she signs in");
        self.lets_time_pass(61).await?;
        let request = SendOtpRequest {
            purpose: OtpPurpose::SignIn.into(),
            contact: siti.contact.clone(),
            ..SendOtpRequest::default()
        };
        self.show("OtpService/SendOtp", As::Nobody, &request)?;
        let sent = self.client.send_otp(request).await?;
        tell(format!("A code goes to {}.", sent.masked_contact));

        let code = self.reads_code(siti, 2).await?;
        self.brings_back(&sent.challenge_id, &code).await
    }

    pub async fn sees_what_covers_her(&self, member: &Client) -> Outcome<()> {
        step("7. She looks at what she has");
        self.show("SessionService/WhoAmI", As::Member, &WhoAmIRequest {})?;
        let caller = member.who_am_i().await?;
        tell(format!(
            "{} {}",
            caller.subject().as_str_name(),
            caller.subject_id
        ));

        self.looks_at_her_cover(member).await?;
        self.looks_at_her_savings(member).await?;
        let request = ListStatementLinesRequest::default();
        self.show("BalanceService/ListStatementLines", As::Member, &request)?;
        for line in member.list_statement_lines(request).await?.lines {
            let (month, after) = (&line.contribution_month, line.balance_after_idr);
            tell(format!(
                "{} {month}: IDR {}, then {after}",
                line.day, line.amount_idr
            ));
        }
        Ok(())
    }
}
