//! A world that begins from a snapshot reads as the one that heard everything.

use super::positions::{believed, under_way};
use super::*;
use crate::Snapshot;
use sealane_data::feed::FeedId;
use sealane_data::node::NodeId;
use sealane_data::prediction::{Predicted, Prediction};
use sealane_data::recorded::{FeedNote, Reread};

const NOW: &str = "2026-09-05T16:00:00Z";

/// Everything that is filed in some way of its own.
fn log() -> Vec<Recorded> {
    let nowhere = Observation {
        place: Some(Arc::new(DeclaredPlace { name: Some("NEVERLAND".into()), ..DeclaredPlace::default() })),
        ..of_box(said(Kind::GateIn, Classifier::Actual, "MY-WESTPORTS", "2026-09-03T00:00:00Z"))
    };
    let gate = of_box(said(Kind::GateIn, Classifier::Actual, "MY-WESTPORTS", "2026-09-04T00:00:00Z"));
    let call = by_ship(said(Kind::VesselArrived, Classifier::Planned, "SG-SIN", "2026-09-06T10:00:00Z"));
    let mut told = vec![
        message("terminal", "CODECO", vec![gate.clone()]).version("DOC7781", Revision::Original),
        message("stranger", "CODECO", vec![nowhere]),
        message("carrier", "IFTSAI", vec![call]),
    ];
    told.extend(under_way());
    told.push(message("terminal", "CODECO", vec![gate]).version("DOC7781", Revision::Replace));
    let mut log: Vec<Recorded> = Vec::new();
    let next = |log: &Vec<Recorded>| log.last().map_or(1, |r| r.last_seq() + 1);
    for made in &told {
        log.push(made.recorded(next(&log)));
    }
    let stale_since = Some(at("2026-09-05T12:00:00Z"));
    let nodes = vec![NodeId("MY-PKG".into())];
    let silent = FeedNote { feed: FeedId("tos".into()), nodes, stale_since };
    let mut stop = Prediction::none(SHIP.into(), NodeId("SG-SIN".into()), at(NOW));
    stop.eta = Some(at("2026-09-06T00:00:00Z"));
    let predicted = Predicted { made: at(NOW), stops: vec![stop] };
    let position = log.iter().find(|r| &*r.party.0 == "ais").unwrap();
    let again = Reread {
        id: "again_1".into(),
        retracted: vec![position.seq],
        restored: Vec::new(),
        ..Reread::default()
    };
    for entry in [Entry::Feed(silent), Entry::Predicted(Box::new(predicted)), Entry::Reread(Box::new(again))]
    {
        log.push(recorded(next(&log), "operator", entry));
    }
    log
}

/// All that can be asked of a world, as one text.
fn read(world: &World) -> String {
    let key = journey(world);
    let node = world.places().find("MY-WESTPORTS").unwrap();
    let folded = (world.journey(&key), world.route(std::slice::from_ref(&key)), world.calls());
    let ships = (world.vessels(), world.track(SHIP, Timestamp::MIN, Timestamp::MAX), world.reckoned(at(NOW)));
    let published = (world.published(SHIP, "SG-SIN"), world.prediction_errors(), world.stale_since(node));
    let unknown: Vec<_> = world.unknown_places().collect();
    let told = (world.history(BOX), world.witnesses(&key), unknown, world.drift(), world.watched());
    let counts = (world.seq(), world.positions_ahead(), world.months_changed_after(0), world.containers());
    format!("{folded:#?}{ships:#?}{published:#?}{told:#?}{counts:#?}")
}

fn again(world: &World, partners: &[Partner]) -> World {
    let mut bytes = Vec::new();
    world.snapshot().write(&mut bytes).unwrap();
    World::restore(Places::embedded(), partners, Snapshot::read(&bytes[..]).unwrap()).unwrap()
}

#[test]
fn wherever_the_log_is_cut_the_world_is_the_same() {
    let (log, partners) = (log(), believed());
    let mut whole = world(&partners);
    whole.apply(&log);
    let expected = read(&whole);
    assert!(expected.contains("NEVERLAND") && expected.contains("2026-09-05T12:00:00Z"));
    for cut in [0, 1, 2, 3, 20, log.len() - 3, log.len() - 2, log.len() - 1, log.len()] {
        let mut first = world(&partners);
        first.apply(&log[..cut]);
        let mut second = again(&first, &partners);
        second.apply(&log[cut..]);
        assert_eq!(read(&second), expected, "cut after {cut} of {}", log.len());
    }
}

#[test]
fn what_was_taken_does_not_change_with_the_world() {
    let (log, partners) = (log(), believed());
    let mut growing = world(&partners);
    growing.apply(&log[..3]);
    let mut before = Vec::new();
    let kept = growing.snapshot();
    kept.write(&mut before).unwrap();
    growing.apply(&log[3..]);
    let mut after = Vec::new();
    kept.write(&mut after).unwrap();
    assert!(before == after && growing.seq() > kept.seq());
}

#[test]
fn a_snapshot_of_other_profiles_is_refused_and_damage_is_an_error() {
    let partners = believed();
    let mut bytes = Vec::new();
    world(&partners).snapshot().write(&mut bytes).unwrap();
    let kept = Snapshot::read(&bytes[..]).unwrap();
    assert!(World::restore(Places::embedded(), &partners[..1], kept).is_err());
    for cut in 0..bytes.len() {
        assert!(Snapshot::read(&bytes[..cut]).is_err(), "{cut} of {}", bytes.len());
    }
}
