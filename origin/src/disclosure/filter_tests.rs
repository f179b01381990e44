//! Tests of the filter: what the public gets, and that nothing else ever leaves.

use super::*;
use crate::form::tests::any_json;
use proptest::prelude::*;
use serde_json::json;

const SECRET: &[u8] = b"a secret of this test";

/// Words that stand in withheld fields of the documents below.
const WITHHELD: &[&str] = &[
    "EXAMPLE-0001",
    "Contoh",
    "TSTU0000014",
    "EXBK9988",
    "INV-2026",
    "EXAMPLE STAR",
    "9074729",
    "2609S",
    "claimed code",
    "issuing body",
    "N/M 1-40",
    "terminal-a",
    "841370",
    "06:20",
    "party-b",
    "SEAL77",
    "5000",
    "Pumpenwerk",
];

fn view() -> Value {
    json!({
        "id": "eco_1", "number": "EXAMPLE-0001", "regime": "RCEP", "form": "certificate_of_origin",
        "issuer": {"country": "CN", "body": "EXAMPLE issuing body"},
        "exporter": {"name": "Example Pump Works", "country": "CN"}, "importing_party": "MY", "published": true,
        "lifecycle": {"state": "issued", "source": "claimed"},
        "verification": {"state": "not_checked", "text": "not yet checked with the issuer", "code": "V-7Q2K"},
        "consistency": {"state": "not_assessed"},
        "claims": {"uid": "urn:eco:EXAMPLE-0001", "verification": [{"code": "claimed code"}]},
        "bindings": [{"kind": "booking", "value": "EXBK9988", "bound": true},
            {"kind": "master_bl", "value": "EXBL00012345", "bound": true},
            {"kind": "invoice", "value": "INV-2026-0907", "bound": false}],
        "route": "/v1/certificates/eco_1/route", "owner": "party-b", "seals": ["SEAL77"],
        "boxes": {"consignee": {"name": "Contoh"}, "items": [{"hs6": "841370", "marks": "N/M 1-40",
            "invoices": [{"no": "INV-2026-0907"}], "fob": {"value": 5000, "currency": "USD"}}],
            "producer": {"mode": "named", "name": "Pumpenwerk"}}
    })
}

fn document() -> Value {
    let stop = json!({"type": "Feature", "id": "stop-1", "geometry": {"type": "Point", "coordinates": [122.0, 30.6]},
        "properties": {"id": "stop-1", "kind": "stop", "node": "CN-YANGSHAN-3", "zone": "Asia/Shanghai",
            "at": "2026-09-05T17:06:20Z", "event": "departed", "containers": ["TSTU0000014"], "seal": "SEAL77",
            "events": [{"kind": "loaded", "classifier": "actual", "at": "2026-09-05T06:20:00Z", "precision": "minute",
                "certainty": "observed", "source": "terminal-a", "told_by": "COARRI", "witnesses": 2}]}});
    let leg = json!({"type": "Feature", "id": "leg-1", "geometry": null,
        "properties": {"id": "leg-1", "kind": "leg", "mode": "sea", "from": "CN-YANGSHAN-3", "to": "MY-WESTPORTS",
            "ship": {"name": "EXAMPLE STAR", "imo": "9074729", "voyage": "2609S"},
            "departure": {"at": "2026-09-05T17:06:20Z", "classifier": "actual", "certainty": "observed"},
            "arrival": null, "reason": {"code": "no_sea_route", "text": "No sea route."}}});
    json!({"type": "FeatureCollection", "bbox": [122.0, 30.6, 122.0, 30.6], "features": [stop, leg],
        "sealane": {"profile": "public", "seq": 7, "as_of": "2026-09-06T01:00:00Z", "sources": ["COARRI"],
            "certificate": {"id": "eco_1", "number": "EXAMPLE-0001", "verification": {"state": "not_checked"}}}})
}

