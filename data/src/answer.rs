//! Answers in a sender's own format, and what became of them.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// How long a partner may leave an answer lying before it is overdue, unless its profile says otherwise.
pub const FETCH_WITHIN: SignedDuration = SignedDuration::from_hours(24);

/// How an answer goes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AnswerWay {
    /// In the reply to the request that brought the bytes.
    Reply,
    /// As a file in the partner's folder, `DATA/out/<party>/`; taking it away is fetching it.
    Folder,
}

/// How far an answer has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AnswerStatus {
    /// It is to be written.
    Due,
    /// It lies where the partner looks.
    Written,
    /// It has been lying there too long.
    Overdue,
    /// The partner has it.
    Fetched,
}

/// What became of an answer, with the instants.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnswerState {
    /// How far it has come.
    pub status: AnswerStatus,
    /// How it goes back.
    pub way: AnswerWay,
    /// Since when it was to be written.
    pub due: Timestamp,
    /// When it was put where the partner looks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub written: Option<Timestamp>,
    /// When it had been lying there too long.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overdue: Option<Timestamp>,
    /// When the partner took it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fetched: Option<Timestamp>,
}

/// One step of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnswerStep {
    /// It is to be given; a reply is written and fetched with it.
    Due(AnswerWay),
    /// It was put where the partner looks.
    Written,
    /// It has been lying there too long.
    Overdue,
    /// The partner took it.
    Fetched,
    /// What was written is not there any more, though nobody took it: it is due again.
    Again,
    /// The same bytes came again as a file: its answer, though it was taken, is due once more.
    Repeat,
}

impl AnswerState {
    /// Returns the state with these instants: written, overdue, fetched.
    pub fn new(way: AnswerWay, due: Timestamp, [written, overdue, fetched]: [Option<Timestamp>; 3]) -> Self {
        let status = match (written, overdue, fetched) {
            (.., Some(_)) => AnswerStatus::Fetched,
            (_, Some(_), None) => AnswerStatus::Overdue,
            (Some(_), None, None) => AnswerStatus::Written,
            (None, None, None) => AnswerStatus::Due,
        };
        Self { status, way, due, written, overdue, fetched }
    }

    /// Returns whether it has become overdue at an instant and nobody has said so yet.
    pub fn is_late(&self, now: Timestamp, within: SignedDuration) -> bool {
        let written = self.written.filter(|_| self.status == AnswerStatus::Written);
        written.is_some_and(|written| now.duration_since(written) > within)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_step_is_the_status_and_only_what_lies_there_gets_late() {
        let at = |minute: i64| Timestamp::from_second(minute * 60).unwrap();
        let state = |steps| AnswerState::new(AnswerWay::Folder, at(0), steps);
        let hour = SignedDuration::from_hours(1);
        let written = state([Some(at(1)), None, None]);
        assert_eq!(state([None; 3]).status, AnswerStatus::Due);
        assert_eq!(written.status, AnswerStatus::Written);
        assert!(!written.is_late(at(61), hour) && written.is_late(at(62), hour));
        let overdue = state([Some(at(1)), Some(at(62)), None]);
        assert_eq!(overdue.status, AnswerStatus::Overdue);
        assert!(!overdue.is_late(at(99), hour), "it is said once");
        let fetched = state([Some(at(1)), Some(at(62)), Some(at(70))]);
        assert_eq!(fetched.status, AnswerStatus::Fetched);
        assert!(!state([None; 3]).is_late(at(99), hour), "ours to write, not the partner's to fetch");
    }
}
