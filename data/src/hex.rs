//! Hexadecimal.

use std::fmt::Write as _;

/// Returns bytes in lower-case hexadecimal.
pub fn write(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut s, b| {
        let _ = write!(s, "{b:02x}");
        s
    })
}

/// Returns the bytes that hexadecimal of either case says; nothing where it is none.
pub fn read(text: &str) -> Option<Vec<u8>> {
    let digit = |b: &u8| char::from(*b).to_digit(16);
    let byte = |pair: &[u8]| u8::try_from(digit(pair.first()?)? * 16 + digit(pair.get(1)?)?).ok();
    text.as_bytes().chunks(2).map(byte).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let all: Vec<u8> = (0..=255).collect();
        assert_eq!(read(&write(&all)).as_ref(), Some(&all));
        assert_eq!(read(&write(&all).to_uppercase()), Some(all));
        assert_eq!((read(""), read("0"), read("0g"), read("é0")), (Some(Vec::new()), None, None, None));
    }
}
