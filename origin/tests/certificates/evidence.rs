//! The evidence pack: the same bytes each time, signed throughout, and a page that checks itself.

use crate::story::*;
use sealane_data::observation::Kind;
use sealane_data::recorded::Entry;
use sealane_data::submission::Sha256;
use sealane_origin::evidence::{Pack, Source};
use sealane_origin::trust::{KeyRing, SigningKey, Verdict, verify};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::process::{Command, Stdio};

fn ring() -> KeyRing {
    KeyRing::new("sealane.example", SigningKey::from_bytes(&[42; 32]).unwrap(), Vec::new())
}

/// A transshipment at Cai Mep.
fn told() -> Told {
    let mut story = Story::new();
    story.certificate("exporter", "eco_1", &sample(&[]));
    let m = |kind, at, where_| moved(kind, MINE, at, where_).planned_from_to(YANGSHAN, KLANG);
    story.says("yangshan-terminal", [m(Kind::Loaded, "2026-09-05T08:00", YANGSHAN).on(STAR, "2609S")]);
    story.says("cai-mep-terminal", [m(Kind::Discharged, "2026-09-09T03:00", CAI_MEP).on(STAR, "2609S")]);
    story.says("cai-mep-terminal", [m(Kind::Loaded, "2026-09-11T01:00", CAI_MEP).on(DAWN, "77")]);
    story.says("klang-terminal", [m(Kind::Discharged, "2026-09-14T08:00", KLANG).on(DAWN, "77")]);
    story.told()
}

/// The route in the shape that is served.
fn route(told: &Told) -> Value {
    let route = told
        .world
        .route(&told.graph("eco_1").edges.iter().map(|e| e.bound.journey.clone()).collect::<Vec<_>>());
    let places = told.world.places();
    let node = |id: &str| places.node(places.find(id).unwrap());
    let point =
        |p: &sealane_data::node::Position| json!([(p.lon * 1e6).round() / 1e6, (p.lat * 1e6).round() / 1e6]);
    let stops = route.stops.iter().map(|stop| {
        let at = node(&stop.node.0);
        json!({"type": "Feature", "id": stop.id, "geometry": {"type": "Point", "coordinates": point(&at.position)},
            "properties": {"id": stop.id, "kind": "stop", "node": stop.node, "name": at.name, "zone": at.zone, "certainty": stop.certainty, "containers": stop.containers}})
    });
    let legs = route.legs.iter().map(|leg| {
        let line: Option<Vec<Value>> = leg.geometry.as_ref().ok().map(|line| line.iter().map(point).collect());
        let ship = leg.ship.as_ref().map(|s| json!({"name": s.name, "imo": s.imo, "voyage": s.voyage}));
        json!({"type": "Feature", "id": leg.id, "geometry": line.map(|line| json!({"type": "LineString", "coordinates": line})),
            "properties": {"id": leg.id, "kind": "leg", "from": route.stops[leg.from].node, "to": route.stops[leg.to].node,
                "certainty": leg.certainty, "ship": ship, "containers": leg.containers,
                "line": {"source": "sea_network", "at": null}}})
    });
    json!({"type": "FeatureCollection", "features": legs.chain(stops).collect::<Vec<_>>()})
}

fn sources(told: &Told) -> Vec<Source> {
    let wanted = sealane_origin::movement::sources(&told.graph("eco_1").bound(), &told.world);
    let of = |r: &sealane_data::recorded::Recorded| match &r.entry {
        Entry::Message(m) => Some(Source {
            first: r.seq,
            last: r.last_seq(),
            family: m.family.clone(),
            submission: r.submission.clone(),
            sha256: Sha256::of(r.submission.0.as_bytes()).hex(),
            received: r.at,
        }),
        _ => None,
    };
    told.log.iter().filter(|r| wanted.contains(&r.seq)).filter_map(of).collect()
}

