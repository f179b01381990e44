//! What messages mean: one file a family, and the table of all of them.

pub mod ais;
mod aperak;
mod baplie;
mod berman;
mod booking;
mod calinf;
mod coarri;
mod codeco;
mod cohaor;
mod consignments;
mod contrl;
mod coparn;
mod copino;
mod coprar;
mod coreor;
mod cuscar;
mod cusres;
mod desadv;
mod dialect;
pub mod feeds;
pub mod flat;
mod group;
mod ifcsum;
mod iftman;
mod iftmbc;
mod iftmbf;
mod iftmcs;
mod iftmin;
mod iftsai;
mod iftsta;
mod listing;
mod mass;
mod movins;
mod orders;
mod papers;
mod parts;
mod places;
mod ports;
mod reader;
mod route;
pub mod sheet;
pub mod times;
mod tpfrep;
mod usual;
mod vermas;
mod vesdep;
mod voyage;
pub mod x12;

pub use dialect::Dialect;
pub use places::KnownPlaces;
pub use reader::{Outcome, Reader, Tally};

use crate::formats::edifact::Tag;

/// A segment that a family knows and leaves unread, with the reason.
pub type Ignored = (Tag, &'static str);

/// One family of messages.
pub trait MessageFamily: Sync {
    /// Returns the message type (UNH 0065).
    fn id(&self) -> &'static str;

    /// Returns one sentence that says what it gives.
    fn about(&self) -> &'static str;

    /// Returns the version of the reading, raised when its output changes.
    fn version(&self) -> u16;

    /// Returns the segments that are known and left unread, with reasons.
    fn ignored(&self) -> &'static [Ignored];

    /// Reads one message into observations and findings.
    fn read(&self, message: &mut Reader<'_>);
}

/// Every family that is read. To add one: write its file, add its `mod` and its row.
pub const MESSAGES: &[&dyn MessageFamily] = &[
    &aperak::Aperak,
    &baplie::Baplie,
    &berman::Berman,
    &calinf::Calinf,
    &coarri::Coarri,
    &codeco::Codeco,
    &cohaor::Cohaor,
    &contrl::Contrl,
    &coparn::Coparn,
    &copino::Copino,
    &coprar::Coprar,
    &coreor::Coreor,
    &cuscar::Cuscar,
    &cusres::Cusres,
    &desadv::Desadv,
    &ifcsum::Ifcsum,
    &iftman::Iftman,
    &iftmbc::Iftmbc,
    &iftmbf::Iftmbf,
    &iftmcs::Iftmcs,
    &iftmin::Iftmin,
    &iftsai::Iftsai,
    &iftsta::Iftsta,
    &movins::Movins,
    &tpfrep::Tpfrep,
    &vermas::Vermas,
    &vesdep::Vesdep,
];

/// Returns the family of a message type.
pub fn family(kind: &str) -> Option<&'static dyn MessageFamily> {
    MESSAGES.iter().copied().find(|f| f.id() == kind)
}

/// Why segments are left unread; the same words in every family's table.
pub(crate) mod why {
    /// Text for people.
    pub(crate) const TEXT: &str = "free text for people, which may hold personal data";
    /// Contacts.
    pub(crate) const CONTACT: &str = "names and numbers of people stay in the submission only";
    /// Goods.
    pub(crate) const GOODS: &str = "describes the goods, not the movement";
    /// Condition.
    pub(crate) const CONDITION: &str = "describes the condition of the box, not the movement";
    /// Handling.
    pub(crate) const HANDLING: &str = "instructs how to handle the box";
    /// Terms.
    pub(crate) const TERMS: &str = "says the terms of the contract";
    /// Money.
    pub(crate) const MONEY: &str = "says what it costs, not where it goes";
    /// Attached things.
    pub(crate) const ATTACHED: &str = "equipment attached to the box is no container";
    /// Structure.
    pub(crate) const STRUCTURE: &str = "only divides the message";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table_is_sound() {
        for family in MESSAGES {
            assert_eq!(super::family(family.id()).map(MessageFamily::id), Some(family.id()));
            assert!(family.version() > 0 && !family.about().is_empty());
            let mut tags: Vec<_> = family.ignored().iter().map(|(t, _)| *t).collect();
            tags.sort_unstable();
            tags.dedup();
            assert_eq!(tags.len(), family.ignored().len(), "{} names a tag twice", family.id());
        }
    }
}
