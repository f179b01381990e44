//! Where a source goes on: a small file that is replaced whole, and the pointers that find it in answers.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use std::io::{self, Write as _};
use std::path::Path;

/// The longest cursor that is kept.
pub(super) const LONGEST: usize = 4096;

const NAME: &str = "cursor";

/// Returns the cursor of a feed's folder.
pub(super) fn load(home: &Path) -> Option<String> {
    std::fs::read_to_string(home.join(NAME)).ok().filter(|c| !c.is_empty())
}

/// Replaces the cursor of a feed's folder, synced before it is renamed.
pub(super) fn save(home: &Path, cursor: &str) -> io::Result<()> {
    let beside = home.join("cursor.new");
    let mut file = std::fs::File::create(&beside)?;
    file.write_all(cursor.as_bytes())?;
    file.sync_all()?;
    std::fs::rename(&beside, home.join(NAME))
}

/// Returns what a JSON pointer (RFC 6901) finds, as text; `*` in it is the last item of a list.
pub(super) fn find(document: &Value, pointer: &str) -> Option<String> {
    let mut at = document;
    for part in pointer.split('/').skip(1) {
        at = match at {
            Value::Array(items) if part == "*" => items.last()?,
            Value::Array(items) => items.get(part.parse::<usize>().ok()?)?,
            Value::Object(fields) => fields.get(&part.replace("~1", "/").replace("~0", "~"))?,
            _ => return None,
        };
    }
    let found = match at {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    (!found.is_empty() && found.len() <= LONGEST).then_some(found)
}

/// Sets a cursor that is an instant back: what was told late comes again and adds nothing.
pub(super) fn set_back(overlap: Option<SignedDuration>, cursor: &str) -> String {
    let Some(overlap) = overlap else { return cursor.to_owned() };
    let back = cursor.parse::<Timestamp>().ok().and_then(|at| at.checked_sub(overlap).ok());
    back.map_or_else(|| cursor.to_owned(), |at| at.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_that_is_an_instant_is_set_back_and_any_other_is_not() {
        let by = |minutes| Some(SignedDuration::from_mins(minutes));
        assert_eq!(set_back(by(10), "2026-05-01T00:05:00Z"), "2026-04-30T23:55:00Z");
        assert_eq!(set_back(by(10), "abc"), "abc");
        assert_eq!(set_back(None, "2026-05-01T00:05:00Z"), "2026-05-01T00:05:00Z");
    }

    #[test]
    fn pointers_find_texts_numbers_and_the_last_item() {
        let document =
            serde_json::json!({"events": [{"at": "a"}, {"at": "b"}], "n": 7, "a/b": "x", "none": null});
        let found = |pointer: &str| find(&document, pointer);
        assert_eq!(found("/events/*/at").as_deref(), Some("b"));
        assert_eq!(found("/events/0/at").as_deref(), Some("a"));
        assert_eq!((found("/n").as_deref(), found("/a~1b").as_deref()), (Some("7"), Some("x")));
        assert!(["/none", "/events", "/events/9/at", "/n/x", ""].iter().all(|p| found(p).is_none()));
    }

    #[test]
    fn a_cursor_is_replaced_whole() {
        let home = tempfile::tempdir().unwrap();
        assert_eq!(load(home.path()), None);
        save(home.path(), "one").unwrap();
        save(home.path(), "2026-05-01T00:00:00Z").unwrap();
        assert_eq!(load(home.path()).as_deref(), Some("2026-05-01T00:00:00Z"));
    }
}
