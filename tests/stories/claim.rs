//! Old-age savings are claimed, decided and paid; and what keeps them from being paid.

use jamsostek_client::{
    ClaimCause, ErrorReason, Programme, Uuid,
    v1::{
        EvaluateBenefitRequest, ListClaimsRequest, PayoutAct, SendStepUpOtpRequest,
        SubmitClaimRequest,
        award::State as AwardState,
        benefit_line::Kind,
        claim::State,
        eligibility_rule::{Actor, Rule},
        send_step_up_otp_request::Act,
        statement_line,
    },
};
use tokio::task::JoinSet;

use crate::{
    claimant::takes,
    person::{Person, SAVED},
    town::{ExpectRefusal, Town, id},
};

#[tokio::test]
async fn a_business_ends_and_a_month_later_all_savings_are_paid() {
    let town = Town::found("2026-03-10").await;
    let mut budi = town.person();
    budi.work.months = 3;
    budi.is_active(&town).await;
    let end = budi.ends_business("").await.expect("it ends");
    // JKK and JKM of April and May, at the price of their months; JHT of them is saved already.
    assert_eq!(
        (end.credited_idr, end.claimable_on.as_str()),
        (32_800, "2026-04-10")
    );
    town.moves_to("2026-04-10T02:00:00Z");

    let claim = budi.claims().await;
    let approved = town.approves(&claim).await;
    town.lets_the_workers_run().await;

    let amount = 3 * SAVED + 32_800;
    let award = approved.award.expect("an award");
    assert_eq!(
        (award.amount_idr, award.state()),
        (amount, AwardState::Approved)
    );
    let lines: Vec<_> = award
        .lines
        .iter()
        .map(|it| (it.kind(), it.amount_idr))
        .collect();
    assert_eq!(
        lines,
        [(Kind::JhtBalance, 3 * SAVED), (Kind::Credit, 32_800)]
    );
    let paid = budi.follows(&claim).await;
    assert_eq!(paid.state(), State::Closed);
    assert_eq!(paid.award.expect("an award").state(), AwardState::Paid);
    assert_eq!(budi.balance().await, 0);
    let told = budi.reads_messages().await;
    assert!(told[0].contains("188,800"), "{told:?}");
    let line = budi.client.list_statement_lines(Default::default()).await;
    let line = line.expect("lines").lines.swap_remove(0);
    assert_eq!(
        (line.kind(), line.amount_idr),
        (statement_line::Kind::Payout, -3 * SAVED)
    );
}

#[tokio::test]
async fn each_step_is_dated_and_the_law_gives_five_working_days() {
    let town = Town::found("2026-03-10").await;
    let budi = town.stopped().await;

    // A Friday: Monday to Friday of the next week.
    let claim = budi.claims().await;
    town.waits(3_600);
    town.approves(&claim).await;
    town.lets_the_workers_run().await;

    let followed = budi.follows(&claim).await;
    assert_eq!(
        (followed.due_on.as_str(), followed.due_on_weekends_only),
        ("2026-04-17", false)
    );
    let steps: Vec<_> = followed
        .steps
        .iter()
        .map(|it| (it.state(), it.what.as_str()))
        .collect();
    assert_eq!(
        steps,
        [
            (State::Submitted, "SubmitClaim"),
            (State::InReview, "TakeClaim"),
            (State::Decided, "ApproveClaim"),
            (State::Closed, "PayOut"),
        ]
    );
    let at = |at: usize| followed.steps[at].at.expect("a moment").seconds;
    assert_eq!(at(1) - at(0), 3_600);
}

