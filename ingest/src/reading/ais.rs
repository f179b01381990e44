//! AIS as a submission: lines and frames in, messages of many observations out, one finding a cause.

use super::Item;
use crate::ais_findings as f;
use crate::formats::edifact::Totals;
use crate::formats::nmea::{LINE_CAP, Spot};
use crate::formats::sniff;
use crate::messages::ais::{self, EtaFault, VERSION};
use crate::track::{Cleaner, Context, Kept, Nowhere, Reason, Said, Settings, Was};
use sealane_data::Text;
use sealane_data::finding::{Finding, FindingKind, Place};
use sealane_data::observation::{Observation, Revision};
use sealane_data::partner::Partner;
use sealane_data::recorded::{MessageRecord, ReadingVersion};
use sha2::{Digest as _, Sha256 as Digest};
use std::ops::ControlFlow;

/// Observations of one message: a message is kept as one row of the log.
const BLOCK: usize = 500;
/// How long a frame may be.
const FRAME_CAP: usize = 1 << 20;

/// Where items go.
type Sink<'s> = &'s mut dyn FnMut(Item) -> ControlFlow<()>;

/// AIS on its way to messages, in constant memory.
///
/// A message is up to 500 points in their order: sentences have no frame of their own. Nothing divides them
/// but their number, so that any portions give the same messages.
pub(super) struct Stream {
    cleaner: Cleaner,
    frames: bool,
    profile: u64,
    partner: Kind,
    base: u64,
    line: u32,
    /// Whether the line that is too long goes on.
    skipping: bool,
    long: Option<(u64, Spot)>,
    totals: Totals,
    block: Block,
}

/// What the partner's profile says of all messages.
struct Kind {
    test: bool,
    mode: sealane_data::partner::Mode,
}

/// The message that is being filled.
#[derive(Default)]
struct Block {
    observations: Vec<Observation>,
    digest: Digest,
    ordinal: u32,
    /// Arrivals that were over, and those that were none.
    past: Option<(u64, Spot)>,
    no_time: Option<(u64, Spot)>,
}

impl Stream {
    pub(super) fn new(partner: &Partner, profile: u64, head: &[u8]) -> Self {
        Self {
            cleaner: Cleaner::new(Settings::default()),
            frames: sniff::ais_frames(head),
            profile,
            partner: Kind { test: partner.test, mode: partner.mode },
            base: 0,
            line: 1,
            skipping: false,
            long: None,
            totals: Totals::default(),
            block: Block::default(),
        }
    }

    /// Returns what became of the bytes so far.
    pub(super) fn totals(&self) -> Totals {
        self.totals
    }

    /// Reads `bytes` as far as whole lines go and returns how many of them are done with.
    pub(super) fn feed(&mut self, bytes: &[u8], last: bool, sink: Sink<'_>) -> ControlFlow<(), usize> {
        let cap = if self.frames { FRAME_CAP } else { LINE_CAP };
        let mut pos = 0;
        while pos < bytes.len() {
            let rest = &bytes[pos..];
            let framed = self.frames && !self.skipping;
            let end = framed.then(|| frame_end(&rest[..rest.len().min(cap + 1)], last)).flatten();
            // A frame without an end within its limit is read, or skipped, line by line.
            let by_line = || memchr::memchr(b'\n', rest);
            let end = end.or_else(|| if framed && rest.len() <= cap { None } else { by_line() });
            if end.is_none() && !last && rest.len() <= cap {
                break;
            }
            let len = end.unwrap_or(rest.len());
            let spot = Spot { byte: self.base + pos as u64, len: count(len), line: self.line };
            if len > cap || self.skipping {
                self.skip(len, spot);
                self.skipping = end.is_none();
            } else {
                self.take(&rest[..len], spot);
            }
            self.totals.blank += u64::from(end.is_some());
            let lines = memchr::memchr_iter(b'\n', &rest[..len]).count() + usize::from(end.is_some());
            self.line = self.line.saturating_add(count(lines));
            pos += len + usize::from(end.is_some());
            if self.block.observations.len() >= BLOCK {
                self.hand_on(sink)?;
            }
        }
        self.base += pos as u64;
        if last {
            self.cleaner.close();
            self.hand_on(sink)?;
            self.findings(sink)?;
        }
        ControlFlow::Continue(pos)
    }

    fn skip(&mut self, len: usize, spot: Spot) {
        let (n, _) = self.long.get_or_insert((0, spot));
        *n += u64::from(!self.skipping);
        self.totals.skipped += len as u64;
    }

