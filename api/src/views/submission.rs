//! Submissions and their answers.

use sealane_data::finding::{Finding, FindingGroup, Language, Place, Severity};
use sealane_data::submission::{Receipt, SubmissionSummary};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// What the sender is told once its bytes are durable and applied.
#[derive(Serialize, ToSchema)]
pub(crate) struct Answered {
    /// The submission's id.
    id: String,
    /// Messages read, whatever they held.
    messages: u64,
    /// How many of them were tests, which are served to nobody; absent where none was.
    #[serde(skip_serializing_if = "Option::is_none")]
    tests: Option<u64>,
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
    /// The same for people: once for each code, message type and cause, in the language asked for.
    groups: Vec<Group>,
    /// The acknowledgement in the sender's own format, when one is due.
    acknowledgement: Option<String>,
    /// Whether these bytes had been answered before and nothing was added.
    replay: bool,
}

/// Findings of one code, message type and cause.
#[derive(Serialize, ToSchema)]
pub(crate) struct Group {
    /// The stable code.
    code: String,
    /// Its severity: `info`, `warning` or `error`.
    #[schema(value_type = String)]
    severity: Severity,
    /// The message type that it was found in; empty outside messages.
    message_type: String,
    /// How often it was found.
    count: u64,
    /// What it says, in the language that was asked for where there is one, with the values of the first.
    says: String,
    /// The English sentence of the first.
    message: String,
    /// What to do about it, in the language that was asked for where there is one.
    help: String,
    /// Where it was found first.
    #[schema(value_type = Vec<Object>)]
    first: Vec<Place>,
}

impl Group {
    fn new(group: FindingGroup, language: Language) -> Self {
        Self {
            says: group.says(language),
            help: group.advises(language).to_owned(),
            code: group.code.into(),
            severity: group.severity,
            message_type: group.family.into(),
            count: group.count,
            message: group.message,
            first: group.first,
        }
    }
}

/// Takes the groups of a receipt; those of its findings where none were kept.
fn groups(receipt: &mut Receipt, language: Language) -> Vec<Group> {
    let mut groups = std::mem::take(&mut receipt.groups);
    if groups.is_empty() {
        for finding in &receipt.findings {
            FindingGroup::add(&mut groups, "", finding);
        }
    }
    groups.into_iter().map(|group| Group::new(group, language)).collect()
}

/// Returns a line of the inbox for people: the groups of its findings in their language.
pub(crate) fn line(mut summary: SubmissionSummary, language: Language) -> serde_json::Result<Value> {
    let groups = groups(&mut summary.receipt, language);
    // What nobody asked for is an answer of its own, at `/answer`.
    summary.receipt.unasked = None;
    let mut line = serde_json::to_value(summary)?;
    line["receipt"]["groups"] = serde_json::to_value(groups)?;
    Ok(line)
}

impl Answered {
    /// Returns what the sender is told, with the groups in its language.
    pub(crate) fn new(mut receipt: Receipt, language: Language) -> Self {
        let groups = groups(&mut receipt, language);
        Self {
            groups,
            id: receipt.id.into(),
            messages: receipt.messages,
            tests: (receipt.tests > 0).then_some(receipt.tests),
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
    pub(crate) submissions: Vec<Value>,
    /// What to send as `before` for the next page; absent on the last.
    pub(crate) next: Option<String>,
}
