//! Webhooks of sites: a file of addresses with the secrets that sign what is sent there.
//!
//! As with keys the file is read again whenever it changes, so that the command line works beside a
//! running server.

use crate::list_file::{ListError, ListFile, Stamp};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use sealane_data::partner::PartyId;
use sealane_data::webhook::KINDS;
use sealane_origin::Event;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

/// Webhooks that one party may have.
const MOST: usize = 20;
/// The longest address.
const LONGEST: usize = 2048;
/// How secrets begin (Standard Webhooks).
const PREFIX: &str = "whsec_";

/// One webhook.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hook {
    /// Its id.
    pub id: String,
    /// Whose events are sent.
    pub party: PartyId,
    /// Where they are sent.
    pub url: String,
    /// The kinds that are sent; every kind if there is none.
    #[serde(default)]
    pub kinds: BTreeSet<String>,
    /// What signs: `whsec_` and 32 bytes in base64.
    pub secret: String,
    /// A label for people.
    #[serde(default)]
    pub label: String,
    /// When it was made: earlier events are not sent.
    pub created: Timestamp,
}

impl Hook {
    /// Returns whether events of a kind are sent.
    pub fn wants(&self, kind: &str) -> bool {
        self.kinds.is_empty() || self.kinds.contains(kind) || kind == "webhook.test"
    }

    /// Returns whether an event is for this webhook.
    pub fn is_due(&self, event: &Event) -> bool {
        let named = event.told.only.as_ref().is_none_or(|id| *id == self.id.as_str());
        named && event.at >= self.created && event.told.party == self.party && self.wants(&event.told.kind)
    }

    /// Returns the bytes of its secret.
    pub fn key(&self) -> Option<Vec<u8>> {
        STANDARD.decode(self.secret.strip_prefix(PREFIX)?).ok()
    }
}

/// What a party wants of a new webhook.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HookOrder {
    /// Where events are sent.
    pub url: String,
    /// The kinds that are sent.
    #[serde(default)]
    pub kinds: BTreeSet<String>,
    /// A label for people.
    #[serde(default)]
    pub label: String,
}

/// Why a webhook could not be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HookError {
    /// The file could not be used.
    #[error(transparent)]
    File(#[from] ListError),
    /// What is wanted cannot be.
    #[error("{0}")]
    Order(String),
}

#[derive(Default)]
struct Seen {
    stamp: Option<Stamp>,
    hooks: Arc<Vec<Hook>>,
}

/// The webhooks of one installation.
pub struct Hooks {
    file: ListFile<Hook>,
    seen: Mutex<Seen>,
}

impl Hooks {
    /// Opens the webhooks in a file, which need not exist yet.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, HookError> {
        let file = ListFile::new(path.as_ref(), "webhooks");
        let (stamp, hooks) = (file.stamp(), Arc::new(file.read()?));
        Ok(Self { file, seen: Mutex::new(Seen { stamp, hooks }) })
    }

    /// Returns every webhook; of a file that cannot be read those known before.
    pub fn all(&self) -> Arc<Vec<Hook>> {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let stamp = self.file.stamp();
        if seen.stamp != stamp {
            seen.stamp = stamp;
            match self.file.read() {
                Ok(hooks) => seen.hooks = Arc::new(hooks),
                Err(error) => tracing::error!(%error, "the webhooks known before go on"),
            }
        }
        seen.hooks.clone()
    }

    /// Returns a webhook of a party; of every party for the operator's look.
    pub(crate) fn find(&self, party: Option<&PartyId>, id: &str) -> Option<Hook> {
        self.all().iter().find(|h| h.id == id && party.is_none_or(|p| h.party == *p)).cloned()
    }

    /// Makes a webhook. Whether its address may be reached is asked elsewhere.
    pub fn add(&self, party: &PartyId, order: HookOrder) -> Result<Hook, HookError> {
        let wrong = |why: String| Err(HookError::Order(why));
        if let Some(kind) = order.kinds.iter().find(|kind| KINDS.iter().all(|(known, _)| known != kind)) {
            return wrong(format!("`{kind}` is no kind of event"));
        }
        if order.url.len() > LONGEST || order.label.len() > 200 {
            return wrong("an address has at most 2048 characters, a label 200".to_owned());
        }
        let random = |bytes: &mut [u8]| {
            getrandom::fill(bytes).map_err(|e| HookError::Order(format!("no random bytes: {e}")))
        };
        let (mut id, mut secret) = ([0_u8; 6], [0_u8; 32]);
        random(&mut id)?;
        random(&mut secret)?;
        let hook = Hook {
            id: format!("wh_{}", sealane_data::hex::write(&id)),
            party: party.clone(),
            url: order.url,
            kinds: order.kinds,
            secret: format!("{PREFIX}{}", STANDARD.encode(secret)),
            label: order.label,
            created: Timestamp::now(),
        };
        let mut full = false;
        self.file.edit(|hooks| {
            full = hooks.iter().filter(|h| h.party == *party).count() >= MOST;
            if !full {
                hooks.push(hook.clone());
            }
        })?;
        if full { wrong(format!("a party has at most {MOST} webhooks")) } else { Ok(hook) }
    }

    /// Takes a webhook away; returns whether there was one.
    pub fn remove(&self, party: Option<&PartyId>, id: &str) -> Result<bool, HookError> {
        let mut found = false;
        self.file.edit(|hooks| {
            let before = hooks.len();
            hooks.retain(|h| h.id != id || party.is_some_and(|p| h.party != *p));
            found = hooks.len() < before;
        })?;
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn webhooks_are_made_by_party_kept_private_and_seen_by_another_process() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("webhooks.json");
        let (serving, other) = (Hooks::open(&path).unwrap(), Hooks::open(&path).unwrap());
        let acme = PartyId("acme".into());
        let order = |kind: &str| HookOrder {
            url: "https://shop.example/hook".to_owned(),
            kinds: [kind.to_owned()].into(),
            label: String::new(),
        };
        let hook = other.add(&acme, order("certificate.revoked")).unwrap();
        assert_eq!(hook.key().unwrap().len(), 32);
        assert!(hook.wants("certificate.revoked") && !hook.wants("shipment.stop"));
        assert_eq!(serving.all().as_slice(), std::slice::from_ref(&hook));
        assert!(other.add(&acme, order("certificate.lost")).is_err());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
        let stranger = PartyId("stranger".into());
        assert!(serving.find(Some(&stranger), &hook.id).is_none());
        assert!(!serving.remove(Some(&stranger), &hook.id).unwrap());
        assert!(serving.remove(Some(&acme), &hook.id).unwrap() && other.all().is_empty());
        for _ in 0..MOST {
            serving.add(&acme, order("shipment.stop")).unwrap();
        }
        assert!(serving.add(&acme, order("shipment.stop")).is_err());
    }
}
