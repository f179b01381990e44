//! Commands and their exit codes, as a script sees them.

use super::server::{Server, data};
use super::{coarri, codeco, run, run_ok};
use serde_json::Value;

const BOX: &str = "TSTU0000014";

#[test]
fn ingest_counts_and_a_second_run_adds_nothing() {
    let (dir, data) = data();
    let file = dir.path().join("gate.edi");
    std::fs::write(&file, codeco("G1", "CSQU3054383", "BKG1000001", "34", "202609051420")).unwrap();
    let arguments = ["ingest", "--data", data.to_str().unwrap(), "--json", file.to_str().unwrap()];
    let first: Value = serde_json::from_str(&run_ok(&arguments)).unwrap();
    assert_eq!(
        (&first["submissions"], &first["messages"], &first["events"]),
        (&1.into(), &1.into(), &1.into())
    );
    assert_eq!(first["duplicates"], 0);
    let second: Value = serde_json::from_str(&run_ok(&arguments)).unwrap();
    assert_eq!(
        (&second["submissions"], &second["events"], &second["duplicates"]),
        (&0.into(), &0.into(), &1.into())
    );
}

#[test]
fn findings_do_not_fail_ingest_but_wrong_usage_and_missing_files_do() {
    let (dir, data) = data();
    let file = dir.path().join("odd.edi");
    std::fs::write(&file, "this is no EDI at all").unwrap();
    let data = data.to_str().unwrap();
    let answer: Value =
        serde_json::from_str(&run_ok(&["ingest", "--data", data, "--json", file.to_str().unwrap()])).unwrap();
    let finding = &answer["findings"][0];
    for field in ["code", "severity", "file", "line", "segment", "message"] {
        assert!(!finding[field].is_null(), "{field} in {finding}");
    }
    assert_eq!(run(&["ingest"]).status.code(), Some(2));
    assert_eq!(run(&["ingest", "--data", data, "/nowhere/at/all"]).status.code(), Some(1));
}

#[test]
fn check_draws_findings_and_fails_from_a_severity() {
    let (dir, _) = data();
    let good = dir.path().join("good.edi");
    std::fs::write(&good, codeco("G1", "CSQU3054383", "BKG1000001", "34", "202609051420")).unwrap();
    assert_eq!(run(&["check", good.to_str().unwrap()]).status.code(), Some(0));
    let doubtful = dir.path().join("doubtful.edi");
    std::fs::write(&doubtful, codeco("G2", "CSQU3054384", "BKG1000001", "34", "202609051420")).unwrap();
    let output = run(&["check", "--fail-on", "warning", doubtful.to_str().unwrap()]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("CSQU3054384") && text.contains("EDI-"), "{text}");
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn kpi_counts_quay_moves_by_local_day() {
    let (dir, data) = data();
    let file = dir.path().join("load.edi");
    // Half past midnight at Yangshan is still the day before in UTC.
    let place = "CNSGH:139:6+SGICT:TER:306";
    std::fs::write(&file, coarri("L1", "CSQU3054383", "BKG1000001", true, place, "202609060030")).unwrap();
    let data = data.to_str().unwrap();
    run_ok(&["ingest", "--data", data, file.to_str().unwrap()]);
    let part = std::path::Path::new(data).join("lake/moves/node=CN-YANGSHAN-3/month=2026-09/part.parquet");
    assert!(part.is_file(), "ingest leaves the lake whole for other readers");
    let ask = |format: &str| {
        let days = ["--from", "2026-09-05", "--to", "2026-09-06", "--format", format];
        run_ok(&[&["kpi", "teu", "--data", data, "--node", "CN-YANGSHAN-3"], &days[..]].concat())
    };
    let answer: Value = serde_json::from_str(&ask("json")).unwrap();
    assert_eq!(answer["rows"].as_array().unwrap().len(), 1, "{answer}");
    let row = &answer["rows"][0];
    assert_eq!((row["day"].as_str(), row["teu"].as_str()), (Some("2026-09-06"), Some("2.00")), "{row}");
    assert_eq!((row["direction"].as_str(), row["load"].as_str()), (Some("loaded"), Some("laden")));
    assert!(ask("csv").starts_with("node,day,direction,load,moves,teu,unknown_size"));
}

#[test]
fn route_knows_nodes_by_code_and_name() {
    let answer: Value = serde_json::from_str(&run_ok(&["route", "SGICT", "Westports", "--json"])).unwrap();
    assert_eq!(
        (answer["from"]["node"].as_str(), answer["to"]["node"].as_str()),
        (Some("CN-YANGSHAN-3"), Some("MY-WESTPORTS"))
    );
    let miles = answer["routes"][0]["distance_nm"].as_f64().unwrap();
    assert!((2150.0..2500.0).contains(&miles), "{miles} nm; peers and tables say about 2,290");
    assert_eq!(run(&["route", "SGICT", "Atlantis"]).status.code(), Some(1));
}

#[test]
fn route_says_the_way_in_words_and_draws_it() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("way.svg");
    let said = run_ok(&[
        "route",
        "Westports",
        "NLRTM",
        "--avoid",
        "suez",
        "--via",
        "lat=-34.6,lon=18",
        "--speed",
        "14",
        "--draft",
        "14.5",
        "--map",
        file.to_str().unwrap(),
    ]);
    for word in [
        "Westports (MY-WESTPORTS) to lat=-34.6,lon=18 to Rotterdam (NL-RTM)",
        " nm, ",
        " km by sea",
        "at 14 knots",
        "through ",
        "not counted: ",
        "Clean Cargo",
    ] {
        assert!(said.contains(word), "{word}: {said}");
    }
    assert!(!said.contains("Suez"), "{said}");
    let picture = std::fs::read_to_string(&file).unwrap();
    assert!(picture.starts_with("<svg") && picture.contains("Way by sea from Westports to Rotterdam"));
    assert!(picture.matches("<path").count() >= 3 && picture.contains(" nm</text>"), "{}", picture.len());
    let whole: Value = serde_json::from_str(&run_ok(&["route", "JPYOK", "USLAX", "--geojson"])).unwrap();
    let unwrapped = run_ok(&["route", "JPYOK", "USLAX", "--geojson", "--antimeridian", "unwrap"]);
    assert!(whole.to_string().contains("MultiLineString") && !unwrapped.contains("MultiLineString"));
}

