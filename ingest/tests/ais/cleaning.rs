//! What happens to a file: cleaning, thinning, identities, and a finding for everything that is left out.

use crate::world::{after, codes, counted, greatest_speed, observations, read, report, sailing, tracks};
use sealane_data::observation::{Classifier, Kind};
use sealane_ingest::sim::{AisShip, ais_static};

fn ship(mmsi: u32, imo: u32) -> AisShip {
    AisShip {
        mmsi,
        imo,
        call_sign: "QAAY1".into(),
        name: "SYNTHETIC ALBATROSS".into(),
        destination: "CN SHA>VN CMT".into(),
        eta: Some(after(86_400)),
        draught: 120,
    }
}

#[test]
fn a_ship_under_way_gives_a_point_every_five_minutes_and_at_turns() {
    let mut bytes = Vec::new();
    for n in 0..180_i64 {
        // An hour of a report every 20 seconds; in the middle it turns from east to north.
        let (course, east) = if n < 90 { (90.0, n) } else { (0.0, 90) };
        let north = (n - 90).max(0);
        let at = (30.0 + north as f64 / 900.0, 122.0 + east as f64 / 780.0);
        bytes.extend(sailing(563_012_345, n * 20, at, (12.0, course), Some("S1")));
    }
    let reading = read(&bytes);
    let track = &tracks(&reading)["563012345"];
    let times: Vec<i64> = track.iter().map(|p| p.0 - after(0).as_second()).collect();
    assert_eq!(times, [0, 300, 600, 900, 1200, 1500, 1800, 2100, 2400, 2700, 3000, 3300]);
    assert_eq!(counted(&reading, "AIS-021"), 180 - 12, "a turn that falls on a point is one");
    let mut bytes = Vec::new();
    for (n, course) in [(0, 90.0), (20, 120.0), (40, 120.0), (60, 133.0), (80, 136.0), (100, 120.0)] {
        bytes.extend(sailing(563_012_345, n, (30.0, 122.0 + n as f64 / 1e4), (12.0, course), Some("S1")));
    }
    let turned: Vec<i64> =
        tracks(&read(&bytes))["563012345"].iter().map(|p| p.0 - after(0).as_second()).collect();
    assert_eq!(turned, [0, 40, 80], "15 degrees, not oftener than every 30 seconds");
}

#[test]
fn a_ship_at_rest_gives_a_point_every_half_hour() {
    let bytes: Vec<u8> = (0..240)
        .flat_map(|n| sailing(563_012_345, n * 180, (30.0, 122.0), (0.0, 10.0), Some("S1")))
        .collect();
    assert_eq!(tracks(&read(&bytes))["563012345"].len(), 24, "of twelve hours");
}

#[test]
fn a_single_jump_is_held_and_a_confirmed_one_is_another_track_until_it_can_be_the_ship() {
    let near = |n: i64| report(563_012_345, n * 60, 32.0 + n as f64 / 1000.0, -81.0);
    let far = |n: i64| report(563_012_345, n * 60, 36.9 + n as f64 / 1000.0, -76.3);
    // One wrong position.
    let bytes = [near(0), near(1), far(2), near(3), near(10)].concat();
    let reading = read(&bytes);
    assert_eq!(
        tracks(&reading).into_iter().map(|(k, t)| (k, t.len())).collect::<Vec<_>>(),
        [("563012345".into(), 2)]
    );
    assert_eq!((counted(&reading, "AIS-022"), counted(&reading, "AIS-023")), (1, 0));
    // It stays there: 376 miles away, which take more than six hours.
    let mut bytes = [near(0), near(5)].concat();
    (6..800).step_by(2).for_each(|n| bytes.extend(far(n)));
    let reading = read(&bytes);
    let tracks = tracks(&reading);
    let second = &tracks["563012345#2"];
    assert_eq!((second[0].0 - after(0).as_second()) / 60, 10, "the third report confirms");
    assert_eq!((counted(&reading, "AIS-022"), counted(&reading, "AIS-023")), (2, 2));
    let whole = &tracks["563012345"];
    assert!(whole.len() > 20 && whole[2].0 - whole[1].0 > 6 * 3600, "then it is the ship again");
    assert!(greatest_speed(&tracks) <= 60.0, "{}", greatest_speed(&tracks));
}

