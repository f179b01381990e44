//! Which journeys a certificate is tied to.
//!
//! A certificate is tied by the references it declares, never by a journey's id. Contributing is
//! no claim: naming a stranger's container, in a certificate or in a message of one's own, ties
//! nothing.
//!
//! 1. A booking or bill of lading ties a journey when a party other than the certificate's owner
//!    said that they belong together, or when nobody but the owner told of that journey at all.
//!    Declared containers then narrow it: only journeys of these containers are tied.
//! 2. A container alone ties a journey only when nobody but the owner told of it.
//! 3. The operator vouches for what it feeds in: its own certificates are tied by either.
//!
//! Of several journeys of one container, the departure date (box 4) or else the day of issue
//! chooses. A container alone takes one journey, the nearest in time, or the newest if the
//! certificate has no date. A journey that ended more than [`SLACK_DAYS`] before the departure date
//! ([`ISSUE_SLACK_DAYS`] before the day of issue, a year if issued retroactively) is the container's
//! last trip and not this one; cargo may be rolled, so one may begin up to [`REUSE_DAYS`] later. A
//! booking or bill of lading takes every journey that carries it, but where one container has
//! several only those within [`REUSE_DAYS`], since numbers are used again after a time.

mod graph;
mod once;

pub(crate) use once::Once;

pub use graph::{Basis, Conflict, ConflictKind, Edge, Graph, Proposal};

use crate::register::Certificate;
use jiff::civil::{Date, time};
use jiff::tz::TimeZone;
use sealane_data::Text;
use sealane_data::certificate::{BindingDecision, Choice};
use sealane_data::container::ContainerNumber;
use sealane_data::fact::Certainty;
use sealane_data::partner::PartyId;
use sealane_data::reference::{Reference, ReferenceKind};
use sealane_mapper::route::{Journey, JourneyKey};
use std::collections::{BTreeMap, BTreeSet};

/// The most journeys that one certificate is tied to.
pub const MAX_BOUND: usize = 500;

/// Days before departure that a journey may have ended for a container alone to tie it.
const SLACK_DAYS: i64 = 10;

/// The same for the day of issue, which may lie well after departure.
const ISSUE_SLACK_DAYS: i64 = 30;

/// Days after which a number may be another's.
const REUSE_DAYS: i64 = 180;

/// What a declared type of reference can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Joining {
    /// A transport document: ties the journeys that carry it.
    Document,
    /// A container: narrows, and alone ties only what its owner told itself.
    Container,
    /// Kept, never ties anything by itself.
    Never,
}

/// A type of declared reference: DCSA's word or a customary one.
#[derive(Clone, Copy, Debug)]
pub struct BindingKind {
    /// The type as documents write it.
    pub id: &'static str,
    /// What it counts.
    pub kind: ReferenceKind,
    /// What it can do.
    pub joining: Joining,
    /// One sentence that says what it is.
    pub about: &'static str,
}

/// Every type of declared reference.
#[rustfmt::skip]
pub static BINDINGS: &[BindingKind] = &[
    BindingKind { id: "EQ", kind: ReferenceKind::Container, joining: Joining::Container, about: "A container number (ISO 6346)." },
    BindingKind { id: "BKG", kind: ReferenceKind::Booking, joining: Joining::Document, about: "The carrier's booking number." },
    BindingKind { id: "TRD", kind: ReferenceKind::MasterBl, joining: Joining::Document, about: "The carrier's bill of lading." },
    BindingKind { id: "MBL", kind: ReferenceKind::MasterBl, joining: Joining::Document, about: "The carrier's bill of lading, in another customary spelling." },
    BindingKind { id: "HBL", kind: ReferenceKind::HouseBl, joining: Joining::Document, about: "A forwarder's house bill of lading." },
    BindingKind { id: "HAWB", kind: ReferenceKind::HouseBl, joining: Joining::Document, about: "A forwarder's house air waybill." },
    BindingKind { id: "SHI", kind: ReferenceKind::Shipment, joining: Joining::Never, about: "A shipping instruction." },
    BindingKind { id: "INV", kind: ReferenceKind::Invoice, joining: Joining::Never, about: "A commercial invoice." },
    BindingKind { id: "CEO", kind: ReferenceKind::Certificate, joining: Joining::Never, about: "A certificate of origin's number." },
    BindingKind { id: "CRO", kind: ReferenceKind::Other, joining: Joining::Never, about: "A container release order." },
    BindingKind { id: "CUC", kind: ReferenceKind::Other, joining: Joining::Never, about: "A customs clearance document." },
    BindingKind { id: "SSCC", kind: ReferenceKind::Other, joining: Joining::Never, about: "A serial shipping container code of a package (GS1)." },
];

