use super::*;
use proptest::prelude::*;

const fn at(lat: f64, lon: f64) -> Position {
    Position { lat, lon }
}

fn drawn(line: &[Position]) -> String {
    serde_json::to_value(line_geometry(line)).unwrap().to_string()
}

#[test]
fn a_line_on_one_side_is_a_line_string_with_six_decimals() {
    let text = drawn(&[at(10.123_456_78, 107.000_000_4), at(-0.000_000_1, 108.0)]);
    assert_eq!(text, r#"{"coordinates":[[107.0,10.123457],[108.0,0.0]],"type":"LineString"}"#);
}

#[test]
fn over_the_180th_meridian_a_line_is_two_with_one_latitude() {
    let text = drawn(&[at(0.0, 170.0), at(0.0, -170.0)]);
    assert_eq!(
        text,
        r#"{"coordinates":[[[170.0,0.0],[180.0,0.0]],[[-180.0,0.0],[-170.0,0.0]]],"type":"MultiLineString"}"#
    );
}

#[test]
fn the_crossing_lies_on_the_great_circle() {
    let parts = split_antimeridian(&[at(40.0, 170.0), at(40.0, -170.0)]);
    let lat = parts[0][1].lat;
    assert!(lat > 40.4 && lat < 40.5, "{lat}: a straight line would cross at 40");
    assert_eq!((parts[0][1].lon, parts[1][0].lon, parts[1][0].lat), (180.0, -180.0, lat));
}

#[test]
fn a_corner_on_the_meridian_makes_no_part_of_one_position() {
    for middle in [180.0, -180.0] {
        let parts = split_antimeridian(&[at(10.0, 179.0), at(10.5, middle), at(11.0, -179.0)]);
        assert_eq!(parts.iter().map(Vec::len).collect::<Vec<_>>(), [2, 2], "{middle}");
    }
    assert_eq!(split_antimeridian(&[at(10.0, 179.0), at(10.5, -180.0)]).len(), 1);
    assert_eq!(
        split_antimeridian(&[at(10.0, 190.0), at(10.0, 191.0)]),
        [[at(10.0, -170.0), at(10.0, -169.0)]]
    );
}

#[test]
fn short_lines_are_never_line_strings_of_one_position() {
    assert_eq!(drawn(&[]), r#"{"coordinates":[],"type":"MultiLineString"}"#);
    assert_eq!(drawn(&[at(1.0, 2.0)]), r#"{"coordinates":[2.0,1.0],"type":"Point"}"#);
    let still = r#"{"coordinates":[[2.0,1.0],[2.0,1.0]],"type":"LineString"}"#;
    assert_eq!(drawn(&[at(1.0, 2.0), at(1.0, 2.0)]), still);
    assert_eq!(drawn(&[at(1.0, 2.0), at(1.0, 2.000_000_01)]), still);
}

#[test]
fn a_box_over_the_meridian_has_west_greater_than_east() {
    let line = [at(-20.0, 177.0), at(-16.0, -178.0)];
    assert_eq!(bbox([&line[..]]), Some([177.0, -20.0, -178.0, -16.0]));
}

#[test]
fn a_box_around_points_is_the_smallest() {
    let points = [[at(1.0, 103.0)], [at(35.0, 139.0)], [at(-36.0, 174.0)]];
    assert_eq!(bbox(points.iter().map(|p| &p[..])), Some([103.0, -36.0, 174.0, 35.0]));
    let points = [[at(35.0, 139.0)], [at(33.0, -118.0)]];
    assert_eq!(bbox(points.iter().map(|p| &p[..])), Some([139.0, 33.0, -118.0, 35.0]));
    assert_eq!(bbox([&[at(5.0, 6.0)][..]]), Some([6.0, 5.0, 6.0, 5.0]));
    assert_eq!(bbox([]), None);
    assert_eq!(bbox([&[][..]]), None);
}

#[test]
fn a_box_around_the_whole_earth_is_the_whole_earth() {
    let round = [at(0.0, 0.0), at(0.0, 120.0), at(0.0, -120.0), at(0.0, 0.0)];
    assert_eq!(bbox([&round[..]]), Some([-180.0, 0.0, 180.0, 0.0]));
}

fn lines() -> impl Strategy<Value = Vec<Position>> {
    prop::collection::vec((-80.0..80.0_f64, -180.0..=180.0_f64).prop_map(|(lat, lon)| at(lat, lon)), 2..12)
}

#[test]
fn an_unwrapped_line_runs_on_over_the_180th_meridian() {
    let line = [at(30.0, 170.0), at(40.0, -179.0), at(45.0, -125.0)];
    let GeometryValue::LineString { coordinates } = unwrapped_geometry(&line).value else { panic!("a line") };
    let lons: Vec<f64> = coordinates.iter().map(|p| p[0]).collect();
    assert_eq!(lons, [170.0, 181.0, 235.0]);
}

proptest! {
    #[test]
    fn parts_have_two_positions_and_never_jump(line in lines()) {
        let parts = split_antimeridian(&line);
        prop_assert!(!parts.is_empty());
        for part in &parts {
            prop_assert!(part.len() >= 2);
            prop_assert!(part.windows(2).all(|pair| (pair[0].lon - pair[1].lon).abs() <= 180.0));
            prop_assert!(part.iter().all(|p| p.lon.abs() <= 180.0 && p.lat.abs() <= 90.0));
        }
        for pair in parts.windows(2) {
            let (end, start) = (pair[0][pair[0].len() - 1], pair[1][0]);
            prop_assert_eq!((end.lat, end.lon), (start.lat, -start.lon));
        }
    }

    #[test]
    fn the_box_holds_every_position(line in lines()) {
        let [west, south, east, north] = bbox([&line[..]]).unwrap();
        for p in &line {
            let held = if west <= east { west - 1e-6 <= p.lon && p.lon <= east + 1e-6 } else { p.lon >= west - 1e-6 || p.lon <= east + 1e-6 };
            prop_assert!(held || (p.lon.abs() - 180.0).abs() < 1e-6, "{:?} not in {west} {east}", p);
            prop_assert!(south - 1e-6 <= p.lat && p.lat <= north + 1e-6);
        }
    }

    #[test]
    fn quantising_twice_changes_nothing(lat in -90.0..90.0_f64, lon in -540.0..540.0_f64) {
        let [x, y] = quantise(at(lat, lon));
        prop_assert_eq!(quantise(at(y, x)).map(f64::to_bits), [x, y].map(f64::to_bits));
    }
}
