//! Finding service characters many bytes at a time.

use super::delimiters::Delimiters;

/// Bits of the service and control characters in 64 bytes.
///
/// Written so that the compiler compares many bytes at once; the multiplication gathers eight
/// bytes of 0 or 1 into eight bits.
#[inline]
pub(super) fn mask(block: &[u8; 64], d: Delimiters) -> u64 {
    let mut hits = [0u8; 64];
    for (hit, &b) in hits.iter_mut().zip(block) {
        *hit = u8::from(b == d.element)
            | u8::from(b == d.component)
            | u8::from(b == d.terminator)
            | u8::from(b == d.release)
            | u8::from(b < 0x20);
    }
    let mut mask = 0u64;
    for (i, eight) in hits.as_chunks::<8>().0.iter().enumerate() {
        let bits = u64::from_le_bytes(*eight).wrapping_mul(0x0102_0408_1020_4080) >> 56;
        mask |= bits << (8 * i);
    }
    mask
}

/// The same for fewer than 64 bytes.
pub(super) fn tail_mask(tail: &[u8], d: Delimiters) -> u64 {
    let mut block = [b' '; 64];
    block[..tail.len()].copy_from_slice(tail);
    mask(&block, d) & ((1u64 << tail.len()) - 1)
}
