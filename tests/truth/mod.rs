//! The simulator as oracle: a quarter with 10,000 containers, read from its bytes in any order.

mod live;
mod papers;

use sealane_data::container::Teu;
use sealane_data::fact::Certainty;
use sealane_data::observation::{Classifier, Kind, Load, Trade};
use sealane_data::partner::{Partner, PartyId};
use sealane_data::places::{NodeIx, Places};
use sealane_data::recorded::{Entry, Recorded};
use sealane_data::reference::{Reference, ReferenceKind};
use sealane_data::submission::SubmissionId;
use sealane_ingest::ReadContext;
use sealane_ingest::sim::{self, Output, TruthTeu};
use sealane_mapper::route::Route;
use sealane_mapper::{Snapshot, World};
use std::collections::{BTreeMap, BTreeSet};

/// Returns the quarter that every test here folds.
fn quarter(seed: u64) -> Output {
    let start = "2026-07-01".parse().unwrap();
    sim::simulate(&sim::Settings { seed, containers: 10_000, start, days: 91, faults: true })
}

/// Returns everything the deliveries say, as the log would hold it, in the order of `order`.
fn recorded(output: &Output, order: &[usize]) -> Vec<Recorded> {
    let mut seq = 1;
    let mut known = BTreeSet::new();
    let mut log = Vec::new();
    for delivery in order.iter().map(|i| &output.deliveries[*i]).filter(|d| !d.certificate) {
        let party = PartyId(delivery.sender.as_str().into());
        let partner: Partner = output.partners.iter().find(|p| p.id == party).cloned().unwrap();
        let reading =
            sealane_ingest::read(&delivery.bytes, ReadContext { partner: &partner, wants_ack: false });
        for message in reading.messages {
            if known.insert((party.clone(), message.key)) {
                let entry = Entry::Message(message);
                let submission = SubmissionId("sub_test".into());
                let record = Recorded { seq, at: delivery.at, party: party.clone(), submission, entry };
                seq = record.last_seq() + 1;
                log.push(record);
            }
        }
    }
    log
}

fn fold(output: &Output, order: &[usize]) -> World {
    let mut world = World::new(Places::embedded(), &output.partners);
    for batch in recorded(output, order).chunks(500) {
        world.apply(batch);
    }
    world
}

/// A shuffled order: a linear congruential walk, so that failures can be repeated.
fn shuffled(len: usize, mut state: u64) -> Vec<usize> {
    let mut order: Vec<usize> = (0..len).collect();
    for i in (1..len).rev() {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        order.swap(i, usize::try_from(state >> 33).unwrap() % (i + 1));
    }
    order
}

/// Movements by stop: node and what happened there.
type Movements = Vec<(String, Vec<(Kind, jiff::Timestamp)>)>;

/// Returns a route's movements of the past, as the truth lists them.
fn movements(route: &Route) -> Movements {
    let moved = |k: Kind| matches!(k, Kind::GateIn | Kind::GateOut | Kind::Loaded | Kind::Discharged);
    let events = |s: &sealane_mapper::route::Stop| -> Vec<_> {
        let past = s.events.iter().filter(|e| e.classifier == Classifier::Actual && moved(e.kind));
        past.map(|e| (e.kind, e.at.unwrap())).collect()
    };
    route.stops.iter().map(|s| (s.node.to_string(), events(s))).filter(|(_, e)| !e.is_empty()).collect()
}

/// Returns the journeys whose stops and actual times differ from the truth.
fn wrong_journeys(output: &Output, world: &World) -> Vec<String> {
    let mut wrong = Vec::new();
    for truth in &output.truth.journeys {
        let expected: Movements = truth
            .stops
            .iter()
            .map(|s| (s.node.clone(), s.events.iter().map(|e| (e.kind, e.at)).collect()))
            .collect();
        let booking = Reference::new(ReferenceKind::Booking, &truth.booking);
        let keys = world.journeys(&booking);
        let mine: Vec<_> = keys.iter().filter(|k| k.container == truth.container).collect();
        let read: Vec<Movements> = mine.iter().map(|k| movements(&world.route(&[(*k).clone()]))).collect();
        if read != [expected.clone()] {
            wrong.push(format!(
                "{} {}:\n  true {expected:?}\n  read {read:?}",
                truth.container, truth.booking
            ));
        }
    }
    wrong
}

