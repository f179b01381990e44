use super::*;
use sealane_data::container::{CheckStatus, ContainerNumber, SizeType, Teu};
use sealane_data::observation::Kind;
use sealane_data::submission::Sha256;
use std::collections::{BTreeMap, BTreeSet};

fn small(seed: u64, faults: bool) -> Output {
    simulate(&Settings { containers: 120, days: 30, faults, ..Settings::demo(seed) })
}

fn digest(output: &Output) -> String {
    let mut all = serde_json::to_vec(&output.truth).unwrap();
    for d in &output.deliveries {
        all.extend(format!("{} {} {}\n", d.at, d.sender, d.name).bytes());
        // How a workbook is packed depends on the build; what is in it is compared elsewhere.
        if !is(d, "xlsx") {
            all.extend(&d.bytes);
        }
    }
    Sha256::of(&all).hex()
}

fn is(d: &Delivery, extension: &str) -> bool {
    d.name.rsplit('.').next() == Some(extension)
}

fn text(d: &Delivery) -> String {
    String::from_utf8(d.bytes.clone()).unwrap()
}

/// Segments by the plainest reading there is: the release character is honoured, nothing else.
fn segments(d: &Delivery) -> Vec<String> {
    let text = text(d);
    let body = text.strip_prefix("UNA:+.? '").unwrap_or(&text).replace("?'", "\u{1}");
    body.split('\'').map(|s| s.trim().to_owned()).filter(|s| !s.is_empty()).collect()
}

#[test]
fn same_seed_same_bytes() {
    let known = "fdcab0170193e3b16a35f7c9ede916cdb9d28fc643eea038227b97ed1172cded";
    assert_eq!(
        digest(&small(1, true)),
        known,
        "bytes differ between machines, or the world was changed on purpose"
    );
    assert_ne!(digest(&small(1, true)), digest(&small(2, true)));
    assert_ne!(digest(&small(1, true)), digest(&small(1, false)));
}

#[test]
fn faults_do_not_touch_the_truth() {
    assert_eq!(small(4, true).truth, small(4, false).truth);
}

/// Checked by hand against the settings, the guides' facts and each other.
#[test]
fn first_files_of_seed_one() {
    let output = small(1, false);
    for (stem, golden) in [
        ("IFTSAI", include_str!("golden/seed-1-iftsai.txt")),
        ("CODECO", include_str!("golden/seed-1-codeco.txt")),
        ("COARRI", include_str!("golden/seed-1-coarri.txt")),
        ("IFTSTA", include_str!("golden/seed-1-iftsta.txt")),
        ("BAPLIE", include_str!("golden/seed-1-baplie.txt")),
        ("VESDEP", include_str!("golden/seed-1-vesdep.txt")),
        ("CALINF", include_str!("golden/seed-1-calinf.txt")),
        ("IFTMBC", include_str!("golden/seed-1-iftmbc.txt")),
        ("IFTMIN", include_str!("golden/seed-1-iftmin.txt")),
        ("IFTMCS", include_str!("golden/seed-1-iftmcs.txt")),
    ] {
        let d = output.deliveries.iter().find(|d| d.name.contains(stem)).unwrap();
        let told = format!("{} {}\n{}\n", d.at, d.sender, segments(d).join("'\n").replace('\u{1}', "?'"));
        assert_eq!(told, golden, "{stem}");
    }
}

#[test]
fn every_container_number_is_valid() {
    for j in simulate(&Settings::demo(3)).truth.journeys {
        assert_eq!(ContainerNumber::read(&j.container).status(), CheckStatus::Valid);
    }
}

#[test]
fn journeys_are_ordered_and_begin_and_end_as_they_should() {
    let truth = simulate(&Settings::demo(3)).truth;
    let bookings: BTreeSet<&str> = truth.journeys.iter().map(|j| j.booking.as_str()).collect();
    assert!(bookings.len() > 300);
    let (mut transshipped, mut unfinished, mut empty) = (0, 0, 0);
    for j in &truth.journeys {
        let events: Vec<&TruthEvent> = j.stops.iter().flat_map(|s| &s.events).collect();
        assert!(events.windows(2).all(|w| w[0].at < w[1].at), "{}", j.container);
        assert!(j.stops.windows(2).all(|w| w[0].node != w[1].node));
        let loaded = events.iter().filter(|e| e.kind == Kind::Loaded).count();
        let discharged = events.iter().filter(|e| e.kind == Kind::Discharged).count();
        assert!(loaded == discharged || loaded == discharged + 1);
        assert_eq!(j.ship_legs.len(), loaded);
        assert_eq!(j.laden, j.master_bl.is_some());
        for leg in &j.ship_legs {
            assert!(leg.arrival.is_none() || leg.departure < leg.arrival);
        }
        transshipped += usize::from(loaded == 2);
        unfinished += usize::from(loaded > discharged);
        empty += usize::from(!j.laden);
    }
    assert!(transshipped > 20 && unfinished > 5 && empty > 10, "{transshipped} {unfinished} {empty}");
}