fn with_pack<T>(told: &Told, sources: &[Source], act: impl FnOnce(&Pack<'_>) -> T) -> T {
    with_pack_at("2026-09-15T06:00:00Z", told, sources, act)
}

fn with_pack_at<T>(at: &str, told: &Told, sources: &[Source], act: impl FnOnce(&Pack<'_>) -> T) -> T {
    let (graph, assessment, route, ring) = (told.graph("eco_1"), told.assess("eco_1"), route(told), ring());
    act(&Pack {
        certificate: told.get("eco_1"),
        graph: &graph,
        assessment: &assessment,
        route: &route,
        sources,
        chain: &[],
        ring: &ring,
        at: at.parse().unwrap(),
    })
}

fn unpacked(bytes: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let mut files = BTreeMap::new();
    for n in 0..zip.len() {
        let mut entry = zip.by_index(n).unwrap();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        files.insert(entry.name().unwrap().into_owned(), bytes);
    }
    files
}

#[test]
fn a_pack_is_the_same_each_time_and_signed_throughout() {
    let told = told();
    let sources = sources(&told);
    let zipped = || with_pack(&told, &sources, |pack| pack.zip().unwrap());
    let bytes = zipped();
    assert_eq!(bytes, zipped(), "byte for byte");
    let files = unpacked(&bytes);
    let names: Vec<&str> = files.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        [
            "README.txt",
            "chain.json",
            "evidence.html",
            "evidence.json",
            "evidence.json.jws",
            "evidence.pdf",
            "jwks.json",
            "manifest.json",
            "manifest.json.jws",
            "non-manipulation-draft-1.json",
            "route.geojson",
            "route.geojson.jws"
        ]
    );
    for name in ["evidence.json", "route.geojson", "manifest.json"] {
        let jws = std::str::from_utf8(&files[&format!("{name}.jws")]).unwrap();
        let verdict = verify(&files[name], jws, &ring().trusted());
        assert_eq!(verdict.to_string(), "signature intact: written by sealane.example", "{name}");
        let mut flipped = files[name].clone();
        flipped[20] ^= 1;
        assert!(matches!(verify(&flipped, jws, &ring().trusted()), Verdict::Flawed(_)), "{name}");
    }
    let manifest: Value = serde_json::from_slice(&files["manifest.json"]).unwrap();
    for (name, bytes) in files.iter().filter(|(name, _)| !name.starts_with("manifest")) {
        assert_eq!(manifest["files"][name], Sha256::of(bytes).hex(), "{name}");
    }
}

#[test]
fn unchanged_facts_give_the_same_bytes_whenever_they_are_packed() {
    let told = told();
    let sources = sources(&told);
    let at = |at: &str| with_pack_at(at, &told, &sources, |pack| pack.files().unwrap());
    let (now, later) = (at("2026-12-01T06:00:00Z"), at("2026-12-01T06:00:02Z"));
    assert!(now == later, "two packs of the same facts differ");
    let evidence: Value = serde_json::from_slice(&now["evidence.json"]).unwrap();
    let newest = sources.iter().map(|s| s.received).max().unwrap();
    assert_eq!((&evidence["as_of"], evidence.get("made_at")), (&json!(newest), None));
    // What was known by then is what counts: a fact more is another pack.
    let fewer = with_pack_at("2026-12-01T06:00:00Z", &told, &sources[..2], |pack| pack.files().unwrap());
    assert_ne!(fewer["evidence.json"], now["evidence.json"]);
}

#[test]
fn a_confirmation_that_ends_is_a_fact_of_its_own() {
    let mut story = Story::new();
    story.certificate("exporter", "eco_1", &sample(&[]));
    direct(&mut story, MINE);
    let receipt = sealane_data::certificate::VerificationReceipt {
        gateway: "sandbox".into(),
        outcome: sealane_data::certificate::VerificationState::Confirmed,
        code: Some("V-7Q2K".into()),
        checked_at: "2026-09-22T06:00:00Z".parse().unwrap(),
        fresh_until: Some("2026-12-01T06:00:00Z".parse().unwrap()),
        evidence_sha256: None,
        trial: false,
    };
    story.act("operator", "eco_1", sealane_data::certificate::CertificateAct::Verified(receipt));
    let told = story.told();
    let evidence = |at: &str| -> Value {
        let files = with_pack_at(at, &told, &sources(&told), |pack| pack.files().unwrap());
        serde_json::from_slice(&files["evidence.json"]).unwrap()
    };
    let state = |e: &Value| e["certificate"]["verification"]["state"].clone();
    let (fresh, lapsed) = (evidence("2026-11-30T06:00:00Z"), evidence("2026-12-24T06:00:00Z"));
    assert_eq!((state(&fresh), state(&lapsed)), (json!("confirmed"), json!("stale")));
    assert_eq!(lapsed["as_of"], "2026-12-01T06:00:00Z", "when it ended, not when it was asked for");
    assert_eq!(lapsed, evidence("2026-12-25T06:00:00Z"));
    assert!(fresh["as_of"].as_str() < lapsed["as_of"].as_str());
}

#[test]
fn every_number_that_a_rule_names_is_looked_up_in_the_pack() {
    let mut story = Story::new();
    story.certificate("exporter", "eco_1", &sample(&[]));
    direct(&mut story, MINE);
    let told = story.told();
    let sources = sources(&told);
    let evidence: Value = with_pack(&told, &sources, |pack| {
        serde_json::from_slice(&pack.files().unwrap()["evidence.json"]).unwrap()
    });
    let events = evidence["events"].as_array().unwrap();
    let numbers = |of: &Value| -> Vec<u64> {
        let each = of.as_array().unwrap().iter().flat_map(|r| r["seqs"].as_array().unwrap());
        each.map(|n| n.as_u64().unwrap()).collect()
    };
    let told_by_rules = numbers(&evidence["consistency"]["rules"]);
    assert!(told_by_rules.len() > 10, "{told_by_rules:?}");
    for seq in told_by_rules.into_iter().chain(numbers(&evidence["consistency"]["legs"])) {
        let event = events.iter().find(|e| e["seq"] == seq).unwrap_or_else(|| panic!("{seq} is nowhere"));
        assert_eq!((&event["container"], event["kind"].is_string()), (&json!(MINE), true));
        let source = sources.iter().find(|s| (s.first..=s.last).contains(&seq)).unwrap();
        assert_eq!(event["source"]["sha256"], source.sha256.as_str(), "{event}");
    }
    let load = events.iter().find(|e| e["kind"] == "loaded" && e["classifier"] == "actual").unwrap();
    assert_eq!(
        (&load["ship"], &load["node"], &load["country"]),
        (&json!("EXAMPLE STAR"), &json!("CN-YANGSHAN-3"), &json!("CN"))
    );
    let sealed = events.iter().filter(|e| e["seals"][0].is_string()).count();
    assert_eq!(sealed, 5, "every source of a seal, also beside an event that another one told first");
    // Only the pack has it: what profiles read of the rules is unchanged.
    assert!(json!(told.assess("eco_1")).get("observed").is_none());
}

#[test]
fn the_read_me_names_a_command_with_keys() {
    let told = told();
    let readme = with_pack(&told, &[], |pack| pack.files().unwrap()["README.txt"].clone());
    let readme = String::from_utf8(readme).unwrap();
    assert!(readme.contains("sealane verify evidence.json --keys sealane.example=known.json"), "{readme}");
    assert!(readme.contains("https://sealane.example/.well-known/jwks.json") && !readme.contains("{domain}"));
}

#[test]
fn evidence_names_every_source_and_what_it_cannot_show() {
    let told = told();
    let evidence = |sources: &[Source]| -> Value {
        with_pack(&told, sources, |pack| {
            serde_json::from_slice(&pack.files().unwrap()["evidence.json"]).unwrap()
        })
    };
    let whole = evidence(&sources(&told));
    assert_eq!(whole["unsourced"], json!([]));
    assert_eq!(
        (whole["sources"].as_array().unwrap().len(), &whole["consistency"]["text"]),
        (4, &json!("movement agrees"))
    );
    assert_eq!(whole["consistency"]["custody"][0]["state"], "continuous");
    assert_eq!(whole["certificate"]["boxes"]["items"][0]["hs6"], "841370");
    assert_eq!(whole["binding"]["sha256"], told.graph("eco_1").digest());
    assert_eq!(whole["certificate"].pointer("/verification/state"), Some(&json!("not_checked")));
    let text = whole.to_string().to_lowercase();
    assert!(!text.contains("origin proven") && text.contains("origin is not"));
    assert_ne!(evidence(&[])["unsourced"], json!([]), "what has no source is named");
}

#[test]
fn the_paper_copy_says_what_its_font_lacks_and_when_the_issuer_was_asked() {
    let mut story = Story::new();
    let name = "上海泵业有限公司 (Example Pump Works)";
    story.certificate("exporter", "eco_1", &sample(&[("/exporter/name", json!(name))]));
    direct(&mut story, MINE);
    let paper = |story: &Story| {
        let told = story.told();
        let at = "2026-09-22T06:00:00Z";
        let files = with_pack_at(at, &told, &sources(&told), |pack| pack.files().unwrap());
        let text = sealane_origin::paper::read_paper(&files["evidence.pdf"]).unwrap().text;
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let text = paper(&story);
    assert!(text.contains("[8 letters] (Example Pump Works)") && !text.contains("??"), "{text}");
    assert!(text.contains("lacks letters of some names") && text.contains("evidence.json"), "{text}");
    assert!(text.contains("issued (as its sender claims)") && text.contains("not yet checked"), "{text}");
    assert!(text.contains("nobody observed the line"), "{text}");
    let receipt = sealane_data::certificate::VerificationReceipt {
        gateway: "sandbox".into(),
        outcome: sealane_data::certificate::VerificationState::Confirmed,
        code: Some("V-7Q2K".into()),
        checked_at: "2026-09-21T06:00:00Z".parse().unwrap(),
        fresh_until: Some("2026-09-23T06:00:00Z".parse().unwrap()),
        evidence_sha256: None,
        trial: false,
    };
    story.act("operator", "eco_1", sealane_data::certificate::CertificateAct::Verified(receipt));
    let text = paper(&story);
    for word in ["asked 2026-09-21T06:00:00Z", "through sandbox", "fresh until 2026-09-23", "code V-7Q2K"] {
        assert!(text.contains(word), "{word} is not in: {text}");
    }
    let plain = told();
    let files = with_pack(&plain, &[], |pack| pack.files().unwrap());
    let text = sealane_origin::paper::read_paper(&files["evidence.pdf"]).unwrap().text;
    assert!(!text.contains("lacks letters"), "nothing is lacking there: {text}");
}

#[test]
fn the_paper_copy_is_a_pdf_that_other_programs_read() {
    let told = told();
    let sources = sources(&told);
    let pdf = || with_pack(&told, &sources, |pack| pack.files().unwrap()["evidence.pdf"].clone());
    let bytes = pdf();
    assert!(bytes.starts_with(b"%PDF-") && bytes.len() < 100_000);
    assert_eq!(bytes, pdf(), "byte for byte");
    if let Ok(mut program) =
        Command::new("pdftotext").args(["-", "-"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()
    {
        program.stdin.take().unwrap().write_all(&bytes).unwrap();
        let text = String::from_utf8(program.wait_with_output().unwrap().stdout).unwrap();
        for word in ["Movement: movement agrees", "EXAMPLE-0001", "R8 pass", "VN-CMIT", "Westports"] {
            assert!(text.contains(word), "{word} is not in the paper copy: {text}");
        }
    } else {
        eprintln!("skipped: what pdftotext reads in the paper copy (pdftotext is missing)");
    }
}

#[test]
fn drafts_are_filled_from_events_and_certify_nothing() {
    let told = told();
    let draft = with_pack(&told, &[], |pack| {
        serde_json::from_slice::<Value>(&pack.files().unwrap()["non-manipulation-draft-1.json"]).unwrap()
    });
    let consignment = &draft["consignment"];
    for (field, value) in [
        ("date_of_discharge", json!("2026-09-09")),
        ("date_of_departure", json!("2026-09-11")),
        ("outgoing_vehicle_no", json!("PACIFIC DAWN 77")),
        ("country_of_origin", json!(["CN"])),
        ("country_of_final_destination", json!("MY")),
        ("outward_bill_no", json!(["EXBL00012345"])),
        ("place", json!({"node": "VN-CMIT", "country": "VN"})),
    ] {
        assert_eq!(consignment[field], value, "{field}");
    }
    assert_eq!(
        (&draft["draft"], &draft["certification"]["signature"], &draft["open_points"]),
        (&json!(true), &Value::Null, &json!([]))
    );
}

/// Opens a page without a network and returns the document after its scripts ran.
fn opened(html: &str) -> String {
    let dir = std::env::temp_dir().join(format!(
        "sealane-page-{}-{}",
        std::process::id(),
        Sha256::of(html.as_bytes()).hex()
    ));
    std::fs::create_dir_all(&dir).unwrap();
    let file = dir.join("evidence.html");
    std::fs::write(&file, html).unwrap();
    let output = Command::new("chromium")
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--proxy-server=127.0.0.1:1",
        ])
        .args(["--virtual-time-budget=10000", "--dump-dom"])
        .arg(format!("--user-data-dir={}", dir.join("profile").display()))
        .arg(format!("file://{}", file.display()))
        .output()
        .unwrap();
    let _ = std::fs::remove_dir_all(&dir);
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn the_page_checks_itself_in_a_browser_without_a_network() {
    let test = "the_page_checks_itself_in_a_browser_without_a_network";
    let path = std::env::var_os("PATH").unwrap_or_default();
    if !std::env::split_paths(&path).any(|dir| dir.join("chromium").is_file()) {
        assert!(
            std::env::var_os("SEALANE_NO_SKIP").is_none(),
            "{test} may not be skipped, but chromium is missing"
        );
        eprintln!("skipped: {test} (chromium is missing)");
        return;
    }
    let told = told();
    let page = with_pack(&told, &sources(&told), |pack| pack.files().unwrap()["evidence.html"].clone());
    let page = String::from_utf8(page).unwrap();
    let seen = opened(&page);
    assert!(seen.contains("Signature intact: written by sealane.example"), "{seen}");
    assert!(
        seen.contains("data-verdict=\"intact\"") && seen.contains("<svg") && seen.contains("class=\"leg ")
    );
    assert!(seen.matches(" computed\"").count() >= 2, "what the sea network computed is dashed: {seen}");
    let words =
        ["Dashed: computed by sea network; nobody observed the line", "What was told", "href=\"#o2\""];
    for word in ["Movement: movement agrees", "Westports", "EXAMPLE-0001", "VN-CMIT", "841370", "continuous"]
        .into_iter()
        .chain(words)
    {
        assert!(seen.contains(word), "{word} is not shown");
    }
    let mark = "type=\"text/plain\">";
    let start = page.find(mark).unwrap() + mark.len() + 40;
    let mut changed = page.clone().into_bytes();
    changed[start] = if changed[start] == b'A' { b'B' } else { b'A' };
    let seen = opened(&String::from_utf8(changed).unwrap());
    assert!(seen.contains("data-verdict=\"broken\"") && !seen.contains("<svg "), "{seen}");
    assert!(!seen.contains("EXAMPLE-0001"), "nothing of a broken file is shown");
}
