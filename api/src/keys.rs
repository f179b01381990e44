//! Keys: a file of SHA-256 digests, effective at once.
//!
//! A key is 256 random bits, shown once when it is made. The file is read again whenever its
//! metadata changes, so that another process (`sealane keys add`) may write it while we serve. A look
//! at the metadata holds for two milliseconds, which spares a busy server most of them; whoever
//! changes keys waits that long before it says that it is done.

use crate::list_file::{ListError, ListFile, Stamp};
use crate::site;
use sealane_data::partner::PartyId;
use sealane_data::submission::Sha256;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, RwLock};
use std::time::{Duration, Instant};
use subtle::ConstantTimeEq as _;

/// What a key is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyKind {
    /// `sl_sk_`: for servers; speaks for a party.
    Secret,
    /// `sl_pk_`: for web pages; reads what its party published, in the public profile.
    Publishable,
    /// `sl_cs_`: the secret of an OAuth 2 client, which gets tokens for its party.
    Client,
}

impl KeyKind {
    /// Returns how such keys begin.
    pub fn prefix(self) -> &'static str {
        match self {
            Self::Secret => "sl_sk_",
            Self::Publishable => "sl_pk_",
            Self::Client => "sl_cs_",
        }
    }
}

/// One key without its secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Key {
    /// Its id, for revoking.
    pub id: String,
    /// What it is for.
    pub kind: KeyKind,
    /// Whom it speaks for.
    pub party: PartyId,
    /// The sites it is bound to (`https://shop.example`); empty allows every site.
    #[serde(default)]
    pub sites: Vec<String>,
    /// A label for people.
    #[serde(default)]
    pub label: String,
    /// When it was made, RFC 3339.
    pub created: String,
    /// SHA-256 of the whole key, hexadecimal.
    pub sha256: String,
    /// What tokens of this client are good for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scopes: Vec<String>,
    /// The public key that this client signs its assertions with (a JSON Web Key), in place of a secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jwk: Option<serde_json::Value>,
}

/// Why keys could not be read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeysError {
    /// The file could not be used.
    #[error(transparent)]
    File(#[from] ListError),
    /// A site is not a web origin.
    #[error("`{0}` is not a site such as `https://shop.example`")]
    Site(String),
    /// A client's scope or public key is none.
    #[error("{0}")]
    Client(String),
    /// The system gave no random bytes.
    #[error("no random bytes for a key: {0}")]
    Random(String),
}

/// How long a look at the file's metadata holds.
const GLANCE: Duration = Duration::from_millis(2);

/// The keys of one installation.
pub struct Keys {
    file: ListFile<Key>,
    table: RwLock<Table>,
    opened: Instant,
    /// When the file was looked at last, in microseconds since `opened`.
    looked: AtomicU64,
}

/// The keys in memory, by the first bytes of their digests.
#[derive(Default)]
struct Table {
    stamp: Option<Stamp>,
    by_head: HashMap<[u8; 8], Vec<(Sha256, Arc<Key>)>>,
    /// Clients of OAuth 2 by their ids.
    clients: HashMap<String, Arc<Key>>,
}

