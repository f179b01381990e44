//! Segments that mean the same in every family: heads, times, places, ships, references.

use super::reader::{Outcome, Reader, copy};
use super::times::{self, Doubt};
use super::usual;
use crate::findings as f;
use crate::formats::edifact::{Code, Segment, Tag};
use sealane_data::Text;
use sealane_data::container::CheckStatus;
use sealane_data::observation::{DeclaredPlace, Revision};
use sealane_data::reference::{Reference, ReferenceKind};
use sealane_data::time::DeclaredTime;
use sealane_data::vessel::{CarrierCode, ImoNumber, Mmsi, VesselRef};
use std::sync::Arc;

pub(super) const BGM: Tag = Tag::new(b"BGM");
pub(super) const CNI: Tag = Tag::new(b"CNI");
pub(super) const CNT: Tag = Tag::new(b"CNT");
pub(super) const DOC: Tag = Tag::new(b"DOC");
pub(super) const DTM: Tag = Tag::new(b"DTM");
pub(super) const EQD: Tag = Tag::new(b"EQD");
pub(super) const GEI: Tag = Tag::new(b"GEI");
pub(super) const GID: Tag = Tag::new(b"GID");
pub(super) const GIS: Tag = Tag::new(b"GIS");
pub(super) const HAN: Tag = Tag::new(b"HAN");
pub(super) const LOC: Tag = Tag::new(b"LOC");
pub(super) const MEA: Tag = Tag::new(b"MEA");
pub(super) const NAD: Tag = Tag::new(b"NAD");
pub(super) const RFF: Tag = Tag::new(b"RFF");
pub(super) const SEL: Tag = Tag::new(b"SEL");
pub(super) const SGP: Tag = Tag::new(b"SGP");
pub(super) const STS: Tag = Tag::new(b"STS");
pub(super) const TDT: Tag = Tag::new(b"TDT");
pub(super) const TSR: Tag = Tag::new(b"TSR");

/// The roles of parties of a booking or bill of lading (data element 3035): carrier, container
/// operator, consignor, consignee, notify parties, forwarder, and booking agent. Who merely sends
/// or receives the message (`MS`, `MR`) is none.
const PARTY_ROLES: &[&[u8]] = &[
    b"CA", b"CF", b"CZ", b"CN", b"NI", b"N1", b"N2", b"FW", b"BK", b"BA", b"EX", b"IM", b"FC", b"HI", b"SH",
];

