//! Where things are: the node index, the reference graph, facts, journeys, calls, legs and routes.
//!
//! Pure and synchronous: no clock, no randomness, no I/O. `World::apply` folds what the log
//! recorded and says what changed; the result does not depend on the order of arrival.

pub mod route;
