//! Who may see which field: one allow-list per document, and what the public sees instead.
//!
//! Documents are made whole, in the shapes the doors serve, and then go through
//! [`certificate`], [`route`], [`consistency`], [`events`] or [`bindings`]: a field that no row names never leaves, whoever put it there.

mod filter;
mod mask;
mod tables;
mod untold;

pub use filter::{bindings, certificate, certificate_with_goods, consistency, events, route};
pub use mask::{Day, container_token, day_precision, mask_number};
pub use tables::{BINDINGS, CERTIFICATE, CONSISTENCY, EVENTS, ROUTE, Row, Show};
pub use untold::Untold;

/// For whom a document is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Profile {
    /// Anybody: embedded maps with a publishable key.
    Public,
    /// A buyer with a capability link or token.
    Buyer,
    /// An authority.
    Authority,
    /// A forwarder or another party with a grant.
    Partner,
    /// The certificate's owner and the operator: everything.
    Internal,
}

impl Profile {
    /// Every profile with its word in documents and addresses.
    pub const WORDS: &[(Self, &str)] = &[
        (Self::Public, "public"),
        (Self::Buyer, "buyer"),
        (Self::Authority, "authority"),
        (Self::Partner, "partner"),
        (Self::Internal, "internal"),
    ];

    /// Returns whether whoever may read one profile may read another: the public one always, every
    /// one from inside, and else only its own.
    pub fn may_read(self, asked: Self) -> bool {
        self == Self::Internal || self == asked || asked == Self::Public
    }

    /// Returns whether the profile reads which consistency rule found what.
    pub fn reads_rules(self) -> bool {
        matches!(self, Self::Buyer | Self::Authority | Self::Internal)
    }

    /// Returns the profile's word.
    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(profile, _)| *profile == self).map_or("public", |(_, word)| word)
    }
}
