//! The rules find exactly what is the matter with simulated consignments: everything is sent by its own
//! party to the running binary, and read back by the exporter.

use super::run_ok;
use super::server::{Server, data};
use sealane_ingest::sim::{MATTERS, Matter, consignments};
use serde_json::{Value, json};
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
        let (_, expected) = MATTERS.iter().find(|(matter, _)| *matter == consignment.matter).unwrap();
        let expected: Vec<(String, String)> =
            expected.iter().map(|(rule, result)| ((*rule).to_owned(), (*result).to_owned())).collect();
        let path = format!("/v1/certificates/{}", ids[&consignment.number]);
        let key = keys[consignment.owner.as_str()].as_str();
        let ask = |door: &str| server.ask_with("GET", &format!("{path}{door}"), &[], Some(key), b"").json();
        let assessed = ask("/consistency");
        let rules = assessed["rules"].as_array().unwrap();
        let word = |rule: &Value, name: &str| rule[name].as_str().unwrap().to_owned();
        let found: Vec<(String, String)> = rules
            .iter()
            .filter(|r| r["result"] == "warn" || r["result"] == "fail")
            .map(|r| (word(r, "rule"), word(r, "result")))
            .collect();
        assert_eq!(found, expected, "{:?}: {assessed:#}", consignment.matter);
        let state = match expected.iter().map(|(_, result)| result.as_str()).max() {
            None => "consistent",
            Some("warn") => "warnings",
            Some(_) => "conflict",
        };
        let state = if expected.iter().any(|(_, result)| result == "fail") { "conflict" } else { state };
        assert_eq!(assessed["state"], state, "{:?}: {assessed:#}", consignment.matter);
        // What was compared was there: nothing agrees by having been seen by nobody.
        if consignment.matter != Matter::SwappedContainer {
            for rule in ["R1", "R2", "R3", "R4", "R5", "R6", "R7", "R8", "R12", "R13", "R14"] {
                let line = rules.iter().find(|r| r["rule"] == rule).unwrap();
                assert_ne!(line["result"], "not_assessable", "{:?} {rule}: {line}", consignment.matter);
            }
        }
        let custody = assessed["custody"].as_array().unwrap();
        let stays: Vec<&Value> = custody.iter().map(|s| &s["state"]).collect();
        let wanted = match consignment.matter {
            Matter::Transshipped => vec![json!("continuous")],
            Matter::CustodyGap => vec![json!("gap")],
            _ => Vec::new(),
        };
        assert_eq!(stays, wanted.iter().collect::<Vec<_>>(), "{:?}: {custody:?}", consignment.matter);
        for other in keys.iter().filter(|(party, _)| **party != consignment.owner) {
            let answer = server.ask_with("GET", &format!("{path}/consistency"), &[], Some(other.1), b"");
            assert_eq!(answer.status, 404, "{} reads what was found about another's goods", other.0);
        }
    }
}
