//! Values of documents with the place of each: what JSON and XML have in common.
//!
//! An XML element is a map: attributes as `@name`, children by their local name, text as `#text`; an
//! element with nothing but text is that text. Members of the same name stand beside each other.

use sealane_data::Text;
use sealane_data::finding::Place;
use sha2::{Digest as _, Sha256};

/// Deepest nesting that is read.
pub const MAX_DEPTH: usize = 64;

/// Most values of one document.
pub const MAX_NODES: usize = 1_000_000;

/// Members of one value up to which those of one name are numbered in a path.
const NUMBERED: usize = 2_000;

/// Longest document, and longest submission of documents, in bytes.
pub const MAX_BYTES: usize = 32 << 20;

/// The grammar of a submission of documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// JSON: one document, several, or one a line.
    Json,
    /// XML.
    Xml,
}

/// A value and where it stands.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Node {
    /// First byte.
    pub start: u32,
    /// Length in bytes.
    pub len: u32,
    /// Line from 1.
    pub line: u32,
    /// Whether the document broke off inside it.
    pub cut: bool,
    /// What it is.
    pub value: Value,
}

/// What a value is.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Value {
    /// Nothing.
    #[default]
    Null,
    /// A truth value.
    Bool(bool),
    /// A number as it is written.
    Number(Text),
    /// Text.
    Text(Text),
    /// Values in order.
    List(Vec<Node>),
    /// Members in order.
    Map(Vec<(Text, Node)>),
}

/// What is wrong with a document, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Which kind.
    pub kind: FaultKind,
    /// The byte.
    pub byte: u32,
    /// The line from 1.
    pub line: u32,
    /// One sentence about it.
    pub message: String,
}

/// The kinds of faults of documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FaultKind {
    /// The grammar is broken, or the document ends too early: nothing after it was read.
    Broken,
    /// It is nested too deeply: nothing after it was read.
    TooDeep,
    /// It holds too many values: nothing after it was read.
    TooMany,
    /// A name stands twice in one object.
    Twice,
    /// A document type definition, which is not obeyed.
    Definition,
    /// An entity that only a definition could explain.
    Entity,
}

/// One document as far as it could be read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Document {
    /// Its value; nothing when not even its beginning could be read.
    pub root: Option<Node>,
    /// What is wrong with it, at most a few.
    pub faults: Vec<Fault>,
}

impl Node {
    /// Returns the members of a map; none for anything else.
    pub fn members(&self) -> &[(Text, Self)] {
        match &self.value {
            Value::Map(members) => members,
            _ => &[],
        }
    }

    /// Returns the values of a list; the value itself where there is no list, as XML has none.
    pub fn items(&self) -> &[Self] {
        match &self.value {
            Value::List(items) => items,
            Value::Null => &[],
            _ => std::slice::from_ref(self),
        }
    }

    /// Returns whether it is nothing.
    pub fn is_null(&self) -> bool {
        self.value == Value::Null
    }

    /// Returns whether it is a map.
    pub fn is_map(&self) -> bool {
        matches!(self.value, Value::Map(_))
    }

    /// Returns the first member of a name that is not nothing.
    pub fn get(&self, name: &str) -> Option<&Self> {
        self.members().iter().find(|(key, value)| key == name && !value.is_null()).map(|(_, value)| value)
    }

