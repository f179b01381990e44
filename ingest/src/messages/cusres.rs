//! CUSRES: what customs answer. One observation for every container, or one for the papers alone.
//!
//! Shapes: in D.95B containers stand behind the reference they belong to; from D.97B on behind the
//! document (`DOC`) or in the head. The decision is `GIS` (until D.01B) or `GEI`: 4 releases the
//! goods and 5 requires an examination, but only in the UN's own list. A code of a national list (a
//! code list is named) or any other number is kept as a status without a meaning, for it means
//! something else in every country.

use super::parts::{BGM, CNT, DOC, DTM, EQD, GEI, GIS, LOC, NAD, RFF, TDT};
use super::reader::{Outcome, Reader};
use super::{Ignored, MessageFamily, why};
use crate::findings as f;
use crate::formats::edifact::{Segment, Tag, UNH, UNT};
use crate::message_findings as mf;
use sealane_data::Text;
use sealane_data::observation::{Classifier, DeclaredPlace, Equipment, Few, Kind, Observation};
use sealane_data::reference::{Reference, ReferenceKind};
use sealane_data::time::DeclaredTime;
use sealane_data::vessel::VesselRef;
use std::sync::Arc;

/// The family.
pub(super) struct Cusres;

const ERP: Tag = Tag::new(b"ERP");
const ERC: Tag = Tag::new(b"ERC");

const IGNORED: &[Ignored] = &[
    (Tag::new(b"FTX"), why::TEXT),
    (Tag::new(b"CTA"), why::CONTACT),
    (Tag::new(b"COM"), why::CONTACT),
    (Tag::new(b"PAC"), why::GOODS),
    (Tag::new(b"PCI"), why::GOODS),
    (Tag::new(b"CST"), why::GOODS),
    (Tag::new(b"MEA"), why::GOODS),
    (Tag::new(b"TAX"), why::MONEY),
    (Tag::new(b"MOA"), why::MONEY),
    (Tag::new(b"CUX"), why::MONEY),
    (Tag::new(b"AUT"), "proves who wrote the message, which the door does"),
    (Tag::new(b"UNS"), why::STRUCTURE),
];

/// What a decision (data element 7365, UN list) means.
const DECISIONS: &[(&str, Kind)] = &[("4", Kind::CustomsReleased), ("5", Kind::CustomsHeld)];

/// Dates of a decision, best first: clearance, processing, effective.
const DATES: &[&[u8]] = &[b"58", b"9", b"7", b"334"];

impl MessageFamily for Cusres {
    fn id(&self) -> &'static str {
        "CUSRES"
    }

    fn about(&self) -> &'static str {
        "answers of customs: what was released or held, per container and paper"
    }

    fn version(&self) -> u16 {
        1
    }

    fn ignored(&self) -> &'static [Ignored] {
        IGNORED
    }

    fn read(&self, m: &mut Reader<'_>) {
        let mut answer = Answer::default();
        for at in 0..m.len() {
            let Some(s) = m.segment(at) else { break };
            let outcome = answer.segment(m, &s);
            m.count(outcome);
        }
        answer.close(m);
    }
}

/// A decision: its code, whether it is of the UN's list, and where it stands.
#[derive(Clone)]
struct Decision {
    at: usize,
    code: Text,
    plain: bool,
}

/// An answer while it is read.
#[derive(Default)]
struct Answer {
    bgm: Option<usize>,
    head: Few<Reference>,
    head_decision: Option<Decision>,
    place: Option<Arc<DeclaredPlace>>,
    time: Option<(usize, DeclaredTime)>,
    ship: Option<Arc<VesselRef>>,
    /// Of the document or reference at hand.
    opened: Option<usize>,
    own: Few<Reference>,
    decision: Option<Decision>,
    boxes: Vec<(usize, Equipment)>,
    party: bool,
    said: bool,
}

impl Answer {
    /// Reads one segment.
    fn segment(&mut self, m: &mut Reader<'_>, s: &Segment<'_>) -> Outcome {
        match s.tag() {
            UNH | UNT => Outcome::Used,
            BGM => {
                self.bgm = Some(s.at());
                m.read_bgm(s)
            }
            DOC => {
                self.flush(m);
                self.opened = Some(s.at());
                self.party = false;
                Outcome::Ignored
            }
            RFF => self.reference(m, s),
            GIS => self.decide(m, s, 1),
            GEI => self.decide(m, s, 2),
            EQD => match m.read_equipment(s) {
                Some(equipment) => {
                    self.boxes.push((s.at(), equipment));
                    Outcome::Used
                }
                None => Outcome::Found,
            },
            NAD => {
                self.party = true;
                m.read_nad(s)
            }
            TDT => {
                self.ship = self.ship.take().or_else(|| Some(m.read_ship(s)));
                Outcome::Used
            }
            LOC => self.location(m, s),
            DTM => self.date(m, s),
            ERC => {
                let code = m.text(s, 1, 1).unwrap_or_default();
                m.find(&mf::CUSTOMS_ERROR, s, (1, 1), format!("customs report the error `{code}`"));
                Outcome::Found
            }
            ERP | CNT => Outcome::Ignored,
            _ => m.other(s, IGNORED),
        }
    }

