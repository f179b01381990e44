//! Blocks: records as bytes that later programs still read.
//!
//! A block is a format byte and `MessagePack` with named fields (format 1), or a format byte, the
//! plain length in 4 bytes (little end first) and a checksummed zstd frame of the same (format 2).
//! Fields have names, so new ones with a default and dropped ones need no new format.

use crate::error::{LogError, Result};
use jiff::Timestamp;
use sealane_data::partner::PartyId;
use sealane_data::recorded::{Entry, MessageRecord, Recorded, Seq};
use sealane_data::submission::SubmissionId;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::cell::RefCell;
use zstd::bulk::{Compressor, Decompressor};

const PLAIN: u8 = 1;
const PACKED: u8 = 2;
/// Shorter blocks gain too little from compression.
const PACK_FROM: usize = 512;
/// The fastest level: blocks repeat themselves so much that higher ones gain little.
const LEVEL: i32 = 1;
/// Longer blocks are refused: a damaged length must not reserve all memory.
const MAX_BLOCK: usize = 256 << 20;

/// A message with its block, made away from the writer's thread.
#[derive(Clone, Debug, PartialEq)]
pub struct EncodedMessage {
    record: MessageRecord,
    block: Vec<u8>,
    older: Option<[u8; 16]>,
}

impl EncodedMessage {
    /// Encodes a message and keeps it, so that it can be applied without decoding.
    pub fn encode(record: MessageRecord) -> Result<Self> {
        let block = encode(&record)?;
        Ok(Self { record, block, older: None })
    }

    /// Notes the message's key of the older kind, by which a log of before may know it.
    pub fn set_older(&mut self, older: Option<[u8; 16]>) {
        self.older = older;
    }

    /// Returns the key of the older kind, where it was asked for.
    pub(crate) fn older(&self) -> Option<&[u8; 16]> {
        self.older.as_ref()
    }

    /// Returns the message.
    pub fn record(&self) -> &MessageRecord {
        &self.record
    }

    /// Returns the block, as it is stored.
    pub fn block(&self) -> &[u8] {
        &self.block
    }

    /// Returns the message itself.
    pub fn into_record(self) -> MessageRecord {
        self.record
    }
}

/// An entry as it is stored, to be decoded on any thread.
#[derive(Clone, Debug, PartialEq)]
pub struct Stored {
    /// The first sequence number.
    pub seq: Seq,
    /// When it was received.
    pub at: Timestamp,
    /// Who said it.
    pub party: PartyId,
    /// The submission it came in.
    pub submission: SubmissionId,
    /// Whether the block is a message; else it is a tagged entry.
    pub(crate) message: bool,
    /// The block.
    pub(crate) block: Vec<u8>,
}

impl Stored {
    /// Decodes the entry.
    pub fn decode(self) -> Result<Recorded> {
        let entry = if self.message { Entry::Message(decode(&self.block)?) } else { decode(&self.block)? };
        Ok(Recorded { seq: self.seq, at: self.at, party: self.party, submission: self.submission, entry })
    }
}

/// Returns the block of a record.
pub(crate) fn encode<T: Serialize>(record: &T) -> Result<Vec<u8>> {
    let mut plain = SCRATCH.take();
    plain.clear();
    let mut to = rmp_serde::Serializer::new(&mut plain).with_struct_map();
    record.serialize(&mut to).map_err(|e| LogError::Encode(e.to_string()))?;
    let block = block_of(&plain);
    if plain.capacity() <= KEPT {
        SCRATCH.set(plain);
    }
    block
}

/// Returns the block of an encoded record: packed where that pays.
fn block_of(plain: &[u8]) -> Result<Vec<u8>> {
    if plain.len() > MAX_BLOCK {
        return Err(LogError::TooLarge { what: "record", bytes: plain.len() as u64, cap: MAX_BLOCK as u64 });
    }
    if plain.len() < PACK_FROM {
        return Ok([&[PLAIN], plain].concat());
    }
    let length = u32::try_from(plain.len()).map_err(|e| LogError::Encode(e.to_string()))?;
    let packed = compress(plain)?;
    let mut block = Vec::with_capacity(packed.len() + 5);
    block.push(PACKED);
    block.extend_from_slice(&length.to_le_bytes());
    block.extend_from_slice(&packed);
    Ok(block)
}

