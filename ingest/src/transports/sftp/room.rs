//! What a partner sees: `in/`, `done/`, `failed/` and `out/`, with plain files in them and nothing else.
//!
//! Paths are made of names here and never handed to the file system as they came: a path is a folder of
//! these four and at most one proper name in it, so that no path leads elsewhere. Links are not followed.

use super::super::folder::FOLDERS;
use super::super::line::{Home, private};
use rustix::fs::OFlags;
use sealane_data::feed::Sftp;
use std::fs::{File, Metadata};
use std::io;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The longest name in bytes: what is put away gets an instant before it and an ending behind it.
const LONGEST_NAME: usize = 180;
/// The files that may wait in `in/`.
const MOST_FILES: u64 = 10_000;
/// Files of one name that may wait beside each other.
const MOST_ALIKE: u32 = 9999;
/// How the names of unfinished uploads begin: no partner can say them, and no folder takes them.
const HIDDEN: &str = ".upload-";

/// A folder that a partner sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// What it brings.
    In,
    /// What was taken.
    Done,
    /// What could not be used, and why.
    Failed,
    /// Answers to it.
    Out,
}

impl Place {
    /// All of them.
    pub(super) const ALL: [Self; 4] = [Self::In, Self::Done, Self::Failed, Self::Out];

    /// Returns its name.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::In => "in",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Out => "out",
        }
    }
}

/// What a path means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Spot {
    /// The root.
    Root,
    /// A folder.
    Folder(Place),
    /// A file that may be in a folder.
    File(Place, String),
}

impl Spot {
    /// Reads a path; nothing for what cannot be there.
    pub(super) fn read(path: &str) -> Option<Self> {
        let mut parts: Vec<&str> = Vec::new();
        for part in path.split('/') {
            match part {
                "" | "." => {}
                // There are no links: what stands before it is all that it leads back from.
                ".." => drop(parts.pop()),
                other => parts.push(other),
            }
        }
        let place = |name: &str| Place::ALL.into_iter().find(|p| p.name() == name);
        match parts[..] {
            [] => Some(Self::Root),
            [folder] => place(folder).map(Self::Folder),
            [folder, name] => Some(Self::File(place(folder)?, is_proper(name).then(|| name.to_owned())?)),
            _ => None,
        }
    }

    /// Returns the path as the partner sees it.
    pub(super) fn shown(&self) -> String {
        match self {
            Self::Root => "/".to_owned(),
            Self::Folder(place) => format!("/{}", place.name()),
            Self::File(place, name) => format!("/{}/{name}", place.name()),
        }
    }
}

/// Returns whether a file may have a name: not hidden, not too long, and nothing that shows as something else.
fn is_proper(name: &str) -> bool {
    let odd = |c: char| {
        c.is_control()
            || matches!(c, '/' | '\\' | '\u{AD}' | '\u{61C}' | '\u{FEFF}' | '\u{200B}'..='\u{200F}')
            || matches!(c, '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FFF9}'..='\u{FFFD}')
            || matches!(c, '\u{E000}'..='\u{F8FF}' | '\u{E0000}'..='\u{E0FFF}')
    };
    !name.is_empty()
        && name.len() <= LONGEST_NAME
        && !name.starts_with('.')
        && name.trim() == name
        && !name.contains(odd)
}

/// What waits in `in/` or is on its way there.
#[derive(Default)]
struct Waiting {
    files: u64,
    bytes: u64,
    coming: u64,
}

/// A partner's room.
pub(super) struct Room {
    root: PathBuf,
    out: PathBuf,
    waiting: Mutex<Waiting>,
    max_file: u64,
    max_waiting: u64,
}

