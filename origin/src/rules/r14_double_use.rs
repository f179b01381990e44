//! R14: the certificate is used once: not bound to unrelated shipments beyond the quantity of its
//! items, and not held by somebody else for other goods.

use super::{Case, Ruling};
use crate::binding::ConflictKind;
use crate::form::boxes::Kind;
use crate::movement::Trip;
use crate::register::EntryState;
use crate::shares::{SLACK, Sum, sums_of};
use sealane_data::Text;
use sealane_data::reference::{Reference, ReferenceKind};
use sealane_mapper::route::ShipLabel;
use std::collections::BTreeSet;

/// Days between two loads from which containers without a common document are unrelated.
const APART_DAYS: i64 = 7;

/// Another record of the same certificate number, and what it is bound to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Use {
    /// The containers of its journeys.
    pub containers: BTreeSet<Text>,
    /// Whether nobody decided yet if it stands, beside one that does.
    pub waits: bool,
}

pub(super) fn check(case: &Case<'_>) -> Ruling {
    let ruling = bound(case);
    match entered(case.entry) {
        Some(told) if ruling.result < told.result => told,
        _ => ruling,
    }
}

/// Returns whether a finding says that another party entered the number, which waits for a person.
pub fn is_of_entry(finding: &Ruling) -> bool {
    finding.rule == "R14" && finding.details.contains_key("entry")
}

/// Returns what is said where another party entered the same number: never who, nor what it entered.
fn entered(entry: EntryState) -> Option<Ruling> {
    match entry {
        EntryState::Stands => None,
        EntryState::UnderReview => {
            let told = Ruling::warn("Another entry of this number exists, under review.");
            Some(told.with("entry", &entry.word()))
        }
        EntryState::SetAside => Some(Ruling::fail(
            "A person decided that another entry of this number stands, and that this one does not.",
        )),
    }
}

fn bound(case: &Case<'_>) -> Ruling {
    if case.movement.is_empty() {
        return Ruling::open("It is bound to no movement.");
    }
    let own: BTreeSet<&Text> = case.movement.trips.iter().map(|t| &t.key.container).collect();
    let other =
        |waits| case.uses.iter().any(|u| u.waits == waits && u.containers.iter().any(|c| !own.contains(c)));
    if other(false) {
        return Ruling::fail("The same certificate number is bound to other goods as well.");
    }
    let seqs = || case.movement.trips.iter().filter_map(|t| t.first_load()).map(|e| e.seq);
    let boxes = &case.certificate.boxes;
    let blanket = boxes.kind == Kind::Certification && boxes.blanket.is_some();
    let ruling = if blanket {
        Ruling::open("A blanket certification covers several shipments.")
    } else {
        used(case).on(seqs())
    };
    // Whoever knows a number could blacken its holder: before a person decided it is a remark.
    let waiting = || {
        let text =
            "Another entry of this number is bound to other goods, and nobody decided yet if it stands.";
        other(true).then(|| Ruling::warn(text))
    };
    match contradicted(case, blanket).or_else(waiting) {
        Some(warning) if ruling.result < warning.result => warning.on(seqs()),
        _ => ruling,
    }
}

/// Returns what contradicts in the binding and waits for a person: until then the movement does not
/// simply agree.
fn contradicted(case: &Case<'_>, blanket: bool) -> Option<Ruling> {
    let of = |kind| case.conflicts.iter().find(|c| c.kind == kind);
    // Which certificate that is stays the operator's to know: it may be a stranger's.
    let other = of(ConflictKind::OtherCertificate).map(|c| {
        let text = format!(
            "The movement of {} names another certificate of origin, and nobody decided yet which is meant.",
            c.container
        );
        (c, text)
    });
    let twice = || {
        let c = of(ConflictKind::TwoJourneys).filter(|_| !blanket)?;
        let text = format!(
            "{} went on several journeys under the same references, and nobody decided yet which is meant.",
            c.container
        );
        Some((c, text))
    };
    let (conflict, text) = other.or_else(twice)?;
    Some(Ruling::warn(text).with("conflict", &conflict.id).with("container", &conflict.container))
}

