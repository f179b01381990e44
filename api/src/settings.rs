//! What the root hands to the doors.

use crate::hooks::Hooks;
use crate::keys::Keys;
use crate::oauth::OAuth;
use crate::shared::Shared;
use crate::signing::Signing;
use crate::views::expected;
use arc_swap::ArcSwap;
use jiff::Timestamp;
use metrics_exporter_prometheus::PrometheusHandle;
use sealane_data::desk::Desk;
use sealane_data::feed::Feeds;
use sealane_data::operate::Operate;
use sealane_data::partner::Partner;
use sealane_data::ports::{Intake, Kpis};
use sealane_data::webhook::Mailroom;
use sealane_mapper::coverage::Coverage;
use sealane_origin::registries::RegistryDesk;
use serde::Serialize;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use utoipa::ToSchema;

/// What time the map shows, and how fast it runs.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
pub struct Clock {
    /// The instant that is shown now, RFC 3339.
    #[schema(value_type = String)]
    pub now: Timestamp,
    /// Seconds shown for each real second: 1 unless a simulator runs.
    pub speed: f64,
}

/// Tells what time the map shows.
pub type ClockSource = Arc<dyn Fn() -> Clock + Send + Sync>;

/// The webhooks of sites, and the room from which they are told.
#[derive(Clone)]
pub struct Webhooks {
    /// The webhooks.
    pub hooks: Arc<Hooks>,
    /// Where events are sent from.
    pub room: Arc<dyn Mailroom>,
}

/// How the doors behave.
#[derive(Clone)]
pub struct Settings {
    /// No key is asked for (`demo` only); then foreign hosts, sites and proxies are refused.
    pub open: bool,
    /// The simulator's clock; without one the map shows real time.
    pub clock: Option<ClockSource>,
    /// The largest submission in bytes.
    pub max_body: usize,
    /// The most live streams at once.
    pub max_streams: usize,
    /// Whether the log has been folded and the doors may answer.
    pub ready: Arc<AtomicBool>,
    /// The process's metrics; without them `/metrics` is empty.
    pub metrics: Option<PrometheusHandle>,
    /// The profiles of the partners, for their grants.
    pub partners: Arc<ArcSwap<Vec<Partner>>>,
    /// Tokens of OAuth 2; without it only keys are taken.
    pub oauth: Option<Arc<OAuth>>,
    /// The webhooks of sites; without it none are served.
    pub webhooks: Option<Webhooks>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            open: false,
            clock: None,
            max_body: 64 << 20,
            max_streams: 10_000,
            ready: Arc::new(AtomicBool::new(true)),
            metrics: None,
            partners: Arc::default(),
            oauth: None,
            webhooks: None,
        }
    }
}

/// Who asks, as an extension of the request: put there by whoever accepts connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Client {
    /// The address of the client itself, not of a proxy.
    pub address: IpAddr,
    /// Whether the way from it is encrypted.
    pub secure: bool,
}

/// Everything the doors need.
#[derive(Clone)]
pub struct Doors {
    /// What is served.
    pub shared: Arc<Shared>,
    /// Where bytes go.
    pub intake: Arc<dyn Intake>,
    /// Where certificates are acted on.
    pub desk: Arc<dyn Desk>,
    /// The keys that documents are signed with.
    pub signing: Arc<Signing>,
    /// Where figures come from.
    pub kpis: Arc<dyn Kpis>,
    /// What the operator's tools ask; without it they are not served.
    pub operate: Option<Arc<dyn Operate>>,
    /// The feeds; without them none are served.
    pub feeds: Option<Arc<dyn Feeds>>,
    /// The registries; without them nothing is verified.
    pub registries: Option<Arc<dyn RegistryDesk>>,
    /// The keys.
    pub keys: Arc<Keys>,
    /// How the doors behave.
    pub settings: Settings,
}

/// The state of every handler.
pub(crate) type App = Arc<Doors>;

impl Doors {
    /// Returns what time the map shows.
    pub(crate) fn clock(&self) -> Clock {
        match &self.settings.clock {
            Some(source) => source(),
            None => Clock { now: Timestamp::now(), speed: 1.0 },
        }
    }

    /// Returns where and since when a live feed would have told what happened.
    pub(crate) fn coverage(&self) -> Coverage {
        self.feeds.as_ref().map(|feeds| expected::coverage(&feeds.status())).unwrap_or_default()
    }

    /// Returns whether the doors may answer.
    pub(crate) fn is_ready(&self) -> bool {
        self.settings.ready.load(Ordering::Acquire)
    }
}
