//! A mailbox on a real server.

use super::dovecot::Dovecot;
use super::log::{Log, Run};
use super::{installed, skip};

/// Whether what these tests need is there; else it is said which one is skipped.
fn there(test: &str) -> bool {
    let missing = ["dovecot", "openssl"].into_iter().find(|p| !installed(p));
    missing.map(|program| skip(test, program)).is_none()
}

fn mail(from: &str, subject: &str, text: &str) -> String {
    format!("From: Somebody <{from}>\r\nTo: acme@sealane.example\r\nSubject: {subject}\r\n\r\n{text}\r\n")
}

/// `UNB+UNOA:2+A+B+260501:1200+7'UNZ+0+7'` as an attachment, with a picture beside it.
fn with_edi(subject: &str) -> String {
    format!(
        "From: edi@port.example\r\nSubject: {subject}\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=cut\r\n\r\n--cut\r\nContent-Type: text/plain\r\n\r\nSee below.\r\n\
         --cut\r\nContent-Type: application/octet-stream; name=\"gate.edi\"\r\nContent-Transfer-Encoding: base64\r\n\
         Content-Disposition: attachment; filename=\"gate.edi\"\r\n\r\n\
         VU5CK1VOT0E6MitBK0IrMjYwNTAxOjEyMDArNydVTlorMCs3Jw==\r\n\
         --cut\r\nContent-Type: image/png; name=\"logo.png\"\r\nContent-Transfer-Encoding: base64\r\n\
         Content-Disposition: attachment; filename=\"logo.png\"\r\n\r\niVBORw0KGgoAAAAAAAAA\r\n--cut--\r\n"
    )
}

const EDI: &str = "UNB+UNOA:2+A+B+260501:1200+7'UNZ+0+7'";

