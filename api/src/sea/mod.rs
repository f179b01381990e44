//! Ways by sea as they are asked for and answered: the one set of shapes for the doors and the command line.
//!
//! [`Question`] is read, [`Charts::answer`] finds the ways (from a bounded cache of encoded lines), and an
//! [`Answer`] is written as JSON or as GeoJSON (RFC 7946).

mod answer;
mod charts;
mod collection;
mod question;
mod section;

pub use answer::{Answer, Emission, End, Factor, Leg, PassageUsed, Way};
pub use charts::Charts;
pub use question::{Antimeridian, Question, Trouble, list};
