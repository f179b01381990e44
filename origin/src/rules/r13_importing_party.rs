//! R13: the goods went to the importing Party.

use super::{Case, Ruling};
use crate::movement::{Event, Spot};
use sealane_data::observation::Kind;

pub(super) fn check(case: &Case<'_>) -> Ruling {
    let importing = case.importing();
    if importing.is_empty() {
        return Ruling::open("The certificate names no importing Party.");
    }
    let trips = &case.movement.trips;
    let end = |e: &Event| e.spot.as_ref().map(|s| (s.country.clone(), e.seq));
    let delivered = trips.iter().flat_map(|t| &t.events).filter(|e| e.kind == Kind::Delivered && e.is_past());
    let ends: Vec<_> =
        trips.iter().filter_map(|t| t.last_discharge(importing)).chain(delivered).filter_map(end).collect();
    let seqs = ends.iter().map(|(_, seq)| *seq);
    if let Some((country, _)) = ends.iter().find(|(country, _)| country != importing) {
        let text = format!("The goods ended in {country}, and the importing Party is {importing}.");
        return Ruling::fail(text).with("country", &country).on(seqs);
    }
    if !ends.is_empty() {
        return Ruling::pass(format!("The goods reached {importing}, the importing Party.")).on(seqs);
    }
    let planned = || trips.iter().flat_map(|t| t.planned_delivery.iter().chain(&t.planned_discharge));
    let there = |s: &&Spot| s.country == *importing;
    if planned().next().is_some() && planned().find(there).is_none() {
        let country = planned().next().map(|s| s.country.to_string()).unwrap_or_default();
        let text = format!("The goods are planned to {country}, and the importing Party is {importing}.");
        return Ruling::warn(text).with("country", &country);
    }
    Ruling::open("The goods have not reached the end of their sea journey, as far as anybody told.")
}
