//! VERMAS: verified gross masses (SOLAS). One status `VGM` for every `EQD`: it is no movement.
//!
//! The mass is `MEA+AAE+VGM` (or `MEA+VGM`), its time `DTM+798` behind it, in some guides `WAT`; a
//! message without either was weighed when it was written. Ports and ship are the box's plan.

use super::group::Group;
use super::listing::{self, Listing};
use super::parts::{DOC, DTM, LOC, NAD, RFF, SEL, TDT};
use super::reader::{Outcome, Reader};
use super::{Ignored, MessageFamily, why};
use crate::formats::edifact::{Segment, Tag};
use crate::message_findings as mf;
use sealane_data::Text;
use sealane_data::observation::Few;
use sealane_data::reference::Reference;
use sealane_data::time::DeclaredTime;
use sealane_data::vessel::VesselRef;
use std::sync::Arc;

/// The family.
pub(super) struct Vermas;

const IGNORED: &[Ignored] = &[
    (Tag::new(b"FTX"), why::TEXT),
    (Tag::new(b"CTA"), why::CONTACT),
    (Tag::new(b"COM"), why::CONTACT),
    (Tag::new(b"DOC"), "how the mass was verified does not change it"),
    (Tag::new(b"MEA"), "masses other than the box's own"),
    (Tag::new(b"UNS"), why::STRUCTURE),
];

impl MessageFamily for Vermas {
    fn id(&self) -> &'static str {
        "VERMAS"
    }

    fn about(&self) -> &'static str {
        "verified gross masses: one status `VGM` per container, with its mass and references"
    }

    fn version(&self) -> u16 {
        2
    }

    fn ignored(&self) -> &'static [Ignored] {
        IGNORED
    }

    fn read(&self, m: &mut Reader<'_>) {
        listing::read(m, &mut Masses::default());
    }
}

/// A message about masses while it is read.
#[derive(Default)]
struct Masses {
    references: Few<Reference>,
    weighed: Option<DeclaredTime>,
    ship: Arc<VesselRef>,
    /// Whether documents and their dates follow, which are the verifier's.
    papers: bool,
}

impl Listing for Masses {
    fn ignored(&self) -> &'static [Ignored] {
        IGNORED
    }

    fn begin(&mut self, m: &mut Reader<'_>, s: &Segment<'_>) -> Outcome {
        m.read_bgm(s)
    }

    fn head(&mut self, m: &mut Reader<'_>, s: &Segment<'_>) -> Outcome {
        match s.tag() {
            DTM if m.read_written(s) => Outcome::Used,
            DTM | LOC | SEL | TDT => Outcome::Ignored,
            RFF => match m.read_reference(s) {
                Some(reference) => {
                    m.keep(&mut self.references, s, reference);
                    Outcome::Used
                }
                None => Outcome::Ignored,
            },
            NAD => m.read_nad(s),
            _ => m.other(s, IGNORED),
        }
    }

    fn inside(&mut self, m: &mut Reader<'_>, s: &Segment<'_>) -> Option<Outcome> {
        match (s.tag(), s.first(1)) {
            (DOC, _) => {
                self.papers = true;
                Some(Outcome::Ignored)
            }
            (DTM, _) if self.papers => Some(Outcome::Ignored),
            (DTM, b"798" | b"WAT" | b"137") => {
                let Some(time) = m.read_time(s) else { return Some(Outcome::Found) };
                self.weighed.get_or_insert(time);
                Some(Outcome::Used)
            }
            (TDT, b"20" | b"") => {
                self.ship = m.read_ship(s);
                Some(Outcome::Used)
            }
            (RFF, _) => m.read_ship_reference(s, &mut self.ship).then_some(Outcome::Used),
            _ => None,
        }
    }

    fn observe(&mut self, m: &mut Reader<'_>, opened: &Segment<'_>, group: &mut Group) {
        let said = &mut group.said;
        if said.equipment.as_ref().is_none_or(|equipment| equipment.gross_kg.is_none()) {
            m.find(&mf::NO_MASS, opened, (0, 0), "no verified mass follows the container");
        }
        said.references = m.behind(opened, &self.references, std::mem::take(&mut said.references));
        said.plan = group.ports.plan(m);
        said.time = self.weighed.take().or(m.written);
        said.place = None;
        said.vessel = Some(std::mem::take(&mut self.ship)).filter(|ship| !ship.is_empty());
        said.status = Some(Text::const_new("VGM"));
        self.papers = false;
    }
}
