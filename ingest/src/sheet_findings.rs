//! Every finding about spreadsheets, in one table: [`FINDINGS`].

use crate::findings::findings;
use sealane_data::finding::{FindingKind, Severity};

findings! {
    TOO_LARGE, "SHT-001", Error, "a workbook is larger than is read", "send it in parts; a workbook that unpacks to very much is refused";
    LOCKED, "SHT-002", Error, "a workbook is protected by a password", "send it without a password";
    BROKEN, "SHT-003", Error, "a workbook cannot be opened", "open it in a spreadsheet program and save it as XLSX";
    NO_HEADING, "SHT-004", Warning, "no row of a sheet is a heading that is known, so nothing was taken from it", "name the columns in a row above the list, such as `Container No.`, or have the layout set in your profile";
    UNCONFIRMED, "SHT-005", Error, "the layout of a sheet was guessed and is not confirmed, so nothing was taken from it", "the operator confirms it once: on the page of the submission in `/inbox`, by `sealane confirm SUBMISSION`, or with the `[[sheet]]` table that `sealane check FILE` prints";
    GUESS, "SHT-006", Info, "says for what a column is taken", "correct the column in the `[[sheet]]` table of the profile if this is wrong";
    COLUMN_UNKNOWN, "SHT-007", Info, "a column has a heading that is not known and would not be read", "name it in the `[[sheet]]` table of the profile if it matters";
    COLUMN_TWICE, "SHT-008", Warning, "two columns seem to hold the same, and only the first would be read", "say in the `[[sheet]]` table of the profile which column counts";
    ROWS_IGNORED, "SHT-009", Info, "rows that are no part of the list were left unread", "nothing to do, unless a row of the list is among them";
    NO_CONTAINER, "SHT-010", Warning, "a row has no container number and gave no movement", "fill the column of container numbers";
    CONTAINER_DIGIT, "SHT-011", Warning, "the check digit of a container number in a cell is wrong", "check the number; it joins no other movement";
    CONTAINER_SHAPE, "SHT-012", Warning, "a cell holds no container number by its form", "check the number; it joins no other movement";
    DATE_ORDER, "SHT-013", Warning, "a date can be read day first or month first and gave no time", "set `dates` in the `[[sheet]]` table of the profile, or write the year first";
    DATE, "SHT-014", Warning, "a cell holds no date and gave no time", "write dates as dates, such as 2026-09-05 14:20";
    CLOCK, "SHT-015", Warning, "a cell holds no time of day, so only the day was taken", "write times as 14:20";
    NO_TIME, "SHT-016", Warning, "a row says no time of its movement", "fill the column of the time";
    NO_PLACE, "SHT-017", Warning, "a row names no place", "add a column for the place, or set `place` in the layout or a default node in the profile";
    SIZE_TYPE, "SHT-018", Info, "a cell holds no size-type that says a length", "write an ISO 6346 code such as 45G1, or 40HC";
    NUMBER, "SHT-019", Info, "a cell holds no mass", "write a number in kilograms";
    EVENT, "SHT-020", Warning, "a word in the column of events has no known meaning", "map the word under `codes` in the layout of the profile";
    LOAD, "SHT-021", Info, "a cell says neither full nor empty", "write F or E";
    SHIP_NUMBER, "SHT-022", Info, "a cell holds no IMO number with a right check digit", "check the number";
    CONSTANT_VALUE, "SHT-023", Info, "a reference looks like a filler and joins nothing", "leave the cell empty where there is none";
    CELL_ERROR, "SHT-024", Warning, "a cell holds an error of the spreadsheet", "mend the formula";
    PROFILE, "SHT-025", Warning, "the layout in the profile cannot be used as it is written", "correct the `[[sheet]]` table of the profile";
    ATTACHMENT, "SHT-026", Info, "an attachment is no spreadsheet and was not read", "send other formats by themselves, not in a mail";
    NO_ATTACHMENT, "SHT-027", Error, "a mail has no attachment", "attach the list";
    CHARSET, "SHT-028", Warning, "characters of a text table do not fit its character set", "save the file as UTF-8, or have your character set put into your profile";
    NO_KIND, "SHT-029", Warning, "the layout does not say what happened at the times of the list", "set `kind` in the layout, such as `gate_in`, or name the column of events";
    EMPTY_SHEET, "SHT-030", Info, "a sheet is empty or ends with its heading", "nothing to do";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_in_order() {
        for (i, kind) in FINDINGS.iter().enumerate() {
            assert_eq!(kind.code, format!("SHT-{:03}", i + 1));
            assert!(!kind.about.ends_with('.') && !kind.help.ends_with('.'), "{}", kind.code);
        }
    }
}
