//! Money comes in, whatever it is for, and is never refused.

use jamsostek_client::{
    BpuCategory, ErrorReason, Payment, Programme, Sector,
    v1::{
        AllocatePaymentRequest, IssueBillRequest, QuoteContributionRequest, bill, coverage,
        look_up_bill_request::By,
        membership,
        payment::{Disposition, SuspenseReason},
        registration,
    },
};
use jamsostek_server::verify;
use serde_json::Value;
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::town::{APRIL, ExpectRefusal, MARCH, Person, SAVED, Town, id, programmes, timestamp};

#[tokio::test]
async fn the_exact_amount_pays_the_month() {
    let town = Town::found("2026-03-10").await;
    let mut budi = town.person();
    let bill = budi.has_a_bill().await;

    let paid = town.gateway().pays(&bill.payment_code, MARCH).await;

    assert_eq!(paid.disposition(), Disposition::Applied);
    assert_eq!((paid.applied_idr, paid.credited_idr), (MARCH, 0));
    assert_eq!(paid.months_paid, ["2026-03"]);
    assert_eq!(budi.looks().await.state(), registration::State::Active);
}

#[tokio::test]
async fn too_little_is_credit_until_the_rest_comes() {
    let town = Town::found("2026-03-10").await;
    let mut budi = town.person();
    let bill = budi.has_a_bill().await;

    let some = town.gateway().pays(&bill.payment_code, 50_000).await;
    let left = budi.client.get_bill(id(&bill.id)).await.expect("the bill");
    let waiting = budi.looks().await.state();
    let rest = town
        .gateway()
        .pays(&bill.payment_code, left.payable_idr)
        .await;

    assert_eq!(some.disposition(), Disposition::Credited);
    assert_eq!((some.applied_idr, some.credited_idr), (0, 50_000));
    assert_eq!(left.payable_idr, MARCH - 50_000);
    assert_eq!(waiting, registration::State::AwaitingPayment);
    assert_eq!(rest.disposition(), Disposition::Applied);
    assert_eq!((rest.applied_idr, rest.credited_idr), (MARCH, -50_000));
    assert_eq!(budi.looks().await.state(), registration::State::Active);
}

#[tokio::test]
async fn too_much_is_credit_for_the_next_bill() {
    let town = Town::found("2026-03-10").await;
    let mut budi = town.person();
    let bill = budi.has_a_bill().await;

    let paid = town
        .gateway()
        .pays(&bill.payment_code, MARCH + 15_200)
        .await;
    budi.becomes_a_participant().await;
    let next = issues_a_bill(&budi, 1).await;

    assert_eq!(paid.disposition(), Disposition::PartlyApplied);
    assert_eq!((paid.applied_idr, paid.credited_idr), (MARCH, 15_200));
    assert_eq!((next.total_idr, next.payable_idr), (APRIL, APRIL - 15_200));
    assert_eq!(budi.balance().await, SAVED);
}

#[tokio::test]
async fn a_bill_that_credit_covers_is_paid_when_it_is_issued() {
    let town = Town::found("2026-03-10").await;
    let mut budi = town.person();
    let bill = budi.has_a_bill().await;
    town.gateway().pays(&bill.payment_code, MARCH + APRIL).await;
    budi.becomes_a_participant().await;

    let next = issues_a_bill(&budi, 1).await;

    assert_eq!((next.state(), next.payable_idr), (bill::State::Paid, 0));
    assert_eq!(budi.balance().await, 2 * SAVED);
    let me = budi.client.get_participant(None).await.expect("himself");
    assert_eq!(me.memberships[0].paid_through, "2026-04");
}

#[tokio::test]
async fn three_months_are_paid_at_once_each_at_its_own_price() {
    let town = Town::found("2026-03-10").await;
    let mut budi = town.person();
    budi.work.months = 3;

    let paid = budi.is_active(&town).await;

    assert_eq!(paid.amount_idr, MARCH + 2 * APRIL);
    assert_eq!(paid.months_paid, ["2026-03", "2026-04", "2026-05"]);
    assert_eq!(budi.balance().await, 3 * SAVED);
    let me = budi.client.get_participant(None).await.expect("himself");
    assert_eq!(me.memberships[0].paid_through, "2026-05");
    assert_eq!(me.coverage[0].until, "2026-08-31");
}

