//! The nouns of Sealane: what every room agrees on. No async, no I/O, no C build.
//!
//! # Glossary: one word per idea
//!
//! | word | meaning |
//! |---|---|
//! | *submission* | bytes received once from a party, kept exactly as they came |
//! | *message* | one reading unit inside a submission (an EDIFACT `UNH..UNT`, a certificate) |
//! | *feed* | a configured stream of a partner |
//! | *transport* | how bytes travel (HTTP push, folder, WebSocket ...) |
//! | *mapping* | how documents of another system are read: paths, codes, units, zone |
//! | *party*, *partner* | who speaks; a partner is a party with a profile and keys |
//! | *observation* | what one source said, as declared |
//! | *fact* | what we believe, computed from observations; has witnesses and a leader |
//! | *finding* | what is wrong or doubtful in an input, with a stable code and an exact place |
//! | *node* | a port, terminal, berth, anchorage, depot or inland point |
//! | *journey* | one trip of one container; containers are reused, so histories are cut |
//! | *call* | one visit: (ship, node, arrival window) |
//! | *shipment* | a view: the journeys joined by one reference |
//! | *route* | stops and legs of a shipment, each with certainty, source and instant |
//! | *leg*, *stop* | the way between two nodes; the stay at one |
//! | *change* | what one applied record altered in the world |
//! | *certificate* | a certificate of origin (e-CO) |
//! | *registry* | an authority that verifies certificates |
//! | *KPI* | a figure analysts ask for, with its scope and coverage |
//! | *prediction* | when a ship should reach a stop, as we reckoned it at one moment |
//! | *site* | a web origin that a publishable key is bound to |

pub mod answer;
pub mod certificate;
pub mod container;
pub mod desk;
pub mod fact;
pub mod feed;
pub mod finding;
pub mod fix;
pub mod hex;
pub mod mapping;
pub mod node;
pub mod observation;
pub mod operate;
pub mod partner;
pub mod places;
pub mod ports;
pub mod prediction;
pub mod recorded;
pub mod reference;
pub mod registry;
pub mod sheet;
pub mod stamp;
pub mod submission;
pub mod time;
pub mod vessel;
pub mod webhook;

/// Text that is short nearly always and then needs no allocation.
pub type Text = compact_str::CompactString;
