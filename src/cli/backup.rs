//! `sealane backup`: everything that cannot be made again, as it is at one moment.

use super::manifest::{self, FORMAT, Half, Manifest};
use super::{DataDir, print};
use anyhow::{Context as _, Result, ensure};
use sealane_log::SqliteLog;
use std::fs::{File, OpenOptions};
use std::io::{BufWriter, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

/// Arguments of `backup`.
#[derive(Debug, clap::Args)]
pub(crate) struct Backup {
    #[command(flatten)]
    data: DataDir,
    /// A new folder, or a file that ends in `.tar.zst`.
    #[arg(long, value_name = "DIR|FILE.tar.zst")]
    to: PathBuf,
    /// Prints one JSON object.
    #[arg(long)]
    json: bool,
}

/// The level of compression: most of a backup is compressed already.
const LEVEL: i32 = 3;

impl Backup {
    /// Runs the command. It needs nothing of a running `serve` and does not hold it up.
    pub(crate) fn run(self) -> Result<()> {
        let data = &self.data.path;
        ensure!(data.join(SqliteLog::FILE).exists(), "there is no log in `{}`", data.display());
        ensure!(!lies_in(&self.to, data)?, "a backup cannot lie in the data directory itself");
        let made = if manifest::is_archive(&self.to) { self.archive()? } else { self.folder(&self.to)? };
        if self.json {
            let answer = serde_json::json!({
                "to": self.to, "seq": made.seq, "files": made.files.len(), "bytes": made.bytes(),
                "began": made.began,
            });
            print::line(answer);
        } else {
            let (files, bytes, to) = (made.files.len(), made.bytes(), self.to.display());
            print::line(format!("{files} files, {bytes} bytes, log up to {}: `{to}`", made.seq));
            print::note("it holds raw bytes and secrets: keep it as safe as the data directory");
        }
        Ok(())
    }

    /// Fills a new folder; one that is left unfinished has no manifest.
    fn folder(&self, to: &Path) -> Result<Manifest> {
        let there = to.exists();
        ensure!(!there || manifest::is_empty(to)?, "`{}` is not empty", to.display());
        crate::files::make_private(to).with_context(|| format!("cannot make `{}`", to.display()))?;
        std::fs::set_permissions(to, std::os::unix::fs::PermissionsExt::from_mode(0o700))?;
        let half = Half((!there).then(|| to.to_owned()));
        let made = self.fill(to)?;
        half.keep();
        Ok(made)
    }

    fn fill(&self, to: &Path) -> Result<Manifest> {
        let data = &self.data.path;
        let began = jiff::Timestamp::now();
        let log = data.join(SqliteLog::FILE);
        let log_bytes = std::fs::metadata(&log)?.len();
        let listed = manifest::list(data)?;
        let others = listed.iter().filter_map(|p| std::fs::metadata(data.join(p)).ok()).map(|m| m.len());
        let bar = manifest::bar(others.sum::<u64>() + log_bytes);
        let mut files = Vec::with_capacity(listed.len() + 1);
        for path in listed {
            bar.set_message(path.clone());
            match File::open(data.join(&path)) {
                Ok(from) => files.push(manifest::put(from, to, &path, &mut |n| bar.inc(n))?),
                // A lake removes partitions that have become empty.
                Err(e) if e.kind() == std::io::ErrorKind::NotFound => {}
                Err(e) => return Err(e).with_context(|| format!("cannot read `{path}`")),
            }
        }
        bar.set_message("log");
        let before = bar.position();
        let copied = sealane_log::copy(data, &to.join(SqliteLog::FILE), &mut |done, all| {
            bar.set_position(before + log_bytes * done / all.max(1));
        })?;
        files.push(manifest::describe(to, SqliteLog::FILE)?);
        files.sort_by(|a, b| a.path.cmp(&b.path));
        let program = env!("CARGO_PKG_VERSION").to_owned();
        let made = Manifest { format: FORMAT, program, schema: copied.schema, seq: copied.seq, began, files };
        manifest::put(&serde_json::to_vec_pretty(&made)?[..], to, manifest::FILE, &mut |_| {})?;
        manifest::sync_folder(to)?;
        bar.finish_and_clear();
        Ok(made)
    }

    /// Makes an archive of a folder beside it, which goes away again.
    fn archive(&self) -> Result<Manifest> {
        ensure!(!self.to.exists(), "`{}` is there already", self.to.display());
        let name = self.to.file_name().unwrap_or_default().to_string_lossy();
        let beside = |ending: &str| self.to.with_file_name(format!(".{name}.{ending}"));
        let (folder, half_done) = (beside("folder"), beside("half"));
        let _folder = Half(Some(folder.clone()));
        let made = self.folder(&folder)?;
        let file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&half_done)?;
        let packed = pack(&folder, &made, file).and_then(|()| Ok(std::fs::rename(&half_done, &self.to)?));
        if packed.is_err() {
            let _ = std::fs::remove_file(&half_done);
        }
        packed.with_context(|| format!("cannot write `{}`", self.to.display()))?;
        manifest::sync_folder(self.to.parent().unwrap_or(Path::new(".")))?;
        Ok(made)
    }
}

/// Writes a folder as an archive, the manifest first.
fn pack(folder: &Path, made: &Manifest, file: File) -> Result<()> {
    let mut zstd = zstd::Encoder::new(BufWriter::new(file), LEVEL)?;
    zstd.include_checksum(true)?;
    let mut tar = tar::Builder::new(zstd);
    let bar = manifest::bar(made.bytes());
    for path in std::iter::once(manifest::FILE).chain(made.files.iter().map(|f| f.path.as_str())) {
        bar.set_message(path.to_owned());
        let mut from = File::open(folder.join(path))?;
        let mut header = tar::Header::new_gnu();
        header.set_size(from.metadata()?.len());
        header.set_mode(0o600);
        header.set_mtime(u64::try_from(made.began.as_second()).unwrap_or(0));
        tar.append_data(&mut header, path, bar.wrap_read(&mut from))?;
    }
    let mut out = tar.into_inner()?.finish()?;
    out.flush()?;
    out.get_ref().sync_all()?;
    bar.finish_and_clear();
    Ok(())
}

/// Whether a path that need not exist lies in a folder that does.
fn lies_in(path: &Path, folder: &Path) -> Result<bool> {
    let folder = folder.canonicalize()?;
    let path = std::path::absolute(path)?;
    let there = path.ancestors().find_map(|a| a.canonicalize().ok());
    Ok(there.is_some_and(|there| there.starts_with(&folder)))
}
