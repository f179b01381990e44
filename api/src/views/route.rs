//! Routes as GeoJSON: stops are points, legs are lines.

use super::certificate::Beside;
use super::{ATTRIBUTION, feature, plain, point};
use jiff::Timestamp;
use sealane_data::node::{NodeId, Position};
use sealane_data::observation::{Classifier, Kind};
use sealane_data::places::Places;
use sealane_data::recorded::Seq;
use sealane_mapper::geojson::{bbox, line_geometry, quantise};
use sealane_mapper::route::{
    Basis, Leg, LegMode, LegState, NoGeometry, Progress, Published, Role, Route, ShipLabel, Stop, StopEvent,
};
use sealane_origin::Certificate;
use sealane_origin::disclosure::Profile;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Metres in a nautical mile.
const MILE: f64 = 1852.0;

/// What a route document says of itself.
pub(crate) struct Head<'a> {
    /// For whom it is.
    pub(crate) profile: Profile,
    /// The certificate it belongs to, if it does to one.
    pub(crate) certificate: Option<(&'a Certificate, Beside<'a>)>,
    /// The digest of what ties it to its certificate.
    pub(crate) binding: Option<&'a str>,
    /// The last log position that touched it.
    pub(crate) seq: Seq,
    /// When that was received.
    pub(crate) as_of: Option<Timestamp>,
}

/// Returns a route as a feature collection with every field.
pub(crate) fn collection(route: &Route, places: &Places, head: &Head<'_>) -> Value {
    let stops = route.stops.iter().map(|stop| {
        let mut feature = stop_feature(stop, places);
        mark_stale(&mut feature, stop.stale_since);
        feature
    });
    // A port that the ship calls at beside the stops is told to nobody in public.
    let shown = head.profile != Profile::Public;
    let onward = route.legs.iter().filter(|_| shown).filter_map(onward_feature);
    let legs = route.legs.iter().map(|leg| {
        let mut feature = leg_feature(leg, route, shown);
        mark_stale(&mut feature, leg.stale_since);
        feature
    });
    let pieces = route.legs.iter().filter(|_| shown).flat_map(piece_features);
    let features: Vec<Value> = legs.chain(stops).chain(onward).chain(pieces).collect();
    let sources: BTreeSet<&str> =
        route.stops.iter().flat_map(|s| &s.events).map(|e| e.told_by.as_str()).collect();
    let mut whole = json!({
        "type": "FeatureCollection",
        "features": features,
        "sealane": {
            "profile": head.profile.word(),
            "certificate": head.certificate.as_ref().map(|(certificate, beside)| about(certificate, beside)),
            "binding": head.binding,
            "seq": head.seq,
            "as_of": head.as_of,
            "sources": sources,
            "attribution": ATTRIBUTION,
        },
    });
    if let Some(bbox) = extent(route, places, shown) {
        whole["bbox"] = json!(bbox);
    }
    whole
}

/// Says since when nothing has been heard that a feature depends on.
fn mark_stale(feature: &mut Value, since: Option<Timestamp>) {
    if let Some(since) = since {
        feature["properties"]["stale_since"] = json!(since);
    }
}

fn about(certificate: &Certificate, beside: &Beside<'_>) -> Value {
    let view = super::certificate::whole(certificate, beside);
    let of = |name: &str| view[name].clone();
    json!({
        "id": of("id"),
        "number": of("number"),
        "regime": of("regime"),
        "issuer": of("issuer"),
        "exporter": of("exporter"),
        "verification": of("verification"),
        "lifecycle": of("lifecycle"),
        "consistency": of("consistency"),
        "verify": of("verify"),
    })
}

fn extent(route: &Route, places: &Places, shown: bool) -> Option<[f64; 4]> {
    let points: Vec<[Position; 1]> =
        route.stops.iter().filter_map(|s| Some([position(places, &s.node)?])).collect();
    let lines = route.legs.iter().filter_map(|l| line(l, shown).ok());
    let onward = route.legs.iter().filter(|_| shown).filter_map(|l| l.progress.as_ref()?.onward.as_deref());
    bbox(lines.chain(onward).chain(points.iter().map(<[Position; 1]>::as_slice)))
}

