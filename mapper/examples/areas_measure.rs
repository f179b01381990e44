//! Measures positions to areas without the rest of the house, and writes them for peers:
//! `cargo run --release -p sealane-mapper --example areas_measure [FILE]`.

#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a program for people who measure")]

#[path = "../../benches/areas_made.rs"]
mod areas_made;
#[path = "../../benches/positions.rs"]
mod positions;
#[path = "../../benches/table.rs"]
mod table;

use std::io::Write as _;

fn main() {
    if let Some(path) = std::env::args().nth(1) {
        // Redis knows circles only: each ring as its middle, and each position, a line each.
        let mut file = std::io::BufWriter::new(std::fs::File::create(path).unwrap());
        for ring in areas_made::rings() {
            writeln!(file, "node {:.6} {:.6}", ring[0].lon, ring[0].lat).unwrap();
        }
        for at in areas_made::positions(100_000) {
            writeln!(file, "at {:.6} {:.6}", at.lon, at.lat).unwrap();
        }
        return;
    }
    positions::run();
}
