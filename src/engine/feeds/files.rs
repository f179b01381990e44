//! The feeds' files in `DATA/feeds/`.

use crate::engine::folder::{Filed, TomlFolder};
use sealane_data::feed::Feed;
use sealane_data::operate::ProfileProblem;
use sealane_data::places::Places;
use std::path::Path;

impl Filed for Feed {
    const FOLDER: &'static str = "feeds/";
    const NOUN: &'static str = "feed";

    fn id(&self) -> &str {
        &self.id.0
    }

    fn problems(&self, places: &Places) -> Vec<String> {
        Feed::problems(self, places)
    }
}

/// Looks at the files of a folder from outside: how many hold, and what is wrong with the others.
pub(crate) fn feed_files(folder: &Path) -> (usize, Vec<ProfileProblem>) {
    let mut files: TomlFolder<Feed> = TomlFolder::new(folder.to_owned());
    files.refresh(&Places::embedded());
    (files.held().count(), files.problems())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bad_file_is_refused_and_the_last_good_content_stays() {
        let home = tempfile::tempdir().unwrap();
        let (folder, places) = (home.path().to_owned(), Places::embedded());
        let mut files: TomlFolder<Feed> = TomlFolder::new(folder.clone());
        assert!(!files.refresh(&places).0);
        let good = "id = \"a\"\nparty = \"cmit\"\n[transport]\nkind = \"push\"\n";
        std::fs::write(folder.join("a.toml"), good).unwrap();
        assert!(files.refresh(&places).0 && files.held().count() == 1);
        std::fs::write(folder.join("a.toml"), good.replace("push", "pigeon")).unwrap();
        std::fs::write(folder.join("b.toml"), good).unwrap();
        assert!(files.refresh(&places).0);
        assert_eq!(files.held().count(), 1);
        let problems = files.problems();
        assert!(problems[0].problem.contains("pigeon") || problems[0].problem.contains("not valid"));
        assert!(problems[1].problem.contains("already"), "{problems:?}");
        std::fs::remove_file(folder.join("a.toml")).unwrap();
        assert!(files.refresh(&places).0 && files.problems().is_empty() && files.held().count() == 1);
        assert!(!files.refresh(&places).0, "nothing moved since");
    }
}
