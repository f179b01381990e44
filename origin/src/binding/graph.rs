//! The binding as a graph: edges with confidence and provenance, what contradicts and waits for a
//! person, and journeys that may belong to a certificate and are never tied by themselves.
//!
//! Everything here is computed from what was told and decided. A new edge never touches a document
//! that was signed: it names the digest of the binding it was made with ([`Graph::digest`]).

use super::{
    Bound, Joining, Movements, REUSE_DAYS, SLACK_DAYS, Why, anchor, bound, days_off, joining, joins,
    tied_by_document,
};
use crate::canonical::canonical;
use crate::compare::squeeze;
use crate::form::boxes::Share;
use crate::register::Certificate;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use sealane_data::Text;
use sealane_data::certificate::BindingDecision;
use sealane_data::partner::PartyId;
use sealane_data::recorded::Seq;
use sealane_data::reference::{Reference, ReferenceKind};
use sealane_data::submission::Sha256;
use sealane_mapper::route::{Journey, JourneyKey};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

/// From this score on a journey is proposed to a person.
const PROPOSED: u32 = 60;

/// How an edge is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Basis {
    /// A document or a person says so.
    Asserted,
    /// We conclude it.
    Inferred,
}

impl Basis {
    /// Returns its word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Asserted => "asserted",
            Self::Inferred => "inferred",
        }
    }
}

/// A tie between a certificate and a journey.
#[derive(Clone, Debug, PartialEq)]
pub struct Edge {
    /// The journey, and the references that tie it.
    pub bound: Bound,
    /// How it is known.
    pub basis: Basis,
    /// How sure, out of a hundred.
    pub score: u32,
    /// Who told that the reference belongs to the journey.
    pub tellers: Vec<PartyId>,
    /// How much of the goods it carries, as declared.
    pub shares: Vec<Share>,
    /// The first day of the journey (UTC).
    pub from: Option<Date>,
    /// The log position that last touched the journey.
    pub seq: Seq,
}

/// Why a person must look at a binding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ConflictKind {
    /// The declared document carries other containers than the declared ones.
    OtherContainer,
    /// The movement names another certificate.
    OtherCertificate,
    /// One container is tied with two journeys.
    TwoJourneys,
}

impl ConflictKind {
    /// Returns its word.
    pub fn word(self) -> &'static str {
        match self {
            Self::OtherContainer => "other_container",
            Self::OtherCertificate => "other_certificate",
            Self::TwoJourneys => "two_journeys",
        }
    }
}

/// Two assertions that contradict each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// Its id: the same as long as the same things contradict.
    pub id: Text,
    /// What contradicts.
    pub kind: ConflictKind,
    /// The container.
    pub container: Text,
    /// A day inside the journey, for a decision about it.
    pub day: Option<Date>,
    /// One sentence.
    pub text: String,
}

/// A journey that may belong to a certificate. It ties nothing until a person says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// Its id.
    pub id: Text,
    /// The journey.
    pub journey: JourneyKey,
    /// A day inside it, for a decision about it.
    pub day: Option<Date>,
    /// How well it fits, out of a hundred.
    pub score: u32,
    /// What fits, as words.
    pub reasons: Vec<&'static str>,
}

/// The whole binding of a certificate.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Graph {
    /// Its ties.
    pub edges: Vec<Edge>,
    /// What contradicts and was not decided. For the operator: it may name strangers' containers.
    pub conflicts: Vec<Conflict>,
    /// What may belong to it. For the operator.
    pub proposals: Vec<Proposal>,
}

impl Graph {
    pub(crate) fn of(certificate: &Certificate, world: &impl Movements) -> Self {
        let all = bound(certificate, world);
        let tied: BTreeSet<JourneyKey> = all.iter().map(|b| b.journey.clone()).collect();
        let edges: Vec<Edge> = all.into_iter().filter_map(|b| edge(certificate, world, b)).collect();
        let conflicts = open(certificate, conflicts(certificate, world, &edges));
        let proposals = proposals(certificate, world, &tied);
        Self { edges, conflicts, proposals }
    }

    /// Returns the ties alone.
    pub fn bound(&self) -> Vec<Bound> {
        self.edges.iter().map(|e| e.bound.clone()).collect()
    }

    /// Returns SHA-256 over the ties, hexadecimal: what a signed document names.
    ///
    /// Journeys go in by container and first day, for their numbers may shift with older news.
    pub fn digest(&self) -> String {
        let edge = |e: &Edge| {
            let shares: Vec<_> =
                e.shares.iter().map(|s| json!([s.item, s.quantity.to_string(), s.unit])).collect();
            json!({
                "container": e.bound.journey.container,
                "from": e.from.map(|d| d.to_string()),
                "by": e.bound.by.to_string(),
                "basis": e.basis.word(),
                "shares": shares,
            })
        };
        let edges: Vec<_> = self.edges.iter().map(edge).collect();
        Sha256::of(canonical(&json!(edges)).as_bytes()).hex()
    }
}

