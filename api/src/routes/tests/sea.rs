//! Ways by sea: everybody with a key may ask, and what cannot be answered is an error with its own code.

use super::assert_problem;
use crate::settings::Settings;
use crate::testing::{House, house, request};
use axum::body::Body;
use axum::http::StatusCode;
use serde_json::{Value, json};

async fn asked(house: &House, query: &str) -> Value {
    let got = house.get(&house.stranger, &format!("/v1/sea-routes?{query}")).await;
    assert_eq!(got.status, StatusCode::OK, "{query}: {}", String::from_utf8_lossy(&got.bytes));
    got.json()
}

fn legs(collection: &Value) -> Vec<&Value> {
    let features = collection["features"].as_array().unwrap();
    features.iter().filter(|f| f["properties"]["kind"] == "leg").collect()
}

fn positions(geometry: &Value) -> Vec<Vec<[f64; 2]>> {
    let line = |line: &Value| serde_json::from_value::<Vec<[f64; 2]>>(line.clone()).unwrap();
    match geometry["type"].as_str() {
        Some("LineString") => vec![line(&geometry["coordinates"])],
        Some("MultiLineString") => geometry["coordinates"].as_array().unwrap().iter().map(line).collect(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_way_tells_distance_cost_passages_legs_and_emissions() {
    let house = house(Settings::default());
    let way = asked(&house, "from=MY-WESTPORTS&to=NLRTM&format=json&speed=20&alternatives=1").await;
    let main = &way["routes"][0];
    let miles = main["distance_nm"].as_f64().unwrap();
    assert!((7_500.0..8_600.0).contains(&miles), "{miles}");
    assert!((main["distance_km"].as_f64().unwrap() - miles * 1.852).abs() < 0.1);
    assert!(main["cost_nm"].as_f64().unwrap() >= miles);
    let ids: Vec<&str> =
        main["passages"].as_array().unwrap().iter().map(|p| p["id"].as_str().unwrap()).collect();
    let place =
        |id: &str| ids.iter().position(|known| *known == id).unwrap_or_else(|| panic!("{id}: {ids:?}"));
    assert!(place("bab-el-mandeb") < place("suez") && place("suez") < place("gibraltar"), "{ids:?}");
    let travelled = miles + main["river_nm"].as_f64().unwrap();
    assert!((main["duration_hours"].as_f64().unwrap() - travelled / 20.0).abs() < 0.02);
    // 76 g for a TEU and km, 15 % on the distance.
    let kilograms = miles * 1.852 * 1.15 * 0.076;
    assert!((main["emission"]["kg_co2e_per_teu"].as_f64().unwrap() - kilograms).abs() < 0.1);
    let factor = way["factors"].as_array().unwrap().iter().find(|f| f["id"] == main["emission"]["factor"]);
    assert!(factor.unwrap()["source"].as_str().unwrap().contains("Clean Cargo"));
    let counted: f64 = main["legs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|leg| {
            let sea = matches!(leg["mode"].as_str(), Some("sea" | "canal"));
            assert_eq!((leg["counted"].as_bool(), leg["emission"].is_object()), (Some(sea), sea), "{leg}");
            assert_eq!(leg["duration_hours"].is_null(), leg["mode"] == "land");
            if sea { leg["distance_nm"].as_f64().unwrap() } else { 0.0 }
        })
        .sum();
    assert!((counted - miles).abs() < 0.1, "{counted} {miles}");
    let other = &way["routes"][1];
    assert_eq!(other["id"], "alternative-1");
    assert!(
        other["cost_nm"].as_f64() >= main["cost_nm"].as_f64()
            && !other["without"].as_array().unwrap().is_empty()
    );
}

#[tokio::test]
async fn closing_suez_lengthens_the_way_and_opening_nothing_changes_nothing() {
    let house = house(Settings::default());
    let miles = async |query: &str| {
        let way = asked(&house, &format!("from=MY-WESTPORTS&to=NLRTM&format=json{query}")).await;
        way["routes"][0]["distance_nm"].as_f64().unwrap()
    };
    let usual = miles("").await;
    let closed = miles("&avoid=suez").await;
    assert!((2_500.0..4_500.0).contains(&(closed - usual)), "{usual} {closed}");
    assert!((miles("&draft=21&beam=60").await - usual) > 1_000.0, "too deep for Suez");
    let via = miles("&via=ZACPT").await;
    assert!(via >= closed - 1.0, "{via} {closed}");
}

#[tokio::test]
async fn the_collection_is_rfc_7946_and_is_revalidated_by_its_tag() {
    let house = house(Settings::default());
    let path = "/v1/sea-routes?from=JPYOK&to=USLAX";
    let got = house.get(&house.stranger, path).await;
    assert_eq!((got.status, got.header("content-type")), (StatusCode::OK, "application/geo+json"));
    let whole = got.json();
    let bbox: [f64; 4] = serde_json::from_value(whole["bbox"].clone()).unwrap();
    assert!(bbox[0] > bbox[2], "over the 180th meridian: {bbox:?}");
    let mut ends = Vec::new();
    for leg in legs(&whole) {
        for part in positions(&leg["geometry"]) {
            assert!(part.len() >= 2);
            for pair in part.windows(2) {
                assert!((pair[0][0] - pair[1][0]).abs() < 180.0, "{pair:?}");
            }
            for [lon, lat] in &part {
                assert!(lon.abs() <= 180.0 && (lat * 1e6 - (lat * 1e6).round()).abs() < 1e-3);
            }
            ends.extend([part[0], *part.last().unwrap()]);
        }
    }
    let stops = whole["features"].as_array().unwrap().iter().filter(|f| f["properties"]["kind"] == "stop");
    let stops: Vec<[f64; 2]> =
        stops.map(|f| serde_json::from_value(f["geometry"]["coordinates"].clone()).unwrap()).collect();
    assert_eq!((stops.first(), stops.last()), (ends.first(), ends.last()), "it ends where it was asked to");
    assert_eq!(whole["sealane"]["routes"].as_array().unwrap().len(), 1);

    let mut again = request("GET", &house.stranger, path, Body::empty());
    again.headers_mut().insert("if-none-match", got.headers["etag"].clone());
    assert_eq!(house.send(again).await.status, StatusCode::NOT_MODIFIED);
    let same = house.get(&house.operator, path).await;
    assert_eq!(same.bytes, got.bytes, "what is kept is what was drawn");

    let unwrapped = asked(&house, "from=JPYOK&to=USLAX&antimeridian=unwrap").await;
    let lines: Vec<_> = legs(&unwrapped).iter().flat_map(|leg| positions(&leg["geometry"])).collect();
    assert!(lines.iter().flatten().any(|[lon, _]| *lon > 180.0 || *lon < -180.0));
    let coarse = asked(&house, "from=JPYOK&to=USLAX&zoom=2").await;
    let points = |whole: &Value| {
        legs(whole)
            .iter()
            .map(|leg| positions(&leg["geometry"]).iter().map(Vec::len).sum::<usize>())
            .sum::<usize>()
    };
    assert!(points(&coarse) * 2 < points(&whole), "{} {}", points(&coarse), points(&whole));
}

#[tokio::test]
async fn what_cannot_be_answered_has_its_own_code() {
    let house = house(Settings::default());
    for (query, status, code, says) in [
        ("to=NLRTM", 400, "API-008", "from"),
        ("from=SGSIN&to=NLRTM&speed=0", 400, "API-008", "1 to 60"),
        ("from=SGSIN&to=NLRTM&speed=nan", 400, "API-008", "1 to 60"),
        ("from=SGSIN&to=NLRTM&zoom=99", 400, "API-008", "zoom"),
        ("from=SGSIN&to=NLRTM&nonsense=1", 400, "API-008", "nonsense"),
        ("from=Atlantis&to=NLRTM", 422, "API-024", "Atlantis"),
        ("from=103.8,1.26&to=NLRTM", 422, "API-024", "lat=1.26,lon=103.8"),
        ("from=lat=103.8,lon=1.26&to=NLRTM", 422, "API-024", "swapped"),
        ("from=yang&to=NLRTM", 422, "API-025", "(CN-YANGSHAN-3)"),
        ("from=SGSIN&to=NLRTM&avoid=styx", 422, "API-026", "suez"),
        ("from=LA-VTE&to=NLRTM", 422, "API-027", "no navigable water within 5 nm"),
        ("from=lat=15,lon=36&to=NLRTM", 422, "API-027", "swapped"),
        ("from=lat=43,lon=34&to=NLRTM&avoid=bosporus", 422, "API-028", "no way"),
    ] {
        let got = house.get(&house.stranger, &format!("/v1/sea-routes?{query}")).await;
        assert_problem(&got, status, code);
        let detail = got.json()["detail"].to_string();
        assert!(detail.contains(says), "{query}: {detail}");
    }
    assert_eq!(house.get("", "/v1/sea-routes?from=SGSIN&to=NLRTM").await.status, StatusCode::UNAUTHORIZED);
    let public = house.get("", &format!("/v1/sea-routes?from=SGSIN&to=MYPKG&key={}", house.public)).await;
    assert_eq!(public.status, StatusCode::OK, "ways are no secret");
}

#[tokio::test]
async fn a_batch_answers_each_question_and_is_bounded() {
    let house = house(Settings::default());
    let send = async |body: Value| house.post(&house.stranger, "/v1/sea-routes", body.to_string()).await;
    let got = send(json!({"routes": [
        {"from": "SGSIN", "to": "MYPKG"},
        {"from": "SGSIN", "to": "Atlantis"},
        {"from": "lat=1.2,lon=104.1", "to": "CN-YANGSHAN-3", "via": ["PHMNL"], "avoid": ["malacca"]},
    ]}))
    .await;
    assert_eq!(got.status, StatusCode::OK);
    let routes = got.json()["routes"].as_array().unwrap().clone();
    assert!(routes[0]["route"]["routes"][0]["distance_nm"].as_f64().unwrap() > 100.0, "{}", routes[0]);
    assert_eq!(routes[1]["problem"]["code"], "API-024");
    assert_eq!(routes[2]["route"]["via"][0]["node"], "PH-MNL", "{}", routes[2]);
    let many = vec![json!({"from": "SGSIN", "to": "MYPKG"}); 101];
    assert_problem(&send(json!({ "routes": many })).await, 413, "API-010");
    assert_problem(
        &send(json!({"routes": [{"from": "SGSIN", "to": "MYPKG", "speeed": 3}]})).await,
        400,
        "API-009",
    );
    let large = json!({"routes": [{"from": "x".repeat(300 << 10), "to": "MYPKG"}]});
    assert_problem(&send(large).await, 413, "API-010");
}

#[tokio::test]
async fn passages_are_listed_with_limits_and_sources() {
    let house = house(Settings::default());
    let all = house.get(&house.stranger, "/v1/passages").await.json();
    let passages = all["passages"].as_array().unwrap();
    let suez = passages.iter().find(|p| p["id"] == "suez").unwrap();
    assert_eq!((suez["canal"].as_bool(), suez["draft"].as_f64()), (Some(true), Some(20.1)));
    assert!(passages.iter().all(|p| !p["source"].as_str().unwrap().is_empty()));
    assert!(passages.iter().any(|p| p["shut"] == true), "the Arctic");
}
