//! Nodes as GeoJSON.

use super::{feature, plain, point};
use sealane_data::node::{CodeList, Node, NodeCode, Position};
use sealane_data::observation::DeclaredPlace;
use sealane_data::places::{NodeIx, Places};
use sealane_mapper::World;
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

/// Says of the nodes of a document since when nothing has been heard of them, where that is so.
pub(crate) fn mark_stale(world: &World, whole: &mut Value) {
    let mark = |feature: &mut Value| {
        let ix = feature["id"].as_str().and_then(|id| world.places().find(id));
        if let Some(since) = ix.and_then(|ix| world.stale_since(ix)) {
            feature["properties"]["stale_since"] = json!(since);
        }
    };
    match whole.get_mut("features").and_then(Value::as_array_mut) {
        Some(features) => features.iter_mut().for_each(mark),
        None => mark(whole),
    }
}

/// One code of a node, with what it means and who says so.
pub(crate) struct Carried<'p> {
    pub(crate) code: &'p str,
    pub(crate) list: CodeList,
    /// What the code means with nothing beside it; none for barred ones and for codes of several terminals.
    pub(crate) alone: Option<NodeIx>,
    /// Other nodes that carry it.
    pub(crate) others: Vec<NodeIx>,
    pub(crate) source: &'p str,
    pub(crate) note: Option<&'p str>,
    /// Why a shared code means what it means alone.
    pub(crate) reason: Option<&'p str>,
}

/// Returns the codes of a node in table order.
pub(crate) fn carried(places: &Places, ix: NodeIx) -> Vec<Carried<'_>> {
    let node = places.node(ix);
    let carried = node.codes.iter().map(|code| Carried {
        code: &code.code,
        list: code.list,
        alone: alone(places, code),
        others: places.carriers(&code.code).into_iter().filter(|at| *at != ix).collect(),
        source: code.source.as_deref().unwrap_or(&node.source),
        note: code.note.as_deref(),
        reason: places.reason(&code.code),
    });
    carried.collect()
}

/// Returns what a code means by itself, in the place of a port or of a terminal.
fn alone(places: &Places, code: &NodeCode) -> Option<NodeIx> {
    let terminal = DeclaredPlace { facility: Some(code.code.clone()), ..DeclaredPlace::default() };
    match code.list {
        CodeList::Unlocode | CodeList::UnlocodeDeleted | CodeList::UsedInFeeds => places.alone(&code.code),
        CodeList::Smdg | CodeList::Bic | CodeList::Own => {
            places.resolve(&terminal, None).map(|found| found.node)
        }
    }
}

/// Returns one node with all its shapes, and for each code what it means and who says so.
pub(crate) fn one(places: &Places, ix: NodeIx) -> Value {
    let node = places.node(ix);
    let id = |at: NodeIx| &places.node(at).id;
    let codes: Vec<Value> = carried(places, ix)
        .into_iter()
        .map(|row| {
            json!({
                "list": row.list,
                "code": row.code,
                "standing": row.list.standing(),
                "alone": row.alone.map(id),
                "others": row.others.into_iter().map(id).collect::<Vec<_>>(),
                "source": row.source,
                "note": row.note,
                "reason": row.reason,
            })
        })
        .collect();
    let mut whole = node_feature(node);
    whole["properties"]["codes"] = codes.into();
    whole["properties"]["terminals"] =
        json!(places.children(ix).map(|(_, child)| &child.id).collect::<Vec<_>>());
    whole["properties"]["area"] = polygon(&node.area);
    whole["properties"]["berth_line"] = line(&node.berth_line);
    whole
}

fn node_feature(node: &Node) -> Value {
    let codes: Vec<Value> =
        node.codes.iter().map(|code| json!({ "list": code.list, "code": code.code })).collect();
    let properties = json!({
        "kind": node.kind,
        "name": node.name,
        "parent": node.parent,
        "country": node.country,
        "zone": node.zone,
        "river": node.river,
        "hub": node.hub,
        "codes": codes,
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
