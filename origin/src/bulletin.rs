//! What the sites of parties were told, folded from the log: where each certificate stood then, the
//! newest events of each party, and which of them each webhook has. Whether the movement agreed is kept of every
//! certificate, also where no site is told.

use crate::axes::Consistency;
use jiff::Timestamp;
use rustc_hash::FxHashMap;
use sealane_data::Text;
use sealane_data::certificate::CertificateId;
use sealane_data::partner::PartyId;
use sealane_data::recorded::{Entry, Recorded, Seq};
use sealane_data::webhook::{Announced, Delivered, DeliveryState, FOUND};
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

/// Events of a party that are kept at hand; older ones are in the log only.
pub const KEPT: usize = 10_000;

/// An event with its place in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Its place, by which it is called.
    pub seq: Seq,
    /// When it was told.
    pub at: Timestamp,
    /// What it says.
    pub told: Announced,
}

/// What the sites of parties were told.
#[derive(Debug, Default)]
pub struct Bulletin {
    stands: FxHashMap<CertificateId, BTreeMap<Text, Text>>,
    /// Whether the movement agreed, each time that was told or found anew.
    agreed: FxHashMap<CertificateId, Vec<(Timestamp, Text)>>,
    events: FxHashMap<PartyId, VecDeque<Arc<Event>>>,
    settled: FxHashMap<Text, BTreeMap<Seq, Delivered>>,
}

impl Bulletin {
    /// Takes in an entry of the log.
    pub fn apply(&mut self, recorded: &Recorded) {
        match &recorded.entry {
            Entry::Announced(told) => self.announce(recorded, told),
            Entry::Delivered(delivered) => self.settle(delivered),
            _ => {}
        }
    }

    fn announce(&mut self, recorded: &Recorded, told: &Announced) {
        if let Some(id) = &told.certificate {
            if let Some(state) = told.says.get("consistency").or_else(|| told.says.get(FOUND)) {
                let agreed = self.agreed.entry(id.clone()).or_default();
                // Since when it reads so, however often that is said.
                if agreed.last().is_none_or(|(_, before)| before != state) {
                    agreed.push((recorded.at, state.clone()));
                }
            }
            // Nobody was told of it: whoever is told later is told what is new to them.
            if told.says.contains_key(FOUND) {
                return;
            }
            self.stands.entry(id.clone()).or_default().extend(told.says.clone());
        }
        if told.kind.is_empty() {
            return;
        }
        let events = self.events.entry(told.party.clone()).or_default();
        events.push_back(Arc::new(Event { seq: recorded.seq, at: recorded.at, told: told.clone() }));
        if events.len() > KEPT
            && let Some(gone) = events.pop_front()
        {
            self.settled.values_mut().for_each(|settled| drop(settled.remove(&gone.seq)));
        }
    }

    fn settle(&mut self, delivered: &Delivered) {
        let settled = self.settled.entry(delivered.hook.clone()).or_default();
        match delivered.state {
            DeliveryState::Again => drop(settled.remove(&delivered.event)),
            DeliveryState::Taken | DeliveryState::Dead => {
                settled.insert(delivered.event, delivered.clone());
            }
        }
    }

    /// Returns where a certificate stood when its sites were told last; nothing if they never were.
    pub fn stands(&self, id: &CertificateId) -> Option<&BTreeMap<Text, Text>> {
        self.stands.get(id)
    }

    /// Returns whether the movement agreed as it was told or found last by an instant, and since when it did so;
    /// nothing if it was not looked at by then.
    pub fn agreed(&self, id: &CertificateId, by: Timestamp) -> Option<(Timestamp, Consistency)> {
        let told = self.agreed.get(id)?;
        let (at, state) = told.iter().rev().find(|(at, _)| *at <= by)?;
        Some((*at, Consistency::of_word(state)?))
    }

    /// Returns the word for whether the movement agreed when that was told or found last.
    pub fn found_last(&self, id: &CertificateId) -> Option<&str> {
        Some(self.agreed.get(id)?.last()?.1.as_str())
    }

    /// Returns a party's events after a place in the log, oldest first.
    pub fn after(&self, party: &PartyId, seq: Seq) -> impl Iterator<Item = &Arc<Event>> {
        let events = self.events.get(party);
        let start = events.map_or(0, |e| e.partition_point(|event| event.seq <= seq));
        events.into_iter().flat_map(move |e| e.range(start..))
    }

    /// Returns one event of a party.
    pub fn event(&self, party: &PartyId, seq: Seq) -> Option<&Arc<Event>> {
        self.after(party, seq.checked_sub(1)?).next().filter(|event| event.seq == seq)
    }

