//! Signatures from end to end: what `serve` gives out is verified by the command line and by another
//! implementation, survives a restart and a rotation, and one flipped byte fails.

use super::certificates::{bindings, certificate, discharge, enter, gate_and_load};
use super::server::{Answer, Server, data};
use super::{run, run_ok, skip};
use serde_json::{Value, json};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

fn saved(dir: &Path, name: &str, bytes: &[u8]) -> PathBuf {
    let path = dir.join(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

fn ok(answer: Answer) -> Vec<u8> {
    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
    answer.body
}

/// Runs `sealane verify` and returns its exit code and what it printed.
fn verify(arguments: &[&str]) -> (i32, String) {
    let output = run(&[&["verify"], arguments].concat());
    (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap())
}

#[test]
fn a_route_is_signed_and_says_who_wrote_it() {
    let (dir, data) = data();
    std::fs::create_dir_all(&data).unwrap();
    std::fs::write(data.join("sealane.toml"), "domain = \"maps.example\"\n").unwrap();
    let server = Server::serve(&data);
    let id = enter(&server, "EXAMPLE-0001");
    gate_and_load(&server);
    let path = format!("/v1/certificates/{id}");
    let route = ok(server.ask("GET", &format!("{path}/route"), b""));
    let jws = ok(server.ask("GET", &format!("{path}/route.jws"), b""));
    let public_keys = ok(server.ask_with("GET", "/.well-known/jwks.json", &[], None, b""));
    let file = saved(dir.path(), "route.geojson", &route);
    saved(dir.path(), "route.geojson.jws", &jws);
    let keys = saved(dir.path(), "jwks.json", &public_keys);
    let known = format!("maps.example={}", keys.display());
    let file = file.to_str().unwrap();
    assert_eq!(
        verify(&[file, "--keys", &known]),
        (0, "signature intact: written by maps.example\n".to_owned())
    );
    // Whose keys they are is decided by who asks, never by the document.
    let posing = format!("other.example={}", keys.display());
    assert_eq!(verify(&[file, "--keys", &posing]).0, 1);
    assert_eq!(verify(&[file]).0, 2, "without keys nothing can be said of who wrote it");
    for at in [1, route.len() / 2, route.len() - 2] {
        let mut flipped = route.clone();
        flipped[at] ^= 1;
        let flipped = saved(dir.path(), "flipped.geojson", &flipped);
        let signature = format!("{file}.jws");
        let told = verify(&[flipped.to_str().unwrap(), "--signature", &signature, "--keys", &known]);
        assert_eq!(told.0, 1, "byte {at}: {}", told.1);
    }
    // The same after a rotation and a restart: old keys stay served, the chain goes on.
    let fresh = run_ok(&["keys", "--data", data.to_str().unwrap(), "rotate"]);
    drop(server);
    let server = Server::serve(&data);
    let public_keys = server.get("/.well-known/jwks.json");
    assert_eq!(public_keys["keys"][0]["kid"], fresh.trim());
    let keys = saved(dir.path(), "jwks.json", public_keys.to_string().as_bytes());
    let known = format!("maps.example={}", keys.display());
    assert_eq!(verify(&[file, "--keys", &known]).0, 0, "what the old key signed still verifies");
    assert_eq!(server.ask("POST", "/v1/submissions", discharge().as_bytes()).status, 200);
    ok(server.ask("GET", &format!("{path}/route.jws"), b""));
    let chain = server.get(&format!("{path}/chain"));
    let links: Vec<sealane_data::certificate::Emitted> =
        serde_json::from_value(chain["chain"].clone()).unwrap();
    assert_eq!(links.len(), 2, "{chain}");
    assert!(sealane_origin::trust::verify_chain(&links).is_ok());
}

#[test]
fn another_implementation_verifies_what_is_served() {
    let test = "another_implementation_verifies_what_is_served";
    let folder = crate::rules::root().join("origin/tests/jose");
    if !folder.join("node_modules/jose").is_dir() {
        return skip(test, "npm's jose (npm ci --prefix origin/tests/jose)");
    }
    let (_dir, data) = data();
    let server = Server::serve(&data);
    let id = enter(&server, "EXAMPLE-0001");
    gate_and_load(&server);
    let path = format!("/v1/certificates/{id}");
    let document = String::from_utf8(ok(server.ask("GET", &format!("{path}/route"), b""))).unwrap();
    let jws = String::from_utf8(ok(server.ask("GET", &format!("{path}/route.jws"), b""))).unwrap();
    let public_keys = server.get("/.well-known/jwks.json");
    let asked = |document: &str| -> Value {
        let mut node = Command::new("node")
            .arg(folder.join("verify.mjs"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let input = json!({"document": document, "jws": jws, "jwks": public_keys}).to_string();
        node.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        serde_json::from_slice(&node.wait_with_output().unwrap().stdout).unwrap()
    };
    let told = asked(&document);
    assert_eq!(
        (&told["intact"], &told["canonical"], &told["by"]),
        (&json!(true), &json!(true), &json!("localhost"))
    );
    let flipped = document.replacen("FeatureCollection", "FeatureCollectioo", 1);
    assert_ne!(flipped, document);
    assert_eq!(asked(&flipped)["intact"], false);
}

#[test]
fn an_evidence_pack_verifies_whole_and_names_its_sources() {
    let (dir, data) = data();
    let server = Server::serve(&data);
    let id = enter(&server, "EXAMPLE-0001");
    gate_and_load(&server);
    server.ask("POST", "/v1/submissions", discharge().as_bytes());
    let pack = ok(server.ask("GET", &format!("/v1/certificates/{id}/evidence"), b""));
    let file = saved(dir.path(), "evidence.zip", &pack);
    let file = file.to_str().unwrap();
    let own = data.to_str().unwrap();
    let (code, told) = verify(&[file, "--data", own]);
    assert_eq!(code, 0, "{told}");
    assert!(told.contains("evidence.json: signature intact: written by localhost"), "{told}");
    assert_eq!(verify(&[file]).0, 3, "intact, but nobody here knows the keys");
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(&pack)).unwrap();
    let mut text = String::new();
    std::io::Read::read_to_string(&mut zip.by_name("evidence.json").unwrap(), &mut text).unwrap();
    let evidence: Value = serde_json::from_str(&text).unwrap();
    let sources = evidence["sources"].as_array().unwrap();
    let digest = sealane_data::submission::Sha256::of(discharge().as_bytes()).hex();
    assert!(sources.iter().any(|s| s["sha256"] == digest.as_str()), "the bytes that told it: {sources:?}");
    assert_eq!(evidence["unsourced"], json!([]), "nothing rests on what cannot be shown");
    // A file that was changed and packed again.
    let mut again = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for n in 0..zip.len() {
        let mut entry = zip.by_index(n).unwrap();
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut entry, &mut bytes).unwrap();
        let name = entry.name().unwrap().into_owned();
        if name == "evidence.pdf" {
            let last = bytes.len() - 1;
            bytes[last] ^= 1;
        }
        again.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        again.write_all(&bytes).unwrap();
    }
    let changed = saved(dir.path(), "changed.zip", &again.finish().unwrap().into_inner());
    let (code, told) = verify(&[changed.to_str().unwrap(), "--data", own]);
    assert_eq!(code, 1);
    assert!(told.contains("not what was signed: evidence.pdf"), "{told}");
}

#[test]
fn a_certificate_ends_by_the_clock_and_stays_readable_as_it_was() {
    let (_dir, data) = data();
    let server = Server::serve(&data);
    let mut old = certificate("EXAMPLE-OLD", bindings());
    old["lifecycle"] = json!({"state": "issued", "issued_on": "2024-01-10", "valid_until": "2025-01-09"});
    let id = server.ask("POST", "/v1/certificates", old.to_string().as_bytes()).json()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let path = format!("/v1/certificates/{id}");
    assert_eq!(server.get(&path)["lifecycle"]["state"], "issued");
    let taken = jiff::Timestamp::now();
    assert_eq!(server.ask("POST", &format!("{path}/publish"), b"").status, 200);
    drop(server);
    // The scheduler looks at its start, and every minute then.
    let server = Server::serve(&data);
    let begun = Instant::now();
    let ended = loop {
        let view = server.get(&path);
        if view["lifecycle"]["state"] == "expired" {
            break view;
        }
        assert!(begun.elapsed() < Duration::from_secs(50), "{view}");
        std::thread::yield_now();
    };
    assert_eq!(ended["lifecycle"]["source"], "recorded");
    let events = server.get(&format!("{path}/events"));
    assert_eq!(
        (&events["events"][0]["to"], &events["events"][0]["party"]),
        (&json!("expired"), &json!("operator"))
    );
    let then = server.get(&format!("{path}?as_of={taken}"));
    assert_eq!((&then["lifecycle"]["state"], &then["published"]), (&json!("issued"), &json!(false)));
    assert_eq!((&then["bindings"][0]["bound"], &then["verify"]), (&json!(null), &json!(null)), "{then}");
    assert_eq!(server.get(&path)["published"], true);
    let before = server.ask("GET", &format!("{path}?as_of=2024-01-01T00:00:00Z"), b"");
    assert_eq!(before.status, 404, "there was none");
}
