//! Spreadsheets from end to end: a list in Chinese whose layout nobody has confirmed, confirmed with one
//! command, read again, fetched with its bad cells marked, and the same list in a mail.

use super::server::{Server, data};
use super::{run, run_ok};
use serde_json::Value;
use std::io::Read as _;
use std::path::{Path, PathBuf};

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// The header of a request that holds JSON.
const JSON: (&str, &str) = ("Content-Type", "application/json");

/// Returns one of our synthetic examples.
fn example(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/messages/sheet").join(name)).unwrap()
}

struct Office {
    _dir: tempfile::TempDir,
    data: PathBuf,
    server: Server,
    key: String,
}

impl Office {
    fn open() -> Self {
        let (dir, data) = data();
        let server = Server::serve(&data);
        let key = run_ok(&["keys", "--data", data.to_str().unwrap(), "add", "--party", "coloader"]);
        Self { _dir: dir, data, server, key: key.trim().to_owned() }
    }

    fn send(&self, bytes: &[u8], name: &str) -> Value {
        let headers = [("X-Filename", name)];
        let answer = self.server.ask_with("POST", "/v1/submissions", &headers, Some(&self.key), bytes);
        assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
        answer.json()
    }

    fn command(&self, command: &str, arguments: &[&str]) -> String {
        run_ok(&[&[command, "--data", self.data.to_str().unwrap()], arguments].concat())
    }

    fn summary(&self, id: &str) -> Value {
        self.server.get(&format!("/v1/submissions/{id}"))["receipt"].clone()
    }
}

fn codes(receipt: &Value) -> Vec<String> {
    let all = receipt["findings"].as_array().unwrap().iter();
    all.map(|f| f["code"].as_str().unwrap().to_owned()).collect()
}

/// Returns the notes of a marked workbook.
fn notes(workbook: &[u8]) -> String {
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(workbook)).unwrap();
    let mut text = String::new();
    zip.by_name("xl/comments1.xml").unwrap().read_to_string(&mut text).unwrap();
    text
}

/// Encodes bytes as mails carry them (RFC 2045, 6.8).
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for (three, n) in bytes.chunks(3).zip(1..) {
        let word = three.iter().chain(&[0; 2]).take(3).fold(0_usize, |word, b| word << 8 | usize::from(*b));
        for (at, shift) in [18, 12, 6, 0].into_iter().enumerate() {
            text.push(if at <= three.len() { char::from(DIGITS[word >> shift & 63]) } else { '=' });
        }
        text += if n % 19 == 0 { "\r\n" } else { "" };
    }
    text
}

fn mail(attachment: &[u8], subject: &str) -> Vec<u8> {
    let head = format!(
        "From: sender@example.com\r\nTo: lists@example.com\r\nSubject: {subject} (synthetic)\r\n\
         MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n\
         --b\r\nContent-Type: text/plain\r\n\r\nsee the list\r\n--b\r\n"
    );
    let part = format!("Content-Type: {XLSX}\r\nContent-Transfer-Encoding: base64\r\n");
    let name = "Content-Disposition: attachment; filename=\"list.xlsx\"\r\n\r\n";
    format!("{head}{part}{name}{}\r\n--b--\r\n", base64(attachment)).into_bytes()
}

