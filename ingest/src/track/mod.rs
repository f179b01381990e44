//! Between a live AIS feed and the log: cleans tracks and keeps only what tells something new.
//!
//! [`Tracker`] takes raw sentences (or frames of aisstream.io) as they are received and returns the lines that are
//! worth keeping. Those lines are an ordinary submission: [`crate::read`] reads every one of them into an observation,
//! today and when it is read again, for each says in its tag block when and by whom it was received (`c`, `s`) and why
//! it was kept (`t`, see `mark`). What was not kept is counted by [`Reason`], never dropped silently.
//!
//! Sentences that nobody kept (a file, a recorded stream) go through the same rules with their own times when
//! they are read, so that a million lines give the points of tracks and not a million observations.
//!
//! The rules: no position that cannot be; a report that is faster than a ship can sail is held until others confirm the
//! new place; an MMSI that two stations use becomes two identities (`563012345#1`, `563012345#2`) until one of them is
//! silent for an hour; the same message by several receivers counts once; nothing from the future, nothing that is
//! older than what is known. Points are kept when a ship is new, turns, changes its area, or every five minutes
//! ([`Settings`]).

mod cleaner;
mod distance;
mod fleet;
mod live;
mod mark;
mod reason;
mod settings;
mod ship;

pub(crate) use cleaner::{Cleaner, Context, Kept, Said, Was};
pub use distance::nautical_miles;
pub use live::Tracker;
pub use reason::{Reason, Tally};
pub use settings::{Areas, Nowhere, Settings};
