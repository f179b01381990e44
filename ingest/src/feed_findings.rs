//! Findings about what documents of feeds say, in one table: [`FINDINGS`].

use crate::findings::findings;
use sealane_data::finding::{FindingKind, Severity};

findings! {
    UNKNOWN, "FEED-001", Error, "a document is of no kind that is known and gave no data", "ask the operator for a mapping, and try it with `sealane check --mapping`";
    UNREAD, "FEED-002", Info, "a field is not read", "tell the operator if the field matters";
    NO_RECORD, "FEED-003", Warning, "a document of a known kind holds nothing that is read", "nothing to do where there is nothing to tell; else check its structure";
    WRAPPER, "FEED-004", Warning, "events stand where the standard has none", "send a list of events, or an object with `events`";
    TIME_FORM, "FEED-005", Warning, "a time cannot be read and was left out", "write times as in ISO 8601, such as `2026-09-05T14:20:00+08:00`";
    TIME_YEAR, "FEED-006", Warning, "a time has a year that cannot be meant and was left out", "check the clock of the sending system";
    NO_TIME, "FEED-007", Warning, "an event has no usable time", "send the time at which it happened or is expected";
    CODE, "FEED-008", Warning, "a code has no known meaning", "use the codes of the standard, or ask the operator to map yours";
    WRONG_TYPE, "FEED-009", Warning, "a value has another type than it should have", "check the structure of the document against the standard";
    NO_ID, "FEED-010", Info, "an event has no id and is known again by its content", "give every event an id, so that it can be corrected";
    NO_CONTAINER, "FEED-011", Warning, "the movement of a container names no container", "send the container number with the movement";
    PLACE_CODE, "FEED-012", Warning, "a place code is no UN/LOCODE by its form", "send five characters such as `SGSIN`, or have your own code set in your profile";
    PLACES_DIFFER, "FEED-013", Warning, "one event names two different places", "name the place of the event once";
    POSITION, "FEED-014", Warning, "a position is no place on Earth", "send degrees north and east";
    CUT, "FEED-015", Error, "a record is incomplete and gave no data", "send the document again; its tail is missing";
    ERROR_ANSWER, "FEED-016", Warning, "the sender answered with an error instead of data", "look the error up with the sender";
    ACCEPTED, "FEED-017", Info, "an answer says that something of ours was accepted", "nothing to do";
    OVERWRITTEN, "FEED-018", Info, "an event is told again by its completion, which was read", "nothing to do";
    NUMBER, "FEED-019", Warning, "a mass or number cannot be read", "write digits with a decimal point";
    MAPPING, "FEED-020", Warning, "a mapping of the partner cannot be used", "mend the mapping in the partner's profile";
    NO_SHIP, "FEED-021", Warning, "the call of a ship names no ship", "send the ship's IMO number";
    NOTHING_SAID, "FEED-022", Warning, "a record tells nothing", "check that the record names an event and its time";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_in_order() {
        for (i, kind) in FINDINGS.iter().enumerate() {
            assert_eq!(kind.code, format!("FEED-{:03}", i + 1));
            assert!(!kind.about.ends_with('.') && !kind.help.ends_with('.'), "{}", kind.code);
        }
    }
}
