//! The service characters (ISO 9735-1 clause 5) and the advice that sets them.

/// The service characters in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Delimiters {
    /// Between components, normally `:`.
    pub component: u8,
    /// Between elements, normally `+`.
    pub element: u8,
    /// Before a service character that is meant as data, normally `?`; 0 where there is none.
    pub release: u8,
    /// After a segment, normally `'`.
    pub terminator: u8,
}

impl Default for Delimiters {
    fn default() -> Self {
        Self { component: b':', element: b'+', release: b'?', terminator: b'\'' }
    }
}

impl Delimiters {
    /// Whether a byte stands between elements or components; no component separator is written as 0.
    #[inline]
    pub(super) fn separates(self, byte: u8) -> bool {
        byte == self.element || (byte == self.component && byte != 0)
    }
}

/// What a service string advice said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Advice {
    /// The characters to use from here on.
    pub delimiters: Delimiters,
    /// How many bytes the advice takes.
    pub len: usize,
    /// Whether it has the nine characters it must have.
    pub whole: bool,
    /// Whether its characters can be used; if not, the default ones stand in `delimiters`.
    pub usable: bool,
}

impl Advice {
    /// How many bytes decide about an advice of any length.
    pub const LOOK: usize = 16;

    /// Reads the advice at the start of `bytes`, or nothing if there is none.
    ///
    /// Seven characters (`UNA:+.'`, without release and reserve) are read as such.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let rest = bytes.strip_prefix(b"UNA")?;
        let (d, len, whole) = if rest.len() >= 6 && !short(rest) {
            let d = Delimiters {
                component: rest[0],
                element: rest[1],
                release: if rest[3] == b' ' { 0 } else { rest[3] },
                terminator: rest[5],
            };
            (d, 9, true)
        } else if rest.len() >= 4 {
            let d = Delimiters { component: rest[0], element: rest[1], release: b'?', terminator: rest[3] };
            (d, 7, false)
        } else {
            return None;
        };
        let usable = usable(d);
        Some(Self { delimiters: if usable { d } else { Delimiters::default() }, len, whole, usable })
    }
}

/// Whether the advice is cut to seven characters: the terminator stands where the release should.
fn short(rest: &[u8]) -> bool {
    let follows = rest[4..].trim_ascii_start();
    rest[3] == b'\''
        && (rest[4] == b'\n' || rest[4] == b'\r' || follows.starts_with(b"UNB") || follows.starts_with(b"UN"))
}

/// Whether the characters differ and none can stand in a tag.
fn usable(d: Delimiters) -> bool {
    let set = [d.component, d.element, d.terminator];
    let printable = |b: u8| b.is_ascii_punctuation() || b == b'\n' || (0x1C..=0x1F).contains(&b);
    set.iter().all(|b| printable(*b))
        && d.component != d.element
        && d.element != d.terminator
        && d.component != d.terminator
        && (d.release == 0 || (d.release.is_ascii_punctuation() && !set.contains(&d.release)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn advice_of_every_form() {
        let nine = Advice::read(b"UNA:+.? 'UNB+").unwrap();
        assert_eq!((nine.delimiters, nine.len, nine.whole), (Delimiters::default(), 9, true));
        let seven = Advice::read(b"UNA:+.'\nUNB+UNOA").unwrap();
        assert_eq!((seven.delimiters, seven.len, seven.whole), (Delimiters::default(), 7, false));
        let custom = Advice::read(b"UNA*@.? #UNB").unwrap();
        assert_eq!((custom.delimiters.element, custom.delimiters.terminator), (b'@', b'#'));
        let iata = Advice::read(b"UNA:+.\\*'\nUNB").unwrap();
        assert_eq!(iata.delimiters.release, b'\\');
        assert!(!Advice::read(b"UNAABCDEFUNB").unwrap().usable);
        assert_eq!(Advice::read(b"UNB+UNOA"), None);
    }
}
