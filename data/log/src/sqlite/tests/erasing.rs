//! Erased bytes are gone from the files, byte by byte.

use super::*;
use crate::CompressedChunk;
use crate::sample::submission;
use std::path::Path;

/// Bytes that do not shrink, so that their stored form has them as they are, with a name inside.
fn letter(number: u32, length: usize) -> Vec<u8> {
    let noise = (0..).flat_map(|i: u32| Sha256::of(&[number.to_le_bytes(), i.to_le_bytes()].concat()).0);
    let mut bytes: Vec<u8> = noise.take(length).collect();
    let name = name(number);
    bytes[7..7 + name.len()].copy_from_slice(name.as_bytes());
    bytes
}

fn name(number: u32) -> String {
    format!("Jane Doe {number:06}")
}

/// Everything that is on disk of a log.
fn files(directory: &Path) -> Vec<u8> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(directory).unwrap() {
        all.extend(std::fs::read(entry.unwrap().path()).unwrap());
    }
    all
}

fn holds(files: &[u8], part: &[u8]) -> bool {
    files.windows(part.len()).any(|w| w == part)
}

fn file_bytes(directory: &Path) -> u64 {
    std::fs::metadata(directory.join(SqliteLog::FILE)).unwrap().len()
}

#[test]
fn a_name_is_gone_from_the_database_and_its_write_ahead_log() {
    let home = Directory::new();
    let mut log = home.open();
    // Short ones share pages with their neighbours, long ones have pages of their own.
    let letters: Vec<Vec<u8>> =
        (0..60).map(|n| letter(n, [80, 700, 1_900, 30_000][n as usize % 4])).collect();
    let ids: Vec<String> = (0..60).map(|n| format!("sub_{n}")).collect();
    for (id, bytes) in ids.iter().zip(&letters) {
        log.commit(submission(id, "hall", bytes).work(0)).unwrap();
    }
    assert!(log.connection.query_row("PRAGMA secure_delete", [], |r| r.get::<_, bool>(0)).unwrap());
    let before = files(home.0.path());
    for n in 0..60 {
        assert!(holds(&before, name(n).as_bytes()), "the test would see a name that is there");
    }
    // In several rounds and no order, so that rows would move if they could.
    for round in 0..3 {
        let gone = (0..60)
            .filter(|n| n * 7 % 5 == round)
            .map(|n| submission(&ids[n], "hall", &letters[n]).erase("test"));
        log.commit(gone.collect()).unwrap();
        assert!(log.scrub().unwrap());
    }
    let after = files(home.0.path());
    for (n, bytes) in letters.iter().enumerate() {
        let stored = CompressedChunk::compress(bytes).unwrap();
        let part = &stored.as_stored()[stored.as_stored().len() / 2..][..24];
        let kept = n * 7 % 5 > 2;
        assert_eq!(holds(&after, part), kept, "{n}");
        assert_eq!(holds(&after, name(u32::try_from(n).unwrap()).as_bytes()), kept, "{n}");
        assert_eq!(log.raw(&ids[n]).is_ok(), kept);
    }
    let reader = SqliteReader::open(home.0.path()).unwrap();
    assert_eq!((reader.complaints(true).unwrap().len(), reader.unerased_chunks().unwrap()), (0, 0));
}

#[test]
fn a_reader_of_an_old_state_puts_scrubbing_off() {
    let home = Directory::new();
    let mut log = home.open();
    let sample = submission("sub_1", "hall", b"x");
    log.commit(sample.work(0)).unwrap();
    let reader = SqliteReader::open(home.0.path()).unwrap();
    reader.connection.execute_batch("BEGIN; SELECT count(*) FROM entry").unwrap();
    log.commit(vec![sample.erase("test")]).unwrap();
    assert!(!log.scrub().unwrap());
    assert!(!log.scrub().unwrap(), "it is still due");
    reader.connection.execute_batch("COMMIT").unwrap();
    assert!(log.scrub().unwrap());
    let wal = home.0.path().join("log.sqlite3-wal");
    assert_eq!(std::fs::metadata(wal).unwrap().len(), 0);
}

