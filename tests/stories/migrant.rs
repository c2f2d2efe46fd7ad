//! Migrant workers (PMI): they tell their placement, pay for a contract in stages, and extend it.

use jamsostek_client::{
    Bill, ClaimCause, Error, ErrorReason, Participant, Programme, Segment, Uuid,
    v1::{
        AllocatePaymentRequest, EndBusinessRequest, ExtendCoverRequest, ExtendCoverResponse,
        IssueBillRequest, Neighbour, Placement, Route, Stage,
        allocate_payment_request::Home,
        bill,
        look_up_bill_request::By,
        membership,
        payment::{Disposition, SuspenseReason},
        registration,
    },
};

use crate::{
    person::Person,
    town::{ExpectRefusal, Town, id},
};

/// What somebody pays who goes for two years through an agency: before work, and for the contract.
pub const BEFORE_WORK: i64 = 37_500;
pub const TWO_YEARS: i64 = 332_500;

/// Two years in Taiwan through an agency, without savings.
pub fn placement() -> Placement {
    Placement {
        route: Route::Agency.into(),
        agency: "PT Maju Bersama".into(),
        country: "TW".into(),
        job_title: "Perawat".into(),
        contract_months: 24,
        departs_on: "2026-03-20".into(),
        jht_monthly_idr: 0,
        mother_name: String::new(),
    }
}

/// The same by himself, for so many months.
pub fn by_himself(contract_months: i32) -> Placement {
    Placement {
        route: Route::Individual.into(),
        agency: String::new(),
        contract_months,
        ..placement()
    }
}

impl Town {
    /// Somebody who goes abroad.
    pub fn migrant(&self, placement: Placement) -> Person {
        Person {
            placement: Some(placement),
            ..self.person()
        }
    }

    /// Somebody as an officer sees him, whose tokens never end.
    pub async fn sees(&self, participant: &str) -> Participant {
        let found = self.officer().get_participant(Some(id(participant))).await;
        found.expect("a participant")
    }

    /// Fails the story unless the books agree.
    pub async fn adds_up(&self) {
        let wrong = jamsostek_server::verify(&self.db, &self.seal).await;
        assert_eq!(wrong.expect("it looks"), Vec::<String>::new());
    }
}

impl Person {
    /// Who has paid all of a contract; himself.
    pub async fn has_paid_for_abroad(&mut self, town: &Town) -> Participant {
        self.is_active(town).await;
        self.client.get_participant(None).await.expect("himself")
    }

    /// Asks for more months.
    pub async fn extends(&self, bill: Uuid, months: i32) -> Result<ExtendCoverResponse, Error> {
        let request = ExtendCoverRequest {
            bill_id: bill.to_string(),
            membership_id: self.membership().await.to_string(),
            months,
        };
        self.client.extend_cover(request).await
    }
}

fn extended(answer: Result<ExtendCoverResponse, Error>) -> Bill {
    let answer = answer.expect("an extension");
    assert!(answer.repeatable);
    answer.bill.expect("a bill")
}

fn told(bill: &Bill) -> Vec<(Stage, i64, &str)> {
    let told = |it| (Stage::try_from(it), it);
    let lines = bill.lines.iter();
    lines
        .map(|it| {
            let stage = told(it.stage).0.expect("a stage");
            (stage, it.amount_idr, it.formula.as_str())
        })
        .collect()
}

