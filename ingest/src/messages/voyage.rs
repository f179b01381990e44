//! Voyages: what IFTSAI, CALINF and VESDEP share. Every date of every port is one call observation.
//!
//! From D.99B on a port's dates stand behind it. Until D.97B the directory puts all ports before all
//! dates; many senders mix them all the same. So dates behind one port are that port's, and where a
//! message of an early directory has all dates behind all ports, they are given to them in their
//! order: a port takes an arrival and a departure of each classifier, a port of departure (5) no
//! expected arrival, a next port (61) an expected arrival only.

use super::Ignored;
use super::parts::{BGM, DTM, LOC, NAD, RFF, TDT};
use super::reader::{Outcome, Reader};
use crate::findings as f;
use crate::formats::edifact::{Segment, Tag, UNH, UNT};
use sealane_data::observation::{Classifier, DeclaredPlace, Kind, Observation, Span};
use sealane_data::time::DeclaredTime;
use sealane_data::vessel::VesselRef;
use std::sync::Arc;

/// What a date (`DTM` 2005) says of a call.
pub(super) type Meaning = (&'static [u8], Kind, Classifier);

/// What differs between the messages about voyages.
pub(super) struct Guide {
    /// The segments that are known and left unread.
    pub(super) ignored: &'static [Ignored],
    /// What dates say.
    pub(super) calls: &'static [Meaning],
    /// Dates that are known and are no call.
    pub(super) other_dates: &'static [&'static [u8]],
    /// Qualifiers of the port that the message is about, best first: dates before any port are its.
    pub(super) here: &'static [&'static [u8]],
    /// Segments behind which places and dates are no call's.
    pub(super) aside: &'static [Tag],
}

/// Reads the whole message.
pub(super) fn read(m: &mut Reader<'_>, guide: &'static Guide) {
    let mut voyage = Voyage {
        guide,
        begun: false,
        aside: false,
        ship: None,
        ports: Vec::new(),
        dates: Vec::new(),
        run: 0,
        dated: false,
    };
    for at in 0..m.len() {
        let Some(s) = m.segment(at) else { break };
        let outcome = voyage.segment(m, &s);
        m.count(outcome);
    }
    voyage.flush(m);
}

/// A port of the voyage.
struct Port {
    at: usize,
    qualifier: Vec<u8>,
    place: Option<Arc<DeclaredPlace>>,
    dated: bool,
}

/// To which port a date belongs.
#[derive(Clone, Copy)]
enum Home {
    /// This one.
    Port(usize),
    /// One from here on, by order.
    Run(usize, usize),
    /// The port that the message is about.
    Here,
}

/// A date of a call.
struct Date {
    at: usize,
    kind: Kind,
    classifier: Classifier,
    time: DeclaredTime,
    home: Home,
}

/// A voyage while it is read.
struct Voyage {
    guide: &'static Guide,
    begun: bool,
    /// Whether places and dates are a party's own.
    aside: bool,
    ship: Option<Arc<VesselRef>>,
    ports: Vec<Port>,
    dates: Vec<Date>,
    /// The first port of those that stand together before the dates to come.
    run: usize,
    /// Whether dates have followed these ports.
    dated: bool,
}

impl Voyage {
    /// Reads one segment.
    fn segment(&mut self, m: &mut Reader<'_>, s: &Segment<'_>) -> Outcome {
        match s.tag() {
            UNH | UNT => Outcome::Used,
            BGM => {
                self.begun = true;
                m.read_bgm(s)
            }
            TDT => {
                if self.ship.is_some() {
                    self.flush(m);
                }
                self.aside = false;
                self.ship = Some(m.read_ship(s));
                Outcome::Used
            }
            RFF => {
                let of_ship = self.ship.as_mut().is_some_and(|ship| m.read_ship_reference(s, ship));
                if of_ship { Outcome::Used } else { Outcome::Ignored }
            }
            LOC if self.aside => Outcome::Ignored,
            LOC => self.port(m, s),
            DTM if self.aside && !self.guide.aside.is_empty() => Outcome::Ignored,
            DTM => self.date(m, s),
            tag if self.guide.aside.contains(&tag) => {
                self.aside = true;
                m.other(s, self.guide.ignored)
            }
            NAD => {
                self.aside = true;
                m.read_nad(s)
            }
            _ => m.other(s, self.guide.ignored),
        }
    }

    /// Takes a port.
    fn port(&mut self, m: &mut Reader<'_>, s: &Segment<'_>) -> Outcome {
        if self.dated {
            (self.run, self.dated) = (self.ports.len(), false);
        }
        let place = m.read_place(s);
        self.ports.push(Port { at: s.at(), qualifier: s.first(1).to_vec(), place, dated: false });
        Outcome::Used
    }

    /// Takes a date of a call, or of the message.
    fn date(&mut self, m: &mut Reader<'_>, s: &Segment<'_>) -> Outcome {
        if m.read_written(s) {
            return Outcome::Used;
        }
        let meaning = self.guide.calls.iter().find(|(q, ..)| *q == s.first(1));
        let (Some((_, kind, classifier)), Some(home)) = (meaning, self.home(m)) else {
            let known = self.guide.other_dates.contains(&s.first(1));
            return if known { Outcome::Ignored } else { m.unused(s) };
        };
        if let Home::Port(port) = home {
            self.ports[port].dated = true;
        }
        self.dated = true;
        let Some(time) = m.read_time(s) else { return Outcome::Found };
        self.dates.push(Date { at: s.at(), kind: *kind, classifier: *classifier, time, home });
        Outcome::Used
    }

