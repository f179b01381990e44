//! What a list of consignments tells once it was read.

use super::super::papers::tell_apart;
use super::super::reader::Reader;
use super::{Consignment, List};
use crate::formats::edifact::Segment;
use crate::message_findings as mf;
use sealane_data::observation::{Classifier, Equipment, Kind, Observation, Plan};
use sealane_data::reference::{Reference, ReferenceKind};
use sealane_data::vessel::VesselRef;
use std::sync::Arc;

impl List {
    /// Makes the observations.
    pub(super) fn close(mut self, m: &mut Reader<'_>) {
        if self.bgm.is_none() {
            m.say_not_begun("number to replace it by");
        }
        for consignment in &mut self.consignments {
            tell_apart(m, self.references.iter_mut().chain(&mut consignment.references).collect());
        }
        let ship = self.routing.ship().filter(|s| !s.is_empty());
        let head = self.routing.plan();
        let before = m.observations.len();
        for consignment in std::mem::take(&mut self.consignments) {
            self.observe_consignment(m, &consignment, &head, ship.as_ref());
        }
        self.observe_boxes(m, &head, ship.as_ref());
        let own: Vec<Reference> = self.references.iter().map(|n| n.reference.clone()).collect();
        if m.observations.len() == before
            && let Some(s) = m.segment(self.bgm.unwrap_or(0))
        {
            if joins(&own) || head != Plan::default() {
                let last = m.len().saturating_sub(2);
                m.observations.push(told(m, &s, last, (None, own), &head, ship.as_ref()));
            } else {
                m.find(&mf::GOODS_ONLY, &s, (0, 0), "no container, bill, booking or port is named");
            }
        }
        self.routing.observe(m);
    }

    /// Makes the observations of one consignment: one for every container, or one without.
    fn observe_consignment(
        &mut self,
        m: &mut Reader<'_>,
        consignment: &Consignment,
        head: &Plan,
        ship: Option<&Arc<VesselRef>>,
    ) {
        let Some(s) = m.segment(consignment.at) else { return };
        let all = self.references.iter().chain(&consignment.references);
        let shared: Vec<Reference> = all.map(|n| n.reference.clone()).collect();
        let own = consignment.routing.plan();
        let plan = if own == Plan::default() { head } else { &own };
        let mut whole = Vec::new();
        for held in &consignment.boxes {
            let known = self.boxes.iter().find(|b| b.equipment.number.canonical() == held.number.canonical());
            let mut references = shared.clone();
            references.extend(known.iter().flat_map(|b| b.references.iter().cloned()));
            let equipment = known.map_or(held, |b| &b.equipment).clone();
            whole.push((Some(equipment), references));
        }
        if consignment.boxes.is_empty() && joins(&shared) {
            whole.push((None, shared));
        }
        for said in whole {
            m.observations.push(told(m, &s, consignment.last, said, plan, ship));
        }
        for boxed in &mut self.boxes {
            let same = |h: &Equipment| h.number.canonical() == boxed.equipment.number.canonical();
            boxed.named |= consignment.boxes.iter().any(same);
        }
    }

    /// Makes the observations of containers that no consignment named.
    fn observe_boxes(&self, m: &mut Reader<'_>, plan: &Plan, ship: Option<&Arc<VesselRef>>) {
        for boxed in self.boxes.iter().filter(|b| !b.named) {
            let Some(s) = m.segment(boxed.at) else { continue };
            let mut references: Vec<Reference> =
                self.references.iter().map(|n| n.reference.clone()).collect();
            references.extend(boxed.references.iter().cloned());
            let said = (Some(boxed.equipment.clone()), references);
            m.observations.push(told(m, &s, boxed.last, said, plan, ship));
        }
    }
}

/// Whether any reference can join movements.
fn joins(references: &[Reference]) -> bool {
    references.iter().any(|r| r.kind != ReferenceKind::Other && r.joins())
}

/// Makes one observation.
fn told(
    m: &Reader<'_>,
    s: &Segment<'_>,
    last: usize,
    (equipment, all): (Option<Equipment>, Vec<Reference>),
    plan: &Plan,
    ship: Option<&Arc<VesselRef>>,
) -> Observation {
    let mut references: Vec<Reference> = Vec::new();
    for reference in all {
        if reference.kind != ReferenceKind::Container && !references.contains(&reference) {
            references.push(reference);
        }
    }
    Observation {
        time: m.written,
        equipment,
        vessel: ship.cloned(),
        references,
        plan: (*plan != Plan::default()).then(|| Box::new(plan.clone())),
        span: m.span(s, last),
        ..Observation::new(Kind::Booked, Classifier::Actual)
    }
}
