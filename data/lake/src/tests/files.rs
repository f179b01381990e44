//! The files: what is written when, what others read, what a crash or another log leaves.

use super::{ask, lift, lines, open};
use crate::frame::{ROW_GROUP, write_moves};
use crate::{Lake, LakeError, Month, MoveSource};
use jiff::tz::TimeZone;
use polars::prelude::{DataType, ParquetReader, SerReader, TimeUnit};
use sealane_data::node::NodeId;
use sealane_data::observation::Kind::{Discharged, Loaded};
use std::fs::{self, File};
use std::path::{Path, PathBuf};

fn part(folder: &Path, node: &str, month: &str) -> PathBuf {
    folder.join(format!("lake/moves/node={node}/month={month}/part.parquet"))
}

fn manifest(folder: &Path) -> serde_json::Value {
    serde_json::from_slice(&fs::read(folder.join("lake/manifest.json")).unwrap()).unwrap()
}

#[test]
fn a_question_writes_only_what_is_dirty_and_touched() {
    let (folder, lake, ledger) = open();
    ledger.add(
        &lake,
        [
            lift("MY-PKG", "2026-09-05T02:00:00Z", Loaded, "AAAU1", Some("22G1")),
            lift("US-NYC", "2026-09-05T02:00:00Z", Loaded, "AAAU2", Some("22G1")),
        ],
    );
    ask(&lake, &ledger, "MY-PKG", "2026-09-05", "2026-09-06");
    assert!(part(folder.path(), "MY-PKG", "2026-09").is_file());
    assert!(!part(folder.path(), "US-NYC", "2026-09").exists());
    assert_eq!(manifest(folder.path())["dirty"][0]["node"], "US-NYC");
    assert_eq!(manifest(folder.path())["as_of_seq"], 2);
    ledger.asked();
    ask(&lake, &ledger, "MY-PKG", "2026-09-05", "2026-09-06");
    assert_eq!(ledger.asked(), [], "a clean partition is not written again");
    ledger.add(&lake, [lift("MY-PKG", "2026-09-05T03:00:00Z", Loaded, "AAAU3", Some("L5G1"))]);
    let answer = ask(&lake, &ledger, "MY-PKG", "2026-09-05", "2026-09-06");
    assert_eq!(lines(&answer), ["2026-09-05 loaded laden 2 3.25 0"]);
    assert_eq!(answer.as_of_seq, 3);
    assert_eq!(lake.flush_all(&ledger).unwrap(), 3);
    assert!(part(folder.path(), "US-NYC", "2026-09").is_file());
    assert_eq!(manifest(folder.path())["dirty"].as_array().unwrap().len(), 0);
}

#[test]
fn a_partition_without_moves_is_removed() {
    let (folder, lake, ledger) = open();
    ledger.add(
        &lake,
        [
            lift("MY-PKG", "2026-08-05T02:00:00Z", Loaded, "AAAU1", Some("22G1")),
            lift("MY-PKG", "2026-09-05T02:00:00Z", Loaded, "AAAU2", Some("22G1")),
        ],
    );
    lake.flush_all(&ledger).unwrap();
    ledger.cancel(&lake, "AAAU1");
    let answer = ask(&lake, &ledger, "MY-PKG", "2026-08-01", "2026-08-31");
    assert_eq!((answer.rows.len(), answer.as_of_seq), (0, 3));
    assert_eq!(answer.coverage.first.as_deref(), Some("2026-09-05T02:00:00Z"));
    assert!(!part(folder.path(), "MY-PKG", "2026-08").parent().unwrap().exists());
    ledger.cancel(&lake, "AAAU2");
    lake.flush_all(&ledger).unwrap();
    assert!(!folder.path().join("lake/moves/node=MY-PKG").exists());
    assert_eq!(manifest(folder.path())["partitions"].as_array().unwrap().len(), 0);
}

#[test]
fn another_log_or_an_older_one_makes_everything_dirty() {
    let (folder, lake, ledger) = open();
    let place = folder.path().join("lake");
    let old = |c| lift("MY-PKG", "2026-09-05T02:00:00Z", Loaded, c, Some("22G1"));
    ledger.add(&lake, [old("AAAU1"), old("AAAU2"), old("AAAU3")]);
    lake.flush_all(&ledger).unwrap();
    drop(lake);
    for epoch in ["log-2", "log-1"] {
        let lake = Lake::open(&place, epoch).unwrap();
        assert_eq!(lake.resume(1), 0, "{epoch}: all changes have to be marked again");
        assert_eq!(lake.as_of_seq(), 0);
        let other = super::Ledger::new();
        *other.facts.lock().unwrap() = (1, vec![old("AAAU9")]);
        let answer = ask(&lake, &other, "MY-PKG", "2026-09-05", "2026-09-05");
        assert_eq!(
            (lines(&answer), answer.as_of_seq),
            (vec!["2026-09-05 loaded laden 1 1.00 0".to_owned()], 1)
        );
        drop(lake);
        let lake = Lake::open(&place, epoch).unwrap();
        assert_eq!(lake.resume(3), 1, "{epoch}: the new cursor was kept");
        // For the second round: the first log, at a position ahead of what it has then.
        fs::write(place.join("manifest.json"), MANIFEST).unwrap();
    }
}

