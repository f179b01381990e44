//! A value with its path, and the report that gathers what is wrong with it.

use crate::findings as f;
use crate::layout::{Path, Step, clip, locate};
use jiff::civil::Date;
use sealane_data::Text;
use sealane_data::finding::{Finding, FindingKind, Place, Severity};
use serde_json::Value;

/// The most findings that one document gets.
const MAX_FINDINGS: usize = 100;

/// The longest text that passes without remark, in bytes.
const MAX_TEXT: usize = 4_096;

/// What is wrong or doubtful so far.
#[derive(Default)]
pub(crate) struct Report {
    found: Vec<(FindingKind, Path, String)>,
    unlisted: usize,
    failed: bool,
}

impl Report {
    /// Adds a finding at a path. The first error is listed even when the report is full.
    pub(crate) fn add(&mut self, kind: FindingKind, at: &Path, message: impl Into<String>) {
        let first_error = kind.severity == Severity::Error && !self.failed;
        self.failed |= kind.severity == Severity::Error;
        if self.found.len() < MAX_FINDINGS || first_error {
            self.found.push((kind, at.clone(), message.into()));
        } else {
            self.unlisted += 1;
        }
    }

    /// Returns whether any finding is an error.
    pub(crate) fn failed(&self) -> bool {
        self.failed
    }

    /// Returns the findings with their places in `bytes`, in the order of the document.
    pub(crate) fn finish(self, bytes: &[u8]) -> Vec<Finding> {
        let mut findings: Vec<Finding> = self
            .found
            .into_iter()
            .map(|(kind, path, message)| Finding::new(&kind, place(bytes, &path), message))
            .collect();
        findings.sort_by_key(|finding| finding.place.byte);
        if self.unlisted > 0 {
            let message = format!("{} more findings are not listed.", self.unlisted);
            findings.push(Finding::new(&f::MORE, Place::default(), message));
        }
        findings
    }
}

fn place(bytes: &[u8], path: &Path) -> Place {
    let range = locate(bytes, path);
    // Of an object or array only the opening is marked: the whole would be half the document.
    let nested = matches!(bytes.get(range.start), Some(b'{' | b'['));
    let len = if nested { 1 } else { range.len() };
    place_at(bytes, range.start, len, path.to_string().into())
}

/// Returns the place of some bytes with its line.
pub(crate) fn place_at(bytes: &[u8], byte: usize, len: usize, tag: Text) -> Place {
    let before = bytes.get(..byte).unwrap_or(bytes);
    let line = before.split(|b| *b == b'\n').count();
    Place {
        byte: byte as u64,
        len: u32::try_from(len).unwrap_or(u32::MAX),
        line: u32::try_from(line).unwrap_or(u32::MAX),
        tag,
        ..Place::default()
    }
}

/// A value that may be absent, and the path where it is or should be.
#[derive(Clone)]
pub(crate) struct Field<'a> {
    pub(crate) value: Option<&'a Value>,
    pub(crate) path: Path,
}

impl<'a> Field<'a> {
    /// Returns the document itself.
    pub(crate) fn root(document: &'a Value) -> Self {
        Self { value: Some(document), path: Path::default() }
    }

    /// Returns a member; absent when this is no object.
    pub(crate) fn key(&self, name: &str) -> Self {
        let value = self.value.and_then(|v| v.get(name));
        Self { value, path: self.path.then(Step::Key(name.into())) }
    }

    /// Returns whether there is nothing: no member, null, or a blank text.
    pub(crate) fn is_missing(&self) -> bool {
        match self.value {
            None | Some(Value::Null) => true,
            Some(Value::String(text)) => text.trim().is_empty(),
            Some(_) => false,
        }
    }

    /// Reports the field when it is missing; returns it otherwise.
    pub(crate) fn must(&self, report: &mut Report) -> Option<&'a Value> {
        if self.is_missing() {
            report.add(f::MISSING, &self.path, format!("`{}` is missing.", self.path));
            return None;
        }
        self.value
    }

    /// Reports a field that is there but no object; returns it when it is one.
    pub(crate) fn object(self, report: &mut Report) -> Self {
        if !self.is_missing() && !self.value.is_some_and(Value::is_object) {
            self.wrong("an object", report);
        }
        self
    }

    /// Returns the entries of a list; none when it is missing or no list, which is reported.
    pub(crate) fn list(&self, report: &mut Report, most: usize) -> Vec<Self> {
        let entries = match self.value {
            Some(Value::Array(entries)) => entries,
            _ if self.is_missing() => return Vec::new(),
            _ => {
                self.wrong("a list", report);
                return Vec::new();
            }
        };
        if entries.len() > most {
            let message = format!("`{}` has {} entries, more than {most}.", self.path, entries.len());
            report.add(f::TOO_BIG, &self.path, message);
        }
        let entry = |(n, value)| Self { value: Some(value), path: self.path.then(Step::Index(n)) };
        entries.iter().take(most).enumerate().map(entry).collect()
    }

    /// Returns a text without surrounding blanks; nothing when it is missing or no text.
    pub(crate) fn text(&self, report: &mut Report) -> Option<&'a str> {
        match self.value {
            _ if self.is_missing() => None,
            Some(Value::String(text)) => {
                if text.len() > MAX_TEXT || text.chars().any(is_unseen) {
                    let message =
                        format!("`{}` is very long or holds characters that cannot be seen.", self.path);
                    report.add(f::ODD_TEXT, &self.path, message);
                }
                Some(text.trim())
            }
            _ => {
                self.wrong("a text", report);
                None
            }
        }
    }

    /// Returns a mandatory text.
    pub(crate) fn must_text(&self, report: &mut Report) -> Option<&'a str> {
        self.must(report)?;
        self.text(report)
    }

    /// Returns a tick; absent is not ticked.
    pub(crate) fn tick(&self, report: &mut Report) -> bool {
        match self.value {
            Some(Value::Bool(ticked)) => *ticked,
            None | Some(Value::Null) => false,
            _ => {
                self.wrong("true or false", report);
                false
            }
        }
    }

    /// Returns a date (ISO 8601, `2026-09-05`).
    pub(crate) fn date(&self, report: &mut Report) -> Option<Date> {
        let text = self.text(report)?;
        // jiff also takes a date with a time; the form's dates are days.
        let date = text.parse::<Date>().ok().filter(|_| text.len() == 10);
        if date.is_none() {
            report.add(f::BAD_DATE, &self.path, format!("`{}` is not a date.", clip(text)));
        }
        date
    }

    /// Reports that the value has another type than the field takes.
    pub(crate) fn wrong(&self, wanted: &str, report: &mut Report) {
        report.add(f::WRONG_TYPE, &self.path, format!("`{}` must be {wanted}.", self.path));
    }
}

/// Whether a character cannot be seen: controls but line breaks and tabs, zero-width and direction marks.
pub(crate) fn is_unseen(c: char) -> bool {
    (c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{ad}')
}
