//! Positions of ships: filed as they come, and read as tracks, calls and the sailed part of legs.

use super::World;
use super::apply::Touched;
use super::tracks::{Point, joined};
use crate::fold::facts::Knowledge;
use crate::fold::halts::Watch;
use crate::fold::route::Chart;
use crate::fold::sailed::{Place, Sailed, Waters, Way, sailed};
use crate::route::{Fixed, Passing, Vessel};
use crate::sea::{End, Query};
use jiff::{SignedDuration, Timestamp};
use rustc_hash::FxHashSet;
use sealane_data::Text;
use sealane_data::fact::Certainty;
use sealane_data::node::Position;
use sealane_data::observation::{Classifier, Kind, Observation, Revision};
use sealane_data::partner::PartyId;
use sealane_data::places::NodeIx;
use sealane_data::recorded::{MessageRecord, Recorded, Reread, Seq};
use std::sync::Arc;

/// A position that is further ahead of its own receipt tells of a wrong clock, not of a ship.
const AHEAD: SignedDuration = SignedDuration::from_hours(24);

/// Whether something told is a ship's position.
fn is_position(said: &Observation) -> bool {
    let of_ship = said.equipment.is_none() && said.vessel.is_some();
    said.kind == Kind::Position && said.classifier == Classifier::Actual && of_ship && said.fix.is_some()
}

impl World {
    /// Files the positions of a message; returns whether it told anything else.
    ///
    /// Positions are not kept as messages are: there are too many, and who told one, in which type of
    /// message and at which place in the log is known without.
    pub(super) fn file_positions(
        &mut self,
        recorded: &Recorded,
        message: &MessageRecord,
        touched: &mut Touched,
    ) -> bool {
        let all = message.observations.iter().filter(|said| is_position(said)).count();
        if all == 0 {
            return true;
        }
        let party = self.parties.number(&self.places, &recorded.party);
        let family = message.family.split(':').next().unwrap_or_default();
        let source = self.sources.number(&(party, family.into()));
        self.spotters.insert(party);
        for said in message.observations.iter().filter(|said| is_position(said)) {
            if let Some(ship) = self.file_position(recorded, party, source, said) {
                touched.ships.insert(ship);
            }
        }
        all < message.observations.len() || message.revision != Revision::Original
    }

    /// Files one position; returns the identity of its ship if that is anywhere else by it.
    fn file_position(
        &mut self,
        recorded: &Recorded,
        party: u32,
        source: u32,
        said: &Observation,
    ) -> Option<u32> {
        let ship = self.ships.number(said.vessel.as_ref()?)?;
        let (fix, at) = (said.fix.as_ref()?, said.time?.instant(self.parties.zone(party)));
        if at.duration_since(recorded.at) > AHEAD {
            self.positions_ahead += 1;
            return None;
        }
        let place = Position { lat: fix.latitude(), lon: fix.longitude() };
        let point = Point::new(at, fix, self.index.spot(place), source, recorded.seq)?;
        let (sources, parties) = (&self.sources, &self.parties);
        let name = |source: u32| {
            let (party, family) = sources.value(source);
            (parties.id(*party), family)
        };
        let track = self.tracks.entry(ship).or_default();
        track.add(point, |a, b| name(a) < name(b)).then_some(ship)
    }

    /// Notes that the positions of messages stand no longer, or again; all at once, for every track is
    /// looked through.
    pub(super) fn reread_positions(&mut self, reread: &Reread, touched: &mut Touched) {
        let mut changed: FxHashSet<Seq> = FxHashSet::default();
        changed.extend(reread.retracted.iter().filter(|seq| self.unsaid.insert(**seq)));
        changed.extend(reread.restored.iter().filter(|seq| self.unsaid.remove(seq)));
        if changed.is_empty() || self.tracks.is_empty() {
            return;
        }
        let tells = |p: &Point| changed.contains(&p.seq) || changed.contains(&p.first);
        let told = self.tracks.iter().filter(|(_, t)| t.points().iter().any(tells));
        touched.ships.extend(told.map(|(ship, _)| *ship));
    }

    /// Whether a position is still told by a message that stands.
    fn stands(&self, point: &Point) -> bool {
        self.unsaid.is_empty() || !self.unsaid.contains(&point.seq) || !self.unsaid.contains(&point.first)
    }

    /// Returns how many positions were not filed because they were a day or more ahead of their receipt.
    pub fn positions_ahead(&self) -> u64 {
        self.positions_ahead
    }

    /// Returns the positions of a ship that stand, by time; of one party only where one is named.
    pub(super) fn points(&self, ship: u32, by: Option<u32>) -> Vec<Point> {
        if by.is_some_and(|by| !self.spotters.contains(&by)) {
            return Vec::new();
        }
        let members = self.ships.members(self.ships.ship(ship));
        let mut points = joined(members.iter().filter_map(|m| self.tracks.get(m)));
        points.retain(|p| {
            let own = by.is_none_or(|by| self.sources.value(p.source).0 == by);
            own && self.stands(p)
        });
        points
    }

