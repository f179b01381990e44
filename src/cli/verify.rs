//! `sealane verify`: who wrote a document, and whether it is what was signed. Works offline.
//!
//! Exit codes: 0 intact, 1 not what was signed (or unreadable), 2 wrong usage, 3 intact by a key that
//! nobody here knows to be the domain's.

use super::serve::SIGNING;
use super::{Usage, print};
use crate::config::Config;
use anyhow::{Context as _, Result, bail};
use sealane_api::Signing;
use sealane_data::certificate::Emitted;
use sealane_data::submission::Sha256;
use sealane_origin::trust::{self, Jwks, TrustedKeys, Verdict};
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::{Cursor, Read as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// What one file of a pack may hold, and how many files there may be.
const MAX_FILE: u64 = 64 << 20;
const MAX_FILES: usize = 200;

/// What is printed when the keys came with the document.
const UNKNOWN: u8 = 3;

/// Arguments of `verify`.
#[derive(Debug, clap::Args)]
pub(crate) struct Verify {
    /// The document (`route.geojson`), or an evidence pack (`evidence.zip`).
    file: PathBuf,
    /// Its signature; `FILE.jws` without it.
    #[arg(long, value_name = "FILE")]
    signature: Option<PathBuf>,
    /// Keys that you know to be a domain's, such as `maps.example=jwks.json` from
    /// `https://maps.example/.well-known/jwks.json`; may be repeated.
    #[arg(long = "keys", value_name = "DOMAIN=FILE")]
    keys: Vec<String>,
    /// Trusts the keys of this data directory for its own domain.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

impl Verify {
    /// Runs the command.
    pub(crate) fn run(self) -> Result<ExitCode> {
        let trusted = self.trusted()?;
        let bytes = read(&self.file)?;
        if bytes.starts_with(b"PK") {
            return pack(bytes, &trusted);
        }
        let beside = || {
            let mut name = self.file.clone().into_os_string();
            name.push(".jws");
            PathBuf::from(name)
        };
        let jws = String::from_utf8(read(&self.signature.clone().unwrap_or_else(beside))?)?;
        if trusted.is_empty() {
            return Err(Usage(
                "say whose keys you know: `--keys DOMAIN=jwks.json` or `--data DIR`".to_owned(),
            )
            .into());
        }
        let verdict = judged(&bytes, &jws, &trusted);
        print::line(&verdict);
        Ok(code(&verdict))
    }

    /// Returns the keys that are believed, by domain.
    fn trusted(&self) -> Result<Vec<TrustedKeys>> {
        let mut trusted = Vec::new();
        for named in &self.keys {
            let Some((domain, file)) = named.split_once('=').filter(|(domain, _)| !domain.is_empty()) else {
                return Err(Usage(format!("`{named}` is not DOMAIN=FILE")).into());
            };
            let jwks: Jwks = serde_json::from_slice(&read(Path::new(file))?)
                .with_context(|| format!("`{file}` is no JSON Web Key Set"))?;
            trusted.push(TrustedKeys { domain: domain.to_owned(), jwks });
        }
        if let Some(data) = &self.data {
            let file = data.join(SIGNING);
            anyhow::ensure!(file.exists(), "`{}` has no signing keys", data.display());
            let signing = Signing::open(file, &Config::load(Some(data))?.domain)?;
            trusted.push(signing.ring().trusted());
        }
        Ok(trusted)
    }
}

fn read(path: &Path) -> Result<Vec<u8>> {
    let file = std::fs::File::open(path).with_context(|| format!("cannot read `{}`", path.display()))?;
    let mut bytes = Vec::new();
    file.take(MAX_FILE + 1).read_to_end(&mut bytes)?;
    anyhow::ensure!(bytes.len() as u64 <= MAX_FILE, "`{}` is larger than 64 MiB", path.display());
    Ok(bytes)
}

/// Verifies with the keys of the domain that the signature names, else with the first that are known.
fn judged(bytes: &[u8], jws: &str, trusted: &[TrustedKeys]) -> Verdict {
    let named = trust::named(jws).map(|(domain, _)| domain);
    let of_domain = trusted.iter().filter(|t| Some(&t.domain) == named.as_ref());
    let mut last = None;
    for keys in of_domain.chain(trusted) {
        let verdict = trust::verify(bytes, jws, keys);
        if matches!(verdict, Verdict::Intact { .. }) {
            return verdict;
        }
        last.get_or_insert(verdict);
    }
    last.unwrap_or(Verdict::Flawed(trust::Flaw::Unreadable("no keys are known")))
}

fn code(verdict: &Verdict) -> ExitCode {
    if matches!(verdict, Verdict::Intact { .. }) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Verifies every file of an evidence pack.
fn pack(bytes: Vec<u8>, trusted: &[TrustedKeys]) -> Result<ExitCode> {
    let files = unpacked(bytes)?;
    let get = |name: &str| files.get(name).with_context(|| format!("the pack has no `{name}`"));
    let jws = |name: &str| -> Result<String> { Ok(String::from_utf8(get(name)?.clone())?) };
    let own = own_keys(&jws("manifest.json.jws")?, get("jwks.json")?)?;
    let known = !trusted.is_empty();
    let own = [own];
    let keys = if known { trusted } else { &own };
    for name in ["manifest.json", "evidence.json", "route.geojson"] {
        let verdict = judged(get(name)?, &jws(&format!("{name}.jws"))?, keys);
        print::line(format!("{name}: {verdict}"));
        if matches!(verdict, Verdict::Flawed(_)) {
            return Ok(ExitCode::FAILURE);
        }
    }
    let changed = changed(&files, get("manifest.json")?)?;
    if !changed.is_empty() {
        print::line(format!("not what was signed: {}", changed.join(", ")));
        return Ok(ExitCode::FAILURE);
    }
    let chain: Vec<Emitted> = serde_json::from_slice(get("chain.json")?)?;
    if let Err(broken) = trust::verify_chain(&chain) {
        print::line(format!("chain.json: {broken}"));
        return Ok(ExitCode::FAILURE);
    }
    print::line(format!(
        "all {} files are what was signed; the chain has {} links",
        files.len(),
        chain.len()
    ));
    if known {
        return Ok(ExitCode::SUCCESS);
    }
    print::note("the keys came with the pack: `--keys DOMAIN=jwks.json` says whose they are");
    Ok(ExitCode::from(UNKNOWN))
}

/// The keys that came with a pack, for the domain that it names itself: they show that nothing was changed,
/// and not who wrote it.
fn own_keys(jws: &str, keys_file: &[u8]) -> Result<TrustedKeys> {
    let Some((domain, _)) = trust::named(jws) else { bail!("the pack's signature is unreadable") };
    Ok(TrustedKeys { domain, jwks: serde_json::from_slice(keys_file)? })
}

fn unpacked(bytes: Vec<u8>) -> Result<BTreeMap<String, Vec<u8>>> {
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).context("this is no readable ZIP")?;
    anyhow::ensure!(zip.len() <= MAX_FILES, "the pack has more than {MAX_FILES} files");
    let mut files = BTreeMap::new();
    for n in 0..zip.len() {
        let mut entry = zip.by_index(n)?;
        let name = entry.name()?.into_owned();
        let mut bytes = Vec::new();
        entry.by_ref().take(MAX_FILE + 1).read_to_end(&mut bytes)?;
        anyhow::ensure!(bytes.len() as u64 <= MAX_FILE, "`{name}` is larger than 64 MiB");
        anyhow::ensure!(files.insert(name.clone(), bytes).is_none(), "`{name}` stands twice in the pack");
    }
    Ok(files)
}

/// Returns the files that are not as the manifest lists them, missing and added ones too.
fn changed(files: &BTreeMap<String, Vec<u8>>, manifest: &[u8]) -> Result<Vec<String>> {
    let manifest: Value = serde_json::from_slice(manifest)?;
    let listed: BTreeMap<String, String> = serde_json::from_value(manifest["files"].clone())?;
    let own = ["manifest.json", "manifest.json.jws"];
    let mut odd: Vec<String> = listed
        .iter()
        .filter(|(name, digest)| files.get(*name).is_none_or(|bytes| Sha256::of(bytes).hex() != **digest))
        .map(|(name, _)| name.clone())
        .collect();
    odd.extend(files.keys().filter(|n| !own.contains(&n.as_str()) && !listed.contains_key(*n)).cloned());
    Ok(odd)
}
