//! Raw bytes in compressed chunks.

use crate::block::{compress, decompress};
use crate::error::{LogError, Result};

/// The length of every chunk of a submission but the last.
pub const CHUNK: usize = 1 << 20;

/// At most [`CHUNK`] bytes of a submission, compressed away from the writer's thread.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompressedChunk {
    length: u32,
    bytes: Vec<u8>,
}

impl CompressedChunk {
    /// Compresses the next bytes of a submission; more than [`CHUNK`] are refused.
    pub fn compress(plain: &[u8]) -> Result<Self> {
        match u32::try_from(plain.len()) {
            Ok(length) if plain.len() <= CHUNK => Ok(Self { length, bytes: compress(plain)? }),
            _ => Err(LogError::TooLarge { what: "chunk", bytes: plain.len() as u64, cap: CHUNK as u64 }),
        }
    }

    /// Cuts a whole submission into chunks, in order.
    pub fn all(plain: &[u8]) -> Result<Vec<Self>> {
        plain.chunks(CHUNK).map(Self::compress).collect()
    }

    /// Returns how many bytes it holds.
    pub fn length(&self) -> u32 {
        self.length
    }

    /// Returns the compressed form, as it is stored.
    pub fn as_stored(&self) -> &[u8] {
        &self.bytes
    }

    /// Returns the plain bytes of a stored chunk.
    pub fn restore(length: u32, stored: &[u8]) -> Result<Vec<u8>> {
        let length = length as usize;
        if length > CHUNK {
            return Err(LogError::corrupt("reading raw bytes", format!("a chunk claims {length} bytes")));
        }
        let plain = decompress(stored, length, "reading raw bytes")?;
        if plain.len() == length {
            Ok(plain)
        } else {
            let detail = format!("a chunk has {} of {length} bytes", plain.len());
            Err(LogError::corrupt("reading raw bytes", detail))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_hold_what_they_were_made_of() {
        let plain: Vec<u8> = (0..=250_u8).cycle().take(CHUNK * 2 + 7).collect();
        let chunks = CompressedChunk::all(&plain).unwrap();
        assert_eq!(chunks.len(), 3);
        let back: Vec<u8> = chunks
            .iter()
            .flat_map(|c| CompressedChunk::restore(c.length(), c.as_stored()).unwrap())
            .collect();
        assert_eq!(back, plain);
        assert!(CompressedChunk::all(&[]).unwrap().is_empty());
    }

    #[test]
    fn what_is_too_long_or_broken_is_refused() {
        assert!(matches!(CompressedChunk::compress(&vec![0; CHUNK + 1]), Err(LogError::TooLarge { .. })));
        let chunk = CompressedChunk::compress(b"UNB+UNOA:1").unwrap();
        assert!(matches!(CompressedChunk::restore(9, chunk.as_stored()), Err(LogError::Corrupt { .. })));
        assert!(matches!(CompressedChunk::restore(11, chunk.as_stored()), Err(LogError::Corrupt { .. })));
        assert!(matches!(CompressedChunk::restore(4, b"junk"), Err(LogError::Corrupt { .. })));
    }
}
