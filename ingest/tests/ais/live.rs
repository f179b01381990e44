//! The tracker of a live feed: what it keeps, and that reading its lines gives exactly that.

use crate::world::{after, codes, counted, greatest_speed, observations, read, report, sailing, tracks};
use sealane_data::fix::Fix;
use sealane_data::observation::Kind;
use sealane_ingest::sim::{AisShip, ais_static};
use sealane_ingest::track::{Nowhere, Reason, Settings, Tracker};

#[test]
fn kept_lines_are_read_one_by_one_into_what_was_kept() {
    let mut tracker = Tracker::new(Settings::default());
    let ship = AisShip {
        mmsi: 563_012_345,
        imo: 9_074_729,
        call_sign: "QAAY1".into(),
        name: "SYNTHETIC ALBATROSS".into(),
        destination: "VNCMT".into(),
        eta: Some(after(86_400)),
        draught: 120,
    };
    let (mut together, mut apart, mut kept) = (Vec::new(), 0, 0);
    for n in 0..400_i64 {
        let mut frames = vec![report(563_012_345, n * 20, 30.0 + n as f64 / 2000.0, 122.0)];
        if n % 2 == 1 {
            frames.push(report(563_012_345, n * 20, 10.0, 107.0 + n as f64 / 2000.0));
        }
        if n == 0 {
            frames.insert(0, ais_static(&ship, after(0), 1, Some("S1")));
        }
        for frame in frames {
            let lines = tracker.take(&frame, "feed", after(n * 20 + 1), &Nowhere).to_vec();
            // A submission of its own, which remembers nothing of the others.
            apart += observations(&read(&lines)).len();
            kept += usize::from(!lines.is_empty());
            together.extend(lines);
        }
    }
    assert_eq!(u64::try_from(kept).unwrap(), tracker.tally().kept());
    assert_eq!(apart, kept, "line by line");
    let reading = read(&together);
    assert_eq!(observations(&reading).len(), kept, "all at once");
    assert_eq!(codes(&reading), [""; 0], "nothing is doubted twice");
    assert_eq!(reading, read(&together));
    let tracks = tracks(&reading);
    assert_eq!(tracks.keys().collect::<Vec<_>>(), ["563012345", "563012345#1", "563012345#2"]);
    assert!(greatest_speed(&tracks) <= 60.0);
    let first = observations(&reading).into_iter().find(|o| o.kind == Kind::Position).unwrap();
    assert_eq!(first.vessel.as_ref().unwrap().imo.as_ref().unwrap().as_str(), "9074729");
    assert_eq!(tracker.tally().count(Reason::Divided), 1);
    assert_eq!(tracker.ships(), 1);
}

#[test]
fn a_line_without_station_and_time_gets_both_and_says_whose_time_it_is() {
    let mut tracker = Tracker::new(Settings::default());
    let frame = sailing(563_012_345, 47, (30.0, 122.0), (12.0, 90.0), None);
    let lines = tracker.take(&frame, "cai-mep", after(61), &Nowhere).to_vec();
    let text = String::from_utf8(lines.clone()).unwrap();
    // 14:00:47, for the report tells second 47 and came at 14:01:01.
    assert!(text.starts_with("\\s:cai-mep,c:1788616847,t:first0r*"), "{text}");
    let reading = read(&lines);
    assert_eq!(observations(&reading)[0].time.unwrap().local.to_string(), "2026-09-05T14:00:47");
    assert_eq!(codes(&reading), ["AIS-014"]);
    // A sentence that has both keeps them.
    let frame = report(563_012_346, 47, 30.0, 122.0);
    let text = String::from_utf8(tracker.take(&frame, "cai-mep", after(61), &Nowhere).to_vec()).unwrap();
    assert!(text.starts_with("\\s:S1,c:1788616847,t:first0s*"), "{text}");
}

