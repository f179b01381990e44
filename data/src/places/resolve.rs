//! From a declared place to a node, and how that was decided.
//!
//! Order: the partner's own codes, a facility code (with the port code, or by itself where it
//! names one node only), a terminal's name in the told port, the port code, a name, and for an
//! empty place the partner's default node. What a source says twice must agree: a terminal of
//! another country than the told port is not believed.

use super::{How, NodeIx, Places, Resolution, keys};
use crate::Text;
use crate::node::{NodeId, NodeKind};
use crate::observation::DeclaredPlace;
use crate::partner::Partner;

/// A declared place in comparable form; empty where nothing was told.
struct Told {
    port: Text,
    facility: Text,
    name: Text,
    /// The port field read as a name: some senders write one there.
    port_name: Text,
}

impl Told {
    fn read(place: &DeclaredPlace) -> Self {
        let port = place.locode.as_deref().unwrap_or_default();
        Self {
            port: keys::code(port),
            facility: place.facility.as_deref().map(keys::code).unwrap_or_default(),
            name: place.name.as_deref().map(keys::name).unwrap_or_default(),
            port_name: keys::name(port),
        }
    }

    fn is_empty(&self) -> bool {
        self.port.is_empty() && self.facility.is_empty() && self.name.is_empty()
    }

    /// Takes apart `CNSGHSGICT`, a port's and a terminal's code written as one.
    fn take_apart(&mut self, places: &Places) {
        if places.knows_port(&self.port) {
            return;
        }
        let Some((port, terminal)) = keys::split(&self.port).filter(|(port, _)| places.knows_port(port))
        else {
            return;
        };
        let (port, terminal) = (Text::from(port), Text::from(terminal));
        if self.facility.is_empty() {
            self.facility = terminal;
        }
        self.port = port;
    }

    /// Returns port and facility as told, as one code (`CNSGH` + `Y3`), and taken apart (`MYPKGKMT`).
    fn facility_forms(&self) -> [(Text, Text); 3] {
        let joined = compact_str::format_compact!("{}{}", self.port, self.facility);
        let (port, facility) = keys::split(&self.facility).unwrap_or_default();
        [
            (self.port.clone(), self.facility.clone()),
            (self.port.clone(), joined),
            (port.into(), facility.into()),
        ]
    }
}

impl Places {
    /// Returns the node a declared place means, and how that was decided.
    ///
    /// The partner's profile adds its own codes and, for an empty place, its default node.
    pub fn resolve(&self, place: &DeclaredPlace, partner: Option<&Partner>) -> Option<Resolution> {
        let mut told = Told::read(place);
        if told.is_empty() {
            let node = self.known(partner?.default_node.as_ref()?)?;
            return Some(Resolution { node, how: How::PartnerDefault });
        }
        let own = partner.and_then(|partner| self.by_partner(&told, partner));
        own.or_else(|| {
            told.take_apart(self);
            self.by_facility(&told)
                .or_else(|| self.by_terminal_name(&told))
                .or_else(|| self.by_port(&told))
                .or_else(|| self.by_name(&told))
        })
    }

    /// Returns the nodes a text may mean, best first: id, code of any list, whole name, part of a name.
    pub fn lookup(&self, text: &str) -> Vec<NodeIx> {
        let (code, name) = (keys::code(text), keys::name(text));
        let mut found = Vec::new();
        found.extend(self.find(text.trim().to_uppercase().as_str()));
        let place = DeclaredPlace { locode: Some(text.into()), ..DeclaredPlace::default() };
        found.extend(
            self.facilities.get(&code).filter(|_| !self.names.contains_key(&name)).into_iter().flatten(),
        );
        found.extend(self.resolve(&place, None).map(|resolution| resolution.node));
        found.extend(self.facilities.get(&code).into_iter().flatten());
        found.extend(self.port_codes.get(&code).into_iter().flatten());
        let mut partly = Vec::new();
        if !name.is_empty() {
            partly.extend(
                self.names.iter().filter(|(known, _)| known.contains(name.as_str())).map(|(_, at)| *at),
            );
        }
        partly.sort_unstable();
        found.extend(partly);
        let mut seen = std::collections::HashSet::new();
        found.retain(|at| seen.insert(*at));
        found
    }