/// What the first release writes.
const MANIFEST: &str = r#"{"schema":1,"epoch":"log-1","as_of_seq":3,"dirty":[],"partitions":[{"node":"MY-PKG",
    "month":"2026-09","zone":"Asia/Kuala_Lumpur","rows":3,"first":"2026-09-05T02:00:00Z",
    "last":"2026-09-05T02:00:00Z"}]}"#;

#[test]
fn a_manifest_that_cannot_be_read_starts_the_lake_anew() {
    for bytes in ["", "{", r#"{"schema":99,"new":true}"#, r#"{"schema":1}"#] {
        let (folder, lake, ledger) = open();
        ledger.add(&lake, [lift("MY-PKG", "2026-09-05T02:00:00Z", Loaded, "AAAU1", Some("22G1"))]);
        lake.flush_all(&ledger).unwrap();
        fs::write(folder.path().join("lake/manifest.json"), bytes).unwrap();
        let lake = Lake::open(&folder.path().join("lake"), "log-1").unwrap();
        assert!(!part(folder.path(), "MY-PKG", "2026-09").exists());
        assert_eq!(lake.resume(1), 0);
        assert_eq!(ask(&lake, &ledger, "MY-PKG", "2026-09-01", "2026-09-30").rows.len(), 1);
    }
}

#[test]
fn a_crash_before_the_rename_leaves_the_old_file_in_force() {
    let (folder, lake, ledger) = open();
    ledger.add(&lake, [lift("MY-PKG", "2026-09-05T02:00:00Z", Loaded, "AAAU1", Some("22G1"))]);
    lake.flush_all(&ledger).unwrap();
    drop(lake);
    let temporary = part(folder.path(), "MY-PKG", "2026-09").with_file_name("part.parquet.tmp");
    fs::write(&temporary, b"half a file").unwrap();
    fs::write(folder.path().join("lake/manifest.json.tmp"), b"{").unwrap();
    let lake = Lake::open(&folder.path().join("lake"), "log-1").unwrap();
    assert_eq!(lake.resume(1), 1);
    let rows = || lines(&ask(&lake, &ledger, "MY-PKG", "2026-09-01", "2026-09-30"));
    assert_eq!(rows(), ["2026-09-05 loaded laden 1 1.00 0"]);
    ledger.add(&lake, [lift("MY-PKG", "2026-09-05T03:00:00Z", Loaded, "AAAU2", Some("22G1"))]);
    assert_eq!(rows(), ["2026-09-05 loaded laden 2 2.00 0"]);
    assert!(!temporary.exists(), "the next write used the same temporary name");
}

#[test]
fn a_lost_file_and_a_new_zone_are_written_again() {
    let (folder, lake, mut ledger) = open();
    ledger.add(&lake, [lift("MY-PKG", "2026-09-05T20:00:00Z", Loaded, "AAAU1", Some("22G1"))]);
    let day =
        |ledger: &super::Ledger| lines(&ask(&lake, ledger, "MY-PKG", "2026-09-01", "2026-09-30"))[0].clone();
    assert_eq!(day(&ledger), "2026-09-06 loaded laden 1 1.00 0");
    fs::remove_dir_all(folder.path().join("lake/moves")).unwrap();
    assert_eq!(day(&ledger), "2026-09-06 loaded laden 1 1.00 0");
    ledger.nodes[3].zone = "UTC".into();
    assert_eq!(day(&ledger), "2026-09-05 loaded laden 1 1.00 0");
    ledger.nodes[3].zone = "Asia/Nowhere".into();
    ledger.add(&lake, [lift("US-NYC", "2026-09-05T20:00:00Z", Loaded, "AAAU2", Some("22G1"))]);
    let both = [NodeId("MY-PKG".into()), NodeId("US-NYC".into())];
    let failure = lake.refresh(&ledger, &both, month()..=month()).unwrap_err();
    assert!(matches!(&failure, LakeError::Content(text) if text.contains("Asia/Nowhere")), "{failure}");
    assert!(part(folder.path(), "US-NYC", "2026-09").is_file(), "one failure does not hold up the others");
    assert!(lake.teu(&ledger, &super::question("MY-PKG", "2026-09-01", "2026-09-30")).is_err());
}

fn month() -> Month {
    Month::new(2026, 9).unwrap()
}

