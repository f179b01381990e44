//! What an answer to an interchange must know of it.

use sealane_data::Text;

/// How many groups, and how many transaction sets of all of them, are remembered one by one.
pub(super) const REMEMBERED: usize = 20_000;

/// What the answer to an interchange says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Receipt {
    /// What the sender asked for (ISA14).
    pub asked: Text,
    /// The version of the controls (ISA12).
    pub version: Text,
    /// What is wrong with header or trailer (TA105), `000` where nothing is.
    pub note: Text,
    /// Its groups but those of acknowledgements.
    pub groups: Vec<GroupReceipt>,
    /// Transaction sets remembered so far.
    pub(super) sets: usize,
}

/// What an answer says of one group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GroupReceipt {
    /// Functional identifier (GS01).
    pub functional: Text,
    /// Control number (GS06).
    pub control: Text,
    /// Version (GS08).
    pub version: Text,
    /// Application sender and receiver (GS02, GS03).
    pub parties: (Text, Text),
    /// How many transaction sets the trailer counts (GE01), as written.
    pub included: Text,
    /// How many messages of the interchange stand before it.
    pub before: u64,
    /// How many there were.
    pub received: u64,
    /// Whether the profile rejects it for its errors.
    pub rejected: bool,
    /// What is wrong with the group (AK905 on).
    pub errors: Vec<&'static str>,
    /// Its transaction sets.
    pub sets: Vec<SetReceipt>,
}

/// What an answer says of one transaction set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SetReceipt {
    /// Its type (ST01).
    pub kind: Text,
    /// Its control number (ST02).
    pub control: Text,
    /// The implementation convention (ST03).
    pub convention: Text,
    /// What is wrong with its frame (AK502 on).
    pub errors: Vec<&'static str>,
}
