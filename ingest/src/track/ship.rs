//! What is remembered of one ship, and what its next report adds to that.

use super::distance::{At, between};
use super::mark::Why;
use super::reason::Reason;
use super::settings::{Areas, Settings};
use crate::formats::nmea::Millis;
use crate::messages::ais::STEPS;
use sealane_data::fix::Fix;

/// Clocks and positions of receivers differ by so much, in nautical miles.
const SLACK: f64 = 0.3;
/// Reports without a time follow each other within so many nautical miles, and give a point every so many.
const UNTIMED: (f64, f64) = (5.0, 1.0);
/// A place that is not confirmed within this time is none.
const GUESS_HOLDS: Millis = 30 * 60_000;
/// After this silence of one of two stations the other one has the MMSI for itself.
const ALONE_AFTER: Millis = 3_600_000;
/// An IMO number that was not told for this long disputes nothing.
const DISPUTE_ENDS: u32 = 24 * 3600;
/// A ship at rest makes at most so many tenths of a knot, and stays within so many nautical miles.
const REST: (u16, f64) = (5, 0.1);
/// Below these tenths of a knot a course says nothing.
const STEERS: u16 = 10;

/// A report to be judged.
#[derive(Clone, Copy, Debug)]
pub(super) struct Report {
    pub(super) place: At,
    pub(super) at: Option<Millis>,
    pub(super) speed: Option<u16>,
    pub(super) course: Option<u16>,
}

/// What became of a report.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Outcome {
    /// Why and on which track it is kept, or why it is not.
    pub(super) verdict: Result<(Why, u8), Reason>,
    /// Reports held before that this one confirms.
    pub(super) confirmed: u8,
    /// Whether the MMSI became two tracks with this report.
    pub(super) divided: bool,
}

impl From<Reason> for Outcome {
    fn from(reason: Reason) -> Self {
        Self { verdict: Err(reason), confirmed: 0, divided: false }
    }
}

#[derive(Clone, Copy, Debug, Default)]
struct Seen {
    at: Millis,
    place: At,
}

impl Seen {
    /// Returns whether a ship can have come from here to there, with a tolerance in nautical miles.
    fn reaches(&self, to: &Report, gate: f64, slack: f64) -> bool {
        let far = between(self.place, to.place);
        match to.at {
            Some(at) => far <= gate * hours(at - self.at) + slack,
            None => far <= UNTIMED.0,
        }
    }
}

fn hours(time: Millis) -> f64 {
    time.unsigned_abs() as f64 / 3_600_000.0
}

/// Where one station was last, and what was different when it last gave a point.
#[derive(Clone, Copy, Debug, Default)]
struct Track {
    seen: Seen,
    area: Option<u32>,
    course: Option<u16>,
}

/// One ship.
#[derive(Debug, Default)]
pub(super) struct Ship {
    /// The ship, or the first of two stations.
    main: Track,
    /// The second of two stations.
    other: Track,
    /// The place that waits for others to confirm it.
    guess: Seen,
    /// The last point of the ship and of each of two stations.
    told: [Seen; 3],
    has_told: [bool; 3],
    known: bool,
    divided: bool,
    guesses: u8,
    /// The last messages, for what other receivers repeat: digest and second.
    recent: [(u32, u32); 4],
    next: u8,
    pub(super) imo: u32,
    imo_at: u32,
    other_imo_at: u32,
    /// Digests of the last static reports, those with a name and those without.
    said: [u32; 2],
    /// The name by its static report, blank when not known.
    pub(super) name: [u8; 20],
}

impl Ship {
    /// Returns whether a message is known already, and remembers it.
    pub(super) fn repeats(&mut self, digest: u32, at: Option<Millis>, s: &Settings) -> bool {
        let second = at.map_or(0, seconds);
        let within = u32::try_from(s.repeat.as_secs()).unwrap_or(0);
        let known =
            self.recent.iter().any(|(d, t)| *d == digest && (at.is_none() || t.abs_diff(second) <= within));
        if !known {
            self.recent[usize::from(self.next) % 4] = (digest, second);
            self.next = (self.next + 1) % 4;
        }
        known
    }

    /// Returns whether a static report says something new, and remembers it.
    pub(super) fn says(&mut self, digest: u32, named: bool) -> bool {
        std::mem::replace(&mut self.said[usize::from(!named)], digest) != digest
    }

    /// Takes an IMO number; returns whether it is another one than was told within a day.
    pub(super) fn takes_imo(&mut self, imo: u32, at: Option<Millis>) -> bool {
        let now = at.map_or(self.imo_at, seconds);
        let fresh = now.abs_diff(self.imo_at) < DISPUTE_ENDS;
        if self.imo != 0 && self.imo != imo && fresh {
            self.other_imo_at = now.max(1);
            return true;
        }
        (self.imo, self.imo_at) = (imo, now);
        false
    }

    /// Returns the IMO number of a track: 0 where nobody can say whose it is.
    pub(super) fn imo_of(&self, track: u8) -> u32 {
        let disputed = self.other_imo_at != 0 && self.imo_at.abs_diff(self.other_imo_at) < DISPUTE_ENDS;
        if track == 0 && !disputed { self.imo } else { 0 }
    }

    /// Judges a report of a position.
    pub(super) fn report(&mut self, r: &Report, s: &Settings, areas: &dyn Areas) -> Outcome {
        let gate = f64::from(s.gate_knots);
        if !self.known {
            self.known = true;
            self.main.seen = seen(r, 0);
            return self.point(r, 0, s, areas).into();
        }
        let Some(second) = self.nearest(r, gate) else { return self.held(r, s, areas) };
        let track = if second { &mut self.other } else { &mut self.main };
        if r.at.is_some_and(|at| at < track.seen.at) {
            return Reason::Late.into();
        }
        track.seen = seen(r, track.seen.at);
        let identity = self.settle(r, second, gate);
        self.point(r, identity, s, areas).into()
    }

