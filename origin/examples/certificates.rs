//! Measures certificates against their budgets: `cargo run --release -p sealane-origin --example certificates`.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a program for people who measure"
)]

#[path = "../tests/certificates/measured.rs"]
mod measured;
#[path = "../tests/certificates/story.rs"]
mod story;

fn main() {
    for figure in measured::figures() {
        let verdict = if figure.met { "met" } else { "NOT MET" };
        println!("{:<30} {:>14}  bar {:>9}  {verdict}", figure.what, figure.value, figure.bar);
    }
}
