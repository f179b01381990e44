//! The partners' profiles: one file each in `DATA/partners/`, read again when they change.

use anyhow::{Context as _, Result};
use sealane_data::node::NodeId;
use sealane_data::operate::ProfileProblem;
use sealane_data::partner::{Partner, PartyId};
use sealane_data::places::Places;
use std::collections::{BTreeMap, BTreeSet};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

/// One file of the folder.
#[derive(Clone)]
struct ProfileFile {
    stamp: Stamp,
    /// The last content that was in order.
    partner: Option<Partner>,
    problem: Option<String>,
}

/// What changes when a file does: its inode, length and time.
pub(crate) type Stamp = (u64, u64, i64, i64);

/// The folder of profiles.
#[derive(Clone)]
pub(crate) struct Profiles {
    folder: PathBuf,
    files: BTreeMap<String, ProfileFile>,
    others: Vec<Partner>,
    /// Why the folder cannot be read.
    trouble: Option<String>,
}

impl ProfileFile {
    /// Says that a file has gone, with the profile it held.
    fn gone(&self, name: &str) -> bool {
        let party = self.partner.as_ref().map_or("", |p| p.id.0.as_str());
        tracing::warn!(file = name, party, "a partner file was removed; its profile no longer holds");
        false
    }
}

/// A file whose new content is in order.
#[derive(Clone, Debug)]
pub(crate) struct Changed {
    pub(crate) file: String,
    pub(crate) text: String,
    pub(crate) partner: Partner,
}

impl Profiles {
    /// Returns the profiles of a folder, which need not exist, beside others.
    pub(crate) fn new(folder: PathBuf, others: Vec<Partner>) -> Self {
        Self { folder, files: BTreeMap::new(), others, trouble: None }
    }

    /// Reads what has changed. A file with a fault is refused and its last good content stays; so does
    /// everything while the folder cannot be read. Returns whether anything changed, and the files that
    /// now hold something new.
    pub(crate) fn refresh(&mut self, places: &Places) -> (bool, Vec<Changed>) {
        let found = match list(&self.folder) {
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
            let again = |f: &ProfileFile| fewer && f.problem.is_some();
            if self.files.get(&name).is_some_and(|f| f.stamp == stamp && !again(f)) {
                continue;
            }
            moved = true;
            let read = self.read(&name, places);
            let file =
                self.files.entry(name.clone()).or_insert(ProfileFile { stamp, partner: None, problem: None });
            file.stamp = stamp;
            match read {
                Ok((text, partner)) => {
                    let new = file.partner.as_ref() != Some(&partner);
                    (file.partner, file.problem) = (Some(partner.clone()), None);
                    changed.extend(new.then_some(Changed { file: name, text, partner }));
                }
                Err(error) => {
                    let problem = format!("{error:#}");
                    tracing::error!(
                        file = name,
                        problem,
                        "a partner file is refused; its last content stays"
                    );
                    file.problem = Some(problem);
                }
            }
        }
        (moved, changed)
    }

    fn read(&self, name: &str, places: &Places) -> Result<(String, Partner)> {
        let text = std::fs::read_to_string(self.folder.join(name)).context("it cannot be read")?;
        let partner: Partner = toml::from_str(&text).context("it is not valid")?;
        let problems = partner.problems(places);
        anyhow::ensure!(problems.is_empty(), "{}", problems.join("; "));
        let twin = self
            .files
            .iter()
            .find(|(n, f)| *n != name && f.partner.as_ref().is_some_and(|p| p.id == partner.id));
        anyhow::ensure!(twin.is_none(), "party `{}` has a file already", partner.id);
        Ok((text, vouching(partner)))
    }

    /// Returns the profiles that hold, one for each party.
    pub(crate) fn partners(&self) -> Vec<Partner> {
        let filed = self.files.values().filter_map(|f| f.partner.clone());
        let mut seen = BTreeSet::new();
        filed.chain(self.others.iter().cloned()).filter(|p| seen.insert(p.id.clone())).collect()
    }

    /// Returns the files that are not in use as they are.
    pub(crate) fn problems(&self) -> Vec<ProfileProblem> {
        let of = |(file, f): (&String, &ProfileFile)| {
            Some(ProfileProblem { file: file.clone(), problem: f.problem.clone()? })
        };
        let folder = self.trouble.iter();
        let folder = folder.map(|t| ProfileProblem { file: "partners/".to_owned(), problem: t.clone() });
        folder.chain(self.files.iter().filter_map(of)).collect()
    }

    /// Notes whether the folder can be read; returns whether that is new.
    fn unreadable(&mut self, error: Option<&std::io::Error>) -> bool {
        let trouble = error.map(|e| format!("the folder cannot be read: {e}"));
        let new = trouble != self.trouble;
        if let Some(trouble) = trouble.as_ref().filter(|_| new) {
            tracing::error!(trouble, "the partners' profiles stay as they were");
        }
        self.trouble = trouble;
        new
    }
}

/// Looks at the files of a folder from outside: how many hold, and what is wrong with the others.
pub(crate) fn partner_files(folder: &Path) -> (usize, Vec<ProfileProblem>) {
    let mut profiles = Profiles::new(folder.to_owned(), Vec::new());
    profiles.refresh(&Places::embedded());
    (profiles.partners().len(), profiles.problems())
}

/// The operator's file adds layouts and codes to its profile; it vouches for its feed all the same.
fn vouching(partner: Partner) -> Partner {
    if !partner.id.is_operator() || !partner.authority.is_empty() {
        return partner;
    }
    Partner { authority: Partner::operator().authority, ..partner }
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
