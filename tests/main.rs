//! What crosses rooms: house rules, the simulator's truth, and the built binary from end to end.
//!
//! One binary, for linking is what costs. Tests that need `../shared` or a program that may be
//! missing say so and are skipped by name; `SEALANE_NO_SKIP=1` turns a missing program into a failure.

mod e2e;
mod rules;
mod truth;
