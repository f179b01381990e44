//! What acknowledgements say when a partner's profile rejects what is wrong, case by case, and what APERAK
//! tells. The cases are those that receivers of 1-Stop COPARN are held to (edi.md, section 5).

use sealane_data::partner::{Acknowledge, Contrl, Mode, OnError, Partner, PartyId};
use sealane_ingest::{ReadContext, Reading, read};

/// A COPARN as our own fixture: an announcement of one box.
const SEGMENTS: &[&str] = &[
    "BGM+11+ANN77001+9",
    "RFF+BN:BKG77001",
    "TDT+20+2609S+1++COS:172:20+++9074729:146:11:EXAMPLE STAR",
    "LOC+9+CNSGH:139:6",
    "NAD+CF+COS:160:20",
    "EQD+CN+CSQU3054383+45G1:102:5+2+2+5",
    "DTM+7:202609040910:203",
    "LOC+11+MYPKG:139:6",
    "MEA+AAE+VGM+KGM:24180",
];

fn partner() -> Partner {
    Partner {
        acknowledge: Acknowledge::Always,
        on_error: OnError::Reject,
        ..Partner::new(PartyId("p".into()))
    }
}

/// One interchange with one message.
fn interchange(kind: &str, segments: &[&str], tails: [&str; 2]) -> String {
    let body: String = segments.iter().map(|s| format!("{s}'")).collect();
    let [unt, unz] = tails;
    format!("UNB+UNOA:2+LINE:ZZ+HALL:ZZ+260905:1430+IC77001'UNH+M1+{kind}'{body}{unt}'{unz}'")
}

fn whole(segments: &[&str]) -> String {
    let unt = format!("UNT+{}+M1", segments.len() + 2);
    interchange("COPARN:D:95B:UN:ITG10", segments, [&unt, "UNZ+1+IC77001"])
}

/// The fixture with one segment replaced.
fn with(at: usize, segment: &str) -> String {
    let mut segments = SEGMENTS.to_vec();
    segments[at] = segment;
    whole(&segments)
}

fn answered(text: &str, partner: &Partner) -> (String, Reading) {
    let reading = read(text.as_bytes(), ReadContext { partner, wants_ack: false });
    (reading.acknowledgement.clone().unwrap_or_default(), reading)
}

/// What stands in an answer from `UCI` on to the trailer.
fn verdict(text: &str) -> String {
    let (answer, reading) = answered(text, &partner());
    let (_, said) = answer.split_once("UCI+").unwrap();
    let said = format!("UCI+{}", said.split("UNT+").next().unwrap());
    let rejected = said.contains("+4'") || said.contains("+4+");
    for message in &reading.messages {
        assert_eq!(message.mode == Mode::Shadow, rejected, "{said}");
        assert!(!message.observations.is_empty(), "what was rejected is kept too");
        assert_eq!(message.findings.iter().any(|f| f.code == "MSG-012"), rejected);
    }
    said
}

const UCI: &str = "UCI+IC77001+LINE:ZZ+HALL:ZZ+7'";
const UCM: &str = "UCM+M1+COPARN:D:95B:UN:ITG10+4";

#[test]
fn what_is_right_is_accepted() {
    assert_eq!(verdict(&whole(SEGMENTS)), UCI);
}

#[test]
fn another_reference_in_the_trailer_rejects_the_interchange_with_28() {
    let text = whole(SEGMENTS).replace("UNZ+1+IC77001", "UNZ+1+IC77002");
    assert_eq!(verdict(&text), "UCI+IC77001+LINE:ZZ+HALL:ZZ+4+28+UNZ'");
    let counted = whole(SEGMENTS).replace("UNZ+1+IC77001", "UNZ+2+IC77001");
    assert_eq!(verdict(&counted), "UCI+IC77001+LINE:ZZ+HALL:ZZ+4+29+UNZ'");
}

#[test]
fn another_version_rejects_the_message_with_17() {
    let text = whole(SEGMENTS).replace("COPARN:D:95B:UN:ITG10", "COPARN:X:95B:UN:ITG10");
    assert_eq!(verdict(&text), format!("{UCI}UCM+M1+COPARN:X:95B:UN:ITG10+4+17+UNH'"));
}

#[test]
fn another_count_rejects_the_message_with_29_and_another_reference_with_28() {
    let counted = whole(SEGMENTS).replace("UNT+11+M1", "UNT+12+M1");
    assert_eq!(verdict(&counted), format!("{UCI}{UCM}+29+UNT'"));
    let named = whole(SEGMENTS).replace("UNT+11+M1", "UNT+11+M2");
    assert_eq!(verdict(&named), format!("{UCI}{UCM}+28+UNT'"));
}

#[test]
fn an_empty_value_that_must_be_there_is_13() {
    assert_eq!(verdict(&with(1, "RFF+:BKG77001")), format!("{UCI}{UCM}'UCS+3'UCD+13+2:1'"));
    assert_eq!(verdict(&with(3, "LOC++CNSGH:139:6")), format!("{UCI}{UCM}'UCS+5'UCD+13+2'"));
}

