//! The rules find exactly what is the matter with simulated consignments: everything is sent by its own
//! party to the running binary, and read back by the exporter.

use super::run_ok;
use super::server::{Server, data};
use sealane_ingest::sim::{MATTERS, Matter, consignments};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Writes the profiles of the terminals as an operator would.
fn profiles(data: &Path, partners: &[sealane_data::partner::Partner]) {
    let folder = data.join("partners");
    std::fs::create_dir_all(&folder).unwrap();
    for partner in partners {
        let authority = &partner.authority[0].nodes[0];
        let node = partner.default_node.as_ref().unwrap();
        let text = format!(
            "id = \"{id}\"\nname = \"{id}\"\nedi_ids = [\"{unb}\"]\ndefault_node = \"{node}\"\n[[authority]]\nnodes = [\"{authority}\"]\n",
            id = partner.id,
            unb = partner.edi_ids[0],
        );
        std::fs::write(folder.join(format!("{}.toml", partner.id)), text).unwrap();
    }
}

#[test]
fn the_rules_find_exactly_what_is_the_matter() {
    let (_dir, data) = data();
    let told = consignments(2, jiff::civil::date(2026, 9, 1));
    std::fs::create_dir_all(&data).unwrap();
    profiles(&data, &told.partners);
    let server = Server::serve(&data);
    let senders: BTreeSet<&str> = told.deliveries.iter().map(|d| d.sender.as_str()).collect();
    let keys: BTreeMap<&str, String> = senders
        .into_iter()
        .map(|party| {
            let key = run_ok(&["keys", "--data", data.to_str().unwrap(), "add", "--party", party]);
            (party, key.trim().to_owned())
        })
        .collect();
    let mut ids: BTreeMap<String, String> = BTreeMap::new();
    for delivery in &told.deliveries {
        let door = if delivery.certificate { "/v1/certificates" } else { "/v1/submissions" };
        let key = keys[delivery.sender.as_str()].as_str();
        let answer = server.ask_with("POST", door, &[], Some(key), &delivery.bytes);
        assert!(answer.status.is_success(), "{}: {}", delivery.name, answer.json());
        let receipt = answer.json();
        if delivery.certificate {
            ids.insert(
                receipt["number"].as_str().unwrap().to_owned(),
                receipt["id"].as_str().unwrap().to_owned(),
            );
        } else {
            assert_eq!(receipt["events"], 1, "{}: {receipt}", delivery.name);
        }
    }
    for consignment in &told.consignments {
        let path = format!("/v1/certificates/{}/consistency", ids[&consignment.number]);
        let ask = |party: &str| server.ask_with("GET", &path, &[], Some(keys[party].as_str()), b"");
        judged(consignment.matter, &ask(&consignment.owner).json());
        for other in keys.keys().filter(|party| **party != consignment.owner) {
            assert_eq!(ask(other).status, 404, "{other} reads what was found about another's goods");
        }
    }
}

/// Holds what was found against what is the matter.
fn judged(matter: Matter, assessed: &Value) {
    let (_, expected) = MATTERS.iter().find(|(known, _)| *known == matter).unwrap();
    let rules = assessed["rules"].as_array().unwrap();
    let odd = rules.iter().filter(|r| r["result"] == "warn" || r["result"] == "fail");
    let found: Vec<(&str, &str)> =
        odd.map(|r| (r["rule"].as_str().unwrap(), r["result"].as_str().unwrap())).collect();
    assert_eq!(found, *expected, "{matter:?}: {assessed:#}");
    let has = |wanted: &str| expected.iter().any(|(_, result)| *result == wanted);
    let state = if has("fail") {
        "conflict"
    } else if has("warn") {
        "warnings"
    } else {
        "consistent"
    };
    assert_eq!(assessed["state"], state, "{matter:?}: {assessed:#}");
    // What was compared was there: nothing agrees by having been seen by nobody.
    for rule in ["R1", "R2", "R3", "R4", "R5", "R6", "R7", "R8", "R12", "R13", "R14"] {
        let line = rules.iter().find(|r| r["rule"] == rule).unwrap();
        let seen = line["result"] != "not_assessable" || matter == Matter::SwappedContainer;
        assert!(seen, "{matter:?} {rule}: {line}");
    }
    let custody = assessed["custody"].as_array().unwrap();
    let stays: Vec<&str> = custody.iter().map(|s| s["state"].as_str().unwrap()).collect();
    let wanted: &[&str] = match matter {
        Matter::Transshipped => &["continuous"],
        Matter::CustodyGap => &["gap"],
        _ => &[],
    };
    assert_eq!(stays, wanted, "{matter:?}: {custody:?}");
}
