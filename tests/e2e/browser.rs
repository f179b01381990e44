//! The pages and the map element in real Chromium: on the demo's own pages and on pages of other sites.

use super::certificates::{enter, gate_and_load};
use super::server::{Server, data};
use super::{installed, sealane, skip};
use std::process::Command;
use std::sync::{Mutex, PoisonError};

/// Two browsers at once would be slow enough to fail what is timed.
static BROWSER: Mutex<()> = Mutex::new(());

/// Returns whether every program is there, saying which one is missing.
fn there(test: &str, programs: &[&str]) -> bool {
    let missing = programs.iter().find(|program| !installed(program));
    if let Some(missing) = missing {
        skip(test, missing);
    }
    missing.is_none()
}

/// Runs a script of `tests/browser` to its good end.
fn run(script: &str, variables: &[(&str, &str)]) {
    let shots = tempfile::tempdir().unwrap();
    let folder = std::env::var("SEALANE_SHOTS").unwrap_or_else(|_| shots.path().display().to_string());
    let output = Command::new("node")
        .arg(crate::rules::root().join("tests/browser").join(script))
        .env("SEALANE_SHOTS", folder)
        .envs(variables.iter().copied())
        .output()
        .unwrap();
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{stdout}\n{stderr}");
}

#[test]
fn the_demos_pages_work_in_chromium() {
    if !there("the_demos_pages_work_in_chromium", &["chromium", "node"]) {
        return;
    }
    let _one = BROWSER.lock().unwrap_or_else(PoisonError::into_inner);
    let mut demo = sealane();
    demo.args(["demo", "--port", "0", "--speed", "3600"]);
    let demo = Server::start(demo);
    run("run.mjs", &[("SEALANE_URL", &format!("http://{}", demo.address))]);
}

/// A server with two published certificates of goods at sea, a site that its key is bound to and
/// one that it is not, and a proxy that can break `WebSocket`s.
#[test]
fn maps_on_other_sites_work_in_chromium() {
    if !there("maps_on_other_sites_work_in_chromium", &["chromium", "node", "php"]) {
        return;
    }
    let _one = BROWSER.lock().unwrap_or_else(PoisonError::into_inner);
    let (_dir, data) = data();
    let server = Server::serve(&data);
    gate_and_load(&server);
    let ids = ["EXAMPLE-0001", "EXAMPLE-0002"].map(|number| {
        let id = enter(&server, number);
        assert_eq!(server.ask("POST", &format!("/v1/certificates/{id}/publish"), b"").status, 200);
        id
    });
    run(
        "run.mjs",
        &[
            ("SEALANE_SUITE", "sites"),
            ("SEALANE_URL", &format!("http://{}", server.address)),
            ("SEALANE_BIN", env!("CARGO_BIN_EXE_sealane")),
            ("SEALANE_DATA", data.to_str().unwrap()),
            ("SEALANE_KEY", server.key.as_deref().unwrap()),
            ("SEALANE_CERTIFICATES", &ids.join(",")),
        ],
    );
}

#[test]
fn the_elements_sources_are_typed_worded_and_documented() {
    if there("the_elements_sources_are_typed_worded_and_documented", &["node"]) {
        run("sources.mjs", &[]);
    }
}
