//! Routes: the stops and legs of trips, with the ships' calls and the lines on the water.

use super::calls::Visit;
use super::facts::Fact;
use super::journeys::Trip;
use super::progress::{Travelled, by_positions, progress};
use super::sailed::{Sailed, Way};
use crate::route::{
    Basis, Leg, LegMode, LegState, Moment, NoGeometry, Published, Role, Route, ShipLabel, Stop, StopEvent,
};
use jiff::{SignedDuration, Timestamp};
use sealane_data::Text;
use sealane_data::fact::Certainty;
use sealane_data::node::Position;
use sealane_data::observation::{Classifier, Kind, Trade};
use sealane_data::places::NodeIx;
use std::sync::Arc;

/// What the fold of a route must know beyond its trip.
pub(crate) trait Chart {
    /// Returns a node's port.
    fn port_of(&self, node: NodeIx) -> NodeIx;
    /// Returns whether two nodes may be one place told twice.
    fn may_be_same(&self, a: NodeIx, b: NodeIx) -> bool;
    /// Returns a node's id.
    fn node_id(&self, node: NodeIx) -> sealane_data::node::NodeId;
    /// Returns the calls of a ship by time.
    fn visits(&self, ship: u32) -> Arc<Vec<Visit>>;
    /// Returns a leg as far as the ship's positions tell it.
    fn sailed(&self, ship: u32, way: &Way) -> Option<Arc<Sailed>>;
    /// Returns a ship's label.
    fn ship(&self, ship: u32, voyage: Option<u32>) -> ShipLabel;
    /// Returns where a node is.
    fn position(&self, node: NodeIx) -> Position;
    /// Returns the line on the water between two nodes.
    fn line(&self, from: NodeIx, to: NodeIx) -> Result<Vec<Position>, NoGeometry>;
    /// Returns what was last published of a ship's arrival at a node.
    fn published(&self, ship: u32, node: NodeIx) -> Option<Arc<Published>>;
    /// Returns a fact as readers see it.
    fn event(&self, fact: &Fact) -> StopEvent;
}

/// One stay on the way, before it is written out.
#[derive(Clone, Debug)]
struct Stay {
    node: NodeIx,
    facts: Vec<Fact>,
    planned: Option<StopEvent>,
}

/// The ship that carries a leg and the two calls it joins.
struct Passage {
    ship: u32,
    voyage: Option<u32>,
    departure: Option<Moment>,
    arrival: Option<Moment>,
}

/// Returns the route of one trip of one container.
pub(crate) fn route(container: &Text, trip: &Trip, chart: &dyn Chart) -> Route {
    let mut stays = past_stays(trip, chart);
    add_plans(&mut stays, trip, chart);
    refine_plans(&mut stays, chart);
    let mut route =
        Route { seq: trip.facts.iter().map(|f| f.seq).max().unwrap_or_default(), ..Route::default() };
    for (i, stay) in stays.iter().enumerate() {
        route.stops.push(stop(i, stay, container, &stays, chart));
    }
    for i in 1..stays.len() {
        let leg = leg(i, &stays, &route.stops, container, chart);
        route.legs.push(leg);
    }
    route
}

/// Whether something is told of goods without saying that they are at its place.
fn makes_no_stop(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::OnBoard
            | Kind::Booked
            | Kind::Status
            | Kind::Position
            | Kind::Held
            | Kind::HoldReleased
            | Kind::FreeTimeEnds
            | Kind::AvailableForPickUp
            | Kind::AvailableForDropOff
            | Kind::OperationsStarted
            | Kind::OperationsCompleted
            | Kind::CallOmitted
    )
}

/// Groups past facts by place: a stay ends where the next fact is elsewhere.
///
/// A restow (taken off and put back on the same ship) is no stop of the goods. A bay plan is written
/// at every port of a voyage, a booking and a status without a meaning anywhere: none of them makes a
/// stop where there was none.
fn past_stays(trip: &Trip, chart: &dyn Chart) -> Vec<Stay> {
    let mut stays: Vec<Stay> = Vec::new();
    let past = trip.facts.iter().filter(|f| f.classifier == Classifier::Actual);
    for fact in past.filter(|f| f.trade != Some(Trade::Restow)) {
        let Some(node) = fact.node else { continue };
        if makes_no_stop(fact.kind) {
            let here = stays.last_mut().filter(|s| same_place(s.node, node, chart));
            if let Some(stay) = here {
                stay.facts.push(fact.clone());
            }
            continue;
        }
        match stays.last_mut().filter(|s| same_place(s.node, node, chart)) {
            Some(stay) => {
                // The terminal says more than its port.
                if stay.node == chart.port_of(stay.node) {
                    stay.node = node;
                }
                stay.facts.push(fact.clone());
            }
            None => stays.push(Stay { node, facts: vec![fact.clone()], planned: None }),
        }
    }
    stays
}

