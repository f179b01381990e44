//! Files stay small enough to read: functions are held to 60 lines by clippy.

use super::{root, sources};

/// Lines of a source file at most, its tests left out.
const CAP: usize = 400;

#[test]
fn files_stay_readable() {
    let mut long = Vec::new();
    for path in sources(&[".rs", ".ts", ".mjs", ".css"]) {
        let text = std::fs::read_to_string(&path).unwrap();
        let code = text.split("\n#[cfg(test)]\nmod tests").next().unwrap_or_default();
        let lines = code.lines().count();
        if lines > CAP {
            long.push(format!("{} has {lines} lines", path.strip_prefix(root()).unwrap().display()));
        }
    }
    assert!(long.is_empty(), "split these by idea, the cap is {CAP}:\n{}", long.join("\n"));
}

#[test]
fn no_module_is_named_util() {
    let vague: Vec<_> = sources(&[".rs", ".ts"])
        .into_iter()
        .filter(|p| {
            p.file_stem()
                .is_some_and(|s| matches!(s.to_str(), Some("util" | "utils" | "helpers" | "misc" | "common")))
        })
        .collect();
    assert!(vague.is_empty(), "name these after what they know: {vague:?}");
}

#[test]
fn nothing_is_left_for_later() {
    // Spelled in halves, so that this file does not find itself.
    let words =
        [["TO", "DO"].concat(), ["FIX", "ME"].concat(), ["XX", "X:"].concat(), ["todo", "!("].concat()];
    for path in sources(&[".rs", ".ts", ".mjs", ".toml"]) {
        let text = std::fs::read_to_string(&path).unwrap();
        for word in &words {
            assert!(
                !text.contains(word.as_str()),
                "{} says `{word}`: do it, or write down the limit in the docs",
                path.display()
            );
        }
    }
}

#[test]
fn unsafe_code_is_nowhere() {
    let key = ["uns", "afe "].concat();
    for path in sources(&[".rs"]) {
        let text = std::fs::read_to_string(&path).unwrap();
        let found = text.lines().find(|l| !l.trim_start().starts_with("//") && l.contains(&key));
        assert!(
            found.is_none(),
            "{}: {found:?} needs a proof, a safe interface and a fuzz target in one file",
            path.display()
        );
    }
}
