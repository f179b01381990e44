//! A mailbox on servers that are played, for what a real one cannot be made to do: it breaks off in the
//! middle of a mail, sends without end, or says what is no IMAP.

use super::clients::listen;
use super::log::{Log, Run};
use std::net::SocketAddr;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

const MAIL: &str = "From: a@b.example\r\nSubject: x\r\n\r\nUNB+UNOA:2+whole'\r\n";

/// What a played server does when it is asked for the mail.
#[derive(Clone, Copy)]
enum Act {
    /// It sends it.
    Whole,
    /// It hangs up after half of it.
    Half,
    /// It sends more than it said, without end.
    Flood,
    /// It says what is no IMAP.
    Nonsense,
    /// It tells of another mail first, and that this one is gone.
    Gone,
}

fn feed(at: SocketAddr, data: &std::path::Path) -> String {
    std::fs::write(data.join("password"), "x").unwrap();
    format!(
        "kind = \"mailbox\"\nserver = \"{at}\"\nuser = \"u\"\nsecret = {{ file = \"{}\" }}\nplain = true\n\
         max_mail = 100000\nevery = \"50ms\"",
        data.join("password").display()
    )
}

/// Plays one connection.
async fn play(stream: TcpStream, act: Act) -> Option<()> {
    let (reader, mut writer) = stream.into_split();
    let mut lines = BufReader::new(reader).lines();
    writer.write_all(b"* OK played\r\n").await.ok()?;
    while let Some(line) = lines.next_line().await.ok()? {
        let (tag, command) = line.split_once(' ')?;
        let answer = match command {
            "CAPABILITY" => "* CAPABILITY IMAP4rev1\r\n".to_owned(),
            c if c.starts_with("SELECT") => {
                "* 1 EXISTS\r\n* OK [UIDVALIDITY 9] x\r\n* OK [UIDNEXT 8] x\r\n".to_owned()
            }
            "UID SEARCH UNSEEN" => "* SEARCH 7\r\n".to_owned(),
            c if c.starts_with("UID SEARCH") => "* SEARCH 7\r\n".to_owned(),
            c if c.contains("ENVELOPE") => {
                let envelope = "(NIL \"x\" ((NIL NIL \"a\" \"b.example\")) NIL NIL NIL NIL NIL NIL NIL)";
                format!("* 1 FETCH (UID 7 RFC822.SIZE {} ENVELOPE {envelope})\r\n", MAIL.len())
            }
            c if c.contains("BODY.PEEK[]") => match act {
                Act::Whole => format!("* 1 FETCH (UID 7 BODY[] {{{}}}\r\n{MAIL})\r\n", MAIL.len()),
                Act::Gone => "* 2 FETCH (UID 8 FLAGS (\\Seen))\r\n* 1 EXPUNGE\r\n".to_owned(),
                Act::Half => {
                    let half = format!("* 1 FETCH (UID 7 BODY[] {{{}}}\r\n{}", MAIL.len(), &MAIL[..30]);
                    writer.write_all(half.as_bytes()).await.ok()?;
                    return None;
                }
                Act::Flood => {
                    // Not so much that the library refuses it by itself.
                    let most = 400 << 20;
                    writer
                        .write_all(format!("* 1 FETCH (UID 7 BODY[] {{{most}}}\r\n").as_bytes())
                        .await
                        .ok()?;
                    loop {
                        writer.write_all(&vec![b'x'; 64 << 10]).await.ok()?;
                    }
                }
                Act::Nonsense => "HTTP/1.1 200 OK\r\n\r\n".to_owned(),
            },
            _ => String::new(),
        };
        writer.write_all(format!("{answer}{tag} OK done\r\n").as_bytes()).await.ok()?;
    }
    Some(())
}

/// Plays connections one after the other; the last act stays.
async fn serve(listener: TcpListener, acts: Vec<Act>) {
    for n in 0.. {
        let (stream, _) = listener.accept().await.unwrap();
        play(stream, acts[n.min(acts.len() - 1)]).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_that_breaks_off_is_fetched_again_and_stored_once() {
    let ((listener, at), data, log) = (listen().await, tempfile::tempdir().unwrap(), Log::new());
    tokio::spawn(serve(listener, vec![Act::Half, Act::Nonsense, Act::Whole]));
    let run = Run::start(data.path(), &log, "acme", &feed(at, data.path()));
    assert_eq!(log.until(1).await, [("acme/7/text".to_owned(), "UNB+UNOA:2+whole'\r\n".to_owned())]);
    let cursor = data.path().join("feeds/acme/cursor");
    run.until(|_| std::fs::read_to_string(&cursor).is_ok_and(|c| c == "9:7")).await;
    assert_eq!(run.health().reconnects.values().sum::<u64>(), 2);
    run.stop().await;
    assert_eq!(log.told(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_sends_without_end_is_left() {
    let ((listener, at), data, log) = (listen().await, tempfile::tempdir().unwrap(), Log::new());
    tokio::spawn(serve(listener, vec![Act::Flood, Act::Gone]));
    let run = Run::start(data.path(), &log, "acme", &feed(at, data.path()));
    run.until(|h| h.reconnects.get("io") == Some(&1)).await;
    let told = run.health().trouble.unwrap_or_default();
    assert!(told.contains("more than was asked for"), "{told}");
    let cursor = data.path().join("feeds/acme/cursor");
    run.until(|_| cursor.exists()).await;
    run.stop().await;
    assert_eq!(log.told(), 0, "a mail that is gone is no mail");
}
