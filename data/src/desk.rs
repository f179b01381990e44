//! The port through which the doors act on certificates after they were taken in.

use crate::Text;
use crate::certificate::CertificateEvent;
use crate::partner::PartyId;
use crate::ports::{IntakeError, Pending};
use crate::recorded::Seq;
use crate::submission::SubmissionId;
use jiff::Timestamp;
use std::collections::BTreeSet;

/// A message that told something of a movement, with the digest of the bytes that it came in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceMessage {
    /// The log position of its first observation.
    pub first: Seq,
    /// The log position of its last observation.
    pub last: Seq,
    /// Its type, such as `COARRI`.
    pub family: Text,
    /// The submission that it came in.
    pub submission: SubmissionId,
    /// SHA-256 of that submission's bytes, hexadecimal.
    pub sha256: String,
    /// When it was received.
    pub received: Timestamp,
}

/// Acts on certificates: durable and applied before it answers.
pub trait Desk: Send + Sync {
    /// Appends what a party says or decides about a certificate, if it may and if that can follow.
    ///
    /// Saying the same again adds nothing where that means nothing.
    fn note(&self, party: PartyId, event: CertificateEvent) -> Pending<'_, Result<(), IntakeError>>;

    /// Returns the messages at some log positions with the digests of their submissions; what is no
    /// message is left out.
    fn sources(&self, messages: BTreeSet<Seq>) -> Pending<'_, Result<Vec<SourceMessage>, IntakeError>>;
}
