//! Numbers with check digits, computed here and not by the readers' code: an oracle must not share it.

/// Owner prefixes that no real owner uses.
const OWNERS: [&str; 4] = ["TSTU", "SYNU", "ZZZU", "ZZAU"];

/// Returns the number of the `n`th container: distinct up to four million, with its check digit.
pub(super) fn container(n: usize) -> String {
    let serial = (n / OWNERS.len()) * 7919 % 1_000_000;
    let ten = format!("{}{serial:06}", OWNERS[n % OWNERS.len()]);
    let digit = container_digit(&ten);
    format!("{ten}{digit}")
}

/// Returns the ISO 6346 check digit of owner code, category and serial number.
fn container_digit(ten: &str) -> u32 {
    // The table skips 11, 22 and 33, which are multiples of the modulus.
    const LETTERS: [u32; 26] = [
        10, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 34, 35, 36, 37,
        38,
    ];
    let value = |b: u8| if b.is_ascii_digit() { u32::from(b - b'0') } else { LETTERS[usize::from(b - b'A')] };
    let sum: u32 = ten.bytes().zip(0..).map(|(b, power)| value(b) * 2_u32.pow(power)).sum();
    sum % 11 % 10
}

/// Returns a container number whose check digit is wrong by one.
pub(super) fn with_wrong_digit(number: &str) -> String {
    let mut wrong = number.to_owned();
    let digit = wrong.pop().and_then(|c| c.to_digit(10)).unwrap_or(0);
    wrong.push(char::from_digit((digit + 1) % 10, 10).unwrap_or('0'));
    wrong
}

/// Returns the IMO number of the `n`th ship; no ship has ever been given one that begins with 4.
pub(super) fn imo(n: usize) -> String {
    let six = format!("4{:05}", 137 * (n + 1) % 100_000);
    let sum: u32 = six.bytes().zip([7, 6, 5, 4, 3, 2]).map(|(b, weight)| u32::from(b - b'0') * weight).sum();
    format!("{six}{}", sum % 10)
}

/// Returns the call sign of the `n`th ship; call signs of real ships never begin with Q (ITU RR 19.29).
pub(super) fn call_sign(n: usize) -> String {
    const LETTERS: [char; 8] = ['A', 'C', 'E', 'F', 'H', 'K', 'M', 'X'];
    format!("Q{}{}Y{}", LETTERS[n / 8 % 8], LETTERS[n % 8], n % 9 + 1)
}

/// Returns eight digits that are distinct for every `n` below a hundred million and look unordered.
pub(super) fn eight_digits(n: usize) -> String {
    format!("{:08}", (n + 1) * 7_654_321 % 100_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;
    use sealane_data::container::{CheckStatus, ContainerNumber};
    use sealane_data::vessel::ImoNumber;
    use std::collections::BTreeSet;

    #[test]
    fn digits_are_right_by_the_published_example() {
        assert_eq!(container_digit("CSQU305438"), 3);
        let numbers: BTreeSet<String> = (0..20_000).map(container).collect();
        assert_eq!(numbers.len(), 20_000);
        assert!(numbers.iter().all(|n| ContainerNumber::read(n).status() == CheckStatus::Valid));
        let wrong = with_wrong_digit(&container(9));
        assert_eq!(ContainerNumber::read(&wrong).status(), CheckStatus::DigitWrong);
    }

    #[test]
    fn ships_are_distinct_and_valid() {
        let ships: BTreeSet<(String, String)> = (0..60).map(|n| (imo(n), call_sign(n))).collect();
        assert_eq!(ships.len(), 60);
        assert!(ships.iter().all(|(imo, _)| ImoNumber::read(imo).status() == CheckStatus::Valid));
        assert_eq!((0..9999).map(eight_digits).collect::<BTreeSet<_>>().len(), 9999);
    }
}
