//! Calls: a ship's visits, from what was told of its arrivals and departures and from its positions.
//!
//! A call is (ship, port, window), never the voyage string: words of one port that follow each other
//! within three and a half days are one call; a weekly service comes back after five or more. A stop
//! that positions tell is one witness among the others, from its arrival to its departure.
//!
//! Which word leads, in this order: the past over what is expected; over what a crew typed into its AIS
//! set, whatever a carrier, terminal or port expects; a party that is believed for the node and kind,
//! then positions of a party that is believed for positions there, then what others told, then positions
//! of others; the finer time, the one written last, the later time, the smaller party id.

use super::facts::Knowledge;
use super::halts::{PortStay, Watch};
use super::revisions::standing_calls;
use crate::route::{Basis, Moment};
use crate::sea::sphere::metres;
use crate::world::told::CallTold;
use jiff::{SignedDuration, Timestamp};
use sealane_data::Text;
use sealane_data::fact::Certainty;
use sealane_data::observation::{Classifier, Kind};
use sealane_data::places::NodeIx;
use sealane_data::recorded::Seq;
use sealane_data::time::Precision;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// One visit of a ship, by node number.
#[derive(Clone, Debug)]
pub(crate) struct Visit {
    pub(crate) node: NodeIx,
    pub(crate) port: NodeIx,
    pub(crate) arrival: Option<Moment>,
    pub(crate) berthed: Option<Moment>,
    pub(crate) departure: Option<Moment>,
    /// The quays it lay at, from when until when.
    pub(crate) berths: Vec<(NodeIx, Timestamp, Timestamp)>,
    /// It was planned and will not take place.
    pub(crate) omitted: bool,
    /// Everything that was said of it, by time.
    pub(crate) words: Vec<CallWord>,
    pub(crate) voyage: Option<u32>,
    pub(crate) seq: Seq,
}

/// What one party said of a call.
#[derive(Clone, Debug)]
pub(crate) struct CallWord {
    pub(crate) kind: Kind,
    pub(crate) classifier: Classifier,
    pub(crate) at: Timestamp,
    /// Until when the ship was seen in port, for what its positions tell.
    until: Timestamp,
    pub(crate) precision: Precision,
    pub(crate) node: NodeIx,
    voyage: Option<u32>,
    pub(crate) party: u32,
    pub(crate) told_by: Text,
    written: Option<Timestamp>,
    pub(crate) basis: Basis,
    pub(crate) believed: bool,
    /// Whether it leads among the words of its kind.
    pub(crate) leads: bool,
    /// Whether it says something else than the one that leads, or the positions do.
    pub(crate) contradicts: bool,
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

    /// Returns the moments that are past.
    pub(crate) fn past(&self) -> impl Iterator<Item = Moment> {
        let moments = [self.arrival, self.berthed, self.departure].into_iter().flatten();
        moments.filter(|m| m.classifier == Classifier::Actual)
    }
}

const SAME_CALL: SignedDuration = SignedDuration::from_hours(84);
/// Times that differ more than this contradict each other.
const CONTRADICTION: SignedDuration = SignedDuration::from_hours(2);
/// A ship that was seen so many metres away was not where it was told to be; ports that share a code are
/// up to 100 km apart.
const ELSEWHERE: f64 = 185_200.0;

/// Returns a ship's calls by time, by what was told of it and by its positions.
pub(crate) fn visits(told: &[&CallTold], watch: &Watch<'_>, know: &dyn Knowledge) -> Vec<Visit> {
    let mut ports: BTreeMap<NodeIx, Vec<CallWord>> = BTreeMap::new();
    let seen = watch.stays();
    let words = standing_calls(told, know).into_iter().map(|t| told_word(t, know));
    for word in words.chain(seen.iter().flat_map(|stay| seen_words(stay, watch, know))) {
        ports.entry(know.places().port_of(word.node)).or_default().push(word);
    }
    let mut visits = Vec::new();
    for (port, mut words) in ports {
        words.sort_by_key(|w| (w.at, w.seq, w.kind, w.node));
        let mut current: Vec<CallWord> = Vec::new();
        let mut reached: Option<Timestamp> = None;
        for word in words {
            if reached.is_some_and(|reached| word.at.duration_since(reached) > SAME_CALL) {
                visits.push(visit(port, std::mem::take(&mut current), (watch, &seen), know));
                reached = None;
            }
            reached = reached.max(Some(word.until));
            current.push(word);
        }
        visits.push(visit(port, current, (watch, &seen), know));
    }
    visits.sort_by_key(|v| (v.start().or_else(|| v.words.first().map(|w| w.at)), v.port));
    visits
}