#[tokio::test]
async fn before_anything_is_asked_for_every_rule_says_what_is_missing_and_who_must_act() {
    let town = Town::found("2026-03-10").await;
    let budi = town.participant().await;

    let running = budi.checks(ClaimCause::BusinessEnd).await;
    let young = budi.checks(ClaimCause::Retirement).await;
    let employed = budi.checks(ClaimCause::Resignation).await;
    budi.ends_business("2026-03-31").await.expect("it ends");
    let waiting = budi.checks(ClaimCause::BusinessEnd).await;
    town.moves_to("2026-04-30T02:00:00Z");
    let there = budi.checks(ClaimCause::BusinessEnd).await;

    assert_eq!(
        missing(&running),
        [
            (Rule::WorkEnded, Actor::Participant),
            (Rule::WaitingPeriod, Actor::Participant)
        ]
    );
    assert_eq!(
        (running.eligible, running.earliest_on.as_str()),
        (false, "")
    );
    assert_eq!(missing(&young), [(Rule::PensionAge, Actor::Time)]);
    assert_eq!(young.earliest_on, "2046-05-12");
    assert_eq!(missing(&employed)[0], (Rule::WorkEnded, Actor::Employer));
    assert_eq!(missing(&waiting), [(Rule::WaitingPeriod, Actor::Time)]);
    assert_eq!(waiting.earliest_on, "2026-04-30");
    let law = waiting
        .rules
        .iter()
        .find(|it| it.rule() == Rule::WaitingPeriod);
    let law = law.and_then(|it| it.reference.clone()).expect("its law");
    assert!(law.title.contains("Permenaker 4/2022"), "{law:?}");
    assert_eq!((there.eligible, there.amount_idr), (true, SAVED));
    assert!(there.lines[0].formula.contains("52,000") && !there.lines[0].references.is_empty());
}

#[tokio::test]
async fn a_claim_a_day_too_early_is_refused_with_its_day_and_its_law() {
    let town = Town::found("2026-03-10").await;
    let budi = town.participant().await;
    budi.ends_business("").await.expect("it ends");
    town.moves_to("2026-04-09T02:00:00Z");

    let filled = budi.fills_in(ClaimCause::BusinessEnd, budi.account()).await;
    let refusal = filled.submitted_by(&budi).await.expect_refusal();

    assert_eq!(refusal.reason, ErrorReason::NotEligible);
    assert_eq!(refusal.metadata["rules"], "RULE_WAITING_PERIOD");
    assert_eq!(refusal.metadata["earliestOn"], "2026-04-10");
    assert!(
        refusal.help[0].0.contains("Permenaker 4/2022"),
        "{refusal:?}"
    );
}

#[tokio::test]
async fn at_the_pension_age_the_savings_are_paid_and_the_membership_goes_on() {
    let town = Town::found("2026-03-10").await;
    let mut siti = town.person();
    siti.birth_date = "1970-03-10".into();
    siti.is_active(&town).await;
    town.waits(61);

    let filled = siti.fills_in(ClaimCause::Retirement, siti.account()).await;
    let claim = filled.submitted_by(&siti).await.expect("a claim");
    town.approves(&claim).await;
    town.lets_the_workers_run().await;

    assert_eq!(siti.follows(&claim).await.state(), State::Closed);
    let me = siti.client.get_participant(None).await.expect("herself");
    assert!(me.coverage[0].covered);
}

#[tokio::test]
async fn only_an_account_in_ones_own_name_is_paid() {
    let town = Town::found("2026-03-10").await;
    let budi = town.stopped().await;

    let theirs = refused_to(&town, &budi, "9000000001").await;
    let nobodys = refused_to(&town, &budi, "9000000002").await;
    town.client
        .fail_next(jamsostek_client::v1::Neighbour::Bank, 5)
        .await
        .expect("it fails");
    let silent = refused_to(&town, &budi, "1230004567").await;

    assert_eq!(theirs.reason, ErrorReason::AccountHolderDiffers);
    assert_eq!(theirs.metadata["missingWords"], "BUDI HARTONO");
    assert_eq!(theirs.metadata["maskedHolder"], "S••• E•••");
    assert_eq!(nobodys.reason, ErrorReason::AccountUnknown);
    assert_eq!(silent.reason, ErrorReason::BankUnavailable);
    assert!(silent.retry_after.is_some());
    let claims = budi.client.list_claims(Default::default()).await;
    assert_eq!(claims.expect("a list").claims, []);
}