    /// Takes one line or frame.
    fn take(&mut self, line: &[u8], spot: Spot) {
        let cx = Context { received: None, areas: &Nowhere, trusts: true };
        let Self { cleaner, block, .. } = self;
        let mut keep = |kept: Kept<'_>| block.keep(&kept);
        // The mark of a byte order and blanks stand before, the commas of a list behind.
        let text = line.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(line).trim_ascii();
        let was = match text {
            [] => Was::Blank,
            [b'{', ..] => cleaner.frame(text.strip_suffix(b",").unwrap_or(text), spot, cx, &mut keep),
            _ => cleaner.line(text, spot, cx, &mut keep),
        };
        let (len, total) = (line.len() as u64, &mut self.totals);
        match was {
            Was::Blank => total.blank += len,
            Was::Service => total.service += len,
            Was::Message => total.message += len,
            Was::Skipped => total.skipped += len,
        }
    }

    /// Hands the filled message on.
    fn hand_on(&mut self, sink: Sink<'_>) -> ControlFlow<()> {
        let block = &mut self.block;
        if block.observations.is_empty() {
            return ControlFlow::Continue(());
        }
        block.ordinal += 1;
        let digest: [u8; 32] = std::mem::take(&mut block.digest).finalize().into();
        let mut key: [u8; 16] = digest.first_chunk().copied().unwrap_or_default();
        if self.partner.test {
            // A test is another message than the real one.
            for byte in &mut key {
                *byte = !*byte;
            }
        }
        let (family, parser) =
            if self.frames { ("AIS:AISSTREAM", "ais/aisstream") } else { ("AIS:NMEA", "ais/nmea") };
        sink(Item::Message(MessageRecord {
            ordinal: block.ordinal,
            family: Text::const_new(family),
            document: Text::default(),
            revision: Revision::Original,
            written: None,
            parties: Vec::new(),
            key,
            reading: ReadingVersion {
                parser: Text::const_new(parser),
                version: VERSION,
                profile: self.profile,
            },
            test: self.partner.test,
            mode: self.partner.mode,
            observations: std::mem::take(&mut block.observations),
            findings: Vec::new(),
        }))
    }

    /// Tells what was left out, once a cause.
    fn findings(&mut self, sink: Sink<'_>) -> ControlFlow<()> {
        for (reason, count, first) in self.cleaner.tally().told().filter(|(r, ..)| *r != Reason::Type) {
            sink(finding(reason.finding(), reason.what(), count, first))?;
        }
        for (kind, count, first) in self.cleaner.tally().types() {
            let what = format!("messages of type {kind} ({})", ais::unread(kind));
            sink(finding(&f::TYPE, &what, count, first))?;
        }
        for (kind, what, told) in [
            (&f::ETA_PAST, "arrivals that were over", self.block.past),
            (&f::ETA_NO_TIME, "arrivals without a date that can be", self.block.no_time),
            (&f::LONG, "lines that are too long", self.long),
        ] {
            if let Some((count, first)) = told {
                sink(finding(kind, what, count, first))?;
            }
        }
        ControlFlow::Continue(())
    }
}

impl Block {
    fn keep(&mut self, kept: &Kept<'_>) {
        // What makes a point is its sentences and its time, whoever told them.
        self.digest.update(kept.raw);
        self.digest.update(kept.at.unwrap_or(0).to_be_bytes());
        let told = match &kept.said {
            Said::Position(said) => ais::position(said, &kept.who, kept.at),
            Said::Static(said) => {
                let (told, fault) = ais::static_data(said, kept.at);
                let faults = match fault {
                    Some(EtaFault::Past) => Some(&mut self.past),
                    Some(EtaFault::NoTime) => Some(&mut self.no_time),
                    None => None,
                };
                if let Some(faults) = faults {
                    faults.get_or_insert((0, kept.spot)).0 += 1;
                }
                Some(told)
            }
        };
        let ordinal = u32::try_from(self.observations.len() + 1).unwrap_or(u32::MAX);
        self.observations.extend(told.map(|told| ais::at(told, ordinal, kept.spot)));
    }
}

/// Returns where the line end behind a frame is: none inside its braces, unless the next line begins a frame.
fn frame_end(rest: &[u8], last: bool) -> Option<usize> {
    let (mut depth, mut text, mut escaped) = (0_u32, false, false);
    for (at, byte) in rest.iter().enumerate() {
        match byte {
            b'\n' => match rest.get(at + 1) {
                _ if depth == 0 => return Some(at),
                Some(b'{') => return Some(at),
                None if !last => return None,
                _ => text = false,
            },
            _ if escaped => escaped = false,
            b'\\' if text => escaped = true,
            b'"' => text = !text,
            b'{' if !text => depth += 1,
            b'}' if !text => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    None
}

fn finding(kind: &FindingKind, what: &str, count: u64, first: Spot) -> Item {
    let place = Place { byte: first.byte, len: first.len, line: first.line, ..Place::default() };
    Item::Finding(Finding::new(kind, place, format!("{what}: {count}, the first here")))
}

fn count(len: usize) -> u32 {
    u32::try_from(len).unwrap_or(u32::MAX)
}
