//! XML 1.0 with the place of every value, read by quick-xml.
//!
//! Namespaces are left out, and with them `xmlns` and `xsi` attributes: senders bind them to prefixes
//! of their own, or to none. A document type definition is never obeyed, so that no entity can grow.

mod build;

use super::tree::{Document, Fault, FaultKind, MAX_DEPTH, MAX_NODES};
use build::Builder;
use quick_xml::Reader;
use quick_xml::XmlVersion;
use quick_xml::events::{BytesRef, Event};

/// Faults of one document that are kept.
const FAULTS: usize = 20;

/// Reads the document of a text, which has at most 4 GiB; its root is a map of the root element.
pub fn document(text: &str) -> Document {
    let mut reading = Reading { text, build: Builder::new(text), faults: Vec::new(), broken: false };
    reading.run();
    let root = reading.build.finish(reading.broken);
    Document { root, faults: reading.faults }
}

struct Reading<'t> {
    text: &'t str,
    build: Builder<'t>,
    faults: Vec<Fault>,
    broken: bool,
}

impl Reading<'_> {
    fn run(&mut self) {
        let mut reader = Reader::from_str(self.text);
        reader.config_mut().check_end_names = true;
        while !self.broken {
            let before = position(reader.buffer_position());
            let event = match reader.read_event() {
                Ok(event) => event,
                Err(error) => {
                    let at = position(reader.error_position()).max(before);
                    self.give_up(FaultKind::Broken, at, format!("the document breaks: {error}"));
                    return;
                }
            };
            let after = position(reader.buffer_position());
            if matches!(event, Event::Eof) {
                if self.build.depth() > 0 {
                    let open = self.build.open_name();
                    self.give_up(FaultKind::Broken, after, format!("the document ends inside `{open}`"));
                } else if self.build.nodes() == 0 {
                    self.give_up(FaultKind::Broken, after, "the document holds no element");
                }
                return;
            }
            self.event(&event, before, after);
        }
    }

    fn event(&mut self, event: &Event<'_>, before: usize, after: usize) {
        match event {
            Event::Start(start) | Event::Empty(start) => {
                if self.build.depth() >= MAX_DEPTH {
                    let message = format!("the document is nested more than {MAX_DEPTH} deep");
                    return self.give_up(FaultKind::TooDeep, before, message);
                }
                if let Some(message) = self.build.open(start, before) {
                    self.fault(FaultKind::Broken, before, message);
                }
                if self.build.nodes() > MAX_NODES {
                    let message = format!("the document holds more than {MAX_NODES} values");
                    return self.give_up(FaultKind::TooMany, before, message);
                }
                if matches!(event, Event::Empty(_)) {
                    self.build.close(after);
                }
            }
            Event::End(_) => self.build.close(after),
            Event::Text(text) => self.build.text(&text.xml_content(XmlVersion::Explicit1_0)),
            Event::CData(text) => self.build.text(&text.xml_content(XmlVersion::Explicit1_0)),
            Event::GeneralRef(entity) => self.entity(entity, before),
            Event::DocType(_) => {
                let message = "the document type definition is not obeyed";
                self.fault(FaultKind::Definition, before, message);
            }
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::Eof => {}
        }
    }

    /// Reads `&amp;` and `&#233;`; any other entity stays as it is written.
    fn entity(&mut self, entity: &BytesRef<'_>, at: usize) {
        if let Ok(Some(c)) = entity.resolve_char_ref() {
            return self.build.text(c.encode_utf8(&mut [0; 4]));
        }
        let name = entity.xml_content(XmlVersion::Explicit1_0);
        if let Some(text) = quick_xml::escape::resolve_predefined_entity(&name) {
            return self.build.text(text);
        }
        self.build.text(&format!("&{name};"));
        let message = format!("the entity `{}` is unknown", shown(&name));
        self.fault(FaultKind::Entity, at, message);
    }

    fn fault(&mut self, kind: FaultKind, at: usize, message: impl Into<String>) {
        if self.faults.len() < FAULTS {
            let line = self.build.line_of(at);
            let byte = u32::try_from(at).unwrap_or(u32::MAX);
            self.faults.push(Fault { kind, byte, line, message: message.into() });
        }
    }

    fn give_up(&mut self, kind: FaultKind, at: usize, message: impl Into<String>) {
        self.broken = true;
        // What ends the reading is said, however much was said before.
        self.faults.truncate(FAULTS - 1);
        self.fault(kind, at, message);
    }
}

fn position(at: u64) -> usize {
    usize::try_from(at).unwrap_or(usize::MAX)
}

/// Cuts a text for a sentence.
fn shown(text: &str) -> String {
    text.chars().take(40).filter(|c| *c != '`').collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::tree::{Node, Value};

    #[test]
    fn quotes_order_and_prefixes_do_not_matter() {
        let one = document(
            "<?xml version='1.0'?><argo:snx xmlns:argo='urn:x'><unit id='A1' line=\"B\"><p/></unit></argo:snx>",
        );
        let two = document("<snx><unit\n line='B' id = \"A1\" ><p></p></unit></snx>");
        assert_eq!((one.faults.len(), two.faults.len()), (0, 0));
        let hash = |d: &Document| d.root.as_ref().unwrap().digest();
        assert_eq!(hash(&one), hash(&two));
        let root = one.root.unwrap();
        assert_eq!(root.text_at("snx.unit.@id"), Some("A1"));
        let id = root.at("snx.unit.@id").unwrap();
        assert_eq!((root.pointer(id).unwrap().as_str(), id.start, id.len), ("/snx/unit/@id", 60, 2));
    }

    #[test]
    fn text_entities_and_lines() {
        let root = document("<a>\n <b> x &amp; &#233; <![CDATA[<y>]]></b>\n <b>2</b>\n</a>").root.unwrap();
        let all: Vec<&str> = root.get("a").unwrap().each("b").filter_map(Node::text).collect();
        assert_eq!(all, ["x & é <y>", "2"]);
        let second = root.get("a").unwrap().each("b").nth(1).unwrap();
        assert_eq!((root.pointer(second).unwrap().as_str(), second.line), ("/a/b[2]", 3));
        assert_eq!(second.value, Value::Text("2".into()));
    }

    #[test]
    fn a_bomb_does_not_grow() {
        let bomb = "<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;\">]><x>&b;&b;</x>";
        let document = document(bomb);
        let kinds: Vec<FaultKind> = document.faults.iter().map(|f| f.kind).collect();
        assert_eq!(kinds, [FaultKind::Definition, FaultKind::Entity, FaultKind::Entity]);
        assert_eq!(document.root.unwrap().text_at("x"), Some("&b;&b;"));
    }

    #[test]
    fn what_stands_before_the_break_is_read() {
        let broken = document("<a>\n<b id='1'/>\n<b id='2'><c>x</d></b></a>");
        let root = broken.root.unwrap();
        let units: Vec<bool> = root.get("a").unwrap().each("b").map(|b| b.cut).collect();
        assert_eq!(units, [false, true]);
        assert_eq!((broken.faults[0].kind, broken.faults[0].line), (FaultKind::Broken, 3));
        assert_eq!(document("<a><b>").faults[0].message, "the document ends inside `b`");
        assert_eq!(document(&"<a>".repeat(100_000)).faults[0].kind, FaultKind::TooDeep);
        assert_eq!(document("<a x='1' x='2'/>").faults.len(), 1);
        for empty in ["", "no element", "<?xml version='1.0'?><!-- nothing -->"] {
            assert_eq!(document(empty).faults[0].message, "the document holds no element", "{empty}");
        }
    }
}
