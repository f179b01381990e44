//! A folder of TOML files that are read again when they change: one thing a file.

use anyhow::{Context as _, Result};
use sealane_data::operate::ProfileProblem;
use sealane_data::places::Places;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

/// What changes when a file does: its inode, length and time.
pub(crate) type Stamp = (u64, u64, i64, i64);

/// What a file of such a folder holds.
pub(crate) trait Filed: Clone + PartialEq + DeserializeOwned {
    /// The folder's name, as people see it.
    const FOLDER: &'static str;
    /// What its id names.
    const NOUN: &'static str;
    /// Whether a file has to be named after what it holds.
    const NAMED_BY_ID: bool = false;

    /// Its id: only one file holds it.
    fn id(&self) -> &str;

    /// Reads a file's text.
    fn parse(text: &str) -> Result<Self> {
        Ok(toml::from_str(text)?)
    }

    /// Says what is wrong with it, a sentence each.
    fn problems(&self, places: &Places) -> Vec<String>;

    /// What it means beyond what its file says.
    fn completed(self) -> Self {
        self
    }
}

/// One file of the folder.
#[derive(Clone)]
struct File<T> {
    stamp: Stamp,
    /// The last content that was in order.
    held: Option<T>,
    problem: Option<String>,
}

/// A file whose new content is in order.
#[derive(Clone, Debug)]
pub(crate) struct Changed<T> {
    pub(crate) file: String,
    pub(crate) text: String,
    pub(crate) held: T,
}

/// A folder of TOML files, which need not exist.
#[derive(Clone)]
pub(crate) struct TomlFolder<T> {
    path: PathBuf,
    files: BTreeMap<String, File<T>>,
    /// Why the folder cannot be read.
    trouble: Option<String>,
}

impl<T: Filed> TomlFolder<T> {
    /// Returns a folder of which nothing was read yet.
    pub(crate) fn new(path: PathBuf) -> Self {
        Self { path, files: BTreeMap::new(), trouble: None }
    }

    /// Reads what has changed. A file with a fault is refused and its last good content stays; so does
    /// everything while the folder cannot be read. Returns whether anything changed, and the files that
    /// now hold something new.
    pub(crate) fn refresh(&mut self, places: &Places) -> (bool, Vec<Changed<T>>) {
        let found = match list(&self.path) {
            Ok(found) => found,
            Err(error) => return (self.unreadable(Some(&error)), Vec::new()),
        };
        let mended = self.unreadable(None);
        let before = self.files.len();
        self.files.retain(|name, file| found.contains_key(name) || file.gone(name));
        let fewer = self.files.len() != before;
        let mut moved = fewer || mended;
        let mut changed = Vec::new();
        for (name, stamp) in found {
            // A file that was refused may be in order once another has gone.
            let again = |f: &File<T>| fewer && f.problem.is_some();
            if self.files.get(&name).is_some_and(|f| f.stamp == stamp && !again(f)) {
                continue;
            }
            moved = true;
            let read = self.read(&name, places);
            let file = self.files.entry(name.clone()).or_insert(File { stamp, held: None, problem: None });
            file.stamp = stamp;
            match read {
                Ok((text, held)) => {
                    let new = file.held.as_ref() != Some(&held);
                    (file.held, file.problem) = (Some(held.clone()), None);
                    changed.extend(new.then_some(Changed { file: name, text, held }));
                }
                Err(error) => {
                    let (problem, folder) = (format!("{error:#}"), T::FOLDER);
                    tracing::error!(
                        folder,
                        file = name,
                        problem,
                        "a file is refused; its last content stays"
                    );
                    file.problem = Some(problem);
                }
            }
        }
        (moved, changed)
    }

    fn read(&self, name: &str, places: &Places) -> Result<(String, T)> {
        let text = std::fs::read_to_string(self.path.join(name)).context("it cannot be read")?;
        let held = T::parse(&text).context("it is not valid")?;
        let stem = name.strip_suffix(".toml").unwrap_or(name);
        let named = !T::NAMED_BY_ID || stem == held.id();
        anyhow::ensure!(named, "it holds the {} `{}`: name the file after it", T::NOUN, held.id());
        let problems = held.problems(places);
        anyhow::ensure!(problems.is_empty(), "{}", problems.join("; "));
        let is_twin = |f: &File<T>| f.held.as_ref().is_some_and(|h| h.id() == held.id());
        let twin = self.files.iter().any(|(n, f)| n != name && is_twin(f));
        anyhow::ensure!(!twin, "{} `{}` has a file already", T::NOUN, held.id());
        Ok((text, held.completed()))
    }

    /// Returns what the files hold.
    pub(crate) fn held(&self) -> impl Iterator<Item = &T> {
        self.files.values().filter_map(|f| f.held.as_ref())
    }

    /// Returns the files that are not in use as they are.
    pub(crate) fn problems(&self) -> Vec<ProfileProblem> {
        let of = |(file, f): (&String, &File<T>)| {
            Some(ProfileProblem { file: file.clone(), problem: f.problem.clone()? })
        };
        let folder = self.trouble.iter();
        let folder = folder.map(|t| ProfileProblem { file: T::FOLDER.to_owned(), problem: t.clone() });
        folder.chain(self.files.iter().filter_map(of)).collect()
    }

    /// Notes whether the folder can be read; returns whether that is new.
    fn unreadable(&mut self, error: Option<&std::io::Error>) -> bool {
        let trouble = error.map(|e| format!("the folder cannot be read: {e}"));
        let new = trouble != self.trouble;
        if let Some(trouble) = trouble.as_ref().filter(|_| new) {
            tracing::error!(folder = T::FOLDER, trouble, "what its files said stays");
        }
        self.trouble = trouble;
        new
    }
}

impl<T: Filed> File<T> {
    /// Says that a file has gone, with what it held.
    fn gone(&self, name: &str) -> bool {
        let id = self.held.as_ref().map_or("", Filed::id);
        tracing::warn!(
            folder = T::FOLDER,
            file = name,
            id,
            "a file was removed; what it said no longer holds"
        );
        false
    }
}

/// Lists the TOML files of a folder; one that is not there has none.
pub(crate) fn list(folder: &Path) -> std::io::Result<BTreeMap<String, Stamp>> {
    use std::io::ErrorKind::NotFound;
    let mut found = BTreeMap::new();
    let entries = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == NotFound => return Ok(found),
        entries => entries?,
    };
    for entry in entries {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name.starts_with('.') || path.extension().is_none_or(|ending| ending != "toml") {
            continue;
        }
        // Links are followed: tools that manage configuration make them.
        match std::fs::metadata(&path) {
            Ok(meta) if meta.is_file() => {
                found.insert(name, (meta.ino(), meta.len(), meta.mtime(), meta.mtime_nsec()));
            }
            // A file may go away while we look, and a link may lead nowhere yet.
            Err(error) if error.kind() != NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(found)
}
