//! Answers as CSV.

use crate::frame::certainty_word;
use sealane_data::ports::TeuAnswer;

const HEADER: [&str; 9] =
    ["node", "day", "direction", "load", "moves", "teu", "unknown_size", "as_of_seq", "scope"];

/// Returns an answer as CSV (RFC 4180) with a header line; every row carries position and scope.
pub fn to_csv(answer: &TeuAnswer) -> String {
    let mut lines = vec![HEADER.map(str::to_owned)];
    lines.extend(answer.rows.iter().map(|row| {
        [
            row.node.to_string(),
            row.day.to_string(),
            row.direction.clone(),
            row.load.clone(),
            row.moves.to_string(),
            row.teu.clone(),
            row.unknown_size.to_string(),
            answer.as_of_seq.to_string(),
            certainty_word(answer.scope).to_owned(),
        ]
    }));
    let mut writer = csv::Writer::from_writer(Vec::new());
    for line in lines {
        writer.write_record(&line).expect("memory takes every line, and all have nine fields");
    }
    let bytes = writer.into_inner().expect("memory can be flushed");
    String::from_utf8(bytes).expect("fields are text")
}
