//! Request templates: texts and JSON with placeholders, filled from a certificate.

use super::port::{Fault, FaultKind, Question};
use serde_json::{Map, Value};

/// The placeholders beside `{document.PATH}`, each with what it stands for.
pub(super) const PLACEHOLDERS: &[(&str, &str)] = &[
    ("number", "the certificate's number"),
    ("regime", "its regime"),
    ("form", "its form"),
    ("issuer.country", "the issuer's country"),
    ("issuer.body", "the issuing body"),
    ("exporter", "the exporter's name"),
    ("importing_party", "the country of import"),
    ("issued_on", "the day of issue"),
    ("sha256", "SHA-256 of the certificate in canonical form"),
    ("key", "the idempotency key"),
    ("handle", "by which the registry knows an earlier question"),
    ("callback", "where the registry may push its answer"),
    ("document", "the whole certificate, where it stands alone"),
];

/// Returns the placeholders of a text that are not known.
pub(super) fn unknown(text: &str) -> Vec<String> {
    let known = |name: &str| {
        PLACEHOLDERS.iter().any(|(known, _)| *known == name)
            || name.strip_prefix("document.").is_some_and(|path| !path.is_empty())
    };
    parts(text).filter_map(Result::err).filter(|name| !known(name)).map(str::to_owned).collect()
}

/// Splits a text into what is plain (`Ok`) and the names of placeholders (`Err`).
fn parts(text: &str) -> impl Iterator<Item = Result<&str, &str>> {
    let mut rest = text;
    let mut name = None;
    std::iter::from_fn(move || {
        if let Some(name) = name.take() {
            return Some(Err(name));
        }
        if rest.is_empty() {
            return None;
        }
        match rest.split_once('{').and_then(|(plain, after)| Some((plain, after.split_once('}')?))) {
            Some((plain, (inside, after))) => {
                rest = after;
                if plain.is_empty() {
                    return Some(Err(inside));
                }
                name = Some(inside);
                Some(Ok(plain))
            }
            None => Some(Ok(std::mem::take(&mut rest))),
        }
    })
}

/// Fills templates for one question.
pub(super) struct Filler<'a> {
    pub(super) question: &'a Question,
    pub(super) handle: &'a str,
}

impl Filler<'_> {
    fn value(&self, name: &str) -> Option<Value> {
        let document = &self.question.document;
        let at = |pointer: &str| document.pointer(pointer).filter(|v| !v.is_null()).cloned();
        match name {
            "document" => Some(document.clone()),
            "sha256" => Some(self.question.version.clone().into()),
            "key" => Some(self.question.key.as_str().into()),
            "handle" => Some(self.handle.into()),
            "callback" => self.question.callback.clone().map(Value::from),
            "exporter" => at("/exporter/name"),
            "issued_on" => at("/lifecycle/issued_on"),
            _ => {
                let path = name.strip_prefix("document.").unwrap_or(name);
                at(&format!("/{}", path.replace('.', "/")))
            }
        }
    }

    fn text_of(&self, name: &str) -> Result<String, Fault> {
        match self.value(name) {
            Some(Value::String(text)) => Ok(text),
            Some(value @ (Value::Number(_) | Value::Bool(_))) => Ok(value.to_string()),
            _ => Err(Fault::new(FaultKind::Invalid, format!("the certificate has no `{name}`"))),
        }
    }

    /// Fills a path: what is put in is escaped, so that it stays one segment or value.
    pub(super) fn path(&self, template: &str) -> Result<String, Fault> {
        parts(template)
            .map(|part| part.map_or_else(|name| Ok(escaped(&self.text_of(name)?)), |p| Ok(p.to_owned())))
            .collect()
    }

    /// Fills a text.
    pub(super) fn text(&self, template: &str) -> Result<String, Fault> {
        parts(template)
            .map(|part| part.map_or_else(|name| self.text_of(name), |p| Ok(p.to_owned())))
            .collect()
    }

    /// Fills a body. A placeholder that stands alone keeps its type; what the certificate lacks is left out.
    pub(super) fn body(&self, template: &toml::Value) -> Result<Option<Value>, Fault> {
        Ok(Some(match template {
            toml::Value::String(text) => {
                let mut all = parts(text);
                match (all.next(), all.next()) {
                    (Some(Err(name)), None) => return Ok(self.value(name)),
                    _ => Value::String(self.text(text)?),
                }
            }
            toml::Value::Integer(number) => (*number).into(),
            toml::Value::Float(number) => (*number).into(),
            toml::Value::Boolean(flag) => (*flag).into(),
            toml::Value::Datetime(time) => time.to_string().into(),
            toml::Value::Array(list) => {
                let filled = list.iter().filter_map(|entry| self.body(entry).transpose());
                Value::Array(filled.collect::<Result<_, _>>()?)
            }
            toml::Value::Table(table) => {
                let filled = table.iter().filter_map(|(name, entry)| {
                    self.body(entry).map(|v| v.map(|v| (name.clone(), v))).transpose()
                });
                Value::Object(filled.collect::<Result<Map<_, _>, _>>()?)
            }
        }))
    }
}

