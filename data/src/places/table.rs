//! The written form of the nodes, checked and indexed.

use super::{NodeIx, Places, PlacesError, keys};
use crate::Text;
use crate::node::{CodeList, Node, NodeCode, NodeId, NodeKind, Position};
use jiff::tz::TimeZone;
use serde::Deserialize;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

/// The file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Table {
    node: Vec<Node>,
    #[serde(default)]
    alone: Vec<Alone>,
}

/// What a port code means when no terminal is told.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Alone {
    code: Text,
    /// The node; absent if the code then means no node of ours.
    node: Option<NodeId>,
    /// Names of the place the code really belongs to; they say nothing about our node.
    #[serde(default)]
    homonyms: Vec<String>,
    /// The reason, for readers.
    why: String,
}

/// Returns whether codes of this list stand where a port is told.
fn tells_port(list: CodeList) -> bool {
    matches!(list, CodeList::Unlocode | CodeList::UnlocodeDeleted | CodeList::UsedInFeeds)
}

/// Returns whether a code stands where a terminal is told: a terminal's LOCODE may stand there too.
fn tells_facility(node: &Node, code: &NodeCode) -> bool {
    !tells_port(code.list) || (node.kind != NodeKind::Port && code.list != CodeList::UsedInFeeds)
}

impl Table {
    /// Reads the form of `data/reference/nodes.toml`.
    pub(super) fn parse(text: &str) -> Result<Self, PlacesError> {
        toml::from_str(text).map_err(|e| PlacesError::Form(e.to_string()))
    }

    /// Adds nodes from elsewhere.
    pub(super) fn extend(&mut self, nodes: Vec<Node>) {
        self.node.extend(nodes);
    }

    /// Checks all rows and builds the indexes.
    pub(super) fn index(self, version: u64) -> Result<Places, PlacesError> {
        let count = u16::try_from(self.node.len()).map_err(|_| PlacesError::TooMany(self.node.len()))?;
        let mut places = Places {
            zones: self.node.iter().map(zone).collect::<Result<_, _>>()?,
            ports: (0..count).map(NodeIx).collect(),
            ids: HashMap::new(),
            port_codes: HashMap::new(),
            alone: HashMap::new(),
            barred: HashMap::new(),
            reasons: HashMap::new(),
            facilities: HashMap::new(),
            names: HashMap::new(),
            version,
            nodes: self.node,
        };
        places.index_ids()?;
        places.index_ports()?;
        for at in 0..count {
            check_shape(places.node(NodeIx(at)))?;
            places.index_codes(NodeIx(at))?;
            places.index_names(NodeIx(at))?;
        }
        places.index_alone(self.alone)?;
        Ok(places)
    }
}

impl Places {
    fn index_ids(&mut self) -> Result<(), PlacesError> {
        for (at, node) in (0..).map(NodeIx).zip(&self.nodes) {
            if self.ids.insert(node.id.clone(), at).is_some() {
                return Err(PlacesError::TwiceId(node.id.clone()));
            }
        }
        Ok(())
    }

    fn index_ports(&mut self) -> Result<(), PlacesError> {
        for node in &self.nodes {
            if let Some(parent) = node.parent.as_ref().filter(|parent| !self.ids.contains_key(*parent)) {
                return Err(PlacesError::UnknownNode { by: node.id.0.clone(), node: parent.clone() });
            }
        }
        for at in 0..self.nodes.len() {
            self.ports[at] = self.climb(self.ports[at])?;
        }
        Ok(())
    }

    /// Walks up to the first port, or to the top.
    fn climb(&self, from: NodeIx) -> Result<NodeIx, PlacesError> {
        let (mut at, mut port) = (from, None);
        for _ in 0..=self.nodes.len() {
            if self.node(at).kind == NodeKind::Port {
                port = port.or(Some(at));
            }
            match self.parent(at) {
                Some(above) => at = above,
                None => return Ok(port.unwrap_or(at)),
            }
        }
        Err(PlacesError::Loop(self.node(from).id.clone()))
    }

