//! Where values stand in the bytes of a JSON document that is known to be well formed.
//!
//! Written for documents that `serde_json` has accepted; on anything else it finds nothing or too
//! little, and never panics.

use sealane_data::Text;
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;
use std::ops::Range;

/// One step from a value to a value inside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Key(Text),
    Index(usize),
}

/// The way from the document to a value, written as in RFC 9535: `$.items[0].hs6`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Path(pub(crate) Vec<Step>);

impl Path {
    pub(crate) fn then(&self, step: Step) -> Self {
        let mut steps = self.0.clone();
        steps.push(step);
        Self(steps)
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("$")?;
        for step in &self.0 {
            match step {
                Step::Index(n) => write!(f, "[{n}]")?,
                Step::Key(key) if is_name(key) => write!(f, ".{key}")?,
                Step::Key(key) => write!(f, "['{}']", clip(key))?,
            }
        }
        Ok(())
    }
}

fn is_name(key: &str) -> bool {
    key.len() <= 40 && !key.is_empty() && key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

/// Returns a text short and plain enough to be put into a sentence.
pub(crate) fn clip(text: &str) -> String {
    let mut plain: String = text.chars().take(40).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if text.chars().nth(40).is_some() {
        plain.push('…');
    }
    plain
}

/// What one pass over a document's bytes tells.
pub(crate) struct Survey {
    /// The deepest nesting.
    pub(crate) depth: usize,
    /// Members whose name stands in their object already.
    pub(crate) repeated: Vec<Path>,
    /// Whether an integer stands in it that a double cannot hold exactly.
    pub(crate) inexact: bool,
}

/// An open array or object on the way.
enum Frame<'a> {
    Array(usize),
    Object { seen: BTreeSet<Cow<'a, [u8]>>, key: Text },
}

/// Measures nesting and finds names that stand twice in one object.
pub(crate) fn survey(bytes: &[u8]) -> Survey {
    let mut told = Survey { depth: 0, repeated: Vec::new(), inexact: false };
    let mut open: Vec<Frame<'_>> = Vec::new();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let next = match byte {
            b'"' => string_end(bytes, at),
            b'-' | b'0'..=b'9' => number_end(bytes, at),
            _ => at + 1,
        };
        match byte {
            b'-' | b'0'..=b'9' => told.inexact |= bytes.get(at..next).is_some_and(is_inexact),
            b'{' => open.push(Frame::Object { seen: BTreeSet::new(), key: Text::default() }),
            b'[' => open.push(Frame::Array(0)),
            b'}' | b']' => drop(open.pop()),
            b',' => {
                if let Some(Frame::Array(n)) = open.last_mut() {
                    *n += 1;
                }
            }
            // Only a member's name is followed by a colon.
            b'"' if bytes.get(blanks_end(bytes, next)) == Some(&b':') => {
                if let Some(path) = name(&mut open, &bytes[at..next]) {
                    told.repeated.push(path);
                }
            }
            _ => {}
        }
        told.depth = told.depth.max(open.len());
        at = next;
    }
    told
}

/// Returns where the number that starts at `at` ends.
fn number_end(bytes: &[u8], at: usize) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    let length = rest.iter().take_while(|b| matches!(b, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E'));
    at + length.count().max(1)
}

/// Whether a number is an integer that a double cannot hold exactly: two readers may take it for two
/// numbers.
fn is_inexact(number: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(number) else { return false };
    if text.contains(['.', 'e', 'E']) {
        return false;
    }
    // Whatever is longer than an `i128` is far beyond what is exact by chance.
    let Ok(exact) = text.parse::<i128>() else { return text.len() > 16 };
    #[expect(clippy::cast_possible_truncation, reason = "a double of an i128 is in its range")]
    let back = |double: f64| double as i128;
    text.parse::<f64>().is_ok_and(|double| back(double) != exact)
}

/// Notes a member's name in the innermost object; gives its path if it stood there before.
fn name<'a>(open: &mut [Frame<'a>], quoted: &'a [u8]) -> Option<Path> {
    let Some(Frame::Object { seen, key }) = open.last_mut() else { return None };
    let name = unquoted(quoted);
    *key = Text::from_utf8_lossy(&name);
    if seen.insert(name) {
        return None;
    }
    let step = |frame: &Frame<'_>| match frame {
        Frame::Array(n) => Step::Index(*n),
        Frame::Object { key, .. } => Step::Key(key.clone()),
    };
    Some(Path(open.iter().map(step).collect()))
}

/// Returns the range of the value at a path, or of the nearest value around where it should be.
pub(crate) fn locate(bytes: &[u8], path: &Path) -> Range<usize> {
    let mut at = blanks_end(bytes, 0);
    for step in &path.0 {
        match inside(bytes, at, step) {
            Some(found) => at = found,
            None => break,
        }
    }
    at..value_end(bytes, at)
}

