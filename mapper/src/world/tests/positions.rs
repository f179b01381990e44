//! Positions: ships that move, calls that they make, and the way that goods sailed.

use super::*;
use crate::route::{Basis, LegState, Moment};
use crate::sea::SeaNetwork;
use jiff::SignedDuration;
use proptest::prelude::*;
use sealane_data::fact::Certainty;
use sealane_data::node::Position;
use sealane_data::recorded::Reread;

const LEFT: &str = "2026-09-05T06:00:00Z";

/// From a quay of Westports down the strait: to Singapore it is 190 nm.
fn voyage() -> Vec<Position> {
    let network = SeaNetwork::embedded();
    let node = |id: &str| sealane_data::node::NodeId(id.into());
    network.sail_nodes(&node("MY-WESTPORTS"), &node("SG-SIN")).unwrap().line()
}

/// Positions along a line at a speed, at one every ten minutes; each in a message of its own.
fn track(line: &[Position], start: &str, knots: f64, hours: i64) -> Vec<Made> {
    let metres: Vec<f64> = line.windows(2).map(|p| crate::sea::sphere::metres(p[0], p[1])).collect();
    let along = |mut metres_run: f64| {
        for (pair, length) in line.windows(2).zip(&metres) {
            if metres_run <= *length {
                return crate::areas::between(pair[0], pair[1], metres_run / length);
            }
            metres_run -= length;
        }
        *line.last().unwrap()
    };
    let step = |n: i64| {
        let at = at(start) + SignedDuration::from_mins(n * 10);
        let place = along(n as f64 / 6.0 * knots * 1852.0);
        message("ais", "AIS", vec![fix(at, [place.lat, place.lon, knots])])
    };
    (0..hours * 6).map(step).collect()
}

/// Positions at one place.
fn moored(place: [f64; 2], start: &str, hours: i64) -> Vec<Made> {
    let step = |n: i64| {
        let at = at(start) + SignedDuration::from_mins(n * 10);
        message("ais", "AIS", vec![fix(at, [place[0] + (n % 3) as f64 * 1e-5, place[1], 0.1])])
    };
    (0..hours * 6).map(step).collect()
}

const WESTPORTS: [f64; 2] = [2.9281, 101.2931];

fn aboard() -> Made {
    let loaded = said(Kind::Loaded, Classifier::Actual, "MY-WESTPORTS", "2026-09-05T03:00:00Z");
    message("terminal", "COARRI", vec![bound_for(of_box(by_ship(loaded)), "SG-SIN")])
}

/// A ship that lies at Westports for twelve hours, loads the box, and is ten hours on its way.
pub(super) fn under_way() -> Vec<Made> {
    let mut all = moored(WESTPORTS, "2026-09-04T18:00:00Z", 12);
    all.extend(track(&voyage(), LEFT, 12.0, 10));
    all.push(aboard());
    all.push(message("ais", "AIS", vec![named()]));
    all
}

pub(super) fn believed() -> Vec<Partner> {
    vec![partner("ais", &["*"], &[Kind::Position]), partner("terminal", &["MY-WESTPORTS"], &[])]
}

fn told(partners: &[Partner], messages: &[Made]) -> World {
    let mut world = world(partners);
    tell(&mut world, messages);
    world
}

#[test]
fn positions_by_radio_move_the_ship_that_another_message_names() {
    let world = told(&believed(), &under_way());
    let last = world.last_position(SHIP, None).unwrap();
    assert_eq!((last.at, &*last.source.0), (at("2026-09-05T15:50:00Z"), "ais"));
    assert_eq!((last.knots, last.certainty), (Some(12.0), Certainty::Observed));
    assert_eq!(world.vessels().len(), 1, "a ship and its radio are one");
    assert_eq!(world.last_position(SHIP, Some(&PartyId("terminal".into()))), None);
    assert!(world.track(SHIP, at(LEFT), at("2026-09-05T08:00:00Z")).len() > 10);
}

