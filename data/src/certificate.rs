//! Certificates of origin as they are submitted, and what was later said or decided about them.
//!
//! A document is JSON: the 17 boxes of the RCEP form, and the same names in the other forms.
//! Field names follow `rcep-co-boxes`: box 1 `exporter`, 2 `consignee`, 3 `producer`, 4 `transport`,
//! 5 `official_use`, 6-13 `items`, 14 `remarks`, 15 `exporter_declaration`, 16 `certification`,
//! 17 `flags`. The rules live in room `origin`.

mod acts;
mod life;
mod papers;

pub use acts::{
    Answer, BindingDecision, CertificateAct, CertificateEvent, Choice, Emitted, Gravity, Link, SiteAsk,
    VerificationReceipt, VerificationState,
};
pub use life::{LifecycleState, NotFollowing};
pub use papers::{PageText, Paper, PaperKind};

use crate::Text;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Our id of a certificate: `eco_` and 26 random characters.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CertificateId(pub Text);

impl std::fmt::Display for CertificateId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// A certificate as it was taken in.
///
/// The document is the submitted JSON whole: `uid`, `lifecycle` and `verification` in it are the
/// client's claims and stay so.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CertificateRecord {
    /// Our id.
    pub id: CertificateId,
    /// The natural key: regime, issuer country, issuing body, number, in one line.
    pub natural_key: String,
    /// SHA-256 of the document in canonical form, hexadecimal.
    pub sha256: String,
    /// The document as submitted.
    pub document: Value,
}
