//! The sea network: ways over water between nodes and positions, never over land.
//!
//! It is built offline from Natural Earth, the land detail of the focus ports and the table of passages
//! ([`build`]) and shipped as one artefact. A way bends at *corners*, points some miles off the capes,
//! and is a great circle between them; every such piece was tested against the exact shore. A position
//! is *moored*: the last mile, a river, the way out of a harbour, then ties to all corners in sight.

mod artefact;
pub mod build;
mod calm;
pub mod check;
mod corner;
mod dense;
pub mod draw;
pub mod emission;
mod facts;
mod foot;
mod geodesic;
mod graph;
mod heap;
mod inshore;
mod land;
mod lines;
mod mooring;
mod network;
mod query;
mod ranks;
mod rings;
mod sailing;
mod shores;
pub(crate) mod sphere;
mod water;
mod zoom;

pub use artefact::Damaged;
pub use facts::{FactsError, Passage};
pub use lines::SeaLines;
pub use network::SeaNetwork;
pub use query::{End, Query, SeaError, Vessel};
pub use sailing::{LegKind, Sailing, SeaLeg};

#[cfg(test)]
mod tests;