/// Returns where the named member or entry of the value at `at` starts.
fn inside(bytes: &[u8], at: usize, step: &Step) -> Option<usize> {
    let opens = bytes.get(at)?;
    let mut here = blanks_end(bytes, at + 1);
    for n in 0.. {
        let value = match (opens, step) {
            (b'[', Step::Index(wanted)) if n == *wanted => return starts_value(bytes, here),
            (b'[', Step::Index(_)) => here,
            (b'{', Step::Key(wanted)) if bytes.get(here) == Some(&b'"') => {
                let end = string_end(bytes, here);
                let value = blanks_end(bytes, blanks_end(bytes, end) + 1);
                if *unquoted(bytes.get(here..end)?) == *wanted.as_bytes() {
                    return Some(value);
                }
                value
            }
            _ => return None,
        };
        here = blanks_end(bytes, value_end(bytes, value));
        if bytes.get(here) != Some(&b',') {
            return None;
        }
        here = blanks_end(bytes, here + 1);
    }
    None
}

fn starts_value(bytes: &[u8], at: usize) -> Option<usize> {
    bytes.get(at).filter(|b| !matches!(b, b']' | b'}')).map(|_| at)
}

/// Returns where the value that starts at `at` ends.
fn value_end(bytes: &[u8], at: usize) -> usize {
    let mut depth = 0_usize;
    let mut here = at;
    while let Some(byte) = bytes.get(here) {
        match byte {
            b'"' => here = string_end(bytes, here) - 1,
            b'{' | b'[' => depth += 1,
            b'}' | b']' | b',' | b' ' | b'\n' | b'\r' | b'\t' if depth == 0 => return here,
            b'}' | b']' => depth -= 1,
            _ => {}
        }
        here += 1;
        if depth == 0 && matches!(byte, b'"' | b'}' | b']') {
            return here;
        }
    }
    bytes.len()
}

/// Returns the position after the closing quote of the string that opens at `at`.
fn string_end(bytes: &[u8], at: usize) -> usize {
    let mut here = at + 1;
    while let Some(byte) = bytes.get(here) {
        match byte {
            b'"' => return here + 1,
            b'\\' => here += 2,
            _ => here += 1,
        }
    }
    bytes.len().max(at + 1)
}

fn blanks_end(bytes: &[u8], at: usize) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    at + rest.iter().take_while(|b| matches!(b, b' ' | b'\n' | b'\r' | b'\t')).count()
}

/// Returns the text of a quoted name, its escapes resolved.
fn unquoted(quoted: &[u8]) -> Cow<'_, [u8]> {
    let inner = quoted.get(1..quoted.len().saturating_sub(1)).unwrap_or_default();
    if !inner.contains(&b'\\') {
        return Cow::Borrowed(inner);
    }
    serde_json::from_slice::<String>(quoted)
        .map_or(Cow::Borrowed(inner), |text| Cow::Owned(text.into_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn path(steps: &[&str]) -> Path {
        let step = |s: &&str| s.parse().map_or_else(|_| Step::Key((*s).into()), Step::Index);
        Path(steps.iter().map(step).collect())
    }

    #[test]
    fn values_are_found_or_the_nearest_around_them() {
        let json = br#" { "a, \"b": [1, {"x": "}]"}, [ ] ], "c": null }"#;
        let text = |steps: &[&str]| String::from_utf8_lossy(&json[locate(json, &path(steps))]).into_owned();
        assert_eq!(text(&["a, \"b", "1", "x"]), "\"}]\"");
        assert_eq!(text(&["a, \"b", "0"]), "1");
        assert_eq!(text(&["c"]), "null");
        assert_eq!(text(&["a, \"b", "2", "0"]), "[ ]");
        assert_eq!(text(&["a, \"b", "1", "missing"]), r#"{"x": "}]"}"#);
        assert_eq!(path(&["items", "0", "a b"]).to_string(), "$.items[0]['a b']");
    }

    #[test]
    fn names_that_stand_twice_are_seen_through_their_escapes() {
        let told = survey(br#"{"a":[{"k":1,"\u006b":2}],"b":"a","a2":"a"}"#);
        assert_eq!(told.repeated, [path(&["a", "0", "k"])]);
        assert_eq!(told.depth, 3);
    }

    proptest! {
        #[test]
        fn any_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200), text in r#"[\[\]{}",:\\ a0]{0,60}"#) {
            for b in [bytes.as_slice(), text.as_bytes()] {
                survey(b);
                let range = locate(b, &path(&["a", "0", "a"]));
                prop_assert!(range.start <= range.end || range.start >= b.len());
            }
        }
    }
}