#[tokio::test]
async fn through_an_agency_a_contract_is_paid_in_two_stages_and_the_first_makes_a_participant() {
    let town = Town::found("2026-03-10").await;
    let mut siti = town.migrant(placement());
    let longer = Placement {
        contract_months: 26,
        ..placement()
    };
    let longer = town.migrant(longer).has_a_bill().await;

    let bill = siti.has_a_bill().await;
    let first = town.gateway().pays(&bill.payment_code, BEFORE_WORK).await;
    siti.becomes_a_participant().await;
    let partly = siti.client.get_bill(id(&bill.id)).await.expect("the bill");
    let by = By::Nik(siti.nik.clone());
    let asked = town
        .gateway()
        .client
        .look_up_bill(by)
        .await
        .expect("a bill");
    let second = town.gateway().pays(&bill.payment_code, TWO_YEARS).await;

    assert_eq!((longer.total_idr, longer.payable_idr), (397_000, 397_000));
    assert_eq!((bill.total_idr, bill.payable_idr), (370_000, 370_000));
    assert_eq!((bill.months, bill.next_stage_idr), (24, BEFORE_WORK));
    let lines = [
        (Stage::BeforeWork, BEFORE_WORK, "37,500"),
        (Stage::Contract, TWO_YEARS, "332,500 (24 months)"),
    ];
    assert_eq!(told(&bill), lines);
    let cites = |it: &jamsostek_client::v1::AmountLine| {
        it.references[0].title.starts_with("Permenaker 4/2023")
            && it.programme() == Programme::Unspecified
    };
    assert!(bill.lines.iter().all(cites), "{:?}", bill.lines);
    assert_eq!(first.disposition(), Disposition::Applied);
    assert_eq!(second.disposition(), Disposition::Applied);
    assert_eq!(partly.state(), bill::State::PartlyPaid);
    assert_eq!(
        (partly.payable_idr, partly.next_stage_idr),
        (TWO_YEARS, TWO_YEARS)
    );
    assert_eq!(asked.bill.expect("one").payment_code, bill.payment_code);
    let paid = siti.client.get_bill(id(&bill.id)).await.expect("the bill");
    assert_eq!((paid.state(), paid.payable_idr), (bill::State::Paid, 0));
    let me = siti.client.get_participant(None).await.expect("herself");
    assert_eq!(me.kpj.len(), 11);
    assert_eq!(me.memberships[0].segment(), Segment::Pmi);
    assert_eq!(me.memberships[0].placement, Some(placement()));
    assert_eq!(me.memberships[0].state(), membership::State::Active);
    town.adds_up().await;
}

#[tokio::test]
async fn whoever_goes_by_himself_pays_the_cheapest_of_the_contracts_at_once() {
    let town = Town::found("2026-03-10").await;
    let mut prices = Vec::new();

    for months in [6, 7, 12, 23, 24, 26] {
        let mut budi = town.migrant(by_himself(months));
        let bill = budi.has_a_bill().await;
        let less = town
            .gateway()
            .pays(&bill.payment_code, bill.total_idr - 1)
            .await;
        let rest = town.gateway().pays(&bill.payment_code, 1).await;
        assert_eq!(less.disposition(), Disposition::Credited);
        assert_eq!(rest.applied_idr, bill.total_idr);
        assert_eq!(budi.looks().await.state(), registration::State::Active);
        prices.push(bill.total_idr);
    }

    assert_eq!(
        prices,
        [108_000, 121_500, 189_000, 332_500, 332_500, 359_500]
    );
    town.adds_up().await;
}

#[tokio::test]
async fn savings_abroad_are_paid_for_the_whole_contract_and_are_there_that_day() {
    let town = Town::found("2026-03-10").await;
    let saving = Placement {
        jht_monthly_idr: 100_000,
        ..placement()
    };
    let mut siti = town.migrant(saving);

    let me = siti.has_paid_for_abroad(&town).await;
    let saved = siti.balance().await;
    let more = extended(siti.extends(Uuid::now_v7(), 2).await);
    town.gateway()
        .pays(&more.payment_code, more.total_idr)
        .await;
    let by_month = IssueBillRequest {
        membership_id: me.memberships[0].id.clone(),
        months: 1,
        ..Default::default()
    };
    let by_month = siti.client.issue_bill(by_month).await.expect_refusal();
    let membership_id = me.memberships[0].id.clone();
    let ends = EndBusinessRequest {
        membership_id,
        ended_on: String::new(),
    };
    let ends = siti.client.end_business(ends).await.expect_refusal();
    let claim = siti
        .client
        .check_eligibility(None, Programme::Jht, ClaimCause::ContractEnd)
        .await;

    assert_eq!(saved, 2_400_000);
    let lines = [
        (Stage::Extension, 27_000, "2 × 13,500 = 27,000"),
        (Stage::Extension, 200_000, "2 × 100,000 = 200,000"),
    ];
    assert_eq!(told(&more), lines);
    assert_eq!(more.lines[1].programme(), Programme::Jht);
    assert_eq!(siti.balance().await, 2_600_000);
    assert_eq!(by_month.reason, ErrorReason::NotPaidByMonth);
    assert_eq!(by_month.metadata["segment"], "SEGMENT_PMI");
    assert_eq!(ends.reason, ErrorReason::NotPaidByMonth);
    assert!(!claim.expect("an answer").eligible);
    town.adds_up().await;
}

