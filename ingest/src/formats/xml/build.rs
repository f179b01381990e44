//! From the events of a document to its values.

use crate::formats::tree::{Node, Value};
use quick_xml::XmlVersion;
use quick_xml::events::BytesStart;
use sealane_data::Text;

/// An element that is not closed yet.
struct Open {
    name: Text,
    start: usize,
    line: u32,
    members: Vec<(Text, Node)>,
    text: String,
}

/// Puts a document together.
pub(super) struct Builder<'t> {
    text: &'t str,
    stack: Vec<Open>,
    roots: Vec<(Text, Node)>,
    nodes: usize,
    /// A place and its line, from which lines are counted on.
    counted: (usize, u32),
}

impl<'t> Builder<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, stack: Vec::new(), roots: Vec::new(), nodes: 0, counted: (0, 1) }
    }

    /// Returns how many elements are open.
    pub(super) fn depth(&self) -> usize {
        self.stack.len()
    }

    /// Returns how many values there are.
    pub(super) fn nodes(&self) -> usize {
        self.nodes
    }

    /// Returns the name of the innermost open element.
    pub(super) fn open_name(&self) -> String {
        self.stack.last().map(|open| open.name.chars().take(40).collect()).unwrap_or_default()
    }

    /// Returns the line of a place; places are asked for in their order.
    pub(super) fn line_of(&mut self, at: usize) -> u32 {
        let at = at.min(self.text.len());
        let (from, line) = if self.counted.0 <= at { self.counted } else { (0, 1) };
        let more = memchr::memchr_iter(b'\n', &self.text.as_bytes()[from..at]).count();
        self.counted = (at, line + u32::try_from(more).unwrap_or(u32::MAX - line));
        self.counted.1
    }

    /// Opens an element; returns what is wrong with its attributes.
    pub(super) fn open(&mut self, element: &BytesStart<'_>, start: usize) -> Option<String> {
        let line = self.line_of(start);
        self.nodes += 1;
        let name: Text = element.local_name().as_ref().into();
        let (mut members, mut wrong) = (Vec::new(), None);
        let inside = start + 1 + element.name().as_ref().len();
        let raw = element.attributes_raw();
        for attribute in element.attributes() {
            let attribute = match attribute {
                Ok(attribute) => attribute,
                Err(error) => {
                    wrong =
                        wrong.or_else(|| Some(format!("an attribute of `{name}` cannot be read: {error}")));
                    continue;
                }
            };
            let key = attribute.key.as_ref();
            if key == "xmlns" || key.starts_with("xmlns:") || key.starts_with("xsi:") {
                continue;
            }
            self.nodes += 1;
            let value = attribute.normalized_value(XmlVersion::Explicit1_0);
            let value = value.map_or_else(|_| Text::from(&*attribute.value), |value| Text::from(&*value));
            let at = offset(raw, &attribute.value).map_or(start, |at| inside + at);
            let own = Node {
                start: place(at),
                len: place(attribute.value.len()),
                line: self.line_of(at),
                cut: false,
                value: Value::Text(value),
            };
            let key = format!("@{}", attribute.key.local_name().as_ref());
            members.push((key.into(), own));
        }
        self.stack.push(Open { name, start, line, members, text: String::new() });
        wrong
    }

    /// Adds text to the open element.
    pub(super) fn text(&mut self, text: &str) {
        if let Some(open) = self.stack.last_mut() {
            open.text.push_str(text);
        }
    }

    /// Closes the innermost element.
    pub(super) fn close(&mut self, end: usize) {
        self.shut(end, false);
    }

    fn shut(&mut self, end: usize, cut: bool) {
        let Some(mut open) = self.stack.pop() else { return };
        let (start, len, line) = (place(open.start), place(end.saturating_sub(open.start)), open.line);
        let text = Value::Text(open.text.trim().into());
        let value = if open.members.is_empty() {
            text
        } else {
            if !open.text.trim().is_empty() {
                let own = Node { start, len: 0, line, cut, value: text };
                open.members.push(("#text".into(), own));
            }
            Value::Map(open.members)
        };
        let node = Node { start, len, line, cut, value };
        match self.stack.last_mut() {
            Some(parent) => parent.members.push((open.name, node)),
            None => self.roots.push((open.name, node)),
        }
    }

    /// Returns the document; what is still open was cut.
    pub(super) fn finish(mut self, broken: bool) -> Option<Node> {
        let end = self.text.len();
        while self.depth() > 0 {
            self.shut(end, true);
        }
        if self.roots.is_empty() {
            return None;
        }
        let value = Value::Map(self.roots);
        Some(Node { start: 0, len: place(end), line: 1, cut: broken, value })
    }
}

fn place(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// Returns where a part of a text begins in it; nothing when it is none.
fn offset(whole: &str, part: &str) -> Option<usize> {
    let at = (part.as_ptr() as usize).checked_sub(whole.as_ptr() as usize)?;
    (at + part.len() <= whole.len()).then_some(at)
}