fn edge(certificate: &Certificate, world: &impl Movements, bound: Bound) -> Option<Edge> {
    let journey = world.journey(&bound.journey)?;
    let by_document = joining(&bound.by) == Joining::Document;
    let basis = if by_document || bound.why == Why::Decided { Basis::Asserted } else { Basis::Inferred };
    let ground: u32 = match bound.why {
        Why::Decided => 100,
        Why::ToldByAnother => 85,
        Why::OperatorVouches if by_document => 80,
        Why::OperatorVouches => 60,
        Why::OwnDataOnly if by_document => 55,
        Why::OwnDataOnly => 40,
    };
    // Each further reference that agrees makes a mistake less likely.
    let agree = u32::try_from(bound.also.len()).unwrap_or(u32::MAX).saturating_mul(5);
    let held = certificate.boxes.bindings.iter().filter(|b| bound.holds(&b.reference) && b.share.is_some());
    // What the document says of its share is said again by the container's: the goods are counted once.
    let own = held.clone().any(|b| joining(&b.reference) == Joining::Container);
    let shares = held.filter(|b| !own || joining(&b.reference) == Joining::Container);
    let mut tellers = world.joins_as_told(&bound.journey, &bound.by);
    tellers.sort();
    Some(Edge {
        basis,
        score: (ground + agree.min(15)).min(100),
        tellers,
        shares: shares.filter_map(|b| b.share.clone()).collect(),
        from: day(&journey),
        seq: journey.seq,
        bound,
    })
}

fn day(journey: &Journey) -> Option<Date> {
    journey.first.map(|at| at.to_zoned(TimeZone::UTC).date())
}

fn id(certificate: &Certificate, what: &str, container: &str, day: Option<Date>) -> Text {
    let day = day.map(|d| d.to_string()).unwrap_or_default();
    let text = format!("{}|{what}|{container}|{day}", certificate.id);
    Sha256::of(text.as_bytes()).hex().get(..16).unwrap_or_default().into()
}

fn conflicts(certificate: &Certificate, world: &impl Movements, edges: &[Edge]) -> Vec<Conflict> {
    let mut found = other_containers(certificate, world, edges);
    let mut of_container: BTreeMap<&Text, Vec<&Edge>> = BTreeMap::new();
    for edge in edges {
        of_container.entry(&edge.bound.journey.container).or_default().push(edge);
        found.extend(other_certificate(certificate, world, edge));
    }
    for (container, journeys) in of_container.into_iter().filter(|(_, journeys)| journeys.len() > 1) {
        let later = journeys.iter().max_by_key(|e| e.from);
        found.push(Conflict {
            id: id(certificate, "two_journeys", container, None),
            kind: ConflictKind::TwoJourneys,
            container: container.clone(),
            day: later.and_then(|e| e.from),
            text: format!("{container} is tied with {} journeys under the same references.", journeys.len()),
        });
    }
    found.sort_by(|a, b| (a.kind, &a.container).cmp(&(b.kind, &b.container)));
    found
}

/// Declared documents whose journeys are of other containers than the declared ones.
fn other_containers(certificate: &Certificate, world: &impl Movements, edges: &[Edge]) -> Vec<Conflict> {
    let of = |kind: Joining| certificate.bindings.iter().filter(move |r| joins(r) && joining(r) == kind);
    let declared: BTreeSet<&Text> = of(Joining::Container).map(|r| &r.value).collect();
    let tied: BTreeSet<&Text> = edges.iter().map(|e| &e.bound.journey.container).collect();
    let unseen: Vec<&&Text> = declared.iter().filter(|c| !tied.contains(**c)).collect();
    let mut found: BTreeMap<Text, Conflict> = BTreeMap::new();
    if declared.is_empty() || unseen.is_empty() {
        return Vec::new();
    }
    for document in of(Joining::Document) {
        let keys = world.journeys(document);
        let strangers = keys.iter().filter(|key| !declared.contains(&key.container));
        // Only of a document that would tie: a guessed number must not ask after strangers' boxes.
        for (key, (journey, _)) in
            strangers.filter_map(|key| Some((key, tied_by_document(certificate, world, document, key)?)))
        {
            let near = anchor(certificate)
                .and_then(|(day, _)| days_off(&journey, day))
                .is_none_or(|off| off.abs() <= REUSE_DAYS);
            let day = day(&journey);
            let unseen = unseen[0];
            if near && !parted(certificate, &key.container, &journey) {
                found.entry(key.container.clone()).or_insert_with(|| Conflict {
                    id: id(certificate, "other_container", &key.container, day),
                    kind: ConflictKind::OtherContainer,
                    container: key.container.clone(),
                    day,
                    text: format!(
                        "{document} carries {}, and the certificate declares {unseen}, which it does not carry.",
                        key.container
                    ),
                });
            }
        }
    }
    found.into_values().collect()
}

