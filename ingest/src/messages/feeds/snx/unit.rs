//! Units: what happened to containers, and what holds them.

use super::{FORMS, Visits};
use crate::feed_findings as f;
use crate::formats::tree::Node;
use crate::messages::feeds::Reading;
use crate::messages::feeds::record::Record;
use sealane_data::Text;
use sealane_data::observation::{Classifier, DeclaredPlace, Kind, Load, Observation, Plan, Revision, Trade};
use sealane_data::reference::ReferenceKind;
use sealane_data::time::DeclaredTime;
use sealane_data::vessel::VesselRef;
use std::sync::Arc;

const FAMILY: &str = "SNX:N4:UNIT";

/// Events with a meaning for the map. `UNIT_RECEIVE` and `UNIT_DELIVER` repeat the gate moves.
const EVENTS: &[(&str, Kind)] = &[
    ("UNIT_IN_GATE", Kind::GateIn),
    ("UNIT_OUT_GATE", Kind::GateOut),
    ("UNIT_LOAD", Kind::Loaded),
    ("UNIT_DISCH", Kind::Discharged),
    ("UNIT_DISCH_COMPLETE", Kind::Discharged),
    ("UNIT_STUFF", Kind::Stuffed),
    ("UNIT_STRIP", Kind::Stripped),
    ("UNIT_RESEAL", Kind::Resealed),
    ("UNIT_RECEIVE", Kind::DroppedOff),
    ("UNIT_DELIVER", Kind::PickedUp),
];

/// Words in the name of a hold that only customs set.
const CUSTOMS: &[&str] = &["CUSTOM", "CBP", "ADUANA", "DOUANE", "HAIQUAN", "海关"];

/// Reads a unit: one message for each of its events.
pub(super) fn read<'d>(document: &mut Reading<'d>, unit: &'d Node, visits: &Visits) {
    let mut events: Vec<&'d Node> = Vec::new();
    events.extend(unit.each("event"));
    for list in ["events", "move-history", "non-move-history"] {
        events.extend(unit.each(list).flat_map(|list| list.each("event")));
    }
    let id = |event: &Node| event.text_at("@id").unwrap_or_default().to_owned();
    let complete = events.iter().any(|event| id(event) == "UNIT_DISCH_COMPLETE");
    for event in &events {
        if complete && id(event) == "UNIT_DISCH" {
            document.find(&f::OVERWRITTEN, event, "the discharge is told again by its completion");
            continue;
        }
        let Some(mut record) = document.open(unit, FAMILY) else { return };
        let Some(base) = common(&mut record) else { return document.push(record) };
        of_event(&mut record, event, base, visits);
        document.push(record);
    }
    let Some(mut record) = document.open(unit, FAMILY) else { return };
    let Some(base) = common(&mut record) else { return document.push(record) };
    let before = record.draft.observations.len();
    if events.is_empty() {
        stamps(&mut record, unit, &base);
    }
    holds(&mut record, unit, &base, None);
    if record.draft.observations.len() > before {
        record.draft.salt = "state".into();
        document.push(record);
    } else if events.is_empty() {
        // A unit that is only described: its state is kept.
        let status = record.first(unit, &["@transit-state"]);
        record.say(unit, Observation { status, ..base });
        document.push(record);
    }
}

/// Reads what all observations of a unit share.
fn common(record: &mut Record<'_>) -> Option<Observation> {
    let unit = record.node;
    let node =
        unit.each("equipment").find(|e| e.text_at("@role") == Some("PRIMARY")).and_then(|e| e.get("@eqid"));
    let Some(node) = unit.get("@id").or(node) else {
        record.find(&f::NO_CONTAINER, unit, "the unit has no id");
        return None;
    };
    let primary = unit.each("equipment").find(|e| e.text_at("@role").is_none_or(|role| role == "PRIMARY"));
    if primary.and_then(|e| e.text_at("@class")).is_some_and(|class| class != "CTR") {
        record.find(&crate::findings::NOT_A_CONTAINER, node, "the unit is no container");
        return None;
    }
    let mut equipment = record.container(node)?;
    equipment.size_type = record.size_type(primary.and_then(|e| e.get("@type")));
    equipment.load = match unit.text_at("@freight-kind") {
        Some("MTY") => Load::Empty,
        Some("FCL" | "LCL") => Load::Laden,
        _ => Load::Unknown,
    };
    equipment.trade = trade(unit);
    let seals = unit.each("seals").flat_map(Node::members).filter(|(name, _)| name.starts_with("@seal"));
    equipment.seals = seals.filter_map(|(_, seal)| seal.text()).map(Text::from).collect();
    equipment.gross_kg = unit.at("contents.@weight-kg").and_then(|kg| record.mass(kg, <_>::default()));
    let mut references = Vec::new();
    for (path, kind) in [("booking.@id", ReferenceKind::Booking), ("goods.@bl-nbr", ReferenceKind::MasterBl)]
    {
        if let Some(node) = unit.at(path) {
            record.refer(&mut references, kind, node);
        }
    }
    Some(Observation {
        equipment: Some(equipment),
        references: references.into_iter().collect(),
        plan: plan(record, unit),
        ..Observation::new(Kind::Status, Classifier::Actual)
    })
}