/// Returns what a type counts; unknown types give none.
pub(crate) fn kind_of(id: &str) -> Option<ReferenceKind> {
    BINDINGS.iter().find(|row| row.id == id).map(|row| row.kind)
}

fn joining(reference: &Reference) -> Joining {
    BINDINGS.iter().find(|row| row.kind == reference.kind).map_or(Joining::Never, |row| row.joining)
}

/// Returns whether a reference is of a type and a form that can tie.
pub(crate) fn joins(reference: &Reference) -> bool {
    match joining(reference) {
        Joining::Document => reference.joins(),
        Joining::Container => ContainerNumber::read(&reference.value).joins(),
        Joining::Never => false,
    }
}

/// Why a certificate may be tied to a journey.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// The operator owns the certificate.
    OperatorVouches,
    /// A party that is believed there said that the references belong to the journey.
    ToldByAnother,
    /// Nobody but the certificate's owner told of the journey.
    OwnDataOnly,
    /// A person decided it.
    Decided,
}

impl Why {
    /// Returns the reason as a stable word and a sentence.
    pub fn reason(self) -> (&'static str, &'static str) {
        match self {
            Self::OperatorVouches => ("operator", "The operator vouches for the certificate."),
            Self::ToldByAnother => (
                "told_by_another",
                "A party that is believed there said that these references belong together.",
            ),
            Self::Decided => ("decided", "A person decided that they belong together."),
            Self::OwnDataOnly => ("own_data", "Only the certificate's owner told of this journey."),
        }
    }
}

/// A journey that a certificate is tied to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bound {
    /// The journey.
    pub journey: JourneyKey,
    /// The reference that ties it.
    pub by: Reference,
    /// Other declared references that agree: further documents, and the container.
    pub also: Vec<Reference>,
    /// Why it may tie.
    pub why: Why,
}

impl Bound {
    /// Returns whether a declared reference took part.
    pub fn holds(&self, reference: &Reference) -> bool {
        self.by == *reference || self.also.contains(reference)
    }
}

/// What binding asks of the world.
pub(crate) trait Movements {
    fn journeys(&self, reference: &Reference) -> Vec<JourneyKey>;
    fn journey(&self, key: &JourneyKey) -> Option<Journey>;
    fn joins_as_told(&self, key: &JourneyKey, reference: &Reference) -> Vec<PartyId>;
}

/// Returns the journeys that a certificate is tied to, by journey.
pub(crate) fn bound(certificate: &Certificate, world: &impl Movements) -> Vec<Bound> {
    let declared =
        |kind: Joining| certificate.bindings.iter().filter(move |r| joins(r) && joining(r) == kind);
    let containers: BTreeSet<&Text> = declared(Joining::Container).map(|r| &r.value).collect();
    let mut found: BTreeMap<JourneyKey, Bound> = BTreeMap::new();
    for document in declared(Joining::Document) {
        let keys = world.journeys(document).into_iter();
        let narrowed = keys.filter(|key| containers.is_empty() || containers.contains(&key.container));
        let tied =
            narrowed.take(MAX_BOUND).filter_map(|key| tied_by_document(certificate, world, document, &key));
        for (journey, why) in near_enough(certificate, tied.collect()) {
            add(&mut found, journey, document, why);
        }
    }
    for container in declared(Joining::Container) {
        let of_container: Vec<JourneyKey> =
            found.keys().filter(|k| k.container == container.value).cloned().collect();
        for key in &of_container {
            add(&mut found, key.clone(), container, Why::ToldByAnother);
        }
        if of_container.is_empty()
            && let Some((key, why)) = tied_by_container(certificate, world, container)
        {
            add(&mut found, key, container, why);
        }
    }
    decide(certificate, world, &mut found);
    found.into_values().take(MAX_BOUND).collect()
}

