//! Taking out line breaks that wrap segments, with the way back to the bytes as received.

use super::delimiters::Delimiters;
use super::index::{Index, Stop};

/// What stands between repetitions of an element where nothing else is said (ISO 9735-1, version 4).
pub(crate) const REPETITION: u8 = b'*';

/// A message without the line breaks inside its segments, and its own index.
#[derive(Debug, Default)]
pub struct Unwrapped {
    /// The cleaned bytes.
    pub bytes: Vec<u8>,
    /// The index of the cleaned bytes.
    pub index: Index,
    /// Where runs of kept bytes begin: in the cleaned and in the raw bytes.
    runs: Vec<(u32, u32)>,
    /// How many raw bytes there are.
    raw: usize,
    /// Whether the cleaned bytes were brought to upper case.
    pub(crate) raised: bool,
    /// How many repetitions of elements were left out, and the first segment that had one.
    pub(crate) repetitions: Option<(u32, usize)>,
}

impl Unwrapped {
    /// Fills itself from a window and its index.
    pub fn fill(&mut self, raw: &[u8], index: &Index, d: Delimiters) {
        self.clean(raw, index, d.terminator);
        self.split(d);
    }

    /// Fills itself with the first of all repetitions of each element (ISO 9735 version 4).
    pub(crate) fn fill_first(&mut self, raw: &[u8], index: &Index, d: Delimiters) {
        self.clean(raw, index, d.terminator);
        let (mut kept, mut runs) = (Vec::with_capacity(self.bytes.len()), Vec::new());
        let (mut released, mut skipping, mut segment) = (false, false, 0);
        for (at, &byte) in self.bytes.iter().enumerate() {
            let service = !released;
            released = service && byte == d.release && d.release != 0;
            if service && byte == REPETITION {
                let (count, first) = self.repetitions.unwrap_or((0, segment));
                self.repetitions = Some((count + 1, first));
                skipping = true;
            } else if service && (byte == d.element || byte == d.terminator) {
                skipping = false;
                segment += usize::from(byte == d.terminator);
            }
            if !skipping {
                if runs.last().is_none_or(|(clean, from)| at - from != kept.len() - clean) {
                    runs.push((kept.len(), at));
                }
                kept.push(byte);
            }
        }
        let runs = runs.into_iter().map(|(clean, at)| (offset(clean), offset(self.to_raw(at)), at));
        self.runs = self.joined(&runs.collect::<Vec<_>>());
        self.bytes = kept;
        self.split(d);
    }

    /// Joins the way from these bytes to the cleaned ones with the way from those to the raw ones.
    fn joined(&self, kept: &[(u32, u32, usize)]) -> Vec<(u32, u32)> {
        let mut runs = Vec::with_capacity(kept.len() + self.runs.len());
        for (i, (clean, raw, at)) in kept.iter().enumerate() {
            runs.push((*clean, *raw));
            let len = kept.get(i + 1).map_or(u32::MAX, |(next, ..)| *next) - clean;
            let from = self.runs.partition_point(|(c, _)| *c <= offset(*at));
            let inside = self.runs[from..].iter().take_while(|(c, _)| c - offset(*at) < len);
            runs.extend(inside.map(|(c, r)| (clean + (c - offset(*at)), *r)));
        }
        runs
    }

    /// Brings the cleaned bytes to upper case, which moves none of them.
    pub(crate) fn raise(&mut self) {
        self.bytes.make_ascii_uppercase();
        self.raised = true;
    }

    /// Makes the index of the cleaned bytes.
    fn split(&mut self, d: Delimiters) {
        self.index.clear();
        while let Stop::Service(_) | Stop::Enough = self.index.scan(&self.bytes, true, d, usize::MAX) {}
        self.index.close_cut(&self.bytes);
    }

    /// Fills the cleaned bytes and the way back, and returns where the segments lie in them.
    pub(in crate::formats) fn clean(
        &mut self,
        raw: &[u8],
        index: &Index,
        terminator: u8,
    ) -> Vec<(usize, usize)> {
        let mut segments = Vec::with_capacity(index.len());
        self.bytes.clear();
        self.runs.clear();
        self.raw = raw.len();
        (self.raised, self.repetitions) = (false, None);
        for entry in &index.entries {
            let (start, end) = (entry.start as usize, entry.end as usize);
            let begin = self.bytes.len();
            for (i, piece) in raw[start..end].split(|b| *b < 0x20).enumerate() {
                let at = piece.as_ptr() as usize - raw.as_ptr() as usize;
                if i == 0 || !piece.is_empty() {
                    self.runs.push((offset(self.bytes.len()), offset(at)));
                }
                self.bytes.extend_from_slice(piece);
            }
            self.runs.push((offset(self.bytes.len()), offset(end)));
            segments.push((begin, self.bytes.len()));
            self.bytes.push(terminator);
        }
        segments
    }

    /// Returns the place in the raw bytes of a place in the cleaned ones, never beyond their end: a
    /// release character that a cut left last swallows the terminator that was put behind it.
    pub fn to_raw(&self, clean: usize) -> usize {
        let clean = offset(clean);
        let run = self.runs.partition_point(|(c, _)| *c <= clean).saturating_sub(1);
        self.runs.get(run).map_or(0, |(c, r)| (r + (clean - c)) as usize).min(self.raw)
    }
}

/// Windows are far below 2^31 bytes.
fn offset(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unwraps_and_finds_the_way_back() {
        let raw = b"UN\nH+1+A:B\r\nC'\nNAD+M\nS+X?\n'Y'";
        let d = Delimiters::default();
        let mut index = Index::default();
        index.clear();
        while let Stop::Service(_) | Stop::Enough = index.scan(raw, true, d, usize::MAX) {}
        let mut clean = Unwrapped::default();
        clean.fill(raw, &index, d);
        assert_eq!(clean.bytes, b"UNH+1+A:BC'NAD+MS+X?'Y'");
        let nad = clean.index.segment(&clean.bytes, 1).unwrap();
        assert_eq!(nad.first(1), b"MS");
        assert_eq!(raw[clean.to_raw(nad.range().0)], b'N');
        let at = clean.bytes.iter().position(|b| *b == b'Y').unwrap();
        assert_eq!(raw[clean.to_raw(at)], b'Y');
        clean.raise();
        assert_eq!(clean.index.segment(&clean.bytes, 1).unwrap().first(1), b"MS");
    }

    #[test]
    fn only_the_first_repetition_is_left_and_the_way_back_is_found() {
        let raw = b"UNH+1+A:B'RFF+B\nN:1*BM:2*BM:3+X'FTX+?*+A\n*B'DTM+7:8'";
        let d = Delimiters::default();
        let mut index = Index::default();
        index.clear();
        while let Stop::Service(_) | Stop::Enough = index.scan(raw, true, d, usize::MAX) {}
        let mut clean = Unwrapped::default();
        clean.fill_first(raw, &index, d);
        assert_eq!(clean.bytes, b"UNH+1+A:B'RFF+BN:1+X'FTX+?*+A'DTM+7:8'");
        assert_eq!(clean.repetitions, Some((3, 1)));
        for (at, byte) in clean.bytes.iter().enumerate() {
            assert_eq!(raw[clean.to_raw(at)], *byte, "{at}");
        }
        clean.fill(raw, &index, d);
        assert_eq!(clean.repetitions, None);
    }
}
