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
    /// Takes an event in that is due since an instant: new ones since they were told, so that those behind them
    /// in a long queue do not hold up what is sent again.
    pub(super) fn add(&mut self, seq: Seq, since: Timestamp) {
        if let Some(tried) = self.tries.remove(&seq) {
            self.due.remove(&(tried.due(), seq));
        }
        if !self.out.contains(&seq) {
            self.due.insert((since, seq));
        }
    }

    /// Sends an event that waits for its next attempt at once; returns whether it waited for one.
    pub(super) fn hasten(&mut self, seq: Seq, now: Timestamp) -> bool {
        let Some(tried) = self.tries.get_mut(&seq).filter(|_| !self.out.contains(&seq)) else { return false };
        if !self.due.remove(&(tried.due(), seq)) {
            return false;
        }
        tried.next = Some(tried.due().min(now));
        self.due.insert((tried.due(), seq));
        true
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
        self.due.insert((tried.due(), seq));
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
            agenda.add(seq, at(0));
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
        agenda.add(1, at(0));
        agenda.add(2, at(0));
        assert_eq!(agenda.start(at(0), 4), Some(1));
        agenda.later(1, failed(1, 10));
        assert_eq!((agenda.attempts(1), agenda.is_out(1)), (1, false));
        assert_eq!((agenda.start(at(9), 4), agenda.start(at(9), 4)), (Some(2), None));
        assert_eq!(agenda.next(), Some(at(10)));
        agenda.add(2, at(9));
        assert_eq!(agenda.start(at(9), 4), None, "it is on its way");
        assert_eq!(agenda.start(at(10), 4), Some(1));
        agenda.done(1);
        assert_eq!((agenda.attempts(1), agenda.tries().len()), (0, 0));
        agenda.add(1, at(10));
        assert_eq!(agenda.start(at(10), 4), Some(1));
    }

    #[test]
    fn what_is_sent_again_is_not_held_up_by_what_is_newer() {
        let mut agenda = Agenda::default();
        agenda.add(1, at(0));
        assert_eq!(agenda.start(at(0), 1), Some(1));
        agenda.later(1, failed(1, 10));
        // A site that takes one in the time in which two are told: the queue never ends.
        let mut sent = Vec::new();
        for second in 1..40 {
            agenda.add(2 * second, at(second.cast_signed()));
            agenda.add(2 * second + 1, at(second.cast_signed()));
            let seq = agenda.start(at(second.cast_signed()), 1).unwrap();
            agenda.done(seq);
            sent.push(seq);
        }
        assert!(sent.contains(&1), "{sent:?}");
    }

    #[test]
    fn a_wait_can_be_ended_and_what_is_on_its_way_cannot() {
        let mut agenda = Agenda::default();
        agenda.add(1, at(0));
        assert!(!agenda.hasten(1, at(0)), "it is due as it is");
        assert_eq!(agenda.start(at(0), 4), Some(1));
        assert!(!agenda.hasten(1, at(0)) && !agenda.hasten(2, at(0)));
        agenda.later(1, failed(1, 3_600));
        assert_eq!(agenda.start(at(5), 4), None);
        assert!(agenda.hasten(1, at(5)));
        assert_eq!((agenda.start(at(5), 4), agenda.attempts(1), agenda.next()), (Some(1), 1, None));
        agenda.later(1, failed(2, 3_600));
        agenda.add(1, at(6));
        assert_eq!((agenda.start(at(6), 4), agenda.next()), (Some(1), None), "it is due once");
    }
}
