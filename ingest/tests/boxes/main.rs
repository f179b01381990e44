//! Drop boxes and mailboxes against real peers over real sockets: OpenSSH's `sftp`, russh's client, Dovecot.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::manual_assert,
    clippy::string_slice,
    clippy::too_many_lines,
    clippy::print_stderr,
    reason = "tests stop by panicking, an attack is a list, and it is said what is skipped"
)]

mod attacks;
mod clients;
mod docs;
mod dovecot;
mod drops;
mod log;
mod mails;
mod openssh;
mod scripted;

/// Returns whether a program is installed, also where only root looks.
fn installed(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let dirs = std::env::split_paths(&path).chain(["/usr/sbin".into(), "/usr/bin".into()]);
    dirs.into_iter().any(|dir: std::path::PathBuf| dir.join(program).is_file())
}

/// Says that a test is skipped, by name; with `SEALANE_NO_SKIP=1` a skip is a failure.
fn skip(test: &str, missing: &str) {
    assert!(
        std::env::var_os("SEALANE_NO_SKIP").is_none(),
        "{test} may not be skipped, but {missing} is missing"
    );
    eprintln!("skipped: {test} ({missing} is missing)");
}
