//! The filter that every document goes through before it leaves.

use super::Profile;
use super::Untold;
use super::mask::{container_token, day_precision, mask_number};
use super::tables::{BINDINGS, CERTIFICATE, CONSISTENCY, EVENTS, ROUTE, Row, Show};
use crate::axes::Consistency;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use rustc_hash::FxHashMap;
use serde_json::{Map, Value};

/// The kinds of references that a profile may see in a binding; every kind if it is not listed.
const REFERENCES: &[(Profile, &[&str])] = &[
    (Profile::Buyer, &["container", "master_bl", "house_bl", "invoice", "certificate"]),
    (Profile::Partner, &["container", "master_bl", "house_bl", "booking", "shipment", "certificate"]),
];

/// Returns a certificate's view as a profile may see it.
pub fn certificate(profile: Profile, view: Value) -> Value {
    certificate_with_goods(profile, false, view)
}

/// Returns a certificate's view as a profile may see it, with the goods if its owner shows them to
/// the public.
pub fn certificate_with_goods(profile: Profile, goods: bool, view: Value) -> Value {
    Filter { goods, ..Filter::new(profile, CERTIFICATE) }.document(view)
}

/// Returns what the rules found as a profile may see it. Until the exporter was told of a finding, nobody
/// else reads it.
pub fn consistency(profile: Profile, untold: &Untold, mut assessment: Value) -> Value {
    let told = profile == Profile::Internal || untold.veil(&mut assessment);
    let blind = !told || !profile.reads_rules();
    Filter { blind, ..Filter::new(profile, CONSISTENCY) }.document(assessment)
}

/// Returns what happened to a certificate as a profile may see it.
pub fn events(profile: Profile, document: Value) -> Value {
    Filter::new(profile, EVENTS).document(document)
}

/// Returns what ties a certificate to a movement as a profile may see it.
pub fn bindings(profile: Profile, document: Value) -> Value {
    Filter::new(profile, BINDINGS).document(document)
}

/// Returns a certificate's route document as a profile may see it.
///
/// For the public, containers become tokens by `secret` and times become local days, at a stop by
/// its `zone` and on a leg by the zone of the stop it starts or ends at (UTC if that is unknown).
/// A time that is a plain day already stays as it is.
pub fn route(profile: Profile, secret: &[u8], document: Value) -> Value {
    let zones = if profile == Profile::Public { Zones::of(&document) } else { Zones::default() };
    Filter { secret, zones, ..Filter::new(profile, ROUTE) }.document(document)
}

/// The zones of a route's stops, by feature id and by node.
#[derive(Default)]
struct Zones(FxHashMap<String, TimeZone>);

impl Zones {
    fn of(document: &Value) -> Self {
        let mut zones = FxHashMap::default();
        for stop in document.get("features").and_then(Value::as_array).into_iter().flatten() {
            let named = |name: &str| stop.get("properties")?.get(name)?.as_str();
            let Some(zone) = named("zone").and_then(|zone| TimeZone::get(zone).ok()) else { continue };
            for name in [named("id"), named("node")].into_iter().flatten() {
                zones.insert(name.to_owned(), zone.clone());
            }
        }
        Self(zones)
    }

    fn at(&self, name: Option<&Value>) -> TimeZone {
        name.and_then(Value::as_str).and_then(|name| self.0.get(name)).cloned().unwrap_or(TimeZone::UTC)
    }
}

struct Filter<'a> {
    profile: Profile,
    table: &'static [Row],
    secret: &'a [u8],
    zones: Zones,
    /// Whether the owner shows the goods to the public.
    goods: bool,
    /// Whether remarks and conflicts read "under review".
    blind: bool,
}

