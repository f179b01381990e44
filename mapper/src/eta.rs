//! When a ship should arrive: from what was told, the way that is left, and how long the way took before.
//!
//! Each ground alone gives an arrival. They are averaged by their shares: near the port the progress of
//! the ship decides, far from it what carrier and terminal plan counts as much. What the crew typed into
//! its AIS set counts only where nobody else told anything. A ground whose arrival has passed is none:
//! what was told and has passed without the ship is overdue, and no arrival is ever put before now.

use jiff::{SignedDuration, Timestamp};
use sealane_data::partner::PartyId;
use sealane_data::prediction::{Ground, GroundKind};

/// Metres in an hour at one knot.
const KNOT: f64 = 1852.0;
/// Hours before arrival at which progress and schedule count alike.
const ALIKE: f64 = 96.0;
/// A position is good for a prediction for so many hours.
const GOOD_FOR: SignedDuration = SignedDuration::from_hours(12);
/// Past voyages that make a history.
const VOYAGES: usize = 3;
/// Hours that an arrival by progress may be early or late at least: pilots, tides, the last mile.
const APPROACH: f64 = 1.0;

/// An arrival that somebody told.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    /// When.
    pub at: Timestamp,
    /// Who told it.
    pub source: PartyId,
    /// Whether the ship's crew typed it into its AIS set.
    pub declared: bool,
}

/// How far a ship has come and how fast it goes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Made {
    /// When it was last seen.
    pub seen: Timestamp,
    /// Metres by sea from there.
    pub left: f64,
    /// The speed that nine, five and one of ten hours under way lay above, in knots.
    pub knots: [f64; 3],
    /// On how many hours under way that stands.
    pub hours: u32,
}

/// What is known of an arrival that is ahead.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Evidence {
    /// The arrival that leads among those told.
    pub told: Option<Told>,
    /// The progress of the ship.
    pub made: Option<Made>,
    /// When it left the port before.
    pub departed: Option<Timestamp>,
    /// How many hours ships took for this way before.
    pub voyages: Vec<f64>,
}

/// An arrival as it is reckoned.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reckoned {
    /// The arrival, and the ends of an interval that eight of ten should lie in; nothing where no ground
    /// is left.
    pub arrival: Option<[Timestamp; 3]>,
    /// What it is reckoned from, the one with the greatest share first.
    pub grounds: Vec<Ground>,
    /// What was told and has passed without the ship.
    pub overdue_since: Option<Timestamp>,
    /// Until when it may be shown as ahead.
    pub valid_until: Option<Timestamp>,
}

/// One ground: its arrival between an early and a late one, in hours from now, and its weight.
struct Weighed {
    kind: GroundKind,
    hours: [f64; 3],
    weight: f64,
    samples: u32,
    source: Option<PartyId>,
}

/// Reckons an arrival from what is known at an instant.
pub fn reckon(evidence: &Evidence, now: Timestamp) -> Reckoned {
    let from_now = |at: Timestamp| at.duration_since(now).as_secs_f64() / 3_600.0;
    let made = evidence.made.filter(|m| now.duration_since(m.seen) <= GOOD_FOR);
    let mut all: Vec<Weighed> = made.iter().filter_map(|m| by_progress(m, from_now(m.seen))).collect();
    let progress = all.first().map_or(0.0, |p| 1.0 / (1.0 + p.hours[1] / ALIKE));
    let rest = 1.0 - progress;
    all.extend(by_history(evidence, rest, from_now));
    let others = all.len();
    all.extend(evidence.told.iter().filter_map(|told| by_word(told, others, rest, from_now(told.at))));
    if let Some(first) = all.first_mut().filter(|w| w.kind == GroundKind::Progress) {
        first.weight = progress;
    }
    let whole: f64 = all.iter().map(|w| w.weight).sum();
    let overdue = evidence.told.as_ref().filter(|told| told.at <= now && !told.declared).map(|told| told.at);
    if whole <= 0.0 {
        return Reckoned { overdue_since: overdue, ..Reckoned::default() };
    }
    let mean = |end: usize| all.iter().map(|w| w.hours[end] * w.weight).sum::<f64>() / whole;
    let [early, middle, late] = [mean(0), mean(1), mean(2)];
    let arrival = [middle, early.clamp(0.0, middle), late.max(middle)].map(|hours| after(now, hours));
    let used = all.iter().any(|w| w.kind == GroundKind::Progress);
    let stale = made.filter(|_| used).and_then(|m| m.seen.checked_add(GOOD_FOR).ok());
    all.sort_by(|a, b| b.weight.total_cmp(&a.weight).then(a.kind.cmp(&b.kind)));
    let grounds = all.into_iter().map(|w| ground(w, whole, now)).collect();
    let valid_until = stale.map_or(arrival[0], |stale| stale.min(arrival[0]));
    Reckoned { arrival: Some(arrival), grounds, overdue_since: overdue, valid_until: Some(valid_until) }
}

