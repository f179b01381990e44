//! What a build says while it runs, and why it may fail.

use crate::sea::facts::FactsError;
use thiserror::Error;

/// Why a network cannot be built.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum BuildError {
    /// The land cannot be read.
    #[error("the land cannot be read: {0}")]
    Land(String),
    /// The facts cannot be read.
    #[error(transparent)]
    Facts(#[from] FactsError),
    /// A strait has no way between its anchors.
    #[error("passage `{0}` has no way over water between its anchors")]
    NoLine(String),
    /// A line touches land and is no declared canal.
    #[error("the line of passage `{0}` touches land near {1}")]
    OverLand(String, String),
    /// The gate of a canal is not across its line: who uses it would not pay it, or twice.
    #[error("the line of canal `{0}` does not cross its gate once")]
    NotAcross(String),
    /// A gate does not reach the shore: ways would lead around its end.
    #[error("the gate of passage `{0}` ends in open water")]
    Adrift(String),
    /// There are more passages than a set of them can hold.
    #[error("there are {0} passages, 128 fit")]
    TooMany(usize),
}

/// What is being done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Land is read and drawn.
    Land,
    /// Points off the coasts are set.
    Corners,
    /// Points are joined that see each other.
    Sight,
    /// Nodes are made fast.
    Nodes,
    /// Ways that nobody uses are left out.
    Used,
}

impl Stage {
    /// Returns what is being done in words.
    pub fn says(self) -> &'static str {
        match self {
            Self::Land => "drawing the land",
            Self::Corners => "setting points off the coasts",
            Self::Sight => "joining what sees each other",
            Self::Nodes => "making nodes fast",
            Self::Used => "leaving out what is unused",
        }
    }
}

/// Told how far each stage is: done and whole.
pub type Progress<'p> = &'p (dyn Fn(Stage, usize, usize) + Sync);
