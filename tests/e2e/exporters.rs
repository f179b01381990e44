//! The ten lines of docs/certificates.md are run as they stand there.

use super::certificates::gate_and_load;
use super::run_ok;
use super::server::{Server, data};

const GUIDE: &str = "docs/certificates.md";

/// The text of the first block of a kind after a mark.
fn block<'a>(text: &'a str, name: &str, kind: &str) -> &'a str {
    let (_, rest) = text
        .split_once(&format!("<!-- example: {name} -->"))
        .unwrap_or_else(|| panic!("{GUIDE} has no `{name}`"));
    let (_, rest) = rest.split_once(&format!("```{kind}\n")).unwrap();
    rest.split_once("```").unwrap().0
}

/// Sends what a line with `curl` would send; returns the answer's bytes and where `-o` puts them.
fn curl(server: &Server, line: &str, id: &str, body: &[u8], key: &str) -> (Option<String>, Vec<u8>) {
    let address = line.split("https://maps.example").nth(1).unwrap().trim().replace("$ID", id);
    let posts = line.contains("--data-binary") || line.contains("-X POST");
    let key = line.contains("Bearer $KEY").then_some(key);
    let sent: &[u8] = if line.contains("--data-binary") { body } else { b"" };
    let answer = server.ask_with(if posts { "POST" } else { "GET" }, &address, &[], key, sent);
    assert!(answer.status.is_success(), "{line}: {}", String::from_utf8_lossy(&answer.body));
    let to = line.split("-o ").nth(1).map(|rest| rest.split(' ').next().unwrap().to_owned());
    (to, answer.body)
}

#[test]
fn the_ten_lines_of_the_guide_lead_from_a_certificate_to_a_map_that_verifies() {
    let guide = std::fs::read_to_string(crate::rules::root().join(GUIDE)).unwrap();
    let document = block(&guide, "certificate.json", "json");
    let (dir, data) = data();
    std::fs::create_dir_all(&data).unwrap();
    std::fs::write(data.join("sealane.toml"), "domain = \"maps.example\"\n").unwrap();
    let server = Server::serve(&data);
    gate_and_load(&server);
    let key = server.key.clone().unwrap();
    let mut lines = block(&guide, "publish", "sh").lines();
    let (_, taken) = curl(&server, lines.next().unwrap(), "", document.as_bytes(), &key);
    let taken: serde_json::Value = serde_json::from_slice(&taken).unwrap();
    assert_eq!(taken["outcome"], "created");
    let findings = taken["findings"].as_array().unwrap();
    assert!(findings.iter().all(|f| f["severity"] == "info"), "{findings:?}");
    let id = taken["id"].as_str().unwrap();
    curl(&server, lines.next().unwrap(), id, b"", &key);
    // The key of the site, for the operator's own certificate.
    let words = lines.next().unwrap().split(' ').skip(1).map(|word| match word {
        "DATA" => data.display().to_string(),
        "acme" => "operator".to_owned(),
        other => other.to_owned(),
    });
    let words: Vec<String> = words.collect();
    let site = run_ok(&words.iter().map(String::as_str).collect::<Vec<_>>());
    let embed = block(&guide, "embed", "html");
    assert!(embed.contains("<sealane-map") && site.trim().starts_with("sl_pk_"));
    let script = server.ask_with("GET", "/sealane-map.js", &[], None, b"");
    assert_eq!(script.status, 200);
    let address = format!("/v1/certificates/{id}/route?key={}", site.trim());
    let shown = server.ask_with("GET", &address, &[("origin", "https://shop.example")], None, b"");
    assert_eq!(shown.status, 200);
    assert_eq!(shown.json()["sealane"]["certificate"]["consistency"]["state"], "consistent");
    for line in block(&guide, "verify", "sh").lines() {
        if line.starts_with("curl") {
            let (to, bytes) = curl(&server, line, id, b"", &key);
            std::fs::write(dir.path().join(to.unwrap()), bytes).unwrap();
            continue;
        }
        let file = |name: &str| dir.path().join(name).display().to_string();
        let words: Vec<String> = line
            .split(' ')
            .skip(1)
            .map(|word| match word.split_once('=') {
                Some((domain, keys)) => format!("{domain}={}", file(keys)),
                None if word.ends_with(".geojson") => file(word),
                None => word.to_owned(),
            })
            .collect();
        let told = run_ok(&words.iter().map(String::as_str).collect::<Vec<_>>());
        assert_eq!(told, "signature intact: written by maps.example\n");
    }
}
