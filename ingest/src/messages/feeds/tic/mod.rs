//! TIC 4.0: visits of cargo and of carriers to a terminal, nested or with dots between the names.
//!
//! Everything is optional and what is not known is left alone, as the schema asks. Points of
//! measurement (`pomt`) say what is scheduled, planned, estimated and actual. That a container is
//! empty, and its booking, stand in members of our own: the standard has none.

mod cargo;
mod carrier;
mod flat;

use super::times::Forms;
use super::unread::{Field, names};
use super::{Feed, Reading};
use crate::feed_findings as f;
use crate::formats::tree::{Node, Value};
use crate::messages::feeds::record::Record;
use sealane_data::observation::Classifier;
use sealane_data::time::DeclaredTime;

/// The family.
pub(super) struct Tic;

const CYCLES: Option<&str> = Some("cycles and states of equipment are not on the map");
const INSIDE: Option<&str> = Some("places inside the terminal are not on the map");
const PLAIN: Option<&str> = Some("names that do not identify");

const FIELDS: &[Field] = &[
    ("id", None),
    ("kind", PLAIN),
    ("name", PLAIN),
    ("type", PLAIN),
    ("S211_name", PLAIN),
    ("DCSA_name", PLAIN),
    ("flowtype", None),
    ("booking", None),
    ("billoflading", None),
    ("cargo.id", None),
    ("cargo.timestamp", PLAIN),
    ("cargo.type.*", None),
    ("type.*", None),
    ("size.code", None),
    ("size.*", Some("the size-type code is read")),
    ("weight.gross.*", None),
    ("weight.net.*", Some("the gross mass is read")),
    ("inbound.modality", None),
    ("inbound.carriervisit.id", None),
    ("inbound.*", INSIDE),
    ("outbound.modality", None),
    ("outbound.carriervisit.id", None),
    ("outbound.*", INSIDE),
    ("checkin.time.*", None),
    ("checkin.*", INSIDE),
    ("checkout.time.*", None),
    ("checkout.*", INSIDE),
    ("dwell.*", INSIDE),
    ("carrier.id", None),
    ("carrier.timestamp", PLAIN),
    ("voyage", None),
    ("start.time.*", None),
    ("start.*", INSIDE),
    ("end.time.*", None),
    ("end.*", INSIDE),
    ("arrival.mooring.lastline.*", None),
    ("arrival.mooring.end.*", None),
    ("arrival.*", INSIDE),
    ("departure.*", INSIDE),
    ("terminaloperations.cargooperations.*", None),
    ("terminaloperations.*", INSIDE),
    ("active.*", CYCLES),
    ("inactive.*", CYCLES),
    ("idle.*", CYCLES),
    ("working.*", CYCLES),
];

/// Fields beside the visits.
const OUTSIDE: &[Field] = &[
    ("msg.*", None),
    ("cargo.*", None),
    ("carrier.*", None),
    ("che.*", CYCLES),
    ("jobinstruction.*", INSIDE),
    ("servicevisit.*", INSIDE),
    ("service.*", INSIDE),
    ("terminal.*", CYCLES),
    ("user.*", Some("names of people stay in the submission only")),
];

impl Feed for Tic {
    fn id(&self) -> &'static str {
        "tic40"
    }

    fn about(&self) -> &'static str {
        "TIC 4.0: containers that come to and leave a terminal, visits of ships and their cargo work"
    }

    fn version(&self) -> u16 {
        1
    }

    fn fields(&self) -> &'static [Field] {
        FIELDS
    }

    fn knows(&self, path: &str) -> bool {
        let path = path.strip_prefix("tos.").unwrap_or(path);
        let visit = path.strip_prefix("cargovisit.").or_else(|| path.strip_prefix("carriervisit."));
        names(visit.map_or(OUTSIDE, |_| FIELDS), visit.unwrap_or(path))
    }

    fn claims(&self, root: &Node) -> bool {
        root.items().iter().any(|message| {
            let parts = ["tos", "che", "cargovisit", "carriervisit"];
            let nested = message.get("msg").is_some() && parts.iter().any(|part| message.get(part).is_some());
            let dotted = |(name, _): &(_, _)| {
                let name: &sealane_data::Text = name;
                ["tos.", "cargovisit.", "carriervisit.", "che.cycle."]
                    .iter()
                    .any(|part| name.starts_with(part))
            };
            let schema = ["cargovisit", "carriervisit"]
                .iter()
                .any(|part| message.get(&format!("tos.{part}")).is_some());
            nested || schema || message.members().iter().any(dotted)
        })
    }

    fn read(&self, document: &mut Reading<'_>) {
        let root = document.root;
        for message in root.items() {
            // The flat form is folded into the nested one; places stay those of the document.
            let nested = flat::nest(message);
            let mut found = false;
            for tos in nested.each("tos").chain(std::iter::once(&nested)) {
                found |= read(document, message, &nested, tos);
            }
            if !found {
                let what = if nested.get("che").is_some() || nested.at("tos.che").is_some() {
                    "the message is about equipment of the terminal only"
                } else {
                    "the message holds no visit of cargo or of a carrier"
                };
                document.find(&f::NO_RECORD, message, what);
            }
        }
    }
}

