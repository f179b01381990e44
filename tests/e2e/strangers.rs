//! Contributing is no claim: who names a stranger's container learns nothing.

use super::certificates::{BOOKING, BOX, bindings, certificate, discharge, enter, gate_and_load};
use super::server::{Server, data};
use super::{codeco, run_ok};
use serde_json::{Value, json};

/// A server with the operator's shipment, and the key of a partner who has nothing to do with it.
fn world() -> (tempfile::TempDir, Server, String) {
    let (dir, data) = data();
    let server = Server::serve(&data);
    gate_and_load(&server);
    let key = run_ok(&["keys", "--data", data.to_str().unwrap(), "add", "--party", "stranger"]);
    (dir, server, key.trim().to_owned())
}

#[test]
fn a_partner_who_posts_a_strangers_container_learns_nothing() {
    let (_dir, server, stranger) = world();
    let ask =
        |method: &str, path: &str, body: &[u8]| server.ask_with(method, path, &[], Some(&stranger), body);
    // The very bytes that the operator sent: not even a duplicate is told.
    let copied =
        ask("POST", "/v1/submissions", codeco("G1", BOX, BOOKING, "34", "202609040910").as_bytes()).json();
    assert_eq!((&copied["events"], &copied["duplicates"]), (&1.into(), &0.into()));
    let unknown = ask("GET", "/v1/shipments/container:TSTU0000014", b"");
    for reference in [format!("container:{BOX}"), format!("booking:{BOOKING}"), BOX.to_owned()] {
        for path in [format!("/v1/shipments/{reference}"), format!("/v1/shipments/{reference}/route")] {
            let answer = ask("GET", &path, b"");
            assert_eq!(answer.status, 404, "{path}");
            let (mine, theirs) = (answer.json(), unknown.json());
            assert_eq!((&mine["title"], &mine["detail"]), (&theirs["title"], &theirs["detail"]));
        }
    }
}

#[test]
fn a_certificate_that_names_a_strangers_container_binds_nothing() {
    let (_dir, server, stranger) = world();
    let document = certificate("STRANGER-1", json!([{"type": "EQ", "value": BOX}])).to_string();
    let answer = server.ask_with("POST", "/v1/certificates", &[], Some(&stranger), document.as_bytes());
    assert_eq!(answer.status, 201);
    let path = format!("/v1/certificates/{}/route", answer.json()["id"].as_str().unwrap());
    let route = server.ask_with("GET", &path, &[], Some(&stranger), b"").json();
    assert_eq!(route["features"].as_array().unwrap().len(), 0, "{route}");
}

#[test]
fn a_booking_number_alone_opens_nothing_for_numbers_can_be_guessed() {
    let (_dir, server, stranger) = world();
    let ask =
        |method: &str, path: &str, body: &[u8]| server.ask_with(method, path, &[], Some(&stranger), body);
    let document = certificate("STRANGER-2", json!([{"type": "BKG", "value": BOOKING}])).to_string();
    let view = ask("POST", "/v1/certificates", document.as_bytes()).json();
    assert_eq!(view["bindings"][0]["bound"], false, "{view}");
    assert_eq!(ask("GET", &format!("/v1/shipments/booking:{BOOKING}"), b"").status, 404);
    // Nor does a tie that the stranger makes itself.
    let own = codeco("S1", BOX, "GAMMA55521", "34", "202609040910");
    assert_eq!(ask("POST", "/v1/submissions", own.as_bytes()).status, 200);
    let both = json!([{"type": "BKG", "value": "GAMMA55521"}, {"type": "EQ", "value": BOX}]);
    let view = ask("POST", "/v1/certificates", certificate("STRANGER-3", both).to_string().as_bytes()).json();
    assert_eq!(view["bindings"][0]["bound"], false, "{view}");
    assert_eq!(ask("GET", "/v1/shipments/booking:GAMMA55521", b"").status, 404);
}

#[test]
fn an_answer_stays_small_however_much_is_wrong() {
    let (_dir, data) = data();
    let server = Server::serve(&data);
    let answer = server.ask("POST", "/v1/submissions", "UNH+1+X'UNT+9+2'".repeat(20_000).as_bytes());
    assert_eq!(answer.status, 200);
    assert!(answer.body.len() < 2_000_000, "{} bytes", answer.body.len());
    // Reading stays linear in the number of findings: this took minutes when it was not.
    let answer = server.ask(
        "POST",
        "/v1/submissions",
        format!("UNH+1+CODECO:D:95B:UN'{}", "A'".repeat(500_000)).as_bytes(),
    );
    assert_eq!(answer.status, 200);
}

#[test]
fn a_strangers_word_is_never_drawn_as_observed() {
    let (_dir, server, stranger) = world();
    let id = enter(&server, "EXAMPLE-0001");
    let lie = discharge().replace("202609120310", "202609070310");
    assert_eq!(server.ask_with("POST", "/v1/submissions", &[], Some(&stranger), lie.as_bytes()).status, 200);
    let route = server.get(&format!("/v1/certificates/{id}/route"));
    let events = |f: &Value| f["properties"]["events"].as_array().cloned().unwrap_or_default();
    let told: Vec<Value> = route["features"].as_array().unwrap().iter().flat_map(events).collect();
    for event in told.iter().filter(|e| e["kind"] == "discharged") {
        assert_eq!(event["certainty"], "reported", "{event}");
    }
    assert!(told.iter().any(|e| e["certainty"] == "observed"), "the operator's own word is observed");
}

#[test]
fn another_partners_certificate_and_submissions_are_not_there_for_a_stranger() {
    let (_dir, server, stranger) = world();
    let id = enter(&server, "EXAMPLE-0001");
    let ask = |path: &str| server.ask_with("GET", path, &[], Some(&stranger), b"");
    for path in [
        format!("/v1/certificates/{id}"),
        format!("/v1/certificates/{id}/route"),
        format!("/v1/certificates/{id}/stream"),
    ] {
        assert_eq!(ask(&path).status, 404, "{path}");
    }
    assert_eq!(ask("/v1/submissions").json()["submissions"], json!([]));
    let submission = server.get("/v1/submissions")["submissions"][0]["id"].as_str().unwrap().to_owned();
    assert_eq!(ask(&format!("/v1/submissions/{submission}")).status, 404);
    // The same certificate number under another owner is no conflict that would betray the first.
    let same = certificate("EXAMPLE-0001", bindings()).to_string().replace("Centrifugal", "Other");
    assert_eq!(
        server.ask_with("POST", "/v1/certificates", &[], Some(&stranger), same.as_bytes()).status,
        201
    );
}

#[test]
fn without_a_key_nothing_is_told_and_demo_refuses_foreign_pages() {
    let (_dir, server, _) = world();
    for path in ["/v1/submissions", "/v1/nodes", "/v1/vessels", "/v1/certificates", "/metrics"] {
        let answer = server.ask_with("GET", path, &[], None, b"");
        assert_eq!(
            (answer.status.as_u16(), answer.header("content-type")),
            (401, "application/problem+json"),
            "{path}"
        );
        assert!(!answer.header("www-authenticate").is_empty());
    }
    let mut demo = super::sealane();
    demo.args(["demo", "--port", "0"]);
    let demo = Server::start(demo);
    assert_eq!(demo.ask("GET", "/v1/nodes", b"").status, 200);
    for header in
        [("host", "evil.example"), ("origin", "https://evil.example"), ("x-forwarded-for", "10.0.0.1")]
    {
        assert_eq!(demo.ask_with("GET", "/v1/nodes", &[header], None, b"").status, 403, "{header:?}");
    }
}