#[tokio::test]
async fn a_claim_needs_the_code_for_this_claim_and_this_account() {
    let town = Town::found("2026-03-10").await;
    let budi = town.stopped().await;
    let unproven = budi
        .asks_for_a_payout_code(ClaimCause::BusinessEnd, budi.account())
        .await;
    let without = unproven.submitted_by(&budi).await.expect_refusal();
    town.waits(61);
    let filled = budi.fills_in(ClaimCause::BusinessEnd, budi.account()).await;

    let another_claim = SubmitClaimRequest {
        claim_id: Uuid::now_v7().to_string(),
        ..filled.form.clone()
    };
    let another_claim = budi
        .client
        .submit_claim(another_claim)
        .await
        .expect_refusal();
    let account = Some(budi.account_with("7777777777"));
    let another_account = SubmitClaimRequest {
        account,
        ..filled.form.clone()
    };
    let another_account = budi
        .client
        .submit_claim(another_account)
        .await
        .expect_refusal();
    let stranger = town.participant().await;
    let stolen = filled.submitted_by(&stranger).await.expect_refusal();
    town.waits(15 * 60);
    let late = filled.submitted_by(&budi).await.expect_refusal();

    assert_eq!(without.reason, ErrorReason::PayoutCodeNeeded);
    for refusal in [another_claim, another_account, stolen, late] {
        assert_eq!(refusal.reason, ErrorReason::PayoutCodeNeeded);
    }
}

#[tokio::test]
async fn whoever_has_only_an_e_mail_states_the_kpj_waits_a_day_and_is_told_twice() {
    let town = Town::found("2026-03-10").await;
    let mut dewi = town.person();
    dewi.contact = "dewi@example.id".into();
    dewi.is_active(&town).await;
    dewi.ends_business("").await.expect("it ends");
    town.moves_to("2026-04-10T02:00:00Z");
    let filled = dewi.fills_in(ClaimCause::BusinessEnd, dewi.account()).await;

    let without = filled.submitted_by(&dewi).await.expect_refusal();
    let kpj = dewi
        .client
        .get_participant(None)
        .await
        .expect("herself")
        .kpj;
    let form = SubmitClaimRequest { kpj, ..filled.form };
    let claim = dewi.client.submit_claim(form).await.expect("a claim");
    town.approves(&claim).await;
    town.waits(24 * 3_600 - 60);
    town.lets_the_workers_run().await;
    let held = dewi.follows(&claim).await;
    town.waits(60);
    town.lets_the_workers_run().await;

    assert_eq!(without.reason, ErrorReason::KpjNeeded);
    assert!(claim.held_until.is_some());
    assert_eq!(held.award.expect("an award").state(), AwardState::Approved);
    assert_eq!(dewi.follows(&claim).await.state(), State::Closed);
    let told = dewi.reads_messages().await;
    let asked = told.iter().filter(|it| it.contains("Bukan Anda?"));
    assert_eq!(asked.count(), 1, "{told:?}");
    assert!(told[0].contains("was paid"), "{told:?}");
}

