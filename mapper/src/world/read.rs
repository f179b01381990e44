//! Reading the world: every answer is folded from what was told, when it is asked for.

use super::World;
use super::drift::Jump;
use super::told::{Kept, MessageNote, Told};
use crate::fold::calls::Visit;
use crate::fold::facts::{Fact, Knowledge, facts};
use crate::fold::journeys::{Trip, journeys};
use crate::fold::route::{Chart, merge, route};
use crate::fold::sailed::{Sailed, Way};
use crate::route::{
    Journey, JourneyEvent, JourneyKey, Leg, LegState, NoGeometry, Published, Route, ShipLabel, ShipLeg,
    StopEvent,
};
use sealane_data::Text;
use sealane_data::container::{ContainerNumber, SizeType};
use sealane_data::fact::QuayMove;
use sealane_data::node::{NodeId, Position};
use sealane_data::observation::{Classifier, DeclaredPlace, Kind};
use sealane_data::operate::Drift;
use sealane_data::partner::PartyId;
use sealane_data::places::{NodeIx, Places};
use sealane_data::recorded::Seq;
use sealane_data::reference::{Reference, ReferenceKind};
use std::collections::BTreeSet;
use std::sync::Arc;

impl World {
    /// Returns the journeys that carry a reference, newest first.
    ///
    /// Every join is by the exact canonical reference.
    pub fn journeys(&self, reference: &Reference) -> Vec<JourneyKey> {
        let mut found: Vec<_> = if reference.kind == ReferenceKind::Container {
            let canonical = ContainerNumber::read(&reference.value);
            let known = self.containers.known(&Text::from(canonical.canonical()));
            known.map(|c| self.dated(c, None)).unwrap_or_default()
        } else {
            let number = self.references.known(reference);
            let containers = number.into_iter().flat_map(|n| self.tied_to(n));
            containers.flat_map(|c| self.dated(c, number)).collect()
        };
        found.sort_by(|a, b| b.cmp(a));
        found.into_iter().map(|(_, key)| key).collect()
    }

    /// Returns a container's journeys, by their last instant, that carry a reference.
    fn dated(&self, container: u32, reference: Option<u32>) -> Vec<(Option<jiff::Timestamp>, JourneyKey)> {
        let trips = self.trips(container).into_iter().enumerate();
        let carries = |t: &Trip| reference.is_none_or(|r| t.facts.iter().any(|f| f.references.contains(&r)));
        trips
            .filter(|(_, t)| carries(t))
            .map(|(i, t)| (t.facts.iter().filter_map(|f| f.at).max(), self.key(container, i)))
            .collect()
    }

    pub(super) fn key(&self, container: u32, index: usize) -> JourneyKey {
        let ordinal = u32::try_from(index + 1).unwrap_or(u32::MAX);
        JourneyKey { container: self.containers.value(container).clone(), ordinal }
    }

    /// Returns the containers that a reference was ever tied to.
    pub(super) fn tied_to(&self, reference: u32) -> impl Iterator<Item = u32> {
        let first = self.tied.get(reference as usize).and_then(|tie| tie.get());
        let ties = std::iter::successors(first, |tie| self.ties.get(*tie).1.get());
        ties.map(|tie| self.ties.get(tie).0)
    }

    /// Returns what was kept of a container, newest first.
    fn kept_of(&self, container: u32) -> impl Iterator<Item = &Kept> {
        let last = self.holders[container as usize].last.get().map(|n| self.told.get(n));
        std::iter::successors(last, |kept| kept.before.get().map(|n| self.told.get(n)))
    }

