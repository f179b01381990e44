//! A measurement: `cargo test --release -p sealane-lake -- --ignored --nocapture speed`.

use super::{Ledger, ask, lift, open};
use jiff::{Timestamp, ToSpan};
use sealane_data::container::Teu;
use sealane_data::fact::QuayMove;
use sealane_data::observation::{Kind, Load};
use std::time::Instant;

const MOVES: u32 = 1_000_000;

/// Moves spread evenly over 2026 at one port's two terminals.
fn year() -> impl Iterator<Item = QuayMove> {
    let start: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
    let base = lift("CN-YANGSHAN-3", "2026-01-01T00:00:00Z", Kind::Loaded, "AAAU0", Some("45G1"));
    (0..MOVES).map(move |n| {
        let mut next = base.clone();
        next.at = start + (i64::from(n) * 31_536 / i64::from(MOVES / 1000)).seconds();
        next.container = format!("AAAU{:07}", n.wrapping_mul(2_654_435_761) % 10_000_000).into();
        next.node.0 = if n % 3 == 0 { "CN-YANGSHAN-4".into() } else { "CN-YANGSHAN-3".into() };
        next.kind = if n % 2 == 0 { Kind::Loaded } else { Kind::Discharged };
        next.load = if n % 5 == 0 { Load::Empty } else { Load::Laden };
        next.teu = Some(Teu::from_hundredths([100, 200, 225][n as usize % 3]));
        next
    })
}

#[test]
#[ignore = "a measurement"]
fn speed_of_a_million_moves() {
    let (folder, lake, ledger): (_, _, Ledger) = open();
    ledger.add(&lake, year());
    let clock = Instant::now();
    lake.flush_all(&ledger).unwrap();
    eprintln!("write {MOVES} moves: {:?}", clock.elapsed());
    let bytes: u64 = walk(&folder.path().join("lake/moves"));
    eprintln!("{bytes} bytes, {:.1} a move", bytes as f64 / f64::from(MOVES));
    for (from, to) in [("2026-01-01", "2026-12-31"), ("2026-06-01", "2026-06-30")] {
        for _ in 0..3 {
            let clock = Instant::now();
            let answer = ask(&lake, &ledger, "CN-YANGSHAN", from, to);
            eprintln!("question {from} to {to}: {:?}, {} rows", clock.elapsed(), answer.rows.len());
        }
    }
    ledger.add(&lake, [lift("CN-YANGSHAN-3", "2026-06-15T00:00:00Z", Kind::Loaded, "AAAU0", Some("45G1"))]);
    let clock = Instant::now();
    ask(&lake, &ledger, "CN-YANGSHAN", "2026-06-01", "2026-06-30");
    eprintln!("question with one dirty partition: {:?}", clock.elapsed());
}

fn walk(path: &std::path::Path) -> u64 {
    if path.is_file() {
        return path.metadata().unwrap().len();
    }
    std::fs::read_dir(path).unwrap().map(|entry| walk(&entry.unwrap().path())).sum()
}
