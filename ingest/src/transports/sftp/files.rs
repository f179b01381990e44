//! SFTP version 3 over a partner's room.

use super::room::{Listing, Place, Room, Spot};
use super::upload::Upload;
use russh_sftp::protocol::{
    Attrs, Data, File as Named, FileAttributes, Handle as Answer, Name, OpenFlags, Status, StatusCode,
};
use russh_sftp::server::{Handler, StatusReply};
use std::collections::{BTreeMap, VecDeque};
use std::fs::{File, Metadata};
use std::io;
use std::os::unix::fs::FileExt as _;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

/// Handles at once.
const HANDLES: usize = 32;
/// Files that are told at once of a folder.
const AT_ONCE: usize = 100;
/// Bytes that are read at once.
const LONGEST_READ: u32 = 255 << 10;
/// Uploads whose lengths are remembered.
const REMEMBERED: usize = 64;

/// The files of one SFTP channel.
pub(super) struct Files {
    room: Arc<Room>,
    open: BTreeMap<String, Handle>,
    opened: u64,
    /// Uploads that ended here: clients ask for the length, and the file may have been taken meanwhile.
    brought: VecDeque<(String, u64)>,
}

enum Handle {
    Upload(Upload),
    Read(Arc<File>),
    List(Listing),
    /// The root, told at once and then over.
    Root(bool),
}

type Told<T> = Result<T, StatusReply>;

/// Does what may wait for the disk.
async fn on_disk<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> Told<T> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done.map_err(|e| told(&e)),
        Err(_) => Err(StatusCode::Failure.into()),
    }
}

/// Says what went wrong, without a path of ours.
fn told(error: &io::Error) -> StatusReply {
    match error.kind() {
        io::ErrorKind::NotFound => StatusCode::NoSuchFile.into(),
        io::ErrorKind::PermissionDenied => StatusCode::PermissionDenied.into(),
        io::ErrorKind::StorageFull => {
            StatusCode::Failure.with_message("there is no room on the server's disk")
        }
        io::ErrorKind::QuotaExceeded | io::ErrorKind::Other => {
            StatusCode::Failure.with_message(error.to_string())
        }
        kind => StatusCode::Failure.with_message(kind.to_string()),
    }
}

fn done(id: u32) -> Status {
    Status { id, status_code: StatusCode::Ok, error_message: "Ok".to_owned(), language_tag: "en".to_owned() }
}

fn refused(why: &str) -> StatusReply {
    StatusCode::PermissionDenied.with_message(why)
}

fn spot(path: &str) -> Told<Spot> {
    Spot::read(path).ok_or_else(|| StatusCode::NoSuchFile.into())
}

/// Returns the name of a file in `in/`, where alone something can be changed.
fn of_in(path: &str, why: &str) -> Told<String> {
    match Spot::read(path) {
        Some(Spot::File(Place::In, name)) => Ok(name),
        Some(_) => Err(refused(why)),
        None => Err(refused("a file has a plain name of at most 180 bytes, in one of the four folders")),
    }
}

fn seconds(at: SystemTime) -> u32 {
    at.duration_since(UNIX_EPOCH).map_or(0, |d| u32::try_from(d.as_secs()).unwrap_or(u32::MAX))
}

fn folder_attributes() -> FileAttributes {
    attributes(0o40_755, 0, 0)
}

fn file_attributes(meta: &Metadata) -> FileAttributes {
    attributes(0o100_644, meta.len(), meta.modified().map_or(0, seconds))
}

fn attributes(permissions: u32, size: u64, at: u32) -> FileAttributes {
    FileAttributes {
        size: Some(size),
        uid: Some(0),
        gid: Some(0),
        permissions: Some(permissions),
        atime: Some(at),
        mtime: Some(at),
        ..FileAttributes::default()
    }
}

impl Files {
    /// Returns the files of a new channel.
    pub(super) fn new(room: Arc<Room>) -> Self {
        Self { room, open: BTreeMap::new(), opened: 0, brought: VecDeque::new() }
    }

    fn keep(&mut self, id: u32, handle: Handle) -> Answer {
        self.opened += 1;
        let name = self.opened.to_string();
        self.open.insert(name.clone(), handle);
        Answer { id, handle: name }
    }

    fn may_open(&self) -> Told<()> {
        if self.open.len() < HANDLES {
            Ok(())
        } else {
            Err(StatusCode::Failure.with_message("too many open files"))
        }
    }