#[tokio::test]
async fn a_claim_that_is_withdrawn_gives_the_money_back() {
    let town = Town::found("2026-03-10").await;
    let mut dewi = town.person();
    dewi.contact = "rina@example.id".into();
    dewi.is_active(&town).await;
    dewi.ends_business("").await.expect("it ends");
    town.moves_to("2026-04-10T02:00:00Z");
    let filled = dewi.fills_in(ClaimCause::BusinessEnd, dewi.account()).await;
    let kpj = dewi
        .client
        .get_participant(None)
        .await
        .expect("herself")
        .kpj;
    let form = SubmitClaimRequest { kpj, ..filled.form };
    let claim = dewi.client.submit_claim(form).await.expect("a claim");
    town.approves(&claim).await;
    assert_eq!(dewi.balance().await, 0, "it is reserved");

    let withdrawn = dewi
        .client
        .withdraw_claim(id(&claim.id))
        .await
        .expect("it is");
    let again = dewi
        .client
        .withdraw_claim(id(&claim.id))
        .await
        .expect("it is");

    assert_eq!(withdrawn.state(), State::Withdrawn);
    assert_eq!(
        withdrawn.award.as_ref().expect("an award").state(),
        AwardState::Cancelled
    );
    assert_eq!(again, withdrawn);
    assert_eq!(dewi.balance().await, SAVED);
    town.waits(2 * 24 * 3_600);
    town.lets_the_workers_run().await;
    assert_eq!(dewi.balance().await, SAVED, "nothing was paid");
}

#[tokio::test]
async fn what_the_bank_was_told_cannot_be_withdrawn() {
    let town = Town::found("2026-03-10").await;
    let budi = town.stopped().await;
    let claim = budi.claims_to(budi.account_with("9000000004")).await;
    town.approves(&claim).await;
    town.lets_the_workers_run().await;

    let refusal = budi
        .client
        .withdraw_claim(id(&claim.id))
        .await
        .expect_refusal();

    assert_eq!(refusal.reason, ErrorReason::WrongState);
    assert_eq!(refusal.metadata["state"], "STATE_DECIDED");
}

#[tokio::test]
async fn of_fifty_claims_at_once_one_is_taken() {
    let town = Town::found("2026-03-10").await;
    let budi = town.stopped().await;
    let mut claims = Vec::new();
    for number in 0..3 {
        let account = budi.account_with(&format!("55500000{number}"));
        claims.push(budi.fills_in(ClaimCause::BusinessEnd, account).await);
        town.waits(61);
    }

    let mut racing = JoinSet::new();
    for round in 0..50 {
        let (filled, budi) = (claims[round % claims.len()].clone(), budi.clone());
        racing.spawn(async move { filled.submitted_by(&budi).await });
    }
    let answers = racing.join_all().await;

    let taken: Vec<_> = answers.iter().flatten().map(|it| it.id.clone()).collect();
    assert!(
        !taken.is_empty() && taken.iter().all(|it| *it == taken[0]),
        "{taken:?}"
    );
    for refusal in answers.into_iter().filter(Result::is_err) {
        let refusal = refusal.expect_refusal();
        assert_eq!(refusal.reason, ErrorReason::ClaimOpen);
        assert_eq!(refusal.metadata["claimId"], taken[0]);
    }
    let listed = budi.client.list_claims(Default::default()).await;
    assert_eq!(listed.expect("a list").claims.len(), 1);
}

#[tokio::test]
async fn the_same_claim_again_is_the_same_claim_and_another_under_its_id_is_refused() {
    let town = Town::found("2026-03-10").await;
    let budi = town.stopped().await;
    let filled = budi.fills_in(ClaimCause::BusinessEnd, budi.account()).await;
    let claim = filled.submitted_by(&budi).await.expect("a claim");

    let again = filled.submitted_by(&budi).await.expect("the same");
    let account = Some(budi.account_with("7777777777"));
    let other = SubmitClaimRequest {
        account,
        ..filled.form.clone()
    };
    let other = budi.client.submit_claim(other).await.expect_refusal();
    let stranger = town.participant().await;
    let theirs = filled.submitted_by(&stranger).await.expect_refusal();

    assert_eq!(again, claim);
    assert_eq!(other.reason, ErrorReason::IdTaken);
    assert_eq!(theirs.reason, ErrorReason::IdTaken);
    assert!(theirs.metadata.is_empty());
}