    /// Returns what was told of a container, in the order of arrival.
    pub(super) fn tellings(&self, container: u32) -> Vec<Told<'_>> {
        let told = |kept: &Kept| kept.told(self.lists.get(kept.references()));
        let mut all: Vec<Told<'_>> = self.kept_of(container).map(told).collect();
        all.reverse();
        all
    }

    /// Returns every reference that was ever tied to a container.
    pub fn references_of(&self, container: &str) -> impl Iterator<Item = &Reference> {
        let known = self.containers.known(&Text::from(container));
        let tied = known.into_iter().flat_map(|c| &self.holders[c as usize].references);
        tied.map(|n| self.references.value(*n))
    }

    pub(super) fn trips(&self, container: u32) -> Vec<Trip> {
        let facts = facts(&self.tellings(container), self);
        journeys(facts, &|r| self.references.value(r).kind)
    }

    pub(super) fn trip(&self, key: &JourneyKey) -> Option<Trip> {
        let container = self.containers.known(&key.container)?;
        self.trips(container).into_iter().nth((key.ordinal as usize).checked_sub(1)?)
    }

    /// Returns one journey.
    pub fn journey(&self, key: &JourneyKey) -> Option<Journey> {
        Some(self.journey_of(key.clone(), &self.trip(key)?))
    }

    pub(super) fn journey_of(&self, key: JourneyKey, trip: &Trip) -> Journey {
        let references: BTreeSet<u32> =
            trip.facts.iter().flat_map(|f| f.references.iter().copied()).collect();
        let parties: BTreeSet<u32> = trip.facts.iter().flat_map(|f| f.parties.iter().copied()).collect();
        let declared = trip.facts.iter().flat_map(|f| f.declared.iter());
        let past = || trip.facts.iter().filter(|f| f.classifier == Classifier::Actual).filter_map(|f| f.at);
        Journey {
            key,
            references: references.into_iter().map(|r| self.references.value(r).clone()).collect(),
            parties: parties.into_iter().map(|p| self.parties.id(p).clone()).collect(),
            declared: declared
                .map(|(p, d)| (self.parties.id(*p).clone(), self.texts.value(*d).clone()))
                .collect(),
            events: trip.facts.iter().map(|f| self.journey_event(f)).collect(),
            first: past().min(),
            last: past().max(),
            seq: trip.facts.iter().map(|f| f.seq).max().unwrap_or_default(),
        }
    }

    fn journey_event(&self, fact: &Fact) -> JourneyEvent {
        JourneyEvent {
            node: fact.node.map(|n| self.node_id(n)),
            how: fact.how,
            event: self.event(fact),
            ship: fact.ship.map(|s| self.ship(s, fact.voyage)),
            load: fact.load,
            trade: fact.trade,
        }
    }

    /// Returns the parties that tied a reference to a journey: why they are joined.
    pub fn joins_as_told(&self, key: &JourneyKey, reference: &Reference) -> Vec<PartyId> {
        let Some(trip) = self.trip(key) else { return Vec::new() };
        let told: BTreeSet<u32> = if reference.kind == ReferenceKind::Container {
            trip.facts.iter().flat_map(|f| f.parties.iter().copied()).collect()
        } else {
            let number = self.references.known(reference);
            let ties = trip.facts.iter().flat_map(|f| f.tied.iter());
            ties.filter(|(_, r)| Some(*r) == number).map(|(p, _)| *p).collect()
        };
        told.into_iter().map(|p| self.parties.id(p).clone()).collect()
    }

    /// Returns whether a party told anything of a container.
    pub fn told_of(&self, party: &PartyId, container: &str) -> bool {
        let (Some(party), Some(container)) =
            (self.parties.known(party), self.containers.known(&Text::from(container)))
        else {
            return false;
        };
        self.kept_of(container).any(|t| self.messages.get(t.message).party == party)
    }

    /// Returns the places that mean no node, or only the port of a facility: party, place, how often it was told and where last.
    pub fn unknown_places(&self) -> impl Iterator<Item = (&PartyId, &DeclaredPlace, u64, Seq)> {
        self.parties.unknown()
    }

    /// Returns every alarm about a party that no longer sends what it used to.
    pub fn drift(&self) -> Vec<(PartyId, Drift)> {
        let told = |jump: Jump| {
            let party = self.parties.id(jump.party).clone();
            (
                party,
                Drift::new(
                    jump.family,
                    (jump.what, jump.segment),
                    (jump.before, jump.now),
                    (jump.since, jump.at),
                ),
            )
        };
        self.watch.jumps().into_iter().map(told).collect()
    }

    /// Returns the parties whose drift is watched.
    pub fn watched(&self) -> BTreeSet<&PartyId> {
        self.watch.parties().map(|party| self.parties.id(party)).collect()
    }

    /// Returns the route of some journeys, joined.
    pub fn route(&self, keys: &[JourneyKey]) -> Route {
        let mut keys = keys.to_vec();
        keys.sort();
        let trips = keys.iter().filter_map(|k| Some((k, self.trip(k)?)));
        let mut route = merge(trips.map(|(k, trip)| route(&k.container, &trip, self)).collect());
        for stop in &mut route.stops {
            stop.stale_since = self.places.find(&stop.node.0).and_then(|ix| self.stale_since(ix));
        }
        // Only goods under way depend on who tells where ships are.
        let under_way = |leg: &&mut Leg| leg.progress.as_ref().is_some_and(|p| p.state == LegState::UnderWay);
        for leg in route.legs.iter_mut().filter(under_way) {
            leg.stale_since = self.sea_stale_since();
        }
        route
    }

    /// Returns where every ship is: on its way, or in port.
    pub fn ship_legs(&self) -> Vec<ShipLeg> {
        self.ships.all().iter().filter_map(|ship| self.ship_leg(*ship)).collect()
    }

    fn ship_leg(&self, ship: u32) -> Option<ShipLeg> {
        let visits = Chart::visits(self, ship);
        let here = visits.iter().rposition(|v| v.past().next().is_some())?;
        let visit = &visits[here];
        let departure = visit.departure.filter(|d| d.classifier == Classifier::Actual);
        let next = visits[here + 1..].iter().find(|v| !v.omitted).filter(|_| departure.is_some());
        let sailed = next.zip(departure).and_then(|(next, left)| {
            self.sailed_leg(ship, &Way { from: visit.node, to: next.node, since: left.at, until: None })
        });
        let line = |next: &Visit| match &sailed {
            Some(sailed) => Ok(Arc::new(sailed.line.clone())),
            None => self.sea.path(&self.places, visit.node, next.node),
        };
        Some(ShipLeg {
            ship: self.ship(ship, visit.voyage),
            from: self.node_id(visit.node),
            to: next.map(|v| self.node_id(v.node)),
            since: visit.arrival,
            departure,
            arrival: next.and_then(|v| v.arrival),
            geometry: next.map(line),
            last: self.last_of(ship),
            seq: visits.iter().map(|v| v.seq).max().unwrap_or_default(),
        })
    }

    /// Returns the quay moves that we believe at a node in a UTC month, restows and unproven ones too.
    pub fn quay_moves(&self, node: NodeIx, year: i16, month: i8) -> Vec<QuayMove> {
        let month_there = self.moved.get(&(node, year, month));
        let containers: BTreeSet<u32> =
            month_there.into_iter().flat_map(|m| &m.containers).copied().collect();
        let mut moves: Vec<QuayMove> = containers.into_iter().flat_map(|c| self.moves_of(c)).collect();
        let id = self.node_id(node);
        moves.retain(|m| {
            let utc = m.at.to_zoned(jiff::tz::TimeZone::UTC);
            m.node == id && (utc.year(), utc.month()) == (year, month)
        });
        moves.sort_by(|a, b| (a.at, &a.container, a.kind).cmp(&(b.at, &b.container, b.kind)));
        moves
    }

    /// Returns every node and UTC month whose quay moves may have changed after a log position.
    pub fn months_changed_after(&self, seq: Seq) -> Vec<(NodeIx, i16, i8)> {
        let changed = self.moved.iter().filter(|(_, m)| m.seq > seq);
        let mut months: Vec<_> = changed.map(|(key, _)| *key).collect();
        months.sort_unstable();
        months
    }

    fn moves_of(&self, container: u32) -> Vec<QuayMove> {
        let believed = facts(&self.tellings(container), self);
        let lifts =
            believed.into_iter().filter(|f| f.kind.is_quay_move() && f.classifier == Classifier::Actual);
        lifts
            .filter_map(|f| {
                let size = f.size.map(|s| SizeType::read(self.texts.value(s)));
                Some(QuayMove {
                    node: self.node_id(f.node?),
                    at: f.at?,
                    kind: f.kind,
                    container: self.containers.value(container).clone(),
                    teu: size.as_ref().and_then(SizeType::teu),
                    size_type: size.map(|s| s.as_found().into()),
                    load: f.load,
                    trade: f.trade,
                    vessel: f.ship.map(|s| self.ships.key(s)),
                    certainty: f.certainty,
                    witnesses: u16::try_from(f.parties.len()).unwrap_or(u16::MAX),
                })
            })
            .collect()
    }
}

