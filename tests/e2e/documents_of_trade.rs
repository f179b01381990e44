//! What the rules compare beside the movement: papers that were handed in, and the silence of live feeds.

use super::certificates::{BOOKING, BOX, enter, gate_and_load};
use super::coarri;
use super::server::{Server, data};
use serde_json::{Value, json};

/// Hands a paper in.
fn attach(server: &Server, id: &str, mut paper: Value) {
    paper["sha256"] = "ab".repeat(32).into();
    let answer = server.ask("POST", &format!("/v1/certificates/{id}/papers"), paper.to_string().as_bytes());
    assert_eq!(answer.status, 201, "{}", String::from_utf8_lossy(&answer.body));
}

fn rule(server: &Server, id: &str, rule: &str) -> Value {
    let all = server.get(&format!("/v1/certificates/{id}/consistency"));
    all["rules"].as_array().unwrap().iter().find(|r| r["rule"] == rule).unwrap().clone()
}

#[test]
fn papers_make_weight_invoices_and_codes_assessable() {
    let (_dir, data) = data();
    let mut server = Server::serve(&data);
    let id = enter(&server, "EXAMPLE-0001");
    gate_and_load(&server);
    let results = |server: &Server| -> Vec<Value> {
        ["R9", "R10", "R11"].map(|r| rule(server, &id, r)["result"].clone()).into()
    };
    assert_eq!(results(&server), ["not_assessable", "not_assessable", "not_assessable"]);
    let bill = json!({"kind": "bill_of_lading", "number": "BL-1", "packages": 40, "gross_kg": 3210.0, "hs_codes": ["8413.70.21"]});
    attach(&server, &id, bill);
    attach(
        &server,
        &id,
        json!({"kind": "commercial_invoice", "number": "inv 2026/0907", "date": "2026-09-01"}),
    );
    assert_eq!(results(&server), ["pass", "pass", "pass"]);
    // A corrected bill takes the place of the one before.
    attach(
        &server,
        &id,
        json!({"kind": "bill_of_lading", "number": "BL 1", "packages": 12, "gross_kg": 900.0, "hs_codes": ["940360"]}),
    );
    attach(&server, &id, json!({"kind": "commercial_invoice", "number": "OTHER-1"}));
    assert_eq!(results(&server), ["fail", "warn", "fail"]);
    let ruling = rule(&server, &id, "R9");
    assert_eq!(ruling["text"], "The certificate states 40 packages and the bill of lading 12.");
    assert!(ruling["seqs"][0].is_u64(), "{ruling}");
    let papers = server.get(&format!("/v1/certificates/{id}/papers"));
    assert_eq!(papers["papers"].as_array().unwrap().len(), 3, "{papers:#}");
    // It is in the log: another process says the same, and the evidence names the papers by their digests.
    server.kill();
    let server = Server::serve(&data);
    assert_eq!(results(&server), ["fail", "warn", "fail"]);
    let wrong = json!({"kind": "bill_of_lading", "number": "BL-1", "sha256": "12"}).to_string();
    let path = format!("/v1/certificates/{id}/papers");
    assert_eq!(server.ask("POST", &path, wrong.as_bytes()).status, 409);
    assert_eq!(server.ask_with("GET", &path, &[], None, b"").status, 401);
}

#[test]
fn a_missing_load_counts_only_where_a_live_feed_would_have_told_it() {
    for (whole_days, expected) in [(20, "warn"), (3, "not_assessable")] {
        let (_dir, data) = data();
        let now = jiff::Timestamp::now();
        let ago = |hours: i64| now.checked_sub(jiff::SignedDuration::from_hours(hours)).unwrap();
        let own = data.join("feeds/yangshan");
        std::fs::create_dir_all(&own).unwrap();
        let text = "id = \"yangshan\"\nparty = \"yangshan\"\nnodes = [\"CN-YANGSHAN-3\"]\nkinds = [\"loaded\"]\nexpect = { every = \"48h\" }\n[transport]\nkind = \"folder\"\n";
        std::fs::write(data.join("feeds/yangshan.toml"), text).unwrap();
        let known =
            json!({ "last_frame": ago(1), "last_event": ago(1), "whole_since": ago(24 * whole_days) });
        std::fs::write(own.join("state.json"), known.to_string()).unwrap();
        let server = Server::serve(&data);
        super::server::eventually(|| {
            Some(server.get("/v1/feeds")).filter(|s| s["feeds"][0]["whole_since"].is_string())
        });
        let local = |hours: i64| {
            let zone = jiff::tz::TimeZone::get("Asia/Shanghai").unwrap();
            ago(hours).to_zoned(zone).strftime("%Y%m%d%H%M").to_string()
        };
        // In at the gate, planned to be loaded there, and then discharged at Westports: the load is missing.
        let gate = super::codeco("G1", BOX, BOOKING, "34", &local(24 * 12));
        let gate =
            gate.replace("LOC+165+", "LOC+9+CNSGH:139:6+SGICT:TER:306'LOC+165+").replace("UNT+9", "UNT+10");
        let off = coarri("D1", BOX, BOOKING, false, "MYPKG:139:6+KMT:TER:306", &local(24 * 4));
        for message in [gate, off.replace("LOC+9+CNSGH:139:6'", "LOC+9+CNSGH:139:6+SGICT:TER:306'")] {
            let answer = server.ask("POST", "/v1/submissions", message.as_bytes());
            assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
        }
        let id = enter(&server, "EXAMPLE-0001");
        let ruling = rule(&server, &id, "R5");
        assert_eq!(ruling["result"] == "warn", expected == "warn", "{whole_days} {ruling:#}");
        if expected == "warn" {
            assert!(ruling["text"].as_str().unwrap().contains("no load event"), "{ruling:#}");
        }
    }
}