/// What a message says outside its visits.
struct Context<'a> {
    /// The terminal system's part.
    tos: &'a Node,
    written: Option<DeclaredTime>,
}

/// Reads the visits of one part of a message.
fn read<'d>(document: &mut Reading<'d>, message: &'d Node, nested: &Node, tos: &Node) -> bool {
    let mut found = false;
    for visit in tos.each("cargovisit").filter(|visit| visit.is_map()) {
        found = true;
        let Some(mut record) = document.open(message, "TIC:4.0:CARGOVISIT") else { return true };
        let context = context(&mut record, nested, tos);
        cargo::read(&mut record, visit, &context);
        finish(document, record, visit, &context);
    }
    for visit in tos.each("carriervisit").filter(|visit| visit.is_map()) {
        found = true;
        let Some(mut record) = document.open(message, "TIC:4.0:CARRIERVISIT") else { return true };
        let context = context(&mut record, nested, tos);
        carrier::read(&mut record, visit, &context);
        finish(document, record, visit, &context);
    }
    found
}

fn context<'a>(record: &mut Record<'_>, nested: &'a Node, tos: &'a Node) -> Context<'a> {
    let stamp = ["msg.timestamp", "msg.creationtimestamp"].iter().find_map(|path| nested.at(path));
    let written = stamp.and_then(|node| record.time(node, Forms::default()));
    Context { tos, written }
}

/// Keeps a record that told something; its visit tells it from the others of its message.
fn finish<'d>(document: &mut Reading<'d>, mut record: Record<'d>, visit: &Node, context: &Context<'_>) {
    record.draft.written = context.written;
    record.draft.content = Some(visit.digest());
    if record.draft.observations.is_empty() && record.draft.findings.is_empty() {
        record.find(&f::NOTHING_SAID, visit, "the visit tells no time");
    }
    document.push(record);
}

/// Returns the moments of a time: a list of points of measurement, an object of them, or a text.
fn moments(record: &mut Record<'_>, time: Option<&Node>) -> Vec<(Classifier, DeclaredTime)> {
    let mut found: Vec<(Classifier, DeclaredTime)> = Vec::new();
    let Some(time) = time else { return found };
    let mut take = |record: &mut Record<'_>, classifier, node: &Node| {
        if let Some(time) = record.time(node, Forms::default()) {
            // Input and output of one move are the same time; the last one of a classifier counts.
            found.retain(|(other, _)| *other != classifier);
            found.push((classifier, time));
        }
    };
    for item in time.items() {
        match &item.value {
            Value::Map(_) if item.get("timestamp").or_else(|| item.get("value")).is_some() => {
                let word = item.text_at("pomt").unwrap_or("actual").to_owned();
                let classifier = classified(record, item, &word);
                // A forecast carries its time apart from when it was made.
                let ahead = item.get("forecasttime").filter(|_| classifier != Classifier::Actual);
                if let Some(node) = ahead.or_else(|| item.get("timestamp")).or_else(|| item.get("value")) {
                    take(record, classifier, node);
                }
            }
            Value::Map(members) => {
                for (name, node) in members {
                    if node.is_map() {
                        for (pomt, node) in node.members() {
                            let classifier = classified(record, node, pomt);
                            take(record, classifier, node);
                        }
                    } else {
                        let classifier = classified(record, node, name);
                        take(record, classifier, node);
                    }
                }
            }
            _ => take(record, Classifier::Actual, item),
        }
    }
    found
}

fn classified(record: &mut Record<'_>, node: &Node, word: &str) -> Classifier {
    match word.to_ascii_lowercase().as_str() {
        "actual" => Classifier::Actual,
        "estimated" => Classifier::Estimated,
        "planned" | "schedule" | "scheduled" => Classifier::Planned,
        _ => {
            let short: String = word.chars().take(40).filter(|c| *c != '`').collect();
            record.find(
                &f::CODE,
                node,
                format!("`{short}` is no type of a point of measurement and was taken for an estimate"),
            );
            Classifier::Estimated
        }
    }
}
