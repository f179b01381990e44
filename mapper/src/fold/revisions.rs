//! What stands of tellings: messages may replace, cancel or change what their document said before.
//!
//! That a whole message was replaced or cancelled is noted at the message. A change is narrower: it
//! takes the place of what older versions said of the same box, or of the same ship's call.

use super::facts::Knowledge;
use crate::world::told::{CallTold, MessageNote, Told};
use jiff::Timestamp;
use sealane_data::observation::Revision;

/// A message that changes some boxes or calls of its document, with its age.
type Change = (u32, Age);

/// What decides which of two messages is the newer one.
type Age = (Option<Timestamp>, u32);

fn age(note: &MessageNote, message: u32) -> Age {
    (note.written, message)
}

/// Returns the document of a message and its age, if it changes single boxes or calls.
fn change(know: &dyn Knowledge, message: u32) -> Option<Change> {
    let note = know.message(message);
    let document = note.document.get().filter(|_| note.revision == Revision::Change)?;
    Some((document, age(note, message)))
}

/// Whether one of some changes took the place of what a message said.
fn is_changed(know: &dyn Knowledge, message: u32, changes: &[Change]) -> bool {
    let note = know.message(message);
    let (document, age) = (note.document.get(), age(note, message));
    changes.iter().any(|(of, newer)| document == Some(*of) && *newer > age)
}

/// Returns the tellings of one container that stand.
pub(crate) fn standing<'a, 'b>(told: &'a [Told<'b>], know: &dyn Knowledge) -> Vec<&'a Told<'b>> {
    let mut stand: Vec<&Told<'b>> = told.iter().filter(|t| know.message(t.message).stands()).collect();
    let changes: Vec<Change> = stand.iter().filter_map(|t| change(know, t.message)).collect();
    if !changes.is_empty() {
        stand.retain(|t| !is_changed(know, t.message, &changes));
    }
    stand
}

/// Returns the tellings of one ship's calls that stand.
pub(crate) fn standing_calls<'a>(told: &[&'a CallTold], know: &dyn Knowledge) -> Vec<&'a CallTold> {
    let mut stand: Vec<&CallTold> =
        told.iter().copied().filter(|t| know.message(t.message).stands()).collect();
    let port = |t: &CallTold| know.places().port_of(t.node);
    let changes: Vec<_> =
        stand.iter().filter_map(|t| Some((port(t), t.kind, change(know, t.message)?))).collect();
    if !changes.is_empty() {
        stand.retain(|t| {
            let here = changes.iter().filter(|(at, kind, _)| (*at, *kind) == (port(t), t.kind));
            !is_changed(know, t.message, &here.map(|(.., change)| *change).collect::<Vec<_>>())
        });
    }
    stand
}