    /// Tells to which port the next date belongs, if to any.
    fn home(&self, m: &Reader<'_>) -> Option<Home> {
        let together = self.ports.len() - self.run;
        let flat = m.dialect.directory < (1999, b'B');
        match together {
            _ if self.aside => None,
            0 if self.ship.is_none() || self.guide.here.is_empty() => None,
            0 => Some(Home::Here),
            1 => Some(Home::Port(self.run)),
            _ if flat => Some(Home::Run(self.run, self.ports.len())),
            _ => Some(Home::Port(self.ports.len() - 1)),
        }
    }

    /// Makes the observations of the ship at hand.
    fn flush(&mut self, m: &mut Reader<'_>) {
        let ship = self.ship.take().unwrap_or_default();
        let mut dates = std::mem::take(&mut self.dates);
        self.settle(m, &mut dates);
        self.say_undated(m);
        if ship.is_anonymous()
            && !dates.is_empty()
            && let Some(s) = m.segment(0)
        {
            m.find(
                &f::NO_SHIP,
                &s,
                (0, 0),
                "the message names no ship, so its calls cannot be told from others",
            );
        }
        for date in dates {
            let Some(s) = m.segment(date.at) else { continue };
            let port = if let Home::Port(port) = date.home { self.ports.get(port) } else { None };
            let place = port.and_then(|p| p.place.clone());
            if port.is_none() {
                m.check_when_and_where(&s, true, false);
            }
            m.observations.push(Observation {
                time: Some(date.time),
                place,
                vessel: (!ship.is_empty()).then(|| ship.clone()),
                span: self.span(m, &s, port),
                ..Observation::new(date.kind, date.classifier)
            });
        }
        self.ports.clear();
        (self.run, self.dated) = (0, false);
    }

    /// Returns the span of a date: from its port where that stands right before it.
    fn span(&self, m: &Reader<'_>, s: &Segment<'_>, port: Option<&Port>) -> Span {
        let from = port.and_then(|p| {
            let other = self.ports.iter().any(|o| o.at > p.at && o.at < s.at());
            (p.at < s.at() && !other).then(|| m.segment(p.at)).flatten()
        });
        m.span(&from.unwrap_or(*s), s.at())
    }

    /// Gives every date its port; what fits none is said and dropped.
    fn settle(&mut self, m: &mut Reader<'_>, dates: &mut Vec<Date>) {
        // A sender who puts dates behind a second group of ports puts each port's dates behind it.
        let grouped = self.run > 0 || dates.iter().any(|d| matches!(d.home, Home::Port(_)));
        let mut next = 0;
        let mut taken: Vec<(usize, Kind, Classifier)> = Vec::new();
        dates.retain_mut(|date| {
            let found = match date.home {
                Home::Port(port) => Some(port),
                Home::Here => self.port_here(),
                Home::Run(_, to) if grouped => Some(to - 1),
                Home::Run(from, to) => {
                    let mut by_order = (next..to).chain(from..next);
                    by_order.find(|p| fits(&self.ports[*p], *p, date, &taken))
                }
            };
            let Some(s) = m.segment(date.at) else { return false };
            match (found, date.home) {
                (Some(port), home) => {
                    if matches!(home, Home::Run(..)) && !grouped {
                        next = port;
                        m.find_once(&f::PAIRED_BY_ORDER, &s, (0, 0), || {
                            "all dates stand behind all ports; they were paired by their order".into()
                        });
                    }
                    taken.push((port, date.kind, date.classifier));
                    self.ports[port].dated = true;
                    date.home = Home::Port(port);
                    true
                }
                (None, Home::Here) => true,
                (None, _) => {
                    m.find(&f::UNPAIRED, &s, (0, 0), "there is no port left that this date could belong to");
                    false
                }
            }
        });
    }

    /// Returns the port that the message is about.
    fn port_here(&self) -> Option<usize> {
        let of = |q: &&[u8]| self.ports.iter().position(|p| p.qualifier == **q);
        self.guide.here.iter().find_map(of)
    }

    /// Says which ports had no date.
    fn say_undated(&self, m: &mut Reader<'_>) {
        for port in self.ports.iter().filter(|p| !p.dated) {
            let Some(s) = m.segment(port.at) else { continue };
            let code = String::from_utf8_lossy(s.first(2)).into_owned();
            m.find(&f::CALL_WITHOUT_TIME, &s, (2, 1), format!("port `{code}` has no time"));
        }
    }
}

/// Whether a port can take a date that stands behind several ports.
fn fits(port: &Port, at: usize, date: &Date, taken: &[(usize, Kind, Classifier)]) -> bool {
    let mine = |kind| taken.iter().any(|(p, k, c)| *p == at && *k == kind && *c == date.classifier);
    let past = date.classifier == Classifier::Actual;
    let possible = match port.qualifier.as_slice() {
        b"5" => date.kind == Kind::VesselDeparted || past,
        b"61" => date.kind == Kind::VesselArrived && !past,
        _ => true,
    };
    // A port's arrival stands before its departure, so an arrival after it is the next port's.
    possible && !mine(date.kind) && !(date.kind == Kind::VesselArrived && mine(Kind::VesselDeparted))
}
