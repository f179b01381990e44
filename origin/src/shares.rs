//! What the shares of a certificate's items add up to, in the units of the items.

use crate::form::boxes::{Boxes, Share, amount};
use crate::units::in_unit;
use sealane_data::Text;
use sealane_data::reference::ReferenceKind;
use std::collections::{BTreeMap, BTreeSet};

/// What shares may be above or below their item: a hundredth is rounding.
pub(crate) const SLACK: f64 = 1.01;

/// The shares of one item together.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Sum {
    /// The item.
    pub(crate) item: u64,
    /// How much it is, and in which unit.
    pub(crate) has: f64,
    /// Its unit.
    pub(crate) unit: Text,
    /// What the shares in comparable units add up to, in that unit.
    pub(crate) shared: f64,
}

/// A share that cannot be held against an item.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Odd {
    /// Its unit and the item's cannot be compared.
    Unit(Text, Text),
    /// It names no item of the certificate, or does not say which of several it is of.
    Item,
    /// The item does not say how much it is.
    Amount(u64),
}

impl std::fmt::Display for Odd {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Unit(share, item) => {
                write!(f, "a share in {share} cannot be compared with an item in {item}")
            }
            Self::Item => write!(f, "a share names none of its items"),
            Self::Amount(no) => write!(f, "item {no} does not say how much it is"),
        }
    }
}

/// Returns what the shares of each item add up to, and the shares that could not be added, while nobody
/// knows which references are of one journey.
pub(crate) fn sums(boxes: &Boxes) -> (Vec<Sum>, Vec<Odd>) {
    sums_of(boxes, &[(0..boxes.bindings.len()).collect()])
}

/// Returns what the shares of each item add up to over some journeys, each given by the bindings with a share that
/// it carries, and the shares that could not be added.
///
/// The share of a booking and that of a container on it are the same goods: of journeys that carry a binding
/// together the kind of reference that says most counts, and not what all kinds say together; but what is said
/// of different journeys is of different goods.
pub(crate) fn sums_of(boxes: &Boxes, journeys: &[BTreeSet<usize>]) -> (Vec<Sum>, Vec<Odd>) {
    let shares: Vec<&Share> = boxes.bindings.iter().filter_map(|b| b.share.as_ref()).collect();
    let (mut sums, mut odd) = (Vec::new(), Vec::new());
    let only = boxes.items.len() == 1;
    let of = |share: &Share, no: u64| share.item.map_or(only, |told| told == no);
    for item in &boxes.items {
        if !shares.iter().any(|s| of(s, item.no)) {
            continue;
        }
        let Some((has, unit)) = amount(item.quantity.as_ref()) else {
            odd.push(Odd::Amount(item.no));
            continue;
        };
        let mine = shares.iter().filter(|s| of(s, item.no));
        let strange = mine.filter(|s| in_unit(s.quantity, &s.unit, &unit).is_none());
        odd.extend(strange.map(|s| Odd::Unit(s.unit.clone(), unit.clone())));
        let told = boxes.bindings.iter().enumerate().filter_map(|(n, binding)| {
            let share = binding.share.as_ref().filter(|s| of(s, item.no))?;
            Some((n, (binding.reference.kind, in_unit(share.quantity, &share.unit, &unit)?)))
        });
        let total = on(journeys, &told.collect());
        // Conversion leaves tails such as 3199.9999999.
        sums.push(Sum { item: item.no, has, unit, shared: (total * 1e6_f64).round() / 1e6 });
    }
    if shares.iter().any(|s| !boxes.items.iter().any(|item| of(s, item.no))) {
        odd.push(Odd::Item);
    }
    (sums, odd)
}

/// What bindings say of one item, by their place: the kind of reference, and how much.
type Told = BTreeMap<usize, (ReferenceKind, f64)>;

/// Returns how much is on some journeys together.
fn on(journeys: &[BTreeSet<usize>], told: &Told) -> f64 {
    let carried = journeys.iter().map(|j| j.iter().copied().filter(|n| told.contains_key(n)).collect());
    parts(carried).iter().map(|part| on_part(part, told)).sum()
}

