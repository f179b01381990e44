//! Dialects: what differs between guides of the same message.

use crate::formats::edifact::{Code, MessageHeader, codes};
use sealane_data::partner::Partner;

/// How one message is to be read: by the association code that the sender wrote or that the
/// partner's profile pins for the message type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dialect {
    /// The association code in force, such as `ITG14`; empty without one.
    pub association: String,
    /// The qualifiers of the time of a move, best first (`DTM` 2005).
    pub move_times: &'static [Code],
    /// The directory's year and letter as one number, so that releases compare: 95B is `(1995, 'B')`.
    pub directory: (u16, u8),
}

/// The qualifiers of move times by guide: ITIGG guides write 203, SMDG guides write 7 for gates.
/// 181 and 405 occur in terminals' own guides, `ACT` behind the truck in those of Spanish ports.
const MOVE_TIMES: &[(&str, &[Code])] =
    &[("ITG", &EXECUTED_FIRST), ("SMDG", &EFFECTIVE_FIRST), ("", &EXECUTED_FIRST)];
const EXECUTED_FIRST: [Code; 5] = codes([b"203", b"7", b"181", b"405", b"ACT"]);
const EFFECTIVE_FIRST: [Code; 5] = codes([b"7", b"203", b"181", b"405", b"ACT"]);

impl Dialect {
    /// Returns the dialect of a message from a partner.
    pub fn of(header: &MessageHeader, partner: &Partner) -> Self {
        let pinned = partner.dialects.get(&header.kind);
        let association = pinned.unwrap_or(&header.association).to_ascii_uppercase().to_string();
        let row = MOVE_TIMES.iter().find(|(prefix, _)| association.starts_with(prefix));
        Self {
            move_times: row.map_or(&[], |(_, times)| *times),
            directory: directory(&header.release),
            association,
        }
    }
}

/// Returns a release such as `95B` as year and letter; unknown ones as the oldest.
fn directory(release: &str) -> (u16, u8) {
    match release.as_bytes() {
        [a @ b'0'..=b'9', b @ b'0'..=b'9', letter] => {
            let two = u16::from(a - b'0') * 10 + u16::from(b - b'0');
            (if two >= 80 { 1900 + two } else { 2000 + two }, *letter)
        }
        _ => (0, 0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sealane_data::partner::PartyId;

    #[test]
    fn profile_pins_go_before_the_header() {
        let header = MessageHeader {
            kind: "CODECO".into(),
            release: "95B".into(),
            association: "ITG14".into(),
            ..Default::default()
        };
        let mut partner = Partner::new(PartyId("p".into()));
        assert_eq!(Dialect::of(&header, &partner).move_times[0], Code::new(b"203"));
        partner.dialects.insert("CODECO".into(), "SMDG20".into());
        let dialect = Dialect::of(&header, &partner);
        assert_eq!((dialect.move_times[0], dialect.directory), (Code::new(b"7"), (1995, b'B')));
        assert!(directory("00B") > directory("99B") && directory("23A") > directory("00B"));
    }
}
