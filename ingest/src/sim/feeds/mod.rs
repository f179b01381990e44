//! What some senders write instead of EDIFACT: SNX, TIC 4.0, a port community's JSON, DCSA events.
//!
//! Who writes what is one table. Everything is literal text from the facts of the standards, as all
//! that is simulated; nothing here knows the readers.

mod dcsa;
mod portnet;
mod snx;
mod tic40;

pub(super) use dcsa::Post;

use super::terminals::Told;
use super::time::{Minute, local};
use super::world::World;

/// How a sender writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// EDIFACT, as the sender's own row has it.
    Edifact,
    /// Navis N4 SNX (XML).
    Snx,
    /// TIC 4.0, nested.
    Tic40,
    /// TIC 4.0 with dots between the names, one message a line.
    Tic40Flat,
    /// A port community's JSON in the style of PORTNET.
    Portnet,
    /// DCSA Track & Trace 3.0 events; carriers only.
    Dcsa,
}

/// Who writes what.
pub type Dialects = &'static [(&'static str, Dialect)];

/// A mixed world: one terminal each with SNX, TIC 4.0 in both forms and a port community, and one carrier
/// with DCSA events; all others write EDIFACT.
pub const MIXED: Dialects = &[
    ("sim-yangshan-3", Dialect::Snx),
    ("sim-caimep-tcit", Dialect::Tic40),
    ("sim-klang-westports", Dialect::Tic40Flat),
    ("sim-singapore", Dialect::Portnet),
    ("sim-carrier-a", Dialect::Dcsa),
];

/// Returns how a party writes.
pub(super) fn of(dialects: Dialects, party: &str) -> Dialect {
    dialects.iter().find(|(sender, _)| *sender == party).map_or(Dialect::Edifact, |(_, dialect)| *dialect)
}

impl Dialect {
    /// Returns what its files are named after; nothing for EDIFACT.
    pub(super) fn stem(self) -> Option<&'static str> {
        Some(match self {
            Self::Edifact => return None,
            Self::Snx => "SNX",
            Self::Tic40 | Self::Tic40Flat => "TIC40",
            Self::Portnet => "PORTNET",
            Self::Dcsa => "DCSA-TNT",
        })
    }

    /// Writes moves of one terminal, of the gate or of one ship's call.
    pub(super) fn moves(
        self,
        world: &World,
        site: usize,
        at: Minute,
        call: Option<usize>,
        told: &[Told],
    ) -> Vec<u8> {
        let report = Report { world, site, at, call, told };
        let text = match self {
            Self::Snx => snx::write(&report),
            Self::Tic40 => tic40::nested(&report),
            Self::Tic40Flat => tic40::flat(&report),
            Self::Portnet => portnet::write(&report),
            Self::Edifact | Self::Dcsa => String::new(),
        };
        text.into_bytes()
    }
}

/// Moves of one terminal that are told together.
struct Report<'a> {
    world: &'a World,
    site: usize,
    /// When it is written.
    at: Minute,
    /// The ship's call; nothing for moves through the gate.
    call: Option<usize>,
    told: &'a [Told],
}

/// Writes a time as ISO 8601 without a zone.
fn iso(at: Minute, offset: i64) -> String {
    let t = local(at, offset);
    format!("{:04}-{:02}-{:02}T{:02}:{:02}:00", t.year(), t.month(), t.day(), t.hour(), t.minute())
}

/// Writes a time as ISO 8601 with its offset.
fn zoned(at: Minute, offset: i64) -> String {
    format!("{}+{offset:02}:00", iso(at, offset))
}