impl Filter<'_> {
    fn new(profile: Profile, table: &'static [Row]) -> Self {
        Self {
            profile,
            table,
            secret: &[],
            zones: Zones::default(),
            goods: false,
            blind: !profile.reads_rules(),
        }
    }

    /// Whether anything of a row reaches the profile.
    fn reaches(&self, show: Show) -> bool {
        match show {
            Show::Partner => self.profile != Profile::Public,
            Show::To(profiles) => profiles.contains(&self.profile),
            Show::Goods => self.profile != Profile::Public || self.goods,
            Show::Plain
            | Show::Numbers
            | Show::Masked
            | Show::Token
            | Show::Day
            | Show::DayWord
            | Show::Review => true,
        }
    }

    fn document(&self, document: Value) -> Value {
        if self.profile == Profile::Internal {
            return document;
        }
        self.value("", document, &TimeZone::UTC).unwrap_or_else(|| Value::Object(Map::new()))
    }

    /// Returns what may be seen of the value at a path.
    fn value(&self, path: &str, value: Value, zone: &TimeZone) -> Option<Value> {
        let row = self.table.iter().find(|row| row.path == path);
        if row.is_some_and(|row| row.show == Show::Numbers) && is_numbers(&value) {
            return Some(value);
        }
        match value {
            Value::Object(members) if self.leads_on(path, '.') => Some(self.members(path, members, zone)),
            Value::Array(entries) if self.leads_on(path, '[') => {
                let inner = format!("{path}[]");
                let seen = entries.into_iter().filter(|v| inner != "bindings[]" || self.may_name(v));
                Some(Value::Array(seen.filter_map(|v| self.value(&inner, v, zone)).collect()))
            }
            Value::Object(_) | Value::Array(_) => None,
            leaf => self.shown(row?.show, leaf, zone),
        }
    }

    /// Whether the table shows anything inside the value at a path to this profile.
    ///
    /// Nothing is left of the rest, not even an empty list: its length would tell something.
    fn leads_on(&self, path: &str, with: char) -> bool {
        let visible = |row: &&Row| self.reaches(row.show);
        let inside = |row: &Row| row.path.strip_prefix(path).is_some_and(|rest| rest.starts_with(with));
        (path.is_empty() && with == '.') || self.table.iter().filter(visible).any(inside)
    }

    /// Whether the profile may see a reference of this kind.
    fn may_name(&self, binding: &Value) -> bool {
        let kinds = REFERENCES.iter().find(|(profile, _)| *profile == self.profile).map(|(_, kinds)| *kinds);
        let kind = binding.get("kind").and_then(Value::as_str);
        kinds.is_none_or(|kinds| kind.is_some_and(|kind| kinds.contains(&kind)))
    }

    fn members(&self, path: &str, members: Map<String, Value>, zone: &TimeZone) -> Value {
        let zone =
            if path == "features[].properties" { self.zones.at(members.get("id")) } else { zone.clone() };
        let (from, to) = (self.zones.at(members.get("from")), self.zones.at(members.get("to")));
        let mut kept = Map::new();
        for (name, value) in members {
            // A name that looks like a path must not reach another row.
            if name.contains(['.', '[', ']']) {
                continue;
            }
            let zone = match name.as_str() {
                "departure" => &from,
                "arrival" => &to,
                _ => &zone,
            };
            let inner = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
            if let Some(value) = self.value(&inner, value, zone) {
                kept.insert(name, value);
            }
        }
        Value::Object(kept)
    }

    /// Returns what is shown of a single value.
    fn shown(&self, show: Show, leaf: Value, zone: &TimeZone) -> Option<Value> {
        let public = self.profile == Profile::Public;
        match show {
            Show::Plain => Some(leaf),
            Show::Numbers => None,
            Show::Review => Some(if self.blind { reviewed(leaf) } else { leaf }),
            Show::Partner | Show::To(_) | Show::Goods => self.reaches(show).then_some(leaf),
            _ if !public || leaf.is_null() => Some(leaf),
            Show::Masked => Some(mask_number(leaf.as_str()?).into()),
            Show::Token => Some(container_token(self.secret, leaf.as_str()?).into()),
            Show::Day => Some(day(leaf.as_str()?, zone)?.to_string().into()),
            Show::DayWord => Some("day".into()),
        }
    }
}

/// Returns "under review" in place of a remark or a conflict.
fn reviewed(leaf: Value) -> Value {
    for found in [Consistency::WARNINGS, Consistency::CONFLICT] {
        if leaf == found.state {
            return Consistency::UNDER_REVIEW.state.into();
        }
        if leaf == found.text {
            return Consistency::UNDER_REVIEW.text.into();
        }
    }
    leaf
}

/// Whether a value is null, a number, or lists of these: coordinates and boxes.
fn is_numbers(value: &Value) -> bool {
    match value {
        Value::Null | Value::Number(_) => true,
        Value::Array(entries) => entries.iter().all(is_numbers),
        _ => false,
    }
}

/// Returns the local day of an instant, or the day itself; nothing of any other text.
fn day(text: &str, zone: &TimeZone) -> Option<Date> {
    if let Ok(at) = text.parse::<Timestamp>() {
        return Some(day_precision(at, zone).date);
    }
    text.parse::<Date>().ok().filter(|_| text.len() == 10)
}

#[cfg(test)]
#[path = "filter_tests.rs"]
mod tests;
