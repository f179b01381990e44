//! `sealane serve`: the doors over a data directory.

use super::ingest::Handover;
use super::proxy::{self, Peer};
use super::tls::{Certificate, TlsListener};
use super::{DataDir, erase, local, print, tokens, webhooks};
use crate::config::{Config, TlsFiles};
use crate::engine::feeds::{self, Notices};
use crate::engine::stamps::{self, Stamping};
use crate::engine::webhooks::Room;
use crate::engine::{Engine, Handle, Options, registries};
use crate::telemetry;
use anyhow::{Context as _, Result};
use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use axum::{Json, Router};
use sealane_api::hooks::Hooks;
use sealane_api::keys::{KeyKind, Keys};
use sealane_api::{Doors, Settings, Signing, Webhooks};
use sealane_data::partner::PartyId;
use sealane_data::ports::IntakeError;
use serde::Serialize;
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;
use tokio::net::{TcpListener, UnixListener};
use tokio::task::JoinError;
use tokio_util::sync::CancellationToken;

/// Arguments of `serve`.
#[derive(Debug, clap::Args)]
pub(crate) struct Serve {
    #[command(flatten)]
    data: DataDir,
    /// Where to listen; port 0 takes a free one.
    #[arg(long, value_name = "ADDR")]
    listen: Option<SocketAddr>,
    /// The certificate chain of HTTPS in PEM, our certificate first.
    #[arg(long, value_name = "FILE")]
    tls_cert: Option<PathBuf>,
    /// The private key of HTTPS in PEM. SIGHUP reads both files again.
    #[arg(long, value_name = "FILE")]
    tls_key: Option<PathBuf>,
    /// Trusts X-Forwarded-For and X-Forwarded-Proto: only behind a proxy that sets them.
    #[arg(long)]
    behind_proxy: bool,
}

/// How connections are accepted.
struct Accepting {
    address: SocketAddr,
    certificate: Option<Arc<Certificate>>,
    behind_proxy: bool,
}

impl Serve {
    /// Runs until the process is told to stop.
    pub(crate) fn run(self) -> Result<()> {
        let config = Config::load(Some(&self.data.path))?;
        telemetry::start(&config);
        let files = TlsFiles {
            cert: self.tls_cert.or(config.tls.cert.clone()),
            key: self.tls_key.or(config.tls.key.clone()),
        };
        let accepting = Accepting {
            address: self.listen.unwrap_or(config.listen),
            certificate: Certificate::open(&files)?,
            behind_proxy: self.behind_proxy || config.behind_proxy,
        };
        let options = Options::from(&config);
        let mut last = std::time::Instant::now();
        let engine = Engine::open(&self.data.path, options, &mut |done, all| {
            if last.elapsed().as_secs() >= 2 {
                last = std::time::Instant::now();
                tracing::info!(log.seq = done, log.last = all, "folding the log");
            }
        })?;
        let keys = Arc::new(Keys::open(self.data.path.join("keys.json"))?);
        local_key(&self.data.path, &keys)?;
        let hooks = Arc::new(Hooks::open(self.data.path.join(webhooks::FILE))?);
        let room = Room::new(engine.handle().clone(), hooks.clone(), config.webhooks.clone())?;
        let settings = Settings {
            webhooks: Some(Webhooks { hooks, room: Arc::new(room.clone()) }),
            max_body: config.max_body,
            metrics: Some(telemetry::metrics()),
            partners: engine.handle().partners(),
            oauth: Some(tokens::open(&self.data.path, &config, &keys)?),
            ..Settings::default()
        };
        let signing = Arc::new(Signing::open(self.data.path.join(SIGNING), &config.domain)?);
        let doors = doors(engine.handle(), keys, signing, settings);
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        let handle = engine.handle().clone();
        let beside = Beside { notices: config.notices, stamping: config.stamping, room };
        runtime.block_on(listen_on(accepting, &self.data.path, doors, handle, beside))?;
        runtime.shutdown_timeout(std::time::Duration::from_secs(5));
        engine.handle().figures().flush()?;
        Ok(())
    }
}

/// The file of the signing keys, in the data directory.
pub(crate) const SIGNING: &str = "signing.json";

/// Returns the doors over an engine.
pub(crate) fn doors(handle: &Handle, keys: Arc<Keys>, signing: Arc<Signing>, settings: Settings) -> Doors {
    Doors {
        shared: handle.shared().clone(),
        intake: Arc::new(handle.clone()),
        desk: Arc::new(handle.clone()),
        signing,
        kpis: Arc::new(handle.figures().clone()),
        operate: Some(Arc::new(handle.clone())),
        feeds: Some(Arc::new(handle.clone())),
        registries: Some(Arc::new(handle.clone())),
        keys,
        settings,
    }
}

/// Makes the operator's key of this machine at the first start, readable by its owner only.
fn local_key(data: &Path, keys: &Keys) -> Result<()> {
    let path = local::key_file(data);
    let valid = std::fs::read_to_string(&path).is_ok_and(|key| keys.check(key.trim()).is_some());
    if !valid {
        let secret = keys.add(KeyKind::Secret, &PartyId::operator(), &[], "local.key")?;
        crate::files::write_private(&path, secret.as_bytes())?;
    }
    Ok(())
}

/// What runs beside the doors.
struct Beside {
    notices: Notices,
    stamping: Stamping,
    room: Room,
}

