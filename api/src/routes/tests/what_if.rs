//! What a closure hits: only what the caller may read, with detour, delay and risk of expiry; and how far goods are.

use super::{BOX, assert_problem};
use crate::settings::Settings;
use crate::testing::{House, Move, house, message};
use sealane_data::observation::{Classifier, DeclaredPlace, Kind, Observation, Plan};
use sealane_data::recorded::MessageRecord;
use sealane_data::time::DeclaredTime;
use serde_json::{Value, json};

const BOOKING: &str = "BKG77001";

/// One thing told of the ship's call.
fn call(record: &mut MessageRecord, kind: Kind, classifier: Classifier, place: &str, at: &str) {
    let mut said = Observation::new(kind, classifier);
    said.time = Some(DeclaredTime::minute(at.parse().unwrap()));
    said.place = Some(DeclaredPlace::locode(place).into());
    said.vessel = record.observations[0].vessel.clone();
    record.observations.push(said);
}

/// A house in which a box was loaded at Singapore for Rotterdam, expected at `arrival`; then the ship called
/// at the places on the way.
async fn at_sea(arrival: &str, calls: &[(&str, &str)]) -> House {
    let house = house(Settings::default());
    let lift = Move {
        kind: Kind::Loaded,
        container: BOX,
        booking: BOOKING,
        place: "SGSIN",
        at: "2027-08-01T10:00:00",
    };
    let mut record = message(&[lift], &["OWNER"]);
    let discharge = Some(DeclaredPlace::locode("NLRTM").into());
    record.observations[0].plan = Plan { discharge, ..Plan::default() }.said();
    call(&mut record, Kind::VesselDeparted, Classifier::Actual, "SGSIN", "2027-08-01T20:00:00");
    call(&mut record, Kind::VesselArrived, Classifier::Estimated, "NLRTM", arrival);
    for (place, at) in calls {
        call(&mut record, Kind::VesselArrived, Classifier::Actual, place, at);
    }
    house.tell(&house.terminal, &record).await;
    house
}

async fn asked(house: &House, key: &str, body: Value) -> Value {
    let got = house.post(key, "/v1/what-if", body.to_string()).await;
    assert_eq!(got.status.as_u16(), 200, "{}", String::from_utf8_lossy(&got.bytes));
    got.json()
}

fn suez() -> Value {
    json!({"closed": {"passages": ["suez"]}, "speed": 16})
}

#[tokio::test]
async fn a_closed_suez_hits_the_box_and_the_certificate_expires_before_it_arrives() {
    let house = at_sea("2027-09-01T06:00:00", &[]).await;
    // Issued on 2026-09-03: valid for a year.
    let id = house.certify(&house.owner, "HC-1", &[("BKG", BOOKING), ("EQ", BOX)]).await;
    for key in [&house.operator, &house.owner] {
        let answer = asked(&house, key, suez()).await;
        let hit = &answer["shipments"][0];
        assert_eq!(
            (hit["container"].as_str(), answer["complete"].as_bool()),
            (Some(BOX), Some(true)),
            "{answer}"
        );
        let number = |name: &str| hit[name].as_f64().unwrap_or_else(|| panic!("{name}: {hit}"));
        let longer = number("new_distance_nm") - number("distance_nm");
        assert!((2_500.0..4_500.0).contains(&longer), "{longer}");
        assert!((number("delay_hours") - longer / 16.0).abs() < 0.02);
        assert_eq!(hit["arrival"], "2027-09-01T04:00:00Z", "six o'clock at Rotterdam");
        let [before, after] = ["arrival", "new_arrival"]
            .map(|name| hit[name].as_str().unwrap().parse::<jiff::Timestamp>().unwrap());
        let delay = after.duration_since(before).as_secs_f64() / 3600.0;
        assert!((delay - number("delay_hours")).abs() < 0.01);
        assert_eq!(hit["legs"][0]["passages"], json!(["suez"]));
        assert_eq!(hit["legs"][0]["measured_from"], "SG-SIN");
        let certificate = &answer["certificates"][0];
        assert_eq!(
            (certificate["id"].as_str(), certificate["expiry"].as_str()),
            (Some(id.as_str()), Some("expires_before_arrival")),
            "{certificate}"
        );
        assert_eq!(
            (certificate["valid_until"].as_str(), certificate["valid_until_source"].as_str()),
            (Some("2027-09-03"), Some("one_year_from_issue"))
        );
    }
}

