//! Bytes in, observations and findings out. Reading never fails and never drops silently.
//!
//! - [`formats`]: pure grammar that knows no port: EDIFACT, X12, flat files, spreadsheets, NMEA, JSON, XML, and sniffing of everything else.
//! - [`messages`]: meaning, one file a message family, in the table [`messages::MESSAGES`].
//! - [`answers`]: what goes back to the sender in its own format.
//! - `transports`: how bytes arrive, behind the feature of that name.
//! - [`sim`]: a seeded world that writes feed bytes, with the truth about them.
//! - [`track`]: between a live AIS feed and the log: what is worth keeping.
//! - [`ais_findings`], [`feed_findings`], [`findings`], [`flat_findings`], [`json_findings`], [`message_findings`],
//!   [`sheet_findings`], [`x12_findings`], [`xml_findings`]: every code this room can say, in a table each.
//!
//! [`read`] takes a submission whole, [`read_stream`] takes any length in constant memory; both are
//! the same code.

pub mod ais_findings;
pub mod answers;
pub mod feed_findings;
pub mod findings;
pub mod flat_findings;
pub mod formats;
pub mod json_findings;
pub mod message_findings;
pub mod messages;
mod reading;
pub mod sheet_findings;
pub mod sim;
pub mod track;
#[cfg(feature = "transports")]
pub mod transports;
pub mod x12_findings;
pub mod xml_findings;

pub use reading::{
    InterchangeSummary, Item, Older, ReadContext, Reading, acknowledgement, answers as acknowledgements,
    read, read_stream,
};
