//! What truly happened, for tests to compare answers with.

use super::fleet::Call;
use super::ports::SITES;
use super::time::{instant, local};
use super::world::{Journey, World};
use jiff::Timestamp;
use jiff::civil::Date;
use sealane_data::observation::Kind;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Everything that is known for sure about a simulated world.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Truth {
    /// Trips of containers, in the order in which they were booked.
    pub journeys: Vec<TruthJourney>,
    /// Throughput by node, local day, direction and load, in this order; restows do not count.
    pub teu: Vec<TruthTeu>,
    /// Calls of ships that arrived within the simulated time.
    pub calls: Vec<TruthCall>,
    /// Certificates that were submitted.
    pub certificates: Vec<TruthCertificate>,
}

/// One trip of one container.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TruthJourney {
    /// The container number.
    pub container: String,
    /// The booking number, unique in the world.
    pub booking: String,
    /// The carrier's bill of lading; a container that moves empty has none.
    pub master_bl: Option<String>,
    /// The forwarder's house bill of lading; absent where no instruction ever names it.
    pub house_bl: Option<String>,
    /// The ISO 6346:1995 size-type code; absent where no source ever tells it.
    pub size_type: Option<String>,
    /// Whether there are goods in it.
    pub laden: bool,
    /// Where it was, in order of time.
    pub stops: Vec<TruthStop>,
    /// The ships that carried it, as far as it was loaded.
    pub ship_legs: Vec<TruthLeg>,
}

/// One stay of a container at a node.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TruthStop {
    /// Our node id.
    pub node: String,
    /// What happened there, in order of time.
    pub events: Vec<TruthEvent>,
}

/// One thing that happened to a container.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TruthEvent {
    /// What.
    pub kind: Kind,
    /// When.
    pub at: Timestamp,
}

/// One voyage of a container on a ship.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TruthLeg {
    /// The ship's IMO number.
    pub ship_imo: String,
    /// The ship's name.
    pub ship: String,
    /// The voyage number at loading.
    pub voyage: String,
    /// The node where it was loaded.
    pub from: String,
    /// The node where it was or will be discharged.
    pub to: String,
    /// When the ship left; absent when that is after the end.
    pub departure: Option<Timestamp>,
    /// When the ship arrived; absent when that is after the end.
    pub arrival: Option<Timestamp>,
}

/// One figure of throughput.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TruthTeu {
    /// The terminal where feeds tell it, else the port.
    pub node: String,
    /// The local day at the node.
    pub day: Date,
    /// `loaded` or `discharged`.
    pub direction: String,
    /// `laden` or `empty`.
    pub load: String,
    /// Containers moved.
    pub moves: u64,
    /// TEU of those whose size is told, with two decimals.
    pub teu: String,
    /// Containers whose size nobody tells.
    pub unknown_size: u64,
}

/// One call of a ship.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TruthCall {
    /// The ship's IMO number.
    pub ship_imo: String,
    /// The ship's name.
    pub ship: String,
    /// The node.
    pub node: String,
    /// When it arrived.
    pub arrival: Timestamp,
    /// When it left; absent when that is after the end.
    pub departure: Option<Timestamp>,
}

/// One certificate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TruthCertificate {
    /// The certificate number.
    pub number: String,
    /// The party that submitted it.
    pub owner: String,
    /// The containers it names.
    pub containers: Vec<String>,
    /// The booking it names.
    pub booking: String,
    /// The bill of lading it names.
    pub master_bl: String,
}

impl Truth {
    pub(super) fn of(world: &World, certificates: Vec<TruthCertificate>) -> Self {
        Self { journeys: journeys(world), teu: teu(world), calls: calls(world), certificates }
    }
}

fn journeys(world: &World) -> Vec<TruthJourney> {
    let told = |j: &Journey| {
        let booking = &world.bookings[j.booking];
        TruthJourney {
            container: world.containers[j.container].number.clone(),
            booking: booking.number.clone(),
            master_bl: booking.bl.clone(),
            house_bl: super::bookings::instructed(world, j.booking).map(|_| booking.house_bl()),
            size_type: world.size(j.container).map(|s| s.iso.to_owned()),
            laden: j.laden,
            stops: stops(j),
            ship_legs: legs(world, j),
        }
    };
    world.journeys.iter().filter(|j| !j.events.is_empty()).map(told).collect()
}

fn stops(journey: &Journey) -> Vec<TruthStop> {
    let mut stops: Vec<TruthStop> = Vec::new();
    for e in &journey.events {
        let (node, event) = (SITES[e.site].node, TruthEvent { kind: e.kind, at: instant(e.at) });
        match stops.last_mut().filter(|s| s.node == node) {
            Some(stop) => stop.events.push(event),
            None => stops.push(TruthStop { node: node.to_owned(), events: vec![event] }),
        }
    }
    stops
}

fn legs(world: &World, journey: &Journey) -> Vec<TruthLeg> {
    let loaded = journey.events.iter().filter(|e| e.kind == Kind::Loaded).count();
    let known = |at| (at <= world.end).then(|| instant(at));
    let leg = |l: &super::world::Leg| {
        let (on, off) = (&world.fleet.calls[l.load], &world.fleet.calls[l.discharge]);
        let ship = &world.fleet.ships[on.ship];
        TruthLeg {
            ship_imo: ship.imo.clone(),
            ship: ship.name.clone(),
            voyage: world.fleet.voyage(l.load),
            from: SITES[on.site].node.to_owned(),
            to: SITES[off.site].node.to_owned(),
            departure: known(on.departure),
            arrival: known(off.arrival),
        }
    };
    journey.legs.iter().take(loaded).map(leg).collect()
}

/// Node, local day, direction and load of a figure of throughput.
type Cell = (&'static str, Date, &'static str, &'static str);

#[derive(Default)]
struct Sum {
    moves: u64,
    hundredths: i64,
    unknown_size: u64,
}

fn teu(world: &World) -> Vec<TruthTeu> {
    let mut sums: BTreeMap<Cell, Sum> = BTreeMap::new();
    for j in &world.journeys {
        for e in &j.events {
            let direction = match e.kind {
                Kind::Loaded => "loaded",
                Kind::Discharged => "discharged",
                _ => continue,
            };
            let place = &SITES[e.site];
            let day = local(e.at, place.port().offset).date();
            let load = if e.laden { "laden" } else { "empty" };
            let sum = sums.entry((place.node, day, direction, load)).or_default();
            sum.moves += 1;
            match world.size(j.container) {
                Some(size) => sum.hundredths += size.teu,
                None => sum.unknown_size += 1,
            }
        }
    }
    let row = |((node, day, direction, load), sum): (Cell, Sum)| TruthTeu {
        node: node.to_owned(),
        day,
        direction: direction.to_owned(),
        load: load.to_owned(),
        moves: sum.moves,
        teu: format!("{}.{:02}", sum.hundredths / 100, sum.hundredths % 100),
        unknown_size: sum.unknown_size,
    };
    sums.into_iter().map(row).collect()
}

fn calls(world: &World) -> Vec<TruthCall> {
    let told = |call: &Call| {
        let ship = &world.fleet.ships[call.ship];
        TruthCall {
            ship_imo: ship.imo.clone(),
            ship: ship.name.clone(),
            node: SITES[call.site].node.to_owned(),
            arrival: instant(call.arrival),
            departure: (call.departure <= world.end).then(|| instant(call.departure)),
        }
    };
    let fleet = &world.fleet;
    (0..fleet.calls.len()).filter(|ix| world.reports(*ix)).map(|ix| told(&fleet.calls[ix])).collect()
}
