//! What every family needs while it reads one message: values, places, findings, tally.

mod values;

pub(super) use values::copy;

use super::parts::LOC;
use super::places::Handle;
use super::{Dialect, Ignored, KnownPlaces};
use crate::findings as f;
use crate::formats::edifact::{Delimiters, Envelope, Index, MessageHeader, Segment, Tag, Unwrapped, Window};
use crate::message_findings as of;
use sealane_data::Text;
use sealane_data::finding::{Finding, FindingKind, Place};
use sealane_data::observation::{DeclaredPlace, Observation, Revision, Span};
use sealane_data::partner::Partner;
use sealane_data::time::DeclaredTime;
use std::sync::Arc;

/// How many findings of one message are listed.
const LISTED: usize = 200;

/// How many references or ports of call one part of a message gives to each of its observations.
const KEPT: usize = 200;

/// How many references of its head a message repeats for containers that have others of their own.
const REPEATED: usize = 1_000_000;

/// Lists of the head that are no longer than this are repeated in any case.
const REPEATED_ALWAYS: usize = 8;

/// How many segments tell of one container in most messages: room is made for so many observations.
const SEGMENTS_OF_ONE: usize = 8;

/// What became of a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is in an observation or in the message's head.
    Used,
    /// It is known and left unread for a reason.
    Ignored,
    /// A finding names it.
    Found,
}

/// How many segments ended how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// In an observation or in the message's head.
    pub used: u32,
    /// Known and left unread.
    pub ignored: u32,
    /// Named by a finding.
    pub found: u32,
}

/// One message being read.
pub struct Reader<'a> {
    bytes: &'a [u8],
    /// The same bytes where all are ASCII: values without a release character need no decoding.
    plain: Option<&'a str>,
    /// The same where the separators are the standard's own too.
    standard: Option<&'a str>,
    /// The segment that was left unread before, and the table that says so.
    passed: (Tag, *const Ignored),
    known: &'a mut KnownPlaces,
    raw: &'a [u8],
    index: &'a Index,
    unwrapped: Option<&'a Unwrapped>,
    start: u64,
    line: u32,
    pub(super) release: u8,
    pub(super) envelope: &'a Envelope,
    pub(super) partner: &'a Partner,
    /// The message header.
    pub header: &'a MessageHeader,
    /// How it is read.
    pub dialect: Dialect,
    /// What it said.
    pub observations: Vec<Observation>,
    /// What was wrong or doubtful.
    pub findings: Vec<Finding>,
    /// What became of its segments.
    pub tally: Tally,
    /// The document number.
    pub document: Text,
    /// What it does to earlier messages.
    pub revision: Revision,
    /// When it was written.
    pub written: Option<DeclaredTime>,
    /// The parties it names.
    pub parties: Vec<Text>,
    /// The document code (BGM 1001).
    pub code: Text,
    unlisted: u32,
    first_unlisted: Option<Place>,
    repeated: usize,
    unkept: u32,
    first_unkept: Option<Place>,
}

impl<'a> Reader<'a> {
    /// Returns a reader of a window; a wrapped one is read from its cleaned copy.
    pub fn new(
        window: &'a Window<'a>,
        unwrapped: Option<&'a Unwrapped>,
        header: &'a MessageHeader,
        partner: &'a Partner,
        known: &'a mut KnownPlaces,
    ) -> Self {
        let (bytes, index) = unwrapped.map_or((window.bytes, window.index), |u| (&u.bytes[..], &u.index));
        known.begin(window.delimiters);
        let plain = simdutf8::basic::from_utf8(bytes).ok().filter(|text| text.is_ascii());
        Self {
            bytes,
            plain,
            standard: plain.filter(|_| window.delimiters == Delimiters::default()),
            passed: (Tag::NONE, std::ptr::null()),
            known,
            raw: window.bytes,
            index,
            unwrapped,
            start: window.start,
            line: window.line,
            release: window.delimiters.release,
            envelope: window.envelope,
            partner,
            header,
            dialect: Dialect::of(header, partner),
            observations: Vec::with_capacity(index.len() / SEGMENTS_OF_ONE),
            findings: Vec::new(),
            tally: Tally::default(),
            document: Text::default(),
            revision: Revision::default(),
            written: None,
            parties: Vec::new(),
            code: Text::default(),
            unlisted: 0,
            first_unlisted: None,
            repeated: 0,
            unkept: 0,
            first_unkept: None,
        }
    }