async fn listen_on(
    accepting: Accepting,
    data: &Path,
    doors: Doors,
    handle: Handle,
    beside: Beside,
) -> Result<()> {
    let stop = CancellationToken::new();
    let address = accepting.address;
    let tcp = TcpListener::bind(address).await.with_context(|| format!("cannot listen on {address}"))?;
    let unix = listen_locally(data)?;
    let scheme = if accepting.certificate.is_some() { "https" } else { "http" };
    print::line(format!("sealane serves {scheme}://{}", tcp.local_addr()?));
    let router = sealane_api::router(doors);
    let feeding = tokio::spawn(feeds::run(handle.clone(), beside.notices, stop.clone()));
    let asking = tokio::spawn(registries::run(handle.clone(), stop.clone()));
    let telling = tokio::spawn(beside.room.run(stop.clone()));
    let stamped = tokio::spawn(stamps::run(handle.clone(), beside.stamping, stop.clone()));
    let local = router.clone().merge(local_router(handle.clone()));
    let by_tcp = serve_clients(tcp, accepting, router, stop.clone())?;
    let by_socket = axum::serve(unix, local).with_graceful_shutdown(stop.clone().cancelled_owned());
    let served = async { tokio::try_join!(by_tcp, by_socket.into_future()).map(|_| ()) };
    let shared = handle.shared().clone();
    let told = async {
        told_to_stop().await;
        tracing::info!("stopping");
        stop.cancel();
        shared.close();
        // Answers under way end by themselves; a client that reads slowly gets a moment, no more.
        tokio::time::sleep(std::time::Duration::from_secs(3)).await;
        Ok(())
    };
    let result = tokio::select! { result = served => result, result = told => result };
    stop.cancel();
    let _ = feeding.await;
    let _ = asking.await;
    let _ = telling.await;
    // Whoever is asked for a stamp may take long; what is not kept is asked for again.
    stamped.abort();
    let _ = std::fs::remove_file(local::socket(data));
    Ok(result?)
}

/// Listens for commands of this machine, in the data directory.
fn listen_locally(data: &Path) -> Result<UnixListener> {
    let socket = local::socket(data);
    // We hold the data directory's lock, so a socket that is there belongs to nobody.
    let _ = std::fs::remove_file(&socket);
    let address = local::Address::of(data)?;
    let unix = UnixListener::bind(&address.path)
        .with_context(|| format!("cannot listen on `{}`", socket.display()))?;
    std::fs::set_permissions(&socket, std::fs::Permissions::from_mode(0o600))?;
    Ok(unix)
}

/// Serves over HTTP, or over HTTPS where there is a certificate.
fn serve_clients(
    tcp: TcpListener,
    accepting: Accepting,
    router: Router,
    stop: CancellationToken,
) -> Result<Pin<Box<dyn Future<Output = std::io::Result<()>> + Send>>> {
    let service = proxy::around(router, accepting.behind_proxy).into_make_service_with_connect_info::<Peer>();
    tokio::spawn(reload_on_hangup(accepting.certificate.clone(), stop.clone()));
    let Some(certificate) = accepting.certificate else {
        let served = axum::serve(tcp, service).with_graceful_shutdown(stop.cancelled_owned());
        return Ok(Box::pin(served.into_future()));
    };
    let tls = TlsListener::new(tcp, certificate)?;
    let served = axum::serve(tls, service).with_graceful_shutdown(stop.cancelled_owned());
    Ok(Box::pin(served.into_future()))
}

/// Reads the certificate again whenever the process gets SIGHUP; without one there is nothing to read,
/// and the signal must not end the process.
async fn reload_on_hangup(certificate: Option<Arc<Certificate>>, stop: CancellationToken) {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut hangup) = signal(SignalKind::hangup()) else { return };
    loop {
        tokio::select! {
            told = hangup.recv() => if told.is_none() { return },
            () = stop.cancelled() => return,
        }
        if let Some(certificate) = &certificate {
            certificate.reload();
        }
    }
}

/// Ends when the process gets SIGINT or SIGTERM.
pub(crate) async fn told_to_stop() {
    use tokio::signal::unix::{SignalKind, signal};
    match (signal(SignalKind::interrupt()), signal(SignalKind::terminate())) {
        (Ok(mut interrupt), Ok(mut terminate)) => {
            tokio::select! { _ = interrupt.recv() => {}, _ = terminate.recv() => {} }
        }
        _ => std::future::pending().await,
    }
}

/// What only commands of this machine may ask: the socket's file mode is the key.
fn local_router(handle: Handle) -> Router {
    Router::new()
        .route("/local/ingest", post(ingest))
        .route("/local/erase", post(erase_now))
        .layer(DefaultBodyLimit::max(64 << 10))
        .with_state(handle)
}

async fn ingest(State(handle): State<Handle>, Json(order): Json<Handover>) -> Response {
    let taken = tokio::task::spawn_blocking(move || {
        handle.ingest_file(&order.party, &order.path, &order.name, &mut |_| {})
    });
    local_answer(taken.await)
}

async fn erase_now(State(handle): State<Handle>, Json(order): Json<erase::Order>) -> Response {
    let done = tokio::task::spawn_blocking(move || {
        let gone = handle.erase(&order.submissions, &order.erasure)?;
        Ok(erase::Outcome { erased: order.submissions.len(), gone })
    });
    local_answer(done.await)
}

/// Answers a command of this machine, which is told the cause.
fn local_answer<T: Serialize>(done: Result<Result<T, IntakeError>, JoinError>) -> Response {
    let error = match done {
        Ok(Ok(answer)) => return Json(answer).into_response(),
        Ok(Err(error)) => error,
        Err(error) => IntakeError::Storage(error.to_string()),
    };
    let status = match error {
        IntakeError::NoRoom(_) => StatusCode::INSUFFICIENT_STORAGE,
        IntakeError::NotFound => StatusCode::NOT_FOUND,
        _ => StatusCode::SERVICE_UNAVAILABLE,
    };
    (status, error.to_string()).into_response()
}