#[tokio::test]
async fn a_notice_sent_twice_is_one_payment() {
    let town = Town::found("2026-03-10").await;
    let mut budi = town.person();
    let bill = budi.has_a_bill().await;
    let gateway = town.gateway();
    let notice = gateway.notice(&bill.payment_code, MARCH);
    let first = gateway.reports(notice.clone()).await;

    let again = gateway.reports(notice.clone()).await;
    let mut other = notice;
    other.amount_idr += 1;
    let refusal = gateway.client.record_payment(other).await.expect_refusal();

    assert_eq!(first, again);
    assert_eq!(refusal.reason, ErrorReason::IdTaken);
    budi.becomes_a_participant().await;
    assert_eq!(budi.balance().await, SAVED);
}

#[tokio::test]
async fn a_hundred_notices_of_one_payment_are_one_posting() {
    let town = Town::found("2026-03-10").await;
    let mut budi = town.person();
    let bill = budi.has_a_bill().await;
    let gateway = town.gateway();
    let notice = gateway.notice(&bill.payment_code, MARCH);
    gateway.client.who_am_i().await.expect("a token is fetched");

    let mut notices = JoinSet::new();
    for _ in 0..100 {
        let (gateway, notice) = (gateway.clone(), notice.clone());
        notices.spawn(async move { gateway.reports(notice).await });
    }
    let answers = notices.join_all().await;

    assert_eq!(answers.len(), 100);
    assert!(answers.iter().all(|it| *it == answers[0]));
    budi.becomes_a_participant().await;
    assert_eq!(budi.balance().await, SAVED);
    let lines = budi.client.list_statement_lines(Default::default()).await;
    assert_eq!(lines.expect("lines").lines.len(), 1);
}

#[tokio::test]
async fn money_for_an_unknown_code_is_set_aside() {
    let town = Town::found("2026-03-10").await;

    let paid = town.gateway().pays("8899999999999", 10_000).await;

    assert_eq!(set_aside(&paid), SuspenseReason::UnknownCode);
    let told = town.gateway().client.get_payment(id(&paid.id)).await;
    assert_eq!(told.expect("the payment"), paid);
}

#[tokio::test]
async fn money_that_is_told_of_too_late_is_set_aside() {
    let town = Town::found("2026-03-10").await;
    let (mut late, mut just_in_time) = (town.person(), town.person());
    let (stale, fresh) = (late.has_a_bill().await, just_in_time.has_a_bill().await);
    let gateway = town.gateway();
    let four_days = gateway.notice(&stale.payment_code, MARCH);
    let mut three_days = gateway.notice(&fresh.payment_code, MARCH);
    three_days.paid_at = Some(timestamp(town.now() + chrono::Duration::days(1)));
    town.moves_to("2026-03-14T02:00:00Z");

    let stale = gateway.reports(four_days).await;
    let fresh = gateway.reports(three_days).await;

    assert_eq!(set_aside(&stale), SuspenseReason::Stale);
    assert_eq!(fresh.disposition(), Disposition::Applied);
}

#[tokio::test]
async fn tomorrows_money_is_malformed() {
    let town = Town::found("2026-03-10").await;
    let gateway = town.gateway();
    let mut notice = gateway.notice("8899999999999", 10_000);
    notice.paid_at = Some(timestamp(town.now() + chrono::Duration::days(1)));

    let refusal = gateway.client.record_payment(notice).await.expect_refusal();

    assert_eq!(refusal.reason, ErrorReason::MalformedRequest);
    assert_eq!(refusal.violations[0].field, "paid_at");
}

#[tokio::test]
async fn an_old_code_takes_todays_price_and_sets_the_rest_aside() {
    let town = Town::found("2026-03-30").await;
    let (mut budi, mut siti) = (town.person(), town.person());
    let (right, wrong) = (budi.has_a_bill().await, siti.has_a_bill().await);
    town.moves_to("2026-04-02T02:00:00Z");

    let right = town.gateway().pays(&right.payment_code, APRIL).await;
    let wrong = town.gateway().pays(&wrong.payment_code, MARCH).await;

    assert_eq!(right.disposition(), Disposition::Applied);
    assert_eq!(right.months_paid, ["2026-04"]);
    assert_eq!(set_aside(&wrong), SuspenseReason::BillExpired);
}

#[tokio::test]
async fn of_two_with_one_nik_who_pays_first_is_first() {
    let town = Town::found("2026-03-10").await;
    let mut budi = town.person();
    let mut other = Person {
        contact: town.person().contact,
        ..budi.clone()
    };
    let (first, second) = (budi.has_a_bill().await, other.has_a_bill().await);

    let applied = town.gateway().pays(&first.payment_code, MARCH).await;
    let taken = town.gateway().pays(&second.payment_code, MARCH).await;

    assert_eq!(applied.disposition(), Disposition::Applied);
    assert_eq!(set_aside(&taken), SuspenseReason::NikTaken);
    assert_eq!(other.looks().await.state(), registration::State::Held);
}

