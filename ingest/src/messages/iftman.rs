//! IFTMAN: the arrival notice of a carrier to whoever gets the goods.
//!
//! It has the shape of a booking, but its dates are the newest estimate and no plan of old.

use super::reader::Reader;
use super::{Ignored, MessageFamily, booking};
use sealane_data::observation::{Classifier, Kind};

/// The family.
pub(super) struct Iftman;

impl MessageFamily for Iftman {
    fn id(&self) -> &'static str {
        "IFTMAN"
    }

    fn about(&self) -> &'static str {
        "arrival notices of carriers: when which ship, bills and containers are expected to arrive"
    }

    fn version(&self) -> u16 {
        2
    }

    fn ignored(&self) -> &'static [Ignored] {
        booking::IGNORED
    }

    fn read(&self, m: &mut Reader<'_>) {
        booking::read(m);
        let planned = |k: Kind, c: Classifier| k == Kind::VesselArrived && c == Classifier::Planned;
        for arrival in m.observations.iter_mut().filter(|o| planned(o.kind, o.classifier)) {
            arrival.classifier = Classifier::Estimated;
        }
    }
}
