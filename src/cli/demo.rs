//! `sealane demo`: a simulated world in time-lapse on a live map, in a temporary directory.

use super::{print, serve};
use crate::config::Config;
use crate::engine::{Engine, Handle, Options};
use crate::telemetry;
use anyhow::{Context as _, Result};
use jiff::{SignedDuration, Timestamp};
use sealane_api::keys::Keys;
use sealane_api::{Clock, Settings, Signing};
use sealane_data::partner::PartyId;
use sealane_data::ports::Intake as _;
use sealane_data::submission::{Content, NewSubmission, Receipt, Source};
use sealane_ingest::sim;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::net::TcpListener;

/// Arguments of `demo`.
#[derive(Debug, clap::Args)]
pub(crate) struct Demo {
    /// The port on this machine; 0 takes a free one.
    #[arg(long, default_value_t = 8600)]
    port: u16,
    /// Simulated seconds for each real second.
    #[arg(long, default_value_t = 3600.0)]
    speed: f64,
    /// The seed: the same seed gives the same world.
    #[arg(long, default_value_t = 7)]
    seed: u64,
}

/// Days of the simulated world that lie in the past when the map opens.
const PAST_DAYS: i64 = 16;

/// The simulator's clock: it runs from a start, and stops at the end of the world.
#[derive(Clone, Copy)]
struct Lapse {
    began: Instant,
    start: Timestamp,
    end: Timestamp,
    speed: f64,
}

impl Lapse {
    fn now(&self) -> Clock {
        let passed = SignedDuration::try_from_secs_f64(self.began.elapsed().as_secs_f64() * self.speed);
        let now = self.start.saturating_add(passed.unwrap_or(SignedDuration::MAX)).unwrap_or(self.end);
        let running = now < self.end;
        Clock { now: now.min(self.end), speed: if running { self.speed } else { 0.0 } }
    }

    /// Returns the real time until an instant of the simulated world.
    fn until(&self, at: Timestamp) -> Duration {
        let ahead = at.duration_since(self.start).as_secs_f64() / self.speed;
        Duration::from_secs_f64(ahead.clamp(0.0, 1e9)).saturating_sub(self.began.elapsed())
    }
}

impl Demo {
    /// Runs until the process is told to stop.
    pub(crate) fn run(self) -> Result<()> {
        anyhow::ensure!(
            self.speed > 0.0 && self.speed <= 1e6,
            "speed {} is not between 0 and 1,000,000",
            self.speed
        );
        let mut config = Config::load(None)?;
        if std::env::var_os("SEALANE_LOG").is_none() {
            "warn".clone_into(&mut config.log);
        }
        telemetry::start(&config);
        let scratch = crate::files::scratch("sealane-demo").context("cannot make a temporary directory")?;
        let world = sim::simulate(&sim::Settings::demo(self.seed));
        let options = Options { partners: world.partners.clone(), ..Options::default() };
        let engine = Engine::open(&scratch.0, options, &mut |_, _| {})?;
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        runtime.block_on(self.play(world, &engine, &scratch.0))?;
        runtime.shutdown_timeout(Duration::from_secs(2));
        Ok(())
    }

    async fn play(&self, world: sim::Output, engine: &Engine, dir: &Path) -> Result<()> {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, self.port));
        let tcp = TcpListener::bind(address)
            .await
            .with_context(|| format!("cannot listen on {address}; `--port 0` takes a free port"))?;
        let (first, last) = (world.deliveries.first(), world.deliveries.last());
        let (first, last) = first.zip(last).context("the simulated world is empty")?;
        let start = first.at + SignedDuration::from_hours(24 * PAST_DAYS);
        let end = last.at;
        let ahead = world.deliveries.partition_point(|d| d.at <= start);
        for delivery in &world.deliveries[..ahead] {
            deliver(engine.handle(), delivery).await?;
        }
        let lapse = Lapse { began: Instant::now(), start, end, speed: self.speed };
        let settings = Settings {
            open: true,
            clock: Some(Arc::new(move || lapse.now())),
            metrics: Some(telemetry::metrics()),
            partners: engine.handle().partners(),
            ..Settings::default()
        };
        let keys = Arc::new(Keys::open(dir.join("keys.json"))?);
        let signing = Arc::new(Signing::open(dir.join(serve::SIGNING), "localhost")?);
        let router = sealane_api::router(serve::doors(engine.handle(), keys, signing, settings));
        print::line(format!(
            "sealane demo: open http://{} (synthetic data; Ctrl-C ends it)",
            tcp.local_addr()?
        ));
        let handle = engine.handle().clone();
        let feeding = tokio::spawn(async move { feed(&handle, &world.deliveries[ahead..], lapse).await });
        let served = tokio::select! {
            served = axum::serve(tcp, router).into_future() => served.context("the doors failed"),
            () = serve::told_to_stop() => Ok(()),
        };
        feeding.abort();
        served
    }
}

/// Delivers each simulated message when its time has come.
async fn feed(handle: &Handle, deliveries: &[sim::Delivery], lapse: Lapse) {
    for delivery in deliveries {
        tokio::time::sleep(lapse.until(delivery.at)).await;
        if let Err(error) = deliver(handle, delivery).await {
            tracing::warn!(error = format!("{error:#}"), name = delivery.name, "simulated delivery failed");
        }
    }
}

/// Takes in one simulated delivery; certificates are published, for the demo shows them.
async fn deliver(handle: &Handle, delivery: &sim::Delivery) -> Result<Receipt> {
    let party = PartyId(delivery.sender.as_str().into());
    let submission = NewSubmission {
        party: party.clone(),
        source: Source { transport: "simulator".into(), name: delivery.name.clone() },
        content: if delivery.certificate { Content::Certificate } else { Content::Feed },
        received: delivery.at,
        idempotency_key: None,
        bytes: delivery.bytes.clone(),
        wants_acknowledgement: false,
        wants_workbook: false,
    };
    let receipt = handle.submit(submission).await?;
    if let Some(certificate) = receipt.certificate.as_ref().filter(|c| !c.id.is_empty()) {
        handle.publish(party, certificate.id.to_string()).await?;
    }
    Ok(receipt)
}
