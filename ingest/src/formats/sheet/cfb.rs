//! The container of XLS (MS-CFB): one stream is taken out of it and put alone into a new one.
//!
//! The reader of XLS trusts its container and its counts. It gets a container of ours, around a
//! stream that [`super::biff`] has measured.

/// First bytes of every compound file.
const MAGIC: &[u8] = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";
const END: u32 = 0xFFFF_FFFE;
const FREE: u32 = 0xFFFF_FFFF;
const FAT: u32 = 0xFFFF_FFFD;
/// The smallest sector and header, and the largest.
const SECTOR: usize = 512;
const LARGE: usize = 4096;

/// Names of the stream that holds a workbook, and of the one that says it is encrypted.
const WORKBOOK: [&str; 2] = ["Workbook", "Book"];

/// Returns whether a compound file holds a workbook, or one under a password.
pub(super) fn is_workbook(bytes: &[u8]) -> bool {
    let Some(file) = Compound::open(bytes) else { return false };
    file.entries().iter().any(|e| WORKBOOK.contains(&e.name.as_str()) || e.name == "EncryptedPackage")
}

/// Returns whether the whole workbook is encrypted (an XLSX with a password is a compound file).
pub(super) fn is_locked(bytes: &[u8]) -> bool {
    Compound::open(bytes).is_some_and(|file| file.entries().iter().any(|e| e.name == "EncryptedPackage"))
}

/// Returns the stream of the workbook.
pub(super) fn workbook(bytes: &[u8]) -> Option<Vec<u8>> {
    let file = Compound::open(bytes)?;
    let entries = file.entries();
    let entry = WORKBOOK.iter().find_map(|name| entries.iter().find(|e| e.name == *name))?;
    if entry.len >= 4096 {
        return file.chain(entry.start, entry.len);
    }
    // Short streams lie in the mini stream, in sectors of 64 bytes.
    let root = entries.first()?;
    let mini = file.chain(root.start, root.len)?;
    let table = file.chain(file.mini_fat, usize::MAX)?;
    let mut stream = Vec::new();
    let mut at = entry.start;
    while stream.len() < entry.len {
        let from = (at as usize).checked_mul(64)?;
        stream.extend_from_slice(mini.get(from..(from + 64).min(mini.len()))?);
        at = u32_at(&table, (at as usize).checked_mul(4)?)?;
    }
    stream.truncate(entry.len);
    Some(stream)
}

/// Returns a compound file that holds nothing but a workbook of at most 400 MiB.
///
/// Sectors are of 4,096 bytes: the header then lists every sector of the table by itself.
pub(super) fn alone(stream: &[u8]) -> Vec<u8> {
    // A stream shorter than the cutoff would lie in the mini stream.
    let len = stream.len().max(LARGE).next_multiple_of(LARGE);
    let data = len / LARGE;
    let tables = (data + 1).div_ceil(LARGE / 4 - 1);
    let first = tables + 1;
    let mut table: Vec<u32> = vec![FAT; tables];
    table.push(END);
    table.extend((1..data).map(|i| word(first + i)));
    table.push(END);
    table.resize(tables * LARGE / 4, FREE);
    let mut file = header(tables);
    file.extend(table.into_iter().flat_map(u32::to_le_bytes));
    file.extend(directory(first, stream.len().max(LARGE)));
    file.extend_from_slice(stream);
    file.resize(file.len() + len - stream.len(), 0);
    file
}

fn word(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(END)
}

fn header(tables: usize) -> Vec<u8> {
    let mut h = MAGIC.to_vec();
    h.extend_from_slice(&[0; 16]);
    let shifts = [0x3E_u16, 4, 0xFFFE, 12, 6, 0, 0, 0];
    h.extend(shifts.into_iter().flat_map(u16::to_le_bytes));
    let counts = [1, word(tables), word(tables), 0, 4096, END, 0, END, 0];
    h.extend(counts.into_iter().flat_map(u32::to_le_bytes));
    h.extend((0..109).map(|i| if i < word(tables) { i } else { FREE }).flat_map(u32::to_le_bytes));
    h.resize(LARGE, 0);
    h
}

