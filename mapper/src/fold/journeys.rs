//! Journeys: a container's history cut into trips, for containers are reused.
//!
//! Facts are taken by time. A fact that shares a booking or bill of lading with the journey under
//! way belongs to it; one that names another booking (or, without bookings, another bill of lading)
//! starts a new one. Where references do not decide, a new journey starts when the container is picked up empty, when the journey
//! ended with the empty return, when an export movement follows an import delivery, or after
//! sixty days of silence.

use super::facts::Fact;
use jiff::{SignedDuration, Timestamp};
use sealane_data::observation::{Classifier, Kind, Load, Trade};
use sealane_data::reference::ReferenceKind;
use std::collections::BTreeSet;

/// The references that can tell trips apart.
#[derive(Clone, Debug, Default)]
struct Papers {
    bookings: BTreeSet<u32>,
    bills: BTreeSet<u32>,
}

impl Papers {
    fn of(fact: &Fact, kind: &dyn Fn(u32) -> ReferenceKind) -> Self {
        let of_kind = |wanted| fact.references.iter().copied().filter(|r| kind(*r) == wanted).collect();
        Self { bookings: of_kind(ReferenceKind::Booking), bills: of_kind(ReferenceKind::MasterBl) }
    }

    fn shares(&self, other: &Self) -> bool {
        !self.bookings.is_disjoint(&other.bookings) || !self.bills.is_disjoint(&other.bills)
    }

    fn conflicts(&self, other: &Self) -> bool {
        let differ =
            |a: &BTreeSet<u32>, b: &BTreeSet<u32>| !a.is_empty() && !b.is_empty() && a.is_disjoint(b);
        let booked = !self.bookings.is_empty() && !other.bookings.is_empty();
        !self.shares(other)
            && if booked {
                differ(&self.bookings, &other.bookings)
            } else {
                differ(&self.bills, &other.bills)
            }
    }

    fn add(&mut self, other: Self) {
        self.bookings.extend(other.bookings);
        self.bills.extend(other.bills);
    }
}

/// Facts of one trip.
#[derive(Clone, Debug, Default)]
pub(crate) struct Trip {
    pub(crate) facts: Vec<Fact>,
    papers: Papers,
    last: Option<Timestamp>,
    /// The goods have reached the end of the sea journey.
    discharged: bool,
    /// The container left the port of discharge.
    delivered: bool,
    /// The container came back empty: whatever follows is another trip.
    returned: bool,
}

const SILENCE: SignedDuration = SignedDuration::from_hours(24 * 60);

/// Cuts facts (in the order of [`super::facts::order`]) into trips, oldest first.
///
/// `kind` says what a reference number counts.
pub(crate) fn journeys(facts: Vec<Fact>, kind: &dyn Fn(u32) -> ReferenceKind) -> Vec<Trip> {
    // A booking's time is its document's: a bill written again weeks later must not cut a later trip. Nor
    // does a status without a meaning, such as a verified mass, begin one.
    // The last free day is ahead when it is told.
    let paper = |f: &Fact| matches!(f.kind, Kind::Booked | Kind::Status | Kind::FreeTimeEnds);
    let happened = |f: &Fact| f.classifier == Classifier::Actual && f.at.is_some() && !paper(f);
    let (past, future): (Vec<Fact>, Vec<Fact>) = facts.into_iter().partition(happened);
    let mut trips: Vec<Trip> = Vec::new();
    for fact in past {
        let papers = Papers::of(&fact, kind);
        if trips.last().is_none_or(|trip| trip.ends_before(&fact, &papers)) {
            trips.push(Trip::default());
        }
        if let Some(trip) = trips.last_mut() {
            trip.take(fact, papers);
        }
    }
    for fact in future {
        place_future(&mut trips, fact, kind);
    }
    trips
}

/// Puts a plan, a booking, or an event without a time, into the newest trip that shares its papers, else the
/// newest that does not contradict them.
fn place_future(trips: &mut Vec<Trip>, fact: Fact, kind: &dyn Fn(u32) -> ReferenceKind) {
    let papers = Papers::of(&fact, kind);
    let shared = trips.iter().rposition(|t| t.papers.shares(&papers));
    let open = || trips.len().checked_sub(1).filter(|i| !trips[*i].papers.conflicts(&papers));
    if let Some(i) = shared.or_else(open) {
        trips[i].take_plan(fact, papers);
    } else {
        let mut trip = Trip::default();
        trip.take_plan(fact, papers);
        trips.push(trip);
    }
}

impl Trip {
    fn ends_before(&self, fact: &Fact, papers: &Papers) -> bool {
        if self.last.zip(fact.at).is_some_and(|(last, at)| at.duration_since(last) > SILENCE) {
            return true;
        }
        if self.papers.shares(papers) || self.papers.conflicts(papers) {
            return self.papers.conflicts(papers);
        }
        let laden_again = fact.load != Load::Empty && matches!(fact.kind, Kind::GateIn | Kind::Loaded);
        let pick_up = fact.kind == Kind::GateOut && fact.load == Load::Empty;
        let transfer = fact.trade == Some(Trade::Transshipment);
        self.returned || pick_up || (self.delivered && laden_again && !transfer)
    }

    fn take(&mut self, fact: Fact, papers: Papers) {
        self.papers.add(papers);
        self.last = self.last.max(fact.at);
        match fact.kind {
            _ if fact.trade == Some(Trade::Restow) => {}
            Kind::Discharged => self.discharged = true,
            Kind::Loaded => self.discharged = false,
            Kind::GateOut if self.discharged => self.delivered = true,
            Kind::GateIn if self.delivered && fact.load == Load::Empty => self.returned = true,
            Kind::GateIn => self.delivered = false,
            _ => {}
        }
        self.facts.push(fact);
    }

    fn take_plan(&mut self, fact: Fact, papers: Papers) {
        self.papers.add(papers);
        self.facts.push(fact);
    }
}
