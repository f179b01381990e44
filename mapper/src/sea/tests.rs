use super::*;

#[test]
fn the_shipped_ways_are_valid() {
    let places = Places::embedded();
    SeaWays::parse(include_str!("../../../data/reference/waypoints.toml"), &places).unwrap();
}
