//! Every finding that only flat files of records can give, in one table: [`FINDINGS`].

use crate::findings::findings;
use sealane_data::finding::{FindingKind, Severity};

findings! {
    NO_TRAILER, "FLAT-001", Warning, "a file of records has no trailer", "end every file with record `99`; check that it was not cut";
    COUNT, "FLAT-002", Warning, "the trailer of a file counts other records than there are", "count the records from `00` to `99` with both";
    BAD_RECORD, "FLAT-003", Warning, "a record does not begin with two digits and gave no data", "begin every record with its two digits; check for a lost apostrophe";
    UNKNOWN_RECORD, "FLAT-004", Info, "records of a kind whose fields are not published were kept unread", "ask the operator if their values matter";
    NO_CONTAINER, "FLAT-005", Warning, "a container record names no container", "fill the container number";
    NO_BILL, "FLAT-006", Warning, "containers are listed without a bill of lading", "write the bill's record `12` before its containers";
    FUNCTION, "FLAT-007", Info, "the function of a file is unknown and it was taken as an original", "use 9 for an original, 2 to add, 3 to delete and 4 to change";
    CREATED, "FLAT-008", Info, "the time of a file's creation cannot be read", "write it as `CCYYMMDDHHMM`";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_in_order() {
        for (i, kind) in FINDINGS.iter().enumerate() {
            assert_eq!(kind.code, format!("FLAT-{:03}", i + 1));
            assert!(!kind.about.ends_with('.') && !kind.help.ends_with('.'), "{}", kind.code);
        }
    }
}
