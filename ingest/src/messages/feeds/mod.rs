//! Feeds of terminals, port communities and carriers in JSON and XML: one folder or file a family.
//!
//! A document is told by its shape: the partner's own mappings are asked first, then the table
//! [`FEEDS`], then the mappings that are shipped. One event is one message, so that a later version of
//! it takes the place of the earlier one.

mod dcsa;
mod decode;
pub mod mapped;
mod record;
mod session;
mod snx;
mod tic;
mod times;
mod unread;

pub use record::{Draft, Record};
pub(crate) use session::read;
pub use unread::Field;

use crate::feed_findings as f;
use crate::formats::tree::Node;
use sealane_data::finding::{Finding, FindingKind};
use sealane_data::partner::Partner;

/// One family of documents.
pub trait Feed: Sync {
    /// Returns its id.
    fn id(&self) -> &'static str;

    /// Returns one sentence that says what it gives.
    fn about(&self) -> &'static str;

    /// Returns the version of the reading, raised when its output changes.
    fn version(&self) -> u16;

    /// Returns the fields of its records that are known, with the reason why some are left unread.
    fn fields(&self) -> &'static [Field];

    /// Returns whether a path in a record is known.
    fn knows(&self, path: &str) -> bool {
        unread::names(self.fields(), path)
    }

    /// Returns whether a document is of this family, by its shape.
    fn claims(&self, root: &Node) -> bool;

    /// Reads a document into records and findings.
    fn read(&self, document: &mut Reading<'_>);
}

/// Every family that is read. To add one: write its file, add its `mod` and its row.
pub const FEEDS: &[&dyn Feed] = &[
    &snx::Snx,
    &tic::Tic,
    &dcsa::portcall::PortCall,
    &dcsa::schedules::Schedules,
    &dcsa::tracking::Tracking,
];

/// Returns the family with an id.
pub fn feed(id: &str) -> Option<&'static dyn Feed> {
    FEEDS.iter().copied().find(|feed| feed.id() == id)
}

/// Findings outside records of one document at most.
const SAID: usize = 100;

/// One document while it is read.
pub struct Reading<'d> {
    /// The document.
    pub root: &'d Node,
    /// Who sent it.
    pub partner: &'d Partner,
    /// What it told so far.
    pub(crate) drafts: Vec<(&'d Node, Draft)>,
    /// What is wrong outside records.
    pub(crate) findings: Vec<Finding>,
}

impl<'d> Reading<'d> {
    pub(crate) fn new(root: &'d Node, partner: &'d Partner) -> Self {
        Self { root, partner, drafts: Vec::new(), findings: Vec::new() }
    }

    /// Opens a record of a message type; nothing for one that the document broke off in.
    pub fn open(&mut self, node: &'d Node, family: &str) -> Option<Record<'d>> {
        if node.cut {
            self.find(&f::CUT, node, "the document breaks off inside this record");
            return None;
        }
        Some(Record::new(self.root, node, self.partner, family))
    }

    /// Keeps a record.
    pub fn push(&mut self, record: Record<'d>) {
        self.drafts.push((record.node, record.draft));
    }

    /// Says what is wrong outside records.
    pub fn find(&mut self, kind: &FindingKind, at: &Node, message: impl Into<String>) {
        if self.findings.len() < SAID {
            self.findings.push(Finding::new(kind, at.place(self.root), message));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table_is_sound() {
        for family in FEEDS {
            assert_eq!(feed(family.id()).map(Feed::id), Some(family.id()));
            assert!(family.version() > 0 && family.about().len() > 10 && !family.about().contains(". "));
            let mut paths: Vec<&str> = family.fields().iter().map(|(path, _)| *path).collect();
            let all = paths.len();
            paths.sort_unstable();
            paths.dedup();
            assert_eq!(paths.len(), all, "{} names a field twice", family.id());
        }
    }
}