#[test]
fn throughput_is_the_sum_of_journeys() {
    let truth = simulate(&Settings::demo(9)).truth;
    let mut counted: BTreeMap<(String, String), (u64, i64, u64)> = BTreeMap::new();
    for j in &truth.journeys {
        let teu = j.size_type.as_deref().map(|s| SizeType::read(s).teu().unwrap());
        for s in &j.stops {
            for e in s.events.iter().filter(|e| e.kind.is_quay_move()) {
                let direction = if e.kind == Kind::Loaded { "loaded" } else { "discharged" };
                let sum = counted.entry((s.node.clone(), direction.to_owned())).or_default();
                sum.0 += 1;
                sum.1 += teu.map_or(0, Teu::hundredths);
                sum.2 += u64::from(teu.is_none());
            }
        }
    }
    let mut told: BTreeMap<(String, String), (u64, i64, u64)> = BTreeMap::new();
    for row in &truth.teu {
        let sum = told.entry((row.node.clone(), row.direction.clone())).or_default();
        sum.0 += row.moves;
        sum.1 += row.teu.replace('.', "").parse::<i64>().unwrap();
        sum.2 += row.unknown_size;
    }
    assert_eq!(told, counted);
    assert!(counted.values().map(|c| c.0).sum::<u64>() > 600);
}

#[test]
fn without_faults_every_envelope_is_right() {
    let output = small(6, false);
    let mut kinds = BTreeSet::new();
    for d in output.deliveries.iter().filter(|d| is(d, "edi")) {
        let segments = segments(d);
        assert!(segments[0].starts_with("UNB+UNO"), "{}", d.name);
        let (mut messages, mut open) = (0, 0);
        for (n, segment) in segments.iter().enumerate() {
            let elements: Vec<&str> = segment.split('+').collect();
            assert!(
                elements[0].len() == 3 && elements[0].bytes().all(|b| b.is_ascii_uppercase()),
                "{segment}"
            );
            match elements[0] {
                "UNH" => {
                    open = n;
                    kinds.insert(elements[2].to_owned());
                }
                "UNT" => {
                    assert_eq!(elements[1], (n - open + 1).to_string(), "{}", d.name);
                    assert!(segments[open].starts_with(&format!("UNH+{}+", elements[2])));
                    messages += 1;
                }
                "CNT" => {
                    let counted = segments[open..n].iter().filter(|s| s.starts_with("EQD+")).count();
                    assert_eq!(segment, &format!("CNT+16:{counted}"));
                }
                "UNZ" => assert_eq!((elements[1], n + 1), (messages.to_string().as_str(), segments.len())),
                _ => {}
            }
        }
        let control = segments[0].rsplit('+').next().unwrap();
        assert_eq!(segments.last().unwrap(), &format!("UNZ+{messages}+{control}"), "{}", d.name);
    }
    assert!(kinds.len() >= 26, "{kinds:?}");
}

#[test]
fn reported_quay_moves_are_the_truth_and_the_restows() {
    let output = simulate(&Settings { faults: false, ..Settings::demo(8) });
    let (mut told, mut restows) = (0, 0);
    for d in output.deliveries.iter().filter(|d| d.name.contains("COARRI")) {
        for s in segments(d).iter().filter(|s| s.starts_with("EQD+")) {
            let trade = s.split('+').nth(5).unwrap();
            restows += u64::from(trade == "5");
            told += u64::from(trade != "5");
        }
    }
    assert_eq!(told, output.truth.teu.iter().map(|t| t.moves).sum::<u64>());
    assert!(restows > 0 && restows % 2 == 0, "{restows}");
}