impl Reader<'_> {
    /// Reads `BGM`: document code, number and function.
    pub(super) fn read_bgm(&mut self, s: &Segment<'_>) -> Outcome {
        self.code = self.text(s, 1, 1).unwrap_or_default();
        self.document = self.text(s, 2, 1).unwrap_or_default();
        self.revision = match s.first(3) {
            b"1" | b"3" => Revision::Cancel,
            b"5" | b"20" | b"21" => Revision::Replace,
            b"4" => Revision::Change,
            b"" | b"2" | b"6" | b"7" | b"9" | b"22" | b"27" | b"29" | b"31" | b"43" | b"44" | b"46" => {
                Revision::Original
            }
            other => {
                let message =
                    format!("function `{}` is taken as an original", String::from_utf8_lossy(other));
                self.find(&f::FUNCTION_UNKNOWN, s, (3, 1), message);
                Revision::Original
            }
        };
        Outcome::Used
    }

    /// Says that a message had no `BGM`, and what is lost with it.
    pub(super) fn say_not_begun(&mut self, lost: &str) {
        if let Some(s) = self.segment(0) {
            self.find(&f::NO_BGM, &s, (0, 0), format!("the message has no `BGM` and so no {lost}"));
        }
    }

    /// Reads a party; only codes of parties of the booking are kept, never names.
    pub(super) fn read_nad(&mut self, s: &Segment<'_>) -> Outcome {
        if !PARTY_ROLES.contains(&s.first(1)) {
            return Outcome::Ignored;
        }
        match self.text(s, 2, 1) {
            Some(code) => {
                if self.parties.len() < 100 && !self.parties.contains(&code) {
                    self.parties.push(code);
                }
                Outcome::Used
            }
            None => Outcome::Ignored,
        }
    }

    /// Reads the time of a `DTM`; says what is doubtful.
    pub(super) fn read_time(&mut self, s: &Segment<'_>) -> Option<DeclaredTime> {
        let fields = s.fields();
        let (value, format) = (fields.value(1, 2), fields.value(1, 3));
        let (time, doubt) = if s.has_release() {
            let plain = self.text(s, 1, 2).unwrap_or_default();
            times::read(plain.as_bytes(), format)
        } else {
            times::read(value, format)
        };
        if let Some(doubt) = doubt {
            self.say_doubt(s, doubt);
        }
        time
    }

    /// Says what is doubtful about a date.
    fn say_doubt(&mut self, s: &Segment<'_>, doubt: Doubt) {
        let show = |b: &[u8]| String::from_utf8_lossy(b).into_owned();
        let (qualifier, value, format) = (show(s.first(1)), show(s.value(1, 2)), show(s.value(1, 3)));
        let (kind, component, message) = match doubt {
            Doubt::Empty => (&f::DTM_EMPTY, 2, format!("`DTM+{qualifier}` has no value")),
            Doubt::Format => (&f::DTM_FORMAT, 3, format!("format `{format}` of `{value}` is unknown")),
            Doubt::Mismatch => {
                (&f::DTM_MISMATCH, 2, format!("`{value}` is not of the form of format {format}"))
            }
            Doubt::Zone => {
                (&f::DTM_MISMATCH, 2, format!("`{value}` names a zone that is ambiguous; none is used"))
            }
            Doubt::Impossible => (&f::DTM_IMPOSSIBLE, 2, format!("`{value}` is no date")),
            Doubt::Duration => {
                (&f::DTM_FORMAT, 3, format!("`{value}` of format {format} is a length of time"))
            }
        };
        self.find(kind, s, (1, component), message);
    }

    /// Reads the written time of the message if this is `DTM+137`.
    pub(super) fn read_written(&mut self, s: &Segment<'_>) -> bool {
        let written = s.first(1) == b"137";
        if written {
            self.written = self.read_time(s).or(self.written);
        }
        written
    }

    /// Says that a qualifier is not used, once per qualifier and message.
    pub(super) fn unused(&mut self, s: &Segment<'_>) -> Outcome {
        let what =
            format!("`{}+{}`", String::from_utf8_lossy(s.tag_bytes()), String::from_utf8_lossy(s.first(1)));
        let message = format!("{what} is not used for {}", self.header.kind);
        if !self.findings.iter().any(|x| x.message == message) {
            self.find(&f::QUALIFIER, s, (1, 1), message);
        }
        Outcome::Found
    }

    /// Reads a place in any of the dialects of terminal codes (`LOC` C517, C519, C553).
    pub(super) fn read_place(&mut self, s: &Segment<'_>) -> Option<Arc<DeclaredPlace>> {
        self.place_once(s.fields().from(2)?, |m| {
            let mut place = DeclaredPlace::default();
            let sound = m.read_locode(s, &mut place);
            m.read_facility(s, &mut place);
            (place != DeclaredPlace::default()).then_some((place, sound))
        })
    }

    /// Reads code and name of a place; returns whether they stand where they belong.
    fn read_locode(&mut self, s: &Segment<'_>, place: &mut DeclaredPlace) -> bool {
        let (code, list) = (s.value(2, 1), s.value(2, 2));
        if !locode_shape(code) && locode_shape(list) {
            place.locode = self.text(s, 2, 2);
            place.name = self.text(s, 2, 1);
            self.find_once(&f::PLACE_ORDER, s, (2, 1), || "the name stands before the code".into());
            return false;
        }
        if code.contains(&b' ') && !locode_shape(code) {
            place.name = self.text(s, 2, 1);
            return true;
        }
        place.locode = self.text(s, 2, 1);
        place.name = self.text(s, 2, 4);
        let doubtful = locode_shape(code) && list.is_empty() && s.value(2, 3) == b"139";
        if doubtful {
            self.find_once(&f::PLACE_ORDER, s, (2, 3), || {
                "the code list stands in the place of the agency".into()
            });
        }
        !doubtful
    }

    /// Reads the terminal from the first related place that is no country or region.
    fn read_facility(&mut self, s: &Segment<'_>, place: &mut DeclaredPlace) {
        for element in [3, 4] {
            if matches!(s.value(element, 2), b"162" | b"163" | b"38" | b"156") {
                continue;
            }
            place.facility = self.text(s, element, 1);
            if place.name.is_none() {
                place.name = self.text(s, element, 4);
            }
            if place.facility.is_some() {
                return;
            }
        }
    }

    /// Reads a ship and its voyage from `TDT`.
    pub(super) fn read_ship(&mut self, s: &Segment<'_>) -> Arc<VesselRef> {
        let mut ship = VesselRef { voyage: self.text(s, 2, 1), ..VesselRef::default() };
        if let Some(code) = self.text(s, 5, 1) {
            let (list, agency) =
                (self.text(s, 5, 2).unwrap_or_default(), self.text(s, 5, 3).unwrap_or_default());
            let list = if agency.is_empty() { list } else { Text::from(format!("{list}:{agency}")) };
            ship.carrier = Some(CarrierCode { code, list });
        }
        if let Some(id) = self.text(s, 8, 1) {
            identify(&mut ship, &id, s.value(8, 2) == b"103");
        }
        let fifth = self.text(s, 8, 5).filter(|t| t.len() > 3);
        ship.name = self.text(s, 8, 4).or(fifth);
        if ship.imo.as_ref().is_some_and(|imo| imo.status() == CheckStatus::DigitWrong) {
            self.find(&f::SHIP_NUMBER, s, (8, 1), "the check digit of the ship's number is wrong");
        }
        Arc::new(ship)
    }

    /// Reads `RFF` for a ship: call sign or number (`VM`), voyage (`VON`). Returns whether it was one.
    pub(super) fn read_ship_reference(&mut self, s: &Segment<'_>, ship: &mut Arc<VesselRef>) -> bool {
        match s.value(1, 1) {
            b"VM" => {
                if let Some(id) = self.text(s, 1, 2) {
                    identify(Arc::make_mut(ship), &id, true);
                }
            }
            b"VON" if ship.voyage.is_none() => Arc::make_mut(ship).voyage = self.text(s, 1, 2),
            b"VON" => {}
            _ => return false,
        }
        true
    }

    /// Reads a reference; constants are kept and said.
    pub(super) fn read_reference(&mut self, s: &Segment<'_>) -> Option<Reference> {
        let reference = self.reference(s)?;
        if reference.kind != ReferenceKind::Other && !reference.joins() {
            let value = self.text(s, 1, 2).unwrap_or_default();
            let message = format!("the reference `{value}` looks like a filler");
            self.find(&f::CONSTANT_VALUE, s, (1, 2), message);
        }
        Some(reference)
    }

    /// Reads a reference without a word about constants: some guides make them mandatory.
    pub(super) fn reference(&mut self, s: &Segment<'_>) -> Option<Reference> {
        let lead = self.lead(s);
        let value = match lead.rest.and_then(usual::value) {
            Some(value) => copy(value),
            None => self.text(s, 1, 2)?,
        };
        if let Some((_, kind)) = REFERENCES.iter().find(|(known, _)| *known == lead.code) {
            return Some(Reference::of(*kind, value));
        }
        let named = format!("{}:{value}", String::from_utf8_lossy(s.value(1, 1)));
        Some(Reference::new(ReferenceKind::Other, &named))
    }
}

