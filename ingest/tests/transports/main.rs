//! Transports against real sockets and real files: what a source can do wrong loses nothing.

mod files;
mod lines;
mod polls;
mod sockets;
mod taken;
