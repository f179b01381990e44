//! Real files that are not part of the repository: read when they are there, skipped by name when not.

use sealane_ingest::Reading;
use std::fs;
use std::path::{Path, PathBuf};

/// Every file of the kinds that are read, with the observations it must give. A naive count that
/// shares nothing with the reader has to agree.
const COVERED: &[(&str, usize)] = &[
    ("edifabric-edifact/Bayplan.txt", 1),
    ("edifabric-edifact/Instruction.txt", 1),
    ("edifabric-edifact/TransportStatus.txt", 6),
    ("edifact-types-tests/iftmin_d00b_2.edi", 1),
    ("edifact-types-tests/iftsta_d00b_1.edi", 1),
    ("edifact-types-tests/iftsta_d00b_2.edi", 1),
    ("edifact-types-tests/iftsta_d00b_3.edi", 1),
    ("generator-readme/CODECO_D95B.edi", 1),
    ("generator-readme/COPARN_D00B_SMDG20.edi", 1),
    ("generator-readme/COPINO_D95B_ITG13.edi", 1),
    ("generator-readme/COPRAR_D95B_SMDG16.edi", 3),
    ("generator-readme/VERMAS_D16A_SMDG10.edi", 1),
    ("misc/CALINF_D16A_RCG001_ZA.edi", 3),
    ("misc/CALINF_D99B_myedinotes.edi", 10),
    ("misc/CODECO_gateout_ITG14_one.edi", 1),
    ("misc/COPARN_booking_D95B_truncated.edi", 1),
    ("misc/CUSCAR_D95B_LOT10.edi", 3),
    ("misc/IFTMBC_hapag_D99B_truncated.edi", 3),
    ("misc/IFTSAI_msc_D99B_SMDG10.edi", 3),
    ("misc/IFTSTA_finland_D99B_SE0015.edi", 1),
    ("misc/IFTSTA_ups_D07B_group.edi", 2),
    ("php-edifact/D95BBAPLIE.edi", 3),
    ("php-edifact/D95BCOARRI.edi", 25),
    ("portxchange-iftsai/VIFTSAI0000001.txt", 14),
    ("portxchange-iftsai/VIFTSAI0000002.txt", 14),
    ("staedi/baplie-test.edi", 1),
];

/// Returns the sample folder, or nothing after saying so.
fn folder() -> Option<PathBuf> {
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared");
    let samples = shared.join("samples/edifact");
    if samples.is_dir() {
        return Some(samples);
    }
    assert!(!(shared.is_dir() && no_skip()), "SEALANE_NO_SKIP is set and {} is missing", samples.display());
    println!("skipped: real EDIFACT samples: {} is not there", samples.display());
    None
}

fn no_skip() -> bool {
    std::env::var_os("SEALANE_NO_SKIP").is_some_and(|v| v == "1")
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}

/// Counts what a file calls for by splitting text: containers of CODECO, COARRI and BAPLIE, call
/// dates of COARRI and COPRAR heads, of IFTSAI, CALINF and BERMAN ports, of VESDEP and TPFREP,
/// statuses of IFTSTA; numbered containers of orders, stowage instructions and masses; of bookings
/// that name anything the numbered containers, at least one, and the dates of legs at sea; of
/// manifests and lists the containers of every bill, at least one, and the dates of the ship.
fn naive_count(bytes: &[u8]) -> usize {
    let text: String = bytes.iter().map(|b| char::from(*b)).collect();
    let mut count = 0;
    let (mut kind, mut port, mut boxes) = ("", false, 0);
    let (mut names, mut sea) = (false, false);
    for segment in text.split('\'').map(str::trim) {
        let fields: Vec<&str> = segment.split('+').collect();
        let second = fields.get(1).copied().unwrap_or_default();
        let call =
            ["132:", "133:", "178:", "186:", "232:", "189:", "136:"].iter().any(|q| second.starts_with(q));
        match (fields[0], kind) {
            ("UNH", _) => {
                count += usize::from(names && boxes == 0);
                (names, sea) = (false, false);
                kind = fields.get(2).and_then(|f| f.split(':').next()).unwrap_or_default();
                (port, boxes) = (false, 0);
            }
            ("EQD", "CODECO" | "COARRI") => {
                boxes += 1;
                count += usize::from(second == "CN");
            }
            ("DTM", "COARRI" | "COPRAR") if boxes == 0 && call => count += 1,
            ("STS", "IFTSTA") => count += 1,
            ("EQD", "COPRAR" | "COPARN" | "COREOR" | "COHAOR" | "COPINO" | "MOVINS" | "VERMAS") => {
                boxes += 1;
                let numbered = fields.get(2).is_some_and(|n| !n.is_empty());
                count += usize::from(second == "CN" && numbered);
            }
            ("EQD", "BAPLIE") => count += usize::from(second == "CN"),
            ("TDT", "VESDEP") | ("LOC", "IFTSAI" | "CALINF" | "BERMAN" | "TPFREP") => port = true,
            ("DTM", "IFTSAI" | "CALINF" | "VESDEP" | "BERMAN" | "TPFREP") if port && call => count += 1,
            ("TSR", "BERMAN") | ("EQD", "TPFREP") => port = false,
            ("EQD", "IFTMIN" | "IFTMBC" | "IFTMCS" | "IFTMBF" | "IFTMAN") => {
                let numbered = second == "CN" && fields.get(2).is_some_and(|n| !n.is_empty());
                (boxes, names) = (boxes + usize::from(numbered), true);
                count += usize::from(numbered);
            }
            ("RFF" | "LOC", "IFTMIN" | "IFTMBC" | "IFTMCS" | "IFTMBF" | "IFTMAN") => names = true,
            ("TDT", "IFTMIN" | "IFTMBC" | "IFTMCS" | "IFTMBF" | "IFTMAN") => {
                sea = fields.get(3).is_none_or(|m| ["", "1"].contains(m));
            }
            ("NAD" | "GID", _) => sea = false,
            ("DTM", "IFTMIN" | "IFTMBC" | "IFTMCS" | "IFTMBF" | "IFTMAN") if sea && call => count += 1,
            _ => {}
        }
    }
    count + usize::from(names && boxes == 0) + naive_bills(&text)
}

