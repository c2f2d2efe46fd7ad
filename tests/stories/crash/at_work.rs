//! Employers and those who go abroad are under way when the program is killed: whatever they had sent is sent again, and has happened
//! once.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicUsize, Ordering},
};

use jamsostek_client::{Client, Error, Options};
use tempfile::TempDir;
use tokio::task::{JoinSet, yield_now};

use super::{
    abroad::Abroad,
    employer::Employer,
    moment::{count, open},
};
use crate::{
    fresh_store::empty_store,
    jamsostekd::{House, told, verify_with},
    town::credential,
};

/// How many employers, and how many who go abroad, are under way at once.
const ROADS: usize = 3;
/// How often the program is killed.
const CRASHES: usize = 4;
/// How often the program is frozen and looked at before it is killed wherever it is.
const LOOKS_MAX: usize = 200;

/// What somebody keeps who repeats what was not answered. Kept outside of the program that dies.
#[derive(Clone)]
enum Road {
    Employer(Box<Employer>),
    Abroad(Box<Abroad>),
}

#[tokio::test]
async fn what_employers_and_migrant_workers_have_sent_happens_once_over_every_crash() {
    let home = TempDir::new().expect("a directory");
    let url = empty_store(&home).await;
    let flags = ["--database-url", url.as_str()];
    let mut halfway: Vec<Road> = Vec::new();
    let mut under_way = 0;
    for crash in 0..CRASHES {
        let house = opens(&home, &flags).await;
        for road in halfway.drain(..) {
            arrives(&house.client, road).await;
        }
        let today = house.client.get_server_info().await.expect("itself").today;
        let (steps, mut roads) = (Arc::new(AtomicUsize::new(0)), JoinSet::new());
        for number in 0..ROADS {
            let number = crash * ROADS + number;
            let employer = Road::Employer(Box::new(Employer::of(number, &today)));
            let abroad = Road::Abroad(Box::new(Abroad::of(number, &today)));
            for road in [employer, abroad] {
                roads.spawn(goes_until_it_dies(
                    house.client.clone(),
                    road,
                    steps.clone(),
                ));
            }
        }
        // At another point of everybody's road each time.
        while steps.load(Ordering::Relaxed) < 12 + crash * 8 && !roads.is_empty() {
            yield_now().await;
        }
        under_way += usize::from(crashes_over_a_bill(house, &url).await);
        halfway = roads.join_all().await;
    }

    assert!(under_way > 0, "no bill was ever half done");
    let mut house = opens(&home, &flags).await;
    for road in halfway {
        arrives(&house.client, road).await;
    }
    let officer = house
        .client
        .with_credentials(credential(2), "sandbox-officer");
    let suspense = officer.list_suspense(Default::default()).await;
    assert_eq!(suspense.expect("a list").payments, []);
    assert!(house.ends_when_asked().await);
    let verified = verify_with(&home, &flags).await;
    assert!(verified.status.success(), "{}", told(&verified));
}

async fn opens(home: &TempDir, flags: &[&str]) -> House {
    House::opens_with(home, flags, |address| {
        Options::new(format!("http://{address}"))
    })
    .await
}

/// Freezes the program again and again, until a bill is half computed or half handed on, and kills it there; whether it was.
async fn crashes_over_a_bill(house: House, url: &str) -> bool {
    let store = open(url).await;
    let sql = "SELECT COUNT(*) FROM employer_bill WHERE state IN ('computing', 'allocating')";
    for _ in 0..LOOKS_MAX {
        house.freezes().await;
        if count(&store, sql).await > 0 {
            house.crashes().await;
            return true;
        }
        house.thaws().await;
        yield_now().await;
    }
    house.crashes().await;
    false
}

/// Goes on from wherever it was; everything must be as it was answered.
async fn arrives(client: &Client, road: Road) {
    let steps = AtomicUsize::new(0);
    let kept = Mutex::new(road);
    goes(client, &kept, &steps)
        .await
        .expect("it goes on where it was");
}

/// Goes until the program is gone; how far it came.
async fn goes_until_it_dies(client: Client, road: Road, steps: Arc<AtomicUsize>) -> Road {
    let kept = Mutex::new(road);
    if let Err(error) = goes(&client, &kept, &steps).await {
        assert!(
            matches!(error, Error::Transport(_)),
            "it died of something else: {error:?}"
        );
    }
    kept.into_inner().unwrap_or_else(PoisonError::into_inner)
}

async fn goes(client: &Client, kept: &Mutex<Road>, steps: &AtomicUsize) -> Result<(), Error> {
    let road = kept.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let keeps = |road: Road| {
        *kept.lock().unwrap_or_else(PoisonError::into_inner) = road;
        steps.fetch_add(1, Ordering::Relaxed);
    };
    match road {
        Road::Employer(it) => {
            let keeps = |it: &Employer| keeps(Road::Employer(Box::new(it.clone())));
            it.employs(client, keeps).await
        }
        Road::Abroad(it) => {
            let keeps = |it: &Abroad| keeps(Road::Abroad(Box::new(it.clone())));
            it.leaves(client, keeps).await
        }
    }
}
