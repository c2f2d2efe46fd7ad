//! The program is killed in the middle of everything, and nothing that was answered is lost or doubled.

mod abroad;
mod at_work;
pub mod claims;
mod employer;
pub mod log;
pub mod moment;
pub mod roads;
mod rows;

use tempfile::TempDir;
use tokio::task::JoinSet;

use self::{
    claims::{Saver, claims_until_it_dies},
    log::{Known, Log},
    moment::{Moment, crashes_between_two_commits},
    roads::walks_until_it_dies,
};
use crate::{
    fresh_store::empty_store,
    jamsostekd::{House, told, verify_with},
    person::SAVED,
    town::credential,
};
use jamsostek_client::{Client, Options, v1::claim::State as ClaimState, v1::payment::Disposition};

/// How many people are on the road at once.
const ROADS: usize = 8;
/// How often the program is killed; more often where there is time (`tests/run --long`).
const CRASHES: usize = 5;
const CRASHES_LONG: usize = 20;

#[tokio::test]
async fn what_was_answered_outlives_every_crash() {
    let home = TempDir::new().expect("a directory");
    let url = empty_store(&home).await;
    let flags = ["--database-url", url.as_str()];
    let crashes = match std::env::var_os("JAMSOSTEK_LONG") {
        Some(_) => CRASHES_LONG,
        None => CRASHES,
    };
    let (mut log, mut moments) = (Log::new(), Vec::new());
    for crash in 0..crashes {
        let house = opens(&home, &flags).await;
        let savers = all_still_so(&house.client, &log).await;
        log = Log::new();
        // A minute later each of them can be sent another code.
        house.client.advance_clock(61).await.expect("it moves");
        let mut roads = JoinSet::new();
        for _ in 0..ROADS {
            roads.spawn(walks_until_it_dies(house.client.clone(), log.clone()));
        }
        for saver in savers {
            let (client, log) = (house.client.clone(), log.clone());
            roads.spawn(claims_until_it_dies(client, saver, log));
        }
        // At another point of everybody's road each time.
        log.has(11 + crash * 5).await;
        let moment = if crash % 2 == 0 {
            crashes_between_two_commits(house, &url).await
        } else {
            house.crashes().await;
            Moment::Any
        };
        moments.push(moment);
        roads.join_all().await;
    }

    let between = moments.iter().filter(|it| **it != Moment::Any).count();
    assert!(between * 2 >= crashes, "{moments:?}");
    let mut house = opens(&home, &flags).await;
    all_still_so(&house.client, &log).await;
    let officer = house
        .client
        .with_credentials(credential(2), "sandbox-officer");
    let suspense = officer.list_suspense(Default::default()).await;
    assert_eq!(suspense.expect("a list").payments, []);
    assert!(house.ends_when_asked().await);
    moment::banks_ledger_is_ours(&url).await;
    let verified = verify_with(&home, &flags).await;
    assert!(verified.status.success(), "{}", told(&verified));
}

async fn opens(home: &TempDir, flags: &[&str]) -> House {
    House::opens_with(home, flags, |address| {
        Options::new(format!("http://{address}"))
    })
    .await
}

/// Asks again for all that was answered before; those who have saved something by now.
async fn all_still_so(client: &Client, log: &Log) -> Vec<Saver> {
    let is_claim = |it: &Known| matches!(it, Known::Claimed(..));
    let (claims, others): (Vec<_>, Vec<_>) = log.all().into_iter().partition(is_claim);
    let mut savers = Vec::new();
    for known in others {
        savers.extend(still_so(client, known).await);
    }
    // Whoever was to tell the bank when the program died may be waited for until his time is up.
    client.advance_clock(61).await.expect("it moves");
    for known in claims {
        still_so(client, known).await;
    }
    savers
}

/// Asks again for what was answered before: it must be as it was, and what was not answered must happen once. Whoever has saved
/// something by then.
async fn still_so(client: &Client, known: Known) -> Option<Saver> {
    match known {
        Known::Started(form, challenge) => {
            let again = client.start_registration(form).await.expect("the same");
            assert_eq!(again.challenge_id, challenge);
        }
        Known::Confirmed(tokens, registration, bill) => {
            let person = client.with_tokens(tokens);
            let found = person.get_registration(registration).await.expect("it");
            assert_eq!(found.bill_id, bill);
        }
        Known::Paid(tokens, contact, notice, payment) => {
            let gateway = client.with_credentials(credential(1), "sandbox-gateway");
            let again = gateway.record_payment(notice).await.expect("it is taken");
            assert_eq!(again.disposition(), Disposition::Applied);
            assert!(payment.is_none_or(|it| it == again.id));
            let person = client.with_tokens(tokens);
            person.renew_tokens().await.expect("a participant's tokens");
            let balance = person.get_balance(None, None).await.expect("a balance");
            assert_eq!(balance.balance_idr, SAVED);
            return Some(Saver { person, contact });
        }
        Known::Claimed(person, form) => {
            // The same person at the house that is open now.
            let person = client.with_tokens(person.tokens().expect("his tokens"));
            let claim = person.submit_claim(form.clone()).await;
            let claim = claim.expect("it is taken");
            assert_eq!(claim.id, form.claim_id);
            let paid = claims::is_seen_through(client, &person, &claim).await;
            let paid = paid.expect("it goes on where it was");
            assert_eq!(paid.state(), ClaimState::Closed);
            let balance = person.get_balance(None, None).await.expect("a balance");
            assert_eq!(balance.balance_idr, 0);
        }
    }
    None
}