#[test]
fn a_list_in_chinese_is_offered_confirmed_once_and_read() {
    let office = Office::open();
    let list = example("synthetic_coloader_zh_en.xlsx");
    let receipt = office.send(&list, "list.xlsx");
    assert_eq!(receipt["events"], 0);
    let findings = receipt["findings"].to_string();
    assert!(codes(&receipt).contains(&"SHT-005".to_owned()), "{findings}");
    assert!(
        findings.contains("is taken for the container number") && findings.contains("箱号"),
        "{findings}"
    );
    assert!(findings.contains("sealane confirm"), "{findings}");
    let id = receipt["id"].as_str().unwrap();

    // The sender sees the guess in its findings; only the operator confirms.
    let path = format!("/v1/submissions/{id}/layouts");
    assert_eq!(office.server.ask_with("GET", &path, &[], Some(&office.key), b"").status, 403);
    let body = b"{\"apply\":true}";
    assert_eq!(office.server.ask_with("POST", &path, &[JSON], Some(&office.key), body).status, 403);
    let guess = office.server.get(&path)["layouts"][0].clone();
    assert!(guess["layout"]["columns"].as_object().unwrap().values().any(|f| f == "container"), "{guess}");

    // A look changes nothing.
    let shown = office.command("confirm", &["--dry-run", "--dates", "dmy", id]);
    assert!(shown.contains("[[sheet]]") && shown.contains("would be"), "{shown}");
    assert_eq!(office.summary(id)["events"], 0);
    assert!(!office.data.join("partners").exists());

    // One act: the layout is in the partner's file, and what waited is read.
    let again = office.send(&mail(&list, "first"), "again.eml");
    let done: Value =
        serde_json::from_str(&office.command("confirm", &["--dates", "dmy", "--json", id])).unwrap();
    assert_eq!((&done["applied"], &done["submissions"]), (&true.into(), &2.into()), "{done}");
    let after = office.summary(id);
    assert!(
        after["events"].as_u64().unwrap() >= 7 && !codes(&after).contains(&"SHT-005".to_owned()),
        "{after}"
    );
    assert!(!codes(&office.summary(again["id"].as_str().unwrap())).contains(&"SHT-005".to_owned()));
    let file = std::fs::read_to_string(office.data.join("partners/coloader.toml")).unwrap();
    assert!(file.contains("dates = \"dmy\"") && file.contains("箱号"), "{file}");
    let refused = run(&["confirm", "--data", office.data.to_str().unwrap(), id]);
    assert_eq!(refused.status.code(), Some(1), "nothing waits any more");

    // The sender fetches its own workbook, a sentence at each bad cell.
    let marked =
        office.server.ask_with("GET", &format!("/v1/submissions/{id}/marked"), &[], Some(&office.key), b"");
    assert_eq!(marked.status, 200);
    assert_eq!(marked.header("content-type"), XLSX);
    let notes = notes(&marked.body);
    assert!(notes.contains("ref=\"C5\"") && notes.contains("looks like a filler"), "{notes}");

    // The same list in a mail needs no word: its rows are known, its cells are named in the attachment.
    let mailed = office.send(&mail(&list, "second"), "mail.eml");
    assert!(!codes(&mailed).contains(&"SHT-005".to_owned()), "{mailed}");
    assert_eq!(mailed["duplicates"], after["events"], "{mailed}");
    assert!(mailed["findings"].to_string().contains("list.xlsx:出货明细!C5"), "{mailed}");

    // It can be taken back; the list waits again, the layout stays known.
    office.command("undo", &[]);
    let back = office.summary(id);
    assert!(back["events"] == 0 && codes(&back).contains(&"SHT-005".to_owned()), "{back}");
}

#[test]
fn a_depots_gate_list_is_on_the_map_and_a_bad_layout_is_refused() {
    let office = Office::open();
    let list = example("synthetic_depot_gate_vi_en.xlsx");
    let id = office.send(&list, "gate.xlsx")["id"].as_str().unwrap().to_owned();
    let path = format!("/v1/submissions/{id}/layouts");
    let guess = office.server.get(&path)["layouts"][0].clone();
    assert!(guess["wants"].to_string().contains("set `place`"), "{guess}");
    let post = |layout: &Value| {
        let body = serde_json::json!({ "sheets": [layout], "apply": true }).to_string();
        office.server.ask_with("POST", &path, &[JSON], office.server.key.as_deref(), body.as_bytes())
    };
    let mut layout = guess["layout"].clone();
    layout["zone"] = "Mars/Olympus".into();
    let refused = post(&layout);
    assert_eq!(refused.status, 409);
    assert!(String::from_utf8_lossy(&refused.body).contains("Mars/Olympus"));
    layout["layout"] = "0123456789abcdef".into();
    layout["zone"] = "Asia/Ho_Chi_Minh".into();
    assert_eq!(post(&layout).status, 409, "a layout that does not wait");
    layout["layout"] = guess["layout"]["layout"].clone();
    layout["place"] = "VNVUT".into();
    assert_eq!(post(&layout).status, 200);
    let receipt = office.summary(&id);
    assert_eq!(receipt["events"], 5, "{receipt}");
    let view = office.server.get("/v1/shipments/container:SYNU0000045");
    assert!(view.to_string().contains("gate_out"), "{view}");

    // CSV comes back as CSV, unless a workbook is asked for.
    let text = b"Container No,Gate in,Place\nCSQU3054384,2026-09-05 14:20,VNVUT\n";
    let id = office.send(text, "gate.csv")["id"].as_str().unwrap().to_owned();
    office.command("confirm", &[&id]);
    let fetch = |headers: &[(&str, &str)]| {
        office.server.ask_with(
            "GET",
            &format!("/v1/submissions/{id}/marked"),
            headers,
            Some(&office.key),
            b"",
        )
    };
    let csv = String::from_utf8(fetch(&[]).body).unwrap();
    assert!(csv.lines().nth(1).unwrap().ends_with("14:20,VNVUT,\"A2: SHT-011 the check digit of `CSQU3054384` is wrong (check the number; it joins no other movement)\""), "{csv}");
    assert!(notes(&fetch(&[("Accept", XLSX)]).body).contains("SHT-011"));
    let edi = office.send(b"UNB+UNOA:2+A+B+260905:1430+1'UNZ+0+1'", "x.edi");
    let path = format!("/v1/submissions/{}/marked", edi["id"].as_str().unwrap());
    assert_eq!(office.server.ask("GET", &path, b"").status, 404);
}
