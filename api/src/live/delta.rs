//! Deltas between two documents, in the shape of MapLibre's `updateData`: applied in the order
//! remove, add, update.

use serde::Serialize;
use serde_json::{Map, Value};

/// One property with its new value.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Property {
    key: String,
    value: Value,
}

/// What changes in one feature.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Update {
    id: String,
    #[serde(rename = "newGeometry", skip_serializing_if = "Option::is_none")]
    new_geometry: Option<Value>,
    #[serde(rename = "addOrUpdateProperties")]
    set: Vec<Property>,
    #[serde(rename = "removeProperties")]
    unset: Vec<String>,
}

/// What turns one set of features into another.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub(crate) struct Delta {
    #[serde(rename = "removeAll", skip_serializing_if = "std::ops::Not::not")]
    remove_all: bool,
    remove: Vec<String>,
    add: Vec<Value>,
    update: Vec<Update>,
}

/// A feature with its id, in the order of the document.
pub(crate) type Named = (String, Value);

impl Delta {
    /// Returns the delta that puts `features` in place of whatever was there.
    pub(crate) fn snapshot(features: &[Named]) -> Self {
        Self { remove_all: true, add: features.iter().map(|(_, f)| f.clone()).collect(), ..Self::default() }
    }

    /// Returns the delta that turns `old` into `new`.
    pub(crate) fn between(old: &[Named], new: &[Named]) -> Self {
        let mut delta = Self::default();
        let find = |set: &'_ [Named], id: &str| set.iter().position(|(known, _)| known == id);
        delta.remove =
            old.iter().filter(|(id, _)| find(new, id).is_none()).map(|(id, _)| id.clone()).collect();
        for (id, feature) in new {
            match find(old, id).map(|i| &old[i].1) {
                Some(before) if before == feature => {}
                Some(before) => delta.alter(id, before, feature),
                None => delta.add.push(feature.clone()),
            }
        }
        delta
    }

    /// Updates a feature, or replaces it where `updateData` has no word for the change: a geometry
    /// cannot be updated to or from none.
    fn alter(&mut self, id: &str, before: &Value, after: &Value) {
        let (old, new) = (&before["geometry"], &after["geometry"]);
        if old.is_null() != new.is_null() {
            self.remove.push(id.to_owned());
            self.add.push(after.clone());
            return;
        }
        let none = Map::new();
        let properties = |f: &'_ Value| f["properties"].as_object().cloned().unwrap_or_else(|| none.clone());
        let (old_props, new_props) = (properties(before), properties(after));
        let changed = |(k, v): &(&String, &Value)| old_props.get(*k) != Some(*v);
        self.update.push(Update {
            id: id.to_owned(),
            new_geometry: (old != new).then(|| new.clone()),
            set: new_props
                .iter()
                .filter(changed)
                .map(|(key, value)| Property { key: key.clone(), value: value.clone() })
                .collect(),
            unset: old_props.keys().filter(|k| !new_props.contains_key(*k)).cloned().collect(),
        });
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;
    use std::collections::BTreeMap;

    /// Applies a delta as MapLibre GL JS does (`updateData`: removeAll, remove, add, update).
    pub(crate) fn apply(state: &mut BTreeMap<String, Value>, delta: &Value) {
        let list = |name: &str| delta[name].as_array().cloned().unwrap_or_default();
        if delta["removeAll"] == true {
            state.clear();
        }
        for id in list("remove") {
            state.remove(id.as_str().unwrap());
        }
        for feature in list("add") {
            state.insert(feature["id"].as_str().unwrap().to_owned(), feature);
        }
        for update in list("update") {
            let Some(feature) = state.get_mut(update["id"].as_str().unwrap()) else { continue };
            if !update["newGeometry"].is_null() {
                feature["geometry"] = update["newGeometry"].clone();
            }
            for key in update["removeProperties"].as_array().unwrap() {
                feature["properties"].as_object_mut().unwrap().remove(key.as_str().unwrap());
            }
            for p in update["addOrUpdateProperties"].as_array().unwrap() {
                feature["properties"][p["key"].as_str().unwrap()] = p["value"].clone();
            }
        }
    }

    fn feature() -> impl Strategy<Value = (Value, BTreeMap<String, u8>)> {
        let geometry = prop_oneof![
            Just(Value::Null),
            (0..3, 0..3).prop_map(|(x, y)| json!({"type": "Point", "coordinates": [x, y]}))
        ];
        (geometry, prop::collection::btree_map("[ab]", 0..3_u8, 0..3))
    }

    fn features() -> impl Strategy<Value = Vec<Named>> {
        prop::collection::btree_map("[a-d]", feature(), 0..5).prop_map(|map| {
            map.into_iter()
                .map(|(id, (geometry, properties))| {
                    let f =
                        json!({"type": "Feature", "id": id, "geometry": geometry, "properties": properties});
                    (id, f)
                })
                .collect()
        })
    }

    proptest! {
        #[test]
        fn a_delta_turns_the_old_into_the_new(old in features(), new in features()) {
            let mut state: BTreeMap<String, Value> = old.iter().cloned().collect();
            let delta = serde_json::to_value(Delta::between(&old, &new)).unwrap();
            apply(&mut state, &delta);
            prop_assert_eq!(&state, &new.iter().cloned().collect());
            // Applied twice, as after a lost connection, it still gives the new.
            apply(&mut state, &delta);
            prop_assert_eq!(&state, &new.iter().cloned().collect());
            apply(&mut state, &serde_json::to_value(Delta::snapshot(&old)).unwrap());
            prop_assert_eq!(state, old.into_iter().collect());
        }
    }
}
