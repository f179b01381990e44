//! The separators of an interchange.

/// How many bytes from the start of a header decide about it.
pub(super) const LOOK: usize = 1024;

/// What ends a segment: one byte, or one character of several bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terminator {
    bytes: [u8; 4],
    len: u8,
}

impl Terminator {
    /// The usual one.
    pub const TILDE: Self = Self { bytes: [b'~', 0, 0, 0], len: 1 };

    /// Reads the character at the start of `bytes` as one; letters, digits and blanks are none.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let first = *bytes.first()?;
        if first.is_ascii_alphanumeric() || first == b' ' || first == b'\t' || first == 0 {
            return None;
        }
        let len =
            (2..=4).find(|n| !first.is_ascii() && bytes.get(..*n).is_some_and(|c| str::from_utf8(c).is_ok()));
        let len = len.unwrap_or(1);
        let mut own = [0; 4];
        own[..len].copy_from_slice(&bytes[..len]);
        Some(Self { bytes: own, len: u8::try_from(len).unwrap_or(1) })
    }

    /// Returns its bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes[..usize::from(self.len)]
    }

    /// Returns where it stands next, from `from` on.
    pub(super) fn find(self, bytes: &[u8], from: usize) -> Option<usize> {
        let rest = bytes.get(from..)?;
        let at = match self.len {
            1 => memchr::memchr(self.bytes[0], rest),
            _ => memchr::memmem::find(rest, self.as_bytes()),
        };
        at.map(|at| from + at)
    }

    /// Returns whether a line end is one.
    pub(super) fn is_line_end(self) -> bool {
        matches!(self.bytes[0], b'\n' | b'\r')
    }
}

/// The separators in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Separators {
    /// Between elements, normally `*`.
    pub element: u8,
    /// Between components, normally `>` or `:`; nothing where the header names none.
    pub component: Option<u8>,
    /// After a segment, normally `~`.
    pub terminator: Terminator,
}

impl Separators {
    /// Reads the separators of a group or transaction set that has no interchange header, or nothing
    /// if none begins here.
    pub fn bare(rest: &[u8]) -> Option<Self> {
        let sep = *rest.get(2)?;
        let (tag, code) = match rest.first_chunk::<2>()? {
            b"GS" => (2, 2),
            b"ST" => (2, 3),
            _ => return None,
        };
        let value = rest.get(tag + 1..tag + 1 + code)?;
        let proper = value.iter().all(u8::is_ascii_alphanumeric) && rest.get(tag + 1 + code) == Some(&sep);
        // What separates cells of a list, or words, begins no group.
        if !is_separator(sep) || b",;:.-/_@\"'".contains(&sep) || !proper {
            return None;
        }
        let head = &rest[..rest.len().min(LOOK)];
        let line = Terminator { bytes: [b'\n', 0, 0, 0], len: 1 };
        let by_line = memchr::memchr(b'~', head).is_none() && memchr::memchr(b'\n', head).is_some();
        let terminator = if by_line { line } else { Terminator::TILDE };
        Some(Self { element: sep, component: None, terminator })
    }
}

/// Whether a byte can stand between elements.
pub(super) fn is_separator(b: u8) -> bool {
    b.is_ascii_punctuation() || (0x1C..=0x1F).contains(&b)
}