#[tokio::test(flavor = "multi_thread")]
async fn mails_are_stored_once_in_their_order_and_marked() {
    if !there("mails_are_stored_once_in_their_order_and_marked") {
        return;
    }
    let (server, data, log) = (Dovecot::start().await, tempfile::tempdir().unwrap(), Log::new());
    server.deliver("INBOX", &with_edi("one")).await;
    server.deliver("INBOX", &mail("spam@evil.example", "two", "UNB+UNOA:2+evil'")).await;
    server.deliver("INBOX", &mail("EDI@Port.example", "three", "UNB+UNOA:2+three'")).await;
    let feed = server.transport("from = [\"edi@port.example\"]\nevery = \"10m\"");
    let run = Run::start(data.path(), &log, "acme", &feed);
    let texts = log.until(2).await;
    assert_eq!(texts[0], ("acme/1/gate.edi".to_owned(), EDI.to_owned()));
    assert_eq!((texts[1].0.as_str(), texts[1].1.trim_end()), ("acme/3/text", "UNB+UNOA:2+three'"));
    run.until(|h| h.refused.get("stranger") == Some(&1) && h.refused.get("attachment") == Some(&1)).await;
    // The next look is ten minutes away: the server tells of new mail (IDLE).
    server.deliver("INBOX", &mail("edi@port.example", "four", "UNB+UNOA:2+four'")).await;
    log.until(3).await;
    let cursor = data.path().join("feeds/acme/cursor");
    run.until(|_| std::fs::read_to_string(&cursor).is_ok_and(|c| c.ends_with(":4"))).await;
    run.stop().await;
    let seen = |subject: &str, seen: bool| (subject.to_owned(), seen);
    let mails = server.mails("INBOX").await;
    assert_eq!(mails[..3], [seen("one", true), seen("two", false), seen("three", true)]);

    // While nobody reads, one comes that somebody opens, and one that nobody does.
    server.deliver("INBOX", &mail("edi@port.example", "five", "UNB+UNOA:2+five'")).await;
    server.deliver("INBOX", &mail("edi@port.example", "six", "UNB+UNOA:2+six'")).await;
    let mut owner = server.log_in().await;
    owner.select("INBOX").await.unwrap();
    let flagged = owner.store("5", "+FLAGS (\\Seen)").await.unwrap();
    let _: Vec<_> = futures_util::TryStreamExt::try_collect(flagged).await.unwrap();
    let run = Run::start(data.path(), &log, "acme", &feed);
    let texts = log.until(5).await;
    assert!(texts[3].1.contains("five") && texts[4].1.contains("six"), "{texts:?}");
    run.stop().await;
    assert_eq!(log.told(), 5, "nothing was handed over twice");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_that_is_stored_can_be_moved_and_one_that_is_too_long_stays() {
    if !there("a_mail_that_is_stored_can_be_moved_and_one_that_is_too_long_stays") {
        return;
    }
    let (server, data, log) = (Dovecot::start().await, tempfile::tempdir().unwrap(), Log::new());
    server.log_in().await.create("Done").await.unwrap();
    server.deliver("INBOX", &mail("a@b", "long", &"UNB+UNOA:2+long'".repeat(100))).await;
    server.deliver("INBOX", &mail("a@b", "short", "UNB+UNOA:2+short'")).await;
    let feed = server.plain("done = \"Done\"\nmax_mail = 1000\nevery = \"10m\"");
    let run = Run::start(data.path(), &log, "acme", &feed);
    assert!(log.until(1).await[0].1.contains("short"));
    run.until(|h| h.refused.get("too_long") == Some(&1)).await;
    while server.mails("Done").await != [("short".to_owned(), false)] {
        tokio::task::yield_now().await;
    }
    assert_eq!(server.mails("INBOX").await, [("long".to_owned(), false)]);
    run.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_goes_comes_back_and_a_mailbox_that_is_made_anew_adds_nothing_twice() {
    if !there("a_server_that_goes_comes_back_and_a_mailbox_that_is_made_anew_adds_nothing_twice") {
        return;
    }
    let (mut server, data, log) = (Dovecot::start().await, tempfile::tempdir().unwrap(), Log::new());
    server.log_in().await.create("Feed").await.unwrap();
    server.deliver("Feed", &mail("a@b", "one", "UNB+UNOA:2+one'")).await;
    let feed = server.transport("mailbox = \"Feed\"\nevery = \"100ms\"");
    let run = Run::start(data.path(), &log, "acme", &feed);
    log.until(1).await;
    run.until(|h| h.connected.is_some()).await;
    server.end().await;
    run.until(|h| h.connected.is_none() && !h.reconnects.is_empty()).await;
    server.begin().await;
    server.deliver("Feed", &mail("a@b", "two", "UNB+UNOA:2+two'")).await;
    log.until(2).await;
    let place = std::fs::read_to_string(data.path().join("feeds/acme/cursor")).unwrap();
    assert!(place.ends_with(":1") || place.ends_with(":2"), "{place}");

    // Numbered anew, with an old mail that nobody has seen and a new one.
    let mut owner = server.log_in().await;
    owner.delete("Feed").await.unwrap();
    owner.create("Feed").await.unwrap();
    server.deliver("Feed", &mail("a@b", "one", "UNB+UNOA:2+one'")).await;
    server.deliver("Feed", &mail("a@b", "three", "UNB+UNOA:2+three'")).await;
    log.until(3).await;
    run.stop().await;
    assert_eq!(log.names(), ["acme/1/text", "acme/2/text", "acme/2/text"]);
    assert_eq!(log.told(), 4, "the old one came again and added nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_and_a_stranger_s_certificate_are_told() {
    if !there("a_wrong_password_and_a_stranger_s_certificate_are_told") {
        return;
    }
    let (server, data, log) = (Dovecot::start().await, tempfile::tempdir().unwrap(), Log::new());
    server.deliver("INBOX", &mail("a@b", "one", "UNB+UNOA:2+one'")).await;
    let password = server.home.path().join("password");
    std::fs::write(&password, "wrong").unwrap();
    let run = Run::start(data.path(), &log, "acme", &server.transport("every = \"1s\""));
    run.until(|h| h.reconnects.contains_key("unauthorized")).await;
    assert!(!run.health().trouble.unwrap_or_default().contains("wrong"));
    // The password is read anew at each attempt.
    std::fs::write(&password, super::dovecot::PASSWORD).unwrap();
    log.until(1).await;
    run.stop().await;
    let ca = format!("ca = \"{}/ca.pem\"\n", server.home.path().display());
    let run = Run::start(data.path(), &log, "other", &server.transport("every = \"1s\"").replace(&ca, ""));
    run.until(|h| h.reconnects.contains_key("tls")).await;
    run.stop().await;
}
