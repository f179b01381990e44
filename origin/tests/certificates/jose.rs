//! What is signed here is verified by libraries that are not ours (npm `jose`, `canonicalize`).

use sealane_origin::trust::{Jwks, KeyRing, SigningKey, Verdict, sign, verify};
use serde_json::{Value, json};
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

/// Returns whether the libraries are installed; says that the test is skipped if not, and fails
/// where nothing may be skipped (`npm ci --prefix origin/tests/jose`).
fn there(test: &str) -> bool {
    let installed = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/jose/node_modules/jose").is_dir();
    let may_skip = std::env::var_os("SEALANE_NO_SKIP").is_none();
    assert!(installed || may_skip, "{test} may not be skipped, but npm's jose is missing");
    if !installed {
        eprintln!("skipped: {test} (npm ci --prefix origin/tests/jose was not run)");
    }
    installed
}

/// Asks the other implementation about a document, its signature and the keys.
fn asked(document: &[u8], jws: &str, keys: &Jwks) -> Value {
    let mut node = Command::new("node")
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/jose/verify.mjs"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let input = json!({"document": String::from_utf8_lossy(document), "jws": jws, "jwks": keys});
    node.stdin.take().unwrap().write_all(input.to_string().as_bytes()).unwrap();
    let output = node.wait_with_output().unwrap();
    assert!(output.status.success());
    serde_json::from_slice(&output.stdout).unwrap()
}

fn document() -> Value {
    let line: Vec<Value> = (0..500)
        .map(|n| {
            let share = f64::from(n) / 499.0;
            json!([
                ((122.075 - 21.0 * share) * 1e6).round() / 1e6,
                ((30.6133 - 28.0 * share) * 1e6).round() / 1e6
            ])
        })
        .collect();
    json!({"type": "FeatureCollection", "features": [{"geometry": {"type": "LineString", "coordinates": line}}],
        "sealane": {"name": "Công ty 例 \u{1f600}\u{7f}\u{2028}", "tiny": 1e-7, "large": 1e21, "whole": 3.0, "€": 1, "\u{fb33}": 2, "\u{1f600}": 3}})
}

#[test]
fn another_implementation_verifies_and_finds_every_flipped_byte() {
    if !there("another_implementation_verifies_and_finds_every_flipped_byte") {
        return;
    }
    let key = SigningKey::from_bytes(&[42; 32]).unwrap();
    let at = "2026-09-10T06:00:00Z".parse().unwrap();
    let ring = KeyRing::new("sealane.example", key, Vec::new());
    let signed = sign(&document(), &ring.domain, ring.current(), at);
    let found = asked(&signed.bytes, &signed.jws, &ring.jwks(at));
    assert_eq!(
        found,
        json!({"canonical": true, "detached": true, "intact": true, "by": "sealane.example",
            "kid": ring.current().kid(), "thumbprint": ring.current().kid()})
    );
    let flipped =
        String::from_utf8(signed.bytes.clone()).unwrap().replacen("122.075", "122.076", 1).into_bytes();
    assert_eq!(flipped.len(), signed.bytes.len());
    assert_eq!(flipped.iter().zip(&signed.bytes).filter(|(a, b)| a != b).count(), 1);
    let found = asked(&flipped, &signed.jws, &ring.jwks(at));
    assert_eq!(
        (&found["intact"], &found["code"]),
        (&json!(false), &json!("ERR_JWS_SIGNATURE_VERIFICATION_FAILED"))
    );
    assert!(matches!(verify(&flipped, &signed.jws, &ring.trusted()), Verdict::Flawed(_)));
    let other = KeyRing::new("sealane.example", SigningKey::from_bytes(&[43; 32]).unwrap(), Vec::new());
    assert_eq!(asked(&signed.bytes, &signed.jws, &other.jwks(at))["intact"], json!(false));
}
