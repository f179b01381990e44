//! Raw frames in files, as they came: for audits, tests and another try. One JSON object a line.

use super::frame::Frame;
use jiff::Timestamp;
use sealane_data::feed::Recording;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::fs::File;
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};

/// One line of a recorded file.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Recorded<'a> {
    /// When it came.
    pub(super) at: Timestamp,
    /// Its bytes, where they are UTF-8.
    #[serde(default, skip_serializing_if = "Option::is_none", borrow)]
    text: Option<Cow<'a, str>>,
    /// Its bytes in hexadecimal, where they are not.
    #[serde(default, skip_serializing_if = "Option::is_none", borrow)]
    hex: Option<Cow<'a, str>>,
}

impl Recorded<'_> {
    /// Returns the frame; nothing where the bytes are not what a recorder writes.
    pub(super) fn frame(self) -> Option<Frame> {
        let bytes = match (self.text, self.hex) {
            (Some(text), _) => text.into_owned().into_bytes(),
            (None, Some(hex)) => sealane_data::hex::read(&hex)?,
            (None, None) => return None,
        };
        Some(Frame::new(self.at, bytes))
    }
}

/// Writes frames into files that follow each other; the oldest go when all are too long.
pub(super) struct Recorder {
    folder: PathBuf,
    how: Recording,
    file: Option<(BufWriter<File>, u64)>,
}

impl Recorder {
    /// Opens the folder of recorded files.
    pub(super) fn open(folder: &Path, how: Recording) -> io::Result<Self> {
        super::line::private(folder)?;
        Ok(Self { folder: folder.to_owned(), how, file: None })
    }

    /// Adds a frame.
    pub(super) fn frame(&mut self, frame: &Frame) -> io::Result<()> {
        let text = std::str::from_utf8(&frame.bytes).ok().map(Cow::Borrowed);
        let hex = || Cow::Owned(sealane_data::hex::write(&frame.bytes));
        let hex = text.is_none().then(hex);
        let mut line = serde_json::to_vec(&Recorded { at: frame.at, text, hex })?;
        line.push(b'\n');
        let full = self.file.as_ref().is_none_or(|(_, length)| *length >= self.how.file_mib << 20);
        if full {
            self.begin(frame.at)?;
        }
        if let Some((file, length)) = &mut self.file {
            file.write_all(&line)?;
            *length += line.len() as u64;
        }
        Ok(())
    }

    /// Begins another file, named by its first instant, and takes the oldest away.
    fn begin(&mut self, at: Timestamp) -> io::Result<()> {
        if let Some((mut file, _)) = self.file.take() {
            file.flush()?;
        }
        let name = self.folder.join(format!("{}.ndjson", at.strftime("%Y%m%dT%H%M%S%6fZ")));
        let file = File::options().append(true).create(true).open(name)?;
        let length = file.metadata()?.len();
        self.file = Some((BufWriter::new(file), length));
        self.tidy()
    }

    fn tidy(&self) -> io::Result<()> {
        let mut files = Vec::new();
        for entry in std::fs::read_dir(&self.folder)? {
            let entry = entry?;
            files.push((entry.file_name(), entry.metadata()?.len(), entry.path()));
        }
        files.sort();
        let mut all: u64 = files.iter().map(|(_, length, _)| length).sum();
        let newest = files.len().saturating_sub(1);
        for (_, length, path) in files.into_iter().take(newest) {
            if all <= self.how.total_mib << 20 {
                break;
            }
            std::fs::remove_file(path)?;
            all -= length;
        }
        Ok(())
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        if let Some((file, _)) = &mut self.file {
            let _ = file.flush();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_bytes_come_back_and_the_oldest_files_go() {
        let home = tempfile::tempdir().unwrap();
        let mut recorder = Recorder::open(home.path(), Recording { file_mib: 1, total_mib: 3 }).unwrap();
        let at = |n: i64| Timestamp::from_second(n).unwrap();
        for n in 0..40 {
            let bytes = [vec![0xFF, 0, b'"', b'\n', u8::try_from(n).unwrap()], vec![b'x'; 100_000]].concat();
            recorder.frame(&Frame::new(at(n), bytes)).unwrap();
        }
        recorder.frame(&Frame::new(at(40), b"!AIVDM \"quoted\"".to_vec())).unwrap();
        drop(recorder);
        let mut files: Vec<_> = std::fs::read_dir(home.path()).unwrap().map(|e| e.unwrap().path()).collect();
        files.sort();
        let all: u64 = files.iter().map(|f| f.metadata().unwrap().len()).sum();
        assert!(all <= 4 << 20 && files.len() > 2, "{all} in {}", files.len());
        let text = std::fs::read_to_string(files.last().unwrap()).unwrap();
        let frames: Vec<Frame> =
            text.lines().map(|l| serde_json::from_str::<Recorded>(l).unwrap().frame().unwrap()).collect();
        assert_eq!(frames.last().unwrap(), &Frame::new(at(40), b"!AIVDM \"quoted\"".to_vec()));
        assert_eq!(frames[0].bytes[..4], [0xFF, 0, b'"', b'\n']);
    }
}
