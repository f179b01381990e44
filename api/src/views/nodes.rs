//! Nodes as GeoJSON.

use super::{feature, plain, point};
use sealane_data::node::{Node, Position};
use sealane_data::places::Places;
use sealane_mapper::geojson::{line_geometry, quantise};
use serde_json::{Value, json};

/// Returns every node; with `areas` also outlines and berth lines as features of their own.
pub(crate) fn collection(places: &Places, areas: bool) -> Value {
    let nodes: Vec<&Node> = places.all().map(|(_, node)| node).collect();
    let mut features: Vec<Value> = nodes.iter().map(|n| node_feature(n)).collect();
    if areas {
        features.extend(nodes.iter().flat_map(|n| shapes(n)));
    }
    json!({ "type": "FeatureCollection", "features": features })
}

/// Returns one node with all its shapes.
pub(crate) fn one(node: &Node) -> Value {
    let mut whole = node_feature(node);
    whole["properties"]["area"] = polygon(&node.area);
    whole["properties"]["berth_line"] = line(&node.berth_line);
    whole
}

fn node_feature(node: &Node) -> Value {
    let properties = json!({
        "kind": node.kind,
        "name": node.name,
        "parent": node.parent,
        "country": node.country,
        "zone": node.zone,
        "codes": node.codes,
        "aliases": node.aliases,
        "approximate": node.approximate,
        "source": node.source,
    });
    feature(&node.id.0, point(node.position), properties)
}

fn shapes(node: &Node) -> impl Iterator<Item = Value> {
    let shape = |kind: &str, geometry: Value| {
        let properties =
            json!({ "kind": kind, "node": node.id, "name": node.name, "approximate": node.approximate });
        (!geometry.is_null()).then(|| feature(&format!("{kind}:{}", node.id), geometry, properties))
    };
    [shape("area", polygon(&node.area)), shape("berth", line(&node.berth_line))].into_iter().flatten()
}

fn polygon(ring: &[Position]) -> Value {
    if ring.is_empty() {
        return Value::Null;
    }
    let ring: Vec<[f64; 2]> = ring.iter().map(|p| quantise(*p)).collect();
    json!({ "type": "Polygon", "coordinates": [ring] })
}

fn line(line: &[Position]) -> Value {
    if line.is_empty() { Value::Null } else { plain(&line_geometry(line)) }
}
