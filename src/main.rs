//! The `sealane` binary.

use std::process::ExitCode;

fn main() -> ExitCode {
    sealane::cli::run()
}
