//! Frames of aisstream.io.

use crate::world::{codes, counted, observations, read};
use sealane_data::observation::Kind;

const POSITION: &str = r#"{"MessageType":"PositionReport","MetaData":{"MMSI":563012345,"MMSI_String":563012345,"ShipName":"SYNTHETIC IBIS      ","latitude":30.61,"longitude":122.07,"time_utc":"2026-09-05 14:00:43.375540658 +0000 UTC"},"Message":{"PositionReport":{"Cog":248.3,"Latitude":30.61,"Longitude":122.07,"MessageID":1,"NavigationalStatus":5,"Sog":8.5,"Timestamp":42,"UserID":563012345,"Valid":true}}}"#;
const SHIP: &str = r#"{"MessageType":"ShipStaticData","MetaData":{"MMSI":563012345,"ShipName":"SYNTHETIC IBIS","time_utc":"2026-09-05 14:00:40.1 +0000 UTC"},"Message":{"ShipStaticData":{"CallSign":"QAAY1@@","Destination":"CNSHA>>VNCMT","Eta":{"Day":8,"Hour":6,"Minute":30,"Month":9},"ImoNumber":9074729,"MaximumStaticDraught":12.1,"Name":"SYNTHETIC IBIS@@@@@@","UserID":563012345}}}"#;
const CLASS_B: &str = r#"{"MessageType":"StandardClassBPositionReport","MetaData":{"MMSI":563012346,"time_utc":"2026-09-05 14:00:41 +0000 UTC"},"Message":{"StandardClassBPositionReport":{"Cog":360,"Latitude":-10.5,"Longitude":-170.25,"Sog":102.3,"UserID":563012346}}}"#;
const PART: &str = r#"{"MessageType":"StaticDataReport","MetaData":{"MMSI":563012346,"time_utc":"2026-09-05 14:00:42 +0000 UTC"},"Message":{"StaticDataReport":{"PartNumber":false,"ReportA":{"Name":"SYNTHETIC TERN","Valid":true},"ReportB":{"CallSign":"","Valid":false},"UserID":563012346}}}"#;

#[test]
fn frames_give_what_sentences_give() {
    let text = [SHIP, POSITION, CLASS_B, PART].join("\n");
    for end in ["", "\n", "\r\n"] {
        let reading = read(format!("{text}{end}").as_bytes());
        assert_eq!(codes(&reading), [""; 0]);
        assert_eq!(reading.messages[0].family, "AIS:AISSTREAM");
        let all = observations(&reading);
        assert_eq!(
            all.iter().map(|o| o.kind).collect::<Vec<_>>(),
            [Kind::VesselArrived, Kind::Position, Kind::Position, Kind::Status]
        );
        assert_eq!(all[0].place.as_ref().unwrap().locode.as_deref(), Some("VNCMT"));
        assert_eq!(all[0].time.unwrap().local.to_string(), "2026-09-08T06:30:00");
        let fix = all[1].fix.as_ref().unwrap();
        assert_eq!((fix.speed_tenths, fix.course_tenths), (Some(85), Some(2483)));
        assert!((fix.latitude() - 30.61).abs() < 2e-6 && (fix.longitude() - 122.07).abs() < 2e-6);
        assert_eq!(
            (all[1].time.unwrap().local.to_string().as_str(), all[1].status.as_deref()),
            ("2026-09-05T14:00:43", Some("5"))
        );
        let vessel = all[1].vessel.as_ref().unwrap();
        assert_eq!(
            (vessel.imo.as_ref().unwrap().as_str(), vessel.name.as_deref()),
            ("9074729", Some("SYNTHETIC IBIS"))
        );
        let class_b = all[2].fix.as_ref().unwrap();
        assert_eq!((class_b.speed_tenths, class_b.course_tenths), (None, None), "102.3 and 360 say none");
        assert_eq!(all[3].vessel.as_ref().unwrap().name.as_deref(), Some("SYNTHETIC TERN"));
    }
}

#[test]
fn what_cannot_be_read_is_told_and_the_rest_is_read() {
    let pretty =
        serde_json::to_string_pretty(&serde_json::from_str::<serde_json::Value>(CLASS_B).unwrap()).unwrap();
    let other = SHIP.replace("ShipStaticData", "SafetyBroadcastMessage");
    let strange = SHIP.replace("ShipStaticData", "SomethingNew");
    let untimed = POSITION.replace("2026-09-05 14:00:43.375540658 +0000 UTC", "yesterday");
    let nowhere = CLASS_B.replace("-10.5", "91").replace("-170.25", "181");
    let cut = &POSITION[..200];
    let empty = r#"{"MessageType":"PositionReport","MetaData":{}}"#;
    let text = [
        POSITION,
        &pretty,
        cut,
        &other,
        &strange,
        &untimed,
        &nowhere,
        empty,
        r#"{"error": "Api Key Is Not Valid"}"#,
    ]
    .join("\n");
    let reading = read(text.as_bytes());
    assert_eq!(observations(&reading).iter().filter(|o| o.kind == Kind::Position).count(), 2);
    assert_eq!(counted(&reading, "AIS-010"), 3, "{:#?}", reading.findings);
    assert_eq!((counted(&reading, "AIS-011"), counted(&reading, "AIS-018")), (1, 1));
    assert_eq!(codes(&reading).iter().filter(|c| *c == "AIS-016").count(), 2, "types 14 and unknown");
}

#[test]
fn other_json_is_not_taken_for_ais() {
    assert_eq!(codes(&read(br#"{"MessageType":"x"}"#)), ["FEED-001"]);
}

#[test]
fn a_frame_without_an_end_costs_itself_and_not_those_after_it() {
    let broken = format!("{}\"x\": {{\n", &POSITION[..60]);
    let long = format!("{{\"MessageType\": \"{}\n", "x".repeat(2 << 20));
    for (middle, code) in [(&broken, "AIS-010"), (&long, "AIS-031")] {
        let reading = read(format!("{SHIP}\n{middle}{POSITION}\n{CLASS_B}\n").as_bytes());
        assert_eq!(observations(&reading).len(), 3, "{code}");
        assert_eq!(codes(&reading), [code]);
    }
}
