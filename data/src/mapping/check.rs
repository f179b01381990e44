//! What is wrong with a mapping, before it is used.

use super::{Conditions, Mapping, MappingEvent, MappingField, MappingFormat, Path, Source};
use crate::Text;
use crate::observation::{Load, Trade};
use crate::partner::clock_zone;
use jiff::civil::date;
use jiff::fmt::strtime;
use serde::de::DeserializeOwned;
use std::collections::{BTreeMap, BTreeSet};

/// Longest id.
const ID: usize = 40;

impl Mapping {
    /// Returns what is wrong with the mapping, one sentence each; nothing if it may be used.
    pub fn problems(&self) -> Vec<String> {
        let mut found = Vec::new();
        let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        if !(1..=ID).contains(&self.id.len()) || !self.id.bytes().all(fits) {
            found.push(format!(
                "`id` is `{}`; it is 1 to {ID} lower-case letters, digits and dashes",
                self.id
            ));
        }
        if self.has.is_empty() && self.is.is_empty() {
            found.push("neither `has` nor `is` says which documents are meant".to_owned());
        }
        if self.events.is_empty() {
            found.push("no `[[mapping.event]]` says what a record tells".to_owned());
        }
        if let Some(zone) = self.zone.as_ref().filter(|zone| clock_zone(zone).is_none()) {
            found.push(format!("`zone` is `{zone}`, which is neither `UTC`, an offset nor an IANA zone"));
        }
        let sample = date(2026, 1, 2).at(3, 4, 5, 0).in_tz("UTC");
        for form in &self.dates {
            let works = sample.as_ref().is_ok_and(|at| strtime::format(form, at).is_ok());
            if !works || !form.contains('%') {
                found.push(format!("`{form}` of `dates` is no form of a date, such as `%m/%d/%Y %H:%M`"));
            }
        }
        if self.format == MappingFormat::Csv && !self.records.is_empty() {
            found.push("the records of a table are its rows, so `records` must be left out".to_owned());
        }
        self.check_paths(&mut found);
        for (at, event) in self.events.iter().enumerate() {
            event.check(&format!("event {}", at + 1), &mut found);
        }
        found.into_iter().map(|problem| format!("mapping `{}`: {problem}", self.id)).collect()
    }

    fn check_paths(&self, found: &mut Vec<String>) {
        let whole = self.has.iter().chain(&self.within).chain([&self.records]).chain(self.ignored.keys());
        whole.for_each(|path| check_path(path, found));
        for conditions in [&self.is, &self.retracted] {
            check_conditions(conditions, found);
        }
        for (what, source) in [("document", &self.document), ("written", &self.written)] {
            if let Some(source) = source {
                check_source(what, source, found);
            }
        }
        check_fields(&self.fields, found);
    }

    /// Returns what is wrong with mappings that stand together.
    pub fn problems_of(mappings: &[Self]) -> Vec<String> {
        let mut found: Vec<String> = mappings.iter().flat_map(Self::problems).collect();
        let mut seen = BTreeSet::new();
        let twice = mappings.iter().filter(|mapping| !seen.insert(&mapping.id));
        found.extend(twice.map(|mapping| format!("the mapping `{}` is there twice", mapping.id)));
        found
    }
}

impl MappingEvent {
    fn check(&self, name: &str, found: &mut Vec<String>) {
        match (&self.kind, &self.kind_by) {
            (Some(_), Some(_)) => found.push(format!("{name} has both `kind` and `kind_by`")),
            (None, None) => found.push(format!("{name} has neither `kind` nor `kind_by`")),
            _ => {}
        }
        if self.classifier.is_some() && self.classifier_by.is_some() {
            found.push(format!("{name} has both `classifier` and `classifier_by`"));
        }
        if let Some(by) = &self.kind_by {
            check_path(&by.path, found);
            let twice = by.ignored.iter().filter(|code| by.codes.contains_key(*code));
            found.extend(twice.map(|code| format!("{name}: the code `{code}` is both meant and ignored")));
        }
        if let Some(by) = &self.classifier_by {
            check_path(&by.path, found);
        }
        if let Some(time) = &self.time {
            check_source("time", time, found);
        }
        check_path(&self.each, found);
        check_conditions(&self.when, found);
        check_fields(&self.fields, found);
    }
}

fn check_path(path: &str, found: &mut Vec<String>) {
    if let Err(error) = Path::parse(path) {
        found.push(format!("`{path}` is no path: {error}"));
    }
}

fn check_conditions(conditions: &Conditions, found: &mut Vec<String>) {
    for path in conditions.keys() {
        check_path(path, found);
    }
}

