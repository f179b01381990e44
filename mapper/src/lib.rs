//! Where things are: the node index, the reference graph, facts, journeys, calls, legs and routes.
//!
//! Pure and synchronous: no clock, no randomness, no I/O. [`world::World::apply`] takes in what the
//! log recorded and says what changed; what is read is folded from it and does not depend on the
//! order of arrival.

pub mod along;
pub mod areas;
pub mod coverage;
pub mod ends;
pub mod eta;
mod fold;
pub mod geojson;
mod locate;
pub mod nodes;
pub mod passages;
pub mod reconciliation;
pub mod route;
pub mod sea;
pub mod what_if;
pub mod world;

pub use route::{Call, Journey, JourneyEvent, JourneyKey, ShipLeg};
pub use world::{Change, Snapshot, SnapshotError, World};
