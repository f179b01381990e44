//! The live hub: topics, and the feeds of their readers.
//!
//! A reader holds the document it was last sent; when its topic wakes it, it sends the delta to
//! the newest one. So a slow reader costs one document and skips what it was too slow to see.

pub(crate) mod delta;
pub(crate) mod feed;
pub(crate) mod hub;
pub(crate) mod sse;
pub(crate) mod wish;
pub(crate) mod ws;

#[cfg(test)]
mod tests;

pub(crate) use hub::Hub;

use sealane_data::certificate::CertificateId;
use sealane_data::recorded::Seq;
use sealane_origin::disclosure::Profile;

/// What can be followed.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum TopicKey {
    /// A certificate's route in one disclosure profile.
    Certificate(CertificateId, Profile),
    /// Every ship.
    Vessels,
}

impl TopicKey {
    /// Returns the topic's name on the wire.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Certificate(id, _) => format!("certificate:{id}"),
            Self::Vessels => "vessels".to_owned(),
        }
    }
}

/// Returns the id of an event: the epoch of this process and a log position.
pub(crate) fn event_id(epoch: &str, seq: Seq) -> String {
    format!("{epoch}-{seq}")
}

/// Returns the log position of an event id of this epoch.
pub(crate) fn parse_event_id(epoch: &str, id: &str) -> Option<Seq> {
    id.strip_prefix(epoch)?.strip_prefix('-')?.parse().ok()
}