fn told_word(t: &CallTold, know: &dyn Knowledge) -> CallWord {
    let note = know.message(t.message);
    CallWord {
        kind: t.kind,
        classifier: t.classifier,
        at: t.at,
        until: t.at,
        precision: t.precision,
        node: t.node,
        voyage: t.voyage,
        party: note.party,
        told_by: note.family.clone(),
        written: note.written,
        basis: if t.by_crew { Basis::Declared } else { Basis::Told },
        believed: know.believed(note.party, t.node, t.kind),
        leads: false,
        contradicts: false,
        seq: t.seq,
    }
}

/// Returns what positions say of a stay in a port: its arrival, every berth, and its departure.
fn seen_words(stay: &PortStay, watch: &Watch<'_>, know: &dyn Knowledge) -> Vec<CallWord> {
    let word = |kind, node, at, sharp, by: usize| {
        let point = &watch.points[by];
        let (party, told_by) = know.source(point.source);
        CallWord {
            kind,
            classifier: Classifier::Actual,
            at,
            until: stay.until,
            precision: if sharp { Precision::Minute } else { Precision::Day },
            node,
            voyage: None,
            party,
            told_by: told_by.clone(),
            written: None,
            basis: Basis::Seen,
            believed: know.believed(party, node, Kind::Position) || know.believed(party, node, kind),
            leads: false,
            contradicts: false,
            seq: point.seq,
        }
    };
    let arrived = stay.arrived;
    let mut words = vec![word(Kind::VesselArrived, stay.port, arrived.at, arrived.sharp, arrived.by)];
    let quays = stay.halts.iter().filter(|h| h.spot.at_quay());
    words.extend(quays.map(|h| word(Kind::Berthed, h.spot.node, h.from, true, h.first())));
    if let (Some(left), Some(last)) = (stay.left, stay.halts.last()) {
        words.push(word(Kind::VesselDeparted, last.spot.node, left.at, left.sharp, left.by));
    }
    words
}