    fn known(&self, id: &NodeId) -> Option<NodeIx> {
        self.ids.get(id).copied()
    }

    fn knows_port(&self, code: &str) -> bool {
        self.port_codes.contains_key(code)
    }

    /// Returns whether a node or its port carries a port code.
    fn carries(&self, node: NodeIx, code: &str) -> bool {
        let port = self.port_of(node);
        self.port_codes.get(code).is_some_and(|holders| holders.iter().any(|at| self.port_of(*at) == port))
    }

    /// Looks in the partner's profile: terminal before name before port, the more exact first.
    fn by_partner(&self, told: &Told, partner: &Partner) -> Option<Resolution> {
        if partner.aliases.is_empty() {
            return None;
        }
        let alias = |key: &str| {
            let same = |(alias, _): &(&Text, &NodeId)| !key.is_empty() && keys::code(alias) == key;
            partner.aliases.iter().find(same).and_then(|(_, id)| self.known(id))
        };
        let terminal = || {
            let code = (!told.facility.is_empty()).then_some(&told.facility)?;
            alias(&compact_str::format_compact!("{}{code}", told.port)).or_else(|| alias(code))
        };
        let found = |node| Resolution { node, how: How::PartnerAlias };
        if let Some(node) = terminal().or_else(|| alias(&keys::code(&told.name))) {
            return Some(found(node));
        }
        let port = alias(&told.port)?;
        // The partner's word for the port does not take away the terminal it names in it.
        Some(self.by_facility(told).filter(|inner| self.within(inner.node, port)).unwrap_or(found(port)))
    }

    fn by_facility(&self, told: &Told) -> Option<Resolution> {
        if told.facility.is_empty() {
            return None;
        }
        told.facility_forms().into_iter().find_map(|(port, code)| {
            let nodes = self.facilities.get(&code)?;
            let here = nodes.iter().find(|node| self.carries(**node, &port));
            if let Some(node) = here.filter(|node| self.may_be_in(**node, &told.port)) {
                return Some(Resolution { node: *node, how: How::PortAndTerminal });
            }
            match nodes.as_slice() {
                [node] if port == told.port && self.may_be_in(*node, &port) => {
                    Some(Resolution { node: *node, how: How::FacilityCode })
                }
                _ => None,
            }
        })
    }

    /// Returns whether nothing told about the port speaks against a node.
    fn may_be_in(&self, node: NodeIx, port: &str) -> bool {
        let country = keys::country(port);
        self.carries(node, port)
            || (!self.knows_port(port) && country.is_none_or(|country| self.node(node).country == country))
    }

    /// Finds `CNSHA` with the name `YANGSHAN PHASE III`, and `CNSHA` with `YANGSHAN`.
    fn by_terminal_name(&self, told: &Told) -> Option<Resolution> {
        let node = *self.names.get(&told.name)?;
        if !self.carries(node, &told.port) || self.is_homonym(told) {
            return None;
        }
        match self.node(node).kind {
            NodeKind::Port if self.alone.get(&told.port) == Some(&node) => None,
            NodeKind::Port => Some(Resolution { node, how: How::Alias }),
            _ => Some(Resolution { node, how: How::PortAndTerminal }),
        }
    }

    /// Returns whether the name is that of the place a barred code really belongs to.
    fn is_homonym(&self, told: &Told) -> bool {
        self.barred.get(&told.port).is_some_and(|names| names.contains(&told.name))
    }

    fn by_port(&self, told: &Told) -> Option<Resolution> {
        let node = *self.alone.get(&told.port)?;
        Some(Resolution { node, how: How::PortCode })
    }

    fn by_name(&self, told: &Told) -> Option<Resolution> {
        let found = |node: &NodeIx| Resolution { node: *node, how: How::Alias };
        let named = self.names.get(&told.name).filter(|_| !self.is_homonym(told));
        let agrees =
            |node: &&NodeIx| keys::country(&told.port).is_none_or(|c| self.node(**node).country == c);
        named.filter(agrees).or_else(|| self.names.get(&told.port_name)).map(found)
    }
}
