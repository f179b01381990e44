//! What can go wrong with a log, and the finding of submissions that were cut off.

use rusqlite::ErrorCode;
use sealane_data::finding::{FindingKind, Severity};
use sealane_data::submission::Erased;
use std::path::{Path, PathBuf};

/// The result of everything a log does.
pub type Result<T> = std::result::Result<T, LogError>;

/// The service stopped before a submission was read to its end.
pub const INTERRUPTED: FindingKind = FindingKind {
    code: "LOG-001",
    severity: Severity::Error,
    about: "The service stopped before this submission was read to its end.",
    help: "Send the same bytes again: messages that were taken in already count as duplicates.",
};

/// The finding about an interchange that the party sent before.
pub const SENT_BEFORE: FindingKind = FindingKind {
    code: "LOG-002",
    severity: Severity::Info,
    about: "An interchange with this control reference and this content was sent before and adds nothing.",
    help: "Nothing to do: it is answered as it was then.",
};

/// The finding about a control reference that names two interchanges.
pub const REFERENCE_REUSED: FindingKind = FindingKind {
    code: "LOG-003",
    severity: Severity::Warning,
    about: "A control reference was used before for another content, and both were read.",
    help: "Number your interchanges: a receiver that goes by the number alone would lose the second one.",
};

/// Every finding of this room.
pub const FINDINGS: &[FindingKind] = &[INTERRUPTED, SENT_BEFORE, REFERENCE_REUSED];

/// What can go wrong with a log.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LogError {
    /// Another process writes to this data directory.
    #[error("`{}` is in use by process {}", path.display(), pid.map_or_else(|| "unknown".to_owned(), |p| p.to_string()))]
    Locked {
        /// The other process, when its lock file says so.
        pid: Option<u32>,
        /// The data directory.
        path: PathBuf,
    },
    /// A file beside the database could not be used.
    #[error("cannot use `{}`", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// There is no space left; nothing of the commit was kept.
    #[error("no space left while {doing} in `{place}`")]
    Full {
        /// What was being done.
        doing: &'static str,
        /// Which log.
        place: String,
    },
    /// Stored bytes are not what was written.
    #[error("corrupt data while {doing} in `{place}`: {detail}")]
    Corrupt {
        /// What was being done.
        doing: &'static str,
        /// Which log.
        place: String,
        /// What was wrong.
        detail: String,
    },
    /// The disk failed to read, write or sync; a writer refuses everything until it is reopened.
    #[error("the disk failed while {doing} in `{place}`: {detail}")]
    Disk {
        /// What was being done.
        doing: &'static str,
        /// Which log.
        place: String,
        /// What the database said.
        detail: String,
    },
    /// The database refused for another reason.
    #[error("the database refused while {doing} in `{place}`")]
    Database {
        /// What was being done.
        doing: &'static str,
        /// Which log.
        place: String,
        /// Why.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The file is a database, but not one of ours.
    #[error("`{}` is not a Sealane log", .0.display())]
    NotALog(PathBuf),
    /// The schema is not the one this program knows.
    #[error("`{}` has schema {found}, this program reads {known}: {}", path.display(), if found > known { "use a newer program" } else { "open it for writing once" })]
    Schema {
        /// The schema of the file.
        found: u32,
        /// The schema of this program.
        known: u32,
        /// The file.
        path: PathBuf,
    },
    /// An earlier commit failed in the disk: what is durable is known only after reopening.
    #[error("the log refuses to write since the disk failed; reopen it")]
    Poisoned,
    /// A commit had more observations than allowed.
    #[error("{observations} observations are too many for one commit of at most {cap}")]
    TooMany {
        /// How many there were.
        observations: usize,
        /// How many are allowed.
        cap: usize,
    },
    /// Something is larger than what is kept or returned in one piece.
    #[error("the {what} has {bytes} bytes, more than {cap}")]
    TooLarge {
        /// What is too large.
        what: &'static str,
        /// Its length.
        bytes: u64,
        /// The most that is allowed.
        cap: u64,
    },
    /// The raw bytes of a submission were erased: it cannot be shown or read again.
    #[error("the bytes of submission `{submission}` were {erased}")]
    Erased {
        /// The submission.
        submission: String,
        /// When, by whom and why.
        erased: Erased,
    },
    /// A re-reading was worked out before another one changed what stands; nothing was kept.
    #[error("what stands of submission `{0}` was changed meanwhile")]
    Overtaken(String),
    /// No such submission, or it is not this party's.
    #[error("there is no submission `{0}`")]
    UnknownSubmission(String),
    /// The caller broke a rule of the log; nothing was kept.
    #[error("{rule}: submission `{submission}`")]
    Misuse {
        /// The rule.
        rule: &'static str,
        /// The submission.
        submission: String,
    },
    /// A record could not be encoded.
    #[error("cannot encode a record: {0}")]
    Encode(String),
}

impl LogError {
    /// Returns the error with the log's place filled in, where it has one.
    pub(crate) fn at(mut self, path: &Path) -> Self {
        match &mut self {
            Self::Full { place, .. }
            | Self::Corrupt { place, .. }
            | Self::Disk { place, .. }
            | Self::Database { place, .. } => *place = path.display().to_string(),
            _ => {}
        }
        self
    }

    /// Returns an error about stored bytes.
    pub(crate) fn corrupt(doing: &'static str, detail: impl Into<String>) -> Self {
        Self::Corrupt { doing, place: String::new(), detail: detail.into() }
    }

    /// Returns an error about a file.
    pub(crate) fn io(path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { path, source }
    }
}

/// Says what was being done when the database refused.
pub(crate) trait Doing<T> {
    /// Turns the database's error into ours.
    fn doing(self, doing: &'static str) -> Result<T>;
}

impl<T> Doing<T> for rusqlite::Result<T> {
    fn doing(self, doing: &'static str) -> Result<T> {
        self.map_err(|error| {
            let place = String::new();
            match error.sqlite_error_code() {
                Some(ErrorCode::DiskFull) => LogError::Full { doing, place },
                // The index of the write-ahead log could not grow: nothing has been written yet.
                Some(ErrorCode::SystemIoFailure) if no_index_room(&error) => LogError::Full { doing, place },
                Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
                    LogError::corrupt(doing, error.to_string())
                }
                Some(ErrorCode::SystemIoFailure) => {
                    LogError::Disk { doing, place, detail: error.to_string() }
                }
                _ => LogError::Database { doing, place, source: Box::new(error) },
            }
        })
    }
}

/// Whether the shared index of the write-ahead log found no room, which is how a full disk shows there.
fn no_index_room(error: &rusqlite::Error) -> bool {
    error.sqlite_error().is_some_and(|e| e.extended_code == rusqlite::ffi::SQLITE_IOERR_SHMSIZE)
}
