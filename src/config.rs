//! Configuration: the documented defaults, overlaid by `DATA/sealane.toml`, environment and flags.

use anyhow::{Context as _, Result};
use serde::Deserialize;
use std::net::SocketAddr;
use std::path::Path;

/// The defaults with their documentation, as in the repository's `sealane.toml`.
pub const DEFAULTS: &str = include_str!("../sealane.toml");

/// What an operator can set.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where `serve` listens.
    pub listen: SocketAddr,
    /// The largest submission one request may carry, in bytes.
    pub max_body: usize,
    /// Submissions that may wait for the writer.
    pub max_waiting: usize,
    /// The tracing filter.
    pub log: String,
    /// How logs are written.
    pub log_format: LogFormat,
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
            table.extend(file);
        }
        for (variable, key) in [("SEALANE_LISTEN", "listen"), ("SEALANE_LOG", "log")] {
            if let Ok(value) = std::env::var(variable) {
                table.insert(key.to_owned(), value.into());
            }
        }
        table.try_into().context("configuration has an unknown or wrong setting")
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
        std::fs::write(dir.path().join("sealane.toml"), "max_wating = 7").unwrap();
        assert!(Config::load(Some(dir.path())).is_err());
    }
}
