//! The archive: a ZIP that is the same for the same files.

use std::collections::BTreeMap;
use std::io::{Cursor, Error, Write as _};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

/// Returns a ZIP archive of some files, sorted by name, with a fixed time and fixed rights.
pub fn archive(files: &BTreeMap<String, Vec<u8>>) -> Result<Vec<u8>, Error> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644);
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        zip.start_file(name.as_str(), options).map_err(Error::other)?;
        zip.write_all(bytes)?;
    }
    Ok(zip.finish().map_err(Error::other)?.into_inner())
}
