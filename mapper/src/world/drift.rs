//! Drift: what a partner sends is no longer what it used to be.
//!
//! For each party and message type the last submissions are kept as a few numbers each: how long after
//! an event they came, which share of what they tell has a mass, a seal, a place and so on, and which
//! share of their codes is unknown. A jump between an earlier run of submissions and all later ones is an
//! alarm; it ends by itself when the numbers come back, or when the new ways have become its history.
//! All of it follows from the log alone.

use jiff::{SignedDuration, Timestamp};
use rustc_hash::FxHashMap;
use sealane_data::Text;
use sealane_data::finding::Finding;
use sealane_data::observation::{Classifier, Observation};
use sealane_data::recorded::Seq;
use sealane_data::submission::SubmissionId;
use sealane_data::time::Precision;
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// Submissions that are kept of one party and message type.
const KEPT: usize = 64;
/// Message types of one party that are watched at most; who sends more has made some up.
const FAMILIES: usize = 32;
/// Parties and message types that are watched at most; beyond that the one heard longest ago is let go.
const WATCHED: usize = 10_000;
/// Submissions before a jump that make a history.
const HISTORY: usize = 12;
/// Submissions after a jump of times that make an alarm, and of shares.
const RUN: [usize; 2] = [3, 8];
/// Times jump by at least this many minutes: less is a busy day.
const DELAY_JUMP: f64 = 180.0;
/// Shares jump by at least this many points of a hundred.
const SHARE_JUMP: f64 = 50.0;
/// Events that are further away than this from their report tell nothing of its delay.
const FAR: SignedDuration = SignedDuration::from_hours(60 * 24);

/// What is watched beside the delay, with the segment that tells it in EDIFACT.
const SHARES: [(&str, &str); 9] = [
    ("time", "DTM"),
    ("place", "LOC"),
    ("gross_mass", "MEA"),
    ("seals", "SEL"),
    ("references", "RFF"),
    ("size_type", "EQD"),
    ("ship", "TDT"),
    ("ports", "LOC"),
    ("unknown_codes", ""),
];

/// Findings about codes that mean nothing here.
const UNKNOWN: &[&str] = &["EDI-032", "EDI-048", "EDI-058", "X12-024", "X12-031", "X12-039", "SHT-020"];

/// Counts of one message or submission.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub(super) struct Tally {
    told: u32,
    shares: [u32; SHARES.len()],
    /// Seconds since 1970 of events, and how many.
    instants: (i64, u32),
}

impl Tally {
    /// Counts one observation with what it was resolved to.
    pub(super) fn note(&mut self, said: &Observation, at: Option<Timestamp>, placed: bool) {
        self.told += 1;
        let equipment = said.equipment.as_ref();
        let has = [
            said.time.is_some(),
            said.place.is_some(),
            equipment.is_some_and(|e| e.gross_kg.is_some()),
            equipment.is_some_and(|e| !e.seals.is_empty()),
            !said.references.is_empty(),
            equipment.is_some_and(|e| e.size_type.is_some()),
            said.vessel.is_some(),
            said.plan.is_some(),
            said.place.is_some() && !placed,
        ];
        for (count, has) in self.shares.iter_mut().zip(has) {
            *count += u32::from(has);
        }
        let fine = said.time.is_some_and(|t| t.precision != Precision::Day);
        if let Some(at) = at.filter(|_| fine && said.classifier == Classifier::Actual) {
            self.instants = (self.instants.0 + at.as_second(), self.instants.1 + 1);
        }
    }

    fn add(&mut self, other: &Self) {
        self.told += other.told;
        self.instants = (self.instants.0 + other.instants.0, self.instants.1 + other.instants.1);
        for (mine, more) in self.shares.iter_mut().zip(other.shares) {
            *mine += more;
        }
    }
}

/// One submission's numbers.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Sample {
    submission: SubmissionId,
    at: Timestamp,
    seqs: (Seq, Seq),
    tally: Tally,
}

