//! Nothing acknowledged is ever lost, and nothing is there twice.

use super::server::{Server, data, send};
use super::{codeco, installed, run_ok, sealane, skip};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

const POSTS: usize = 1000;

/// A container number of the right shape and digit for each index.
pub(crate) fn container(i: usize) -> String {
    let ten = format!("TSTU{i:06}");
    sealane_data::container::ContainerNumber::read(&ten).canonical().to_owned()
}

pub(crate) fn message(i: usize) -> String {
    codeco(&format!("M{i:05}"), &container(i), &format!("BKG{i:07}"), "34", "202609051420")
}

#[test]
fn kill_9_in_the_middle_of_1000_posts_loses_nothing_and_doubles_nothing() {
    let (_dir, data) = data();
    let mut server = Server::serve(&data);
    let acknowledged = post_until(&mut server, POSTS / 2);
    assert!(acknowledged.len() >= POSTS / 2 && acknowledged.len() < POSTS, "{}", acknowledged.len());
    let server = Server::serve(&data);
    for i in &acknowledged {
        let answer = server.ask("GET", &format!("/v1/shipments/container:{}", container(*i)), b"");
        assert_eq!(answer.status, 200, "acknowledged message {i} is missing after kill -9");
    }
    let (mut events, mut duplicates) = (0, 0);
    for i in 0..POSTS {
        let answer = server.ask("POST", "/v1/submissions", message(i).as_bytes()).json();
        events += answer["events"].as_u64().unwrap();
        duplicates += answer["duplicates"].as_u64().unwrap();
    }
    assert_eq!(events + duplicates, POSTS as u64);
    assert!(
        duplicates >= acknowledged.len() as u64,
        "{duplicates} known, {} acknowledged",
        acknowledged.len()
    );
    let days = "from=2026-09-05&to=2026-09-05";
    server.get(&format!("/v1/kpis/teu?node=CN-YANGSHAN-3&{days}"));
    let metrics = server.ask("GET", "/metrics", b"");
    assert!(String::from_utf8_lossy(&metrics.body).contains("sealane_log_seq 1000"), "each message once");
}

/// Posts from eight clients and kills the server once enough is acknowledged; returns what was.
fn post_until(server: &mut Server, enough: usize) -> BTreeSet<usize> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let (address, key) = (server.address.clone(), server.key.clone().unwrap());
    let next = Arc::new(AtomicUsize::new(0));
    let (told, mut heard) = tokio::sync::mpsc::unbounded_channel();
    for _ in 0..8 {
        let (address, key, next, told) = (address.clone(), key.clone(), next.clone(), told.clone());
        runtime.spawn(async move {
            loop {
                let i = next.fetch_add(1, Ordering::Relaxed);
                if i >= POSTS {
                    return;
                }
                let body = message(i);
                let answer =
                    send(&address, "POST", "/v1/submissions", &[], Some(&key), body.as_bytes()).await;
                match answer {
                    Ok(answer) if answer.status == 200 => told.send(i).unwrap_or_default(),
                    _ => return,
                }
            }
        });
    }
    drop(told);
    runtime.block_on(async {
        let mut acknowledged = BTreeSet::new();
        while let Some(i) = heard.recv().await {
            acknowledged.insert(i);
            if acknowledged.len() == enough {
                server.kill();
            }
        }
        acknowledged
    })
}

#[test]
fn an_fdatasync_lies_between_request_and_answer() {
    if !installed("strace") {
        return skip("an_fdatasync_lies_between_request_and_answer", "strace");
    }
    let (dir, data) = data();
    let trace = dir.path().join("trace");
    let mut command = std::process::Command::new("strace");
    command.args(["-f", "-s", "200", "-e", "trace=fdatasync,fsync,recvfrom,read,sendto,write,writev", "-o"]);
    command.arg(&trace).arg(sealane().get_program());
    command.args(["serve", "--data", data.to_str().unwrap(), "--listen", "127.0.0.1:0"]);
    let mut server = Server::start(command);
    server.key = Some(std::fs::read_to_string(data.join("local.key")).unwrap());
    let body = message(1);
    assert_eq!(server.ask("POST", "/v1/submissions", body.as_bytes()).status, 200);
    // The tracer goes, and has written every line, once the traced process is gone.
    let pid = std::fs::read_to_string(data.join("lock")).unwrap();
    assert!(std::process::Command::new("kill").args(["-9", pid.trim()]).status().unwrap().success());
    server.child.wait().unwrap();
    let trace = std::fs::read_to_string(trace).unwrap();
    let at = |what: &str, from: usize| trace[from..].find(what).map(|i| from + i);
    let request = at("POST /v1/submissions", 0).expect("the request is in the trace");
    let answer = at("HTTP/1.1 200", request).expect("the answer is in the trace");
    let synced = trace[request..answer].lines().any(|l| l.contains("fdatasync") && l.contains("= 0"));
    assert!(synced, "no fdatasync between request and answer:\n{}", &trace[request..answer]);
}

#[test]
fn what_is_served_can_be_rebuilt_from_the_log() {
    let (dir, data) = data();
    let file = dir.path().join("gate.edi");
    std::fs::write(&file, message(7)).unwrap();
    run_ok(&["ingest", "--data", data.to_str().unwrap(), file.to_str().unwrap()]);
    let path = format!("/v1/shipments/container:{}/route", container(7));
    let first = Server::serve(&data).ask("GET", &path, b"");
    std::fs::remove_dir_all(data.join("lake")).unwrap();
    let second = Server::serve(&data).ask("GET", &path, b"");
    assert_eq!((first.status.as_u16(), second.status.as_u16()), (200, 200));
    assert_eq!(String::from_utf8(first.body), String::from_utf8(second.body));
}