    /// Returns how many segments there are.
    pub fn len(&self) -> usize {
        self.index.len()
    }

    /// Returns whether there are no segments.
    pub fn is_empty(&self) -> bool {
        self.index.is_empty()
    }

    /// Returns a segment; a location's qualifier is what the partner's profile says that it means.
    ///
    /// All of it is made here at once: to copy a segment that was written a moment ago costs more than to read one.
    #[expect(
        clippy::inline_always,
        reason = "a segment is ten words, which must not go through memory once per segment"
    )]
    #[inline(always)]
    pub fn segment(&self, at: usize) -> Option<Segment<'a>> {
        let named = self.tag(at)? == LOC && !self.partner.locations.is_empty();
        let meant = if named { self.meant(at) } else { None };
        self.index.segment_meaning(self.bytes, at, meant)
    }

    /// Returns what the qualifier of a location means by the partner's profile, where that has a word for it.
    #[cold]
    fn meant(&self, at: usize) -> Option<&'a [u8]> {
        let said = str::from_utf8(self.index.segment(self.bytes, at)?.first(1)).unwrap_or_default();
        self.partner.locations.get(said).map(Text::as_bytes)
    }

    /// Returns the tag of a segment.
    pub(super) fn tag(&self, at: usize) -> Option<Tag> {
        self.index.tag_of(at)
    }

    /// Counts what became of a segment.
    pub fn count(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Used => self.tally.used += 1,
            Outcome::Ignored => self.tally.ignored += 1,
            Outcome::Found => self.tally.found += 1,
        }
    }

    /// Returns the place that these bytes of the window name, from the stream's known ones, else what `read`
    /// makes of it.
    ///
    /// `read` also says whether it was read without a finding.
    pub(super) fn place_once(
        &mut self,
        said: &[u8],
        read: impl FnOnce(&mut Self) -> Option<(DeclaredPlace, bool)>,
    ) -> Option<Arc<DeclaredPlace>> {
        if let Some(place) = self.known.get(said) {
            return Some(place);
        }
        let (place, sound) = read(self)?;
        let place = Arc::new(place);
        if sound && self.plain.is_some() {
            self.known.keep(said, &place);
        }
        Some(place)
    }

    /// Returns which known place these bytes name, if the stream named it before without a finding.
    #[inline]
    pub(super) fn known_place(&self, said: &[u8]) -> Option<Handle> {
        self.known.handle(said)
    }

    /// Returns the places and plans of the stream.
    pub(super) fn known(&mut self) -> &mut KnownPlaces {
        self.known
    }

    /// Adds a finding about a component.
    pub fn find(&mut self, kind: &FindingKind, s: &Segment<'_>, at: (u16, u16), message: impl Into<String>) {
        // A place costs a count of lines from the message's start: only what is listed has one.
        if self.findings.len() < LISTED {
            let place = self.place(s, at);
            self.findings.push(Finding::new(kind, place, message));
            return;
        }
        self.unlisted += 1;
        if self.first_unlisted.is_none() {
            self.first_unlisted = Some(self.place(s, at));
        }
    }

    /// Adds a finding of a kind that one mention of a message suffices for.
    pub fn find_once(
        &mut self,
        kind: &FindingKind,
        s: &Segment<'_>,
        at: (u16, u16),
        message: impl FnOnce() -> String,
    ) {
        if !self.findings.iter().any(|x| x.code == kind.code) {
            self.find(kind, s, at, message());
        }
    }

    /// Keeps what each of many observations will repeat, up to a limit.
    pub(super) fn keep<T>(&mut self, list: &mut (impl AsRef<[T]> + Extend<T>), s: &Segment<'_>, item: T) {
        if list.as_ref().len() < KEPT {
            list.extend([item]);
        } else {
            self.leave_out(s, 1);
        }
    }

    /// Whether what the head says may be repeated once more for a container that has references of its own:
    /// a message of many containers would make gigabytes of a long head.
    pub(super) fn repeats(&mut self, s: &Segment<'_>, references: usize) -> bool {
        let fits = references <= REPEATED_ALWAYS || self.repeated + references <= REPEATED;
        if fits {
            self.repeated += references;
        } else {
            self.leave_out(s, references);
        }
        fits
    }

    /// Counts references or ports that are not kept.
    fn leave_out(&mut self, s: &Segment<'_>, references: usize) {
        self.unkept = self.unkept.saturating_add(u32::try_from(references).unwrap_or(u32::MAX));
        if self.first_unkept.is_none() {
            self.first_unkept = Some(self.place(s, (0, 0)));
        }
    }

    /// Says how many references and ports were not kept, and how many findings were left out.
    pub fn close_findings(&mut self) {
        if let Some(place) = self.first_unkept.take() {
            let message = format!("{} references or ports beyond {KEPT} were left out", self.unkept);
            self.findings.push(Finding::new(&of::LISTED_TOO_MANY, place, message));
        }
        if let Some(place) = self.first_unlisted.take() {
            let message = format!("{} more findings are not listed, the first here", self.unlisted);
            self.findings.push(Finding::new(&f::MORE, place, message));
        }
    }

    /// Returns the exact place of a component, or of the segment when the element is 0.
    pub fn place(&self, s: &Segment<'_>, (element, component): (u16, u16)) -> Place {
        let range = if element == 0 { None } else { s.value_range(element, component) };
        let (from, to) = range.unwrap_or(s.range());
        let (from, to) = (self.to_raw(from), self.to_raw(to));
        let lines = memchr::memchr_iter(b'\n', &self.raw[..from.min(self.raw.len())]).count();
        let some = |n: u16| (element > 0).then_some(n);
        Place {
            byte: self.start + from as u64,
            len: u32::try_from(to.saturating_sub(from)).unwrap_or(u32::MAX),
            line: self.line + u32::try_from(lines).unwrap_or(0),
            segment: ordinal(s.at()),
            tag: String::from_utf8_lossy(s.tag_bytes()).as_ref().into(),
            element: some(element),
            component: some(component),
        }
    }

    /// Returns the span from one segment to another, terminator included.
    pub fn span(&self, from: &Segment<'_>, to: usize) -> Span {
        let start = self.to_raw(from.range().0);
        let end = self.index.end_of(to).map_or(start, |end| self.to_raw(end) + 1).min(self.raw.len());
        Span {
            segment: ordinal(from.at()),
            start: self.start + start as u64,
            len: u32::try_from(end.saturating_sub(start)).unwrap_or(u32::MAX),
        }
    }

    /// Deals with a segment that the family has no use for.
    pub fn other(&mut self, s: &Segment<'_>, ignored: &[Ignored]) -> Outcome {
        // What is left unread mostly comes again with the next container.
        let passed = (s.tag(), ignored.as_ptr());
        if passed == self.passed || ignored.iter().any(|(tag, _)| *tag == s.tag()) {
            self.passed = passed;
            return Outcome::Ignored;
        }
        let written = String::from_utf8_lossy(s.tag_bytes()).chars().take(20).collect::<String>();
        if s.tag() == Tag::NONE {
            self.find(&f::BAD_TAG, s, (0, 0), format!("`{written}` is no segment tag"));
        } else {
            let message = format!("segment `{written}` is not part of {} as it is read", self.header.kind);
            self.find(&f::UNEXPECTED, s, (0, 0), message);
        }
        Outcome::Found
    }

    /// Says that tags are in lower case, once.
    pub fn say_lower_case(&mut self) {
        if !self.index.unusual {
            return;
        }
        if self.unwrapped.is_some_and(|u| u.raised)
            && let Some(s) = self.segment(0)
        {
            self.find(
                &f::LOWER_CASE,
                &s,
                (0, 0),
                "the whole message is in lower case; it is read in upper case",
            );
            return;
        }
        let lower = (0..self.len().min(50))
            .filter_map(|at| self.segment(at))
            .find(|s| s.tag_bytes().iter().any(u8::is_ascii_lowercase));
        if let Some(s) = lower {
            self.find(&f::LOWER_CASE, &s, (0, 0), "segment tags are in lower case");
        }
    }

    /// Says that repetitions of elements were left out, once.
    pub fn say_repetitions(&mut self) {
        if let Some((count, at)) = self.unwrapped.and_then(|u| u.repetitions)
            && let Some(s) = self.segment(at)
        {
            let message = format!("{count} repetitions of an element were left out, the first here");
            self.find(&f::REPEATED, &s, (0, 0), message);
        }
    }

    /// Returns the place in the message as received of a place in what is read.
    fn to_raw(&self, at: usize) -> usize {
        self.unwrapped.map_or(at, |u| u.to_raw(at))
    }
}

/// Ordinals count from 1, the message header being 1.
fn ordinal(at: usize) -> u32 {
    u32::try_from(at + 1).unwrap_or(u32::MAX)
}
