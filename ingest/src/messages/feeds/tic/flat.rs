//! The flat form: names with dots between them, folded into the nested form.

use crate::formats::tree::{MAX_DEPTH, Node, Value};
use sealane_data::Text;

/// Returns a message in the nested form; values keep their places.
pub(super) fn nest(message: &Node) -> Node {
    let mut nested = Node { value: Value::Map(Vec::new()), ..message.clone_place() };
    for (name, value) in message.members() {
        let path: Vec<&str> = name.split('.').collect();
        // A name with more dots than levels are read is kept as one name.
        let path = if path.len() > MAX_DEPTH { vec![name.as_str()] } else { path };
        put(&mut nested, &path, value);
    }
    nested
}

fn put(into: &mut Node, path: &[&str], value: &Node) {
    let Value::Map(members) = &mut into.value else { return };
    let Some((first, rest)) = path.split_first() else { return };
    if rest.is_empty() {
        members.push((Text::from(*first), value.clone()));
        return;
    }
    let at = members.iter().position(|(name, node)| name == first && node.is_map());
    let at = at.unwrap_or_else(|| {
        let empty = Node { value: Value::Map(Vec::new()), ..value.clone_place() };
        members.push((Text::from(*first), empty));
        members.len() - 1
    });
    put(&mut members[at].1, rest, value);
}

impl Node {
    /// Returns a value at the same place that is nothing.
    fn clone_place(&self) -> Self {
        Self { start: self.start, len: self.len, line: self.line, cut: self.cut, value: Value::Null }
    }
}

#[cfg(test)]
mod tests {
    use crate::formats::json;

    #[test]
    fn both_forms_are_one() {
        let read = |text: &str| super::nest(json::documents(text).next().unwrap().root.as_ref().unwrap());
        let flat =
            read(r#"{"cargovisit.id":"1","cargovisit.checkin.time.output.actual":"x","cargovisit":{"a":1}}"#);
        let nested = read(r#"{"cargovisit":{"id":"1","checkin":{"time":{"output":{"actual":"x"}}}}}"#);
        assert_eq!(flat.text_at("cargovisit.checkin.time.output.actual"), Some("x"));
        assert_eq!(flat.get("cargovisit").unwrap().digest(), nested.get("cargovisit").unwrap().digest());
    }
}
