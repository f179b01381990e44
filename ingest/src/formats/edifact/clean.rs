//! Taking out line breaks that wrap segments, with the way back to the bytes as received.

use super::delimiters::Delimiters;
use super::index::{Index, Stop};

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
}

impl Unwrapped {
    /// Fills itself from a window and its index.
    pub fn fill(&mut self, raw: &[u8], index: &Index, d: Delimiters) {
        self.clean(raw, index, d.terminator);
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
    }
}
