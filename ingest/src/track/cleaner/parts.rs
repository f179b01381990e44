//! Small things that the rules of cleaning ask.

use crate::formats::nmea::Millis;
use rustc_hash::FxHasher;
use std::hash::{Hash, Hasher as _};

/// Returns the last instant not much after `at` in the second of the minute that a report tells.
pub(super) fn mend(at: Millis, second: u8, ahead: Millis) -> Millis {
    let at = at.div_euclid(1000) * 1000;
    if second >= 60 {
        return at;
    }
    let mended = at.div_euclid(60_000) * 60_000 + i64::from(second) * 1000;
    if mended > at + ahead {
        mended - 60_000
    } else if mended + 60_000 <= at + ahead {
        mended + 60_000
    } else {
        mended
    }
}

/// Returns whether an MMSI is that of a ship station (ITU-R M.585): nine digits, the first from 2 to 7.
pub(super) fn is_ship(mmsi: u32) -> bool {
    (200_000_000..800_000_000).contains(&mmsi)
}

/// Returns the name of a track: where two stations use one MMSI, nobody can say whose it is.
pub(super) fn name_of(track: u8, name: [u8; 20]) -> [u8; 20] {
    if track == 0 { name } else { [b' '; 20] }
}

pub(super) fn digest(of: &impl Hash) -> u32 {
    let mut hasher = FxHasher::default();
    of.hash(&mut hasher);
    let hash = hasher.finish();
    #[expect(clippy::cast_possible_truncation, reason = "a digest of 32 bits")]
    let short = (hash ^ hash >> 32) as u32;
    // Nothing is remembered as zero.
    short.max(1)
}