fn same_place(a: NodeIx, b: NodeIx, chart: &dyn Chart) -> bool {
    a == b || (chart.port_of(a) == chart.port_of(b) && (chart.port_of(a) == a || chart.port_of(b) == b))
}

/// Adds the ports still ahead: of loading, of discharge and of delivery, as last planned.
fn add_plans(stays: &mut Vec<Stay>, trip: &Trip, chart: &dyn Chart) {
    let delivered =
        stays.last().is_some_and(|s| s.facts.iter().any(|f| f.kind == Kind::GateOut) && at_sea_end(stays));
    if delivered {
        return;
    }
    let newest = |pick: fn(&Fact) -> Option<NodeIx>| {
        let facts = trip.facts.iter().rev().filter(|f| f.at.is_some());
        facts.chain(trip.facts.iter().filter(|f| f.at.is_none())).find_map(pick)
    };
    let been_loaded = trip.facts.iter().any(|f| f.kind == Kind::Loaded && f.classifier == Classifier::Actual);
    let load = newest(|f| f.plan.load).filter(|_| !been_loaded);
    for node in [load, newest(|f| f.plan.discharge), newest(|f| f.plan.delivery)].into_iter().flatten() {
        let visited = stays.iter().any(|s| s.node == node || chart.may_be_same(s.node, node));
        if !visited {
            stays.push(Stay { node, facts: Vec::new(), planned: None });
        }
    }
    for fact in trip.facts.iter().filter(|f| f.classifier != Classifier::Actual) {
        let home = stays.iter_mut().find(|s| fact.node.is_some_and(|n| same_place(s.node, n, chart)));
        if let Some(stay) = home.filter(|s| s.facts.is_empty()) {
            stay.planned = Some(chart.event(fact));
        }
    }
}

/// Puts a planned port where the ship that carries the goods is expected: plans name the port, often
/// by a code that several share, and the ship's schedule names the terminal.
fn refine_plans(stays: &mut [Stay], chart: &dyn Chart) {
    for i in 1..stays.len() {
        let loaded = stays[i - 1].facts.iter().rev().find(|f| f.kind == Kind::Loaded);
        let Some((ship, at)) = loaded.and_then(|f| f.ship.zip(f.at)) else { continue };
        if stays[i].facts.is_empty() {
            let visits = chart.visits(ship);
            stays[i].node = visit_after(&visits, stays[i].node, chart, at).map_or(stays[i].node, |v| v.node);
        }
    }
}

fn at_sea_end(stays: &[Stay]) -> bool {
    stays.iter().any(|s| s.facts.iter().any(|f| f.kind == Kind::Discharged))
}

fn stop(i: usize, stay: &Stay, container: &Text, stays: &[Stay], chart: &dyn Chart) -> Stop {
    let mut events: Vec<StopEvent> = stay.facts.iter().map(|f| chart.event(f)).collect();
    let arrival = (i > 0 && stay.facts.is_empty()).then(|| passage(i, stays, chart)).flatten();
    if let (Some(planned), true) = (arrival.as_ref().and_then(|p| p.arrival), stay.facts.is_empty()) {
        events.push(expected(planned));
    }
    events.extend(stay.planned.clone());
    Stop {
        stale_since: None,
        id: format!("stop-{}", i + 1),
        node: chart.node_id(stay.node),
        role: role(i, stays),
        certainty: events.iter().map(|e| e.certainty).max().unwrap_or(Certainty::Planned),
        events,
        containers: vec![container.clone()],
    }
}

/// The expected arrival of the ship at a port ahead.
fn expected(moment: Moment) -> StopEvent {
    StopEvent {
        kind: Kind::VesselArrived,
        classifier: moment.classifier,
        at: Some(moment.at),
        precision: sealane_data::time::Precision::Minute,
        certainty: moment.certainty.min(Certainty::Reported),
        source: sealane_data::partner::PartyId(Text::default()),
        told_by: if moment.basis == Basis::Declared { "declared" } else { "call" }.into(),
        witnesses: 1,
        contradicted: false,
        seq: 0,
    }
}

fn has(stay: &Stay, kind: Kind) -> bool {
    stay.facts.iter().any(|f| f.kind == kind)
}