#[tokio::test]
async fn only_old_age_savings_are_claimed_here_so_far() {
    let town = Town::found("2026-03-10").await;
    let budi = town.stopped().await;

    for programme in [
        Programme::Jkk,
        Programme::Jkm,
        Programme::Jp,
        Programme::Jkp,
    ] {
        let check = budi
            .client
            .check_eligibility(None, programme, ClaimCause::Retirement);
        let refusal = check.await.expect_refusal();
        assert_eq!(refusal.reason, ErrorReason::ProgrammeNotServed);
        assert_eq!(refusal.metadata["programme"], programme.as_str_name());
    }
}

#[tokio::test]
async fn a_claim_costs_the_store_little() {
    let town = Town::found("2026-03-10").await;
    let budi = town.stopped().await;
    let filled = budi.fills_in(ClaimCause::BusinessEnd, budi.account()).await;

    let (checking, told) = town
        .statements_of(budi.checks(ClaimCause::BusinessEnd))
        .await;
    let (submitting, claim) = town.statements_of(filled.submitted_by(&budi)).await;

    assert!(told.eligible && claim.is_ok());
    assert!(checking <= 6, "CheckEligibility: {checking}");
    assert!(submitting <= 14, "SubmitClaim: {submitting}");
}

#[tokio::test]
async fn a_participant_lists_his_own_and_an_officer_what_waits() {
    let town = Town::found("2026-03-10").await;
    let (budi, siti) = (town.participant().await, town.participant().await);
    for person in [&budi, &siti] {
        person.ends_business("").await.expect("it ends");
    }
    town.moves_to("2026-04-10T02:00:00Z");
    let first = budi.claims().await;
    budi.client
        .withdraw_claim(id(&first.id))
        .await
        .expect("it is");
    town.waits(61);
    let second = budi.claims().await;
    let hers = siti.claims().await;

    let mut page = ListClaimsRequest {
        page_size: 1,
        ..Default::default()
    };
    let newest = budi.client.list_claims(page.clone()).await.expect("a page");
    page.page_token.clone_from(&newest.next_page_token);
    let oldest = budi.client.list_claims(page).await.expect("a page");
    let waiting = town
        .officer()
        .list_claims(Default::default())
        .await
        .expect("a queue");

    assert_eq!(newest.claims[0].id, second.id);
    assert_eq!(
        (
            oldest.claims[0].id.as_str(),
            oldest.next_page_token.as_str()
        ),
        (first.id.as_str(), "")
    );
    let waiting: Vec<_> = waiting.claims.iter().map(|it| it.id.as_str()).collect();
    assert_eq!(waiting, [second.id.as_str(), hers.id.as_str()]);
}

#[tokio::test]
async fn a_code_that_is_asked_for_twice_is_one_code_and_its_id_names_one_act() {
    let town = Town::found("2026-03-10").await;
    let budi = town.stopped().await;
    let challenge_id = Uuid::now_v7().to_string();
    let act = |number| PayoutAct {
        claim_id: challenge_id.clone(),
        account: Some(budi.account_with(number)),
    };
    let request = |number| SendStepUpOtpRequest {
        challenge_id: challenge_id.clone(),
        act: Some(Act::Payout(act(number))),
        ..Default::default()
    };

    let sent = budi
        .client
        .send_step_up_otp(request("1230004567"))
        .await
        .expect("a code");
    let again = budi
        .client
        .send_step_up_otp(request("1230004567"))
        .await
        .expect("the same");
    let other = budi
        .client
        .send_step_up_otp(request("7777777777"))
        .await
        .expect_refusal();
    let stranger = town.participant().await;
    let theirs = stranger
        .client
        .send_step_up_otp(request("1230004567"))
        .await
        .expect_refusal();

    assert_eq!(again, sent);
    assert_eq!(other.reason, ErrorReason::IdTaken);
    assert_eq!(theirs.reason, ErrorReason::IdTaken);
}

/// The refusal of a claim to this account, after which the next code can be asked for.
async fn refused_to(town: &Town, budi: &Person, number: &str) -> jamsostek_client::Refusal {
    let account = budi.account_with(number);
    let filled = budi.fills_in(ClaimCause::BusinessEnd, account).await;
    let refusal = filled.submitted_by(budi).await.expect_refusal();
    town.waits(301);
    refusal
}

