//! What stands of tellings: messages may replace, cancel or change what their document said before.
//!
//! That a whole message was replaced or cancelled is noted at the message. A change is narrower: it
//! takes the place of what older versions said of the same box, or of the same ship's call.

use super::facts::Knowledge;
use crate::world::told::{CallTold, Told};
use jiff::Timestamp;
use rustc_hash::FxHashMap;
use sealane_data::observation::Revision;
use std::hash::Hash;

/// What decides which of two messages is the newer one.
type Age = (Option<Timestamp>, u32);

/// The age of the newest change of each document, or of each document's calls of a kind at a port.
type Newest<K> = FxHashMap<K, Age>;

fn age(know: &dyn Knowledge, message: u32) -> Age {
    (know.message(message).written, message)
}

/// Returns the document of a message, if it changes single boxes or calls.
fn changed_document(know: &dyn Knowledge, message: u32) -> Option<u32> {
    let note = know.message(message);
    note.document.get().filter(|_| note.revision == Revision::Change)
}

/// Returns the newest change of each key.
fn newest<K: Eq + Hash>(changes: impl Iterator<Item = (K, Age)>) -> Newest<K> {
    let mut newest = Newest::default();
    for (key, age) in changes {
        let kept = newest.entry(key).or_insert(age);
        *kept = age.max(*kept);
    }
    newest
}

/// Returns the tellings of one container that stand.
pub(crate) fn standing<'a, 'b>(told: &'a [Told<'b>], know: &dyn Knowledge) -> Vec<&'a Told<'b>> {
    let mut stand: Vec<&Told<'b>> = told.iter().filter(|t| know.message(t.message).stands()).collect();
    let changes =
        newest(stand.iter().filter_map(|t| Some((changed_document(know, t.message)?, age(know, t.message)))));
    if !changes.is_empty() {
        stand.retain(|t| {
            let newer = know.message(t.message).document.get().and_then(|document| changes.get(&document));
            newer.is_none_or(|newer| *newer <= age(know, t.message))
        });
    }
    stand
}

/// Returns the tellings of one ship's calls that stand.
pub(crate) fn standing_calls<'a>(told: &[&'a CallTold], know: &dyn Knowledge) -> Vec<&'a CallTold> {
    let mut stand: Vec<&CallTold> =
        told.iter().copied().filter(|t| know.message(t.message).stands()).collect();
    let key = |t: &CallTold, document: u32| (know.places().port_of(t.node), t.kind, document);
    let change = |t: &CallTold| Some((key(t, changed_document(know, t.message)?), age(know, t.message)));
    let changes = newest(stand.iter().filter_map(|t| change(t)));
    if !changes.is_empty() {
        stand.retain(|t| {
            let document = know.message(t.message).document.get();
            let newer = document.and_then(|document| changes.get(&key(t, document)));
            newer.is_none_or(|newer| *newer <= age(know, t.message))
        });
    }
    stand
}

#[cfg(test)]
mod tests;