#[tokio::test]
async fn strangers_and_web_pages_learn_nothing() {
    let house = at_sea("2027-09-01T06:00:00", &[]).await;
    house.certify(&house.owner, "HC-1", &[("BKG", BOOKING), ("EQ", BOX)]).await;
    // It names the stranger's box, which ties nothing.
    house.certify(&house.stranger, "HC-2", &[("EQ", BOX)]).await;
    let nothing = asked(&house, &house.stranger, suez()).await;
    let told = (&nothing["shipments"], &nothing["certificates"], &nothing["complete"]);
    assert_eq!(told, (&json!([]), &json!([]), &json!(true)), "{nothing}");
    let web = house.post("", &format!("/v1/what-if?key={}", house.public), suez().to_string()).await;
    assert_eq!(web.status.as_u16(), 403);
    assert_problem(&house.post("", "/v1/what-if", suez().to_string()).await, 401, "API-001");
}

#[tokio::test]
async fn what_is_past_the_canal_or_arrived_is_not_hit() {
    let past = at_sea("2027-09-01T06:00:00", &[("EGALY", "2027-08-20T06:00:00")]).await;
    assert_eq!(asked(&past, &past.operator, suez()).await["shipments"], json!([]), "at Alexandria already");
    let there = at_sea("2027-09-01T06:00:00", &[("NLRTM", "2027-08-30T06:00:00")]).await;
    assert_eq!(asked(&there, &there.operator, suez()).await["shipments"], json!([]));
}

#[tokio::test]
async fn closed_ports_leave_no_way_and_wrong_questions_are_told() {
    let house = at_sea("2027-09-01T06:00:00", &[]).await;
    house.certify(&house.owner, "HC-1", &[("BKG", BOOKING)]).await;
    let answer = asked(&house, &house.owner, json!({"closed": {"nodes": ["NLRTM"]}})).await;
    let hit = &answer["shipments"][0];
    assert_eq!(
        (&hit["new_distance_nm"], &hit["legs"][0]["closed_ends"]),
        (&Value::Null, &json!(["NL-RTM"])),
        "{hit}"
    );
    assert_eq!(answer["certificates"][0]["expiry"], "no_way");
    for (body, status, code) in [
        (json!({"closed": {}}), 400, "API-009"),
        (json!({"closed": {"passages": ["suez"]}, "speed": -1}), 400, "API-009"),
        (json!({"closed": {"passages": ["styx"]}}), 422, "API-026"),
        (json!({"closed": {"nodes": ["Atlantis"]}}), 422, "API-024"),
        (json!({"closed": {"nodes": ["lat=1,lon=2"]}}), 422, "API-024"),
        (json!({"shut": ["suez"]}), 400, "API-009"),
    ] {
        assert_problem(&house.post(&house.owner, "/v1/what-if", body.to_string()).await, status, code);
    }
}

async fn leg(house: &House) -> (Value, Value) {
    let path = format!("/v1/shipments/{BOX}/route");
    let route = house.get(&house.operator, &path).await.json();
    let feature = |kind: &str| {
        let features = route["features"].as_array().unwrap();
        features.iter().find(|f| f["properties"]["kind"] == kind).cloned().unwrap_or_default()
    };
    (feature("leg"), feature("onward"))
}

#[tokio::test]
async fn a_call_on_the_way_tells_how_far_the_goods_are() {
    let left = at_sea("2027-09-01T06:00:00", &[]).await;
    let (started, _) = leg(&left).await;
    let begun = &started["properties"]["progress"];
    assert_eq!(
        (begun["state"].as_str(), begun["node"].as_str()),
        (Some("under_way"), Some("SG-SIN")),
        "{begun}"
    );
    assert_eq!(begun["done_nm"], 0.0);

    let house = at_sea("2027-09-01T06:00:00", &[("SAJED", "2027-08-12T06:00:00")]).await;
    let (on, onward) = leg(&house).await;
    let on = &on["properties"]["progress"];
    assert_eq!((on["state"].as_str(), on["off_route"].as_bool()), (Some("under_way"), Some(false)), "{on}");
    assert_eq!((on["node"].as_str(), on["at"].as_str()), (Some("SA-JED"), Some("2027-08-12T03:00:00Z")));
    let (done, ahead) = (on["done_nm"].as_f64().unwrap(), on["remaining_nm"].as_f64().unwrap());
    assert!((4_000.0..4_900.0).contains(&done) && (3_400.0..4_300.0).contains(&ahead), "{on}");
    assert!((done + ahead - begun["remaining_nm"].as_f64().unwrap()).abs() < 0.2);
    assert_eq!(onward, Value::Null);
}

