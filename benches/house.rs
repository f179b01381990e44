//! A whole Sealane in this process: engine, keys, and the real router on a free port, closed as `serve` is.

use axum::Router;
use sealane::config::Config;
use sealane::engine::{Engine, Options};
use sealane_api::keys::{KeyKind, Keys};
use sealane_api::{Doors, Settings, Signing};
use sealane_data::partner::PartyId;
use std::net::SocketAddr;
use std::sync::Arc;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

/// Returns a folder on the disk of the build directory; it goes away with the run.
pub(crate) fn folder() -> TempDir {
    std::fs::create_dir_all(env!("CARGO_TARGET_TMPDIR")).unwrap();
    tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap()
}

/// A running house. Fields go in this order: first who asks, then what answers, then its files.
pub(crate) struct House {
    runtime: Runtime,
    pub(crate) engine: Engine,
    /// Where it listens.
    pub(crate) address: SocketAddr,
    /// A secret key of the operator.
    pub(crate) key: String,
    pub(crate) folder: TempDir,
}

impl House {
    /// Opens an empty house with the logs and measures that `serve` has.
    pub(crate) fn open() -> Self {
        let folder = folder();
        sealane::telemetry::start(&Config::load(None).unwrap());
        let engine = Engine::open(&folder.path().join("data"), Options::default(), &mut |_, _| {}).unwrap();
        let keys = Arc::new(Keys::open(folder.path().join("keys.json")).unwrap());
        let key = keys.add(KeyKind::Secret, &PartyId::operator(), &[], "measure").unwrap();
        let handle = engine.handle();
        let settings = Settings {
            metrics: Some(sealane::telemetry::metrics()),
            partners: handle.partners(),
            ..Settings::default()
        };
        let doors = Doors {
            shared: handle.shared().clone(),
            intake: Arc::new(handle.clone()),
            desk: Arc::new(handle.clone()),
            signing: Arc::new(Signing::open(folder.path().join("signing.json"), "localhost").unwrap()),
            kpis: Arc::new(handle.figures().clone()),
            operate: None,
            feeds: None,
            registries: None,
            keys,
            settings,
        };
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        let address = listen(&runtime, sealane_api::router(doors));
        Self { runtime, engine, address, key, folder }
    }

    /// Serves another router beside the house, on the same threads.
    pub(crate) fn beside(&self, router: Router) -> SocketAddr {
        listen(&self.runtime, router)
    }
}

fn listen(runtime: &Runtime, router: Router) -> SocketAddr {
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
    let address = listener.local_addr().unwrap();
    runtime.spawn(async move { axum::serve(listener, router).await });
    address
}
