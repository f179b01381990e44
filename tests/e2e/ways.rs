//! Ways by sea through the built binary: beside a running server, and without one.

use super::certificates::{BOX, discharge, enter, gate_and_load};
use super::server::{Server, data};
use super::{run, run_ok};
use serde_json::Value;

#[test]
fn what_if_answers_beside_a_server_and_without_one() {
    let (_dir, data) = data();
    let path = data.to_str().unwrap().to_owned();
    let ask = |what: &str| -> Value {
        serde_json::from_str(&run_ok(&["what-if", "--data", &path, "--close", what, "--json"])).unwrap()
    };
    let server = Server::serve(&data);
    let id = enter(&server, "EXAMPLE-0001");
    gate_and_load(&server);
    let beside = ask("malacca");
    assert_eq!(beside["shipments"][0]["container"], BOX, "{beside}");
    assert_eq!(beside["certificates"][0]["id"], id.as_str());
    assert_eq!(beside["certificates"][0]["valid_until"], "2027-09-02");
    let hit = &beside["shipments"][0];
    assert!(hit["new_distance_nm"].as_f64().unwrap() > hit["distance_nm"].as_f64().unwrap() + 500.0, "{hit}");
    let words = run_ok(&["what-if", "--data", &path, "--close", "malacca,suez"]);
    assert!(words.starts_with("shipments hit: 1, certificates hit: 1"), "{words}");
    let unknown = run(&["what-if", "--data", &path, "--close", "styx"]);
    let said = String::from_utf8_lossy(&unknown.stderr);
    assert_eq!(unknown.status.code(), Some(2), "{said}");
    assert!(said.contains("`styx` is unknown"), "{said}");
    drop(server);
    assert_eq!(ask("malacca"), beside, "the data directory itself says the same");

    let server = Server::serve(&data);
    assert_eq!(server.ask("POST", "/v1/submissions", discharge().as_bytes()).status, 200);
    assert_eq!(ask("malacca")["shipments"], Value::Array(Vec::new()), "it has arrived");
}

#[test]
fn a_way_by_address_is_the_way_on_the_command_line() {
    let (_dir, data) = data();
    let server = Server::serve(&data);
    let path = "/v1/sea-routes?from=SGICT&to=Westports&speed=14&draft=14.5&avoid=taiwan";
    let by_command = run_ok(&[
        "route",
        "SGICT",
        "Westports",
        "--speed",
        "14",
        "--draft",
        "14.5",
        "--avoid",
        "taiwan",
        "--geojson",
    ]);
    let by_address = server.ask("GET", path, b"");
    assert_eq!(
        (by_address.status.as_u16(), by_address.header("content-type")),
        (200, "application/geo+json")
    );
    let command: Value = serde_json::from_str(&by_command).unwrap();
    assert_eq!(by_address.json(), command);
    let wrong = server.ask("GET", "/v1/sea-routes?from=1.26,103.8&to=Westports", b"");
    assert_eq!((wrong.status.as_u16(), wrong.header("content-type")), (422, "application/problem+json"));
}
