use super::*;
use sealane_data::fix::Fix;
use std::sync::Arc;

/// A port with two terminals 1.3 km apart on one quay that runs east, and an anchorage to its south.
const TABLE: &str = r#"
[[node]]
id = "XX-TST"
kind = "port"
name = "Test"
country = "SG"
zone = "Asia/Singapore"
position = { lat = 1.5, lon = 100.0 }
codes = []
area = [{ lat = 1.40, lon = 99.9 }, { lat = 1.40, lon = 100.1 }, { lat = 1.6, lon = 100.1 }, { lat = 1.6, lon = 99.9 }, { lat = 1.40, lon = 99.9 }]
source = "made"

[[node]]
id = "XX-WEST"
kind = "terminal"
name = "West"
parent = "XX-TST"
country = "SG"
zone = "Asia/Singapore"
position = { lat = 1.5, lon = 99.994 }
codes = []
berth_line = [{ lat = 1.5, lon = 99.990 }, { lat = 1.5, lon = 99.998 }]
source = "made"

[[node]]
id = "XX-EAST"
kind = "terminal"
name = "East"
parent = "XX-TST"
country = "SG"
zone = "Asia/Singapore"
position = { lat = 1.5, lon = 100.006 }
codes = []
berth_line = [{ lat = 1.5, lon = 100.002 }, { lat = 1.5, lon = 100.010 }]
source = "made"

[[node]]
id = "XX-ANCHOR"
kind = "anchorage"
name = "South anchorage"
parent = "XX-TST"
country = "SG"
zone = "Asia/Singapore"
position = { lat = 1.30, lon = 100.0 }
codes = []
area = [{ lat = 1.25, lon = 99.95 }, { lat = 1.25, lon = 100.05 }, { lat = 1.35, lon = 100.05 }, { lat = 1.35, lon = 99.95 }, { lat = 1.25, lon = 99.95 }]
source = "made"
"#;

/// A position: minutes since midnight, latitude, longitude, knots.
type Row = (i64, f64, f64, f64);

struct Made {
    points: Vec<Point>,
    index: NodeIndex,
    places: Arc<Places>,
}

fn made(rows: &[Row]) -> Made {
    let places = Arc::new(Places::parse(TABLE).unwrap());
    let index = NodeIndex::new(places.clone());
    let point = |(minute, lat, lon, knots): &Row| {
        let mut fix = Fix::new(*lat, *lon).unwrap();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "knots")]
        let tenths = (knots * 10.0) as u16;
        fix.speed_tenths = Some(tenths);
        let at = midnight(*minute);
        Point::new(at, &fix, index.spot(Position { lat: *lat, lon: *lon }), 0, 1).unwrap()
    };
    Made { points: rows.iter().map(point).collect(), index, places }
}

fn midnight(minute: i64) -> Timestamp {
    Timestamp::from_second(1_788_000_000 / 86_400 * 86_400 + minute * 60).unwrap()
}

impl Made {
    fn watch(&self) -> Watch<'_> {
        Watch { points: &self.points, index: &self.index, places: &self.places }
    }

    /// Each stay as text: port, minutes of arrival (`~` if not sharp), halts, and of departure.
    fn told(&self) -> Vec<String> {
        let id = |node| self.places.node(node).id.to_string();
        let minute = |at: Timestamp| at.duration_since(midnight(0)).as_mins();
        let seen = |s: Seen| format!("{}{}", if s.sharp { "" } else { "~" }, minute(s.at));
        let halt = |h: &Halt| format!("{} {}-{}", id(h.spot.node), minute(h.from), minute(h.until));
        let stay = |s: PortStay| {
            let halts: Vec<String> = s.halts.iter().map(halt).collect();
            let left = s.left.map_or("there".to_owned(), seen);
            format!("{} {} [{}] {left}", id(s.port), seen(s.arrived), halts.join(", "))
        };
        self.watch().stays().into_iter().map(stay).collect()
    }
}

/// A straight way from one place to another at a position every five minutes.
fn sail(rows: &mut Vec<Row>, from: (f64, f64), to: (f64, f64), minutes: i64) {
    let start = rows.last().map_or(0, |last| last.0 + 5);
    let knots = Position { lat: from.0, lon: from.1 };
    let knots = apart(knots, Position { lat: to.0, lon: to.1 }) / 1852.0 / (minutes as f64 / 60.0);
    for step in 0..minutes / 5 {
        let share = step as f64 * 5.0 / minutes as f64;
        rows.push((
            start + step * 5,
            from.0 + (to.0 - from.0) * share,
            from.1 + (to.1 - from.1) * share,
            knots,
        ));
    }
}

/// A stay at a place, with the wander of a receiver.
fn stay(rows: &mut Vec<Row>, at: (f64, f64), minutes: i64, wander: f64) {
    let start = rows.last().map_or(0, |last| last.0 + 5);
    for step in 0..minutes / 5 {
        let off = |n: i64| ((step * n % 7) as f64 / 3.0 - 1.0) * wander;
        rows.push((start + step * 5, at.0 + off(3), at.1 + off(5), 0.2));
    }
}

const SEA: (f64, f64) = (0.5, 100.0);
const WEST: (f64, f64) = (1.4995, 99.994);
const EAST: (f64, f64) = (1.4995, 100.006);
const ANCHOR: (f64, f64) = (1.30, 100.0);

