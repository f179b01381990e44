//! The register: every certificate that was taken in, its owner, and what it depends on.

use crate::axes::{Claims, Consistency, Lifecycle, Verification};
use crate::binding::{self, Bound, Graph, Once};
use crate::form::boxes::Boxes;
use crate::form::boxes::Kind;
use crate::form::boxes_of;
use crate::life::{self, Noted};
use crate::registries::Outbox;
use crate::trust;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use rustc_hash::FxHashMap;
use sealane_data::Text;
use sealane_data::certificate::{CertificateAct, CertificateEvent, CertificateId, CertificateRecord, Choice};
use sealane_data::partner::PartyId;
use sealane_data::recorded::{Entry, Recorded, Seq};
use sealane_data::reference::{Reference, ReferenceKind};
use sealane_data::stamp::DayStamp;
use sealane_data::submission::{Sha256, SubmissionId};
use sealane_mapper::world::{Change, World};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// The members of a document that are boxes of the form.
const BOX_FIELDS: &[&str] = &[
    "exporter",
    "consignee",
    "producer",
    "transport",
    "official_use",
    "items",
    "remarks",
    "importing_party",
    "exporter_declaration",
    "certification",
    "flags",
    "third_party",
    "original_proof",
    "authorisation",
    "declaration",
    "certifier",
    "importer",
    "blanket_period",
    "signature",
];

/// There is no such certificate, or the party may not see it: nobody learns which.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("certificate not found")]
pub struct NotFound;

/// Until when a certificate is valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Validity {
    /// The last day.
    pub until: Date,
    /// Who says so: `claimed` by the one who sent it, its `blanket_period`, or reckoned by `one_year_from_issue`.
    pub source: &'static str,
}

/// A certificate in the register.
#[derive(Clone, Debug)]
pub struct Certificate {
    /// Our id.
    pub id: CertificateId,
    /// The party that sent it.
    pub owner: PartyId,
    /// The submission it came in.
    pub submission: SubmissionId,
    /// As it was taken in.
    pub record: CertificateRecord,
    /// When its owner made it public, if that was done.
    pub published: Option<Timestamp>,
    /// The log position that last touched the certificate itself.
    pub seq: Seq,
    /// When it was received.
    pub received: Timestamp,
    /// Header and boxes as types.
    pub boxes: Boxes,
    /// The declared references, in the order of the document.
    pub bindings: Vec<Reference>,
    /// What was said and decided about it since, in the order of the log.
    pub events: Vec<Noted>,
}

impl Certificate {
    pub(crate) fn new(recorded: &Recorded, record: &CertificateRecord) -> Self {
        let boxes = boxes_of(&record.document);
        Self {
            id: record.id.clone(),
            owner: recorded.party.clone(),
            submission: recorded.submission.clone(),
            record: record.clone(),
            published: None,
            seq: recorded.seq,
            received: recorded.at,
            bindings: boxes.bindings.iter().map(|b| b.reference.clone()).collect(),
            boxes,
            events: Vec::new(),
        }
    }

    /// Returns where it is in its life: as recorded here, else as claimed.
    pub fn lifecycle(&self) -> Lifecycle {
        self.life(None).lifecycle
    }

    /// Returns whether its issuer was asked, and what it said.
    pub fn verification(&self) -> Verification {
        self.life(None).verification
    }

    /// Returns whether the movement agrees with it: so far not assessed.
    pub fn consistency(&self) -> Consistency {
        Consistency::NOT_ASSESSED
    }

