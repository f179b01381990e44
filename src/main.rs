//! The `sealane` binary.

use std::process::ExitCode;

fn main() -> ExitCode {
    // One provider of cryptography for the whole process, before anybody asks for another.
    let _ = tokio_rustls::rustls::crypto::ring::default_provider().install_default();
    sealane::cli::run()
}