#[test]
fn nothing_but_the_listed_fields_of_events_and_bindings_leaves() {
    let events = json!({"events": [{"seq": 9, "at": "2026-09-06T02:00:00Z", "act": "moved", "to": "presented",
        "party": "party-b", "reason": "claimed code", "source_sha256": "ab", "replaced_by": "eco_2"}], "links": ["SEAL77"]});
    let ties = json!({"digest": "d1", "bindings": [
        {"container": "TSTU0000014", "kind": "booking", "value": "EXBK9988", "score": 90, "told_by": ["terminal-a"],
            "shares": [{"item": 1, "quantity": 5000, "unit": "KGM"}]},
        {"container": "TSTU0000014", "kind": "invoice", "value": "INV-2026", "score": 90}],
        "conflicts": [{"text": "TSTU0000014"}], "proposals": []});
    assert_eq!(super::events(Profile::Public, events.clone()), json!({}));
    assert_eq!(bindings(Profile::Public, ties.clone()), json!({}));
    assert_eq!(
        super::events(Profile::Partner, events.clone()),
        json!({"events": [{"at": "2026-09-06T02:00:00Z", "act": "moved", "to": "presented"}]})
    );
    let buyer = bindings(Profile::Buyer, ties.clone());
    assert_eq!(
        buyer,
        json!({"digest": "d1", "bindings": [{"container": "TSTU0000014", "kind": "invoice", "value": "INV-2026", "score": 90}]}),
        "a buyer has the invoice and not the booking"
    );
    let partner = bindings(Profile::Partner, ties.clone());
    assert_eq!(partner["bindings"][0]["value"], "EXBK9988");
    for profile in [Profile::Public, Profile::Buyer, Profile::Partner, Profile::Authority] {
        let text =
            super::events(profile, events.clone()).to_string() + &bindings(profile, ties.clone()).to_string();
        for never in ["party-b", "SEAL77", "terminal-a", "conflicts", "proposals"] {
            assert!(!text.contains(never), "{profile:?} reads {never}: {text}");
        }
    }
    assert_eq!(super::events(Profile::Internal, events.clone()), events);
}

#[test]
fn the_public_sees_a_certificate_without_its_trade() {
    let public = certificate(Profile::Public, view());
    assert_eq!(
        public,
        json!({
            "id": "eco_1", "number": "••••0001", "regime": "RCEP", "issuer": {"country": "CN"},
            "exporter": {"name": "Example Pump Works"}, "published": true,
            "lifecycle": {"state": "issued", "source": "claimed"},
            "verification": {"state": "not_checked", "text": "not yet checked with the issuer", "code": "V-7Q2K"},
            "consistency": {"state": "not_assessed"},
            "route": "/v1/certificates/eco_1/route"
        })
    );
    let with_goods = certificate_with_goods(Profile::Public, true, view());
    assert_eq!(with_goods["boxes"], json!({"items": [{"hs6": "841370"}]}), "where the owner shows them");
}

#[test]
fn the_public_sees_a_route_by_the_day() {
    let public = route(Profile::Public, SECRET, document());
    let stop = &public["features"][0]["properties"];
    assert_eq!(stop["at"], "2026-09-06", "17:06 UTC is the next day in Shanghai");
    assert_eq!(stop["events"][0]["at"], "2026-09-05");
    assert_eq!(stop["events"][0]["precision"], "day");
    assert_eq!(stop["containers"], json!([container_token(SECRET, "TSTU0000014")]));
    let leg = &public["features"][1];
    assert_eq!(leg["properties"]["departure"]["at"], "2026-09-06");
    assert_eq!(leg["properties"].get("ship"), None);
    assert_eq!((&leg["geometry"], &leg["properties"]["arrival"]), (&Value::Null, &Value::Null));
    assert_eq!(public["sealane"]["certificate"]["number"], "••••0001");
    assert_eq!(route(Profile::Public, SECRET, public.clone())["features"], {
        // Days stay days; tokens are tokens of tokens and so are left out of the comparison.
        let mut again = public["features"].clone();
        let token = container_token(SECRET, &container_token(SECRET, "TSTU0000014"));
        again[0]["properties"]["containers"] = json!([token]);
        again
    });
}

