//! How far goods are on the line of a leg, by the calls of their ship.

use super::calls::Visit;
use super::route::{Chart, calls_at};
use super::sailed::{Sailed, Way};
use crate::along::Along;
use crate::route::{Fix, LegState, Moment, Progress};
use crate::sea::SeaLines;
use jiff::Timestamp;
use sealane_data::fact::Certainty;
use sealane_data::node::Position;
use sealane_data::observation::Classifier;
use sealane_data::places::NodeIx;

/// Metres in a nautical mile.
const MILE: f64 = 1852.0;

/// How much farther than a ship at sea a port of call may be off the line, in metres: lines keep off the shore.
const ASHORE: f64 = 40.0 * MILE;

/// What was told of a leg.
pub(super) struct Travelled {
    pub(super) from: NodeIx,
    pub(super) to: NodeIx,
    /// When the goods were lifted on.
    pub(super) loaded: Option<Timestamp>,
    /// When the first thing happened to them at the other end.
    pub(super) reached: Option<Timestamp>,
    pub(super) ship: Option<u32>,
    pub(super) departure: Option<Moment>,
    pub(super) arrival: Option<Moment>,
}

/// Returns how far goods are on a line that begins and ends at the leg's ends.
pub(super) fn progress(line: &[Position], told: &Travelled, chart: &dyn Chart) -> Progress {
    let whole = SeaLines::length_nm(line) * MILE;
    let ahead = Progress {
        state: LegState::Ahead,
        fix: None,
        position: None,
        seen: None,
        done: 0.0,
        left: whole,
        off: 0.0,
        off_route: false,
        onward: None,
    };
    let past = |moment: Option<Moment>| moment.filter(|m| m.classifier == Classifier::Actual);
    let arrived = past(told.arrival).map(|moment| fix(told.to, moment, chart));
    if arrived.is_some() || told.reached.is_some() {
        return Progress { state: LegState::Done, fix: arrived, done: whole, left: 0.0, ..ahead };
    }
    let departed = past(told.departure).map(|moment| fix(told.from, moment, chart));
    // A call on the way tells that the ship has left, even where nobody told of its departure.
    match last_call(told, chart) {
        Some((node, moment)) => on_the_way(line, node, fix(node, moment, chart), told, chart)
            .unwrap_or(Progress { state: LegState::UnderWay, ..ahead }),
        None if departed.is_some() => Progress { state: LegState::UnderWay, fix: departed, ..ahead },
        None => ahead,
    }
}

impl Travelled {
    /// Returns the ship and the way of the leg, once it was left or the goods were lifted on.
    pub(super) fn way(&self) -> Option<(u32, Way)> {
        let past =
            |moment: Option<Moment>| moment.filter(|m| m.classifier == Classifier::Actual).map(|m| m.at);
        let since = past(self.departure).or(self.loaded)?;
        let until = past(self.arrival).or(self.reached);
        let until = until.filter(|until| *until > since);
        Some((self.ship?, Way { from: self.from, to: self.to, since, until }))
    }
}

/// Returns the progress of a leg that positions tell of.
///
/// A ship that calls at other ports before the goods' own is on its route wherever these lie.
pub(super) fn by_positions(
    told: Progress,
    sailed: &Sailed,
    travelled: &Travelled,
    chart: &dyn Chart,
) -> Progress {
    if told.state == LegState::Done {
        return Progress { done: sailed.done, left: 0.0, ..told };
    }
    let off_route = sailed.off_route && !calls_between(travelled, chart);
    let ahead = sailed.pieces.iter().rev().find(|piece| piece.certainty == Certainty::Planned);
    Progress {
        state: LegState::UnderWay,
        fix: None,
        position: Some(sailed.last.1),
        seen: Some(sailed.last.0),
        done: sailed.done,
        left: sailed.left,
        off: sailed.off,
        off_route,
        onward: ahead.filter(|_| off_route).map(|piece| piece.line.clone()),
    }
}

/// Whether the ship calls, or is told to call, at other ports between both ends.
fn calls_between(told: &Travelled, chart: &dyn Chart) -> bool {
    let Some((loaded, ship)) = told.loaded.zip(told.ship) else { return false };
    let arrival = told.arrival.map_or(Timestamp::MAX, |m| m.at);
    let visits = chart.visits(ship);
    visits.iter().any(|v| {
        let within = v.arrival.or(v.departure).is_some_and(|m| m.at > loaded && m.at < arrival);
        within && !v.omitted && !calls_at(v, told.from, chart) && !calls_at(v, told.to, chart)
    })
}

fn fix(node: NodeIx, moment: Moment, chart: &dyn Chart) -> Fix {
    Fix { node: chart.node_id(node), moment }
}

/// The last port that the ship is known to have come to after the goods were loaded, between both ends.
fn last_call(told: &Travelled, chart: &dyn Chart) -> Option<(NodeIx, Moment)> {
    let loaded = told.loaded?;
    let past = |visit: &Visit| {
        let moments = [visit.departure, visit.arrival].into_iter().flatten();
        moments.filter(|m| m.classifier == Classifier::Actual && m.at > loaded).max_by_key(|m| m.at)
    };
    let visits = chart.visits(told.ship?);
    let between = visits.iter().filter(|v| !calls_at(v, told.from, chart) && !calls_at(v, told.to, chart));
    between.filter_map(|v| Some((v.node, past(v)?))).max_by_key(|(_, moment)| moment.at)
}

/// The progress of a ship that was last at a port on the way.
fn on_the_way(
    line: &[Position],
    node: NodeIx,
    fix: Fix,
    told: &Travelled,
    chart: &dyn Chart,
) -> Option<Progress> {
    let along = Along::of(line, chart.position(node), 0.0)?;
    let off_route = along.off > along.corridor() + ASHORE;
    let onward = off_route.then(|| chart.line(node, told.to).ok()).flatten();
    let left = onward.as_deref().map_or(along.left, |line| SeaLines::length_nm(line) * MILE);
    Some(Progress {
        state: LegState::UnderWay,
        fix: Some(fix),
        position: None,
        seen: None,
        done: along.done,
        left,
        off: along.off,
        off_route,
        onward,
    })
}
