//! The mixed world over real transports: what the demo's senders tell is read as it truly was.

use super::{check_calls, check_journeys, check_throughput};
use crate::e2e::sealane;
use crate::e2e::server::{Server, eventually};
use sealane::engine::{Engine, Options};
use sealane_ingest::sim;
use serde_json::Value;
use std::collections::BTreeMap;

/// Who has a feed of its own, and what stands in the names of what it does not send over that.
const FEEDS: [&str; 5] =
    ["sim-yangshan-3", "sim-caimep-tcit", "sim-klang-westports", "sim-singapore", "sim-carrier-a"];
const POSTED: [&str; 3] = ["CERTIFICATE", ".xlsx", ".csv"];

#[test]
fn the_demo_over_real_transports_is_read_as_it_truly_was() {
    let home = tempfile::tempdir().unwrap();
    let data = home.path().join("data");
    let mut command = sealane();
    // The four weeks after the map opens pass in less than three seconds.
    command.args([
        "demo",
        "--port",
        "0",
        "--seed",
        "6",
        "--speed",
        "1000000",
        "--data",
        data.to_str().unwrap(),
    ]);
    let mut server = Server::start(command);
    let output = sim::simulate_as(&sim::Settings::demo(6), sim::MIXED);
    let start = output.deliveries[0].at + jiff::SignedDuration::from_hours(24 * 16);
    let mut sent: BTreeMap<&str, u64> = FEEDS.iter().map(|id| (*id, 0)).collect();
    for delivery in output.deliveries.iter().filter(|d| d.at > start) {
        if POSTED.iter().all(|p| !delivery.name.contains(p))
            && let Some(count) = sent.get_mut(delivery.sender.as_str())
        {
            *count += 1;
        }
    }
    assert!(sent.values().all(|n| *n > 20), "{sent:?}");
    let feeds = eventually(|| {
        let feeds = server.get("/v1/feeds")["feeds"].as_array().unwrap().clone();
        let of = |id: &str| feeds.iter().find(|f| f["id"] == id).cloned();
        let idle = feeds.iter().all(|f| f["waiting"] == 0 && f["spilled"] == 0);
        let came = |(id, n): (&&str, &u64)| of(id).is_some_and(|f| f["frames"].as_u64() >= Some(*n));
        let left = |id: &str| {
            let files = std::fs::read_dir(data.join("feeds").join(id).join("in"));
            files.is_ok_and(|mut files| files.next().is_some())
        };
        (idle && sent.iter().all(came) && !FEEDS.iter().any(|id| left(id))).then_some(feeds)
    });
    let ais = feeds.iter().find(|f| f["id"] == "sim-ais").unwrap();
    assert!(ais["events"].as_u64() > Some(1_000), "{ais:#}");
    assert_eq!(server.get("/v1/clock")["speed"], 0.0);
    let kinds: Vec<&Value> = feeds.iter().map(|f| &f["transport"]).collect();
    for kind in ["folder", "http", "websocket", "tcp"] {
        assert!(kinds.iter().any(|k| **k == kind), "{kinds:?}");
    }
    server.child.kill().unwrap();
    server.child.wait().unwrap();
    let options = Options { partners: output.partners.clone(), ..Options::default() };
    let engine = Engine::open(&data, options, &mut |_, _| {}).unwrap();
    engine.handle().shared().read(|world, _| {
        check_journeys(&output, world);
        check_throughput(&output, world);
        check_calls(&output, world);
    });
}