fn position(places: &Places, node: &NodeId) -> Option<Position> {
    places.find(&node.0).map(|ix| places.node(ix).position)
}

fn stop_feature(stop: &Stop, places: &Places) -> Value {
    let node = places.find(&stop.node.0).map(|ix| places.node(ix));
    let main = main_event(&stop.events);
    let properties = json!({
        "kind": "stop",
        "role": role(stop.role),
        "node": stop.node,
        "name": node.map(|n| n.name.as_str()),
        "zone": node.map(|n| n.zone.as_str()),
        "certainty": stop.certainty,
        "at": main.and_then(|e| e.at),
        "event": main.map(|e| event_word(e.kind)),
        "events": stop.events.iter().map(event).collect::<Vec<_>>(),
        "containers": stop.containers,
    });
    feature(&stop.id, node.map_or(Value::Null, |n| point(n.position)), properties)
}

/// The last thing that happened, else the first that is planned.
fn main_event(events: &[StopEvent]) -> Option<&StopEvent> {
    let past =
        events.iter().filter(|e| e.classifier == Classifier::Actual).max_by_key(|e| (e.at.is_some(), e.at));
    past.or_else(|| events.iter().min_by_key(|e| (e.at.is_none(), e.at)))
}

pub(crate) fn event(event: &StopEvent) -> Value {
    json!({
        "kind": event.kind,
        "classifier": event.classifier,
        "at": event.at,
        "precision": event.precision,
        "certainty": event.certainty,
        "source": event.source,
        "told_by": event.told_by,
        "witnesses": event.witnesses,
        "contradicted": event.contradicted,
    })
}

/// The word for what happened at a stop.
fn event_word(kind: Kind) -> Value {
    match kind {
        Kind::VesselArrived | Kind::Berthed => "arrived".into(),
        Kind::VesselDeparted => "departed".into(),
        other => plain(&other),
    }
}

pub(crate) fn role(role: Role) -> &'static str {
    match role {
        Role::Load => "load",
        Role::Transshipment => "transshipment",
        Role::Discharge => "discharge",
        Role::Inland => "inland",
    }
}

/// The line of a leg: the way that was sailed for those who may know where the ship is, else the planned one.
fn line(leg: &Leg, shown: bool) -> Result<&[Position], NoGeometry> {
    let planned = leg.plan.as_deref().filter(|_| !shown);
    planned.map_or(leg.geometry.as_deref().map_err(|why| *why), Ok)
}

fn leg_feature(leg: &Leg, route: &Route, shown: bool) -> Value {
    let node = |stop: usize| route.stops.get(stop).map(|s| s.node.clone());
    let (geometry, reason) = match line(leg, shown) {
        Ok(line) => (plain(&line_geometry(line)), Value::Null),
        Err(why) => {
            let (code, text) = why.reason();
            (Value::Null, json!({ "code": code, "text": text }))
        }
    };
    let moment = |m: &sealane_mapper::route::Moment| json!({ "at": m.at, "classifier": m.classifier, "certainty": m.certainty, "basis": basis(m.basis) });
    let properties = json!({
        "kind": "leg",
        "mode": match leg.mode { LegMode::Sea => "sea", LegMode::Land => "land" },
        "from": node(leg.from),
        "to": node(leg.to),
        "ship": leg.ship.as_ref().map(ship),
        "departure": leg.departure.as_ref().map(moment),
        "arrival": leg.arrival.as_ref().map(moment),
        "certainty": leg.certainty,
        "line": geometry.is_object().then(|| line_told(leg, route, shown)),
        "expected": leg.expected.as_ref().map(|p| expected(p)),
        "progress": leg.progress.as_ref().map(|p| progress(p, leg)),
        "reason": reason,
        "containers": leg.containers,
    });
    feature(&leg.id, geometry, properties)
}