#[tokio::test]
async fn a_placement_is_refused_with_all_its_bad_fields_or_by_the_law() {
    let town = Town::found("2026-03-10").await;
    let mut siti = town.migrant(placement());
    siti.has_an_account().await;
    let tells = async |placement: Placement| {
        let mut siti = siti.clone();
        siti.placement = Some(placement);
        siti.tells_work().await
    };
    let plan = |day: &str| Placement {
        departs_on: day.into(),
        ..placement()
    };

    let bad = Placement {
        agency: "PT Maju".into(),
        country: "Taiwan".into(),
        job_title: "x".into(),
        contract_months: -1,
        departs_on: "20 March".into(),
        jht_monthly_idr: -1,
        ..by_himself(6)
    };
    let bad = tells(bad).await.expect_refusal();
    let home = Placement {
        country: "ID".into(),
        route: 0,
        ..placement()
    };
    let home = tells(home).await.expect_refusal();
    let (past, far) = (
        tells(plan("2026-03-09")).await,
        tells(plan("2027-03-12")).await,
    );
    let months = [0, 61].map(|contract_months| Placement {
        contract_months,
        ..placement()
    });
    let [none, many] = months;
    let (none, many) = (tells(none).await, tells(many).await);
    let between = Placement {
        jht_monthly_idr: 75_000,
        ..placement()
    };
    let between = tells(between).await.expect_refusal();

    let fields: Vec<_> = bad.violations.iter().map(|it| it.field.as_str()).collect();
    let named = [
        "placement.agency",
        "placement.country",
        "placement.job_title",
        "placement.contract_months",
        "placement.departs_on",
        "placement.jht_monthly_idr",
    ];
    assert_eq!(fields, named);
    let fields: Vec<_> = home.violations.iter().map(|it| it.field.as_str()).collect();
    assert_eq!(fields, ["placement.route", "placement.country"]);
    for refusal in [past, far] {
        assert_eq!(
            refusal.expect_refusal().violations[0].field,
            "placement.departs_on"
        );
    }
    assert_eq!(none.expect_refusal().metadata["months"], "0");
    let many = many.expect_refusal();
    assert_eq!(many.reason, ErrorReason::ContractMonths);
    assert_eq!(many.metadata["monthsMax"], "60");
    assert_eq!(between.reason, ErrorReason::JhtAmountNotOffered);
    assert_eq!(between.metadata["amountIdr"], "75000");
    assert!(between.help[0].0.contains("Permenaker 4/2023"));
    tells(plan("2027-03-11")).await.expect("a year from now");
}

#[tokio::test]
async fn a_registration_abroad_takes_nothing_but_a_placement() {
    let town = Town::found("2026-03-10").await;
    let mut siti = town.migrant(placement());
    siti.has_an_account().await;
    let at_home = Person {
        placement: None,
        ..siti.clone()
    };

    let refusal = at_home.tells_work().await.expect_refusal();
    let confirmed = siti.tells_work().await.expect("it is taken");

    assert_eq!(refusal.violations[0].field, "placement");
    assert_eq!(confirmed.placement, Some(placement()));
    assert_eq!(confirmed.employment, None);
}