#[tokio::test]
async fn money_for_a_registration_that_was_taken_back_is_set_aside() {
    let town = Town::found("2026-03-10").await;
    let mut budi = town.person();
    let bill = budi.has_a_bill().await;
    budi.client
        .cancel_registration(budi.registration)
        .await
        .expect("taken back");

    let paid = town.gateway().pays(&bill.payment_code, MARCH).await;

    assert_eq!(set_aside(&paid), SuspenseReason::RegistrationCancelled);
}

#[tokio::test]
async fn an_officer_gives_money_that_was_set_aside_to_whom_it_belongs() {
    let town = Town::found("2026-03-10").await;
    let budi = town.participant().await;
    let paid = town.gateway().pays("8899999999999", APRIL).await;
    let request = AllocatePaymentRequest {
        payment_id: paid.id.clone(),
        membership_id: budi.membership().await.to_string(),
        reason: "The payer showed the slip.".into(),
    };

    let waiting = town
        .officer()
        .list_suspense(Default::default())
        .await
        .expect("a list");
    let given = town
        .officer()
        .allocate_payment(request.clone())
        .await
        .expect("given");
    let again = town
        .officer()
        .allocate_payment(request)
        .await
        .expect("the same");

    assert_eq!(waiting.payments, std::slice::from_ref(&paid));
    assert_eq!(given.disposition(), Disposition::Applied);
    assert_eq!(given.months_paid, ["2026-04"]);
    assert_eq!(given, again);
    assert_eq!(budi.balance().await, 2 * SAVED);
    let waiting = town
        .officer()
        .list_suspense(Default::default())
        .await
        .expect("a list");
    assert_eq!(waiting.payments, []);
    let back = town
        .officer()
        .return_payment(id(&paid.id), "Too late.")
        .await
        .expect_refusal();
    assert_eq!(back.reason, ErrorReason::WrongState);
}

#[tokio::test]
async fn an_officer_gives_money_back_to_its_payer() {
    let town = Town::found("2026-03-10").await;
    let budi = town.participant().await;
    let paid = town.gateway().pays("8899999999999", APRIL).await;

    let back = town
        .officer()
        .return_payment(id(&paid.id), "Nobody's.")
        .await
        .expect("given back");
    let again = town
        .officer()
        .return_payment(id(&paid.id), "Nobody's.")
        .await
        .expect("the same");
    let request = AllocatePaymentRequest {
        payment_id: paid.id,
        membership_id: budi.membership().await.to_string(),
        reason: "Too late.".into(),
    };
    let refusal = town
        .officer()
        .allocate_payment(request)
        .await
        .expect_refusal();

    assert_eq!(back.disposition(), Disposition::Returned);
    assert_eq!(back, again);
    assert_eq!(refusal.reason, ErrorReason::WrongState);
    assert_eq!(budi.balance().await, SAVED);
}

#[tokio::test]
async fn money_that_paid_for_months_is_not_given_back() {
    let town = Town::found("2026-03-10").await;
    let paid = town.person().is_active(&town).await;

    let refusal = town
        .officer()
        .return_payment(id(&paid.id), "Please.")
        .await
        .expect_refusal();
    let missing = town
        .officer()
        .return_payment(Uuid::now_v7(), "Please.")
        .await
        .expect_refusal();

    assert_eq!(refusal.reason, ErrorReason::WrongState);
    assert_eq!(missing.reason, ErrorReason::NotFound);
}

#[tokio::test]
async fn the_gateway_finds_the_next_bill_by_nik() {
    let town = Town::found("2026-03-10").await;
    let budi = town.participant().await;
    let by = || By::Nik(budi.nik.clone());

    let found = town
        .gateway()
        .client
        .look_up_bill(by())
        .await
        .expect("a bill");
    let again = town
        .gateway()
        .client
        .look_up_bill(by())
        .await
        .expect("a bill");

    let bill = found.bill.expect("a bill");
    assert_eq!(found.masked_name, "B••• H•••");
    assert_eq!(
        (bill.first_month.as_str(), bill.payable_idr),
        ("2026-04", APRIL)
    );
    assert_eq!(bill.lines, []);
    assert_eq!(again.bill.expect("a bill").id, bill.id);
    let by_code = town
        .gateway()
        .client
        .look_up_bill(By::PaymentCode(bill.payment_code))
        .await;
    assert_eq!(by_code.expect("a bill").bill.expect("a bill").id, bill.id);
    let nobody = town
        .gateway()
        .client
        .look_up_bill(By::Nik(town.person().nik))
        .await;
    assert_eq!(nobody.expect_refusal().reason, ErrorReason::NotFound);
}

