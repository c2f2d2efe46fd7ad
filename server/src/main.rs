//! Runs the service: parses the settings, opens the store, binds, serves.

mod background;
mod greeting;

use std::{
    error::Error,
    fs::{self, File},
    os::unix::fs::{DirBuilderExt, PermissionsExt},
    path::Path,
    process::ExitCode,
    sync::Arc,
};

use background::Background;
use clap::Parser;
use jamsostek_server::{
    NewClient, OtpLimits, Parts, Profile, assemble,
    clock::SystemClock,
    config::{ClientCommand, Command, Config, KeysCommand, Log, Place, Serving},
    create_client,
    db::Db,
    revoke_client,
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
        house.sandbox_token().as_deref(),
        serving.tls_certificate.as_deref(),
    )?;
    let background = Background::begins(&house.workers());
    let served = house.serve(listener, stop).await;
    let fine = background.ends(db).await;
    served?;
    Ok(if fine {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
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
