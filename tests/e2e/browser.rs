//! The pages in real Chromium, against the real demo.

use super::server::Server;
use super::{installed, sealane, skip};
use std::process::Command;

#[test]
fn the_demos_pages_work_in_chromium() {
    let test = "the_demos_pages_work_in_chromium";
    for program in ["chromium", "node"] {
        if !installed(program) {
            return skip(test, program);
        }
    }
    let mut demo = sealane();
    demo.args(["demo", "--port", "0", "--speed", "3600"]);
    let demo = Server::start(demo);
    let shots = tempfile::tempdir().unwrap();
    let folder = std::env::var("SEALANE_SHOTS").unwrap_or_else(|_| shots.path().display().to_string());
    let output = Command::new("node")
        .arg(crate::rules::root().join("tests/browser/run.mjs"))
        .env("SEALANE_URL", format!("http://{}", demo.address))
        .env("SEALANE_SHOTS", folder)
        .output()
        .unwrap();
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{stdout}\n{stderr}");
}
