//! Shipments: who reads them, and who learns nothing.

use super::{BOX, assert_problem, told};
use crate::settings::Settings;
use crate::testing::{Move, house, message};
use axum::http::StatusCode;
use sealane_data::observation::Kind;

#[tokio::test]
async fn a_stranger_learns_nothing_by_asking_or_posting() {
    let empty = house(Settings::default());
    let unknown = empty.get(&empty.stranger, &format!("/v1/shipments/{BOX}")).await;
    assert_problem(&unknown, 404, "API-007");
    let house = told().await;
    // The stranger tells of the box itself, names itself as a party, and certifies it.
    let own = Move {
        kind: Kind::GateIn,
        container: BOX,
        booking: "BKG77001",
        place: "SGSIN",
        at: "2026-09-04T08:00:00",
    };
    house.tell(&house.stranger, &message(&[own], &["STRANGER"])).await;
    let id = house.certify(&house.stranger, "HC-1", &[("EQ", BOX)]).await;
    for name in [BOX, "container:CSQU3054383", "BKG77001", "booking:BKG77001"] {
        for path in [format!("/v1/shipments/{name}"), format!("/v1/shipments/{name}/route")] {
            let got = house.get(&house.stranger, &path).await;
            assert_eq!((got.status, &got.bytes), (unknown.status, &unknown.bytes), "{path}");
        }
    }
    let route = house.get(&house.stranger, &format!("/v1/certificates/{id}/route")).await.json();
    assert_eq!(route["features"].as_array().unwrap().len(), 0, "nothing is drawn: {route}");
    // What it said is kept for it, and is not taken for observed.
    let inbox = house.get(&house.stranger, "/v1/submissions").await.json();
    assert_eq!(inbox["submissions"].as_array().unwrap().len(), 2);
    let seen = house.get(&house.operator, &format!("/v1/shipments/{BOX}")).await.json();
    let events = seen["journeys"][0]["events"].as_array().unwrap().clone();
    let gate = events.iter().find(|e| e["kind"] == "gate_in").unwrap();
    assert_eq!(gate["certainty"], "reported", "{gate}");
}

#[tokio::test]
async fn the_declared_party_and_the_operator_read_the_shipment() {
    let house = told().await;
    for key in [&house.operator, &house.owner] {
        let got = house.get(key, "/v1/shipments/BKG77001").await;
        let view = got.json();
        assert_eq!(view["reference"], "booking:BKG77001");
        assert_eq!(view["journeys"][0]["container"], BOX);
        let route = house.get(key, "/v1/shipments/booking:BKG77001/route").await;
        assert_eq!(route.header("content-type"), "application/geo+json");
        assert!(route.json()["features"].as_array().unwrap().len() >= 3);
    }
    let strangers_inbox = house.get(&house.stranger, "/v1/submissions").await.json();
    assert_eq!(strangers_inbox["submissions"].as_array().unwrap().len(), 0);
    assert_problem(&house.get(&house.stranger, "/v1/submissions/sub_0000").await, 404, "API-007");
    let raw = house.get(&house.terminal, "/v1/submissions/sub_0000/raw").await;
    assert_eq!((raw.header("content-type"), raw.status), ("text/plain", StatusCode::OK));
}
