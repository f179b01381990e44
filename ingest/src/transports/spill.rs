//! Frames that do not fit into memory wait in a file, in their order.
//!
//! Each frame is its length (4 bytes, big-endian), its instant (8 bytes, milliseconds), the length of its
//! cursor (2 bytes), the cursor and the bytes. A frame that was cut by a crash had not been acknowledged
//! to anybody: it is left out.

use super::frame::Frame;
use jiff::Timestamp;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

/// The bytes before cursor and frame.
const HEAD: usize = 14;

/// A file of waiting frames.
#[derive(Debug)]
pub(super) struct Spill {
    path: PathBuf,
    file: File,
    /// Where the next frame is read.
    read: u64,
    /// Where the next frame is written.
    written: u64,
}

impl Spill {
    /// Opens the file of a feed with what an earlier process left there.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        use std::os::unix::fs::OpenOptionsExt as _;
        let mut file =
            OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(path)?;
        let written = whole(&mut file)?;
        file.set_len(written)?;
        Ok(Self { path: path.to_owned(), file, read: 0, written })
    }

    /// Returns how many bytes wait.
    pub(super) fn waiting(&self) -> u64 {
        self.written - self.read
    }

    /// Adds a frame at the end.
    pub(super) fn push(&mut self, frame: &Frame) -> io::Result<()> {
        let cursor = frame.cursor.as_deref().unwrap_or_default().as_bytes();
        let too_long = || io::Error::new(io::ErrorKind::InvalidInput, "a frame is too long to wait");
        let length = u32::try_from(frame.bytes.len()).map_err(|_| too_long())?;
        let cursor_length = u16::try_from(cursor.len()).map_err(|_| too_long())?;
        let mut bytes = Vec::with_capacity(HEAD + cursor.len() + frame.bytes.len());
        bytes.extend(length.to_be_bytes());
        bytes.extend(frame.at.as_millisecond().to_be_bytes());
        bytes.extend(cursor_length.to_be_bytes());
        bytes.extend(cursor);
        bytes.extend(&frame.bytes);
        self.file.seek(SeekFrom::Start(self.written))?;
        self.file.write_all(&bytes)?;
        self.written += bytes.len() as u64;
        Ok(())
    }

    /// Reads the next frames, at most so many bytes of them but at least one; they stay in the file
    /// until [`Spill::forget`].
    pub(super) fn peek(&mut self, most: usize) -> io::Result<(Vec<Frame>, u64)> {
        let (mut frames, mut at, mut bytes) = (Vec::new(), self.read, 0);
        self.file.seek(SeekFrom::Start(at))?;
        while at < self.written && (bytes < most || frames.is_empty()) {
            let Some((frame, length)) = next(&mut self.file)? else { break };
            bytes += frame.weight();
            at += length;
            frames.push(frame);
        }
        Ok((frames, at))
    }

    /// Forgets the frames before a place that [`Spill::peek`] returned; an empty file becomes short again.
    pub(super) fn forget(&mut self, before: u64) -> io::Result<()> {
        self.read = before;
        if self.read < self.written {
            return Ok(());
        }
        self.file.set_len(0)?;
        (self.read, self.written) = (0, 0);
        Ok(())
    }

    /// Puts frames before those that wait: what was in memory when the process stops.
    pub(super) fn put_first(&mut self, frames: &[Frame]) -> io::Result<()> {
        if frames.is_empty() {
            return Ok(());
        }
        let beside = self.path.with_extension("new");
        let mut new = Self::open(&beside)?;
        new.file.set_len(0)?;
        new.written = 0;
        frames.iter().try_for_each(|frame| new.push(frame))?;
        self.file.seek(SeekFrom::Start(self.read))?;
        new.file.seek(SeekFrom::Start(new.written))?;
        new.written += io::copy(&mut (&mut self.file).take(self.written - self.read), &mut new.file)?;
        new.file.sync_all()?;
        std::fs::rename(&beside, &self.path)?;
        new.path.clone_from(&self.path);
        *self = new;
        Ok(())
    }
}

