//! The tables of ports: one row per port, and one row per code of a port.
//!
//! They hold ports at port level only. What has a shape, a terminal or an authored way is in
//! `nodes.toml`; ids are one name space over both.

use super::PlacesError;
use crate::Text;
use crate::node::{CodeList, Node, NodeCode, NodeId, NodeKind, Position};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::HashMap;

/// The file of ports.
const PORTS: &str = "ports.csv";
/// The file of their codes.
const CODES: &str = "port-codes.csv";

/// A row of [`PORTS`].
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PortRow {
    id: NodeId,
    kind: NodeKind,
    name: String,
    country: Text,
    zone: String,
    river: Option<String>,
    /// `hub`, or nothing.
    hub: Option<Hub>,
    lat: f64,
    lon: f64,
    /// Other names, with `|` between them.
    aliases: String,
    source: String,
}

/// The one word that may stand in the column of that name.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Hub {
    Hub,
}

/// A row of [`CODES`].
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CodeRow {
    node: NodeId,
    list: CodeList,
    code: Text,
    source: String,
    note: Option<String>,
}

/// Reads both tables.
pub(super) fn read(ports: &str, codes: &str) -> Result<Vec<Node>, PlacesError> {
    let mut by_node = codes_by_node(codes)?;
    let mut nodes = Vec::new();
    for row in rows::<PortRow>(PORTS, ports)? {
        let codes = by_node.remove(&row.id).unwrap_or_default();
        nodes.push(node(row, codes)?);
    }
    // Sorted, so that one fault always gives one answer.
    match by_node.into_keys().min() {
        Some(id) => Err(wrong(CODES, &id.0, "no such port")),
        None => Ok(nodes),
    }
}

fn codes_by_node(text: &str) -> Result<HashMap<NodeId, Vec<NodeCode>>, PlacesError> {
    let mut by_node: HashMap<NodeId, Vec<NodeCode>> = HashMap::new();
    for row in rows::<CodeRow>(CODES, text)? {
        let codes = by_node.entry(row.node.clone()).or_default();
        if codes.iter().any(|known| known.code == row.code) {
            return Err(wrong(CODES, &row.node.0, &format!("code `{}` is there twice", row.code)));
        }
        if row.source.is_empty() {
            return Err(wrong(CODES, &row.node.0, &format!("code `{}` has no source", row.code)));
        }
        codes.push(NodeCode { list: row.list, code: row.code, source: Some(row.source), note: row.note });
    }
    Ok(by_node)
}

fn node(row: PortRow, codes: Vec<NodeCode>) -> Result<Node, PlacesError> {
    if !matches!(row.kind, NodeKind::Port | NodeKind::Inland) {
        return Err(wrong(PORTS, &row.id.0, "a row is a port or an inland point"));
    }
    if row.source.is_empty() {
        return Err(wrong(PORTS, &row.id.0, "it has no source"));
    }
    let aliases = row.aliases.split('|').filter(|alias| !alias.is_empty()).map(str::to_owned).collect();
    Ok(Node {
        id: row.id,
        kind: row.kind,
        name: row.name,
        parent: None,
        country: row.country,
        zone: row.zone,
        river: row.river,
        hub: row.hub.is_some(),
        position: Position { lat: row.lat, lon: row.lon },
        codes,
        aliases,
        area: Vec::new(),
        berth_line: Vec::new(),
        approximate: false,
        source: row.source,
    })
}

/// Returns the rows of a table, or the line that cannot be read.
fn rows<T: DeserializeOwned>(file: &'static str, text: &str) -> Result<Vec<T>, PlacesError> {
    let unread = |e: csv::Error| {
        let line = e.position().map_or_else(|| "the heading".to_owned(), |at| format!("line {}", at.line()));
        wrong(file, &line, &e.to_string())
    };
    csv::Reader::from_reader(text.as_bytes()).into_deserialize().collect::<Result<_, _>>().map_err(unread)
}

fn wrong(file: &'static str, row: &str, why: &str) -> PlacesError {
    PlacesError::Row { file, row: row.to_owned(), why: why.to_owned() }
}