#[test]
fn a_stay_at_a_quay_is_a_call_with_its_berth_and_its_departure() {
    let world = told(&believed(), &under_way());
    let calls = world.calls();
    let [call] = &calls[..] else { panic!("{calls:?}") };
    assert_eq!(&*call.node.0, "MY-WESTPORTS");
    let seen = |at_: &str| {
        Some(Moment {
            at: at(at_),
            classifier: Classifier::Actual,
            certainty: Certainty::Observed,
            basis: Basis::Seen,
        })
    };
    assert_eq!(call.berthed, seen("2026-09-04T18:00:00Z"));
    assert_eq!(call.departure, seen("2026-09-05T06:00:00Z"));
    assert_eq!(call.berths[0].node, call.node);
    let unbelieved = told(&[], &under_way()).calls();
    assert_eq!(unbelieved[0].departure.unwrap().certainty, Certainty::Reported);
}

#[test]
fn who_is_believed_leads_over_positions_and_they_over_strangers() {
    let departs = |party, at| {
        let said = by_ship(said(Kind::VesselDeparted, Classifier::Actual, "MY-WESTPORTS", at));
        message(party, "VESDEP", vec![said])
    };
    let departure = |extra: Made| {
        let mut all = under_way();
        all.push(extra);
        let world = told(&believed(), &all);
        let call = world.calls().remove(0);
        let witnesses = world.call_witnesses(&call.id, None).unwrap();
        let of_kind = witnesses.into_iter().filter(|w| w.kind == Kind::VesselDeparted);
        let words: Vec<_> = of_kind.map(|w| (w.basis, w.leads, w.contradicts)).collect();
        (call.departure.unwrap().at, call.contradicted, words)
    };
    let (led, contradicted, words) = departure(departs("terminal", "2026-09-05T05:40:00Z"));
    assert_eq!((led, contradicted), (at("2026-09-05T05:40:00Z"), false));
    assert_eq!(words, [(Basis::Told, true, false), (Basis::Seen, false, false)]);
    let (led, contradicted, words) = departure(departs("stranger", "2026-09-05T01:00:00Z"));
    assert_eq!((led, contradicted), (at(LEFT), true), "and what the stranger said is kept");
    assert_eq!(words, [(Basis::Told, false, true), (Basis::Seen, true, false)]);
}

#[test]
fn a_ship_that_was_seen_elsewhere_contradicts_whoever_told_its_arrival() {
    let arrives =
        by_ship(said(Kind::VesselArrived, Classifier::Actual, "CN-YANGSHAN-3", "2026-09-05T09:00:00Z"));
    let mut all = under_way();
    all.push(message("carrier", "IFTSAI", vec![arrives]));
    let world = told(&believed(), &all);
    let call = world.calls().into_iter().find(|c| &*c.node.0 == "CN-YANGSHAN-3").unwrap();
    assert!(call.contradicted);
}

#[test]
fn the_sailed_part_of_a_leg_is_observed_and_the_rest_stays_planned() {
    let world = told(&believed(), &under_way());
    let route = world.route(&[journey(&world)]);
    let leg = &route.legs[0];
    let kinds: Vec<Certainty> = leg.pieces.iter().map(|p| p.certainty).collect();
    assert!(kinds.ends_with(&[Certainty::Observed, Certainty::Planned]), "{kinds:?}");
    let progress = leg.progress.as_ref().unwrap();
    assert_eq!((progress.state, progress.seen), (LegState::UnderWay, Some(at("2026-09-05T15:50:00Z"))));
    let miles = |metres: f64| (metres / 1852.0).round();
    let whole = crate::sea::SeaLines::length_nm(&voyage());
    assert!((miles(progress.done) - 118.0).abs() <= 3.0, "{}", miles(progress.done));
    assert!((miles(progress.done + progress.left) - whole).abs() <= 4.0, "{progress:?} of {whole}");
    assert!(!progress.off_route && progress.onward.is_none());
    let observed = leg.pieces.iter().find(|p| p.certainty == Certainty::Observed).unwrap();
    assert!(observed.line.len() < 40, "a straight way needs few corners: {}", observed.line.len());
    assert_eq!(observed.source, Some(PartyId("ais".into())));
    let line = leg.geometry.as_ref().unwrap();
    let ends = [line[0], *line.last().unwrap()];
    let node = |id: &str| world.places().node(world.places().find(id).unwrap()).position;
    assert_eq!(ends, [node("MY-WESTPORTS"), node("SG-SIN")]);
    assert!(leg.pieces.windows(2).all(|p| p[0].line.last() == p[1].line.first()), "they join");
}