#[test]
fn too_many_components_are_16() {
    assert_eq!(verdict(&with(6, "DTM+7:202609040910:203:X")), format!("{UCI}{UCM}'UCS+8'UCD+16+2:4'"));
    assert_eq!(verdict(&with(6, "DTM+7:202609040910:203+X")), format!("{UCI}{UCM}'UCS+8+16'"));
}

#[test]
fn an_unknown_segment_is_33() {
    let mut segments = SEGMENTS.to_vec();
    segments.insert(2, "XYZ+1");
    assert_eq!(verdict(&whole(&segments)), format!("{UCI}{UCM}'UCS+4+33'"));
}

#[test]
fn a_value_that_is_too_long_is_39() {
    let long = format!("RFF+BN:{}", "B".repeat(71));
    assert_eq!(verdict(&with(1, &long)), format!("{UCI}{UCM}'UCS+3'UCD+39+2:2'"));
    let fits = format!("RFF+BN:{}?+", "B".repeat(69));
    assert_eq!(verdict(&with(1, &fits)), UCI, "a release character is none of the value");
    assert!(verdict(&with(3, "LOC+9999+CNSGH:139:6")).contains("UCD+39+2'"));
}

#[test]
fn one_bad_message_rejects_only_itself() {
    let good = SEGMENTS.iter().map(|s| format!("{s}'")).collect::<String>();
    let text = format!(
        "UNB+UNOA:2+LINE:ZZ+HALL:ZZ+260905:1430+IC77001'UNH+M1+COPARN:D:95B:UN:ITG10'{good}UNT+99+M1'UNH+M2+COPARN:D:95B:UN:ITG10'{}UNT+11+M2'UNZ+2+IC77001'",
        good.replace("CSQU3054383", "TSTU0000014")
    );
    let (answer, reading) = answered(&text, &partner());
    assert!(answer.contains(&format!("{UCI}{UCM}+29+UNT'UNT+")), "{answer}");
    let modes: Vec<Mode> = reading.messages.iter().map(|m| m.mode).collect();
    assert_eq!(modes, [Mode::Shadow, Mode::Live]);
    let ordinals: Vec<u32> = reading.messages.iter().map(|m| m.ordinal).collect();
    assert_eq!(ordinals, [1, 2], "what is held back keeps its order");
}

#[test]
fn by_default_everything_is_accepted_and_reported() {
    let lenient = Partner { on_error: OnError::Report, ..partner() };
    for text in [whole(SEGMENTS).replace("UNT+11", "UNT+12"), with(6, "DTM+7:202609040910:203:X")] {
        let (answer, reading) = answered(&text, &lenient);
        assert!(answer.contains("UCI+IC77001+LINE:ZZ+HALL:ZZ+7'") && !answer.contains("UCS"), "{answer}");
        assert!(!answer.contains("ITG10+4"), "{answer}");
        assert!(reading.messages.iter().all(|m| m.mode == Mode::Live));
    }
}

#[test]
fn a_receipt_says_no_more_than_that_it_came() {
    let partner = Partner { contrl: Contrl::Receipt, ..partner() };
    for text in [whole(SEGMENTS), whole(SEGMENTS).replace("UNT+11", "UNT+12")] {
        let (answer, _) = answered(&text, &partner);
        assert!(answer.contains("UCI+IC77001+LINE:ZZ+HALL:ZZ+8'UNT+3+1'"), "{answer}");
    }
}

#[test]
fn aperak_tells_what_cannot_be_and_only_where_the_profile_wants_it() {
    let wants =
        Partner { aperak: true, acknowledge: Acknowledge::OnRequest, on_error: OnError::Report, ..partner() };
    let (none, _) = answered(&whole(SEGMENTS), &wants);
    assert_eq!(none, "", "nothing is wrong and nobody asked");
    let (text, reading) = answered(&with(5, "EQD+CN+CSQU3054384+45G1:102:5+2+2+5"), &wants);
    assert!(text.contains("'UNH+1+APERAK:D:00B:UN'BGM+313+ANN77001+27'RFF+ACW:M1'RFF+AGO:IC77001'ERC+EDI-041::ZZZ'FTX+AAO+++"), "{text}");
    assert!(!text.contains("CONTRL"), "nobody asked for one: {text}");
    assert!(reading.messages[0].mode == Mode::Live, "it is told, not rejected");
    let again = read(text.as_bytes(), ReadContext { partner: &wants, wants_ack: true });
    assert!(again.interchanges[0].sound, "{:?}", again.findings);
    let codes: Vec<&str> = again.messages.iter().flat_map(|m| &m.findings).map(|f| f.code.as_str()).collect();
    assert_eq!(codes, ["MSG-008"], "our own reader finds the one error that it tells");

    let gate = |place: &str| {
        format!(
            "UNB+UNOA:2+LINE+HALL+260905:1430+IC9'UNH+1+CODECO:D:95B:UN:ITG14'BGM+34+G1+9'EQD+CN+CSQU3054383+45G1:102:5++2+5'DTM+7:202609040910:203'LOC+165+{place}'UNT+6+1'UNZ+1+IC9'"
        )
    };
    assert!(answered(&gate("QQQQQ:139:6"), &wants).0.contains("ERC+MSG-010::ZZZ'"));
    assert_eq!(answered(&gate("MYPKG:139:6"), &wants).0, "");
    let quiet = Partner { aperak: false, ..wants };
    let (answer, reading) = answered(&gate("QQQQQ:139:6"), &quiet);
    assert!(answer.is_empty() && reading.messages[0].findings.iter().all(|f| f.code != "MSG-010"));
}

