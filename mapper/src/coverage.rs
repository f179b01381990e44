//! Coverage: where and since when a live feed would have told what happened.
//!
//! Absence is knowledge only there: an expected event that nobody told of is missing where a feed covers
//! its node and kind from before it was due until now, without a gap. Everywhere else nothing is known.

use crate::route::{JourneyKey, Leg, ShipLabel};
use jiff::Timestamp;
use sealane_data::Text;
use sealane_data::node::NodeId;
use sealane_data::observation::Kind;
use sealane_data::partner::PartyId;
use sealane_data::places::{NodeIx, Places};

/// What one feed covers.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Span {
    /// Whose feed it is.
    pub party: Option<PartyId>,
    /// The nodes, with everything below them; `*` is everywhere.
    pub nodes: Vec<Text>,
    /// The kinds; empty is every kind.
    pub kinds: Vec<Kind>,
    /// Since when it has been live.
    pub since: Timestamp,
    /// When it told nothing that it should have: from and until.
    pub gaps: Vec<(Timestamp, Timestamp)>,
    /// Since when it has been silent, if it is.
    pub stale_since: Option<Timestamp>,
}

/// What all feeds cover; the engine fills it from their health.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Coverage {
    /// What each feed covers.
    pub spans: Vec<Span>,
}

impl Span {
    fn names(&self, places: &Places, node: NodeIx) -> bool {
        let holds = |name: &Text| places.find(name).is_some_and(|around| places.within(node, around));
        self.nodes.iter().any(holds)
    }

    fn covers(&self, kind: Kind, from: Timestamp, until: Timestamp) -> bool {
        let told = self.kinds.is_empty() || self.kinds.contains(&kind);
        let whole = self.gaps.iter().all(|(begin, end)| *end <= from || *begin >= until);
        told && self.since <= from && whole && self.stale_since.is_none_or(|stale| stale >= until)
    }
}

impl Coverage {
    /// Returns whether a feed would have told of a kind at a node from one instant to another; the instant
    /// from which on it would have.
    pub fn covers(
        &self,
        places: &Places,
        (node, kind): (NodeIx, Kind),
        from: Timestamp,
        until: Timestamp,
    ) -> Option<Timestamp> {
        let here = |s: &&Span| s.nodes.iter().any(|n| n == "*") || s.names(places, node);
        let spans = self.spans.iter().filter(here).filter(|s| s.covers(kind, from, until));
        spans.map(|s| s.since).min()
    }

    /// Returns since when a feed that names a node, or one above it, has been silent; nothing while all speak.
    pub fn stale_node(&self, places: &Places, node: &str) -> Option<Timestamp> {
        let node = places.find(node)?;
        self.spans.iter().filter(|s| s.names(places, node)).filter_map(|s| s.stale_since).min()
    }

    /// Returns since when the feed that tells the positions of a leg under way has been silent.
    pub fn stale_leg(&self, leg: &Leg) -> Option<Timestamp> {
        leg.progress.as_ref()?.seen?;
        let source = leg.pieces.iter().rev().find_map(|piece| piece.source.as_ref())?;
        let positions = |s: &&Span| {
            s.party.as_ref() == Some(source) && (s.kinds.is_empty() || s.kinds.contains(&Kind::Position))
        };
        let mut spans = self.spans.iter().filter(positions).peekable();
        spans.peek()?;
        // As long as one of its feeds speaks, positions come.
        spans.map(|s| s.stale_since).collect::<Option<Vec<_>>>()?.into_iter().max()
    }
}

/// Why an event was expected.
#[derive(Clone, Debug, PartialEq)]
pub enum Because {
    /// Somebody planned or estimated it.
    Planned(PartyId),
    /// The ship that carries the goods has left the port that they go to.
    ShipLeft(ShipLabel),
}

/// An event that was expected, is due, and that nobody told of although a feed covers it.
#[derive(Clone, Debug, PartialEq)]
pub struct Absent {
    /// Of which journey; nothing for a call of a ship.
    pub journey: Option<JourneyKey>,
    /// Of which ship, for a call.
    pub ship: Option<ShipLabel>,
    /// What should have happened.
    pub kind: Kind,
    /// Where.
    pub node: NodeId,
    /// When it was expected.
    pub expected: Timestamp,
    /// Since when it has been overdue.
    pub overdue_since: Timestamp,
    /// Why it was expected.
    pub because: Because,
    /// Since when a feed has covered it.
    pub covered_since: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hour: i64) -> Timestamp {
        Timestamp::from_second(1_788_000_000 + hour * 3_600).unwrap()
    }

    fn span(nodes: &[&str], kinds: &[Kind]) -> Span {
        let nodes = nodes.iter().map(|n| Text::from(*n)).collect();
        Span { nodes, kinds: kinds.to_vec(), since: at(0), ..Span::default() }
    }

    #[test]
    fn a_feed_covers_its_nodes_and_kinds_between_its_gaps() {
        let places = Places::embedded();
        let westports = places.find("MY-WESTPORTS").unwrap();
        let covers = |span: &Span, kind, from, until| {
            let coverage = Coverage { spans: vec![span.clone()] };
            coverage.covers(&places, (westports, kind), at(from), at(until)).is_some()
        };
        let port = span(&["MY-PKG"], &[Kind::GateIn]);
        assert!(covers(&port, Kind::GateIn, 0, 90), "a port's feed is its terminals' too");
        assert!(!covers(&port, Kind::GateOut, 0, 90) && !covers(&port, Kind::GateIn, -1, 90));
        assert!(!covers(&span(&["SG-SIN"], &[]), Kind::GateIn, 0, 90));
        assert!(covers(&span(&["*"], &[]), Kind::GateIn, 0, 90));
        let holed = Span { gaps: vec![(at(10), at(20))], ..port.clone() };
        assert!(!covers(&holed, Kind::GateIn, 5, 15) && covers(&holed, Kind::GateIn, 20, 30));
        let silent = Span { stale_since: Some(at(50)), ..port };
        assert!(covers(&silent, Kind::GateIn, 0, 50) && !covers(&silent, Kind::GateIn, 0, 51));
    }

    #[test]
    fn a_node_is_stale_since_the_first_of_its_feeds_fell_silent() {
        let places = Places::embedded();
        let silent = |hour| Span { stale_since: Some(at(hour)), ..span(&["MY-PKG"], &[]) };
        let coverage = Coverage { spans: vec![silent(9), silent(7), span(&["*"], &[])] };
        assert_eq!(coverage.stale_node(&places, "MY-WESTPORTS"), Some(at(7)));
        assert_eq!(coverage.stale_node(&places, "SG-SIN"), None);
    }
}