#[test]
fn the_future_is_refused_and_foreign_marks_are_not_believed() {
    let mut tracker = Tracker::new(Settings::default());
    assert_eq!(tracker.take(&report(563_012_345, 300, 30.0, 122.0), "s", after(0), &Nowhere), b"");
    assert_eq!(tracker.tally().count(Reason::Ahead), 1);
    let near = tracker.take(&report(563_012_345, 100, 30.0, 122.0), "s", after(0), &Nowhere).to_vec();
    assert!(!near.is_empty());
    // What a tracker kept comes again as raw input, say through a relay.
    assert_eq!(tracker.take(&near, "s", after(200), &Nowhere), b"");
    assert_eq!(tracker.tally().count(Reason::Duplicate), 1);
}

#[test]
fn areas_are_told_at_once_and_closer() {
    let port = |fix: &Fix| (fix.longitude() > 122.05).then_some(7);
    let mut tracker = Tracker::new(Settings::default());
    let mut times = Vec::new();
    for n in 0..60_i64 {
        let frame = report(563_012_345, n * 20, 30.0, 122.0 + n as f64 / 400.0);
        if !tracker.take(&frame, "s", after(n * 20), &port).is_empty() {
            times.push(n * 20);
        }
    }
    // In at 122.0525, then every 30 seconds, which are 40 with a report every 20.
    assert_eq!(times[..5], [0, 300, 420, 460, 500]);
    assert!(times[2..].windows(2).all(|w| w[1] - w[0] == 40), "{times:?}");
}

#[test]
fn state_is_bounded_and_leaving_is_counted() {
    let mut tracker = Tracker::new(Settings { ships: 100, ..Settings::default() });
    for n in 0..1_000_u32 {
        assert!(!tracker.take(&report(563_000_000 + n, 0, 30.0, 122.0), "s", after(0), &Nowhere).is_empty());
    }
    assert_eq!((tracker.ships(), tracker.tally().count(Reason::Left)), (100, 900));
}

#[test]
fn a_frame_of_json_is_kept_with_its_mark() {
    let frame = br#"{"MessageType":"PositionReport",
      "MetaData":{"MMSI":563012345,"ShipName":"SYNTHETIC IBIS      ","time_utc":"2026-09-05 14:00:00.375540658 +0000 UTC"},
      "Message":{"PositionReport":{"UserID":563012345,"Latitude":30.0,"Longitude":122.0,"Sog":8.5,"Cog":248.3,"Timestamp":42}}}"#;
    let mut tracker = Tracker::new(Settings::default());
    let lines = tracker.take(frame, "s", after(1), &Nowhere).to_vec();
    assert!(lines.starts_with(b"{\"Sealane\":{\"mark\":\"first0s\"},\"MessageType\""));
    assert_eq!(lines.iter().filter(|b| **b == b'\n').count(), 1);
    assert_eq!(tracker.take(frame, "s", after(2), &Nowhere), b"", "once");
    let reading = read(&lines.repeat(3));
    assert_eq!((observations(&reading).len(), counted(&reading, "AIS-019")), (3, 0));
    assert_eq!(tracker.take(&lines, "s", after(1), &Nowhere), b"", "a mark from outside");
    assert_eq!(tracker.tally().count(Reason::Frame), 1);
}

#[test]
fn nothing_is_allocated_for_a_line_that_is_not_kept() {
    let lines: Vec<Vec<u8>> =
        (0..20_000_i64).map(|n| report(563_000_000, n / 100, 30.0, 122.0 + n as f64 / 1e7)).collect();
    let mut tracker = Tracker::new(Settings::default());
    let mut take = |line: &[u8]| tracker.take(line, "s", after(1_000), &Nowhere).len();
    assert!(take(&lines[0]) > 0);
    let used = allocation_counter::measure(|| {
        let kept: usize = lines[1..].iter().map(|line| take(line)).sum();
        assert_eq!(kept, 0);
    });
    assert_eq!(used.count_total, 0);
}
