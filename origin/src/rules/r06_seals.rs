//! R6: the seal is unchanged from load to gate-out, as each party named it.
//!
//! What is told of customs or a resealing cuts the way into stretches: between two stretches the seal
//! may be another one, within a stretch it may not. So one inspection explains one change.

use super::{Case, Outcome, Ruling};
use crate::compare::seal;
use crate::movement::{Event, Hop, Named, Trip};
use sealane_data::Text;
use sealane_data::observation::Kind;
use sealane_data::partner::PartyId;
use std::collections::BTreeSet;

/// Seals that one source named beside one event.
struct Said<'a> {
    seals: BTreeSet<Text>,
    named: &'a Named,
}

/// What one stretch says, worst first when it comes to it.
struct Found {
    result: Outcome,
    text: String,
    /// The seal before, and the one that differs.
    seals: (String, String),
    seqs: Vec<u64>,
}

pub(super) fn check(case: &Case<'_>) -> Ruling {
    let rulings = case.movement.trips.iter().filter_map(trip);
    // The worst journey speaks for all.
    rulings.max_by_key(|r| r.result).unwrap_or_else(|| {
        Ruling::open("Fewer than two sources or events named a seal, so nothing can be compared.")
    })
}

fn trip(trip: &Trip) -> Option<Ruling> {
    let mut said: Vec<Said<'_>> = trip.named.iter().filter_map(said).collect();
    // Before the load the box is stuffed and sealed; a gate-in with its first seal counts as well.
    said.sort_by_key(|s| (s.named.at.is_none(), s.named.at, s.named.seq));
    if said.len() < 2 {
        return None;
    }
    let container = &trip.key.container;
    let seqs: Vec<u64> = said.iter().map(|s| s.named.seq).collect();
    let told = |r: Ruling| r.with("container", &container).on(seqs.iter().copied());
    let found = along(trip, &said);
    // Of equals the first one speaks.
    let worst = found.into_iter().rev().max_by_key(|f| f.result);
    let Some(worst) = worst else {
        return Some(told(Ruling::pass(format!(
            "The seal of {container} is the same wherever it was named."
        ))));
    };
    let (first, other) = &worst.seals;
    let ruling = Ruling::new(worst.result, worst.text).with("seal", first).with("other", other);
    Some(told(ruling.on(worst.seqs)))
}

/// Follows the seal along a journey, stretch by stretch.
fn along(trip: &Trip, said: &[Said<'_>]) -> Vec<Found> {
    let container = &trip.key.container;
    let mut found = Vec::new();
    // The seal at the end of the stretch before, and how many named it.
    let mut before: Option<(BTreeSet<Text>, usize)> = None;
    for (opened, stretch) in stretches(trip, said) {
        let kept = before.clone().filter(|(seals, _)| stretch.iter().any(|s| !s.seals.is_disjoint(seals)));
        if let (None, Some((old, _))) = (&kept, &before) {
            let (old, new) = (list(old), list(&stretch[0].seals));
            let text = format!(
                "The seal of {container} is {new} after customs or a resealing was told, and {old} before."
            );
            let seqs = opened.map(|e| e.seq).into_iter().collect();
            found.push(Found { result: Outcome::Warn, text, seals: (old, new), seqs });
        }
        let (usual, support) = kept.unwrap_or_else(|| (usual(&stretch), 0));
        let agree = stretch.iter().filter(|s| !s.seals.is_disjoint(&usual)).count() + support;
        let odd = within(container, &stretch, &usual, agree);
        let broken = odd.as_ref().is_some_and(|f| f.result == Outcome::Fail);
        before = match stretch.last().filter(|_| broken) {
            Some(last) => Some((last.seals.clone(), 1)),
            None => Some((usual, agree)),
        };
        found.extend(odd);
    }
    found
}

/// What is told between two openings, with the opening before it.
type Stretch<'a> = (Option<&'a Event>, Vec<&'a Said<'a>>);

/// Cuts what was said where customs or a resealing is told. Of what is told at that very minute the
/// old seal was found and the new one put on.
fn stretches<'a>(trip: &'a Trip, said: &'a [Said<'a>]) -> Vec<Stretch<'a>> {
    let handled = |e: &&Event| e.is_past() && e.at.is_some() && is_handling(e.kind);
    let opened: Vec<&Event> = trip.events.iter().filter(handled).collect();
    let mut stretches: Vec<Stretch<'a>> = Vec::new();
    let mut so_far = None;
    for s in said {
        let at = s.named.at;
        let old = stretches.last().and_then(|(_, last)| last.last()).map(|l| &l.seals);
        let new = old.is_some_and(|old| old.is_disjoint(&s.seals));
        let passed = |e: &&&Event| at.is_none() || e.at < at || (new && e.at == at);
        let last = opened.iter().filter(passed).max_by_key(|e| (e.at, e.seq)).copied();
        let next = last.map(|e| e.seq);
        match stretches.last_mut().filter(|_| next == so_far) {
            Some((_, stretch)) => stretch.push(s),
            None => stretches.push((last, vec![s])),
        }
        so_far = next;
    }
    stretches
}

