//! What the shares of a certificate's items add up to, in the units of the items.

use crate::form::boxes::{Boxes, Share, amount};
use crate::units::in_unit;
use sealane_data::Text;
use sealane_data::reference::ReferenceKind;
use std::collections::{BTreeMap, BTreeSet};

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

/// Returns what the shares of each item add up to over some parts, each given by its bindings, and the
/// shares that could not be added.
///
/// The share of a booking and that of a container on it are the same goods: in one part the kind of
/// reference that says most counts, and not what all kinds say together.
pub(crate) fn sums_of(boxes: &Boxes, parts: &[BTreeSet<usize>]) -> (Vec<Sum>, Vec<Odd>) {
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
        let in_part = |part: &BTreeSet<usize>| {
            let mut kinds: BTreeMap<ReferenceKind, f64> = BTreeMap::new();
            for binding in part.iter().filter_map(|n| boxes.bindings.get(*n)) {
                let share = binding.share.as_ref().filter(|s| of(s, item.no));
                let quantity = share.and_then(|s| in_unit(s.quantity, &s.unit, &unit));
                *kinds.entry(binding.reference.kind).or_default() += quantity.unwrap_or_default();
            }
            kinds.into_values().fold(0.0, f64::max)
        };
        let total: f64 = parts.iter().map(in_part).sum();
        // Conversion leaves tails such as 3199.9999999.
        sums.push(Sum { item: item.no, has, unit, shared: (total * 1e6_f64).round() / 1e6 });
    }
    if shares.iter().any(|s| !boxes.items.iter().any(|item| of(s, item.no))) {
        odd.push(Odd::Item);
    }
    (sums, odd)
}
