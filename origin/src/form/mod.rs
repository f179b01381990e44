//! Reading certificates: bytes to a document with its identity, or findings that say why not.

mod atiga;
pub mod boxes;
mod criteria;
mod header;
mod items;
mod key;
mod proof;
mod rcep;
#[cfg(test)]
mod schema_tests;
#[cfg(test)]
pub(crate) mod tests;
mod ties;
mod usmca;

use crate::canonical::canonical;
use crate::field::{Field, Report, place_at};
use crate::findings as f;
use crate::layout::{Path, clip, survey};
use boxes::Boxes;
use sealane_data::finding::{Finding, Place};
use sealane_data::submission::Sha256;
use serde_json::Value;

/// The largest document that is read, in bytes.
pub const MAX_BYTES: usize = 1 << 20;

/// The deepest nesting that is read.
pub const MAX_DEPTH: usize = 32;

/// The most entries of one list that are read.
pub const MAX_LIST: usize = 1_000;

/// A form that can be read: one row per kind of proof.
pub struct Form {
    /// The regime as the document names it.
    pub id: &'static str,
    /// The words for it in `form`, the usual one first.
    pub words: &'static [&'static str],
    /// One sentence that says what it is.
    pub about: &'static str,
    /// The name of its JSON Schema, under `/schemas`.
    pub schema: &'static str,
    /// The JSON Schema (draft 2020-12).
    pub schema_text: &'static str,
    read: fn(&Field<'_>, &mut Report) -> Boxes,
}

/// Every form that can be read; the first of a regime is the one that is meant if `form` is not told.
pub static FORMS: &[Form] = &[
    Form {
        id: "RCEP",
        words: &["certificate_of_origin"],
        about: "The RCEP certificate of origin of 17 boxes (Form RCEP, Article 3.17).",
        schema: "rcep-certificate-of-origin.json",
        schema_text: include_str!("../../schemas/rcep-certificate-of-origin.json"),
        read: rcep::certificate,
    },
    Form {
        id: "RCEP",
        words: &["approved_exporter_declaration", "declaration_of_origin"],
        about: "The declaration of origin that an approved exporter makes out (RCEP Article 3.18).",
        schema: "rcep-approved-exporter-declaration.json",
        schema_text: include_str!("../../schemas/rcep-approved-exporter-declaration.json"),
        read: rcep::declaration,
    },
    Form {
        id: "ATIGA",
        words: &["form_d", "e_form_d", "certificate_of_origin"],
        about: "The electronic certificate of origin of ASEAN (ATIGA e-Form D).",
        schema: "atiga-form-d.json",
        schema_text: include_str!("../../schemas/atiga-form-d.json"),
        read: atiga::read,
    },
    Form {
        id: "USMCA",
        words: &["certification_of_origin"],
        about: "The USMCA certification of origin of nine data elements (Annex 5-A).",
        schema: "usmca-certification-of-origin.json",
        schema_text: include_str!("../../schemas/usmca-certification-of-origin.json"),
        read: usmca::read,
    },
];

/// A certificate that may be taken in.
#[derive(Clone, Debug, PartialEq)]
pub struct Intended {
    /// Regime, issuer country, issuing body and number, normalised, in one line.
    pub natural_key: String,
    /// SHA-256 of the whole document in canonical form, hexadecimal.
    pub sha256: String,
    /// The document as submitted.
    pub document: Value,
}

