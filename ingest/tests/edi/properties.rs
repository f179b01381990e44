//! Any bytes: no panic, every byte accounted for, and streaming changes nothing.

use proptest::prelude::*;
use sealane_data::partner::Partner;
use sealane_ingest::formats::edifact::{Cut, Cutter, Totals};
use sealane_ingest::{Item, ReadContext, Reading, read_stream};
use std::io::{self, Read};
use std::ops::ControlFlow;

/// A reader that gives few bytes at a time.
struct Drip<'a>(&'a [u8], usize);

impl Read for Drip<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let n = self.1.min(out.len()).min(self.0.len());
        out[..n].copy_from_slice(&self.0[..n]);
        self.0 = &self.0[n..];
        Ok(n)
    }
}

/// Cuts `bytes` in portions and returns the windows' ranges and what became of every byte.
fn cut(bytes: &[u8], portion: usize) -> (Vec<(u64, usize)>, Totals) {
    let mut cutter = Cutter::new(None);
    let mut windows = Vec::new();
    let mut buffer = Vec::new();
    let mut rest = bytes;
    loop {
        let (now, later) = rest.split_at(portion.min(rest.len()));
        buffer.extend_from_slice(now);
        rest = later;
        let step = cutter.feed(&buffer, rest.is_empty(), &mut |c| {
            if let Cut::Message(w) = c {
                assert_eq!(&bytes[usize::try_from(w.start).unwrap()..][..w.bytes.len()], w.bytes);
                windows.push((w.start, w.bytes.len()));
            }
            ControlFlow::Continue(())
        });
        let ControlFlow::Continue(done) = step else { unreachable!("the sink never breaks") };
        buffer.drain(..done);
        if rest.is_empty() {
            assert!(buffer.is_empty(), "bytes were left over");
            return (windows, cutter.totals());
        }
    }
}

fn streamed(bytes: &[u8], portion: usize) -> Reading {
    let partner = Partner::operator();
    let cx = ReadContext { partner: &partner, wants_ack: false };
    let mut reading = Reading::default();
    read_stream(Drip(bytes, portion), cx, &mut |item| {
        match item {
            Item::Message(m) => reading.messages.push(m),
            Item::Finding(f) => reading.findings.push(f),
            Item::Interchange(i) => reading.interchanges.push(i),
        }
        ControlFlow::Continue(())
    })
    .unwrap();
    reading
}

/// Pieces that look like EDIFACT.
const PIECES: &[&str] = &[
    "UNA:+.? '",
    "UNA:+.'\n",
    "UNA=*.? ~",
    "UNB+UNOA:2+A+B+260905:1430+R1'",
    "UNB+UNOA:2\n",
    "UNH+1+CODECO:D:95B:UN'",
    "UNH+2+COARRI:D:00B:UN:SMDG20'",
    "UNH+3+IFTSTA:D:95B:UN'",
    "UNH+4+IFTSAI:D:99B:UN'",
    "UNH+5+BAPLIE:D:95B:UN'",
    "UNH+6+IFTMIN:D:95B:UN'",
    "UNH+7+IFTMBC:D:00B:UN'",
    "UNH+8+IFTMCS:D:00B:UN'",
    "UNH+9+CALINF:D:95B:UN'",
    "UNH+10+VESDEP:D:00B:UN'",
    "LOC+147+0140682::5'",
    "LOC+5+MYPKG:139:6'",
    "LOC+11+VNVUT'",
    "LOC+13+SGSIN'",
    "MEA+VGM++KGM:24180'",
    "RFF+MB:ZZAU1234'",
    "RFF+BM:ZZAU1235'",
    "GID+1'",
    "SGP+CSQU3054383'",
    "DOC+861+CO-1234'",
    "SEL+S1'",
    "CNT+16:1'",
    "BGM+705+B/L-77+9+RE'",
    "DTM+186:202609051420:203'",
    "BGM+34+X+9'",
    "BGM+44+X+9'",
    "EQD+CN+CSQU3054383+45G1:102:5++3+5'",
    "DTM+203:202609051420:203'",
    "DTM+132:2026'",
    "LOC+165+MYPKG:139:6+WPT:72'",
    "LOC+9+CNSGH'",
    "TDT+20+1+1++X:172:20+++9074729:146:11:SHIP'",
    "STS+1+29'",
    "CNI+1'",
    "RFF+BN:ABC123'",
    "NAD+CZ+X'",
    "UNT+5+1'",
    "UNE+1+G'",
    "UNG+CODECO'",
    "UNZ+1+R1'",
    "\r\n",
    "\n",
    "'",
    "?",
    "+",
    ":",
    "\u{feff}",
    "\x1a",
    " ",
    "BBBB+1'",
    "eqd+cn'",
    "FTX+AAA+++IT?'S'",
];