#[tokio::test]
async fn a_bill_asked_for_twice_is_one_bill() {
    let town = Town::found("2026-03-10").await;
    let budi = town.participant().await;
    let mut request = IssueBillRequest {
        bill_id: Uuid::now_v7().to_string(),
        membership_id: budi.membership().await.to_string(),
        months: 2,
    };
    let first = budi
        .client
        .issue_bill(request.clone())
        .await
        .expect("a bill");

    let again = budi
        .client
        .issue_bill(request.clone())
        .await
        .expect("the same bill");
    request.months = 3;
    let refusal = budi.client.issue_bill(request).await.expect_refusal();

    assert_eq!(first, again);
    assert_eq!(first.bill.expect("a bill").total_idr, 2 * APRIL);
    assert_eq!(refusal.reason, ErrorReason::IdTaken);
}

#[tokio::test]
async fn there_is_no_second_bill_before_the_first_is_paid() {
    let town = Town::found("2026-03-10").await;
    let bill = town.person().has_a_bill().await;
    let request = IssueBillRequest {
        membership_id: bill.membership_id,
        months: 1,
        ..Default::default()
    };

    let refusal = town.officer().issue_bill(request).await.expect_refusal();

    assert_eq!(refusal.reason, ErrorReason::WrongState);
}

#[tokio::test]
async fn a_paid_bill_says_so_and_how_it_came_about() {
    let town = Town::found("2026-03-10").await;
    let mut budi = town.person();
    let open = budi.has_a_bill().await;

    town.gateway().pays(&open.payment_code, MARCH).await;
    let paid = budi.client.get_bill(id(&open.id)).await;

    assert_eq!(open.state(), bill::State::Open);
    assert_eq!(
        (open.due_on.as_str(), open.valid_through.as_str()),
        ("2026-03-16", "2026-03-31")
    );
    let total: i64 = open.lines.iter().map(|it| it.amount_idr).sum();
    assert_eq!(total, open.total_idr);
    assert!(
        open.lines
            .iter()
            .all(|it| !it.references.is_empty() && !it.formula.is_empty())
    );
    let paid = paid.expect("the bill");
    assert_eq!((paid.state(), paid.payable_idr), (bill::State::Paid, 0));
}

#[tokio::test]
async fn a_bill_is_paid_month_by_month() {
    let town = Town::found("2026-03-10").await;
    let budi = town.participant().await;
    let bill = issues_a_bill(&budi, 3).await;

    let paid = town.gateway().pays(&bill.payment_code, APRIL + 1).await;

    assert_eq!(paid.months_paid, ["2026-04"]);
    let left = budi.client.get_bill(id(&bill.id)).await.expect("the bill");
    assert_eq!(left.state(), bill::State::PartlyPaid);
    assert_eq!(left.payable_idr, 2 * APRIL - 1);
}

#[tokio::test]
async fn of_an_officer_who_gives_and_one_who_gives_back_one_is_first() {
    let town = Town::found("2026-03-10").await;
    let budi = town.participant().await;
    let paid = town.gateway().pays("8899999999999", APRIL).await;
    let request = AllocatePaymentRequest {
        payment_id: paid.id.clone(),
        membership_id: budi.membership().await.to_string(),
        reason: "The payer showed the slip.".into(),
    };
    let (one, other) = (town.officer(), town.officer());

    let (given, back) = tokio::join!(
        one.allocate_payment(request),
        other.return_payment(id(&paid.id), "Nobody's."),
    );

    let saved = if given.is_ok() { 2 * SAVED } else { SAVED };
    assert!(given.is_ok() != back.is_ok());
    let late = given.and(back).expect_refusal();
    assert_eq!(late.reason, ErrorReason::WrongState);
    assert_eq!(budi.balance().await, saved);
}

