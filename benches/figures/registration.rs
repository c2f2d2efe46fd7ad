//! The whole road of one person, from a NIK to a paid month.

use std::time::Duration;

use jamsostek_proto::v1::{
    BpuCategory, ConfirmRegistrationRequest, Employment, GetOtpDeliveryRequest,
    ListMessagesRequest, LookUpBillRequest, Occupation, Programme, Sector, Segment,
    StartRegistrationRequest, SubmitEmploymentRequest, VerifyOtpRequest,
    contribution_service_client::ContributionServiceClient, get_otp_delivery_response::State,
    look_up_bill_request::By, otp_service_client::OtpServiceClient, payment::Disposition,
    registration_service_client::RegistrationServiceClient,
    sandbox_service_client::SandboxServiceClient,
};
use tonic::transport::Channel;
use uuid::Uuid;

use crate::{payment::notice, town::with};

/// What everybody is called.
pub const NAME: &str = "Rahmat Hidayat";

/// Somebody who has walked the whole road.
pub struct Active {
    pub contact: String,
    pub membership: String,
    pub refresh_token: String,
}

/// The whole road of one person.
pub async fn register(channel: Channel, gateway: &str, number: usize) -> Active {
    let mut registrations = RegistrationServiceClient::new(channel.clone());
    let mut contributions = ContributionServiceClient::new(channel.clone());
    let contact = format!("+6285{number:09}");
    let form = StartRegistrationRequest {
        registration_id: Uuid::now_v7().to_string(),
        segment: Segment::Bpu.into(),
        nik: nik(number),
        full_name: NAME.into(),
        contact: contact.clone(),
        consent: true,
        ..Default::default()
    };
    let started = registrations
        .start_registration(form)
        .await
        .expect("started")
        .into_inner();
    let request = VerifyOtpRequest {
        code: code_sent_to(channel.clone(), &started.challenge_id, &contact).await,
        challenge_id: started.challenge_id,
    };
    let verified = OtpServiceClient::new(channel).verify_otp(request).await;
    let verified = verified.expect("verified").into_inner();
    let token = verified.access_token;

    let registration_id = started.registration_id;
    let work = SubmitEmploymentRequest {
        registration_id: registration_id.clone(),
        employee: None,
        placement: None,
        employment: Some(work()),
        birth_date: String::new(),
    };
    registrations
        .submit_employment(with(&token, work))
        .await
        .expect("the work is taken");
    let confirm = ConfirmRegistrationRequest { registration_id };
    let confirmed = registrations
        .confirm_registration(with(&token, confirm))
        .await;
    let confirmed = confirmed.expect("confirmed").into_inner();
    let payment_code = confirmed.registration.expect("a registration").payment_code;

    let inquiry = LookUpBillRequest {
        by: Some(By::PaymentCode(payment_code.clone())),
    };
    let bill = contributions.look_up_bill(with(gateway, inquiry)).await;
    let bill = bill.expect("a bill").into_inner().bill.expect("a bill");
    let request = with(gateway, notice(payment_code, bill.payable_idr));
    let paid = contributions
        .record_payment(request)
        .await
        .expect("taken")
        .into_inner();
    let paid = paid.payment.expect("a payment");
    assert_eq!(paid.disposition(), Disposition::Applied);
    Active {
        contact,
        membership: bill.membership_id,
        refresh_token: verified.refresh_token,
    }
}

/// The code, as soon as the sandbox's sender has handed it over.
pub async fn code_sent_to(channel: Channel, challenge_id: &str, contact: &str) -> String {
    let mut codes = OtpServiceClient::new(channel.clone());
    loop {
        let request = GetOtpDeliveryRequest {
            challenge_id: challenge_id.to_owned(),
        };
        let delivery = codes
            .get_otp_delivery(request)
            .await
            .expect("a state")
            .into_inner();
        if delivery.state() == State::Sent {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let request = ListMessagesRequest {
        contact: contact.to_owned(),
    };
    let messages = SandboxServiceClient::new(channel)
        .list_messages(request)
        .await;
    messages
        .expect("messages")
        .into_inner()
        .messages
        .swap_remove(0)
        .code
}

/// Everybody is of the pension age, so that everybody can claim.
fn nik(number: usize) -> String {
    let (day, serial) = (number / 9_999 % 28 + 1, number % 9_999 + 1);
    format!("317405{day:02}0766{serial:04}")
}

fn work() -> Employment {
    Employment {
        occupations: vec![Occupation {
            title: "Warung".into(),
            sector: Sector::Trade.into(),
        }],
        category: BpuCategory::SelfEmployed.into(),
        income_idr: 2_500_000,
        programmes: [Programme::Jkk, Programme::Jkm, Programme::Jht]
            .map(Into::into)
            .to_vec(),
        months: 1,
        paid_by_state: false,
        mother_name: String::new(),
    }
}
