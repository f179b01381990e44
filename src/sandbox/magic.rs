//! Magic numbers: the last two digits of a certificate's number decide the answer.

/// What is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Magic {
    /// It stands.
    Confirmed,
    /// It does not.
    Refuted,
    /// The answer comes later.
    Pending,
    /// Asked too often: 429.
    Limited,
    /// Down: 503.
    Down,
    /// No answer.
    Silent,
    /// An answer that is cut off.
    Malformed,
    /// It stands, and is revoked later.
    RevokedLater,
    /// Neither way.
    Inconclusive,
}

/// Every ending with what it means; all others are inconclusive.
pub(crate) const ENDINGS: &[(&str, Magic)] = &[
    ("00", Magic::Confirmed),
    ("01", Magic::Refuted),
    ("02", Magic::Pending),
    ("10", Magic::Limited),
    ("11", Magic::Down),
    ("12", Magic::Silent),
    ("13", Magic::Malformed),
    ("20", Magic::RevokedLater),
];

/// Returns what a number means.
pub(crate) fn of(number: &str) -> Magic {
    ENDINGS
        .iter()
        .find(|(ending, _)| number.ends_with(ending))
        .map_or(Magic::Inconclusive, |(_, magic)| *magic)
}
