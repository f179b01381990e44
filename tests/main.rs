//! What crosses rooms: house rules, the simulator's truth, and the built binary from end to end.
//!
//! One binary, for linking is what costs. Tests that need `../shared` or a program that may be
//! missing say so and are skipped by name; `SEALANE_NO_SKIP=1` turns a missing program into a failure.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::string_slice,
    clippy::print_stderr,
    clippy::needless_pass_by_value,
    reason = "a test that cannot go on fails, and says on standard error what it skipped"
)]

mod e2e;
mod rules;
mod truth;
