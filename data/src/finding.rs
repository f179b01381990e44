//! Findings: what is wrong or doubtful in an input. Findings are not errors.

mod groups;
mod language;

pub use groups::FindingGroup;
pub use language::Language;

use crate::Text;
use serde::{Deserialize, Serialize};

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Worth knowing; nothing was lost.
    Info,
    /// Doubtful; the reading went on with a documented choice.
    Warning,
    /// Something could not be understood and gave no data.
    Error,
}

/// One kind of finding: the row of a room's `FINDINGS` table.
#[derive(Clone, Copy, Debug)]
pub struct FindingKind {
    /// The stable code, such as `EDI-012`.
    pub code: &'static str,
    /// Its severity.
    pub severity: Severity,
    /// One sentence that says what it means.
    pub about: &'static str,
    /// One sentence that says what to do.
    pub help: &'static str,
}

/// The exact place of a finding in its submission.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// First byte from the start of the submission.
    pub byte: u64,
    /// Length in bytes.
    #[serde(default)]
    pub len: u32,
    /// Line from 1; 0 when lines mean nothing.
    #[serde(default)]
    pub line: u32,
    /// Segment ordinal in its message, the header being 1; 0 outside messages.
    #[serde(default)]
    pub segment: u32,
    /// Segment tag, or the path of a JSON value.
    #[serde(default, skip_serializing_if = "Text::is_empty")]
    pub tag: Text,
    /// Element number, the tag being 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub element: Option<u16>,
    /// Component number from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub component: Option<u16>,
}

/// What is wrong or doubtful at one place of an input.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The stable code.
    pub code: Text,
    /// Its severity.
    pub severity: Severity,
    /// Where.
    pub place: Place,
    /// One plain sentence about this input.
    pub message: String,
    /// What to do about it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub help: String,
}

impl Finding {
    /// Returns a finding of a kind at a place, with its sentence.
    pub fn new(kind: &FindingKind, place: Place, message: impl Into<String>) -> Self {
        Self {
            code: kind.code.into(),
            severity: kind.severity,
            place,
            message: message.into(),
            help: kind.help.to_owned(),
        }
    }
}
