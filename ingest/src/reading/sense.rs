//! Whether what a message says can be: places that are known, ships that leave before they arrive.

use crate::message_findings as m;
use jiff::SignedDuration;
use sealane_data::finding::{Finding, Place};
use sealane_data::observation::{Classifier, DeclaredPlace, Kind, Observation};
use sealane_data::partner::Partner;
use sealane_data::places::Places;
use std::collections::HashSet;
use std::sync::{Arc, LazyLock};

/// Local times of two ports differ by no more than this for their zones alone.
const ZONES: SignedDuration = SignedDuration::from_hours(26);

/// How many calls of one message are compared with each other: a service has far fewer.
const CALLS: usize = 300;

/// Findings of one kind and message at most.
const SAID: usize = 50;

static PLACES: LazyLock<Arc<Places>> = LazyLock::new(Places::embedded);

/// Returns what is said of ships that are expected at a port before they left the one before.
pub(super) fn too_early(observations: &[Observation]) -> Vec<Finding> {
    let calls: Vec<&Observation> = observations.iter().filter(|o| o.kind.is_call()).take(CALLS).collect();
    let mut found = Vec::new();
    for (i, left) in calls.iter().enumerate() {
        let departed = left.kind == Kind::VesselDeparted && left.classifier == Classifier::Actual;
        let Some(time) = left.time.filter(|_| departed) else { continue };
        let expected = calls[i + 1..].iter().find(|o| {
            let ahead = o.kind == Kind::VesselArrived && o.classifier != Classifier::Actual;
            let elsewhere = o.place != left.place && same_ship(o, left);
            let early = o.time.is_some_and(|t| time.local.duration_since(t.local) > ZONES);
            ahead && elsewhere && early
        });
        let Some(expected) = expected.filter(|_| found.len() < SAID) else { continue };
        let (at, from) = (name(expected.place.as_deref()), name(left.place.as_deref()));
        let message = format!("the ship is expected at `{at}` before it left `{from}`");
        found.push(Finding::new(&m::TOO_EARLY, place(expected), message));
    }
    found
}

fn same_ship(a: &Observation, b: &Observation) -> bool {
    let key =
        |o: &Observation| o.vessel.as_ref().map(|v| (v.imo.clone(), v.call_sign.clone(), v.name.clone()));
    key(a) == key(b)
}

/// Returns what is said of places that are none that is known, each once.
pub(super) fn unknown_places(observations: &[Observation], partner: &Partner) -> Vec<Finding> {
    let mut seen: HashSet<&DeclaredPlace> = HashSet::new();
    let mut found = Vec::new();
    for said in observations {
        let Some(declared) = said.place.as_ref().filter(|p| seen.insert(p)) else { continue };
        if found.len() < SAID && PLACES.resolve(declared, Some(partner)).is_none() {
            let message = format!("the place `{}` is unknown", name(Some(declared)));
            found.push(Finding::new(&m::PLACE_UNKNOWN, place(said), message));
        }
    }
    found
}

fn name(place: Option<&DeclaredPlace>) -> String {
    let Some(place) = place else { return String::new() };
    let parts = [&place.locode, &place.facility, &place.name];
    parts.into_iter().flatten().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}

fn place(said: &Observation) -> Place {
    Place { byte: said.span.start, len: said.span.len, segment: said.span.segment, ..Place::default() }
}