fn trade(unit: &Node) -> Option<Trade> {
    if unit.text_at("@restow").is_some_and(|restow| !matches!(restow, "NONE" | "N" | "false")) {
        return Some(Trade::Restow);
    }
    Some(match unit.text_at("@category")? {
        "EXPORT" | "EXPRT" => Trade::Export,
        "IMPORT" | "IMPRT" => Trade::Import,
        "TRANSSHIP" | "TRSHP" => Trade::Transshipment,
        "THROUGH" | "THRGH" => Trade::RemainOnBoard,
        "DOMESTIC" | "DOM" => Trade::Domestic,
        _ => return None,
    })
}

fn plan(record: &mut Record<'_>, unit: &Node) -> Option<Arc<Plan>> {
    let mut port = |path: &str| {
        let code = record.text(unit.at(path)?)?;
        Some(Arc::new(DeclaredPlace { locode: Some(code), ..DeclaredPlace::default() }))
    };
    let plan = Plan {
        load: port("routing.@pol"),
        discharge: port("routing.@pod-1"),
        delivery: port("routing.@destination"),
        ..Plan::default()
    };
    (plan != Plan::default()).then(|| Arc::new(plan))
}

/// Returns the visit of the ship that brings (`IB`) or takes (`OB`) the unit.
fn visit<'a>(unit: &'a Node, direction: &str) -> Option<&'a str> {
    let carriers = unit.each("routing").flat_map(|routing| routing.each("carrier"));
    let ships = carriers.filter(|c| c.text_at("@mode") == Some("VESSEL"));
    let mut fitting = ships.filter(|c| c.text_at("@direction") == Some(direction));
    let first = fitting.next()?;
    let actual = std::iter::once(first).chain(fitting).find(|c| c.text_at("@qualifier") == Some("ACTUAL"));
    actual.unwrap_or(first).text_at("@id")
}

fn carrier(unit: &Node, direction: &str, visits: &Visits) -> Option<Arc<VesselRef>> {
    let [coming, leaving] = visits.get(visit(unit, direction)?)?;
    Some(Arc::clone(if direction == "IB" { coming } else { leaving }))
}

/// Reads one event.
fn of_event(record: &mut Record<'_>, event: &Node, base: Observation, visits: &Visits) {
    let unit = record.node;
    let id = record.first(event, &["@id"]).unwrap_or_default();
    let known = EVENTS.iter().find(|(event, _)| *event == id);
    let kind = known.map_or(Kind::Status, |(_, kind)| *kind);
    let time = moment(record, event);
    record.draft.salt = format!("{id} {}", time.map(|t| t.local.to_string()).unwrap_or_default()).into();
    record.draft.written = time;
    if time.is_none() && event.get("@time-event-applied").is_none() {
        record.find(&f::NO_TIME, event, format!("the event `{id}` has no `time-event-applied`"));
    }
    if kind == Kind::Discharged {
        // The completion takes the place of the discharge of the same visit, whichever comes first.
        if let Some(visit) = visit(unit, "IB") {
            let number = unit.text_at("@id").unwrap_or_default();
            record.draft.document = format!("{number}/DISCH/{visit}").into();
            let complete = id == "UNIT_DISCH_COMPLETE";
            record.draft.revision = if complete { Revision::Replace } else { Revision::Original };
        }
    }
    let status = (kind == Kind::Status).then_some(id);
    let direction = match kind {
        Kind::Discharged => Some("IB"),
        Kind::Loaded => Some("OB"),
        _ => None,
    };
    let vessel = direction.and_then(|direction| carrier(unit, direction, visits));
    record.say(event, Observation { kind, time, status, vessel, ..base });
}

