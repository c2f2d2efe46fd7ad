//! Runs the service: parses the settings, opens the store, binds, serves.

mod greeting;

use std::{
    error::Error,
    fs::{self, File},
    os::unix::fs::{DirBuilderExt, PermissionsExt},
    path::Path,
    process::ExitCode,
    sync::Arc,
    time::Duration,
};

use clap::Parser;
use jamsostek_server::{
    NewClient, OtpLimits, Parts, Profile, Workers, assemble,
    clock::SystemClock,
    config::{ClientCommand, Command, Config, KeysCommand, Log, Place, Serving},
    create_client,
    db::Db,
    metrics, revoke_client,
    seal::Seal,
    verify,
};
use metrics_exporter_prometheus::PrometheusBuilder;
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
};
use tonic::transport::Identity;
use tracing_subscriber::EnvFilter;
use uuid::Uuid;

/// Exit code for settings that do not go together (BSD's EX_USAGE).
const BAD_SETTINGS: u8 = 64;
/// How often the workers look for work.
const WORK_INTERVAL: Duration = Duration::from_millis(200);
/// How long they wait for more when they are woken: codes that are asked for at once leave together.
const GATHERING: Duration = Duration::from_millis(10);

/// How long the last round may take: a store that is gone must not keep the process.
const LAST_ROUND_MAX: Duration = Duration::from_secs(5);

/// Into which durations calls are sorted, in seconds.
const CALL_SECONDS: [f64; 9] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 2.5, 10.0];

type Done = Result<ExitCode, Box<dyn Error>>;

#[tokio::main]
async fn main() -> ExitCode {
    let config = Config::parse();
    start_log(config.serving.log);
    // One TLS provider, before anything can ask for another.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let place = &config.place;
    let done = match config.command.clone().unwrap_or(Command::Serve) {
        Command::Serve => serve(place, &config.serving).await,
        Command::Verify => check(place).await,
        Command::Keys(KeysCommand::Create) => create_keys(place),
        Command::Client(ClientCommand::Create {
            kind,
            name,
            scope,
            like,
        }) => {
            let new = NewClient {
                kind,
                name,
                scope,
                like,
            };
            client(place, &new).await
        }
        Command::Client(ClientCommand::Revoke { id }) => revoke(place, id).await,
    };
    done.unwrap_or_else(|error| {
        let mut chain = vec![error.to_string()];
        let mut source = error.source();
        while let Some(cause) = source {
            chain.push(cause.to_string());
            source = cause.source();
        }
        chain.dedup();
        eprintln!("jamsostekd: {}", chain.join(": "));
        ExitCode::from(BAD_SETTINGS)
    })
}

/// Starts the log. A panic tells only where it happened: what it says may hold somebody's data.
fn start_log(log: Log) {
    let quiet = "warn,jamsostek_server=info";
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(quiet));
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    match log {
        Log::Text => subscriber.with_ansi(false).init(),
        Log::Json => subscriber.json().init(),
    }
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string);
        tracing::error!(place = place.unwrap_or_default(), "panicked");
    }));
}

