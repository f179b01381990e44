//! Filing what the log recorded.

use super::drift;
use super::told::{CallTold, Kept, Maybe, MessageNote, PlanNodes, Told};
use super::{Change, Holder, MonthKey, World};
use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};
use rustc_hash::FxHashSet;
use sealane_data::Text;
use sealane_data::observation::{
    Classifier, DECLARED_BY_CREW, DeclaredPlace, Kind, Observation, Plan, Revision,
};
use sealane_data::places::Resolution;
use sealane_data::recorded::{Entry, MessageRecord, Recorded, Seq};
use sealane_data::reference::{Reference, ReferenceKind};
use sealane_data::time::Precision;
use std::collections::BTreeSet;
use std::sync::Arc;

/// What a batch touched, each once.
#[derive(Default)]
pub(super) struct Touched {
    pub(super) containers: FxHashSet<u32>,
    pub(super) ships: FxHashSet<u32>,
    pub(super) months: FxHashSet<MonthKey>,
}

/// Where and when one observation is, resolved.
struct Resolved {
    place: Option<Resolution>,
    at: Option<Timestamp>,
    precision: Precision,
}

impl World {
    /// Files a batch and says what changed.
    ///
    /// Tests, and messages of partners that do not take part, change nothing.
    pub fn apply(&mut self, batch: &[Recorded]) -> Vec<Change> {
        let mut touched = Touched::default();
        for recorded in batch {
            self.seq = self.seq.max(recorded.last_seq());
            match &recorded.entry {
                Entry::Message(message) => self.file_message(recorded, message, &mut touched),
                Entry::Reread(reread) => self.reread(reread, &mut touched),
                Entry::Feed(note) => self.silent.note(note),
                Entry::Predicted(told) => self.publish(recorded, told, &mut touched),
                _ => {}
            }
        }
        self.changes(touched)
    }

    fn file_message(&mut self, recorded: &Recorded, message: &MessageRecord, touched: &mut Touched) {
        // A cancellation need not repeat what it takes back.
        let silent = message.observations.is_empty() && message.revision == Revision::Original;
        if message.test || !message.mode.is_live() || silent {
            return;
        }
        if !self.file_positions(recorded, message, touched) {
            return;
        }
        let party = self.parties.number(&self.places, &recorded.party);
        let note = self.note(party, recorded.seq, message);
        let number = self.messages.push(note);
        self.tally = drift::Tally::default();
        let mut ships = Vec::new();
        for (seq, observation) in (recorded.seq..).zip(&message.observations) {
            ships.extend(self.file(seq, number, observation, touched));
        }
        ships.sort_unstable();
        ships.dedup();
        let end = self.told.len();
        let note = self.messages.get_mut(number);
        note.told.1 = end;
        note.ships = ships.into();
        if !message.observations.is_empty() {
            let family = self.messages.get(number).family.clone();
            let (submission, at, seq) = (&recorded.submission, recorded.at, recorded.seq);
            let told =
                drift::Told { party, family: &family, submission, at, seq, findings: &message.findings };
            self.watch.add(&told, self.tally);
        }
        self.version(number, &message.document, touched);
    }

    fn note(&mut self, party: u32, seq: Seq, message: &MessageRecord) -> MessageNote {
        let declared: Vec<u32> = message.parties.iter().map(|p| self.texts.number(p)).collect();
        let family = message.family.split(':').next().unwrap_or_default();
        let first = self.told.len();
        MessageNote {
            seq,
            party,
            family: family.into(),
            written: message.written.map(|w| w.instant(self.parties.zone(party))),
            revision: message.revision,
            superseded: message.revision == Revision::Cancel,
            retracted: false,
            declared: declared.into(),
            told: (first, first),
            ships: Box::default(),
            document: Maybe::NONE,
            before: Maybe::NONE,
        }
    }

