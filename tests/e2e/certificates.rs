//! Certificates through the doors: entered once, private until published, bound, served live.

use super::server::{Server, data, eventually};
use super::{coarri, codeco, run};
use serde_json::{Value, json};

pub(crate) const BOX: &str = "CSQU3054383";
pub(crate) const BOOKING: &str = "BKG1000001";

/// A certificate of the RCEP form with synthetic parties.
pub(crate) fn certificate(number: &str, bindings: Value) -> Value {
    json!({
        "number": number,
        "regime": "RCEP",
        "form": "certificate_of_origin",
        "uid": "urn:example:claimed",
        "issuer": {"country": "CN", "body": "EXAMPLE issuing body", "scheme": "rcep-issuing-body"},
        "lifecycle": {"state": "issued", "issued_on": "2026-09-03", "valid_until": "2027-09-02", "issued_retroactively": false},
        "flags": {"back_to_back": false, "third_party_invoicing": false},
        "exporter": {"name": "Example Pump Works Co., Ltd.", "country": "CN"},
        "producer": {"mode": "same_as_exporter"},
        "consignee": {"name": "Contoh Industri Sdn. Bhd.", "country": "MY"},
        "importing_party": "MY",
        "transport": {"departure_date": "2026-09-05", "conveyance_text": "EXAMPLE STAR V.2609S", "port_of_discharge_text": "PORT KLANG"},
        "items": [{
            "no": 1, "hs6": "841370", "hs_edition": "HS2022", "description": "Centrifugal pumps",
            "packages": {"count": 40, "kind": "CT"}, "criterion": {"main": "CTC", "modifiers": []},
            "rcep_country_of_origin": "CN", "tariff_differential": "none",
            "quantity": {"value": 3200, "unit": "KGM"}, "fob": null,
            "invoices": [{"no": "INV-2026-0907", "date": "2026-09-01"}]
        }],
        "bindings": bindings,
        "verification": [{"gateway": "elsewhere", "outcome": "confirmed", "code": "V-0000"}]
    })
}

/// The references of the shipment that the tests move.
pub(crate) fn bindings() -> Value {
    json!([{"type": "BKG", "value": BOOKING}, {"type": "EQ", "value": BOX}])
}

/// Moves the container onto its ship at Yangshan III.
pub(crate) fn gate_and_load(server: &Server) {
    let place = "CNSGH:139:6+SGICT:TER:306";
    for message in [
        codeco("G1", BOX, BOOKING, "34", "202609040910"),
        coarri("L1", BOX, BOOKING, true, place, "202609051420"),
    ] {
        assert_eq!(server.ask("POST", "/v1/submissions", message.as_bytes()).status, 200);
    }
}

/// The discharge at Westports.
pub(crate) fn discharge() -> String {
    coarri("D1", BOX, BOOKING, false, "MYPKG:139:6+KMT:TER:306", "202609120310")
}

/// Enters a certificate and returns its id.
pub(crate) fn enter(server: &Server, number: &str) -> String {
    let body = certificate(number, bindings()).to_string();
    let answer = server.ask("POST", "/v1/certificates", body.as_bytes());
    assert_eq!(answer.status, 201, "{}", String::from_utf8_lossy(&answer.body));
    answer.json()["id"].as_str().unwrap().to_owned()
}

#[test]
fn a_certificate_is_checked_before_it_is_sent() {
    let (dir, _) = data();
    let check = |document: &Value, name: &str| {
        let path = dir.path().join(name);
        std::fs::write(&path, document.to_string()).unwrap();
        let output = run(&["check", path.to_str().unwrap()]);
        (output.status.code(), String::from_utf8(output.stdout).unwrap())
    };
    let mut document = certificate("EXAMPLE-0001", bindings());
    let (code, told) = check(&document, "right.json");
    assert!(code == Some(0) && told.contains("a certificate that would be taken"), "{told}");
    document["items"][0]["hs6"] = "84".into();
    let (code, told) = check(&document, "wrong.json");
    assert!(code == Some(1) && told.contains("would not be taken"), "{told}");
    assert!(told.contains("ECO-009") && told.contains("$.items[0].hs6"), "{told}");
}

#[test]
fn the_same_content_is_the_same_certificate_and_other_content_a_conflict() {
    let (_dir, data) = data();
    let server = Server::serve(&data);
    let id = enter(&server, "EXAMPLE-0001");
    let mut document = certificate("EXAMPLE-0001", bindings());
    let same = server.ask("POST", "/v1/certificates", document.to_string().as_bytes());
    assert_eq!((same.status.as_u16(), same.json()["id"].as_str()), (200, Some(id.as_str())));
    let pretty = serde_json::to_vec_pretty(&document).unwrap();
    let spaced = server.ask("POST", "/v1/certificates", &pretty);
    assert_eq!((spaced.status.as_u16(), spaced.json()["id"].as_str()), (200, Some(id.as_str())));
    document["importing_party"] = "VN".into();
    let other = server.ask("POST", "/v1/certificates", document.to_string().as_bytes());
    assert_eq!((other.status.as_u16(), other.header("content-type")), (409, "application/problem+json"));
    document["number"] = "EXAMPLE-0002".into();
    document["items"][0]["hs6"] = "84".into();
    let wrong = server.ask("POST", "/v1/certificates", document.to_string().as_bytes());
    assert_eq!(wrong.status, 422);
    assert!(wrong.json()["findings"].to_string().contains("hs6"), "{}", wrong.json());
}

