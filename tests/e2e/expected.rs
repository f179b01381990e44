//! What is missing, who told of what, and what a container may still cost: through the doors of a `serve`.

use super::codeco;
use super::server::{Server, data, eventually};
use jiff::{Timestamp, ToSpan as _};
use serde_json::{Value, json};

const BOX: &str = "CSQU3054383";

/// A planned gate-in at CMIT as a carrier tells it (DCSA Track & Trace 2.2).
fn planned(at: Timestamp) -> Value {
    json!({
        "eventID": "84db923d-2a19-4eb0-beb5-446c1ec57d34",
        "eventType": "EQUIPMENT",
        "eventCreatedDateTime": at.to_string(),
        "eventClassifierCode": "PLN",
        "eventDateTime": at.to_string(),
        "equipmentEventTypeCode": "GTIN",
        "equipmentReference": BOX,
        "emptyIndicatorCode": "LADEN",
        "documentReferences": [{"documentReferenceType": "BKG", "documentReferenceValue": "BKGMISS1"}],
        "eventLocation": {"UNLocationCode": "VNVUT", "facilityCode": "CMIT", "facilityCodeListProvider": "SMDG"},
    })
}

#[test]
fn what_is_overdue_is_missing_only_where_a_live_feed_covers_it() {
    let (_dir, data) = data();
    let now = Timestamp::now();
    let ago = |hours: i64| now.checked_sub(hours.hours()).unwrap();
    let own = data.join("feeds/cmit");
    std::fs::create_dir_all(&own).unwrap();
    let text = "id = \"cmit\"\nparty = \"cmit\"\nnodes = [\"VN-CMIT\"]\nkinds = [\"gate_in\"]\nexpect = { every = \"48h\" }\n[transport]\nkind = \"folder\"\n";
    std::fs::write(data.join("feeds/cmit.toml"), text).unwrap();
    // What an earlier process has seen: data for ten days without a gap.
    let known = json!({ "last_frame": ago(1), "last_event": ago(1), "whole_since": ago(240) });
    std::fs::write(own.join("state.json"), known.to_string()).unwrap();
    let mut server = Server::serve(&data);
    let body = json!([planned(ago(72))]).to_string();
    let answer = server.ask("POST", "/v1/submissions", body.as_bytes());
    assert_eq!((answer.status.as_u16(), &answer.json()["events"]), (200, &1.into()), "{:#}", answer.json());
    let journey = |server: &Server| server.get(&format!("/v1/shipments/{BOX}"))["journeys"][0].clone();
    let shipment = eventually(|| {
        Some(journey(&server)).filter(|j| j["missing"].as_array().is_some_and(|m| !m.is_empty()))
    });
    let missing = &shipment["missing"][0];
    assert_eq!((&missing["kind"], &missing["node"]), (&"gate_in".into(), &"VN-CMIT".into()), "{shipment:#}");
    assert_eq!((&missing["because"], &missing["planned_by"]), (&"planned".into(), &"operator".into()));
    let facts = server.get(&format!("/v1/shipments/{BOX}/why"));
    let fact = &facts["journeys"][0]["facts"][0];
    assert_eq!((&fact["led_by"], &fact["witnesses"][0]["party"]), (&"alone".into(), &"operator".into()));

    // It is told after all.
    let late = ago(70).to_zoned(jiff::tz::TimeZone::get("Asia/Ho_Chi_Minh").unwrap());
    let told = codeco("R1", BOX, "BKGMISS1", "34", &late.strftime("%Y%m%d%H%M").to_string());
    let told = told.replace("CNSGH:139:6+SGICT:TER:306", "VNVUT:139:6+CMIT:TER:306");
    let answer = server.ask("POST", "/v1/submissions", told.as_bytes());
    assert_eq!(answer.json()["events"], 1, "{:#}", answer.json());
    assert_eq!(journey(&server)["missing"], json!([]), "{:#}", journey(&server));

    // A feed that was silent in between covers nothing any more.
    server.kill();
    let known = json!({ "last_frame": ago(60), "whole_since": ago(240) });
    std::fs::write(own.join("state.json"), known.to_string()).unwrap();
    let server = Server::serve(&data);
    let feed = eventually(|| {
        let status = server.get("/v1/feeds");
        Some(status["feeds"][0].clone()).filter(|f| f["state"] == "silent")
    });
    assert_eq!(feed["whole_since"], Value::Null, "{feed:#}");
}

#[test]
fn calls_and_predictions_are_told_with_their_reasons() {
    let (_dir, data) = data();
    let server = Server::serve(&data);
    assert_eq!(server.get("/v1/calls/missing"), json!({ "calls": [] }));
    assert_eq!(server.get("/v1/predictions/errors"), json!({ "horizons": [] }));
    assert_eq!(server.get("/v1/predictions?ship=9454436&node=MY-PKG"), json!({ "predictions": [] }));
    assert_eq!(server.ask("GET", "/v1/predictions?ship=9454436&node=ATLANTIS", b"").status, 404);
    assert_eq!(server.ask("GET", "/v1/calls/9454436~MY-PKG~2026-01-01/why", b"").status, 404);
    let call = concat!(
        "UNB+UNOA:2+PORT+SEALANE+260904:0930+C1'UNH+1+CALINF:D:00B:UN:SMDG20'BGM+96+CALL1+9'",
        "TDT+20+012W+1++ONEY:172:20+++9454436:146::MAERSK TEST'LOC+153+MYPKG:139:6+WPT:TER:ZZZ'",
        "DTM+132:202609050600:203'DTM+133:202609061800:203'UNT+7+1'UNZ+1+C1'"
    );
    let answer = server.ask("POST", "/v1/submissions", call.as_bytes());
    assert!(answer.json()["events"].as_u64() > Some(0), "{:#}", answer.json());
    let calls = server.get("/v1/calls");
    let found = &calls["calls"][0];
    assert_eq!((&found["omitted"], &found["witnesses"]), (&false.into(), &1.into()), "{calls:#}");
    let id = found["id"].as_str().unwrap();
    let why = server.get(&format!("/v1/calls/{id}/why"));
    let word = &why["witnesses"][0];
    assert_eq!((&word["party"], &word["leads"]), (&"operator".into(), &true.into()), "{why:#}");
}
