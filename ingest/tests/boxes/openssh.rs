//! Drop boxes with OpenSSH's `sftp`, as most partners have it.

use super::clients::{Dropbox, Key, free};
use super::log::{Run, until};
use super::{installed, skip};
use std::io::Write as _;
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// Runs `sftp` with commands, with the host key that the partner was told.
async fn sftp(data: &Path, at: SocketAddr, user: &str, key: &Key, commands: &str) -> Output {
    let host_key = std::fs::read_to_string(data.join("feeds/sftp_host_key.pub")).unwrap();
    let known = data.join("known_hosts");
    std::fs::write(&known, format!("[{}]:{} {host_key}", at.ip(), at.port())).unwrap();
    let mut command = Command::new("sftp");
    command
        .args([
            "-b",
            "-",
            "-o",
            "BatchMode=yes",
            "-o",
            "StrictHostKeyChecking=yes",
            "-o",
            "IdentitiesOnly=yes",
        ])
        .args(["-F", "none", "-o", "PreferredAuthentications=publickey"])
        .arg(format!("-oUserKnownHostsFile={}", known.display()))
        .arg(format!("-oIdentityFile={}", key.file.display()))
        .args(["-P", &at.port().to_string(), &format!("{user}@{}", at.ip())])
        .current_dir(data)
        .env_remove("SSH_AUTH_SOCK")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let commands = commands.to_owned();
    tokio::task::spawn_blocking(move || {
        let mut child = command.spawn().unwrap();
        let _ = child.stdin.take().unwrap().write_all(commands.as_bytes());
        child.wait_with_output().unwrap()
    })
    .await
    .unwrap()
}

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_partner_brings_files_and_fetches_its_answers() {
    if !installed("sftp") {
        return skip("a_partner_brings_files_and_fetches_its_answers", "sftp");
    }
    let dropbox = Dropbox::new();
    let run = dropbox.start("").await;
    let data = dropbox.data.path();
    let large: Vec<u8> = (0..3_000_000_u32).map(|n| b'A' + u8::try_from(n % 23).unwrap()).collect();
    std::fs::write(data.join("a.edi"), "first").unwrap();
    std::fs::write(data.join("b c.edi"), &large).unwrap();
    std::fs::write(dropbox.folder("out").join("CONTRL-1.edi"), "answer").unwrap();
    let commands = "put -p a.edi in/a.edi\ncd in\nput \"b c.edi\" \"b c.edi.tmp\"\nrename \"b c.edi.tmp\" \"b c.edi\"\n\
                    cd ..\npwd\nls -1\nls -l out\nget out/CONTRL-1.edi fetched.edi\nrm out/CONTRL-1.edi\nls -1 out\n";
    let output = sftp(data, dropbox.at, "acme", &dropbox.key, commands).await;
    assert!(output.status.success(), "{}", told(&output));
    let told = told(&output);
    assert!(told.contains("Remote working directory: /\n"), "{told}");
    for folder in ["in", "done", "failed", "out"] {
        assert!(told.lines().any(|l| l.trim() == folder), "{folder} in {told}");
    }
    assert!(!told.contains("cursor") && !told.contains("waiting"), "what is ours is not shown: {told}");
    assert_eq!(std::fs::read_to_string(data.join("fetched.edi")).unwrap(), "answer");
    assert!(dropbox.files("out").is_empty(), "an answer that was taken away is fetched");
    let texts = dropbox.log.until(2).await;
    let find = |name: &str| texts.iter().find(|(n, _)| n == name).map(|(_, t)| t.as_bytes());
    assert_eq!(find("acme/a.edi"), Some(&b"first"[..]));
    assert!(find("acme/b c.edi") == Some(&large), "all of it, and nothing under its first name");
    until("both are put away", || dropbox.files("done") == ["a.edi", "b c.edi"]).await;
    assert!(dropbox.files("in").is_empty());
    run.stop().await;
    assert_eq!(dropbox.log.told(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn feeds_share_a_server_and_each_partner_sees_its_own() {
    if !installed("sftp") {
        return skip("feeds_share_a_server_and_each_partner_sees_its_own", "sftp");
    }
    let dropbox = Dropbox::new();
    let data = dropbox.data.path();
    let other = Key::ecdsa(data, "other.key");
    let acme = dropbox.start("").await;
    let borg = Run::start(data, &dropbox.log, "borg", &dropbox.transport("borg", &other, ""));
    borg.until(|h| h.connected.is_some()).await;
    std::fs::write(data.join("out/acme/secret.edi"), "of acme").unwrap();
    std::fs::write(data.join("x.edi"), "of borg").unwrap();
    let output = sftp(data, dropbox.at, "borg", &other, "put x.edi in/x.edi\nls -1 out\n").await;
    assert!(output.status.success() && !told(&output).contains("secret"), "{}", told(&output));
    assert_eq!(dropbox.log.until(1).await, [("borg/x.edi".to_owned(), "of borg".to_owned())]);

    // A key opens the door for its own user only; that is told of the feed.
    let output = sftp(data, dropbox.at, "acme", &other, "ls\n").await;
    assert!(told(&output).contains("Permission denied (publickey)"), "{}", told(&output));
    let output = sftp(data, dropbox.at, "nobody", &other, "ls\n").await;
    assert!(told(&output).contains("Permission denied (publickey)"), "{}", told(&output));
    acme.until(|h| h.refused.get("wrong_key") == Some(&1) && h.refused.get("stranger") == Some(&1)).await;
    borg.until(|h| !h.refused.contains_key("wrong_key") && h.refused.get("stranger") == Some(&1)).await;

    // A third feed cannot have a user that is there already, and says so.
    let third = Run::start(data, &dropbox.log, "third", &dropbox.transport("borg", &other, ""));
    third.until(|h| h.trouble.as_ref().is_some_and(|t| t.contains("another feed"))).await;
    third.stop().await;

    // One goes, the other stays; with the last one the address is free, and taken again at once.
    acme.stop().await;
    let output = sftp(data, dropbox.at, "acme", &dropbox.key, "ls\n").await;
    assert!(!output.status.success());
    assert!(sftp(data, dropbox.at, "borg", &other, "ls\n").await.status.success());
    borg.stop().await;
    drop(std::net::TcpListener::bind(dropbox.at).expect("nobody listens any more"));
    let acme = dropbox.start("").await;
    assert!(sftp(data, dropbox.at, "acme", &dropbox.key, "ls\n").await.status.success(), "the same host key");
    acme.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_written_is_told_and_nothing_of_it_is_taken() {
    if !installed("sftp") {
        return skip("what_cannot_be_written_is_told_and_nothing_of_it_is_taken", "sftp");
    }
    let dropbox = Dropbox::new();
    let run = dropbox.start("max_file = 1000\nmax_waiting = 1500").await;
    let data = dropbox.data.path();
    for (name, length) in [("fits", 1000), ("long", 1001), ("also", 900)] {
        std::fs::write(data.join(name), vec![name.as_bytes()[0]; length]).unwrap();
    }
    let send = async |name: &str| {
        sftp(data, dropbox.at, "acme", &dropbox.key, &format!("put {name} in/{name}\n")).await
    };
    // OpenSSH does not show the server's sentence.
    let output = send("long").await;
    assert!(!output.status.success() && told(&output).contains("Failure"), "{}", told(&output));
    dropbox.log.shut(true);
    assert!(send("fits").await.status.success());
    let output = send("also").await;
    assert!(!output.status.success() && told(&output).contains("Failure"), "{}", told(&output));
    assert_eq!(dropbox.files("in"), ["fits"], "nothing is left of what did not fit");
    dropbox.log.shut(false);
    until("there is room again", || dropbox.files("in").is_empty()).await;
    assert!(send("also").await.status.success());
    dropbox.log.until(2).await;
    for command in
        ["put fits fits", "put fits done/fits", "mkdir in/x", "rename done/fits in/y", "rm done/fits"]
    {
        let output = sftp(data, dropbox.at, "acme", &dropbox.key, &format!("{command}\n")).await;
        assert!(!output.status.success(), "{command}");
    }
    run.stop().await;
    assert_eq!(dropbox.log.names(), ["acme/fits", "acme/also"]);
}

/// A small file system of its own.
struct Small(tempfile::TempDir);

impl Small {
    fn mount() -> Option<Self> {
        let place = tempfile::tempdir().unwrap();
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=1m", "sealane-test"])
            .arg(place.path())
            .output();
        mounted.is_ok_and(|o| o.status.success()).then_some(Self(place))
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.0.path()).status();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_told_to_the_partner() {
    let name = "a_full_disk_is_told_to_the_partner";
    let Some(small) = Small::mount().filter(|_| installed("sftp")) else {
        return skip(name, "sftp, or the right to mount,");
    };
    let dropbox = Dropbox::new();
    let data = dropbox.data.path();
    let run = dropbox.start(&format!("folder = {{ path = \"{}\" }}", small.0.path().display())).await;
    std::fs::write(data.join("large"), vec![b'x'; 3 << 20]).unwrap();
    std::fs::write(data.join("small"), "fits").unwrap();
    let output = sftp(data, dropbox.at, "acme", &dropbox.key, "put large in/large\n").await;
    assert!(!output.status.success() && told(&output).contains("Failure"), "{}", told(&output));
    assert_eq!(std::fs::read_dir(small.0.path().join("in")).unwrap().count(), 0);
    let output = sftp(data, dropbox.at, "acme", &dropbox.key, "put small in/small\n").await;
    assert!(output.status.success(), "{}", told(&output));
    assert_eq!(dropbox.log.until(1).await, [("acme/small".to_owned(), "fits".to_owned())]);
    run.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_in_use_is_told_and_tried_again() {
    let mut dropbox = Dropbox::new();
    dropbox.at = free();
    let squatter = std::net::TcpListener::bind(dropbox.at).unwrap();
    let feed = dropbox.transport("acme", &dropbox.key, "");
    let run = Run::start(dropbox.data.path(), &dropbox.log, "acme", &feed);
    run.until(|h| h.reconnects.contains_key("address")).await;
    drop(squatter);
    run.until(|h| h.connected.is_some()).await;
    run.stop().await;
}