/// Carries out what people decided: the last word about a journey counts.
fn decide(certificate: &Certificate, world: &impl Movements, found: &mut BTreeMap<JourneyKey, Bound>) {
    for decision in certificate.decisions() {
        let Some(journey) = meant(decision, world) else { continue };
        let by = Reference { kind: ReferenceKind::Container, value: decision.container.clone() };
        match decision.choice {
            Choice::Part => {
                found.remove(&journey);
            }
            Choice::Tie => match found.get_mut(&journey) {
                Some(bound) => bound.why = Why::Decided,
                None => add(found, journey, &by, Why::Decided),
            },
        }
    }
}

/// Returns the journey that a decision means: the one around its day, else the nearest.
fn meant(decision: &BindingDecision, world: &impl Movements) -> Option<JourneyKey> {
    let container = Reference { kind: ReferenceKind::Container, value: decision.container.clone() };
    let journeys = world.journeys(&container).into_iter().filter_map(|key| world.journey(&key));
    let off = |j: &Journey| days_off(j, decision.day).map(i64::abs);
    let near = journeys.filter_map(|j| Some((off(&j)?, j.key))).filter(|(off, _)| *off <= ISSUE_SLACK_DAYS);
    near.min().map(|(_, key)| key)
}

/// The first reference that ties a journey leads; later ones only agree.
fn add(found: &mut BTreeMap<JourneyKey, Bound>, journey: JourneyKey, by: &Reference, why: Why) {
    match found.get_mut(&journey) {
        Some(bound) if !bound.holds(by) => bound.also.push(by.clone()),
        Some(_) => {}
        None => {
            found.insert(journey.clone(), Bound { journey, by: by.clone(), also: Vec::new(), why });
        }
    }
}

fn tied_by_document(
    certificate: &Certificate,
    world: &impl Movements,
    document: &Reference,
    key: &JourneyKey,
) -> Option<(Journey, Why)> {
    let journey = world.journey(key)?;
    let why = if certificate.owner.is_operator() {
        Why::OperatorVouches
    } else if told_by_nobody_else(&journey, &certificate.owner) {
        Why::OwnDataOnly
    } else if is_tied(certificate, world, document, &journey) && knows_it(certificate, world, &journey) {
        Why::ToldByAnother
    } else {
        return None;
    };
    Some((journey, why))
}

/// Whether somebody who is believed said that a document belongs to a journey.
fn is_tied(
    certificate: &Certificate,
    world: &impl Movements,
    document: &Reference,
    journey: &Journey,
) -> bool {
    let tellers = world.joins_as_told(&journey.key, document);
    tellers.iter().any(|teller| vouches(teller, &certificate.owner, journey))
}

/// Whether the owner shows more than one guessed number: booking numbers run in sequence. It is
/// named as a party of the journey, or the certificate names two of the journey's own numbers.
fn knows_it(certificate: &Certificate, world: &impl Movements, journey: &Journey) -> bool {
    if is_declared(&certificate.owner, journey) {
        return true;
    }
    let own = |r: &&Reference| match joining(r) {
        Joining::Document => r.joins() && is_tied(certificate, world, r, journey),
        Joining::Container => r.value == journey.key.container,
        Joining::Never => false,
    };
    certificate.bindings.iter().filter(own).collect::<BTreeSet<_>>().len() >= 2
}

