//! Tests of platform files through the public doors: goldens, malformations, properties.
#![allow(clippy::unwrap_used, reason = "tests stop by panicking")]

use proptest::prelude::*;
use sealane_data::observation::{Load, Revision};
use sealane_data::partner::Partner;
use sealane_ingest::formats::edifact::{Cut, Totals};
use sealane_ingest::formats::flat::Cutter;
use sealane_ingest::{Item, ReadContext, Reading, read_stream};
use serde_json::{Value, json};
use std::fs;
use std::ops::ControlFlow;
use std::path::Path;

fn read(bytes: &[u8]) -> Reading {
    let partner = Partner::operator();
    sealane_ingest::read(bytes, ReadContext { partner: &partner, wants_ack: true })
}

fn codes(reading: &Reading) -> Vec<String> {
    let inside = reading.messages.iter().flat_map(|m| &m.findings);
    reading.findings.iter().chain(inside).map(|f| f.code.to_string()).collect()
}

/// Returns a reading as JSON, without what differs by profile.
fn told(reading: &Reading) -> Value {
    let mut messages = serde_json::to_value(&reading.messages).unwrap();
    for message in messages.as_array_mut().unwrap() {
        message["reading"]["profile"] = json!(0);
        message["key"] = json!("");
    }
    json!({ "messages": messages, "findings": reading.findings, "acknowledgement": reading.acknowledgement })
}

#[test]
fn flat_golden_samples_read_as_expected() {
    for file in ["flat_ifcsum/synthetic_manifest.txt", "flat_ctnjjd/synthetic_gb18030.txt"] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/messages").join(file);
        let text = format!("{:#}\n", told(&read(&fs::read(&path).unwrap())));
        let expected = path.with_extension("json");
        if std::env::var_os("BLESS").is_some() {
            fs::write(&expected, &text).unwrap();
        }
        let kept = fs::read_to_string(&expected).unwrap_or_default();
        assert!(kept == text, "{file} reads otherwise (BLESS=1 rewrites it):\n{text}");
    }
}

#[test]
fn a_manifest_ties_containers_to_bills_ports_and_ship() {
    let text = "00:IFCSUM:M:9:A:B:202609041200'10::SYNTHETIC STAR:CN:001E'12:BILL0001::::VNSGN:SAIGON:VNVUT:CAI MEP'13:CNSHG:SHANGHAI'51:1:CSQU3054383:S1:45G1:F'99:6'";
    let reading = read(text.as_bytes());
    assert_eq!(codes(&reading), [""; 0]);
    assert_eq!(reading.acknowledgement, None, "there is no answer in this format");
    let message = &reading.messages[0];
    assert_eq!((message.family.as_str(), message.reading.parser.as_str()), ("IFCSUM:CN-MOT", "flat/ifcsum"));
    let [said] = &message.observations[..] else { panic!("{:?}", message.observations) };
    let boxed = said.equipment.as_ref().unwrap();
    assert_eq!(
        (boxed.number.canonical(), boxed.load, &boxed.seals[..]),
        ("CSQU3054383", Load::Laden, &["S1".into()][..])
    );
    assert_eq!(said.references[0].to_string(), "bl:BILL0001");
    let plan = said.plan.as_ref().unwrap();
    let code = |p: &Option<std::sync::Arc<sealane_data::observation::DeclaredPlace>>| {
        p.as_ref().unwrap().locode.clone().unwrap()
    };
    assert_eq!((code(&plan.load).as_str(), code(&plan.discharge).as_str()), ("VNVUT", "CNSHG"));
    assert_eq!(said.vessel.as_ref().unwrap().voyage.as_deref(), Some("001E"));
    assert_eq!(said.time.unwrap().local.to_string(), "2026-09-04T12:00:00");
}

