//! The interchange header, whose places name the separators.

use super::separators::{LOOK, Separators, Terminator, is_separator};

/// Where the separators of a proper header stand: its elements have fixed widths.
const PLACES: [usize; 16] = [3, 6, 17, 20, 31, 34, 50, 53, 69, 76, 81, 83, 89, 99, 101, 103];

/// The segments that may follow a header.
const FOLLOWERS: [&[u8]; 6] = [b"GS", b"TA1", b"IEA", b"ISB", b"ISE", b"ST"];

/// A header that was found, with the separators that it names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Isa {
    pub(super) d: Separators,
    /// Its length, terminator included.
    pub(super) len: usize,
    /// Whether its elements have the widths they must have.
    pub(super) fixed: bool,
    /// Its elements, line breaks taken out.
    pub(super) elements: Vec<Vec<u8>>,
}

/// Returns whether a header begins here: `ISA`, a separator, two characters and the separator again.
pub(in crate::formats) fn begins(rest: &[u8]) -> bool {
    let Some([b'I', b'S', b'A', sep, code @ ..]) = rest.first_chunk::<9>() else { return false };
    is_separator(*sep) && !code[0].eq(sep) && code.contains(sep)
}

/// Returns whether a text begins with a header in lower case, and so is all in lower case.
pub(crate) fn in_lower_case(head: &[u8]) -> bool {
    let text = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head).trim_ascii_start();
    let lower = text.starts_with(b"isa") && text.first_chunk::<9>().is_some();
    lower && begins(&text[..9].to_ascii_uppercase())
}

impl Isa {
    /// Reads the header at the start of `rest`: by its places, else by counting elements, else by
    /// what stands before the first group.
    pub(super) fn read(rest: &[u8]) -> Option<Self> {
        if !begins(rest) {
            return None;
        }
        let head = &rest[..rest.len().min(LOOK)];
        let sep = head[3];
        let places: Vec<usize> = memchr::memchr_iter(sep, head).take(16).collect();
        let group = group_at(head, sep).unwrap_or(head.len());
        let counted = places.get(15).copied().filter(|last| *last < group);
        let end = counted.and_then(|last| by_count(head, sep, last)).or_else(|| by_group(head, group))?;
        let (component, terminator, stop) = end;
        if terminator.as_bytes() == [sep] {
            return None;
        }
        let fixed = places == PLACES && stop == 105;
        let upto = component.map_or(stop, |(at, _)| at);
        let elements = head[4..upto.max(4)].split(|b| *b == sep).map(plain).take(16).collect();
        let len = stop + terminator.as_bytes().len();
        let component = component.map(|(_, b)| b);
        Some(Self { d: Separators { element: sep, component, terminator }, len, fixed, elements })
    }

    /// Returns an element by its number, from 1, as it was written.
    pub(super) fn element(&self, n: usize) -> &[u8] {
        self.elements.get(n - 1).map_or(&[], Vec::as_slice)
    }
}

/// Component separator with its place, terminator, and where the terminator stands.
type End = (Option<(usize, u8)>, Terminator, usize);

/// Reads what stands behind the sixteenth separator.
fn by_count(head: &[u8], sep: u8, last: usize) -> Option<End> {
    let mut at = last + 1;
    while matches!(head.get(at), Some(b'\n' | b'\r')) && last != PLACES[15] {
        at += 1;
    }
    let first = *head.get(at)?;
    let with =
        Terminator::read(&head[at + 1..]).filter(|t| follows(&head[at + 1 + t.as_bytes().len()..], sep));
    let without = Terminator::read(&head[at..]).filter(|t| follows(&head[at + t.as_bytes().len()..], sep));
    match (with, without) {
        // A line end behind the sixteenth element is the terminator only if the next line has no other.
        (Some(t), Some(alone)) if t.is_line_end() && ends_line(&head[at + 1..], alone) => {
            Some((None, alone, at))
        }
        (Some(t), _) => Some((is_separator(first).then_some((at, first)), t, at + 1)),
        (None, alone) => alone.map(|t| (None, t, at)),
    }
}

/// Reads the character before the first group, which must be the terminator.
fn by_group(head: &[u8], group: usize) -> Option<End> {
    if group == head.len() {
        return None;
    }
    let before = head[..group].trim_ascii_end();
    let start = (1..=4).find_map(|n| {
        let at = before.len().checked_sub(n)?;
        Terminator::read(&before[at..]).filter(|t| t.as_bytes().len() == n).map(|t| (t, at))
    });
    if let Some((t, at)) = start {
        return Some((None, t, at));
    }
    let line = memchr::memchr(b'\n', &head[before.len()..group])?;
    Terminator::read(b"\n").map(|t| (None, t, before.len() + line))
}

