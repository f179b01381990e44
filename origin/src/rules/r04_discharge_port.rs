//! R4: the goods were discharged at the stated port, under any of its codes and names.

use super::{Case, Ruling};
use crate::compare::{port_text, same_port};
use crate::movement::Event;

pub(super) fn check(case: &Case<'_>) -> Ruling {
    let Some(stated) = case.certificate.boxes.transport.port_of_discharge.as_deref() else {
        return Ruling::open("The certificate names no port of discharge.");
    };
    let Some(port) = port_text(stated, case.places) else {
        return Ruling::open(format!("`{stated}` is no port that is known here.")).with("stated", &stated);
    };
    let trips = || case.movement.trips.iter();
    let there = |e: &&Event| e.spot.as_ref().is_some_and(|s| same_port(&s.port, &port, case.places));
    let seqs: Vec<u64> = trips().filter_map(|t| t.discharges().filter(there).last()).map(|e| e.seq).collect();
    let ends: Vec<&Event> = trips().filter_map(|t| t.last_discharge(case.importing())).collect();
    let elsewhere = ends.iter().find(|e| !there(e));
    if let Some(end) = elsewhere {
        let spot = end.spot.as_ref();
        let where_ = spot.map(|s| s.port.to_string()).unwrap_or_default();
        let same_country = spot.is_some_and(|s| s.country == *case.importing());
        let text = format!("The goods were discharged at {where_}, and the certificate states {stated}.");
        // Another port of the same Party happens; another country is R13's as well.
        let ruling = if same_country { Ruling::warn(text) } else { Ruling::fail(text) };
        return ruling.with("stated", &stated).with("port", &where_).on([end.seq]);
    }
    if seqs.is_empty() {
        return Ruling::open("No discharge at the end of the sea journey is told.").with("stated", &stated);
    }
    Ruling::pass(format!("The goods were discharged at {port}, as stated."))
        .with("stated", &stated)
        .with("port", &port)
        .on(seqs)
}