#[test]
fn opening_scrubs_what_a_killed_process_left() {
    let home = Directory::new();
    let killed = Directory::new();
    let mut log = home.open();
    let bytes = letter(1, 500);
    let sample = submission("sub_1", "hall", &bytes);
    log.commit(sample.work(0)).unwrap();
    log.commit(vec![sample.erase("test")]).unwrap();
    for entry in std::fs::read_dir(home.0.path()).unwrap() {
        let entry = entry.unwrap();
        std::fs::copy(entry.path(), killed.0.path().join(entry.file_name())).unwrap();
    }
    assert!(holds(&files(killed.0.path()), name(1).as_bytes()), "it is still in the write-ahead log");
    let _log = killed.open();
    assert!(!holds(&files(killed.0.path()), name(1).as_bytes()));
}

#[test]
fn the_room_of_erased_bytes_is_given_back() {
    let home = Directory::new();
    let mut log = home.open();
    let letters: Vec<Vec<u8>> = (0..8).map(|n| letter(n, 200_000)).collect();
    let ids: Vec<String> = (0..8).map(|n| format!("sub_{n}")).collect();
    for (id, bytes) in ids.iter().zip(&letters) {
        log.commit(submission(id, "hall", bytes).work(1)).unwrap();
    }
    log.commit((0..6).map(|n| submission(&ids[n], "hall", &letters[n]).erase("test")).collect()).unwrap();
    assert!(log.scrub().unwrap());
    let full = file_bytes(home.0.path());
    assert!(!log.reclaim().unwrap(), "a megabyte is not worth it");
    assert!(erase::reclaim(&mut log.connection, 1 << 20).unwrap());
    log.unscrubbed = true;
    assert!(log.scrub().unwrap());
    assert!(file_bytes(home.0.path()) < full / 2, "{full}");
    assert!(!erase::reclaim(&mut log.connection, 0).unwrap() || file_bytes(home.0.path()) < full / 2);
    assert!(matches!(log.raw("sub_0"), Err(LogError::Erased { .. })));
    assert_eq!(log.raw("sub_7").unwrap().unwrap(), letters[7]);
    let mut again = submission("sub_8", "hall", b"later").work(0);
    assert!(log.commit(std::mem::take(&mut again)).is_ok());
    assert!(SqliteReader::open(home.0.path()).unwrap().complaints(true).unwrap().is_empty());
}

#[test]
fn a_copy_holds_one_moment_while_the_writer_goes_on() {
    let home = Directory::new();
    let mut log = home.open();
    for n in 0..40_u8 {
        log.commit(submission(&format!("sub_{n}"), "hall", &letter(n.into(), 90_000)).work(0)).unwrap();
    }
    let before = log.last_seq().unwrap();
    let place = tempfile::tempdir().unwrap();
    let to = place.path().join(SqliteLog::FILE);
    let mut steps = 0;
    let copied = copy(home.0.path(), &to, &mut |done, all| {
        steps += 1;
        assert!(done <= all);
        let sample = format!("late_{steps}");
        log.commit(submission(&sample, "quay", sample.as_bytes()).work(1)).unwrap();
    });
    let copied = copied.unwrap();
    assert!(steps > 1, "{steps}");
    assert_eq!((copied.seq, copied.schema), (before, SqliteLog::SCHEMA));
    let mode = std::os::unix::fs::MetadataExt::mode(&std::fs::metadata(&to).unwrap());
    assert_eq!(mode & 0o777, 0o600);
    assert_eq!(std::fs::read_dir(place.path()).unwrap().count(), 1, "one plain file");
    let there = SqliteLog::open(place.path()).unwrap();
    assert_eq!(there.last_seq().unwrap(), before);
    assert_eq!(there.submissions(None, None, 100).unwrap().len(), 40);
    assert_eq!(there.raw("sub_39").unwrap().unwrap(), letter(39, 90_000));
    assert!(
        matches!(copy(home.0.path(), &to, &mut |_, _| {}), Err(LogError::Io { .. })),
        "never over a file"
    );
}

#[test]
fn a_log_of_an_older_schema_is_copied_as_it_is() {
    let home = Directory::new();
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/v1.sqlite3");
    std::fs::copy(fixture, home.0.path().join(SqliteLog::FILE)).unwrap();
    let place = tempfile::tempdir().unwrap();
    let copied = copy(home.0.path(), &place.path().join(SqliteLog::FILE), &mut |_, _| {}).unwrap();
    assert_eq!(copied, Copied { seq: 9, schema: 1 });
    assert_eq!(SqliteLog::open(place.path()).unwrap().last_seq().unwrap(), 9);
}
