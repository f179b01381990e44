//! The container of XLS (MS-CFB): one stream is taken out of it and put alone into a new one.
//!
//! The reader of XLS follows loops in its container and believes its counts. It gets a container that
//! the `cfb` crate wrote, around a stream that `cfb` found and [`super::biff`] has measured.

use cfb::{CompoundFile, Version};
use std::io::{Cursor, Read as _, Result, Write as _};

/// First bytes of every compound file.
const MAGIC: &[u8] = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";

/// Names of the stream that holds a workbook.
const WORKBOOK: [&str; 2] = ["/Workbook", "/Book"];

/// The stream that says that everything is encrypted (an XLSX with a password is a compound file).
const ENCRYPTED: &str = "/EncryptedPackage";

fn open(bytes: &[u8]) -> Option<CompoundFile<Cursor<&[u8]>>> {
    bytes.starts_with(MAGIC).then(|| CompoundFile::open(Cursor::new(bytes)).ok()).flatten()
}

/// Returns whether a compound file holds a workbook, or one under a password.
pub(super) fn is_workbook(bytes: &[u8]) -> bool {
    open(bytes).is_some_and(|file| WORKBOOK.iter().chain([&ENCRYPTED]).any(|name| file.is_stream(name)))
}

/// Returns whether the whole workbook is encrypted.
pub(super) fn is_locked(bytes: &[u8]) -> bool {
    open(bytes).is_some_and(|file| file.is_stream(ENCRYPTED))
}

/// Returns the stream of the workbook, which cannot be longer than its file.
pub(super) fn workbook(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut file = open(bytes)?;
    let name = WORKBOOK.into_iter().find(|name| file.is_stream(name))?;
    let mut stream = Vec::new();
    let read = file.open_stream(name).ok()?.take(bytes.len() as u64).read_to_end(&mut stream);
    read.is_ok().then_some(stream)
}

/// Returns a compound file that holds nothing but a workbook.
pub(super) fn alone(stream: &[u8]) -> Result<Vec<u8>> {
    // In version 4 our reader wants a short stream as well.
    let mut file = CompoundFile::create_with_version(Version::V3, Cursor::new(Vec::new()))?;
    file.create_stream(WORKBOOK[0])?.write_all(stream)?;
    file.flush()?;
    Ok(file.into_inner().into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_put_alone_is_found_again() {
        for len in [0, 1, 4095, 4096, 4097, 5_000_000] {
            let stream: Vec<u8> = (0..len).map(|i| u8::try_from(i % 251).unwrap()).collect();
            let file = alone(&stream).unwrap();
            assert!(is_workbook(&file) && !is_locked(&file));
            assert_eq!(workbook(&file).unwrap(), stream);
        }
    }

    #[test]
    fn a_loop_in_the_table_ends() {
        let mut file = alone(&vec![7; 20_000]).unwrap();
        let table = file.len();
        // Every sector is followed by the second one.
        let sector = u32::from_le_bytes(file[76..80].try_into().unwrap()) as usize;
        for at in (0..128).map(|i| 512 * (sector + 1) + 4 * i).filter(|at| at + 4 <= table) {
            file[at..at + 4].copy_from_slice(&1_u32.to_le_bytes());
        }
        assert!(workbook(&file).is_none() && !is_workbook(&file));
    }
}