fn role(i: usize, stays: &[Stay]) -> Role {
    let stay = &stays[i];
    let (loaded, discharged) = (has(stay, Kind::Loaded), has(stay, Kind::Discharged));
    let sea_before = stays[..i].iter().any(|s| has(s, Kind::Loaded));
    let sea_after = stays[i + 1..].iter().any(|s| has(s, Kind::Discharged));
    let ahead = |s: &Stay| s.facts.is_empty();
    match (loaded, discharged) {
        (true, true) => Role::Transshipment,
        (true, false) if sea_before => Role::Transshipment,
        (true, false) => Role::Load,
        (false, true) if sea_after || stays[i + 1..].iter().any(ahead) => Role::Transshipment,
        (false, true) => Role::Discharge,
        (false, false) if ahead(stay) && i + 1 == stays.len() && i > 0 => Role::Discharge,
        (false, false) if ahead(stay) && sea_before => Role::Transshipment,
        (false, false) if !sea_before && stays[i + 1..].first().is_some_and(ahead) => Role::Load,
        (false, false) => Role::Inland,
    }
}

/// Whether the way from one stay to the next goes by ship.
fn by_sea(from: &Stay, to: &Stay, chart: &dyn Chart) -> bool {
    let lifted = has(from, Kind::Loaded) || has(to, Kind::Discharged);
    let planned = to.facts.is_empty() && chart.port_of(from.node) != chart.port_of(to.node);
    lifted || planned
}

fn leg(i: usize, stays: &[Stay], stops: &[Stop], container: &Text, chart: &dyn Chart) -> Leg {
    let (from, to) = (&stays[i - 1], &stays[i]);
    let sea = by_sea(from, to, chart);
    let passage = if sea { passage(i, stays, chart) } else { None };
    let certainty = leg_certainty(from, to, &stops[i - 1], &stops[i]);
    let travelled = Travelled {
        from: from.node,
        to: to.node,
        loaded: from.facts.iter().rev().find(|f| f.kind == Kind::Loaded).and_then(|f| f.at),
        reached: to.facts.iter().filter(|f| f.classifier == Classifier::Actual).find_map(|f| f.at),
        ship: passage.as_ref().map(|p| p.ship),
        departure: passage.as_ref().and_then(|p| p.departure),
        arrival: passage.as_ref().and_then(|p| p.arrival),
    };
    let begun = !from.facts.is_empty();
    let sailed = travelled.way().filter(|_| begun).and_then(|(ship, way)| chart.sailed(ship, &way));
    let geometry = match &sailed {
        Some(sailed) => Ok(sailed.line.clone()),
        None if sea => chart.line(from.node, to.node),
        None => Err(NoGeometry::LandNotTold),
    };
    let planned = geometry.as_deref().ok().filter(|_| begun).map(|line| progress(line, &travelled, chart));
    let progress = planned.map(|planned| match &sailed {
        Some(sailed) => by_positions(planned, sailed, &travelled, chart),
        None => planned,
    });
    let under_way = progress.as_ref().is_some_and(|p| p.state == LegState::UnderWay);
    let expected = travelled.ship.filter(|_| under_way).and_then(|ship| chart.published(ship, to.node));
    // What was published before the goods were on board was of another voyage.
    let expected = expected.filter(|p| travelled.loaded.is_none_or(|loaded| p.made >= loaded));
    Leg {
        stale_since: None,
        id: format!("leg-{i}"),
        from: i - 1,
        to: i,
        mode: if sea { LegMode::Sea } else { LegMode::Land },
        ship: passage.as_ref().map(|p| chart.ship(p.ship, p.voyage)),
        departure: passage.as_ref().and_then(|p| p.departure),
        arrival: passage.as_ref().and_then(|p| p.arrival),
        certainty,
        geometry,
        plan: sailed.as_ref().and_then(|_| chart.line(from.node, to.node).ok()),
        pieces: sailed.map(|s| s.pieces.clone()).unwrap_or_default(),
        expected,
        progress,
        containers: vec![container.clone()],
    }
}

/// A leg is as sure as its less sure end; one whose ends are told but whose lifts are not is inferred.
fn leg_certainty(from: &Stay, to: &Stay, a: &Stop, b: &Stop) -> Certainty {
    if from.facts.is_empty() || to.facts.is_empty() {
        return Certainty::Planned;
    }
    let lift = |s: &Stay, kind| s.facts.iter().filter(|f| f.kind == kind).map(|f| f.certainty).max();
    match (lift(from, Kind::Loaded), lift(to, Kind::Discharged)) {
        (Some(x), Some(y)) => x.min(y),
        (None, None) => a.certainty.min(b.certainty),
        _ => Certainty::Inferred,
    }
}

