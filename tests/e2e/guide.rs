//! The worked examples of docs/edi.md are run as they stand there.

use super::run_ok;
use super::server::{Server, data};

const GUIDE: &str = "docs/edi.md";

/// The text of the first block of a kind after a mark.
fn block<'a>(text: &'a str, mark: &str, kind: &str) -> &'a str {
    let (_, rest) = text.split_once(mark).unwrap_or_else(|| panic!("{GUIDE} has no `{mark}`"));
    let (_, rest) = rest.split_once(&format!("```{kind}\n")).unwrap();
    rest.split_once("```").unwrap().0
}

/// Segments a line each, for people.
fn lines(answer: &str) -> String {
    answer.replace('\'', "'\n")
}

#[test]
fn the_examples_of_the_guide_are_answered_as_it_says() {
    let path = crate::rules::root().join(GUIDE);
    let guide = std::fs::read_to_string(&path).unwrap();
    let gate = block(&guide, "<!-- example: gate.edi -->", "edi");
    let curl = block(&guide, "<!-- example: gate.edi -->", "sh");
    let (dir, data) = data();
    let server = Server::serve(&data);
    // What `curl` would send: its headers but the key, and the file.
    let mut headers = Vec::new();
    for header in
        curl.split("-H \"").skip(1).filter_map(|rest| rest.split_once('"')).map(|(header, _)| header)
    {
        let (name, value) = header.split_once(": ").unwrap();
        if name != "Authorization" {
            headers.push((name, value));
        }
    }
    assert!(curl.contains("--data-binary @gate.edi") && curl.contains("/v1/submissions"));
    let key = run_ok(&["keys", "--data", data.to_str().unwrap(), "add", "--party", "acme"]);
    let reply = server.ask_with("POST", "/v1/submissions", &headers, Some(key.trim()), gate.as_bytes());
    assert!(reply.header("sealane-submission").starts_with("sub_"));
    let answer = String::from_utf8(reply.body).unwrap();
    if std::env::var_os("BLESS").is_some() {
        let old = format!("<!-- answer -->\n```edi\n{}```", block(&guide, "<!-- answer -->", "edi"));
        let new = format!("<!-- answer -->\n```edi\n{}```", lines(&answer));
        std::fs::write(&path, guide.replace(&old, &new)).unwrap();
    }
    let guide = std::fs::read_to_string(&path).unwrap();
    assert_eq!(block(&guide, "<!-- answer -->", "edi"), lines(&answer), "BLESS=1 writes what is answered");

    // The folder of another machine: the answer is written before the command ends.
    let (_elsewhere, data) = super::server::data();
    let file = dir.path().join("gate.edi");
    std::fs::write(&file, gate).unwrap();
    let mut commands = block(&guide, "**By a folder.**", "sh").lines();
    let words = commands.next().unwrap().split(' ').skip(1).map(|word| match word {
        "DATA" => data.display().to_string(),
        "gate.edi" => file.display().to_string(),
        other => other.to_owned(),
    });
    let words: Vec<String> = words.collect();
    run_ok(&words.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(commands.next(), Some("cat DATA/out/acme/*.edi"));
    let files: Vec<_> =
        std::fs::read_dir(data.join("out/acme")).unwrap().map(|e| e.unwrap().path()).collect();
    assert!(files.len() == 1 && files[0].extension().is_some_and(|e| e == "edi"), "{files:?}");
    assert_eq!(std::fs::read_to_string(&files[0]).unwrap(), answer, "the same bytes by every way");
}
