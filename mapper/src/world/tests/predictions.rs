//! Predictions: reckoned, published, remembered, and compared with what happened.

use super::positions::{believed, slower, under_way};
use super::*;
use crate::route::HorizonError;
use jiff::SignedDuration;
use sealane_data::prediction::{GroundKind, Predicted, Prediction};

const NOW: &str = "2026-09-05T16:00:00Z";

fn scheduled(at: &str, classifier: Classifier) -> Made {
    message("carrier", "IFTSAI", vec![by_ship(said(Kind::VesselArrived, classifier, "SG-SIN", at))])
}

fn told(extra: &[Made]) -> World {
    let mut world = world(&believed());
    tell(&mut world, &under_way());
    tell(&mut world, extra);
    world
}

fn publish(world: &mut World, made: &str, stops: Vec<Prediction>) {
    let told = Predicted { made: at(made), stops };
    let changes = world.apply(&[recorded(world.seq() + 1, "operator", Entry::Predicted(Box::new(told)))]);
    assert_eq!(changes.len(), 1, "routes that show the ship's arrival are made anew");
}

fn kinds(prediction: &Prediction) -> Vec<GroundKind> {
    prediction.grounds.iter().map(|g| g.kind).collect()
}

#[test]
fn the_next_stop_is_predicted_from_progress_and_schedule() {
    let world = told(&[scheduled("2026-09-06T10:00:00Z", Classifier::Planned)]);
    let [stop] = &world.reckoned(at(NOW))[..] else { panic!() };
    assert_eq!((&*stop.ship, &*stop.node.0), (SHIP, "SG-SIN"));
    assert_eq!(kinds(stop), [GroundKind::Progress, GroundKind::Schedule]);
    // Some 75 nm are left at 12 knots, and the schedule is later.
    let hours = stop.eta.unwrap().duration_since(at(NOW)).as_secs_f64() / 3_600.0;
    assert!((5.5..8.5).contains(&hours), "{hours} {stop:?}");
    assert!(stop.earliest < stop.eta && stop.eta < stop.latest);
}

#[test]
fn where_nobody_told_of_a_call_the_boxes_on_board_say_where_the_ship_goes() {
    let [stop] = &told(&[]).reckoned(at(NOW))[..] else { panic!() };
    assert_eq!((&*stop.node.0, kinds(stop)), ("SG-SIN", vec![GroundKind::Progress]));
}

#[test]
fn a_schedule_that_passed_is_overdue_and_its_arrival_is_not_ahead() {
    let world = told(&[scheduled("2026-09-05T12:00:00Z", Classifier::Estimated)]);
    let [stop] = &world.reckoned(at(NOW))[..] else { panic!() };
    assert_eq!(
        (kinds(stop), stop.overdue_since),
        (vec![GroundKind::Progress], Some(at("2026-09-05T12:00:00Z")))
    );
    assert!(stop.eta > Some(at(NOW)));
    // Two days later its position tells nothing any more: nothing is ahead, and it is overdue.
    let [stop] = &world.reckoned(at("2026-09-07T16:00:00Z"))[..] else { panic!() };
    assert_eq!((stop.eta, stop.overdue_since.is_some()), (None, true));
}

#[test]
fn what_the_crew_typed_never_leads() {
    let mut typed = scheduled("2026-09-05T19:00:00Z", Classifier::Estimated);
    typed.party = "ais";
    typed.said[0].status = Some(sealane_data::observation::DECLARED_BY_CREW.into());
    let typed = typed.written("2026-09-05T15:00:00Z");
    let carrier = scheduled("2026-09-06T10:00:00Z", Classifier::Planned).written("2026-08-01T00:00:00Z");
    for both in [vec![typed.clone(), carrier.clone()], vec![carrier, typed.clone()]] {
        let world = told(&both);
        let call = world.calls().into_iter().find(|c| &*c.node.0 == "SG-SIN").unwrap();
        assert_eq!(call.arrival.unwrap().at, at("2026-09-06T10:00:00Z"), "a plan leads over it");
        let words = world.call_witnesses(&call.id, None).unwrap();
        assert!(words.iter().any(|w| w.basis == crate::route::Basis::Declared && !w.leads), "{words:?}");
    }
    let alone = told(&[typed]);
    let call = alone.calls().into_iter().find(|c| &*c.node.0 == "SG-SIN").unwrap();
    assert_eq!(call.arrival.unwrap().basis, crate::route::Basis::Declared);
}

