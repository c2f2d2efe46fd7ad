//! What contributions cost, asked by anybody, for each segment.

use jamsostek_proto::v1::{
    EmployeeTerms, PlacementTerms, QuoteContributionRequest, QuoteContributionResponse,
    quote_contribution_request::Work,
};
use tonic::Status;

use super::{
    super::{
        BillLine, Contributions, Error, Terms,
        employers::{Sketch, quote_employee},
        placement,
        rules::{self, Quote, pmi, pu},
    },
    employers, paper,
};
use crate::{
    employer,
    money::{Money, Month},
    policy::Policy,
    refusal::Fields,
    wire,
};

const LEFT_OUT: &str = "must be left out where an employee or a placement is told";

pub(super) fn answer(
    contributions: &Contributions,
    request: &QuoteContributionRequest,
) -> Result<QuoteContributionResponse, Status> {
    let policy = &contributions.policy;
    match &request.work {
        None => {
            let (terms, first, months) = business(request)?;
            rules::check(&terms).map_err(Error::from)?;
            let quote = rules::quote(policy, &terms, first, months).map_err(Error::from)?;
            Ok(quoted(quote, policy))
        }
        Some(Work::Employee(told)) => of_employee(policy, request, told),
        Some(Work::Placement(told)) => of_placement(contributions, request, told),
    }
}

fn of_employee(
    policy: &Policy,
    request: &QuoteContributionRequest,
    told: &EmployeeTerms,
) -> Result<QuoteContributionResponse, Status> {
    let (sketch, first, months) = sketch(request, told)?;
    employer::check_wage(policy, sketch.wage, first).map_err(employer::Error::from)?;
    let (due_on, _) = pu::due_on(policy, first).map_err(Error::from)?;
    let months = (0..months).map(|it| first.plus(it));
    let lines = quote_employee(policy, &sketch, months).map_err(Error::from)?;
    Ok(QuoteContributionResponse {
        total_idr: lines.iter().map(|it| it.1.amount.idr()).sum(),
        bracket: 0,
        base_idr: sketch.wage.idr(),
        due_on: due_on.to_string(),
        lines: Vec::new(),
        policy_version: policy.version().to_owned(),
        employee_contributions: lines
            .into_iter()
            .map(|(month, line)| employers::line(line, month))
            .collect(),
    })
}

fn of_placement(
    contributions: &Contributions,
    request: &QuoteContributionRequest,
    told: &PlacementTerms,
) -> Result<QuoteContributionResponse, Status> {
    let (policy, today) = (&contributions.policy, contributions.clock.today());
    let terms = contract(request, told)?;
    let lines = placement::quote(policy, &terms, today).map_err(Error::from)?;
    Ok(QuoteContributionResponse {
        total_idr: lines.iter().map(|it| it.amount.idr()).sum(),
        bracket: 0,
        base_idr: 0,
        due_on: String::new(),
        lines: lines.into_iter().map(Into::into).collect(),
        policy_version: policy.version().to_owned(),
        employee_contributions: Vec::new(),
    })
}

/// Whoever tells an employee or a placement tells nothing of a business beside it.
fn no_business(fields: &mut Fields, request: &QuoteContributionRequest) {
    for (field, is_told) in [
        ("category", request.category != 0),
        ("sector", request.sector != 0),
        ("income_idr", request.income_idr != 0),
        ("programmes", !request.programmes.is_empty()),
        ("paid_by_state", request.paid_by_state),
    ] {
        if is_told {
            fields.reject(field, LEFT_OUT);
        }
    }
}

/// The first month and how many.
fn span(fields: &mut Fields, request: &QuoteContributionRequest) -> (Option<Month>, Option<u32>) {
    let first = fields.take("first_month", request.first_month.parse::<Month>());
    let months = match request.months {
        0 => Some(1),
        stated => paper::months(fields, stated),
    };
    (first, months)
}

