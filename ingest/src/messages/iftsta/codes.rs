//! What the numbers of statuses mean, by the means of transport.

use super::{Status, Track};
use crate::findings as f;
use crate::formats::edifact::Segment;
use crate::messages::reader::Reader;
use sealane_data::observation::{DeclaredPlace, Kind};
use sealane_data::vessel::VesselRef;
use std::sync::Arc;

/// UN Recommendation 24 numbers (data element 9011) that mean something for the map. Arrival (1,
/// 40) and departure (24) depend on the means of transport and are settled in `Track::kind_of`.
const STATUSES: &[(&str, Kind)] = &[
    ("1", Kind::VesselArrived),
    ("40", Kind::VesselArrived),
    ("24", Kind::VesselDeparted),
    ("6", Kind::Booked),
    ("12", Kind::CustomsReleased),
    ("17", Kind::CustomsHeld),
    ("13", Kind::GateOut),
    ("21", Kind::Delivered),
    ("22", Kind::Delivered),
    ("28", Kind::Stripped),
    ("29", Kind::Discharged),
    ("48", Kind::Loaded),
];

impl Track {
    /// Returns where a status without a place can only have happened: boxes are loaded, and ships leave, where
    /// the leg begins, and the other way round where it ends.
    pub(super) fn end_of_leg(&self, status: &Status) -> Option<Arc<DeclaredPlace>> {
        match known(status)? {
            Kind::Loaded | Kind::VesselDeparted => self.leg[0].clone(),
            Kind::Discharged | Kind::VesselArrived => self.leg[1].clone(),
            _ => None,
        }
    }

    /// Returns the ship, unless the transport is by rail (2) or road (3).
    pub(super) fn sea_ship(&self) -> Option<Arc<VesselRef>> {
        let (ship, mode) = self.ship.as_ref()?;
        let land = matches!(mode.as_str(), "2" | "3");
        (!land && !ship.is_empty()).then(|| ship.clone())
    }

    /// Tells what a status code means.
    ///
    /// Arrival and departure are a ship's if a ship is named or the mode is sea (1); of a container
    /// on rail, road or barge (2, 3, 8) they are a gate's; otherwise nobody can tell.
    pub(super) fn kind_of(&self, m: &mut Reader<'_>, s: &Segment<'_>, status: &Status, boxed: bool) -> Kind {
        let code = status.code.trim_start_matches('0');
        let by_sea = self
            .ship
            .as_ref()
            .is_some_and(|(ship, mode)| mode == "1" || (mode.is_empty() && !ship.is_anonymous()));
        let by_land = self.ship.as_ref().is_some_and(|(_, mode)| matches!(mode.as_str(), "2" | "3" | "8"));
        match known(status) {
            Some(kind) if !kind.is_call() || by_sea => kind,
            Some(Kind::VesselArrived) if by_land && boxed => Kind::GateIn,
            Some(Kind::VesselDeparted) if by_land && boxed => Kind::GateOut,
            Some(_) => {
                let message = format!(
                    "status `{code}` names no means of transport, so nobody can tell what arrived or left"
                );
                m.find(&f::STATUS_UNKNOWN, s, (2, 1), message);
                Kind::Status
            }
            None => {
                m.find(
                    &f::STATUS_UNKNOWN,
                    s,
                    (2, 1),
                    format!("status `{}` is kept without a meaning", status.code),
                );
                Kind::Status
            }
        }
    }
}

/// Returns what a status of transport means by its number.
fn known(status: &Status) -> Option<Kind> {
    let code = status.code.trim_start_matches('0');
    STATUSES.iter().find(|(c, _)| *c == code && status.transport).map(|(_, kind)| *kind)
}