#[tokio::test]
async fn three_unpaid_months_end_cover_and_the_next_payment_begins_it_anew() {
    let town = Town::found("2026-03-10").await;
    let mut budi = town.participant().await;
    town.moves_to("2026-06-30T02:00:00Z");
    budi.asks_to_sign_in("").await.expect("a code");
    budi.confirms_the_code().await.expect("tokens");
    let last_day = budi.client.get_participant(None).await.expect("himself");
    town.moves_to("2026-07-01T02:00:00Z");
    let lapsed = budi.client.get_participant(None).await.expect("himself");

    let found = town
        .gateway()
        .client
        .look_up_bill(By::Nik(budi.nik.clone()))
        .await;
    let next = found.expect("a bill").bill.expect("a bill");
    town.gateway()
        .pays(&next.payment_code, next.payable_idr)
        .await;

    assert!(last_day.coverage.iter().all(|it| it.covered));
    assert!(
        lapsed
            .coverage
            .iter()
            .all(|it| it.reason() == coverage::Reason::Lapsed)
    );
    assert!(lapsed.coverage.iter().all(|it| !it.what_to_do.is_empty()));
    assert_eq!(lapsed.memberships[0].state(), membership::State::Lapsed);
    assert_eq!(next.first_month, "2026-07");
    let anew = budi.client.get_participant(None).await.expect("himself");
    assert!(
        anew.coverage
            .iter()
            .all(|it| it.covered && it.since == "2026-07-01")
    );
    assert_eq!(budi.balance().await, 2 * SAVED);
}

#[tokio::test]
async fn a_programme_that_is_not_held_does_not_cover() {
    let town = Town::found("2026-03-10").await;
    let mut budi = town.person();
    budi.work.programmes = programmes([Programme::Jkk, Programme::Jkm]);

    budi.is_active(&town).await;

    let me = budi.client.get_participant(None).await.expect("himself");
    let of = |programme| {
        me.coverage
            .iter()
            .find(|it| it.programme() == programme)
            .expect("a line")
    };
    assert!(of(Programme::Jkk).covered && of(Programme::Jkm).covered);
    assert_eq!(of(Programme::Jht).reason(), coverage::Reason::NotHeld);
    assert_eq!(budi.balance().await, 0);
}

#[tokio::test]
async fn contributions_cost_what_the_law_says() {
    let town = Town::found("2026-03-10").await;
    let all = [Programme::Jkk, Programme::Jkm, Programme::Jht];
    let two = [Programme::Jkk, Programme::Jkm];
    // Vectors 1 to 5, 8 and 9 of the field's rules.
    let vectors = [
        (Sector::Trade, 2_500_000, &all[..], "2026-01", 1, 84_800),
        (Sector::Trade, 2_500_000, &all, "2026-03", 1, 84_800),
        (Sector::Trade, 2_500_000, &all, "2026-04", 1, 68_400),
        (Sector::Trade, 2_500_000, &all, "2026-12", 1, 68_400),
        (Sector::Trade, 2_500_000, &all, "2027-01", 1, 84_800),
        (Sector::Transport, 900_000, &two, "2025-12", 1, 16_800),
        (Sector::Transport, 900_000, &two, "2026-01", 1, 8_400),
        (Sector::Transport, 900_000, &two, "2027-03", 1, 8_400),
        (Sector::Transport, 900_000, &two, "2027-04", 1, 16_800),
        (Sector::Trade, 1_000_000, &two, "2026-01", 12, 126_000),
        (Sector::Transport, 1_000_000, &two, "2026-01", 12, 100_800),
        (Sector::Trade, 2_950_000, &two, "2026-05", 1, 18_150),
    ];

    for (sector, income_idr, held, first_month, months, total) in vectors {
        let request = QuoteContributionRequest {
            sector: sector.into(),
            income_idr,
            programmes: held.iter().map(|&it| it.into()).collect(),
            first_month: first_month.into(),
            months,
            ..Default::default()
        };
        let quote = town
            .client
            .quote_contribution(request)
            .await
            .expect("a quote");

        assert_eq!(
            quote.total_idr, total,
            "{sector:?} {income_idr} {first_month} {months}"
        );
    }
}

#[tokio::test]
async fn owners_get_nothing_off_and_the_richest_have_the_last_bracket() {
    let town = Town::found("2026-03-10").await;
    let mut request = QuoteContributionRequest {
        category: BpuCategory::Owner.into(),
        sector: Sector::Trade.into(),
        income_idr: 1_000_000,
        programmes: programmes([Programme::Jkk, Programme::Jkm, Programme::Jht]),
        first_month: "2026-05".into(),
        ..Default::default()
    };

    let owner = town
        .client
        .quote_contribution(request.clone())
        .await
        .expect("a quote");
    request.income_idr = 50_000_000;
    let rich = town
        .client
        .quote_contribution(request)
        .await
        .expect("a quote");

    assert_eq!((owner.total_idr, owner.bracket), (36_800, 1));
    assert_eq!((rich.base_idr, rich.bracket), (20_700_000, 33));
}