async fn serve(place: &Place, serving: &Serving) -> Done {
    prepare(place)?;
    let _lock = take_lock(place)?;
    let seal = keys(place, serving.profile)?;
    let db = Db::open(&place.store_url()).await?;
    let limits = match serving.profile {
        Profile::Sandbox => OtpLimits::SANDBOX,
        Profile::Production => OtpLimits::PRODUCTION,
    };
    let house = assemble(Parts {
        db: db.clone(),
        seal,
        clock: Arc::new(SystemClock),
        profile: serving.profile,
        limits,
        calls_max: serving.calls_max.get().into(),
        web_origins: serving.web_origins.clone(),
        tls: certificate(serving)?,
        outside: serving.outside.read()?,
    })
    .await?;
    tell_prometheus(serving)?;
    let listener = TcpListener::bind(serving.listen).await?;
    let stop = stop_asked()?;
    let address = listener.local_addr()?.to_string();
    greeting::greet(
        &address,
        &house.sandbox_token(),
        serving.tls_certificate.as_deref(),
    )?;
    let (ending, ended) = tokio::sync::watch::channel(false);
    let working = tokio::spawn(work(house.workers(), ended));
    let workers = house.workers();
    let served = house.serve(listener, stop).await;
    // Between two rounds, so that none is cut in half; what was only counted in memory is then written down before we go.
    ending.send_replace(true);
    let stop_working = working.abort_handle();
    let last = async {
        let worked = working.await;
        let done = workers.work().await;
        (worked.err(), done.err())
    };
    let mut fine = true;
    let mut tell = |error: &dyn Error| {
        fine = false;
        tracing::error!(error = %error, "the last round failed; counts of own reads may be lost");
    };
    match tokio::time::timeout(LAST_ROUND_MAX, last).await {
        Ok((broken, failed)) => {
            broken.iter().for_each(|it| tell(it));
            failed.iter().for_each(|it| tell(it));
        }
        Err(late) => {
            stop_working.abort();
            tell(&late);
        }
    }
    // Whatever still waits for a store that is gone is left behind with it.
    if let Err(late) = tokio::time::timeout(LAST_ROUND_MAX, db.close()).await {
        tell(&late);
    }
    served?;
    Ok(if fine {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Works, round by round, until it is stopped. A round that fails is told and tried again.
async fn work(workers: Workers, mut ended: tokio::sync::watch::Receiver<bool>) {
    while !*ended.borrow() {
        let (pause, may_be_woken) = match workers.work().await {
            Ok(0) => (WORK_INTERVAL, true),
            Ok(_) => (Duration::ZERO, false),
            Err(error) => {
                metrics::worker_failed();
                tracing::error!(error = &error as &dyn Error, "a worker failed");
                (Duration::from_secs(1), false)
            }
        };
        tokio::select! {
            changed = ended.changed() => {
                // An error would mean that nobody can stop it any more: then it stops.
                if changed.is_err() {
                    return;
                }
            }
            () = tokio::time::sleep(pause) => {}
            () = workers.woken(), if may_be_woken => tokio::time::sleep(GATHERING).await,
        }
    }
}

/// Completes when somebody asks the process to stop. Listens from the call on, not only once awaited: whoever has read the banner
/// may ask.
fn stop_asked() -> std::io::Result<impl Future<Output = ()> + Send + 'static> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

/// Tells Prometheus what is counted, where that is asked for.
fn tell_prometheus(serving: &Serving) -> Result<(), Box<dyn Error>> {
    let Some(address) = serving.metrics_listen else {
        return Ok(());
    };
    let exporter = PrometheusBuilder::new().with_http_listener(address);
    Ok(exporter.set_buckets(&CALL_SECONDS)?.install()?)
}

/// What to serve TLS with.
fn certificate(serving: &Serving) -> Result<Option<Identity>, Box<dyn Error>> {
    let (Some(certificate), Some(key)) = (&serving.tls_certificate, &serving.tls_key) else {
        return Ok(None);
    };
    let read = |path: &Path| {
        fs::read(path).map_err(|error| format!("{} cannot be read: {error}", path.display()))
    };
    Ok(Some(Identity::from_pem(read(certificate)?, read(key)?)))
}

/// Makes the data directory, for its owner only.
fn prepare(place: &Place) -> std::io::Result<()> {
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(place.dir())?;
    fs::set_permissions(place.dir(), fs::Permissions::from_mode(0o700))
}

/// Holds the embedded store for this process: SQLite takes one writer, and a second service would only make both wait.
fn take_lock(place: &Place) -> Result<Option<File>, Box<dyn Error>> {
    if !place.is_embedded() {
        return Ok(None);
    }
    let lock = File::create(place.lock())?;
    lock.try_lock()
        .map_err(|_| "another jamsostekd serves from this data directory")?;
    Ok(Some(lock))
}

/// The key ring. A sandbox makes one when it has none.
fn keys(place: &Place, profile: Profile) -> Result<Seal, Box<dyn Error>> {
    let path = place.keys();
    if profile == Profile::Sandbox && !path.exists() {
        return Ok(Seal::create(&path)?);
    }
    Ok(Seal::read(&path)?)
}

fn create_keys(place: &Place) -> Done {
    prepare(place)?;
    Seal::create(&place.keys())?;
    Ok(ExitCode::SUCCESS)
}

async fn check(place: &Place) -> Done {
    let seal = Seal::read(&place.keys())?;
    let db = Db::open_to_inspect(&place.store_url()).await?;
    let wrong = verify(&db, &seal).await?;
    for row in &wrong {
        println!("{row}");
    }
    println!("{} differences", wrong.len());
    db.close().await;
    Ok(if wrong.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

async fn client(place: &Place, new: &NewClient) -> Done {
    // Never a new ring: the store would be bound to it, and whoever serves has another.
    let seal = Seal::read(&place.keys())?;
    let db = Db::open(&place.store_url()).await?;
    let (id, secret) = create_client(&db, &seal, &SystemClock, new).await?;
    println!("client_id: {id}\nclient_secret: {secret}");
    db.close().await;
    Ok(ExitCode::SUCCESS)
}

async fn revoke(place: &Place, id: Uuid) -> Done {
    let seal = Seal::read(&place.keys())?;
    let db = Db::open(&place.store_url()).await?;
    revoke_client(&db, &seal, &SystemClock, id).await?;
    db.close().await;
    Ok(ExitCode::SUCCESS)
}
