//! Where ships are: on their way along a line, or in port.

use super::{ATTRIBUTION, feature, plain};
use jiff::Timestamp;
use sealane_data::node::NodeId;
use sealane_data::places::Places;
use sealane_mapper::World;
use sealane_mapper::geojson::{line_geometry, quantise};
use sealane_mapper::route::{Fixed, ShipLeg, Vessel};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Returns every ship as a feature collection.
///
/// A ship under way is the line of its leg: browsers put it on the line by the clock.
pub(crate) fn collection(world: &World, received: impl Fn(u64) -> Option<Timestamp>) -> Value {
    let legs = world.ship_legs();
    let seq = legs.iter().map(|l| l.seq).max().unwrap_or_default();
    let mut features: Vec<Value> = legs.iter().map(|leg| ship(leg, world.places())).collect();
    let known: BTreeSet<&str> = legs.iter().map(|l| l.ship.key.as_str()).collect();
    // Ships that receivers see and nobody else speaks of.
    features.extend(world.vessels().iter().filter(|v| !known.contains(v.ship.key.as_str())).map(only_seen));
    json!({
        "type": "FeatureCollection",
        "features": features,
        "sealane": { "seq": seq, "as_of": received(seq), "attribution": ATTRIBUTION },
    })
}

fn ship(leg: &ShipLeg, places: &Places) -> Value {
    let id = format!("vessel:{}", leg.ship.key);
    let line = leg.geometry.as_ref().and_then(|g| g.as_ref().ok());
    match (&leg.to, line) {
        (Some(to), Some(line)) => feature(&id, plain(&line_geometry(line)), under_way(leg, to, places)),
        // Left for a port that no line leads to: drawn where it was last seen.
        (Some(to), None) => feature(&id, at(places, &leg.from), under_way(leg, to, places)),
        _ => feature(&id, at(places, &leg.from), in_port(leg, places)),
    }
}

/// A ship that is known by its positions alone.
fn only_seen(vessel: &Vessel) -> Value {
    let properties = json!({
        "kind": "vessel", "name": vessel.ship.name, "imo": vessel.ship.imo, "seen": seen(&vessel.last),
    });
    feature(&format!("vessel:{}", vessel.ship.key), super::point(vessel.last.position), properties)
}

/// The last position of a ship: instants, never ages.
fn seen(fixed: &Fixed) -> Value {
    let [lon, lat] = quantise(fixed.position);
    json!({
        "at": fixed.at, "lat": lat, "lon": lon,
        "knots": fixed.knots, "course": fixed.course, "source": fixed.source, "certainty": fixed.certainty,
    })
}

fn under_way(leg: &ShipLeg, to: &NodeId, places: &Places) -> Value {
    let mut properties = label(leg);
    properties["from"] = json!(leg.from);
    properties["to"] = json!(to);
    properties["from_name"] = name(places, &leg.from);
    properties["to_name"] = name(places, to);
    properties["departure"] = json!(leg.departure.map(|m| m.at));
    properties["arrival"] = json!(leg.arrival.map(|m| m.at));
    properties["classifier"] = json!(leg.arrival.map(|m| m.classifier));
    properties
}

fn in_port(leg: &ShipLeg, places: &Places) -> Value {
    let mut properties = label(leg);
    properties["node"] = json!(leg.from);
    properties["node_name"] = name(places, &leg.from);
    properties["since"] = json!(leg.since.or(leg.departure).map(|m| m.at));
    properties
}

fn label(leg: &ShipLeg) -> Value {
    let mut label =
        json!({ "kind": "vessel", "name": leg.ship.name, "imo": leg.ship.imo, "voyage": leg.ship.voyage });
    if let Some(last) = &leg.last {
        label["seen"] = seen(last);
    }
    label
}

fn at(places: &Places, node: &NodeId) -> Value {
    places.find(&node.0).map_or(Value::Null, |ix| super::point(places.node(ix).position))
}

fn name(places: &Places, node: &NodeId) -> Value {
    places.find(&node.0).map_or(Value::Null, |ix| places.node(ix).name.as_str().into())
}
