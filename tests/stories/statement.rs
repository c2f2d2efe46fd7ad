//! What employees and migrant workers read of their savings: line by line, and on any day.

use jamsostek_client::{
    Segment, Uuid,
    v1::{Hire, Placement, ReportWagesRequest, StatementLine, Wage, statement_line::Kind},
};

use crate::{
    company::{Company, hire},
    migrant::{BEFORE_WORK, TWO_YEARS, placement},
    person::{Person, SAVED},
    town::{Town, id},
};

/// What of a wage of IDR 5,000,000 is old-age savings: 3.7 % and 2 %.
const OF_FIVE: i64 = 285_000;
/// The same of IDR 6,000,000.
const OF_SIX: i64 = 342_000;

#[tokio::test]
async fn an_employees_statement_tells_each_month_that_his_employer_paid() {
    let town = Town::found("2026-03-10").await;
    let company = town.company("JK001001").await;
    let worker = town.participant().await;
    company.hires(&worker, "2026-03-01").await;
    let membership = company.employees().await.remove(0).membership_id;
    pays(&town, &company, "2026-03").await;
    town.moves_to("2026-04-10T02:00:00Z");
    let wages = ReportWagesRequest {
        npp: company.npp.clone(),
        month: "2026-04".into(),
        wages: vec![Wage {
            membership_id: membership.clone(),
            wage_idr: 6_000_000,
            back_pay_idr: 1_000_000,
        }],
    };
    company.client.report_wages(wages).await.expect("wages");
    pays(&town, &company, "2026-04").await;

    let lines = lines(&worker).await;
    let mut on = Vec::new();
    for day in ["2026-03-09", "2026-03-10", "2026-04-09", "2026-04-10"] {
        on.push(balance_on(&worker, day).await);
    }

    let own: Vec<_> = lines
        .iter()
        .filter(|it| it.membership_id == membership)
        .collect();
    let told: Vec<_> = own
        .iter()
        .map(|it| {
            let month = it.contribution_month.as_str();
            (it.day.as_str(), month, it.amount_idr, it.balance_after_idr)
        })
        .collect();
    let expected = [
        ("2026-04-10", "2026-04", OF_SIX, OF_FIVE + OF_SIX),
        ("2026-03-10", "2026-03", OF_FIVE, OF_FIVE),
    ];
    assert_eq!(told, expected);
    // His employer's money came in a sum for all: none of it is one payment's.
    let is_own = |it: &&StatementLine| {
        (it.kind(), it.segment(), it.payment_id.as_str()) == (Kind::Contribution, Segment::Pu, "")
    };
    assert!(own.iter().copied().all(|it| is_own(&it)), "{own:?}");
    let business: Vec<_> = lines
        .iter()
        .filter(|it| it.membership_id != membership)
        .collect();
    assert_eq!(business.len(), 1);
    assert_eq!(
        (business[0].segment(), business[0].balance_after_idr),
        (Segment::Bpu, SAVED)
    );
    let first = SAVED + OF_FIVE;
    assert_eq!(on, [0, first, first, first + OF_SIX]);
    let balance = worker.client.get_balance(None, None).await;
    let accounts = balance.expect("a balance").accounts;
    let saved: Vec<_> = accounts.iter().map(|it| it.balance_idr).collect();
    assert_eq!(saved, [SAVED, OF_FIVE + OF_SIX]);
    town.adds_up().await;
}

#[tokio::test]
async fn a_migrant_workers_statement_tells_his_contract_and_what_was_added() {
    let town = Town::found("2026-03-10").await;
    let saving = Placement {
        jht_monthly_idr: 100_000,
        ..placement()
    };
    let mut siti = town.migrant(saving);
    let bill = siti.has_a_bill().await;
    let gateway = town.gateway();
    gateway.pays(&bill.payment_code, BEFORE_WORK).await;
    siti.becomes_a_participant().await;
    let before = lines(&siti).await;
    town.moves_to("2026-03-12T02:00:00Z");
    let contract = gateway
        .pays(&bill.payment_code, TWO_YEARS + 2_400_000)
        .await;
    town.moves_to("2026-03-14T02:00:00Z");
    let extension = siti.extends(Uuid::now_v7(), 2).await.expect("an extension");
    let extension = extension.bill.expect("a bill");
    let added = gateway
        .pays(&extension.payment_code, extension.payable_idr)
        .await;

    let lines = lines(&siti).await;
    let mut on = Vec::new();
    for day in ["2026-03-11", "2026-03-12", "2026-03-13", "2026-03-14"] {
        on.push(balance_on(&siti, day).await);
    }

    assert_eq!(before, []);
    let told: Vec<_> = lines
        .iter()
        .map(|it| {
            let payment = id(&it.payment_id);
            (
                it.day.as_str(),
                it.amount_idr,
                it.balance_after_idr,
                payment,
            )
        })
        .collect();
    let expected = [
        ("2026-03-14", 200_000, 2_600_000, id(&added.id)),
        ("2026-03-12", 2_400_000, 2_400_000, id(&contract.id)),
    ];
    assert_eq!(told, expected);
    for it in &lines {
        assert_eq!(
            (it.kind(), it.segment()),
            (Kind::Contribution, Segment::Pmi)
        );
        // It is for a contract, and for no month.
        assert_eq!(it.contribution_month, "");
    }
    assert_eq!(on, [0, 2_400_000, 2_400_000, 2_600_000]);
    town.adds_up().await;
}

#[tokio::test]
async fn whoever_saves_nothing_reads_an_empty_statement() {
    let town = Town::found("2026-03-10").await;
    let company = town
        .company_of("JK001002", jamsostek_client::v1::Scale::Micro)
        .await;
    let mut worker = town.works_at(&company);
    worker.waits_for_his_employer().await;
    let waiting = lines(&worker).await;
    let membership = worker.membership().await;
    let hire = Hire {
        ..hire("2026-03-10")
    };
    company
        .confirms(&worker, membership, &hire.started_on)
        .await
        .expect("confirmed");
    pays(&town, &company, "2026-03").await;

    let balance = worker.client.get_balance(None, None).await;

    // A micro employer holds JKK and JKM alone.
    assert_eq!((waiting, lines(&worker).await), (Vec::new(), Vec::new()));
    let balance = balance.expect("a balance");
    assert_eq!((balance.balance_idr, balance.accounts), (0, Vec::new()));
}

/// Pays what the company owes by the month.
async fn pays(town: &Town, company: &Company, month: &str) {
    let bill = company.bill(town, month).await;
    town.gateway()
        .pays(&bill.payment_code, bill.payable_idr)
        .await;
    town.lets_the_workers_run().await;
}

async fn lines(person: &Person) -> Vec<StatementLine> {
    let lines = person.client.list_statement_lines(Default::default()).await;
    lines.expect("the lines").lines
}

async fn balance_on(person: &Person, day: &str) -> i64 {
    let day = Some(day.parse().expect("a day"));
    let balance = person.client.get_balance(None, day).await;
    balance.expect("a balance").balance_idr
}
