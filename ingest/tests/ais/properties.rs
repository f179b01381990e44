//! Properties: any bytes, any portions, any interleaving of ships, and no track faster than its gate.

use crate::world::{after, greatest_speed, observations, read, sailing, tracks};
use proptest::prelude::*;
use sealane_data::partner::Partner;
use sealane_ingest::sim::{AisPoint, ais_position};
use sealane_ingest::track::{Nowhere, Settings, Tracker};
use sealane_ingest::{Item, ReadContext, Reading, read_stream};
use std::ops::ControlFlow;

/// A report of a random walk with jumps: ship, seconds since the last one, step, jump, course.
type Step = (u8, i64, (f64, f64), u8, f64);

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = (0..4_u8, -30..900_i64, (-0.05..0.05, -0.05..0.05), 0..24_u8, 0.0..360.0);
    prop::collection::vec(step, 1..200)
}

/// Writes the reports of a walk: some ships jump between places, as shared identities and wrong fixes do.
fn walk(steps: &[Step]) -> Vec<(u32, i64, Vec<u8>)> {
    let mut ships = [(30.0, 122.0, 0_i64); 4];
    steps
        .iter()
        .map(|(ship, seconds, (north, east), jump, course)| {
            let at = &mut ships[usize::from(*ship)];
            *at = (at.0 + north, at.1 + east, (at.2 + seconds).max(0));
            let (north, east) = match jump {
                0..4 => (10.0, 107.0),
                4 => (-33.0, 151.0),
                _ => (at.0, at.1),
            };
            let mmsi = 563_000_000 + u32::from(*ship);
            (mmsi, at.2, sailing(mmsi, at.2, (north, east), (12.0, *course), Some("S1")))
        })
        .collect()
}

/// Reads in portions through the streaming door.
fn streamed(bytes: &[u8], portion: usize) -> Reading {
    struct Slow<'a>(&'a [u8], usize);
    impl std::io::Read for Slow<'_> {
        fn read(&mut self, to: &mut [u8]) -> std::io::Result<usize> {
            let n = self.0.len().min(self.1).min(to.len());
            to[..n].copy_from_slice(&self.0[..n]);
            self.0 = &self.0[n..];
            Ok(n)
        }
    }
    let partner = Partner::operator();
    let mut reading = Reading::default();
    let totals =
        read_stream(Slow(bytes, portion), ReadContext { partner: &partner, wants_ack: false }, &mut |item| {
            match item {
                Item::Message(m) => reading.messages.push(m),
                Item::Finding(f) => reading.findings.push(f),
                Item::Interchange(i) => reading.interchanges.push(i),
            }
            ControlFlow::Continue(())
        })
        .unwrap();
    assert_eq!(totals.blank + totals.service + totals.message + totals.skipped, bytes.len() as u64);
    reading
}

/// Pieces of lines, so that what is made of them is nearly right.
fn piece() -> impl Strategy<Value = Vec<u8>> {
    let good = sailing(563_012_345, 7, (30.0, 122.0), (12.0, 90.0), Some("S1"));
    let parts = [
        "!AIVDM,1,1,,A,",
        "!BSVDO,2,1,3,B,",
        "!AIVDM,2,2,3,B,",
        ",0*00\r\n",
        "15N4cJ005Jrek0H@9nDW5608EP",
        "\\g:1-2-7,s:x*00\\",
        "\\",
        "$PGHP,1,2026,9,5,14,20,1,10*00\n",
        "{\"MessageType\":\"PositionReport\",\"MetaData\":{",
        "}\n",
        "\n",
        "#",
        "foo",
        ",,,,,*",
        "\u{1}",
    ];
    prop_oneof![
        8 => prop::sample::select(parts.map(|p| p.as_bytes().to_vec()).to_vec()),
        3 => Just(good),
        1 => prop::collection::vec(any::<u8>(), 0..12),
    ]
}