#[tokio::test]
async fn somebody_abroad_extends_once_and_what_is_paid_moves_the_end() {
    let town = Town::found("2026-03-10").await;
    let mut budi = town.migrant(by_himself(6));
    let me = budi.has_paid_for_abroad(&town).await;
    let membership = id(&me.memberships[0].id);
    let gone = budi.client.report_departure(membership, day("2026-03-10"));
    let before = gone.await.expect("reported").journey.expect("a journey");
    let bill = Uuid::now_v7();

    let asked = extended(budi.extends(bill, 2).await);
    let again = extended(budi.extends(bill, 2).await);
    let other = budi.extends(bill, 3).await.expect_refusal();
    let by_month = budi.client.issue_bill(IssueBillRequest {
        bill_id: bill.to_string(),
        membership_id: membership.to_string(),
        months: 2,
    });
    let by_month = by_month.await.expect_refusal();
    let unpaid = town.sees(&me.id).await;
    let paid = town.gateway().pays(&asked.payment_code, 27_000).await;
    let twice = town.gateway().pays(&asked.payment_code, 27_000).await;

    assert_eq!(
        told(&asked),
        [(Stage::Extension, 27_000, "2 × 13,500 = 27,000")]
    );
    assert_eq!(again, asked);
    assert_eq!(other.reason, ErrorReason::IdTaken);
    assert_eq!(by_month.reason, ErrorReason::IdTaken);
    assert_eq!(before.contract_ends_on, "2026-09-09");
    assert_eq!(unpaid.coverage[0].until, "2026-10-09");
    assert_eq!(paid.disposition(), Disposition::Applied);
    assert_eq!(twice.disposition(), Disposition::Credited);
    let after = town.sees(&me.id).await;
    let journey = after.memberships[0].journey.clone().expect("a journey");
    assert_eq!(
        (journey.contract_ends_on.as_str(), journey.extended_months),
        ("2026-11-09", 2)
    );
    assert_eq!(after.coverage[0].until, "2026-12-09");
    // What was paid twice is there, and the next extension takes it.
    let next = extended(budi.extends(Uuid::now_v7(), 2).await);
    assert_eq!((next.state(), next.payable_idr), (bill::State::Paid, 0));
    assert_eq!(town.sees(&me.id).await.coverage[0].until, "2027-02-09");
    town.adds_up().await;
}

#[tokio::test]
async fn nobody_extends_after_cover_has_ended_nor_what_is_not_his_nor_what_is_not_paid() {
    let town = Town::found("2026-03-10").await;
    let mut budi = town.migrant(by_himself(6));
    let me = budi.has_paid_for_abroad(&town).await;
    let membership = id(&me.memberships[0].id);
    let (stranger, mut waiting) = (town.participant().await, town.migrant(placement()));
    let officer = town.officer();
    let extends = async |membership: &str, months| {
        let request = ExtendCoverRequest {
            membership_id: membership.into(),
            months,
            ..Default::default()
        };
        officer.extend_cover(request).await
    };

    let gone = budi.client.report_departure(membership, day("2026-03-10"));
    gone.await.expect("reported");
    let theirs = stranger.client.extend_cover(ExtendCoverRequest {
        membership_id: membership.to_string(),
        months: 1,
        ..Default::default()
    });
    let theirs = theirs.await.expect_refusal();
    let at_home = extends(&stranger.membership().await.to_string(), 1).await;
    let unpaid = extends(&waiting.has_a_bill().await.membership_id, 1).await;
    let many = extends(&membership.to_string(), 61).await.expect_refusal();
    town.moves_to("2026-10-09T02:00:00Z");
    let in_time = extended(extends(&membership.to_string(), 1).await);
    town.moves_to("2026-10-09T17:00:00Z");
    let late = extends(&membership.to_string(), 1).await.expect_refusal();
    let inquiry = By::PaymentCode(in_time.payment_code.clone());
    let inquiry = town.gateway().client.look_up_bill(inquiry).await;
    let paid = town.gateway().pays(&in_time.payment_code, 13_500).await;

    assert_eq!(theirs.reason, ErrorReason::NotFound);
    let at_home = at_home.expect_refusal();
    assert_eq!(at_home.reason, ErrorReason::NotAPlacement);
    assert_eq!(at_home.metadata["segment"], "SEGMENT_BPU");
    assert_eq!(unpaid.expect_refusal().reason, ErrorReason::WrongState);
    assert_eq!(many.reason, ErrorReason::ContractMonths);
    assert_eq!(in_time.valid_through, "2026-10-09");
    assert_eq!(late.reason, ErrorReason::CoverEnded);
    assert_eq!(late.metadata["endedOn"], "2026-10-09");
    assert_eq!(inquiry.expect_refusal().reason, ErrorReason::NotFound);
    assert_eq!(paid.suspense_reason(), SuspenseReason::MembershipEnded);
    town.adds_up().await;
}

