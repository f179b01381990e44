//! R14: the certificate is used once: not bound to unrelated shipments beyond the quantity of its
//! items, and not held by somebody else for other goods.

use super::{Case, Ruling};
use crate::form::boxes::{Kind, amount};
use crate::movement::Trip;
use sealane_data::Text;
use sealane_data::reference::ReferenceKind;
use std::collections::BTreeSet;

/// Days between two loads from which containers without a common document are other shipments.
const APART_DAYS: i64 = 7;

/// Another record of the same certificate number, and what it is bound to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Use {
    /// The containers of its journeys.
    pub containers: BTreeSet<Text>,
}

pub(super) fn check(case: &Case<'_>) -> Ruling {
    let boxes = &case.certificate.boxes;
    if boxes.kind == Kind::Certification && boxes.blanket.is_some() {
        return Ruling::open("A blanket certification covers several shipments.");
    }
    if case.movement.is_empty() {
        return Ruling::open("It is bound to no movement.");
    }
    let own: BTreeSet<&Text> = case.movement.trips.iter().map(|t| &t.key.container).collect();
    let other = case.uses.iter().find(|u| u.containers.iter().any(|c| !own.contains(c)));
    if other.is_some() {
        return Ruling::fail("The same certificate number is bound to other goods as well.");
    }
    let shipments = shipments(&case.movement.trips);
    let seqs = case.movement.trips.iter().filter_map(|t| t.first_load()).map(|e| e.seq);
    if shipments.len() < 2 {
        return Ruling::pass("It is bound to one shipment.").on(seqs);
    }
    let ruling = match shared_out(case) {
        Some(true) => Ruling::pass(format!(
            "It is bound to {} shipments whose shares stay within its items.",
            shipments.len()
        )),
        Some(false) => Ruling::fail(format!(
            "It is bound to {} shipments whose shares add up to more than its items.",
            shipments.len()
        )),
        None => Ruling::fail(format!(
            "It is bound to {} unrelated shipments, and no shares are told.",
            shipments.len()
        )),
    };
    ruling.with("shipments", &shipments.len()).on(seqs)
}

/// Groups journeys that share a booking or bill of lading, or were loaded within a week.
fn shipments(trips: &[Trip]) -> Vec<Vec<&Trip>> {
    let mut groups: Vec<Vec<&Trip>> = Vec::new();
    for trip in trips {
        let (near, far): (Vec<_>, Vec<_>) =
            groups.into_iter().partition(|group| group.iter().any(|other| related(trip, other)));
        groups = far;
        groups.push(near.into_iter().flatten().chain([trip]).collect());
    }
    groups
}

fn related(a: &Trip, b: &Trip) -> bool {
    let papers = |t: &Trip| -> BTreeSet<Text> {
        let document =
            |k| matches!(k, ReferenceKind::Booking | ReferenceKind::MasterBl | ReferenceKind::HouseBl);
        t.references.iter().filter(|r| document(r.kind)).map(|r| r.value.clone()).collect()
    };
    let loaded = |t: &Trip| t.first_load().and_then(|e| e.at);
    let close = loaded(a).zip(loaded(b)).is_none_or(|(x, y)| {
        a.key.container != b.key.container && x.duration_since(y).abs().as_hours() <= APART_DAYS * 24
    });
    !papers(a).is_disjoint(&papers(b)) || close
}

/// Returns whether every item's shares stay within it; nothing if no shares are told.
fn shared_out(case: &Case<'_>) -> Option<bool> {
    let boxes = &case.certificate.boxes;
    let shares: Vec<_> = boxes.bindings.iter().filter_map(|b| b.share.as_ref()).collect();
    if shares.is_empty() {
        return None;
    }
    let within = boxes.items.iter().all(|item| {
        let Some((has, unit)) = amount(item.quantity.as_ref()) else { return true };
        let mine = |s: &&&crate::form::boxes::Share| {
            s.unit == unit && s.item.map_or(boxes.items.len() == 1, |no| no == item.no)
        };
        shares.iter().filter(mine).map(|s| s.quantity).sum::<f64>() <= has * 1.01
    });
    Some(within)
}