    /// Files one observation; returns the ship of whose call it tells.
    fn file(&mut self, seq: Seq, message: u32, said: &Observation, touched: &mut Touched) -> Option<u32> {
        let party = self.messages.get(message).party;
        let resolved = self.resolve(party, seq, said);
        self.tally.note(said, resolved.at, resolved.place.is_some());
        let ship = said.vessel.as_ref().and_then(|v| self.ships.number(v));
        let voyage = said.vessel.as_ref().and_then(|v| v.voyage.as_ref()).map(|v| self.texts.number(v));
        let called = ship.filter(|_| said.kind.is_call());
        if let Some(ship) = called {
            // Who calls off a call need not say when it would have been.
            let written = self.messages.get(message).written.filter(|_| said.kind == Kind::CallOmitted);
            if let (Some(place), Some(at)) = (resolved.place, resolved.at.or(written)) {
                let (kind, classifier, precision, node) =
                    (said.kind, said.classifier, resolved.precision, place.node);
                let by_crew = said.status.as_deref() == Some(DECLARED_BY_CREW);
                let told = CallTold { seq, message, kind, classifier, at, precision, node, voyage, by_crew };
                self.calls.entry(ship).or_default().push(told);
            }
            touched.ships.insert(ship);
        }
        // A number that is no container number or has a wrong digit must not glue strangers
        // together: it is kept under its own spelling, which joins only itself.
        let equipment = said.equipment.as_ref().filter(|e| !e.number.canonical().is_empty());
        let Some(equipment) = equipment else { return called };
        if let Some(ship) = ship {
            let named = self.named.entry(ship).or_default();
            if named.last() != Some(&message) {
                named.push(message);
            }
        }
        let container = self.container(equipment.number.canonical());
        let mut references = std::mem::take(&mut self.scratch);
        self.tie(container, &said.references, &mut references);
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
            gross: equipment.gross_kg,
            references: &references,
            plan: self.plan(party, seq, said.plan.as_deref()),
        };
        self.index(container, &told, touched);
        self.note_bound(&told);
        let listed = self.lists.keep(&references);
        let holder = &mut self.holders[container as usize];
        let kept = Kept::new(&told, container, holder.last, listed);
        holder.last = Some(self.told.push(kept)).into();
        self.scratch = references;
        touched.containers.insert(container);
        called
    }

    /// Notes where a ship carries a box.
    fn note_bound(&mut self, told: &Told<'_>) {
        let aboard = matches!(told.kind, Kind::Loaded | Kind::OnBoard);
        if let (true, Some(ship), Some(port), Some(at)) = (aboard, told.ship, told.plan.discharge, told.at) {
            let last = self.bound.entry(ship).or_default().entry(self.places.port_of(port)).or_insert(at);
            *last = at.max(*last);
        }
    }

    fn resolve(&mut self, party: u32, seq: Seq, said: &Observation) -> Resolved {
        let place = self.parties.resolve_at(&self.places, party, said.place.as_ref(), seq);
        let zone: &TimeZone = place.map_or_else(|| self.parties.zone(party), |p| self.places.zone(p.node));
        let at = said.time.map(|t| t.instant(zone));
        Resolved { place, at, precision: said.time.map_or(Precision::Day, |t| t.precision) }
    }

    fn plan(&mut self, party: u32, seq: Seq, plan: Option<&Plan>) -> PlanNodes {
        let Some(plan) = plan else { return PlanNodes::default() };
        let mut node = |place: &Option<Arc<DeclaredPlace>>| {
            let place = Some(place.as_ref()?);
            self.parties.resolve_at(&self.places, party, place, seq).map(|r| r.node)
        };
        PlanNodes { load: node(&plan.load), discharge: node(&plan.discharge), delivery: node(&plan.delivery) }
    }

    fn container(&mut self, canonical: &str) -> u32 {
        let n = self.containers.number(&canonical.into());
        if n as usize == self.holders.len() {
            self.holders.push(Holder::default());
        }
        n
    }

    /// Ties references that are fit for joining to a container, and lists their numbers.
    fn tie(&mut self, container: u32, references: &[Reference], numbers: &mut Vec<u32>) {
        numbers.clear();
        for reference in references.iter().filter(|r| r.joins() && r.kind != ReferenceKind::Container) {
            let number = self.references.number(reference);
            numbers.push(number);
            let tied = &mut self.holders[container as usize].references;
            let Err(at) = tied.binary_search(&number) else { continue };
            tied.insert(at, number);
            if number as usize == self.tied.len() {
                self.tied.push(Maybe::NONE);
            }
            let first = &mut self.tied[number as usize];
            *first = Some(self.ties.push((container, *first))).into();
        }
    }

    fn index(&mut self, container: u32, told: &Told<'_>, touched: &mut Touched) {
        if told.classifier != Classifier::Actual {
            return;
        }
        if let Some(month) = month_of(told) {
            let moved = &mut self.moved.entry(month).or_default().containers;
            if moved.last() != Some(&container) {
                moved.push(container);
            }
            touched.months.insert(month);
        }
    }

    fn changes(&mut self, touched: Touched) -> Vec<Change> {
        let seq = self.seq;
        for ship in &touched.ships {
            self.cache.forget(self.ships.ship(*ship));
        }
        if self.known_news != self.ships.news() {
            self.cache.clear();
            self.known_news = self.ships.news();
        }
        let mut ships: BTreeSet<Text> = touched.ships.iter().map(|s| self.ships.key(*s)).collect();
        ships.append(&mut self.ships.take_renamed());
        let mut containers: Vec<u32> = touched.containers.into_iter().collect();
        containers.sort_unstable();
        for month in &touched.months {
            self.moved.entry(*month).or_default().seq = seq;
        }
        let journeys = containers
            .into_iter()
            .map(|c| Change::Journeys { container: self.containers.value(c).clone(), seq });
        let calls = ships.into_iter().map(|ship| Change::Calls { ship, seq });
        journeys.chain(calls).collect()
    }
}

/// Returns the node and month of a quay move.
pub(super) fn month_of(told: &Told<'_>) -> Option<MonthKey> {
    let utc = Offset::UTC.to_datetime(told.at.filter(|_| told.kind.is_quay_move())?);
    Some((told.node?, utc.year(), utc.month()))
}