#[test]
fn route_explains_positions_that_may_be_swapped_and_unknown_passages() {
    for (args, code, help) in [
        (&["route", "1.26,103.8", "NLRTM"][..], 1, "write `lat=1.26,lon=103.8`"),
        (&["route", "lat=103.8,lon=1.26", "NLRTM"], 1, "write `lat=1.26,lon=103.8`"),
        (&["route", "lat=15,lon=36", "NLRTM"], 1, "write `lat=36,lon=15`"),
        (&["route", "SGSIN", "NLRTM", "--avoid", "styx"], 2, "known are suez"),
        (&["route", "SGSIN", "NLRTM", "--speed", "0"], 2, "1 to 60 knots"),
        (&["route", "lat=43,lon=34", "NLRTM", "--avoid", "bosporus"], 1, "no way by sea"),
    ] {
        let output = run(args);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!((output.status.code(), output.stdout.is_empty()), (Some(code), true), "{args:?}: {said}");
        assert!(said.contains(help), "{args:?}: {said}");
    }
}

#[test]
fn route_lists_the_candidates_of_a_doubtful_text_and_says_where_there_is_no_way() {
    let doubtful = run(&["route", "yang", "Westports"]);
    let said = String::from_utf8_lossy(&doubtful.stderr);
    assert_eq!(doubtful.status.code(), Some(2), "{said}");
    assert!(
        said.contains("(CN-YANGSHAN-3)") && said.contains("(CN-YZH)") && doubtful.stdout.is_empty(),
        "{said}"
    );
    let county = run(&["route", "CNYSN", "Westports"]);
    let said = String::from_utf8_lossy(&county.stderr);
    assert_eq!(county.status.code(), Some(2));
    assert!(said.contains("1,153 km") && said.contains("(CN-YANGSHAN)"), "{said}");
    run_ok(&["route", "Laem Chabang", "Port Klang"]);
    let nowhere = run(&["route", "Vientiane", "Port Klang"]);
    let said = String::from_utf8_lossy(&nowhere.stderr);
    assert_eq!(nowhere.status.code(), Some(1));
    assert!(said.contains("(LA-VTE) to Port Klang (MY-PKG): no navigable water within 5 nm"), "{said}");
}

#[test]
fn keys_work_at_once_and_no_longer_once_revoked() {
    let (_dir, data) = data();
    let server = Server::serve(&data);
    let data = data.to_str().unwrap();
    let key = run_ok(&["keys", "--data", data, "add", "--party", "acme", "--label", "test"]);
    let inbox = |key: &str| server.ask_with("GET", "/v1/submissions", &[], Some(key), b"").status.as_u16();
    assert_eq!(inbox(key.trim()), 200);
    let list: Value = serde_json::from_str(&run_ok(&["keys", "--data", data, "list", "--json"])).unwrap();
    assert!(!list.to_string().contains(key.trim()));
    let id = list.as_array().unwrap().iter().find(|k| k["party"] == "acme").unwrap()["id"].as_str().unwrap();
    run_ok(&["keys", "--data", data, "revoke", id]);
    assert_eq!(inbox(key.trim()), 401);
    assert_eq!(run(&["keys", "--data", data, "revoke", id]).status.code(), Some(1));
}

#[test]
fn commands_hand_over_to_a_running_serve_and_a_second_one_is_refused() {
    let (dir, data) = data();
    let server = Server::serve(&data);
    let file = dir.path().join("gate.edi");
    std::fs::write(&file, codeco("G1", BOX, "BKG1000001", "34", "202609051420")).unwrap();
    let data = data.to_str().unwrap();
    let answer = run_ok(&["ingest", "--data", data, "--json", file.to_str().unwrap()]);
    assert_eq!(serde_json::from_str::<Value>(&answer).unwrap()["events"], 1);
    assert_eq!(server.get("/v1/submissions")["submissions"].as_array().unwrap().len(), 1);
    run_ok(&["kpi", "teu", "--data", data, "--node", "SGICT", "--from", "2026-09-01", "--to", "2026-09-02"]);
    let second = run(&["serve", "--data", data, "--listen", "127.0.0.1:0"]);
    let complaint = String::from_utf8_lossy(&second.stderr).into_owned();
    assert_eq!(second.status.code(), Some(1));
    assert!(complaint.contains(&server.child.id().to_string()), "names the first one's pid: {complaint}");
}

#[test]
fn help_and_completions_name_every_command() {
    let help = run_ok(&["--help"]);
    for command in ["demo", "serve", "ingest", "check", "route", "kpi", "keys", "completions"] {
        assert!(help.contains(command), "{command}");
        run_ok(&[command, "--help"]);
    }
    assert!(run_ok(&["completions", "bash"]).contains("sealane"));
}