    /// Returns whether it is the second of two stations that a report fits; nothing where it fits none.
    fn nearest(&self, r: &Report, gate: f64) -> Option<bool> {
        let fits =
            |track: &Track| track.seen.reaches(r, gate, SLACK).then(|| between(track.seen.place, r.place));
        let (main, other) = (fits(&self.main), Some(&self.other).filter(|_| self.divided).and_then(fits));
        match (main, other) {
            (Some(main), Some(other)) => Some(other < main),
            (None, None) => None,
            (_, other) => Some(other.is_some()),
        }
    }

    /// Returns the identity of a report, which becomes the ship's own again when the other station is gone.
    fn settle(&mut self, r: &Report, second: bool, gate: f64) -> u8 {
        if !self.divided {
            return 0;
        }
        let silent = if second { self.main.seen.at } else { self.other.seen.at };
        let alone = r.at.is_some_and(|at| at - silent > ALONE_AFTER);
        // Never farther than a ship sails: until then it keeps the identity of its track.
        if alone && (!self.has_told[0] || self.told[0].reaches(r, gate, 0.0)) {
            if second {
                self.main = self.other;
            }
            self.divided = false;
            return 0;
        }
        1 + u8::from(second)
    }

    /// Holds a report that fits no track, or believes it when others before it say the same.
    fn held(&mut self, r: &Report, s: &Settings, areas: &dyn Areas) -> Outcome {
        let same = self.guesses > 0 && self.guess.reaches(r, f64::from(s.gate_knots), SLACK);
        let age = r.at.map_or(0, |at| at - self.guess.at);
        if same && age < 0 {
            return Reason::Speed.into();
        }
        self.guesses = if same && age <= GUESS_HOLDS { self.guesses.saturating_add(1) } else { 1 };
        self.guess = seen(r, self.guess.at);
        if self.guesses < s.confirmed_by {
            return Reason::Speed.into();
        }
        let confirmed = std::mem::take(&mut self.guesses) - 1;
        let began = !std::mem::replace(&mut self.divided, true);
        // A third place takes that of the station which was silent longer.
        let second = began || self.other.seen.at < self.main.seen.at;
        let track = if second { &mut self.other } else { &mut self.main };
        *track = Track { seen: self.guess, ..Track::default() };
        let verdict = self.point(r, 1 + u8::from(second), s, areas);
        Outcome { verdict, confirmed, divided: began }
    }

    /// Decides whether a report of an identity is a point of its track.
    fn point(
        &mut self,
        r: &Report,
        identity: u8,
        s: &Settings,
        areas: &dyn Areas,
    ) -> Result<(Why, u8), Reason> {
        let index = usize::from(identity);
        let last = self.told[index];
        let track = if identity == 2 { &mut self.other } else { &mut self.main };
        let first = !self.has_told[index];
        let (why, area) = if first {
            (Why::First, area(areas, r.place))
        } else if let Some(at) = r.at {
            let since = at - last.at;
            let strict = last.reaches(r, f64::from(s.gate_knots), 0.0);
            if since < millis(s.least) || !strict {
                return Err(Reason::Between);
            }
            let area = area(areas, r.place);
            let why = due(track, area, r, s, since, between(last.place, r.place));
            (why.ok_or(Reason::Between)?, area)
        } else if between(last.place, r.place) >= UNTIMED.1 {
            (Why::Time, area(areas, r.place))
        } else {
            return Err(Reason::Between);
        };
        (track.area, track.course) = (area, r.course);
        self.told[index] = seen(r, last.at);
        self.has_told[index] = true;
        Ok((why, identity))
    }
}

/// Returns why a report is worth a point.
fn due(track: &Track, area: Option<u32>, r: &Report, s: &Settings, since: Millis, moved: f64) -> Option<Why> {
    if area != track.area {
        return Some(Why::Area);
    }
    let steers = r.speed.is_some_and(|v| (STEERS..=1022).contains(&v));
    let turn = track.course.zip(r.course).map_or(0, |(a, b)| {
        let by = a.abs_diff(b) % 3600;
        by.min(3600 - by)
    });
    if steers && turn >= s.turn_degrees * 10 && since >= millis(s.inside) {
        return Some(Why::Turn);
    }
    let rests = r.speed.is_none_or(|v| v <= REST.0) && moved < REST.1;
    let every = match (area.is_some(), rests) {
        (true, false) => millis(s.inside),
        (true, true) => millis(s.inside) * 10,
        (false, false) => millis(s.interval),
        (false, true) => millis(s.at_rest),
    };
    (since >= every).then_some(Why::Time)
}

fn seen(r: &Report, before: Millis) -> Seen {
    Seen { at: r.at.unwrap_or(before), place: r.place }
}

fn millis(time: jiff::SignedDuration) -> Millis {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}

/// Returns a second since 1970, which fits until 2106.
fn seconds(at: Millis) -> u32 {
    u32::try_from(at / 1000).unwrap_or(0)
}

fn area(areas: &dyn Areas, (north, east): At) -> Option<u32> {
    let degrees = |steps: i32| f64::from(steps) / f64::from(STEPS);
    areas.area(&Fix::new(degrees(north), degrees(east))?)
}

impl From<Result<(Why, u8), Reason>> for Outcome {
    fn from(verdict: Result<(Why, u8), Reason>) -> Self {
        Self { verdict, confirmed: 0, divided: false }
    }
}