    /// Takes a reference; behind containers of D.95B it opens the next group.
    fn reference(&mut self, m: &mut Reader<'_>, s: &Segment<'_>) -> Outcome {
        if m.dialect.directory < (1997, b'B') && !self.boxes.is_empty() {
            self.flush(m);
        }
        let Some(reference) = m.read_reference(s) else { return Outcome::Ignored };
        let in_head = self.opened.is_none() && m.dialect.directory >= (1997, b'B');
        m.keep(if in_head { &mut self.head } else { &mut self.own }, s, reference);
        Outcome::Used
    }

    /// Takes a decision, of the message or of the document at hand.
    fn decide(&mut self, m: &mut Reader<'_>, s: &Segment<'_>, element: u16) -> Outcome {
        let Some(code) = m.text(s, element, 1) else { return Outcome::Ignored };
        let plain = s.value(element, 2).is_empty() || s.value(element, 3) == b"6";
        let decision = Decision { at: s.at(), code, plain };
        let home = if self.opened.is_some() { &mut self.decision } else { &mut self.head_decision };
        // Decisions about taxes and items follow the one about the goods.
        home.get_or_insert(decision);
        Outcome::Used
    }

    /// Takes where the goods are; codes of customs offices are no places of the map.
    fn location(&mut self, m: &mut Reader<'_>, s: &Segment<'_>) -> Outcome {
        if !matches!(s.first(1), b"165" | b"14" | b"60" | b"11") || self.place.is_some() {
            return Outcome::Ignored;
        }
        self.place = m.read_place(s);
        Outcome::Used
    }

    /// Takes the best date of the decision.
    fn date(&mut self, m: &mut Reader<'_>, s: &Segment<'_>) -> Outcome {
        if m.read_written(s) {
            return Outcome::Used;
        }
        let Some(rank) = DATES.iter().position(|q| *q == s.first(1)) else { return Outcome::Ignored };
        let Some(time) = m.read_time(s) else { return Outcome::Found };
        if self.time.is_none_or(|(best, _)| rank < best) {
            self.time = Some((rank, time));
        }
        Outcome::Used
    }

    /// Makes the observations of the last group.
    fn close(&mut self, m: &mut Reader<'_>) {
        if self.bgm.is_none() {
            m.say_not_begun("number to replace it by");
        }
        self.flush(m);
        if !self.said
            && let Some(s) = m.segment(self.bgm.unwrap_or(0))
        {
            m.find(&mf::GOODS_ONLY, &s, (0, 0), "customs' answer names no container and no paper");
        }
    }

    /// Makes the observations of the containers at hand, or of the papers alone.
    fn flush(&mut self, m: &mut Reader<'_>) {
        let boxes = std::mem::take(&mut self.boxes);
        let own = std::mem::take(&mut self.own);
        let at = self.opened.or(self.bgm).unwrap_or(0);
        let references = match m.segment(at) {
            Some(s) => m.behind(&s, &self.head, own),
            None => own,
        };
        let decision = self.decision.take().or_else(|| self.head_decision.clone());
        let opened = self.opened.take();
        let papers = references.iter().any(|r| r.kind != ReferenceKind::Other && r.joins());
        if boxes.is_empty() && !(papers && decision.is_some()) {
            return;
        }
        self.said = true;
        let kind = decision.as_ref().map_or(Kind::Status, |d| d.kind(m));
        let mut whole: Vec<(usize, Option<Equipment>)> =
            boxes.into_iter().map(|(at, e)| (at, Some(e))).collect();
        if whole.is_empty() {
            whole.push((opened.or(self.bgm).unwrap_or(0), None));
        }
        for (at, equipment) in whole {
            let Some(s) = m.segment(at) else { continue };
            m.observations.push(Observation {
                time: self.time.map(|(_, time)| time).or(m.written),
                place: self.place.clone(),
                equipment,
                vessel: self.ship.clone().filter(|v| !v.is_empty()),
                references: references.clone(),
                status: decision.as_ref().map(|d| d.code.clone()),
                span: m.span(&s, at),
                ..Observation::new(kind, Classifier::Actual)
            });
        }
    }
}

impl Decision {
    /// Tells what the decision means; a national code means nothing without its list.
    fn kind(&self, m: &mut Reader<'_>) -> Kind {
        let known = DECISIONS.iter().find(|(code, _)| *code == self.code.as_str() && self.plain);
        if let Some((_, kind)) = known {
            return *kind;
        }
        if let Some(s) = m.segment(self.at) {
            let message = format!("customs' decision `{}` is kept without a meaning", self.code);
            m.find(&f::STATUS_UNKNOWN, &s, (1, 1), message);
        }
        Kind::Status
    }
}
