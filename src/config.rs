//! Configuration: the documented defaults, overlaid by `DATA/sealane.toml`, environment and flags.

use crate::engine::Reserve;
use crate::engine::feeds::Notices;
use crate::engine::stamps::Stamping;
use crate::engine::webhooks::Sending;
use anyhow::{Context as _, Result};
use sealane_api::oauth::Issuer;
use serde::Deserialize;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// The defaults with their documentation, as in the repository's `sealane.toml`.
pub const DEFAULTS: &str = include_str!("../sealane.toml");

/// What an operator can set.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where `serve` listens.
    pub listen: SocketAddr,
    /// The domain that documents are signed for.
    pub domain: String,
    /// The largest submission one request may carry, in bytes.
    pub max_body: usize,
    /// Submissions that may wait for the writer.
    pub max_waiting: usize,
    /// Their bytes, from arrival to answer.
    pub max_waiting_bytes: u64,
    /// The tracing filter.
    pub log: String,
    /// How logs are written.
    pub log_format: LogFormat,
    /// Whether a trusted proxy stands before us and names the client.
    pub behind_proxy: bool,
    /// The certificate chain and the key of HTTPS.
    pub tls: TlsFiles,
    /// How long things are kept.
    pub retention: Retention,
    /// What stays free on the disk.
    pub disk: DiskReserve,
    /// Who is told when a feed goes silent.
    pub notices: Notices,
    /// Tokens of OAuth 2.
    pub oauth: Tokens,
    /// How the webhooks of sites are told.
    pub webhooks: Sending,
    /// Who stamps what was signed on a day.
    pub stamping: Stamping,
}

/// Tokens of OAuth 2: our own issuer, and those of others.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Tokens {
    /// Our own name as an issuer; `https://DOMAIN` without it.
    pub issuer: Option<String>,
    /// Issuers of others whose tokens are taken.
    #[serde(default)]
    pub issuers: Vec<Issuer>,
}

/// The files of HTTPS; without them HTTP is served.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct TlsFiles {
    /// The chain in PEM, our certificate first.
    pub cert: Option<PathBuf>,
    /// Its private key in PEM.
    pub key: Option<PathBuf>,
}

/// How long things are kept.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Retention {
    /// Days for which raw bytes are kept; without it, for ever.
    pub raw_days: Option<u32>,
}

/// What stays free on the disk: the lesser of both.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct DiskReserve {
    /// In MiB; 0 turns the reserve off.
    pub reserve_mib: u64,
    /// In hundredths of the file system.
    pub reserve_percent: u8,
}

impl DiskReserve {
    /// Returns the reserve as the engine takes it.
    pub fn reserve(&self) -> Reserve {
        Reserve { bytes: self.reserve_mib.saturating_mul(1 << 20), percent: self.reserve_percent.min(100) }
    }
}

/// How logs are written.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// For people.
    Text,
    /// For machines.
    Json,
}

impl Config {
    /// Reads the defaults, the data directory's file and the environment.
    pub fn load(data: Option<&Path>) -> Result<Self> {
        let mut table: toml::Table = DEFAULTS.parse().context("embedded defaults do not parse")?;
        if let Some(path) = data.map(|d| d.join("sealane.toml")).filter(|p| p.exists()) {
            let text = std::fs::read_to_string(&path)
                .with_context(|| format!("cannot read `{}`", path.display()))?;
            let file: toml::Table =
                text.parse().with_context(|| format!("`{}` is no TOML", path.display()))?;
            overlay(&mut table, file);
        }
        for (variable, key) in [("SEALANE_LISTEN", "listen"), ("SEALANE_LOG", "log")] {
            if let Ok(value) = std::env::var(variable) {
                table.insert(key.to_owned(), value.into());
            }
        }
        table.try_into().context("configuration has an unknown or wrong setting")
    }
}

/// Lays one table over another; a table inside does not replace what it does not name.
fn overlay(table: &mut toml::Table, over: toml::Table) {
    for (key, value) in over {
        match (table.get_mut(&key), value) {
            (Some(toml::Value::Table(below)), toml::Value::Table(over)) => overlay(below, over),
            (_, value) => {
                table.insert(key, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_overlays_defaults_and_unknown_settings_are_refused() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(Config::load(Some(dir.path())).unwrap().max_waiting, 1024);
        std::fs::write(dir.path().join("sealane.toml"), "max_waiting = 7").unwrap();
        assert_eq!(Config::load(Some(dir.path())).unwrap().max_waiting, 7);
        std::fs::write(dir.path().join("sealane.toml"), "[disk]\nreserve_mib = 3").unwrap();
        let disk = Config::load(Some(dir.path())).unwrap().disk;
        assert_eq!((disk.reserve_mib, disk.reserve_percent), (3, 1), "a table keeps what is not named");
        std::fs::write(dir.path().join("sealane.toml"), "max_wating = 7").unwrap();
        assert!(Config::load(Some(dir.path())).is_err());
    }
}