fn directory(first: usize, len: usize) -> Vec<u8> {
    let mut sector = Vec::with_capacity(LARGE);
    // The root's own stream is the mini stream, which is empty; a reader wants it to begin somewhere.
    let rows = [("Root Entry", 5_u8, 1, word(first), 0), ("Workbook", 2, FREE, word(first), word(len))];
    for (name, kind, child, start, len) in rows {
        let mut entry: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let name_len = u8::try_from(entry.len() + 2).unwrap_or(0);
        entry.resize(64, 0);
        entry.extend_from_slice(&[name_len, 0, kind, 1]);
        entry.extend([FREE, FREE, child].into_iter().flat_map(u32::to_le_bytes));
        entry.resize(116, 0);
        entry.extend([start, len, 0].into_iter().flat_map(u32::to_le_bytes));
        sector.extend_from_slice(&entry);
    }
    sector.resize(LARGE, 0);
    sector
}

/// One entry of the directory.
struct Entry {
    name: String,
    start: u32,
    len: usize,
}

/// A compound file with its table of sectors.
struct Compound<'a> {
    bytes: &'a [u8],
    sector: usize,
    table: Vec<u32>,
    directory: u32,
    mini_fat: u32,
}

impl<'a> Compound<'a> {
    fn open(bytes: &'a [u8]) -> Option<Self> {
        if !bytes.starts_with(MAGIC) || bytes.len() < SECTOR {
            return None;
        }
        let sector = match bytes.get(30..32)? {
            [9, 0] => 512,
            [12, 0] => 4096,
            _ => return None,
        };
        let (directory, mini_fat) = (u32_at(bytes, 48)?, u32_at(bytes, 60)?);
        let mut file = Self { bytes, sector, table: Vec::new(), directory, mini_fat };
        let mut list: Vec<u32> = (0..109).filter_map(|i| u32_at(bytes, 76 + 4 * i)).collect();
        let mut next = u32_at(bytes, 68)?;
        // A list cannot be longer than the file has sectors.
        for _ in 0..=bytes.len() / sector {
            let Some(more) = file.at(next) else { break };
            let words = more.chunks_exact(4).map(|w| u32::from_le_bytes([w[0], w[1], w[2], w[3]]));
            list.extend(words);
            next = list.pop()?;
        }
        for id in list {
            let Some(sector) = file.at(id) else { continue };
            let words = sector.chunks_exact(4).map(|w| u32::from_le_bytes([w[0], w[1], w[2], w[3]]));
            file.table.extend(words);
            if file.table.len() > bytes.len() {
                return None;
            }
        }
        Some(file)
    }

    fn at(&self, id: u32) -> Option<&'a [u8]> {
        let from = (id as usize).checked_add(1)?.checked_mul(self.sector)?;
        let to = from.checked_add(self.sector)?.min(self.bytes.len());
        self.bytes.get(from..to).filter(|s| !s.is_empty())
    }

    /// Returns the bytes of a chain; a chain longer than the file is a loop.
    fn chain(&self, start: u32, len: usize) -> Option<Vec<u8>> {
        let mut stream = Vec::new();
        let mut at = start;
        while at != END && stream.len() < len {
            stream.extend_from_slice(self.at(at)?);
            if stream.len() > self.bytes.len() {
                return None;
            }
            at = *self.table.get(at as usize)?;
        }
        stream.truncate(len);
        Some(stream)
    }

    fn entries(&self) -> Vec<Entry> {
        let bytes = self.chain(self.directory, usize::MAX).unwrap_or_default();
        bytes.chunks_exact(128).filter_map(entry).collect()
    }
}

fn entry(bytes: &[u8]) -> Option<Entry> {
    let units = bytes.get(..64)?.chunks_exact(2).map(|u| u16::from_le_bytes([u[0], u[1]]));
    let name: Vec<u16> = units.take_while(|u| *u != 0).collect();
    let len = u32_at(bytes, 120)? as usize;
    Some(Entry { name: String::from_utf16_lossy(&name), start: u32_at(bytes, 116)?, len })
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    let four = bytes.get(at..at.checked_add(4)?)?;
    Some(u32::from_le_bytes([four[0], four[1], four[2], four[3]]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_put_alone_is_found_again() {
        for len in [0, 1, 4095, 4096, 4097, 5_000_000] {
            let stream: Vec<u8> = (0..len).map(|i| u8::try_from(i % 251).unwrap()).collect();
            let file = alone(&stream);
            assert!(is_workbook(&file) && !is_locked(&file));
            assert_eq!(workbook(&file).unwrap()[..len], stream);
        }
    }

    #[test]
    fn a_loop_in_the_table_ends() {
        let mut file = alone(&vec![7; 20_000]);
        // The directory's one sector is followed by itself.
        file[LARGE + 4..LARGE + 8].copy_from_slice(&1_u32.to_le_bytes());
        assert!(workbook(&file).is_none() && !is_workbook(&file));
    }
}
