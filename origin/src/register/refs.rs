//! Public references: the name under which the public finds a certificate. It is 128 random bits, and its
//! owner may take another one: then nothing that was handed out under the old one opens any more.

use super::{Certificate, Register, spelled};
use crate::trust::hmac_sha256;
use jiff::Timestamp;
use sealane_data::Text;
use sealane_data::certificate::{CertificateAct, CertificateId};
use sealane_data::partner::PartyId;

/// How public references begin that took the place of our own id.
const PREFIX: &str = "pub_";
/// Hexadecimal digits behind it: 128 bits.
const DIGITS: usize = 32;

/// Returns whether a text has the form of a reference that took the place of our own id.
pub(crate) fn is_public_ref(text: &str) -> bool {
    let hex = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
    text.strip_prefix(PREFIX).is_some_and(|digits| digits.len() == DIGITS && digits.bytes().all(hex))
}

/// Returns the reference of a certificate that goes with somebody's idempotency key: whoever asks again gets the
/// same, and nobody can guess it without the house's secret.
pub fn public_ref_under(secret: &[u8], id: &CertificateId, key: &str) -> String {
    let digest = hmac_sha256(secret, format!("public reference|{id}|{key}").as_bytes()).hex();
    format!("{PREFIX}{}", digest.get(..DIGITS).unwrap_or_default())
}

impl Certificate {
    /// Returns whether it had a public reference, or has it.
    pub(crate) fn had_ref(&self, public_ref: &str) -> bool {
        self.noted(None).any(
            |n| matches!(&n.event.act, CertificateAct::Referred { public_ref: had } if had == public_ref),
        )
    }

    /// Returns the reference under which the public finds it, as of an instant or now: our own id, which is
    /// as random, until its owner takes another one.
    pub fn public_ref(&self, as_of: Option<Timestamp>) -> &str {
        let taken = self.noted(as_of).filter_map(|n| match &n.event.act {
            CertificateAct::Referred { public_ref } => Some(public_ref.as_str()),
            _ => None,
        });
        taken.last().unwrap_or(self.id.0.as_str())
    }
}

impl Register {
    /// Returns the certificate that a public reference names now; one that was given up names none.
    pub fn referred(&self, public_ref: &str) -> Option<&Certificate> {
        if let Some(id) = self.by_ref.get(public_ref) {
            return self.get(id);
        }
        self.get(&CertificateId(public_ref.into())).filter(|c| c.public_ref(None) == public_ref)
    }

    /// Returns the public certificates with a number, however it is spelled.
    pub fn published_by_number(&self, number: &str) -> impl Iterator<Item = &Certificate> {
        let found = self.by_number.get(&spelled(number)).into_iter().flatten();
        found.filter_map(|id| self.get(id)).filter(|c| c.is_public())
    }

    /// Returns the certificates that were made public, in the order of the log, without the first few.
    pub fn published_since(&self, seen: usize) -> &[CertificateId] {
        self.published.get(seen..).unwrap_or_default()
    }

    /// Returns how often a public reference of an owner's was given up, or shut with an entry that a person set
    /// aside: what was opened before is asked for again.
    pub fn given_up(&self, owner: &PartyId) -> usize {
        self.given_up.get(owner).copied().unwrap_or_default()
    }

    /// Takes note that a certificate has another reference in place of one.
    pub(super) fn refer(&mut self, id: &CertificateId, owner: &PartyId, [old, new]: [Text; 2]) {
        self.by_ref.remove(&old);
        self.by_ref.insert(new, id.clone());
        self.shut(owner);
    }

    /// Takes note that something of an owner's is not public any more.
    pub(super) fn shut(&mut self, owner: &PartyId) {
        *self.given_up.entry(owner.clone()).or_default() += 1;
    }
}
