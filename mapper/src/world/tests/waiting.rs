//! What should have happened, and until when a container costs nothing.

use super::*;
use crate::coverage::{Because, Coverage, Span};
use crate::route::FreeTimeBasis;
use jiff::civil::date;

fn covered(since: &str) -> Coverage {
    let span = Span { nodes: vec!["MY-PKG".into()], since: at(since), ..Span::default() };
    Coverage { spans: vec![span] }
}

fn planned_gate_in() -> Vec<Made> {
    let plan = of_box(said(Kind::GateIn, Classifier::Planned, "MY-WESTPORTS", "2026-09-04T02:00:00Z"));
    vec![message("carrier", "COPINO", vec![plan])]
}

fn missing(messages: &[Made], coverage: &Coverage, now: &str) -> Vec<(Kind, bool)> {
    let mut world = world(&[]);
    tell(&mut world, messages);
    let absent = world.absent(&journey(&world), coverage, at(now));
    absent.iter().map(|a| (a.kind, matches!(a.because, Because::ShipLeft(_)))).collect()
}

#[test]
fn what_was_planned_is_missing_only_where_a_feed_would_have_told() {
    let plan = planned_gate_in();
    let now = "2026-09-05T03:00:00Z";
    let live = covered("2026-08-01T00:00:00Z");
    assert_eq!(missing(&plan, &live, now), [(Kind::GateIn, false)]);
    assert_eq!(missing(&plan, &live, "2026-09-05T01:00:00Z"), [], "it is not due");
    assert_eq!(missing(&plan, &Coverage::default(), now), [], "nobody would tell");
    assert_eq!(missing(&plan, &covered("2026-09-04T01:00:00Z"), now), [], "the feed is too young");
    let mut holed = live.clone();
    holed.spans[0].gaps.push((at("2026-09-04T05:00:00Z"), at("2026-09-04T06:00:00Z")));
    assert_eq!(missing(&plan, &holed, now), [], "it may have been told in the gap");
    let mut done = plan;
    let early = of_box(said(Kind::GateIn, Classifier::Actual, "MY-WESTPORTS", "2026-09-03T02:00:00Z"));
    done.push(message("terminal", "CODECO", vec![early]));
    assert_eq!(missing(&done, &live, now), []);
}

#[test]
fn who_is_not_discharged_when_the_ship_has_left_is_missing() {
    let loaded = by_ship(of_box(said(Kind::Loaded, Classifier::Actual, "SG-SIN", "2026-09-01T00:00:00Z")));
    let left = |at| by_ship(said(Kind::VesselDeparted, Classifier::Actual, "MY-WESTPORTS", at));
    let mut all = vec![
        message("terminal", "COARRI", vec![bound_for(loaded, "MY-WESTPORTS")]),
        message("carrier", "VESDEP", vec![left("2026-09-03T00:00:00Z")]),
    ];
    let live = covered("2026-08-01T00:00:00Z");
    assert_eq!(missing(&all, &live, "2026-09-04T01:00:00Z"), [(Kind::Discharged, true)]);
    let lifted =
        by_ship(of_box(said(Kind::Discharged, Classifier::Actual, "MY-WESTPORTS", "2026-09-02T20:00:00Z")));
    all.push(message("terminal", "COARRI", vec![lifted]));
    assert_eq!(missing(&all, &live, "2026-09-04T01:00:00Z"), []);
}

#[test]
fn an_overdue_call_is_absent_where_a_feed_tells_of_calls() {
    let planned =
        by_ship(said(Kind::VesselArrived, Classifier::Planned, "MY-WESTPORTS", "2026-09-03T00:00:00Z"));
    let mut world = world(&[]);
    tell(&mut world, &[message("carrier", "IFTSAI", vec![planned])]);
    let absent = |now| world.absent_calls(&covered("2026-08-01T00:00:00Z"), at(now)).len();
    assert_eq!((absent("2026-09-03T23:00:00Z"), absent("2026-09-04T01:00:00Z")), (0, 1));
    assert_eq!(world.absent_calls(&Coverage::default(), at("2026-09-04T01:00:00Z")), []);
}

fn discharged() -> Made {
    // 23:30 on the third in Malaysia.
    let lifted =
        by_ship(of_box(said(Kind::Discharged, Classifier::Actual, "MY-WESTPORTS", "2026-09-03T15:30:00Z")));
    message("carrier", "COARRI", vec![lifted])
}

fn carrier(days: &[(&str, u16)]) -> Partner {
    let free_days = days.iter().map(|(node, days)| (Text::from(*node), *days)).collect();
    Partner { free_days, ..partner("carrier", &[], &[]) }
}

#[test]
fn the_last_free_day_is_told_or_reckoned_from_the_carriers_days() {
    let day = |partners: &[Partner], messages: &[Made]| {
        let mut world = world(partners);
        tell(&mut world, messages);
        world.last_free_day(&journey(&world)).map(|f| (f.day, matches!(f.basis, FreeTimeBasis::Told { .. })))
    };
    assert_eq!(day(&[], &[discharged()]), None);
    assert_eq!(day(&[carrier(&[("*", 5)])], &[discharged()]), Some((date(2026, 9, 8), false)));
    let days = [carrier(&[("*", 5), ("MY-PKG", 7), ("SG-SIN", 9)])];
    assert_eq!(day(&days, &[discharged()]), Some((date(2026, 9, 10), false)), "the port's own");
    let free =
        of_box(said(Kind::AvailableForPickUp, Classifier::Actual, "MY-WESTPORTS", "2026-09-04T04:00:00Z"));
    let free = message("terminal", "TIC", vec![free]);
    assert_eq!(day(&days, &[discharged(), free.clone()]), Some((date(2026, 9, 11), false)));
    let ends = |at, written| {
        let told = of_box(said(Kind::FreeTimeEnds, Classifier::Actual, "MY-WESTPORTS", at));
        message("community", "PCS", vec![told]).written(written)
    };
    let first = ends("2026-09-14T04:00:00Z", "2026-09-04T00:00:00Z");
    let second = ends("2026-09-06T04:00:00Z", "2026-09-05T00:00:00Z");
    let all = [discharged(), free, first, second];
    assert_eq!(day(&days, &all), Some((date(2026, 9, 6), true)), "the newest word");
    let mut turned = all.to_vec();
    turned.reverse();
    assert_eq!(day(&days, &turned), Some((date(2026, 9, 6), true)));
}

#[test]
fn a_hold_or_a_free_day_is_no_stop_of_the_goods() {
    let held = of_box(said(Kind::Held, Classifier::Actual, "SG-SIN", "2026-09-04T00:00:00Z"));
    let mut world = world(&[]);
    tell(&mut world, &[discharged(), message("carrier", "PCS", vec![held])]);
    let stops: Vec<_> = world.route(&[journey(&world)]).stops.iter().map(|s| s.node.to_string()).collect();
    assert_eq!(stops, ["MY-WESTPORTS"]);
}
