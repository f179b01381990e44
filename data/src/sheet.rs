//! What a partner's spreadsheets mean: layouts that somebody confirmed.

mod confirm;

pub use confirm::{SheetGuess, SheetGuesses, SheetOrder};

use crate::Text;
use crate::observation::Kind;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a column of a spreadsheet holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum SheetField {
    /// The container number; several in one cell are parted by `/`, `,`, `;` or a line break.
    Container,
    /// The size-type, as ISO code or trade name (`45G1`, `40HC`).
    SizeType,
    /// Full or empty.
    Load,
    /// Seal numbers.
    Seal,
    /// The gross mass in kilograms.
    GrossKg,
    /// The gross mass in metric tonnes.
    GrossTonnes,
    /// The carrier's booking number.
    Booking,
    /// The forwarder's house bill of lading.
    HouseBl,
    /// The carrier's (master) bill of lading.
    MasterBl,
    /// A shipment or shipping instruction number.
    Shipment,
    /// A commercial invoice.
    Invoice,
    /// What happened, in a word.
    Event,
    /// When it happened: date and time in one cell.
    EventTime,
    /// The date of it, the time standing in another column.
    EventDate,
    /// The time of day of it.
    EventClock,
    /// When the container came in through the gate.
    GateInTime,
    /// The date of the gate-in.
    GateInDate,
    /// The time of day of the gate-in.
    GateInClock,
    /// When the container left through the gate.
    GateOutTime,
    /// The date of the gate-out.
    GateOutDate,
    /// The time of day of the gate-out.
    GateOutClock,
    /// Where it happened: a port or place, as code or name.
    Place,
    /// The terminal or depot, as code or name.
    Terminal,
    /// The ship's name.
    Vessel,
    /// The ship's name and the voyage in one cell.
    VesselVoyage,
    /// The ship's IMO number.
    Imo,
    /// The ship's call sign.
    CallSign,
    /// The voyage.
    Voyage,
    /// The port of loading.
    LoadPort,
    /// The port of discharge.
    DischargePort,
    /// The place of delivery.
    Delivery,
    /// When the ship is expected to leave the port of loading.
    Etd,
    /// When the ship is expected at the port of discharge.
    Eta,
    /// When the ship left the port of loading.
    Atd,
    /// When the ship came to the port of discharge.
    Ata,
    /// The number of the document of this row, such as an interchange receipt.
    Document,
}

impl SheetField {
    /// Every field with its word in profiles and what it holds, in one table.
    pub const TABLE: &[(Self, &str, &str)] = &[
        (Self::Container, "container", "the container number"),
        (Self::SizeType, "size_type", "the size and type"),
        (Self::Load, "load", "full or empty"),
        (Self::Seal, "seal", "the seal numbers"),
        (Self::GrossKg, "gross_kg", "the gross mass in kilograms"),
        (Self::GrossTonnes, "gross_tonnes", "the gross mass in tonnes"),
        (Self::Booking, "booking", "the booking number"),
        (Self::HouseBl, "house_bl", "the house bill of lading"),
        (Self::MasterBl, "master_bl", "the master bill of lading"),
        (Self::Shipment, "shipment", "the shipment number"),
        (Self::Invoice, "invoice", "the commercial invoice"),
        (Self::Event, "event", "what happened"),
        (Self::EventTime, "event_time", "date and time of what happened"),
        (Self::EventDate, "event_date", "the date of what happened"),
        (Self::EventClock, "event_clock", "the time of day of what happened"),
        (Self::GateInTime, "gate_in_time", "date and time of the gate-in"),
        (Self::GateInDate, "gate_in_date", "the date of the gate-in"),
        (Self::GateInClock, "gate_in_clock", "the time of day of the gate-in"),
        (Self::GateOutTime, "gate_out_time", "date and time of the gate-out"),
        (Self::GateOutDate, "gate_out_date", "the date of the gate-out"),
        (Self::GateOutClock, "gate_out_clock", "the time of day of the gate-out"),
        (Self::Place, "place", "the place where it happened"),
        (Self::Terminal, "terminal", "the terminal or depot"),
        (Self::Vessel, "vessel", "the ship's name"),
        (Self::VesselVoyage, "vessel_voyage", "the ship's name and the voyage"),
        (Self::Imo, "imo", "the ship's IMO number"),
        (Self::CallSign, "call_sign", "the ship's call sign"),
        (Self::Voyage, "voyage", "the voyage"),
        (Self::LoadPort, "load_port", "the port of loading"),
        (Self::DischargePort, "discharge_port", "the port of discharge"),
        (Self::Delivery, "delivery", "the place of delivery"),
        (Self::Etd, "etd", "the estimated departure from the port of loading"),
        (Self::Eta, "eta", "the estimated arrival at the port of discharge"),
        (Self::Atd, "atd", "the actual departure from the port of loading"),
        (Self::Ata, "ata", "the actual arrival at the port of discharge"),
        (Self::Document, "document", "the number of the row's document"),
    ];

    /// Returns every field's word with what it holds.
    pub fn words() -> Vec<(Text, Text)> {
        Self::TABLE.iter().map(|(_, word, about)| (Text::const_new(word), Text::const_new(about))).collect()
    }

    /// Returns the field's word in profiles.
    pub fn word(self) -> &'static str {
        Self::TABLE.iter().find(|(f, _, _)| *f == self).map_or("", |(_, word, _)| word)
    }

    /// Returns what the field holds, as words inside a sentence.
    pub fn about(self) -> &'static str {
        Self::TABLE.iter().find(|(f, _, _)| *f == self).map_or("", |(_, _, about)| about)
    }
}

/// The order of the parts of a date that does not begin with a year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DateOrder {
    /// Day, month, year: `5/9/2026` is in September.
    Dmy,
    /// Month, day, year: `5/9/2026` is in May.
    Mdy,
    /// Year, month, day, also where the year has two digits.
    Ymd,
}

/// A layout that was confirmed: which column holds what (`[[sheet]]` in a partner's file).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SheetProfile {
    /// The fingerprint of the headings, as the finding says it: 16 hexadecimal digits.
    pub layout: Text,
    /// A name for people.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// The order of day, month and year where a date does not show it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dates: Option<DateOrder>,
    /// The IANA zone of its times; without one, the zone of the node.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// What happened where no column says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<Kind>,
    /// The place code where no column says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Text>,
    /// The partner's own words in the event column.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub codes: BTreeMap<Text, Kind>,
    /// Column letters to what they hold; columns that are left out are not read.
    pub columns: BTreeMap<Text, SheetField>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_those_of_profiles() {
        for (field, word, about) in SheetField::TABLE {
            assert_eq!(serde_json::to_value(field).unwrap(), *word);
            assert_eq!((field.word(), field.about()), (*word, *about));
        }
    }
}
