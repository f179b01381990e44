//! Filing what the log recorded.

use super::told::{CallTold, MessageNote, PlanNodes, Told};
use super::{Change, MonthKey, World};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use rustc_hash::FxHashSet;
use sealane_data::Text;
use sealane_data::observation::{Classifier, DeclaredPlace, Observation, Plan, Revision};
use sealane_data::places::Resolution;
use sealane_data::recorded::{Entry, MessageRecord, Recorded, Seq};
use sealane_data::reference::{Reference, ReferenceKind};
use sealane_data::time::Precision;
use std::collections::BTreeSet;

/// What a batch touched, each once.
#[derive(Default)]
struct Touched {
    containers: FxHashSet<u32>,
    ships: FxHashSet<u32>,
    months: FxHashSet<MonthKey>,
}

/// Ships are touched in a message's list as their number with this bit.
const SHIP_BIT: u32 = 1 << 31;

/// Where and when one observation is, resolved.
struct Resolved {
    place: Option<Resolution>,
    at: Option<Timestamp>,
    precision: Precision,
}

impl World {
    /// Files a batch and says what changed.
    ///
    /// Tests, and messages of parties that do not take part, change nothing.
    pub fn apply(&mut self, batch: &[Recorded]) -> Vec<Change> {
        let mut touched = Touched::default();
        for recorded in batch {
            self.seq = self.seq.max(recorded.last_seq());
            if let Entry::Message(message) = &recorded.entry {
                self.file_message(recorded, message, &mut touched);
            }
        }
        self.changes(touched)
    }

    fn file_message(&mut self, recorded: &Recorded, message: &MessageRecord, touched: &mut Touched) {
        let places = self.places.clone();
        let party = self.parties.number(&places, &recorded.party);
        if message.test || !self.parties.takes_part(party) || message.observations.is_empty() {
            return;
        }
        let number = u32::try_from(self.messages.len()).expect("fewer than 2^32 messages fit in memory");
        let note = self.note(party, message);
        self.messages.push(note);
        let mut mine = FxHashSet::default();
        for (seq, observation) in (recorded.seq..).zip(&message.observations) {
            self.file(seq, number, observation, &mut mine, touched);
        }
        self.revise(number, message, mine, touched);
    }

    fn note(&mut self, party: u32, message: &MessageRecord) -> MessageNote {
        let declared: Vec<u32> = message.parties.iter().map(|p| self.texts.number(p)).collect();
        let family = message.family.split(':').next().unwrap_or_default();
        MessageNote {
            party,
            family: family.into(),
            written: message.written.map(|w| w.instant(self.parties.zone(party))),
            revising: message.revision != Revision::Original,
            cancels: message.revision == Revision::Cancel,
            superseded: message.revision == Revision::Cancel,
            declared: declared.into(),
        }
    }

    fn file(
        &mut self,
        seq: Seq,
        message: u32,
        said: &Observation,
        mine: &mut FxHashSet<u32>,
        touched: &mut Touched,
    ) {
        let party = self.messages[message as usize].party;
        let resolved = self.resolve(party, said);
        let ship = said.vessel.as_ref().and_then(|v| self.ships.number(v));
        let voyage = said.vessel.as_ref().and_then(|v| v.voyage.as_ref()).map(|v| self.texts.number(v));
        if let Some(ship) = ship.filter(|_| said.kind.is_call()) {
            if let (Some(place), Some(at)) = (resolved.place, resolved.at) {
                let (kind, classifier, precision, node) =
                    (said.kind, said.classifier, resolved.precision, place.node);
                let told = CallTold { seq, message, kind, classifier, at, precision, node, voyage };
                self.calls.entry(ship).or_default().push(told);
            }
            mine.insert(ship | SHIP_BIT);
            touched.ships.insert(ship);
        }
        // A number that is no container number or has a wrong digit must not glue strangers
        // together: it is kept under its own spelling, which joins only itself.
        let Some(equipment) = said.equipment.as_ref().filter(|e| !e.number.canonical().is_empty()) else {
            return;
        };
        let container = self.container(&equipment.number.canonical().into());
        let references = self.tie(container, &said.references);
        let told = Told {
            seq,
            message,
            kind: said.kind,
            classifier: said.classifier,
            at: resolved.at,
            precision: resolved.precision,
            node: resolved.place.map(|p| p.node),
            how: resolved.place.map(|p| p.how),
            ship,
            voyage,
            load: equipment.load,
            trade: equipment.trade,
            size: equipment.size_type.as_ref().map(|s| self.texts.number(&s.as_found().into())),
            references,
            plan: self.plan(party, said.plan.as_deref()),
        };
        self.index(container, &told, touched);
        self.told[container as usize].push(told);
        mine.insert(container);
        touched.containers.insert(container);
    }

