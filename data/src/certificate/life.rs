//! The life of a certificate: its states, and which may follow which.
//!
//! The union of what RCEP Article 3.17 and the operational procedures of ATIGA (Rules 26 to 31)
//! know. A certificate is never edited: a change is a new certificate, and the old one `replaced`.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Where a certificate is in its life.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LifecycleState {
    /// Being written.
    Draft,
    /// Asked for.
    Submitted,
    /// Issued, or for a declaration: made out.
    Issued,
    /// Shown to the importing customs.
    Presented,
    /// Preference was given for a part of the goods.
    PartlyUtilised,
    /// Preference was given.
    Utilised,
    /// The importing customs gave no preference.
    Denied,
    /// The issuing body refused to issue it.
    Rejected,
    /// Taken back before it was used.
    Cancelled,
    /// Another certificate took its place.
    Replaced,
    /// Declared invalid by its issuer.
    Revoked,
    /// Its validity ended.
    Expired,
    /// Nobody told, or in a word that is not known.
    #[default]
    Unknown,
}

use LifecycleState as S;

/// Which states may follow a state.
const NEXT: &[(S, &[S])] = &[
    (S::Draft, &[S::Submitted, S::Issued, S::Cancelled]),
    (S::Submitted, &[S::Issued, S::Rejected, S::Cancelled]),
    (
        S::Issued,
        &[
            S::Presented,
            S::PartlyUtilised,
            S::Utilised,
            S::Denied,
            S::Cancelled,
            S::Replaced,
            S::Revoked,
            S::Expired,
        ],
    ),
    (
        S::Presented,
        &[S::PartlyUtilised, S::Utilised, S::Denied, S::Cancelled, S::Replaced, S::Revoked, S::Expired],
    ),
    (S::PartlyUtilised, &[S::Utilised, S::Denied, S::Cancelled, S::Replaced, S::Revoked, S::Expired]),
    // A denial may be assessed again (ATIGA Rule 30.4), and a use be found false later.
    (S::Denied, &[S::Presented, S::Utilised, S::Cancelled, S::Replaced, S::Revoked, S::Expired]),
    (S::Utilised, &[S::Denied, S::Revoked]),
    (S::Expired, &[S::Replaced, S::Revoked]),
    (S::Rejected, &[]),
    (S::Cancelled, &[]),
    (S::Replaced, &[]),
    (S::Revoked, &[]),
];

/// A state was told that cannot follow the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a certificate that is {from} cannot become {to}")]
pub struct NotFollowing {
    /// The state before.
    pub from: LifecycleState,
    /// The state told.
    pub to: LifecycleState,
}

impl LifecycleState {
    /// Every state with its word, in one table.
    pub const WORDS: &[(Self, &str)] = &[
        (Self::Draft, "draft"),
        (Self::Submitted, "submitted"),
        (Self::Issued, "issued"),
        (Self::Presented, "presented"),
        (Self::PartlyUtilised, "partly_utilised"),
        (Self::Utilised, "utilised"),
        (Self::Denied, "denied"),
        (Self::Rejected, "rejected"),
        (Self::Cancelled, "cancelled"),
        (Self::Replaced, "replaced"),
        (Self::Revoked, "revoked"),
        (Self::Expired, "expired"),
        (Self::Unknown, "unknown"),
    ];

    /// Returns the state's word.
    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(state, _)| *state == self).map_or("unknown", |(_, word)| word)
    }

    /// Returns the state of a word.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::WORDS.iter().find(|(_, known)| *known == word).map(|(state, _)| *state)
    }

    /// Returns whether a state may follow this one.
    pub fn follow(self, to: Self) -> Result<Self, NotFollowing> {
        let allowed = NEXT.iter().find(|(from, _)| *from == self).map(|(_, next)| *next);
        // Whatever is told of a certificate whose state nobody knows is more than before.
        match allowed {
            None if to != Self::Unknown => Ok(to),
            Some(next) if next.contains(&to) => Ok(to),
            _ => Err(NotFollowing { from: self, to }),
        }
    }

    /// Returns whether no preference can be claimed with it any more.
    pub fn is_void(self) -> bool {
        matches!(
            self,
            Self::Rejected | Self::Cancelled | Self::Replaced | Self::Revoked | Self::Expired | Self::Denied
        )
    }

    /// Returns whether its time can still run out.
    pub fn may_expire(self) -> bool {
        self.follow(Self::Expired).is_ok()
    }
}

impl fmt::Display for LifecycleState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_follow_the_rules_and_nothing_leaves_an_end() {
        for (from, to, may) in [
            (S::Draft, S::Issued, true),
            (S::Issued, S::Utilised, true),
            (S::Issued, S::Draft, false),
            (S::Issued, S::Issued, false),
            (S::Denied, S::Presented, true),
            (S::Unknown, S::Presented, true),
            (S::Unknown, S::Unknown, false),
            (S::Utilised, S::Expired, false),
            (S::Expired, S::Replaced, true),
        ] {
            assert_eq!(from.follow(to).is_ok(), may, "{from} to {to}");
        }
        for end in [S::Rejected, S::Cancelled, S::Replaced, S::Revoked] {
            assert!(S::WORDS.iter().all(|(to, _)| end.follow(*to).is_err()), "{end} is an end");
            assert!(end.is_void());
        }
        let said = S::Revoked.follow(S::Issued).unwrap_err().to_string();
        assert_eq!(said, "a certificate that is revoked cannot become issued");
    }

    #[test]
    fn every_state_has_a_word_and_a_row() {
        for (state, word) in S::WORDS {
            assert_eq!(S::of_word(word), Some(*state));
            assert_eq!(serde_json::to_value(state).unwrap(), *word, "one word in documents and in the log");
            assert!(*state == S::Unknown || NEXT.iter().any(|(from, _)| from == state), "{word} has no row");
        }
        assert_eq!(S::of_word("blessed"), None);
    }
}
