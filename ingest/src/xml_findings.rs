//! Findings about the form of XML documents, in one table: [`FINDINGS`].

use crate::findings::findings;
use sealane_data::finding::{FindingKind, Severity};

findings! {
    TOO_LARGE, "XML-001", Error, "the document is longer than what is read at once", "send it in several submissions";
    BROKEN, "XML-002", Error, "the document is no XML from some place on, and what stands behind it was not read", "write the document with an XML library; check that it was not cut";
    TOO_DEEP, "XML-003", Error, "the document is nested too deeply to be read", "leave out the levels that hold nothing";
    TOO_MANY, "XML-004", Error, "the document holds more values than are read at once", "send fewer units in one document";
    CHARSET, "XML-005", Warning, "bytes of the document do not fit its character set", "declare the character set that you write, or write UTF-8";
    DEFINITION, "XML-006", Warning, "the document has a document type definition, which is not obeyed", "leave the definition out";
    ENTITY, "XML-007", Warning, "an entity is unknown and stays as it is written", "write the character itself, or its number";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_in_order() {
        for (i, kind) in FINDINGS.iter().enumerate() {
            assert_eq!(kind.code, format!("XML-{:03}", i + 1));
            assert!(!kind.about.ends_with('.') && !kind.help.ends_with('.'), "{}", kind.code);
        }
    }
}
