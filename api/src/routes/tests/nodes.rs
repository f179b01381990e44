//! Nodes as GeoJSON, and the pages about them.

use super::assert_problem;
use crate::settings::Settings;
use crate::testing::{House, house};
use axum::http::StatusCode;
use serde_json::{Value, json};

async fn page(house: &House, path: &str) -> String {
    let got = house.get("", path).await;
    assert_eq!(
        (got.status, got.header("content-type")),
        (StatusCode::OK, "text/html; charset=utf-8"),
        "{path}"
    );
    String::from_utf8(got.bytes).unwrap()
}

#[tokio::test]
async fn nodes_are_geojson() {
    let house = house(Settings::default());
    let nodes = house.get(&house.public, "/v1/nodes?areas=true").await.json();
    let features = nodes["features"].as_array().unwrap();
    assert!(features.iter().any(|f| f["id"] == "CN-YANGSHAN-3"));
    assert!(features.iter().any(|f| f["id"] == "area:CN-YANGSHAN-3"));
    let find = |id: &str| &features.iter().find(|f| f["id"] == id).unwrap()["properties"];
    assert_eq!((&find("CN-NKG")["river"], &find("SG-SIN")["river"]), (&json!("Yangtze"), &Value::Null));
    assert_eq!((&find("SG-SIN")["hub"], &find("CN-NKG")["hub"]), (&json!(true), &json!(false)));
    assert_problem(&house.get(&house.public, "/v1/nodes/XX").await, 404, "API-007");
}

#[tokio::test]
async fn a_node_says_of_each_code_what_it_is_and_who_says_so() {
    let house = house(Settings::default());
    let node = |id: &'static str| {
        let (house, path) = (&house, format!("/v1/nodes/{id}"));
        async move { house.get(&house.public, &path).await.json()["properties"].clone() }
    };
    let code = |node: &Value, code: &str| {
        node["codes"].as_array().unwrap().iter().find(|c| c["code"] == code).cloned().unwrap()
    };
    let dalian = node("CN-DLC").await;
    let airport = code(&dalian, "CNDLC");
    assert_eq!((&airport["list"], &airport["standing"]), (&json!("used_in_feeds"), &json!("used_in_feeds")));
    assert!(airport["note"].as_str().unwrap().contains("airport") && airport["source"] != "");
    assert_eq!(
        (&code(&dalian, "CNDAL")["standing"], &airport["alone"]),
        (&json!("current"), &json!("CN-DLC"))
    );
    assert_eq!(code(&node("CN-TAG").await, "CNTAG")["standing"], "deleted");
    let yangshan = node("CN-YANGSHAN").await;
    let county = code(&yangshan, "CNYSN");
    assert!(county["alone"].is_null() && county["reason"].as_str().unwrap().contains("1,153 km"));
    assert_eq!(code(&yangshan, "CNSGH")["others"], json!(["CN-SHA"]));
    assert_eq!(yangshan["terminals"], json!(["CN-YANGSHAN-1-2", "CN-YANGSHAN-3", "CN-YANGSHAN-4"]));
    let third = node("CN-YANGSHAN-3").await;
    assert_eq!(third["area"]["type"], "Polygon");
    assert_eq!(code(&third, "SGICT")["alone"], "CN-YANGSHAN-3");
}

#[tokio::test]
async fn the_page_of_a_node_shows_its_codes_without_a_script() {
    let house = house(Settings::default());
    let html = page(&house, "/nodes/CN-YANGSHAN").await;
    for said in ["CNYSN", "1,153 km", "used in feeds", "Asia/Shanghai", "/nodes/CN-YANGSHAN-3", "<form"] {
        assert!(html.contains(said), "{said}");
    }
    assert!(!html.contains("<script") && html.contains("prefers-color-scheme"));
    let policy = house.get("", "/nodes/MY-PKG").await;
    assert!(policy.header("content-security-policy").starts_with("default-src 'none'"));
    assert!(page(&house, "/nodes/CN-MAA").await.contains("Ma&#39;anshan"));
    assert_problem(&house.get("", "/nodes/XX-NONE").await, 404, "API-007");
    let list = page(&house, "/nodes").await;
    assert!(
        list.contains("/nodes/LA-VTE") && list.contains("/nodes/US-LAX") && !list.contains("/nodes/VN-CMIT")
    );
}

#[tokio::test]
async fn the_page_says_how_a_code_would_be_resolved() {
    let house = house(Settings::default());
    let html = page(&house, "/nodes?code=CNSGH&terminal=SGICT").await;
    assert!(html.contains("port_and_terminal") && html.contains("/nodes/CN-YANGSHAN-3"), "{html}");
    assert!(html.contains("/nodes/CN-SHA") && html.contains("85 km"), "{html}");
    let trap = page(&house, "/nodes?code=CNYSN").await;
    assert!(trap.contains("No node of ours") && trap.contains("/nodes/CN-YANGSHAN"), "{trap}");
    let named = page(&house, "/nodes?name=%E5%8D%97%E4%BA%AC").await;
    assert!(named.contains("alias") && named.contains("/nodes/CN-NKG"), "{named}");
    let hostile = page(&house, "/nodes?code=%22%3E%3Cscript%3Ealert(1)%3C/script%3E").await;
    assert!(!hostile.contains("<script") && hostile.contains("&quot;&gt;&lt;script&gt;"), "{hostile}");
    assert_problem(&house.get("", "/nodes?codes=X").await, 400, "API-008");
    assert_eq!(house.get("", &format!("/nodes?code={}", house.owner)).await.json()["code"], "API-003");
}
