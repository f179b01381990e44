//! The evidence pack (RCEP Article 3.15.2 and 3.15.3): what was observed of the goods' way, with the
//! digests of the messages that told it, signed, and one page that checks itself offline.
//!
//! The same facts always give the same bytes: the archive's times are fixed, its entries sorted, and it
//! names the instant of its newest fact.

mod archive;
mod document;
mod draft;
mod page;
mod paper;
mod pdf;

pub use archive::archive;
pub use draft::drafts;
/// A message that told something of the movement.
pub use sealane_data::desk::SourceMessage as Source;

use crate::binding::Graph;
use crate::register::Certificate;
use crate::rules::Assessment;
use crate::trust::{self, KeyRing, Signed};
use jiff::Timestamp;
use sealane_data::certificate::{CertificateAct, Emitted};
use sealane_data::submission::Sha256;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Everything that goes into a pack.
pub struct Pack<'a> {
    /// The certificate.
    pub certificate: &'a Certificate,
    /// Its binding.
    pub graph: &'a Graph,
    /// What the rules found.
    pub assessment: &'a Assessment,
    /// The route document as it is served, a GeoJSON feature collection.
    pub route: &'a Value,
    /// The messages that told the movement.
    pub sources: &'a [Source],
    /// The certificate's chain of signed documents.
    pub chain: &'a [Emitted],
    /// The keys, and the domain that signs.
    pub ring: &'a KeyRing,
    /// When the pack is asked for: what is stale by then reads so. The pack itself names the instant of its
    /// newest fact, so that unchanged facts give the same bytes.
    pub at: Timestamp,
}

/// Whether a pack shows an act: who was told of what, and which links were given out, is not in it.
fn is_shown(act: &CertificateAct) -> bool {
    use CertificateAct::{Asked, Found, Linked, Referred, Told, Unlinked, Used};
    let given = matches!(act, Linked(_) | Unlinked { .. } | Used { .. });
    !(given || matches!(act, Found { .. } | Told { .. } | Asked(_) | Referred { .. }))
}

/// What a reader does with a pack.
const READ_ME: &str = include_str!("readme.txt");

impl Pack<'_> {
    fn sign(&self, document: &Value) -> Signed {
        trust::sign(document, &self.ring.domain, self.ring.current(), self.as_of())
    }

    /// Returns the instant of the newest fact in the pack: received, noted, signed, or no longer fresh.
    fn as_of(&self) -> Timestamp {
        let noted = self.certificate.noted(Some(self.at)).filter(|n| is_shown(&n.event.act)).map(|n| n.at);
        let lapsed = self.certificate.life(Some(self.at)).verification.confirmed_until();
        let route = self.route["sealane"]["as_of"].as_str().and_then(|at| at.parse().ok());
        let sources = self.sources.iter().map(|s| s.received);
        let facts =
            noted.chain(sources).chain(self.chain.iter().map(|link| link.at)).chain(lapsed).chain(route);
        let known = facts.filter(|at| *at <= self.at).max();
        known.map_or(self.certificate.received, |at| at.max(self.certificate.received))
    }

    /// Returns the files of the pack by name.
    pub fn files(&self) -> Result<BTreeMap<String, Vec<u8>>, std::io::Error> {
        let told = document::evidence(self);
        let evidence = self.sign(&told);
        let route = self.sign(self.route);
        let mut files = BTreeMap::new();
        let mut put = |name: &str, bytes: Vec<u8>| files.insert(name.to_owned(), bytes);
        for (n, draft) in drafts(self.certificate, self.assessment, self.route).iter().enumerate() {
            let text = serde_json::to_vec_pretty(draft).unwrap_or_default();
            put(&format!("non-manipulation-draft-{}.json", n + 1), text);
        }
        put("evidence.pdf", pdf::pdf(&told, self.ring.current().kid())?);
        put("evidence.html", page::page(&evidence, self.ring).into_bytes());
        put("evidence.json.jws", evidence.jws.into_bytes());
        put("evidence.json", evidence.bytes);
        put("route.geojson.jws", route.jws.into_bytes());
        put("route.geojson", route.bytes);
        let jwks = json!(self.ring.jwks(self.at));
        put("jwks.json", serde_json::to_vec_pretty(&jwks).unwrap_or_default());
        put("chain.json", serde_json::to_vec_pretty(&json!(self.chain)).unwrap_or_default());
        put("README.txt", READ_ME.replace("{domain}", &self.ring.domain).into_bytes());
        // The list comes last: it names every other file, and is signed itself.
        let digests: BTreeMap<&str, String> =
            files.iter().map(|(name, bytes)| (name.as_str(), Sha256::of(bytes).hex())).collect();
        let manifest = self.sign(&json!({ "files": digests, "as_of": self.as_of() }));
        files.insert("manifest.json".to_owned(), manifest.bytes);
        files.insert("manifest.json.jws".to_owned(), manifest.jws.into_bytes());
        Ok(files)
    }

    /// Returns the pack as a ZIP archive.
    pub fn zip(&self) -> Result<Vec<u8>, std::io::Error> {
        archive(&self.files()?)
    }
}