/// Finds the ship of a sea leg and its calls at both ends.
fn passage(i: usize, stays: &[Stay], chart: &dyn Chart) -> Option<Passage> {
    let (from, to) = (&stays[i - 1], &stays[i]);
    let loaded = from.facts.iter().rev().find(|f| f.kind == Kind::Loaded);
    let discharged = to.facts.iter().find(|f| f.kind == Kind::Discharged);
    let on = loaded.or(discharged)?;
    let ship = loaded.and_then(|f| f.ship).or_else(|| discharged.and_then(|f| f.ship))?;
    let visits = chart.visits(ship);
    let left = loaded.and_then(|f| f.at).and_then(|at| visit_at(&visits, from.node, chart, at));
    let reached = match (discharged.and_then(|f| f.at), loaded.and_then(|f| f.at)) {
        (Some(at), _) => visit_at(&visits, to.node, chart, at),
        (None, Some(at)) => visit_after(&visits, to.node, chart, at),
        (None, None) => None,
    };
    let voyage = on.voyage.or_else(|| left.and_then(|v| v.voyage));
    let moments = (left.and_then(|v| v.departure), reached.and_then(|v| v.arrival));
    Some(Passage { ship, voyage, departure: moments.0, arrival: moments.1 })
}

/// Lifts may be told a while before the ship's arrival or after its departure.
const AROUND: SignedDuration = SignedDuration::from_hours(48);

/// Whether a call is one at a node's port, or at one that the node's code may mean as well.
pub(crate) fn calls_at(visit: &Visit, node: NodeIx, chart: &dyn Chart) -> bool {
    visit.port == chart.port_of(node) || chart.may_be_same(visit.node, node)
}

fn visit_at<'a>(visits: &'a [Visit], node: NodeIx, chart: &dyn Chart, at: Timestamp) -> Option<&'a Visit> {
    visits
        .iter()
        .filter(|v| calls_at(v, node, chart))
        .filter_map(|v| {
            let (start, end) = (v.start()?, v.end()?);
            let outside = start.duration_since(at).max(at.duration_since(end)).max(SignedDuration::ZERO);
            Some((outside, v))
        })
        .filter(|(outside, _)| *outside <= AROUND)
        .min_by_key(|(outside, _)| *outside)
        .map(|(_, v)| v)
}

fn visit_after<'a>(visits: &'a [Visit], node: NodeIx, chart: &dyn Chart, at: Timestamp) -> Option<&'a Visit> {
    visits.iter().find(|v| calls_at(v, node, chart) && !v.omitted && v.start().is_some_and(|s| s > at))
}

/// Joins the routes of several containers: equal stops and legs become one, with all containers.
pub(crate) fn merge(routes: Vec<Route>) -> Route {
    let mut merged = Route::default();
    for route in routes {
        merged.seq = merged.seq.max(route.seq);
        let places: Vec<usize> =
            route.stops.into_iter().map(|stop| merge_stop(&mut merged.stops, stop)).collect();
        for mut leg in route.legs {
            (leg.from, leg.to) = (places[leg.from], places[leg.to]);
            merge_leg(&mut merged.legs, leg);
        }
    }
    for (i, leg) in merged.legs.iter_mut().enumerate() {
        leg.id = format!("leg-{}", i + 1);
    }
    merged
}

fn merge_stop(stops: &mut Vec<Stop>, stop: Stop) -> usize {
    let mine = |s: &&mut Stop| {
        s.node == stop.node && s.role == stop.role && !s.containers.contains(&stop.containers[0])
    };
    if let Some((i, home)) = stops.iter_mut().enumerate().find(|(_, s)| mine(s)) {
        for event in stop.events {
            if !home
                .events
                .iter()
                .any(|e| (e.kind, e.at, e.classifier) == (event.kind, event.at, event.classifier))
            {
                home.events.push(event);
            }
        }
        home.events.sort_by_key(|e| (e.classifier != Classifier::Actual, e.at));
        home.certainty = home.certainty.max(stop.certainty);
        home.containers.extend(stop.containers);
        return i;
    }
    let id = format!("stop-{}", stops.len() + 1);
    stops.push(Stop { id, ..stop });
    stops.len() - 1
}

fn merge_leg(legs: &mut Vec<Leg>, leg: Leg) {
    let same = |l: &&mut Leg| (l.from, l.to, l.mode, &l.ship) == (leg.from, leg.to, leg.mode, &leg.ship);
    match legs.iter_mut().find(same) {
        Some(home) => {
            home.certainty = home.certainty.min(leg.certainty);
            home.containers.extend(leg.containers);
        }
        None => legs.push(leg),
    }
}
