//! Requests, parsed once: all bad fields at a time.

use jamsostek_proto::v1::{
    CheckEligibilityRequest, RecordPayoutRequest, RejectClaimRequest, SubmitClaimRequest,
};
use tonic::Status;
use uuid::Uuid;

use super::super::{Application, notice::Notice};
use crate::{
    bank_account::BankAccount,
    benefit::{self, Cause, only_old_age, programme_of},
    refusal::Fields,
    wire::{is_word, reason},
};

pub(super) fn question(request: &CheckEligibilityRequest) -> Result<(Option<Uuid>, Cause), Status> {
    let mut fields = Fields::default();
    let named = fields.optional_id("participant_id", &request.participant_id);
    let programme = programme_of(&mut fields, request.programme);
    let cause = benefit::cause(&mut fields, request.cause);
    let (Some(programme), Some(cause)) = (programme, cause) else {
        return Err(fields.refusal());
    };
    fields.check()?;
    only_old_age(programme)?;
    Ok((named, cause))
}

pub(super) fn application(request: SubmitClaimRequest) -> Result<Application, Status> {
    let mut fields = Fields::default();
    let id = fields.id("claim_id", &request.claim_id);
    let programme = programme_of(&mut fields, request.programme);
    let cause = benefit::cause(&mut fields, request.cause);
    let account = BankAccount::read(&mut fields, "account", request.account);
    let challenge = fields.id("challenge_id", &request.challenge_id);
    let kpj = (!request.kpj.is_empty()).then_some(request.kpj);
    let digits = |it: &String| it.len() == 11 && it.bytes().all(|it| it.is_ascii_digit());
    if kpj.as_ref().is_some_and(|it| !digits(it)) {
        fields.reject("kpj", "must be 11 digits");
    }
    let (Some(id), Some(programme), Some(cause), Some(account), Some(challenge)) =
        (id, programme, cause, account, challenge)
    else {
        return Err(fields.refusal());
    };
    fields.check()?;
    only_old_age(programme)?;
    Ok(Application {
        id,
        cause,
        account,
        challenge,
        kpj,
    })
}

pub(super) fn rejection(request: &RejectClaimRequest) -> Result<(Uuid, String), Status> {
    let mut fields = Fields::default();
    let id = fields.id("claim_id", &request.claim_id);
    let why = reason(&mut fields, "reason", &request.reason);
    let Some(id) = id else {
        return Err(fields.refusal());
    };
    fields.check()?;
    Ok((id, why))
}

pub(super) fn notice(request: RecordPayoutRequest) -> Result<Notice, Status> {
    let mut fields = Fields::default();
    let award = fields.id("award_id", &request.award_id);
    if !is_word(&request.bank_reference, 64, b".-_") {
        fields.reject(
            "bank_reference",
            "must be 1 to 64 letters, digits, dots, dashes, underscores",
        );
    }
    let failure = match (request.paid, request.failure.is_empty()) {
        (true, true) => None,
        (true, false) => {
            fields.reject("failure", "must be empty when it was paid");
            None
        }
        (false, _) => Some(reason(&mut fields, "failure", &request.failure)),
    };
    let Some(award) = award else {
        return Err(fields.refusal());
    };
    fields.check()?;
    Ok(Notice {
        award,
        bank_reference: request.bank_reference,
        failure,
    })
}
