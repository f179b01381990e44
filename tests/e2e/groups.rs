//! Findings for people: what says the same is one line, in the reader's language.

use super::server::{Server, data};
use super::{run, run_ok};
use serde_json::Value;

/// Boxes of the plan.
const BOXES: usize = 195;

/// A bay plan whose masses are no numbers.
fn bay_plan() -> String {
    let mut body = "BGM++BAY77001+9'DTM+137:202609090800:203'TDT+20+2609S+++COS:172:20+++9074729:146:11:EXAMPLE STAR'LOC+5+CNSGH:139:6'LOC+61+MYPKG:139:6'".to_owned();
    for i in 0..BOXES {
        body += &format!(
            "LOC+147+{:07}::5'MEA+VGM++KGM:A{i}'LOC+9+CNSGH:139:6'LOC+11+MYPKG:139:6'EQD+CN+CSQU3054383+45G1+++5'",
            140_682 + i
        );
    }
    format!(
        "UNB+UNOA:2+LINE+SEALANE+260909:0900+BP77001'UNH+1+BAPLIE:D:95B:UN:SMDG22'{body}UNT+{}+1'UNZ+1+BP77001'",
        5 + 5 * BOXES + 2
    )
}

fn group<'a>(answer: &'a Value, code: &str) -> &'a Value {
    let groups = answer["groups"].as_array().unwrap_or_else(|| panic!("{answer}"));
    let mut found = groups.iter().filter(|g| g["code"] == code);
    let only = found.next().unwrap_or_else(|| panic!("{groups:#?}"));
    assert!(found.next().is_none(), "{groups:#?}");
    only
}

#[test]
fn a_hundred_and_ninety_five_findings_of_one_cause_are_one_line() {
    let (dir, data) = data();
    let server = Server::serve(&data);
    let post = |language: &str| {
        let headers = [("accept-language", language)];
        server.ask_with("POST", "/v1/submissions", &headers, server.key.as_deref(), bay_plan().as_bytes())
    };
    let answer = post("zh-CN,zh;q=0.9,en;q=0.1");
    assert_eq!(answer.header("content-language"), "zh");
    assert!(answer.header("vary").contains("accept-language"));
    let told = answer.json();
    let group = group(&told, "EDI-050");
    assert_eq!((&group["count"], &group["message_type"]), (&BOXES.into(), &"BAPLIE".into()), "{group:#}");
    assert!(group["says"].as_str().unwrap().starts_with("数字无法读取"), "{group:#}");
    assert_eq!(group["first"].as_array().unwrap().len(), 5);
    let each = told["findings"].as_array().unwrap().iter().filter(|f| f["code"] == "EDI-050");
    assert_eq!(each.clone().count(), BOXES, "one by one as before");
    assert!(each.clone().all(|f| f["message"].as_str().unwrap().is_ascii()));

    let id = told["id"].as_str().unwrap();
    for (lang, begins) in [("vi", "Con số không đọc được"), ("en", group["message"].as_str().unwrap())]
    {
        let line = server.get(&format!("/v1/submissions/{id}?lang={lang}"));
        let said = self::group(&line["receipt"], "EDI-050");
        assert!(said["says"].as_str().unwrap().starts_with(begins), "{said:#}");
        let listed = server.get(&format!("/v1/submissions?lang={lang}"));
        assert_eq!(self::group(&listed["submissions"][0]["receipt"], "EDI-050"), said);
    }
    assert_eq!(post("fr").header("content-language"), "en");

    let file = dir.path().join("bay.edi");
    std::fs::write(&file, bay_plan()).unwrap();
    let file = file.to_str().unwrap();
    let short = run_ok(&["check", file]);
    assert!(short.contains("EDI-050 in BAPLIE: 194 more, next line"), "{short}");
    assert!(short.matches("EDI-050").count() <= 3, "{short}");
    assert_eq!(run_ok(&["check", "--all", file]).matches("EDI-050").count(), BOXES);
    assert!(run_ok(&["check", "--lang", "zh", file]).contains("数字无法读取"));
    let json: Value = serde_json::from_str(&run_ok(&["check", "--json", file])).unwrap();
    assert_eq!(self::group(&json, "EDI-050")["count"], BOXES);
    assert!(!run(&["check", "--lang", "tlh", file]).status.success());
}
