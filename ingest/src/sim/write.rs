//! A simulated world as files.

use super::Output;
use serde::Serialize;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// A file of a simulated world could not be written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WriteError {
    /// The file system refused.
    #[error("`{path}` could not be written: {source}")]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The truth could not be put into JSON.
    #[error("truth could not be put into JSON: {0}")]
    Json(#[from] serde_json::Error),
}

/// One line of the index: where a file is and when it is due.
#[derive(Serialize)]
struct Line<'a> {
    at: jiff::Timestamp,
    sender: &'a str,
    file: String,
    certificate: bool,
}

impl Output {
    /// Writes the files as `<dir>/<sender>/<name>`, beside `index.json`, `partners.json` and `truth.json`.
    ///
    /// # Errors
    ///
    /// If a folder or file cannot be written; what was written before stays.
    pub fn write_to(&self, dir: &Path) -> Result<(), WriteError> {
        let mut index = Vec::with_capacity(self.deliveries.len());
        for d in &self.deliveries {
            let folder = dir.join(&d.sender);
            fs::create_dir_all(&folder).map_err(|source| WriteError::Io { path: folder.clone(), source })?;
            write(folder.join(&d.name), &d.bytes)?;
            let file = format!("{}/{}", d.sender, d.name);
            index.push(Line { at: d.at, sender: &d.sender, file, certificate: d.certificate });
        }
        fs::create_dir_all(dir).map_err(|source| WriteError::Io { path: dir.to_owned(), source })?;
        write(dir.join("index.json"), &serde_json::to_vec_pretty(&index)?)?;
        write(dir.join("partners.json"), &serde_json::to_vec_pretty(&self.partners)?)?;
        write(dir.join("truth.json"), &serde_json::to_vec_pretty(&self.truth)?)
    }
}

fn write(path: PathBuf, bytes: &[u8]) -> Result<(), WriteError> {
    fs::write(&path, bytes).map_err(|source| WriteError::Io { path, source })
}
