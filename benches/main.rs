//! Measures against the budgets of the spine: `cargo bench -p sealane -- [durable|stream|get|edi|ais|feeds|sea|positions|certificates] [--full]`.
//!
//! Every figure stands beside a peer or a limit of the same run, for absolute figures say more of
//! the machine and of who else uses it. Results of a named machine are in `benches/RESULTS.md`.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::panic,
    clippy::string_slice,
    reason = "a program for people who measure: it speaks, and stops at the first thing that is not as it should be"
)]

mod ais;
mod areas_made;
mod certificates;
mod durable;
mod edi;
mod feeds;
mod get;
mod house;
mod http;
mod load;
mod made;
#[path = "../origin/tests/certificates/measured.rs"]
mod measured;
mod positions;
mod sea;
mod shipment;
mod stages;
#[path = "../origin/tests/certificates/story.rs"]
mod story;
mod stream;
mod table;

/// The binary's own allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    // cargo itself adds `--bench`.
    let arguments: Vec<String> = std::env::args().skip(1).filter(|a| a != "--bench").collect();
    let full = arguments.iter().any(|a| a == "--full");
    let known = ["durable", "stream", "get", "edi", "ais", "feeds", "sea", "positions", "certificates"];
    let chosen: Vec<&str> = arguments.iter().map(String::as_str).filter(|a| *a != "--full").collect();
    if let Some(unknown) = chosen.iter().find(|a| !known.contains(a)) {
        println!("`{unknown}` is not measured; there are {}", known.join(", "));
        std::process::exit(2);
    }
    for name in known.into_iter().filter(|name| chosen.is_empty() || chosen.contains(name)) {
        match name {
            "durable" => durable::run(full),
            "stream" => stream::run(),
            "get" => get::run(),
            "ais" => ais::run(),
            "feeds" => feeds::run(),
            "sea" => sea::run(),
            "positions" => positions::run(),
            "certificates" => certificates::run(),
            _ => edi::run(),
        }
    }
}