    fn index_codes(&mut self, at: NodeIx) -> Result<(), PlacesError> {
        let codes = self.node(at).codes.clone();
        for code in codes {
            let key = keys::code(&code.code);
            if tells_port(code.list) {
                self.port_codes.entry(key.clone()).or_default().push(at);
            }
            if tells_facility(self.node(at), &code) {
                self.index_facility(key, at)?;
            }
        }
        Ok(())
    }

    fn index_facility(&mut self, code: Text, at: NodeIx) -> Result<(), PlacesError> {
        let port = self.port_of(at);
        let holders = self.facilities.get(&code).map_or(&[][..], Vec::as_slice);
        let twin = holders.iter().find(|holder| **holder != at && self.port_of(**holder) == port);
        if let Some(twin) = twin {
            let (first, second) = (self.node(*twin).id.clone(), self.node(at).id.clone());
            return Err(PlacesError::TwiceFacility { code, first, second });
        }
        let holders = self.facilities.entry(code).or_default();
        if !holders.contains(&at) {
            holders.push(at);
        }
        Ok(())
    }

    fn index_names(&mut self, at: NodeIx) -> Result<(), PlacesError> {
        let node = self.node(at);
        let mut told = vec![keys::name(&node.id.0), keys::name(&node.name)];
        told.extend(node.aliases.iter().map(|alias| keys::name(alias)));
        for name in told {
            match self.names.entry(name) {
                Entry::Occupied(there) if *there.get() != at => {
                    let (first, second) = (*there.get(), at);
                    let name = there.key().clone();
                    let (first, second) = (self.node(first).id.clone(), self.node(second).id.clone());
                    return Err(PlacesError::TwiceName { name, first, second });
                }
                entry => {
                    entry.or_insert(at);
                }
            }
        }
        Ok(())
    }

    fn index_alone(&mut self, rows: Vec<Alone>) -> Result<(), PlacesError> {
        for row in rows {
            let code = keys::code(&row.code);
            self.reasons.insert(code.clone(), row.why);
            if let Some(id) = row.node {
                let unknown = || PlacesError::UnknownNode { by: code.clone(), node: id.clone() };
                let node = self.ids.get(&id).copied().ok_or_else(unknown)?;
                self.alone.insert(code, node);
            } else {
                let homonyms = row.homonyms.iter().map(|name| keys::name(name)).collect();
                self.barred.insert(code, homonyms);
            }
        }
        self.index_sole()
    }

    /// Lets codes of one node only mean that node.
    fn index_sole(&mut self) -> Result<(), PlacesError> {
        for (code, holders) in &self.port_codes {
            if self.barred.contains_key(code) || self.alone.contains_key(code) {
                continue;
            }
            match holders.as_slice() {
                [sole] => self.alone.insert(code.clone(), *sole),
                _ => return Err(PlacesError::Undecided(code.clone())),
            };
        }
        Ok(())
    }
}

fn zone(node: &Node) -> Result<TimeZone, PlacesError> {
    let unknown = |_| PlacesError::UnknownZone { node: node.id.clone(), zone: node.zone.clone() };
    TimeZone::get(&node.zone).map_err(unknown)
}

fn check_shape(node: &Node) -> Result<(), PlacesError> {
    let on_earth = |p: &Position| (-90.0..=90.0).contains(&p.lat) && (-180.0..=180.0).contains(&p.lon);
    let drawn = node.area.iter().chain(&node.berth_line);
    if !drawn.chain([&node.position]).all(on_earth) {
        return Err(PlacesError::BadPosition(node.id.clone()));
    }
    let closed = node.area.len() >= 4 && node.area.first() == node.area.last();
    let drawn_well = node.area.is_empty() || (closed && doubled_area(&node.area) > 0.0);
    if !drawn_well {
        return Err(PlacesError::BadArea(node.id.clone()));
    }
    Ok(())
}

/// Returns twice the signed area in square degrees: positive for a counter-clockwise ring.
fn doubled_area(ring: &[Position]) -> f64 {
    ring.windows(2).map(|pair| pair[0].lon * pair[1].lat - pair[1].lon * pair[0].lat).sum()
}
