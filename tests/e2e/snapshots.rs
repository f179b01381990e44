//! A start from a snapshot serves what a start from the whole log serves, and a snapshot is only a cache.

use super::certificates::{discharge, enter, gate_and_load};
use super::server::{Server, data};
use sealane::engine::{Engine, Options, Worth};
use std::path::Path;

/// Opens and closes an engine; returns what it serves, and how much of the log it read.
fn open(data: &Path, worth: Worth) -> (String, Vec<u64>) {
    let mut read = Vec::new();
    let options = Options { snapshots: worth, ..Options::default() };
    let engine = Engine::open(data, options, &mut |done, _| read.push(done)).unwrap();
    let served = engine.handle().shared().read(|world, register| {
        let certificates = register.owned_by(None);
        let routes: Vec<_> = certificates
            .iter()
            .map(|c| register.bound(c, world).into_iter().map(|b| b.journey).collect::<Vec<_>>())
            .map(|keys| world.route(&keys))
            .collect();
        format!("{:#?} {:#?} {:#?} {}", certificates, routes, world.calls(), world.seq())
    });
    (served, read)
}

const NEVER: Worth = Worth { running: u64::MAX, stopping: u64::MAX };
const AT_STOP: Worth = Worth { running: u64::MAX, stopping: 1 };

#[test]
fn a_start_from_a_snapshot_serves_what_the_whole_log_says() {
    let (_dir, data) = data();
    let server = Server::serve(&data);
    gate_and_load(&server);
    let id = enter(&server, "EXAMPLE-0001");
    assert_eq!(server.ask("POST", &format!("/v1/certificates/{id}/publish"), b"").status, 200);
    drop(server);

    let (whole, read) = open(&data, AT_STOP);
    assert!(whole.contains("EXAMPLE-0001") && !read.is_empty());
    let (kept, read) = open(&data, NEVER);
    assert_eq!((&kept, read), (&whole, vec![]), "nothing of the log is folded again");

    // Another program comes, does not trust it, and leaves it where it is.
    let server = Server::serve(&data);
    assert_eq!(server.ask("POST", "/v1/submissions", discharge().as_bytes()).status, 200);
    drop(server);
    let (tail, read) = open(&data, NEVER);
    assert_eq!(read.len(), 1, "only what came after it");
    std::fs::rename(data.join("snapshot"), data.join("aside")).unwrap();
    assert_eq!(open(&data, AT_STOP).0, tail);

    let mut bytes = std::fs::read(data.join("snapshot")).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(data.join("snapshot"), &bytes).unwrap();
    let (damaged, read) = open(&data, NEVER);
    assert!(damaged == tail && !read.is_empty(), "one flipped bit: the whole log is folded");
}

#[test]
fn a_snapshot_of_another_log_or_of_more_than_the_log_holds_is_left_aside() {
    let ((_one, first), (_two, second)) = (data(), data());
    for data in [&first, &second] {
        let server = Server::serve(data);
        gate_and_load(&server);
        drop(server);
    }
    open(&first, AT_STOP);
    std::fs::copy(first.join("snapshot"), second.join("snapshot")).unwrap();
    let (_, read) = open(&second, NEVER);
    assert!(!read.is_empty(), "the same bytes came in another submission");

    let server = Server::serve(&first);
    assert_eq!(server.ask("POST", "/v1/submissions", discharge().as_bytes()).status, 200);
    drop(server);
    open(&first, AT_STOP);
    let (_dir, restored) = data();
    let server = Server::serve(&restored);
    drop(server);
    std::fs::copy(first.join("snapshot"), restored.join("snapshot")).unwrap();
    let (nothing, _) = open(&restored, NEVER);
    assert!(nothing.ends_with(" 0"), "an empty log is an empty world: {nothing}");
}
