//! Feeds that have gone silent, and what depends on them.

use super::World;
use jiff::Timestamp;
use sealane_data::feed::FeedId;
use sealane_data::node::NodeId;
use sealane_data::places::NodeIx;
use sealane_data::recorded::FeedNote;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What silent feeds cover: the nodes with everything below them, or the sea.
#[derive(Clone, Default, Serialize, Deserialize)]
pub(super) struct Silent(BTreeMap<FeedId, (Vec<NodeId>, Timestamp)>);

impl Silent {
    /// Files that a feed went silent or came back; the later word in the log holds.
    pub(super) fn note(&mut self, note: &FeedNote) {
        match note.stale_since {
            Some(since) => self.0.insert(note.feed.clone(), (note.nodes.clone(), since)),
            None => self.0.remove(&note.feed),
        };
    }
}

impl World {
    /// Returns since when nothing has been heard of a node from a feed that covers it.
    pub fn stale_since(&self, node: NodeIx) -> Option<Timestamp> {
        let below =
            |over: &NodeId| self.places.find(&over.0).is_some_and(|over| self.places.within(node, over));
        self.silent.0.values().filter(|(nodes, _)| nodes.iter().any(below)).map(|(_, since)| *since).min()
    }

    /// Returns since when nothing has been heard of ships at sea from a feed that covers no node.
    pub fn sea_stale_since(&self) -> Option<Timestamp> {
        self.silent.0.values().filter(|(nodes, _)| nodes.is_empty()).map(|(_, since)| *since).min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sealane_data::Text;
    use sealane_data::partner::PartyId;
    use sealane_data::places::Places;
    use sealane_data::recorded::{Entry, Recorded};
    use sealane_data::submission::SubmissionId;

    #[test]
    fn what_lies_below_a_silent_feeds_nodes_is_stale_until_it_returns() {
        let places = Places::embedded();
        let mut world = World::new(places.clone(), &[]);
        let mut seq = 0;
        let mut told = |world: &mut World, feed: &str, nodes: &[&str], since: Option<&str>| {
            seq += 1;
            let note = FeedNote {
                feed: FeedId(feed.into()),
                nodes: nodes.iter().map(|n| NodeId(Text::from(*n))).collect(),
                stale_since: since.map(|s| s.parse().unwrap()),
            };
            let (at, submission) = (Timestamp::UNIX_EPOCH, SubmissionId("s".into()));
            let entry = Entry::Feed(note);
            world.apply(&[Recorded { seq, at, party: PartyId::operator(), submission, entry }]);
        };
        let node = |id: &str| places.find(id).unwrap();
        let (port, terminal, far) = (node("VN-CAIMEP"), node("VN-CMIT"), node("MY-PKG"));
        told(&mut world, "pcs", &["VN-CAIMEP"], Some("2026-05-01T10:00:00Z"));
        told(&mut world, "tos", &["VN-CMIT"], Some("2026-05-01T09:00:00Z"));
        let at = |text: &str| Some(text.parse::<Timestamp>().unwrap());
        assert_eq!(world.stale_since(port), at("2026-05-01T10:00:00Z"));
        assert_eq!(world.stale_since(terminal), at("2026-05-01T09:00:00Z"), "the earliest");
        assert_eq!((world.stale_since(far), world.sea_stale_since()), (None, None));
        told(&mut world, "tos", &["VN-CMIT"], None);
        assert_eq!(world.stale_since(terminal), at("2026-05-01T10:00:00Z"));
        told(&mut world, "ais", &[], Some("2026-05-01T11:00:00Z"));
        assert_eq!(world.sea_stale_since(), at("2026-05-01T11:00:00Z"));
    }
}