proptest! {
    #[test]
    fn no_track_is_faster_than_its_gate(steps in steps()) {
        let all: Vec<u8> = walk(&steps).into_iter().flat_map(|(_, _, line)| line).collect();
        let tracks = tracks(&read(&all));
        prop_assert!(greatest_speed(&tracks) <= 60.5, "{} {tracks:?}", greatest_speed(&tracks));
        for track in tracks.values() {
            prop_assert!(track.windows(2).all(|w| w[0].0 < w[1].0), "in the order of time");
        }
    }

    #[test]
    fn ships_do_not_disturb_each_other(steps in steps(), seed in any::<u64>()) {
        let lines = walk(&steps);
        let all: Vec<u8> = lines.iter().flat_map(|(_, _, line)| line.clone()).collect();
        // Ship by ship, in an order of ships of its own.
        let mut apart = lines.clone();
        apart.sort_by_key(|(mmsi, _, _)| u64::from(*mmsi).wrapping_mul(seed | 1));
        let apart: Vec<u8> = apart.into_iter().flat_map(|(_, _, line)| line).collect();
        prop_assert_eq!(tracks(&read(&all)), tracks(&read(&apart)));
    }

    #[test]
    fn the_live_way_and_the_whole_file_give_the_same_tracks(steps in steps()) {
        let lines = walk(&steps);
        let mut tracker = Tracker::new(Settings::default());
        let mut kept = Vec::new();
        for (_, _, line) in &lines {
            kept.extend_from_slice(tracker.take(line, "s", after(1_000_000), &Nowhere));
        }
        let all: Vec<u8> = lines.into_iter().flat_map(|(_, _, line)| line).collect();
        let (live, whole) = (read(&kept), read(&all));
        prop_assert_eq!(observations(&live).len() as u64, tracker.tally().kept());
        prop_assert_eq!(tracks(&live), tracks(&whole));
    }

    #[test]
    fn any_bytes_are_accounted_for_in_any_portions(pieces in prop::collection::vec(piece(), 0..60), portion in 1_usize..2_000) {
        let mut bytes = b"!AIVDM,1,1,,B,,0*25\n".to_vec();
        bytes.extend(pieces.concat());
        let whole = read(&bytes);
        prop_assert_eq!(&streamed(&bytes, portion).messages, &whole.messages);
        prop_assert_eq!(&streamed(&bytes, portion).findings, &whole.findings);
        for f in &whole.findings {
            prop_assert!(f.place.byte + u64::from(f.place.len) <= bytes.len() as u64, "{:?}", f);
        }
        let mut tracker = Tracker::new(Settings { ships: 2, ..Settings::default() });
        let kept = tracker.take(&bytes, "any \\ thing", after(0), &Nowhere).to_vec();
        prop_assert!(tracker.ships() <= 2);
        prop_assert_eq!(observations(&read(&kept)).len() as u64, if kept.is_empty() { 0 } else { tracker.tally().kept() });
    }

    #[test]
    fn what_is_encoded_is_decoded(mmsi in 200_000_000..800_000_000_u32, latitude in -89.9..89.9, longitude in -179.9..179.9, speed in 0.0..100.0, course in 0.0..360.0) {
        let point = AisPoint { at: after(0), latitude, longitude, speed, course };
        let reading = read(&ais_position(mmsi, &point, Some("S1")));
        let [told] = &observations(&reading)[..] else { panic!("{:?}", reading.findings) };
        let fix = told.fix.as_ref().unwrap();
        prop_assert!((fix.latitude() - latitude).abs() < 2e-6 && (fix.longitude() - longitude).abs() < 2e-6);
        prop_assert!((fix.speed_knots().unwrap() - speed).abs() < 0.051);
        let turned = (fix.course_degrees().unwrap() - course).abs();
        prop_assert!(turned.min(360.0 - turned) < 0.051);
        prop_assert_eq!(told.vessel.as_ref().unwrap().mmsi.as_ref().unwrap().as_str(), mmsi.to_string());
    }
}