/// Whether a believed party names another one, by its id, as a party of the journey.
pub fn is_declared(party: &PartyId, journey: &Journey) -> bool {
    let mut named = journey.declared.iter().filter(|(_, code)| code.eq_ignore_ascii_case(&party.0));
    named.any(|(namer, _)| vouches(namer, party, journey))
}

/// Whether one party's word opens a journey to another: the operator's does, and that of a party
/// which is itself believed for something that happened on it.
pub fn vouches(teller: &PartyId, reader: &PartyId, journey: &Journey) -> bool {
    let believed = || {
        let mut events = journey.events.iter().map(|e| &e.event);
        events.any(|e| e.source == *teller && e.certainty == Certainty::Observed)
    };
    teller != reader && (teller.is_operator() || believed())
}

fn told_by_nobody_else(journey: &Journey, owner: &PartyId) -> bool {
    !journey.parties.is_empty() && journey.parties.iter().all(|party| party == owner)
}

/// Leaves out other uses of the same number where one container has several journeys with it.
fn near_enough(certificate: &Certificate, tied: Vec<(Journey, Why)>) -> Vec<(JourneyKey, Why)> {
    let mut by_container: BTreeMap<Text, Vec<(Option<i64>, JourneyKey, Why)>> = BTreeMap::new();
    for (journey, why) in tied {
        let off = anchor(certificate).and_then(|(day, _)| days_off(&journey, day)).map(i64::abs);
        by_container.entry(journey.key.container.clone()).or_default().push((off, journey.key, why));
    }
    let mut kept = Vec::new();
    for journeys in by_container.into_values() {
        let nearest = journeys.iter().filter_map(|(off, ..)| *off).min();
        let most = nearest.map_or(REUSE_DAYS, |days| days.max(REUSE_DAYS));
        let near = journeys.into_iter().filter(|(off, ..)| off.is_none_or(|days| days <= most));
        kept.extend(near.map(|(_, key, why)| (key, why)));
    }
    kept
}

fn tied_by_container(
    certificate: &Certificate,
    world: &impl Movements,
    container: &Reference,
) -> Option<(JourneyKey, Why)> {
    let why = if certificate.owner.is_operator() { Why::OperatorVouches } else { Why::OwnDataOnly };
    let mut journeys: Vec<Journey> =
        world.journeys(container).iter().filter_map(|key| world.journey(key)).collect();
    journeys.sort_by_key(|journey| std::cmp::Reverse(journey.key.ordinal));
    let chosen = match anchor(certificate) {
        None => journeys.first(),
        Some((day, slack)) => {
            let near = |j: &&Journey| days_off(j, day).is_none_or(|off| (-slack..=REUSE_DAYS).contains(&off));
            // Sorted newest first, and the first of equals wins; a mere plan is the last choice.
            journeys.iter().filter(near).min_by_key(|j| days_off(j, day).map_or(REUSE_DAYS, i64::abs))
        }
    }?;
    let allowed = why == Why::OperatorVouches || told_by_nobody_else(chosen, &certificate.owner);
    allowed.then(|| (chosen.key.clone(), why))
}

/// The certificate's day on its journey, and how many days before it a journey may have ended.
fn anchor(certificate: &Certificate) -> Option<(Date, i64)> {
    let boxes = &certificate.boxes;
    let issue_slack = if boxes.ticks.issued_retroactively { 366 } else { ISSUE_SLACK_DAYS };
    let departed = boxes.transport.departure_date.map(|day| (day, SLACK_DAYS));
    departed.or_else(|| boxes.issued_on.map(|day| (day, issue_slack)))
}

/// Days from a day to a journey: 0 inside, negative if it ended before; none for a mere plan.
fn days_off(journey: &Journey, day: Date) -> Option<i64> {
    let noon = TimeZone::UTC.to_timestamp(day.to_datetime(time(12, 0, 0, 0))).ok()?.as_second();
    let (first, last) = (journey.first?.as_second(), journey.last?.as_second());
    Some(((first - noon).max(0) + (last - noon).min(0)) / 86_400)
}

#[cfg(test)]
mod tests;