#[test]
fn nothing_withheld_is_in_the_public_text() {
    let text = certificate(Profile::Public, view()).to_string()
        + &route(Profile::Public, SECRET, document()).to_string();
    for word in WITHHELD {
        assert!(!text.contains(word), "{word} leaves");
    }
}

#[test]
fn partners_see_the_shipment_and_not_the_trade() {
    let partner = certificate(Profile::Partner, view());
    assert_eq!(partner["number"], "EXAMPLE-0001");
    assert_eq!(partner["bindings"][0]["value"], "EXBK9988");
    assert_eq!(partner["boxes"], json!({"items": [{"hs6": "841370"}]}));
    assert_eq!(partner.get("claims"), None);
    let seen = route(Profile::Partner, SECRET, document());
    assert_eq!(seen["features"][0]["properties"]["containers"], json!(["TSTU0000014"]));
    assert_eq!(seen["features"][0]["properties"]["at"], "2026-09-05T17:06:20Z");
    assert_eq!(seen["features"][1]["properties"]["ship"]["name"], "EXAMPLE STAR");
    assert_eq!(route(Profile::Internal, SECRET, document()), document());
}

/// What must not be in a profile's certificate, and what must.
#[test]
fn each_profile_sees_its_own_part_of_the_trade() {
    for (profile, hidden, shown) in [
        (
            Profile::Buyer,
            ["EXBK9988", "Contoh", "Pumpenwerk", "5000"].as_slice(),
            ["EXBL00012345", "INV-2026-0907", "N/M 1-40", "841370"].as_slice(),
        ),
        (
            Profile::Authority,
            ["claimed code", "party-b", "SEAL77"].as_slice(),
            ["EXBK9988", "Contoh", "Pumpenwerk", "5000", "INV-2026-0907"].as_slice(),
        ),
        (
            Profile::Partner,
            ["INV-2026-0907", "Contoh", "Pumpenwerk", "5000", "N/M 1-40"].as_slice(),
            ["EXBK9988", "EXBL00012345", "841370"].as_slice(),
        ),
        (Profile::Public, WITHHELD, ["••••0001"].as_slice()),
    ] {
        let text = certificate(profile, view()).to_string();
        for word in hidden {
            assert!(!text.contains(word), "{word} reaches {profile:?}");
        }
        for word in shown {
            assert!(text.contains(word), "{word} does not reach {profile:?}");
        }
    }
}

fn assessment() -> Value {
    json!({"state": "conflict", "text": "movement does not agree",
        "rules": [{"rule": "R6", "asks": "Is the seal unchanged?", "result": "fail", "text": "The seal of TSTU0000014 is SEAL77.",
            "details": {"seal": "SEAL77"}, "seqs": [4, 9]}],
        "custody": [{"container": "TSTU0000014", "node": "VN-CMIT", "country": "VN", "state": "continuous", "seqs": [4]}],
        "legs": [{"container": "TSTU0000014", "witnesses": 2}]})
}

/// Returns that the exporter was told of everything, or not of the seal.
fn untold(told: bool) -> Untold {
    ["R6"].into_iter().filter(|_| !told).collect()
}

#[test]
fn consistency_has_its_own_row() {
    let shown = |profile, told| consistency(profile, &untold(told), assessment());
    let bare = json!({"state": "under_review", "text": "under review"});
    assert_eq!(shown(Profile::Public, true), bare);
    assert_eq!(shown(Profile::Partner, true), bare);
    assert_eq!(shown(Profile::Buyer, false), bare, "the exporter is told first");
    assert_eq!(shown(Profile::Authority, false), bare);
    let buyer = shown(Profile::Buyer, true);
    assert_eq!((&buyer["state"], &buyer["text"]), (&json!("conflict"), &json!("movement does not agree")));
    let view = |state: &str| put(view(), "/consistency/state", json!(state));
    assert_eq!(certificate(Profile::Public, view("warnings"))["consistency"]["state"], "under_review");
    assert_eq!(certificate(Profile::Public, view("consistent"))["consistency"]["state"], "consistent");
    assert_eq!(buyer["rules"][0], json!({"rule": "R6", "asks": "Is the seal unchanged?", "result": "fail"}));
    assert!(!buyer.to_string().contains("SEAL77") && !buyer.to_string().contains("TSTU"));
    let authority = shown(Profile::Authority, true);
    assert_eq!(authority["rules"][0]["seqs"], json!([4, 9]));
    assert!(authority["rules"][0].get("details").is_none(), "what no row names never leaves");
    assert_eq!(shown(Profile::Internal, false), assessment());
}

