//! The simulator as oracle: what its literal templates say is what the reader understands.

use sealane_data::finding::Severity;
use sealane_data::observation::{Classifier, Kind, Observation, Trade};
use sealane_data::partner::Partner;
use sealane_data::reference::ReferenceKind;
use sealane_ingest::messages::{MESSAGES, flat, x12};
use sealane_ingest::sim::{Output, Settings, TruthJourney, simulate, specimens};
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
            assert!(!["EDI-034", "EDI-035", "EDI-062", "EDI-068"].contains(&&*finding.code), "{finding:?}");
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
    for parser in ["edifact/iftsai", "edifact/calinf", "edifact/vesdep"] {
        assert!(told[parser].iter().all(|o| o.kind.is_call() && o.vessel.is_some()), "{parser}");
    }
}

/// Container, booking and bill of papers.
type Papers = BTreeSet<(String, String, String)>;

/// The container of an observation.
fn boxed(o: &Observation) -> Option<String> {
    o.equipment.as_ref().map(|e| e.number.canonical().to_owned())
}

#[test]
fn bay_plans_and_bookings_are_the_simulated_truth() {
    let world = simulate(&Settings { containers: 60, faults: false, ..Settings::demo(7) });
    let told = read_all(&world);
    let sailed: BTreeSet<(String, String)> = world
        .truth
        .journeys
        .iter()
        .flat_map(|j| j.ship_legs.iter().map(|leg| (j.container.clone(), leg.ship.clone())))
        .collect();
    let on_board: BTreeSet<(String, String)> = told["edifact/baplie"]
        .iter()
        .map(|o| {
            assert_eq!((o.kind, o.classifier), (Kind::OnBoard, Classifier::Actual));
            assert!(o.stowage.as_ref().is_some_and(|cell| cell.len() == 7) && o.references.is_empty());
            (boxed(o).unwrap(), o.vessel.as_ref().and_then(|v| v.name.clone()).unwrap().to_string())
        })
        .collect();
    assert!(!on_board.is_empty() && on_board.is_subset(&sailed));
    let left = world.truth.journeys.iter().flat_map(|j| {
        j.ship_legs.iter().filter(|l| l.departure.is_some()).map(|l| (j.container.clone(), l.ship.clone()))
    });
    assert_eq!(on_board, left.collect(), "everybody who has left is in a bay plan");

    let papers = |parser: &str, kind: ReferenceKind| -> Papers {
        let value = |o: &Observation, kind| {
            let found = o.references.iter().find(|r| r.kind == kind).map(|r| r.value.to_string());
            found.unwrap_or_else(|| panic!("{o:?}"))
        };
        let named = told[parser].iter().filter(|o| o.kind == Kind::Booked && o.equipment.is_some());
        named.map(|o| (boxed(o).unwrap(), value(o, ReferenceKind::Booking), value(o, kind))).collect()
    };
    let true_bills = |bill: fn(&TruthJourney) -> Option<&String>| -> Papers {
        let all = world.truth.journeys.iter();
        all.filter_map(|j| Some((j.container.clone(), j.booking.clone(), bill(j)?.clone()))).collect()
    };
    assert_eq!(papers("edifact/iftmin", ReferenceKind::HouseBl), true_bills(|j| j.house_bl.as_ref()));
    let masters = papers("edifact/iftmcs", ReferenceKind::MasterBl);
    assert!(masters.len() > 40 && masters.is_subset(&true_bills(|j| j.master_bl.as_ref())));
    let confirmed = told["edifact/iftmbc"].iter().filter(|o| o.kind == Kind::Booked);
    assert!(
        confirmed.clone().count() > 30
            && confirmed.clone().all(|o| o.equipment.is_none() && o.plan.is_some())
    );
    assert!(
        told["edifact/iftmbc"]
            .iter()
            .any(|o| o.kind == Kind::VesselArrived && o.classifier == Classifier::Planned)
    );
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

#[test]
fn the_shipment_lists_of_a_co_loader_are_the_simulated_truth() {
    let world = simulate(&Settings { containers: 600, ..Settings::demo(3) });
    let told_by = |sender: &str| -> Vec<Observation> {
        let partner = world.partners.iter().find(|p| p.id.0 == sender).unwrap();
        let sent = world.deliveries.iter().filter(|d| d.sender == sender);
        let read = sent.map(|d| read(&d.bytes, ReadContext { partner, wants_ack: false }));
        read.flat_map(|r| r.messages).flat_map(|m| m.observations).collect()
    };
    let paper = |o: &Observation| {
        let value = |kind| o.references.iter().find(|r| r.kind == kind).map(|r| r.value.to_string()).unwrap();
        let load =
            o.plan.as_ref().and_then(|p| p.load.clone()).and_then(|p| p.locode.clone()).unwrap().to_string();
        (boxed(o), value(ReferenceKind::Booking), value(ReferenceKind::HouseBl), load)
    };
    let listed: BTreeSet<_> = told_by("sim-coloader-shanghai").iter().map(paper).collect();
    let instructed = told_by("sim-forwarder-1");
    let booked = instructed.iter().filter(|o| o.kind == Kind::Booked && o.equipment.is_some());
    let ours: BTreeSet<_> = booked.map(paper).filter(|(.., load)| load == "CNSGH").collect();
    assert!(listed.len() > 20, "{}", listed.len());
    assert_eq!(listed, ours);
    let truth: BTreeSet<_> =
        world.truth.journeys.iter().map(|j| (Some(j.container.clone()), j.booking.clone())).collect();
    assert!(
        listed.iter().all(|(container, booking, ..)| truth.contains(&(container.clone(), booking.clone())))
    );
}

#[test]
fn every_family_is_written_by_the_simulator() {
    let settings = Settings { containers: 60, ..Settings::demo(7) };
    let mut written: BTreeSet<String> =
        specimens(&Settings { containers: 300, ..settings }).into_iter().map(|s| s.parser).collect();
    written.extend(read_all(&simulate(&settings)).into_keys());
    let edifact = MESSAGES.iter().map(|f| format!("edifact/{}", f.id().to_ascii_lowercase()));
    let sets = x12::TRANSACTION_SETS.iter().map(|f| format!("x12/{}", f.id().to_ascii_lowercase()));
    let files = flat::FILES.iter().map(|f| format!("flat/{}", f.id().to_ascii_lowercase()));
    for family in edifact.chain(sets).chain(files) {
        assert!(written.contains(&family), "the simulator does not write {family}");
    }
}

#[test]
fn specimens_are_read_as_they_were_meant() {
    let partner = Partner::operator();
    for s in specimens(&Settings { containers: 300, ..Settings::demo(7) }) {
        let reading = read(&s.bytes, ReadContext { partner: &partner, wants_ack: false });
        let text = String::from_utf8_lossy(&s.bytes).into_owned();
        assert_eq!(reading.messages.len(), 1, "{}\n{text}", s.name);
        let message = &reading.messages[0];
        assert_eq!(message.reading.parser, s.parser, "{}", s.name);
        for f in reading.findings.iter().chain(&message.findings) {
            assert!(f.severity != Severity::Error, "{}: {f:?}\n{text}", s.name);
            assert!(!["EDI-034", "EDI-035", "EDI-068"].contains(&f.code.as_str()), "{}: {f:?}", s.name);
        }
        let boxes = message.observations.iter().filter_map(|o| o.equipment.as_ref());
        let told: BTreeSet<&str> = boxes.map(|e| e.number.canonical()).collect();
        let meant: BTreeSet<&str> = s.containers.iter().map(String::as_str).collect();
        assert_eq!(told, meant, "{}\n{text}", s.name);
        if let Some(imo) = &s.ship {
            let ships = message.observations.iter().filter_map(|o| o.vessel.as_ref());
            let named: Vec<_> = ships.filter_map(|v| v.imo.as_ref()).collect();
            assert!(!named.is_empty() && named.iter().all(|n| n.as_str() == imo), "{}\n{text}", s.name);
        }
    }
}
