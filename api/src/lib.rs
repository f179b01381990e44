//! The doors: every address Sealane answers at, who may ask, and the live hub behind the streams.
//!
//! The engine calls [`Shared::apply`] after each commit; handlers read what is published there and
//! reach the engine only through [`sealane_data::ports::Intake`].

mod auth;
mod documents;
mod extract;
mod grants;
pub mod keys;
mod layers;
mod live;
mod metering;
mod node_pages;
mod pages;
mod pass;
mod private_file;
pub mod problem;
mod rate;
mod routes;
pub mod sea;
mod settings;
mod shared;
pub mod signing;
mod views;

#[cfg(test)]
mod testing;

pub use documents::Document;
pub use keys::Keys;
pub use routes::{openapi, router, what_if};
pub use settings::{Client, Clock, ClockSource, Doors, Settings};
pub use shared::{Folded, Lookout, Messages, Shared};
pub use signing::Signing;