    fn brought(&mut self, name: String, length: u64) {
        self.brought.retain(|(n, _)| *n != name);
        self.brought.push_back((name, length));
        if self.brought.len() > REMEMBERED {
            self.brought.pop_front();
        }
    }

    async fn attributes(&self, path: &str) -> Told<FileAttributes> {
        match spot(path)? {
            Spot::Root | Spot::Folder(_) => Ok(folder_attributes()),
            Spot::File(place, name) => {
                let brought = self.brought.iter().find(|(n, _)| place == Place::In && *n == name);
                if let Some((_, length)) = brought {
                    return Ok(attributes(0o100_644, *length, seconds(SystemTime::now())));
                }
                let room = self.room.clone();
                on_disk(move || room.look(place, &name)).await.map(|meta| file_attributes(&meta))
            }
        }
    }

    async fn begin_upload(&mut self, id: u32, path: &str, flags: OpenFlags) -> Told<Answer> {
        let name = of_in(path, "files are put into `in`")?;
        if flags.contains(OpenFlags::APPEND) || !flags.contains(OpenFlags::CREATE) {
            return Err(refused("files are uploaded whole"));
        }
        let room = self.room.clone();
        let upload = on_disk(move || {
            let there = room.look(Place::In, &name).is_ok();
            // An upload that broke off left nothing that could be resumed.
            if there && (flags.contains(OpenFlags::EXCLUDE) || !flags.contains(OpenFlags::TRUNCATE)) {
                return Err(io::Error::other("a file of that name waits already"));
            }
            Upload::begin(room, name)
        });
        let upload = upload.await?;
        Ok(self.keep(id, Handle::Upload(upload)))
    }
}

impl Handler for Files {
    type Error = StatusReply;

    fn unimplemented(&self) -> StatusReply {
        StatusCode::OpUnsupported.into()
    }

    async fn open(&mut self, id: u32, path: String, flags: OpenFlags, _: FileAttributes) -> Told<Answer> {
        self.may_open()?;
        if flags.intersects(OpenFlags::WRITE | OpenFlags::APPEND | OpenFlags::CREATE) {
            return self.begin_upload(id, &path, flags).await;
        }
        let Spot::File(place, name) = spot(&path)? else {
            return Err(StatusCode::Failure.with_message("this is a folder"));
        };
        let room = self.room.clone();
        let file = on_disk(move || room.read(place, &name)).await?;
        Ok(self.keep(id, Handle::Read(Arc::new(file))))
    }

    async fn close(&mut self, id: u32, handle: String) -> Told<Status> {
        match self.open.remove(&handle) {
            Some(Handle::Upload(upload)) => {
                let (asked, given, length) = on_disk(move || upload.close()).await?;
                if given != asked {
                    self.brought(given, length);
                }
                self.brought(asked, length);
                Ok(done(id))
            }
            Some(_) => Ok(done(id)),
            None => Err(StatusCode::Failure.into()),
        }
    }

    async fn read(&mut self, id: u32, handle: String, offset: u64, length: u32) -> Told<Data> {
        let Some(Handle::Read(file)) = self.open.get(&handle) else { return Err(StatusCode::Failure.into()) };
        let (file, length) = (file.clone(), length.min(LONGEST_READ) as usize);
        let data = on_disk(move || {
            let mut data = vec![0; length];
            let mut filled = 0;
            while filled < length {
                match file.read_at(&mut data[filled..], offset.saturating_add(filled as u64)) {
                    Ok(0) => break,
                    Ok(read) => filled += read,
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    Err(error) => return Err(error),
                }
            }
            data.truncate(filled);
            Ok(data)
        });
        let data = data.await?;
        if data.is_empty() && length > 0 { Err(StatusCode::Eof.into()) } else { Ok(Data { id, data }) }
    }

    async fn write(&mut self, id: u32, handle: String, offset: u64, data: Vec<u8>) -> Told<Status> {
        // It is out of the table while it is written, so that a panic leaves nothing half done.
        let Some(Handle::Upload(mut upload)) = self.open.remove(&handle) else {
            return Err(StatusCode::Failure.into());
        };
        let (upload, written) = on_disk(move || {
            let written = upload.write(offset, &data);
            Ok((upload, written))
        })
        .await?;
        self.open.insert(handle, Handle::Upload(upload));
        written.map_err(|e| told(&e))?;
        Ok(done(id))
    }

    async fn lstat(&mut self, id: u32, path: String) -> Told<Attrs> {
        Ok(Attrs { id, attrs: self.attributes(&path).await? })
    }

