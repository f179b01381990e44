//! Room: on the disk, and for what waits. Input is refused before either has run out.

use sealane_data::ports::IntakeError;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// What has to stay free on the disk: the lesser of the two, so that small disks can be used too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reserve {
    /// Bytes.
    pub bytes: u64,
    /// Hundredths of the file system.
    pub percent: u8,
}

impl Reserve {
    /// Nothing has to stay free.
    pub const NONE: Self = Self { bytes: 0, percent: 0 };

    fn of(self, size: u64) -> u64 {
        self.bytes.min(size / 100 * u64::from(self.percent))
    }
}

/// Free and needed bytes of a file system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Disk {
    /// What this process may still write.
    pub free: u64,
    /// What has to stay free.
    pub reserve: u64,
}

impl Disk {
    /// Asks the file system that holds a path.
    pub fn of(path: &Path, reserve: Reserve) -> std::io::Result<Self> {
        let found = rustix::fs::statvfs(path)?;
        let size = found.f_blocks.saturating_mul(found.f_frsize);
        Ok(Self { free: found.f_bavail.saturating_mul(found.f_frsize), reserve: reserve.of(size) })
    }

    /// Returns whether that many bytes more would leave the reserve.
    pub fn has_room_for(self, bytes: u64) -> bool {
        self.free >= self.reserve.saturating_add(bytes)
    }
}

/// The room of one engine.
pub(crate) struct Room {
    place: PathBuf,
    reserve: Reserve,
    max_waiting: u64,
    waiting: AtomicU64,
    /// Whether the log has been told that the disk is short, so that it is told once.
    told: AtomicBool,
}

/// A submission's bytes between their arrival and their answer.
pub(crate) struct Waiting(Arc<Room>, u64);

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.waiting.fetch_sub(self.1, Ordering::AcqRel);
    }
}

impl Room {
    pub(crate) fn new(place: &Path, reserve: Reserve, max_waiting: u64) -> Arc<Self> {
        let (waiting, told) = (AtomicU64::new(0), AtomicBool::new(false));
        Arc::new(Self { place: place.to_owned(), reserve, max_waiting, waiting, told })
    }

    /// Lets bytes in, unless too many wait already. Alone, a submission of any size may pass.
    pub(crate) fn enter(self: &Arc<Self>, bytes: usize) -> Result<Waiting, IntakeError> {
        let bytes = bytes as u64;
        let before = self.waiting.fetch_add(bytes, Ordering::AcqRel);
        let entered = Waiting(self.clone(), bytes);
        if before > 0 && before + bytes > self.max_waiting {
            return Err(IntakeError::Busy);
        }
        Ok(entered)
    }

    /// Refuses input that would take the disk below its reserve. Without a reserve the disk itself says
    /// when it is full.
    pub(crate) fn check(&self, bytes: u64) -> Result<(), IntakeError> {
        if self.reserve.bytes == 0 {
            return Ok(());
        }
        // A file system that cannot be asked says so when it is written to.
        let Ok(disk) = Disk::of(&self.place, self.reserve) else { return Ok(()) };
        metrics::gauge!("sealane_disk_free_bytes").set(disk.free as f64);
        let has_room = disk.has_room_for(bytes);
        if self.told.swap(!has_room, Ordering::AcqRel) == has_room {
            if has_room {
                tracing::info!(disk.free, "the disk has room again: input is taken in");
            } else {
                tracing::error!(disk.free, disk.reserve, "the disk is below its reserve: input is refused");
            }
        }
        if has_room {
            return Ok(());
        }
        let mib = |bytes: u64| bytes >> 20;
        let (free, reserve) = (mib(disk.free), mib(disk.reserve));
        Err(IntakeError::NoRoom(format!("the disk has {free} MiB left, its reserve is {reserve} MiB")))
    }

    /// Returns whether the log could be written anew beside itself.
    pub(crate) fn has_room_for_a_copy(&self) -> bool {
        let log = std::fs::metadata(self.place.join(sealane_log::SqliteLog::FILE)).map_or(0, |m| m.len());
        Disk::of(&self.place, self.reserve).is_ok_and(|d| d.has_room_for(log.saturating_mul(2)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reserve_is_the_lesser_of_bytes_and_part() {
        let reserve = Reserve { bytes: 512, percent: 1 };
        assert_eq!((reserve.of(100_000), reserve.of(10_000)), (512, 100));
        assert_eq!(Reserve::NONE.of(u64::MAX), 0);
        let disk = Disk { free: 700, reserve: 512 };
        assert!(disk.has_room_for(188) && !disk.has_room_for(189));
    }

    #[test]
    fn waiting_bytes_are_bounded_and_one_alone_passes() {
        let room = Room::new(Path::new("/"), Reserve::NONE, 100);
        let alone = room.enter(1_000).unwrap();
        assert!(matches!(room.enter(1), Err(IntakeError::Busy)));
        drop(alone);
        let first = room.enter(60).unwrap();
        let second = room.enter(40).unwrap();
        assert!(room.enter(1).is_err());
        drop((first, second));
        assert!(room.enter(100).is_ok());
    }

    #[test]
    fn a_disk_below_its_reserve_takes_nothing() {
        let everything = Reserve { bytes: u64::MAX, percent: 100 };
        let room = Room::new(&std::env::temp_dir(), everything, 100);
        let error = room.check(0).unwrap_err();
        assert!(matches!(&error, IntakeError::NoRoom(why) if why.contains("MiB left")), "{error}");
        assert!(Room::new(&std::env::temp_dir(), Reserve::NONE, 100).check(0).is_ok());
    }
}
