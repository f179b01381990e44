//! Submissions: bytes received once, and what is answered.

use crate::Text;
use crate::answer::AnswerState;
use crate::finding::{Finding, FindingGroup, Place};
use crate::partner::PartyId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A submission's id: `sub_` and 26 characters that sort by time.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SubmissionId(pub Text);

impl fmt::Display for SubmissionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A SHA-256 digest.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Sha256(pub [u8; 32]);

impl Sha256 {
    /// Returns the digest of some bytes.
    pub fn of(bytes: &[u8]) -> Self {
        use sha2::Digest as _;
        Self(sha2::Sha256::digest(bytes).into())
    }

    /// Returns the lower-case hexadecimal form.
    pub fn hex(&self) -> String {
        crate::hex::write(&self.0)
    }
}

impl fmt::Debug for Sha256 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.hex())
    }
}

/// What a submission holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Content {
    /// To be sniffed: EDI today, other formats later.
    Feed,
    /// A certificate of origin as JSON.
    Certificate,
    /// A partner's profile as TOML, from the operator's files.
    Profile,
    /// What the engine's scheduler says, as JSON of log entries.
    Event,
}

/// How bytes arrived.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// The transport: `http`, `file`, `simulator` ...
    pub transport: Text,
    /// The file name or another label of the sender's.
    #[serde(default)]
    pub name: String,
}

impl Source {
    /// The transport of papers: kept as they are and read by no reader of certificates.
    pub const PAPER: &str = "paper";
    /// The transport of files that go with an exporter's answer: kept as they are and read by nobody.
    pub const ANSWER_FILE: &str = "answer-file";
}

/// Bytes that have just arrived, to be taken in.
#[derive(Clone, Debug)]
pub struct NewSubmission {
    /// Who sent them.
    pub party: PartyId,
    /// How they came.
    pub source: Source,
    /// What they hold.
    pub content: Content,
    /// When they came.
    pub received: Timestamp,
    /// The sender's key for a safe retry, at most 255 bytes.
    pub idempotency_key: Option<String>,
    /// The bytes themselves.
    pub bytes: Vec<u8>,
    /// Whether the sender asks for an acknowledgement in its own format.
    pub wants_acknowledgement: bool,
    /// Whether the sender asks for its spreadsheet with the bad cells marked.
    pub wants_workbook: bool,
}

/// A spreadsheet with its bad cells marked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MarkedSheet {
    /// Its media type.
    pub media_type: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// What the sender is told once its bytes are durable and applied.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// The submission's id.
    pub id: Text,
    /// Messages read, whatever they held.
    pub messages: u64,
    /// How many of them were tests: kept and answered, and served to nobody.
    #[serde(default, skip_serializing_if = "none")]
    pub tests: u64,
    /// New observations.
    pub events: u64,
    /// Observations of messages that this party had sent before, byte for byte.
    pub duplicates: u64,
    /// What was wrong or doubtful.
    pub findings: Vec<Finding>,
    /// The same for people: once for each cause, of all findings and not only of those listed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<FindingGroup>,
    /// The acknowledgement in the sender's own format, when one is due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acknowledgement: Option<String>,
    /// The acknowledgement that was not asked for: who sends the same bytes and asks gets it as it
    /// would have been then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unasked: Option<String>,
    /// The sender's spreadsheet as XLSX with its bad cells marked, when it asked for it; never stored.
    #[serde(skip)]
    pub workbook: Option<Vec<u8>>,
    /// Whether the sender is held: the bytes are kept and will be read when it is released.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub held: bool,
    /// Whether the sender of held bytes asked for an acknowledgement beside them.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub asks: bool,
    /// The re-reading that this is the outcome of, when it was read again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reread: Option<Text>,
    /// Whether these very bytes had been answered before and nothing was added.
    #[serde(default)]
    pub replay: bool,
    /// The certificate this submission made or repeated, with what happened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<CertificateReceipt>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn none(count: &u64) -> bool {
    *count == 0
}

impl Receipt {
    /// Returns the acknowledgement for somebody who asks, whether it was asked for at first or not.
    pub fn take_answer(&mut self) -> Option<String> {
        self.acknowledgement.take().or_else(|| self.unasked.take())
    }
}

/// An interchange as it is known again: by its control reference, and by its content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InterchangeMark {
    /// Digest of its sender, recipient, control reference, date and time.
    pub key: [u8; 16],
    /// Digest of its messages.
    pub content: [u8; 16],
    /// The digest of the older kind, where it was asked for: before, messages had other keys.
    pub older: Option<[u8; 16]>,
    /// Its control reference, for people.
    pub reference: Text,
    /// Where its header stands.
    pub place: Place,
}

/// What became of a submitted certificate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CertificateReceipt {
    /// Our id of the certificate.
    pub id: Text,
    /// What happened.
    pub outcome: CertificateOutcome,
}

/// What became of a submitted certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CertificateOutcome {
    /// It is new.
    Created,
    /// The same natural key and content were here already.
    Same,
    /// The same natural key is here with other content; nothing was stored.
    Conflict,
    /// It has errors and was not taken as a certificate; its bytes are kept.
    Invalid,
}

/// One line of the inbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubmissionSummary {
    /// The submission's id.
    pub id: Text,
    /// Who sent it.
    pub party: PartyId,
    /// How it came.
    pub source: Source,
    /// When it came.
    pub received: Timestamp,
    /// Its length in bytes.
    pub bytes: u64,
    /// Its SHA-256 in hexadecimal.
    pub sha256: String,
    /// What was answered.
    pub receipt: Receipt,
    /// What became of the answer in the sender's own format; absent when none was due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<AnswerState>,
    /// When, by whom and why its bytes were erased; absent while they are kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub erased: Option<Erased>,
}

/// The removal of a submission's raw bytes; what was read from them stays.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Erasure {
    /// Who removed them: a person's name for people, or `retention`.
    pub by: Text,
    /// Why.
    pub reason: String,
}

/// An erasure with its instant, as the inbox shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Erased {
    /// When.
    pub at: Timestamp,
    /// By whom and why.
    #[serde(flatten)]
    pub erasure: Erasure,
}

impl fmt::Display for Erased {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Erasure { by, reason } = &self.erasure;
        write!(f, "erased on {} by {by} because: {reason}", self.at.strftime("%Y-%m-%d at %H:%M UTC"))
    }
}