fn missing(told: &jamsostek_client::Eligibility) -> Vec<(Rule, Actor)> {
    let missing = told.rules.iter().filter(|it| !it.passed);
    missing.map(|it| (it.rule(), it.who_must_act())).collect()
}

#[tokio::test]
async fn what_somebody_else_has_taken_is_left_to_him() {
    let town = Town::found("2026-03-10").await;
    let budi = town.stopped().await;
    let claim = budi.claims().await;
    takes(&town.officer(), &claim).await;
    let second = town.second_officer();

    let taking = second.take_claim(id(&claim.id)).await.expect_refusal();
    let approving = second.approve_claim(id(&claim.id)).await.expect_refusal();
    let rejecting = second
        .reject_claim(id(&claim.id), "no papers")
        .await
        .expect_refusal();

    for refusal in [taking, approving, rejecting] {
        assert_eq!(refusal.reason, ErrorReason::OtherOfficer);
    }
}

#[tokio::test]
async fn what_a_benefit_would_be_is_told_from_stated_facts() {
    let town = Town::found("2026-03-10").await;
    let evaluate = |ended_on: &str, claimed_on: &str, balance_idr| {
        let request = EvaluateBenefitRequest {
            programme: Programme::Jht.into(),
            cause: ClaimCause::Resignation.into(),
            ended_on: ended_on.into(),
            claimed_on: claimed_on.into(),
            balance_idr,
            ..Default::default()
        };
        let client = town.client.clone();
        async move { client.evaluate_benefit(request).await }
    };

    let early = evaluate("2026-01-31", "2026-02-27", 15_000_001)
        .await
        .expect("an answer");
    let on_the_day = evaluate("2026-01-31", "2026-02-28", 15_000_001)
        .await
        .expect("an answer");
    let before_the_law = evaluate("2022-05-01", "2026-02-28", 1_000)
        .await
        .expect_refusal();
    let request = EvaluateBenefitRequest {
        programme: Programme::Jkm.into(),
        cause: ClaimCause::Retirement.into(),
        ..Default::default()
    };
    let of_jkm = town.client.evaluate_benefit(request).await.expect_refusal();

    assert_eq!(
        (early.eligible, early.earliest_on.as_str()),
        (false, "2026-02-28")
    );
    assert_eq!(
        (on_the_day.eligible, on_the_day.amount_idr),
        (true, 15_000_001)
    );
    assert!(on_the_day.requires_interview && on_the_day.interview_reference.is_some());
    assert!(!on_the_day.policy_version.is_empty());
    assert_eq!(before_the_law.reason, ErrorReason::NoParameter);
    assert_eq!(of_jkm.reason, ErrorReason::ProgrammeNotServed);
}

#[tokio::test]
async fn a_payout_code_is_locked_after_five_wrong_ones_and_goes_to_the_phone_where_there_is_one() {
    let town = Town::found("2026-03-10").await;
    let budi = town.stopped().await;
    let filled = budi
        .asks_for_a_payout_code(ClaimCause::BusinessEnd, budi.account())
        .await;
    let code = budi.reads_the_code().await;
    let challenge = id(&filled.form.challenge_id);
    let wrong: u32 = code.parse().expect("eight digits");
    let wrong = format!("{:08}", (wrong + 1) % 100_000_000);
    for _ in 0..5 {
        let missed = town
            .client
            .verify_otp(challenge, &wrong)
            .await
            .expect_refusal();
        assert_eq!(missed.reason, ErrorReason::OtpWrong);
    }

    let right = town
        .client
        .verify_otp(challenge, code)
        .await
        .expect_refusal();
    let unproven = filled.submitted_by(&budi).await.expect_refusal();

    assert_eq!(right.reason, ErrorReason::OtpLocked);
    assert_eq!(unproven.reason, ErrorReason::PayoutCodeNeeded);
}
