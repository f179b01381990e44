//! Any bytes: no panic, every byte accounted for, and streaming changes nothing.

use proptest::prelude::*;
use sealane_data::partner::Partner;
use sealane_ingest::formats::edifact::{Cut, Totals};
use sealane_ingest::formats::x12::Cutter;
use sealane_ingest::{Item, ReadContext, Reading, read_stream};
use std::ops::ControlFlow;

/// Cuts `bytes` in portions and returns the windows' ranges and what became of every byte.
fn cut(bytes: &[u8], portion: usize) -> (Vec<(u64, usize)>, Vec<String>, Totals) {
    let mut cutter = Cutter::new(None);
    let (mut windows, mut found) = (Vec::new(), Vec::new());
    let mut buffer = Vec::new();
    let mut rest = bytes;
    loop {
        let (now, later) = rest.split_at(portion.min(rest.len()));
        buffer.extend_from_slice(now);
        rest = later;
        let step = cutter.feed(&buffer, rest.is_empty(), &mut |c| {
            match c {
                Cut::Message(w) => {
                    assert_eq!(&bytes[usize::try_from(w.start).unwrap()..][..w.bytes.len()], w.bytes);
                    windows.push((w.start, w.bytes.len()));
                }
                Cut::Finding(f) => found.push(format!("{f:?}")),
                Cut::Opened(..) | Cut::Closed(_) => {}
            }
            ControlFlow::Continue(())
        });
        let ControlFlow::Continue(done) = step else { unreachable!("the sink never breaks") };
        buffer.drain(..done);
        if rest.is_empty() {
            assert!(buffer.is_empty(), "bytes were left over");
            return (windows, found, cutter.totals());
        }
    }
}

fn streamed(bytes: &[u8]) -> Reading {
    let partner = Partner::operator();
    let cx = ReadContext { partner: &partner, wants_ack: false };
    let mut reading = Reading::default();
    read_stream(bytes, cx, &mut |item| {
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

/// Pieces that look like X12.
const PIECES: &[&str] = &[
    "ISA*00*          *00*          *ZZ*SIMA           *ZZ*SEALANE        *260905*1430*U*00401*000000321*0*P*>~",
    "ISA*00*          *00*          *ZZ*SIMA           *ZZ*SEALANE        *260905*1430*^*00501*000000321*1*T*>\n",
    "ISA|00||00||ZZ|A|ZZ|B|260905|1430|U|00401|7|0|P|>'",
    "ISA*00*",
    "GS*QO*SIMA*SEALANE*20260905*1430*77*X*004010~",
    "GS*RO*A*B*20260905*1430*78*X*005010~",
    "ST*301*0001~",
    "ST*303*0002~",
    "ST*310*0003~",
    "ST*315*0004~",
    "ST*322*0005~",
    "ST*323*0006~",
    "ST*324*0007~",
    "ST*997*0008~",
    "ST*214*0009~",
    "B1*SCAC*BKG77001*20260901*A~",
    "B1*SCAC*BKG77001*20260901*E~",
    "B2A*01~",
    "B3*3*INV1*BL77001*PP**20260901*0~",
    "B4***UV*20260904*0807**CSQU*305438*L*45G1*MYPKG*UN*3~",
    "Q5*A*20260904*0807*PD**CHICAGO*IL*US~",
    "Q2*9074729********12W***L*SHIP~",
    "V1*9074729*SHIP*PA*12W*SCAC***L~",
    "V4*0140682~",
    "V9*ARR**20260904*0807~",
    "Y3*BKG77001*SCAC*20260904*20260920~",
    "N1*SH*X*25*77~",
    "N7*CSQU*305438*24180*G*******CN******K*3****45G1~",
    "W2*CSQU*305438**CN*L********3~",
    "M7*S1*S2~",
    "N9*BM*BL77001~",
    "N9*EQ*CSQU3054383~",
    "R4*L*UN*CNSGH*SHANGHAI*CN~",
    "R4*D*K*55751*PORT KLANG*MY~",
    "R4*T*UN*SGSIN~",
    "R4*7*UN*USCHI~",
    "DTM*140*20260904*0807*LT~",
    "DTM*371*20260904~",
    "AK1*QO*77~",
    "AK9*R*1*1*0~",
    "TA1*000000007*260905*1430*R*006~",
    "BIN*9*a~b~c~d~e~",
    "BDS*ASC*3*~~~~",
    "SE*4*0004~",
    "GE*1*77~",
    "IEA*1*000000321~",
    "~",
    "*",
    "\r\n",
    "\n",
    "\u{feff}",
    "…",
    " ",
    "n9*bn*x~",
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
    fn x12_every_byte_is_accounted_for(bytes in message_bytes()) {
        let (windows, found, totals) = cut(&bytes, usize::MAX);
        let sum = totals.blank + totals.service + totals.message + totals.skipped;
        prop_assert_eq!(sum, bytes.len() as u64);
        prop_assert_eq!(windows.iter().map(|w| w.1 as u64).sum::<u64>(), totals.message);
        prop_assert!(!windows.is_empty() || !found.is_empty() || totals.service > 0);
        prop_assert!(totals.skipped == 0 || !found.is_empty());
        let reading = super::read(&bytes);
        for f in reading.findings.iter().chain(reading.messages.iter().flat_map(|m| &m.findings)) {
            prop_assert!(f.place.byte + u64::from(f.place.len) <= bytes.len() as u64, "{:?}", f);
        }
        for o in reading.messages.iter().flat_map(|m| &m.observations) {
            prop_assert!(o.span.start + u64::from(o.span.len) <= bytes.len() as u64, "{:?}", o.span);
        }
    }

    #[test]
    fn x12_portions_change_nothing(bytes in message_bytes(), portion in 1usize..400) {
        prop_assert_eq!(cut(&bytes, portion), cut(&bytes, usize::MAX));
    }

    #[test]
    fn x12_streams_read_like_slices(bytes in message_bytes()) {
        let mut whole = super::read(&bytes);
        (whole.acknowledgement, whole.unasked) = (None, None);
        prop_assert_eq!(streamed(&bytes), whole);
    }
}

#[test]
fn long_x12_streams_read_like_slices() {
    let set =
        "ST*315*0001~B4***UV*20260904*0807**CSQU*305438*L*45G1*MYPKG*UN*3~\nN9*BN*BKG77001~SE*4*0001~\n";
    let head = "ISA*00*          *00*          *ZZ*SIMA           *ZZ*SEALANE        *260905*1430*U*00401*000000321*0*P*>~";
    let bytes =
        format!("{head}GS*QO*A*B*20260905*1430*77*X*004010~{}GE*9000*77~IEA*1*000000321~", set.repeat(9000));
    let whole = Reading { unasked: None, ..super::read(bytes.as_bytes()) };
    assert_eq!(whole.messages.len(), 9000);
    assert_eq!(whole.messages[8999].observations[0].span.start, bytes.rfind("B4*").unwrap() as u64);
    assert_eq!(streamed(bytes.as_bytes()), whole);
}
