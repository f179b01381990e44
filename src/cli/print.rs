//! The one place that writes to the terminal.

use std::io::{self, Write as _};

/// Writes a line to standard output; a reader that has gone away (`| head`) is no failure.
pub(crate) fn line(text: impl std::fmt::Display) {
    let _ = writeln!(io::stdout().lock(), "{text}");
}

/// Writes a line to standard error.
pub(crate) fn note(text: impl std::fmt::Display) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// Writes our own failure with its causes.
pub(crate) fn error(error: &anyhow::Error) {
    note(format!("sealane: {error:#}"));
}
