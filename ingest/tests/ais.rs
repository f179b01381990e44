//! Tests of AIS through the public doors: an independent encoder's table, goldens, tracks, properties.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::string_slice,
    clippy::naive_bytecount,
    reason = "tests stop by panicking, and count slowly"
)]

#[path = "ais/cleaning.rs"]
mod cleaning;
#[path = "ais/frames.rs"]
mod frames;
#[path = "ais/golden.rs"]
mod golden;
#[path = "ais/live.rs"]
mod live;
#[path = "ais/oracle.rs"]
mod oracle;
#[path = "ais/properties.rs"]
mod properties;
#[path = "ais/samples.rs"]
mod samples;
#[path = "ais/simulated.rs"]
mod simulated;
#[path = "ais/world.rs"]
mod world;
