//! What the simulator writes in other forms reads back to exactly what truly happened.

use super::read;
use sealane_data::container::SizeType;
use sealane_data::observation::{Classifier, Kind, Load, Observation, Trade};
use sealane_data::partner::Partner;
use sealane_data::reference::ReferenceKind;
use sealane_ingest::sim::{self, Delivery, MIXED, Output, Settings};
use std::collections::BTreeSet;

/// Returns what one party's feeds say, each observation with its partner's profile applied to its time.
fn said(output: &Output, party: &str) -> (Partner, Vec<Observation>, BTreeSet<String>) {
    let partner = output.partners.iter().find(|p| p.id.0 == party).unwrap().clone();
    let (mut all, mut codes) = (Vec::new(), BTreeSet::new());
    let moves = ["CODECO", "COARRI", "IFTSAI", "IFTSTA", "SNX", "TIC40", "PORTNET", "DCSA-TNT"];
    let told = |d: &&Delivery| d.sender == party && moves.iter().any(|stem| d.name.contains(stem));
    for d in output.deliveries.iter().filter(told) {
        let reading = read(&d.bytes, &partner);
        codes.extend(reading.findings.iter().map(|f| f.code.to_string()));
        for message in reading.messages {
            codes.extend(message.findings.iter().map(|f| f.code.to_string()));
            all.extend(message.observations);
        }
    }
    (partner, all, codes)
}

/// One observation in words: container or ship, kind, instant, size, load, booking and bill.
fn line(partner: &Partner, o: &Observation) -> String {
    let zone = jiff::tz::TimeZone::get(partner.zone.as_deref().unwrap()).unwrap();
    let at = o.time.unwrap().instant(&zone);
    let ship = o.vessel.as_ref().and_then(|v| v.name.as_deref()).unwrap_or_default();
    let Some(e) = &o.equipment else { return format!("{ship} {:?} {:?} {at}", o.kind, o.classifier) };
    let number =
        |kind| o.references.iter().find(|r| r.kind == kind).map_or("", |r| r.value.as_str()).to_owned();
    let (booking, bl) = (number(ReferenceKind::Booking), number(ReferenceKind::MasterBl));
    let size = e.size_type.as_ref().and_then(SizeType::teu).map(|teu| teu.to_string()).unwrap_or_default();
    let restow = e.trade == Some(Trade::Restow);
    let load = if e.load == Load::Empty { "empty" } else { "laden" };
    format!("{} {:?} {at} {size} {load} {booking} {bl} {restow}", e.number.canonical(), o.kind)
}

fn moves(partner: &Partner, all: &[Observation]) -> BTreeSet<String> {
    let moved = |k: Kind| matches!(k, Kind::GateIn | Kind::GateOut | Kind::Loaded | Kind::Discharged);
    all.iter().filter(|o| moved(o.kind) && o.equipment.is_some()).map(|o| line(partner, o)).collect()
}

fn calls(partner: &Partner, all: &[Observation]) -> BTreeSet<String> {
    let fits = |o: &&Observation| {
        matches!(o.kind, Kind::VesselArrived | Kind::VesselDeparted)
            && o.classifier == Classifier::Actual
            && o.vessel.as_ref().is_some_and(|v| v.name.is_some())
    };
    all.iter().filter(fits).map(|o| line(partner, o)).collect()
}

fn world(dialects: sim::Dialects) -> Output {
    sim::simulate_as(&Settings { faults: false, ..Settings::demo(11) }, dialects)
}

#[test]
fn other_forms_say_what_edifact_says() {
    let (plain, mixed) = (world(&[]), world(MIXED));
    assert_eq!(plain.truth, mixed.truth);
    for (party, dialect) in MIXED {
        let (partner, expected, _) = said(&plain, party);
        let (_, told, codes) = said(&mixed, party);
        let wanted: Vec<&str> = match dialect {
            sim::Dialect::Snx => vec!["FEED-018"],
            _ => Vec::new(),
        };
        // Nobody tells the size of some containers.
        let codes: Vec<&str> = codes.iter().map(String::as_str).filter(|code| *code != "EDI-045").collect();
        assert_eq!(codes, wanted, "{party}");
        let (expected_moves, told_moves) = (moves(&partner, &expected), moves(&partner, &told));
        let (expected, told) = (calls(&partner, &expected), calls(&partner, &told));
        assert!(told_moves.len() > 20 && told.len() > 5, "{party}: {} {}", told_moves.len(), told.len());
        if *dialect == sim::Dialect::Dcsa {
            // Times in EDIFACT are local to each place, so only the truth can be compared with.
            assert_eq!((told_moves.len(), told.len()), (expected_moves.len(), expected.len()));
            of_carrier(&mixed, &told_moves, &told);
            continue;
        }
        assert_eq!(difference(&expected_moves, &told_moves), Vec::<String>::new(), "{party}");
        assert_eq!(difference(&expected, &told), Vec::<String>::new(), "{party}");
    }
}

/// Every move and call that a carrier tells truly happened, then.
fn of_carrier(output: &Output, moves: &BTreeSet<String>, calls: &BTreeSet<String>) {
    let mut truth = BTreeSet::new();
    for journey in &output.truth.journeys {
        let events = journey.stops.iter().flat_map(|stop| &stop.events);
        truth.extend(events.map(|e| format!("{} {:?} {}", journey.container, e.kind, e.at)));
    }
    let known = |line: &String| truth.contains(&line.split(' ').take(3).collect::<Vec<_>>().join(" "));
    assert_eq!(moves.iter().filter(|line| !known(line)).collect::<Vec<_>>(), Vec::<&String>::new());
    let mut truth = BTreeSet::new();
    for call in &output.truth.calls {
        truth.insert(format!("{} VesselArrived Actual {}", call.ship, call.arrival));
        truth.extend(call.departure.map(|at| format!("{} VesselDeparted Actual {at}", call.ship)));
    }
    assert_eq!(calls.difference(&truth).collect::<Vec<_>>(), Vec::<&String>::new());
}

/// Returns the first differences of two sets.
fn difference(expected: &BTreeSet<String>, told: &BTreeSet<String>) -> Vec<String> {
    let missing = expected.difference(told).take(6).map(|line| format!("missing {line}"));
    missing.chain(told.difference(expected).take(6).map(|line| format!("too much {line}"))).collect()
}

#[test]
fn moves_of_a_terminal_are_the_truth() {
    let output = world(MIXED);
    for (party, dialect) in MIXED.iter().filter(|(_, dialect)| *dialect != sim::Dialect::Dcsa) {
        let (partner, told, _) = said(&output, party);
        let node = partner.default_node.clone().unwrap();
        let zone = jiff::tz::TimeZone::get(partner.zone.as_deref().unwrap()).unwrap();
        let told: BTreeSet<_> = told
            .iter()
            .filter_map(|o| o.equipment.as_ref().map(|e| (o, e)))
            .filter(|(o, e)| e.trade != Some(Trade::Restow) && o.kind != Kind::Status)
            .map(|(o, e)| {
                (e.number.canonical().to_owned(), format!("{:?}", o.kind), o.time.unwrap().instant(&zone))
            })
            .collect();
        let stops = output.truth.journeys.iter().flat_map(|j| j.stops.iter().map(move |s| (j, s)));
        let truth: BTreeSet<_> = stops
            .filter(|(_, s)| s.node == node.0.as_str())
            .flat_map(|(j, s)| {
                s.events.iter().map(move |e| (j.container.clone(), format!("{:?}", e.kind), e.at))
            })
            .collect();
        assert_eq!(told, truth, "{party} {dialect:?}");
    }
}