/// Whether the first full line of the text ends with a terminator.
fn ends_line(text: &[u8], t: Terminator) -> bool {
    let mut lines = text.trim_ascii_start().split(|b| *b == b'\n');
    lines.next().is_some_and(|line| line.trim_ascii_end().ends_with(t.as_bytes()))
}

/// Whether a segment that may follow a header, or nothing, begins here.
fn follows(text: &[u8], sep: u8) -> bool {
    let text = text.trim_ascii_start();
    text.is_empty()
        || FOLLOWERS.iter().any(|tag| text.strip_prefix(*tag).is_some_and(|r| r.first() == Some(&sep)))
}

/// Where the first group header begins; behind a separator the same letters are a qualifier.
fn group_at(head: &[u8], sep: u8) -> Option<usize> {
    memchr::memmem::find_iter(head, &[b'G', b'S', sep])
        .find(|at| *at > 4 && !head[at - 1].is_ascii_alphanumeric() && head[at - 1] != sep)
}

/// An element without line breaks.
fn plain(element: &[u8]) -> Vec<u8> {
    element.iter().copied().filter(|b| !matches!(b, b'\n' | b'\r')).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROPER: &str = "ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *260905*1430*U*00401*000000001*0*P*";

    fn read(tail: &str) -> Option<(Option<u8>, String, usize, bool)> {
        let text = format!("{PROPER}{tail}");
        let isa = Isa::read(text.as_bytes())?;
        let terminator = String::from_utf8_lossy(isa.d.terminator.as_bytes()).into_owned();
        Some((isa.d.component, terminator, isa.len, isa.fixed))
    }

    #[test]
    fn places_name_the_separators() {
        assert_eq!(read(">~GS*QO*"), Some((Some(b'>'), "~".into(), 106, true)));
        assert_eq!(read(":\nGS*QO*A\nST*"), Some((Some(b':'), "\n".into(), 106, true)));
        assert_eq!(read(">\r\nGS*QO*A"), Some((Some(b'>'), "\r".into(), 106, true)));
        assert_eq!(read(">…\nGS*QO*"), Some((Some(b'>'), "…".into(), 108, true)));
        assert_eq!(read(">~"), Some((Some(b'>'), "~".into(), 106, true)), "nothing follows");
        let qualifier = PROPER.replacen("*ZZ*REC", "*GS*REC", 1) + ">~TA1*";
        assert!(Isa::read(qualifier.as_bytes()).is_some_and(|isa| isa.fixed && isa.len == 106));
    }

    #[test]
    fn what_stands_around_the_header_names_them_where_widths_are_wrong() {
        assert_eq!(read("~GS*QO*A*B~ST"), Some((None, "~".into(), 105, false)), "no component separator");
        assert_eq!(read("~\nGS*QO*A*B~\nST"), Some((None, "~".into(), 105, false)));
        let short = b"ISA*00* *00* *ZZ*HS*ZZ*P*160526*2245*U*00401*053849086*0*P*>~\nGS*SO*A";
        let isa = Isa::read(short).unwrap();
        assert_eq!((isa.d.component, isa.d.terminator, isa.fixed), (Some(b'>'), Terminator::TILDE, false));
        assert_eq!((isa.element(6), isa.element(15)), (&b"HS"[..], &b"P"[..]));
        let lacking = b"ISA*00**00**ZZ*HS*ZZ*P*160526*2245*U*00401*053849086*0|GS*SO*A|";
        assert_eq!(Isa::read(lacking).unwrap().d.terminator.as_bytes(), b"|");
        let wide = PROPER.replace("*ZZ*SENDER   ", "*GS*日SENDER  ") + ">~TA1*";
        assert_eq!(Isa::read(wide.as_bytes()).unwrap().d.terminator, Terminator::TILDE);
        let wrapped = PROPER.replace("RECEIVER", "REC\nEIVER") + ">~GS*QO*A";
        let isa = Isa::read(wrapped.as_bytes()).unwrap();
        assert_eq!((isa.element(8), isa.fixed), (&b"RECEIVER       "[..], false));
    }
}