    /// Returns the last day on which it is valid: as claimed, else the end of a blanket period, else one
    /// year from its issue (RCEP Article 3.16, ATIGA); nothing if no day is told.
    pub fn valid_until(&self) -> Option<Validity> {
        let claimed = self.record.document.get("lifecycle").and_then(|l| l.get("valid_until"));
        let claimed = claimed.and_then(Value::as_str).and_then(|day| day.parse::<Date>().ok());
        let blanket = self.boxes.blanket.map(|(_, until)| Validity { until, source: "blanket_period" });
        let yearly = self.boxes.kind != Kind::Certification;
        let reckoned = || self.boxes.issued_on.filter(|_| yearly)?.checked_add(1.year()).ok();
        match claimed {
            Some(day) => Some(Validity { until: day, source: "claimed" }),
            None if blanket.is_some() => blanket,
            None => reckoned().map(|until| Validity { until, source: "one_year_from_issue" }),
        }
    }

    /// Returns what the document says about its own id, life and verification.
    pub fn claims(&self) -> Claims {
        Claims::of(&self.record.document)
    }

    /// Returns the boxes as they were submitted, without header and claims.
    pub fn submitted_boxes(&self) -> Value {
        let of = |name: &&str| Some(((*name).to_owned(), self.record.document.get(name)?.clone()));
        Value::Object(BOX_FIELDS.iter().filter_map(of).collect::<Map<_, _>>())
    }
}

/// Every certificate, folded from the log.
#[derive(Default)]
pub struct Register {
    certificates: FxHashMap<CertificateId, Certificate>,
    by_key: FxHashMap<(PartyId, String), CertificateId>,
    by_natural_key: FxHashMap<String, Vec<CertificateId>>,
    by_number: FxHashMap<String, Vec<CertificateId>>,
    /// The submissions that keep files of exporters' answers.
    answer_files: BTreeSet<SubmissionId>,
    /// The public references in use that took the place of ids.
    by_ref: FxHashMap<Text, CertificateId>,
    /// How often owners gave one up.
    given_up: FxHashMap<PartyId, usize>,
    /// The digests of the links that were made on a UTC day, in the order of the log.
    links: BTreeMap<Date, Vec<Sha256>>,
    by_reference: FxHashMap<Reference, BTreeSet<CertificateId>>,
    by_ship: FxHashMap<Text, BTreeSet<CertificateId>>,
    ships_of: FxHashMap<CertificateId, BTreeSet<Text>>,
    outbox: Outbox,
    published: Vec<CertificateId>,
    stamps: BTreeMap<Date, DayStamp>,
}

impl Register {
    /// Returns an empty register.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes in one entry of the log; returns the certificates it touched, each once.
    ///
    /// `changes` are what the world said about the same entry; they may also be handed to
    /// [`Register::touched_by`] once for a whole batch.
    pub fn apply(&mut self, recorded: &Recorded, world: &World, changes: &[Change]) -> Vec<CertificateId> {
        let mut touched: BTreeSet<CertificateId> = self.touched_by(world, changes).into_iter().collect();
        match &recorded.entry {
            Entry::Certificate(record) => touched.extend(self.take_in(recorded, record)),
            Entry::Published { certificate } => touched.extend(self.publish(recorded, certificate)),
            Entry::CertificateEvent(event) => touched.extend(self.note(recorded, event)),
            Entry::Stamped(stamp) => self.stamp(stamp),
            _ => touched.extend(self.outbox.apply(recorded)),
        }
        self.with_namesakes(touched)
    }

    /// The engine logs a natural key once per owner; should a log hold it twice for one, the first is kept.
    fn take_in(&mut self, recorded: &Recorded, record: &CertificateRecord) -> Option<CertificateId> {
        let key = (recorded.party.clone(), record.natural_key.clone());
        if self.by_key.contains_key(&key) || self.certificates.contains_key(&record.id) {
            return None;
        }
        let certificate = Certificate::new(recorded, record);
        for reference in certificate.bindings.iter().filter(|r| binding::joins(r)) {
            self.by_reference.entry(reference.clone()).or_default().insert(record.id.clone());
        }
        self.by_number.entry(spelled(&certificate.boxes.number)).or_default().push(record.id.clone());
        self.by_natural_key.entry(record.natural_key.clone()).or_default().push(record.id.clone());
        self.by_key.insert(key, record.id.clone());
        self.certificates.insert(record.id.clone(), certificate);
        Some(record.id.clone())
    }

