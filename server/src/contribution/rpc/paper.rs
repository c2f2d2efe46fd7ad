//! Requests, parsed once: all bad fields at a time.

use chrono::{DateTime, Duration, DurationRound, NaiveDate, Utc};
use jamsostek_proto::v1::{
    EndBusinessRequest, ExtendCoverRequest, LookUpBillRequest, RecordPaymentRequest,
    allocate_payment_request, look_up_bill_request::By,
};
use tonic::Status;
use uuid::Uuid;

use super::super::{BILL_MONTHS_MAX, Home, Notice, look_up::Key};
use crate::{
    caller::Caller,
    employer::Npp,
    identity::Nik,
    money::Money,
    refusal::Fields,
    wire::{self, is_word},
};

/// How far a gateway's clock may run ahead of ours.
const SKEW: Duration = Duration::minutes(5);

pub(super) fn months(fields: &mut Fields, months: i32) -> Option<u32> {
    let read = u32::try_from(months)
        .ok()
        .filter(|it| (1..=BILL_MONTHS_MAX).contains(it));
    if read.is_none() {
        fields.reject("months", "must be 1 to 12");
    }
    read
}

/// The bill, whether the caller named it, the membership and the months.
pub(super) fn extension(request: &ExtendCoverRequest) -> Result<(Uuid, bool, Uuid, u32), Status> {
    let mut fields = Fields::default();
    let id = fields.id_or_new("bill_id", &request.bill_id);
    let membership = fields.id("membership_id", &request.membership_id);
    // How many a contract may have is the law's to say.
    let months = fields.take("months", wire::count(request.months));
    match (id, membership, months) {
        (Some((id, repeatable)), Some(membership), Some(months)) => {
            Ok((id, repeatable, membership, months))
        }
        _ => Err(fields.refusal()),
    }
}

/// The membership, and its last day where one is told.
pub(super) fn end(request: &EndBusinessRequest) -> Result<(Uuid, Option<NaiveDate>), Status> {
    let mut fields = Fields::default();
    let membership = fields.id("membership_id", &request.membership_id);
    let on = fields.optional_day("ended_on", &request.ended_on);
    let Some(membership) = membership else {
        return Err(fields.refusal());
    };
    fields.check()?;
    Ok((membership, on))
}

pub(super) fn key(request: LookUpBillRequest) -> Result<Key, Status> {
    let mut fields = Fields::default();
    match request.by {
        Some(By::PaymentCode(code)) if is_code(&code) => return Ok(Key::PaymentCode(code)),
        Some(By::PaymentCode(_)) => fields.reject("payment_code", "must be digits, at most 32"),
        Some(By::Nik(nik)) => {
            if let Some(nik) = fields.take("nik", Nik::parse(&nik)) {
                return Ok(Key::Nik(nik));
            }
        }
        None => fields.reject("by", "must be a payment code or a NIK"),
    }
    Err(fields.refusal())
}

pub(super) fn notice(
    request: RecordPaymentRequest,
    caller: &Caller,
    now: DateTime<Utc>,
) -> Result<Notice, Status> {
    let mut fields = Fields::default();
    if !is_word(&request.gateway_payment_id, 64, b".-_") {
        fields.reject(
            "gateway_payment_id",
            "must be 1 to 64 letters, digits, dots, dashes",
        );
    }
    if !is_code(&request.payment_code) {
        fields.reject("payment_code", "must be digits, at most 32");
    }
    if !(1..=wire::AMOUNT_MAX_IDR).contains(&request.amount_idr) {
        fields.reject("amount_idr", "must be 1 to 1,000,000,000,000 rupiah");
    }
    if !is_word(&request.channel, 32, b"-_") {
        fields.reject(
            "channel",
            "must be 1 to 32 letters, digits, dashes, underscores",
        );
    }
    let paid_at = request.paid_at.and_then(|it| {
        let nanos = u32::try_from(it.nanos).ok()?;
        DateTime::from_timestamp(it.seconds, nanos)?
            .duration_trunc(Duration::microseconds(1))
            .ok()
    });
    match paid_at {
        None => fields.reject("paid_at", "must say when it was paid"),
        Some(paid_at) if paid_at > now + SKEW => {
            fields.reject("paid_at", "must not lie in the future");
        }
        Some(_) => {}
    }
    let Some(paid_at) = paid_at else {
        return Err(fields.refusal());
    };
    fields.check()?;
    Ok(Notice {
        gateway: caller.id,
        gateway_payment_id: request.gateway_payment_id,
        payment_code: request.payment_code,
        amount: Money::new(request.amount_idr),
        paid_at,
        channel: request.channel,
    })
}

fn is_code(text: &str) -> bool {
    (1..=32).contains(&text.len()) && text.bytes().all(|it| it.is_ascii_digit())
}

/// Reads whose the money is that was set aside.
pub(super) fn home(
    fields: &mut Fields,
    home: Option<&allocate_payment_request::Home>,
) -> Option<Home> {
    match home {
        Some(allocate_payment_request::Home::MembershipId(id)) => {
            fields.id("membership_id", id).map(Home::Membership)
        }
        Some(allocate_payment_request::Home::Npp(npp)) => {
            fields.take("npp", Npp::parse(npp)).map(Home::Unit)
        }
        None => {
            fields.reject("membership_id", "must be told");
            None
        }
    }
}
