//! Certificates beside movements, over a real world: what the rules find, and what is signed.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::wildcard_imports,
    reason = "tests stop at the first thing that is not as it should be"
)]

mod binding;
mod docs;
mod evidence;
mod jose;
mod regimes;
mod rules;
mod seals;
mod story;
mod uses;
