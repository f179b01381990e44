//! The partners' profiles: one file each in `DATA/partners/`, read again when they change.

use super::folder::{Changed, Filed, TomlFolder, list};
use anyhow::{Context as _, Result};
use sealane_data::node::NodeId;
use sealane_data::operate::ProfileProblem;
use sealane_data::partner::{Partner, PartyId};
use sealane_data::places::Places;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The profiles that hold.
#[derive(Clone)]
pub(crate) struct Profiles {
    files: TomlFolder<Partner>,
    others: Vec<Partner>,
}

impl Filed for Partner {
    const FOLDER: &'static str = "partners/";
    const NOUN: &'static str = "party";

    fn id(&self) -> &str {
        &self.id.0
    }

    fn problems(&self, places: &Places) -> Vec<String> {
        Partner::problems(self, places)
    }

    /// The operator's file adds layouts and codes to its profile; it vouches for its feed all the same.
    fn completed(self) -> Self {
        if !self.id.is_operator() || !self.authority.is_empty() {
            return self;
        }
        Partner { authority: Partner::operator().authority, ..self }
    }
}

impl Profiles {
    /// Returns the profiles of a folder, which need not exist, beside others.
    pub(crate) fn new(folder: PathBuf, others: Vec<Partner>) -> Self {
        Self { files: TomlFolder::new(folder), others }
    }

    /// Reads what has changed, as [`TomlFolder::refresh`].
    pub(crate) fn refresh(&mut self, places: &Places) -> (bool, Vec<Changed<Partner>>) {
        self.files.refresh(places)
    }

    /// Returns the profiles that hold, one for each party.
    pub(crate) fn partners(&self) -> Vec<Partner> {
        let mut seen = BTreeSet::new();
        self.files.held().chain(&self.others).filter(|p| seen.insert(p.id.clone())).cloned().collect()
    }

    /// Returns the files that are not in use as they are.
    pub(crate) fn problems(&self) -> Vec<ProfileProblem> {
        self.files.problems()
    }
}

/// Looks at the files of a folder from outside: how many hold, and what is wrong with the others.
pub(crate) fn partner_files(folder: &Path) -> (usize, Vec<ProfileProblem>) {
    let mut profiles = Profiles::new(folder.to_owned(), Vec::new());
    profiles.refresh(&Places::embedded());
    (profiles.partners().len(), profiles.problems())
}

/// Writes an alias into a partner's file, which keeps its comments and order; makes the file if the
/// party has none.
pub(crate) fn write_alias(folder: &Path, party: &PartyId, alias: &str, node: &NodeId) -> Result<()> {
    let path = file_of(folder, party)?.unwrap_or_else(|| folder.join(format!("{party}.toml")));
    let text = if path.exists() { std::fs::read_to_string(&path)? } else { format!("id = \"{party}\"\n") };
    let mut document: toml_edit::DocumentMut = text.parse().context("the partner's file is no TOML")?;
    let aliases = document.entry("aliases").or_insert(toml_edit::table());
    let aliases = aliases.as_table_like_mut().context("`aliases` is no table")?;
    aliases.insert(alias, toml_edit::value(node.0.as_str()));
    crate::files::make_private(folder)?;
    crate::files::write_private(&path, document.to_string().as_bytes())?;
    Ok(())
}

/// Appends `[[sheet]]` tables to a partner's file; makes the file if the party has none. A file that
/// would not be in order with them stays as it is.
pub(crate) fn write_sheets(folder: &Path, party: &PartyId, tables: &str, places: &Places) -> Result<()> {
    let path = file_of(folder, party)?.unwrap_or_else(|| folder.join(format!("{party}.toml")));
    let text = if path.exists() { std::fs::read_to_string(&path)? } else { format!("id = \"{party}\"\n") };
    let text = format!("{}\n\n{tables}", text.trim_end());
    let partner: Partner = toml::from_str(&text).context("the partner's file would not be valid")?;
    let problems = partner.problems(places);
    anyhow::ensure!(problems.is_empty(), "{}", problems.join("; "));
    crate::files::make_private(folder)?;
    crate::files::write_private(&path, text.as_bytes())?;
    Ok(())
}