#[tokio::test]
async fn no_price_is_made_up_for_a_time_without_a_law() {
    let town = Town::found("2026-03-10").await;
    let request = QuoteContributionRequest {
        sector: Sector::Trade.into(),
        income_idr: 1_000_000,
        programmes: programmes([Programme::Jkk, Programme::Jkm]),
        first_month: "2014-12".into(),
        ..Default::default()
    };

    let refusal = town
        .client
        .quote_contribution(request)
        .await
        .expect_refusal();

    assert_eq!(refusal.reason, ErrorReason::NoParameter);
    assert!(
        refusal.metadata["parameter"].starts_with("bpu/"),
        "{:?}",
        refusal.metadata
    );
    assert_eq!(refusal.metadata["day"], "2014-12-01");
}

/// Why the money is set aside.
fn set_aside(payment: &Payment) -> SuspenseReason {
    assert_eq!(payment.disposition(), Disposition::Suspense);
    assert_eq!((payment.applied_idr, payment.credited_idr), (0, 0));
    payment.suspense_reason()
}

#[tokio::test]
async fn who_pays_in_the_next_month_what_the_next_step_says_is_active() {
    let town = Town::found("2026-03-30").await;
    let mut budi = town.person();
    budi.has_a_bill().await;
    town.moves_to("2026-04-02T02:00:00Z");

    let (code, amount) = told_to_pay(&budi).await;
    let paid = town.gateway().pays(&code, amount).await;

    assert_eq!(paid.disposition(), Disposition::Applied);
}

#[tokio::test]
async fn after_paying_a_part_the_next_step_asks_for_the_rest() {
    let town = Town::found("2026-03-10").await;
    let mut budi = town.person();
    let bill = budi.has_a_bill().await;
    town.gateway().pays(&bill.payment_code, 50_000).await;

    let (_, amount) = told_to_pay(&budi).await;

    assert_eq!(amount, MARCH - 50_000);
}

#[tokio::test]
async fn money_of_a_registration_that_is_taken_back_goes_back_to_its_payer() {
    let town = Town::found("2026-03-10").await;
    let mut budi = town.person();
    let bill = budi.has_a_bill().await;
    let some = town.gateway().pays(&bill.payment_code, 30_000).await;
    let more = town.gateway().pays(&bill.payment_code, 20_000).await;

    budi.client
        .cancel_registration(budi.registration)
        .await
        .expect("it is taken back");

    let officer = town.officer();
    let waiting = officer.list_suspense(Default::default()).await;
    let waiting = waiting.expect("a list").payments;
    let mut amounts: Vec<_> = waiting.iter().map(|it| it.amount_idr).collect();
    amounts.sort_unstable();
    assert_eq!(amounts, [20_000, 30_000]);
    for payment in &waiting {
        assert_eq!(payment.disposition(), Disposition::Suspense);
        assert_eq!(
            payment.suspense_reason(),
            SuspenseReason::RegistrationCancelled
        );
    }
    let returned = officer
        .return_payment(id(&some.id), "the payer took it back")
        .await
        .expect("it is given back");
    assert_eq!(returned.disposition(), Disposition::Returned);
    let left = officer.list_suspense(Default::default()).await;
    let left = left.expect("a list").payments;
    assert_eq!((left.len(), left[0].id == more.id), (1, true));
    let wrong = verify(&town.db, &town.seal).await.expect("a look");
    assert_eq!(wrong, Vec::<String>::new());
}

async fn issues_a_bill(person: &Person, months: i32) -> jamsostek_client::Bill {
    let request = IssueBillRequest {
        membership_id: person.membership().await.to_string(),
        months,
        ..Default::default()
    };
    let issued = person.client.issue_bill(request).await.expect("a bill");
    issued.bill.expect("its bill")
}

/// What the first next step says: the payment code and how much to pay.
async fn told_to_pay(person: &Person) -> (String, i64) {
    let step = person.looks().await.next_steps.swap_remove(0);
    let body: Value = serde_json::from_str(&step.body_json).expect("JSON");
    let amount = body["amountIdr"].as_str().expect("an amount");
    let code = body["paymentCode"].as_str().expect("a code");
    (code.to_owned(), amount.parse().expect("rupiah"))
}
