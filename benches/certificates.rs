//! Certificates: bind and compare, sign, verify. The measurement itself stands beside the room's tests.

use crate::measured::figures;
use crate::table::{print, verdict};

/// Measures and prints one table.
pub(crate) fn run() {
    let rows: Vec<[String; 4]> = figures()
        .into_iter()
        .map(|f| [f.what.to_owned(), f.value, f.bar.to_owned(), verdict(f.met)])
        .collect();
    print("Certificates", ["what", "measured", "bar", "verdict"], &rows);
}
