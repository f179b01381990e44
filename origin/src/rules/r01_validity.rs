//! R1: the proof is valid on the day of import.

use super::{Case, Ruling};

pub(super) fn check(case: &Case<'_>) -> Ruling {
    let Some(validity) = case.certificate.valid_until() else {
        return Ruling::open("The day of issue is not told, so the validity cannot be reckoned.");
    };
    let arrivals = case.movement.trips.iter().filter_map(|t| t.arrival(case.importing()));
    let Some((day, event)) = arrivals.filter_map(|e| Some((e.day?, e))).max_by_key(|(day, _)| *day) else {
        return Ruling::open("No arrival in the importing Party is told.");
    };
    let until = validity.until;
    let told = |ruling: Ruling| {
        ruling
            .with("valid_until", &until)
            .with("source", &validity.source)
            .with("arrival", &day)
            .on([event.seq])
    };
    let before = case.certificate.boxes.blanket.filter(|(from, _)| day < *from);
    if let Some((from, _)) = before {
        return told(Ruling::fail(format!(
            "The goods arrived on {day}, before the blanket period begins on {from}."
        )));
    }
    if day <= until {
        return told(Ruling::pass(format!(
            "The goods arrive on {day}, while the proof is valid (until {until})."
        )));
    }
    if event.is_past() {
        told(Ruling::fail(format!("The goods arrived on {day}, after the last day of the proof, {until}.")))
    } else {
        told(Ruling::warn(format!(
            "The goods are expected on {day}, after the last day of the proof, {until}."
        )))
    }
}
