//! R9: packages and gross weight. A verified mass holds the box itself, so it can only show that
//! the goods are too heavy for it.

use super::{Case, Papers, Ruling};
use crate::form::boxes::amount;
use crate::units::in_unit;
use sealane_data::recorded::Seq;
use std::collections::BTreeMap;

/// A share that is rounding.
const SAME: f64 = 0.01;
/// A share that a person should look at.
const NEAR: f64 = 0.05;

pub(super) fn check(case: &Case<'_>) -> Ruling {
    let items = &case.certificate.boxes.items;
    let kilograms: Vec<f64> = items.iter().filter_map(|i| kilograms(amount(i.quantity.as_ref())?)).collect();
    let packages: Vec<u64> =
        items.iter().filter_map(|i| i.packages.as_ref()?.get("count")?.as_u64()).collect();
    let whole = |n: usize| n == items.len() && n > 0;
    let stated: f64 = kilograms.iter().sum();
    if let Some(ruling) = by_papers(
        case.papers,
        whole(kilograms.len()).then_some(stated),
        whole(packages.len()).then(|| packages.iter().sum()),
    ) {
        return ruling;
    }
    if !whole(kilograms.len()) {
        return Ruling::open("The certificate gives no weight in kilograms that could be compared.");
    }
    let masses = masses(case);
    if masses.len() < case.movement.trips.len() || masses.is_empty() {
        return Ruling::open("The mass of the containers is not told.");
    }
    let held: u32 = masses.values().map(|(kg, _)| kg).sum();
    let over = stated / f64::from(held) - 1.0;
    let seqs = masses.values().map(|(_, seq)| *seq);
    let ruling = if over <= SAME {
        Ruling::pass(format!("The goods weigh {stated} kg, no more than the {held} kg of their containers."))
    } else if over <= NEAR {
        Ruling::warn(format!(
            "The goods weigh {stated} kg, slightly more than the {held} kg of their containers."
        ))
    } else {
        Ruling::fail(format!("The goods weigh {stated} kg, more than the {held} kg of their containers."))
    };
    ruling.with("stated_kg", &stated).with("held_kg", &held).on(seqs)
}

fn by_papers(papers: &Papers, kilograms: Option<f64>, packages: Option<u64>) -> Option<Ruling> {
    let off = |stated: f64, told: f64| if told > 0.0 { (stated - told).abs() / told } else { 1.0 };
    let weight = kilograms.zip(papers.gross_kg).map(|(stated, told)| (off(stated, told), stated, told));
    let name = if papers.name.is_empty() { "bill of lading" } else { papers.name };
    let count = packages.zip(papers.packages);
    if let Some((stated, told)) = count.filter(|(stated, told)| stated != told) {
        let text = format!("The certificate states {stated} packages and the {name} {told}.");
        let share = off(stated as f64, told as f64);
        let ruling = if share > NEAR { Ruling::fail(text) } else { Ruling::warn(text) };
        return Some(ruling.on(papers.seqs.iter().copied()));
    }
    let (share, stated, told) = weight?;
    let text = format!("The certificate states {stated} kg and the {name} {told} kg.");
    let ruling = match share {
        s if s <= SAME => Ruling::pass(text),
        s if s <= NEAR => Ruling::warn(text),
        _ => Ruling::fail(text),
    };
    Some(ruling.on(papers.seqs.iter().copied()))
}

/// Returns an amount in kilograms (UN/ECE Recommendation 20).
fn kilograms((value, unit): (f64, sealane_data::Text)) -> Option<f64> {
    in_unit(value, &unit, "KGM")
}

/// Returns the greatest mass that was named for each container.
fn masses<'a>(case: &'a Case<'_>) -> BTreeMap<&'a str, (u32, Seq)> {
    let mut masses = BTreeMap::new();
    for trip in &case.movement.trips {
        let named = trip.named.iter().filter_map(|n| Some((n.cargo.gross_kg?, n.seq)));
        if let Some(greatest) = named.max() {
            masses.insert(trip.key.container.as_str(), greatest);
        }
    }
    masses
}
