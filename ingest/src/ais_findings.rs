//! Every finding that only AIS can give, in one table: [`FINDINGS`]. Each is told once with its count.

use crate::findings::findings;
use sealane_data::finding::{FindingKind, Severity};

findings! {
    NOT_NMEA, "AIS-001", Info, "lines that are no sentence of NMEA 0183 were left unread", "nothing to do, or remove them";
    OTHER, "AIS-002", Info, "sentences that are not of AIS were left unread", "nothing to do, or send AIS only";
    SHAPE, "AIS-003", Warning, "sentences have not the parts of an AIS sentence and gave no data", "check the receiver or the line; each has count, number, channel, payload and checksum";
    CHECKSUM, "AIS-004", Warning, "sentences have a wrong checksum or none and gave no data", "check the line between receiver and sender for lost characters";
    TAG, "AIS-005", Warning, "tag blocks have a wrong checksum and were left unread, while their sentences were read", "let the sender reckon the checksum of tag blocks over what stands between the backslashes";
    EMPTY, "AIS-006", Info, "sentences carry no payload", "nothing to do";
    PAYLOAD, "AIS-007", Warning, "payloads have characters that AIS does not use, or too many, and gave no data", "check the receiver";
    SHORT, "AIS-008", Warning, "messages are too short for their type and gave no data", "check the receiver; the message was cut";
    PARTS, "AIS-009", Warning, "messages of several sentences did not come whole and gave no data", "send all sentences of a message, close to each other";
    FRAME, "AIS-010", Warning, "JSON frames cannot be read and gave no data", "send frames as aisstream.io does, with `MessageType`, `MetaData` and `Message`";
    BAD_TIME, "AIS-011", Warning, "times cannot be read or lie outside 2000 to 2100", "write seconds or milliseconds since 1970 in `c` of the tag block";
    AHEAD, "AIS-012", Warning, "reports from the future gave no data", "set the clock of the receiver";
    UNTIMED, "AIS-013", Warning, "positions have no time and no speed could be checked", "send a tag block with `c` before every sentence";
    RECEIPT, "AIS-014", Info, "positions have the time of their receipt, because their sentences tell none", "send a tag block with `c` before every sentence";
    STATION_TIME, "AIS-015", Info, "positions have the time of a base station's clock near them, because their sentences tell none", "send a tag block with `c` before every sentence";
    TYPE, "AIS-016", Info, "messages of types that tell neither a ship's place nor its voyage were left unread", "nothing to do";
    NOT_A_SHIP, "AIS-017", Info, "reports of stations that are no ships were left unread", "nothing to do; an MMSI of a ship has nine digits and begins with 2 to 7";
    NO_POSITION, "AIS-018", Info, "reports tell no position, or one that cannot be, and gave no data", "nothing to do; the ship has no satellite fix";
    DUPLICATE, "AIS-019", Info, "messages that came by another receiver before were left out", "nothing to do";
    LATE, "AIS-020", Info, "reports that are older than what is known of their ship were left out", "send lines in the order of their times";
    BETWEEN, "AIS-021", Info, "reports between the points of a track were left out", "nothing to do; the recorded frames hold all of them";
    SPEED, "AIS-022", Warning, "reports that no ship can have sailed to were held until others confirmed the place", "nothing to do, unless many ships are named: then the receiver's positions are wrong";
    CONFIRMED, "AIS-023", Info, "held reports were confirmed by those after them", "nothing to do";
    DIVIDED, "AIS-024", Warning, "two stations use one MMSI and are kept as two tracks, `#1` and `#2`", "nothing to do; a track has no ship until one of them is silent for an hour";
    SAME, "AIS-025", Info, "static reports that say nothing new were left out", "nothing to do";
    IMO, "AIS-026", Warning, "IMO numbers have a wrong check digit and were left out", "let the crew correct the number in its AIS";
    DISPUTED, "AIS-027", Warning, "an MMSI told another IMO number than before, so that its positions name none for a day", "nothing to do, or let the crew correct the number in its AIS";
    LEFT, "AIS-028", Warning, "more ships were heard than are remembered, and those that were silent longest were forgotten", "send regions or times apart";
    ETA_PAST, "AIS-029", Info, "arrivals that crews typed in were over when they were sent and were left out", "nothing to do; crews forget to set them";
    ETA_NO_TIME, "AIS-030", Info, "arrivals that crews typed in are no dates, or their report has no time to tell the year, and were left out", "nothing to do";
    LONG, "AIS-031", Warning, "lines or frames longer than the limit were skipped", "write one sentence or frame a line";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_in_order() {
        for (i, kind) in FINDINGS.iter().enumerate() {
            assert_eq!(kind.code, format!("AIS-{:03}", i + 1));
            assert!(!kind.about.ends_with('.') && !kind.help.ends_with('.'), "{}", kind.code);
        }
    }
}
