//! Sealane as a library: the engine, its configuration and the commands of the binary.
//!
//! Rooms do the work (`sealane_data`, `sealane_log`, `sealane_ingest`, `sealane_mapper`,
//! `sealane_origin`, `sealane_lake`, `sealane_api`); this is the only place that sees them all.

pub mod cli;
pub mod config;
pub mod engine;
pub mod files;
mod sandbox;
pub mod telemetry;
