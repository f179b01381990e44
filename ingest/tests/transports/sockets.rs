//! The WebSocket client against sources that do everything wrong.

use super::taken::{Fault, PATIENCE, Run, Taken};
use futures_util::{SinkExt as _, StreamExt as _};
use std::net::SocketAddr;
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;

/// A source that listens.
struct Source(TcpListener);

impl Source {
    async fn new() -> Self {
        Self(TcpListener::bind("127.0.0.1:0").await.unwrap())
    }

    fn at(&self) -> SocketAddr {
        self.0.local_addr().unwrap()
    }

    async fn raw(&self) -> TcpStream {
        tokio::time::timeout(PATIENCE, self.0.accept()).await.expect("somebody connects").unwrap().0
    }

    async fn accept(&self) -> WebSocketStream<TcpStream> {
        tokio_tungstenite::accept_async(self.raw().await).await.unwrap()
    }

    fn feed(&self, more: &str) -> String {
        format!(
            "grouping = \"lines\"\n[transport]\nkind = \"websocket\"\nurl = \"ws://{}/\"\n{more}",
            self.at()
        )
    }
}

async fn say(ws: &mut WebSocketStream<TcpStream>, text: &str) {
    ws.send(Message::text(text)).await.unwrap();
}

fn numbers(from: usize, to: usize) -> Vec<String> {
    (from..to).map(|n| format!("{{\"n\":{n}}}")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_silent_peer_with_an_open_connection_is_found_by_our_own_ping() {
    let (home, taken, source) = (tempfile::tempdir().unwrap(), Taken::new(), Source::new().await);
    let run = Run::start(home.path(), &taken, &source.feed("ping = \"100ms\""));
    let mut silent = source.accept().await;
    say(&mut silent, "before").await;
    taken.until(|l| l == ["before"]).await;
    // It is kept open and never read again: no pong comes.
    let mut next = source.accept().await;
    say(&mut next, "after").await;
    taken.until(|l| l == ["before", "after"]).await;
    assert!(run.line.status(jiff::Timestamp::now()).reconnects["silent"] >= 1);
    drop(silent);
    run.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_answers_pings_and_tells_nothing_is_stale() {
    let (home, taken, source) = (tempfile::tempdir().unwrap(), Taken::new(), Source::new().await);
    let feed = format!("expect = {{ every = \"300ms\" }}\n{}", source.feed("ping = \"50ms\""));
    let run = Run::start(home.path(), &taken, &feed);
    let mut alive = source.accept().await;
    // Reading answers pings.
    let answering = tokio::spawn(async move { while alive.next().await.is_some_and(|m| m.is_ok()) {} });
    let mut next = source.accept().await;
    say(&mut next, "data").await;
    taken.until(|l| l == ["data"]).await;
    let reasons = run.line.status(jiff::Timestamp::now()).reconnects;
    assert!(reasons["stale"] >= 1 && !reasons.contains_key("silent"), "{reasons:?}");
    run.stop().await;
    answering.abort();
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_that_break_in_any_way_are_made_again_and_nothing_is_lost() {
    let (home, taken, source) = (tempfile::tempdir().unwrap(), Taken::new(), Source::new().await);
    let run = Run::start(home.path(), &taken, &source.feed(""));
    // Dropped without a close frame.
    let mut first = source.accept().await;
    say(&mut first, "one").await;
    drop(first);
    // Dropped before the handshake, twice: the storm is ours to calm.
    drop(source.raw().await);
    drop(source.raw().await);
    // Closed as it should be.
    let mut second = source.accept().await;
    say(&mut second, "two").await;
    second.close(None).await.unwrap();
    let mut third = source.accept().await;
    say(&mut third, "three").await;
    taken.until(|l| l == ["one", "two", "three"]).await;
    run.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_of_17_mib_ends_the_connection_and_not_the_feed() {
    let (home, taken, source) = (tempfile::tempdir().unwrap(), Taken::new(), Source::new().await);
    let run = Run::start(home.path(), &taken, &source.feed("max_message = 1048576"));
    let mut first = source.accept().await;
    say(&mut first, "small").await;
    // The client may go before it was all sent.
    let _ = first.send(Message::text("x".repeat(17 << 20))).await;
    let mut next = source.accept().await;
    say(&mut next, "small again").await;
    taken.until(|l| l == ["small", "small again"]).await;
    assert_eq!(run.line.status(jiff::Timestamp::now()).reconnects["too_long"], 1);
    run.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_onto_a_disk_that_stands_still_stays_bounded_and_pings_are_answered() {
    const FRAMES: usize = 100_000;
    let (home, taken, source) = (tempfile::tempdir().unwrap(), Taken::new(), Source::new().await);
    taken.shut(true);
    let bounds = "bounds = { frames = 1000, bytes = 1048576 }\n";
    let run = Run::start(home.path(), &taken, &format!("{bounds}{}", source.feed("")));
    let mut flood = source.accept().await;
    for text in numbers(0, FRAMES) {
        flood.feed(Message::text(text)).await.unwrap();
    }
    flood.send(Message::Ping("are you there".into())).await.unwrap();
    let pong = tokio::time::timeout(PATIENCE, flood.next()).await.unwrap().unwrap().unwrap();
    assert_eq!(pong, Message::Pong("are you there".into()), "the reader reads although nothing is stored");
    run.until(|h| h.frames == FRAMES as u64).await;
    let health = run.line.status(jiff::Timestamp::now());
    assert!(health.waiting <= 1000 && health.spilled > 1_000_000, "{health:?}");
    taken.shut(false);
    let all = taken.until(|l| l.len() >= FRAMES).await;
    assert_eq!(all, numbers(0, FRAMES), "each once, in their order");
    run.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_fails_makes_frames_wait_and_not_vanish() {
    let (home, taken, source) = (tempfile::tempdir().unwrap(), Taken::new(), Source::new().await);
    taken.faults.lock().unwrap().extend([Fault::Disk, Fault::Disk]);
    let run = Run::start(home.path(), &taken, &source.feed(""));
    let mut ws = source.accept().await;
    for text in numbers(0, 100) {
        say(&mut ws, &text).await;
    }
    assert_eq!(taken.until(|l| l.len() >= 100).await, numbers(0, 100));
    run.until(|h| h.trouble.is_none()).await;
    run.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_when_the_process_stops_is_stored_by_the_next_one() {
    let (home, taken, source) = (tempfile::tempdir().unwrap(), Taken::new(), Source::new().await);
    taken.faults.lock().unwrap().extend((0..1000).map(|_| Fault::Disk));
    let bounds = "bounds = { frames = 10, bytes = 1048576 }\n";
    let run = Run::start(home.path(), &taken, &format!("{bounds}{}", source.feed("")));
    let mut ws = source.accept().await;
    for text in numbers(0, 100) {
        say(&mut ws, &text).await;
    }
    run.until(|h| h.frames == 100).await;
    run.stop().await;
    assert_eq!(taken.lines(), [""; 0]);
    taken.faults.lock().unwrap().clear();
    let run = Run::start(home.path(), &taken, &source.feed(""));
    let mut ws = source.accept().await;
    say(&mut ws, "{\"n\":100}").await;
    assert_eq!(taken.until(|l| l.len() > 100).await, numbers(0, 101));
    run.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_cursor_follows_the_log_and_the_subscription_goes_on_from_it() {
    let (home, taken, source) = (tempfile::tempdir().unwrap(), Taken::new(), Source::new().await);
    let secret = home.path().join("secret");
    std::fs::write(&secret, "k\"ey\n").unwrap();
    let more = format!(
        "cursor = \"/n\"\nsubscribe = '{{\"key\":\"{{secret}}\",\"after\":\"{{cursor}}\"}}'\nsecret = {{ file = \"{}\" }}",
        secret.display()
    );
    let run = Run::start(home.path(), &taken, &source.feed(&more));
    let mut first = source.accept().await;
    let asked = first.next().await.unwrap().unwrap();
    assert_eq!(asked, Message::text("{\"key\":\"k\\\"ey\",\"after\":\"\"}"));
    for text in numbers(0, 5) {
        say(&mut first, &text).await;
    }
    taken.until(|l| l.len() == 5).await;
    // A secret that was changed holds at the next connect.
    std::fs::write(&secret, "new").unwrap();
    run.until(|_| std::fs::read_to_string(home.path().join("f/cursor")).is_ok_and(|c| c == "4")).await;
    drop(first);
    let mut second = source.accept().await;
    let asked = second.next().await.unwrap().unwrap();
    assert_eq!(asked, Message::text("{\"key\":\"new\",\"after\":\"4\"}"));
    // Nothing that comes while the disk stands still moves the cursor.
    taken.shut(true);
    say(&mut second, "{\"n\":5}").await;
    run.until(|h| h.frames == 6).await;
    assert_eq!(std::fs::read_to_string(home.path().join("f/cursor")).unwrap(), "4");
    taken.shut(false);
    taken.until(|l| l.len() == 6).await;
    run.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn through_a_proxy_and_never_in_plain_over_the_network() {
    let (home, taken, source) = (tempfile::tempdir().unwrap(), Taken::new(), Source::new().await);
    let proxy = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (at, to) = (proxy.local_addr().unwrap(), source.at());
    let relaying = tokio::spawn(async move {
        use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
        let (mut client, _) = proxy.accept().await.unwrap();
        let mut asked = Vec::new();
        while !asked.ends_with(b"\r\n\r\n") {
            asked.push(client.read_u8().await.unwrap());
        }
        assert!(asked.starts_with(format!("CONNECT {to} HTTP/1.1\r\n").as_bytes()));
        client.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
        let mut server = TcpStream::connect(to).await.unwrap();
        let _ = tokio::io::copy_bidirectional(&mut client, &mut server).await;
    });
    let run = Run::start(home.path(), &taken, &source.feed(&format!("proxy = \"http://{at}\"")));
    let mut ws = source.accept().await;
    say(&mut ws, "by proxy").await;
    taken.until(|l| l == ["by proxy"]).await;
    run.stop().await;
    relaying.abort();
}
