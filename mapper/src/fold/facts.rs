//! Facts: tellings of the same event matched, with a leader, witnesses and contradictions.
//!
//! Two tellings of the past are one fact when they have the same kind, the same port, agree
//! whether the move was a restow, and follow each other within twelve hours (36 hours when one
//! names only the day). The leader is, in this order: a party that is believed for the node and
//! kind, the finer time, the one written last, the later time, the smaller party id.

use super::revisions;
use crate::route::LedBy;
use crate::world::told::{MessageNote, PlanNodes, Told};
use jiff::{SignedDuration, Timestamp};
use sealane_data::Text;
use sealane_data::fact::Certainty;
use sealane_data::observation::{Classifier, Kind, Load, Trade};
use sealane_data::places::{How, NodeIx, Places};
use sealane_data::recorded::Seq;
use sealane_data::time::Precision;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// What the fold must know beyond the tellings.
pub(crate) trait Knowledge {
    /// Returns a message's note.
    fn message(&self, number: u32) -> &MessageNote;
    /// Returns whether a party is believed for a kind at a node.
    fn believed(&self, party: u32, node: NodeIx, kind: Kind) -> bool;
    /// Returns the table of places.
    fn places(&self) -> &Places;
    /// Returns a party's id.
    fn party(&self, party: u32) -> &str;
    /// Returns the party of a source of positions, and the type of message.
    fn source(&self, source: u32) -> (u32, &Text);
}

/// One event that we believe.
#[derive(Clone, Debug)]
pub(crate) struct Fact {
    pub(crate) kind: Kind,
    pub(crate) classifier: Classifier,
    pub(crate) at: Option<Timestamp>,
    pub(crate) precision: Precision,
    pub(crate) node: Option<NodeIx>,
    pub(crate) how: Option<How>,
    pub(crate) certainty: Certainty,
    pub(crate) source: u32,
    /// When the message of the leader was written.
    pub(crate) written: Option<Timestamp>,
    pub(crate) told_by: Text,
    pub(crate) parties: BTreeSet<u32>,
    pub(crate) contradicted: bool,
    pub(crate) references: BTreeSet<u32>,
    pub(crate) declared: BTreeSet<(u32, u32)>,
    pub(crate) tied: BTreeSet<(u32, u32)>,
    pub(crate) ship: Option<u32>,
    pub(crate) voyage: Option<u32>,
    pub(crate) load: Load,
    pub(crate) trade: Option<Trade>,
    pub(crate) size: Option<u32>,
    pub(crate) plan: PlanNodes,
    pub(crate) seq: Seq,
}

/// Times that differ more than this contradict each other.
const CONTRADICTION: SignedDuration = SignedDuration::from_hours(2);

/// What makes two tellings candidates for one fact.
type Likeness = (Kind, bool, Option<NodeIx>);

/// Returns the facts of one container: the past by time, then plans and estimates by time.
pub(crate) fn facts(told: &[Told], know: &dyn Knowledge) -> Vec<Fact> {
    let stand = revisions::standing(told, know);
    let mut facts: Vec<Fact> = groups(&stand, know).iter().map(|cluster| believe(cluster, know)).collect();
    facts.sort_by_key(order);
    facts
}

/// Returns the facts of one container in the same order, each with its tellings by how strongly they lead.
pub(crate) fn told_facts<'a, 'b>(
    stand: &[&'a Told<'b>],
    know: &dyn Knowledge,
) -> Vec<(Fact, Vec<&'a Told<'b>>)> {
    let groups = groups(stand, know).into_iter().map(|mut cluster| {
        let fact = believe(&cluster, know);
        cluster.sort_by_key(|t| Reverse(rank(t, know)));
        (fact, cluster)
    });
    let mut all: Vec<_> = groups.collect();
    all.sort_by_key(|(fact, _)| order(fact));
    all
}

/// Groups what stands: each group is one fact, the past before what is expected.
fn groups<'a, 'b>(stand: &[&'a Told<'b>], know: &dyn Knowledge) -> Vec<Vec<&'a Told<'b>>> {
    let standing = || stand.iter().copied();
    let mut past = clusters(standing().filter(|t| t.classifier == Classifier::Actual), know, actual_gap);
    adopt(&mut past, |c| c.iter().all(|t| t.node.is_none()), |_, _| true);
    let places = know.places();
    let is_port = |t: &Told| t.node.is_some_and(|n| places.port_of(n) == n);
    adopt(
        &mut past,
        |c| c.iter().all(|t| is_port(t)),
        |home, orphan| {
            let nodes = home.node.zip(orphan.node);
            !is_port(home) && nodes.is_some_and(|(a, b)| places.may_be_same(a, b))
        },
    );
    let future = clusters(standing().filter(|t| t.classifier != Classifier::Actual), know, |_, _| {
        SignedDuration::from_hours(24 * 5)
    });
    past.extend(future);
    past
}