/// Pieces in any order, among them some that look like nothing.
fn piece() -> impl Strategy<Value = Vec<u8>> {
    let fixed = prop::sample::select(PIECES).prop_map(|s| s.as_bytes().to_vec());
    prop_oneof![8 => fixed, 1 => prop::collection::vec(any::<u8>(), 0..12)]
}

fn message_bytes() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        prop::collection::vec(piece(), 0..60).prop_map(|p| p.concat()),
        prop::collection::vec(any::<u8>(), 0..600),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_byte_is_accounted_for(bytes in message_bytes()) {
        let (windows, totals) = cut(&bytes, usize::MAX);
        let sum = totals.blank + totals.service + totals.message + totals.skipped;
        prop_assert_eq!(sum, bytes.len() as u64);
        prop_assert_eq!(windows.iter().map(|w| w.1 as u64).sum::<u64>(), totals.message);
        let reading = super::read(&bytes);
        prop_assert!(!reading.messages.is_empty() || !reading.findings.is_empty() || totals.service > 0);
        prop_assert!(totals.skipped == 0 || !reading.findings.is_empty());
        for f in reading.findings.iter().chain(reading.messages.iter().flat_map(|m| &m.findings)) {
            prop_assert!(f.place.byte + u64::from(f.place.len) <= bytes.len() as u64, "{:?}", f);
        }
    }

    #[test]
    fn portions_change_nothing(bytes in message_bytes(), portion in 1usize..400) {
        prop_assert_eq!(cut(&bytes, portion), cut(&bytes, usize::MAX));
    }

    #[test]
    fn streams_read_like_slices(bytes in message_bytes(), portion in 1usize..64) {
        let mut whole = super::read(&bytes);
        (whole.acknowledgement, whole.unasked) = (None, None);
        prop_assert_eq!(streamed(&bytes, portion), whole);
    }
}

/// Found by `every_byte_is_accounted_for`: the finding's place reached one byte beyond the file.
#[test]
fn a_file_cut_after_a_wrapped_release_character_has_places_inside_it() {
    let bytes = b"UNH+1+CODECO:D:95B:UN'UNB+UNOA:2\n?";
    let reading = super::read(bytes);
    for f in reading.findings.iter().chain(reading.messages.iter().flat_map(|m| &m.findings)) {
        assert!(f.place.byte + u64::from(f.place.len) <= bytes.len() as u64, "{f:?}");
    }
}

#[test]
fn long_streams_read_like_slices() {
    let message = "UNH+1+CODECO:D:95B:UN'\nBGM+34+X+9'\nEQD+CN+CSQU3054383+45G1:102:5++3+5'\nDTM+203:202609051420:203'\nLOC+165+MYPKG:139:6'\nUNT+6+1'\n";
    let bytes = format!("UNB+UNOA:2+A+B+260905:1430+REF1'\n{}UNZ+9000+REF1'\n", message.repeat(9000));
    let whole = Reading { unasked: None, ..super::read(bytes.as_bytes()) };
    assert_eq!(whole.messages.len(), 9000);
    assert_eq!(whole.messages[8999].observations[0].span.start, bytes.rfind("EQD").unwrap() as u64);
    assert_eq!(streamed(bytes.as_bytes(), 100_000), whole);
}
