//! The house rules as tests; every failure says how to mend it.

mod imports;
mod sizes;
mod tables;

use std::path::{Path, PathBuf};

/// Returns the repository's root.
pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Returns every tracked-looking source file below the root with one of some endings.
pub(crate) fn sources(endings: &[&str]) -> Vec<PathBuf> {
    let mut files = Vec::new();
    collect(&root(), endings, &mut files);
    files.sort();
    assert!(files.len() > 20, "the walk found only {} files; it looks in the wrong place", files.len());
    files
}

fn collect(dir: &Path, endings: &[&str], files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let skipped = name.starts_with('.') || matches!(name.as_str(), "target" | "node_modules" | "dist");
        if skipped {
            continue;
        }
        if path.is_dir() {
            collect(&path, endings, files);
        } else if endings.iter().any(|e| name.ends_with(e)) {
            files.push(path);
        }
    }
}
