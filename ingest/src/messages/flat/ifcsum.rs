//! IFCSUM as a platform file: the manifest. Bills of lading, their ports, and the containers of each.
//!
//! Record 10 is the ship, 12 opens a bill of lading with its port of loading, 13 has its port of
//! discharge and place of delivery, 51 a container of one cargo. What the goods are and who owns
//! them (16 to 20, 41 to 47) stays in the submission only. The masses of record 51 are the cargo's
//! share, so no gross mass is made of them.

use super::records::{Unread, id};
use crate::flat_findings as flat;
use crate::formats::edifact::{Segment, Tag};
use crate::messages::reader::{Outcome, Reader};
use crate::messages::{Ignored, MessageFamily, why};
use sealane_data::Text;
use sealane_data::observation::{Classifier, Equipment, Few, Kind, Observation, Plan};
use sealane_data::reference::{Reference, ReferenceKind};
use sealane_data::vessel::VesselRef;
use std::collections::HashSet;
use std::sync::Arc;

/// The family.
pub(super) struct Ifcsum;

const IGNORED: &[Ignored] = &[
    (Tag::two(b"01"), "other receivers of the file"),
    (Tag::two(b"11"), "details of the ship that do not identify it"),
    (Tag::two(b"14"), "optional ports of discharge, of which none is chosen yet"),
    (Tag::two(b"15"), why::MONEY),
    (Tag::two(b"16"), why::CONTACT),
    (Tag::two(b"17"), why::CONTACT),
    (Tag::two(b"18"), why::CONTACT),
    (Tag::two(b"19"), why::CONTACT),
    (Tag::two(b"20"), why::CONTACT),
    (Tag::two(b"41"), why::GOODS),
    (Tag::two(b"43"), why::GOODS),
    (Tag::two(b"44"), why::GOODS),
    (Tag::two(b"47"), why::GOODS),
];

impl MessageFamily for Ifcsum {
    fn id(&self) -> &'static str {
        "IFCSUM"
    }

    fn about(&self) -> &'static str {
        "manifests: which containers are on which ship under which bill of lading, and between which ports"
    }

    fn version(&self) -> u16 {
        1
    }

    fn ignored(&self) -> &'static [Ignored] {
        IGNORED
    }

    fn read(&self, m: &mut Reader<'_>) {
        Manifest::default().read(m);
    }
}

/// A manifest while it is read.
#[derive(Default)]
struct Manifest {
    ship: Arc<VesselRef>,
    bill: Option<Bill>,
    unread: Unread,
}

/// One bill of lading while it is read.
struct Bill {
    at: usize,
    references: Few<Reference>,
    plan: Plan,
    boxes: Vec<(usize, Equipment)>,
    /// The numbers of its containers.
    known: HashSet<Text>,
}

impl Manifest {
    fn read(mut self, m: &mut Reader<'_>) {
        for at in 0..m.len() {
            let Some(s) = m.segment(at) else { break };
            let outcome = self.record(m, &s);
            m.count(outcome);
        }
        self.close(m);
        self.unread.say(m);
    }

    fn record(&mut self, m: &mut Reader<'_>, s: &Segment<'_>) -> Outcome {
        match &id(s).unwrap_or_default() {
            b"00" => m.flat_head(s),
            b"99" => Outcome::Used,
            b"10" => {
                self.close(m);
                self.ship = m.flat_ship(s, [1, 2, 4]);
                Outcome::Used
            }
            b"12" => {
                self.close(m);
                let bill = m.text(s, 1, 1);
                let references =
                    bill.map(|b| Reference::new(ReferenceKind::MasterBl, &b)).into_iter().collect();
                let plan = Plan { receipt: m.flat_place(s, 5), load: m.flat_place(s, 7), ..Plan::default() };
                self.bill =
                    Some(Bill { at: s.at(), references, plan, boxes: Vec::new(), known: HashSet::new() });
                Outcome::Used
            }
            b"13" => {
                if let Some(bill) = &mut self.bill {
                    bill.plan.discharge = m.flat_place(s, 1);
                    bill.plan.delivery = m.flat_place(s, 3);
                }
                Outcome::Used
            }
            b"51" => self.container(m, s),
            _ => self.unread.other(m, s, IGNORED),
        }
    }

    fn container(&mut self, m: &mut Reader<'_>, s: &Segment<'_>) -> Outcome {
        let Some(equipment) = m.flat_container(s, 2) else { return Outcome::Found };
        if self.bill.is_none() {
            m.find(&flat::NO_BILL, s, (0, 0), "the container stands under no bill of lading");
        }
        let bill = self.bill.get_or_insert_with(|| Bill {
            at: s.at(),
            references: Few::new(),
            plan: Plan::default(),
            boxes: Vec::new(),
            known: HashSet::new(),
        });
        // A container holds several cargoes of one bill, each in a record of its own.
        if bill.known.insert(equipment.number.canonical().into()) {
            bill.boxes.push((s.at(), equipment));
        }
        Outcome::Used
    }

    /// Makes the observations of the open bill: one for every container, or one without.
    fn close(&mut self, m: &mut Reader<'_>) {
        let Some(bill) = self.bill.take() else { return };
        let opened = bill.at;
        let mut said: Vec<_> = bill.boxes.into_iter().map(|(at, e)| (at, Some(e))).collect();
        if said.is_empty() && bill.references.iter().any(Reference::joins) {
            said.push((opened, None));
        }
        let plan = bill.plan.said();
        for (at, equipment) in said {
            let Some(s) = m.segment(opened) else { return };
            m.observations.push(Observation {
                time: m.written,
                equipment,
                vessel: (!self.ship.is_empty()).then(|| self.ship.clone()),
                references: bill.references.clone(),
                plan: plan.clone(),
                span: m.span(&s, at),
                ..Observation::new(Kind::Booked, Classifier::Actual)
            });
        }
    }
}