fn sketch(
    request: &QuoteContributionRequest,
    told: &EmployeeTerms,
) -> Result<(Sketch, Month, u32), Status> {
    let mut fields = Fields::default();
    no_business(&mut fields, request);
    let (first, months) = span(&mut fields, request);
    let class = wire::risk_class(told.risk_class);
    if class.is_none() {
        fields.reject(
            "employee.risk_class",
            "must be a RISK_CLASS of the contract",
        );
    }
    let scale = wire::scale(told.scale);
    if scale.is_none() {
        fields.reject("employee.scale", "must be a SCALE of the contract");
    }
    let wage = wire::income(&mut fields, "employee.wage_idr", told.wage_idr);
    let birth_date = fields.optional_day("employee.birth_date", &told.birth_date);
    let (Some(first), Some(months), Some(risk_class), Some(scale), Some(wage)) =
        (first, months, class, scale, wage)
    else {
        return Err(fields.refusal());
    };
    fields.check()?;
    let sketch = Sketch {
        risk_class,
        scale,
        labour_intensive: told.labour_intensive,
        wage,
        birth_date,
    };
    Ok((sketch, first, months))
}

fn contract(
    request: &QuoteContributionRequest,
    told: &PlacementTerms,
) -> Result<pmi::Terms, Status> {
    let mut fields = Fields::default();
    no_business(&mut fields, request);
    for (field, is_told) in [
        ("first_month", !request.first_month.is_empty()),
        ("months", request.months != 0),
    ] {
        if is_told {
            fields.reject(field, LEFT_OUT);
        }
    }
    let route = wire::route(told.route);
    if route.is_none() {
        fields.reject("placement.route", "must be a ROUTE of the contract");
    }
    // How many a contract may have is the law's to say.
    let months = fields.take(
        "placement.contract_months",
        wire::count(told.contract_months),
    );
    let jht = told.jht_monthly_idr;
    if !(0..=wire::AMOUNT_MAX_IDR).contains(&jht) {
        let problem = "must be 0 to 1,000,000,000,000 rupiah";
        fields.reject("placement.jht_monthly_idr", problem);
    }
    let (Some(route), Some(contract_months)) = (route, months) else {
        return Err(fields.refusal());
    };
    fields.check()?;
    Ok(pmi::Terms {
        route,
        contract_months,
        jht_monthly: (jht > 0).then(|| Money::new(jht)),
    })
}

fn business(request: &QuoteContributionRequest) -> Result<(Terms, Month, u32), Status> {
    let mut fields = Fields::default();
    let category = wire::category(request.category);
    if category.is_none() {
        fields.reject("category", "must be a BPU_CATEGORY of the contract");
    }
    let sector = wire::sector(request.sector);
    if sector.is_none() {
        fields.reject("sector", "must be a SECTOR of the contract");
    }
    let income = wire::income(&mut fields, "income_idr", request.income_idr);
    let programmes = wire::programmes(&mut fields, "programmes", &request.programmes);
    let (first, months) = span(&mut fields, request);
    let (Some(category), Some(sector), Some(income), Some(programmes), Some(first), Some(months)) =
        (category, sector, income, programmes, first, months)
    else {
        return Err(fields.refusal());
    };
    let terms = Terms {
        category,
        sector,
        income,
        programmes: programmes.into_iter().collect(),
        paid_by_state: request.paid_by_state,
    };
    Ok((terms, first, months))
}

fn quoted(quote: Quote, policy: &Policy) -> QuoteContributionResponse {
    QuoteContributionResponse {
        total_idr: quote.total().idr(),
        bracket: i32::try_from(quote.bracket).unwrap_or(0),
        base_idr: quote.base.idr(),
        due_on: quote.due_on.to_string(),
        lines: quote
            .lines
            .into_iter()
            .map(|it| BillLine::from(it).into())
            .collect(),
        policy_version: policy.version().to_owned(),
        employee_contributions: Vec::new(),
    }
}