/// Who gave the line of a leg, and of when it is: every point of it is of that source, or of its piece's.
fn line_told(leg: &Leg, route: &Route, shown: bool) -> Value {
    let seen =
        leg.pieces.iter().filter(|_| shown).filter(|p| p.source.is_some()).filter_map(|p| p.until).max();
    let source = if seen.is_some() { "positions" } else { "sea_network" };
    let moment = leg.departure.as_ref().or(leg.arrival.as_ref()).map(|m| m.at);
    // Where the ship's own times were not told, what happened to the goods at the ends says of when it is.
    let at_end = |stop: usize| route.stops.get(stop)?.events.iter().filter_map(|e| e.at).max();
    json!({ "source": source, "at": seen.or(moment).or_else(|| at_end(leg.from)).or_else(|| at_end(leg.to)) })
}

/// How a moment is known.
pub(crate) fn basis(basis: Basis) -> &'static str {
    match basis {
        Basis::Told => "told",
        Basis::Seen => "seen",
        Basis::Declared => "declared",
    }
}

/// The arrival as it was last published: instants, and until when they may be shown as ahead.
fn expected(published: &Published) -> Value {
    let said = &published.prediction;
    let grounds = said.grounds.iter().map(|g| json!({ "kind": g.kind, "at": g.at, "share": g.share }));
    json!({
        "eta": said.eta,
        "earliest": said.earliest,
        "latest": said.latest,
        "overdue_since": said.overdue_since,
        "valid_until": said.valid_until,
        "made": published.made,
        "grounds": grounds.collect::<Vec<_>>(),
    })
}

/// The pieces of a leg that positions tell of, for those who may know where the ship is.
fn piece_features(leg: &Leg) -> impl Iterator<Item = Value> {
    leg.pieces.iter().enumerate().map(|(n, piece)| {
        let properties = json!({
            "kind": "piece",
            "leg": leg.id,
            "certainty": piece.certainty,
            "since": piece.since,
            "until": piece.until,
            "source": piece.source,
        });
        feature(&format!("{}-piece-{}", leg.id, n + 1), plain(&line_geometry(&piece.line)), properties)
    })
}

/// Where the goods are on a leg, by the last that was told of their ship: instants, never ages.
fn progress(progress: &Progress, leg: &Leg) -> Value {
    let seen = leg.pieces.iter().rev().filter(|_| progress.seen.is_some()).find(|p| p.source.is_some());
    let whole = progress.done + progress.left;
    let share = if whole > 0.0 { progress.done / whole } else { 1.0 };
    json!({
        "state": state(progress.state),
        "share": (share * 1e4).round() / 1e4,
        "done_nm": tenths(progress.done / MILE),
        "remaining_nm": tenths(progress.left / MILE),
        "remaining_km": tenths(progress.left / 1000.0),
        "off_route": progress.off_route,
        "off_nm": tenths(progress.off / MILE),
        "position": progress.position.map(|at| {
            let [lon, lat] = quantise(at);
            json!({ "lat": lat, "lon": lon })
        }),
        "node": progress.fix.as_ref().map(|fix| &fix.node),
        "at": progress.seen.or(progress.fix.as_ref().map(|fix| fix.moment.at)),
        "certainty": seen.map(|p| p.certainty).or(progress.fix.as_ref().map(|fix| fix.moment.certainty)),
    })
}

fn tenths(value: f64) -> f64 {
    (value * 10.0).round() / 10.0 + 0.0
}

fn state(state: LegState) -> &'static str {
    match state {
        LegState::Ahead => "ahead",
        LegState::UnderWay => "under_way",
        LegState::Done => "done",
    }
}

/// Returns the node that the rest of a leg begins at: where its ship was last told of, if that is not its start.
pub(crate) fn leg_from(leg: &Leg) -> Option<&NodeId> {
    leg.progress.as_ref()?.fix.as_ref().map(|fix| &fix.node)
}

/// The way on of a ship that is off its route, for those who may know where ships call.
fn onward_feature(leg: &Leg) -> Option<Value> {
    let onward = leg.progress.as_ref()?.onward.as_ref()?;
    let id = format!("onward-{}", leg.id);
    let properties =
        json!({ "kind": "onward", "leg": leg.id, "from": leg_from(leg), "certainty": leg.certainty });
    Some(feature(&id, plain(&line_geometry(onward)), properties))
}

pub(crate) fn ship(ship: &ShipLabel) -> Value {
    json!({ "name": ship.name, "imo": ship.imo, "voyage": ship.voyage })
}
