//! R3: each container went on the stated ship. Any ship of its journey passes: feeders and mother
//! ships are both written in box 4.

use super::{Case, Outcome, Ruling};
use crate::compare::{ShipText, same_ship, ship_text};
use crate::movement::{Event, Trip};
use sealane_data::observation::Kind;
use sealane_mapper::route::ShipLabel;
use std::collections::BTreeSet;

/// What the journey of one container says of the stated ship.
struct Of<'a> {
    trip: &'a Trip,
    /// The event that names it, if one does.
    named: Option<&'a Event>,
    /// The ships that it went on, or is planned on as long as it went on none.
    others: Vec<(&'a Event, &'a ShipLabel)>,
}

pub(super) fn check(case: &Case<'_>) -> Ruling {
    let stated = case.certificate.boxes.transport.conveyance.as_deref().unwrap_or_default();
    let Some(text) = ship_text(stated) else {
        return Ruling::open("The certificate names no ship.");
    };
    let told: Vec<Of<'_>> = case.movement.trips.iter().map(|trip| of(trip, &text)).collect();
    // Goods that are said to be split over shipments go on several ships, and box 4 names one.
    let split = case.certificate.boxes.bindings.iter().any(|b| b.share.is_some());
    let ruling = other(&told, stated, split).unwrap_or_else(|| same(&told));
    ruling.with("stated", &stated)
}

fn of<'a>(trip: &'a Trip, text: &ShipText) -> Of<'a> {
    let on_ship = |kind: Kind| {
        matches!(
            kind,
            Kind::Loaded | Kind::Discharged | Kind::OnBoard | Kind::VesselDeparted | Kind::VesselArrived
        )
    };
    let labelled = |e: &'a Event| e.ship.as_ref().filter(|s| s.name.is_some() || s.imo.is_some());
    let events: Vec<(&Event, &ShipLabel)> =
        trip.events.iter().filter(|e| on_ship(e.kind)).filter_map(|e| Some((e, labelled(e)?))).collect();
    let named = |past: bool| {
        events.iter().find(|(e, ship)| e.is_past() == past && same_ship(text, ship)).map(|(e, _)| *e)
    };
    let named = named(true).or_else(|| named(false));
    let sailed = events.iter().any(|(e, _)| e.is_past());
    let others = events.into_iter().filter(|(e, _)| e.is_past() == sailed).collect();
    Of { trip, named, others }
}

/// Returns the ruling where a container went on other ships only.
fn other(told: &[Of<'_>], stated: &str, split: bool) -> Option<Ruling> {
    let odd: Vec<&Of<'_>> = told.iter().filter(|of| of.named.is_none() && !of.others.is_empty()).collect();
    let worst = odd.iter().find(|of| of.others[0].0.is_past()).or(odd.first())?;
    let names: BTreeSet<&str> = worst.others.iter().map(|(_, ship)| name(ship)).collect();
    let names = names.into_iter().collect::<Vec<_>>().join(", ");
    let goods = if told.len() == 1 { "The goods" } else { worst.trip.key.container.as_str() };
    let ruling = match (worst.others[0].0.is_past(), split) {
        (true, false) => {
            Ruling::fail(format!("{goods} went on {names}, and the certificate states {stated}."))
        }
        (true, true) => Ruling::warn(format!(
            "{goods} went on {names}; the goods are said to be split, and the certificate states {stated} only."
        )),
        (false, _) => {
            let verb = if told.len() == 1 { "are" } else { "is" };
            Ruling::warn(format!("{goods} {verb} planned on {names}, and the certificate states {stated}."))
        }
    };
    let seqs = odd.iter().flat_map(|of| of.others.iter().map(|(e, _)| e.seq));
    Some(ruling.on(seqs).with("ships", &names).with("containers", &odd.len()))
}

/// Returns the ruling where nothing contradicts.
fn same(told: &[Of<'_>]) -> Ruling {
    let named: Vec<&Event> = told.iter().filter_map(|of| of.named).collect();
    let Some(ship) = named.first().and_then(|e| e.ship.as_ref()).map(name) else {
        return Ruling::open("No ship of the movement is told.");
    };
    let seqs = named.iter().map(|e| e.seq);
    let open = told.len() - named.len();
    let ruling = if open > 0 {
        let (some, all) = (named.len(), told.len());
        let text = format!(
            "The stated ship, {ship}, is told for {some} of {all} containers; for the others no ship is told."
        );
        Ruling::new(Outcome::NotAssessable, text)
    } else if named.iter().all(|e| e.is_past()) {
        Ruling::pass(format!("The stated ship, {ship}, carried the goods."))
    } else {
        Ruling::pass(format!("The stated ship, {ship}, is planned to carry the goods."))
    };
    ruling.on(seqs)
}

fn name(ship: &ShipLabel) -> &str {
    ship.name.as_deref().unwrap_or(ship.key.as_str())
}
