//! Puts the parts together, and finds out whether they may be served at all.

use std::sync::Arc;

use super::{
    Error, House, Parts, Profile,
    features::{Features, Neighbours},
};
use crate::{
    caller::Rules,
    claim::{Bank, HttpBank, sandbox::SandboxBank},
    clock::MovedClock,
    identity::{Register, dukcapil::Dukcapil, sandbox::SandboxRegister},
    sandbox,
};

/// Puts the parts together. A sandbox gets its credentials and a clock that can be moved. A store that is served in one profile is
/// never served in the other, and is left as it is.
pub async fn assemble(mut parts: Parts) -> Result<House, Error> {
    if parts.profile == Profile::Production {
        check_production(&parts)?;
    }
    let moved = match parts.profile {
        Profile::Sandbox => {
            let moved = Arc::new(MovedClock::over(parts.clock.clone()));
            parts.clock = moved.clone();
            Some(moved)
        }
        Profile::Production => None,
    };
    let neighbours = Neighbours {
        register: register(&parts)?,
        bank: bank_of(&parts)?,
    };
    let rules = Rules::read()?;
    // Last of all that may refuse to start, for it marks the store for good; only what is seeded comes after it.
    check_store(&parts).await?;
    if let Some(moved) = &moved {
        sandbox::seed(&parts.db, &parts.seal, &**moved).await?;
        sandbox::follow(&parts.db, moved).await?;
    }
    Ok(House {
        features: Features::of(&parts, neighbours),
        rules,
        moved,
        parts,
    })
}

/// Whether production can be served: with nothing that a sandbox plays.
fn check_production(parts: &Parts) -> Result<(), Error> {
    let mut missing = parts.outside.missing();
    missing.extend(
        parts
            .tls
            .is_none()
            .then_some("a certificate (--tls-certificate, --tls-key)"),
    );
    if !missing.is_empty() {
        return Err(Error::Unfit(format!(
            "the production profile needs {}",
            missing.join(", ")
        )));
    }
    Ok(())
}

/// Whether the store was written with these keys, and never served in the other profile.
async fn check_store(parts: &Parts) -> Result<(), Error> {
    let profile = parts.profile.name();
    if parts.db.serve_in(&parts.seal, profile).await? == profile {
        return Ok(());
    }
    let why = match parts.profile {
        Profile::Sandbox => {
            "the store is production's: a sandbox would let everybody in and play the bank; it needs a store of its own, \
             or --profile production"
        }
        Profile::Production => {
            "the store was a sandbox's: its credentials are known to everybody; production needs a store of its own"
        }
    };
    Err(Error::Unfit(why.to_owned()))
}

/// The population register: the real one where it is set.
fn register(parts: &Parts) -> Result<Arc<dyn Register>, Error> {
    let (db, seal, clock) = (&parts.db, &parts.seal, &parts.clock);
    let Some(settings) = &parts.outside.register else {
        return Ok(Arc::new(SandboxRegister { db: db.clone() }));
    };
    let real = Dukcapil::new(db.clone(), seal.clone(), clock.clone(), settings);
    Ok(Arc::new(real.map_err(Error::Unfit)?))
}

/// The bank that is set, else the sandbox's.
fn bank_of(parts: &Parts) -> Result<Arc<dyn Bank>, Error> {
    if let Some(at) = parts.outside.bank.clone() {
        let bank = HttpBank::new(at);
        let unfit = |error| Error::Unfit(format!("the bank cannot be reached over HTTP: {error}"));
        return Ok(Arc::new(bank.map_err(unfit)?));
    }
    Ok(Arc::new(SandboxBank {
        db: parts.db.clone(),
        clock: parts.clock.clone(),
    }))
}
