//! What is expected: what is missing, until when a container costs nothing, and who told of what.

use super::route::{basis, event, ship};
use super::{plain, word};
use sealane_data::feed::FeedsStatus;
use sealane_data::partner::PartyId;
use sealane_mapper::coverage::{Absent, Because, Coverage, Span};
use sealane_mapper::route::{
    CallWitness, FreeTime, FreeTimeBasis, HorizonError, LedBy, Published, Witness, Witnessed,
};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

/// Returns where and since when a live feed would have told what happened: only a feed of which something
/// is expected can be known to be whole.
pub(crate) fn coverage(feeds: &FeedsStatus) -> Coverage {
    let spans = feeds.feeds.iter().filter_map(|feed| {
        Some(Span {
            party: Some(feed.party.clone()),
            nodes: feed.nodes.iter().map(|n| n.0.clone()).collect(),
            kinds: feed.kinds.clone(),
            since: feed.whole_since?,
            gaps: Vec::new(),
            stale_since: feed.stale_since,
        })
    });
    Coverage { spans: spans.collect() }
}

/// An event that was expected, is overdue, and that nobody told of although a live feed covers it.
#[derive(Serialize, ToSchema)]
pub(crate) struct Missing {
    /// What should have happened.
    kind: String,
    /// Where.
    node: String,
    /// When it was expected (RFC 3339, UTC).
    expected: String,
    /// Since when it has been overdue.
    overdue_since: String,
    /// `planned`, or `ship_left`: the ship that carries the goods has left the port that they go to.
    because: String,
    /// Who planned it.
    planned_by: Option<String>,
    /// The ship.
    #[schema(value_type = Option<Object>)]
    ship: Option<Value>,
    /// Since when a feed has covered the node and kind without a gap.
    covered_since: String,
}

impl Missing {
    pub(crate) fn new(absent: &Absent) -> Self {
        let (because, planned_by, left) = match &absent.because {
            Because::Planned(party) => ("planned", Some(party.to_string()), None),
            Because::ShipLeft(label) => ("ship_left", None, Some(label)),
        };
        Self {
            kind: word(absent.kind),
            node: absent.node.to_string(),
            expected: absent.expected.to_string(),
            overdue_since: absent.overdue_since.to_string(),
            because: because.to_owned(),
            planned_by,
            ship: left.or(absent.ship.as_ref()).map(ship),
            covered_since: absent.covered_since.to_string(),
        }
    }
}

/// Until when a container costs no storage.
#[derive(Serialize, ToSchema)]
pub(crate) struct LastFreeDay {
    /// Where it stands.
    node: String,
    /// The day, in the node's zone.
    day: String,
    /// `told`, or `reckoned` from the free days of a carrier.
    basis: &'static str,
    /// Who told it, or whose days they are.
    source: String,
    /// The free days.
    days: Option<u16>,
    /// The event that they are counted from.
    from: Option<String>,
}

impl LastFreeDay {
    pub(crate) fn new(free: &FreeTime) -> Self {
        let (basis, source, days, from) = match &free.basis {
            FreeTimeBasis::Told { source, .. } => ("told", source, None, None),
            FreeTimeBasis::Reckoned { from, days, carrier, .. } => {
                ("reckoned", carrier, Some(*days), Some(word(*from)))
            }
        };
        let (node, day, source) = (free.node.to_string(), free.day.to_string(), source.to_string());
        Self { node, day, basis, source, days, from }
    }
}

/// Returns a fact with those who told of it. A party reads its own words; of others only how many there are
/// would be told by the event itself.
pub(crate) fn witnessed(fact: &Witnessed, limit: Option<&PartyId>) -> Value {
    let open = fact.witnesses.iter().filter(|w| limit.is_none_or(|party| w.party == *party));
    json!({
        "event": event(&fact.event),
        "node": fact.node,
        "led_by": led_by(fact.led_by),
        "witnesses": open.map(witness).collect::<Vec<_>>(),
    })
}

fn led_by(led_by: LedBy) -> &'static str {
    match led_by {
        LedBy::Alone => "alone",
        LedBy::Authority => "authority",
        LedBy::Precision => "precision",
        LedBy::Written => "written",
        LedBy::LaterTime => "later_time",
        LedBy::Name => "name",
    }
}

fn witness(w: &Witness) -> Value {
    json!({
        "party": w.party, "told_by": w.family, "at": w.at, "precision": plain(&w.precision), "node": w.node,
        "written": w.written, "believed": w.believed, "leads": w.leads, "contradicts": w.contradicts,
        "seq": w.seq,
    })
}

/// Returns what one party said of a moment of a call.
pub(crate) fn call_witness(w: &CallWitness) -> Value {
    json!({
        "kind": word(w.kind), "classifier": word(w.classifier), "at": w.at, "precision": plain(&w.precision),
        "node": w.node, "party": w.source, "told_by": w.told_by, "basis": basis(w.basis),
        "believed": w.believed, "leads": w.leads, "contradicts": w.contradicts, "seq": w.seq,
    })
}

/// Returns one published prediction.
pub(crate) fn published(p: &Published) -> Value {
    let mut view = plain(&p.prediction);
    view["made"] = json!(p.made);
    view["seq"] = json!(p.seq);
    view
}

/// How far published arrivals were from what happened.
#[derive(Serialize, ToSchema)]
pub(crate) struct Errors {
    /// Made at most so many hours before the arrival, and more than those of the row before; nothing for
    /// all that were made earlier.
    hours: Option<u32>,
    /// How many.
    count: u64,
    /// The mean size of the error in minutes.
    mean_minutes: f64,
    /// The median size.
    median_minutes: f64,
    /// The size that nine of ten do not exceed.
    p90_minutes: f64,
    /// The mean error: above nothing where ships came earlier than predicted.
    bias_minutes: f64,
    /// Which share of the arrivals lay in the interval that was given, of 1.
    within_interval: f64,
}

impl From<HorizonError> for Errors {
    fn from(e: HorizonError) -> Self {
        Self {
            hours: e.hours,
            count: e.count,
            mean_minutes: e.mean,
            median_minutes: e.median,
            p90_minutes: e.ninth,
            bias_minutes: e.bias,
            within_interval: e.within,
        }
    }
}