/// Returns how much is on journeys that are tied together, at least: what one kind of reference says of all of
/// them, or what bindings say that have no journey in common.
fn on_part(part: &[BTreeSet<usize>], told: &Told) -> f64 {
    let mut kinds: BTreeMap<ReferenceKind, f64> = BTreeMap::new();
    let mut carriers: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (journey, bindings) in part.iter().enumerate() {
        for n in bindings {
            carriers.entry(*n).or_default().push(journey);
        }
    }
    let mut apart: Vec<(f64, Vec<usize>)> = Vec::new();
    for (n, journeys) in carriers {
        let Some((kind, quantity)) = told.get(&n) else { continue };
        *kinds.entry(*kind).or_default() += quantity;
        apart.push((*quantity, journeys));
    }
    let each = |(quantity, journeys): &(f64, Vec<usize>)| quantity / journeys.len() as f64;
    apart.sort_by(|a, b| each(b).total_cmp(&each(a)).then(a.1.len().cmp(&b.1.len())));
    let mut taken = vec![false; part.len()];
    let mut sum = 0.0;
    for (quantity, journeys) in apart {
        if journeys.iter().all(|journey| !taken[*journey]) {
            for journey in journeys {
                taken[journey] = true;
            }
            sum += quantity;
        }
    }
    kinds.into_values().fold(sum, f64::max)
}

/// Returns the groups of journeys that carry a binding together, directly or over further journeys: what the
/// bindings of one say is said of the same goods. Journeys that carry none are in no group.
pub(crate) fn parts(journeys: impl IntoIterator<Item = BTreeSet<usize>>) -> Vec<Vec<BTreeSet<usize>>> {
    let mut parts: Vec<Vec<BTreeSet<usize>>> = Vec::new();
    for journey in journeys.into_iter().filter(|journey| !journey.is_empty()) {
        let (same, other): (Vec<_>, Vec<_>) =
            parts.into_iter().partition(|part| part.iter().any(|of| !of.is_disjoint(&journey)));
        parts = other;
        parts.push(same.into_iter().flatten().chain([journey]).collect());
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use ReferenceKind::{Booking, Container, Invoice, MasterBl, Shipment};

    /// Returns how much is on journeys, each given by the bindings it carries.
    fn amount(told: &[(ReferenceKind, f64)], journeys: &[&[usize]]) -> f64 {
        let journeys: Vec<BTreeSet<usize>> = journeys.iter().map(|j| j.iter().copied().collect()).collect();
        on(&journeys, &told.iter().copied().enumerate().collect())
    }

    #[test]
    #[expect(clippy::float_cmp, reason = "whole numbers")]
    fn what_is_said_of_different_journeys_is_added_and_of_the_same_ones_is_not() {
        let box_of = |quantity| (Container, quantity);
        let (booked, shipped) = ((Booking, 3200.0), (MasterBl, 3200.0));
        assert_eq!(amount(&[booked, box_of(1600.0), box_of(1600.0)], &[&[0, 1], &[0, 2]]), 3200.0);
        assert_eq!(amount(&[booked, box_of(1600.0)], &[&[0, 1], &[0]]), 3200.0, "one box is not told");
        assert_eq!(amount(&[booked, shipped], &[&[0], &[1]]), 6400.0, "two journeys");
        // An invoice on both does not make one use of two.
        let invoiced = (Invoice, 3200.0);
        assert_eq!(amount(&[booked, shipped, invoiced], &[&[0, 2], &[1, 2]]), 6400.0);
        // Two boxes on one booking, and a third on the invoice alone.
        let told = [box_of(1000.0), box_of(1000.0), (Booking, 2000.0), (Invoice, 3000.0)];
        assert_eq!(amount(&told, &[&[0, 2, 3], &[1, 2, 3], &[3]]), 3000.0);
        assert_eq!(amount(&told, &[&[], &[]]), 0.0);
        // An invoice of two and a shipment of two, with one journey in common.
        let told = [(Invoice, 2000.0), (Shipment, 2000.0), box_of(1000.0)];
        assert_eq!(amount(&told, &[&[0], &[0, 1], &[1]]), 2000.0);
        assert_eq!(amount(&told, &[&[0, 2], &[0, 1], &[1]]), 3000.0);
        // A word of little beside it hides nothing.
        let told = [booked, shipped, invoiced, (Booking, 1.0)];
        assert_eq!(amount(&told, &[&[0, 2], &[1, 2, 3]]), 6400.0);
    }

    #[test]
    fn journeys_that_carry_a_binding_together_are_one_part_over_further_ones() {
        let of = |all: &[&[usize]]| {
            let journeys = all.iter().map(|j| j.iter().copied().collect());
            parts(journeys).iter().map(Vec::len).collect::<Vec<_>>()
        };
        assert_eq!(of(&[&[0], &[1], &[]]), [1, 1]);
        assert_eq!(of(&[&[0], &[1], &[0, 1]]), [3]);
    }
}