impl Keys {
    /// Opens the keys in a file, which need not exist yet.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, KeysError> {
        let file = ListFile::new(path.as_ref(), "keys");
        let (table, opened, looked) = (RwLock::default(), Instant::now(), AtomicU64::new(0));
        let keys = Self { file, table, opened, looked };
        let stamp = keys.file.stamp();
        keys.fill(stamp, keys.file.read()?);
        Ok(keys)
    }

    /// Makes a key and returns it; it is stored as a digest and cannot be shown again.
    pub fn add(
        &self,
        kind: KeyKind,
        party: &PartyId,
        sites: &[String],
        label: &str,
    ) -> Result<String, KeysError> {
        if let Some(bad) = sites.iter().find(|s| site::origin(s).is_none()) {
            return Err(KeysError::Site(bad.clone()));
        }
        let (secret, key) = fresh(kind, party, label)?;
        let sites = sites.iter().filter_map(|s| site::origin(s)).collect();
        self.change(|keys| keys.push(Key { sites, ..key }))?;
        Ok(secret)
    }

    /// Makes a client of OAuth 2 and returns its id and its secret; a client that signs with a key of
    /// its own (`jwk`, public) has none.
    pub fn add_client(
        &self,
        party: &PartyId,
        scopes: &[String],
        jwk: Option<serde_json::Value>,
        label: &str,
    ) -> Result<(String, Option<String>), KeysError> {
        if scopes.is_empty() {
            return Err(KeysError::Client("a client needs a scope".to_owned()));
        }
        if let Some(bad) = scopes.iter().find(|s| !crate::scopes::is_scope(s)) {
            return Err(KeysError::Client(format!("`{bad}` is no scope")));
        }
        if jwk.as_ref().is_some_and(|jwk| !crate::oauth::is_public_key(jwk)) {
            let why = "the key is no public key for ES256, ES384, EdDSA, RS256 or PS256 in JSON";
            return Err(KeysError::Client(why.to_owned()));
        }
        let (secret, key) = fresh(KeyKind::Client, party, label)?;
        let (id, secret) = (key.id.clone(), jwk.is_none().then_some(secret));
        self.change(|keys| keys.push(Key { scopes: scopes.to_vec(), jwk, ..key }))?;
        Ok((id, secret))
    }

    /// Returns the client of OAuth 2 with an id, if it is in use.
    pub(crate) fn client(&self, id: &str) -> Option<Arc<Key>> {
        self.refresh();
        self.table.read().ok()?.clients.get(id).cloned()
    }

    /// Returns every key without its secret, oldest first.
    pub fn list(&self) -> Result<Vec<Key>, KeysError> {
        Ok(self.file.read()?)
    }

    /// Takes a key out of use at once; returns whether there was such a key.
    pub fn revoke(&self, id: &str) -> Result<bool, KeysError> {
        let mut found = false;
        self.change(|keys| {
            let before = keys.len();
            keys.retain(|k| k.id != id);
            found = keys.len() < before;
        })?;
        Ok(found)
    }

    /// Returns the key that some text is, if it is in use.
    ///
    /// The look-up is by the digest's first bytes, the comparison of the whole takes constant time.
    pub fn check(&self, text: &str) -> Option<Arc<Key>> {
        let digest = Sha256::of(text.as_bytes());
        self.refresh();
        let table = self.table.read().ok()?;
        let candidates = table.by_head.get(&head(&digest))?;
        candidates.iter().find(|(known, _)| bool::from(known.0.ct_eq(&digest.0))).map(|(_, key)| key.clone())
    }

    /// Returns whether a key is still in use; long streams ask again and again.
    pub fn is_live(&self, key: &Key) -> bool {
        self.refresh();
        let Some(digest) = digest(&key.sha256) else { return false };
        self.table.read().is_ok_and(|t| {
            t.by_head.get(&head(&digest)).is_some_and(|keys| keys.iter().any(|(_, k)| k.id == key.id))
        })
    }

    fn change(&self, edit: impl FnOnce(&mut Vec<Key>)) -> Result<(), KeysError> {
        let keys = self.file.edit(edit)?;
        self.fill(self.file.stamp(), keys);
        // Others may have looked right before: from here on nobody goes by what was.
        std::thread::sleep(GLANCE);
        Ok(())
    }

    /// Reads the file again if it is another one than before. A file that cannot be read leaves no
    /// key in use: a broken file must not keep a revoked key alive.
    fn refresh(&self) {
        let now = self.opened.elapsed();
        let now = u64::try_from(now.as_micros()).unwrap_or(u64::MAX);
        // The instant before the look is kept, so that a look never holds longer than it may.
        let held = Duration::from_micros(now.saturating_sub(self.looked.load(Ordering::Relaxed)));
        if held < GLANCE {
            return;
        }
        let stamp = self.file.stamp();
        self.looked.store(now, Ordering::Relaxed);
        if self.table.read().is_ok_and(|t| t.stamp == stamp) {
            return;
        }
        let keys = self.file.read().unwrap_or_else(|error| {
            tracing::error!(%error, "no key is valid until the key file is mended");
            Vec::new()
        });
        self.fill(stamp, keys);
    }

    fn fill(&self, stamp: Option<Stamp>, keys: Vec<Key>) {
        let mut fresh = Table { stamp, ..Table::default() };
        for key in keys {
            let Some(digest) = digest(&key.sha256) else { continue };
            let key = Arc::new(key);
            if key.kind == KeyKind::Client {
                fresh.clients.insert(key.id.clone(), key.clone());
            }
            fresh.by_head.entry(head(&digest)).or_default().push((digest, key));
        }
        if let Ok(mut table) = self.table.write() {
            *table = fresh;
        }
    }
}