impl Room {
    /// Opens a partner's room; what an earlier process left unfinished goes.
    pub(super) fn open(home: &Home, sftp: &Sftp) -> io::Result<Self> {
        let root = sftp.folder.path.clone().unwrap_or_else(|| home.own.clone());
        FOLDERS.iter().try_for_each(|name| private(&root.join(name)))?;
        private(&home.out)?;
        for entry in std::fs::read_dir(root.join("in"))? {
            let entry = entry?;
            if entry.file_name().to_string_lossy().starts_with(HIDDEN) {
                std::fs::remove_file(entry.path())?;
            }
        }
        let (max_file, max_waiting) = (sftp.max_file, sftp.max_waiting);
        Ok(Self { root, out: home.out.clone(), waiting: Mutex::default(), max_file, max_waiting })
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn folder(&self, place: Place) -> PathBuf {
        match place {
            // Not by the link beside the others: it could be made to lead elsewhere.
            Place::Out => self.out.clone(),
            _ => self.root.join(place.name()),
        }
    }

    fn path(&self, place: Place, name: &str) -> PathBuf {
        self.folder(place).join(name)
    }

    /// Returns what a file is; an error for links and whatever else is no file.
    pub(super) fn look(&self, place: Place, name: &str) -> io::Result<Metadata> {
        let meta = std::fs::symlink_metadata(self.path(place, name))?;
        if meta.is_file() { Ok(meta) } else { Err(io::ErrorKind::NotFound.into()) }
    }

    /// Opens a file to read it.
    pub(super) fn read(&self, place: Place, name: &str) -> io::Result<File> {
        // What is no file must not make us wait, as a pipe would.
        let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK).bits().cast_signed();
        self.look(place, name)?;
        let file = File::options().read(true).custom_flags(flags).open(self.path(place, name))?;
        if file.metadata()?.is_file() { Ok(file) } else { Err(io::ErrorKind::NotFound.into()) }
    }

    /// Begins to list a folder.
    pub(super) fn list(&self, place: Place) -> io::Result<Listing> {
        std::fs::read_dir(self.folder(place)).map(Listing)
    }

    /// Takes a file away.
    pub(super) fn remove(&self, place: Place, name: &str) -> io::Result<()> {
        self.look(place, name)?;
        std::fs::remove_file(self.path(place, name))
    }

    /// Gives a file of `in/` another name; it returns the name that it got.
    pub(super) fn rename(&self, from: &str, to: &str) -> io::Result<String> {
        self.look(Place::In, from)?;
        if from == to {
            return Ok(to.to_owned());
        }
        self.name(&self.path(Place::In, from), to)
    }

    /// Creates a hidden file for an upload.
    pub(super) fn begin(&self) -> io::Result<(PathBuf, File)> {
        {
            let mut waiting = self.waiting();
            self.count(&mut waiting)?;
            if waiting.files >= MOST_FILES {
                return Err(full(format!("{MOST_FILES} files wait already")));
            }
        }
        let mut random = [0_u8; 8];
        getrandom::fill(&mut random).map_err(io::Error::other)?;
        let path = self.path(Place::In, &format!("{HIDDEN}{:016x}", u64::from_be_bytes(random)));
        let file = File::options().write(true).create_new(true).mode(0o600).open(&path)?;
        Ok((path, file))
    }

    /// Counts what lies in `in/`: files are taken from it all the time.
    fn count(&self, waiting: &mut Waiting) -> io::Result<()> {
        (waiting.files, waiting.bytes) = (0, 0);
        for entry in std::fs::read_dir(self.folder(Place::In))? {
            let entry = entry?;
            if !entry.file_name().to_string_lossy().starts_with(HIDDEN) {
                waiting.files += 1;
                // One that was taken just now has no length.
                waiting.bytes += entry.metadata().map_or(0, |m| m.len());
            }
        }
        Ok(())
    }

    /// Makes room for an upload that grows from one length to another.
    pub(super) fn grow(&self, from: u64, to: u64) -> io::Result<()> {
        if to > self.max_file {
            return Err(full(format!("a file has at most {} bytes", self.max_file)));
        }
        let mut waiting = self.waiting();
        let more = to.saturating_sub(from);
        if waiting.bytes + waiting.coming + more > self.max_waiting {
            self.count(&mut waiting)?;
        }
        if waiting.bytes + waiting.coming + more > self.max_waiting {
            return Err(full(format!(
                "at most {} bytes may wait; come back when some were taken",
                self.max_waiting
            )));
        }
        waiting.coming += more;
        Ok(())
    }