/// Returns the length of the whole frames of a file.
fn whole(file: &mut File) -> io::Result<u64> {
    file.seek(SeekFrom::Start(0))?;
    let mut reader = io::BufReader::new(file);
    let mut at = 0;
    while let Some((_, length)) = next(&mut reader)? {
        at += length;
    }
    Ok(at)
}

/// Reads one frame with its length in the file; nothing where it is cut.
fn next(file: &mut impl Read) -> io::Result<Option<(Frame, u64)>> {
    let mut head = [0_u8; HEAD];
    if !fill(file, &mut head)? {
        return Ok(None);
    }
    let (length, rest) = head.split_first_chunk().ok_or_else(cut)?;
    let (at, rest) = rest.split_first_chunk().ok_or_else(cut)?;
    let cursor_length = rest.first_chunk().ok_or_else(cut)?;
    let (length, cursor_length) = (u32::from_be_bytes(*length), u16::from_be_bytes(*cursor_length));
    let mut rest = Vec::new();
    let wanted = u64::from(length) + u64::from(cursor_length);
    if file.take(wanted).read_to_end(&mut rest)? as u64 != wanted {
        return Ok(None);
    }
    let bytes = rest.split_off(usize::from(cursor_length));
    let Ok(at) = Timestamp::from_millisecond(i64::from_be_bytes(*at)) else { return Ok(None) };
    let cursor = (!rest.is_empty()).then(|| String::from_utf8_lossy(&rest).into_owned());
    Ok(Some((Frame { at, bytes, cursor }, HEAD as u64 + wanted)))
}

fn cut() -> io::Error {
    io::Error::from(io::ErrorKind::UnexpectedEof)
}

/// Fills a buffer; returns whether there was enough.
fn fill(file: &mut impl Read, buffer: &mut [u8]) -> io::Result<bool> {
    match file.read_exact(buffer) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
        read => read.map(|()| true),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(n: i64) -> Frame {
        let at = Timestamp::from_millisecond(n).unwrap();
        let cursor = (n % 2 == 0).then(|| format!("c{n}"));
        Frame { at, bytes: format!("frame {n}").into_bytes(), cursor }
    }

    #[test]
    fn frames_come_back_in_their_order_after_a_crash_and_a_cut_one_is_left_out() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("spill");
        let mut spill = Spill::open(&path).unwrap();
        (0..100).for_each(|n| spill.push(&frame(n)).unwrap());
        let (first, to) = spill.peek(1).unwrap();
        assert_eq!(first, [frame(0)]);
        spill.forget(to).unwrap();
        let length = std::fs::metadata(&path).unwrap().len();
        drop(spill);
        File::options().write(true).open(&path).unwrap().set_len(length - 3).unwrap();
        let mut spill = Spill::open(&path).unwrap();
        let (all, to) = spill.peek(usize::MAX).unwrap();
        assert_eq!(all, (0..99).map(frame).collect::<Vec<_>>(), "what was not forgotten comes again");
        spill.forget(to).unwrap();
        assert_eq!((spill.waiting(), std::fs::metadata(&path).unwrap().len()), (0, 0));
    }

    #[test]
    fn what_was_in_memory_goes_before_what_waits() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("spill");
        let mut spill = Spill::open(&path).unwrap();
        (5..9).for_each(|n| spill.push(&frame(n)).unwrap());
        let (_, to) = spill.peek(1).unwrap();
        spill.forget(to).unwrap();
        spill.put_first(&[frame(1), frame(2)]).unwrap();
        spill.push(&frame(9)).unwrap();
        drop(spill);
        let (all, _) = Spill::open(&path).unwrap().peek(usize::MAX).unwrap();
        assert_eq!(all, [1, 2, 6, 7, 8, 9].map(frame));
    }
}
