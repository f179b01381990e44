//! R5: the declared containers were loaded and discharged. A missing event is knowledge only where
//! a live feed covers the node.

use super::{Case, Ruling};
use crate::binding::ConflictKind;
use crate::movement::{Event, Spot, Trip};
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
        && trip.planned_load.iter().any(|spot| covered(case, spot, off))
    {
        gaps.push(("load", Some(off.seq)));
    }
    // It was fetched in the importing Party after a voyage, so it came off the ship there.
    let loaded = trip.first_load();
    let fetched = trip.events.iter().find(|e| {
        let there = e.spot.as_ref().is_some_and(|s| s.country == *case.importing());
        there && e.is_past() && matches!(e.kind, Kind::GateOut | Kind::PickedUp | Kind::Delivered)
    });
    if let Some((_, out)) = loaded.zip(fetched).filter(|(on, out)| on.at < out.at) {
        let off = trip
            .discharges()
            .any(|d| d.spot.as_ref().map(|s| &s.country) == out.spot.as_ref().map(|s| &s.country));
        if !off && out.spot.as_ref().is_some_and(|spot| covered(case, spot, out)) {
            gaps.push(("discharge", Some(out.seq)));
        }
    }
    gaps
}

fn covered(case: &Case<'_>, spot: &Spot, around: &Event) -> bool {
    around.at.is_some_and(|at| (case.covered)(&spot.node, at))
}
