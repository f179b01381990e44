//! What X12 transaction sets mean: one file each, and the table of all of them.
//!
//! The sets read alike in 4010 and 5010: what 5010 added to their segments stands behind what is
//! used here. Dates say by their qualifier (`DTM` 01) whether they are estimated or actual.

mod acknowledgement;
mod booking;
mod parts;
mod ports;
mod s301;
mod s303;
mod s310;
mod s315;
mod s322;
mod s323;
mod s324;
mod status;

use super::MessageFamily;

/// Every transaction set that is read. To add one: write its file, add its `mod` and its row.
pub const TRANSACTION_SETS: &[&dyn MessageFamily] = &[
    &s301::S301,
    &s303::S303,
    &s310::S310,
    &s315::S315,
    &s322::S322,
    &s323::S323,
    &s324::S324,
    &acknowledgement::S997,
    &acknowledgement::S999,
    &acknowledgement::Ta1,
];

/// Returns the family of a transaction set.
pub fn family(kind: &str) -> Option<&'static dyn MessageFamily> {
    TRANSACTION_SETS.iter().copied().find(|f| f.id() == kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table_is_sound() {
        for set in TRANSACTION_SETS {
            assert_eq!(family(set.id()).map(MessageFamily::id), Some(set.id()));
            assert!(set.version() > 0 && set.about().len() > 10 && !set.about().contains(". "));
            let mut tags: Vec<_> = set.ignored().iter().map(|(t, _)| *t).collect();
            tags.sort_unstable();
            tags.dedup();
            assert_eq!(tags.len(), set.ignored().len(), "{} names a tag twice", set.id());
        }
    }
}