/// Returns why the first of two tellings leads.
pub(crate) fn led_by(leader: &Told, next: &Told, know: &dyn Knowledge) -> LedBy {
    let (a, b) = (rank(leader, know), rank(next, know));
    if a.0 != b.0 {
        LedBy::Authority
    } else if a.1 != b.1 {
        LedBy::Precision
    } else if a.2 != b.2 {
        LedBy::Written
    } else if a.3 != b.3 {
        LedBy::LaterTime
    } else {
        LedBy::Name
    }
}

/// The past first, by time; at the same time in the order in which such events follow each other.
pub(crate) fn order(fact: &Fact) -> (bool, bool, Option<Timestamp>, u8, Option<NodeIx>) {
    (fact.classifier != Classifier::Actual, fact.at.is_none(), fact.at, sequence(fact.kind), fact.node)
}

fn sequence(kind: Kind) -> u8 {
    match kind {
        Kind::Booked | Kind::CallOmitted => 0,
        Kind::VesselArrived => 1,
        Kind::Berthed => 2,
        Kind::OperationsStarted => 3,
        Kind::Discharged => 4,
        Kind::AvailableForDropOff => 5,
        Kind::GateIn | Kind::DroppedOff => 6,
        Kind::CustomsHeld | Kind::Held => 7,
        Kind::CustomsReleased | Kind::HoldReleased => 9,
        Kind::AvailableForPickUp | Kind::FreeTimeEnds => 10,
        Kind::Loaded => 11,
        Kind::OperationsCompleted => 12,
        Kind::OnBoard | Kind::VesselDeparted => 13,
        Kind::PickedUp => 14,
        Kind::GateOut => 15,
        Kind::BorderCrossed => 16,
        Kind::Delivered => 17,
        _ => 8,
    }
}

fn actual_gap(a: &Told, b: &Told) -> SignedDuration {
    let coarse = a.precision == Precision::Day || b.precision == Precision::Day;
    SignedDuration::from_hours(if coarse { 36 } else { 12 })
}

/// Groups tellings that are alike and cuts each group where the gap is too wide.
fn clusters<'a, 'b: 'a>(
    told: impl Iterator<Item = &'a Told<'b>>,
    know: &dyn Knowledge,
    gap: impl Fn(&Told, &Told) -> SignedDuration,
) -> Vec<Vec<&'a Told<'b>>> {
    let mut alike: BTreeMap<Likeness, Vec<&'a Told<'b>>> = BTreeMap::new();
    for t in told {
        let port = t.node.map(|n| know.places().port_of(n));
        alike.entry((t.kind, t.trade == Some(Trade::Restow), port)).or_default().push(t);
    }
    let mut clusters = Vec::new();
    for mut group in alike.into_values() {
        group.sort_by_key(|t| (t.at.is_none(), t.at, t.at.is_none().then_some(t.references), t.seq));
        let mut current: Vec<&'a Told<'b>> = Vec::new();
        for t in group {
            if current.last().is_some_and(|last| apart(last, t, &gap)) {
                clusters.push(std::mem::take(&mut current));
            }
            current.push(t);
        }
        clusters.push(current);
    }
    clusters
}

/// Whether two neighbours in time are too far apart; a telling without a time joins its neighbour, but
/// bookings, plans and statuses without one, as lists and orders tell them, are told apart by their papers.
fn apart(a: &Told, b: &Told, gap: &impl Fn(&Told, &Told) -> SignedDuration) -> bool {
    match (a.at, b.at) {
        (Some(x), Some(y)) => y.duration_since(x) > gap(a, b),
        _ if matches!(a.kind, Kind::Booked | Kind::Status) || a.classifier != Classifier::Actual => {
            a.at.is_some() || !a.references.iter().any(|r| b.references.contains(r))
        }
        _ => false,
    }
}

/// Whether two tellings are of one kind of event, restows apart.
fn alike(a: &Told, b: &Told) -> bool {
    let restow = |t: &Told| t.trade == Some(Trade::Restow);
    a.kind == b.kind && restow(a) == restow(b)
}

