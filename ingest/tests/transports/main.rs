//! Transports against real sockets and real files: what a source can do wrong loses nothing.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::items_after_statements,
    reason = "a test stops at the first thing that is not as it should be"
)]

mod files;
mod lines;
mod polls;
mod sockets;
mod taken;
