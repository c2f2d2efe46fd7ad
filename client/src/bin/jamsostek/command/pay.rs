//! Paying in a sandbox, where this program may play the gateway.

use clap::Args;
use jamsostek_client::{
    Client, Uuid,
    v1::{RecordPaymentRequest, look_up_bill_request::By},
};
use prost_types::Timestamp;
use serde_json::json;

use super::bill;
use crate::{
    answer::Answer,
    desk::{ACCESS_SECONDS, Desk},
    failure::{Exit, Failure},
    show::moment_json,
    words::{plain, rupiah, short},
};

/// The gateway that every sandbox knows, and its secret, which is none.
const GATEWAY: Uuid = Uuid::from_u128(0x0000_0000_0000_7000_8000_0000_0000_0001);
const GATEWAY_SECRET: &str = "sandbox-gateway";

#[derive(Args)]
pub(crate) struct Pay {
    /// The payment code; the last bill's otherwise
    payment_code: Option<String>,
    /// What is paid, in whole rupiah; all that is to be paid otherwise
    #[arg(long, value_name = "RUPIAH")]
    amount: Option<i64>,
    /// Issues a bill for so many months first, 1 to 12
    #[arg(long, conflicts_with = "payment_code")]
    months: Option<i32>,
}

impl Pay {
    pub(crate) async fn run(self, desk: &Desk) -> Result<Answer, Failure> {
        let nobody = desk.nobody().await?;
        let profile = nobody.get_server_info().await?.profile;
        if profile != "sandbox" {
            return Err(Failure::here(
                Exit::Refused,
                format!(
                    "This server is no sandbox but {profile}, where only a gateway takes money."
                ),
                "Pay the code of `jamsostek bill` at a bank, a shop or a wallet.",
            ));
        }
        let payment_code = self.code(desk).await?;
        let gateway = nobody.with_credentials(GATEWAY, GATEWAY_SECRET);
        let looked_up = gateway
            .look_up_bill(By::PaymentCode(payment_code.clone()))
            .await?;
        let payable = looked_up.bill.map_or(0, |it| it.payable_idr);
        let amount_idr = self.amount.unwrap_or(payable);
        if amount_idr == 0 {
            return Err(Failure::here(
                Exit::Refused,
                format!("Nothing is to be paid for {payment_code}."),
                "Issue a bill with `jamsostek bill --months 1`.",
            ));
        }
        let paid = gateway
            .record_payment(RecordPaymentRequest {
                gateway_payment_id: format!("cli-{}", Uuid::now_v7().simple()),
                payment_code: payment_code.clone(),
                amount_idr,
                paid_at: Some(now_there(&gateway)?),
                channel: "SANDBOX".into(),
            })
            .await?;
        // Money that pays for no month leaves the bill as it was, and a stage leaves the stages after it.
        let whole = paid.applied_idr > 0 && amount_idr >= payable;
        if whole || !paid.months_paid.is_empty() {
            desk.keep(|state| state.payment_code = None)?;
        }
        let disposition = short(paid.disposition().as_str_name(), "DISPOSITION_");
        let mut text = format!(
            "{} paid for {}: {}.\n",
            rupiah(paid.amount_idr),
            looked_up.masked_name,
            plain(disposition),
        );
        if !paid.months_paid.is_empty() {
            text.push_str(&format!("  months  {}\n", paid.months_paid.join(", ")));
        }
        let reason = short(paid.suspense_reason().as_str_name(), "SUSPENSE_REASON_");
        let json = json!({
            "payment_id": paid.id,
            "gateway_payment_id": paid.gateway_payment_id,
            "payment_code": payment_code,
            "disposition": disposition,
            "suspense_reason": (reason != "UNSPECIFIED").then_some(reason),
            "amount_idr": paid.amount_idr,
            "applied_idr": paid.applied_idr,
            "credited_idr": paid.credited_idr,
            "months_paid": paid.months_paid,
            "paid_at": moment_json(paid.paid_at.as_ref()),
        });
        Ok(Answer::new(text, json))
    }

    /// What is paid for: named, issued now, or issued last.
    async fn code(&self, desk: &Desk) -> Result<String, Failure> {
        if let Some(payment_code) = &self.payment_code {
            return Ok(payment_code.clone());
        }
        if let Some(months) = self.months {
            return Ok(bill::issue(desk, months, None).await?.payment_code);
        }
        desk.state()?.payment_code.ok_or_else(|| {
            Failure::usage(
                "No bill waits to be paid.",
                "Name a payment code, or issue a bill with --months.",
            )
        })
    }
}

/// The moment by the server's clock, which a sandbox may have moved: when the token ends, less how long it lives.
fn now_there(gateway: &Client) -> Result<Timestamp, Failure> {
    let ends = gateway.tokens().and_then(|it| it.access_expires_at);
    let ends = ends.ok_or_else(|| Failure::strange("a token that never ends"))?;
    Ok(Timestamp {
        seconds: ends.timestamp() - ACCESS_SECONDS,
        nanos: 0,
    })
}
