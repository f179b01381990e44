//! The network at run time: ends are made fast, the cheapest way is looked up or searched, legs are told apart.

mod free;

use super::artefact::{self, Damaged};
use super::build::graph;
use super::corner::Corner;
use super::facts::{self, Facts, Passage};
use super::graph::{Graph, Rules};
use super::mooring::{Harbour, Mooring, Tie};
use super::query::{End, Query, SeaError, Vessel};
use super::ranks::Ranks;
use super::sailing::{LegKind, Sailing};
use super::sphere::{Unit, unit};
use super::water::{Gates, Water};
use rustc_hash::FxHashMap;
use sealane_data::node::{NodeId, Position};
use std::borrow::Cow;
use std::sync::{Arc, LazyLock};

/// Corners that a free position is tied to at most in each direction.
const TIES: usize = 8;

static EMBEDDED: LazyLock<Arc<SeaNetwork>> = LazyLock::new(|| {
    let bytes = include_bytes!("../../../data/reference/sea-network.bin");
    Arc::new(SeaNetwork::read(bytes, facts::EMBEDDED).expect("a test reads the shipped network"))
});

/// Ways over water between nodes and positions.
#[derive(Debug)]
pub struct SeaNetwork {
    input: [u8; 32],
    corners: Vec<Corner>,
    moorings: Vec<Mooring>,
    by_node: FxHashMap<NodeId, u32>,
    graph: Graph,
    water: Water,
    facts: Facts,
    /// The passages that are shut unless a question opens them.
    shut: Gates,
    /// The ways between nodes with the usual passages.
    ranks: Ranks,
}

/// An end made fast.
struct Fast<'n> {
    mooring: Cow<'n, Mooring>,
    /// The vertex of a node.
    vertex: Option<u32>,
}

/// Edges in travel order and the vertex they start at.
type Found = (u32, Vec<u32>);

impl SeaNetwork {
    /// Returns the network shipped with the engine.
    pub fn embedded() -> Arc<Self> {
        Arc::clone(&EMBEDDED)
    }

    /// Reads an artefact and the table of passages it was built with.
    ///
    /// # Errors
    ///
    /// If the bytes are no artefact of this version.
    pub fn read(bytes: &[u8], passages: &str) -> Result<Self, Damaged> {
        let parts = artefact::read(bytes)?;
        let facts = Facts::parse(passages).map_err(|_| Damaged(0))?;
        let water = Water::new(&parts.grid.degrees(&parts.rings), &facts);
        drop(parts.rings);
        let graph = graph(&parts.corners, &parts.moorings, parts.edges);
        let shut =
            (0..).zip(&facts.passage).filter(|(_, p)| p.shut).map(|(n, _)| 1_u128 << n).fold(0, |a, b| a | b);
        let ranks = Ranks::new(&graph, parts.corners.len(), &parts.ranking).ok_or(Damaged(bytes.len()))?;
        let by_node = parts.nodes.into_iter().zip(0..).collect();
        Ok(Self {
            input: parts.input,
            corners: parts.corners,
            moorings: parts.moorings,
            by_node,
            graph,
            water,
            facts,
            shut,
            ranks,
        })
    }

    /// Does in the background what the first question about each node would wait for: some tens of microseconds each.
    pub fn warm(self: &Arc<Self>) {
        let network = Arc::clone(self);
        // Without a thread each node's first question takes that little longer.
        let _ = std::thread::Builder::new().name("sea-ranks".into()).spawn(move || network.ranks.grow());
    }

