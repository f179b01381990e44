//! The fold: from what was told to facts, journeys, calls and routes.

pub(crate) mod calls;
pub(crate) mod facts;
pub(crate) mod halts;
pub(crate) mod journeys;
pub(crate) mod progress;
pub(crate) mod reconcile;
pub(crate) mod revisions;
pub(crate) mod route;
pub(crate) mod sailed;