#[test]
fn moves_of_other_partitions_are_left_out() {
    struct Careless(super::Ledger);
    impl MoveSource for Careless {
        fn seq(&self) -> u64 {
            self.0.seq()
        }
        fn moves(&self, _: &NodeId, _: Month) -> Vec<sealane_data::fact::QuayMove> {
            self.0.facts.lock().unwrap().1.clone()
        }
        fn nodes(&self) -> Vec<sealane_data::node::Node> {
            self.0.nodes()
        }
        fn terminals_of(&self, node: &NodeId) -> Vec<NodeId> {
            self.0.terminals_of(node)
        }
    }
    let (_folder, lake, ledger) = open();
    ledger.add(
        &lake,
        [
            lift("CN-YANGSHAN", "2026-09-05T02:00:00Z", Loaded, "AAAU1", Some("22G1")),
            lift("CN-YANGSHAN-3", "2026-09-05T02:00:00Z", Loaded, "AAAU2", Some("22G1")),
        ],
    );
    let answer =
        lake.teu(&Careless(ledger), &super::question("CN-YANGSHAN", "2026-09-05", "2026-09-05")).unwrap();
    assert_eq!(lines(&answer), ["2026-09-05 loaded laden 2 2.00 0"]);
}

#[test]
fn plain_polars_reads_the_files() {
    let (folder, lake, ledger) = open();
    let mut second = lift("MY-PKG", "2026-09-05T02:00:00.000001Z", Loaded, "AAAU1", None);
    (second.trade, second.vessel, second.witnesses) = (None, None, 3);
    ledger.add(&lake, [second, lift("MY-PKG", "2026-09-04T23:00:00Z", Discharged, "AAAU2", Some("L5G1"))]);
    lake.flush_all(&ledger).unwrap();
    let frame =
        ParquetReader::new(File::open(part(folder.path(), "MY-PKG", "2026-09")).unwrap()).finish().unwrap();
    let names: Vec<_> = frame.get_column_names().into_iter().map(ToString::to_string).collect();
    let promised =
        "node moved_at day kind container size_type teu_hundredths load trade vessel certainty witnesses";
    assert_eq!(names.join(" "), promised);
    let at = frame.column("moved_at").unwrap();
    let utc = polars::prelude::TimeZone::UTC;
    assert_eq!(at.dtype(), &DataType::Datetime(TimeUnit::Microseconds, Some(utc)));
    let instants = at.cast(&DataType::Int64).unwrap();
    let day = frame.column("day").unwrap().cast(&DataType::Int32).unwrap();
    // In order of time, and both on 5 September in Kuala Lumpur.
    assert_eq!(instants.i64().unwrap().to_vec(), [Some(1_788_562_800_000_000), Some(1_788_573_600_000_001)]);
    assert_eq!(day.i32().unwrap().to_vec(), [Some(20_701), Some(20_701)]);
    let texts = |name: &str| -> Vec<Option<String>> {
        frame.column(name).unwrap().str().unwrap().iter().map(|t| t.map(str::to_owned)).collect()
    };
    assert_eq!(texts("container"), [Some("AAAU2".to_owned()), Some("AAAU1".to_owned())]);
    assert_eq!(texts("size_type"), [Some("L5G1".to_owned()), None]);
    assert_eq!(frame.column("teu_hundredths").unwrap().i64().unwrap().to_vec(), [Some(225), None]);
    assert_eq!(frame.column("witnesses").unwrap().i32().unwrap().to_vec(), [Some(1), Some(3)]);
    let nodes =
        ParquetReader::new(File::open(folder.path().join("lake/nodes.parquet")).unwrap()).finish().unwrap();
    assert_eq!((nodes.height(), nodes.width()), (5, 8));
    assert_eq!(nodes.column("parent").unwrap().str().unwrap().get(1), Some("CN-YANGSHAN"));
}

#[test]
fn row_groups_stay_small() {
    let one = lift("MY-PKG", "2026-09-05T02:00:00Z", Loaded, "AAAU1", Some("22G1"));
    let moves = vec![one; 2 * ROW_GROUP + 5];
    let mut bytes = Vec::new();
    write_moves(&mut bytes, &moves, &TimeZone::UTC).unwrap();
    let mut reader = ParquetReader::new(std::io::Cursor::new(bytes));
    let groups = &reader.get_metadata().unwrap().row_groups;
    let rows = [groups[0].num_rows(), groups[1].num_rows(), groups[2].num_rows()];
    assert_eq!((groups.len(), rows), (3, [ROW_GROUP, ROW_GROUP, 5]));
}

#[test]
fn questions_and_marks_from_many_threads_agree() {
    let (_folder, lake, ledger) = open();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for n in 0..60 {
                let at = format!("2026-09-{:02}T02:00:00Z", n % 28 + 1);
                ledger.add(&lake, [lift("MY-PKG", &at, Loaded, &format!("AAAU{n}"), Some("22G1"))]);
            }
        });
        for _ in 0..3 {
            scope.spawn(|| {
                for _ in 0..15 {
                    let answer = ask(&lake, &ledger, "MY-PKG", "2026-09-01", "2026-09-30");
                    let moves: u64 = answer.rows.iter().map(|r| r.moves).sum();
                    assert!(moves >= answer.as_of_seq, "{moves} moves as of {}", answer.as_of_seq);
                }
            });
        }
    });
    let answer = ask(&lake, &ledger, "MY-PKG", "2026-09-01", "2026-09-30");
    assert_eq!((answer.rows.iter().map(|r| r.moves).sum::<u64>(), answer.as_of_seq), (60, 60));
}
