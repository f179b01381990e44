//! Masses of containers (`MEA`): which measure it is, in which unit, and how good.

use super::reader::Reader;
use super::usual;
use crate::findings as kinds;
use crate::formats::edifact::{Code, Segment};

/// What `MEA` measures (data elements 6311 and 6313), and in which unit.
pub(super) const VERIFIED: Code = Code::new(b"VGM");
pub(super) const GROSS: Code = Code::new(b"G");
const WITH_TARE: Code = Code::new(b"AET");
const WEIGHT: Code = Code::new(b"WT");
const ESTIMATED: Code = Code::new(b"EGW");
const POUNDS: Code = Code::new(b"LBR");
const TONNES: Code = Code::new(b"TNE");

/// What a `MEA` says of a box's mass.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Mass {
    /// How good it is (3 verified, 2 gross, 1 other) and whole kilograms.
    Kilograms(u8, u32),
    /// A value that is no mass; it was said.
    Wrong,
    /// Another measure, or no value.
    Other,
}

/// Returns how good a mass is by what is measured: 3 verified, 2 gross, 1 other.
pub(super) fn rank(attribute: Code, dimension: Code) -> Option<u8> {
    Some(match (attribute, dimension) {
        (VERIFIED, _) | (_, VERIFIED) => 3,
        (_, GROSS | WITH_TARE) => 2,
        (WEIGHT, Code::NONE) | (_, ESTIMATED | WEIGHT) => 1,
        _ => return None,
    })
}

/// Reads a whole number of up to six digits.
pub(super) fn whole(digits: &[u8]) -> Option<u32> {
    let sound = !digits.is_empty() && digits.len() <= 6 && digits.iter().all(u8::is_ascii_digit);
    sound.then(|| digits.iter().fold(0, |n, digit| n * 10 + u32::from(digit - b'0')))
}

impl Reader<'_> {
    /// Reads a mass: verified (`VGM`), gross (`G`, `AET`) or as guides for bay plans have it (`WT`).
    pub(super) fn read_mass(&mut self, s: &Segment<'_>) -> Mass {
        let usual = self.usual(s).and_then(usual::mass);
        match usual.unwrap_or_else(|| self.any_mass(s)) {
            Mass::Kilograms(_, 0) => {
                let message =
                    || "a mass of 0 says nothing and was left out, here and in all that follow".into();
                self.find_once(&kinds::MASS_ZERO, s, (3, 2), message);
                Mass::Wrong
            }
            mass => mass,
        }
    }

    /// Reads a mass in any form.
    pub(super) fn any_mass(&mut self, s: &Segment<'_>) -> Mass {
        let f = s.fields();
        let Some(rank) = rank(f.code(1, 1), f.code(2, 1)) else { return Mass::Other };
        let unit = match f.code(3, 1) {
            POUNDS => 0.453_592_37,
            TONNES => 1000.0,
            _ => match whole(f.value(3, 2)) {
                // Nearly all are whole kilograms.
                Some(kg) => return Mass::Kilograms(rank, kg),
                None => 1.0,
            },
        };
        let Some(raw) = self.text(s, 3, 2) else { return Mass::Other };
        let number = raw.replace(',', ".").trim().parse();
        match number.map(|n: f64| (n * unit).round()) {
            Ok(kg) if (0.0..=1_000_000.0).contains(&kg) =>
            {
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "in range by the guard"
                )]
                Mass::Kilograms(rank, kg as u32)
            }
            _ => {
                self.find(&kinds::NUMBER, s, (3, 2), format!("`{raw}` is no mass"));
                Mass::Wrong
            }
        }
    }
}
