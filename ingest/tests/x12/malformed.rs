//! One test a malformation: what is found, and that the rest is read all the same.

use super::{codes, read};
use sealane_data::observation::{Classifier, Kind};
use sealane_data::partner::{Partner, PartyId};
use sealane_ingest::{Item, ReadContext, Reading, read_stream};
use std::ops::ControlFlow;

const ISA: &str = "ISA*00*          *00*          *ZZ*SIMA           *ZZ*SEALANE        *260905*1430*U*00401*000000321*0*P*>~";
const GS: &str = "GS*QO*SIMA*SEALANE*20260905*1430*77*X*004010~";
const SET: &str =
    "ST*315*0001~B4***UV*20260904*0807**CSQU*305438*L*45G1*MYPKG*UN*3~N9*BN*BKG77001~SE*4*0001~";
const END: &str = "GE*1*77~IEA*1*000000321~";

/// Reads a file that must give the one container all the same.
fn with(text: &str) -> Vec<String> {
    let reading = read(text.as_bytes());
    assert_eq!(containers(&reading), ["CSQU3054383"], "{text}: {:?}", codes(&reading));
    codes(&reading)
}

fn containers(reading: &Reading) -> Vec<String> {
    let all = reading.messages.iter().flat_map(|m| &m.observations);
    all.filter_map(|o| o.equipment.as_ref()).map(|e| e.number.canonical().to_owned()).collect()
}

#[test]
fn a_file_in_lower_case_is_read_in_upper_case() {
    let text = format!("{ISA}{GS}{SET}{END}");
    let proper = read(text.as_bytes());
    for before in ["", "\u{feff}\r\n"] {
        let lower = format!("{before}{}", text.to_ascii_lowercase());
        assert_eq!(with(&lower), ["X12-043"], "{before:?}");
        let (found, expected) = (&read(lower.as_bytes()).messages[0], &proper.messages[0]);
        assert_eq!((&found.family, found.key), (&expected.family, expected.key));
    }
    let partner = Partner::operator();
    let mut boxes = 0;
    let cx = ReadContext { partner: &partner, wants_ack: false };
    read_stream(text.to_ascii_lowercase().as_bytes(), cx, &mut |item| {
        if let Item::Message(message) = item {
            boxes += message.observations.len();
        }
        ControlFlow::Continue(())
    })
    .unwrap();
    assert_eq!(boxes, 1);
}

#[test]
fn a_proper_file_has_no_findings() {
    assert_eq!(with(&format!("{ISA}{GS}{SET}{END}")), [""; 0]);
    let reading = read(format!("{ISA}{GS}{SET}{END}").as_bytes());
    let message = &reading.messages[0];
    assert_eq!((message.family.as_str(), message.reading.parser.as_str()), ("315:004010", "x12/315"));
    let o = &message.observations[0];
    assert_eq!(
        (o.kind, o.classifier, o.status.as_deref()),
        (Kind::Discharged, Classifier::Actual, Some("UV"))
    );
    assert!(reading.interchanges[0].sound && !message.test);
}

#[test]
fn any_terminator_and_separator() {
    let whole = format!("{ISA}{GS}{SET}{END}");
    let crlf = whole.replace('~', "~\r\n");
    assert_eq!(with(&crlf), [""; 0]);
    assert_eq!(with(&format!("\u{feff}{}", whole.replace('~', "\n"))), [""; 0]);
    assert_eq!(with(&whole.replace('~', "\r\n")), [""; 0]);
    assert_eq!(with(&whole.replace('*', "|").replace('~', "'")), [""; 0]);
    assert_eq!(with(&whole.replace('~', "…\n")), ["X12-005"]);
}

#[test]
fn a_short_header_and_one_without_component_separator() {
    let short = ISA
        .replace("          ", " ")
        .replace("SIMA           ", "SIMA")
        .replace("SEALANE        ", "SEALANE");
    assert_eq!(with(&format!("{short}{GS}{SET}{END}")), ["X12-002"]);
    assert_eq!(with(&format!("{}{GS}{SET}{END}", ISA.replace(">~", "~"))), ["X12-002"]);
}

#[test]
fn several_interchanges_with_other_separators_and_text_around_them() {
    let one = format!("{ISA}{GS}{SET}{END}");
    let two = one.replace('*', "|").replace('~', "\n").replace("000000321", "000000322");
    let reading = read(format!("From: a\nTo: b\n\n{one}\n\n{two}-- \nregards").as_bytes());
    assert_eq!(reading.interchanges.len(), 2);
    assert_eq!(containers(&reading), ["CSQU3054383"; 2]);
    assert_eq!(codes(&reading), ["EDI-003", "X12-018"]);
}

