//! The simulator as oracle: what its literal templates say is what the reader understands.

use sealane_data::finding::Severity;
use sealane_data::observation::{Kind, Observation, Trade};
use sealane_ingest::sim::{Output, Settings, simulate};
use sealane_ingest::{ReadContext, read};
use std::collections::{BTreeMap, BTreeSet};

/// Container and kind of a move.
type Move = (String, Kind);

/// Reads every EDI delivery as its sender; returns observations by parser.
fn read_all(world: &Output) -> BTreeMap<String, Vec<Observation>> {
    let mut told: BTreeMap<String, Vec<Observation>> = BTreeMap::new();
    for delivery in world.deliveries.iter().filter(|d| !d.certificate) {
        let partner = world.partners.iter().find(|p| p.id.0 == delivery.sender.as_str()).unwrap();
        let reading = read(&delivery.bytes, ReadContext { partner, wants_ack: false });
        let findings = reading.findings.iter().chain(reading.messages.iter().flat_map(|m| &m.findings));
        for finding in findings {
            assert!(finding.severity != Severity::Error, "{}: {finding:?}", delivery.name);
        }
        for message in reading.messages {
            told.entry(message.reading.parser.to_string()).or_default().extend(message.observations);
        }
    }
    told
}

/// The moves of some kinds that a parser's messages told, restows left out.
fn moves(told: &BTreeMap<String, Vec<Observation>>, parser: &str, kinds: [Kind; 2]) -> BTreeSet<Move> {
    told[parser]
        .iter()
        .filter(|o| kinds.contains(&o.kind))
        .filter_map(|o| o.equipment.as_ref().map(|e| (o.kind, e)))
        .filter(|(_, e)| e.trade != Some(Trade::Restow))
        .map(|(kind, e)| (e.number.canonical().to_owned(), kind))
        .collect()
}

#[test]
fn moves_are_the_simulated_truth() {
    let world = simulate(&Settings { containers: 60, faults: false, ..Settings::demo(7) });
    let told = read_all(&world);
    let truth = |kinds: [Kind; 2]| -> BTreeSet<Move> {
        let stops = world.truth.journeys.iter().flat_map(|j| j.stops.iter().map(move |s| (j, s)));
        let events = stops.flat_map(|(j, s)| s.events.iter().map(move |e| (j.container.clone(), e.kind)));
        events.filter(|(_, kind)| kinds.contains(kind)).collect()
    };
    let quay = moves(&told, "edifact/coarri", [Kind::Loaded, Kind::Discharged]);
    assert!(!quay.is_empty() && quay.is_subset(&truth([Kind::Loaded, Kind::Discharged])));
    assert_eq!(quay, truth([Kind::Loaded, Kind::Discharged]));
    let gate = moves(&told, "edifact/codeco", [Kind::GateIn, Kind::GateOut]);
    assert!(!gate.is_empty() && gate.is_subset(&truth([Kind::GateIn, Kind::GateOut])));
    assert!(told["edifact/iftsai"].iter().all(|o| o.kind.is_call() && o.vessel.is_some()));
}

#[test]
fn gate_lists_of_depots_are_the_simulated_truth() {
    let world = simulate(&Settings { containers: 300, ..Settings::demo(3) });
    let (mut told, mut formats) = (BTreeSet::new(), BTreeSet::new());
    for delivery in world.deliveries.iter().filter(|d| d.sender.starts_with("sim-depot-")) {
        let partner = world.partners.iter().find(|p| p.id.0 == delivery.sender.as_str()).unwrap();
        let reading = read(&delivery.bytes, ReadContext { partner, wants_ack: false });
        let zone = jiff::tz::TimeZone::get(partner.zone.as_deref().unwrap()).unwrap();
        let findings = reading.messages.iter().flat_map(|m| &m.findings).collect::<Vec<_>>();
        assert!(findings.is_empty(), "{}: {findings:?}", delivery.name);
        formats.insert(delivery.name.rsplit('.').next().unwrap().to_owned());
        for o in reading.messages.iter().flat_map(|m| &m.observations) {
            let number = o.equipment.as_ref().unwrap().number.canonical().to_owned();
            told.insert((number, format!("{:?}", o.kind), o.time.unwrap().instant(&zone)));
        }
    }
    let stops = world.truth.journeys.iter().flat_map(|j| j.stops.iter().map(move |s| (j, s)));
    let here = stops.filter(|(_, s)| matches!(s.node.as_str(), "VN-CMIT" | "TH-LCH"));
    let truth: BTreeSet<_> = here
        .flat_map(|(j, s)| s.events.iter().map(move |e| (j.container.clone(), e)))
        .filter(|(_, e)| matches!(e.kind, Kind::GateIn | Kind::GateOut))
        .map(|(container, e)| (container, format!("{:?}", e.kind), e.at))
        .collect();
    assert!(told.len() > 50 && formats.len() == 2, "{} {formats:?}", told.len());
    assert_eq!(told, truth);
}
