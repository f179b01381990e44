//! What is due at one webhook, and when: filled by what is new, so that a long queue costs no more to look at
//! than a short one.

use jiff::Timestamp;
use sealane_data::recorded::Seq;
use sealane_data::webhook::Underway;
use std::collections::{BTreeMap, BTreeSet};

/// What is due at one webhook.
#[derive(Default)]
pub(super) struct Agenda {
    /// Every event up to here was taken in.
    pub(super) seen: Seq,
    due: BTreeSet<(Timestamp, Seq)>,
    /// Being sent at this moment.
    out: BTreeSet<Seq>,
    tries: BTreeMap<Seq, Underway>,
    /// Events that left the bulletin before they were taken.
    pub(super) lost: u64,
}

impl Agenda {
    /// Takes an event in that is sent as soon as may be, the oldest first.
    pub(super) fn add(&mut self, seq: Seq) {
        self.tries.remove(&seq);
        if !self.out.contains(&seq) {
            self.due.insert((Timestamp::MIN, seq));
        }
    }

    /// Takes out what is due while fewer than `most` are on their way.
    pub(super) fn start(&mut self, now: Timestamp, most: usize) -> Option<Seq> {
        let (at, seq) = *self.due.first()?;
        if at > now || self.out.len() >= most {
            return None;
        }
        self.due.pop_first();
        self.out.insert(seq);
        Some(seq)
    }

    /// Returns when something is due that is not on its way.
    pub(super) fn next(&self) -> Option<Timestamp> {
        self.due.first().map(|(at, _)| *at)
    }

    /// Returns how often an event was sent so far.
    pub(super) fn attempts(&self, seq: Seq) -> u32 {
        self.tries.get(&seq).map_or(0, |tried| tried.attempts)
    }

    /// Returns whether an event is on its way at this moment.
    pub(super) fn is_out(&self, seq: Seq) -> bool {
        self.out.contains(&seq)
    }

    /// Sends an event that was not taken again later.
    pub(super) fn later(&mut self, seq: Seq, tried: Underway) {
        self.out.remove(&seq);
        self.due.insert((tried.next.unwrap_or(Timestamp::MIN), seq));
        self.tries.insert(seq, tried);
    }

    /// Forgets an event that is settled.
    pub(super) fn done(&mut self, seq: Seq) {
        self.out.remove(&seq);
        self.tries.remove(&seq);
    }

    /// Returns what is known of the events that were sent and not taken.
    pub(super) fn tries(&self) -> &BTreeMap<Seq, Underway> {
        &self.tries
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn failed(attempts: u32, second: i64) -> Underway {
        Underway { attempts, next: Some(at(second)), why: String::new() }
    }

    #[test]
    fn the_oldest_goes_first_and_no_more_than_may_go_at_once() {
        let mut agenda = Agenda::default();
        for seq in [3, 1, 2] {
            agenda.add(seq);
        }
        assert_eq!(
            (agenda.start(at(0), 2), agenda.start(at(0), 2), agenda.start(at(0), 2)),
            (Some(1), Some(2), None)
        );
        agenda.done(1);
        assert_eq!((agenda.start(at(0), 2), agenda.start(at(0), 2)), (Some(3), None));
    }

    #[test]
    fn what_failed_waits_and_holds_up_nobody_and_a_wish_ends_the_wait() {
        let mut agenda = Agenda::default();
        agenda.add(1);
        agenda.add(2);
        assert_eq!(agenda.start(at(0), 4), Some(1));
        agenda.later(1, failed(1, 10));
        assert_eq!((agenda.attempts(1), agenda.is_out(1)), (1, false));
        assert_eq!((agenda.start(at(9), 4), agenda.start(at(9), 4)), (Some(2), None));
        assert_eq!(agenda.next(), Some(at(10)));
        agenda.add(2);
        assert_eq!(agenda.start(at(9), 4), None, "it is on its way");
        assert_eq!(agenda.start(at(10), 4), Some(1));
        agenda.done(1);
        assert_eq!((agenda.attempts(1), agenda.tries().len()), (0, 0));
        agenda.add(1);
        assert_eq!(agenda.start(at(10), 4), Some(1));
    }
}