/// A movement that names a certificate, and not this one.
fn other_certificate(certificate: &Certificate, world: &impl Movements, edge: &Edge) -> Option<Conflict> {
    let journey = world.journey(&edge.bound.journey)?;
    let named: Vec<String> = journey
        .references
        .iter()
        .filter(|r| r.kind == ReferenceKind::Certificate)
        .map(|r| squeeze(&r.value))
        .collect();
    let ours = squeeze(&certificate.boxes.number);
    if named.is_empty() || named.contains(&ours) || edge.bound.why == Why::Decided {
        return None;
    }
    let container = &edge.bound.journey.container;
    Some(Conflict {
        id: id(certificate, "other_certificate", container, edge.from),
        kind: ConflictKind::OtherCertificate,
        container: container.clone(),
        day: edge.from,
        text: format!("The movement of {container} names another certificate of origin."),
    })
}

/// Leaves out what a person decided.
fn open(certificate: &Certificate, mut conflicts: Vec<Conflict>) -> Vec<Conflict> {
    let answered: BTreeSet<&Text> = certificate.decisions().filter_map(|d| d.answers.as_ref()).collect();
    conflicts.retain(|c| !answered.contains(&c.id));
    conflicts
}

/// Whether a person decided that a journey does not belong to the certificate.
fn parted(certificate: &Certificate, container: &Text, journey: &Journey) -> bool {
    let about = |d: &&BindingDecision| d.container == *container && days_off(journey, d.day) == Some(0);
    let last = certificate.decisions().filter(about).last();
    last.is_some_and(|d| d.choice == sealane_data::certificate::Choice::Part)
}

/// Journeys that somebody told with the certificate's number or an invoice of it, scored by what else fits. They
/// are for the operator only: numbers run in sequence, and who guesses one must learn nothing.
fn proposals(
    certificate: &Certificate,
    world: &impl Movements,
    tied: &BTreeSet<JourneyKey>,
) -> Vec<Proposal> {
    let listed = certificate.boxes.items.iter().flat_map(|item| &item.invoices);
    let invoices: BTreeSet<Reference> = listed
        .map(|i| Reference::new(ReferenceKind::Invoice, &i.no))
        .chain(certificate.bindings.iter().filter(|r| r.kind == ReferenceKind::Invoice).cloned())
        .filter(Reference::joins)
        .collect();
    let number = Reference::new(ReferenceKind::Certificate, &certificate.boxes.number);
    let named: BTreeSet<JourneyKey> =
        if number.joins() { world.journeys(&number).into_iter().collect() } else { BTreeSet::new() };
    let mut hits: BTreeMap<JourneyKey, u32> = named.iter().map(|key| (key.clone(), 0)).collect();
    for key in invoices.iter().flat_map(|invoice| world.journeys(invoice)) {
        *hits.entry(key).or_default() += 1;
    }
    let fresh = hits.into_iter().filter(|(key, _)| !tied.contains(key));
    let mut found: Vec<Proposal> = fresh
        .filter_map(|(key, hits)| proposal(certificate, world, &key, (named.contains(&key), hits)))
        .collect();
    found.sort_by(|a, b| b.score.cmp(&a.score).then_with(|| a.journey.cmp(&b.journey)));
    found
}

fn proposal(
    certificate: &Certificate,
    world: &impl Movements,
    key: &JourneyKey,
    (named, invoices): (bool, u32),
) -> Option<Proposal> {
    let journey = world.journey(key)?;
    let mut reasons = Vec::new();
    let mut score = 0;
    if named {
        reasons.push("certificate_number");
        score += PROPOSED;
    }
    if invoices > 0 {
        reasons.push("invoice");
        score += 40 + (invoices - 1).min(2) * 5;
    }
    let near = anchor(certificate).and_then(|(day, _)| days_off(&journey, day));
    if near.is_some_and(|off| off.abs() <= SLACK_DAYS) {
        reasons.push("dates");
        score += 20;
    }
    if certificate.bindings.iter().any(|r| r.kind == ReferenceKind::Container && r.value == key.container) {
        reasons.push("container");
        score += 30;
    }
    let prefix = |e: &sealane_mapper::route::JourneyEvent| {
        let importing = &certificate.boxes.importing_party;
        !importing.is_empty() && e.node.as_ref().is_some_and(|n| n.0.starts_with(importing.as_str()))
    };
    if journey.events.iter().any(prefix) {
        reasons.push("importing_party");
        score += 20;
    }
    let about = parted(certificate, &key.container, &journey);
    (score >= PROPOSED && !about).then(|| Proposal {
        id: id(certificate, "proposal", &key.container, day(&journey)),
        journey: key.clone(),
        day: day(&journey),
        score: score.min(100),
        reasons,
    })
}
