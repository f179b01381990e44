//! Documents: GeoJSON bytes made once, with their entity tag and their place in the log.

use crate::live::delta::Named;
use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderValue, header};
use sealane_data::recorded::Seq;
use sealane_data::submission::Sha256;
use serde::Serialize;
use serde_json::Value;
use std::sync::{Mutex, OnceLock, PoisonError};

/// A served document.
#[derive(Debug)]
pub struct Document {
    /// The bytes that are served.
    pub bytes: Bytes,
    /// The strong entity tag: SHA-256 of the bytes, cut to 16, quoted.
    pub etag: HeaderValue,
    /// The log position it was made at.
    pub seq: Seq,
    parsed: OnceLock<Parsed>,
    /// The delta from the document before it, made once for all its readers.
    delta: Mutex<Option<(HeaderValue, Bytes)>>,
}

/// The parts of a collection that streams need.
#[derive(Debug, Default)]
struct Parsed {
    features: Vec<Named>,
    meta: Value,
}

impl Document {
    /// Makes a document of a feature collection.
    pub(crate) fn new<T: Serialize>(collection: &T, seq: Seq) -> Result<Self, serde_json::Error> {
        let bytes = Bytes::from(serde_json::to_vec(collection)?);
        let etag = entity_tag(&bytes);
        Ok(Self { bytes, etag, seq, parsed: OnceLock::new(), delta: Mutex::new(None) })
    }

    /// Makes a document whose bytes are canonical: what is served is what is signed.
    pub(crate) fn canonical(collection: &Value, seq: Seq) -> Self {
        let bytes = Bytes::from(sealane_origin::trust::canonical(collection));
        let etag = entity_tag(&bytes);
        Self { bytes, etag, seq, parsed: OnceLock::new(), delta: Mutex::new(None) }
    }

    fn parsed(&self) -> &Parsed {
        self.parsed.get_or_init(|| {
            let mut whole: Value = serde_json::from_slice(&self.bytes).unwrap_or_default();
            let features = whole["features"].take();
            let Value::Array(features) = features else { return Parsed::default() };
            let named = |f: Value| (f["id"].as_str().unwrap_or_default().to_owned(), f);
            Parsed { features: features.into_iter().map(named).collect(), meta: whole["sealane"].take() }
        })
    }

    /// Returns the features with their ids, in order.
    pub(crate) fn features(&self) -> &[Named] {
        &self.parsed().features
    }

    /// Returns the foreign member `sealane` of the collection; null without one.
    pub(crate) fn meta(&self) -> &Value {
        &self.parsed().meta
    }

    /// Returns the bytes of the delta from `before`, made by `make` unless they are here already.
    pub(crate) fn delta_from(&self, before: &Self, make: impl FnOnce() -> Bytes) -> Bytes {
        let mut kept = self.delta.lock().unwrap_or_else(PoisonError::into_inner);
        match &*kept {
            Some((from, bytes)) if *from == before.etag => bytes.clone(),
            _ => {
                let bytes = make();
                *kept = Some((before.etag.clone(), bytes.clone()));
                bytes
            }
        }
    }
}

/// Returns the strong entity tag of some bytes: SHA-256, cut to 16 bytes.
pub(crate) fn entity_tag(bytes: &[u8]) -> HeaderValue {
    let hex = Sha256::of(bytes).hex();
    let text = format!("\"{}\"", hex.get(..32).unwrap_or_default());
    HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static("\"0\""))
}

/// The suffix that tells the tag of a compressed answer from that of the plain one.
pub(crate) const GZIP_SUFFIX: &str = "-gz";

/// Returns the tag of `If-None-Match` that names this very document, as the client wrote it.
pub(crate) fn not_modified(headers: &HeaderMap, etag: &HeaderValue) -> Option<HeaderValue> {
    let asked = headers.get(header::IF_NONE_MATCH)?;
    if asked == etag {
        return Some(etag.clone());
    }
    let ours = etag.to_str().ok()?.trim_matches('"');
    let mut tags = asked.to_str().ok()?.split(',').map(str::trim);
    let same = |tag: &str| {
        let tag = tag.strip_prefix("W/").unwrap_or(tag).trim_matches('"');
        tag == "*" || tag.strip_suffix(GZIP_SUFFIX).unwrap_or(tag) == ours
    };
    let found = tags.find(|tag| same(tag))?;
    if found == "*" { Some(etag.clone()) } else { HeaderValue::from_str(found).ok() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn tags_match_plain_compressed_and_weak() {
        let etag = entity_tag(b"x");
        let text = etag.to_str().unwrap().to_owned();
        let gz = text.replacen('"', "", 1).replace('"', "");
        for (asked, hit) in [
            (text.clone(), true),
            (format!("\"{gz}-gz\""), true),
            (format!("\"other\", W/{text}"), true),
            ("*".into(), true),
            ("\"other\"".into(), false),
        ] {
            let headers = HeaderMap::from_iter([(header::IF_NONE_MATCH, asked.parse().unwrap())]);
            assert_eq!(not_modified(&headers, &etag).is_some(), hit, "{asked}");
        }
    }

    #[test]
    fn a_document_knows_its_features() {
        let doc = Document::new(&json!({"features": [{"id": "a"}], "sealane": {"seq": 3}}), 3).unwrap();
        assert_eq!(doc.features()[0].0, "a");
        assert_eq!(doc.meta()["seq"], 3);
    }
}