#[test]
fn nobody_reads_up() {
    use Profile::{Authority, Buyer, Internal, Partner, Public};
    for own in [Public, Buyer, Authority, Partner, Internal] {
        for asked in [Public, Buyer, Authority, Partner, Internal] {
            let may = own == Internal || asked == Public || own == asked;
            assert_eq!(own.may_read(asked), may, "{own:?} asks for {asked:?}");
        }
    }
}

#[test]
fn tables_name_each_path_once() {
    for table in [CERTIFICATE, ROUTE, CONSISTENCY] {
        for (n, row) in table.iter().enumerate() {
            assert!(table[..n].iter().all(|other| other.path != row.path), "{} stands twice", row.path);
        }
    }
}

/// Every leaf with its path, the way the tables write it.
fn leaves(path: &str, value: &Value, out: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                leaves(&if path.is_empty() { name.clone() } else { format!("{path}.{name}") }, member, out);
            }
        }
        Value::Array(entries) => entries.iter().for_each(|v| leaves(&format!("{path}[]"), v, out)),
        _ => out.push(path.to_owned()),
    }
}

/// Whether the table allows a path to a profile, as the table's words say it.
fn allowed(table: &[Row], profile: Profile, path: &str) -> bool {
    table.iter().any(|row| {
        let named = match row.show {
            Show::Numbers => path.replace("[]", "") == row.path.replace("features[]", "features"),
            _ => row.path == path,
        };
        let meant = match row.show {
            Show::Partner | Show::Goods => profile != Profile::Public,
            Show::To(profiles) => profiles.contains(&profile),
            _ => true,
        };
        named && meant
    })
}

/// Every profile that sees a part.
const PARTIAL: [Profile; 4] = [Profile::Public, Profile::Buyer, Profile::Authority, Profile::Partner];

fn put(mut whole: Value, pointer: &str, value: Value) -> Value {
    if let Some(slot) = whole.pointer_mut(pointer) {
        *slot = value;
    }
    whole
}

proptest! {
    #[test]
    fn no_other_field_ever_leaves(value in any_json(), pick in 0_usize..8, who in 0_usize..4) {
        let at = ["", "/issuer", "/boxes", "/id", "/exporter", "/lifecycle", "/bindings", "/verification"][pick];
        let mut paths = Vec::new();
        leaves("", &certificate(PARTIAL[who], put(view(), at, value)), &mut paths);
        prop_assert!(paths.iter().all(|p| allowed(CERTIFICATE, PARTIAL[who], p)), "{:?}", paths);
    }

    #[test]
    fn no_other_route_field_ever_leaves(value in any_json(), pick in 0_usize..7, who in 0_usize..4) {
        let at = ["", "/features/0", "/features/0/properties", "/features/1/geometry", "/sealane",
            "/features/0/properties/events/0", "/features/1/properties/ship"][pick];
        let mut paths = Vec::new();
        leaves("", &route(PARTIAL[who], SECRET, put(document(), at, value)), &mut paths);
        prop_assert!(paths.iter().all(|p| allowed(ROUTE, PARTIAL[who], p)), "{:?}", paths);
    }

    #[test]
    fn no_other_ruling_ever_leaves(value in any_json(), pick in 0_usize..5, who in 0_usize..4, told in any::<bool>()) {
        let at = ["", "/rules/0", "/custody", "/legs/0", "/rules/0/details"][pick];
        let mut paths = Vec::new();
        leaves("", &consistency(PARTIAL[who], &untold(told), put(assessment(), at, value)), &mut paths);
        prop_assert!(paths.iter().all(|p| allowed(CONSISTENCY, PARTIAL[who], p)), "{:?}", paths);
    }
}