#[test]
fn a_shared_mmsi_is_two_tracks_and_never_a_zigzag() {
    let mut bytes = ais_static(&ship(563_012_345, 9_074_729), after(0), 1, Some("S1"));
    for n in 0..120 {
        let (latitude, longitude) = if n % 2 == 0 { (30.0, 122.0) } else { (10.3, 107.0) };
        bytes.extend(report(563_012_345, n * 60, latitude + n as f64 / 2000.0, longitude));
    }
    let reading = read(&bytes);
    let tracks = tracks(&reading);
    assert_eq!(tracks.keys().collect::<Vec<_>>(), ["563012345", "563012345#1", "563012345#2"]);
    assert!(
        tracks["563012345#1"].iter().all(|p| p.1 > 29.0) && tracks["563012345#2"].iter().all(|p| p.1 < 11.0)
    );
    assert!(tracks["563012345#1"].len() > 15 && tracks["563012345#2"].len() > 15);
    assert!(greatest_speed(&tracks) <= 60.0);
    assert_eq!(counted(&reading, "AIS-024"), 1);
    for o in observations(&reading).iter().filter(|o| o.kind == Kind::Position) {
        let vessel = o.vessel.as_ref().unwrap();
        let divided = vessel.mmsi.as_ref().unwrap().as_str().contains('#');
        assert_eq!(vessel.imo.is_none() && vessel.name.is_none(), divided, "nobody knows which is the ship");
    }
}

#[test]
fn static_reports_name_the_ship_and_declare_its_arrival_once() {
    let imo = 9_074_729;
    let mut bytes = Vec::new();
    for n in 0..10 {
        bytes.extend(ais_static(&ship(563_012_345, imo), after(n * 360), 3, Some("S1")));
        bytes.extend(report(563_012_345, n * 360, 30.0 + n as f64 / 100.0, 122.0));
    }
    bytes.extend(ais_static(
        &AisShip { eta: Some(after(-900)), ..ship(563_012_345, imo) },
        after(3600),
        3,
        Some("S1"),
    ));
    bytes.extend(ais_static(&ship(563_012_346, imo + 1), after(3600), 4, Some("S1")));
    let reading = read(&bytes);
    let all = observations(&reading);
    let arrival = all[0];
    assert_eq!((arrival.kind, arrival.classifier), (Kind::VesselArrived, Classifier::Estimated));
    assert_eq!(arrival.status.as_deref(), Some("ais-declared"));
    assert_eq!(arrival.time.unwrap().local.to_string(), "2026-09-06T14:00:00");
    let place = arrival.place.as_ref().unwrap();
    assert_eq!((place.locode.as_deref(), place.name.as_deref()), (Some("VNCMT"), Some("VN CMT")));
    for o in all.iter().take(11) {
        let vessel = o.vessel.as_ref().unwrap();
        assert_eq!(vessel.imo.as_ref().unwrap().as_str(), "9074729");
        assert_eq!(vessel.name.as_deref(), Some("SYNTHETIC ALBATROSS"));
    }
    let past = all[11];
    assert_eq!((past.kind, past.status.as_deref()), (Kind::Status, Some("ais-static")));
    assert!(all[12].vessel.as_ref().unwrap().imo.is_none(), "its check digit is wrong");
    for (code, count) in [("AIS-025", 9), ("AIS-026", 1), ("AIS-029", 1)] {
        assert_eq!(counted(&reading, code), count, "{code}");
    }
}

#[test]
fn another_imo_number_disputes_the_first_for_a_day() {
    let said = |imo, hours: i64| ais_static(&ship(563_012_345, imo), after(hours * 3600), 3, Some("S1"));
    let at = |hours: i64| report(563_012_345, hours * 3600 + 1, 30.0 + hours as f64 / 10.0, 122.0);
    let bytes = [
        said(9_074_729, 0),
        at(0),
        said(9_321_483, 1),
        at(1),
        said(9_074_729, 20),
        at(20),
        said(9_074_729, 30),
        at(30),
    ];
    let reading = read(&bytes.concat());
    let positions = observations(&reading).into_iter().filter(|o| o.kind == Kind::Position);
    let named: Vec<bool> = positions.map(|o| o.vessel.as_ref().unwrap().imo.is_some()).collect();
    assert_eq!(named, [true, false, false, true]);
    assert_eq!(counted(&reading, "AIS-027"), 1);
}

#[test]
fn what_several_receivers_and_old_lines_tell_counts_once() {
    let at = |n: i64, station: &str| {
        sailing(563_012_345, n, (30.0, 122.0 + n as f64 / 1e5), (12.0, 90.0), Some(station))
    };
    let bytes = [at(0, "A"), at(0, "B"), at(0, "C"), at(600, "A"), at(300, "A"), at(600, "B")].concat();
    let reading = read(&bytes);
    assert_eq!(tracks(&reading)["563012345"].len(), 2);
    assert_eq!((counted(&reading, "AIS-019"), counted(&reading, "AIS-020")), (3, 1));
}

