//! One document that two parties entered: whose answer is whose, and who decides.

use super::super::certificates::{bindings, certificate};
use super::super::run_ok;
use super::{House, QUICK, until};
use serde_json::{Value, json};

#[test]
fn what_a_registry_says_of_one_partys_entry_is_said_of_no_other() {
    let house = House::new(QUICK);
    let key = |party: &str| {
        run_ok(&["keys", "--data", house.data.to_str().unwrap(), "add", "--party", party]).trim().to_owned()
    };
    let (first, second) = (key("first"), key("second"));
    let document = certificate("EXAMPLE-7700", bindings()).to_string();
    let ask = |key: &str, method: &str, path: &str, body: &str| {
        house.server.ask_with(method, path, &[], Some(key), body.as_bytes())
    };
    // The very same document, entered by two parties.
    let [one, two] = [&first, &second].map(|key| {
        let taken = ask(key, "POST", "/v1/certificates", &document);
        assert_eq!(taken.status, 201, "{}", String::from_utf8_lossy(&taken.body));
        format!("/v1/certificates/{}", taken.json()["id"].as_str().unwrap())
    });
    let asked = ask(&second, "POST", &format!("{two}/verifications"), "");
    let poll = asked.header("location").to_owned();
    let told = until(|| ask(&second, "GET", &poll, "").json(), |p| p["state"] != "pending");
    assert_eq!(told["outcome"], "confirmed");
    let axis = |key: &str, path: &str| ask(key, "GET", path, "").json()["verification"]["state"].clone();
    assert_eq!((axis(&second, &two), axis(&first, &one)), (json!("confirmed"), json!("not_checked")));
    let asked = ask(&first, "POST", &format!("{one}/verifications"), "");
    assert_eq!(asked.status, 202, "nothing of the other's is an answer");
    assert_ne!(asked.header("location").rsplit('/').next(), poll.rsplit('/').next());
    until(|| ask(&first, "GET", &one, "").json(), |c| c["verification"]["state"] == "confirmed");
    // The operator decides; what waits outlives a start, and so does the decision.
    let waiting = || house.server.get("/v1/certificates/conflicts")["waiting"].as_array().unwrap().clone();
    let line = waiting().into_iter().find(|line| line["kind"] == "same_number").unwrap();
    let parties: Vec<&Value> = line["entries"].as_array().unwrap().iter().map(|e| &e["party"]).collect();
    assert_eq!(parties, ["first", "second"]);
    let state = |key: &str, path: &str| ask(key, "GET", path, "").json()["entry"]["state"].clone();
    assert_eq!((state(&first, &one), state(&second, &two)), (Value::Null, json!("under_review")));
    let settle = json!({"certificate": line["certificate"]["id"], "choice": "part"}).to_string();
    let door = format!("/v1/certificates/conflicts/{}", line["id"].as_str().unwrap());
    assert_eq!(house.server.ask("POST", &door, settle.as_bytes()).status, 201);
    assert!(waiting().iter().all(|line| line["kind"] != "same_number"));
    assert_eq!((state(&first, &one), state(&second, &two)), (Value::Null, json!("set_aside")));
}
