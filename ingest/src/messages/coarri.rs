//! COARRI: quay moves. One `Loaded` or `Discharged` for every `EQD`, and the ship's call.
//!
//! The direction is the document code: 44 and 119 are discharge reports, 46 and 122 loading
//! reports, in every directory. The port is the header's place: `LOC+11` for discharge, `LOC+9` for
//! loading. `DTM+203` of a container is the actual time of its move, whatever the directory calls
//! it. Header dates 178 and 186 are the ship's actual arrival and departure, 132 and 133 estimates.

use super::group::Group;
use super::listing::{self, Listing};
use super::parts::{DTM, LOC, NAD, RFF, TDT};
use super::reader::{Outcome, Reader};
use super::{Ignored, MessageFamily, why};
use crate::findings as f;
use crate::formats::edifact::{Segment, Tag};
use sealane_data::observation::{Classifier, DeclaredPlace, Few, Kind, Observation, Span};
use sealane_data::reference::Reference;
use sealane_data::time::DeclaredTime;
use sealane_data::vessel::VesselRef;
use std::sync::Arc;

/// The family.
pub(super) struct Coarri;

const IGNORED: &[Ignored] = &[
    (Tag::new(b"FTX"), why::TEXT),
    (Tag::new(b"CTA"), why::CONTACT),
    (Tag::new(b"COM"), why::CONTACT),
    (Tag::new(b"DGS"), why::GOODS),
    (Tag::new(b"TMP"), why::GOODS),
    (Tag::new(b"RNG"), why::GOODS),
    (Tag::new(b"ATT"), why::GOODS),
    (Tag::new(b"GDS"), why::GOODS),
    (Tag::new(b"PIA"), why::GOODS),
    (Tag::new(b"MEA"), why::GOODS),
    (Tag::new(b"DIM"), "overwide or overhigh cargo does not change the movement"),
    (Tag::new(b"HAN"), why::HANDLING),
    (Tag::new(b"DAM"), why::CONDITION),
    (Tag::new(b"COD"), why::CONDITION),
    (Tag::new(b"PCD"), why::CONDITION),
    (Tag::new(b"TMD"), why::TERMS),
    (Tag::new(b"TSR"), why::TERMS),
    (Tag::new(b"EQA"), why::ATTACHED),
    (Tag::new(b"EQN"), why::ATTACHED),
    (Tag::new(b"UNS"), why::STRUCTURE),
];

/// What header dates say of the ship's call.
const CALLS: &[(&[u8], Kind, Classifier)] = &[
    (b"178", Kind::VesselArrived, Classifier::Actual),
    (b"186", Kind::VesselDeparted, Classifier::Actual),
    (b"132", Kind::VesselArrived, Classifier::Estimated),
    (b"133", Kind::VesselDeparted, Classifier::Estimated),
];

impl MessageFamily for Coarri {
    fn id(&self) -> &'static str {
        "COARRI"
    }

    fn about(&self) -> &'static str {
        "discharge and loading reports of terminals: one quay move per container, and the ship's call"
    }

    fn version(&self) -> u16 {
        4
    }

    fn ignored(&self) -> &'static [Ignored] {
        IGNORED
    }

    fn read(&self, m: &mut Reader<'_>) {
        listing::read(m, &mut Report::default());
    }
}

/// A report while it is read.
#[derive(Default)]
struct Report {
    kind: Option<Kind>,
    bgm: usize,
    ship: Arc<VesselRef>,
    load_here: Option<Arc<DeclaredPlace>>,
    discharge_here: Option<Arc<DeclaredPlace>>,
    /// Where all containers are (`LOC+165`), which says no direction.
    stands: Option<Arc<DeclaredPlace>>,
    times: Vec<(Kind, Classifier, DeclaredTime, Span)>,
    references: Few<Reference>,
    head_closed: bool,
}

