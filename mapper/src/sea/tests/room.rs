//! Short cuts against the slow way: room on the open sea, rows of a raster.

use super::any_water;
use crate::sea::SeaNetwork;
use crate::sea::inshore::Raster;
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn there_is_as_much_room_as_is_said(at in any_water()) {
        let network = SeaNetwork::embedded();
        let (water, at) = (network.water(), [at.lon, at.lat]);
        let room = water.calm.room(at).min(300_000.0);
        if room > 0.0 {
            prop_assert!(water.land.nearest(at, room).is_none(), "{:?} {}", at, room);
            prop_assert!(water.avoid.nearest(at, room).is_none(), "{:?} {}", at, room);
        }
    }
}

#[test]
fn there_is_room_on_the_ocean() {
    let network = SeaNetwork::embedded();
    assert!(network.water().calm.room([-130.0, 40.0]) >= 300_000.0);
    assert!(network.water().calm.room([103.85, 1.2]) < 1.0);
}

#[test]
fn a_raster_is_wet_where_there_is_no_land() {
    let network = SeaNetwork::embedded();
    let land = &network.water().land;
    // Singapore, both sides of the 180th meridian in Fiji, a fjord, a focus port with detail.
    for at in [[103.8, 1.25], [179.95, -16.5], [-179.95, -16.5], [5.3, 60.4], [107.03, 10.55]] {
        let raster = Raster::around(land, at, 12_000.0, 110.0);
        let wrong = (0..47_000).filter(|n| raster.wet(*n) == land.holds(raster.at(*n))).count();
        assert_eq!(wrong, 0, "around {at:?}");
    }
}
