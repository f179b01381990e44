//! Drop boxes when connections, feeds and processes end at the wrong moment.

use super::clients::{Dropbox, Key, Partner};
use super::log::until;
use russh_sftp::client::RawSftpSession;
use russh_sftp::protocol::{FileAttributes, OpenFlags};
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;

const NEW: OpenFlags = OpenFlags::WRITE.union(OpenFlags::CREATE).union(OpenFlags::TRUNCATE);

async fn raw(partner: &Partner) -> RawSftpSession {
    let channel = partner.ssh.channel_open_session().await.unwrap();
    channel.request_subsystem(true, "sftp").await.unwrap();
    let session = RawSftpSession::new(channel.into_stream());
    session.init().await.unwrap();
    session
}

async fn put(session: &RawSftpSession, path: &str, text: &str) {
    let handle = session.open(path, NEW, FileAttributes::empty()).await.unwrap().handle;
    session.write(handle.clone(), 0, text.into()).await.unwrap();
    session.close(handle).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_that_breaks_off_leaves_nothing() {
    let dropbox = Dropbox::new();
    let run = dropbox.start("").await;
    let partner = dropbox.log_in().await;
    let session = raw(&partner).await;
    let handle = session.open("in/a.edi", NEW, FileAttributes::empty()).await.unwrap().handle;
    session.write(handle, 0, vec![b'x'; 30_000]).await.unwrap();
    assert_eq!(dropbox.files("in").len(), 1);
    assert!(dropbox.files("in")[0].starts_with(".upload-"), "it has no name before it is whole");
    partner.tear();
    until("what was half there is gone", || dropbox.files("in").is_empty()).await;
    // The partner comes again and brings the whole.
    let partner = dropbox.log_in().await;
    put(&raw(&partner).await, "in/a.edi", "whole").await;
    assert_eq!(dropbox.log.until(1).await, [("acme/a.edi".to_owned(), "whole".to_owned())]);
    run.stop().await;
    assert_eq!(dropbox.log.told(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_loses_nothing_and_takes_nothing_twice() {
    let dropbox = Dropbox::new();
    dropbox.log.shut(true);
    let run = dropbox.start("").await;
    let partner = dropbox.log_in().await;
    let session = raw(&partner).await;
    put(&session, "in/a.edi", "a").await;
    put(&session, "in/b.edi", "b").await;
    let half = session.open("in/c.edi", NEW, FileAttributes::empty()).await.unwrap().handle;
    session.write(half.clone(), 0, b"half".to_vec()).await.unwrap();
    run.stop().await;
    assert!(session.close(half).await.is_err(), "the partner hears that its upload failed");
    assert!(dropbox.log.names().is_empty());
    // As a process that was killed leaves it.
    std::fs::write(dropbox.folder("in").join(".upload-0123456789abcdef"), "half").unwrap();
    dropbox.log.shut(false);
    let run = dropbox.start("").await;
    dropbox.log.until(2).await;
    until("both are put away", || dropbox.files("done") == ["a.edi", "b.edi"]).await;
    assert!(dropbox.files("in").is_empty(), "{:?}", dropbox.files("in"));
    run.stop().await;

    // A crash after storing and before moving: the same bytes come again and add nothing.
    std::fs::rename(dropbox.folder("done").join("a.edi"), dropbox.folder("in").join("a.edi")).unwrap();
    let run = dropbox.start("").await;
    until("it is put away again", || dropbox.files("done") == ["a.edi", "b.edi"]).await;
    run.stop().await;
    assert_eq!(dropbox.log.names(), ["acme/a.edi", "acme/b.edi"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_uploads_of_one_name_are_both_taken_in_their_order() {
    let dropbox = Dropbox::new();
    dropbox.log.shut(true);
    let run = dropbox.start("").await;
    let (one, two) = (dropbox.log_in().await, dropbox.log_in().await);
    let (one, two) = (raw(&one).await, raw(&two).await);
    // Side by side, and the second is done first.
    let first = one.open("in/a.edi", NEW, FileAttributes::empty()).await.unwrap().handle;
    let second = two.open("in/a.edi", NEW, FileAttributes::empty()).await.unwrap().handle;
    one.write(first.clone(), 0, b"first".to_vec()).await.unwrap();
    two.write(second.clone(), 0, b"second".to_vec()).await.unwrap();
    two.close(second).await.unwrap();
    one.close(first).await.unwrap();
    // And again, under another name first.
    put(&one, "in/a.edi.tmp", "third").await;
    one.rename("in/a.edi.tmp", "in/a.edi").await.unwrap();
    assert_eq!(dropbox.files("in"), ["a.edi", "a~0001.edi", "a~0002.edi"]);
    dropbox.log.shut(false);
    let texts: Vec<_> = dropbox.log.until(3).await.into_iter().map(|(_, text)| text).collect();
    assert_eq!(texts, ["second", "first", "third"]);
    until("all are put away", || dropbox.files("done").len() == 3).await;
    // Clients ask how long the file is that they brought, and call the upload failed if it is gone.
    assert_eq!(one.stat("in/a.edi").await.unwrap().attrs.size, Some(5));
    assert!(dropbox.log_in().await.sftp().await.metadata("in/a.edi").await.is_err(), "to others it is gone");
    run.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn parts_come_in_any_order_and_a_part_that_fails_fails_the_file() {
    let dropbox = Dropbox::new();
    let run = dropbox.start("max_file = 100").await;
    let partner = dropbox.log_in().await;
    let session = raw(&partner).await;
    let open = async |name: &str| session.open(name, NEW, FileAttributes::empty()).await.unwrap().handle;
    let handle = open("in/a").await;
    session.write(handle.clone(), 5, b" world".to_vec()).await.unwrap();
    session.write(handle.clone(), 0, b"hello".to_vec()).await.unwrap();
    assert_eq!(session.fstat(handle.clone()).await.unwrap().attrs.size, Some(11));
    session.close(handle).await.unwrap();
    assert_eq!(dropbox.log.until(1).await[0].1, "hello world");
    let handle = open("in/b").await;
    session.write(handle.clone(), 0, b"good".to_vec()).await.unwrap();
    for at in [100, u64::MAX] {
        let told = session.write(handle.clone(), at, b"x".to_vec()).await.unwrap_err().to_string();
        assert!(at > 100 || told.contains("at most 100 bytes"), "{told}");
    }
    session.write(handle.clone(), 4, b" again".to_vec()).await.unwrap();
    assert!(session.close(handle).await.is_err(), "a file with a hole is no file");
    let mut handles = Vec::new();
    while let Ok(answer) = session.open("in/c", NEW, FileAttributes::empty()).await {
        handles.push(answer.handle);
    }
    assert_eq!(handles.len(), 32);
    session.close(handles.pop().unwrap()).await.unwrap();
    put(&session, "in/d", "room again").await;
    run.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_is_turned_away_and_partners_come_in() {
    let dropbox = Dropbox::new();
    let run = dropbox.start("").await;
    let mut flood = Vec::new();
    for _ in 0..60 {
        flood.push(TcpStream::connect(dropbox.at).await.unwrap());
    }
    // Eight are greeted; the others are shut out, which they hear at once.
    let mut greeted = 0;
    for stream in &mut flood {
        let mut banner = [0; 4];
        greeted += usize::from(stream.read_exact(&mut banner).await.is_ok() && banner == *b"SSH-");
    }
    assert_eq!(greeted, 8);
    run.until(|h| h.refused.get("too_many_peers") == Some(&52)).await;
    let stream = Partner::from(77, dropbox.at).await.unwrap();
    let partner = Partner::log_in(stream, "acme", &dropbox.key.secret).await.expect("from elsewhere");
    put(&raw(&partner).await, "in/a", "a").await;
    dropbox.log.until(1).await;
    drop(flood);

    // Whoever tries keys is shut out after ten, and nobody else is.
    let wrong = Key::new(dropbox.data.path(), "wrong.key").secret;
    let tries = (0..10).map(|_| async {
        let stream = Partner::from(78, dropbox.at).await.unwrap();
        assert!(Partner::log_in(stream, "acme", &wrong).await.is_none());
    });
    // One after the other: side by side they would be too many at once.
    for attempt in tries {
        attempt.await;
    }
    run.until(|h| h.refused.get("wrong_key") == Some(&10)).await;
    let stream = Partner::from(78, dropbox.at).await.unwrap();
    assert!(
        Partner::log_in(stream, "acme", &dropbox.key.secret).await.is_none(),
        "not even with the right key"
    );
    assert!(run.health().refused.contains_key("too_many_attempts"));
    let stream = Partner::from(79, dropbox.at).await.unwrap();
    assert!(Partner::log_in(stream, "acme", &dropbox.key.secret).await.is_some());
    run.stop().await;
}
