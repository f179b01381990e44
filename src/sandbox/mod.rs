//! The sandbox: behaves as the systems of the announced regimes might, for tests of adapters.
//!
//! Nothing about those systems is published, so this is our own guess, the same that the embedded
//! profiles make. It issues nothing and verifies nothing: the end of a certificate's number decides
//! what it answers. It is its own server and knows nothing of the rest of the house.

#![allow(clippy::unused_async, reason = "axum takes handlers that are asynchronous")]

mod auth;
pub(crate) mod conformance;
mod language;
mod magic;
mod state;
mod verbs;

pub(crate) use auth::Wanted;
pub(crate) use language::LANGUAGES;
pub(crate) use state::{Options, Sandbox};

use axum::Router;
use axum::routing::{any, get, post};
use std::sync::Arc;

/// Returns the sandbox as a router.
pub(crate) fn router(sandbox: Arc<Sandbox>) -> Router {
    Router::new()
        .route("/", get(verbs::about))
        .route("/sign", post(auth::sign))
        .route("/control", get(verbs::counts).post(verbs::control))
        .route("/{regime}/oauth/token", post(auth::token))
        .route("/{regime}/requests/{handle}", get(verbs::poll))
        .route("/{regime}/{verb}", any(verbs::verb))
        .with_state(sandbox)
}