    pub(super) fn watch_over<'a>(&'a self, points: &'a [Point]) -> Watch<'a> {
        Watch { points, index: &self.index, places: &self.places }
    }

    fn fixed(&self, point: &Point) -> Fixed {
        let (party, told_by) = self.source(point.source);
        let believed = Waters::teller(self, point).1;
        Fixed {
            at: point.instant(),
            position: point.position(),
            knots: point.knots(),
            course: point.course(),
            node: point.spot().map(|s| self.node_id(s.node)),
            source: self.parties.id(party).clone(),
            told_by: told_by.clone(),
            certainty: if believed { Certainty::Observed } else { Certainty::Reported },
            seq: point.seq,
        }
    }

    /// Returns the newest position of a ship by its key; of one party only where one is named.
    pub fn last_position(&self, ship: &str, by: Option<&PartyId>) -> Option<Fixed> {
        let by = match by {
            Some(by) => Some(self.parties.known(by)?),
            None => None,
        };
        let ship = self.ships.by_key(ship)?;
        self.newest(ship, by).map(|p| self.fixed(&p))
    }

    /// Returns the newest position that stands, without folding the whole track.
    fn newest(&self, ship: u32, by: Option<u32>) -> Option<Point> {
        let stands = |p: &&Point| by.is_none_or(|by| self.sources.value(p.source).0 == by) && self.stands(p);
        let tracks = self.ships.members(ship).iter().filter_map(|m| self.tracks.get(m));
        tracks.filter_map(|t| t.points().iter().rev().find(stands)).max_by_key(|p| p.order()).copied()
    }

    /// Returns the newest position of a ship by number.
    pub(super) fn last_of(&self, ship: u32) -> Option<Fixed> {
        self.newest(ship, None).map(|p| self.fixed(&p))
    }

    /// Returns the positions of a ship, by its key, from one instant to another, by time.
    pub fn track(&self, ship: &str, from: Timestamp, until: Timestamp) -> Vec<Fixed> {
        let Some(ship) = self.ships.by_key(ship) else { return Vec::new() };
        let points = self.points(ship, None);
        let within = points.iter().filter(|p| (from..=until).contains(&p.instant()));
        within.map(|p| self.fixed(p)).collect()
    }

    /// Returns every ship whose positions are known, by number.
    pub fn vessels(&self) -> Vec<Vessel> {
        let ships = self.ships.all().iter();
        ships.filter_map(|s| Some(Vessel { ship: self.ship(*s, None), last: self.last_of(*s)? })).collect()
    }

    /// Returns the ways of a ship, by its key, through areas of nodes without a stop there: also where it
    /// was so fast that no position lies in the area.
    pub fn passings(&self, ship: &str) -> Vec<Passing> {
        let Some(ship) = self.ships.by_key(ship) else { return Vec::new() };
        let points = self.points(ship, None);
        let transits = self.watch_over(&points).transits().into_iter();
        transits.map(|t| Passing { node: self.node_id(t.node), entered: t.entered, left: t.left }).collect()
    }

    /// Returns a leg as far as the ship's positions tell it.
    pub(super) fn sailed_leg(&self, ship: u32, way: &Way) -> Option<Arc<Sailed>> {
        let ship = self.ships.ship(ship);
        self.cache.leg(ship, way, || {
            let points = self.points(ship, None);
            let planned = self.sea.path(&self.places, way.from, way.to).ok();
            sailed(&points, way, planned.as_ref().map(|line| line.as_slice()), self)
        })
    }

    fn end(&self, place: Place) -> End {
        let meant = match place {
            Place::At(at) => crate::ends::Meant::At(at),
            Place::Node(node) => crate::ends::Meant::Node(node),
        };
        crate::ends::end(&self.network, &self.places, meant)
    }
}

impl Waters for World {
    fn way(&self, from: Place, to: Place) -> Option<Vec<Position>> {
        let query = Query::new(self.end(from), self.end(to));
        Some(self.network.sail(&query).ok()?.line())
    }

    fn touches_land(&self, from: Position, to: Position) -> bool {
        // A piece over the 180th meridian is far from any land that would matter.
        (from.lon - to.lon).abs() < 180.0 && self.network.touches_land(from, to)
    }

    fn port_of(&self, node: NodeIx) -> NodeIx {
        self.places.port_of(node)
    }

    fn position(&self, node: NodeIx) -> Position {
        self.places.node(node).position
    }

    fn teller(&self, point: &Point) -> (&PartyId, bool) {
        let (party, _) = self.source(point.source);
        let believed = match point.spot() {
            Some(spot) => self.believed(party, spot.node, Kind::Position),
            None => self.parties.believed_everywhere(party, Kind::Position),
        };
        (self.parties.id(party), believed)
    }
}

impl World {
    /// Returns the party and type of message of a source of positions.
    pub(super) fn source_of(&self, source: u32) -> (u32, &Text) {
        let (party, family) = self.sources.value(source);
        (*party, family)
    }
}