    fn resolve(&mut self, party: u32, said: &Observation) -> Resolved {
        let places = self.places.clone();
        let nowhere = DeclaredPlace::default();
        let place = self.parties.resolve(&places, party, said.place.as_ref().unwrap_or(&nowhere));
        let zone: &TimeZone = place.map_or_else(|| self.parties.zone(party), |p| places.zone(p.node));
        let at = said.time.map(|t| t.instant(zone));
        Resolved { place, at, precision: said.time.map_or(Precision::Day, |t| t.precision) }
    }

    fn plan(&mut self, party: u32, plan: Option<&Plan>) -> PlanNodes {
        let Some(plan) = plan else { return PlanNodes::default() };
        let places = self.places.clone();
        let mut node = |place: &Option<DeclaredPlace>| {
            let place = place.as_ref()?;
            self.parties.resolve(&places, party, place).map(|r| r.node)
        };
        PlanNodes { load: node(&plan.load), discharge: node(&plan.discharge), delivery: node(&plan.delivery) }
    }

    fn container(&mut self, canonical: &Text) -> u32 {
        let n = self.containers.number(canonical);
        if n as usize == self.told.len() {
            self.told.push(Vec::new());
        }
        n
    }

    /// Ties references that are fit for joining to a container.
    fn tie(&mut self, container: u32, references: &[Reference]) -> Box<[u32]> {
        let fit = references.iter().filter(|r| r.joins() && r.kind != ReferenceKind::Container);
        let numbers: Vec<u32> = fit.map(|r| self.references.number(r)).collect();
        for n in &numbers {
            self.tied.entry(*n).or_default().insert(container);
        }
        numbers.into()
    }

    fn index(&mut self, container: u32, told: &Told, touched: &mut Touched) {
        if !told.kind.is_quay_move() || told.classifier != Classifier::Actual {
            return;
        }
        if let (Some(node), Some(at)) = (told.node, told.at) {
            let utc = at.to_zoned(TimeZone::UTC);
            let month = (node, utc.year(), utc.month());
            self.moved.entry(month).or_default().containers.insert(container);
            touched.months.insert(month);
        }
    }

    /// Lets a replacing or cancelling message take the place of earlier ones of its document.
    ///
    /// A document is (party, message type, document number); numbers unfit for joining, such as
    /// `1`, make no document. The newest revising message leads: by the time it was written, else
    /// by its place in the log.
    fn revise(&mut self, number: u32, message: &MessageRecord, mine: FxHashSet<u32>, touched: &mut Touched) {
        let note = &self.messages[number as usize];
        if !Reference::new(ReferenceKind::Shipment, &message.document).joins() {
            return;
        }
        let key = (note.party, note.family.clone(), message.document.clone());
        self.touched_by.insert(number, mine.into_iter().collect());
        let versions = self.documents.entry(key).or_default();
        versions.push(number);
        let newest = versions
            .iter()
            .filter(|n| self.messages[**n as usize].revising)
            .max_by_key(|n| (self.messages[**n as usize].written, **n));
        let Some(newest) = newest.copied() else { return };
        for n in versions.clone() {
            self.supersede(n, newest, touched);
        }
    }

    fn supersede(&mut self, number: u32, newest: u32, touched: &mut Touched) {
        let note = &mut self.messages[number as usize];
        let superseded = number != newest || note.cancels;
        if note.superseded == superseded && number != newest {
            return;
        }
        note.superseded = superseded;
        for what in self.touched_by.get(&number).into_iter().flatten() {
            if what & SHIP_BIT == 0 {
                touched.containers.insert(*what);
                touched.months.extend(months_of(&self.told[*what as usize]));
            } else {
                touched.ships.insert(what & !SHIP_BIT);
            }
        }
    }

    fn changes(&mut self, touched: Touched) -> Vec<Change> {
        let seq = self.seq;
        let mut ships: BTreeSet<Text> = touched.ships.iter().map(|s| self.ships.key(*s)).collect();
        ships.append(&mut self.ships.take_renamed());
        let mut containers: Vec<u32> = touched.containers.into_iter().collect();
        containers.sort_unstable();
        for month in &touched.months {
            self.moved.entry(*month).or_default().seq = seq;
        }
        let journeys = containers.into_iter().map(|c| Change::Journeys {
            container: self.containers.value(c).clone(),
            references: self.references_of(c),
            seq,
        });
        let calls = ships.into_iter().map(|ship| Change::Calls { ship, seq });
        journeys.chain(calls).collect()
    }

    fn references_of(&self, container: u32) -> Vec<Reference> {
        let mut all: Vec<u32> =
            self.told[container as usize].iter().flat_map(|t| t.references.iter().copied()).collect();
        all.sort_unstable();
        all.dedup();
        all.into_iter().map(|n| self.references.value(n).clone()).collect()
    }
}

/// Returns the node and month of every quay move that was told of a container.
fn months_of(told: &[Told]) -> impl Iterator<Item = MonthKey> {
    told.iter().filter(|t| t.kind.is_quay_move()).filter_map(|t| {
        let utc = t.at?.to_zoned(TimeZone::UTC);
        Some((t.node?, utc.year(), utc.month()))
    })
}