/// Reads a certificate. There is none when a finding is an error.
///
/// A finding's `place.tag` is the JSON path (RFC 9535); its byte and line point at the value, or
/// at the object that should hold it.
pub fn read(bytes: &[u8]) -> (Option<Intended>, Vec<Finding>) {
    if bytes.len() > MAX_BYTES {
        let message = format!("The document has {} bytes, more than {MAX_BYTES}.", bytes.len());
        return (None, vec![Finding::new(&f::TOO_BIG, Place::default(), message)]);
    }
    // A byte order mark is blanked and not cut off, so that places count from the first byte.
    let mut own = bytes.to_vec();
    if let Some(mark) = own.get_mut(..3).filter(|mark| *mark == b"\xEF\xBB\xBF") {
        mark.fill(b' ');
    }
    let document = match serde_json::from_slice::<Value>(&own) {
        Ok(document) => document,
        Err(error) => return (None, vec![not_json(&own, &error)]),
    };
    let mut report = Report::default();
    let boxes = examine(&own, &document, &mut report);
    let intended = boxes.filter(|_| !report.failed()).map(|boxes| Intended {
        natural_key: key::natural_key(&boxes),
        sha256: Sha256::of(canonical(&document).as_bytes()).hex(),
        document,
    });
    (intended, report.finish(&own))
}

/// Returns the boxes of a document that was read before; unknown forms give none.
pub fn boxes_of(document: &Value) -> Boxes {
    boxes_in(document, &mut Report::default()).unwrap_or_default()
}

/// Returns the Parties of a regime; none of an unknown one.
pub fn parties_of(regime: &str) -> &'static [&'static str] {
    match regime {
        "RCEP" => proof::RCEP,
        "ATIGA" => proof::ATIGA,
        "USMCA" => proof::USMCA,
        _ => &[],
    }
}

/// Returns the article by which a regime asks for evidence of goods in transit; nothing of an unknown one.
pub fn transit_article(regime: &str) -> Option<&'static str> {
    match regime {
        "RCEP" => Some("RCEP Article 3.15"),
        "ATIGA" => Some("ATIGA Article 32"),
        "USMCA" => Some("USMCA Article 4.18"),
        _ => None,
    }
}

fn not_json(bytes: &[u8], error: &serde_json::Error) -> Finding {
    let lines = bytes.split_inclusive(|b| *b == b'\n');
    let before: usize = lines.take(error.line().saturating_sub(1)).map(<[u8]>::len).sum();
    let byte = (before + error.column().saturating_sub(1)).min(bytes.len());
    let place = place_at(bytes, byte, 1, "$".into());
    Finding::new(&f::NOT_JSON, place, format!("The document cannot be read as JSON: {}.", clip_cause(error)))
}

/// The parser's reason without its own "at line ...".
fn clip_cause(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.split(" at line ").next().unwrap_or_default().to_owned()
}

fn examine(bytes: &[u8], document: &Value, report: &mut Report) -> Option<Boxes> {
    if !document.is_object() {
        report.add(f::NOT_AN_OBJECT, &Path::default(), "A certificate is one JSON object.");
        return None;
    }
    let told = survey(bytes);
    if told.depth > MAX_DEPTH {
        let message = format!("The document is nested {} levels deep, more than {MAX_DEPTH}.", told.depth);
        report.add(f::TOO_BIG, &Path::default(), message);
        return None;
    }
    for path in &told.repeated {
        report.add(f::KEY_TWICE, path, format!("`{path}` is given twice."));
    }
    boxes_in(document, report)
}

fn boxes_in(document: &Value, report: &mut Report) -> Option<Boxes> {
    let root = Field::root(document);
    let regime = root.key("regime");
    let name = regime.must_text(report)?.to_ascii_uppercase();
    let mut of_regime = FORMS.iter().filter(|form| form.id == name);
    let Some(first) = of_regime.next() else {
        report.add(f::REGIME, &regime.path, format!("The regime `{}` has no form here yet.", clip(&name)));
        return None;
    };
    let kind = root.key("form");
    let word = kind.value.and_then(Value::as_str).unwrap_or_default().trim().to_ascii_lowercase();
    let named = std::iter::once(first).chain(of_regime).find(|f| f.words.contains(&word.as_str()));
    if named.is_none() && !word.is_empty() {
        let message = format!("`{}` is read as `{}`.", clip(&word), first.words[0]);
        report.add(f::FORM, &kind.path, message);
    }
    let form = named.unwrap_or(first);
    let mut boxes = (form.read)(&root, report);
    boxes.regime = form.id.into();
    Some(boxes)
}
