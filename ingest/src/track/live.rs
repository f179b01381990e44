//! The tracker of a live feed: frames as they are received, and the lines worth submitting.

use super::cleaner::{Cleaner, Context, Kept};
use super::reason::Tally;
use super::settings::{Areas, Settings};
use crate::formats::nmea::Spot;
use jiff::Timestamp;
use std::io::Write as _;

/// Cleans and thins a live feed of AIS; bounded, without a clock and without input or output of its own.
///
/// It remembers nothing over a restart. Give a new one the recorded frames of the last hours with the instants of
/// their receipt and drop what it returns: then it goes on where the one before was.
///
/// ```
/// use sealane_ingest::track::{Nowhere, Settings, Tracker};
/// let mut tracker = Tracker::new(Settings::default());
/// let at = "2026-11-21T12:00:00Z".parse().unwrap();
/// let frame = b"!AIVDM,1,1,,A,16:=?;0P00`SstvFnFbeGH6L088h,0*44\r\n";
/// let lines = tracker.take(frame, "yangshan-1", at, &Nowhere).to_vec();
/// assert!(lines.starts_with(b"\\s:yangshan-1,c:"));
/// assert_eq!(tracker.take(frame, "yangshan-2", at, &Nowhere), b"", "another receiver says the same");
/// ```
#[derive(Debug)]
pub struct Tracker {
    cleaner: Cleaner,
    out: Vec<u8>,
}

impl Tracker {
    /// Returns a tracker that remembers nothing yet.
    pub fn new(settings: Settings) -> Self {
        Self { cleaner: Cleaner::new(settings), out: Vec::new() }
    }

    /// Takes whole lines of sentences, or one JSON frame of aisstream.io, and returns the lines to submit.
    ///
    /// A connection that is cut anywhere gives its bytes up to the last line end; sentences of one message may
    /// come in several calls. `station` is written where a sentence names none. The lines of several calls
    /// may be joined into one submission, sentences and frames apart.
    pub fn take(&mut self, frame: &[u8], station: &str, received: Timestamp, areas: &dyn Areas) -> &[u8] {
        let Self { cleaner, out } = self;
        out.clear();
        let cx = Context { received: Some(received.as_millisecond()), areas, trusts: false };
        if frame.trim_ascii_start().starts_with(b"{") {
            let frame = frame.trim_ascii();
            cleaner.frame(frame, Spot::default(), cx, &mut |kept| write_frame(&kept, out));
            return out;
        }
        for line in frame.split(|b| *b == b'\n') {
            cleaner.line(line, Spot::default(), cx, &mut |kept| {
                let at = kept.at.unwrap_or(received.as_millisecond());
                kept.mark.stamp(kept.station.unwrap_or(station.as_bytes()), at, out);
                out.extend_from_slice(kept.raw);
                out.extend_from_slice(b"\r\n");
            });
        }
        out
    }

    /// Returns what was kept, and what was not and why, since the start.
    pub fn tally(&self) -> &Tally {
        self.cleaner.tally()
    }

    /// Returns how many ships are remembered.
    pub fn ships(&self) -> usize {
        self.cleaner.ships()
    }
}

/// Writes a frame on one line, with its mark as first member.
fn write_frame(kept: &Kept<'_>, out: &mut Vec<u8>) {
    let Some(rest) = kept.raw.strip_prefix(b"{") else { return };
    out.extend_from_slice(b"{\"Sealane\":{\"mark\":\"");
    kept.mark.write(out);
    out.push(b'"');
    if let Some(at) = kept.at.filter(|_| kept.mark.receipt) {
        let _ = write!(out, ",\"at\":{at}");
    }
    out.extend_from_slice(b"},");
    // A line end inside JSON is a blank: texts hold none.
    out.extend(rest.iter().map(|b| if matches!(b, b'\n' | b'\r') { b' ' } else { *b }));
    out.push(b'\n');
}
