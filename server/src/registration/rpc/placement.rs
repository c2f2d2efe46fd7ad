//! Work abroad as a person tells it: every bad field is named at once.

use jamsostek_proto::v1 as wire;

use crate::{
    country::Country,
    money::Money,
    participant::Placement,
    refusal::Fields,
    scheme::Route,
    wire::{AMOUNT_MAX_IDR, count, route, words},
};

pub(super) fn placement(fields: &mut Fields, told: wire::Placement) -> Option<Placement> {
    let route = route(told.route);
    if route.is_none() {
        fields.reject("placement.route", "must be a ROUTE of the contract");
    }
    let agency = match route {
        Some(Route::Individual) if told.agency.is_empty() => Some(String::new()),
        Some(Route::Individual) => {
            fields.reject(
                "placement.agency",
                "must be empty for whoever goes by himself",
            );
            None
        }
        Some(Route::Agency) | None => words(fields, "placement.agency", &told.agency),
    };
    let country = fields.take("placement.country", Country::parse(&told.country));
    if country == Some(Country::HOME) {
        fields.reject("placement.country", "must not be Indonesia");
    }
    let job_title = words(fields, "placement.job_title", &told.job_title);
    let contract_months = fields.take("placement.contract_months", count(told.contract_months));
    let departs_on = fields.day("placement.departs_on", &told.departs_on);
    let jht_monthly = told.jht_monthly_idr;
    if !(0..=AMOUNT_MAX_IDR).contains(&jht_monthly) {
        fields.reject(
            "placement.jht_monthly_idr",
            "must be 0 to 1,000,000,000,000 rupiah",
        );
    }
    Some(Placement {
        route: route?,
        agency: agency?,
        country: country?,
        job_title: job_title?,
        contract_months: contract_months?,
        departs_on: departs_on?,
        jht_monthly: (jht_monthly > 0).then(|| Money::new(jht_monthly)),
    })
}