impl Listing for Report {
    fn ignored(&self) -> &'static [Ignored] {
        IGNORED
    }

    fn begin(&mut self, m: &mut Reader<'_>, s: &Segment<'_>) -> Outcome {
        self.bgm = s.at();
        let outcome = m.read_bgm(s);
        self.kind = Some(match m.code.as_str() {
            "44" | "119" => Kind::Discharged,
            "46" | "122" => Kind::Loaded,
            _ => Kind::Status,
        });
        outcome
    }

    fn head(&mut self, m: &mut Reader<'_>, s: &Segment<'_>) -> Outcome {
        match s.tag() {
            DTM => self.head_date(m, s),
            LOC => match s.first(1) {
                b"9" => {
                    self.load_here = m.read_place(s);
                    Outcome::Used
                }
                b"11" => {
                    self.discharge_here = m.read_place(s);
                    Outcome::Used
                }
                b"165" => {
                    self.stands = m.read_place(s);
                    Outcome::Used
                }
                b"5" | b"61" | b"88" | b"92" | b"94" | b"125" | b"152" | b"153" | b"164" | b"175" => {
                    Outcome::Ignored
                }
                _ => m.unused(s),
            },
            TDT if matches!(s.first(1), b"20" | b"") => {
                self.ship = m.read_ship(s);
                Outcome::Used
            }
            TDT => Outcome::Ignored,
            RFF => {
                if !m.read_ship_reference(s, &mut self.ship)
                    && let Some(reference) = m.read_reference(s)
                {
                    m.keep(&mut self.references, s, reference);
                }
                Outcome::Used
            }
            NAD => m.read_nad(s),
            _ => m.other(s, IGNORED),
        }
    }

    /// Settles direction and port once the head is over, and makes the call's observations.
    fn close_head(&mut self, m: &mut Reader<'_>) {
        if self.head_closed {
            return;
        }
        self.head_closed = true;
        self.settle_direction(m);
        if self.ship.is_anonymous()
            && let Some(s) = m.segment(self.bgm)
        {
            m.find(&f::NO_SHIP, &s, (0, 0), "no ship is named, so its call cannot be told from others");
        }
        for (kind, classifier, time, span) in std::mem::take(&mut self.times) {
            m.observations.push(Observation {
                time: Some(time),
                place: self.here().cloned(),
                vessel: Some(self.ship.clone()),
                span,
                ..Observation::new(kind, classifier)
            });
        }
    }

    fn observe(&mut self, m: &mut Reader<'_>, opened: &Segment<'_>, group: &mut Group) {
        let (kind, said) = (self.kind.unwrap_or(Kind::Status), &mut group.said);
        // Without a place in the head, the container's own port of this direction is this port.
        let own = if kind == Kind::Loaded { &group.ports.load } else { &group.ports.discharge };
        let here = self.here().cloned().or_else(|| own.place(m));
        said.kind = kind;
        said.time = group.time.map(|(_, time)| time);
        said.place = here.or_else(|| said.place.take());
        m.check_when_and_where(opened, said.time.is_some(), said.place.is_some());
        said.references = m.behind(opened, &self.references, std::mem::take(&mut said.references));
        said.plan = group.ports.plan(m);
        said.vessel = (!self.ship.is_empty()).then(|| self.ship.clone());
        said.status = (kind == Kind::Status).then(|| m.code.clone());
    }
}

impl Report {
    /// Reads a date of the ship's call.
    fn head_date(&mut self, m: &mut Reader<'_>, s: &Segment<'_>) -> Outcome {
        if m.read_written(s) {
            return Outcome::Used;
        }
        let Some((_, kind, classifier)) = CALLS.iter().find(|(q, ..)| *q == s.first(1)) else {
            return m.unused(s);
        };
        match m.read_time(s) {
            Some(time) => {
                self.times.push((*kind, *classifier, time, m.span(s, s.at())));
                Outcome::Used
            }
            None => Outcome::Found,
        }
    }

    /// Asks the header's place where the document code does not say the direction.
    fn settle_direction(&mut self, m: &mut Reader<'_>) {
        let Some(s) = m.segment(self.bgm) else { return };
        let by_place = match (&self.load_here, &self.discharge_here) {
            (Some(_), None) => Some(Kind::Loaded),
            (None, Some(_)) => Some(Kind::Discharged),
            _ => None,
        };
        match (self.kind, by_place) {
            (Some(Kind::Status), guess) => {
                let how = if guess.is_some() { "the place was believed" } else { "no move was made of it" };
                let message = format!("document code `{}` is no loading or discharge report; {how}", m.code);
                m.find(&f::DOCUMENT_CODE, &s, (1, 1), message);
                self.kind = guess.or(self.kind);
            }
            (Some(kind), Some(guess)) if kind != guess => {
                m.find(&f::DIRECTION_DOUBTFUL, &s, (1, 1), "the place says the other direction");
                // The place is this port all the same: there is only one in the head.
                (self.load_here, self.discharge_here) = (self.discharge_here.take(), self.load_here.take());
            }
            _ => {}
        }
    }

    /// Returns this port by the direction.
    fn here(&self) -> Option<&Arc<DeclaredPlace>> {
        match self.kind {
            Some(Kind::Loaded) => self.load_here.as_ref(),
            Some(Kind::Discharged) => self.discharge_here.as_ref(),
            _ => self.load_here.as_ref().or(self.discharge_here.as_ref()),
        }
        .or(self.stands.as_ref())
    }
}