    /// Keeps what somebody who may say it said about a certificate.
    fn note(&mut self, recorded: &Recorded, event: &CertificateEvent) -> Option<CertificateId> {
        let certificate = self.certificates.get_mut(&event.certificate)?;
        if !certificate.takes(&recorded.party, &event.act) {
            return None;
        }
        if let CertificateAct::Emitted(link) = &event.act {
            let day = link.at.to_zoned(TimeZone::UTC).date();
            self.links.entry(day).or_default().push(trust::link_digest(link));
            // A stamp is over the root as it was: the day has another one now.
            self.stamps.remove(&day);
        }
        let (party, event) = (recorded.party.clone(), event.clone());
        // A box that was tied by decision is followed as one that was declared.
        if let CertificateAct::Decided(decision) = &event.act
            && decision.choice == Choice::Tie
        {
            let tied = Reference { kind: ReferenceKind::Container, value: decision.container.clone() };
            self.by_reference.entry(tied).or_default().insert(certificate.id.clone());
        }
        if let CertificateAct::Answered(answer) = &event.act {
            self.answer_files.extend(answer.file.clone());
        }
        let taken = match &event.act {
            CertificateAct::Referred { public_ref } => {
                let old = Text::from(certificate.public_ref(None));
                Some((certificate.owner.clone(), [old, public_ref.clone()]))
            }
            _ => None,
        };
        let shuts = matches!(event.act, CertificateAct::Upheld { stands: false, .. });
        let shut = shuts.then(|| certificate.owner.clone());
        let changed = event.act.is_about_it();
        let verified = matches!(event.act, CertificateAct::Verified(_) | CertificateAct::Lapsed { .. });
        certificate.events.push(Noted { seq: recorded.seq, at: recorded.at, party, event });
        if verified {
            self.outbox.fresh(&certificate.id, certificate.verification().confirmed_until());
        }
        if changed {
            certificate.seq = recorded.seq;
        }
        let id = certificate.id.clone();
        if let Some(owner) = shut {
            self.shut(&owner);
        }
        if let Some((owner, refs)) = taken {
            self.refer(&id, &owner, refs);
        }
        changed.then_some(id)
    }

    /// Returns the digests of everything that was signed on a UTC day, in the order of the log: the
    /// leaves of that day's tree.
    pub fn links_of(&self, day: Date) -> &[Sha256] {
        self.links.get(&day).map_or(&[], Vec::as_slice)
    }

    /// Returns the submissions that keep files of exporters' answers: they are never erased.
    pub fn answer_files(&self) -> &BTreeSet<SubmissionId> {
        &self.answer_files
    }

    /// Returns what registries are to be asked, and what they answered.
    pub fn outbox(&self) -> &Outbox {
        &self.outbox
    }

    /// Returns the events that end the certificates whose last day is before a day.
    pub fn expiring(&self, today: Date) -> Vec<CertificateEvent> {
        let mut due: Vec<_> = self.certificates.values().filter_map(|c| life::expiry(c, today)).collect();
        due.sort_by(|a, b| a.certificate.cmp(&b.certificate));
        due
    }

    fn publish(&mut self, recorded: &Recorded, id: &CertificateId) -> Option<CertificateId> {
        let certificate = self.certificates.get_mut(id)?;
        if certificate.owner != recorded.party || certificate.published.is_some() {
            return None;
        }
        certificate.published = Some(recorded.at);
        certificate.seq = recorded.seq;
        self.published.push(id.clone());
        Some(id.clone())
    }

    /// Returns the certificate that a party may publish: its own.
    pub fn publishable(&self, party: &PartyId, id: &CertificateId) -> Result<&Certificate, NotFound> {
        self.get(id).filter(|c| c.owner == *party).ok_or(NotFound)
    }