fn check_source(what: &str, source: &Source, found: &mut Vec<String>) {
    if source.paths.is_empty() && source.value.is_none() {
        found.push(format!("`{what}` has neither a path nor a value"));
    }
    for path in &source.paths {
        check_path(path, found);
    }
}

fn check_fields(fields: &BTreeMap<MappingField, Source>, found: &mut Vec<String>) {
    for (field, source) in fields {
        let name = serde_json::to_value(field).ok().and_then(|v| v.as_str().map(str::to_owned));
        let name = name.unwrap_or_default();
        check_source(&name, source, found);
        if source.unit.is_some() && *field != MappingField::GrossMass {
            found.push(format!("`{name}` has a unit, which only `gross_mass` has"));
        }
        let wrong = |value: &&Text| match field {
            MappingField::Load => !is::<Load>(value),
            MappingField::Trade => !is::<Trade>(value),
            _ => false,
        };
        let values = source.codes.values().chain(&source.value);
        found.extend(values.filter(wrong).map(|value| format!("`{value}` is no value of `{name}`")));
    }
}

/// Returns whether a word is one of an enumeration's.
fn is<T: DeserializeOwned>(word: &str) -> bool {
    serde_json::from_value::<T>(serde_json::Value::String(word.to_owned())).is_ok()
}

#[cfg(test)]
mod tests {
    use crate::mapping::Mappings;

    const GOOD: &str = r#"
[[mapping]]
id = "own-tos"
format = "json"
has = ["boxes"]
records = "boxes"
zone = "+08:00"
dates = ["%d.%m.%Y %H:%M"]

[mapping.fields]
container = "no"
load = { path = "fe", codes = { F = "laden", E = "empty" } }
gross_mass = { paths = ["vgm", "gross"], unit = "lb" }
booking = ["bkg", "^.bkg"]

[[mapping.event]]
time = "at"
kind_by = { path = "code", codes = { IN = "gate_in" }, ignored = ["YM"] }
"#;

    fn problems(text: &str) -> Vec<String> {
        let mappings: Mappings = toml::from_str(text).unwrap();
        crate::mapping::Mapping::problems_of(&mappings.mappings)
    }

    #[test]
    fn a_good_mapping_survives_writing() {
        assert_eq!(problems(GOOD), Vec::<String>::new());
        let mappings: Mappings = toml::from_str(GOOD).unwrap();
        let written = serde_json::to_string(&mappings).unwrap();
        assert_eq!(serde_json::from_str::<Mappings>(&written).unwrap(), mappings);
        let written = toml::to_string(&mappings).unwrap();
        assert_eq!(toml::from_str::<Mappings>(&written).unwrap(), mappings);
    }

    #[test]
    fn what_is_wrong_is_said_exactly() {
        for (from, to, said) in [
            ("own-tos", "Own TOS", "`id` is `Own TOS`; it is 1 to 40 lower-case letters, digits and dashes"),
            ("has = [\"boxes\"]", "", "neither `has` nor `is` says which documents are meant"),
            ("+08:00", "Nowhere", "`zone` is `Nowhere`, which is neither `UTC`, an offset nor an IANA zone"),
            ("%d.%m.%Y %H:%M", "dd.mm", "`dd.mm` of `dates` is no form of a date, such as `%m/%d/%Y %H:%M`"),
            ("\"no\"", "\"no..x\"", "`no..x` is no path: a name is missing before or behind a `.`"),
            ("F = \"laden\"", "F = \"full\"", "`full` is no value of `load`"),
            ("[\"bkg\", \"^.bkg\"]", "{ codes = {} }", "`booking` has neither a path nor a value"),
            ("ignored = [\"YM\"]", "ignored = [\"IN\"]", "event 1: the code `IN` is both meant and ignored"),
            ("time = \"at\"", "kind = \"gate_in\"", "event 1 has both `kind` and `kind_by`"),
            (
                "container = \"no\"",
                "container = { path = \"no\", unit = \"t\" }",
                "`container` has a unit, which only `gross_mass` has",
            ),
        ] {
            let id = if to == "Own TOS" { to } else { "own-tos" };
            assert_eq!(problems(&GOOD.replace(from, to)), [format!("mapping `{id}`: {said}")]);
        }
        assert_eq!(problems(&format!("{GOOD}{GOOD}")), ["the mapping `own-tos` is there twice"]);
        let unknown = toml::from_str::<Mappings>(&GOOD.replace("container =", "contaner =")).unwrap_err();
        assert!(unknown.to_string().contains("unknown variant `contaner`"), "{unknown}");
        let unknown = toml::from_str::<Mappings>(&GOOD.replace("paths =", "pahts =")).unwrap_err();
        assert!(unknown.to_string().contains("unknown field `pahts`"), "{unknown}");
    }
}
