//! What ends segments where the terminator does not: another system's line end, or a quotation mark that a word
//! processor made of the apostrophe.

use super::delimiters::Delimiters;

/// What stands between the interchange header and the next header.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Found {
    /// Where it stands.
    pub(super) at: usize,
    /// How many bytes it has.
    pub(super) len: usize,
    /// Its last byte.
    pub(super) byte: u8,
    /// How it is called in a finding.
    pub(super) name: String,
}

/// Returns what stands before the next header where the interchange header should have ended; nothing where
/// that is a letter, a digit, a new line or a separator.
pub(super) fn guess(near: &[u8], d: Delimiters) -> Option<Found> {
    let next = memchr::memmem::find_iter(near, b"UN")
        .chain(memchr::memmem::find_iter(near, b"un"))
        .filter(|&at| at > 3 && near.get(at + 3) == Some(&d.element))
        .find(|&at| matches!(near.get(at + 2), Some(b'H' | b'G' | b'h' | b'g')))?;
    let before = &near[..next];
    let text = before.trim_ascii_end();
    let (&last, begin) = (text.last()?, text.len());
    if last.is_ascii_alphanumeric() || last == d.element || last == d.component {
        // Only a carriage return ends the segment: a new line is dealt with elsewhere.
        let blanks = &before[begin..];
        let at = begin + blanks.iter().position(|b| *b == b'\r').filter(|_| !blanks.contains(&b'\n'))?;
        return Some(Found { at, len: 1, byte: b'\r', name: "a carriage return".to_owned() });
    }
    let wide = (2..=4).find_map(|len| {
        let character = str::from_utf8(text.get(begin.checked_sub(len)?..)?).ok()?;
        character.chars().next().filter(|c| c.len_utf8() == len)
    });
    let (len, name) = match wide {
        Some(c) => (c.len_utf8(), format!("the character U+{:04X}", u32::from(c))),
        None => (1, format!("the byte 0x{last:02X}")),
    };
    if len == 1 && !ends_segments(near, last, d) {
        return None;
    }
    Some(Found { at: begin - len, len, byte: last, name })
}

/// Whether segments begin behind a byte more than once: one alone may be the last character of the header.
fn ends_segments(near: &[u8], byte: u8, d: Delimiters) -> bool {
    let begins = |at: &usize| match near[at + 1..].trim_ascii_start() {
        [a, b, c, separator, ..] => {
            [a, b, c].iter().all(|b| b.is_ascii_alphabetic()) && *separator == d.element
        }
        _ => false,
    };
    memchr::memchr_iter(byte, near).filter(begins).nth(1).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_where_the_header_ends() {
        let found = |end: &[u8]| {
            let text =
                [b"UNB+UNOA:2+A+B+260905:0900+R1", end, b"UNH+1+CODECO:D:95B:UN", end, b"BGM+34"].concat();
            guess(&text, Delimiters::default()).map(|f| (f.at, f.len, f.byte))
        };
        assert_eq!(found(b"\x85"), Some((29, 1, 0x85)), "the line end of EBCDIC in Latin-1");
        assert_eq!(found(b"\xA0\r\n"), Some((29, 1, 0xA0)));
        assert_eq!(found(b"~"), Some((29, 1, b'~')));
        assert_eq!(found(b" \r"), Some((30, 1, b'\r')));
        assert_eq!(found("\u{85}".as_bytes()), Some((29, 2, 0x85)));
        assert_eq!(found("’".as_bytes()), Some((29, 3, 0x99)));
        assert_eq!(guess(b"UNB+A+R1-\nUNH+1+CODECO:D:95B:UN\nBGM+34\n", Delimiters::default()), None);
        assert_eq!((found(b"\n"), found(b"\r\n"), found(b"")), (None, None, None));
        assert_eq!(guess(b"UNB+", Delimiters::default()), None);
    }
}
