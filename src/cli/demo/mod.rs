//! `sealane demo`: a simulated world in time-lapse on a live map, in a temporary directory.

mod senders;
mod ships;
mod sockets;

use super::{print, serve};
use crate::config::Config;
use crate::engine::feeds::{self, Notices};
use crate::engine::registries;
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
use sealane_ingest::transports::Clock as TransportClock;
use senders::Senders;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

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
    /// Keeps the demo's data in this directory, which is new or empty; else it goes when the demo ends.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

/// Days of the simulated world that lie in the past when the map opens.
const PAST_DAYS: i64 = 16;

/// The simulator's clock: it stands at its start until it begins, and stops at the end of the world.
struct Lapse {
    began: OnceLock<Instant>,
    start: Timestamp,
    end: Timestamp,
    speed: f64,
}

impl Lapse {
    fn begin(&self) {
        self.began.get_or_init(Instant::now);
    }

    fn elapsed(&self) -> Duration {
        self.began.get().map(Instant::elapsed).unwrap_or_default()
    }

    fn now(&self) -> Clock {
        let passed = SignedDuration::try_from_secs_f64(self.elapsed().as_secs_f64() * self.speed);
        let now = self.start.saturating_add(passed.unwrap_or(SignedDuration::MAX)).unwrap_or(self.end);
        let running = now < self.end;
        Clock { now: now.min(self.end), speed: if running { self.speed } else { 0.0 } }
    }

    /// Waits until an instant of the simulated world has come.
    async fn wait_for(&self, at: Timestamp) {
        let ahead = at.duration_since(self.start).as_secs_f64() / self.speed;
        let left = Duration::from_secs_f64(ahead.clamp(0.0, 1e9)).saturating_sub(self.elapsed());
        // A timer costs a millisecond at least.
        if !left.is_zero() {
            tokio::time::sleep(left).await;
        }
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
        let data = self.data.clone().unwrap_or_else(|| scratch.0.clone());
        let world = sim::simulate_as(&sim::Settings::demo(self.seed), sim::MIXED);
        let (first, last) = (world.deliveries.first(), world.deliveries.last());
        let (first, last) = first.zip(last).context("the simulated world is empty")?;
        let start = first.at + SignedDuration::from_hours(24 * PAST_DAYS);
        let lapse = Arc::new(Lapse { began: OnceLock::new(), start, end: last.at, speed: self.speed });
        let clock = lapse.clone();
        let options = Options {
            partners: world.partners.clone(),
            clock: TransportClock::new(move || clock.now().now),
            ..Options::default()
        };
        let engine = Engine::open(&data, options, &mut |_, _| {})?;
        anyhow::ensure!(
            engine.handle().shared().seq() == 0,
            "`{}` holds data: a demo begins anew",
            data.display()
        );
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        runtime.block_on(self.play(world, &engine, &data, lapse))?;
        runtime.shutdown_timeout(Duration::from_secs(2));
        Ok(())
    }

    async fn play(&self, world: sim::Output, engine: &Engine, data: &Path, lapse: Arc<Lapse>) -> Result<()> {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, self.port));
        let tcp = TcpListener::bind(address)
            .await
            .with_context(|| format!("cannot listen on {address}; `--port 0` takes a free port"))?;
        let senders = Senders::open(data, tcp.local_addr()?).await?;
        let ahead = world.deliveries.partition_point(|d| d.at <= lapse.start);
        for delivery in &world.deliveries[..ahead] {
            deliver(engine.handle(), delivery).await?;
        }
        remember(engine.handle(), &world, lapse.start).await?;
        lapse.begin();
        let time = lapse.clone();
        let settings = Settings {
            open: true,
            clock: Some(Arc::new(move || time.now())),
            metrics: Some(telemetry::metrics()),
            partners: engine.handle().partners(),
            ..Settings::default()
        };
        let keys = Arc::new(Keys::open(data.join("keys.json"))?);
        let signing = Arc::new(Signing::open(data.join(serve::SIGNING), "localhost")?);
        let router = sealane_api::router(serve::doors(engine.handle(), keys, signing, settings));
        print::line(format!(
            "sealane demo: open http://{} (synthetic data; Ctrl-C ends it)",
            tcp.local_addr()?
        ));
        let (handle, stop) = (engine.handle().clone(), CancellationToken::new());
        let listening = tokio::spawn(feeds::run(handle.clone(), Notices::default(), stop.clone()));
        let asking = tokio::spawn(registries::run(handle.clone(), stop.clone()));
        let feeding = tokio::spawn(async move { feed(&handle, &senders, &world, ahead, &lapse).await });
        let served = tokio::select! {
            served = axum::serve(tcp, router).into_future() => served.context("the doors failed"),
            () = serve::told_to_stop() => Ok(()),
        };
        feeding.abort();
        stop.cancel();
        let _ = tokio::join!(listening, asking);
        served
    }
}

