//! Several entries of one natural key: regime, issuer country, issuing body and number are unique, so a
//! second party that enters them waits for a person, and the first keeps what it has.

use super::{Certificate, Register};
use crate::binding::{Bound, Why};
use crate::rules::Use;
use jiff::Timestamp;
use sealane_data::Text;
use sealane_data::certificate::{CertificateAct, CertificateId};
use sealane_data::submission::Sha256;
use sealane_mapper::World;
use std::collections::BTreeSet;

/// Whether an entry of a natural key stands beside those of other parties.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EntryState {
    /// It is the only one, the first, or a person decided so.
    #[default]
    Stands,
    /// Another party was first, and nobody decided yet.
    UnderReview,
    /// A person decided that it does not stand.
    SetAside,
}

impl EntryState {
    /// Returns its word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Stands => "stands",
            Self::UnderReview => "under_review",
            Self::SetAside => "set_aside",
        }
    }

    /// Returns what its owner reads; nothing where there is nothing to say. It never tells whose the other is.
    pub fn text(self) -> Option<&'static str> {
        match self {
            Self::Stands => None,
            Self::UnderReview => Some("another entry exists, under review"),
            Self::SetAside => Some(
                "another entry exists, and a person decided that this one does not stand: it is not public",
            ),
        }
    }
}

/// A natural key that several parties entered, and an entry of it that waits for a person.
#[derive(Clone, Debug)]
pub struct Contested<'a> {
    /// The conflict's id: the same as long as it waits.
    pub id: Text,
    /// The entry that waits.
    pub waits: &'a Certificate,
    /// Every entry in the order of the log, the one that waits among them.
    pub entries: Vec<(&'a Certificate, EntryState)>,
}

impl Contested<'_> {
    /// Returns who entered what, in one sentence for the operator.
    pub fn text(&self) -> String {
        let entry = |(c, state): &(&Certificate, EntryState)| {
            let day = c.received.strftime("%Y-%m-%d %H:%M UTC");
            format!("`{}` as {} on {day} ({})", c.owner, c.id, state.word().replace('_', " "))
        };
        let told: Vec<String> = self.entries.iter().map(entry).collect();
        let first = self.entries.first().map(|(c, _)| &c.record.sha256);
        let same = self.entries.iter().all(|(c, _)| Some(&c.record.sha256) == first);
        let differ = if same { "the documents are the same" } else { "the documents differ" };
        format!("Several parties entered one certificate: {}; {differ}.", told.join(", "))
    }
}

impl Certificate {
    /// Returns what a person decided last about whether it stands, as of an instant or now.
    fn upheld(&self, as_of: Option<Timestamp>) -> Option<bool> {
        let decided = self.noted(as_of).filter_map(|n| match &n.event.act {
            CertificateAct::Upheld { stands, .. } => Some(*stands),
            _ => None,
        });
        decided.last()
    }

    /// Returns whether the public may read it: its owner published it, and nobody set this entry aside.
    pub fn is_public(&self) -> bool {
        self.published.is_some() && self.upheld(None) != Some(false)
    }
}

impl Register {
    /// Returns whether an entry stands, as of an instant or now.
    pub fn entry_state(&self, certificate: &Certificate, as_of: Option<Timestamp>) -> EntryState {
        let first = || self.entries_of(certificate).next().is_none_or(|first| first.id == certificate.id);
        match certificate.upheld(as_of) {
            Some(false) => EntryState::SetAside,
            None if !first() => EntryState::UnderReview,
            Some(true) | None => EntryState::Stands,
        }
    }

    /// Returns every entry of a certificate's natural key, in the order of the log.
    fn entries_of(&self, certificate: &Certificate) -> impl Iterator<Item = &Certificate> {
        let same = self.by_natural_key.get(&certificate.record.natural_key);
        same.into_iter().flatten().filter_map(|id| self.get(id))
    }

    /// Returns whether another party entered a certificate's natural key too.
    pub fn is_entered_twice(&self, certificate: &Certificate) -> bool {
        self.entries_of(certificate).nth(1).is_some()
    }

    /// Returns what a person must decide about an entry; nothing where nothing waits.
    pub fn contested(&self, id: &CertificateId) -> Option<Contested<'_>> {
        let waits = self.get(id).filter(|c| self.entry_state(c, None) == EntryState::UnderReview)?;
        let entries = self.entries_of(waits).map(|c| (c, self.entry_state(c, None))).collect();
        Some(Contested { id: conflict_of(&waits.id), waits, entries })
    }

    /// Returns whether a conflict is about the entries of a certificate's number, also where a person has decided
    /// it: who was wrong decides it again.
    pub fn is_about_entries(&self, conflict: &str, id: &CertificateId) -> bool {
        let certificate = self.get(id).filter(|c| self.is_entered_twice(c));
        certificate.is_some_and(|c| self.entries_of(c).any(|entry| conflict_of(&entry.id) == conflict))
    }

    /// Returns every entry that waits for a person, oldest first.
    pub fn all_contested(&self) -> Vec<Contested<'_>> {
        let several = self.by_natural_key.values().filter(|ids| ids.len() > 1).flatten();
        let mut all: Vec<Contested<'_>> = several.filter_map(|id| self.contested(id)).collect();
        all.sort_by(|a, b| (a.waits.seq, &a.waits.id).cmp(&(b.waits.seq, &b.waits.id)));
        all
    }

    /// Adds the other records of the same numbers: double use (R14) is found in either.
    pub(super) fn with_namesakes(&self, touched: BTreeSet<CertificateId>) -> Vec<CertificateId> {
        let key = |id: &CertificateId| self.get(id).map(|c| &c.record.natural_key);
        let same = touched.iter().filter_map(key).filter_map(|key| self.by_natural_key.get(key));
        let others: Vec<CertificateId> = same.filter(|ids| ids.len() > 1).flatten().cloned().collect();
        touched.into_iter().chain(others).collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// Returns the other records of a certificate's number that are bound to something, for R14.
    ///
    /// Another owner holds them: what is found is told to nobody but the operator and authorities.
    pub fn other_uses(&self, certificate: &Certificate, world: &World) -> Vec<Use> {
        let key = &certificate.record.natural_key;
        let Some(same) = self.by_natural_key.get(key) else { return Vec::new() };
        let others = same.iter().filter(|id| **id != certificate.id).filter_map(|id| self.get(id));
        let stands = self.entry_state(certificate, None) == EntryState::Stands;
        // What a person set aside is no use of this certificate.
        let others = others.map(|other| (other, self.entry_state(other, None)));
        let others = others.filter(|(_, state)| *state != EntryState::SetAside);
        let uses = others.map(|(other, state)| Use {
            containers: vouched(self.bound(other, world)).map(|b| b.journey.container).collect(),
            waits: stands && state == EntryState::UnderReview,
        });
        uses.filter(|u| !u.containers.is_empty()).collect()
    }
}

/// Returns the id of the conflict in which an entry waits.
fn conflict_of(waits: &CertificateId) -> Text {
    let digest = Sha256::of(format!("{waits}|entry").as_bytes()).hex();
    digest.get(..16).unwrap_or_default().into()
}

/// Leaves out ties that rest on the owner's word alone: nobody may cry double use about another's
/// certificate by telling of goods that only he saw.
fn vouched(bound: Vec<Bound>) -> impl Iterator<Item = Bound> {
    bound.into_iter().filter(|tie| tie.why != Why::OwnDataOnly)
}
