//! The simulator's ships: what their AIS tells is where they are and where they go.

use crate::world::{greatest_speed, observations, read, tracks};
use jiff::{SignedDuration, Timestamp};
use sealane_data::observation::Kind;
use sealane_ingest::sim::{AisPoint, AisVoyage, Settings, ais_feed, ais_ships, simulate};
use sealane_ingest::track::nautical_miles;

/// Sails due east at twelve knots and comes back, so that its port is always where it was.
fn place(voyage: &AisVoyage, at: Timestamp) -> AisPoint {
    let ship: f64 = voyage.imo.parse::<f64>().unwrap() % 97.0;
    let (out, back) = (at.duration_since(voyage.departure), voyage.arrival.duration_since(at));
    let sails = voyage.from != voyage.to;
    let hours = if sails { out.min(back).as_secs_f64() / 3600.0 } else { 0.0 };
    let (speed, course) = (if sails { 12.0 } else { 0.0 }, if out < back { 90.0 } else { 270.0 });
    AisPoint { at, latitude: ship / 10.0, longitude: 100.0 + hours * 12.0 / 60.0, speed, course }
}

#[test]
fn the_feed_of_a_world_gives_the_tracks_and_arrivals_of_its_ships() {
    let truth = simulate(&Settings { containers: 40, ..Settings::demo(1) }).truth;
    let from: Timestamp = "2026-09-10T00:00:00Z".parse().unwrap();
    let span = (from, from + SignedDuration::from_hours(24));
    let place = |voyage: &AisVoyage, at| Some(place(voyage, at));
    let frames = ais_feed(&truth, span, SignedDuration::from_mins(2), "sim", &place);
    assert_eq!(frames, ais_feed(&truth, span, SignedDuration::from_mins(2), "sim", &place));
    assert!(frames.len() > 10_000 && frames.windows(2).all(|w| w[0].at <= w[1].at));
    let bytes: Vec<u8> = frames.iter().flat_map(|f| f.bytes.clone()).collect();
    let reading = read(&bytes);
    let ships = ais_ships(&truth);
    let tracks = tracks(&reading);
    assert!(ships.len() > 20 && tracks.len() > 20);
    let (mut points, mut arrivals) = (0, 0);
    for o in observations(&reading) {
        let vessel = o.vessel.as_ref().unwrap();
        let ship =
            ships.values().find(|s| s.mmsi.to_string() == vessel.mmsi.as_ref().unwrap().as_str()).unwrap();
        assert_eq!(vessel.imo.as_ref().map(|i| i.as_str().to_owned()), Some(ship.imo.to_string()));
        if o.kind == Kind::VesselArrived {
            arrivals += 1;
            let known = truth.calls.iter().any(|c| {
                let eta = o.time.unwrap().instant(&jiff::tz::TimeZone::UTC);
                c.ship == ship.name && (c.arrival.as_second() - eta.as_second()).abs() < 60
            });
            assert!(known, "{o:?}");
        }
        points += usize::from(o.kind == Kind::Position);
    }
    assert!(points > 2_000 && arrivals > 5, "{points} {arrivals}");
    assert!(greatest_speed(&tracks) < 60.0);
    let track = tracks
        .values()
        .find(|t| nautical_miles((t[0].1, t[0].2), (t[t.len() - 1].1, t[t.len() - 1].2)) > 100.0);
    assert!(track.is_some(), "some ship sailed");
}
