//! A certificate on paper through the doors: the original is kept to the byte, its text is a suggestion, and
//! nothing exists before a person sends it.

use super::certificates::{bindings, certificate};
use super::run_ok;
use super::server::{Server, data};
use sealane_data::submission::Sha256;
use serde_json::json;

/// A PDF of one page whose lines are text, written by hand.
pub(super) fn pdf(lines: &[&str]) -> Vec<u8> {
    let shown: String = lines
        .iter()
        .map(|line| format!("({}) Tj T* ", line.replace('(', "\\(").replace(')', "\\)")))
        .collect();
    let content = format!("BT /F1 10 Tf 14 TL 40 800 Td {shown}ET");
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>".to_owned(),
        format!("<< /Length {} >>\nstream\n{content}\nendstream", content.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>".to_owned(),
    ];
    let mut file = "%PDF-1.4\n".to_owned();
    let mut at = Vec::new();
    for (number, object) in (1..).zip(&objects) {
        at.push(file.len());
        file += &format!("{number} 0 obj\n{object}\nendobj\n");
    }
    let table = file.len();
    let rows: String = at.iter().map(|at| format!("{at:010} 00000 n \n")).collect();
    file += &format!(
        "xref\n0 6\n0000000000 65535 f \n{rows}trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n"
    );
    file.into_bytes()
}

/// A paper of nobody, of another digest, or that is no paper at all is not one that a certificate was typed from.
fn other_papers_are_refused(server: &Server, whole: &serde_json::Value) {
    let (submission, digest) = (whole["paper"]["submission"].as_str().unwrap(), &whole["paper"]["sha256"]);
    let message = server.ask("POST", "/v1/submissions", b"no message").json()["id"].clone();
    for (named, told) in
        [("sub_0", digest), (submission, &json!("0".repeat(64))), (message.as_str().unwrap(), digest)]
    {
        let mut wrong = whole.clone();
        wrong["paper"] = json!({ "submission": named, "sha256": told });
        let refused = server.ask("POST", "/v1/certificates", wrong.to_string().as_bytes());
        assert_eq!(
            (refused.status.as_u16(), &refused.json()["findings"][0]["code"]),
            (422, &json!("ECO-038")),
            "{named}"
        );
    }
}

#[test]
fn a_paper_is_kept_and_believed_only_once_a_person_has_sent_the_certificate() {
    let (_dir, data) = data();
    let server = Server::serve(&data);
    let file = pdf(&[
        "REGIONAL COMPREHENSIVE ECONOMIC PARTNERSHIP AGREEMENT",
        "Certificate No. EXAMPLE-0001",
        "1. Goods consigned from (Exporter's name, address and country)",
        "Example Pump Works Co., Ltd.",
        "Ningbo, China",
        "4. Means of transport and route (if known)",
        "Departure Date: 2026-09-05",
    ]);
    let headers = [("content-type", "application/pdf"), ("x-filename", "form.pdf")];
    let told = server.ask_with("POST", "/v1/papers", &headers, server.key.as_deref(), &file);
    assert_eq!(told.status, 200, "{}", String::from_utf8_lossy(&told.body));
    let told = told.json();
    assert_eq!((&told["sha256"], &told["pages"]), (&json!(Sha256::of(&file).hex()), &json!(1)));
    let found = &told["document"];
    assert_eq!(
        (&found["number"], &found["exporter"]["country"], &found["transport"]["departure_date"]),
        (&json!("EXAMPLE-0001"), &json!("CN"), &json!("2026-09-05")),
        "{told}"
    );
    assert_eq!(server.get("/v1/certificates")["certificates"], json!([]), "nobody has said so yet");
    let submission = told["submission"].as_str().unwrap();
    let raw = server.ask("GET", &format!("/v1/submissions/{submission}/raw"), b"");
    assert_eq!(raw.body, file, "the original, to the byte");
    // What would be wrong is told, and nothing is kept by asking.
    let check = |body: &serde_json::Value| {
        server.ask("POST", "/v1/certificates/check", body.to_string().as_bytes()).json()
    };
    let wrong = check(found);
    assert_eq!(wrong["would_take"], false);
    let places: Vec<&str> =
        wrong["findings"].as_array().unwrap().iter().filter_map(|f| f["place"]["tag"].as_str()).collect();
    assert!(places.contains(&"$.items") && places.contains(&"$.consignee.name"), "{places:?}");
    let mut whole = certificate("EXAMPLE-0001", bindings());
    whole["paper"] = json!({ "submission": submission, "sha256": told["sha256"] });
    let right = check(&whole);
    assert_eq!(right["would_take"], true, "{right}");
    let unknown = right["findings"].as_array().unwrap().iter().any(|f| f["place"]["tag"] == "$.paper");
    assert!(!unknown, "the paper is a known field: {right}");
    assert_eq!(server.get("/v1/certificates")["certificates"], json!([]));
    other_papers_are_refused(&server, &whole);
    let made = server.ask("POST", "/v1/certificates", whole.to_string().as_bytes());
    assert_eq!(made.status, 201);
    let made = made.json();
    assert_eq!((&made["published"], &made["verification"]["state"]), (&json!(false), &json!("not_checked")));
    let stranger = run_ok(&["keys", "--data", data.to_str().unwrap(), "add", "--party", "stranger"]);
    let theirs = whole.to_string().replace("EXAMPLE-0001", "EXAMPLE-0009");
    let stolen = server.ask_with("POST", "/v1/certificates", &[], Some(stranger.trim()), theirs.as_bytes());
    assert_eq!(stolen.status, 422, "another party's paper is none of theirs");
    for path in [
        format!("/v1/submissions/{submission}/raw"),
        format!("/v1/certificates/{}", made["id"].as_str().unwrap()),
    ] {
        assert_eq!(server.ask_with("GET", &path, &[], Some(stranger.trim()), b"").status, 404, "{path}");
    }
    for (bytes, status) in [(&b"PK\x03\x04"[..], 400), (b"%PDF-1.7 broken", 400), (b"", 400)] {
        assert_eq!(server.ask("POST", "/v1/papers", bytes).status, status);
    }
}