/// Counts what manifests and lists call for: of every bill the containers that hold its goods, at
/// least one, and the dates of the ship before the first consignment.
fn naive_bills(text: &str) -> usize {
    let (mut count, mut kind, mut sea, mut single) = (0, "", false, false);
    let (mut bill, mut other): (Option<usize>, Vec<&str>) = (None, Vec::new());
    for segment in text.split('\'').map(str::trim) {
        let fields: Vec<&str> = segment.split('+').collect();
        let second = fields.get(1).copied().unwrap_or_default();
        if fields[0] == "UNH" {
            count += bill.take().map_or(0, |held| held.max(1));
            kind = fields.get(2).and_then(|f| f.split(':').next()).unwrap_or_default();
            (sea, single) = (false, false);
        }
        if !["CUSCAR", "IFCSUM", "DESADV"].contains(&kind) {
            continue;
        }
        match fields[0] {
            "CNI" => {
                count += bill.take().map_or(0, |held| held.max(1));
                (sea, single) = (false, true);
            }
            "RFF" if second.starts_with("BM:") => bill = bill.or(Some(0)),
            "EQD" => {
                sea = false;
                other.extend(fields.get(2).filter(|_| second != "CN"));
            }
            "SGP" if !other.contains(&second) => bill = bill.map(|held| held + 1),
            "TDT" => sea = !single && fields.get(3).is_none_or(|m| ["", "1"].contains(m)),
            "NAD" | "GID" => sea = false,
            "DTM"
                if sea && ["132:", "133:", "178:", "186:", "232:"].iter().any(|q| second.starts_with(q)) =>
            {
                count += 1;
            }
            _ => {}
        }
    }
    count + bill.map_or(0, |held| held.max(1))
}

fn observations(reading: &Reading) -> usize {
    reading.messages.iter().map(|m| m.observations.len()).sum()
}

#[test]
fn covered_samples_give_what_they_call_for() {
    let Some(folder) = folder() else { return };
    for (name, expected) in COVERED {
        let bytes = fs::read(folder.join(name)).unwrap();
        let reading = super::read(&bytes);
        assert_eq!(naive_count(&bytes), *expected, "the naive count of {name}");
        assert_eq!(observations(&reading), *expected, "{name}: {:#?}", reading.findings);
        assert!(
            reading
                .messages
                .iter()
                .flat_map(|m| &m.findings)
                .all(|f| f.code != "EDI-034" && f.code != "EDI-025"),
            "{name}"
        );
    }
}

#[test]
fn every_other_sample_says_why_it_gives_nothing() {
    let Some(folder) = folder() else { return };
    let all = files(&folder);
    assert!(all.len() > 100, "only {} samples", all.len());
    for path in &all {
        let name = path.strip_prefix(&folder).unwrap().to_string_lossy().into_owned();
        if COVERED.iter().any(|(covered, _)| *covered == name) {
            continue;
        }
        let bytes = fs::read(path).unwrap();
        assert_eq!(naive_count(&bytes), 0, "{name} belongs into the table");
        let reading = super::read(&bytes);
        assert_eq!(observations(&reading), 0, "{name}");
        for message in &reading.messages {
            assert!(!message.findings.is_empty(), "{name}: message {} is silent", message.ordinal);
        }
        assert!(!reading.messages.is_empty() || !reading.findings.is_empty(), "{name} is silent");
        if std::env::var_os("SHOW").is_some() {
            let codes: Vec<_> = reading
                .findings
                .iter()
                .chain(reading.messages.iter().flat_map(|m| &m.findings))
                .map(|f| format!("{}@{} {}", f.code, f.place.line, f.message))
                .collect();
            println!("{name}: {} messages {codes:#?}", reading.messages.len());
        }
    }
}
