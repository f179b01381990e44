//! The registries' profiles in `DATA/registries/`, one file each, named after its registry.

use crate::engine::folder::Filed;
use sealane_data::places::Places;
use sealane_origin::registries::{Profile, ProfileProblem, read_profile};

impl Filed for Profile {
    const FOLDER: &'static str = "registries/";
    const NOUN: &'static str = "registry";
    const NAMED_BY_ID: bool = true;

    fn id(&self) -> &str {
        &self.id.0
    }

    fn parse(text: &str) -> anyhow::Result<Self> {
        let told = |problems: Vec<ProfileProblem>| {
            let all: Vec<String> = problems.iter().map(ProfileProblem::to_string).collect();
            anyhow::anyhow!(all.join("; "))
        };
        read_profile(text).map_err(told)
    }

    /// Everything that can be wrong is told by the reading.
    fn problems(&self, _places: &Places) -> Vec<String> {
        Vec::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::folder::TomlFolder;

    #[test]
    fn a_file_with_a_fault_keeps_its_last_good_content() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
        let places = Places::embedded();
        let mut files: TomlFolder<Profile> = TomlFolder::new(folder.path().to_owned());
        assert!(!files.refresh(&places).0);
        write("rcep-smart.toml", "extends = \"rcep-smart\"\n");
        assert!(files.refresh(&places).0 && files.problems().is_empty());
        write("rcep-smart.toml", "extends = \"rcep-smart\"\nconnected = \"perhaps\"\n");
        assert!(files.refresh(&places).0 && !files.refresh(&places).0);
        assert!(files.problems()[0].problem.contains("expected a boolean"), "{:?}", files.problems());
        assert_eq!(files.held().count(), 1, "the last good content stays");
        write("other.toml", "extends = \"rcep-v2\"\n");
        assert!(files.refresh(&places).0);
        let other = files.problems().into_iter().find(|p| p.file == "other.toml").unwrap();
        assert!(other.problem.contains("rcep-v2"), "{other:?}");
    }
}
