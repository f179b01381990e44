//! JSON (RFC 8259) with the place of every value: one document, several behind each other, or one a line.
//!
//! What stands before a break is read, and the fault says where the break is. After a document that
//! broke off inside one line, reading goes on with the next line.

use super::tree::{Document, Fault, FaultKind, MAX_DEPTH, MAX_NODES, Node, Value};
use sealane_data::Text;

/// Faults of one document that are kept.
const FAULTS: usize = 20;

/// Members of an object up to which a name that stands twice is looked for.
const COMPARED: usize = 128;

/// Returns the documents of a text, which has at most 4 GiB.
pub fn documents(text: &str) -> Documents<'_> {
    Documents { text, at: 0, line: 1 }
}

/// The documents of a text in their order.
#[derive(Clone, Debug)]
pub struct Documents<'t> {
    text: &'t str,
    at: usize,
    line: u32,
}

impl Iterator for Documents<'_> {
    type Item = Document;

    fn next(&mut self) -> Option<Document> {
        let mut parser = Parser::new(self.text, self.at, self.line);
        parser.blank();
        parser.peek()?;
        let begun = parser.line;
        let root = parser.document();
        (self.at, self.line) = (parser.at, parser.line);
        if parser.broken {
            let rest = &self.text.as_bytes()[self.at..];
            // A document over several lines leaves no safe place to go on from.
            let next = memchr::memchr(b'\n', rest).filter(|_| self.line == begun);
            self.at = next.map_or(self.text.len(), |next| self.at + next + 1);
            self.line += 1;
        }
        Some(Document { root, faults: parser.faults })
    }
}

struct Parser<'t> {
    text: &'t str,
    bytes: &'t [u8],
    at: usize,
    line: u32,
    nodes: usize,
    /// Whether nothing more can be read of this document.
    broken: bool,
    faults: Vec<Fault>,
}

impl<'t> Parser<'t> {
    fn new(text: &'t str, at: usize, line: u32) -> Self {
        Self { text, bytes: text.as_bytes(), at, line, nodes: 0, broken: false, faults: Vec::new() }
    }

    fn slice(&self, from: usize, to: usize) -> &'t str {
        self.text.get(from..to).unwrap_or_default()
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    /// Skips blanks, and the mark that begins a text of a sequence (RFC 7464).
    fn blank(&mut self) {
        while let Some(b) = self.peek() {
            match b {
                b'\n' => self.line += 1,
                b' ' | b'\t' | b'\r' | 0x1E => {}
                _ => return,
            }
            self.at += 1;
        }
    }

    fn fault(&mut self, kind: FaultKind, at: usize, message: impl Into<String>) {
        if self.faults.len() < FAULTS {
            let byte = u32::try_from(at).unwrap_or(u32::MAX);
            self.faults.push(Fault { kind, byte, line: self.line, message: message.into() });
        }
    }

    fn give_up(&mut self, kind: FaultKind, message: impl Into<String>) {
        if !self.broken {
            self.broken = true;
            self.fault(kind, self.at, message);
        }
    }

    /// Says what stands here instead of what should.
    fn unexpected(&mut self, wanted: &str) {
        let message = match self.text.get(self.at..).and_then(|rest| rest.chars().next()) {
            Some(c) => format!("`{}` stands where {wanted} should", c.escape_default()),
            None => format!("the document ends where {wanted} should stand"),
        };
        self.give_up(FaultKind::Broken, message);
    }

    fn document(&mut self) -> Option<Node> {
        if matches!(self.peek(), Some(b'{' | b'[')) {
            return self.value(0);
        }
        self.unexpected("an object or list");
        None
    }

    fn value(&mut self, depth: usize) -> Option<Node> {
        self.blank();
        let (start, line) = (self.at, self.line);
        self.nodes += 1;
        if self.nodes > MAX_NODES {
            self.give_up(FaultKind::TooMany, format!("the document holds more than {MAX_NODES} values"));
            return None;
        }
        let value = match self.peek() {
            Some(b'{' | b'[') if depth >= MAX_DEPTH => {
                let message = format!("the document is nested more than {MAX_DEPTH} deep");
                self.give_up(FaultKind::TooDeep, message);
                return None;
            }
            Some(b'{') => Value::Map(self.map(depth)),
            Some(b'[') => Value::List(self.list(depth)),
            Some(b'"') => Value::Text(self.string()?),
            Some(b'-' | b'0'..=b'9') => Value::Number(self.number()?),
            _ => self.word()?,
        };
        let place = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        Some(Node { start: place(start), len: place(self.at - start), line, cut: self.broken, value })
    }

    fn word(&mut self) -> Option<Value> {
        let words = [("true", Value::Bool(true)), ("false", Value::Bool(false)), ("null", Value::Null)];
        for (word, value) in words {
            if self.bytes[self.at..].starts_with(word.as_bytes()) {
                self.at += word.len();
                return Some(value);
            }
        }
        self.unexpected("a value");
        None
    }

    fn number(&mut self) -> Option<Text> {
        let rest = self.slice(self.at, self.text.len());
        let len = rest.bytes().take_while(|b| b.is_ascii_digit() || b"+-.eE".contains(b)).count();
        let number = self.slice(self.at, self.at + len);
        if serde_json::from_str::<serde_json::Number>(number).is_err() {
            self.give_up(FaultKind::Broken, format!("`{}` is no number", shown(number)));
            return None;
        }
        self.at += len;
        Some(number.into())
    }

