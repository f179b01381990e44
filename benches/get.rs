//! A certificate's route over HTTP, against a bare handler with a fixed body of the same size.

use crate::house::House;
use crate::http::{Answer, Client, request};
use crate::load::{self, Seen, milliseconds};
use crate::shipment::{self, Gate, Quay};
use crate::table;
use axum::Router;
use axum::body::Bytes;
use axum::http::{StatusCode, header};
use axum::routing::get;
use std::time::Duration;

/// The body is to have about this many bytes.
const WANTED: usize = 13_000;
const ROUNDS: usize = 3;
const BOOKING: &str = "BKGMEASURE1";

pub(crate) fn run() {
    let house = House::open();
    let (path, answer) = prepare(&house);
    let etag = answer.header("etag").unwrap().to_owned();
    let bytes = Bytes::from(answer.body);
    let length = bytes.len();
    let fixed = Router::new()
        .route(
            "/fixed",
            get(move || async move { ([(header::CONTENT_TYPE, "application/geo+json")], bytes) }),
        )
        .route("/same", get(|| async { StatusCode::NOT_MODIFIED }));
    let bare = house.beside(fixed);
    let tag = Some(("If-None-Match", etag.as_str()));
    let key = house.key.as_str();
    let mut best = [Seen::default(); 4];
    for _ in 0..ROUNDS {
        let seen = [
            load::run(bare, "/fixed", key, None, 200),
            load::run(house.address, &path, key, None, 200),
            load::run(bare, "/same", key, tag, 304),
            load::run(house.address, &path, key, tag, 304),
        ];
        for (best, seen) in best.iter_mut().zip(seen) {
            if seen.per_second > best.per_second {
                *best = seen;
            }
        }
    }
    let row = |what: &str, ours: Seen, bare: Seen| {
        let ratio = ours.per_second / bare.per_second;
        [
            what.to_owned(),
            table::whole(ours.per_second),
            table::whole(bare.per_second),
            format!("{:.0} %", ratio * 100.0),
            format!("{} / {}", milliseconds(ours.p50), milliseconds(ours.p99)),
            format!("{} / {}", milliseconds(bare.p50), milliseconds(bare.p99)),
            table::verdict(ratio >= 0.6 && ours.p99 < Duration::from_millis(5)),
        ]
    };
    table::print(
        &format!(
            "get: a certificate's route, best of {ROUNDS} rounds of {}; bar >= 60 % and p99 < 5 ms",
            load::maker()
        ),
        ["answer", "route/s", "bare/s", "ratio", "p50 / p99", "bare p50 / p99", "bar"],
        &[row(&format!("200, {length} bytes"), best[1], best[0]), row("304", best[3], best[2])],
    );
}

/// Enters a certificate and moves containers of its booking until its route is long enough.
fn prepare(house: &House) -> (String, Answer) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut client = Client::connect(house.address).await;
        let containers: Vec<String> = (0..400).map(crate::made::container).collect();
        let body = shipment::certificate("MEASURE-GET", BOOKING, &[]);
        let entered = client.ask(&request("POST", "/v1/certificates", &house.key, "", &body)).await;
        assert_eq!(entered.status, 201, "{}", String::from_utf8_lossy(&entered.body));
        let entered: serde_json::Value = serde_json::from_slice(&entered.body).unwrap();
        let path = entered["route"].as_str().unwrap().to_owned();
        for (n, container) in containers.iter().enumerate() {
            for message in messages(n, container) {
                let told = client.ask(&request("POST", "/v1/submissions", &house.key, "", &message)).await;
                assert_eq!(told.status, 200, "{}", String::from_utf8_lossy(&told.body));
            }
            let answer = client.ask(&request("GET", &path, &house.key, "", b"")).await;
            assert_eq!(answer.status, 200);
            if answer.body.len() >= WANTED {
                return (path, answer);
            }
        }
        panic!("the route stays short");
    })
}

/// Gate, load, transshipment and discharge of one container.
fn messages(n: usize, container: &str) -> Vec<Vec<u8>> {
    let gate = Gate { container, booking: BOOKING, code: "34", at: &format!("2026090409{:02}", n % 60) };
    let quay = |load, place, at, voyage| Quay { container, booking: BOOKING, load, place, at, voyage };
    vec![
        shipment::codeco(&format!("G{n}"), &[gate]),
        shipment::coarri(&format!("L{n}"), &quay(true, "CNSGH:139:6+SGICT:TER:306", "202609051420", "2609S")),
        shipment::coarri(&format!("T{n}"), &quay(false, "VNCMT:139:6+CMIT:TER:306", "202609091100", "2609S")),
        shipment::coarri(&format!("R{n}"), &quay(true, "VNCMT:139:6+CMIT:TER:306", "202609101500", "2611S")),
        shipment::coarri(&format!("D{n}"), &quay(false, "MYPKG:139:6+KMT:TER:306", "202609120310", "2611S")),
    ]
}
