//! Certificates beside movements, over a real world: what the rules find, and what is signed.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "tests stop at the first thing that is not as it should be"
)]

mod binding;
mod evidence;
mod jose;
mod rules;
mod story;
