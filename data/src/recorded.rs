//! What the log holds: what the outside said or decided.

use crate::Text;
use crate::certificate::{CertificateEvent, CertificateId, CertificateRecord};
use crate::feed::FeedId;
use crate::finding::Finding;
use crate::node::NodeId;
use crate::observation::{Observation, Revision};
use crate::partner::{Mode, Partner, PartyId};
use crate::prediction::Predicted;
use crate::registry::{RegistryAsk, RegistrySwitch, RegistryTold};
use crate::stamp::DayStamp;
use crate::submission::{Erasure, Receipt, SubmissionId};
use crate::time::DeclaredTime;
use crate::webhook::{Announced, Delivered};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A place in the log, counted from 1. An observation has one; a message has a range of them.
pub type Seq = u64;

/// The reading that made observations: which parser, in which version, under which profile.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadingVersion {
    /// The parser, such as `edifact/codeco`.
    pub parser: Text,
    /// Its version, raised when its output changes.
    pub version: u16,
    /// The partner profile's hash; 0 without one.
    #[serde(default)]
    pub profile: u64,
}

/// One message as it was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageRecord {
    /// Its ordinal in the submission, from 1.
    pub ordinal: u32,
    /// Its type and dialect as found, such as `CODECO:D:95B:UN:ITG14`.
    pub family: Text,
    /// The document number (BGM 1004), for revisions.
    #[serde(default)]
    pub document: Text,
    /// What it does to earlier messages of the same document.
    #[serde(default)]
    pub revision: Revision,
    /// When the sender says it was written.
    #[serde(default)]
    pub written: Option<DeclaredTime>,
    /// The parties of the booking or bill of lading that it names (NAD codes as found).
    #[serde(default)]
    pub parties: Vec<Text>,
    /// A digest of its bytes, XXH3 for messages of EDI, else SHA-256 cut to 16: one party's repeat of it adds nothing.
    /// It is no proof of the bytes; that is the SHA-256 of the submission.
    pub key: [u8; 16],
    /// Which reading made it.
    pub reading: ReadingVersion,
    /// Whether it is a test (UNB 0035) and must not reach map, KPIs or evidence.
    #[serde(default)]
    pub test: bool,
    /// The mode of its sender when it was read: only what is live reaches map, KPIs or evidence.
    #[serde(default, skip_serializing_if = "Mode::is_live")]
    pub mode: Mode,
    /// What it said.
    pub observations: Vec<Observation>,
    /// What was wrong or doubtful in it.
    #[serde(default)]
    pub findings: Vec<Finding>,
}

/// Submissions that were read again, or the undoing of that. Nothing is deleted: what no longer
/// stands is still in the log.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reread {
    /// Its id.
    pub id: Text,
    /// Why it was done, for people.
    #[serde(default)]
    pub why: String,
    /// The re-reading that it takes back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undoes: Option<Text>,
    /// Messages that no longer stand, by their first sequence number.
    pub retracted: Vec<Seq>,
    /// Messages that stand again.
    #[serde(default)]
    pub restored: Vec<Seq>,
    /// Messages of the new reading; the log fills them in.
    #[serde(default)]
    pub appended: Vec<Seq>,
    /// The submissions, with what is now known of each.
    pub submissions: Vec<RereadSubmission>,
}

/// One submission that was read again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RereadSubmission {
    /// The submission.
    pub id: SubmissionId,
    /// Its receipt until then.
    pub before: Receipt,
    /// Its receipt from then on.
    pub after: Receipt,
}

/// One entry of the log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Entry {
    /// A message; its observations have the sequence numbers from the entry's own on.
    Message(MessageRecord),
    /// A certificate.
    Certificate(Box<CertificateRecord>),
    /// Submissions were read again.
    Reread(Box<Reread>),
    /// The operator changed a partner's profile.
    Profile(Box<Partner>),
    /// A certificate was made public by its owner.
    Published {
        /// The certificate.
        certificate: CertificateId,
    },
    /// Something was said or decided about a certificate.
    CertificateEvent(Box<CertificateEvent>),
    /// The raw bytes of the entry's submission were removed.
    Erased(Erasure),
    /// A feed went silent or came back.
    Feed(FeedNote),
    /// When ships should reach their stops, as it was reckoned and published.
    Predicted(Box<Predicted>),
    /// A registry is to be asked about a certificate.
    RegistryAsked(Box<RegistryAsk>),
    /// What came of asking a registry.
    RegistryTold(Box<RegistryTold>),
    /// The operator switched a registry off or on.
    RegistrySwitched(RegistrySwitch),
    /// The sites of a party are told of something.
    Announced(Box<Announced>),
    /// What came of telling one of them.
    Delivered(Box<Delivered>),
    /// An authority stamped what was signed on a day.
    Stamped(Box<DayStamp>),
}

/// A feed went silent, or came back: the engine's scheduler says so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedNote {
    /// The feed.
    pub feed: FeedId,
    /// The nodes that depend on it; none for one that tells of ships at sea.
    #[serde(default)]
    pub nodes: Vec<NodeId>,
    /// Since when data has been missing; nothing when it comes again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stale_since: Option<Timestamp>,
}

impl Entry {
    /// Returns how many sequence numbers the entry takes: at least one.
    pub fn width(&self) -> u64 {
        match self {
            Self::Message(m) => (m.observations.len() as u64).max(1),
            _ => 1,
        }
    }
}

/// An entry with its place in the log.
#[derive(Clone, Debug, PartialEq)]
pub struct Recorded {
    /// The first sequence number.
    pub seq: Seq,
    /// When it was received.
    pub at: Timestamp,
    /// Who said it.
    pub party: PartyId,
    /// The submission it came in.
    pub submission: SubmissionId,
    /// What was said.
    pub entry: Entry,
}

impl Recorded {
    /// Returns the last sequence number of the entry.
    pub fn last_seq(&self) -> Seq {
        self.seq + self.entry.width() - 1
    }
}