/// Escapes everything but what RFC 3986 calls unreserved.
pub(super) fn escaped(text: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_' | b'~');
    text.bytes().map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn question() -> Question {
        Question {
            document: json!({"number": "RC/26 1", "issuer": {"country": "CN"}, "items": [{"hs6": "841370"}], "n": 3}),
            version: "ab".into(),
            key: "k".into(),
            callback: None,
        }
    }

    #[test]
    fn placeholders_are_filled_escaped_in_paths_and_typed_in_bodies() {
        let question = question();
        let filler = Filler { question: &question, handle: "h/1" };
        assert_eq!(filler.path("/v/{number}?h={handle}").unwrap(), "/v/RC%2F26%201?h=h%2F1");
        assert_eq!(filler.text("{issuer.country}-{number}").unwrap(), "CN-RC/26 1");
        let body: toml::Value = toml::from_str(
            "a = \"{document.n}\"\nb = \"{callback}\"\nc = [\"{document.items.0.hs6}\"]\nd = \"x{key}\"",
        )
        .unwrap();
        assert_eq!(filler.body(&body).unwrap(), Some(json!({"a": 3, "c": ["841370"], "d": "xk"})));
        let missing = filler.path("/{exporter}").unwrap_err();
        assert_eq!(
            (missing.kind, missing.detail.as_str()),
            (FaultKind::Invalid, "the certificate has no `exporter`")
        );
        assert_eq!(unknown("{number}{nmber}{document.x}{document.}"), ["nmber", "document."]);
    }

    #[test]
    fn the_guide_lists_every_placeholder() {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/registries.md");
        let kept = std::fs::read_to_string(&path).unwrap();
        let (head, rest) = kept.split_once("<!-- placeholders -->\n").unwrap();
        let (_, tail) = rest.split_once("<!-- end of placeholders -->").unwrap();
        let rows: String =
            PLACEHOLDERS.iter().map(|(name, about)| format!("| `{{{name}}}` | {about} |\n")).collect();
        let table = format!("| placeholder | what it stands for |\n|---|---|\n{rows}");
        let text = format!("{head}<!-- placeholders -->\n{table}<!-- end of placeholders -->{tail}");
        if std::env::var_os("BLESS").is_some() {
            std::fs::write(&path, &text).unwrap();
        }
        assert!(
            kept == text,
            "docs/registries.md is out of date: run BLESS=1 cargo test the_guide_lists_every_placeholder"
        );
    }

    proptest! {
        /// Whatever a certificate says, it cannot leave its place in an address.
        #[test]
        fn what_is_put_into_a_path_stays_one_segment(number in "\\PC{0,40}") {
            let mut question = question();
            question.document["number"] = number.clone().into();
            let path = Filler { question: &question, handle: "" }.path("/a/{number}/b").unwrap();
            prop_assert_eq!(path.matches('/').count(), 3);
            prop_assert!(!path.contains(['?', '#', ' ', '\\']));
        }
    }
}
