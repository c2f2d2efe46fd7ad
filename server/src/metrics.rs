//! What is counted while the service runs, for Prometheus. No name, number or contact is ever a label.

use std::time::Duration;

use metrics::{counter, gauge, histogram};
use tonic::Code;

/// Counts a call as open until it is dropped.
pub(crate) struct Open(());

/// A call has begun.
pub(crate) fn call_opened() -> Open {
    gauge!("jamsostek_calls_open").increment(1.0);
    Open(())
}

impl Drop for Open {
    fn drop(&mut self) {
        gauge!("jamsostek_calls_open").decrement(1.0);
    }
}

/// A call of an rpc that we have was answered.
pub(crate) fn call_answered(rpc: &str, code: Code, took: Duration) {
    let rpc = rpc.to_owned();
    counter!("jamsostek_calls_total", "rpc" => rpc.clone(), "code" => format!("{code:?}"))
        .increment(1);
    histogram!("jamsostek_call_seconds", "rpc" => rpc).record(took.as_secs_f64());
}

/// A call came when too many were open.
pub(crate) fn turned_away() {
    counter!("jamsostek_calls_turned_away_total").increment(1);
}

/// The population register was asked, and it cost so much.
pub(crate) fn register_asked(verdict: &'static str, cost_idr: i64) {
    counter!("jamsostek_register_questions_total", "verdict" => verdict).increment(1);
    let cost = u64::try_from(cost_idr).unwrap_or(0);
    counter!("jamsostek_register_cost_idr_total").increment(cost);
}

/// The population register was not asked, since its answer is remembered.
pub(crate) fn register_remembered() {
    counter!("jamsostek_register_remembered_total").increment(1);
}

/// The population register was not asked, since it is left alone.
pub(crate) fn register_spared() {
    counter!("jamsostek_register_spared_total").increment(1);
}

/// The population register gave no answer.
pub(crate) fn register_silent(kind: &'static str) {
    counter!("jamsostek_register_silences_total", "kind" => kind).increment(1);
}

/// The population register is left alone from now on, or no longer.
pub(crate) fn register_is_left_alone(it_is: bool) {
    gauge!("jamsostek_register_left_alone").set(f64::from(u8::from(it_is)));
}

/// So many questions may still be put to the population register.
pub(crate) fn register_quota(left: i64) {
    let left = i32::try_from(left).unwrap_or(i32::MAX);
    gauge!("jamsostek_register_quota_left").set(f64::from(left));
}

/// A message was handed over, or was not.
pub(crate) fn message_handled(channel: &'static str, outcome: &'static str) {
    counter!("jamsostek_messages_total", "channel" => channel, "outcome" => outcome).increment(1);
}

/// A carrier told what became of a message, and it was news.
pub(crate) fn message_told(fate: &'static str) {
    counter!("jamsostek_message_receipts_total", "fate" => fate).increment(1);
}

/// The bank was told or asked, and this is what it said.
pub(crate) fn bank_answered(fate: &'static str) {
    counter!("jamsostek_bank_answers_total", "fate" => fate).increment(1);
}

/// The bank said what a bank that speaks our protocol does not say.
pub(crate) fn bank_defect(what: &'static str) {
    counter!("jamsostek_bank_defects_total", "what" => what).increment(1);
}

/// A part of a round of background work failed.
pub(crate) fn work_failed(part: &'static str) {
    counter!("jamsostek_work_failures_total", "part" => part).increment(1);
}
