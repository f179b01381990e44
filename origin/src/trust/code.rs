//! Check codes: what is printed under the QR code beside a number, since numbers can be guessed.

use sealane_data::submission::Sha256;
use subtle::ConstantTimeEq as _;

/// HMAC's block length for SHA-256, in bytes.
const BLOCK: usize = 64;

/// Characters of a check code: 50 bits.
pub const CODE_LENGTH: usize = 10;

/// Crockford's base 32: no I, L, O and U.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Returns HMAC-SHA-256 (RFC 2104).
pub(crate) fn hmac_sha256(key: &[u8], message: &[u8]) -> Sha256 {
    let hashed = Sha256::of(key).0;
    let short = if key.len() > BLOCK { hashed.as_slice() } else { key };
    let mut block = [0_u8; BLOCK];
    for (slot, byte) in block.iter_mut().zip(short) {
        *slot = *byte;
    }
    let keyed = |pad: u8| block.iter().map(move |b| b ^ pad);
    let inner: Vec<u8> = keyed(0x36).chain(message.iter().copied()).collect();
    let outer: Vec<u8> = keyed(0x5c).chain(Sha256::of(&inner).0).collect();
    Sha256::of(&outer)
}

/// Returns a tag that only who knows the secret can make (HMAC-SHA-256); the message begins with what it
/// is for.
pub fn keyed(secret: &[u8], message: &str) -> Sha256 {
    hmac_sha256(secret, message.as_bytes())
}

/// Returns the check code of a certificate's natural key: five characters, a dash, five characters.
pub fn check_code(secret: &[u8], natural_key: &str) -> String {
    let digest = hmac_sha256(secret, format!("check code|{natural_key}").as_bytes());
    let bits = digest.0.iter().take(7).fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
    let character = |n: usize| {
        let index = usize::try_from((bits >> (5 * n)) & 31).unwrap_or_default();
        char::from(ALPHABET[index])
    };
    let code: String = (0..CODE_LENGTH).map(character).collect();
    let (first, second) = code.split_at(CODE_LENGTH / 2);
    format!("{first}-{second}")
}

/// Returns whether a typed code is the right one, in a time that tells nothing of it.
///
/// Case, dashes and blanks do not matter; I and L are read as 1, O as 0.
pub fn same_code(typed: &str, right: &str) -> bool {
    let (typed, right) = (folded(typed), folded(right));
    // Both are folded to the same length, so that the comparison always walks all of it.
    bool::from(typed.ct_eq(&right))
}

/// Returns a code in comparable form: always the same length, the last byte telling what was over.
fn folded(code: &str) -> [u8; CODE_LENGTH + 1] {
    let mut out = [b' '; CODE_LENGTH + 1];
    let told = code.chars().filter(|c| !c.is_whitespace() && *c != '-');
    for (at, c) in told.enumerate() {
        let plain = match c.to_ascii_uppercase() {
            'I' | 'L' => '1',
            'O' => '0',
            other => other,
        };
        if let Some(slot) = out.get_mut(at.min(CODE_LENGTH)) {
            *slot = u8::try_from(plain).unwrap_or(b'?');
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hmac_agrees_with_rfc_4231() {
        for (key, message, digest) in [
            (vec![0x0b; 20], "Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
            (
                b"Jefe".to_vec(),
                "what do ya want for nothing?",
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
            ),
            (
                vec![0xaa; 131],
                "Test Using Larger Than Block-Size Key - Hash Key First",
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
            ),
        ] {
            assert_eq!(hmac_sha256(&key, message.as_bytes()).hex(), digest);
        }
    }

    #[test]
    fn codes_are_typed_in_many_ways() {
        let code = check_code(b"secret", "RCEP|CN|BODY|1");
        assert_eq!(code.len(), CODE_LENGTH + 1);
        assert!(code.bytes().all(|b| b == b'-' || ALPHABET.contains(&b)), "{code}");
        assert_eq!(check_code(b"secret", "RCEP|CN|BODY|1"), code);
        assert_ne!(check_code(b"secret", "RCEP|CN|BODY|2"), code);
        assert_ne!(check_code(b"other", "RCEP|CN|BODY|1"), code);
        for typed in [
            code.clone(),
            code.to_lowercase(),
            code.replace('-', " "),
            format!(" {} ", code.replace('-', "")),
            code.replace('0', "o").replace('1', "l"),
        ] {
            assert!(same_code(&typed, &code), "{typed}");
        }
        let (shorter, first) = (code.get(..10).unwrap(), code.get(..1).unwrap());
        for typed in ["", "-", shorter, &format!("{code}0"), &code.replace(first, "?")] {
            assert!(!same_code(typed, &code), "{typed}");
        }
        assert!(!same_code("", "0000000000") && !same_code("漢字漢字漢字漢字漢字", &code));
    }
}
