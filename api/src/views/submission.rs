//! Submissions and their answers.

use sealane_data::finding::Finding;
use sealane_data::submission::{Receipt, SubmissionSummary};
use serde::Serialize;
use utoipa::ToSchema;

/// What the sender is told once its bytes are durable and applied.
#[derive(Serialize, ToSchema)]
pub(crate) struct Answered {
    /// The submission's id.
    id: String,
    /// Messages read, whatever they held.
    messages: u64,
    /// New observations.
    events: u64,
    /// Observations of messages that this party had sent before.
    duplicates: u64,
    /// Whether the party is held: the bytes are kept and will be read when it is released.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    held: bool,
    /// What was wrong or doubtful, each with its exact place.
    #[schema(value_type = Vec<Object>)]
    findings: Vec<Finding>,
    /// The acknowledgement in the sender's own format, when one is due.
    acknowledgement: Option<String>,
    /// Whether these bytes had been answered before and nothing was added.
    replay: bool,
}

impl From<Receipt> for Answered {
    fn from(receipt: Receipt) -> Self {
        Self {
            id: receipt.id.into(),
            messages: receipt.messages,
            events: receipt.events,
            duplicates: receipt.duplicates,
            held: receipt.held,
            findings: receipt.findings,
            acknowledgement: receipt.acknowledgement,
            replay: receipt.replay,
        }
    }
}

/// A page of the inbox, newest first.
#[derive(Serialize, ToSchema)]
pub(crate) struct Inbox {
    /// The submissions.
    #[schema(value_type = Vec<Object>)]
    pub(crate) submissions: Vec<SubmissionSummary>,
    /// What to send as `before` for the next page; absent on the last.
    pub(crate) next: Option<String>,
}
