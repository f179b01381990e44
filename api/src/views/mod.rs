//! The shapes that are served. Only this room knows them; `sealane_origin::disclosure` decides
//! which of their fields leave the house.

pub(crate) mod calls;
pub(crate) mod certificate;
pub(crate) mod expected;
pub(crate) mod history;
pub(crate) mod node_page;
pub(crate) mod nodes;
pub(crate) mod route;
pub(crate) mod shipment;
pub(crate) mod submission;
pub(crate) mod svg;
pub(crate) mod verification;
pub(crate) mod vessels;
pub(crate) mod what_if;

use mapper_geojson::point_geometry;
use sealane_data::node::Position;
use sealane_mapper::geojson as mapper_geojson;
use serde::Serialize;
use serde_json::{Value, json};

/// What maps must say about the lines and places we draw.
pub(crate) const ATTRIBUTION: &str = "Sealane; ways by sea from Natural Earth, not for navigation";

/// Returns a feature whose id stands at the top and in its properties.
pub(crate) fn feature(id: &str, geometry: Value, mut properties: Value) -> Value {
    properties["id"] = id.into();
    let mut whole = json!({ "type": "Feature", "id": id });
    whole["geometry"] = geometry;
    whole["properties"] = properties;
    whole
}

/// Returns a point with six decimals.
pub(crate) fn point(at: Position) -> Value {
    plain(&point_geometry(at))
}

/// Returns the stable word of a value that serialises as one.
pub(crate) fn word<T: Serialize>(value: T) -> String {
    plain(&value).as_str().map(str::to_owned).unwrap_or_default()
}

/// Returns the JSON of a value that cannot fail to have one.
pub(crate) fn plain<T: Serialize>(value: &T) -> Value {
    serde_json::to_value(value).unwrap_or_default()
}