    /// Returns what came of sending an event to a webhook; nothing while it is on its way.
    pub fn settled(&self, hook: &str, event: Seq) -> Option<&Delivered> {
        self.settled.get(hook)?.get(&event)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sealane_data::submission::SubmissionId;
    use serde_json::json;

    fn told(seq: Seq, entry: Entry) -> Recorded {
        let at = Timestamp::from_second(i64::try_from(seq).unwrap()).unwrap();
        Recorded { seq, at, party: PartyId::operator(), submission: SubmissionId("sub".into()), entry }
    }

    fn announced(seq: Seq, kind: &str, says: &[(&str, &str)]) -> Recorded {
        let says = says.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        let certificate = Some(CertificateId("eco_1".into()));
        let party = PartyId("acme".into());
        let told_ = Announced { party, certificate, kind: kind.into(), only: None, data: json!({}), says };
        told(seq, Entry::Announced(Box::new(told_)))
    }

    fn delivered(seq: Seq, event: Seq, state: DeliveryState) -> Recorded {
        let entry = Delivered { hook: "wh_1".into(), event, state, attempts: 1, why: "".into() };
        told(seq, Entry::Delivered(Box::new(entry)))
    }

    #[test]
    fn where_a_certificate_stood_is_what_was_said_last() {
        let mut bulletin = Bulletin::default();
        let (id, party) = (CertificateId("eco_1".into()), PartyId("acme".into()));
        assert!(bulletin.stands(&id).is_none());
        bulletin.apply(&announced(1, "", &[("life", "issued"), ("published", "no")]));
        assert_eq!(bulletin.after(&party, 0).count(), 0, "where it stood is no event");
        bulletin.apply(&announced(2, "certificate.revoked", &[("life", "revoked")]));
        let stands: Vec<&str> = bulletin.stands(&id).unwrap().values().map(Text::as_str).collect();
        assert_eq!(stands, ["revoked", "no"]);
        assert_eq!(bulletin.event(&party, 2).unwrap().told.kind, "certificate.revoked");
        assert!(bulletin.event(&party, 1).is_none() && bulletin.event(&party, 0).is_none());
        assert_eq!(bulletin.after(&party, 2).count(), 0);
        assert_eq!(bulletin.after(&PartyId("other".into()), 0).count(), 0);
    }

    #[test]
    fn whether_the_movement_agreed_is_read_as_it_was_told_last() {
        let mut bulletin = Bulletin::default();
        let id = CertificateId("eco_1".into());
        bulletin.apply(&announced(3, "", &[("consistency", "consistent"), ("life", "issued")]));
        bulletin.apply(&announced(4, "certificate.issued", &[("life", "issued")]));
        bulletin.apply(&announced(9, "certificate.consistency_changed", &[("consistency", "conflict")]));
        bulletin.apply(&announced(11, "certificate.consistency_changed", &[("consistency", "nonsense")]));
        let at = |second| Timestamp::from_second(second).unwrap();
        let agreed = |second| bulletin.agreed(&id, at(second));
        assert_eq!(agreed(2), None, "nobody was told yet");
        assert_eq!(agreed(3), Some((at(3), Consistency::CONSISTENT)));
        assert_eq!(agreed(8), Some((at(3), Consistency::CONSISTENT)));
        assert_eq!(agreed(9), Some((at(9), Consistency::CONFLICT)));
        assert_eq!(agreed(11), None, "a word that nobody knows is none");
        assert_eq!(bulletin.agreed(&CertificateId("eco_2".into()), at(99)), None);
        let stood = bulletin.stands(&id).cloned();
        bulletin.apply(&announced(12, "", &[(FOUND, "warnings")]));
        assert_eq!(bulletin.agreed(&id, at(12)), Some((at(12), Consistency::WARNINGS)));
        assert_eq!((bulletin.found_last(&id), bulletin.stands(&id).cloned()), (Some("warnings"), stood));
        bulletin.apply(&announced(15, "", &[("consistency", "warnings")]));
        let agreed = bulletin.agreed(&id, at(15));
        assert_eq!(agreed, Some((at(12), Consistency::WARNINGS)), "said again, and since then");
    }

    #[test]
    fn an_event_is_settled_until_it_is_wanted_again_and_old_ones_leave() {
        let mut bulletin = Bulletin::default();
        let party = PartyId("acme".into());
        bulletin.apply(&announced(1, "shipment.stop", &[]));
        assert!(bulletin.settled("wh_1", 1).is_none());
        bulletin.apply(&delivered(2, 1, DeliveryState::Dead));
        assert_eq!(bulletin.settled("wh_1", 1).unwrap().state, DeliveryState::Dead);
        assert!(bulletin.settled("wh_2", 1).is_none());
        bulletin.apply(&delivered(3, 1, DeliveryState::Again));
        assert!(bulletin.settled("wh_1", 1).is_none());
        bulletin.apply(&delivered(4, 1, DeliveryState::Taken));
        for seq in 0..KEPT as u64 {
            bulletin.apply(&announced(5 + seq, "shipment.stop", &[]));
        }
        assert_eq!(bulletin.after(&party, 0).next().unwrap().seq, 5);
        assert!(bulletin.settled("wh_1", 1).is_none(), "nothing is kept of what left");
    }
}
