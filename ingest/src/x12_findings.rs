//! Every finding that only X12 can give, in one table: [`FINDINGS`]. What it shares with EDIFACT has
//! the codes of [`crate::findings`].

use crate::findings::findings;
use sealane_data::finding::{FindingKind, Severity};

findings! {
    NO_ISA, "X12-001", Warning, "a group or transaction set stands outside an interchange", "put groups between `ISA` and `IEA`";
    ISA_WIDTH, "X12-002", Info, "the interchange header has not its fixed width, so its separators were read from what stands around it", "fill the elements of `ISA` with blanks to their widths";
    ISA_BROKEN, "X12-003", Error, "an interchange header names no separators that can be used", "write `ISA` with sixteen elements and a terminator";
    ISA_INCOMPLETE, "X12-004", Warning, "the interchange header lacks its sender, recipient or control number", "fill `ISA` elements 6, 8 and 13";
    TERMINATOR, "X12-005", Info, "the segment terminator is a character of several bytes", "use one of one byte, such as `~`";
    NO_IEA, "X12-006", Warning, "the interchange has no trailer", "end every interchange with `IEA`; check that the file was not cut";
    IEA_COUNT, "X12-007", Warning, "the interchange trailer counts other groups than there are", "count the groups in `IEA` element 1";
    IEA_REFERENCE, "X12-008", Warning, "the interchange trailer repeats another control number than the header's", "write the number of `ISA` element 13 into `IEA` element 2";
    NO_GS, "X12-009", Warning, "a transaction set stands outside a group", "put transaction sets between `GS` and `GE`";
    NO_GE, "X12-010", Warning, "a group has no trailer, or a trailer no group", "end every group with `GE`";
    GE_COUNT, "X12-011", Warning, "the group trailer counts other transaction sets than there are", "count the transaction sets in `GE` element 1";
    GE_REFERENCE, "X12-012", Warning, "the group trailer repeats another control number than the header's", "write the number of `GS` element 6 into `GE` element 2";
    NO_SE, "X12-013", Warning, "the transaction set has no trailer", "end every transaction set with `SE`; check that the file was not cut";
    SE_COUNT, "X12-014", Warning, "the trailer of a transaction set counts other segments than there are", "count the segments from `ST` to `SE` with both";
    SE_REFERENCE, "X12-015", Warning, "the trailer of a transaction set repeats another control number than the header's", "write the number of `ST` element 2 into `SE` element 2";
    OUTSIDE, "X12-016", Error, "segments outside any transaction set gave no data", "begin every transaction set with `ST`; check that the head of the file was not cut";
    WRAPPED, "X12-017", Info, "line breaks inside segments were taken out", "do not wrap X12 text";
    AFTER_END, "X12-018", Info, "bytes that are no part of an interchange were skipped", "nothing to do, or send the interchange without other text";
    TEST, "X12-019", Info, "the interchange is a test and reaches no map, figure or evidence", "write `P` into `ISA` element 15 for real data";
    USAGE, "X12-020", Warning, "the usage of the interchange is unknown and it was taken as real data", "write `P` or `T` into `ISA` element 15";
    ENVELOPE_DATE, "X12-021", Info, "a date in the interchange header cannot be read", "write `ISA` elements 9 and 10 as `yymmdd` and `hhmm`";
    NO_TYPE, "X12-022", Error, "a transaction set header names no type", "fill `ST` element 1";
    NO_BEGINNING, "X12-023", Warning, "the transaction set lacks the segment that it begins with", "write the beginning segment behind `ST`";
    STATUS, "X12-024", Info, "a status code has no meaning for the map", "use the codes of data element 157, or ask the operator to map yours";
    NO_STATUS, "X12-025", Warning, "the message names no status", "fill `B4` element 3 or `Q5` element 1";
    NO_CONTAINER, "X12-026", Warning, "a status or move names no container", "fill equipment initial and number";
    NO_TIME, "X12-027", Warning, "an event has no usable time", "fill date and time of the status, such as `B4` elements 4 and 5";
    NO_PLACE, "X12-028", Warning, "an event names no place", "send the place of the event (`R4` 5, `B4` element 11 or `Q5` element 6), or have a default node set in your profile";
    DATE, "X12-029", Warning, "a date or time cannot be read and gave no time", "write dates as `CCYYMMDD` and times as `HHMM`";
    TIME_CODE, "X12-030", Info, "a time code is unknown or ambiguous, so the time was taken as local", "use `LT` for local time or `UT` for UTC";
    PLACE_LIST, "X12-031", Info, "a place has a code of another list than UN/LOCODE, so its name was taken", "send places with qualifier `UN`, or have your codes set in your profile";
    QUALIFIER, "X12-032", Info, "a qualifier is not used for this transaction set and its value gave no data", "tell the operator if the value matters";
    NO_SHIP, "X12-033", Warning, "dates of ports name no ship", "name the ship in `V1` or `Q2`";
    OTHER_CONTAINER, "X12-034", Warning, "the message names two containers for one event", "name the same container in every segment";
    LEGS_UNCLEAR, "X12-035", Info, "dates of ports were left unread because the message names a change of ships", "send the schedule of each ship as 323";
    ACKNOWLEDGEMENT, "X12-036", Info, "an acknowledgement of something that was sent to the partner is kept as what it is", "nothing to do";
    REFUSED, "X12-037", Warning, "the partner refused or found errors in what was sent to it", "look at what was sent under the named control number";
    BOOKING_EMPTY, "X12-038", Warning, "a booking names no number, bill, container or port and gave no data", "send the booking number, the ports (`R4`) and the containers (`N7`)";
    ACTION, "X12-039", Info, "the action of a booking is unknown and it was taken as an original", "use the codes of data element 558 in `B1` element 4";
    CALL, "X12-040", Info, "an event of a ship is unknown, so its time gave no call", "use `DTM` 369 to 372, or `V9` with `ARR` or `DEP`";
    CELL, "X12-041", Info, "a container on board names no cell", "fill `V4` element 1";
    EARLY, "X12-042", Warning, "a time that is called actual lies after the interchange was written and was taken as no more than an estimate", "use `DTM` 139, 369 or 371 for what has not happened yet";
    LOWER_CASE, "X12-043", Warning, "an interchange in lower case was read in upper case", "write segment identifiers and codes in upper case";
}