/// Compares every journey, stop and actual time with the truth.
fn check_journeys(output: &Output, world: &World) {
    let wrong = wrong_journeys(output, world);
    assert!(
        wrong.is_empty(),
        "{} of {} journeys differ from the truth, among them\n{}",
        wrong.len(),
        output.truth.journeys.len(),
        wrong[..wrong.len().min(5)].join("\n"),
    );
    let mut by_container: BTreeMap<&str, usize> = BTreeMap::new();
    for truth in &output.truth.journeys {
        *by_container.entry(&truth.container).or_default() += 1;
    }
    for (container, journeys) in by_container {
        let read = world.journeys(&Reference::new(ReferenceKind::Container, container)).len();
        assert_eq!(read, journeys, "journeys of {container}");
    }
}

/// House and master bills open the journeys of their booking, and no others.
fn check_bills(output: &Output, world: &World) {
    let mut bills: BTreeMap<Reference, BTreeSet<&str>> = BTreeMap::new();
    for truth in &output.truth.journeys {
        let house = truth.house_bl.as_ref().map(|bl| Reference::new(ReferenceKind::HouseBl, bl));
        let loaded = truth.stops.iter().flat_map(|s| &s.events).any(|e| e.kind == Kind::Loaded);
        let master = truth.master_bl.as_ref().filter(|_| loaded);
        let master = master.map(|bl| Reference::new(ReferenceKind::MasterBl, bl));
        for bill in house.into_iter().chain(master) {
            bills.entry(bill).or_default().insert(&truth.container);
        }
    }
    assert!(bills.keys().filter(|b| b.kind == ReferenceKind::HouseBl).count() > 1000);
    for (bill, containers) in bills {
        let keys = world.journeys(&bill);
        let read: BTreeSet<&str> = keys.iter().map(|k| &*k.container).collect();
        if bill.kind == ReferenceKind::HouseBl {
            assert_eq!((keys.len(), &read), (containers.len(), &containers), "{bill}");
        }
        assert!(read.is_superset(&containers), "{bill}: {read:?} {containers:?}");
    }
}

/// Throughput by node, local day, direction and load: moves, TEU, unknown sizes.
type Sums<'a> = BTreeMap<(String, jiff::civil::Date, &'a str, &'a str), (u64, Teu, u64)>;

/// Returns throughput by node, local day, direction and load, from what the world believes.
fn throughput(world: &World) -> Vec<TruthTeu> {
    let mut sums = Sums::new();
    for (node, year, month) in world.months_changed_after(0) {
        for lift in world.quay_moves(node, year, month) {
            if lift.trade == Some(Trade::Restow) || lift.certainty != Certainty::Observed {
                continue;
            }
            let day = lift.at.to_zoned(world.places().zone(node).clone()).date();
            let direction = if lift.kind == Kind::Loaded { "loaded" } else { "discharged" };
            let load = match lift.load {
                Load::Laden => "laden",
                Load::Empty => "empty",
                Load::Unknown => "unknown",
            };
            let sum = sums.entry((lift.node.to_string(), day, direction, load)).or_default();
            sum.0 += 1;
            match lift.teu {
                Some(teu) => sum.1 += teu,
                None => sum.2 += 1,
            }
        }
    }
    let row = |((node, day, direction, load), (moves, teu, unknown_size)): (
        (String, _, &str, &str),
        (u64, Teu, u64),
    )| {
        let (direction, load) = (direction.to_owned(), load.to_owned());
        TruthTeu { node, day, direction, load, moves, teu: teu.to_string(), unknown_size }
    };
    sums.into_iter().map(row).collect()
}

fn check_throughput(output: &Output, world: &World) {
    let read = throughput(world);
    for (truth, read) in output.truth.teu.iter().zip(&read) {
        assert_eq!(read, truth);
    }
    assert_eq!(read.len(), output.truth.teu.len());
}

