//! Messages that are whole in memory, as they came or out of another coding.

use super::session::Session;
use super::{Item, ReadContext};
use crate::findings as f;
use crate::formats::carried::Carried;
use sealane_data::finding::{Finding, Place};
use std::ops::ControlFlow;

/// Reads messages that are whole in memory.
pub(super) fn read_edi(
    bytes: &[u8],
    cx: ReadContext<'_>,
    sink: &mut dyn FnMut(Item) -> ControlFlow<()>,
) -> ControlFlow<()> {
    let mut session = Session::new(cx, bytes);
    if session.lower {
        return session.feed(&bytes.to_ascii_uppercase(), true, sink).map_continue(|_| ());
    }
    session.feed(bytes, true, sink).map_continue(|_| ())
}

/// Reads messages that were carried in another coding, and says so: what they say of places counts from the
/// start of what was decoded.
pub(super) fn read(
    carried: &Carried,
    cx: ReadContext<'_>,
    sink: &mut dyn FnMut(Item) -> ControlFlow<()>,
) -> ControlFlow<()> {
    let place = || Place { line: 1, ..Place::default() };
    let message = format!("the submission carries EDI as {}, which was decoded", carried.how);
    sink(Item::Finding(Finding::new(&f::CARRIED, place(), message)))?;
    if carried.left > 0 {
        let message = format!("{} other parts of the mail were left unread", carried.left);
        sink(Item::Finding(Finding::new(&f::LEFT_BESIDE, place(), message)))?;
    }
    read_edi(&carried.bytes, cx, sink)
}