#[test]
fn trailers_that_lack_or_lie() {
    assert_eq!(with(&format!("{ISA}{GS}{SET}")), ["X12-006"]);
    assert_eq!(with(&format!("{ISA}{GS}{}{END}", SET.replace("SE*4*0001~", ""))), ["X12-013"]);
    assert_eq!(
        with(&format!("{ISA}{GS}{}{END}", SET.replace("SE*4*0001", "SE*5*0002"))),
        ["X12-015", "X12-014"]
    );
    assert_eq!(with(&format!("{ISA}{GS}{SET}GE*2*78~IEA*1*000000321~")), ["X12-012", "X12-011"]);
    assert_eq!(with(&format!("{ISA}{GS}{SET}GE*1*77~IEA*3*000000999~")), ["X12-007", "X12-008"]);
    assert_eq!(with(&format!("{ISA}{GS}{SET}IEA*1*321~")), ["X12-010"]);
    assert_eq!(with(&format!("{ISA}{SET}IEA*0*000000321~")), ["X12-009"]);
    assert_eq!(with(&format!("{GS}{SET}GE*1*77~")), ["X12-001"]);
    assert_eq!(with(SET), ["X12-001"]);
}

#[test]
fn wrapped_lines_lost_terminators_and_stray_ones() {
    let whole = format!("{ISA}{GS}{SET}{END}");
    let lines: Vec<String> =
        whole.as_bytes().chunks(80).map(|c| String::from_utf8_lossy(c).into_owned()).collect();
    assert_eq!(with(&lines.join("\n")), ["X12-002", "X12-017"]);
    assert_eq!(with(&whole.replace("*3~N9", "*3\nN9")), ["EDI-019"]);
    assert_eq!(with(&whole.replace("N9*", "~N9*")), ["EDI-020"]);
    let cut = read(&whole.as_bytes()[..whole.find("N9*").unwrap() + 4]);
    assert_eq!(codes(&cut), ["X12-006", "EDI-017", "X12-013"]);
    assert_eq!(containers(&cut), ["CSQU3054383"]);
}

#[test]
fn service_segments_and_segments_outside() {
    assert_eq!(with(&format!("{ISA}ISB*1~ISE*200601*0515*04~{GS}{SET}{END}")), [""; 0]);
    assert_eq!(with(&format!("{ISA}{GS}N9*BM*1~{SET}{END}")), ["X12-016"]);
    assert_eq!(codes(&read(b"ISA*00*nothing else")), ["X12-003"]);
}

#[test]
fn tests_never_reach_the_map() {
    let test = read(format!("{}{GS}{SET}{END}", ISA.replace("*P*", "*T*")).as_bytes());
    assert_eq!(codes(&test), ["X12-019"]);
    assert!(test.messages[0].test && test.messages[0].observations.len() == 1);
    assert_eq!(with(&format!("{}{GS}{SET}{END}", ISA.replace("*P*", "*Q*"))), ["X12-020"]);
}

#[test]
fn a_foreign_sender_is_said() {
    let text = format!("{ISA}{GS}{SET}{END}");
    let found = |ids: &[&str]| {
        let edi_ids = ids.iter().map(|id| (*id).into()).collect();
        let partner = Partner { edi_ids, ..Partner::new(PartyId("p".into())) };
        let reading =
            sealane_ingest::read(text.as_bytes(), ReadContext { partner: &partner, wants_ack: false });
        reading.findings.into_iter().map(|f| (f.code.to_string(), f.place.element)).collect::<Vec<_>>()
    };
    assert_eq!(found(&["SIMA:ZZ"]), []);
    assert_eq!(found(&["OTHER"]), [("EDI-062".to_owned(), Some(6))]);
}

#[test]
fn acknowledgements_are_kept_as_what_they_are() {
    let fa = GS.replace("QO", "FA");
    let text = format!(
        "{ISA}TA1*000000007*260905*1430*R*006~{fa}ST*997*0001~AK1*QO*9~AK2*315*0004~AK5*R*5~AK9*R*1*1*0~SE*6*0001~{END}"
    );
    let reading = read(text.as_bytes());
    let families: Vec<_> =
        reading.messages.iter().map(|m| (m.family.as_str(), m.document.as_str())).collect();
    assert_eq!(families, [("TA1:00401", "000000007"), ("997:004010", "9")]);
    assert_eq!(codes(&reading), ["X12-037", "X12-036", "X12-037", "X12-037", "X12-036"]);
}

/// A carrier's own release code: in the list it is a release, some mean the return of an empty box.
#[test]
fn trap_cr_is_a_return_only_of_an_empty_box() {
    let kind = |load: &str| {
        let set = SET.replace("*UV*", "*CR*").replace("*L*45G1", &format!("*{load}*45G1"));
        read(format!("{ISA}{GS}{set}{END}").as_bytes()).messages[0].observations[0].kind
    };
    assert_eq!((kind("E"), kind("L")), (Kind::GateIn, Kind::Status));
}