/// Returns the record of a block.
pub(crate) fn decode<T: DeserializeOwned>(block: &[u8]) -> Result<T> {
    let bad = |detail: String| LogError::corrupt("decoding a block", detail);
    match block {
        [PLAIN, plain @ ..] => rmp_serde::from_slice(plain).map_err(|e| bad(e.to_string())),
        [PACKED, a, b, c, d, packed @ ..] => {
            let length = u32::from_le_bytes([*a, *b, *c, *d]) as usize;
            if length > MAX_BLOCK {
                return Err(bad(format!("it claims {length} bytes")));
            }
            let plain = decompress(packed, length, "decoding a block")?;
            rmp_serde::from_slice(&plain).map_err(|e| bad(e.to_string()))
        }
        [format, ..] => Err(bad(format!("format {format} is unknown"))),
        [] => Err(bad("it is empty".to_owned())),
    }
}

/// How much memory a thread keeps for the next record, in bytes.
const KEPT: usize = 1 << 20;

thread_local! {
    // Most records are small, and there are many: their bytes need not be allocated each time.
    static SCRATCH: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
    // A zstd context takes longer to make than a block takes to compress.
    static COMPRESSOR: RefCell<Option<Compressor<'static>>> = const { RefCell::new(None) };
    static DECOMPRESSOR: RefCell<Option<Decompressor<'static>>> = const { RefCell::new(None) };
}

/// Compresses bytes into a frame with a checksum.
pub(crate) fn compress(plain: &[u8]) -> Result<Vec<u8>> {
    let run = |slot: &mut Option<Compressor<'static>>| {
        let mut with = if let Some(with) = slot.take() {
            with
        } else {
            let mut new = Compressor::new(LEVEL)?;
            new.include_checksum(true)?;
            new
        };
        let packed = with.compress(plain);
        *slot = Some(with);
        packed
    };
    COMPRESSOR.with_borrow_mut(run).map_err(|e: std::io::Error| LogError::Encode(e.to_string()))
}

/// Returns at most `cap` bytes of a frame; a longer or damaged one is corrupt.
pub(crate) fn decompress(packed: &[u8], cap: usize, doing: &'static str) -> Result<Vec<u8>> {
    let run = |slot: &mut Option<Decompressor<'static>>| {
        let mut with = match slot.take() {
            Some(with) => with,
            None => Decompressor::new()?,
        };
        let plain = with.decompress(packed, cap);
        *slot = Some(with);
        plain
    };
    DECOMPRESSOR.with_borrow_mut(run).map_err(|e: std::io::Error| LogError::corrupt(doing, e.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{self, arbitrary};
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]

        #[test]
        fn messages_survive(record in arbitrary::message()) {
            let encoded = EncodedMessage::encode(record.clone()).unwrap();
            prop_assert_eq!(decode::<MessageRecord>(encoded.block()).unwrap(), record);
        }

        #[test]
        fn other_entries_survive(entry in arbitrary::entry()) {
            let block = encode(&entry).unwrap();
            prop_assert_eq!(decode::<Entry>(&block).unwrap(), entry);
        }

        #[test]
        fn junk_is_an_error_and_no_panic(junk in prop::collection::vec(any::<u8>(), 0..300)) {
            let _ = decode::<MessageRecord>(&junk);
            let _ = decode::<Entry>(&junk);
        }

        #[test]
        fn one_damaged_byte_is_noticed(at in 5_usize..4_000, bit in 0_u8..8) {
            let mut block = encode(&sample::message(3, 60)).unwrap();
            let at = 5 + at % (block.len() - 5);
            block[at] ^= 1 << bit;
            let whole = decode::<MessageRecord>(&block);
            prop_assert!(whole.is_err() || whole.unwrap() == sample::message(3, 60));
        }
    }

    #[test]
    fn short_blocks_stay_plain_and_long_ones_shrink() {
        assert_eq!(encode(&"short").unwrap(), [PLAIN, 0xa5, b's', b'h', b'o', b'r', b't']);
        let block = encode(&sample::message(1, 250)).unwrap();
        assert_eq!(block[0], PACKED);
        assert!(block.len() < 250 * 60, "{} bytes for 250 observations", block.len());
    }

    #[test]
    fn a_block_with_unknown_fields_and_without_new_ones_is_read() {
        #[derive(Serialize)]
        struct Future<'a> {
            ordinal: u32,
            family: &'a str,
            key: [u8; 16],
            reading: sealane_data::recorded::ReadingVersion,
            observations: [(); 0],
            weather: &'a str,
        }
        let reading = sealane_data::recorded::ReadingVersion::default();
        let future =
            Future { ordinal: 4, family: "CODECO", key: [7; 16], reading, observations: [], weather: "fair" };
        let record: MessageRecord = decode(&encode(&future).unwrap()).unwrap();
        assert_eq!((record.ordinal, record.family.as_str(), record.test), (4, "CODECO", false));
    }
}