    /// Returns the SHA-256 of everything the network was built from, in hexadecimal: its version.
    pub fn version(&self) -> String {
        self.input.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Returns how many vertices and edges it has.
    pub fn size(&self) -> [usize; 2] {
        [self.graph.at.len(), self.graph.edges.len()]
    }

    /// Returns the canals, straits and lines of ice that a way can be asked to avoid.
    pub fn passages(&self) -> &[Passage] {
        &self.facts.passage
    }

    /// Returns whether a node was made fast at just this position.
    pub(crate) fn knows(&self, id: &NodeId, at: Position) -> bool {
        self.by_node.get(id).is_some_and(|number| self.moorings[*number as usize].land[0] == at)
    }

    /// Returns the outline of all land as pieces.
    pub(crate) fn outlines(&self) -> Vec<super::shores::Segment> {
        self.water.land.segments().collect()
    }

    /// Returns the cost of the usual way between two nodes as a search over the whole network finds it.
    #[cfg(test)]
    pub(super) fn searched(&self, from: &NodeId, to: &NodeId) -> Option<u64> {
        let [from, to] = [from, to].map(|id| self.fast_node(id).ok()?.vertex);
        let (from, to) = (from?, to?);
        Some(self.searched_for(&[(from, 0)], &[(to, 0)], self.graph.at[to as usize], self.shut)?.0)
    }

    /// Returns whether every passage is open in both directions, so that the way back is the same way.
    pub(super) fn is_two_way(&self) -> bool {
        self.water.one_way == 0
    }

    /// Returns the water that ways are tested against.
    #[cfg(test)]
    pub(super) fn water(&self) -> &Water {
        &self.water
    }

    /// Returns whether a position is on land.
    pub fn is_land(&self, at: Position) -> bool {
        self.water.land.holds([at.lon, at.lat])
    }

    /// Returns whether a straight piece in longitude and latitude touches land.
    pub fn touches_land(&self, from: Position, to: Position) -> bool {
        self.water.land.hit([from.lon, from.lat], [to.lon, to.lat])
    }

    /// Returns the way that a question asks for.
    ///
    /// # Errors
    ///
    /// If an end or passage is unknown, an end too far from the water, or no way is left.
    pub fn sail(&self, query: &Query) -> Result<Sailing, SeaError> {
        let shut = self.shut_for(query)?;
        let ends: Vec<&End> = [&query.from].into_iter().chain(&query.via).chain([&query.to]).collect();
        let mut whole = Sailing { legs: Vec::new(), passages: Vec::new(), cost: 0.0 };
        let mut before = self.fast(ends[0])?;
        for end in &ends[1..] {
            let next = self.fast(end)?;
            whole.join(self.between(&before, &next, shut)?);
            before = next;
        }
        if !query.via.is_empty() {
            let used = std::mem::take(&mut whole.passages);
            let known = self.facts.passage.iter().map(|passage| &passage.id);
            whole.passages = known.filter(|id| used.contains(id)).cloned().collect();
        }
        Ok(whole)
    }

    /// Returns the usual way between two nodes: the short form of [`SeaNetwork::sail`].
    ///
    /// # Errors
    ///
    /// As [`SeaNetwork::sail`].
    pub fn sail_nodes(&self, from: &NodeId, to: &NodeId) -> Result<Sailing, SeaError> {
        self.between(&self.fast_node(from)?, &self.fast_node(to)?, self.shut)
    }

    /// Returns which passages are shut for a question: by default, by wish, and by what the ship measures.
    fn shut_for(&self, query: &Query) -> Result<Gates, SeaError> {
        let bit = |id: &String| {
            let number = self.facts.passage.iter().position(|passage| passage.id == *id);
            number.map(|number| 1_u128 << number).ok_or_else(|| SeaError::UnknownPassage(id.clone()))
        };
        let mut shut = self.shut;
        for id in &query.open {
            shut &= !bit(id)?;
        }
        for id in &query.avoid {
            shut |= bit(id)?;
        }
        let small = (0..).zip(&self.facts.passage).filter(|(_, passage)| !fits(query.vessel, passage));
        Ok(small.fold(shut, |shut, (number, _)| shut | 1_u128 << number))
    }

    fn fast(&self, end: &End) -> Result<Fast<'_>, SeaError> {
        match end {
            End::Node(id) => self.fast_node(id),
            End::At(at) if !(at.lat.abs() <= 90.0 && at.lon.is_finite()) => Err(SeaError::BadPosition(*at)),
            End::At(at) => {
                let harbour = Harbour { water: &self.water, corners: &self.corners, most: TIES };
                let moored = harbour.moor(*at).or_else(|| self.as_a_neighbour(*at));
                let mut mooring = moored.ok_or(SeaError::TooFar(*at))?;
                mooring.ties.extend(self.beside(mooring.start));
                Ok(Fast { mooring: Cow::Owned(mooring), vertex: None })
            }
        }
    }