/// Some mark dates that are still to come as actual (`DTM` 140).
#[test]
fn trap_an_actual_date_in_the_future_is_an_estimate() {
    let ports = "Q2*9074729********12W***L*SHIP~R4*L*UN*CNSGH~DTM*140*20260901*0800~R4*D*UN*MYPKG~DTM*140*20260920*0800~";
    let set = SET.replace("SE*4", &format!("{ports}SE*9"));
    let reading = read(format!("{ISA}{GS}{set}{END}").as_bytes());
    let told: Vec<_> = reading.messages[0].observations[1..].iter().map(|o| (o.kind, o.classifier)).collect();
    assert_eq!(
        told,
        [(Kind::VesselDeparted, Classifier::Actual), (Kind::VesselArrived, Classifier::Estimated)]
    );
    assert_eq!(codes(&reading), ["X12-042"]);
}

/// The ship of a message is one; where the goods change ships, nobody can tell which.
#[test]
fn trap_dates_of_ports_with_a_change_of_ships_are_no_calls() {
    let ports =
        "Q2*9074729********12W***L*SHIP~R4*L*UN*CNSGH~DTM*140*20260801*0800~R4*T*UN*SGSIN~R4*D*UN*MYPKG~";
    let set = SET.replace("SE*4", &format!("{ports}SE*9"));
    let reading = read(format!("{ISA}{GS}{set}{END}").as_bytes());
    assert_eq!((reading.messages[0].observations.len(), codes(&reading)), (1, vec!["X12-035".to_owned()]));
    assert_eq!(reading.messages[0].observations[0].plan.as_ref().unwrap().via.len(), 1);
}

#[test]
fn floods_outside_sets_are_counted_once() {
    let floods = ["X*1~\n".repeat(2_000_000), format!("{ISA}IEA*0*000000321~\n").repeat(40_000)];
    for flood in floods {
        let lines = u32::try_from(flood.lines().count()).unwrap();
        let reading = read(format!("{ISA}\n{GS}{flood}{ISA}{GS}{SET}{END}X*1~").as_bytes());
        assert_eq!(containers(&reading), ["CSQU3054383"]);
        assert_eq!(reading.messages[0].observations.len(), 1);
        assert!(reading.findings.iter().any(|f| f.place.line >= lines), "{lines}");
    }
}

#[test]
fn a_booking_keeps_a_limited_number_of_ports_and_references() {
    let ports = "R4*T*UN*MYPKG~".repeat(500);
    let references: String = (0..500).map(|n| format!("N9*BN*REF{n}~")).collect();
    let set = format!("ST*301*0001~B1**BKG77001*20260904*N~{references}{ports}N7*CSQU*305438~SE*1004*0001~");
    let reading = read(format!("{ISA}{GS}{set}{END}").as_bytes());
    let booked = &reading.messages[0].observations[0];
    assert_eq!(booked.references.len(), 200);
    assert_eq!(booked.plan.as_ref().unwrap().via.len(), 200);
    let said = reading.messages[0].findings.iter().find(|f| f.code == "MSG-013").unwrap();
    assert!(said.message.starts_with("600 "), "{}", said.message);
}

#[test]
fn statuses_may_stand_behind_their_containers() {
    let one = |initial: &str, number: &str| {
        format!("N7*{initial}*{number}*0*G*******CN~W2*{initial}*{number}**CN*L~")
    };
    let q5 = |code: &str| format!("Q5*{code}*20260904*1045*LT**OAKLAND*CA*US~R4*5*UN*USOAK~");
    let read = |sets: &str| {
        let text = format!("{ISA}{GS}ST*322*0001~{sets}SE*9*0001~{END}");
        let reading = read(text.as_bytes());
        let all = reading.messages.iter().flat_map(|m| m.observations.clone());
        all.map(|o| (o.equipment.map(|e| e.number.canonical().to_owned()), o.status.unwrap()))
            .collect::<Vec<_>>()
    };
    let said = |number: &str, status: &str| (Some(number.to_owned()), status.into());
    let (a, b) = (one("CSQU", "305438"), one("MSKU", "123456"));
    let both = [said("CSQU3054383", "I"), said("MSKU1234565", "OA")];
    assert_eq!(read(&format!("{a}{}{b}{}", q5("I"), q5("OA"))), both);
    assert_eq!(read(&format!("{}{a}{}{b}", q5("I"), q5("OA"))), both, "and before them");
    let same = [said("CSQU3054383", "I"), said("MSKU1234565", "I")];
    assert_eq!(read(&format!("{}{a}{b}", q5("I"))), same);
    assert_eq!(read(&format!("{a}{}{b}", q5("I"))), same);
}

#[test]
fn a_status_of_containers_that_only_references_name_is_of_all_of_them() {
    let head =
        "ST*315*0001~B4***VD*20260904*0807**********~N9*BM*ZZAL00770001~N9*EQ*CSQU3054383~N9*EQ*CSQU3054383~";
    let text = format!("{ISA}{GS}{head}N9*EQ*MSKU1234565~R4*5*UN*CNSHA~SE*8*0001~{END}");
    let reading = read(text.as_bytes());
    assert_eq!(containers(&reading), ["CSQU3054383", "MSKU1234565"]);
    assert_eq!(codes(&reading), [""; 0]);
    assert!(reading.messages[0].observations.iter().all(|o| o.place.is_some() && o.references.len() == 1));
}
