//! What a booking says once all of it is read: one observation for every container, or one without.

use super::super::listing::end_of_group;
use super::super::papers::{Named, tidy};
use super::super::reader::Reader;
use super::{Booking, Boxed, Goods};
use crate::findings as f;
use crate::formats::edifact::Segment;
use sealane_data::Text;
use sealane_data::observation::{Classifier, Equipment, Few, Kind, Observation, Plan};
use sealane_data::reference::Reference;
use std::collections::{HashMap, HashSet};

/// Which goods lie in which container.
#[derive(Default)]
struct Holding {
    /// Goods that name no container, which are told of all.
    of_all: Vec<usize>,
    /// Goods by the number of the container that holds them.
    of_one: HashMap<Text, Vec<usize>>,
}

impl Holding {
    fn of(goods: &[Goods]) -> Self {
        let mut holding = Self::default();
        for (at, item) in goods.iter().enumerate() {
            if item.boxes.is_empty() {
                holding.of_all.push(at);
            }
            for (_, equipment) in &item.boxes {
                let held = holding.of_one.entry(equipment.number.canonical().into()).or_default();
                // An item that names its container twice is one item.
                if held.last() != Some(&at) {
                    held.push(at);
                }
            }
        }
        holding
    }

    /// Returns the goods that only this container holds.
    fn goods(&self, number: &str) -> &[usize] {
        self.of_one.get(number).map_or(&[], Vec::as_slice)
    }
}

impl Booking {
    fn every_reference(&self) -> impl Iterator<Item = &Named> {
        let goods = self.goods.iter().flat_map(|g| &g.references);
        self.references.iter().chain(goods).chain(self.boxes.iter().flat_map(|b| &b.references))
    }

    /// Makes one observation for every container, or one without.
    pub(super) fn observe(&mut self, m: &mut Reader<'_>, plan: &Plan) {
        self.add_split_boxes();
        let ship = self.routing.ship().filter(|s| !s.is_empty());
        let plan = plan.clone().said();
        let told = |references: Few<Reference>, equipment: Option<Equipment>| Observation {
            equipment,
            vessel: ship.clone(),
            references,
            plan: plan.clone(),
            ..Observation::new(Kind::Booked, Classifier::Actual)
        };
        let time = m.written;
        let holding = Holding::of(&self.goods);
        let of_all = self.references_in(&holding.of_all).cloned();
        let shared = tidy(self.references.iter().map(|n| n.reference.clone()).chain(of_all).collect());
        for boxed in &self.boxes {
            let Some(s) = m.segment(boxed.at) else { continue };
            let last = end_of_group(m, boxed.last + 1).max(boxed.at);
            let references = self.references_of(m, (&s, boxed), &holding, &shared);
            let said = told(references, Some(boxed.equipment.clone()));
            m.observations.push(Observation { time, span: m.span(&s, last), ..said });
        }
        let Some(s) = self.bgm.or(Some(0)).and_then(|at| m.segment(at)) else { return };
        if self.boxes.is_empty() {
            let references: Few<Reference> = self.every_reference().map(|n| n.reference.clone()).collect();
            if references.is_empty() && plan.is_none() {
                m.find(&f::BOOKING_EMPTY, &s, (0, 0), "the booking names no number, bill, container or port");
                return;
            }
            let said = told(references, None);
            m.observations.push(Observation { time, span: m.span(&s, end_of_group(m, m.len())), ..said });
        }
    }

    /// Adds the containers that hold goods and have no `EQD` of their own.
    fn add_split_boxes(&mut self) {
        let mut known: HashSet<Text> =
            self.boxes.iter().map(|b| b.equipment.number.canonical().into()).collect();
        for (at, equipment) in self.goods.iter().flat_map(|g| &g.boxes) {
            if known.insert(equipment.number.canonical().into()) {
                let (at, equipment) = (*at, equipment.clone());
                self.boxes.push(Boxed { at, last: at, equipment, references: Vec::new(), mass: 0 });
            }
        }
    }

    fn references_in(&self, goods: &[usize]) -> impl Iterator<Item = &Reference> {
        goods.iter().flat_map(|at| &self.goods[*at].references).map(|named| &named.reference)
    }

    /// Returns the references of a container: of the head, of its goods and its own. Containers of which
    /// nothing else is told share one list.
    fn references_of(
        &self,
        m: &mut Reader<'_>,
        (s, boxed): (&Segment<'_>, &Boxed),
        holding: &Holding,
        shared: &Few<Reference>,
    ) -> Few<Reference> {
        let goods = holding.goods(boxed.equipment.number.canonical());
        let own = boxed.references.iter().map(|n| &n.reference);
        let more = boxed.references.len() + self.references_in(goods).count();
        if more == 0 {
            return shared.clone();
        }
        if !m.repeats(s, shared.len() + more) {
            return tidy(own.cloned().collect());
        }
        // In the order of the message, as goods of all may stand between those of one.
        let mut in_it: Vec<usize> = goods.iter().chain(&holding.of_all).copied().collect();
        in_it.sort_unstable();
        let head = self.references.iter().map(|n| &n.reference);
        tidy(head.chain(self.references_in(&in_it)).chain(own).cloned().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ReadContext, read};
    use sealane_data::partner::Partner;
    use std::fmt::Write as _;

    /// A booking of `n` items of goods, each in its own container, which `SGP` alone names.
    fn booking(n: usize) -> String {
        let mut text =
            String::from("UNB+UNOA:2+A+B+260905:1430+REF1'UNH+1+IFTMIN:D:95B:UN'BGM+340+B1+9'RFF+BN:BK001'");
        for i in 0..n {
            write!(text, "GID+{i}'RFF+BM:BL{i:06}'SGP+CSQU{i:06}'").unwrap();
        }
        text + "UNT+1+1'UNZ+1+REF1'"
    }

    #[test]
    fn each_container_looks_at_its_own_goods_only() {
        let goods: Vec<Goods> = (0..500)
            .map(|i| {
                let held = super::super::bare(&format!("CSQU{i:06}"));
                Goods { references: Vec::new(), boxes: vec![(i, held)] }
            })
            .collect();
        let holding = Holding::of(&goods);
        let looked: usize = goods.iter().map(|g| holding.goods(g.boxes[0].1.number.canonical()).len()).sum();
        assert_eq!((looked, holding.of_all.len()), (goods.len(), 0));
    }

    #[test]
    fn containers_of_goods_have_their_bills_and_the_booking() {
        let partner = Partner::operator();
        let reading = read(booking(300).as_bytes(), ReadContext { partner: &partner, wants_ack: false });
        let told = &reading.messages[0].observations;
        assert_eq!(told.len(), 300);
        for (i, one) in told.iter().enumerate() {
            let references: Vec<String> = one.references.iter().map(ToString::to_string).collect();
            assert_eq!(references, ["booking:BK001".to_owned(), format!("bl:BL{i:06}")]);
        }
    }
}