impl Sample {
    /// Returns how many minutes after the events it came.
    fn delay(&self) -> Option<f64> {
        let (sum, count) = self.tally.instants;
        let mean = sum.checked_div(i64::from(count))?;
        let delay = self.at.as_second() - mean;
        (delay.abs() <= FAR.as_secs()).then_some(delay as f64 / 60.0)
    }

    /// Returns a share in points of a hundred.
    fn share(&self, which: usize) -> Option<f64> {
        let told = f64::from(self.tally.told);
        (told > 0.0).then(|| (f64::from(self.tally.shares[which]) * 100.0 / told).min(100.0))
    }
}

/// A message, as drift is watched.
pub(super) struct Told<'a> {
    pub(super) party: u32,
    pub(super) family: &'a Text,
    pub(super) submission: &'a SubmissionId,
    pub(super) at: Timestamp,
    pub(super) seq: Seq,
    pub(super) findings: &'a [Finding],
}

/// The last submissions of every party and message type.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Watch {
    kept: FxHashMap<(u32, Text), VecDeque<Sample>>,
    /// How many message types of each party are watched.
    families: FxHashMap<u32, usize>,
}

/// A jump, before people are told of it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Jump {
    pub(super) party: u32,
    pub(super) family: Text,
    pub(super) what: &'static str,
    pub(super) segment: &'static str,
    pub(super) before: f64,
    pub(super) now: f64,
    pub(super) since: SubmissionId,
    pub(super) at: Timestamp,
}

impl Watch {
    /// Adds what a message told to its submission's numbers.
    pub(super) fn add(&mut self, told: &Told<'_>, mut tally: Tally) {
        let unknown = told.findings.iter().filter(|f| UNKNOWN.contains(&f.code.as_str())).count();
        let codes = &mut tally.shares[SHARES.len() - 1];
        *codes = codes.saturating_add(u32::try_from(unknown).unwrap_or(u32::MAX));
        let key = (told.party, told.family.clone());
        if !self.kept.contains_key(&key) && !self.make_room(told.party) {
            return;
        }
        let samples = self.kept.entry(key).or_default();
        if let Some(last) = samples.back_mut().filter(|s| s.submission == *told.submission) {
            last.tally.add(&tally);
            last.seqs.1 = told.seq;
            return;
        }
        if samples.len() == KEPT {
            samples.pop_front();
        }
        let (submission, at, seqs) = (told.submission.clone(), told.at, (told.seq, told.seq));
        samples.push_back(Sample { submission, at, seqs, tally });
    }

    /// Makes room for another message type of a party; returns whether there is any.
    fn make_room(&mut self, party: u32) -> bool {
        let families = self.families.entry(party).or_default();
        if *families >= FAMILIES {
            return false;
        }
        *families += 1;
        if self.kept.len() >= WATCHED {
            let heard = |samples: &VecDeque<Sample>| samples.back().map(|s| s.seqs.1);
            let oldest = self.kept.iter().min_by_key(|(key, samples)| (heard(samples), *key));
            if let Some(key) = oldest.map(|(key, _)| key.clone()) {
                self.kept.remove(&key);
                self.families.entry(key.0).and_modify(|n| *n -= 1);
            }
        }
        true
    }

    /// Forgets submissions that were read again: their numbers were those of a mistake, and they did not
    /// come when they were read again. The messages are in order.
    pub(super) fn forget(&mut self, messages: &[Seq]) {
        for samples in self.kept.values_mut() {
            samples.retain(|s| {
                let next = messages.partition_point(|seq| *seq < s.seqs.0);
                messages.get(next).is_none_or(|seq| *seq > s.seqs.1)
            });
        }
    }

    /// Returns the parties that are watched.
    pub(super) fn parties(&self) -> impl Iterator<Item = u32> {
        self.kept.keys().map(|(party, _)| *party)
    }

