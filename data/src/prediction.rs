//! Predictions: when a ship should reach a stop, as it was reckoned and published at one moment.

use crate::Text;
use crate::node::NodeId;
use crate::partner::PartyId;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// A prediction that moved by less than this is not published again.
const WORTH_TELLING: SignedDuration = SignedDuration::from_mins(15);

/// What an expected arrival is reckoned from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GroundKind {
    /// What the crew typed into the ship's AIS set.
    Declared,
    /// What a carrier, terminal or port told.
    Schedule,
    /// How long the way took before.
    History,
    /// The way that is left over the speed that was made.
    Progress,
}

/// One ground of a prediction: the arrival that it alone would give, and its share in the result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ground {
    /// What it is.
    pub kind: GroundKind,
    /// The arrival by it alone.
    pub at: Timestamp,
    /// Its share in the result, in points of a hundred.
    pub share: u8,
    /// How many past voyages or hours of positions it stands on; 1 for something told.
    pub samples: u32,
    /// Who told it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<PartyId>,
}

/// When a ship should reach one stop.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prediction {
    /// The ship's key: IMO number, else call sign, else MMSI, else name.
    pub ship: Text,
    /// The port.
    pub node: NodeId,
    /// The most likely arrival; absent when nothing is known that is still ahead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub eta: Option<Timestamp>,
    /// Eight arrivals of ten should lie from this one ...
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub earliest: Option<Timestamp>,
    /// ... to this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latest: Option<Timestamp>,
    /// What it is reckoned from, the one with the greatest share first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub grounds: Vec<Ground>,
    /// The arrival that was told and has passed without the ship.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overdue_since: Option<Timestamp>,
    /// Until when it may be shown as what is ahead: never past its own arrival, nor long past the last
    /// position that it stands on.
    pub valid_until: Timestamp,
}

impl Prediction {
    /// Returns that nothing is known of a stop any more.
    pub fn none(ship: Text, node: NodeId, at: Timestamp) -> Self {
        let (eta, earliest, latest) = (None, None, None);
        Self { ship, node, eta, earliest, latest, grounds: Vec::new(), overdue_since: None, valid_until: at }
    }

    /// Returns whether it says something else than an earlier one of the same stop: another quarter of
    /// an hour, or that there is an arrival at all, or that one is overdue.
    pub fn differs(&self, before: &Self) -> bool {
        let moved = match (self.eta, before.eta) {
            (Some(now), Some(then)) => now.duration_since(then).abs() >= WORTH_TELLING,
            (now, then) => now.is_some() != then.is_some(),
        };
        moved || self.overdue_since.is_some() != before.overdue_since.is_some()
    }

    /// Returns the arrival as what is ahead at an instant; nothing once it has passed.
    pub fn ahead(&self, now: Timestamp) -> Option<Timestamp> {
        self.eta.filter(|_| now < self.valid_until)
    }
}

/// What was predicted at one moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Predicted {
    /// When.
    pub made: Timestamp,
    /// The stops whose prediction is another one than before.
    pub stops: Vec<Prediction>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_quarter_of_an_hour_is_worth_telling_and_the_past_is_not_ahead() {
        let eta = at("2026-09-05T10:00:00Z");
        let none = Prediction::none("9074729".into(), NodeId("SG-SIN".into()), eta);
        let with = |eta: &str| Prediction { eta: Some(at(eta)), valid_until: at(eta), ..none.clone() };
        let first = with("2026-09-05T10:00:00Z");
        assert!(
            !with("2026-09-05T10:14:00Z").differs(&first) && with("2026-09-05T10:15:00Z").differs(&first)
        );
        assert!(none.differs(&first) && first.differs(&none));
        assert!(Prediction { overdue_since: Some(eta), ..first.clone() }.differs(&first));
        assert_eq!(first.ahead(at("2026-09-05T09:59:59Z")), Some(eta));
        assert_eq!(first.ahead(eta), None);
    }

    #[test]
    fn an_old_log_still_reads_and_a_prediction_comes_back() {
        let bare = r#"{"ship":"9074729","node":"SG-SIN","valid_until":"2026-09-05T10:00:00Z"}"#;
        let read: Prediction = serde_json::from_str(bare).unwrap();
        assert_eq!(serde_json::to_string(&read).unwrap(), bare);
    }
}
