use super::*;
use proptest::prelude::*;

const START: i64 = 1_788_000_000 / 86_400 * 86_400;

fn point(second: i64, lat: f64, tenths: u16, node: u16) -> Point {
    let mut fix = Fix::new(lat, 103.8).unwrap();
    fix.speed_tenths = Some(tenths);
    let spot = (node > 0).then_some(Spot { node: NodeIx(node), by: By::Area });
    Point::new(Timestamp::from_second(START + second).unwrap(), &fix, spot, 0, 1).unwrap()
}

fn filed(points: &[Point]) -> Vec<Point> {
    let mut track = Track::default();
    for point in points {
        track.add(*point, |_, _| false);
    }
    track.points
}

#[test]
fn of_five_minutes_one_is_kept_and_of_old_hours_the_first_and_the_last() {
    let every_minute: Vec<Point> = (0..3_000).map(|m| point(m * 60, 1.0 + m as f64 / 1e4, 120, 0)).collect();
    let kept = filed(&every_minute);
    // 50 hours: the first day is old, the rest is kept to five minutes.
    let (old, new): (Vec<Point>, Vec<Point>) =
        kept.iter().copied().partition(|p: &Point| p.second() < START + 86_400);
    assert_eq!((old.len(), new.len()), (48, 26 * 12));
    assert!(old.iter().all(|p| p.second() % 3_600 == 0 || p.second() % 3_600 == 55 * 60), "{old:?}");
}

#[test]
fn a_position_that_is_read_again_keeps_its_first_place_in_the_log() {
    let told = |seq: Seq| Point { seq, first: seq, ..point(60, 1.0, 120, 0) };
    for order in [[3, 9, 5], [9, 5, 3], [5, 3, 9]] {
        let kept = filed(&order.map(told));
        assert_eq!(kept.iter().map(|p| (p.first, p.seq)).collect::<Vec<_>>(), [(3, 9)], "{order:?}");
    }
}

#[test]
fn when_a_ship_came_and_left_stays_as_it_was() {
    // It comes at 10:20, lies still until 17:40 and goes.
    let minutes = |from: i64, to: i64| (from..to).step_by(5).map(|m| m * 60);
    let mut day: Vec<Point> = minutes(0, 620).map(|s| point(s, 1.0, 110, 0)).collect();
    day.extend(minutes(620, 1_060).map(|s| point(s, 1.2, 0, 7)));
    day.extend(minutes(1_060, 1_440).map(|s| point(s, 1.3, 90, 0)));
    let mut later = day.clone();
    later.extend((2..6).map(|d| point(d * 86_400, 2.0, 100, 0)));
    let ends = |points: &[Point]| {
        let there: Vec<i64> = points.iter().filter(|p| p.node == 7).map(Point::second).collect();
        let before = points.iter().filter(|p| p.node != 7 && p.second() < there[0]).map(Point::second).max();
        (before.unwrap(), there[0], *there.last().unwrap())
    };
    let (fresh, aged) = (filed(&day), filed(&later));
    assert!(aged.len() < day.len() / 4, "{} of {}", aged.len(), day.len());
    assert_eq!(ends(&fresh), ends(&aged));
}

#[test]
fn one_ship_takes_a_bounded_room_however_long_it_sends() {
    let mut track = Track::default();
    for second in (0..200 * 86_400).step_by(60) {
        track.add(point(second, 1.0 + (second % 977) as f64 / 1e3, 100, 0), |_, _| false);
    }
    assert!(track.points.len() <= 120 * 48 + 2 * 288 + 48, "{}", track.points.len());
    assert!(!track.add(point(0, 1.0, 100, 0), |_, _| false), "it is forgotten");
    assert!(size_of::<Point>() <= 40, "{}", size_of::<Point>());
}

proptest! {
    #[test]
    fn the_order_of_arrival_does_not_matter(
        told in prop::collection::vec((0..12 * 86_400_i64, 0..4_u8, 0..30_u16, 0..3_u16), 1..120),
        shuffle in any::<prop::sample::Index>(),
    ) {
        let points: Vec<Point> =
            told.iter().map(|(s, lat, speed, node)| point(*s, f64::from(*lat), *speed, *node)).collect();
        let mut other = points.clone();
        other.reverse();
        let at = shuffle.index(other.len());
        other.rotate_left(at);
        let mut sorted = points.clone();
        sorted.sort_by_key(Point::order);
        prop_assert_eq!(filed(&points), filed(&other));
        prop_assert_eq!(filed(&points), filed(&sorted));
    }
}
