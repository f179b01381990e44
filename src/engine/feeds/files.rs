//! The feeds' files in `DATA/feeds/`: read again when they change.

use crate::engine::profiles::{Stamp, list};
use anyhow::{Context as _, Result};
use sealane_data::feed::Feed;
use sealane_data::operate::ProfileProblem;
use sealane_data::places::Places;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

struct FeedFile {
    stamp: Stamp,
    /// The last content that was in order.
    feed: Option<Feed>,
    problem: Option<String>,
}

/// The folder of the feeds' files.
pub(super) struct FeedFiles {
    folder: PathBuf,
    files: BTreeMap<String, FeedFile>,
    trouble: Option<String>,
}

impl FeedFiles {
    /// Returns the feeds of a folder, which need not exist.
    pub(super) fn new(folder: PathBuf) -> Self {
        Self { folder, files: BTreeMap::new(), trouble: None }
    }

    /// Reads what has changed; returns whether anything has. A file with a fault is refused and its last
    /// good content stays; so does everything while the folder cannot be read.
    pub(super) fn refresh(&mut self, places: &Places) -> bool {
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
        let fewer = self.files.len() != before;
        moved |= fewer;
        for (name, stamp) in found {
            // A file that was refused may be in order once another has gone.
            let again = |f: &FeedFile| fewer && f.problem.is_some();
            if self.files.get(&name).is_some_and(|f| f.stamp == stamp && !again(f)) {
                continue;
            }
            moved = true;
            let read = self.read(&name, places);
            let file =
                self.files.entry(name.clone()).or_insert(FeedFile { stamp, feed: None, problem: None });
            file.stamp = stamp;
            match read {
                Ok(feed) => (file.feed, file.problem) = (Some(feed), None),
                Err(error) => {
                    let problem = format!("{error:#}");
                    tracing::error!(file = name, problem, "a feed's file is refused; its last content stays");
                    file.problem = Some(problem);
                }
            }
        }
        moved
    }

    fn read(&self, name: &str, places: &Places) -> Result<Feed> {
        let text = std::fs::read_to_string(self.folder.join(name)).context("it cannot be read")?;
        let feed: Feed = toml::from_str(&text).context("it is not valid")?;
        let problems = feed.problems(places);
        anyhow::ensure!(problems.is_empty(), "{}", problems.join("; "));
        let twin =
            self.files.iter().find(|(n, f)| *n != name && f.feed.as_ref().is_some_and(|t| t.id == feed.id));
        anyhow::ensure!(twin.is_none(), "feed `{}` has a file already", feed.id);
        Ok(feed)
    }

    /// Returns the feeds that are to run.
    pub(super) fn feeds(&self) -> Vec<Feed> {
        self.files.values().filter_map(|f| f.feed.clone()).collect()
    }

    /// Returns the files that are not in use as they are.
    pub(super) fn problems(&self) -> Vec<ProfileProblem> {
        let of = |(file, f): (&String, &FeedFile)| {
            Some(ProfileProblem { file: file.clone(), problem: f.problem.clone()? })
        };
        let folder = self.trouble.iter();
        let folder = folder.map(|t| ProfileProblem { file: "feeds/".to_owned(), problem: t.clone() });
        folder.chain(self.files.iter().filter_map(of)).collect()
    }
}

/// Looks at the files of a folder from outside: how many hold, and what is wrong with the others.
pub(crate) fn feed_files(folder: &Path) -> (usize, Vec<ProfileProblem>) {
    let mut files = FeedFiles::new(folder.to_owned());
    files.refresh(&Places::embedded());
    (files.feeds().len(), files.problems())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bad_file_is_refused_and_the_last_good_content_stays() {
        let home = tempfile::tempdir().unwrap();
        let (folder, places) = (home.path().to_owned(), Places::embedded());
        let mut files = FeedFiles::new(folder.clone());
        assert!(!files.refresh(&places));
        let good = "id = \"a\"\nparty = \"cmit\"\n[transport]\nkind = \"push\"\n";
        std::fs::write(folder.join("a.toml"), good).unwrap();
        assert!(files.refresh(&places) && files.feeds().len() == 1);
        std::fs::write(folder.join("a.toml"), good.replace("push", "pigeon")).unwrap();
        std::fs::write(folder.join("b.toml"), good).unwrap();
        assert!(files.refresh(&places));
        assert_eq!(files.feeds().len(), 1);
        let problems = files.problems();
        assert!(problems[0].problem.contains("pigeon") || problems[0].problem.contains("not valid"));
        assert!(problems[1].problem.contains("already"), "{problems:?}");
        std::fs::remove_file(folder.join("a.toml")).unwrap();
        assert!(files.refresh(&places) && files.problems().is_empty() && files.feeds().len() == 1);
        assert!(!files.refresh(&places), "nothing moved since");
    }
}
