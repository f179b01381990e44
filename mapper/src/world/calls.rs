//! Calls of ships, and the accounts of what was planned and done at one.
//!
//! A word belongs to the call that is nearest in time: a lift to the visit it lies in, an order or a
//! bay plan to the next visit of the port (what is to be discharged or loaded) or the last one (what
//! was loaded), a gate move to the visit after it (in) or before it (out).

use super::World;
use super::told::{CallTold, Told};
use crate::fold::calls::{CallWord, Visit, visits, witnesses};
use crate::fold::reconcile::{Accounts, compare};
use crate::fold::revisions;
use crate::fold::route::Chart;
use crate::reconciliation::{Account, Direction, Reconciliation, Word};
use crate::route::{BerthStay, Call, CallWitness};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use sealane_data::Text;
use sealane_data::node::NodeId;
use sealane_data::observation::{Classifier, Kind, Trade};
use sealane_data::partner::PartyId;
use sealane_data::places::NodeIx;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Words this long before or after a visit may still belong to it.
const AROUND: SignedDuration = SignedDuration::from_hours(45 * 24);
/// Lifts this long before or after the told visit may still belong to it.
const LIFTS: SignedDuration = SignedDuration::from_hours(84);
/// How far a plan may be older than the end of the visit that it is about, or the start.
const SLACK: SignedDuration = SignedDuration::from_hours(12);
/// How far the day in a call's id may be from the visit as it is known now.
const ID_SLACK_DAYS: i64 = 4;

/// The visit that an id names, among those of its ship to its port.
struct Named {
    ship: u32,
    visits: Vec<Visit>,
    at: usize,
}

/// One visit among those of its ship to its port.
struct Here<'a> {
    visits: &'a [Visit],
    at: usize,
}

impl World {
    /// Returns every call of every ship, as all parties together told it.
    pub fn calls(&self) -> Vec<Call> {
        self.ships.all().iter().flat_map(|ship| self.calls_of(*ship, None)).collect()
    }

    /// Returns every call of every ship, as one party told it.
    pub fn calls_told_by(&self, party: &PartyId) -> Vec<Call> {
        let Some(party) = self.parties.known(party) else { return Vec::new() };
        self.ships.all().iter().flat_map(|ship| self.calls_of(*ship, Some(party))).collect()
    }

    fn calls_of(&self, ship: u32, by: Option<u32>) -> Vec<Call> {
        self.visits_by(ship, by).iter().map(|v| self.call(ship, v)).collect()
    }

    /// Returns what everybody said of a call, by time; nothing if there is no such call. With `by`, what
    /// that party said.
    pub fn call_witnesses(&self, id: &str, by: Option<&PartyId>) -> Option<Vec<CallWitness>> {
        let named = self.named_call(id, by)?;
        let words = named.visits[named.at].words.iter();
        Some(words.map(|word| self.call_witness(word)).collect())
    }

    fn call_witness(&self, word: &CallWord) -> CallWitness {
        CallWitness {
            kind: word.kind,
            classifier: word.classifier,
            at: word.at,
            precision: word.precision,
            node: self.node_id(word.node),
            source: self.parties.id(word.party).clone(),
            told_by: word.told_by.clone(),
            basis: word.basis,
            believed: word.believed,
            leads: word.leads,
            contradicts: word.contradicts,
            seq: word.seq,
        }
    }

    fn call(&self, ship: u32, v: &Visit) -> Call {
        let label = self.ship(ship, v.voyage);
        let start = v.start().or_else(|| v.words.first().map(|w| w.at));
        let day = start.map(|s| s.strftime("%Y-%m-%d").to_string()).unwrap_or_default();
        let (witnesses, contradicted) = witnesses(&v.words);
        let berth = |(node, from, until): &(NodeIx, Timestamp, Timestamp)| BerthStay {
            node: self.node_id(*node),
            from: *from,
            until: *until,
        };
        Call {
            id: format!("{}~{}~{day}", label.key, self.node_id(v.port)),
            node: self.node_id(v.node),
            ship: label,
            arrival: v.arrival,
            berthed: v.berthed,
            departure: v.departure,
            berths: v.berths.iter().map(berth).collect(),
            omitted: v.omitted,
            witnesses,
            contradicted,
            seq: v.seq,
        }
    }

    /// Returns a ship's visits, as all parties or only one told them.
    fn visits_by(&self, ship: u32, by: Option<u32>) -> Arc<Vec<Visit>> {
        if by.is_none() {
            return Chart::visits(self, ship);
        }
        Arc::new(self.fold_visits(ship, by))
    }

    /// Folds a ship's visits from what all parties or only one told, and from its positions.
    pub(super) fn fold_visits(&self, ship: u32, by: Option<u32>) -> Vec<Visit> {
        let members = self.ships.members(self.ships.ship(ship));
        let told = members.iter().filter_map(|m| self.calls.get(m)).flatten();
        let own = |t: &&CallTold| by.is_none_or(|by| self.messages.get(t.message).party == by);
        let told: Vec<&CallTold> = told.filter(own).collect();
        let points = self.points(ship, by);
        if told.is_empty() && points.is_empty() {
            return Vec::new();
        }
        visits(&told, &self.watch_over(&points), self)
    }

