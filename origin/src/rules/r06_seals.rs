//! R6: the seal is unchanged from load to gate-out, as each party named it.

use super::{Case, Ruling};
use crate::compare::seal;
use crate::movement::{Handling, Named, Trip};
use sealane_data::Text;
use sealane_data::partner::PartyId;
use std::collections::{BTreeMap, BTreeSet};

/// Seals that one source named beside one event.
struct Said<'a> {
    seals: BTreeSet<Text>,
    named: &'a Named,
}

pub(super) fn check(case: &Case<'_>) -> Ruling {
    let rulings = case.movement.trips.iter().filter_map(trip);
    // The worst journey speaks for all.
    rulings.max_by_key(|r| r.result).unwrap_or_else(|| {
        Ruling::open("Fewer than two sources or events named a seal, so nothing can be compared.")
    })
}

fn trip(trip: &Trip) -> Option<Ruling> {
    let from = trip.first_load().and_then(|e| e.at);
    let mut said: Vec<Said<'_>> = trip.named.iter().filter_map(said).collect();
    // Before the load the box is stuffed and sealed; a gate-in with its first seal counts as well.
    said.sort_by_key(|s| (s.named.at.is_none(), s.named.at, s.named.seq));
    if said.len() < 2 {
        return None;
    }
    let container = &trip.key.container;
    let seqs: Vec<u64> = said.iter().map(|s| s.named.seq).collect();
    let told = |r: Ruling| r.with("container", &container).on(seqs.iter().copied());
    let usual = usual(&said)?;
    let odd: Vec<&Said<'_>> = said.iter().filter(|s| s.seals.is_disjoint(&usual)).collect();
    if odd.is_empty() {
        return Some(told(Ruling::pass(format!(
            "The seal of {container} is the same wherever it was named."
        ))));
    }
    let parties: BTreeSet<&PartyId> = odd.iter().map(|s| &s.named.party).collect();
    let first = list(&usual);
    let other = list(&odd[0].seals);
    // A change is one when all that came after it name the new seal; a lone source may be mistyped.
    let last = said.last().is_some_and(|s| s.seals.is_disjoint(&usual));
    let changed = last && (parties.len() > 1 || odd.len() > 1 || said.len() == 2);
    let excused = trip.events.iter().find(|e| {
        let handled = matches!(e.kind, k if is_handling(k));
        handled && e.is_past() && e.at >= from && e.at <= odd[0].named.at
    });
    let ruling = match excused {
        Some(event) => Ruling::warn(format!(
            "The seal of {container} is {other} after customs or a resealing was told, and {first} before."
        ))
        .on([event.seq]),
        None if changed => Ruling::fail(format!(
            "The seal of {container} changed from {first} to {other}, and no customs event was told."
        )),
        None => Ruling::warn(format!("One source names seal {other} for {container}, the others {first}.")),
    };
    Some(told(ruling.with("seal", &first).with("other", &other)))
}

fn is_handling(kind: sealane_data::observation::Kind) -> bool {
    use sealane_data::observation::Kind as K;
    matches!(kind, K::Inspected | K::CustomsHeld | K::CustomsReleased | K::Resealed | K::SealRemoved)
}

fn said(named: &Named) -> Option<Said<'_>> {
    let seals: BTreeSet<Text> = named.cargo.seals.iter().filter_map(|s| seal(s)).collect();
    (!seals.is_empty()).then_some(Said { seals, named })
}

/// Returns the seals that were named first, or by most if the first ones stand alone.
fn usual(said: &[Said<'_>]) -> Option<BTreeSet<Text>> {
    let mut named_by: BTreeMap<&BTreeSet<Text>, BTreeSet<(&PartyId, u64)>> = BTreeMap::new();
    for s in said {
        named_by.entry(&s.seals).or_default().insert((&s.named.party, s.named.seq));
    }
    let first = &said.first()?.seals;
    let agree = said.iter().filter(|s| !s.seals.is_disjoint(first)).count();
    let alone = agree == 1 && said.len() > 2;
    let most = named_by.iter().max_by_key(|(_, by)| by.len()).map(|(seals, _)| (*seals).clone());
    if alone { most } else { Some(first.clone()) }
}

fn list(seals: &BTreeSet<Text>) -> String {
    seals.iter().map(Text::as_str).collect::<Vec<_>>().join(", ")
}

/// Returns whether the seal was changed between two instants of a stay, without customs.
pub(super) fn changed_within(trip: &Trip, hop: &crate::movement::Hop<'_>) -> bool {
    let before = trip.named.iter().filter(|n| n.at <= hop.discharged.at).filter_map(said).next_back();
    let until = hop.loaded.and_then(|l| l.at);
    let after = trip.named.iter().filter(|n| until.is_some() && n.at >= until).find_map(said);
    let customs = hop.handling().any(|(h, _)| matches!(h, Handling::Customs));
    before.zip(after).is_some_and(|(b, a)| a.seals.is_disjoint(&b.seals)) && !customs
}
