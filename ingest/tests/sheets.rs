//! Tests of spreadsheets through the public doors: worked examples, goldens, answers, properties.
#![allow(clippy::unwrap_used, reason = "tests stop by panicking")]

#[path = "sheets/answers.rs"]
mod answers;
#[path = "sheets/examples.rs"]
mod examples;
#[path = "sheets/golden.rs"]
mod golden;
#[path = "sheets/hostile.rs"]
mod hostile;
#[path = "sheets/properties.rs"]
mod properties;

use sealane_data::partner::{Partner, PartyId};
use sealane_data::sheet::{SheetGuess, SheetProfile};
use sealane_ingest::messages::sheet::guesses;
use sealane_ingest::{ReadContext, Reading};
use serde::Deserialize;

#[derive(Deserialize)]
struct Layouts {
    #[serde(default)]
    sheet: Vec<SheetProfile>,
}

/// Returns a partner whose profile holds these `[[sheet]]` tables.
fn partner(toml: &str) -> Partner {
    let sheets = toml::from_str::<Layouts>(toml).unwrap().sheet;
    Partner { sheets, ..Partner::new(PartyId("depot".into())) }
}

fn read(bytes: &[u8], partner: &Partner) -> Reading {
    sealane_ingest::read(bytes, ReadContext { partner, wants_ack: false })
}

/// Returns what is guessed of a submission.
fn guessed(bytes: &[u8]) -> Vec<SheetGuess> {
    guesses(bytes, &partner(""))
}

/// Returns the `[[sheet]]` tables that `sealane check` prints for a submission.
fn tables(bytes: &[u8]) -> String {
    guessed(bytes).iter().map(SheetGuess::table).collect::<Vec<_>>().join("\n")
}