#[test]
fn every_fault_occurs_and_corrections_follow_what_they_correct() {
    let output = simulate(&Settings::demo(1));
    let files: Vec<&Delivery> = output.deliveries.iter().collect();
    let any = |test: &dyn Fn(&Delivery) -> bool| files.iter().any(|d| test(d));
    let has = |d: &Delivery, what: &str| d.bytes.windows(what.len()).any(|w| w == what.as_bytes());
    assert!(any(&|d| d.bytes.starts_with(b"\xEF\xBB\xBF")));
    assert!(any(&|d| d.bytes.ends_with(b"\x1a")));
    assert!(any(&|d| is(d, "edi") && !has(d, "UNZ+")));
    assert!(any(&|d| d.bytes.windows(4).filter(|w| w == b"UNB+").count() == 2));
    assert!(any(&|d| has(d, "EQD+CN+tstu") || has(d, "EQD+CN+synu") || has(d, "EQD+CN+zz")));
    assert!(any(&|d| d.sender == "sim-klang-northport" && has(d, "UNZ+1+1'")));
    assert!(files.iter().map(|d| &d.bytes).collect::<BTreeSet<_>>().len() < files.len());
    let mut functions = BTreeMap::new();
    for d in files.iter().filter(|d| d.name.contains("CODECO") || d.name.contains("COARRI")) {
        let text = String::from_utf8_lossy(&d.bytes);
        for bgm in text.split('\'').filter_map(|s| s.trim().strip_prefix("BGM+")) {
            let (document, function) = bgm.rsplit_once('+').unwrap();
            let seen: &mut Vec<String> =
                functions.entry((d.sender.clone(), document.to_owned())).or_default();
            if function != "9" {
                assert_eq!(seen.first().map(String::as_str), Some("9"), "{bgm}");
            }
            seen.push(function.to_owned());
        }
    }
    for function in ["5", "1"] {
        assert!(functions.values().any(|f| f.iter().any(|f| f == function)), "{function}");
    }
}

#[test]
fn certificates_are_json_and_bind_to_told_references() {
    let output = simulate(&Settings::demo(1));
    let certificates: Vec<&Delivery> = output.deliveries.iter().filter(|d| d.certificate).collect();
    assert!(certificates.len() >= 12);
    assert_eq!(certificates.len(), output.truth.certificates.len());
    for d in certificates {
        let json: serde_json::Value = serde_json::from_slice(&d.bytes).unwrap();
        let truth = output.truth.certificates.iter().find(|c| c.number == json["number"]).unwrap();
        assert_eq!(truth.owner, d.sender);
        let of = |kind: &str| -> Vec<&str> {
            let bindings = json["bindings"].as_array().unwrap();
            bindings.iter().filter(|b| b["type"] == kind).map(|b| b["value"].as_str().unwrap()).collect()
        };
        assert_eq!(of("EQ"), truth.containers);
        assert_eq!((of("BKG"), of("TRD")), (vec![truth.booking.as_str()], vec![truth.master_bl.as_str()]));
        let journeys = output.truth.journeys.iter().filter(|j| j.booking == truth.booking);
        assert_eq!(journeys.count(), truth.containers.len());
    }
    assert!(output.truth.certificates.iter().any(|c| c.containers.len() == 2));
}

#[test]
fn every_sender_has_a_profile() {
    let output = simulate(&Settings::demo(2));
    let known: BTreeSet<&str> = output.partners.iter().map(|p| p.id.0.as_str()).collect();
    assert_eq!(known.len(), output.partners.len());
    assert!(output.deliveries.iter().all(|d| known.contains(d.sender.as_str())));
    assert!(output.deliveries.windows(2).all(|w| w[0].at <= w[1].at));
    let names: BTreeSet<&str> = output.deliveries.iter().map(|d| d.name.as_str()).collect();
    assert_eq!(names.len(), output.deliveries.len());
}

#[test]
fn files_are_written() {
    let dir = tempfile::tempdir().unwrap();
    let output = simulate(&Settings { containers: 3, days: 10, ..Settings::demo(1) });
    output.write_to(dir.path()).unwrap();
    let truth: Truth =
        serde_json::from_slice(&std::fs::read(dir.path().join("truth.json")).unwrap()).unwrap();
    assert_eq!(truth, output.truth);
    let d = &output.deliveries[0];
    assert_eq!(std::fs::read(dir.path().join(&d.sender).join(&d.name)).unwrap(), d.bytes);
    let blocked = dir.path().join("truth.json");
    assert!(matches!(output.write_to(&blocked), Err(WriteError::Io { .. })));
}

#[test]
fn a_world_without_containers_still_sails() {
    let output = simulate(&Settings { containers: 0, days: 20, ..Settings::demo(1) });
    assert!(output.truth.journeys.is_empty() && output.truth.certificates.is_empty());
    assert!(output.truth.calls.len() > 80);
}
