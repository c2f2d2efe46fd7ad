//! What somebody asks codes for, parsed once: all bad fields at a time.

use jamsostek_proto::v1::{OtpPurpose, SendOtpRequest, send_step_up_otp_request::Act as StatedAct};

use super::super::codes::Wish;
use crate::{
    bank_account::BankAccount,
    identity::Contact,
    otp::{Act, Purpose},
    refusal::Fields,
};

pub(super) fn act(fields: &mut Fields, act: Option<StatedAct>) -> Option<Act> {
    match act {
        None => {
            fields.reject("act", "must be a payout or a new contact");
            None
        }
        Some(StatedAct::Payout(payout)) => {
            let claim = fields.id("payout.claim_id", &payout.claim_id);
            let account = BankAccount::read(fields, "payout.account", payout.account);
            let (claim, account) = (claim?, account?);
            Some(Act::Payout { claim, account })
        }
        Some(StatedAct::NewContact(contact)) => fields
            .take("new_contact", Contact::parse(&contact))
            .map(Act::NewContact),
    }
}

pub(super) fn wish(fields: &mut Fields, request: &SendOtpRequest) -> Option<Wish> {
    let purpose = match OtpPurpose::try_from(request.purpose) {
        Ok(OtpPurpose::Register) => Some(Purpose::Register),
        Ok(OtpPurpose::SignIn) => Some(Purpose::SignIn),
        // Codes for an act are asked for by SendStepUpOtp.
        Ok(OtpPurpose::Unspecified) | Err(_) => None,
    };
    if purpose.is_none() {
        fields.reject(
            "purpose",
            "must be OTP_PURPOSE_REGISTER or OTP_PURPOSE_SIGN_IN",
        );
    }
    let kpj = (!request.kpj.is_empty()).then(|| request.kpj.clone());
    if kpj
        .as_ref()
        .is_some_and(|it| it.len() != 11 || !it.bytes().all(|it| it.is_ascii_digit()))
    {
        fields.reject("kpj", "must be 11 digits");
    }
    if !request.resend_of.is_empty() {
        if !request.contact.is_empty() || kpj.is_some() {
            fields.reject("contact", "must be empty where a code is sent again");
        }
        let challenge = fields.id("resend_of", &request.resend_of)?;
        return Some(Wish::Again {
            challenge,
            purpose: purpose?,
        });
    }
    if purpose == Some(Purpose::Register) {
        fields.reject("resend_of", "must name the code to send again");
        return None;
    }
    let contact = fields.take("contact", Contact::parse(&request.contact))?;
    purpose.map(|_| Wish::SignIn { contact, kpj })
}
