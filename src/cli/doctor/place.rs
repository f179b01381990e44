//! Checks of the directory: who is there, room, secrets, partners.

#![expect(clippy::unnecessary_wraps, reason = "every check has the shape that the table asks for")]

use super::{Patient, Said};
use crate::cli::{local, tls};
use crate::engine::Disk;
use anyhow::Result;
use sealane_api::keys::Keys;
use sealane_log::Holder;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::Path;

/// Permission bits of group and others.
const OTHERS: u32 = 0o077;

fn mode(path: &Path) -> std::io::Result<u32> {
    Ok(std::fs::metadata(path)?.permissions().mode() & 0o7777)
}

/// Only the owner enters the data directory.
pub(super) fn folder(patient: &Patient<'_>) -> Result<Said> {
    let mode = mode(patient.data)?;
    let data = patient.data.display();
    if mode & OTHERS == 0 {
        return Ok(Said::ok("only its owner can enter the data directory"));
    }
    Ok(Said::warn(
        format!("others of this machine can enter the data directory (mode {mode:04o})"),
        format!("run `chmod 0700 {data}`"),
    ))
}

/// Who writes, and whether it answers.
pub(super) fn process(patient: &Patient<'_>) -> Result<Said> {
    let Holder::Process(pid) = Holder::of(patient.data)? else {
        return Ok(Said::ok("nobody writes to it now"));
    };
    let pid = pid.map_or_else(|| "unknown".to_owned(), |p| p.to_string());
    match local::ask(patient.data, "GET", "/readyz", Vec::new()) {
        Ok(Some((status, _))) if status.is_success() => {
            Ok(Said::ok(format!("process {pid} serves it and is ready")))
        }
        Ok(Some((status, _))) => Ok(Said::warn(
            format!("process {pid} serves it and answers {status}"),
            "it may still be folding its log; ask again",
        )),
        Ok(None) => Ok(Said::warn(
            format!("process {pid} writes to it but answers no commands"),
            "a command such as `ingest` may be running; otherwise look at that process",
        )),
        Err(error) => Ok(Said::fail(
            format!("process {pid} writes to it, and asking it failed: {error:#}"),
            "look at that process and its log",
        )),
    }
}

/// Whether commands reach a running `serve`.
pub(super) fn socket(patient: &Patient<'_>) -> Result<Said> {
    if local::fits(&local::socket(patient.data)) {
        return Ok(Said::ok("the path is short enough for the socket"));
    }
    Ok(match local::Address::of(patient.data) {
        Ok(_) => Said::ok("the path is too long for a socket, which is reached through `/proc`"),
        Err(error) => Said::fail(format!("{error:#}"), "`serve` does not start here"),
    })
}

/// Whether there is room for input.
pub(super) fn disk(patient: &Patient<'_>) -> Result<Said> {
    let disk = Disk::of(patient.data, patient.config.disk.reserve())?;
    let (free, reserve) = (disk.free >> 20, disk.reserve >> 20);
    let told = format!("{free} MiB are free, the reserve is {reserve} MiB");
    Ok(if !disk.has_room_for(0) {
        Said::fail(told, "input is refused with 507: make room, or lower `[disk]` in `sealane.toml`")
    } else if !disk.has_room_for(disk.reserve) {
        Said::warn(told, "make room soon: below the reserve input is refused")
    } else {
        Said::ok(told)
    })
}

/// Files with secrets are for their owner only.
pub(super) fn secrets(patient: &Patient<'_>) -> Result<Said> {
    let owner = std::fs::metadata(patient.data)?.uid();
    let mut open = Vec::new();
    let mut foreign = Vec::new();
    for name in [
        "local.key",
        "token.secret",
        "keys.json",
        "signing.json",
        "oauth.json",
        "log.sqlite3",
        "sealane.sock",
    ] {
        let path = patient.data.join(name);
        let Ok(metadata) = std::fs::metadata(&path) else { continue };
        // An older log may be shielded by its folder only.
        let shielded = name == "log.sqlite3" && mode(patient.data)? & OTHERS == 0;
        if metadata.permissions().mode() & OTHERS != 0 && !shielded {
            open.push(name);
        }
        if metadata.uid() != owner {
            foreign.push(name);
        }
    }
    Ok(if !open.is_empty() {
        Said::fail(
            format!("others can read {}", open.join(", ")),
            "run `chmod 0600` on them, and revoke keys that others may have read",
        )
    } else if !foreign.is_empty() {
        Said::warn(
            format!("{} have another owner than the folder", foreign.join(", ")),
            "run `chown` so that one user has all of it",
        )
    } else {
        Said::ok("only their owner can read the secrets")
    })
}

/// The key file is understood, and this machine's own key is in it.
pub(super) fn keys(patient: &Patient<'_>) -> Result<Said> {
    let keys = match Keys::open(patient.data.join("keys.json")) {
        Ok(keys) => keys,
        Err(error) => {
            return Ok(Said::fail(
                error.to_string(),
                "no key is valid until it is mended: restore it from a backup",
            ));
        }
    };
    let count = keys.list()?.len();
    Ok(match std::fs::read_to_string(local::key_file(patient.data)) {
        Ok(key) if keys.check(key.trim()).is_some() => Said::ok(format!("{count} keys are in use")),
        Ok(_) => Said::warn(
            "this machine's own key is not among the keys",
            "the next start of `serve` makes a new one",
        ),
        Err(_) => Said::ok("`serve` has not run here: it makes this machine's key at its first start"),
    })
}

/// Every partner file is understood.
pub(super) fn partners(patient: &Patient<'_>) -> Result<Said> {
    let (count, problems) = crate::engine::partner_files(&patient.data.join("partners"));
    Ok(match problems.first() {
        None => Said::ok(format!("{count} partner files are understood")),
        Some(first) => Said::fail(
            format!("{}: {}", first.file, first.problem),
            "mend or remove that file: `serve` does not start with it, and one that runs keeps the content before",
        ),
    })
}

/// Every feed file is understood.
pub(super) fn feeds(patient: &Patient<'_>) -> Result<Said> {
    let (count, problems) = crate::engine::feeds::feed_files(&patient.data.join("feeds"));
    Ok(match problems.first() {
        None => Said::ok(format!("{count} feed files are understood")),
        Some(first) => Said::fail(
            format!("{}: {}", first.file, first.problem),
            "mend or remove that file: a feed that runs keeps the content before, and a new one does not start",
        ),
    })
}

/// The certificate of HTTPS belongs to its key.
pub(super) fn tls(patient: &Patient<'_>) -> Result<Said> {
    Ok(match tls::Certificate::open(&patient.config.tls) {
        Ok(None) => Said::ok("`sealane.toml` names no certificate"),
        Ok(Some(_)) => Said::ok("certificate and key belong together"),
        Err(error) => {
            Said::fail(format!("{error:#}"), "mend `[tls]` in `sealane.toml`; `serve` does not start with it")
        }
    })
}
