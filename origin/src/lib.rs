//! Certificates of origin: reading them, keeping them, binding them to movements, disclosing them.
//!
//! Pure: no clock, no randomness, no I/O, but for the HTTP client of `registries` behind its feature. Three things are said of a certificate and never merged
//! into one flag: its lifecycle, its verification with the issuer, and its consistency with the
//! observed movement. A movement is witnessed; origin is never called proven.

mod admit;
mod axes;
pub mod binding;
mod bulletin;
mod canonical;
mod compare;
pub mod disclosure;
pub mod evidence;
mod field;
mod findings;
pub mod form;
mod layout;
mod life;
mod links;
mod local;
pub mod movement;
mod page_text;
pub mod paper;
mod papers;
mod register;
pub mod registries;
pub mod rules;
mod shares;
pub mod trust;
mod units;

pub use admit::{Refusal, admit};
pub use axes::{Claims, Consistency, Lifecycle, Verification};
pub use binding::{BINDINGS, BindingKind, Bound, Graph, Joining, MAX_BOUND, Why};
pub use bulletin::{Bulletin, Event, KEPT};
pub use findings::FINDINGS;
pub use form::{FORMS, Form, Intended, MAX_BYTES, MAX_DEPTH, MAX_LIST, read};
pub use life::{
    BY_HAND, BY_LINK, Life, NotReplacing, Noted, expiry, found, is_by_hand, is_by_link, replacement, told,
};
pub use links::MAX_LINKS;
pub use local::{Local, local_check};
pub use movement::{Cargo, Movement};
pub use page_text::{PageRead, read_page};
pub use paper::{NamedPaper, named_paper};
pub use papers::{MOST_FILE_BYTES, room_for_file};
pub use register::{Certificate, Contested, EntryState, NotFound, Register, Validity, public_ref_under};
pub use rules::{Assessment, Case, Papers, RULES, Rule, assess};
