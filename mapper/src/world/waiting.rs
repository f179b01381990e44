//! What is expected and has not happened, and until when a container costs nothing.

use super::World;
use crate::coverage::{Absent, Because, Coverage};
use crate::fold::calls::Visit;
use crate::fold::facts::Fact;
use crate::fold::route::Chart;
use crate::route::{FreeTime, FreeTimeBasis, JourneyKey};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use sealane_data::observation::{Classifier, Kind};
use sealane_data::partner::Partner;
use sealane_data::places::NodeIx;
use sealane_data::time::Precision;
use std::cmp::Reverse;

/// How long after its time an event is overdue.
const GRACE: SignedDuration = SignedDuration::from_hours(24);
/// The same where only the day was told.
const DAY_GRACE: SignedDuration = SignedDuration::from_hours(48);
/// What happened so long before its plan fulfils it.
const EARLY: SignedDuration = SignedDuration::from_hours(5 * 24);
/// What is overdue for longer is no news any more.
const OLD: SignedDuration = SignedDuration::from_hours(90 * 24);

/// Whether a kind is told by gates, quays and ships, so that its absence says something.
fn is_awaited(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::GateIn | Kind::GateOut | Kind::Loaded | Kind::Discharged | Kind::PickedUp | Kind::DroppedOff
    )
}

impl World {
    /// Returns what was expected of a journey, is overdue at an instant, and would have been told by a
    /// feed: only where one covers the node and kind from a day before until now.
    pub fn absent(&self, key: &JourneyKey, coverage: &Coverage, now: Timestamp) -> Vec<Absent> {
        let Some(trip) = self.trip(key) else { return Vec::new() };
        let mut found: Vec<Absent> = trip.facts.iter().filter_map(|f| self.missed(f, &trip.facts)).collect();
        found.extend(self.left_aboard(&trip.facts));
        found.retain_mut(|a| {
            a.journey = Some(key.clone());
            self.is_known_absent(a, coverage, now)
        });
        found.sort_by_key(|a| (a.overdue_since, a.kind));
        found.dedup_by(|a, b| (a.kind, &a.node) == (b.kind, &b.node));
        found
    }

    /// Returns the calls of ships that are overdue at an instant where a feed would have told of them.
    pub fn absent_calls(&self, coverage: &Coverage, now: Timestamp) -> Vec<Absent> {
        let ships = self.ships.all().iter();
        let visits = ships.flat_map(|ship| {
            let visits = Chart::visits(self, *ship);
            let absent: Vec<Absent> = visits.iter().filter_map(|v| self.missed_call(*ship, v)).collect();
            absent
        });
        visits.filter_map(|mut a| self.is_known_absent(&mut a, coverage, now).then_some(a)).collect()
    }

    /// Notes since when a feed covers what is missing; says no where none does or nothing is due.
    fn is_known_absent(&self, absent: &mut Absent, coverage: &Coverage, now: Timestamp) -> bool {
        let due = absent.overdue_since <= now && now.duration_since(absent.overdue_since) <= OLD;
        let from = absent.expected.checked_sub(GRACE).unwrap_or(absent.expected);
        let node = self.places.find(&absent.node.0).filter(|_| due);
        let covered = node.and_then(|n| coverage.covers(&self.places, (n, absent.kind), from, now));
        absent.covered_since = covered.unwrap_or(absent.covered_since);
        covered.is_some()
    }

    fn absent_at(&self, kind: Kind, node: NodeIx, expected: Timestamp, grace: SignedDuration) -> Absent {
        Absent {
            journey: None,
            ship: None,
            kind,
            node: self.node_id(node),
            expected,
            overdue_since: expected.checked_add(grace).unwrap_or(expected),
            because: Because::Planned(self.parties.id(0).clone()),
            covered_since: expected,
        }
    }

    /// Returns what somebody planned and nobody told of.
    fn missed(&self, plan: &Fact, facts: &[Fact]) -> Option<Absent> {
        let (node, at) = (plan.node?, plan.at?);
        let same = |f: &Fact| {
            let here = f.node.is_none_or(|n| self.places.port_of(n) == self.places.port_of(node));
            let fit = f.at.is_none_or(|f| f >= at.checked_sub(EARLY).unwrap_or(at));
            f.kind == plan.kind && f.classifier == Classifier::Actual && here && fit
        };
        let ahead = plan.classifier != Classifier::Actual && is_awaited(plan.kind);
        if !ahead || facts.iter().any(same) {
            return None;
        }
        let grace = if plan.precision == Precision::Day { DAY_GRACE } else { GRACE };
        let because = Because::Planned(self.parties.id(plan.source).clone());
        Some(Absent { because, ..self.absent_at(plan.kind, node, at, grace) })
    }

