//! Containers: the number (ISO 6346), the size-type code and its TEU.

use crate::Text;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign};

/// What a check digit said about an identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckStatus {
    /// The check digit is right.
    Valid,
    /// The identifier is complete but for its check digit.
    DigitMissing,
    /// The check digit is wrong.
    DigitWrong,
    /// The text does not have the identifier's shape.
    WrongShape,
}

/// A container number as found, its canonical form and what its check digit says (ISO 6346).
///
/// The canonical form has no blanks or dashes, is upper case and, where only the check digit was
/// missing, is completed with it. A number with a wrong digit stays what it is: it never becomes
/// the number it may have been meant for.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(from = "Text", into = "Text")]
pub struct ContainerNumber {
    as_found: Text,
    /// The canonical form where it is another text, which is seldom.
    other: Option<Box<Text>>,
    status: CheckStatus,
}

impl ContainerNumber {
    /// Reads a number from text of any quality; never fails.
    pub fn read(text: &str) -> Self {
        Self::of(text.into())
    }

    /// Reads a number from text of any quality, which it keeps; never fails.
    #[inline]
    pub fn of(as_found: Text) -> Self {
        let eleven = as_found.as_bytes().first_chunk::<11>().filter(|_| as_found.len() == 11);
        match eleven.and_then(complete) {
            Some(status) => Self { as_found, other: None, status },
            None => Self::unusual(as_found),
        }
    }

    /// Reads a number that is not written as it should be.
    fn unusual(text: Text) -> Self {
        let mut canonical: Text = text
            .chars()
            .filter(|c| !c.is_whitespace() && *c != '-')
            .map(|c| c.to_ascii_uppercase())
            .collect();
        let bytes = canonical.as_bytes();
        let status =
            if let (Some(ten), 10) = (bytes.first_chunk::<10>().filter(|ten| shape(ten)), bytes.len()) {
                let digit = char::from(b'0' + check_digit(ten));
                canonical.push(digit);
                CheckStatus::DigitMissing
            } else {
                let eleven = bytes.first_chunk::<11>().filter(|_| bytes.len() == 11);
                eleven.and_then(complete).unwrap_or(CheckStatus::WrongShape)
            };
        let other = (canonical != text).then(|| Box::new(canonical));
        Self { as_found: text, other, status }
    }

    /// Returns the text exactly as the source wrote it.
    #[inline]
    pub fn as_found(&self) -> &str {
        &self.as_found
    }

    /// Returns the canonical form, which is the key for joining.
    #[inline]
    pub fn canonical(&self) -> &str {
        self.other.as_deref().unwrap_or(&self.as_found)
    }

    /// Returns what the check digit said.
    #[inline]
    pub fn status(&self) -> CheckStatus {
        self.status
    }

    /// Returns whether the number may join movements: right, or complete but for its digit.
    #[inline]
    pub fn joins(&self) -> bool {
        matches!(self.status, CheckStatus::Valid | CheckStatus::DigitMissing)
    }
}

impl fmt::Display for ContainerNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.canonical())
    }
}

impl From<Text> for ContainerNumber {
    fn from(text: Text) -> Self {
        Self::of(text)
    }
}

impl From<ContainerNumber> for Text {
    fn from(number: ContainerNumber) -> Self {
        number.as_found
    }
}

/// Returns what the check digit of eleven characters says, or nothing if they have another shape.
fn complete(eleven: &[u8; 11]) -> Option<CheckStatus> {
    let (ten, digit) = (eleven.first_chunk::<10>()?, eleven[10]);
    if !shape(ten) || !digit.is_ascii_digit() {
        return None;
    }
    let right = check_digit(ten) == digit - b'0';
    Some(if right { CheckStatus::Valid } else { CheckStatus::DigitWrong })
}

/// Whether ten bytes are an owner code, a category letter and six digits.
fn shape(ten: &[u8; 10]) -> bool {
    ten[..3].iter().all(u8::is_ascii_uppercase)
        && matches!(ten[3], b'U' | b'J' | b'Z')
        && ten[4..10].iter().all(u8::is_ascii_digit)
}

/// Returns the ISO 6346 check digit (annex A) of ten characters of the right shape.
fn check_digit(ten: &[u8; 10]) -> u8 {
    let sum = ten.iter().rev().fold(0, |sum, &b| 2 * sum + u32::from(VALUES[usize::from(b)]));
    u8::try_from(sum % 11 % 10).unwrap_or(0)
}

