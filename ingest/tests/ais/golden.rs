//! Golden samples: own files, encoded by hand with pyais and the simulator.

use crate::world::read;
use serde_json::json;
use std::path::Path;

#[test]
fn ais_golden_samples_read_as_expected() {
    for file in ["synthetic_mixed.nmea", "synthetic_aisstream.ndjson"] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/messages/ais").join(file);
        let reading = read(&std::fs::read(&path).unwrap());
        let mut messages = serde_json::to_value(&reading.messages).unwrap();
        for message in messages.as_array_mut().unwrap() {
            message["reading"]["profile"] = json!(0);
            message["key"] = json!("");
        }
        let told = json!({ "messages": messages, "findings": reading.findings });
        let text = format!("{told:#}\n");
        let expected = path.with_extension("json");
        if std::env::var_os("BLESS").is_some() {
            std::fs::write(&expected, &text).unwrap();
        }
        let kept = std::fs::read_to_string(&expected).unwrap_or_default();
        assert!(kept == text, "{file} reads otherwise (BLESS=1 rewrites it):\n{text}");
    }
}
