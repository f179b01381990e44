//! Where a value of a mapping comes from.

use crate::Text;
use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// A unit of mass.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MassUnit {
    /// Kilograms.
    #[default]
    Kg,
    /// Metric tonnes.
    T,
    /// Pounds.
    Lb,
}

/// Where a value comes from: a path (`"a.b"`), several of which the first that is there counts
/// (`["a", "b"]`), or a table of paths, a constant, codes and a unit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Source {
    /// Paths, of which the first that holds something counts.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub paths: Vec<Text>,
    /// The value where no path holds one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<Text>,
    /// What found values become; others stay.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub codes: BTreeMap<Text, Text>,
    /// The unit of a mass; kilograms by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<MassUnit>,
}

/// The table form.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rule {
    #[serde(default)]
    path: Option<Text>,
    #[serde(default)]
    paths: Vec<Text>,
    #[serde(default)]
    value: Option<Text>,
    #[serde(default)]
    codes: BTreeMap<Text, Text>,
    #[serde(default)]
    unit: Option<MassUnit>,
}

impl From<&str> for Source {
    fn from(path: &str) -> Self {
        Self { paths: vec![path.into()], ..Self::default() }
    }
}

impl<'de> Deserialize<'de> for Source {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Forms)
    }
}

struct Forms;

impl<'de> Visitor<'de> for Forms {
    type Value = Source;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a path, a list of paths, or a table of `path`, `paths`, `value`, `codes` and `unit`")
    }

    fn visit_str<E>(self, path: &str) -> Result<Source, E> {
        Ok(path.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut paths: A) -> Result<Source, A::Error> {
        let mut source = Source::default();
        while let Some(path) = paths.next_element()? {
            source.paths.push(path);
        }
        Ok(source)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Source, A::Error> {
        let rule = Rule::deserialize(MapAccessDeserializer::new(map))?;
        let paths = rule.path.into_iter().chain(rule.paths).collect();
        Ok(Source { paths, value: rule.value, codes: rule.codes, unit: rule.unit })
    }
}