#[test]
fn anchorage_then_berth_then_a_shift_then_out_is_one_stay() {
    let mut rows = Vec::new();
    sail(&mut rows, SEA, ANCHOR, 240);
    stay(&mut rows, ANCHOR, 300, 0.001);
    sail(&mut rows, ANCHOR, WEST, 60);
    stay(&mut rows, WEST, 600, 0.0002);
    sail(&mut rows, WEST, EAST, 20);
    stay(&mut rows, EAST, 300, 0.0002);
    sail(&mut rows, EAST, SEA, 300);
    // It crosses the anchorage's southern edge at 225 minutes of its way of 240.
    let told = made(&rows).told();
    assert_eq!(
        told,
        ["XX-TST 225 [XX-ANCHOR 240-540, XX-WEST 600-1210, XX-EAST 1215-1520] 1520"].map(str::to_owned),
        "{told:?}"
    );
}

#[test]
fn a_receiver_that_wanders_at_the_border_gives_one_stay() {
    // 300 m off the berth line, where one position is at the berth and the next is not.
    for off in [280.0, 300.0, 320.0, 450.0] {
        let mut rows = Vec::new();
        sail(&mut rows, SEA, WEST, 300);
        stay(&mut rows, WEST, 40, 0.0);
        let border = (1.5 - off / 111_195.0, 99.994);
        stay(&mut rows, border, 600, 60.0 / 111_195.0);
        let told = made(&rows).told();
        assert_eq!(told, ["XX-TST 270 [XX-WEST 300-935] there".to_owned()], "{off}");
    }
}

#[test]
fn one_position_far_outside_is_no_departure() {
    let mut rows = Vec::new();
    sail(&mut rows, SEA, WEST, 300);
    stay(&mut rows, WEST, 600, 0.0002);
    let whole = made(&rows).told();
    rows[100].1 = 3.0;
    rows[120].2 = 103.0;
    assert_eq!(made(&rows).told(), whole);
}

#[test]
fn a_ship_that_does_not_stop_makes_no_call_and_is_seen_to_pass() {
    let mut rows = Vec::new();
    sail(&mut rows, (0.5, 100.05), (2.5, 100.05), 480);
    let made = made(&rows);
    assert_eq!(made.told(), Vec::<String>::new());
    let names: Vec<_> =
        made.watch().transits().iter().map(|t| made.places.node(t.node).id.to_string()).collect();
    assert!(names.contains(&"XX-TST".to_owned()), "{names:?}");
}

#[test]
fn a_fast_ship_is_seen_to_cross_an_area_that_no_position_lies_in() {
    // Forty minutes between two positions, and ten of them in the anchorage.
    let east = made(&[(0, 1.10, 100.0, 30.0), (40, 1.39, 100.3, 30.0), (45, 1.4, 100.31, 30.0)]);
    assert_eq!(east.watch().transits(), [], "it passes east of the anchorage");
    let rows = [(0, 1.15, 99.90, 30.0), (40, 1.39, 100.12, 30.0), (80, 1.7, 100.5, 30.0)];
    let made = made(&rows);
    assert!(made.points.iter().all(|p| p.spot().is_none_or(|s| s.by == By::NearPort)));
    let transits = made.watch().transits();
    let [anchorage] = &transits[..] else { panic!("{transits:?}") };
    let minutes = |at: Timestamp| at.duration_since(midnight(0)).as_mins();
    assert_eq!((minutes(anchorage.entered), minutes(anchorage.left)), (16, 27));
    assert!(made.told().is_empty());
}

#[test]
fn a_hole_in_coverage_invents_no_stop() {
    // At the quay's edge at both ends of a hole of ten hours, and sailing.
    let rows = [
        (0, 0.9, 100.0, 12.0),
        (30, 1.4992, 99.994, 4.0),
        (630, 1.4992, 99.9945, 4.0),
        (660, 0.9, 100.0, 12.0),
    ];
    assert_eq!(made(&rows).told(), Vec::<String>::new());
    // Far away at both ends of a hole: whatever was between, nobody saw it.
    let rows = [(0, 0.5, 100.0, 12.0), (1_000, 2.5, 100.0, 12.0), (1_010, 2.52, 100.0, 12.0)];
    assert_eq!(made(&rows).told(), Vec::<String>::new());
    assert_eq!(made(&rows).watch().transits(), []);
}

#[test]
fn an_arrival_within_a_hole_is_not_sharp() {
    let mut rows = vec![(0, 0.5, 100.0, 12.0), (20, 0.52, 100.0, 12.0)];
    rows.push((700, WEST.0, WEST.1, 0.1));
    stay(&mut rows, WEST, 300, 0.0002);
    assert_eq!(made(&rows).told(), ["XX-TST ~700 [XX-WEST 700-1000] there".to_owned()]);
}

#[test]
fn a_ship_that_comes_back_the_next_day_calls_twice() {
    let mut rows = Vec::new();
    for _ in 0..2 {
        sail(&mut rows, SEA, WEST, 300);
        stay(&mut rows, WEST, 300, 0.0002);
        sail(&mut rows, WEST, SEA, 300);
        sail(&mut rows, SEA, (0.0, 97.0), 900);
        sail(&mut rows, (0.0, 97.0), SEA, 900);
    }
    assert_eq!(made(&rows).told().len(), 2);
}