#[test]
fn a_ship_that_is_expected_before_it_left_is_told() {
    let schedule = |eta: &str| {
        format!(
            "UNB+UNOA:2+LINE+HALL+260905:1430+IC9'UNH+1+VESDEP:D:00B:UN'BGM+124+V1+9'TDT+20+2609S+1++COS:172:20+++9074729:146:11:EXAMPLE STAR'LOC+5+CNSGH:139:6'DTM+136:202609051405:203'LOC+61+MYPKG:139:6'DTM+132:{eta}:203'UNT+9+1'UNZ+1+IC9'"
        )
    };
    let wants = Partner { aperak: true, ..Partner::new(PartyId("p".into())) };
    let (answer, reading) = answered(&schedule("202609010600"), &wants);
    let found: Vec<&str> = reading.messages[0].findings.iter().map(|f| f.code.as_str()).collect();
    assert!(found.contains(&"MSG-011"), "{found:?} {:?}", reading.messages[0].observations);
    assert!(answer.contains("ERC+MSG-011::ZZZ'"), "{answer}");
    let (answer, reading) = answered(&schedule("202609110600"), &wants);
    assert!(
        answer.is_empty() && reading.messages[0].findings.iter().all(|f| f.code != "MSG-011"),
        "{answer}"
    );
}

#[test]
fn x12_is_rejected_by_set_group_and_interchange() {
    let blank = " ".repeat(10);
    let text = |count: &str, control: &str| {
        format!(
            "ISA*00*{blank}*00*{blank}*ZZ*SIMA           *02*PORT           *260905*1430*U*00401*000000321*1*P*>~GS*QO*LINE*NODE*20260905*1430*77*X*004010~ST*315*0001~B4***VA*20260905*0807**CSQU*305438*L**MYPKG*UN*3~SE*{count}*0001~ST*315*0002~B4***VA*20260905*0907**CSQU*305438*L**MYPKG*UN*3~SE*3*0002~GE*2*77~IEA*1*{control}~"
        )
    };
    let (answer, reading) = answered(&text("9", "000000321"), &partner());
    assert!(answer.contains("AK2*315*0001~AK5*R*4~AK2*315*0002~AK5*A~AK9*P*2*2*1~"), "{answer}");
    assert!(answer.contains("*A*000~"), "{answer}");
    let modes: Vec<Mode> = reading.messages.iter().map(|m| m.mode).collect();
    assert_eq!(modes, [Mode::Shadow, Mode::Live]);
    let (answer, reading) = answered(&text("3", "000000999"), &partner());
    assert!(answer.contains("*R*001~"), "{answer}");
    assert!(reading.messages.iter().all(|m| m.mode == Mode::Shadow));
    let lenient = Partner { on_error: OnError::Report, ..partner() };
    let (answer, _) = answered(&text("9", "000000321"), &lenient);
    assert!(answer.contains("AK5*E*4~") && answer.contains("AK9*E*2*2*2~"), "{answer}");
}

#[test]
fn a_long_interchange_is_not_held_in_memory_for_its_trailer() {
    let body: String = SEGMENTS.iter().map(|s| format!("{s}'")).collect();
    let boxed: String = SEGMENTS[5..].iter().map(|s| format!("{s}'")).collect();
    let boxed = boxed.repeat(60_000);
    let mut text = String::from("UNB+UNOA:2+LINE:ZZ+HALL:ZZ+260905:1430+IC77001'");
    for n in 1..=4 {
        let count = SEGMENTS.len() + 2 + 240_000;
        text += &format!("UNH+M{n}+COPARN:D:95B:UN:ITG10'{body}{boxed}UNT+{count}+M{n}'");
    }
    let (answer, reading) = answered(&format!("{text}UNZ+9+IC77001'"), &partner());
    assert_eq!(reading.messages.len(), 4);
    assert_eq!(reading.interchanges[0].rejected, None);
    assert!(reading.messages.iter().all(|m| m.mode != Mode::Shadow), "{answer}");
}