fn moment(record: &mut Record<'_>, event: &Node) -> Option<DeclaredTime> {
    let node = event
        .get("@time-event-applied")
        .or_else(|| event.get("@event-time"))
        .or_else(|| event.get("@time"))?;
    record.time(node, FORMS)
}

/// Reads the times of a unit that has no events.
fn stamps(record: &mut Record<'_>, unit: &Node, base: &Observation) {
    let Some(stamps) = unit.get("timestamps") else { return };
    let by_ship = |direction| visit(unit, direction).is_some();
    let kinds = [
        ("@time-in", if by_ship("IB") { Kind::Discharged } else { Kind::GateIn }),
        ("@time-load", Kind::Loaded),
        ("@time-out", if by_ship("OB") { Kind::Status } else { Kind::GateOut }),
    ];
    for (name, kind) in kinds {
        let Some(node) = stamps.get(name) else { continue };
        let time = record.time(node, FORMS);
        let status = (kind == Kind::Status).then(|| Text::const_new("time-out"));
        record.say(node, Observation { kind, time, status, ..base.clone() });
    }
}

/// Reads holds and releases below a value.
fn holds(record: &mut Record<'_>, below: &Node, base: &Observation, time: Option<DeclaredTime>) {
    let flags = below.each("flags").flat_map(|flags| flags.each("hold").chain(flags.each("flag")));
    for flag in flags {
        let Some(name) = record.first(flag, &["@id", "@hold-perm-id"]) else { continue };
        let released = match flag.text_at("@action") {
            None | Some("ADD_HOLD") => false,
            Some("RELEASE_HOLD") => true,
            // Permissions allow what no hold forbids.
            Some(_) => continue,
        };
        let own = ["@applied-date", "@time", "@date"].iter().find_map(|at| flag.get(at));
        let at = own.and_then(|node| record.time(node, FORMS)).or(time);
        let upper = name.to_uppercase();
        let customs = CUSTOMS.iter().any(|word| upper.contains(word));
        let kind = match (customs, released) {
            (true, false) => Kind::CustomsHeld,
            (true, true) => Kind::CustomsReleased,
            (false, false) => Kind::Held,
            (false, true) => Kind::HoldReleased,
        };
        if at.is_none() {
            record.find(&f::NO_TIME, flag, format!("the hold `{name}` has no time"));
        }
        record.say(flag, Observation { kind, time: at, status: Some(name), ..base.clone() });
    }
}

/// Reads an update of properties (`icu`) or holds (`hpu`): its event and flags, for each of its units.
pub(super) fn update<'d>(document: &mut Reading<'d>, update: &'d Node) {
    let lists = update.each("units").chain(update.each("entities").flat_map(|e| e.each("units")));
    let content = update.digest();
    let units: Vec<&'d Node> = lists.flat_map(|u| u.each("unit-identity").chain(u.each("unit"))).collect();
    for unit in units {
        let Some(mut record) = document.open(update, FAMILY) else { return };
        let Some(equipment) = unit.get("@id").and_then(|id| record.container(id)) else {
            record.find(&f::NO_CONTAINER, unit, "the unit has no id");
            document.push(record);
            continue;
        };
        record.draft.salt = equipment.number.canonical().into();
        record.draft.content = Some(content);
        let base: Observation =
            Observation { equipment: Some(equipment), ..Observation::new(Kind::Status, Classifier::Actual) };
        let mut time = None;
        for event in update.each("event") {
            time = moment(&mut record, event);
            let id = record.first(event, &["@id"]).unwrap_or_default();
            let known = EVENTS.iter().find(|(event, _)| *event == id);
            let kind = known.map_or(Kind::Status, |(_, kind)| *kind);
            let status = (kind == Kind::Status).then_some(id);
            record.say(event, Observation { kind, time, status, ..base.clone() });
        }
        holds(&mut record, update, &base, time);
        document.push(record);
    }
}