    /// Returns the certificates whose route may read differently after some changes, each once.
    ///
    /// These are the ones with a declared reference among a touched container and its references,
    /// and the ones that were said to depend on a touched ship ([`Register::depends_on_ships`]).
    pub fn touched_by(&self, world: &World, changes: &[Change]) -> Vec<CertificateId> {
        let mut touched = BTreeSet::new();
        if self.certificates.is_empty() {
            return Vec::new();
        }
        for change in changes {
            match change {
                Change::Journeys { container, .. } => {
                    let own = Reference { kind: ReferenceKind::Container, value: container.clone() };
                    for reference in world.references_of(container).chain([&own]) {
                        touched.extend(self.by_reference.get(reference).into_iter().flatten().cloned());
                    }
                }
                Change::Calls { ship, .. } => {
                    touched.extend(self.by_ship.get(ship).into_iter().flatten().cloned());
                }
            }
        }
        self.with_namesakes(touched)
    }

    /// Notes the ships on whose calls a certificate's route depends, in place of those noted before.
    pub fn depends_on_ships(&mut self, id: &CertificateId, ships: impl IntoIterator<Item = Text>) {
        let ships: BTreeSet<Text> = ships.into_iter().collect();
        let before = self.ships_of.insert(id.clone(), ships.clone()).unwrap_or_default();
        for ship in before.difference(&ships) {
            if let Some(dependents) = self.by_ship.get_mut(ship) {
                dependents.remove(id);
            }
        }
        for ship in ships {
            self.by_ship.entry(ship).or_default().insert(id.clone());
        }
    }

    /// Takes over the ships noted by the register whose place this one takes.
    pub fn keep_dependencies(&mut self, before: &mut Self) {
        self.by_ship = std::mem::take(&mut before.by_ship);
        self.ships_of = std::mem::take(&mut before.ships_of);
    }

    /// Returns a certificate.
    pub fn get(&self, id: &CertificateId) -> Option<&Certificate> {
        self.certificates.get(id)
    }

    /// Returns an owner's certificate with a natural key.
    ///
    /// What another party enters under the same key is an entry of its own that waits for a person
    /// ([`Register::contested`]).
    pub fn by_key(&self, owner: &PartyId, natural_key: &str) -> Option<&Certificate> {
        self.by_key.get(&(owner.clone(), natural_key.to_owned())).and_then(|id| self.get(id))
    }

    /// Returns the certificates of an owner, or of everybody, newest first.
    pub fn owned_by(&self, owner: Option<&PartyId>) -> Vec<&Certificate> {
        let mut all: Vec<&Certificate> =
            self.certificates.values().filter(|c| owner.is_none_or(|owner| c.owner == *owner)).collect();
        all.sort_by(|a, b| (b.received, b.seq, &b.id).cmp(&(a.received, a.seq, &a.id)));
        all
    }

    /// Returns every certificate, in no order.
    pub fn all(&self) -> impl Iterator<Item = &Certificate> {
        self.certificates.values()
    }

    /// Returns the journeys that a certificate is tied to, and by which of its references.
    pub fn bound(&self, certificate: &Certificate, world: &World) -> Vec<Bound> {
        binding::bound(certificate, &Once::new(world))
    }

    /// Returns the whole binding of a certificate: its ties, what contradicts, what may belong to it.
    pub fn binding(&self, certificate: &Certificate, world: &World) -> Graph {
        Graph::of(certificate, &Once::new(world))
    }
}

/// Returns a number without blanks and dashes, in upper case: as people type it.
fn spelled(number: &str) -> String {
    number.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect()
}

mod entries;
mod refs;
mod stamps;

pub use entries::{Contested, EntryState};
pub(crate) use refs::is_public_ref;
pub use refs::public_ref_under;

#[cfg(test)]
mod tests;
