//! People: their registrations, who they are, what covers them.

use jamsostek_client::{
    Participant, Registration,
    v1::{EmployeeStatement, Journey, Membership, Phase, Placement},
};
use serde_json::{Value, json};

use super::{known, moment_json, or_null, programme, programmes, segment};
use crate::{
    table::Table,
    words::{plain, rupiah, short},
};

pub(crate) fn registration_json(registration: &Registration) -> Value {
    let warnings = registration.warnings();
    let warnings = warnings.map(|it| short(it.as_str_name(), "NIK_WARNING_"));
    json!({
        "registration_id": registration.id,
        "state": short(registration.state().as_str_name(), "STATE_"),
        "segment": segment(registration.segment()),
        "masked_contact": registration.masked_contact,
        "full_name": registration.full_name,
        "birth_date": or_null(&registration.birth_date),
        "identity_state": short(registration.identity_state().as_str_name(), "IDENTITY_STATE_"),
        "warnings": warnings.collect::<Vec<_>>(),
        "expires_at": moment_json(registration.expires_at.as_ref()),
        "bill_id": or_null(&registration.bill_id),
        "payment_code": or_null(&registration.payment_code),
        "participant_id": or_null(&registration.participant_id),
        "kpj": or_null(&registration.kpj),
        "employee": registration.employee.as_ref().map(employee_json),
        "placement": registration.placement.as_ref().map(placement_json),
        "next_step": registration.next_steps.first().map(|it| it.explanation.clone()),
    })
}

/// What was told, before it is confirmed.
pub(crate) fn registration_text(registration: &Registration) -> String {
    let mut shown = format!(
        "  name        {}\n  born        {}\n",
        registration.full_name, registration.birth_date
    );
    if let Some(work) = &registration.employment {
        let titles: Vec<_> = work
            .occupations
            .iter()
            .map(|it| it.title.as_str())
            .collect();
        shown.push_str(&format!(
            "  work        {}\n  income      {} a month\n  programmes  {}\n  pays for    {} month(s) at once\n",
            titles.join(", "),
            rupiah(work.income_idr),
            programmes(work.programmes()).join(", "),
            work.months,
        ));
    }
    if let Some(work) = &registration.employee {
        let unlisted = work.unlisted_employer.as_ref().map(|it| it.name.as_str());
        let employer = unlisted.unwrap_or(&work.npp);
        let since = &work.started_on;
        shown.push_str(&format!(
            "  employer    {employer}\n  since       {since}\n"
        ));
    }
    if let Some(work) = &registration.placement {
        shown.push_str(&placement_text(work));
    }
    for warning in registration.warnings() {
        let warning = plain(short(warning.as_str_name(), "NIK_WARNING_"));
        shown.push_str(&format!("  the NIK     {warning}\n"));
    }
    shown
}

fn placement_text(work: &Placement) -> String {
    let by = match work.agency.as_str() {
        "" => "by himself".to_owned(),
        agency => format!("through {agency}"),
    };
    format!(
        "  work        {}, in {}, {by}\n  contract    {} month(s), from about {}\n  savings     {} a month\n",
        work.job_title,
        work.country,
        work.contract_months,
        work.departs_on,
        rupiah(work.jht_monthly_idr),
    )
}

fn placement_json(work: &Placement) -> Value {
    json!({
        "route": short(work.route().as_str_name(), "ROUTE_"),
        "agency": or_null(&work.agency),
        "country": work.country,
        "job_title": work.job_title,
        "contract_months": work.contract_months,
        "departs_on": work.departs_on,
        "jht_monthly_idr": work.jht_monthly_idr,
    })
}

fn employee_json(work: &EmployeeStatement) -> Value {
    let unlisted = work.unlisted_employer.as_ref();
    json!({
        "npp": or_null(&work.npp),
        "unlisted_employer": unlisted.map(|it| json!({ "name": it.name, "city": it.city })),
        "started_on": work.started_on,
        "employee_number": or_null(&work.employee_number),
    })
}

fn journey_json(journey: &Journey) -> Value {
    json!({
        "contract_paid_on": or_null(&journey.contract_paid_on),
        "departed_on": or_null(&journey.departed_on),
        "contract_ends_on": or_null(&journey.contract_ends_on),
        "returned_on": or_null(&journey.returned_on),
        "extended_months": journey.extended_months,
    })
}

pub(crate) fn participant_json(participant: &Participant) -> Value {
    let coverage = participant.coverage.iter().map(|it| {
        json!({
            "programme": programme(it.programme()),
            "covered": it.covered,
            "since": or_null(&it.since),
            "until": or_null(&it.until),
            "reason": known(short(it.reason().as_str_name(), "REASON_")),
            "phase": known(short(it.phase().as_str_name(), "PHASE_")),
            "what_to_do": or_null(&it.what_to_do),
        })
    });
    let memberships = participant.memberships.iter().map(membership_json);
    json!({
        "participant_id": participant.id,
        "kpj": or_null(&participant.kpj),
        "full_name": participant.full_name,
        "masked_nik": participant.masked_nik,
        "birth_date": participant.birth_date,
        "identity_state": short(participant.identity_state().as_str_name(), "IDENTITY_STATE_"),
        "masked_contacts": participant.masked_contacts,
        "active_since": moment_json(participant.active_since.as_ref()),
        "payouts_held_until": moment_json(participant.payouts_held_until.as_ref()),
        "memberships": memberships.collect::<Vec<_>>(),
        "coverage": coverage.collect::<Vec<_>>(),
    })
}

fn membership_json(membership: &Membership) -> Value {
    json!({
        "membership_id": membership.id,
        "segment": segment(membership.segment()),
        "state": short(membership.state().as_str_name(), "STATE_"),
        "programmes": programmes(membership.programmes()),
        "income_idr": membership.income_idr,
        "covered_from": or_null(&membership.covered_from),
        "paid_through": or_null(&membership.paid_through),
        "ended_on": or_null(&membership.ended_on),
        "placement": membership.placement.as_ref().map(placement_json),
        "journey": membership.journey.as_ref().map(journey_json),
    })
}

pub(crate) fn participant_text(participant: &Participant) -> String {
    let kpj = match participant.kpj.as_str() {
        "" => "comes when the employer confirms",
        kpj => kpj,
    };
    format!(
        "{}\n  KPJ       {kpj}\n  NIK       {}\n  contacts  {}\n",
        participant.full_name,
        participant.masked_nik,
        participant.masked_contacts.join(", "),
    )
}

/// What covers somebody today, and what he holds.
pub(crate) fn coverage_text(participant: &Participant) -> String {
    let mut cover = Table::new(["programme", "covered", "since", "until", "what to do"]);
    for it in &participant.coverage {
        let covered = if !it.covered {
            plain(short(it.reason().as_str_name(), "REASON_"))
        } else if it.phase() == Phase::Unspecified {
            "yes".to_owned()
        } else {
            plain(short(it.phase().as_str_name(), "PHASE_"))
        };
        cover.row([
            programme(it.programme()).to_owned(),
            covered,
            it.since.clone(),
            it.until.clone(),
            it.what_to_do.clone(),
        ]);
    }
    let mut memberships = Table::new(["segment", "state", "from", "paid through", "ends on"]);
    for it in &participant.memberships {
        memberships.row([
            segment(it.segment()).to_owned(),
            plain(short(it.state().as_str_name(), "STATE_")),
            it.covered_from.clone(),
            it.paid_through.clone(),
            it.ended_on.clone(),
        ]);
    }
    format!("{}\n{}", cover.shown(), memberships.shown())
}