#[test]
fn a_gap_is_filled_by_the_network_and_marked_as_inferred() {
    let mut all = moored(WESTPORTS, "2026-09-04T18:00:00Z", 12);
    let whole = track(&voyage(), LEFT, 12.0, 14);
    // Nothing is heard of it for eight hours.
    all.extend(whole[..12].to_vec());
    all.extend(whole[60..].to_vec());
    all.extend([aboard(), message("ais", "AIS", vec![named()])]);
    let world = told(&believed(), &all);
    let route = world.route(&[journey(&world)]);
    let kinds: Vec<Certainty> = route.legs[0].pieces.iter().map(|p| p.certainty).collect();
    assert!(
        kinds.ends_with(&[Certainty::Observed, Certainty::Inferred, Certainty::Observed, Certainty::Planned]),
        "{kinds:?}"
    );
    let network = SeaNetwork::embedded();
    let inferred = &route.legs[0].pieces[kinds.len() - 3].line;
    assert!(inferred.windows(2).all(|p| !network.touches_land(p[0], p[1])));
}

#[test]
fn a_ship_off_its_route_gets_a_way_on_from_where_it_is() {
    let mut all = moored(WESTPORTS, "2026-09-04T18:00:00Z", 12);
    let north = [Position { lat: 2.9, lon: 101.0 }, Position { lat: 5.5, lon: 98.0 }];
    all.extend(track(&north, LEFT, 14.0, 14));
    all.extend([aboard(), message("ais", "AIS", vec![named()])]);
    let world = told(&believed(), &all);
    let route = world.route(&[journey(&world)]);
    let progress = route.legs[0].progress.as_ref().unwrap();
    assert!(progress.off_route && progress.onward.is_some(), "{progress:?}");
    assert!(progress.left > 350.0 * 1852.0, "it has to come back: {}", progress.left / 1852.0);
}

#[test]
fn a_ship_that_calls_elsewhere_first_is_not_off_its_route() {
    let mut all = moored(WESTPORTS, "2026-09-04T18:00:00Z", 12);
    let north = [Position { lat: 2.9, lon: 101.0 }, Position { lat: 5.5, lon: 98.0 }];
    all.extend(track(&north, LEFT, 14.0, 14));
    all.extend([aboard(), message("ais", "AIS", vec![named()])]);
    let calls = |place, at| by_ship(said(Kind::VesselArrived, Classifier::Planned, place, at));
    all.push(message("carrier", "IFTSAI", vec![calls("CN-YANGSHAN-3", "2026-09-08T06:00:00Z")]));
    all.push(message("carrier", "IFTSAI", vec![calls("SG-SIN", "2026-09-14T06:00:00Z")]));
    let world = told(&believed(), &all);
    let route = world.route(&[journey(&world)]);
    let progress = route.legs[0].progress.as_ref().unwrap();
    assert!(!progress.off_route && progress.onward.is_none(), "{progress:?}");
}

#[test]
fn positions_of_a_retracted_message_move_nothing() {
    let mut world = told(&believed(), &under_way());
    let last = world.last_position(SHIP, None).unwrap();
    let reread = Reread { retracted: vec![last.seq], ..Reread::default() };
    let changes = world.apply(&[recorded(world.seq() + 1, "operator", Entry::Reread(Box::new(reread)))]);
    assert_eq!(changes.len(), 1, "its ship changed");
    assert_eq!(world.last_position(SHIP, None).unwrap().at, at("2026-09-05T15:40:00Z"));
}