    /// Returns every value of a name: of members of the same name, and of lists.
    pub fn each<'a, 'n>(&'a self, name: &'n str) -> impl Iterator<Item = &'a Self> + use<'a, 'n> {
        self.members().iter().filter(move |(key, _)| key == name).flat_map(|(_, value)| value.items())
    }

    /// Returns the first value on a path of names between dots, through lists.
    pub fn at(&self, path: &str) -> Option<&Self> {
        let (first, rest) = path.split_once('.').unwrap_or((path, ""));
        if rest.is_empty() {
            return self.get(first);
        }
        self.each(first).find_map(|next| next.at(rest))
    }

    /// Returns what it says as text, without blanks around it; nothing for blanks, lists and maps of
    /// more than text.
    pub fn text(&self) -> Option<&str> {
        let text = match &self.value {
            Value::Text(text) | Value::Number(text) => text.trim(),
            Value::Bool(true) => "true",
            Value::Bool(false) => "false",
            Value::Map(_) => return self.get("#text")?.text(),
            Value::Null | Value::List(_) => return None,
        };
        (!text.is_empty()).then_some(text)
    }

    /// Returns the text at a path.
    pub fn text_at(&self, path: &str) -> Option<&str> {
        self.at(path)?.text()
    }

    /// Returns its place, with its path below `root`.
    pub fn place(&self, root: &Self) -> Place {
        let tag = root.pointer(self).unwrap_or_default().into();
        Place {
            byte: u64::from(self.start),
            len: self.len.min(200),
            line: self.line,
            tag,
            ..Place::default()
        }
    }

    /// Returns the path of a value below this one: a JSON pointer (RFC 6901), in which a name of
    /// which an element has several has its number, as in `XPath`; very many are not numbered.
    pub fn pointer(&self, wanted: &Self) -> Option<String> {
        let mut path = String::new();
        let mut here = self;
        while !here.is_at(wanted) {
            here = match &here.value {
                Value::List(items) => {
                    let at = holder(items, |item| item, wanted)?;
                    path += &format!("/{at}");
                    &items[at]
                }
                Value::Map(members) => {
                    let at = holder(members, |(_, value)| value, wanted)?;
                    let name = &members[at].0;
                    path += &format!("/{}", name.replace('~', "~0").replace('/', "~1"));
                    let alike = |part: &[(Text, Self)]| part.iter().filter(|(key, _)| key == name).count();
                    if members.len() <= NUMBERED && alike(members) > 1 {
                        path += &format!("[{}]", alike(&members[..at]) + 1);
                    }
                    &members[at].1
                }
                _ => return None,
            };
        }
        Some(path)
    }

    /// Returns whether another value lies in it, by place; values of one document only.
    fn holds(&self, other: &Self) -> bool {
        let end = |node: &Self| u64::from(node.start) + u64::from(node.len);
        self.is_at(other) || (self.start <= other.start && end(other) <= end(self) && self.is_box())
    }

    /// Returns whether it is another value, or a copy of it.
    fn is_at(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
            || ((self.start, self.len, self.is_box()) == (other.start, other.len, other.is_box())
                && self.len > 0)
    }

    fn is_box(&self) -> bool {
        matches!(self.value, Value::List(_) | Value::Map(_))
    }

    /// Returns a hash of what it says: blanks between values and the order of names do not count.
    pub fn digest(&self) -> [u8; 32] {
        let mut hash = Sha256::new();
        self.update(&mut hash);
        hash.finalize().into()
    }

    fn update(&self, hash: &mut Sha256) {
        let text = |hash: &mut Sha256, mark: u8, text: &str| {
            hash.update([mark]);
            hash.update(u64::try_from(text.len()).unwrap_or(u64::MAX).to_be_bytes());
            hash.update(text);
        };
        match &self.value {
            Value::Null => hash.update([0]),
            Value::Bool(b) => hash.update([1, u8::from(*b)]),
            Value::Number(n) => text(hash, 2, n),
            Value::Text(t) => text(hash, 3, t),
            Value::List(items) => {
                hash.update([4]);
                for item in items {
                    item.update(hash);
                }
                hash.update([5]);
            }
            Value::Map(members) => {
                hash.update([6]);
                let mut sorted: Vec<&(Text, Self)> = members.iter().filter(|(_, v)| !v.is_null()).collect();
                sorted.sort_by(|a, b| a.0.cmp(&b.0));
                for (name, value) in sorted {
                    text(hash, 7, name);
                    value.update(hash);
                }
                hash.update([8]);
            }
        }
    }
}

/// Returns which of some values, which stand in order of their places, holds another one.
fn holder<T>(parts: &[T], of: impl Fn(&T) -> &Node, wanted: &Node) -> Option<usize> {
    let behind = parts.partition_point(|part| of(part).start <= wanted.start);
    let near = behind.checked_sub(1).filter(|at| of(&parts[*at]).holds(wanted));
    near.or_else(|| parts.iter().position(|part| of(part).holds(wanted)))
}

#[cfg(test)]
mod tests {
    use crate::formats::json;

    #[test]
    fn places_have_their_pointer() {
        let text = r#"{"a":[{"b/c":1},{"b/c":{"d":"x"}}],"e":null}"#;
        let root = json::documents(text).next().unwrap().root.unwrap();
        let wanted = root.get("a").unwrap().items()[1].at("b/c.d").unwrap();
        assert_eq!(root.pointer(wanted).as_deref(), Some("/a/1/b~1c/d"));
        assert_eq!((wanted.start, wanted.len, wanted.line), (28, 3, 1));
        assert_eq!(root.text_at("a.b/c"), Some("1"));
        assert!(root.get("e").is_none());
    }

    #[test]
    fn equal_content_has_one_hash() {
        let hash = |text: &str| json::documents(text).next().unwrap().root.unwrap().digest();
        assert_eq!(hash(r#"{"a":1,"b":[2]}"#), hash("{ \"b\" : [ 2 ],\n\"a\":1, \"c\":null}"));
        assert_ne!(hash(r#"{"a":1}"#), hash(r#"{"a":"1"}"#));
        assert_ne!(hash(r#"{"a":[1,2]}"#), hash(r#"{"a":[[1],2]}"#));
    }
}
