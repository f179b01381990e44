use super::*;
use proptest::prelude::*;

const fn at(lat: f64, lon: f64) -> Position {
    Position { lat, lon }
}

/// A square of two degrees over the 180th meridian, and one at Greenwich with a notch in its north.
fn rings() -> [Vec<Position>; 2] {
    let pacific = vec![at(-1.0, 179.0), at(-1.0, -179.0), at(1.0, -179.0), at(1.0, 179.0), at(-1.0, 179.0)];
    let notched =
        vec![at(50.0, -1.0), at(50.0, 1.0), at(52.0, 1.0), at(51.0, 0.0), at(52.0, -1.0), at(50.0, -1.0)];
    [pacific, notched]
}

fn areas() -> Areas {
    let rings = rings();
    Areas::new(rings.iter().map(Vec::as_slice))
}

fn held(areas: &Areas, lat: f64, lon: f64) -> Vec<u32> {
    let mut found = Vec::new();
    areas.holding(at(lat, lon), |n| found.push(n));
    found.sort_unstable();
    found
}

#[test]
fn rings_hold_what_is_in_them_also_over_the_180th_meridian() {
    let areas = areas();
    for (lat, lon, expected) in [
        (0.0, 179.5, vec![0]),
        (0.0, -179.5, vec![0]),
        (0.0, 180.0, vec![0]),
        (0.0, -178.9, vec![]),
        (0.0, 0.0, vec![]),
        (50.5, 0.0, vec![1]),
        (51.5, 0.0, vec![]),
        (51.5, 0.9, vec![1]),
    ] {
        assert_eq!(held(&areas, lat, lon), expected, "{lat} {lon}");
    }
}

#[test]
fn a_piece_that_no_end_lies_in_is_seen_to_cross() {
    let areas = areas();
    let stays = |from, to| {
        let mut found = Vec::new();
        areas.crossed(from, to, |n, stays| found.push((n, stays)));
        found
    };
    let [(0, across)] = &stays(at(0.0, 178.0), at(0.0, -178.0))[..] else { panic!("the Pacific square") };
    assert!((across[0][0] - 0.25).abs() < 1e-9 && (across[0][1] - 0.75).abs() < 1e-9, "{across:?}");
    let back = stays(at(0.0, -178.0), at(0.0, 178.0));
    assert!((back[0].1[0][0] - 0.25).abs() < 1e-9 && back.len() == 1, "{back:?}");
    let twice = &stays(at(51.75, -2.0), at(51.75, 2.0))[0].1;
    assert_eq!(twice.len(), 2, "in, out over the notch, and in again: {twice:?}");
    assert!(stays(at(53.0, -2.0), at(53.0, 2.0)).is_empty());
    assert!(stays(at(50.5, 0.0), at(50.5, 0.1)).len() == 1, "one that lies in it is in it");
}

proptest! {
    #[test]
    fn the_bitmap_and_the_tree_find_what_a_look_at_every_ring_finds(
        lat in -3.0..53.0_f64, lon in prop_oneof![-180.0..-177.0_f64, 177.0..180.0_f64, -3.0..3.0_f64]
    ) {
        let areas = areas();
        let held_by = |n: &u32| [-ROUND, 0, ROUND].into_iter().any(|by| {
            let [x, y] = steps([lon, lat]);
            inside(areas.ring(*n), [x + by, y])
        });
        let slow: Vec<u32> = (0..2).filter(held_by).collect();
        prop_assert_eq!(held(&areas, lat, lon), slow);
    }

    #[test]
    fn a_piece_is_in_a_ring_where_its_points_are(
        a in (-3.0..3.0_f64, 177.0..183.0_f64), b in (-3.0..3.0_f64, 177.0..183.0_f64), share in 0.001..0.999_f64
    ) {
        let areas = areas();
        let (from, to) = (at(a.0, turn(a.1)), at(b.0, turn(b.1)));
        let mut stays = Vec::new();
        areas.crossed(from, to, |_, found| stays = found);
        let on = between(from, to, share);
        let edge = stays.iter().flatten().any(|end| (end - share).abs() < 1e-6);
        let within = stays.iter().any(|[from, to]| (*from..=*to).contains(&share));
        prop_assert!(edge || within != held(&areas, on.lat, on.lon).is_empty(), "{:?} {:?}", stays, on);
    }
}