#[test]
fn a_clock_far_ahead_moves_nothing_and_is_counted() {
    let mut all = under_way();
    all.push(message("ais", "AIS", vec![fix(at("2027-09-05T00:00:00Z"), [1.0, 104.0, 9.0])]));
    let world = told(&believed(), &all);
    assert_eq!(world.last_position(SHIP, None).unwrap().at, at("2026-09-05T15:50:00Z"));
    assert_eq!(world.positions_ahead(), 1);
}

#[test]
fn a_call_that_was_called_off_is_on_no_route() {
    let call = |kind, classifier, at| by_ship(said(kind, classifier, "SG-SIN", at));
    let planned = message(
        "carrier",
        "IFTSAI",
        vec![call(Kind::VesselArrived, Classifier::Planned, "2026-09-08T00:00:00Z")],
    );
    let off =
        message("carrier", "OVS", vec![call(Kind::CallOmitted, Classifier::Actual, "2026-09-08T00:00:00Z")]);
    let again = message(
        "carrier",
        "IFTSAI",
        vec![call(Kind::VesselArrived, Classifier::Planned, "2026-09-09T00:00:00Z")],
    );
    let planned = planned.written("2026-09-01T00:00:00Z");
    let off = off.written("2026-09-02T00:00:00Z");
    let state = |messages: &[&Made]| {
        let mut world = world(&[]);
        tell(&mut world, messages.iter().copied());
        let call = world.calls().remove(0);
        (call.omitted, call.arrival.map(|m| m.at))
    };
    assert_eq!(state(&[&planned, &off]), (true, None));
    assert_eq!(state(&[&off, &planned]), (true, None));
    let again = again.written("2026-09-03T00:00:00Z");
    assert_eq!(state(&[&off, &again, &planned]), (false, Some(at("2026-09-09T00:00:00Z"))));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn the_order_of_arrival_does_not_matter(seed in any::<u64>()) {
        let mut all = under_way();
        all.push(message("carrier", "VESDEP", vec![by_ship(said(Kind::VesselDeparted, Classifier::Actual, "MY-WESTPORTS", "2026-09-05T05:00:00Z"))]));
        // A second receiver hears half of it.
        let heard: Vec<Made> = all.iter().step_by(2).filter(|m| m.party == "ais").cloned().collect();
        all.extend(heard.into_iter().map(|m| Made { party: "other", ..m }));
        let first = told(&believed(), &all);
        let mut state = seed | 1;
        for i in (1..all.len()).rev() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            all.swap(i, usize::try_from(state >> 33).unwrap() % (i + 1));
        }
        let other = told(&believed(), &all);
        let bare = |world: &World| {
            let mut calls = world.calls();
            for call in &mut calls {
                call.seq = 0;
            }
            let mut route = world.route(&[journey(world)]);
            route.seq = 0;
            for event in route.stops.iter_mut().flat_map(|s| &mut s.events) {
                event.seq = 0;
            }
            let last = world.last_position(SHIP, None).map(|f| (f.at, f.position, f.source));
            (calls, route, last)
        };
        prop_assert_eq!(bare(&first), bare(&other));
    }
}

/// The same ship, four knots fast from its last position on.
pub(super) fn slower() -> Vec<Made> {
    let line = voyage();
    let whole = track(&line, LEFT, 12.0, 10);
    let Some(last) = whole.last().and_then(|m| m.said[0].fix.clone()) else { return Vec::new() };
    let here = Position { lat: last.latitude(), lon: last.longitude() };
    let along = crate::along::Along::of(&line, here, 0.0).unwrap();
    let mut rest = vec![here];
    let ahead =
        |p: &Position| crate::along::Along::of(&line, *p, 0.0).is_some_and(|a| a.done > along.done + 1.0);
    rest.extend(line.iter().copied().filter(ahead));
    track(&rest, "2026-09-05T16:00:00Z", 4.0, 4)
}
