//! Every `tests/messages/<set>/<name>.x12` reads as its `<name>.json` says. `BLESS=1` rewrites.

use sealane_ingest::Reading;
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};

/// Returns every sample, in order.
fn samples() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/messages");
    let families = fs::read_dir(folder).unwrap().map(|f| f.unwrap().path()).filter(|f| f.is_dir());
    let files = families.flat_map(|f| fs::read_dir(f).unwrap().map(|f| f.unwrap().path()));
    let mut found: Vec<_> = files.filter(|f| f.extension().is_some_and(|e| e == "x12")).collect();
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
fn x12_golden_samples_read_as_expected() {
    let bless = std::env::var_os("BLESS").is_some();
    let samples = samples();
    assert!(samples.len() > 10, "only {} samples found", samples.len());
    let mut wrong = Vec::new();
    for path in samples {
        let bytes = fs::read(&path).unwrap();
        let reading = super::read(&bytes);
        for o in reading.messages.iter().flat_map(|m| &m.observations) {
            let start = usize::try_from(o.span.start).unwrap();
            let span = &bytes[start..start + o.span.len as usize];
            assert!(span[0].is_ascii_uppercase() && span.len() > 5, "{}: {span:?}", path.display());
        }
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