    async fn stat(&mut self, id: u32, path: String) -> Told<Attrs> {
        Ok(Attrs { id, attrs: self.attributes(&path).await? })
    }

    async fn fstat(&mut self, id: u32, handle: String) -> Told<Attrs> {
        let attrs = match self.open.get(&handle) {
            Some(Handle::Upload(upload)) => {
                attributes(0o100_644, upload.length(), seconds(SystemTime::now()))
            }
            Some(Handle::Read(file)) => {
                let file = file.clone();
                file_attributes(&on_disk(move || file.metadata()).await?)
            }
            Some(Handle::List(_) | Handle::Root(_)) => folder_attributes(),
            None => return Err(StatusCode::Failure.into()),
        };
        Ok(Attrs { id, attrs })
    }

    /// Clients set times and rights after an upload and call it failed when they cannot: both are ours.
    async fn setstat(&mut self, id: u32, path: String, _: FileAttributes) -> Told<Status> {
        of_in(&path, "only what is in `in` is yours")?;
        Ok(done(id))
    }

    async fn fsetstat(&mut self, id: u32, handle: String, _: FileAttributes) -> Told<Status> {
        match self.open.get(&handle) {
            Some(Handle::Upload(_)) => Ok(done(id)),
            _ => Err(StatusCode::PermissionDenied.into()),
        }
    }

    async fn opendir(&mut self, id: u32, path: String) -> Told<Answer> {
        self.may_open()?;
        let handle = match spot(&path)? {
            Spot::Root => Handle::Root(false),
            Spot::Folder(place) => {
                let room = self.room.clone();
                Handle::List(on_disk(move || room.list(place)).await?)
            }
            Spot::File(..) => return Err(StatusCode::Failure.with_message("this is no folder")),
        };
        Ok(self.keep(id, handle))
    }

    async fn readdir(&mut self, id: u32, handle: String) -> Told<Name> {
        let files = match self.open.remove(&handle) {
            Some(Handle::Root(told)) => {
                self.open.insert(handle, Handle::Root(true));
                let all = Place::ALL.into_iter().filter(|_| !told);
                all.map(|place| Named::new(place.name(), folder_attributes())).collect()
            }
            Some(Handle::List(mut listing)) => {
                let (listing, found) = on_disk(move || {
                    let found = listing.next(AT_ONCE);
                    Ok((listing, found))
                })
                .await?;
                self.open.insert(handle, Handle::List(listing));
                let found = found.map_err(|e| told(&e))?;
                found
                    .into_iter()
                    .map(|(name, meta)| Named::new(name, file_attributes(&meta)))
                    .collect::<Vec<_>>()
            }
            Some(other) => {
                self.open.insert(handle, other);
                return Err(StatusCode::Failure.into());
            }
            None => return Err(StatusCode::Failure.into()),
        };
        if files.is_empty() { Err(StatusCode::Eof.into()) } else { Ok(Name { id, files }) }
    }

    async fn remove(&mut self, id: u32, path: String) -> Told<Status> {
        let Spot::File(place, name) = spot(&path)? else { return Err(StatusCode::PermissionDenied.into()) };
        if !matches!(place, Place::In | Place::Out) {
            return Err(refused("files are removed from `in` and `out` only"));
        }
        self.brought.retain(|(n, _)| place != Place::In || *n != name);
        let room = self.room.clone();
        on_disk(move || room.remove(place, &name)).await?;
        Ok(done(id))
    }

    async fn rename(&mut self, id: u32, from: String, to: String) -> Told<Status> {
        let why = "files are renamed within `in` only";
        let (from, to) = (of_in(&from, why)?, of_in(&to, why)?);
        let room = self.room.clone();
        let (before, wanted) = (from.clone(), to.clone());
        on_disk(move || room.rename(&from, &to)).await?;
        if let Some(at) = self.brought.iter().position(|(n, _)| *n == before)
            && let Some((_, length)) = self.brought.remove(at)
        {
            self.brought(wanted, length);
        }
        Ok(done(id))
    }

    async fn mkdir(&mut self, _: u32, _: String, _: FileAttributes) -> Told<Status> {
        Err(refused("there are four folders and no others"))
    }

    async fn rmdir(&mut self, _: u32, _: String) -> Told<Status> {
        Err(refused("there are four folders and no others"))
    }

    async fn realpath(&mut self, id: u32, path: String) -> Told<Name> {
        Ok(Name { id, files: vec![Named::dummy(spot(&path)?.shown())] })
    }
}