/// Gives orphans to the nearest fact of their kin within its gap.
///
/// An orphan has no place, or only a port that shares its code with another one, as `CNSHA` is
/// Shanghai while the terminal that tells of the same move is at Yangshan.
fn adopt<'a, 'b>(
    clusters: &mut Vec<Vec<&'a Told<'b>>>,
    is_orphan: impl Fn(&[&'a Told<'b>]) -> bool,
    kin: impl Fn(&Told, &Told) -> bool,
) {
    let (orphans, mut placed): (Vec<_>, Vec<_>) =
        std::mem::take(clusters).into_iter().partition(|c| is_orphan(c.as_slice()));
    let homes = placed.clone();
    for orphan in orphans {
        let first = orphan[0];
        let distance = |c: &[&Told]| {
            let near = c.iter().filter(|t| alike(t, first) && kin(t, first));
            near.filter_map(|t| Some((t.at?.duration_since(first.at?).abs(), actual_gap(t, first))))
                .filter(|(d, gap)| d <= gap)
                .map(|(d, _)| d)
                .min()
        };
        let home = homes.iter().enumerate().filter_map(|(i, c)| Some((distance(c)?, i))).min();
        match home {
            Some((_, i)) => placed[i].extend(orphan),
            None => placed.push(orphan),
        }
    }
    *clusters = placed;
}

/// Turns one cluster into what we believe.
fn believe(cluster: &[&Told], know: &dyn Knowledge) -> Fact {
    let leader = cluster.iter().max_by_key(|t| rank(t, know)).expect("a cluster holds at least one telling");
    let authority =
        |t: &Told| t.node.is_some_and(|n| know.believed(know.message(t.message).party, n, t.kind));
    let certainty = match leader.classifier {
        Classifier::Actual if cluster.iter().any(|t| authority(t)) => Certainty::Observed,
        Classifier::Actual => Certainty::Reported,
        _ => Certainty::Planned,
    };
    let by_rank = || {
        let mut all: Vec<&&Told> = cluster.iter().collect();
        all.sort_by_key(|t| Reverse(rank(t, know)));
        all.into_iter()
    };
    let note = know.message(leader.message);
    let party_of = |t: &Told| know.message(t.message).party;
    Fact {
        kind: leader.kind,
        classifier: leader.classifier,
        at: leader.at,
        precision: leader.precision,
        node: leader.node,
        how: leader.how,
        certainty,
        source: note.party,
        written: note.written,
        told_by: note.family.clone(),
        parties: cluster.iter().map(|t| party_of(t)).collect(),
        contradicted: cluster.iter().any(|t| contradicts(t, leader, party_of(t) != note.party)),
        references: cluster.iter().flat_map(|t| t.references.iter().copied()).collect(),
        declared: cluster
            .iter()
            .flat_map(|t| know.message(t.message).declared.iter().map(move |d| (party_of(t), *d)))
            .collect(),
        tied: cluster.iter().flat_map(|t| t.references.iter().map(move |r| (party_of(t), *r))).collect(),
        ship: by_rank().find_map(|t| t.ship),
        voyage: by_rank().find_map(|t| t.voyage),
        load: by_rank().map(|t| t.load).find(|l| *l != Load::Unknown).unwrap_or_default(),
        trade: by_rank().find_map(|t| t.trade),
        size: by_rank().find_map(|t| t.size),
        plan: PlanNodes {
            load: by_rank().find_map(|t| t.plan.load),
            discharge: by_rank().find_map(|t| t.plan.discharge),
            delivery: by_rank().find_map(|t| t.plan.delivery),
        },
        seq: cluster.iter().map(|t| t.seq).max().unwrap_or_default(),
    }
}

/// What decides which telling leads: belief, precision, when it was written, its time, place and party.
type Rank<'a> =
    (bool, Option<Precision>, Option<Timestamp>, Option<Timestamp>, Option<NodeIx>, Reverse<&'a str>);

/// How strongly a telling leads; see the head of this file.
fn rank<'a>(t: &Told, know: &'a dyn Knowledge) -> Rank<'a> {
    let note = know.message(t.message);
    let authority = t.node.is_some_and(|n| know.believed(note.party, n, t.kind));
    // For plans and estimates the newest word leads whatever its precision.
    let precision = (t.classifier == Classifier::Actual && t.at.is_some()).then_some(t.precision);
    (authority, precision, note.written, t.at, t.node, Reverse(know.party(note.party)))
}

pub(crate) fn contradicts(t: &Told, leader: &Told, other_party: bool) -> bool {
    let Some((a, b)) = t.at.zip(leader.at) else { return false };
    let fine = t.precision != Precision::Day && leader.precision != Precision::Day;
    other_party && t.classifier == Classifier::Actual && fine && a.duration_since(b).abs() > CONTRADICTION
}
