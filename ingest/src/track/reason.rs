//! Why a line or a report is not kept: one table, for counts, metrics and findings.

use crate::ais_findings as f;
use crate::formats::nmea::Spot;
use sealane_data::finding::FindingKind;

/// Makes the reasons with their words, findings and sentences.
macro_rules! reasons {
    ($($name:ident, $word:literal, $kind:ident, $what:literal;)*) => {
        /// Why a line or a report is not kept, or what is doubtful about it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Reason {
            $(#[doc = $what] $name,)*
        }

        impl Reason {
            /// Every reason, in the order of the table.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// Returns its word in metrics.
            pub fn word(self) -> &'static str {
                match self { $(Self::$name => $word,)* }
            }

            /// Returns the finding that tells it.
            pub fn finding(self) -> &'static FindingKind {
                match self { $(Self::$name => &f::$kind,)* }
            }

            /// Returns what is counted, in words.
            pub fn what(self) -> &'static str {
                match self { $(Self::$name => $what,)* }
            }
        }
    };
}

reasons! {
    NotNmea, "not_nmea", NOT_NMEA, "lines that are no sentence";
    Other, "other_sentence", OTHER, "sentences that are not of AIS";
    Shape, "shape", SHAPE, "sentences without their parts";
    Checksum, "checksum", CHECKSUM, "sentences with a wrong checksum or none";
    TagBlock, "tag_block", TAG, "tag blocks with a wrong checksum";
    Empty, "empty", EMPTY, "sentences without a payload";
    Payload, "payload", PAYLOAD, "payloads with other characters than six-bit ones";
    Short, "short", SHORT, "messages that are too short for their type";
    Parts, "parts", PARTS, "sentences of messages that did not come whole";
    Frame, "frame", FRAME, "frames that cannot be read";
    BadTime, "bad_time", BAD_TIME, "times that cannot be read or are not of this century";
    Ahead, "ahead", AHEAD, "reports from the future";
    Untimed, "untimed", UNTIMED, "reports without a time";
    Receipt, "receipt_time", RECEIPT, "reports with the time of their receipt";
    Station, "station_time", STATION_TIME, "reports with the time of a base station's clock";
    Type, "type", TYPE, "messages of types that tell no ship's place";
    NotAShip, "not_a_ship", NOT_A_SHIP, "reports of stations that are no ships";
    NoPosition, "no_position", NO_POSITION, "reports without a position that can be";
    Duplicate, "duplicate", DUPLICATE, "messages that another receiver had told";
    Late, "late", LATE, "reports older than what is known of their ship";
    Between, "between", BETWEEN, "reports between the points of a track";
    Speed, "speed", SPEED, "reports that no ship can have sailed to, held until others confirm them";
    Confirmed, "confirmed", CONFIRMED, "held reports that others confirmed";
    Divided, "divided", DIVIDED, "times that an MMSI was in use by two stations";
    Same, "same", SAME, "static reports that say nothing new";
    Imo, "imo", IMO, "IMO numbers with a wrong check digit";
    Disputed, "disputed", DISPUTED, "static reports with another IMO number than their MMSI had";
    Left, "left", LEFT, "ships that were forgotten for others";
}

/// Counts by reason, with the first place of each.
#[derive(Clone, Debug)]
pub struct Tally {
    counts: [(u64, Spot); Reason::ALL.len()],
    /// Messages left unread, by type.
    types: [(u64, Spot); 64],
    kept: u64,
}

impl Default for Tally {
    fn default() -> Self {
        Self { counts: [(0, Spot::default()); Reason::ALL.len()], types: [(0, Spot::default()); 64], kept: 0 }
    }
}

impl Tally {
    /// Returns how often a reason came up.
    pub fn count(&self, reason: Reason) -> u64 {
        self.counts[reason as usize].0
    }

    /// Returns how many messages were kept.
    pub fn kept(&self) -> u64 {
        self.kept
    }

    /// Returns what came up, with its count and first place.
    pub fn told(&self) -> impl Iterator<Item = (Reason, u64, Spot)> {
        let all = Reason::ALL.iter().map(|r| (*r, self.counts[*r as usize].0, self.counts[*r as usize].1));
        all.filter(|(_, count, _)| *count > 0)
    }

    /// Returns the types of messages that were left unread, with count and first place.
    pub fn types(&self) -> impl Iterator<Item = (u8, u64, Spot)> {
        (0..).zip(self.types).filter(|(_, (count, _))| *count > 0).map(|(kind, (n, spot))| (kind, n, spot))
    }

    pub(super) fn add(&mut self, reason: Reason, spot: Spot) {
        self.add_many(reason, 1, spot);
    }

    pub(super) fn add_many(&mut self, reason: Reason, count: u64, spot: Spot) {
        let (n, first) = &mut self.counts[reason as usize];
        if *n == 0 {
            *first = spot;
        }
        *n += count;
    }

    pub(super) fn unread(&mut self, kind: u8, spot: Spot) {
        self.add(Reason::Type, spot);
        let (n, first) = &mut self.types[usize::from(kind) % 64];
        if *n == 0 {
            *first = spot;
        }
        *n += 1;
    }

    pub(super) fn keep(&mut self) {
        self.kept += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_unique_and_counts_keep_their_first_place() {
        let words: std::collections::HashSet<_> = Reason::ALL.iter().map(|r| r.word()).collect();
        assert_eq!(words.len(), Reason::ALL.len());
        let mut tally = Tally::default();
        let spot = |line| Spot { line, ..Spot::default() };
        tally.add(Reason::Late, spot(7));
        tally.add_many(Reason::Late, 2, spot(8));
        tally.unread(8, spot(9));
        assert_eq!(
            tally.told().collect::<Vec<_>>(),
            [(Reason::Type, 1, spot(9)), (Reason::Late, 3, spot(7))]
        );
        assert_eq!(tally.types().collect::<Vec<_>>(), [(8, 1, spot(9))]);
    }
}