#[tokio::test]
async fn too_much_is_credit_and_what_fits_no_price_after_the_last_day_waits_for_an_officer() {
    let town = Town::found("2026-03-10").await;
    let mut siti = town.migrant(placement());
    let bill = siti.has_a_bill().await;
    let gateway = town.gateway();

    let first = gateway.pays(&bill.payment_code, BEFORE_WORK + 2_500).await;
    town.moves_to("2026-04-01T02:00:00Z");
    let odd = gateway.pays(&bill.payment_code, 300_000).await;
    let less_credit = gateway.pays(&bill.payment_code, TWO_YEARS - 2_500).await;
    let officer = town.officer();
    let given = officer.allocate_payment(AllocatePaymentRequest {
        payment_id: odd.id.clone(),
        home: Some(Home::MembershipId(bill.membership_id.clone())),
        reason: "she paid in two parts".into(),
    });
    let given = given.await.expect("it is given");

    assert_eq!(first.disposition(), Disposition::PartlyApplied);
    assert_eq!(first.credited_idr, 2_500);
    assert_eq!(odd.suspense_reason(), SuspenseReason::BillExpired);
    assert_eq!(less_credit.applied_idr, TWO_YEARS);
    assert_eq!(less_credit.credited_idr, -2_500);
    assert_eq!(given.disposition(), Disposition::Credited);
    town.adds_up().await;
}

#[tokio::test]
async fn a_stage_paid_while_the_register_is_silent_covers_from_that_day() {
    let town = Town::found("2026-03-10").await;
    let fails = async |times| town.client.fail_next(Neighbour::Register, times).await;
    fails(1_000).await.expect("it fails");
    let mut siti = town.migrant(placement());
    let bill = siti.has_a_bill().await;

    let first = town.gateway().pays(&bill.payment_code, BEFORE_WORK).await;
    let waiting = siti.looks().await;
    town.waits(86_400);
    let second = town.gateway().pays(&bill.payment_code, TWO_YEARS).await;
    fails(0).await.expect("it is mended");
    town.waits(6 * 3_600);
    town.lets_the_workers_run().await;

    assert_eq!(first.disposition(), Disposition::Credited);
    assert_eq!(second.disposition(), Disposition::Credited);
    assert_eq!(waiting.state(), registration::State::AwaitingIdentity);
    siti.becomes_a_participant().await;
    let me = siti.client.get_participant(None).await.expect("herself");
    let journey = me.memberships[0].journey.clone().expect("a journey");
    assert_eq!(me.coverage[0].since, "2026-03-10");
    assert_eq!(journey.contract_paid_on, "2026-03-11");
    town.adds_up().await;
}

#[tokio::test]
async fn what_was_paid_for_a_registration_that_is_taken_back_goes_back() {
    let town = Town::found("2026-03-10").await;
    town.client
        .fail_next(Neighbour::Register, 1_000)
        .await
        .expect("it fails");
    let mut siti = town.migrant(placement());
    let bill = siti.has_a_bill().await;
    let paid = town.gateway().pays(&bill.payment_code, BEFORE_WORK).await;

    let cancelled = siti.client.cancel_registration(siti.registration).await;

    assert_eq!(
        cancelled.expect("taken back").state(),
        registration::State::Cancelled
    );
    let payment = town
        .officer()
        .get_payment(id(&paid.id))
        .await
        .expect("the payment");
    assert_eq!(
        payment.suspense_reason(),
        SuspenseReason::RegistrationCancelled
    );
    town.adds_up().await;
}

pub fn day(text: &str) -> jamsostek_client::NaiveDate {
    text.parse().expect("a day")
}
