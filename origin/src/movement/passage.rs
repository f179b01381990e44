//! A journey as lifts and hops: where it was loaded, where it changed ships, where it ended.

use super::{Event, Trip};
use jiff::SignedDuration;
use sealane_data::observation::{Classifier, Kind, Trade};

/// What may be done to a box between two ships.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Handling {
    /// It left the terminal.
    GateOut,
    /// Goods were put in or taken out.
    Worked,
    /// It got another seal, or lost one.
    Resealed,
    /// Customs held, inspected or released it.
    Customs,
}

/// A lift between ship and quay that happened.
pub type Lift<'a> = &'a Event;

/// A stay between two ships: discharged, and loaded again if that was told.
#[derive(Clone, Debug)]
pub struct Hop<'a> {
    /// The discharge.
    pub discharged: Lift<'a>,
    /// The load that ended it.
    pub loaded: Option<Lift<'a>>,
    /// What happened between, in order.
    pub between: Vec<&'a Event>,
}

impl Hop<'_> {
    /// Returns how long it lay, if both ends are told.
    pub fn dwell(&self) -> Option<SignedDuration> {
        Some(self.loaded?.at?.duration_since(self.discharged.at?))
    }

    /// Returns whether it was loaded again in the port where it was discharged.
    pub fn same_port(&self) -> bool {
        let ports = self.discharged.port().zip(self.loaded.and_then(|l| l.port()));
        ports.is_some_and(|(a, b)| a == b)
    }

    /// Returns what was done to the box between, each with its event.
    pub fn handling(&self) -> impl Iterator<Item = (Handling, &Event)> {
        self.between.iter().filter_map(|e| Some((handling(e)?, *e)))
    }
}

fn handling(event: &Event) -> Option<Handling> {
    match event.kind {
        Kind::GateOut | Kind::PickedUp | Kind::Delivered => Some(Handling::GateOut),
        Kind::Stuffed | Kind::Stripped => Some(Handling::Worked),
        Kind::Resealed | Kind::SealRemoved => Some(Handling::Resealed),
        Kind::Inspected | Kind::CustomsHeld | Kind::CustomsReleased => Some(Handling::Customs),
        _ => None,
    }
}

impl Trip {
    fn lifts(&self, kind: Kind) -> impl Iterator<Item = Lift<'_>> {
        let real = move |e: &&Event| e.kind == kind && e.is_past() && e.trade != Some(Trade::Restow);
        self.events.iter().filter(real)
    }

    /// Returns the loads that happened, in order.
    pub fn loads(&self) -> impl Iterator<Item = Lift<'_>> {
        self.lifts(Kind::Loaded)
    }

    /// Returns the discharges that happened, in order.
    pub fn discharges(&self) -> impl Iterator<Item = Lift<'_>> {
        self.lifts(Kind::Discharged)
    }

    /// Returns the load that began the sea journey.
    pub fn first_load(&self) -> Option<Lift<'_>> {
        self.loads().next()
    }

    /// Returns the discharge that ended the sea journey: the last one, if nothing says that another
    /// load follows.
    ///
    /// `importing` is the country that the goods are meant for: a discharge elsewhere ends the
    /// journey only when the box was fetched there afterwards, and not brought to a ship again.
    pub fn last_discharge(&self, importing: &str) -> Option<Lift<'_>> {
        let last = self.discharges().last()?;
        if self.loads().any(|load| load.at > last.at) {
            return None;
        }
        let ahead = |e: &Event| {
            let lift = matches!(e.kind, Kind::Loaded | Kind::Discharged) && !e.is_past();
            lift && e.port().is_some() && e.port() != last.port()
        };
        let home = last.spot.as_ref().is_some_and(|s| s.country == importing);
        let after = || self.events.iter().filter(|e| e.is_past() && e.at > last.at);
        let fetched = after().any(|e| matches!(e.kind, Kind::GateOut | Kind::PickedUp | Kind::Delivered));
        (home || (fetched && !self.events.iter().any(ahead))).then_some(last)
    }

    /// Returns the stays between two ships. The last discharge is one only if it is not the end.
    pub fn hops(&self, importing: &str) -> Vec<Hop<'_>> {
        let end = self.last_discharge(importing).map(|e| e.seq);
        let discharges: Vec<Lift<'_>> = self.discharges().filter(|d| Some(d.seq) != end).collect();
        discharges.into_iter().map(|discharged| self.hop(discharged)).collect()
    }

    fn hop<'a>(&'a self, discharged: Lift<'a>) -> Hop<'a> {
        let loaded = self.loads().find(|load| load.at > discharged.at);
        let inside = |e: &&Event| {
            e.is_past() && e.at > discharged.at && loaded.is_none_or(|load| e.at <= load.at) && e.at.is_some()
        };
        let lift = |e: &&Event| !matches!(e.kind, Kind::Loaded | Kind::Discharged);
        Hop { discharged, loaded, between: self.events.iter().filter(inside).filter(lift).collect() }
    }

    /// Returns the arrival in the importing Party: the last discharge there, else what is planned.
    pub fn arrival(&self, importing: &str) -> Option<&Event> {
        let there = |e: &&Event| e.spot.as_ref().is_some_and(|s| s.country == importing);
        let planned = |e: &&Event| {
            matches!(e.kind, Kind::Discharged | Kind::VesselArrived) && e.classifier != Classifier::Actual
        };
        let actual = self.discharges().filter(there).last();
        actual.or_else(|| self.events.iter().filter(planned).rfind(there))
    }
}