impl Knowledge for World {
    fn message(&self, number: u32) -> &MessageNote {
        self.messages.get(number)
    }

    fn believed(&self, party: u32, node: NodeIx, kind: Kind) -> bool {
        self.parties.believed(&self.places, party, node, kind)
    }

    fn places(&self) -> &Places {
        &self.places
    }

    fn party(&self, party: u32) -> &str {
        &self.parties.id(party).0
    }

    fn source(&self, source: u32) -> (u32, &Text) {
        self.source_of(source)
    }
}

impl Chart for World {
    fn port_of(&self, node: NodeIx) -> NodeIx {
        self.places.port_of(node)
    }

    fn may_be_same(&self, a: NodeIx, b: NodeIx) -> bool {
        self.places.may_be_same(a, b)
    }

    fn node_id(&self, node: NodeIx) -> NodeId {
        self.places.node(node).id.clone()
    }

    fn visits(&self, ship: u32) -> Arc<Vec<Visit>> {
        let ship = self.ships.ship(ship);
        self.cache.visits(ship, || self.fold_visits(ship, None))
    }

    fn sailed(&self, ship: u32, way: &Way) -> Option<Arc<Sailed>> {
        self.sailed_leg(ship, way)
    }

    fn ship(&self, ship: u32, voyage: Option<u32>) -> ShipLabel {
        self.ships.label(ship, voyage.map(|v| self.texts.value(v).clone()))
    }

    fn position(&self, node: NodeIx) -> Position {
        self.places.node(node).position
    }

    fn line(&self, from: NodeIx, to: NodeIx) -> Result<Vec<Position>, NoGeometry> {
        self.sea.path(&self.places, from, to).map(|line: Arc<Vec<Position>>| line.to_vec())
    }

    fn published(&self, ship: u32, node: NodeIx) -> Option<Arc<Published>> {
        self.prediction(&self.ships.key(ship), &self.places.node(node).id.0)
    }

    fn event(&self, fact: &Fact) -> StopEvent {
        StopEvent {
            kind: fact.kind,
            classifier: fact.classifier,
            at: fact.at,
            precision: fact.precision,
            certainty: fact.certainty,
            source: self.parties.id(fact.source).clone(),
            told_by: fact.told_by.clone(),
            witnesses: u16::try_from(fact.parties.len()).unwrap_or(u16::MAX),
            contradicted: fact.contradicted,
            seq: fact.seq,
        }
    }
}
