//! What stands: versions of documents take each other's place, and re-readings retract and restore.

use super::apply::{Touched, month_of};
use super::told::MessageNote;
use super::{Document, World};
use sealane_data::Text;
use sealane_data::observation::Revision;
use sealane_data::recorded::{Reread, Seq};
use sealane_data::reference::{Reference, ReferenceKind};

/// Whether a message takes the place of all others of its document.
fn leads(revision: Revision) -> bool {
    matches!(revision, Revision::Replace | Revision::Cancel)
}

impl World {
    /// Files a message as a version of its document; a replacing or cancelling one takes the place
    /// of the others.
    ///
    /// A document is (party, message type, document number); numbers unfit for joining, such as
    /// `1`, make no document. The newest revising message leads: by the time it was written, else
    /// by its place in the log.
    pub(super) fn version(&mut self, number: u32, document: &Text, touched: &mut Touched) {
        if !Reference::new(ReferenceKind::Shipment, document).joins() {
            return;
        }
        let note = self.messages.get_mut(number);
        // X12 cancels a booking (301) by a transaction set of its own.
        let family = if note.family == "303" { Text::const_new("301") } else { note.family.clone() };
        let key = (note.party, self.texts.number(&family), document.clone());
        let new = u32::try_from(self.documents.len()).expect("fewer than 2^32 documents fit in memory");
        let at = *self.document_numbers.entry(key).or_insert(new);
        if at == new {
            self.documents.push(Document::default());
        }
        let document = &mut self.documents[at as usize];
        note.document = Some(at).into();
        note.before = std::mem::replace(&mut document.last, Some(number).into());
        let (revision, leader) = (note.revision, document.leader.get());
        document.changed |= revision == Revision::Change;
        let changed = document.changed;
        if !leads(revision) {
            // Others of the document were set aside when their leader came.
            if leader.is_some_and(|l| !(revision == Revision::Change && self.age(l) <= self.age(number))) {
                self.set_aside(number, touched);
            } else if revision == Revision::Change {
                // What others said of its boxes, and when, no longer stands.
                self.touch(number, touched);
            }
            return;
        }
        let newer = leader.is_none_or(|l| self.age(l) <= self.age(number));
        if newer {
            self.documents[at as usize].leader = Some(number).into();
        }
        match leader {
            Some(leader) if !changed => self.set_aside(if newer { leader } else { number }, touched),
            _ => self.review(at, touched),
        }
    }

    /// What decides which of two versions is the newer one.
    pub(super) fn age(&self, number: u32) -> impl Ord + use<> {
        (self.messages.get(number).written, number)
    }

    fn set_aside(&mut self, number: u32, touched: &mut Touched) {
        self.messages.get_mut(number).superseded = true;
        self.touch(number, touched);
    }

    /// Decides anew which versions of a document stand.
    fn review(&mut self, document: u32, touched: &mut Touched) {
        let last = self.documents[document as usize].last;
        let versions: Vec<u32> =
            std::iter::successors(last.get(), |v| self.messages.get(*v).before.get()).collect();
        let may_lead = |n: &MessageNote| leads(n.revision) && !n.retracted;
        let revising = versions.iter().copied().filter(|v| may_lead(self.messages.get(*v)));
        let leader = revising.max_by_key(|v| self.age(*v));
        self.documents[document as usize].leader = leader.into();
        for version in versions {
            let newer = leader.is_some_and(|l| self.age(l) <= self.age(version));
            let note = self.messages.get_mut(version);
            let (cancels, adds) = (note.revision == Revision::Cancel, note.revision == Revision::Change);
            note.superseded = cancels || leader.is_some_and(|l| l != version && !(adds && newer));
            self.touch(version, touched);
        }
    }

    /// Retracts and restores messages by the word of a re-reading.
    pub(super) fn reread(&mut self, reread: &Reread, touched: &mut Touched) {
        let mut messages = [reread.retracted.as_slice(), reread.appended.as_slice()].concat();
        messages.sort_unstable();
        self.watch.forget(&messages);
        self.reread_positions(reread, touched);
        let retracted = reread.retracted.iter().map(|seq| (*seq, true));
        for (seq, retracted) in retracted.chain(reread.restored.iter().map(|seq| (*seq, false))) {
            // Messages without observations, tests and shadows were never filed.
            let Some(number) = self.message_at(seq) else { continue };
            let note = self.messages.get_mut(number);
            note.retracted = retracted;
            match note.document.get() {
                Some(document) => self.review(document, touched),
                None => self.touch(number, touched),
            }
        }
    }

    fn message_at(&self, seq: Seq) -> Option<u32> {
        let (mut from, mut to) = (0, self.messages.len());
        while from < to {
            let middle = from + (to - from) / 2;
            match self.messages.get(middle).seq.cmp(&seq) {
                std::cmp::Ordering::Equal => return Some(middle),
                std::cmp::Ordering::Less => from = middle + 1,
                std::cmp::Ordering::Greater => to = middle,
            }
        }
        None
    }

    /// Notes that everything a message told of may read differently.
    fn touch(&self, number: u32, touched: &mut Touched) {
        let note = self.messages.get(number);
        touched.ships.extend(note.ships.iter());
        for told in note.told.0..note.told.1 {
            let container = self.told.get(told).container;
            touched.containers.insert(container);
            touched.months.extend(self.tellings(container).iter().filter_map(month_of));
        }
    }
}
