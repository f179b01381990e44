//! A partner that wants more than its own: nothing leads out of its four folders.

use super::clients::{Dropbox, Partner};
use russh::client::AuthResult;
use russh_sftp::client::RawSftpSession;
use russh_sftp::protocol::{FileAttributes, OpenFlags};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

/// Returns every file below a folder with what is in it.
fn tree(of: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(of).unwrap().map(Result::unwrap) {
        let kind = entry.file_type().unwrap();
        if kind.is_dir() {
            found.extend(tree(&entry.path()));
        } else if kind.is_file() {
            found.insert(entry.path(), std::fs::read(entry.path()).unwrap());
        } else {
            found.insert(entry.path(), Vec::new());
        }
    }
    found
}

const READ: OpenFlags = OpenFlags::READ;
const NEW: OpenFlags = OpenFlags::WRITE.union(OpenFlags::CREATE).union(OpenFlags::TRUNCATE);

#[tokio::test(flavor = "multi_thread")]
async fn no_request_reaches_what_is_not_the_partners() {
    let dropbox = Dropbox::new();
    dropbox.log.shut(true);
    let run = dropbox.start("").await;
    let data = dropbox.data.path();
    std::fs::write(data.join("secret"), "secret").unwrap();
    std::fs::write(dropbox.folder("cursor"), "ours").unwrap();
    std::fs::write(dropbox.folder("done").join("old.edi"), "old").unwrap();
    // What somebody on this machine may have put there, by mistake or not.
    for folder in ["in", "done", "out"] {
        std::os::unix::fs::symlink(data.join("secret"), dropbox.folder(folder).join("link.part")).unwrap();
        std::os::unix::fs::symlink(data, dropbox.folder(folder).join("dir.part")).unwrap();
        let pipe = dropbox.folder(folder).join("pipe.part");
        assert!(std::process::Command::new("mkfifo").arg(pipe).status().unwrap().success());
    }
    let before = tree(data);
    let partner = dropbox.log_in().await;
    let channel = partner.ssh.channel_open_session().await.unwrap();
    channel.request_subsystem(true, "sftp").await.unwrap();
    let session = RawSftpSession::new(channel.into_stream());
    session.init().await.unwrap();
    let empty = FileAttributes::empty;

    let out = data.join("secret").display().to_string();
    let paths = [
        "/etc/passwd",
        "../secret",
        "../../secret",
        "in/../../../secret",
        "in/../../secret",
        "/in/../secret",
        &out,
        "cursor",
        "/cursor",
        "in/../cursor",
        "waiting",
        "sftp_host_key",
        "../sftp_host_key",
        "in/link.part",
        "out/link.part",
        "in/dir.part/secret",
        "out/dir.part/secret",
        "in/pipe.part",
        "out/pipe.part",
        "in//..//cursor",
        "in/.hidden",
        "in/.upload-0",
        "in\0/../secret",
        "in/a\0b",
        "in/\u{202E}a",
        "..\\..\\secret",
        "in/..\\secret",
        "in/%2e%2e/secret",
        "in/\u{FF0E}\u{FF0E}/secret",
        "out/../../../../../../../../etc/passwd",
        "",
        "/",
        "in",
        "~/x",
    ];
    for path in paths {
        assert!(session.open(path, READ, empty()).await.is_err(), "read {path:?}");
        // A new file beside what has its name already would be the partner's own.
        if !["in/link.part", "in/pipe.part"].contains(&path) {
            assert!(session.open(path, NEW, empty()).await.is_err(), "write {path:?}");
        }
        assert!(session.open(path, OpenFlags::WRITE, empty()).await.is_err(), "change {path:?}");
        assert!(session.remove(path).await.is_err(), "remove {path:?}");
        assert!(session.rename(path, "in/got").await.is_err(), "rename {path:?}");
        assert!(
            session.rmdir(path).await.is_err() && session.mkdir(path, empty()).await.is_err(),
            "{path:?}"
        );
        assert!(
            session.symlink(path, "in/got").await.is_err() && session.symlink("in/got", path).await.is_err()
        );
        assert!(session.readlink(path).await.is_err(), "{path:?}");
        assert!(session.hardlink(path, "in/got").await.is_err(), "{path:?}");
        let times = FileAttributes { permissions: Some(0o777), ..empty() };
        let set = session.setstat(path, times).await.is_err();
        assert!(set || path.starts_with("in/"), "{path:?}");
    }
    for path in ["done/x", "failed/x", "out/x", "x", "/x", "in/x/y", &format!("in/{}", "x".repeat(200))] {
        assert!(session.open(path, NEW, empty()).await.is_err(), "write {path:?}");
    }
    for path in ["done/old.edi", "in/link.part"] {
        assert!(session.remove(path).await.is_err(), "remove {path:?}");
        assert!(session.rename(path, "in/mine").await.is_err(), "{path:?}");
    }
    for (what, data) in
        [("posix-rename@openssh.com", &b"\0\0\0\x01a"[..]), ("x", b""), ("statvfs@openssh.com", b"/")]
    {
        let answer = session.extended(what, data.to_vec()).await;
        assert!(!matches!(answer, Ok(russh_sftp::protocol::Packet::ExtendedReply(_))), "{what}");
    }
    // Nothing but files is shown, and everything that is shown is one of the four or in them.
    for (folder, wanted) in [("/", "done failed in out"), ("in", ""), ("out", ""), ("done", "old.edi")] {
        let handle = session.opendir(folder).await.unwrap().handle;
        let mut names: Vec<String> = Vec::new();
        while let Ok(more) = session.readdir(handle.clone()).await {
            names.extend(more.files.into_iter().map(|f| f.filename));
        }
        names.sort();
        assert_eq!(names.join(" "), wanted, "{folder}");
        session.close(handle).await.unwrap();
    }
    for folder in ["..", "/..", "in/..", "../../.."] {
        assert_eq!(session.realpath(folder).await.unwrap().files[0].filename, "/");
    }
    for folder in ["/etc", "in/dir.part", "cursor", "frames"] {
        assert!(session.opendir(folder).await.is_err(), "{folder}");
    }
    assert_eq!(tree(data), before, "nothing changed anywhere");

    // What is its own still works, odd names and all.
    for name in ["in/ü 中文.edi", "in/../in/b.edi"] {
        let handle = session.open(name, NEW, empty()).await.unwrap().handle;
        session.write(handle.clone(), 0, name.into()).await.unwrap();
        session.close(handle).await.unwrap();
    }
    let handle = session.open("/done/old.edi", READ, empty()).await.unwrap().handle;
    assert_eq!(session.read(handle.clone(), 0, u32::MAX).await.unwrap().data, b"old");
    assert!(session.read(handle, u64::MAX, 10).await.is_err());
    assert!(session.read("99", 0, 1).await.is_err() && session.write("1", 0, vec![1]).await.is_err());
    dropbox.log.shut(false);
    let mut names: Vec<_> = dropbox.log.until(2).await.into_iter().map(|(name, _)| name).collect();
    names.sort();
    assert_eq!(names, ["acme/b.edi", "acme/ü 中文.edi"]);
    run.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_but_sftp_is_served_and_nobody_comes_in_without_a_key() {
    let dropbox = Dropbox::new();
    let run = dropbox.start("").await;
    let mut stranger = Partner::reach(TcpStream::connect(dropbox.at).await.unwrap()).await.unwrap();
    for user in ["acme", "root", ""] {
        let none = stranger.ssh.authenticate_none(user).await;
        assert!(matches!(none, Ok(AuthResult::Failure { .. })), "{none:?}");
    }
    let password = stranger.ssh.authenticate_password("acme", "acme").await;
    let methods = match password {
        Ok(AuthResult::Failure { remaining_methods, .. }) => format!("{remaining_methods:?}"),
        other => panic!("{other:?}"),
    };
    assert!(methods.contains("PublicKey") && !methods.contains("Password"), "{methods}");

    let partner = dropbox.log_in().await;
    assert!(partner.ssh.channel_open_direct_tcpip("127.0.0.1", 22, "127.0.0.1", 1).await.is_err());
    assert!(partner.ssh.tcpip_forward("127.0.0.1", 0).await.is_err());
    for what in ["exec", "shell", "other"] {
        let mut channel = partner.ssh.channel_open_session().await.unwrap();
        match what {
            "exec" => channel.exec(true, "id").await.unwrap(),
            "shell" => channel.request_shell(true).await.unwrap(),
            _ => channel.request_subsystem(true, "netconf").await.unwrap(),
        }
        assert!(matches!(channel.wait().await, Some(russh::ChannelMsg::Failure)), "{what}");
        // The server closes what ends; the next channel has room only then.
        channel.eof().await.unwrap();
        while channel.wait().await.is_some() {}
    }
    run.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn garbage_ends_a_channel_and_nothing_else() {
    let dropbox = Dropbox::new();
    let run = dropbox.start("").await;
    let partner = dropbox.log_in().await;
    let good = partner.sftp().await;
    let garbage: [&[u8]; 6] = [
        &[0, 0, 0, 0],
        &[0xFF; 64],
        &[0, 0, 0, 1, 3],
        &[0, 0, 0, 5, 200, 0, 0, 0, 1],
        &[0, 0, 0, 9, 3, 0, 0, 0, 1, 0xFF, 0xFF, 0xFF, 0xFF],
        &[0, 0, 0, 11, 11, 0, 0, 0, 1, 0, 0, 0, 2, 0xC3, 0x28],
    ];
    for bytes in garbage {
        let mut channel = partner.ssh.channel_open_session().await.unwrap();
        channel.request_subsystem(true, "sftp").await.unwrap();
        channel.data(bytes).await.unwrap();
        channel.eof().await.unwrap();
        while channel.wait().await.is_some() {}
    }
    good.write("in/good", b"good").await.unwrap_err();
    let mut file = good.create("in/good").await.unwrap();
    file.write_all(b"good").await.unwrap();
    file.close().await.unwrap();
    assert_eq!(dropbox.log.until(1).await, [("acme/good".to_owned(), "good".to_owned())]);
    // Bytes that are no SSH end the connection and nothing else.
    let mut stream = TcpStream::connect(dropbox.at).await.unwrap();
    let _ = stream.write_all(&vec![b'x'; 100_000]).await;
    drop(stream);
    assert_eq!(good.read_dir("done").await.unwrap().count(), 1);
    run.stop().await;
}
