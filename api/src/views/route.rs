//! Routes as GeoJSON: stops are points, legs are lines.

use super::{ATTRIBUTION, feature, plain, point};
use jiff::Timestamp;
use sealane_data::node::{NodeId, Position};
use sealane_data::observation::{Classifier, Kind};
use sealane_data::places::Places;
use sealane_data::recorded::Seq;
use sealane_mapper::geojson::{bbox, line_geometry};
use sealane_mapper::route::{Leg, LegMode, Role, Route, ShipLabel, Stop, StopEvent};
use sealane_origin::Certificate;
use sealane_origin::disclosure::Profile;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// What a route document says of itself.
pub(crate) struct Head<'a> {
    /// For whom it is.
    pub(crate) profile: Profile,
    /// The certificate it belongs to, if it does to one.
    pub(crate) certificate: Option<&'a Certificate>,
    /// The last log position that touched it.
    pub(crate) seq: Seq,
    /// When that was received.
    pub(crate) as_of: Option<Timestamp>,
}

/// Returns a route as a feature collection with every field.
pub(crate) fn collection(route: &Route, places: &Places, head: &Head<'_>) -> Value {
    let stops = route.stops.iter().map(|stop| stop_feature(stop, places));
    let legs = route.legs.iter().map(|leg| leg_feature(leg, route));
    let features: Vec<Value> = legs.chain(stops).collect();
    let sources: BTreeSet<&str> =
        route.stops.iter().flat_map(|s| &s.events).map(|e| e.told_by.as_str()).collect();
    let mut whole = json!({
        "type": "FeatureCollection",
        "features": features,
        "sealane": {
            "profile": head.profile.word(),
            "certificate": head.certificate.map(about),
            "seq": head.seq,
            "as_of": head.as_of,
            "sources": sources,
            "attribution": ATTRIBUTION,
        },
    });
    if let Some(bbox) = extent(route, places) {
        whole["bbox"] = json!(bbox);
    }
    whole
}

fn about(certificate: &Certificate) -> Value {
    let view = super::certificate::whole(certificate, &[]);
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
    })
}

fn extent(route: &Route, places: &Places) -> Option<[f64; 4]> {
    let points: Vec<[Position; 1]> =
        route.stops.iter().filter_map(|s| Some([position(places, &s.node)?])).collect();
    let lines = route.legs.iter().filter_map(|l| l.geometry.as_deref().ok());
    bbox(lines.chain(points.iter().map(<[Position; 1]>::as_slice)))
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

fn role(role: Role) -> &'static str {
    match role {
        Role::Load => "load",
        Role::Transshipment => "transshipment",
        Role::Discharge => "discharge",
        Role::Inland => "inland",
    }
}

fn leg_feature(leg: &Leg, route: &Route) -> Value {
    let node = |stop: usize| route.stops.get(stop).map(|s| s.node.clone());
    let (geometry, reason) = match &leg.geometry {
        Ok(line) => (plain(&line_geometry(line)), Value::Null),
        Err(why) => {
            let (code, text) = why.reason();
            (Value::Null, json!({ "code": code, "text": text }))
        }
    };
    let moment = |m: &sealane_mapper::route::Moment| json!({ "at": m.at, "classifier": m.classifier, "certainty": m.certainty });
    let properties = json!({
        "kind": "leg",
        "mode": match leg.mode { LegMode::Sea => "sea", LegMode::Land => "land" },
        "from": node(leg.from),
        "to": node(leg.to),
        "ship": leg.ship.as_ref().map(ship),
        "departure": leg.departure.as_ref().map(moment),
        "arrival": leg.arrival.as_ref().map(moment),
        "certainty": leg.certainty,
        "reason": reason,
        "containers": leg.containers,
    });
    feature(&leg.id, geometry, properties)
}

pub(crate) fn ship(ship: &ShipLabel) -> Value {
    json!({ "name": ship.name, "imo": ship.imo, "voyage": ship.voyage })
}
