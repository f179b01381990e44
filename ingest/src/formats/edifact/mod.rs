//! EDIFACT (ISO 9735): interchanges, messages, segments; every malformation that is known to occur.
//!
//! The hot path is one structural pass ([`Index`]) over raw bytes; values are decoded only when
//! somebody asks for them. [`Cutter`] cuts a stream of bytes into messages in constant memory.

mod charset;
mod clean;
mod code;
mod cutter;
mod delimiters;
mod edges;
mod entry;
mod envelope;
mod index;
mod junk;
mod marks;
mod mask;
mod segment;
mod terminator;
mod trailer;
mod window;

pub use charset::{Charset, Fit};
pub(crate) use clean::REPETITION;
pub use clean::Unwrapped;
pub use code::Code;
pub(crate) use code::codes;
pub use cutter::{Cutter, MESSAGE_CAP};
pub use delimiters::{Advice, Delimiters};
pub use envelope::{Envelope, MessageFault, MessageHeader};
pub use index::Index;
pub(in crate::formats) use index::{BY_LINE, CUT, WRAPPED};
pub use segment::{Fields, Segment, Tag, UNH, UNT};
pub use trailer::Interchange;
pub use window::{Cut, Syntax, Totals, Window};