/// What the qualifiers of `RFF` (data element 1153) mean to us; all others are kept as `Other`.
const REFERENCES: [(Code, ReferenceKind); 9] = [
    (Code::new(b"BN"), ReferenceKind::Booking),
    (Code::new(b"BM"), ReferenceKind::MasterBl),
    (Code::new(b"MB"), ReferenceKind::MasterBl),
    (Code::new(b"BH"), ReferenceKind::HouseBl),
    (Code::new(b"HWB"), ReferenceKind::HouseBl),
    (Code::new(b"SI"), ReferenceKind::Shipment),
    (Code::new(b"SRN"), ReferenceKind::Shipment),
    (Code::new(b"IV"), ReferenceKind::Invoice),
    (Code::new(b"EQ"), ReferenceKind::Container),
];

/// Two letters and three letters or digits: the shape of a UN/LOCODE.
fn locode_shape(code: &[u8]) -> bool {
    code.len() == 5
        && code[..2].iter().all(u8::is_ascii_uppercase)
        && code[2..].iter().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
}

/// Tells what an identification of a ship is by its form and list: call sign (103), IMO number
/// (146, or Lloyd's with a leading `L`), MMSI.
pub(super) fn identify(ship: &mut VesselRef, id: &str, call_sign: bool) {
    let digits = id.strip_prefix('L').filter(|d| d.len() == 7).unwrap_or(id);
    let digits = digits.strip_prefix("IMO").unwrap_or(digits).trim();
    let numeric = digits.bytes().all(|b| b.is_ascii_digit());
    let imo = ImoNumber::read(digits);
    if numeric && digits.len() == 7 && (!call_sign || imo.status() == CheckStatus::Valid) {
        ship.imo = Some(imo);
    } else if numeric && Mmsi::read(digits).is_ship() {
        ship.mmsi = Some(Mmsi::read(digits));
    } else {
        ship.call_sign = Some(id.into());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ships_are_told_by_form_and_list() {
        let read = |id: &str, call_sign| {
            let mut ship = VesselRef::default();
            identify(&mut ship, id, call_sign);
            ship
        };
        assert_eq!(read("9074729", false).imo.unwrap().as_str(), "9074729");
        assert_eq!(read("L7359852", false).imo.unwrap().as_str(), "7359852");
        assert_eq!(read("3ERX3", true).call_sign.as_deref(), Some("3ERX3"));
        assert_eq!(read("D5LQ7", false).call_sign.as_deref(), Some("D5LQ7"));
        assert_eq!(read("563012345", false).mmsi.unwrap().as_str(), "563012345");
        assert!(locode_shape(b"CNTAG") && locode_shape(b"US5AB") && !locode_shape(b"PORT "));
    }
}
