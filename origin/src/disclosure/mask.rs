//! What the public sees instead of numbers, containers and instants.

use crate::trust::hmac_sha256;
use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;

/// Returns a number with its last four characters visible, two if it has fewer than eight.
///
/// Numbers of fewer than four characters are hidden whole; the length is not told.
pub fn mask_number(number: &str) -> String {
    let length = number.chars().count();
    let visible = match length {
        8.. => 4,
        4..=7 => 2,
        _ => 0,
    };
    let end: String = number.chars().skip(length - visible).collect();
    format!("••••{end}")
}

/// Returns a token that stands for a container: the same for the same secret, else meaningless.
///
/// `ctr_` and the first 16 hexadecimal digits of HMAC-SHA-256 over the canonical number.
/// Container numbers can be listed, so whoever knows the secret can find them out.
pub fn container_token(secret: &[u8], container: &str) -> String {
    let digest = hmac_sha256(secret, container.as_bytes()).hex();
    format!("ctr_{}", digest.get(..16).unwrap_or_default())
}

/// An instant of which only the local day is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Day {
    /// The day at the place; it prints as `2026-09-05`.
    pub date: Date,
    /// The start of that day at the place.
    pub start: Timestamp,
}

/// Returns the local day of an instant.
pub fn day_precision(at: Timestamp, zone: &TimeZone) -> Day {
    let date = at.to_zoned(zone.clone()).date();
    Day { date, start: zone.to_timestamp(date.to_datetime(Time::midnight())).unwrap_or(at) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_token_is_the_start_of_an_hmac() {
        assert_eq!(container_token(b"Jefe", "what do ya want for nothing?"), "ctr_5bdcc146bf60754e");
    }

    #[test]
    fn numbers_show_only_their_end() {
        for (number, masked) in [
            ("EXAMPLE-0001", "••••0001"),
            ("ABCDEFGH", "••••EFGH"),
            ("AB12", "••••12"),
            ("123", "••••"),
            ("", "••••"),
        ] {
            assert_eq!(mask_number(number), masked);
        }
    }

    #[test]
    fn days_are_those_of_the_place() {
        let at: Timestamp = "2026-09-05T17:20:00Z".parse().unwrap();
        let day = day_precision(at, &TimeZone::get("Asia/Shanghai").unwrap());
        assert_eq!(day.date.to_string(), "2026-09-06");
        assert_eq!(day.start.to_string(), "2026-09-05T16:00:00Z");
    }

    proptest! {
        #[test]
        fn at_least_half_of_a_number_stays_hidden(number in "\\PC{0,40}") {
            let shown = mask_number(&number).chars().count() - 4;
            prop_assert!(shown * 2 <= number.chars().count());
        }
    }
}
