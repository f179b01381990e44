//! A watched folder.

use super::taken::{Fault, Run, Taken};
use std::path::Path;

const FEED: &str = "[transport]\nkind = \"folder\"\nsettle = \"0s\"";

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten();
    let mut names: Vec<String> = entries.map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[tokio::test(flavor = "multi_thread")]
async fn files_are_taken_when_they_are_whole_and_put_away_with_a_reason() {
    let (home, taken) = (tempfile::tempdir().unwrap(), Taken::new());
    let root = home.path().join("f");
    std::fs::create_dir_all(root.join("in")).unwrap();
    std::fs::write(root.join("in/a.edi"), "good").unwrap();
    std::fs::write(root.join("in/b.edi.part"), "half").unwrap();
    std::fs::write(root.join("in/.hidden"), "no").unwrap();
    std::os::unix::fs::symlink("/etc/hostname", root.join("in/link.edi")).unwrap();
    let run = Run::start(home.path(), &taken, FEED);
    taken.until(|l| l == ["good"]).await;
    assert_eq!(taken.sources()[0].name, "f/a.edi");
    run.until(|_| names(&root.join("done")) == ["a.edi"]).await;
    taken.faults.lock().unwrap().push_back(Fault::Wrong);
    std::fs::rename(root.join("in/b.edi.part"), root.join("in/b.edi")).unwrap();
    run.until(|_| names(&root.join("failed")) == ["b.edi", "b.edi.why.txt"]).await;
    let why = std::fs::read_to_string(root.join("failed/b.edi.why.txt")).unwrap();
    assert!(why.contains("it says nothing"), "{why}");
    // The same name again does not replace what is there.
    std::fs::write(root.join("in/a.edi"), "again").unwrap();
    run.until(|_| names(&root.join("done")).len() == 2).await;
    assert_eq!(names(&root.join("in")), [".hidden", "link.edi"]);
    assert!(root.join("out").is_dir(), "answers are shown beside the files");
    run.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_was_stored_before_a_crash_is_put_away_after_it() {
    let (home, taken) = (tempfile::tempdir().unwrap(), Taken::new());
    let root = home.path().join("f");
    std::fs::create_dir_all(root.join("in")).unwrap();
    // As a crash between storing and moving leaves it; the log answers the same bytes as a repeat.
    std::fs::write(root.join("in/a.edi"), "good").unwrap();
    taken.faults.lock().unwrap().push_back(Fault::Disk);
    let run = Run::start(home.path(), &taken, FEED);
    run.until(|_| names(&root.join("done")) == ["a.edi"]).await;
    assert_eq!(taken.lines(), ["good"]);
    run.stop().await;
}