#[tokio::test]
async fn a_ship_off_its_route_gets_a_new_way_that_the_public_is_not_told() {
    let house = at_sea("2027-09-10T06:00:00", &[("ZACPT", "2027-08-22T06:00:00")]).await;
    let (off, onward) = leg(&house).await;
    let off = &off["properties"]["progress"];
    assert_eq!((off["off_route"].as_bool(), off["node"].as_str()), (Some(true), Some("ZA-CPT")), "{off}");
    let ahead = off["remaining_nm"].as_f64().unwrap();
    assert!((5_800.0..6_500.0).contains(&ahead), "Cape Town to Rotterdam: {ahead}");
    assert_eq!(onward["properties"]["from"], "ZA-CPT");
    let first = &onward["geometry"]["coordinates"][0];
    assert!((first[0].as_f64().unwrap() - 18.4167).abs() < 1e-3, "{first}");

    let id = house.certify(&house.owner, "HC-1", &[("BKG", BOOKING), ("EQ", BOX)]).await;
    house.post(&house.owner, &format!("/v1/certificates/{id}/publish"), "").await;
    let own = house.get(&house.owner, &format!("/v1/certificates/{id}/route")).await.json().to_string();
    assert!(own.contains("off_route") && own.contains("ZA-CPT"), "the owner sees it: {own}");
    for (key, query) in
        [(&house.owner, "?profile=public".to_owned()), (&String::new(), format!("?key={}", house.public))]
    {
        let public = house.get(key, &format!("/v1/certificates/{id}/route{query}")).await.json();
        let text = public.to_string();
        assert!(public["features"].as_array().unwrap().len() >= 3, "{text}");
        for word in ["progress", "onward", "ZA-CPT", "off_route", "remaining"] {
            assert!(!text.contains(word), "{word} leaves: {text}");
        }
    }
}

#[tokio::test]
async fn a_given_position_is_put_on_the_planned_line_or_planned_anew() {
    let house = at_sea("2027-09-01T06:00:00", &[]).await;
    let asked = async |position: &str| {
        house.get(&house.owner, &format!("/v1/shipments/{BOX}/route?position={position}")).await
    };
    let progress = |route: &Value| {
        let features = route["features"].as_array().unwrap();
        features.iter().find(|f| f["properties"]["kind"] == "leg").unwrap()["properties"]["progress"].clone()
    };
    let on = progress(&asked("lat=12.4,lon=47").await.json());
    assert_eq!((on["state"].as_str(), on["off_route"].as_bool()), (Some("under_way"), Some(false)), "{on}");
    assert_eq!(on["position"], json!({"lat": 12.4, "lon": 47.0}));
    assert!((3_400.0..4_200.0).contains(&on["done_nm"].as_f64().unwrap()), "{on}");
    let route = asked("lat=-30,lon=60").await.json();
    let off = progress(&route);
    assert_eq!(off["off_route"], true, "{off}");
    assert!(off["off_nm"].as_f64().unwrap() > 1_000.0, "{off}");
    let onward = route["features"].as_array().unwrap().iter().find(|f| f["properties"]["kind"] == "onward");
    assert_eq!(onward.unwrap()["geometry"]["coordinates"][0], json!([60.0, -30.0]), "from where it is");
    for (position, code) in [("12.4,47", "API-024"), ("NLRTM", "API-024"), ("lat=51,lon=90", "API-027")] {
        assert_problem(&asked(position).await, 422, code);
    }
    let hidden =
        house.get(&house.stranger, &format!("/v1/shipments/{BOX}/route?position=lat=1,lon=104")).await;
    assert_problem(&hidden, 404, "API-007");
}
