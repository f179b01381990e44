//! Findings about the form of JSON documents, in one table: [`FINDINGS`].

use crate::findings::findings;
use sealane_data::finding::{FindingKind, Severity};

findings! {
    TOO_LARGE, "JSON-001", Error, "the documents are longer than what is read at once", "send them in several submissions, or one event each";
    BROKEN, "JSON-002", Error, "a document is no JSON from some place on, and what stands behind it was not read", "write the document with a JSON library; check that it was not cut";
    TOO_DEEP, "JSON-003", Error, "a document is nested too deeply to be read", "leave out the levels that hold nothing";
    TOO_MANY, "JSON-004", Error, "a document holds more values than are read at once", "send fewer events in one document";
    CHARSET, "JSON-005", Warning, "bytes of the document do not fit its character set", "write JSON in UTF-8";
    TWICE, "JSON-006", Warning, "a name stands twice in one object", "write every name once; the first was read";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_in_order() {
        for (i, kind) in FINDINGS.iter().enumerate() {
            assert_eq!(kind.code, format!("JSON-{:03}", i + 1));
            assert!(!kind.about.ends_with('.') && !kind.help.ends_with('.'), "{}", kind.code);
        }
    }
}
