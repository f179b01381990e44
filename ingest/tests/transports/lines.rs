//! Lines over TCP and datagrams over UDP.

use super::taken::{PATIENCE, Run, Taken};
use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpListener, TcpStream, UdpSocket};

/// Returns a port that is free.
async fn free() -> std::net::SocketAddr {
    TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn dialled_lines_come_whole_and_one_that_is_too_long_is_counted() {
    let (home, taken) = (tempfile::tempdir().unwrap(), Taken::new());
    let source = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = source.local_addr().unwrap();
    let feed = format!(
        "grouping = \"lines\"\nrecord = {{}}\n[transport]\nkind = \"tcp\"\nconnect = \"{at}\"\nmax_line = 20"
    );
    let run = Run::start(home.path(), &taken, &feed);
    let (mut first, _) = tokio::time::timeout(PATIENCE, source.accept()).await.unwrap().unwrap();
    first.write_all(b"one\r\ntw").await.unwrap();
    first.flush().await.unwrap();
    first.write_all(b"o\n\n").await.unwrap();
    first.write_all(&[vec![b'x'; 200_000], b"\nthree".to_vec()].concat()).await.unwrap();
    drop(first);
    let (mut second, _) = tokio::time::timeout(PATIENCE, source.accept()).await.unwrap().unwrap();
    second.write_all(b"four\n").await.unwrap();
    taken.until(|l| l == ["one", "two", "three", "four"]).await;
    assert_eq!(run.line.status(jiff::Timestamp::now()).refused["too_long"], 1);
    run.stop().await;

    // What was recorded can be played again.
    let recorded = std::fs::read_dir(home.path().join("f/frames")).unwrap().next().unwrap().unwrap().path();
    let again = Taken::new();
    let feed =
        format!("grouping = \"lines\"\n[transport]\nkind = \"replay\"\nfile = \"{}\"", recorded.display());
    let run = Run::start(&home.path().join("again"), &again, &feed);
    again.until(|l| l == ["one", "two", "three", "four"]).await;
    run.until(|h| h.state == sealane_data::feed::FeedState::Ended).await;
    run.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn accepted_peers_speak_side_by_side() {
    let (home, taken, at) = (tempfile::tempdir().unwrap(), Taken::new(), free().await);
    let feed = format!(
        "grouping = \"lines\"\n[transport]\nkind = \"tcp\"\nlisten = \"{at}\"\npeers = [\"127.0.0.1\"]"
    );
    let run = Run::start(home.path(), &taken, &feed);
    run.until(|h| h.connected.is_some()).await;
    let mut peers = Vec::new();
    for n in 0..3 {
        let mut peer = TcpStream::connect(at).await.unwrap();
        peer.write_all(format!("peer {n}\n").as_bytes()).await.unwrap();
        peers.push(peer);
    }
    taken.until(|l| (0..3).all(|n| l.contains(&format!("peer {n}")))).await;
    run.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn datagrams_hold_lines() {
    let (home, taken, at) = (tempfile::tempdir().unwrap(), Taken::new(), free().await);
    let feed =
        format!("grouping = \"lines\"\n[transport]\nkind = \"udp\"\nlisten = \"{at}\"\nmax_line = 100");
    let run = Run::start(home.path(), &taken, &feed);
    run.until(|h| h.connected.is_some()).await;
    let peer = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    peer.send_to(b"a\nb\r\n", at).await.unwrap();
    peer.send_to(&[b'x'; 101], at).await.unwrap();
    peer.send_to(b"c", at).await.unwrap();
    taken.until(|l| l == ["a", "b", "c"]).await;
    assert_eq!(run.line.status(jiff::Timestamp::now()).refused["too_long"], 1);
    run.stop().await;
}
