//! A disk that fails and a disk that is full: real ones, made by limits and small file systems.

use super::*;
use crate::sample::submission;
use std::path::{Path, PathBuf};
use std::process::Command;

fn noise(seed: u32, length: usize) -> Vec<u8> {
    let blocks = (0..).flat_map(|i: u32| Sha256::of(&[seed.to_le_bytes(), i.to_le_bytes()].concat()).0);
    blocks.take(length).collect()
}

/// Runs an ignored test of this file in a process that may write only so much to one file.
fn run_with_file_limit(test: &str, kilobytes: u32) {
    let script =
        format!("trap '' XFSZ; ulimit -f {kilobytes}; exec \"$0\" --exact \"$1\" --ignored --nocapture");
    let test = format!("sqlite::tests::disk::{test}");
    let this = std::env::current_exe().unwrap();
    let done = Command::new("bash").arg("-c").arg(script).arg(this).arg(&test).output().unwrap();
    let said = String::from_utf8_lossy(&done.stdout);
    assert!(done.status.success(), "{said}\n{}", String::from_utf8_lossy(&done.stderr));
    assert!(said.contains("1 passed"), "{said}");
}

#[test]
fn a_write_that_fails_poisons_the_log_until_it_is_reopened() {
    run_with_file_limit("inside_a_file_limit", 1024);
}

#[test]
#[ignore = "run by a_write_that_fails_poisons_the_log_until_it_is_reopened, in a process with a limit"]
fn inside_a_file_limit() {
    let home = Directory::new();
    let mut log = home.open();
    log.commit(submission("sub_1", "hall", b"one").work(2)).unwrap();
    let large = noise(1, 3 << 20);
    let error = log.commit(submission("sub_2", "hall", &large).work(1)).unwrap_err();
    assert!(matches!(error, LogError::Disk { .. }), "{error:?}");
    assert!(error.to_string().contains("log.sqlite3"), "{error}");
    let small = submission("sub_3", "hall", b"three");
    assert!(matches!(log.commit(small.work(4)), Err(LogError::Poisoned)), "nothing is taken on trust");
    log.reopen().unwrap();
    let done = log.commit(small.work(4)).unwrap();
    assert_eq!((done.recorded[0].seq, log.submission("sub_2").unwrap()), (4, None));
    assert_eq!(log.raw("sub_1").unwrap().unwrap(), b"one");
    assert!(SqliteReader::open(home.0.path()).unwrap().complaints(true).unwrap().is_empty());
}

/// A small file system of its own, gone with its owner.
struct Small(TempDir);

impl Small {
    /// Mounts one; nothing where that is not allowed.
    fn mount(megabytes: u32) -> Option<Self> {
        let place = tempfile::tempdir().unwrap();
        let size = format!("size={megabytes}m");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &size, "sealane-test"])
            .arg(place.path())
            .output();
        mounted.is_ok_and(|o| o.status.success()).then_some(Self(place))
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    /// Fills it to the last byte.
    fn fill(&self) -> PathBuf {
        let filler = self.path().join("filler");
        let mut file = std::fs::File::create(&filler).unwrap();
        for size in [1 << 16, 1 << 12, 1] {
            while file.write_all(&vec![7; size]).is_ok() {}
        }
        filler
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.path()).status();
    }
}

#[test]
fn on_a_full_file_system_nothing_is_kept_and_reads_go_on_until_there_is_room() {
    let Some(small) = Small::mount(24) else {
        let name = "on_a_full_file_system_nothing_is_kept_and_reads_go_on_until_there_is_room";
        assert!(std::env::var_os("SEALANE_NO_SKIP").is_none(), "{name} may not be skipped, but mount failed");
        eprintln!("skipped: {name} (it needs the right to mount)");
        return;
    };
    let mut log = SqliteLog::open(small.path()).unwrap();
    let reader = log.reader().unwrap();
    log.commit(submission("sub_1", "hall", b"one").work(2)).unwrap();
    let filler = small.fill();
    for n in 2..5 {
        let large = noise(n, 1 << 20);
        let error = log.commit(submission("sub_x", "hall", &large).work(n)).unwrap_err();
        assert!(matches!(error, LogError::Full { .. }), "{error:?}");
        assert_eq!(reader.last_seq().unwrap(), 3);
        assert_eq!(reader.raw("sub_1").unwrap().unwrap(), b"one");
    }
    std::fs::remove_file(filler).unwrap();
    let large = noise(9, 1 << 20);
    log.commit(submission("sub_2", "hall", &large).work(4)).unwrap();
    assert_eq!(reader.raw("sub_2").unwrap().unwrap(), large);
    assert!(SqliteReader::open(small.path()).unwrap().complaints(true).unwrap().is_empty());
}
