//! What bytes look like that are not EDIFACT.

/// Returns what the head of a submission looks like, in words for a finding.
pub fn looks_like(head: &[u8]) -> &'static str {
    let head = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head);
    let text = head.trim_ascii_start();
    match text {
        [] => "nothing but blanks",
        [b'I', b'S', b'A', ..] => "an X12 interchange",
        [b'G', b'S', sep, ..] if !sep.is_ascii_alphanumeric() => "an X12 group",
        [b'<', ..] => "XML or HTML",
        [b'{' | b'[', ..] => "JSON",
        [b'%', b'P', b'D', b'F', ..] => "a PDF document",
        [b'P', b'K', 3 | 5, ..] => "a ZIP archive or an office document",
        [0x1F, 0x8B, ..] => "gzip-compressed data",
        [b'!', b'A', b'I' | b'B', ..] | [b'\\', b's' | b'g', b':', ..] => "AIS sentences",
        [b'0', b'0', b':' | b',', ..] => "a flat file of records",
        [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] => "UTF-16 text",
        _ if binary(text) => "binary data",
        _ => "text without an EDIFACT service segment",
    }
}

/// Whether more than a tenth of the bytes are control characters that no text has.
fn binary(bytes: &[u8]) -> bool {
    let odd = bytes.iter().filter(|b| **b < 9 || (14..32).contains(*b) || **b == 127).count();
    odd * 10 > bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_what_it_sees() {
        for (bytes, word) in [
            (&b"ISA*00*          *00"[..], "an X12 interchange"),
            (b"\xEF\xBB\xBF <?xml version='1.0'?>", "XML or HTML"),
            (b" [{\"a\":1}]", "JSON"),
            (b"PK\x03\x04", "a ZIP archive or an office document"),
            (b"\x00\x01\x02\x03", "binary data"),
            (b"   ", "nothing but blanks"),
            (b"hello", "text without an EDIFACT service segment"),
        ] {
            assert_eq!(looks_like(bytes), word);
        }
    }
}