fn used(case: &Case<'_>) -> Ruling {
    let boxes = &case.certificate.boxes;
    let shipments = shipments(&case.movement.trips);
    let count = shipments.len();
    let whole = if count == 1 { "one shipment".to_owned() } else { format!("{count} shipments") };
    let (sums, odd) = sums_of(boxes, &shared_on(case));
    let told = |ruling: Ruling| ruling.with("shipments", &count);
    if let Some(Sum { item, has, unit, shared }) = sums.iter().find(|s| s.shared > s.has * SLACK) {
        let text = format!(
            "It is bound to {whole} whose shares of item {item} add up to {shared} {unit}, more than its {has}."
        );
        // One shipment is one use; that its shares say more is for a person to look at.
        return told(if count > 1 { Ruling::fail(text) } else { Ruling::warn(text) });
    }
    if let Some(odd) = odd.first() {
        let text = format!("It is bound to {whole}, and the shares do not tell how much that is: {odd}.");
        return told(if count > 1 { Ruling::warn(text) } else { Ruling::open(text) });
    }
    if count < 2 {
        return told(Ruling::pass("It is bound to one shipment."));
    }
    let shared: Vec<&Reference> =
        boxes.bindings.iter().filter(|b| b.share.is_some()).map(|b| &b.reference).collect();
    if shared.is_empty() {
        return told(unshared(&shipments));
    }
    let without = case.movement.trips.iter().find(|t| !shared.iter().any(|r| carries(t, r)));
    if let Some(trip) = without {
        let container = &trip.key.container;
        let text = format!("It is bound to {whole}, and no share is told for {container}.");
        return told(Ruling::warn(text).with("container", container));
    }
    if let Some(item) = boxes.items.iter().find(|i| !sums.iter().any(|s| s.item == i.no)) {
        let text =
            format!("It is bound to {whole}, and no share tells which of them item {} is on.", item.no);
        return told(Ruling::warn(text));
    }
    told(Ruling::pass(format!("It is bound to {whole} whose shares stay within its items.")))
}

/// Several shipments whose shares nobody told: some days apart they may be one consignment.
fn unshared(shipments: &[Vec<&Trip>]) -> Ruling {
    let count = shipments.len();
    let first = |group: &[&Trip]| group.iter().filter_map(|t| t.first_load()?.at).min();
    let loads: Vec<_> = shipments.iter().map(|group| first(group)).collect();
    let (known, told) = (loads.iter().flatten(), loads.iter().all(Option::is_some));
    let span = known.clone().max().zip(known.min()).map(|(late, early)| late.duration_since(*early));
    let near = span.is_none_or(|span| span.as_hours() <= APART_DAYS * 24);
    if near {
        let why = if told { "on several ships within a week" } else { "of which not all are loaded yet" };
        return Ruling::warn(format!("It is bound to {count} shipments {why}, and no shares are told."));
    }
    Ruling::fail(format!("It is bound to {count} unrelated shipments, and no shares are told."))
}

/// Returns the bindings with a share that each journey carries. A share of what it is not bound to is no use of
/// it yet.
pub(super) fn shared_on(case: &Case<'_>) -> Vec<BTreeSet<usize>> {
    let bindings = case.certificate.boxes.bindings.iter().enumerate();
    let shared: Vec<_> = bindings.filter(|(_, b)| b.share.is_some()).collect();
    let of =
        |trip: &Trip| shared.iter().filter(|(_, b)| carries(trip, &b.reference)).map(|(n, _)| *n).collect();
    case.movement.trips.iter().map(of).collect()
}

/// Returns whether a journey carries a declared reference.
fn carries(trip: &Trip, reference: &Reference) -> bool {
    let container = reference.kind == ReferenceKind::Container && reference.value == trip.key.container;
    container || trip.references.contains(reference)
}

/// Groups journeys that share a booking or bill of lading, or sailed on one ship within a week.
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

/// Whether two journeys are of one shipment, as far as papers and ships tell.
fn related(a: &Trip, b: &Trip) -> bool {
    let papers = |t: &Trip| -> BTreeSet<Text> {
        let document =
            |k| matches!(k, ReferenceKind::Booking | ReferenceKind::MasterBl | ReferenceKind::HouseBl);
        t.references.iter().filter(|r| document(r.kind)).map(|r| r.value.clone()).collect()
    };
    let (mine, theirs) = (papers(a), papers(b));
    if !mine.is_disjoint(&theirs) {
        return true;
    }
    let Some((x, y)) = a.first_load().zip(b.first_load()) else {
        // Nothing tells them apart before they are loaded, but other papers.
        return a.key.container != b.key.container && (mine.is_empty() || theirs.is_empty());
    };
    let close = x.at.zip(y.at).is_some_and(|(x, y)| x.duration_since(y).abs().as_hours() <= APART_DAYS * 24);
    let ships = x.ship.as_ref().zip(y.ship.as_ref());
    close && a.key.container != b.key.container && ships.is_some_and(|(x, y)| one_sailing(x, y))
}

/// Whether two labels are of one ship on one voyage.
fn one_sailing(a: &ShipLabel, b: &ShipLabel) -> bool {
    let voyages = a.voyage.as_ref().zip(b.voyage.as_ref());
    a.key == b.key && voyages.is_none_or(|(a, b)| a == b)
}