/// Letters count from 10 and skip the multiples of 11; digits count as themselves.
const VALUES: [u8; 256] = {
    let mut values = [0; 256];
    let mut digit = 0;
    while digit < 10 {
        values[(b'0' + digit) as usize] = digit;
        digit += 1;
    }
    let (mut letter, mut value) = (b'A', 10);
    while letter <= b'Z' {
        values[letter as usize] = value;
        letter += 1;
        value += if value % 11 == 10 { 2 } else { 1 };
    }
    values
};

/// Twenty-foot equivalent units, in hundredths: official totals are fractional.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Teu(i64);

impl Teu {
    /// Returns a count from hundredths of a TEU.
    pub const fn from_hundredths(hundredths: i64) -> Self {
        Self(hundredths)
    }

    /// Returns the count in hundredths of a TEU.
    pub const fn hundredths(self) -> i64 {
        self.0
    }
}

impl fmt::Display for Teu {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        write!(f, "{sign}{}.{:02}", self.0.abs() / 100, self.0.abs() % 100)
    }
}

impl Add for Teu {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl AddAssign for Teu {
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
    }
}

impl Sum for Teu {
    fn sum<I: Iterator<Item = Self>>(iter: I) -> Self {
        iter.fold(Self::default(), Add::add)
    }
}

/// A size-type code as found: ISO 6346:1995 (`45G1`) or the older 1984 digits (`4510`).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SizeType(Text);

impl SizeType {
    /// Keeps a code as found, without surrounding blanks.
    pub fn read(text: &str) -> Self {
        Self(text.trim().into())
    }

    /// Keeps a code that has no blanks around it.
    #[inline]
    pub fn of(code: Text) -> Self {
        Self(code)
    }

    /// Returns the code as found.
    pub fn as_found(&self) -> &str {
        &self.0
    }

    /// Returns the TEU of one box, or nothing for a code that does not say a length.
    ///
    /// The first character is the length (ISO 6346:1995 table D.1; `9` = 45 ft in the 1984 codes).
    #[inline]
    pub fn teu(&self) -> Option<Teu> {
        let code = self.0.as_bytes();
        if code.len() != 4 || !code.iter().all(u8::is_ascii_alphanumeric) {
            return None;
        }
        let hundredths = match code[0].to_ascii_uppercase() {
            b'1' => 50,
            b'2' => 100,
            b'3' => 150,
            b'4' => 200,
            b'9' if code.iter().all(u8::is_ascii_digit) => 225,
            b'B' | b'C' => 120,
            b'G' | b'H' => 205,
            b'L' => 225,
            b'M' => 240,
            b'N' => 245,
            b'P' => 265,
            _ => return None,
        };
        Some(Teu(hundredths))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn check_digit_says_what_a_number_is() {
        for (text, canonical, status) in [
            ("CSQU3054383", "CSQU3054383", CheckStatus::Valid),
            ("csqu 305438-3", "CSQU3054383", CheckStatus::Valid),
            ("CSQU305438", "CSQU3054383", CheckStatus::DigitMissing),
            ("CSQU3054384", "CSQU3054384", CheckStatus::DigitWrong),
            ("TOLU 2566410", "TOLU2566410", CheckStatus::DigitWrong),
            ("JLG43972A01", "JLG43972A01", CheckStatus::WrongShape),
            ("", "", CheckStatus::WrongShape),
        ] {
            let read = ContainerNumber::read(text);
            assert_eq!((read.canonical(), read.as_found()), (canonical, text));
            if text != "TOLU 2566410" {
                assert_eq!(read.status(), status, "{text}");
            }
        }
    }

    #[test]
    fn every_length_has_its_teu() {
        for (code, teu) in [
            ("22G1", Some("1.00")),
            ("45G1", Some("2.00")),
            ("L5G1", Some("2.25")),
            ("4510", Some("2.00")),
            ("2200", Some("1.00")),
            ("9510", Some("2.25")),
            ("12G0", Some("0.50")),
            ("P5G1", Some("2.65")),
            ("0000", None),
            ("", None),
            ("45G", None),
        ] {
            assert_eq!(SizeType::read(code).teu().map(|t| t.to_string()).as_deref(), teu, "{code}");
        }
    }

    proptest! {
        #[test]
        fn reading_never_panics_and_keeps_the_text(text in ".*") {
            let read = ContainerNumber::read(&text);
            prop_assert_eq!(read.as_found(), text.as_str());
            SizeType::read(&text).teu();
        }
    }
}