    /// Returns every jump that still holds, by party and message type.
    pub(super) fn jumps(&self) -> Vec<Jump> {
        let mut all: Vec<Jump> = Vec::new();
        for ((party, family), samples) in &self.kept {
            let jump = |what, segment, found: Option<(usize, f64, f64)>| {
                let (index, before, now) = found?;
                let Sample { submission, at, .. } = samples.get(index)?.clone();
                Some(Jump {
                    party: *party,
                    family: family.clone(),
                    what,
                    segment,
                    before,
                    now,
                    since: submission,
                    at,
                })
            };
            all.extend(jump("delay", "", find(samples, RUN[0], Sample::delay, delay_jump)));
            for (i, (what, segment)) in SHARES.iter().enumerate() {
                all.extend(jump(what, segment, find(samples, RUN[1], |s| s.share(i), |_| SHARE_JUMP)));
            }
        }
        all.sort_by(|a, b| (a.party, &a.family, a.what).cmp(&(b.party, &b.family, b.what)));
        all
    }
}

/// How far times must jump: further than they are used to vary.
fn delay_jump(before: &[f64]) -> f64 {
    let middle = median(before);
    let away: Vec<f64> = before.iter().map(|x| (x - middle).abs()).collect();
    (6.0 * median(&away)).max(DELAY_JUMP)
}

/// Finds the first submission from which on all differ from those before by a jump; returns its index, the
/// median before and the one since.
fn find(
    samples: &VecDeque<Sample>,
    run: usize,
    value: impl Fn(&Sample) -> Option<f64>,
    enough: impl Fn(&[f64]) -> f64,
) -> Option<(usize, f64, f64)> {
    let values: Vec<(usize, f64)> =
        samples.iter().enumerate().filter_map(|(i, s)| Some((i, value(s)?))).collect();
    let numbers: Vec<f64> = values.iter().map(|(_, x)| *x).collect();
    let last = numbers.len().checked_sub(run)?;
    (HISTORY..=last).find_map(|split| {
        let (before, since) = numbers.split_at(split);
        let (was, is) = (median(before), median(since));
        let enough = enough(before);
        let up = is > was;
        let all = since.iter().all(|x| (x - was).abs() > enough / 2.0 && (*x > was) == up);
        ((is - was).abs() >= enough && all).then(|| (values[split].0, was, is))
    })
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn samples(values: &[f64]) -> VecDeque<Sample> {
        let minutes = |m: f64| SignedDuration::from_secs_f64(m * 60.0).as_secs();
        let at = |i: usize| {
            let hours = i64::try_from(i).unwrap();
            Timestamp::from_second(1_780_000_000 + hours * 3_600).unwrap()
        };
        let sample = |(i, delay): (usize, &f64)| Sample {
            submission: SubmissionId(format!("sub_{i}").into()),
            at: at(i),
            seqs: (i as u64, i as u64),
            tally: Tally { told: 1, instants: (at(i).as_second() - minutes(*delay), 1), ..Tally::default() },
        };
        values.iter().enumerate().map(sample).collect()
    }

    fn found(values: &[f64]) -> Option<(usize, f64, f64)> {
        find(&samples(values), RUN[0], Sample::delay, delay_jump)
    }

    #[test]
    fn a_jump_is_found_where_it_begins_and_ends_when_the_times_come_back() {
        let usual = [10.0, 25.0, 40.0, 15.0, 30.0, 20.0, 35.0, 12.0, 28.0, 18.0, 33.0, 22.0, 27.0, 16.0];
        assert_eq!(found(&usual), None);
        let mut shifted = usual.to_vec();
        shifted.extend(usual.iter().take(2).map(|m| m + 480.0));
        assert_eq!(found(&shifted), None, "two may be a bad day");
        shifted.push(495.0);
        let (since, before, now) = found(&shifted).unwrap();
        assert_eq!((since, before), (14, 25.0));
        assert!((now - before - 470.0).abs() < 30.0, "{now}");
        shifted.push(20.0);
        assert_eq!(found(&shifted), None, "the clock is right again");
    }

    #[test]
    fn who_always_varies_does_not_jump() {
        let wild: Vec<f64> = (0..40).map(|i| f64::from(i * 7919 % 1440)).collect();
        assert_eq!(found(&wild), None);
        assert_eq!(found(&[5.0; 10]), None, "too little history");
    }
}
