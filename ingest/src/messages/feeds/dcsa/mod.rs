//! DCSA: Track & Trace 2.2 and 3.0, port calls, and vessel schedules. One event is one message.

mod codes;
pub(super) mod parts;
pub(super) mod portcall;
pub(super) mod schedules;
pub(super) mod tracking;