#[test]
fn what_a_client_claims_is_never_shown_as_checked() {
    let (_dir, data) = data();
    let server = Server::serve(&data);
    let id = enter(&server, "EXAMPLE-0001");
    let view = server.get(&format!("/v1/certificates/{id}"));
    assert_eq!(view["verification"]["state"], "not_checked");
    assert_eq!(view["verification"]["text"], "not yet checked with the issuer");
    assert_eq!(view["claims"]["uid"], "urn:example:claimed");
    assert_eq!(view["claims"]["verification"][0]["outcome"], "confirmed");
}

#[test]
fn the_route_follows_the_sea_and_is_revalidated_by_its_tag() {
    let (_dir, data) = data();
    let server = Server::serve(&data);
    let id = enter(&server, "EXAMPLE-0001");
    gate_and_load(&server);
    let path = format!("/v1/certificates/{id}/route");
    let planned = server.ask("GET", &path, b"");
    assert_eq!((planned.status.as_u16(), planned.header("content-type")), (200, "application/geo+json"));
    let legs = |route: &Value| -> Vec<Value> {
        let features = route["features"].as_array().unwrap();
        features.iter().filter(|f| f["properties"]["kind"] == "leg").cloned().collect()
    };
    assert_eq!(legs(&planned.json())[0]["properties"]["certainty"], "planned");
    let tag = planned.header("etag").to_owned();
    let headers = [("if-none-match", tag.as_str())];
    let again = server.ask_with("GET", &path, &headers, server.key.as_deref(), b"");
    assert_eq!((again.status.as_u16(), again.body.len()), (304, 0));
    server.ask("POST", "/v1/submissions", discharge().as_bytes());
    let sailed = server.ask_with("GET", &path, &headers, server.key.as_deref(), b"");
    assert_eq!(sailed.status, 200, "the discharge changed the route");
    let leg = &legs(&sailed.json())[0];
    assert_eq!(leg["properties"]["certainty"], "observed", "{leg}");
    let line = leg["geometry"]["coordinates"].as_array().unwrap();
    assert!(line.len() > 20, "a line on the water, not a straight one: {} points", line.len());
    for feature in sailed.json()["features"].as_array().unwrap() {
        assert_eq!(feature["id"], feature["properties"]["id"]);
    }
}

#[test]
fn whether_the_movement_agreed_is_read_as_of_then_also_where_no_site_was_told() {
    let (_dir, data) = data();
    let mut server = Server::serve(&data);
    let id = enter(&server, "EXAMPLE-0001");
    gate_and_load(&server);
    let path = format!("/v1/certificates/{id}");
    let as_of = |server: &Server, at: &str| server.get(&format!("{path}?as_of={at}"))["consistency"].clone();
    let now = server.get(&path)["consistency"]["state"].clone();
    let noted = eventually(|| {
        let then = as_of(&server, &jiff::Timestamp::now().to_string());
        (then["state"] == now).then_some(then)
    });
    let since = noted["since"].as_str().unwrap();
    // Another country than that of the certificate.
    let other = coarri("D1", BOX, BOOKING, false, "VNCMT:139:6", "202609120310");
    server.ask("POST", "/v1/submissions", other.as_bytes());
    let changed = server.get(&path)["consistency"]["state"].clone();
    assert_ne!(changed, now);
    server.kill();
    let server = Server::serve(&data);
    let later = eventually(|| {
        let then = as_of(&server, &jiff::Timestamp::now().to_string());
        (then["state"] == changed).then_some(then)
    });
    assert_eq!(as_of(&server, since), noted, "the past stays as it was found: {later}");
}

#[test]
fn a_certificate_is_private_until_published_and_public_shows_the_public_profile_only() {
    let (_dir, data) = data();
    let server = Server::serve(&data);
    let id = enter(&server, "EXAMPLE-0001");
    gate_and_load(&server);
    let keys = ["keys", "--data", data.to_str().unwrap(), "add", "--party", "operator", "--publishable"];
    let key = super::run_ok(&[&keys[..], &["--site", "https://shop.example"]].concat());
    let path = format!("/v1/certificates/{id}/route?key={}", key.trim());
    let site = [("origin", "https://shop.example")];
    let public = |headers: &[(&str, &str)]| server.ask_with("GET", &path, headers, None, b"");
    assert_eq!(public(&site).status, 404);
    assert_eq!(server.ask("POST", &format!("/v1/certificates/{id}/publish"), b"").status, 200);
    let answer = public(&site);
    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
    assert_eq!(answer.header("access-control-allow-origin"), "https://shop.example");
    let text = String::from_utf8(answer.body).unwrap();
    for secret in
        [BOX, BOOKING, "EXAMPLE STAR", "9074729", "Contoh", "INV-2026", "EXAMPLE-0001", "14:20", "06:20"]
    {
        assert!(!text.contains(secret), "the public profile shows `{secret}`: {text}");
    }
    assert_eq!(public(&[("origin", "https://other.example")]).status, 403);
    // Its goods are shown where the owner wants that, until the owner no longer does.
    let path = format!("/v1/certificates/{id}?key={}", key.trim());
    let goods = || server.ask_with("GET", &path, &site, None, b"").json()["boxes"]["items"][0].clone();
    assert_eq!(goods(), Value::Null);
    let publish =
        |body: &[u8]| server.ask("POST", &format!("/v1/certificates/{id}/publish"), body).status.as_u16();
    assert_eq!((publish(br#"{"goods": true}"#), publish(br#"{"prices": true}"#)), (200, 400));
    assert_eq!(goods()["hs6"], "841370", "{}", goods());
    assert_eq!((publish(b""), goods()["hs6"].as_str()), (200, Some("841370")), "what is not said stays");
    assert_eq!((publish(br#"{"goods": false}"#), goods()), (200, Value::Null));
}