fn visit(
    port: NodeIx,
    mut words: Vec<CallWord>,
    (watch, seen): (&Watch<'_>, &[PortStay]),
    know: &dyn Knowledge,
) -> Visit {
    let omitted = is_omitted(&words);
    mark(&mut words, |k| k == Kind::VesselArrived, watch, know);
    mark(&mut words, |k| k == Kind::Berthed, watch, know);
    mark(&mut words, |k| k == Kind::VesselDeparted, watch, know);
    let leading = |kind: Kind| words.iter().find(|w| w.kind == kind && w.leads);
    let (came, berthed) = (leading(Kind::VesselArrived), leading(Kind::Berthed));
    // Who lies at a berth has arrived, even where nobody told of that.
    let arrival = match (came, berthed) {
        (Some(came), Some(berthed)) if came.classifier < berthed.classifier => Some(berthed),
        (came, berthed) => came.or(berthed),
    };
    let departure = leading(Kind::VesselDeparted);
    let terminal = words.iter().filter(|w| w.node != port).max_by_key(|w| rank(w, know));
    let voyage = [arrival, departure].into_iter().flatten().chain(&words).find_map(|w| w.voyage);
    let mine = |stay: &&PortStay| {
        stay.port == port && words.iter().any(|w| w.basis == Basis::Seen && w.at == stay.arrived.at)
    };
    let halts = seen.iter().filter(mine).flat_map(|stay| &stay.halts);
    let quays = halts.filter(|h| h.spot.at_quay());
    let berths = quays.map(|h| (h.spot.node, h.from, h.until)).collect();
    let node = terminal.map_or(port, |w| w.node);
    let [arrival, berthed, departure] =
        [arrival, berthed, departure].map(|word| word.filter(|_| !omitted).map(moment));
    Visit {
        node,
        port,
        arrival,
        berthed,
        departure,
        berths,
        omitted,
        voyage,
        seq: words.iter().map(|w| w.seq).max().unwrap_or_default(),
        words,
    }
}

/// Whether a call was called off: nothing of it is past, and nobody planned it again after that.
fn is_omitted(words: &[CallWord]) -> bool {
    let written = |off: bool| {
        let of = words.iter().filter(move |w| (w.kind == Kind::CallOmitted) == off && w.basis == Basis::Told);
        of.map(|w| w.written).max()
    };
    let past = words.iter().any(|w| w.classifier == Classifier::Actual && w.kind != Kind::CallOmitted);
    !past && written(true).is_some_and(|off| off >= written(false).flatten())
}

/// Marks the word of a kind that leads, and those that say something else.
fn mark(words: &mut [CallWord], is: impl Fn(Kind) -> bool, watch: &Watch<'_>, know: &dyn Knowledge) {
    let of_kind = words.iter().enumerate().filter(|(_, w)| is(w.kind));
    let Some(leader) = of_kind.max_by_key(|(_, w)| rank(w, know)).map(|(i, _)| i) else { return };
    words[leader].leads = true;
    let (at, fine, party) = (words[leader].at, words[leader].precision, words[leader].party);
    let actual = words[leader].classifier == Classifier::Actual;
    for word in words.iter_mut().filter(|w| is(w.kind) && w.classifier == Classifier::Actual) {
        let fine = fine != Precision::Day && word.precision != Precision::Day;
        // A ship berths twice when it shifts: that is no contradiction.
        let again = word.kind == Kind::Berthed && word.basis == Basis::Seen;
        let other = actual && word.party != party && fine && !again;
        let late = other && word.at.duration_since(at).abs() > CONTRADICTION;
        let told = word.basis == Basis::Told && word.precision != Precision::Day;
        let place = know.places().node(word.node).position;
        let away = told && watch.at(word.at).is_some_and(|seen| metres(seen, place) > ELSEWHERE);
        word.contradicts = late || away;
    }
}

/// What decides which word leads; see the head of this file.
type Rank<'a> =
    ((bool, bool, Classifier), u8, Option<Precision>, Option<Timestamp>, Timestamp, NodeIx, Reverse<&'a str>);

fn rank<'a>(w: &CallWord, know: &'a dyn Knowledge) -> Rank<'a> {
    let actual = w.classifier == Classifier::Actual;
    let belief = match (w.basis == Basis::Seen, w.believed) {
        (false, true) => 3,
        (true, true) => 2,
        (false, false) => 1,
        (true, false) => 0,
    };
    let precision = actual.then_some(w.precision);
    let class = (actual, w.basis != Basis::Declared, w.classifier);
    (class, belief, precision, w.written, w.at, w.node, Reverse(know.party(w.party)))
}

fn moment(w: &CallWord) -> Moment {
    let certainty = match w.classifier {
        Classifier::Actual if w.believed => Certainty::Observed,
        Classifier::Actual => Certainty::Reported,
        _ => Certainty::Planned,
    };
    Moment { at: w.at, classifier: w.classifier, certainty, basis: w.basis }
}

/// Returns how many parties said something of a call, and whether any of it contradicts what leads.
pub(crate) fn witnesses(words: &[CallWord]) -> (u16, bool) {
    let parties: BTreeSet<u32> = words.iter().map(|w| w.party).collect();
    (u16::try_from(parties.len()).unwrap_or(u16::MAX), words.iter().any(|w| w.contradicts))
}
