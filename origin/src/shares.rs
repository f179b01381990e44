//! What the shares of a certificate's items add up to, in the units of the items.

use crate::form::boxes::{Boxes, Share, amount};
use crate::units::in_unit;
use sealane_data::Text;

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

/// Returns what the shares of each item add up to, and the shares that could not be added.
pub(crate) fn sums(boxes: &Boxes) -> (Vec<Sum>, Vec<Odd>) {
    let shares: Vec<&Share> = boxes.bindings.iter().filter_map(|b| b.share.as_ref()).collect();
    let (mut sums, mut odd) = (Vec::new(), Vec::new());
    let only = boxes.items.len() == 1;
    let of = |share: &Share, no: u64| share.item.map_or(only, |told| told == no);
    for item in &boxes.items {
        let mine: Vec<&&Share> = shares.iter().filter(|s| of(s, item.no)).collect();
        if mine.is_empty() {
            continue;
        }
        let Some((has, unit)) = amount(item.quantity.as_ref()) else {
            odd.push(Odd::Amount(item.no));
            continue;
        };
        let mut total = 0.0;
        for share in mine {
            match in_unit(share.quantity, &share.unit, &unit) {
                Some(quantity) => total += quantity,
                None => odd.push(Odd::Unit(share.unit.clone(), unit.clone())),
            }
        }
        // Conversion leaves tails such as 3199.9999999.
        sums.push(Sum { item: item.no, has, unit, shared: (total * 1e6_f64).round() / 1e6 });
    }
    if shares.iter().any(|s| !boxes.items.iter().any(|item| of(s, item.no))) {
        odd.push(Odd::Item);
    }
    (sums, odd)
}
