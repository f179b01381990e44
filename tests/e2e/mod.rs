//! The built binary from end to end: real processes, real sockets, free ports, no sleeps.

mod answers;
mod backup;
mod browser;
mod certificates;
mod commands;
mod consignments;
mod crash;
mod disk;
mod doctor;
mod documents_of_trade;
mod drift;
mod erase;
mod expected;
mod exporters;
mod feeds;
mod groups;
mod guide;
mod kept;
mod live;
mod papers;
mod policy;
mod reconciliation;
mod registries;
mod replays;
mod revisions;
mod samples;
pub(crate) mod server;
mod signed;
mod snapshots;
mod spreadsheets;
mod strangers;
mod tls;
mod tokens;
mod ways;
mod webhooks;
mod worst_day;
mod x12;

use std::process::{Command, Output};

/// Returns the built binary, ready for arguments.
pub(crate) fn sealane() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sealane"));
    command
        .env_remove("SEALANE_DATA")
        .env_remove("SEALANE_LISTEN")
        .env("SEALANE_LOG", "warn")
        .env("NO_COLOR", "1");
    command
}

/// Runs the binary to its end.
pub(crate) fn run(arguments: &[&str]) -> Output {
    sealane().args(arguments).output().expect("the built binary runs")
}

/// Runs the binary and returns what it printed; anything but success fails the test.
pub(crate) fn run_ok(arguments: &[&str]) -> String {
    let output = run(arguments);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?} ended with {}: {stderr}", output.status);
    String::from_utf8(output.stdout).unwrap()
}

/// Says that a test is skipped, by name; with `SEALANE_NO_SKIP=1` a skip is a failure.
pub(crate) fn skip(test: &str, missing: &str) {
    assert!(
        std::env::var_os("SEALANE_NO_SKIP").is_none(),
        "{test} may not be skipped, but {missing} is missing"
    );
    eprintln!("skipped: {test} ({missing} is missing)");
}

/// Returns whether a program is installed.
pub(crate) fn installed(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|dir| dir.join(program).is_file())
}

/// One gate-in and one load of one container, as a terminal would send it.
pub(crate) fn codeco(reference: &str, container: &str, booking: &str, gate: &str, local: &str) -> String {
    let segments = [
        format!("UNB+UNOA:2+TERMINAL+FORWARDER+260905:0900+IC{reference}"),
        format!("UNH+{reference}+CODECO:D:95B:UN:ITG14"),
        format!("BGM+{gate}+DOC{reference}+9"),
        "NAD+CF+COS:160:20".to_owned(),
        format!("EQD+CN+{container}+45G1:102:5++2+5"),
        format!("RFF+BN:{booking}"),
        format!("DTM+7:{local}:203"),
        "LOC+165+CNSGH:139:6+SGICT:TER:306".to_owned(),
        "CNT+16:1".to_owned(),
        format!("UNT+9+{reference}"),
        format!("UNZ+1+IC{reference}"),
    ];
    segments.iter().map(|s| format!("{s}'")).collect()
}

/// A load or discharge report of one container.
pub(crate) fn coarri(
    reference: &str,
    container: &str,
    booking: &str,
    load: bool,
    place: &str,
    local: &str,
) -> String {
    let (code, qualifier) = if load { ("46", "9") } else { ("44", "11") };
    let segments = [
        format!("UNB+UNOA:2+TERMINAL+LINE+260905:0900+IC{reference}"),
        format!("UNH+{reference}+COARRI:D:95B:UN:ITG13"),
        format!("BGM+{code}+DOC{reference}+9"),
        "TDT+20+2609S+1++COS:172:20+++9074729:146:11:EXAMPLE STAR".to_owned(),
        format!("LOC+{qualifier}+{place}"),
        format!("EQD+CN+{container}+45G1:102:5++2+5"),
        format!("RFF+BN:{booking}"),
        format!("DTM+203:{local}:203"),
        "LOC+9+CNSGH:139:6".to_owned(),
        "LOC+11+MYPKG:139:6".to_owned(),
        "CNT+16:1".to_owned(),
        format!("UNT+11+{reference}"),
        format!("UNZ+1+IC{reference}"),
    ];
    segments.iter().map(|s| format!("{s}'")).collect()
}
