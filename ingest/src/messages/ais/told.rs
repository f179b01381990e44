//! From AIS messages to observations.

use super::voyage::{EtaFault, declared_place, words};
use super::{Position, STEPS, Static};
use crate::formats::nmea::{Millis, Spot};
use compact_str::format_compact;
use jiff::Timestamp;
use jiff::tz::Offset;
use sealane_data::container::CheckStatus;
use sealane_data::fix::Fix;
use sealane_data::observation::{Classifier, Kind, Observation, Span};
use sealane_data::time::{DeclaredTime, Precision};
use sealane_data::vessel::{ImoNumber, Mmsi, VesselRef};

/// The status of an arrival that the crew typed in: a declaration, and no forecast of a carrier.
pub(crate) const DECLARED: &str = "ais-declared";
/// The status of what a ship says of itself, without an arrival.
pub(crate) const STATIC: &str = "ais-static";

/// Whose position it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Identity {
    pub(crate) mmsi: u32,
    /// 0 for the ship; 1 and 2 where two stations use one MMSI.
    pub(crate) track: u8,
    /// The IMO number by its own static report; 0 when not known.
    pub(crate) imo: u32,
    /// The name by the same, blank when not known.
    pub(crate) name: [u8; 20],
}

impl Identity {
    fn vessel(&self) -> VesselRef {
        let mmsi = match self.track {
            0 => format_compact!("{:09}", self.mmsi),
            track => format_compact!("{:09}#{track}", self.mmsi),
        };
        VesselRef {
            mmsi: Some(Mmsi::read(&mmsi)),
            imo: imo(self.imo).ok().flatten(),
            name: words(&self.name),
            ..VesselRef::default()
        }
    }
}

/// Returns an IMO number whose check digit is right, or nothing where none is told.
pub(crate) fn imo(told: u32) -> Result<Option<ImoNumber>, u32> {
    if told == 0 {
        return Ok(None);
    }
    let number = ImoNumber::read(&format_compact!("{told}"));
    if number.status() == CheckStatus::Valid { Ok(Some(number)) } else { Err(told) }
}

fn span(ordinal: u32, spot: Spot) -> Span {
    Span { segment: ordinal, start: spot.byte, len: spot.len }
}

/// Returns an instant as a source told it: in UTC, to the second.
fn declared(at: Millis) -> Option<DeclaredTime> {
    let instant = Timestamp::from_second(at.div_euclid(1000)).ok()?;
    Some(DeclaredTime {
        local: Offset::UTC.to_datetime(instant),
        offset_minutes: Some(0),
        precision: Precision::Second,
    })
}

/// Returns the observation of a position; the status is the navigational status as the crew set it.
pub(crate) fn position(said: &Position, who: &Identity, at: Option<Millis>) -> Option<Observation> {
    let (north, east) = said.place?;
    let degrees = |steps: i32| f64::from(steps) / f64::from(STEPS);
    let mut fix = Fix::new(degrees(north), degrees(east))?;
    (fix.speed_tenths, fix.course_tenths) = (said.speed, said.course);
    let mut told = Observation::new(Kind::Position, Classifier::Actual);
    told.time = at.and_then(declared);
    told.vessel = Some(who.vessel().into());
    told.fix = Some(fix.into());
    told.status = said.status.map(|status| format_compact!("{status}"));
    Some(told)
}

/// Returns the observation of what a crew typed in, and what is wrong with its arrival.
///
/// A destination with a time gives an arrival as declared; without one, a status that tells what ship it is.
pub(crate) fn voyage(said: &Static, at: Option<Millis>) -> (Observation, Option<EtaFault>) {
    let place = declared_place(&said.destination);
    let eta = said.eta.map(|eta| at.map_or(Err(EtaFault::NoTime), |at| eta.resolve(at)));
    let (time, fault) = match eta {
        Some(Ok(time)) => (Some(time), None),
        Some(Err(fault)) => (None, Some(fault)),
        None => (None, None),
    };
    let arrival = time.filter(|_| place.is_some());
    let mut told = match arrival {
        Some(_) => Observation::new(Kind::VesselArrived, Classifier::Estimated),
        None => Observation::new(Kind::Status, Classifier::Actual),
    };
    told.time = arrival.or_else(|| at.and_then(declared));
    told.status = Some(if arrival.is_some() { DECLARED } else { STATIC }.into());
    told.place = place.map(Into::into);
    let vessel = VesselRef {
        mmsi: Some(Mmsi::read(&format_compact!("{:09}", said.mmsi))),
        imo: imo(said.imo).ok().flatten(),
        call_sign: words(&said.call_sign),
        name: words(&said.name),
        ..VesselRef::default()
    };
    told.vessel = Some(vessel.into());
    (told, fault)
}

/// Marks an observation with where it was read.
pub(crate) fn at(mut told: Observation, ordinal: u32, spot: Spot) -> Observation {
    told.span = span(ordinal, spot);
    told
}
