//! Ships and the voyages they name.

use crate::Text;
use crate::container::CheckStatus;
use serde::{Deserialize, Serialize};

/// An IMO ship identification number as found, with what its check digit says (IMO A.1117(30)).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ImoNumber(Text);

impl ImoNumber {
    /// Keeps a number as found, without blanks and without a leading `IMO`.
    pub fn read(text: &str) -> Self {
        let trimmed = text.trim();
        Self(trimmed.strip_prefix("IMO").unwrap_or(trimmed).trim().into())
    }

    /// Returns the number as found.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns what the check digit says: the last digit of the sum of the first six times 7 to 2.
    pub fn status(&self) -> CheckStatus {
        let b = self.0.as_bytes();
        if b.len() != 7 || !b.iter().all(u8::is_ascii_digit) {
            return CheckStatus::WrongShape;
        }
        let sum: u32 = (2..=7).rev().zip(b).map(|(weight, d)| weight * u32::from(d - b'0')).sum();
        if sum % 10 == u32::from(b[6] - b'0') { CheckStatus::Valid } else { CheckStatus::DigitWrong }
    }
}

/// A maritime mobile service identity of a ship station: nine digits (ITU-R M.585).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Mmsi(Text);

impl Mmsi {
    /// Keeps an identity as found.
    pub fn read(text: &str) -> Self {
        Self(text.trim().into())
    }

    /// Returns the identity as found.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns whether it has the shape of a ship station: nine digits, the first from 2 to 7.
    pub fn is_ship(&self) -> bool {
        let b = self.0.as_bytes();
        b.len() == 9 && b.iter().all(u8::is_ascii_digit) && (b'2'..=b'7').contains(&b[0])
    }
}

/// A carrier code as found with the list it claims to come from (SMDG liner codes, SCAC ...).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct CarrierCode {
    /// The code as found.
    pub code: Text,
    /// Code list and agency as found, for instance `172:20` or `LINES:306`.
    #[serde(default, skip_serializing_if = "Text::is_empty")]
    pub list: Text,
}

/// A ship as one source named it. Every part may be absent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct VesselRef {
    /// The IMO number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub imo: Option<ImoNumber>,
    /// The radio call sign.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call_sign: Option<Text>,
    /// The MMSI.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mmsi: Option<Mmsi>,
    /// The name as written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Text>,
    /// The operating carrier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub carrier: Option<CarrierCode>,
    /// The voyage number, without surrounding blanks: a label, never a key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub voyage: Option<Text>,
}

impl VesselRef {
    /// Returns whether the source said nothing at all of the ship.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.is_anonymous() && self.carrier.is_none() && self.voyage.is_none()
    }

    /// Returns whether the source said nothing that identifies a ship.
    #[inline]
    pub fn is_anonymous(&self) -> bool {
        self.imo.is_none() && self.call_sign.is_none() && self.mmsi.is_none() && self.name.is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn imo_digit_and_mmsi_shape() {
        assert_eq!(ImoNumber::read("IMO 9074729").status(), CheckStatus::Valid);
        assert_eq!(ImoNumber::read("9074728").status(), CheckStatus::DigitWrong);
        assert_eq!(ImoNumber::read("XNOE").status(), CheckStatus::WrongShape);
        assert!(Mmsi::read("563012345").is_ship());
        assert!(!Mmsi::read("003660000").is_ship());
    }
}
