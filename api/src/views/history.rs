//! The history of a shipment: what was told, and what became of it.

use super::word;
use sealane_data::Text;
use sealane_data::recorded::Seq;
use sealane_mapper::world::{Standing, Telling};
use serde::Serialize;
use utoipa::ToSchema;

/// Everything that was told of a shipment, in the order of arrival.
#[derive(Serialize, ToSchema)]
pub(crate) struct History {
    /// What was told.
    pub(crate) tellings: Vec<TellingView>,
    /// The log position that the answer knows.
    pub(crate) as_of_seq: Seq,
}

/// One thing that was told of a container.
#[derive(Serialize, ToSchema)]
pub(crate) struct TellingView {
    /// The container.
    container: String,
    /// Its log position.
    seq: Seq,
    /// The log position of its message.
    message_seq: Seq,
    /// Who told it.
    party: String,
    /// In which type of message.
    message: String,
    /// What the message does to earlier ones: `original`, `replace`, `change` or `cancel`.
    revision: String,
    /// When the message was written.
    written: Option<String>,
    /// What happened.
    kind: String,
    /// `planned`, `estimated` or `actual`.
    classifier: String,
    /// When.
    at: Option<String>,
    /// Where.
    node: Option<String>,
    /// `stands`, `replaced`, `changed`, `cancelled`, `cancels` or `retracted`.
    standing: &'static str,
    /// The log position of the message that took its place.
    by: Option<Seq>,
    /// The journey of the container that it is part of.
    journey: Option<u32>,
}

impl TellingView {
    pub(crate) fn new(container: &Text, t: &Telling) -> Self {
        Self {
            container: container.to_string(),
            seq: t.seq,
            message_seq: t.message,
            party: t.party.to_string(),
            message: t.family.to_string(),
            revision: word(t.revision),
            written: t.written.map(|w| w.to_string()),
            kind: word(t.kind),
            classifier: word(t.classifier),
            at: t.at.map(|at| at.to_string()),
            node: t.node.as_ref().map(ToString::to_string),
            standing: standing(t.standing),
            by: t.by,
            journey: t.journey,
        }
    }
}

fn standing(standing: Standing) -> &'static str {
    match standing {
        Standing::Stands => "stands",
        Standing::Replaced => "replaced",
        Standing::Changed => "changed",
        Standing::Cancelled => "cancelled",
        Standing::Cancels => "cancels",
        Standing::Retracted => "retracted",
    }
}
