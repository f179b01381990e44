//! What a list of consignments tells once it was read.

use super::super::papers::{tell_apart, tidy};
use super::super::reader::Reader;
use super::{Consignment, List};
use crate::formats::edifact::Segment;
use crate::message_findings as mf;
use sealane_data::Text;
use sealane_data::observation::{Classifier, Equipment, Few, Kind, Observation, Plan};
use sealane_data::reference::{Reference, ReferenceKind};
use sealane_data::vessel::VesselRef;
use std::collections::{HashMap, HashSet};
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
        let head = self.routing.plan(m);
        let before = m.observations.len();
        let mut known = HashMap::new();
        for (at, boxed) in self.boxes.iter().enumerate() {
            known.entry(boxed.equipment.number.canonical().into()).or_insert(at);
        }
        for consignment in &self.consignments {
            self.observe_consignment(m, (consignment, &known), &head, ship.as_ref());
        }
        self.observe_boxes(m, head.clone().said().as_ref(), ship.as_ref());
        let own: Vec<Reference> = self.references.iter().map(|n| n.reference.clone()).collect();
        if m.observations.len() == before
            && let Some(s) = m.segment(self.bgm.unwrap_or(0))
        {
            if joins(&own) || head != Plan::default() {
                let last = m.len().saturating_sub(2);
                let said = told(m, &s, last, (None, tidy(own)), head.said().as_ref(), ship.as_ref());
                m.observations.push(said);
            } else {
                m.find(&mf::GOODS_ONLY, &s, (0, 0), "no container, bill, booking or port is named");
            }
        }
        self.routing.observe(m);
    }

    /// Makes the observations of one consignment: one for every container, or one without.
    fn observe_consignment(
        &self,
        m: &mut Reader<'_>,
        (consignment, places): (&Consignment, &HashMap<Text, usize>),
        head: &Plan,
        ship: Option<&Arc<VesselRef>>,
    ) {
        let Some(s) = m.segment(consignment.at) else { return };
        let all = self.references.iter().chain(&consignment.references);
        let shared = tidy(all.map(|n| n.reference.clone()).collect());
        let own = consignment.routing.plan(m);
        let plan = (if own.is_empty() { head } else { &own }).clone().said();
        let mut whole = Vec::new();
        for held in &consignment.boxes {
            let known = places.get(held.number.canonical()).and_then(|at| self.boxes.get(*at));
            let own = known.map_or(&[][..], |b| &b.references);
            let equipment = known.map_or(held, |b| &b.equipment).clone();
            whole.push((Some(equipment), with_own(m, &s, &shared, own)));
        }
        if consignment.boxes.is_empty() && joins(&shared) {
            whole.push((None, shared));
        }
        for said in whole {
            m.observations.push(told(m, &s, consignment.last, said, plan.as_ref(), ship));
        }
    }

    /// Makes the observations of containers that no consignment named.
    fn observe_boxes(&self, m: &mut Reader<'_>, plan: Option<&Arc<Plan>>, ship: Option<&Arc<VesselRef>>) {
        let shared = tidy(self.references.iter().map(|n| n.reference.clone()).collect());
        let named: HashSet<&str> = self.consignments.iter().flat_map(|c| &c.held).map(Text::as_str).collect();
        for boxed in self.boxes.iter().filter(|b| !named.contains(b.equipment.number.canonical())) {
            let Some(s) = m.segment(boxed.at) else { continue };
            let references = with_own(m, &s, &shared, &boxed.references);
            let said = (Some(boxed.equipment.clone()), references);
            m.observations.push(told(m, &s, boxed.last, said, plan, ship));
        }
    }
}

/// Whether any reference can join movements.
fn joins(references: &[Reference]) -> bool {
    references.iter().any(|r| r.kind != ReferenceKind::Other && r.joins())
}

/// Returns what all containers share and then a container's own references; without own ones it is the
/// same list.
fn with_own(
    m: &mut Reader<'_>,
    s: &Segment<'_>,
    shared: &Few<Reference>,
    own: &[Reference],
) -> Few<Reference> {
    if own.is_empty() {
        return shared.clone();
    }
    let repeated: &[Reference] = if m.repeats(s, shared.len()) { shared } else { &[] };
    tidy(repeated.iter().chain(own).cloned().collect())
}

/// Makes one observation.
fn told(
    m: &Reader<'_>,
    s: &Segment<'_>,
    last: usize,
    (equipment, references): (Option<Equipment>, Few<Reference>),
    plan: Option<&Arc<Plan>>,
    ship: Option<&Arc<VesselRef>>,
) -> Observation {
    Observation {
        time: m.written,
        equipment,
        vessel: ship.cloned(),
        references,
        plan: plan.cloned(),
        span: m.span(s, last),
        ..Observation::new(Kind::Booked, Classifier::Actual)
    }
}

#[cfg(test)]
mod tests {
    use crate::{ReadContext, Reading, read};
    use sealane_data::partner::Partner;
    use std::fmt::Write as _;

    fn cuscar(body: &str) -> Reading {
        let count = body.matches('\'').count() + 2;
        let text =
            format!("UNB+UNOA:2+LINE+NODE+260905:1430+1'UNH+1+CUSCAR:D:95B:UN'{body}UNT+{count}+1'UNZ+1+1'");
        let partner = Partner::operator();
        read(text.as_bytes(), ReadContext { partner: &partner, wants_ack: false })
    }

    #[test]
    fn many_consignments_of_many_containers() {
        let mut body = String::from("BGM+785+1+9'");
        for n in 0..100_000 {
            let _ = write!(body, "CNI+{n}+C{n}'RFF+BM:B{n}'SGP+CSQU{n:07}'");
        }
        for n in 0..100_001 {
            let _ = write!(body, "EQD+CN+CSQU{n:07}+45G1'");
        }
        let reading = cuscar(&body);
        assert_eq!(reading.messages[0].observations.len(), 100_001);
    }

    #[test]
    fn references_are_kept_up_to_a_limit() {
        let mut body = String::from("BGM+785+1+9'");
        for n in 0..100_000 {
            let _ = write!(body, "RFF+BM:BILL{n}'");
        }
        body += &"EQD+CN+CSQU3054383+45G1'".repeat(1000);
        let message = &cuscar(&body).messages[0];
        assert_eq!(message.observations.len(), 1000);
        assert!(message.observations.iter().all(|o| o.references.len() == 200));
        let said: Vec<_> = message.findings.iter().filter(|f| f.code == "MSG-013").collect();
        assert!(said.len() == 1 && said[0].message.starts_with("99800 "), "{said:?}");
    }
}