    /// Finds the visit that a call's id names.
    fn named_call(&self, id: &str, by: Option<&PartyId>) -> Option<Named> {
        let mut parts = id.rsplitn(3, '~');
        let (day, port, key) = (parts.next()?, parts.next()?, parts.next()?);
        let (day, port) = (day.parse::<Date>().ok()?, self.places.find(port)?);
        let by = match by {
            Some(teller) => Some(self.parties.known(teller)?),
            None => None,
        };
        let ship = self.ships.by_key(key)?;
        let first = |v: &Visit| v.start().or_else(|| v.words.first().map(|w| w.at));
        let visits: Vec<Visit> = self
            .visits_by(ship, by)
            .iter()
            .filter(|v| v.port == port && first(v).is_some())
            .cloned()
            .collect();
        let distance = |v: &Visit| first(v).map_or(i64::MAX, |s| days_between(s, day));
        let at = (0..visits.len()).min_by_key(|i| distance(&visits[*i]))?;
        (distance(&visits[at]) <= ID_SLACK_DAYS).then_some(Named { ship, visits, at })
    }

    /// Compares what was planned, done and seen at the gate at a call, by the words that may be used.
    ///
    /// The call is taken as all parties told it; with `by` as that one did. Nothing if there is no such call.
    pub fn reconcile(
        &self,
        id: &str,
        by: Option<&PartyId>,
        may_use: &dyn Fn(&PartyId, &Text) -> bool,
    ) -> Option<Reconciliation> {
        let Named { ship, visits, at } = self.named_call(id, by)?;
        let here = Here { visits: &visits, at };
        let (accounts, elsewhere) = self.accounts(ship, &here, may_use);
        let same = |a: &NodeId, b: &NodeId| {
            let nodes = self.places.find(&a.0).zip(self.places.find(&b.0));
            nodes.is_some_and(|(a, b)| self.same_port(a, b))
        };
        let (counts, boxes) = compare(accounts, &elsewhere, &same);
        Some(Reconciliation { call: self.call(ship, &visits[at]), counts, boxes, seq: self.seq() })
    }

    fn same_port(&self, a: NodeIx, b: NodeIx) -> bool {
        let (a, b) = (self.places.port_of(a), self.places.port_of(b));
        a == b || self.places.may_be_same(a, b)
    }

    /// Gathers the words about the boxes of a call, and the ports that bay plans name for other boxes.
    fn accounts(
        &self,
        ship: u32,
        here: &Here<'_>,
        may_use: &dyn Fn(&PartyId, &Text) -> bool,
    ) -> (Accounts, BTreeMap<Text, NodeId>) {
        // Each word with whether it names the ship.
        let mut said: BTreeMap<(Direction, Text), Vec<(bool, Word)>> = BTreeMap::new();
        let mut elsewhere = BTreeMap::new();
        let port = here.visits[here.at].port;
        for container in self.boxes_of(ship, here) {
            let name = self.containers.value(container);
            let told = self.tellings(container);
            for t in revisions::standing(&told, self) {
                let note = self.messages.get(t.message);
                if t.trade == Some(Trade::Restow) || !may_use(self.parties.id(note.party), name) {
                    continue;
                }
                let of_ship = t.ship.is_some_and(|s| self.ships.ship(s) == self.ships.ship(ship));
                let Some((account, direction)) = self.entry(t, port, of_ship) else {
                    if let Some(other) = t.plan.discharge.filter(|_| of_ship && t.kind == Kind::OnBoard) {
                        elsewhere.insert(name.clone(), self.node_id(self.places.port_of(other)));
                    }
                    continue;
                };
                if here.is_mine(account, direction, t, note.written) {
                    let word = self.word(account, direction, t);
                    said.entry((direction, name.clone())).or_default().push((of_ship, word));
                }
            }
        }
        // A gate move that names no ship says nothing of a box that nobody planned or lifted here.
        said.retain(|_, words| words.iter().any(|(of_ship, w)| *of_ship || w.account != Account::Gate));
        let bare = |words: Vec<(bool, Word)>| words.into_iter().map(|(_, word)| word).collect();
        (said.into_iter().map(|(key, words)| (key, bare(words))).collect(), elsewhere)
    }

