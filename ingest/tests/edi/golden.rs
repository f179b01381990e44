//! Every `tests/messages/<family>/<name>.edi` reads as its `<name>.json` says. `BLESS=1` rewrites.

use sealane_ingest::Reading;
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/messages")
}

/// Returns every sample, in order.
fn samples() -> Vec<PathBuf> {
    let mut found = Vec::new();
    for family in fs::read_dir(folder()).unwrap() {
        let family = family.unwrap().path();
        if !family.is_dir() {
            continue;
        }
        found.extend(
            fs::read_dir(family)
                .unwrap()
                .map(|f| f.unwrap().path())
                .filter(|f| f.extension().is_some_and(|e| e == "edi")),
        );
    }
    found.sort();
    found
}

/// Returns a reading as JSON, without what differs by profile.
fn told(reading: &Reading) -> Value {
    let messages: Vec<Value> = reading
        .messages
        .iter()
        .map(|m| {
            let mut value = serde_json::to_value(m).unwrap();
            value["reading"]["profile"] = json!(0);
            value["key"] = json!(format!("{:032x}", u128::from_be_bytes(m.key)));
            value
        })
        .collect();
    json!({
        "messages": messages,
        "findings": reading.findings,
        "interchanges": reading.interchanges.iter().map(|i| json!({
            "sender": i.envelope.sender.0, "reference": i.envelope.reference, "messages": i.messages, "sound": i.sound,
        })).collect::<Vec<_>>(),
        "acknowledgement": reading.acknowledgement,
    })
}

#[test]
fn samples_read_as_expected() {
    let bless = std::env::var_os("BLESS").is_some();
    let mut wrong = Vec::new();
    let samples = samples();
    assert!(samples.len() > 50, "only {} samples found", samples.len());
    for path in samples {
        let reading = super::read(&fs::read(&path).unwrap());
        let text = format!("{}\n", serde_json::to_string_pretty(&told(&reading)).unwrap());
        let expected = path.with_extension("json");
        if bless {
            fs::write(&expected, &text).unwrap();
        } else if fs::read_to_string(&expected).ok().as_deref() != Some(&text) {
            wrong.push(format!("{}:\n{text}", path.display()));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} samples read otherwise (BLESS=1 rewrites them):\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn spans_point_at_what_was_read() {
    for path in samples() {
        let bytes = fs::read(&path).unwrap();
        let reading = super::read(&bytes);
        for message in &reading.messages {
            for observation in &message.observations {
                let start = usize::try_from(observation.span.start).unwrap();
                let span = &bytes[start..start + observation.span.len as usize];
                let head: Vec<u8> =
                    span.iter().filter(|b| **b > 0x20).take(3).map(u8::to_ascii_uppercase).collect();
                assert!(
                    [&b"EQD"[..], b"LOC", b"STS", b"DTM", b"BGM", b"SGP", b"CNI", b"RFF", b"DOC"]
                        .contains(&head.as_slice()),
                    "{}: {head:?}",
                    path.display()
                );
            }
            for finding in &message.findings {
                assert!(
                    finding.place.byte + u64::from(finding.place.len) <= bytes.len() as u64,
                    "{}",
                    path.display()
                );
            }
        }
    }
}

#[test]
fn keys_are_hashes_of_the_message_as_received() {
    let bytes = fs::read(folder().join("codeco/gate_in_d95b_itg14.edi")).unwrap();
    let text = String::from_utf8(bytes.clone()).unwrap();
    let (start, end) = (text.find("UNH").unwrap(), text.find("UNZ").unwrap() - 1);
    let reading = super::read(&bytes);
    assert_eq!(reading.messages[0].key, xxhash_rust::xxh3::xxh3_128(&bytes[start..end]).to_be_bytes());
}