    /// Returns the discharge that nobody told of although the ship has left the port.
    fn left_aboard(&self, facts: &[Fact]) -> Option<Absent> {
        let actual = |f: &&Fact| f.classifier == Classifier::Actual;
        let loaded = facts.iter().rev().filter(actual).find(|f| f.kind == Kind::Loaded)?;
        let (ship, at) = (loaded.ship?, loaded.at?);
        let port = facts.iter().rev().find_map(|f| f.plan.discharge).map(|n| self.places.port_of(n))?;
        let after = |f: &Fact| f.at.is_some_and(|t| t >= at) && f.kind == Kind::Discharged;
        if facts.iter().filter(actual).any(after) {
            return None;
        }
        let visits = Chart::visits(self, ship);
        let left = |v: &Visit| v.departure.filter(|d| d.classifier == Classifier::Actual && d.at > at);
        let visit = visits.iter().find(|v| v.port == port && left(v).is_some())?;
        let because = Because::ShipLeft(self.ship(ship, visit.voyage));
        Some(Absent { because, ..self.absent_at(Kind::Discharged, visit.node, left(visit)?.at, GRACE) })
    }

    fn missed_call(&self, ship: u32, visit: &Visit) -> Option<Absent> {
        let expected = visit.arrival.filter(|_| visit.past().next().is_none() && !visit.omitted)?;
        let word = visit.words.iter().find(|w| w.at == expected.at && w.leads)?;
        if word.basis == crate::route::Basis::Declared {
            return None;
        }
        let because = Because::Planned(self.parties.id(word.party).clone());
        let ship = Some(self.ship(ship, visit.voyage));
        Some(Absent { ship, because, ..self.absent_at(Kind::VesselArrived, visit.node, expected.at, GRACE) })
    }

    /// Returns the last day on which a container costs no storage: as it was told, else reckoned from when
    /// it was available or discharged and the free days of its carrier there.
    pub fn last_free_day(&self, key: &JourneyKey) -> Option<FreeTime> {
        let trip = self.trip(key)?;
        self.told_free_day(&trip.facts).or_else(|| self.reckoned_free_day(&trip.facts))
    }

    fn day(&self, node: NodeIx, at: Timestamp) -> Date {
        at.to_zoned(self.places.zone(node).clone()).date()
    }

    /// The word of a party that is believed leads, then the one written last.
    fn told_free_day(&self, facts: &[Fact]) -> Option<FreeTime> {
        let ends = facts.iter().filter(|f| f.kind == Kind::FreeTimeEnds && f.at.is_some());
        let rank = |f: &&Fact| (f.certainty, f.written, f.at, Reverse(self.parties.id(f.source)));
        let leads = ends.max_by_key(rank)?;
        let node = leads.node?;
        let basis = FreeTimeBasis::Told {
            source: self.parties.id(leads.source).clone(),
            told_by: leads.told_by.clone(),
            seq: leads.seq,
        };
        Some(FreeTime { node: self.node_id(node), day: self.day(node, leads.at?), basis })
    }

    fn reckoned_free_day(&self, facts: &[Fact]) -> Option<FreeTime> {
        let last = |kind: Kind| {
            let actual = facts.iter().rev().filter(|f| f.classifier == Classifier::Actual && f.at.is_some());
            actual.filter(|f| f.node.is_some()).find(|f| f.kind == kind)
        };
        let discharged = last(Kind::Discharged)?;
        let node = discharged.node?;
        let same_port = |f: &&Fact| f.node.map(|n| self.places.port_of(n)) == Some(self.places.port_of(node));
        let begins = last(Kind::AvailableForPickUp).filter(same_port).unwrap_or(discharged);
        let parties = facts.iter().flat_map(|f| f.parties.iter().copied());
        let days = parties.filter_map(|p| {
            let days = self.free_days(self.parties.profile(p), node)?;
            Some((days, self.parties.id(p)))
        });
        // Where two carriers told of it, the shorter time is the safer one.
        let (days, carrier) = days.min()?;
        let at = begins.at?;
        let day = self.day(node, at).checked_add(i64::from(days).days()).ok()?;
        let basis = FreeTimeBasis::Reckoned { from: begins.kind, at, days, carrier: carrier.clone() };
        Some(FreeTime { node: self.node_id(node), day, basis })
    }

    /// Returns the free days that a carrier gives at a node: its own, its port's, or those of everywhere.
    fn free_days(&self, carrier: &Partner, node: NodeIx) -> Option<u16> {
        let of = |ix: NodeIx| carrier.free_days.get(&self.places.node(ix).id.0);
        of(node).or_else(|| of(self.places.port_of(node))).or_else(|| carrier.free_days.get("*")).copied()
    }
}