    /// Returns the boxes that messages naming a ship told of at about the time of a visit: words that
    /// are further from it can be of no account there.
    fn boxes_of(&self, ship: u32, here: &Here<'_>) -> BTreeSet<u32> {
        let visit = &here.visits[here.at];
        let about = |at: Timestamp| distance(visit, at) <= AROUND || visit.start().is_none();
        let members = self.ships.members(self.ships.ship(ship));
        let messages: BTreeSet<u32> =
            members.iter().filter_map(|m| self.named.get(m)).flatten().copied().collect();
        let told = messages.into_iter().flat_map(|m| {
            let note = self.messages.get(m);
            (note.told.0..note.told.1).map(move |t| (note.written, self.told.get(t)))
        });
        let near = told.filter(|(written, kept)| kept.at().or(*written).is_none_or(about));
        near.map(|(_, kept)| kept.container).collect()
    }

    /// Returns the account and direction of a telling at a port; nothing where it is about something else.
    fn entry(&self, t: &Told<'_>, port: NodeIx, of_ship: bool) -> Option<(Account, Direction)> {
        let at = |node: Option<NodeIx>| node.is_some_and(|n| self.same_port(n, port));
        let direction = match t.kind {
            Kind::Discharged | Kind::GateOut => Direction::Discharge,
            Kind::Loaded | Kind::GateIn => Direction::Load,
            Kind::OnBoard if at(t.plan.discharge) => Direction::Discharge,
            Kind::OnBoard if at(t.plan.load) => Direction::Load,
            _ => return None,
        };
        let actual = t.classifier == Classifier::Actual;
        let account = match t.kind {
            Kind::Loaded | Kind::Discharged if actual => Account::Done,
            Kind::OnBoard | Kind::Loaded | Kind::Discharged => Account::Planned,
            _ if actual => Account::Gate,
            _ => return None,
        };
        // Where a move names no place, the port that it was planned for is meant.
        let here = t.kind == Kind::OnBoard || at(t.node) || (t.node.is_none() && account == Account::Planned);
        (here && (of_ship || account == Account::Gate)).then_some((account, direction))
    }

    fn word(&self, account: Account, direction: Direction, t: &Told<'_>) -> Word {
        let note = self.messages.get(t.message);
        let other = if direction == Direction::Discharge { t.plan.load } else { t.plan.discharge };
        Word {
            account,
            message: note.seq,
            party: self.parties.id(note.party).clone(),
            family: note.family.clone(),
            at: t.at,
            size: t.size.map(|s| self.texts.value(s).clone()),
            gross: t.gross,
            load: t.load,
            port: other.map(|n| self.node_id(self.places.port_of(n))),
        }
    }
}

fn days_between(at: Timestamp, day: Date) -> i64 {
    let own = at.to_zoned(jiff::tz::TimeZone::UTC).date();
    own.until(day).map_or(i64::MAX, |span| i64::from(span.get_days()).abs())
}

impl Here<'_> {
    /// Whether a word is about this visit rather than another one of the ship to the port.
    fn is_mine(
        &self,
        account: Account,
        direction: Direction,
        t: &Told<'_>,
        written: Option<Timestamp>,
    ) -> bool {
        let nearest = |at: Timestamp, most: SignedDuration| {
            let distances = self.visits.iter().enumerate().map(|(i, v)| (distance(v, at), i));
            distances.min().filter(|(d, _)| *d <= most).map(|(_, i)| i)
        };
        let next = |at: Timestamp| {
            let mut open = self.visits.iter().enumerate().filter(|(_, v)| !ends_before(v, at));
            open.next().filter(|(_, v)| distance(v, at) <= AROUND).map(|(i, _)| i)
        };
        let last = |at: Timestamp| {
            let begun = self.visits.iter().enumerate().filter(|(_, v)| !starts_after(v, at));
            begun.max_by_key(|(i, _)| *i).filter(|(_, v)| distance(v, at) <= AROUND).map(|(i, _)| i)
        };
        let mine = match (account, t.kind, direction) {
            (Account::Planned, Kind::OnBoard, Direction::Load) => t.at.or(written).and_then(last),
            (Account::Planned, Kind::OnBoard, Direction::Discharge) => t.at.or(written).and_then(next),
            (Account::Planned, ..) if t.at.is_none() => written.and_then(next),
            (Account::Gate, _, Direction::Discharge) => t.at.and_then(last),
            (Account::Gate, _, Direction::Load) => t.at.and_then(next),
            _ => t.at.and_then(|at| nearest(at, if account == Account::Done { LIFTS } else { AROUND })),
        };
        mine == Some(self.at)
    }
}

/// How long before or after a visit an instant is.
fn distance(v: &Visit, at: Timestamp) -> SignedDuration {
    let (Some(start), Some(end)) = (v.start(), v.end()) else { return SignedDuration::MAX };
    if at < start {
        start.duration_since(at)
    } else if at > end {
        at.duration_since(end)
    } else {
        SignedDuration::ZERO
    }
}

fn ends_before(v: &Visit, at: Timestamp) -> bool {
    v.end().is_none_or(|end| end.checked_add(SLACK).is_ok_and(|end| end < at))
}

fn starts_after(v: &Visit, at: Timestamp) -> bool {
    v.start().is_none_or(|start| at.checked_add(SLACK).is_ok_and(|at| at < start))
}