#[test]
fn from_a_snapshot_in_the_middle_the_quarter_is_read_the_same() {
    let output = quarter(3);
    let log = recorded(&output, &(0..output.deliveries.len()).collect::<Vec<_>>());
    let (first, second) = log.split_at(log.len() / 2);
    let mut world = World::new(Places::embedded(), &output.partners);
    first.chunks(500).for_each(|batch| drop(world.apply(batch)));
    let mut bytes = Vec::new();
    world.snapshot().write(&mut bytes).unwrap();
    let kept = Snapshot::read(&bytes[..]).unwrap();
    let mut world = World::restore(Places::embedded(), &output.partners, kept).unwrap();
    second.chunks(500).for_each(|batch| drop(world.apply(batch)));
    check_journeys(&output, &world);
    check_throughput(&output, &world);
    check_calls(&output, &world);
    check_bills(&output, &world);
}

#[test]
fn a_quarter_with_10_000_containers_is_read_as_it_truly_was() {
    let output = quarter(1);
    assert!(output.truth.journeys.len() >= 10_000, "{}", output.truth.journeys.len());
    let order: Vec<usize> = (0..output.deliveries.len()).collect();
    let world = fold(&output, &order);
    check_journeys(&output, &world);
    check_throughput(&output, &world);
    check_calls(&output, &world);
    check_bills(&output, &world);
}

#[test]
fn the_order_of_arrival_does_not_matter() {
    let output = quarter(2);
    for seed in 1..=3 {
        let world = fold(&output, &shuffled(output.deliveries.len(), seed));
        check_journeys(&output, &world);
        check_throughput(&output, &world);
        check_calls(&output, &world);
        check_bills(&output, &world);
    }
}

#[test]
fn spreadsheets_alone_tell_the_gates_of_their_places() {
    let start = "2026-07-01".parse().unwrap();
    let settings = sim::Settings { seed: 4, containers: 1_500, start, days: 91, faults: true };
    let mut output = sim::simulate(&settings);
    let whole = output.deliveries.len();
    let mute = ["sim-caimep-cmit", "sim-laemchabang"];
    output.deliveries.retain(|d| !d.name.contains("CODECO") || !mute.contains(&d.sender.as_str()));
    assert!(whole - output.deliveries.len() > 100, "{} of {whole} are left", output.deliveries.len());
    let order: Vec<usize> = (0..output.deliveries.len()).collect();
    check_journeys(&output, &fold(&output, &order));
    // Without the lists as well, the gates of these places are not known.
    output.deliveries.retain(|d| !d.sender.starts_with("sim-depot-"));
    let order: Vec<usize> = (0..output.deliveries.len()).collect();
    let world = fold(&output, &order);
    assert!(wrong_journeys(&output, &world).len() > 100);
}

#[test]
fn a_mixed_world_is_read_as_it_truly_was() {
    let start = "2026-07-01".parse().unwrap();
    let settings = sim::Settings { seed: 6, containers: 3_000, start, days: 91, faults: true };
    let output = sim::simulate_as(&settings, sim::MIXED);
    for stem in ["SNX", "TIC40", "PORTNET", "DCSA-TNT"] {
        assert!(output.deliveries.iter().filter(|d| d.name.contains(stem)).count() > 50, "{stem}");
    }
    for order in [(0..output.deliveries.len()).collect(), shuffled(output.deliveries.len(), 9)] {
        let world = fold(&output, &order);
        check_journeys(&output, &world);
        check_throughput(&output, &world);
        check_calls(&output, &world);
    }
}

/// Every call that truly happened is known with its actual times.
fn check_calls(output: &Output, world: &World) {
    let port = |id: &str| -> NodeIx { world.places().port_of(world.places().find(id).unwrap()) };
    let read: BTreeSet<_> = world
        .calls()
        .into_iter()
        .map(|c| {
            let past = |m: Option<sealane_mapper::route::Moment>| {
                m.filter(|m| m.classifier == Classifier::Actual).map(|m| m.at)
            };
            (c.ship.key.to_string(), port(&c.node.0), past(c.arrival), past(c.departure))
        })
        .collect();
    let missing: Vec<_> = output
        .truth
        .calls
        .iter()
        .filter(|c| !read.contains(&(c.ship_imo.clone(), port(&c.node), Some(c.arrival), c.departure)))
        .collect();
    assert!(
        missing.is_empty(),
        "{} of {} calls: {:?}",
        missing.len(),
        output.truth.calls.len(),
        missing.first()
    );
}