/// Stores what was heard of the ships before the map opens, a day at once.
async fn remember(handle: &Handle, world: &sim::Output, start: Timestamp) -> Result<()> {
    let Some(first) = world.deliveries.first() else { return Ok(()) };
    let frames = ships::heard(&world.truth, (first.at, start));
    for day in frames.chunk_by(|a, b| a.at.as_second() / 86_400 == b.at.as_second() / 86_400) {
        let (Some(last), bytes) = (day.last(), day.iter().flat_map(|f| f.bytes.clone()).collect()) else {
            continue;
        };
        let name = format!("ais-{}.nmea", last.at.strftime("%Y%m%d"));
        take(handle, senders::AIS, name, last.at, Content::Feed, bytes).await?;
    }
    Ok(())
}

/// Sends each simulated message and every sentence of AIS when its time has come.
async fn feed(handle: &Handle, senders: &Senders, world: &sim::Output, ahead: usize, lapse: &Lapse) {
    let frames = ships::heard(&world.truth, (lapse.start, lapse.end));
    let mut frames = frames.into_iter().peekable();
    for delivery in &world.deliveries[ahead..] {
        while let Some(frame) = frames.next_if(|f| f.at <= delivery.at) {
            lapse.wait_for(frame.at).await;
            if let Err(error) = senders.hear(frame.bytes) {
                tracing::warn!(error = format!("{error:#}"), "simulated AIS is not received");
            }
        }
        lapse.wait_for(delivery.at).await;
        let sent = match senders.send(delivery).await {
            Ok(false) => deliver(handle, delivery).await.map(|_| ()),
            sent => sent.map(|_| ()),
        };
        if let Err(error) = sent {
            tracing::warn!(error = format!("{error:#}"), name = delivery.name, "simulated delivery failed");
        }
    }
}

/// Takes in one simulated delivery; certificates are published, for the demo shows them.
async fn deliver(handle: &Handle, delivery: &sim::Delivery) -> Result<Receipt> {
    let content = if delivery.certificate { Content::Certificate } else { Content::Feed };
    let (name, bytes) = (delivery.name.clone(), delivery.bytes.clone());
    let receipt = take(handle, &delivery.sender, name, delivery.at, content, bytes).await?;
    if let Some(certificate) = receipt.certificate.as_ref().filter(|c| !c.id.is_empty()) {
        handle.publish(PartyId(delivery.sender.as_str().into()), certificate.id.to_string()).await?;
    }
    Ok(receipt)
}

/// Takes in what a party would post.
async fn take(
    handle: &Handle,
    party: &str,
    name: String,
    received: Timestamp,
    content: Content,
    bytes: Vec<u8>,
) -> Result<Receipt> {
    let submission = NewSubmission {
        party: PartyId(party.into()),
        source: Source { transport: "simulator".into(), name },
        content,
        received,
        idempotency_key: None,
        bytes,
        wants_acknowledgement: false,
        wants_workbook: false,
    };
    Ok(handle.submit(submission).await?)
}
