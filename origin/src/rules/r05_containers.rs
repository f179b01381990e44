//! R5: the declared containers were loaded and discharged. A missing event is knowledge only where
//! a live feed covers the node.

use super::{Case, Ruling};
use crate::binding::ConflictKind;
use crate::movement::{Event, Spot, Trip};
use jiff::{SignedDuration, Timestamp};
use sealane_data::container::ContainerNumber;
use sealane_data::observation::Kind;
use sealane_data::reference::ReferenceKind;

pub(super) fn check(case: &Case<'_>) -> Ruling {
    if let Some(swapped) = case.conflicts.iter().find(|c| c.kind == ConflictKind::OtherContainer) {
        // Which ones is the operator's to know: they may be strangers'.
        let text = "The declared bill of lading or booking carries other containers than the declared ones.";
        return Ruling::fail(text).with("conflict", &swapped.id);
    }
    let declared = case.certificate.bindings.iter().filter(|r| r.kind == ReferenceKind::Container);
    let wrong = declared.clone().find(|r| !ContainerNumber::read(&r.value).joins());
    if let Some(wrong) = wrong {
        let text = format!("{} is no right container number (ISO 6346).", wrong.value);
        return Ruling::warn(text).with("container", &wrong.value);
    }
    if case.movement.is_empty() {
        return Ruling::open("No movement of these containers is known.");
    }
    let missing: Vec<(&Trip, &'static str, Option<u64>)> = case
        .movement
        .trips
        .iter()
        .flat_map(|t| gaps(t, case).into_iter().map(move |(w, s)| (t, w, s)))
        .collect();
    if let Some((trip, what, _)) = missing.first() {
        let container = &trip.key.container;
        let text = format!("{container} has no {what} event at a node that a live feed covers.");
        return Ruling::warn(text)
            .with("container", &container)
            .on(missing.iter().filter_map(|(.., seq)| *seq));
    }
    let unseen = declared.filter(|r| !case.movement.trips.iter().any(|t| t.key.container == r.value)).count();
    let lifts = case.movement.trips.iter().flat_map(|t| t.loads().chain(t.discharges())).map(|e| e.seq);
    let seqs: Vec<u64> = lifts.collect();
    if seqs.is_empty() || unseen > 0 {
        return Ruling::open("Not every declared container was seen at a ship yet.")
            .with("unseen", &unseen)
            .on(seqs);
    }
    Ruling::pass("Every declared container was seen at the ships it went by.").on(seqs)
}

/// Returns the lifts that must have happened, were not told, and would have been told.
fn gaps(trip: &Trip, case: &Case<'_>) -> Vec<(&'static str, Option<u64>)> {
    let mut gaps = Vec::new();
    let discharged = trip.discharges().next();
    // It came off a ship, so it was put on one: where it was planned to be.
    if let Some(off) = discharged.filter(|off| !trip.loads().any(|on| on.at < off.at))
        && trip.planned_load.iter().any(|spot| covered(case, spot, Kind::Loaded, (before(trip, off), off)))
    {
        gaps.push(("load", Some(off.seq)));
    }
    // It was fetched in the importing Party after a voyage, so it came off the ship there.
    let loaded = trip.first_load();
    let fetched = trip.events.iter().find(|e| {
        let there = e.spot.as_ref().is_some_and(|s| s.country == *case.importing());
        there && e.is_past() && matches!(e.kind, Kind::GateOut | Kind::PickedUp | Kind::Delivered)
    });
    if let Some((on, out)) = loaded.zip(fetched).filter(|(on, out)| on.at < out.at) {
        let off = trip
            .discharges()
            .any(|d| d.spot.as_ref().map(|s| &s.country) == out.spot.as_ref().map(|s| &s.country));
        let seen = |spot: &Spot| covered(case, spot, Kind::Discharged, (on.at, out));
        if !off && out.spot.as_ref().is_some_and(seen) {
            gaps.push(("discharge", Some(out.seq)));
        }
    }
    gaps
}

/// How long before a discharge its load is looked for, where nothing earlier was told of the container.
const VOYAGE: SignedDuration = SignedDuration::from_hours(24 * 60);

/// Returns the first that was told of a trip before its discharge: the load came after it.
fn before(trip: &Trip, off: &Event) -> Option<Timestamp> {
    let earlier = trip.events.iter().filter(|e| e.is_past() && e.at < off.at).filter_map(|e| e.at).min();
    earlier.or(off.at?.checked_sub(VOYAGE).ok())
}

/// Whether a feed would have told of a kind at a place between two events.
fn covered(case: &Case<'_>, spot: &Spot, kind: Kind, (from, until): (Option<Timestamp>, &Event)) -> bool {
    from.zip(until.at).is_some_and(|(from, until)| (case.covered)(&spot.node, kind, from, until))
}