/// Returns a new secret and its key.
fn fresh(kind: KeyKind, party: &PartyId, label: &str) -> Result<(String, Key), KeysError> {
    let secret = format!("{}{}", kind.prefix(), random_hex::<32>()?);
    let key = Key {
        id: format!("key_{}", random_hex::<6>()?),
        kind,
        party: party.clone(),
        sites: Vec::new(),
        label: label.to_owned(),
        created: jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        sha256: Sha256::of(secret.as_bytes()).hex(),
        scopes: Vec::new(),
        jwk: None,
    };
    Ok((secret, key))
}

fn head(digest: &Sha256) -> [u8; 8] {
    let mut head = [0; 8];
    head.copy_from_slice(&digest.0[..8]);
    head
}

/// Reads a digest from its hexadecimal form.
fn digest(hex: &str) -> Option<Sha256> {
    let bytes = hex.as_bytes();
    let mut digest = [0; 32];
    if bytes.len() != 64 {
        return None;
    }
    for (byte, pair) in digest.iter_mut().zip(bytes.chunks_exact(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(Sha256(digest))
}

/// Returns `N` random bytes as hexadecimal.
fn random_hex<const N: usize>() -> Result<String, KeysError> {
    use std::fmt::Write as _;
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|e| KeysError::Random(e.to_string()))?;
    Ok(bytes.iter().fold(String::with_capacity(2 * N), |mut s, b| {
        let _ = write!(s, "{b:02x}");
        s
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys() -> (tempfile::TempDir, Keys) {
        let dir = tempfile::tempdir().unwrap();
        let keys = Keys::open(dir.path().join("keys.json")).unwrap();
        (dir, keys)
    }

    #[test]
    fn a_key_works_until_it_is_revoked_also_by_another_process() {
        let (dir, serving) = keys();
        let other = Keys::open(dir.path().join("keys.json")).unwrap();
        let secret = other.add(KeyKind::Secret, &PartyId("acme".into()), &[], "test").unwrap();
        assert!(secret.starts_with("sl_sk_") && secret.len() == 6 + 64);
        let key = serving.check(&secret).expect("effective at once");
        assert_eq!(key.party, PartyId("acme".into()));
        assert!(serving.is_live(&key));
        assert!(other.revoke(&key.id).unwrap());
        assert!(serving.check(&secret).is_none());
        assert!(!serving.is_live(&key));
        assert!(!other.revoke(&key.id).unwrap());
    }

    #[test]
    fn the_file_holds_digests_only_and_nobody_else_reads_it() {
        let (dir, keys) = keys();
        let secret = keys.add(KeyKind::Publishable, &PartyId("acme".into()), &[], "").unwrap();
        let path = dir.path().join("keys.json");
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(!text.contains(secret.trim_start_matches("sl_pk_")));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }

    #[test]
    fn a_broken_or_too_large_file_leaves_no_key_in_use() {
        let (dir, keys) = keys();
        let secret = keys.add(KeyKind::Secret, &PartyId::operator(), &[], "").unwrap();
        let path = dir.path().join("keys.json");
        std::fs::write(&path, "not json").unwrap();
        assert!(keys.check(&secret).is_none());
        std::fs::write(&path, " ".repeat(5 << 20)).unwrap();
        assert!(matches!(keys.list(), Err(KeysError::File(ListError::Form { .. }))));
    }

    #[test]
    fn sites_are_web_origins() {
        let (_dir, keys) = keys();
        let party = PartyId("acme".into());
        for (site, ok) in
            [("https://shop.example", true), ("shop.example", false), ("https://a.example/x", false)]
        {
            assert_eq!(keys.add(KeyKind::Publishable, &party, &[site.into()], "").is_ok(), ok, "{site}");
        }
    }
}