#[test]
fn times_come_from_where_they_are_told_and_it_is_said_when_from_nowhere() {
    let sentence = |n: i64| sailing(563_012_345, n, (30.0, 122.0), (12.0, 90.0), None);
    let untimed = read(&sentence(7));
    assert_eq!(codes(&untimed), ["AIS-013"]);
    assert_eq!(observations(&untimed)[0].time, None);
    let gatehouse = "$PGHP,1,2026,9,5,14,20,1,10,338,2,,1,09";
    let sum = gatehouse.bytes().skip(1).fold(0, |s, b| s ^ b);
    let reading = read(&[format!("{gatehouse}*{sum:02X}\r\n").as_bytes(), &sentence(7)].concat());
    assert_eq!(observations(&reading)[0].time.unwrap().local.to_string(), "2026-09-05T14:20:01");
    // Two reports of a base station at 14:20:07, encoded by pyais.
    let base = include_str!("pyais.ndjson").lines().find(|l| l.contains("\"type\": 4")).unwrap();
    let base: serde_json::Value = serde_json::from_str(base).unwrap();
    let base = format!("{}\n", base["lines"][0].as_str().unwrap()).repeat(2);
    let reading = read(&[base.as_bytes(), &sentence(12)].concat());
    assert_eq!(observations(&reading)[0].time.unwrap().local.to_string(), "2026-09-05T14:20:12");
    assert_eq!(codes(&reading), ["AIS-015", "AIS-016"]);
    let far = sailing(563_012_345, 86_400 * 365, (30.0, 122.0), (12.0, 90.0), Some("S1"));
    let reading =
        read(&[report(563_012_345, 0, 30.0, 122.0), far, report(563_012_345, 600, 30.0, 122.01)].concat());
    assert_eq!((observations(&reading).len(), counted(&reading, "AIS-012")), (2, 1));
}

#[test]
fn untimed_files_give_a_point_a_mile_and_hold_jumps() {
    let bytes: Vec<u8> = (0..200_i64)
        .flat_map(|n| {
            let latitude = if n == 100 { 50.0 } else { 30.0 + n as f64 / 600.0 };
            sailing(563_012_345, n, (latitude, 122.0), (12.0, 0.0), None)
        })
        .collect();
    let reading = read(&bytes);
    assert_eq!(observations(&reading).len(), 20, "200 reports over twenty miles");
    assert_eq!(counted(&reading, "AIS-022"), 1);
}

#[test]
fn all_that_is_no_track_is_told_once_with_its_count() {
    let good = String::from_utf8(report(563_012_345, 0, 30.0, 122.0)).unwrap();
    let sentence = &good[good.find('!').unwrap()..];
    let cut = &sentence[..20];
    let wrong = sentence.replace(",A,1", ",A,2");
    let buoy = String::from_utf8(sailing(992_301_234, 0, (30.0, 122.0), (0.0, 0.0), Some("S1"))).unwrap();
    let none = String::from_utf8(sailing(563_012_346, 0, (91.0, 181.0), (0.0, 0.0), Some("S1"))).unwrap();
    let part = String::from_utf8(ais_static(&ship(563_012_345, 0), after(0), 1, None)).unwrap();
    let part = part.lines().next().unwrap();
    let long = "x".repeat(2_000);
    let text = format!(
        "# a log\r\n{good}foobar\n\n$GPGGA,1*00\n{cut}\n{wrong}\\s:X*00\\{sentence}{buoy}{none}{none}{part}\n{long}\n!AIVDM,1,1,,B,,0*25\n"
    );
    let reading = read(text.as_bytes());
    let mut codes = codes(&reading);
    codes.sort_unstable();
    let expected = [
        "AIS-001", "AIS-002", "AIS-003", "AIS-004", "AIS-005", "AIS-006", "AIS-009", "AIS-017", "AIS-018",
        "AIS-019", "AIS-031",
    ];
    assert_eq!(codes, expected, "{:#?}", reading.findings);
    assert_eq!(counted(&reading, "AIS-018"), 2);
    for finding in &reading.findings {
        let at = usize::try_from(finding.place.byte).unwrap();
        assert!(at + finding.place.len as usize <= text.len());
        let line = text[..at].matches('\n').count() + 1;
        assert_eq!(finding.place.line as usize, line, "{finding:?}");
    }
}
