//! The ports of one container's plan while its group is read.
//!
//! A list of containers names the same few ports over and over. So a port is only the number of a place that the
//! stream knows, and the plan is looked up by the numbers: no place is counted up and down for each container.

use super::places::Handle;
use super::reader::Reader;
use super::usual::Lead;
use crate::formats::edifact::{Code, Segment};
use sealane_data::observation::{DeclaredPlace, Plan};
use std::sync::Arc;

/// Qualifiers of `LOC` (data element 3227) that name a port of the plan.
pub(super) const LOAD: Code = Code::new(b"9");
pub(super) const DISCHARGE: Code = Code::new(b"11");
const DELIVERY: Code = Code::new(b"7");
const FINAL: Code = Code::new(b"83");
/// Where the goods go, in gate reports of Spanish ports.
const DESTINATION: Code = Code::new(b"164");
const RECEIPT: Code = Code::new(b"88");

/// One port.
#[derive(Debug, Default)]
pub(super) enum Port {
    /// None was named.
    #[default]
    Unsaid,
    /// A known place, and the segment that named it.
    Known(Handle, usize),
    /// A place that was not known.
    New(Arc<DeclaredPlace>),
}

/// The ports of a container.
#[derive(Debug, Default)]
pub(super) struct Ports {
    pub(super) receipt: Port,
    pub(super) load: Port,
    pub(super) discharge: Port,
    pub(super) delivery: Port,
}

impl Port {
    /// Takes the place that a segment names, unless an earlier one named one.
    pub(super) fn take(&mut self, m: &mut Reader<'_>, s: &Segment<'_>, lead: &Lead<'_>) {
        if !matches!(self, Self::Unsaid) {
            return;
        }
        let said = lead.behind().map(str::as_bytes).or_else(|| s.fields().from(2));
        *self = match said.and_then(|said| m.known_place(said)) {
            Some(handle) => Self::Known(handle, s.at()),
            None => m.read_place(s).map_or(Self::Unsaid, Self::New),
        };
    }

    /// Returns the place.
    pub(super) fn place(&self, m: &mut Reader<'_>) -> Option<Arc<DeclaredPlace>> {
        match self {
            Self::Unsaid => None,
            // A place that was forgotten since gave no finding, so it can be read again.
            Self::Known(handle, at) => {
                let known = m.known().place(*handle);
                known.or_else(|| m.segment(*at).and_then(|s| m.read_place(&s)))
            }
            Self::New(place) => Some(place.clone()),
        }
    }

    /// Returns the number of a known place, 0 where none was named, and nothing for any other.
    fn number(&self) -> Option<u32> {
        match self {
            Self::Unsaid => Some(0),
            Self::Known(handle, _) => Some(handle.number),
            Self::New(_) => None,
        }
    }
}

impl Ports {
    /// Returns the port that a qualifier of `LOC` names, if it names one of the plan.
    pub(super) fn of(&mut self, qualifier: Code) -> Option<&mut Port> {
        Some(match qualifier {
            LOAD => &mut self.load,
            DISCHARGE => &mut self.discharge,
            DELIVERY | FINAL | DESTINATION => &mut self.delivery,
            RECEIPT => &mut self.receipt,
            _ => return None,
        })
    }

    /// Returns the plan as observations have it: equal ones of a stream are shared.
    pub(super) fn plan(&self, m: &mut Reader<'_>) -> Option<Arc<Plan>> {
        let ports = [&self.receipt, &self.load, &self.discharge, &self.delivery].map(Port::number);
        let [Some(receipt), Some(load), Some(discharge), Some(delivery)] = ports else {
            return self.spelled(m).said();
        };
        let numbers = [receipt, load, discharge, delivery];
        if let Some(plan) = m.known().plan(numbers) {
            return Some(plan);
        }
        let plan = self.spelled(m).said()?;
        m.known().keep_plan(numbers, &plan);
        Some(plan)
    }

    /// Returns the plan with its places.
    fn spelled(&self, m: &mut Reader<'_>) -> Plan {
        Plan {
            receipt: self.receipt.place(m),
            load: self.load.place(m),
            via: Vec::new(),
            discharge: self.discharge.place(m),
            delivery: self.delivery.place(m),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{ReadContext, read};
    use sealane_data::partner::Partner;
    use std::sync::Arc;

    #[test]
    fn the_same_ports_are_one_plan_however_often_they_are_named() {
        let unh = "UNH+1+CODECO:D:95B:UN'BGM+34+N1+9'";
        let one = "EQD+CN+CSQU3054383+22G1'LOC+165+MYPKG:139:6'LOC+9+CNSHA:139:6'LOC+11+MYPKG:139:6'";
        let other = "EQD+CN+CSQU3054383+22G1'LOC+9+MYPKG:139:6'LOC+11+CNSHA:139:6'";
        let doubtful = "EQD+CN+CSQU3054383+22G1'LOC+9+CNSHA::139'LOC+11+MYPKG:139:6'";
        // What is named for the first time is not known yet, and a plan is kept when it comes again.
        let text =
            format!("{unh}{one}{one}{one}{one}{other}{other}{doubtful}EQD+CN+CSQU3054383+22G1'UNT+29+1'");
        let reading = read(text.as_bytes(), ReadContext { partner: &Partner::operator(), wants_ack: false });
        let plans: Vec<_> = reading.messages[0].observations.iter().map(|o| o.plan.clone()).collect();
        let codes = |at: usize| {
            let plan = plans[at].as_ref().unwrap();
            [&plan.load, &plan.discharge].map(|p| p.as_ref().and_then(|p| p.locode.clone()).unwrap())
        };
        assert_eq!(codes(0), ["CNSHA", "MYPKG"]);
        assert_eq!((codes(1), codes(3), codes(6)), (codes(0), codes(0), codes(0)));
        assert_eq!((codes(4), codes(5)), (["MYPKG".into(), "CNSHA".into()], codes(4)));
        assert!(Arc::ptr_eq(plans[2].as_ref().unwrap(), plans[3].as_ref().unwrap()));
        assert_eq!(plans[7], None);
        let said =
            reading.messages[0].findings.iter().filter(|f| f.code == crate::findings::PLACE_ORDER.code);
        assert_eq!(said.count(), 1);
    }
}
