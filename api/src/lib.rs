//! The doors: every address Sealane answers at, who may ask, and the live hub behind the streams.
//!
//! The engine calls [`Shared::apply`] after each commit; handlers read what is published there and
//! reach the engine only through [`sealane_data::ports::Intake`].

mod auth;
mod documents;
mod extract;
mod grants;
pub mod hooks;
pub mod keys;
mod layers;
mod list_file;
mod live;
mod metering;
mod node_pages;
pub mod oauth;
mod pages;
mod pass;
mod private_file;
pub mod problem;
mod rate;
mod routes;
mod scopes;
pub mod sea;
mod settings;
mod shared;
pub mod signing;
mod site;
mod views;

#[cfg(test)]
mod testing;

pub use documents::Document;
pub use keys::Keys;
pub use list_file::ListError;
pub use oauth::OAuth;
pub use routes::{openapi, router, webhook_body, what_if};
pub use settings::{Client, Clock, ClockSource, Doors, Settings, Webhooks};
pub use shared::{Aspect, Folded, Lookout, Messages, Shared, Standing};
pub use signing::Signing;
