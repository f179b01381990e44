//! Against pyais 3.3.1 (MIT), which encoded and decoded the table `pyais.ndjson` from random values.

use sealane_ingest::formats::nmea::{Bits, Line, Parts, Spot};
use sealane_ingest::messages::ais::{self, Message, STEPS};
use serde_json::Value;

/// Reads the sentences of one message.
fn message(lines: &[Value]) -> Message {
    let (mut parts, mut bits) = (Parts::default(), Bits::default());
    for line in lines {
        let line = line.as_str().unwrap();
        let Line::Ais(tag, sentence) = Line::read(line.as_bytes()) else { panic!("{line}") };
        let whole = if sentence.total == 1 {
            Some((sentence.payload.to_vec(), sentence.fill))
        } else {
            parts.take(&tag, &sentence, Spot::default()).map(|w| (w.payload.to_vec(), w.fill))
        };
        if let Some((payload, fill)) = whole {
            assert!(bits.fill(&payload, fill), "{line}");
            return ais::read(&bits);
        }
    }
    panic!("not whole: {lines:?}")
}

/// Returns whether a value is told as pyais has it, or not told where AIS says so.
fn alike(ours: Option<u16>, theirs: &Value, none: f64, what: &Value) {
    let theirs = theirs.as_f64().unwrap();
    match ours {
        None => assert!(theirs >= none - 0.01, "{what}"),
        Some(tenths) => assert!((f64::from(tenths) / 10.0 - theirs).abs() < 0.06, "{what}: {tenths}"),
    }
}

fn text(field: &[u8]) -> String {
    String::from_utf8(field.to_vec()).unwrap().trim_end().to_owned()
}

#[test]
fn every_value_is_what_pyais_says() {
    let (mut positions, mut ships, mut others) = (0, 0, 0);
    for line in include_str!("pyais.ndjson").lines() {
        let row: Value = serde_json::from_str(line).unwrap();
        let told = &row["pyais"];
        let kind = told["type"].as_u64().unwrap();
        match message(row["lines"].as_array().unwrap()) {
            Message::Position(p) => {
                positions += 1;
                assert_eq!(u64::from(p.mmsi), told["mmsi"].as_u64().unwrap(), "{row}");
                let (north, east) = p.place.unwrap();
                let near = |steps: i32, degrees: &Value| {
                    (f64::from(steps) / f64::from(STEPS) - degrees.as_f64().unwrap()).abs() < 2e-6
                };
                assert!(near(north, &told["lat"]) && near(east, &told["lon"]), "{row} {p:?}");
                alike(p.speed, &told["speed"], if kind == 27 { 63.0 } else { 102.3 }, &row);
                alike(p.course, &told["course"], 360.0, &row);
                if kind != 27 {
                    assert_eq!(u64::from(p.second), told["second"].as_u64().unwrap(), "{row}");
                }
                let status = told["status"].as_u64().filter(|s| *s < 15);
                assert_eq!(p.status.map(u64::from), status, "{row}");
                assert_eq!(p.name.map(|n| text(&n)).as_deref(), told["shipname"].as_str(), "{row}");
            }
            Message::Static(s) => {
                ships += 1;
                assert_eq!(u64::from(s.mmsi), told["mmsi"].as_u64().unwrap(), "{row}");
                assert_eq!(u64::from(s.imo), told["imo"].as_u64().unwrap_or(0), "{row}");
                for (ours, theirs) in [
                    (text(&s.call_sign), "callsign"),
                    (text(&s.name), "shipname"),
                    (text(&s.destination), "destination"),
                ] {
                    assert_eq!(ours, told[theirs].as_str().unwrap_or_default().trim_end(), "{row}");
                }
                let field =
                    |name: &str, none: u64| u8::try_from(told[name].as_u64().unwrap_or(none)).unwrap();
                let eta = [field("month", 0), field("day", 0), field("hour", 24), field("minute", 60)];
                assert_eq!(s.eta, ais::Eta::told(eta), "{row}");
            }
            Message::Clock(at) => {
                others += 1;
                let theirs: jiff::Timestamp = told["time"].as_str().unwrap().parse().unwrap();
                assert_eq!(at, Some(theirs.as_millisecond()));
            }
            Message::Unread(unread) => {
                others += 1;
                assert_eq!(u64::from(unread), kind);
            }
            Message::Short => panic!("{row}"),
        }
    }
    assert_eq!((positions, ships, others), (31, 10, 4));
}
