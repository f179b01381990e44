//! Calls: a ship's visits, from what was told of its arrivals and departures.
//!
//! A call is (ship, port, window), never the voyage string: tellings of one port that follow each
//! other within three and a half days are one call; a weekly service comes back after five or more.

use super::facts::Knowledge;
use super::revisions::standing_calls;
use crate::route::Moment;
use crate::world::told::CallTold;
use jiff::{SignedDuration, Timestamp};
use sealane_data::fact::Certainty;
use sealane_data::observation::{Classifier, Kind};
use sealane_data::places::NodeIx;
use sealane_data::recorded::Seq;
use sealane_data::time::Precision;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// One visit of a ship, by node number.
#[derive(Clone, Debug)]
pub(crate) struct Visit {
    pub(crate) node: NodeIx,
    pub(crate) port: NodeIx,
    pub(crate) arrival: Option<Moment>,
    pub(crate) departure: Option<Moment>,
    pub(crate) voyage: Option<u32>,
    pub(crate) seq: Seq,
}

impl Visit {
    /// Returns the first instant of the visit.
    pub(crate) fn start(&self) -> Option<Timestamp> {
        self.arrival.or(self.departure).map(|m| m.at)
    }

    /// Returns the last instant of the visit.
    pub(crate) fn end(&self) -> Option<Timestamp> {
        self.departure.or(self.arrival).map(|m| m.at)
    }
}

const SAME_CALL: SignedDuration = SignedDuration::from_hours(84);

/// Returns a ship's calls by time.
pub(crate) fn visits(told: &[&CallTold], know: &dyn Knowledge) -> Vec<Visit> {
    let mut ports: BTreeMap<NodeIx, Vec<&CallTold>> = BTreeMap::new();
    for t in standing_calls(told, know) {
        ports.entry(know.places().port_of(t.node)).or_default().push(t);
    }
    let mut visits = Vec::new();
    for (port, mut tellings) in ports {
        tellings.sort_by_key(|t| (t.at, t.seq));
        let mut from = 0;
        for i in 1..=tellings.len() {
            let cut = tellings.get(i).is_none_or(|t| t.at.duration_since(tellings[i - 1].at) > SAME_CALL);
            if cut {
                visits.push(visit(port, &tellings[from..i], know));
                from = i;
            }
        }
    }
    visits.sort_by_key(|v| (v.start(), v.port));
    visits
}

fn visit(port: NodeIx, told: &[&CallTold], know: &dyn Knowledge) -> Visit {
    let arrival = best(told, know, |k| matches!(k, Kind::VesselArrived | Kind::Berthed));
    let departure = best(told, know, |k| k == Kind::VesselDeparted);
    let terminal = told.iter().filter(|t| t.node != port).max_by_key(|t| rank(t, know));
    Visit {
        node: terminal.map_or(port, |t| t.node),
        port,
        arrival: arrival.map(|t| moment(t, know)),
        departure: departure.map(|t| moment(t, know)),
        voyage: arrival.or(departure).and_then(|t| t.voyage),
        seq: told.iter().map(|t| t.seq).max().unwrap_or_default(),
    }
}

fn best<'a>(told: &[&'a CallTold], know: &dyn Knowledge, is: impl Fn(Kind) -> bool) -> Option<&'a CallTold> {
    told.iter().filter(|t| is(t.kind)).max_by_key(|t| rank(t, know)).copied()
}

/// The past leads over estimates, those over plans; then belief, finer times, the newest word.
fn rank<'a>(
    t: &CallTold,
    know: &'a dyn Knowledge,
) -> (Classifier, bool, Option<Precision>, Option<Timestamp>, Timestamp, Reverse<&'a str>) {
    let note = know.message(t.message);
    let believed = know.believed(note.party, t.node, t.kind);
    let precision = (t.classifier == Classifier::Actual).then_some(t.precision);
    (t.classifier, believed, precision, note.written, t.at, Reverse(know.party(note.party)))
}

fn moment(t: &CallTold, know: &dyn Knowledge) -> Moment {
    let believed = know.believed(know.message(t.message).party, t.node, t.kind);
    let certainty = match t.classifier {
        Classifier::Actual if believed => Certainty::Observed,
        Classifier::Actual => Certainty::Reported,
        _ => Certainty::Planned,
    };
    Moment { at: t.at, classifier: t.classifier, certainty }
}