/// Returns the file that holds a party's profile, whatever its name.
fn file_of(folder: &Path, party: &PartyId) -> Result<Option<PathBuf>> {
    for name in list(folder)?.into_keys() {
        let path = folder.join(name);
        let table: toml::Table = std::fs::read_to_string(&path)?.parse().unwrap_or_default();
        if table.get("id").and_then(toml::Value::as_str) == Some(&party.0) {
            return Ok(Some(path));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use sealane_data::partner::Mode;

    #[test]
    fn a_bad_file_is_refused_and_the_last_good_one_stays() {
        let home = tempfile::tempdir().unwrap();
        let (folder, places) = (home.path().to_owned(), Places::embedded());
        let mut profiles = Profiles::new(folder.clone(), Vec::new());
        assert!(!profiles.refresh(&places).0);
        std::fs::write(folder.join("a.toml"), "id = \"cmit\"\nname = \"one\"").unwrap();
        assert_eq!(profiles.refresh(&places).1.len(), 1);
        std::fs::write(folder.join("a.toml"), "id = \"cmit\"\nzone = \"Mars/Olympus\"").unwrap();
        std::fs::write(folder.join("b.toml"), "id = \"cmit\"").unwrap();
        std::fs::write(folder.join("c.toml"), "id = \"Not Proper\"").unwrap();
        let (moved, changed) = profiles.refresh(&places);
        assert!(moved && changed.is_empty(), "{changed:?}");
        assert_eq!(profiles.partners().iter().map(|p| p.name.as_str()).collect::<Vec<_>>(), ["one"]);
        let problems = profiles.problems();
        assert_eq!(
            problems.iter().map(|p| p.file.as_str()).collect::<Vec<_>>(),
            ["a.toml", "b.toml", "c.toml"]
        );
        assert!(problems[0].problem.contains("Mars/Olympus") && problems[1].problem.contains("already"));
        assert!(!profiles.refresh(&places).0, "nothing moved since");
    }

    #[test]
    fn a_folder_that_cannot_be_read_changes_nothing_and_a_renamed_file_goes_on() {
        let home = tempfile::tempdir().unwrap();
        let (folder, places) = (home.path().join("partners"), Places::embedded());
        let mut profiles = Profiles::new(folder.clone(), Vec::new());
        assert!(!profiles.refresh(&places).0, "no folder is no profile, and nothing wrong");
        std::fs::create_dir(&folder).unwrap();
        std::fs::write(folder.join("a.toml"), "id = \"acme\"\nmode = \"held\"").unwrap();
        assert!(profiles.refresh(&places).0);
        let held = |profiles: &Profiles| profiles.partners().iter().map(|p| p.mode).collect::<Vec<_>>();

        let aside = home.path().join("aside");
        std::fs::rename(&folder, &aside).unwrap();
        std::os::unix::fs::symlink(&folder, &folder).unwrap();
        assert!(profiles.refresh(&places).0, "that is news");
        assert_eq!(held(&profiles), [Mode::Held]);
        assert!(profiles.problems()[0].problem.contains("cannot be read"), "{:?}", profiles.problems());
        assert!(!profiles.refresh(&places).0, "told once");
        std::fs::remove_file(&folder).unwrap();
        std::fs::rename(&aside, &folder).unwrap();
        assert!(profiles.refresh(&places).0 && profiles.problems().is_empty());

        // Renamed by hand: a copy, then the old one goes.
        std::fs::copy(folder.join("a.toml"), folder.join("b.toml")).unwrap();
        profiles.refresh(&places);
        assert!(profiles.problems()[0].problem.contains("already"));
        std::fs::remove_file(folder.join("a.toml")).unwrap();
        profiles.refresh(&places);
        assert_eq!((held(&profiles), profiles.problems().len()), (vec![Mode::Held], 0));

        // As tools that manage configuration do it.
        std::fs::rename(folder.join("b.toml"), home.path().join("elsewhere")).unwrap();
        std::os::unix::fs::symlink(home.path().join("elsewhere"), folder.join("b.toml")).unwrap();
        profiles.refresh(&places);
        assert_eq!(held(&profiles), [Mode::Held]);
    }

    #[test]
    fn an_alias_is_written_among_comments() {
        let home = tempfile::tempdir().unwrap();
        let text = "# ours\nid = \"cmit\" # the terminal\n\n[aliases]\n\"OLD\" = \"VN-CAIMEP-CMIT\"\n";
        std::fs::write(home.path().join("x.toml"), text).unwrap();
        let node = NodeId("VN-CAIMEP".into());
        write_alias(home.path(), &PartyId("cmit".into()), "NEW CODE", &node).unwrap();
        let text = std::fs::read_to_string(home.path().join("x.toml")).unwrap();
        assert!(text.starts_with("# ours\nid = \"cmit\" # the terminal"), "{text}");
        assert_eq!(toml::from_str::<Partner>(&text).unwrap().aliases.len(), 2);
        write_alias(home.path(), &PartyId("new".into()), "X", &node).unwrap();
        assert!(home.path().join("new.toml").exists());
    }

    #[test]
    fn layouts_are_appended_once_and_the_operator_vouches_all_the_same() {
        let home = tempfile::tempdir().unwrap();
        let (folder, places) = (home.path().join("partners"), Places::embedded());
        let table = "[[sheet]]\nlayout = \"785adbe461670169\"\n[sheet.columns]\nA = \"container\"\n";
        write_sheets(&folder, &PartyId::operator(), table, &places).unwrap();
        let before = std::fs::read_to_string(folder.join("operator.toml")).unwrap();
        let twice = write_sheets(&folder, &PartyId::operator(), table, &places).unwrap_err();
        assert!(twice.to_string().contains("twice"), "{twice}");
        assert_eq!(std::fs::read_to_string(folder.join("operator.toml")).unwrap(), before);
        let mut profiles = Profiles::new(folder, Vec::new());
        assert_eq!(profiles.refresh(&places).1.len(), 1, "{:?}", profiles.problems());
        let operator = &profiles.partners()[0];
        assert_eq!((operator.sheets.len(), operator.authority.len()), (1, 1));
    }
}