    fn fast_node(&self, id: &NodeId) -> Result<Fast<'_>, SeaError> {
        let number = *self.by_node.get(id).ok_or_else(|| SeaError::UnknownNode(id.clone()))?;
        let mooring = &self.moorings[number as usize];
        let vertex = self.first() + number;
        // A node may be joined by a neighbour alone: its own ties went where the neighbour's are as good.
        if mooring.ties.is_empty() && self.graph.arcs(vertex).is_empty() {
            return Err(SeaError::TooFar(mooring.land[0]));
        }
        Ok(Fast { mooring: Cow::Borrowed(mooring), vertex: Some(vertex) })
    }

    /// Returns the vertex of the first node.
    #[expect(clippy::cast_possible_truncation, reason = "some ten thousand corners")]
    fn first(&self) -> u32 {
        self.corners.len() as u32
    }

    fn between(&self, from: &Fast<'_>, to: &Fast<'_>, shut: Gates) -> Result<Sailing, SeaError> {
        let ends = [from.mooring.start, to.mooring.start];
        if let (Some(a), Some(b), true) = (from.vertex, to.vertex, shut == self.shut) {
            let (low, high) = (a.min(b), a.max(b));
            let number = |vertex: u32| (vertex - self.first()) as usize;
            let mut edges = self.ranks.way(number(low), number(high)).ok_or(SeaError::NoRoute)?;
            if a > b {
                edges.reverse();
            }
            // The ranks know no directions: what they find is the cheapest way if it uses none against its own.
            if self.led(a, &edges) {
                return self.told(from, to, (a, edges));
            }
        }
        // Between nodes the network itself has all ways: another one would be cheaper than the usual way.
        let free = from.vertex.is_none() || to.vertex.is_none();
        let direct = free.then(|| self.direct(from, to, shut)).flatten();
        let ties = |end: &Fast<'_>, away: bool| {
            if let Some(vertex) = end.vertex {
                return vec![(vertex, 0)];
            }
            let free = |tie: &&Tie| tie.gates & shut == 0 && self.tie_led(&end.mooring, tie, away);
            end.mooring.ties.iter().filter(free).map(|tie| (tie.to, tie.cost)).collect()
        };
        let found = self.searched_for(&ties(from, true), &ties(to, false), unit(ends[1]), shut);
        match (direct, found) {
            (Some(direct), found)
                if found.as_ref().is_none_or(|(whole, _, _)| direct.cost <= *whole as f64) =>
            {
                let mut sailing =
                    Sailing { legs: Vec::new(), passages: self.named(direct.gates), cost: direct.cost };
                outward(&mut sailing, &from.mooring);
                sailing.push(LegKind::Sea, &direct.bends);
                inward(&mut sailing, &to.mooring);
                Ok(sailing)
            }
            (_, Some((_, start, edges))) => self.told(from, to, (start, edges)),
            (_, None) => Err(SeaError::NoRoute),
        }
    }

    /// Returns the cheapest way from any of some vertices to any of others: its cost, where it starts, its edges.
    fn searched_for(
        &self,
        sources: &[(u32, u32)],
        targets: &[(u32, u32)],
        goal: Unit,
        shut: Gates,
    ) -> Option<(u64, u32, Vec<u32>)> {
        let against = |from: u32, to: u32| self.water.against(&self.bends(from, to)) != 0;
        let rules = Rules { shut, one_way: self.water.one_way, against: &against };
        self.graph.way(sources, targets, goal, &rules)
    }

    /// Returns whether a way crosses no one-way passage against its direction.
    fn led(&self, start: u32, edges: &[u32]) -> bool {
        let mut at = start;
        edges.iter().all(|number| {
            let from = at;
            at = self.graph.other(*number, from);
            self.graph.passed(*number) & self.water.one_way == 0
                || self.water.against(&self.bends(from, at)) == 0
        })
    }

    /// Returns whether a tie, away from its mooring or towards it, crosses no one-way passage against its direction.
    fn tie_led(&self, mooring: &Mooring, tie: &Tie, away: bool) -> bool {
        if tie.gates & self.water.one_way == 0 {
            return true;
        }
        let via = tie.via.iter().copied();
        let mut line: Vec<Position> =
            [mooring.start].into_iter().chain(via).chain([self.place(tie.to)]).collect();
        if !away {
            line.reverse();
        }
        self.water.against(&line) == 0
    }

    /// Tells the legs of a way.
    fn told(&self, from: &Fast<'_>, to: &Fast<'_>, (start, edges): Found) -> Result<Sailing, SeaError> {
        let mut sailing = Sailing { legs: Vec::new(), passages: Vec::new(), cost: 0.0 };
        outward(&mut sailing, &from.mooring);
        let (mut gates, mut cost) = (0, 0);
        if from.vertex.is_none() {
            let tie = from.mooring.ties.iter().find(|tie| tie.to == start).ok_or(SeaError::NoRoute)?;
            (gates, cost) = (tie.gates, u64::from(tie.cost));
            let bends =
                [from.mooring.start].into_iter().chain(tie.via.iter().copied()).chain([self.place(start)]);
            sailing.push(LegKind::Sea, &bends.collect::<Vec<_>>());
        }
        let mut at = start;
        for number in edges {
            let edge = &self.graph.edges[number as usize];
            gates |= self.graph.passed(number);
            cost += u64::from(self.graph.cost(number));
            let next = self.graph.other(number, at);
            let kind = if edge.canal() { LegKind::Canal } else { LegKind::Sea };
            sailing.push(kind, &self.bends(at, next));
            at = next;
        }
        if to.vertex.is_none() {
            let tie = to.mooring.ties.iter().find(|tie| tie.to == at).ok_or(SeaError::NoRoute)?;
            gates |= tie.gates;
            cost += u64::from(tie.cost);
            let bends =
                [self.place(at)].into_iter().chain(tie.via.iter().rev().copied()).chain([to.mooring.start]);
            sailing.push(LegKind::Sea, &bends.collect::<Vec<_>>());
        }
        inward(&mut sailing, &to.mooring);
        sailing.passages = self.named(gates);
        sailing.cost = cost as f64;
        if from.vertex.is_none() || to.vertex.is_none() {
            self.cut_loops(&mut sailing);
        }
        Ok(sailing)
    }

    /// Returns the positions along an edge: ties of nodes may bend.
    fn bends(&self, from: u32, to: u32) -> Vec<Position> {
        let first = self.first();
        let via = |node: u32, corner: u32| {
            let tie = self.moorings[(node - first) as usize].ties.iter().find(|tie| tie.to == corner);
            tie.map_or(&[][..], |tie| &tie.via).iter().copied()
        };
        let mut bends = vec![self.place(from)];
        match (from >= first, to >= first) {
            (true, false) => bends.extend(via(from, to)),
            (false, true) => bends.extend(via(to, from).rev()),
            _ => {}
        }
        bends.push(self.place(to));
        bends
    }

    fn place(&self, vertex: u32) -> Position {
        match self.corners.get(vertex as usize) {
            Some(corner) => corner.position(),
            None => self.moorings[vertex as usize - self.corners.len()].start,
        }
    }

    fn named(&self, gates: Gates) -> Vec<String> {
        let used = (0..).zip(&self.facts.passage).filter(|(number, _)| gates >> number & 1 == 1);
        used.map(|(_, passage)| passage.id.clone()).collect()
    }
}

/// Appends the way from the asked position to the sea.
fn outward(sailing: &mut Sailing, mooring: &Mooring) {
    sailing.push(LegKind::Land, &mooring.land);
    sailing.push(LegKind::River, &mooring.river);
}

/// Appends the way from the sea to the asked position.
fn inward(sailing: &mut Sailing, mooring: &Mooring) {
    let back = |line: &[Position]| line.iter().rev().copied().collect::<Vec<_>>();
    sailing.push(LegKind::River, &back(&mooring.river));
    sailing.push(LegKind::Land, &back(&mooring.land));
}

/// Returns whether a ship may use a passage.
fn fits(vessel: Vessel, passage: &Passage) -> bool {
    let within =
        |size: Option<f64>, limit: Option<f64>| size.zip(limit).is_none_or(|(size, limit)| size <= limit);
    within(vessel.draft, passage.draft)
        && within(vessel.length, passage.length)
        && within(vessel.beam, passage.beam)
}