fn by_progress(made: &Made, seen: f64) -> Option<Weighed> {
    let [slow, usual, fast] = made.knots;
    let at = |knots: f64| seen + made.left / KNOT / knots;
    let middle = at(usual);
    let hours = [at(fast).min(middle - APPROACH), middle, at(slow).max(middle + APPROACH)];
    let fit = usual > 0.0 && slow > 0.0 && middle > 0.0;
    fit.then_some(Weighed {
        kind: GroundKind::Progress,
        hours,
        weight: 1.0,
        samples: made.hours,
        source: None,
    })
}

fn by_history(evidence: &Evidence, rest: f64, from_now: impl Fn(Timestamp) -> f64) -> Option<Weighed> {
    let departed = from_now(evidence.departed?);
    let mut voyages = evidence.voyages.clone();
    voyages.sort_by(f64::total_cmp);
    let n = voyages.len();
    if n < VOYAGES {
        return None;
    }
    let hours = [n / 10, n / 2, n - 1 - n / 10].map(|i| departed + voyages[i]);
    let weight = rest * n as f64 / (n as f64 + 5.0);
    let samples = u32::try_from(n).unwrap_or(u32::MAX);
    (hours[1] > 0.0).then_some(Weighed { kind: GroundKind::History, hours, weight, samples, source: None })
}

fn by_word(told: &Told, others: usize, rest: f64, hours: f64) -> Option<Weighed> {
    // Ships are late more often than early, and more so the longer the way.
    let ends = [hours - (hours * 0.05).max(3.0), hours, hours + (hours * 0.15).max(6.0)];
    let kind = if told.declared { GroundKind::Declared } else { GroundKind::Schedule };
    let counts = hours > 0.0 && (!told.declared || others == 0);
    let source = Some(told.source.clone());
    counts.then_some(Weighed { kind, hours: ends, weight: rest, samples: 1, source })
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of a hundred")]
fn ground(weighed: Weighed, whole: f64, now: Timestamp) -> Ground {
    Ground {
        kind: weighed.kind,
        at: after(now, weighed.hours[1]),
        share: (weighed.weight / whole * 100.0).round() as u8,
        samples: weighed.samples,
        source: weighed.source,
    }
}

/// Returns the instant some hours after another, to the minute.
#[expect(clippy::cast_possible_truncation, reason = "hours of a voyage")]
fn after(now: Timestamp, hours: f64) -> Timestamp {
    let minutes = (hours * 60.0).round() as i64;
    let second = now.as_second() / 60 * 60;
    Timestamp::from_second(second)
        .and_then(|at| at.checked_add(SignedDuration::from_mins(minutes)))
        .unwrap_or(now)
}

/// Returns the speeds that nine, five and one of ten hours lay above, of speeds with their hours.
pub(crate) fn usual(speeds: &mut [(f64, f64)]) -> Option<[f64; 3]> {
    speeds.sort_by(|a, b| a.0.total_cmp(&b.0));
    let whole: f64 = speeds.iter().map(|(_, hours)| hours).sum();
    let at = |share: f64| {
        let mut passed = 0.0;
        let mut rising = speeds.iter().filter(|(_, hours)| {
            passed += hours;
            passed >= whole * share
        });
        rising.next().map(|(knots, _)| *knots)
    };
    Some([at(0.1)?, at(0.5)?, at(0.9)?])
}

#[cfg(test)]
mod tests;
