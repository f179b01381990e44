//! What a file would give by a mapping, before anybody trusts it.

use super::Compiled;
use super::table::tables;
use crate::formats::sniff;
use crate::formats::tree::Form;
use crate::messages::feeds::session::{Piece, Session, walk};
use crate::reading::{Item, ReadContext};
use sealane_data::finding::{Finding, Place};
use sealane_data::mapping::{Mapping, MappingFormat};
use sealane_data::partner::Partner;
use sealane_data::recorded::MessageRecord;
use serde::Serialize;
use std::ops::ControlFlow;

/// A field that the mapping does not read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Unused {
    /// Its path.
    pub path: String,
    /// How often it is there.
    pub count: u64,
    /// Where it is first.
    pub first: Place,
}

/// What a file would give by a mapping.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Trial {
    /// What is wrong with the mapping itself; then nothing was read.
    pub problems: Vec<String>,
    /// How many documents (or tables) of the file are of its kind, by `has` and `is`.
    pub claimed: u32,
    /// How many are not; they were read by it all the same.
    pub unclaimed: u32,
    /// What each record would be: its observations and what is wrong with it.
    pub records: Vec<MessageRecord>,
    /// Fields that would stay unread.
    pub unread: Vec<Unused>,
    /// What is wrong outside records.
    pub findings: Vec<Finding>,
}

/// Reads a file by a mapping without keeping anything.
pub fn trial(bytes: &[u8], mapping: &Mapping, partner: &Partner) -> Trial {
    let mut trial = Trial { problems: mapping.problems(), ..Trial::default() };
    if !trial.problems.is_empty() {
        return trial;
    }
    let Some(compiled) = Compiled::new(mapping) else { return trial };
    if mapping.format == MappingFormat::Csv {
        return of_tables(bytes, compiled, partner, trial);
    }
    let form = if mapping.format == MappingFormat::Json { Form::Json } else { Form::Xml };
    let cx = ReadContext { partner, wants_ack: false };
    let mut session = Session::new(cx, 0);
    let _ = walk(bytes, form, partner.charset.as_deref(), &mut |piece| {
        match piece {
            Piece::Finding(finding) => trial.findings.push(finding),
            Piece::Root(root) => {
                let claims = compiled.claims(root);
                trial.claimed += u32::from(claims);
                trial.unclaimed += u32::from(!claims);
                let _ = session.by_mapping(root, &compiled, &mut |item| keep(&mut trial, item));
            }
        }
        ControlFlow::Continue(())
    });
    trial.unread = unread(&session);
    trial
}

fn keep(trial: &mut Trial, item: Item) -> ControlFlow<()> {
    match item {
        Item::Finding(finding) => trial.findings.push(finding),
        Item::Message(record) => trial.records.push(record),
        Item::Interchange(_) => {}
    }
    ControlFlow::Continue(())
}

fn of_tables(bytes: &[u8], compiled: Compiled<'_>, partner: &Partner, mut trial: Trial) -> Trial {
    let cx = ReadContext { partner, wants_ack: false };
    let mut session = Session::new(cx, 0);
    let read = tables(&mut session, &[compiled], (bytes, cx), &mut |item| keep(&mut trial, item));
    (trial.claimed, trial.unclaimed) = (u32::from(read.is_some()), u32::from(read.is_none()));
    trial.unread = unread(&session);
    trial
}

fn unread(session: &Session<'_>) -> Vec<Unused> {
    session.unread().into_iter().map(|(path, count, first)| Unused { path, count, first }).collect()
}

/// Returns whether a file has the grammar of a mapping, by its first bytes.
pub fn fits(bytes: &[u8], mapping: &Mapping) -> bool {
    match mapping.format {
        MappingFormat::Json => sniff::document(bytes) == Some(Form::Json),
        MappingFormat::Xml => sniff::document(bytes) == Some(Form::Xml),
        MappingFormat::Csv => sniff::document(bytes).is_none(),
    }
}
