//! The registries' profiles in `DATA/registries/`: read again when they change.

use crate::engine::folder::{Stamp, list};
use sealane_origin::registries::{Profile, ProfileProblem, read_profile};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

struct File {
    stamp: Stamp,
    /// The last content that was in order.
    profile: Option<Profile>,
    problems: Vec<ProfileProblem>,
}

/// The folder of the profiles.
pub(super) struct Files {
    folder: PathBuf,
    files: BTreeMap<String, File>,
    trouble: Option<String>,
}

impl Files {
    /// Returns the profiles of a folder, which need not exist.
    pub(super) fn new(folder: PathBuf) -> Self {
        Self { folder, files: BTreeMap::new(), trouble: None }
    }

    /// Reads what has changed; returns whether anything has. A file with a fault is refused and its last
    /// good content stays; so does everything while the folder cannot be read.
    pub(super) fn refresh(&mut self) -> bool {
        let found = match list(&self.folder) {
            Ok(found) => found,
            Err(error) => {
                let trouble = Some(format!("the folder cannot be read: {error}"));
                let new = trouble != self.trouble;
                self.trouble = trouble;
                return new;
            }
        };
        let mut moved = self.trouble.take().is_some();
        let before = self.files.len();
        self.files.retain(|name, _| found.contains_key(name));
        moved |= self.files.len() != before;
        for (name, stamp) in found {
            if self.files.get(&name).is_some_and(|f| f.stamp == stamp) {
                continue;
            }
            moved = true;
            let read = read(&self.folder.join(&name), &name);
            let empty = File { stamp, profile: None, problems: Vec::new() };
            let file = self.files.entry(name.clone()).or_insert(empty);
            file.stamp = stamp;
            match read {
                Ok(profile) => (file.profile, file.problems) = (Some(profile), Vec::new()),
                Err(problems) => {
                    let told = problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
                    tracing::error!(
                        file = name,
                        problems = told,
                        "a registry's file is refused; its last content stays"
                    );
                    file.problems = problems;
                }
            }
        }
        moved
    }

    /// Returns the profiles that are in order.
    pub(super) fn profiles(&self) -> impl Iterator<Item = &Profile> {
        self.files.values().filter_map(|f| f.profile.as_ref())
    }

    /// Returns what is wrong, by file.
    pub(super) fn problems(&self) -> BTreeMap<String, Vec<ProfileProblem>> {
        let wrong = self.files.iter().filter(|(_, f)| !f.problems.is_empty());
        let mut all: BTreeMap<_, _> = wrong.map(|(name, f)| (name.clone(), f.problems.clone())).collect();
        if let Some(trouble) = &self.trouble {
            all.insert(".".to_owned(), vec![problem("folder", trouble, "let `sealane` read it")]);
        }
        all
    }
}

fn problem(at: &str, text: &str, help: &str) -> ProfileProblem {
    ProfileProblem { at: at.to_owned(), text: text.to_owned(), help: help.to_owned() }
}

fn read(path: &Path, name: &str) -> Result<Profile, Vec<ProfileProblem>> {
    let text = std::fs::read_to_string(path)
        .map_err(|e| vec![problem("file", &format!("cannot be read: {e}"), "let `sealane` read it")])?;
    let profile = read_profile(&text)?;
    if Some(profile.id.0.as_str()) == name.strip_suffix(".toml") {
        return Ok(profile);
    }
    let text = format!("is `{}` and the file is `{name}`", profile.id);
    Err(vec![problem("id", &text, "name the file after the registry")])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_with_a_fault_keeps_its_last_good_content() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
        let mut files = Files::new(folder.path().to_owned());
        assert!(!files.refresh());
        write("rcep-smart.toml", "extends = \"rcep-smart\"\n");
        assert!(files.refresh() && files.problems().is_empty());
        write("rcep-smart.toml", "extends = \"rcep-smart\"\nconnected = \"perhaps\"\n");
        assert!(files.refresh() && !files.refresh());
        assert!(
            files.problems()["rcep-smart.toml"][0].text.contains("expected a boolean"),
            "{:?}",
            files.problems()
        );
        assert_eq!(files.profiles().count(), 1, "the last good content stays");
        write("other.toml", "extends = \"rcep-v2\"\n");
        assert!(files.refresh());
        assert!(files.problems()["other.toml"][0].text.contains("rcep-v2"));
    }
}
