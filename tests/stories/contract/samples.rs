//! Something well-formed for every request.

use prost_reflect::{FieldDescriptor, Kind, MessageDescriptor};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::town::Town;

pub fn sample_of(message: &MessageDescriptor, town: &Town) -> Value {
    if message.full_name() == "google.protobuf.Timestamp" {
        return json!(town.now().to_rfc3339());
    }
    let mut body = Map::new();
    for field in message.fields() {
        let alternative = field.containing_oneof();
        let taken =
            alternative.is_some_and(|it| it.fields().any(|it| body.contains_key(it.name())));
        if !taken && let Some(value) = sample(&field, town) {
            body.insert(field.name().to_owned(), value);
        }
    }
    Value::Object(body)
}

/// Something well-formed for a field, by its name; `None` where it may be left empty.
fn sample(field: &FieldDescriptor, town: &Town) -> Option<Value> {
    let name = field.name();
    let value = match name {
        // A code that was sent before is sent again; that takes neither contact nor number.
        "contact" | "kpj" if field.parent_message().name() == "SendOtpRequest" => return None,
        "kpj" if field.parent_message().name() == "ProveIdentityRequest" => json!("12345678901"),
        "birth_date" | "mother_name" | "as_of" | "day" | "kpj" | "page_token" | "page_size" => {
            return None;
        }
        "programmes" => json!(["PROGRAMME_JKK", "PROGRAMME_JKM"]),
        "segment" => json!("SEGMENT_BPU"),
        "sector" => json!("SECTOR_TRADE"),
        "category" => json!("BPU_CATEGORY_SELF_EMPLOYED"),
        "purpose" => json!("OTP_PURPOSE_REGISTER"),
        "nik" => json!("3174011205909876"),
        "full_name" => json!("Siti Aminah"),
        "contact" => json!("+6281987654321"),
        "consent" | "in_jkn" => json!(true),
        "paid_by_state" => json!(false),
        "income_idr" => json!(2_500_000),
        "amount_idr" => json!(10_000),
        "months" => json!(1),
        "first_month" => json!("2026-05"),
        "payment_code" => json!("100000000000"),
        "gateway_payment_id" => json!(Uuid::now_v7()),
        "channel" => json!("BANK"),
        "code" => json!("000000"),
        "reason" => json!("walked by a story"),
        "title" => json!("Warung"),
        "name" => json!("bpu/discount_other"),
        "client_secret" | "refresh_token" => json!("of-nobody"),
        "resend_of" | "instead_of" => json!(Uuid::now_v7()),
        "new_contact" => json!("+6281987654322"),
        "fate" => json!("DELIVERY_FATE_DELIVERED"),
        "programme" => json!("PROGRAMME_JHT"),
        "cause" if field.parent_message().name() == "LeaveRow" => {
            json!("LEAVE_CAUSE_RESIGNED")
        }
        "cause" => json!("CLAIM_CAUSE_RETIREMENT"),
        "bank_code" => json!("008"),
        "account_number" => json!("1230004567"),
        "holder_name" => json!("Siti Aminah"),
        "bank_reference" => json!("walked-by-a-story"),
        "paid" | "accepted" => json!(true),
        "ended_on" if field.parent_message().name() == "ReportEmploymentEndRequest" => {
            json!(town.now().format("%Y-%m-%d").to_string())
        }
        // Somebody without a wage tells his employment, and nothing else.
        "failure" | "passport" | "ended_on" | "claimed_on" | "employee" | "placement"
        | "contract_ends_on" | "state" => {
            return None;
        }
        "city" => json!("Bandung"),
        "scale" => json!("SCALE_SMALL"),
        "risk_class" => json!("RISK_CLASS_LOW"),
        "labour_intensive" => json!(false),
        "npp" => json!("JKSAMPLE"),
        "roles" => json!(["EMPLOYER_ROLE_MAKER"]),
        "started_on" | "departed_on" | "returned_on" => {
            json!(town.now().format("%Y-%m-%d").to_string())
        }
        "mode" => json!("MODE_PARTIAL"),
        "declared_rows" => json!(2),
        "declared_wage_idr" => json!(10_000_000),
        "first_row" => json!(1),
        "after_row" | "warned_only" => return None,
        "row_ref" => json!("1"),
        "month" => json!(town.now().format("%Y-%m").to_string()),
        "wage_idr" => json!(5_000_000),
        "back_pay_idr" => json!(0),
        "employee_number" => json!("007"),
        "balance_idr" => json!(1_000_000),
        "neighbour" => json!("NEIGHBOUR_REGISTER"),
        "times" | "advance_seconds" => json!(0),
        _ if name.ends_with("_id") => json!(Uuid::now_v7()),
        _ => {
            let Kind::Message(inner) = field.kind() else {
                panic!("no sample for {}: add one", field.full_name());
            };
            let inner = sample_of(&inner, town);
            if field.is_list() {
                json!([inner])
            } else {
                inner
            }
        }
    };
    Some(value)
}