#[test]
fn malformations_are_said_and_the_rest_is_read() {
    for (text, boxes, found) in [
        ("00:IFCSUM:M:9:A:B:2609041200'12:B1234567'51:1:CSQU3054383'99:4'", 1, &[][..]),
        ("00:IFCSUM:M:9:A:B:'51:1:CSQU3054383'99:3'", 1, &["FLAT-006"]),
        (
            "00:IFCSUM:M:7:A:B:yesterday'12:B1234567'51:1:'51:1:CSQU3054383'99:5'",
            1,
            &["FLAT-007", "FLAT-008", "FLAT-005"],
        ),
        (
            "00:IFCSUM:M:9:A:B:'12:B1234567'xx:1'88:1'88:2'51:1:CSQU3054384'99:7'",
            1,
            &["FLAT-003", "EDI-041", "FLAT-004"],
        ),
        ("00:IFCSUM:M:9:A:B:'12:B1234567'51:1:CSQU3054383", 1, &["EDI-017", "FLAT-001"]),
        ("00:COARRI:M:9:A:B:'50:CSQU3054383'99:3'", 0, &["EDI-030"]),
        ("mail\n00:IFCSUM:M:9:A:B:'12:B1234567'\n51:1:CSQU\n3054383'99:4'", 1, &["EDI-003", "EDI-018"]),
    ] {
        let reading = read(text.as_bytes());
        let all = reading.messages.iter().flat_map(|m| &m.observations);
        assert_eq!(all.filter(|o| o.equipment.is_some()).count(), boxes, "{text}");
        assert_eq!(codes(&reading), found, "{text}");
    }
    assert_eq!(read(b"00:IFCSUM:M:3:A:B:'12:B1234567'99:3'").messages[0].revision, Revision::Cancel);
}

/// Cuts `bytes` in portions and returns the windows and how many bytes are in none; blanks inside
/// what is skipped count as either, by where a portion ends.
fn cut(bytes: &[u8], portion: usize) -> (Vec<(u64, usize)>, u64) {
    let mut cutter = Cutter::new(None);
    let (mut windows, mut buffer, mut rest) = (Vec::new(), Vec::new(), bytes);
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
            let Totals { blank, service, message, skipped } = cutter.totals();
            assert_eq!(blank + service + message + skipped, bytes.len() as u64);
            return (windows, blank + skipped);
        }
    }
}

/// Pieces of files, so that what is made of them is nearly right.
fn piece() -> impl Strategy<Value = Vec<u8>> {
    let parts = [
        "00:IFCSUM:M:9:A:B:202609041200'",
        "00:",
        "99:3'",
        "12:B1'",
        "51:1:CSQU3054383:S:45G1:F'",
        "?'",
        "'",
        "\r\n",
        ":",
        "\u{1}",
    ];
    prop_oneof![
        8 => prop::sample::select(parts.map(|p| p.as_bytes().to_vec()).to_vec()),
        1 => prop::collection::vec(any::<u8>(), 0..12),
    ]
}

proptest! {
    #[test]
    fn any_bytes_are_accounted_for_in_any_portions(pieces in prop::collection::vec(piece(), 0..40), portion in 1_usize..64) {
        let bytes = pieces.concat();
        prop_assert_eq!(cut(&bytes, portion), cut(&bytes, bytes.len().max(1)));
    }

    #[test]
    fn findings_lie_inside_and_streams_read_alike(pieces in prop::collection::vec(piece(), 0..40)) {
        let mut bytes = b"00:IFCSUM:M:9:A:B:202609041200'".to_vec();
        bytes.extend(pieces.concat());
        let reading = read(&bytes);
        for f in reading.findings.iter().chain(reading.messages.iter().flat_map(|m| &m.findings)) {
            prop_assert!(f.place.byte + u64::from(f.place.len) <= bytes.len() as u64, "{:?}", f);
        }
        let partner = Partner::operator();
        let mut messages = Vec::new();
        read_stream(&bytes[..], ReadContext { partner: &partner, wants_ack: false }, &mut |item| {
            if let Item::Message(message) = item {
                messages.push(message);
            }
            ControlFlow::Continue(())
        }).unwrap();
        prop_assert_eq!(messages, reading.messages);
    }
}

#[test]
fn a_bill_of_many_containers_names_each_once() {
    let all: String = (0..200_000).map(|n| format!("51:1:CSQU{n:07}'51:2:csqu {n:07}'")).collect();
    let reading = read(format!("00:IFCSUM:M:9:A:B:202609041200'12:B1234567'{all}99:400003'").as_bytes());
    assert_eq!(reading.messages[0].observations.len(), 200_000);
}