/// Compares the sources of one stretch, in which nothing explains another seal.
fn within(container: &str, said: &[&Said<'_>], usual: &BTreeSet<Text>, agree: usize) -> Option<Found> {
    let odd: Vec<&&Said<'_>> = said.iter().filter(|s| s.seals.is_disjoint(usual)).collect();
    let first_odd = odd.first()?;
    let parties: BTreeSet<&PartyId> = odd.iter().map(|s| &s.named.party).collect();
    // A change is one when all that came after it name the new seal; a lone source may be mistyped.
    let last = said.last().is_some_and(|s| s.seals.is_disjoint(usual));
    let changed = last && (parties.len() > 1 || odd.len() > 1 || agree == 1);
    let first = list(usual);
    let mut others: Vec<String> = Vec::new();
    for other in odd.iter().map(|s| list(&s.seals)) {
        if others.last() != Some(&other) {
            others.push(other);
        }
    }
    let text = if changed {
        let others = others.join(", then to ");
        format!("The seal of {container} changed from {first} to {others}, and no customs event was told.")
    } else {
        format!("One source names seal {} for {container}, the others {first}.", others[0])
    };
    let result = if changed { Outcome::Fail } else { Outcome::Warn };
    Some(Found { result, text, seals: (first, list(&first_odd.seals)), seqs: Vec::new() })
}

fn is_handling(kind: Kind) -> bool {
    use Kind as K;
    matches!(kind, K::Inspected | K::CustomsHeld | K::CustomsReleased | K::Resealed | K::SealRemoved)
}

fn said(named: &Named) -> Option<Said<'_>> {
    let seals: BTreeSet<Text> = named.cargo.seals.iter().filter_map(|s| seal(s)).collect();
    (!seals.is_empty()).then_some(Said { seals, named })
}

/// Returns the seals that were named first, or by most if the first ones stand alone against several.
fn usual(said: &[&Said<'_>]) -> BTreeSet<Text> {
    let support = |seals: &BTreeSet<Text>| said.iter().filter(|s| !s.seals.is_disjoint(seals)).count();
    let first = said[0].seals.clone();
    if support(&first) > 1 {
        return first;
    }
    let others = said.iter().map(|s| &s.seals).filter(|seals| support(seals) > 1);
    others.max_by_key(|seals| support(seals)).cloned().unwrap_or(first)
}

fn list(seals: &BTreeSet<Text>) -> String {
    seals.iter().map(Text::as_str).collect::<Vec<_>>().join(", ")
}

/// Returns whether the seal was changed between the two ends of a stay, without customs between.
pub(super) fn changed_within(trip: &Trip, hop: &Hop<'_>) -> bool {
    let Some(until) = hop.loaded.and_then(|l| l.at) else { return false };
    let said: Vec<Said<'_>> = trip.named.iter().filter(|n| n.at.is_some()).filter_map(said).collect();
    let from = said.iter().rposition(|s| s.named.at <= hop.discharged.at);
    let to = said.iter().position(|s| s.named.at >= Some(until));
    let customs = |a: &Said<'_>, b: &Said<'_>| {
        let of_customs =
            |e: &&Event| matches!(e.kind, Kind::Inspected | Kind::CustomsHeld | Kind::CustomsReleased);
        let mut told = trip.events.iter().filter(of_customs).filter(|e| e.is_past());
        told.any(|e| e.at >= a.named.at && e.at <= b.named.at)
    };
    // A lone naming between two that agree may be mistyped.
    let slip = |n: usize| {
        let around = n.checked_sub(1).and_then(|b| said.get(b)).zip(said.get(n + 1));
        around.is_some_and(|(a, b)| !a.seals.is_disjoint(&b.seals))
    };
    let Some((from, to)) = from.zip(to) else { return false };
    let stay: Vec<&Said<'_>> = (from..=to).filter(|n| !slip(*n)).filter_map(|n| said.get(n)).collect();
    stay.windows(2).any(|w| w[0].seals.is_disjoint(&w[1].seals) && !customs(w[0], w[1]))
}
