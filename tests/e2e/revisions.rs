//! Originals, changes, replacements and cancellations: what stands is served, what was said stays readable.

use super::run_ok;
use super::server::{Server, data};
use serde_json::Value;

const FIRST: &str = "CSQU3054383";
const SECOND: &str = "TSTU0000014";

/// A gate report of some boxes with a function code, all of one document.
fn gate(number: u32, function: &str, boxes: &[(&str, &str)]) -> String {
    let mut segments =
        vec![format!("BGM+34+GATE77001+{function}"), format!("DTM+137:2026090{number}0900:203")];
    for (container, local) in boxes {
        segments.extend([
            format!("EQD+CN+{container}+45G1:102:5++2+5"),
            "RFF+BN:BKGREVISE1".to_owned(),
            format!("DTM+7:{local}:203"),
            "LOC+165+CNSGH:139:6+SGICT:TER:306".to_owned(),
        ]);
    }
    let count = segments.len() + 2;
    let body: String = segments.iter().map(|s| format!("{s}'")).collect();
    format!(
        "UNB+UNOA:2+T+F+260905:0900+RV{number:05}'UNH+{number}+CODECO:D:95B:UN:ITG14'{body}UNT+{count}+{number}'UNZ+1+RV{number:05}'"
    )
}

/// The gate times that are served of a box.
fn times(server: &Server, container: &str) -> Vec<String> {
    let answer = server.ask("GET", &format!("/v1/shipments/container:{container}"), b"");
    if answer.status == 404 {
        return Vec::new();
    }
    let journeys = answer.json()["journeys"].as_array().unwrap().clone();
    let events = journeys.iter().flat_map(|j| j["events"].as_array().unwrap());
    events.map(|e| e["at"].as_str().unwrap().to_owned()).collect()
}

fn standings(history: &Value) -> Vec<(&str, &str)> {
    let told = history["tellings"].as_array().unwrap();
    told.iter().map(|t| (t["revision"].as_str().unwrap(), t["standing"].as_str().unwrap())).collect()
}

fn history(server: &Server, container: &str) -> Value {
    server.get(&format!("/v1/shipments/container:{container}/history"))
}

#[test]
fn a_change_is_of_the_boxes_it_names_a_replacement_of_all_and_a_cancellation_leaves_only_history() {
    let original = gate(1, "9", &[(FIRST, "202609040910"), (SECOND, "202609040920")]);
    let change = gate(2, "4", &[(SECOND, "202609041100")]);
    let replace = gate(3, "5", &[(FIRST, "202609041200")]);
    let cancel = gate(4, "1", &[]);
    let at = |utc: &str| vec![format!("2026-09-04T{utc}:00Z")];
    // The end is the same whatever comes first.
    for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0], [1, 0, 2]] {
        let (_dir, data) = data();
        let server = Server::serve(&data);
        let post =
            |text: &str| assert_eq!(server.ask("POST", "/v1/submissions", text.as_bytes()).status, 200);
        let all = [&original, &change, &replace];
        if order == [0, 1, 2] {
            post(&original);
            assert_eq!((times(&server, FIRST), times(&server, SECOND)), (at("01:10"), at("01:20")));
            post(&change);
            assert_eq!(
                (times(&server, FIRST), times(&server, SECOND)),
                (at("01:10"), at("03:00")),
                "only the box it names"
            );
            assert_eq!(standings(&history(&server, SECOND)), [("original", "changed"), ("change", "stands")]);
            post(&replace);
        } else {
            for i in order {
                post(all[i]);
            }
        }
        assert_eq!((times(&server, FIRST), times(&server, SECOND)), (at("04:00"), vec![]), "{order:?}");
        post(&cancel);
        assert_eq!((times(&server, FIRST), times(&server, SECOND)), (vec![], vec![]), "{order:?}");
        let mut told = history(&server, FIRST);
        assert!(standings(&told).iter().all(|(_, standing)| *standing == "cancelled"), "{told:#}");
        told = history(&server, SECOND);
        assert_eq!(told["tellings"].as_array().unwrap().len(), 2, "nothing that was said is gone: {told:#}");
        assert!(told["tellings"][0]["by"].is_u64());
    }
}

#[test]
fn a_later_change_stands_on_a_replacement() {
    let (_dir, data) = data();
    let server = Server::serve(&data);
    for text in [
        gate(3, "4", &[(SECOND, "202609041100")]),
        gate(1, "9", &[(FIRST, "202609040910")]),
        gate(2, "5", &[(FIRST, "202609041200"), (SECOND, "202609041210")]),
    ] {
        assert_eq!(server.ask("POST", "/v1/submissions", text.as_bytes()).status, 200);
    }
    assert_eq!(times(&server, FIRST), ["2026-09-04T04:00:00Z"]);
    assert_eq!(times(&server, SECOND), ["2026-09-04T03:00:00Z"]);
    assert_eq!(standings(&history(&server, FIRST)), [("original", "replaced"), ("replace", "stands")]);
}

#[test]
fn history_is_for_those_who_may_read_the_shipment() {
    let (_dir, data) = data();
    let server = Server::serve(&data);
    let key = |party: &str| run_ok(&["keys", "--data", data.to_str().unwrap(), "add", "--party", party]);
    let (teller, stranger) = (key("teller"), key("stranger"));
    let path = format!("/v1/shipments/container:{FIRST}/history");
    let post = |key: &str, text: &str| {
        assert_eq!(server.ask_with("POST", "/v1/submissions", &[], Some(key), text.as_bytes()).status, 200);
    };
    post(teller.trim(), &gate(1, "9", &[(FIRST, "202609040910")]));
    let ask = |key: &str| server.ask_with("GET", &path, &[], Some(key), b"");
    assert_eq!(standings(&ask(teller.trim()).json()), [("original", "stands")]);
    assert_eq!(ask(stranger.trim()).status, 404);
    post(stranger.trim(), &gate(1, "9", &[(FIRST, "202609040910")]));
    let told = ask(stranger.trim()).json();
    assert_eq!(told["tellings"].as_array().unwrap().len(), 1, "its own word and no other: {told}");
    assert_eq!(told["tellings"][0]["party"], "stranger");
}