#[test]
fn only_what_moved_by_a_quarter_of_an_hour_is_published_again() {
    let mut world = told(&[]);
    let first = world.predictions(at(NOW));
    assert_eq!(first.len(), 1);
    publish(&mut world, NOW, first);
    assert_eq!(world.predictions(at("2026-09-05T16:05:00Z")), []);
    let slower = slower();
    tell(&mut world, &slower);
    let second = world.predictions(at("2026-09-05T20:00:00Z"));
    assert_eq!(second.len(), 1, "it made four knots since");
    publish(&mut world, "2026-09-05T20:00:00Z", second);
    let all = world.published(SHIP, "SG-SIN");
    assert_eq!(all.len(), 2);
    assert!(all[0].made < all[1].made && all[0].prediction.eta < all[1].prediction.eta);
}

#[test]
fn a_route_holds_what_was_published_until_the_ship_arrives() {
    let mut world = told(&[]);
    let first = world.predictions(at(NOW));
    publish(&mut world, NOW, first.clone());
    let leg = |world: &World| world.route(&[journey(world)]).legs[0].clone();
    assert_eq!(leg(&world).expected.unwrap().prediction, first[0]);
    tell(&mut world, &[scheduled("2026-09-05T22:00:00Z", Classifier::Actual)]);
    assert_eq!(leg(&world).expected, None);
    assert_eq!(world.predictions(at("2026-09-05T23:00:00Z")), [], "nor is it predicted any more");
}

#[test]
fn errors_are_told_by_horizon() {
    let mut world = told(&[]);
    for (made, eta) in [
        ("2026-09-05T07:00:00Z", "2026-09-05T20:00:00Z"),
        ("2026-09-05T18:00:00Z", "2026-09-05T23:00:00Z"),
        ("2026-09-05T21:00:00Z", "2026-09-05T22:10:00Z"),
    ] {
        let around = |hours| at(eta).checked_add(SignedDuration::from_hours(hours)).ok();
        let none = Prediction::none(SHIP.into(), sealane_data::node::NodeId("SG-SIN".into()), at(eta));
        let stop = Prediction { eta: Some(at(eta)), earliest: around(-1), latest: around(1), ..none };
        publish(&mut world, made, vec![stop]);
    }
    assert_eq!(world.prediction_errors(), [], "nothing is known before it arrives");
    tell(&mut world, &[scheduled("2026-09-05T22:00:00Z", Classifier::Actual)]);
    let errors = world.prediction_errors();
    let rows: Vec<_> = errors.iter().map(|e| (e.hours, e.count)).collect();
    assert_eq!(rows, [(Some(6), 2), (Some(24), 1)]);
    let HorizonError { mean, bias, within, .. } = errors[0];
    assert_eq!((mean, bias, within), (35.0, 35.0, 1.0));
    assert_eq!((errors[1].mean, errors[1].bias, errors[1].within), (120.0, -120.0, 0.0));
}

#[test]
fn the_error_of_a_later_call_is_not_told_of_the_next_one() {
    let mut world = told(&[]);
    let none = Prediction::none(SHIP.into(), sealane_data::node::NodeId("SG-SIN".into()), at(NOW));
    // The ship comes again in three weeks, which was predicted before it came for the first time.
    let stop = Prediction { eta: Some(at("2026-09-27T04:00:00Z")), ..none };
    publish(&mut world, "2026-09-05T07:00:00Z", vec![stop]);
    tell(&mut world, &[scheduled("2026-09-05T22:00:00Z", Classifier::Actual)]);
    assert_eq!(world.prediction_errors(), []);
    tell(&mut world, &[scheduled("2026-09-27T05:00:00Z", Classifier::Actual)]);
    let errors = world.prediction_errors();
    assert_eq!((errors.len(), errors[0].count, errors[0].mean), (1, 1, 60.0));
}

#[test]
fn an_older_part_of_the_log_knows_what_was_expected_then() {
    let mut world = told(&[]);
    let before = world.seq();
    let now = world.predictions(at(NOW));
    publish(&mut world, NOW, now);
    let then = told(&[]);
    assert_eq!((then.seq(), then.prediction(SHIP, "SG-SIN")), (before, None));
    assert!(world.prediction(SHIP, "SG-SIN").is_some_and(|p| p.seq > before));
}
