//! The answer as GeoJSON: encoded lines are copied, only their properties are written anew.

use super::answer::{Answer, End, Way};
use super::section::Section;
use sealane_data::node::Position;
use sealane_mapper::geojson::bbox;
use serde_json::{Value, json};
use std::sync::Arc;

/// Returns the feature collection: a line for each leg, a point for each end.
pub(super) fn write(answer: &Answer) -> Vec<u8> {
    let mut out = br#"{"type":"FeatureCollection""#.to_vec();
    let sections = answer.sections.iter().flatten();
    if let Some(whole) = around(sections.filter_map(|section| section.bbox)) {
        out.extend_from_slice(br#","bbox":"#);
        json_to(&mut out, &json!(whole));
    }
    out.extend_from_slice(br#","features":["#);
    let mut first = true;
    for (way, sections) in answer.routes.iter().zip(&answer.sections) {
        legs(&mut out, way, sections, &mut first);
    }
    let ends = [&answer.from].into_iter().chain(&answer.via).chain([&answer.to]);
    let last = answer.via.len() + 1;
    for (n, end) in ends.enumerate() {
        let role = if n == 0 {
            "load"
        } else if n == last {
            "discharge"
        } else {
            "transshipment"
        };
        comma(&mut out, &mut first);
        json_to(&mut out, &stop(n + 1, role, end));
    }
    out.extend_from_slice(br#"],"sealane":"#);
    let summary = serde_json::to_value(answer).unwrap_or_default();
    json_to(&mut out, &summary);
    out.push(b'}');
    out
}

fn legs(out: &mut Vec<u8>, way: &Way, sections: &[Arc<Section>], first: &mut bool) {
    let drawn = sections.iter().flat_map(|section| &section.legs);
    for (leg, drawn) in way.legs.iter().zip(drawn) {
        let mut properties = serde_json::to_value(leg).unwrap_or_default();
        properties["kind"] = "leg".into();
        properties["route"] = way.id.clone().into();
        // Worked out, told by nobody: the word the map element draws it by.
        properties["certainty"] = "inferred".into();
        comma(out, first);
        out.extend_from_slice(br#"{"type":"Feature","id":"#);
        json_to(out, &json!(leg.id));
        out.extend_from_slice(br#","geometry":"#);
        out.extend_from_slice(&drawn.geometry);
        out.extend_from_slice(br#","properties":"#);
        json_to(out, &properties);
        out.push(b'}');
    }
}

fn stop(number: usize, role: &str, end: &End) -> Value {
    let id = format!("stop-{number}");
    json!({
        "type": "Feature",
        "id": id,
        "geometry": { "type": "Point", "coordinates": [end.lon, end.lat] },
        "properties": {
            "id": id, "kind": "stop", "role": role, "node": end.node, "name": end.name, "asked": end.asked,
            "certainty": "inferred",
        },
    })
}

fn comma(out: &mut Vec<u8>, first: &mut bool) {
    if !std::mem::take(first) {
        out.push(b',');
    }
}

/// A value always has JSON.
fn json_to(out: &mut Vec<u8>, value: &Value) {
    out.extend(serde_json::to_vec(value).unwrap_or_default());
}

/// Returns the box around boxes; each is drawn as a line from its west to its east, which may lie over the
/// 180th meridian.
fn around(boxes: impl Iterator<Item = [f64; 4]>) -> Option<[f64; 4]> {
    let lines: Vec<[Position; 4]> = boxes
        .map(|[west, south, east, north]| {
            let width = if east < west { east + 360.0 - west } else { east - west };
            // Steps of less than half the world, so that none is read as the other way round.
            let at = |lat: f64, share: f64| Position { lat, lon: west + width * share };
            [at(south, 0.0), at(north, 1.0 / 3.0), at(south, 2.0 / 3.0), at(north, 1.0)]
        })
        .collect();
    bbox(lines.iter().map(<[Position; 4]>::as_slice))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boxes_join_over_the_180th_meridian() {
        let all = |boxes: &[[f64; 4]]| around(boxes.iter().copied());
        assert_eq!(all(&[]), None);
        assert_eq!(all(&[[10.0, 1.0, 20.0, 2.0]]), Some([10.0, 1.0, 20.0, 2.0]));
        let pacific = [[120.0, 10.0, 170.0, 20.0], [170.0, 15.0, -118.0, 34.0]];
        assert_eq!(all(&pacific), Some([120.0, 10.0, -118.0, 34.0]));
        assert_eq!(all(&[[-170.0, 0.0, 100.0, 5.0]]), Some([-170.0, 0.0, 100.0, 5.0]), "wider than half");
    }
}
