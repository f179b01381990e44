//! R3: a ship of the journey is the stated one. Any ship passes: feeders and mother ships are both
//! written in box 4.

use super::{Case, Ruling};
use crate::compare::{same_ship, ship_text};
use sealane_data::observation::Kind;
use std::collections::BTreeSet;

pub(super) fn check(case: &Case<'_>) -> Ruling {
    let stated = case.certificate.boxes.transport.conveyance.as_deref().unwrap_or_default();
    let Some(text) = ship_text(stated) else {
        return Ruling::open("The certificate names no ship.");
    };
    let on_ship = |kind: Kind| {
        matches!(
            kind,
            Kind::Loaded | Kind::Discharged | Kind::OnBoard | Kind::VesselDeparted | Kind::VesselArrived
        )
    };
    let events: Vec<_> = case
        .movement
        .trips
        .iter()
        .flat_map(|t| &t.events)
        .filter(|e| on_ship(e.kind))
        .filter_map(|e| Some((e, e.ship.as_ref().filter(|s| s.name.is_some() || s.imo.is_some())?)))
        .collect();
    let told = |past: bool| events.iter().filter(move |(e, _)| e.is_past() == past);
    if let Some((event, ship)) = events.iter().find(|(_, ship)| same_ship(&text, ship)) {
        let name = ship.name.as_deref().unwrap_or(ship.key.as_str());
        return if event.is_past() {
            Ruling::pass(format!("The stated ship, {name}, carried the goods.")).on([event.seq])
        } else {
            Ruling::pass(format!("The stated ship, {name}, is planned to carry the goods.")).on([event.seq])
        }
        .with("stated", &stated);
    }
    let past: Vec<_> = told(true).collect();
    let (list, planned) = if past.is_empty() { (told(false).collect(), true) } else { (past, false) };
    if list.is_empty() {
        return Ruling::open("No ship of the movement is told.").with("stated", &stated);
    }
    let names: BTreeSet<&str> =
        list.iter().map(|(_, ship)| ship.name.as_deref().unwrap_or(ship.key.as_str())).collect();
    let names = names.into_iter().collect::<Vec<_>>().join(", ");
    let seqs = list.iter().map(|(e, _)| e.seq);
    let ruling = if planned {
        Ruling::warn(format!("The goods are planned on {names}, and the certificate states {stated}."))
    } else {
        Ruling::fail(format!("The goods went on {names}, and the certificate states {stated}."))
    };
    ruling.on(seqs).with("stated", &stated).with("ships", &names)
}
