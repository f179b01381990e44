//! `sealane serve`: the doors over a data directory.

use super::ingest::Handover;
use super::{DataDir, local, print};
use crate::config::Config;
use crate::engine::{Engine, Handle, Options};
use crate::telemetry;
use anyhow::{Context as _, Result};
use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use axum::{Json, Router};
use sealane_api::keys::{KeyKind, Keys};
use sealane_api::{Doors, Settings};
use sealane_data::partner::PartyId;
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Arc;
use tokio::net::{TcpListener, UnixListener};
use tokio_util::sync::CancellationToken;

/// Arguments of `serve`.
#[derive(Debug, clap::Args)]
pub(crate) struct Serve {
    #[command(flatten)]
    data: DataDir,
    /// Where to listen; port 0 takes a free one.
    #[arg(long, value_name = "ADDR")]
    listen: Option<SocketAddr>,
}

impl Serve {
    /// Runs until the process is told to stop.
    pub(crate) fn run(self) -> Result<()> {
        let config = Config::load(Some(&self.data.path))?;
        telemetry::start(&config);
        let options = Options { max_waiting: config.max_waiting, ..Options::default() };
        let mut last = std::time::Instant::now();
        let engine = Engine::open(&self.data.path, options, &mut |done, all| {
            if last.elapsed().as_secs() >= 2 {
                last = std::time::Instant::now();
                tracing::info!(log.seq = done, log.last = all, "folding the log");
            }
        })?;
        let keys = Arc::new(Keys::open(self.data.path.join("keys.json"))?);
        local_key(&self.data.path, &keys)?;
        let listen = self.listen.unwrap_or(config.listen);
        let settings = Settings {
            max_body: config.max_body,
            metrics: Some(telemetry::metrics()),
            partners: engine.handle().partners(),
            ..Settings::default()
        };
        let doors = doors(engine.handle(), keys, settings);
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        runtime.block_on(listen_on(listen, &self.data.path, doors, engine.handle().clone()))?;
        runtime.shutdown_timeout(std::time::Duration::from_secs(5));
        engine.handle().figures().flush()?;
        Ok(())
    }
}

/// Returns the doors over an engine.
pub(crate) fn doors(handle: &Handle, keys: Arc<Keys>, settings: Settings) -> Doors {
    Doors {
        shared: handle.shared().clone(),
        intake: Arc::new(handle.clone()),
        kpis: Arc::new(handle.figures().clone()),
        operate: Some(Arc::new(handle.clone())),
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

async fn listen_on(address: SocketAddr, data: &Path, doors: Doors, handle: Handle) -> Result<()> {
    let stop = CancellationToken::new();
    let tcp = TcpListener::bind(address).await.with_context(|| format!("cannot listen on {address}"))?;
    let socket = local::socket(data);
    // We hold the data directory's lock, so a socket that is there belongs to nobody.
    let _ = std::fs::remove_file(&socket);
    let unix =
        UnixListener::bind(&socket).with_context(|| format!("cannot listen on `{}`", socket.display()))?;
    std::fs::set_permissions(&socket, std::fs::Permissions::from_mode(0o600))?;
    print::line(format!("sealane serves http://{}", tcp.local_addr()?));
    let router = sealane_api::router(doors);
    let local = router.clone().merge(local_router(handle.clone()));
    let by_tcp = axum::serve(tcp, router).with_graceful_shutdown(stop.clone().cancelled_owned());
    let by_socket = axum::serve(unix, local).with_graceful_shutdown(stop.clone().cancelled_owned());
    let served = async { tokio::try_join!(by_tcp.into_future(), by_socket.into_future()).map(|_| ()) };
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
    let _ = std::fs::remove_file(&socket);
    Ok(result?)
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
        .layer(DefaultBodyLimit::max(64 << 10))
        .with_state(handle)
}

async fn ingest(State(handle): State<Handle>, Json(order): Json<Handover>) -> Response {
    let taken = tokio::task::spawn_blocking(move || {
        handle.ingest_file(&order.party, &order.path, &order.name, &mut |_| {}).map_err(|e| e.to_string())
    });
    match taken.await {
        Ok(Ok(receipt)) => Json(receipt).into_response(),
        Ok(Err(error)) => (StatusCode::SERVICE_UNAVAILABLE, error).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}
