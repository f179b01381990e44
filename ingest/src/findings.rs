//! Every finding about EDI, in one table: [`FINDINGS`]. Those about spreadsheets have their own.

use sealane_data::finding::{FindingKind, Severity};

/// Makes one constant per kind and the table of all of them, so that none can be forgotten.
macro_rules! findings {
    ($($name:ident, $code:literal, $severity:ident, $about:literal, $help:literal;)*) => {
        $(
            #[doc = $about]
            pub const $name: FindingKind =
                FindingKind { code: $code, severity: Severity::$severity, about: $about, help: $help };
        )*
        /// Every kind of finding of this table, by code.
        pub const FINDINGS: &[FindingKind] = &[$($name),*];
    };
}
pub(crate) use findings;

findings! {
    EMPTY, "EDI-001", Error, "the submission is empty or blank", "send the file again; nothing arrived";
    NOT_EDIFACT, "EDI-002", Error, "the submission is not EDIFACT", "send EDIFACT messages, or ask the operator for the format you use";
    TEXT_BEFORE, "EDI-003", Warning, "text before the first service segment was skipped", "send the interchange without mail headers or other text";
    UNA_LENGTH, "EDI-004", Warning, "the service string advice has not nine characters", "write `UNA` and exactly six characters, such as `UNA:+.? '`";
    UNA_UNUSABLE, "EDI-005", Warning, "the service string advice names unusable separators", "use five different printable characters that are no letters or digits";
    NO_UNB, "EDI-006", Warning, "a message stands outside an interchange", "put messages between `UNB` and `UNZ`";
    UNB_INCOMPLETE, "EDI-007", Warning, "the interchange header lacks its sender, recipient or reference", "fill `UNB` elements 2, 3 and 5";
    NO_UNZ, "EDI-008", Warning, "the interchange has no trailer", "end every interchange with `UNZ`; check that the file was not cut";
    NO_UNT, "EDI-009", Warning, "the message has no trailer", "end every message with `UNT`; check that the file was not cut";
    UNT_COUNT, "EDI-010", Warning, "the message trailer counts other segments than there are", "count the segments from `UNH` to `UNT` with both";
    UNT_REFERENCE, "EDI-011", Warning, "the message trailer repeats another reference than the header's", "write the reference of `UNH` into `UNT`";
    UNZ_COUNT, "EDI-012", Warning, "the interchange trailer counts other messages than there are", "count the messages, or the groups where there are groups";
    UNZ_REFERENCE, "EDI-013", Warning, "the interchange trailer repeats another reference than the header's", "write the reference of `UNB` into `UNZ`";
    UNE_MISMATCH, "EDI-014", Warning, "the group trailer does not fit its header or its messages", "repeat the reference of `UNG` and count its messages in `UNE`";
    NO_UNE, "EDI-015", Warning, "a group has no trailer, or a trailer no group", "put every group between `UNG` and `UNE`";
    OUTSIDE, "EDI-016", Error, "segments outside any message gave no data", "begin every message with `UNH`; check that the head of the file was not cut";
    CUT, "EDI-017", Error, "the file ends inside a segment", "send the file again; its tail is missing";
    WRAPPED, "EDI-018", Info, "line breaks inside segments were taken out", "do not wrap EDIFACT text";
    LINE_ENDS, "EDI-019", Warning, "a line end was taken for a missing segment terminator", "end every segment with its terminator";
    STRAY_TERMINATOR, "EDI-020", Info, "terminators without a segment were skipped", "write one terminator per segment";
    AFTER_END, "EDI-021", Info, "bytes after the end of the interchange were skipped", "nothing to do, or remove the bytes after `UNZ`";
    TOO_LONG, "EDI-022", Error, "a message is longer than the limit and was skipped", "split it into several messages";
    DUPLICATE_REFERENCE, "EDI-023", Warning, "two messages of one interchange have the same reference", "give every message its own reference; both were read";
    LOWER_CASE, "EDI-024", Info, "segment tags in lower case were read as upper case", "write tags in upper case";
    BAD_TAG, "EDI-025", Warning, "a segment has no proper tag and gave no data", "begin segments with three letters; check for lost separators";
    CHARSET_UNKNOWN, "EDI-026", Warning, "the syntax identifier names no known character set", "ask the operator to set your character set in your profile";
    CHARSET_MISMATCH, "EDI-027", Warning, "characters do not fit the declared character set", "declare the character set you use (`UNOC` for Latin-1, `UNOY` for UTF-8), or have it set in your profile";
    CONSTANT_REFERENCE, "EDI-028", Info, "the interchange reference looks like a constant", "number your interchanges; repeats are told by content meanwhile";
    TEST, "EDI-029", Info, "the interchange is a test and reaches no map, figure or evidence", "leave `UNB` element 11 empty for real data";
    NOT_READ_YET, "EDI-030", Info, "messages of this type are kept but not read yet", "nothing to do; the message is read again when its type is known";
    NO_TYPE, "EDI-031", Error, "the message header names no message type", "fill `UNH` element 2";
    DOCUMENT_CODE, "EDI-032", Warning, "the document code does not say what happened", "use the codes of your guide in `BGM` element 1";
    NO_BGM, "EDI-033", Warning, "the message has no beginning segment", "write `BGM` after `UNH`";
    UNEXPECTED, "EDI-034", Warning, "a segment is not part of this message as we know it and gave no data", "check the segment against the message's directory";
    QUALIFIER, "EDI-035", Info, "a qualifier is not used for this message and its value gave no data", "tell the operator if the value matters";
    DTM_FORMAT, "EDI-036", Warning, "a date has an unknown format code", "use 102, 203 or 204 in `DTM` component 3";
    DTM_MISMATCH, "EDI-037", Warning, "a date does not have the form its format code says", "make value and format agree; the value was read by its own form";
    DTM_EMPTY, "EDI-038", Warning, "a date segment has no value", "leave the segment out where there is no date";
    DTM_IMPOSSIBLE, "EDI-039", Warning, "a date cannot be read and gave no time", "check the digits of the date";
    NO_CONTAINER, "EDI-040", Warning, "a container has no number", "fill `EQD` element 2";
    CONTAINER_DIGIT, "EDI-041", Warning, "the check digit of a container number is wrong", "check the number; it joins no other movement";
    CONTAINER_SHAPE, "EDI-042", Warning, "a container number is none by its form", "check the number; it joins no other movement";
    NO_TIME, "EDI-043", Warning, "an event has no usable time", "send the time of the move, such as `DTM+203` or `DTM+7`";
    NO_PLACE, "EDI-044", Warning, "an event names no place", "send the place, such as `LOC+165`, or have a default node set in your profile";
    SIZE_TYPE, "EDI-045", Info, "a size-type code is missing or says no length", "send an ISO 6346 code such as `22G1`";
    PLACE_ORDER, "EDI-046", Info, "a place has its name or agency in the wrong component", "write code, code list and agency in this order";
    CONSTANT_VALUE, "EDI-047", Info, "a reference looks like a filler and joins nothing", "leave the reference out where there is none";
    STATUS_UNKNOWN, "EDI-048", Info, "a status code has no meaning for the map", "use the codes of UN Recommendation 24, or ask the operator to map yours";
    ASSOCIATION_GLUED, "EDI-049", Info, "the association code stands in the wrong place of the message header", "write it as component 5 of `UNH` element 2";
    NUMBER, "EDI-050", Info, "a number cannot be read", "write digits with a decimal point or comma";
    MORE, "EDI-051", Info, "there are more findings in this message than are listed", "mend the listed ones and send again";
    NO_SHIP, "EDI-052", Warning, "the message names no ship", "name the ship in `TDT` element 8";
    CALL_WITHOUT_TIME, "EDI-053", Info, "a port of the voyage has no time and gave no call", "send arrival or departure times with every port";
    SHIP_NUMBER, "EDI-054", Info, "the check digit of a ship's IMO number is wrong", "check the number";
    UNT_SWAPPED, "EDI-055", Info, "count and reference are swapped in the message trailer", "write the count first";
    NOT_A_CONTAINER, "EDI-056", Info, "equipment that is no container gave no data", "nothing to do";
    COUNT_DIFFERS, "EDI-057", Warning, "the message counts other containers than it lists", "correct `CNT+16`";
    FUNCTION_UNKNOWN, "EDI-058", Info, "the message function is unknown and was taken as an original", "use 9, 5, 4 or 1 in `BGM` element 3";
    NO_EQUIPMENT, "EDI-059", Info, "a status names no container", "send `EQD` or `RFF+EQ` with the status";
    DIRECTION_DOUBTFUL, "EDI-060", Warning, "document code and place say different directions", "check `BGM` against `LOC`; the document code was believed";
    BAD_ENVELOPE, "EDI-061", Info, "a date in the envelope cannot be read", "write `UNB` element 4 as `yymmdd:hhmm`";
    SENDER_UNKNOWN, "EDI-062", Warning, "the interchange names a sender that the partner does not send as", "check who sent the file; if the name is right, have it added to the profile's `edi_ids`";
    BOOKING_REFUSED, "EDI-063", Info, "a booking was refused, so nothing was booked", "nothing to do, or send the confirmation";
    BOOKING_EMPTY, "EDI-064", Warning, "a booking names no number, bill, container or port and gave no data", "send `RFF+BN` or `RFF+BM`, the ports (`LOC+9`, `LOC+11`) and the containers (`EQD`)";
    CELL_FORM, "EDI-065", Info, "a stowage cell is not written as bay, row and tier", "write `BBBRRTT`, such as `0140682` (ISO 9711)";
    CELL_EMPTY, "EDI-066", Info, "a cell of the ship names no container and gave no data", "nothing to do where the cell is empty or holds other cargo";
    PAIRED_BY_ORDER, "EDI-067", Info, "dates that stand behind several ports were given to them in their order", "write each port's dates behind it, as directories from D.99B on do";
    UNPAIRED, "EDI-068", Warning, "a date of a call belongs to no port of the message and gave no data", "write each port's dates behind it";
    BILL_AS_HOUSE, "EDI-069", Info, "a bill of lading beside a master bill was taken for the house bill", "use `RFF+BH` for house bills and `RFF+MB` for master bills";
    OTHER_TERMINATOR, "EDI-070", Warning, "segments end with another character than their terminator", "end every segment with `'`, or name the character in `UNA` and send it as one byte";
    NO_MESSAGE, "EDI-071", Warning, "an interchange holds no message that could be read", "check that every message begins with `UNH` and that segments have their terminators";
    REPEATED, "EDI-072", Warning, "only the first repetition of an element was read", "write a segment of its own for each value";
    CARRIED, "EDI-073", Info, "messages that came as Base64 or in coded parts of a mail were decoded and read", "nothing to do; places in findings count in what was decoded";
    MASS_ZERO, "EDI-074", Info, "a mass of 0 was left out, for no container weighs nothing", "leave the mass out where it is not known";
    LEFT_BESIDE, "EDI-075", Warning, "files beside the EDI of a mail were left unread", "send each as a submission of its own, or at most 64 parts a mail and no mail in a mail in a mail";
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{flat_findings, message_findings, x12_findings};
    use sealane_data::finding::Language;

    /// What stands in backticks, in any order.
    fn quoted(text: &str) -> Vec<&str> {
        let mut quoted: Vec<&str> = text.split('`').skip(1).step_by(2).collect();
        quoted.sort_unstable();
        quoted
    }

    #[test]
    fn advice_about_edi_is_given_in_every_language() {
        let tables = [FINDINGS, x12_findings::FINDINGS, flat_findings::FINDINGS, message_findings::FINDINGS];
        for kind in tables.into_iter().flatten() {
            for language in [Language::Chinese, Language::Vietnamese] {
                let (code, tag) = (kind.code, language.tag());
                let advice =
                    language.help(code).unwrap_or_else(|| panic!("{code} is not in {tag}-help.toml"));
                assert_eq!(quoted(advice), quoted(kind.help), "{code} in {tag}-help.toml");
                assert!(!advice.is_ascii() && !advice.ends_with(['.', '。']), "{code} in {tag}-help.toml");
            }
        }
    }

    #[test]
    fn codes_are_unique_and_in_order() {
        for (i, kind) in FINDINGS.iter().enumerate() {
            assert_eq!(kind.code, format!("EDI-{:03}", i + 1));
            assert!(!kind.about.ends_with('.') && !kind.help.ends_with('.'), "{}", kind.code);
        }
    }
}
