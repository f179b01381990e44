//! What a record tells, by the events of its mapping.

use super::Compiled;
use super::fields::Values;
use super::find::Trail;
use crate::feed_findings as f;
use crate::formats::tree::Node;
use crate::messages::feeds::record::Record;
use sealane_data::Text;
use sealane_data::mapping::{MappingEvent, MappingField, Path};
use sealane_data::observation::{Classifier, Kind, Observation};

/// What a code says that something is.
enum Meaning {
    /// A kind, with the source's own code where that says more.
    Kind(Kind, Option<Text>),
    /// Nothing that is told.
    Nothing,
}

impl Compiled<'_> {
    /// Reads one event of a record, once for each of its parts.
    pub(super) fn event(&self, record: &mut Record<'_>, trail: &Trail<'_>, event: &MappingEvent) {
        let parts = match Path::parse(&event.each) {
            Ok(path) if !path.steps.is_empty() => trail.records(&path),
            _ => vec![trail.clone()],
        };
        for part in parts.iter().filter(|part| part.meets(&event.when)) {
            let Meaning::Kind(kind, code) = Self::meaning(record, part, event) else { continue };
            let time = event.time.as_ref().and_then(|from| self.time(record, part, from));
            let told = event.time.as_ref().is_none_or(|from| part.value(from).is_some());
            if !told && event.kind_by.is_none() {
                // A fixed event without its time has not happened yet.
                continue;
            }
            if !told {
                record.find(&f::NO_TIME, part.here(), "the event has no time");
            }
            let classifier = Self::classifier(record, part, event);
            let values = Values { mapping: self, event, part, record: trail };
            let equipment = values.equipment(record);
            let references = values.references(record);
            let vessel = values.ship(record);
            let needs_box = matches!(kind, Kind::GateIn | Kind::GateOut | Kind::Loaded | Kind::Discharged);
            if equipment.is_none() && needs_box {
                record.find(&f::NO_CONTAINER, part.here(), "the movement names no container");
            }
            if kind.is_call() && vessel.as_ref().is_none_or(|ship| ship.is_anonymous()) {
                record.find(&f::NO_SHIP, part.here(), "the call names no ship");
            }
            let said = Observation {
                time: time.or(if event.time.is_none() { record.draft.written } else { None }),
                place: values.place(record),
                equipment: equipment.filter(|_| !kind.is_call()),
                vessel,
                references: references.into_iter().collect(),
                plan: values.plan(record),
                fix: values.fix(record),
                status: values.text(MappingField::Status).or(code),
                stowage: values.text(MappingField::Stowage),
                ..Observation::new(kind, classifier)
            };
            record.say(part.here(), said);
        }
    }

    fn meaning(record: &mut Record<'_>, part: &Trail<'_>, event: &MappingEvent) -> Meaning {
        let Some(by) = &event.kind_by else {
            return event.kind.map_or(Meaning::Nothing, |kind| Meaning::Kind(kind, None));
        };
        let node = part.find(&by.path).unwrap_or_default().into_iter().find(|node| node.text().is_some());
        let Some((node, code)) = node.and_then(|node| Some((node, node.text()?))) else {
            return Meaning::Nothing;
        };
        let meant = by.codes.get(code).or_else(|| {
            by.codes.iter().find(|(known, _)| known.eq_ignore_ascii_case(code)).map(|(_, kind)| kind)
        });
        if let Some(kind) = meant {
            return Meaning::Kind(*kind, (*kind == Kind::Status).then(|| code.into()));
        }
        if by.ignored.iter().any(|known| known.eq_ignore_ascii_case(code)) {
            return Meaning::Nothing;
        }
        let short: String = code.chars().take(40).filter(|c| *c != '`').collect();
        record.find(&f::CODE, node, format!("the code `{short}` has no known meaning"));
        Meaning::Kind(Kind::Status, Some(code.into()))
    }

    fn classifier(record: &mut Record<'_>, part: &Trail<'_>, event: &MappingEvent) -> Classifier {
        let Some(by) = &event.classifier_by else { return event.classifier.unwrap_or(Classifier::Actual) };
        let node = part.find(&by.path).unwrap_or_default().into_iter().find(|node| node.text().is_some());
        // Many send the code only where something is not past.
        let Some(code) = node.and_then(Node::text) else { return Classifier::Actual };
        by.codes.get(code).copied().unwrap_or_else(|| {
            let message =
                format!("`{code}` says neither plan, estimate nor past, and was taken for an estimate");
            record.find(&f::CODE, node.unwrap_or(part.here()), message);
            Classifier::Estimated
        })
    }

    /// Returns whether a record tells nothing because all its codes are known to.
    pub(super) fn is_quiet(&self, trail: &Trail<'_>) -> bool {
        self.source.events.iter().filter_map(|event| event.kind_by.as_ref()).any(|by| {
            let nodes = trail.find(&by.path).unwrap_or_default();
            nodes
                .iter()
                .filter_map(|node| node.text())
                .any(|code| by.ignored.iter().any(|known| known.eq_ignore_ascii_case(code)))
        })
    }
}