    /// Forgets an upload of a length, which has its name now or is gone.
    pub(super) fn ended(&self, length: u64, named: bool) {
        let mut waiting = self.waiting();
        waiting.coming = waiting.coming.saturating_sub(length);
        if named {
            waiting.files += 1;
            waiting.bytes += length;
        }
    }

    /// Gives a file its name in `in/`, safe on the disk. One that waits there already is never replaced:
    /// the new one gets a number and is taken after it. Returns the name that it got.
    pub(super) fn name(&self, file: &Path, name: &str) -> io::Result<String> {
        for n in 0..=MOST_ALIKE {
            let free = if n == 0 { name.to_owned() } else { numbered(name, n) };
            match std::fs::hard_link(file, self.path(Place::In, &free)) {
                Ok(()) => {
                    std::fs::remove_file(file)?;
                    File::open(self.folder(Place::In))?.sync_all()?;
                    return Ok(free);
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
        Err(full(format!("{MOST_ALIKE} files of that name wait already")))
    }
}

fn full(why: String) -> io::Error {
    io::Error::new(io::ErrorKind::QuotaExceeded, why)
}

/// Puts a number before the ending of a name, so that it sorts behind the name itself.
fn numbered(name: &str, n: u32) -> String {
    match name.rsplit_once('.') {
        Some((stem, ending)) => format!("{stem}~{n:04}.{ending}"),
        None => format!("{name}~{n:04}"),
    }
}

/// The files of a folder, as they are asked for.
pub(super) struct Listing(std::fs::ReadDir);

impl Listing {
    /// Returns the next files, at most so many; none at the end.
    pub(super) fn next(&mut self, most: usize) -> io::Result<Vec<(String, Metadata)>> {
        let mut found = Vec::new();
        while found.len() < most {
            let Some(entry) = self.0.next() else { break };
            let entry = entry?;
            let Ok(name) = entry.file_name().into_string() else { continue };
            // One that went meanwhile is not there any more.
            let Ok(meta) = entry.metadata() else { continue };
            if is_proper(&name) && meta.is_file() {
                found.push((name, meta));
            }
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_path_leads_out() {
        let file = |place, name: &str| Some(Spot::File(place, name.to_owned()));
        for (path, spot) in [
            ("", Some(Spot::Root)),
            (".", Some(Spot::Root)),
            ("/../../..", Some(Spot::Root)),
            ("in", Some(Spot::Folder(Place::In))),
            ("//in//./", Some(Spot::Folder(Place::In))),
            ("in/a.edi", file(Place::In, "a.edi")),
            ("in/../done/a.edi", file(Place::Done, "a.edi")),
            ("/in/x/../a.edi", file(Place::In, "a.edi")),
            ("../../../../in/a", file(Place::In, "a")),
            ("/out/ü \u{4e2d}.edi", file(Place::Out, "ü \u{4e2d}.edi")),
        ] {
            assert_eq!(Spot::read(path), spot, "{path}");
        }
        let long = format!("in/{}", "x".repeat(181));
        for path in [
            "/etc/passwd",
            "etc",
            "cursor",
            "waiting",
            "frames",
            "in/a/b",
            "in/.hidden",
            "in/.upload-00",
            "in/a\0b",
            "in/a\nb",
            "in/a\u{202E}idea",
            "in/\u{200B}",
            "in/ a",
            "in/a ",
            "in/a\\..\\b",
            "IN",
            "ın",
            "in/\u{FEFF}a",
            "in\u{2044}a",
            "in/a\u{7f}",
            "in/...",
            &long,
        ] {
            assert_eq!(Spot::read(path), None, "{path:?}");
        }
        assert_eq!(Spot::read("in/..").unwrap().shown(), "/");
        assert_eq!(Spot::read("in/./a").unwrap().shown(), "/in/a");
    }

    #[test]
    fn files_of_one_name_are_taken_in_the_order_they_came() {
        let mut names: Vec<String> = (1..12).map(|n| numbered("a.edi", n)).collect();
        names.insert(0, "a.edi".to_owned());
        let order = names.clone();
        names.sort();
        assert_eq!(names[0], "a.edi");
        assert_eq!(names, order);
        assert_eq!(numbered("a", 7), "a~0007");
    }
}
