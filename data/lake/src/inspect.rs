//! A look at a lake from outside, for whoever checks it: nothing is opened for writing.

use crate::lake::partition_file;
use crate::{LakeError, state};
use sealane_data::recorded::Seq;
use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::Path;

/// How Parquet files begin and end.
const MAGIC: &[u8; 4] = b"PAR1";

/// What a lake says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Inspected {
    /// The log position up to which it knows what changed.
    pub as_of: Seq,
    /// Its partitions.
    pub partitions: usize,
}

/// Reads the manifest of a lake and looks whether the files it names are there and whole.
///
/// Returns nothing where there is no lake yet.
pub fn inspect(folder: &Path) -> Result<Option<Inspected>, LakeError> {
    let path = folder.join("manifest.json");
    let bytes = match std::fs::read(&path) {
        Ok(bytes) => bytes,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(LakeError::io(&path, e)),
    };
    let Some((as_of, keys)) = state::told(&bytes) else {
        return Err(LakeError::Content(format!("`{}` is not a manifest of this program", path.display())));
    };
    for key in &keys {
        let file = partition_file(folder, key);
        if !is_whole(&file).map_err(|e| LakeError::io(&file, e))? {
            return Err(LakeError::Content(format!("`{}` is cut or no Parquet", file.display())));
        }
    }
    Ok(Some(Inspected { as_of, partitions: keys.len() }))
}

fn is_whole(path: &Path) -> std::io::Result<bool> {
    let mut file = File::open(path)?;
    let (mut head, mut tail) = ([0; 4], [0; 4]);
    if file.metadata()?.len() < 12 {
        return Ok(false);
    }
    file.read_exact(&mut head)?;
    file.seek(SeekFrom::End(-4))?;
    file.read_exact(&mut tail)?;
    Ok(head == *MAGIC && tail == *MAGIC)
}
