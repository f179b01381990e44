//! References that tie movements, documents and certificates together.

use crate::Text;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// What a reference number counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ReferenceKind {
    /// A container number (`EQ`), ISO 6346 canonical form.
    Container,
    /// The carrier's booking number (EDIFACT RFF `BN`, DCSA `BKG`).
    Booking,
    /// The carrier's bill of lading (RFF `BM`, `MB`; DCSA `TRD`).
    MasterBl,
    /// A forwarder's house bill of lading (RFF `BH`, `HWB`).
    HouseBl,
    /// A shipping instruction or shipment number (RFF `SI`; DCSA `SHI`).
    Shipment,
    /// A commercial invoice (RFF `IV`; DCSA `INV`).
    Invoice,
    /// A certificate of origin number (DCSA `CEO`).
    Certificate,
    /// Any other reference, kept but never used for joining.
    Other,
}

impl ReferenceKind {
    /// Every kind with its word in addresses (`booking:ABC`), in one table.
    pub const WORDS: &[(Self, &str)] = &[
        (Self::Container, "container"),
        (Self::Booking, "booking"),
        (Self::MasterBl, "bl"),
        (Self::HouseBl, "house_bl"),
        (Self::Shipment, "shipment"),
        (Self::Invoice, "invoice"),
        (Self::Certificate, "certificate"),
        (Self::Other, "other"),
    ];

    /// Returns the kind's word in addresses.
    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(k, _)| *k == self).map_or("other", |(_, w)| w)
    }
}

/// A typed reference: a kind and a value without blanks around it, upper case.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Reference {
    /// What the number counts.
    pub kind: ReferenceKind,
    /// The number in canonical form.
    pub value: Text,
}

impl Reference {
    /// Returns a reference in canonical form.
    pub fn new(kind: ReferenceKind, value: &str) -> Self {
        Self::of(kind, value.trim().into())
    }

    /// Returns a reference whose value has no blanks around it, in canonical form.
    #[inline]
    pub fn of(kind: ReferenceKind, mut value: Text) -> Self {
        // Nearly all are upper case, and changing a text costs more than looking at it.
        if may_have_lowercase(value.as_bytes()) {
            value.make_ascii_uppercase();
        }
        Self { kind, value }
    }

    /// Returns whether the value is long and varied enough to join strangers' data.
    ///
    /// Careless senders write `1`, `0`, `XXX` or `N/A` where a number is mandatory; such constants
    /// must not glue shipments together.
    #[inline]
    pub fn joins(&self) -> bool {
        let v = self.value.as_bytes();
        let varied = || v.iter().any(|b| *b != v[0]);
        self.kind != ReferenceKind::Other && v.len() >= 4 && varied() && v.iter().any(u8::is_ascii_digit)
    }
}

/// Whether any byte is one of the 32 among which the small letters are, eight at a time.
#[inline]
fn may_have_lowercase(bytes: &[u8]) -> bool {
    const BIT: u64 = 0x4040_4040_4040_4040;
    let (eights, rest) = bytes.as_chunks::<8>();
    let eight = |eight: &[u8; 8]| {
        let bits = u64::from_le_bytes(*eight);
        bits & (bits << 1) & BIT != 0
    };
    eights.iter().any(eight) || rest.iter().any(|byte| byte & 0x60 == 0x60)
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.kind.word(), self.value)
    }
}

/// The text was not `kind:value` with a known kind.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is not a typed reference such as `container:CSQU3054383`, `bl:...` or `booking:...`")]
pub struct NotAReference(pub String);

impl FromStr for Reference {
    type Err = NotAReference;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (word, value) = text.split_once(':').ok_or_else(|| NotAReference(text.to_owned()))?;
        let kind = ReferenceKind::WORDS.iter().find(|(_, w)| *w == word).map(|(k, _)| *k);
        match kind {
            Some(kind) if !value.trim().is_empty() => Ok(Self::new(kind, value)),
            _ => Err(NotAReference(text.to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constants_do_not_join() {
        for (value, joins) in
            [("1", false), ("0000", false), ("XXX", false), ("N/A", false), ("4006531400", true)]
        {
            assert_eq!(Reference::new(ReferenceKind::Booking, value).joins(), joins, "{value}");
        }
    }

    #[test]
    fn typed_text_round_trips() {
        let r: Reference = "bl:cosu123 ".parse().unwrap();
        assert_eq!(r.to_string(), "bl:COSU123");
        assert!("bogus:1".parse::<Reference>().is_err());
    }
}