    /// Reads a string; nothing when it does not end on its line.
    fn string(&mut self) -> Option<Text> {
        let start = self.at;
        let mut at = start + 1;
        let mut escaped = false;
        loop {
            let Some(next) = memchr::memchr3(b'"', b'\\', b'\n', &self.bytes[at..]) else {
                self.give_up(FaultKind::Broken, "a string does not end");
                return None;
            };
            at += next;
            match self.bytes[at] {
                b'"' => break,
                b'\n' => {
                    self.give_up(FaultKind::Broken, "a string does not end on its line");
                    return None;
                }
                _ => {
                    escaped = true;
                    at += 2;
                    if at > self.bytes.len() {
                        self.give_up(FaultKind::Broken, "a string does not end");
                        return None;
                    }
                }
            }
        }
        self.at = at + 1;
        let plain = self.slice(start + 1, at);
        if !escaped {
            return Some(plain.into());
        }
        // Half a surrogate pair, say, is kept as it is written.
        Some(
            serde_json::from_str::<String>(self.slice(start, at + 1))
                .map_or_else(|_| plain.into(), Text::from),
        )
    }

    fn list(&mut self, depth: usize) -> Vec<Node> {
        let mut items = Vec::new();
        self.at += 1;
        self.blank();
        if self.peek() == Some(b']') {
            self.at += 1;
            return items;
        }
        loop {
            items.extend(self.value(depth + 1));
            if self.broken || !self.goes_on(b']') {
                return items;
            }
        }
    }

    fn map(&mut self, depth: usize) -> Vec<(Text, Node)> {
        let mut members: Vec<(Text, Node)> = Vec::new();
        self.at += 1;
        self.blank();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return members;
        }
        loop {
            self.blank();
            if self.peek() != Some(b'"') {
                self.unexpected("a name in quotes");
                return members;
            }
            let at = self.at;
            let Some(name) = self.string() else { return members };
            self.blank();
            if self.peek() != Some(b':') {
                self.unexpected("`:`");
                return members;
            }
            self.at += 1;
            if members.len() < COMPARED && members.iter().any(|(key, _)| *key == name) {
                let message = format!("`{}` stands twice in one object; the first was read", shown(&name));
                self.fault(FaultKind::Twice, at, message);
            }
            members.extend(self.value(depth + 1).map(|value| (name, value)));
            if self.broken || !self.goes_on(b'}') {
                return members;
            }
        }
    }

    /// Returns whether another value follows; steps over the comma or the end.
    fn goes_on(&mut self, end: u8) -> bool {
        self.blank();
        match self.peek() {
            Some(b',') => {
                self.at += 1;
                true
            }
            Some(b) if b == end => {
                self.at += 1;
                false
            }
            _ => {
                self.unexpected(if end == b']' { "`,` or `]`" } else { "`,` or `}`" });
                false
            }
        }
    }
}

/// Cuts a text for a sentence.
fn shown(text: &str) -> String {
    text.chars().take(40).filter(|c| *c != '`').collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Vec<Document> {
        documents(text).collect()
    }

    fn faults(text: &str) -> Vec<(FaultKind, u32, u32, String)> {
        let faults = all(text).into_iter().flat_map(|d| d.faults);
        faults.map(|f| (f.kind, f.byte, f.line, f.message)).collect()
    }

    #[test]
    fn values_are_what_serde_json_says() {
        let text = r#" {"a":[1,-2.5e3,true,false,null],"b":{"c":"x\n\u00e9\ud83d\ude00","":""}} "#;
        let node = all(text)[0].root.clone().unwrap();
        let list = node.get("a").unwrap();
        assert_eq!(list.items().len(), 5);
        assert_eq!(list.items()[1].value, Value::Number("-2.5e3".into()));
        let Value::Text(t) = &node.at("b.c").unwrap().value else { panic!("text") };
        assert_eq!(t, "x\né😀");
        assert_eq!(all(text).len(), 1);
    }

    #[test]
    fn several_documents_and_one_a_line() {
        let texts = |text: &str| all(text).iter().map(|d| d.root.is_some()).collect::<Vec<_>>();
        assert_eq!(texts("{\"a\":1}{\"a\":2}\n[3]"), [true; 3]);
        assert_eq!(texts("{\"a\":1}\n{\"a\":\n{\"a\":3}\n"), [true, true]);
        let broken = all("{\"a\":1}\n{\"a\":oops}\n{\"a\":3}\n");
        assert_eq!(broken.iter().map(|d| d.faults.len()).collect::<Vec<_>>(), [0, 1, 0]);
        assert_eq!(broken[2].root.as_ref().unwrap().line, 3);
    }

    #[test]
    fn what_stands_before_the_break_is_read() {
        let document = &all("[{\"a\":1},\n {\"b\":2, \"c\":")[0];
        let root = document.root.as_ref().unwrap();
        assert!(root.cut && !root.items()[0].cut && root.items()[1].cut);
        assert_eq!(root.items()[1].text_at("b"), Some("2"));
        let message = "the document ends where a value should stand".to_owned();
        assert_eq!(faults("[{\"a\":1},\n {\"b\":2, \"c\":"), [(FaultKind::Broken, 23, 2, message)]);
    }

    #[test]
    fn bounds_and_doubles_are_said() {
        let deep = "[".repeat(1_000_000);
        assert_eq!(faults(&deep)[0].0, FaultKind::TooDeep);
        let many = format!("[{}1]", "1,".repeat(MAX_NODES));
        assert_eq!(faults(&many)[0].0, FaultKind::TooMany);
        assert_eq!(faults("{\"a\":1,\"a\":2}")[0].3, "`a` stands twice in one object; the first was read");
        for text in [
            "{\"a\":1,}",
            "{a:1}",
            "[1 2]",
            "[01]",
            "[\"a\nb\"]",
            "[\"a\\",
            "nonsense",
            "[\"",
            "[1.]",
            "{\"a\"}",
        ] {
            assert_eq!(faults(text)[0].0, FaultKind::Broken, "{text}");
        }
    }
}
