use super::*;
use crate::areas::boxes;
use proptest::prelude::*;
use sealane_data::places::Places;

fn located(lat: f64, lon: f64) -> Option<String> {
    let index = NodeIndex::new(Places::embedded());
    let (ix, how) = index.locate(Position { lat, lon })?;
    assert_eq!(how, How::Position);
    Some(Places::embedded().node(ix).id.to_string())
}

#[test]
fn a_ship_at_every_berth_is_found_at_its_terminal() {
    let places = Places::embedded();
    let index = NodeIndex::new(Places::embedded());
    for (ix, node) in places.all().filter(|(_, node)| !node.berth_line.is_empty()) {
        assert_eq!(index.locate(node.position), Some((ix, How::Position)), "{}", node.id);
    }
}

#[test]
fn terminals_600_m_apart_are_told_apart() {
    assert_eq!(located(10.5138, 107.0132).as_deref(), Some("VN-CMIT"));
    assert_eq!(located(10.5097, 107.0093).as_deref(), Some("VN-TCTT"));
    assert_eq!(located(10.5056, 107.0055).as_deref(), Some("VN-SSIT"));
}

#[test]
fn beside_the_area_the_nearest_berth_line_counts() {
    // 190 m off the middle of Gemalink's berth line, outside every terminal's area.
    assert_eq!(located(10.4988, 107.0005).as_deref(), Some("VN-GML"));
}

#[test]
fn inside_a_port_but_at_no_berth_is_the_port() {
    assert_eq!(located(30.6030, 122.0750).as_deref(), Some("CN-YANGSHAN"));
    assert_eq!(located(2.9000, 101.2700).as_deref(), Some("MY-PKG"));
}

#[test]
fn near_a_port_is_the_port_and_far_from_all_is_nothing() {
    assert_eq!(located(1.30, 103.80).as_deref(), Some("SG-SIN"));
    assert_eq!(located(15.0, 115.0), None);
    assert_eq!(located(f64::NAN, 0.0), None);
    assert_eq!(located(0.0, 181.0), None);
}

#[test]
fn a_box_over_the_180th_meridian_is_two() {
    let at = |lon| Position { lat: -17.0, lon };
    let both: Vec<_> = boxes(&[at(179.9), at(-179.9)], 0.0).collect();
    assert_eq!(both.len(), 2);
    let found = |lon: f64| both.iter().any(|b| b.lower()[0] <= lon && lon <= b.upper()[0]);
    assert!(found(179.95) && found(-179.95) && !found(0.0));
}

proptest! {
    #[test]
    fn the_nearest_port_is_the_one_a_full_search_finds(lat in -60.0..60.0_f64, lon in -180.0..180.0_f64) {
        let places = Places::embedded();
        let index = NodeIndex::new(Places::embedded());
        let at = Position { lat, lon };
        let ports = places.all().filter(|(_, node)| node.kind == NodeKind::Port);
        let near = ports
            .map(|(ix, node)| (crate::sea::sphere::metres(node.position, at), ix))
            .filter(|(metres, _)| *metres < NEAR_PORT)
            .min_by(|a, b| a.0.total_cmp(&b.0));
        prop_assert_eq!(index.near_port(at), near.map(|(_, ix)| ix));
    }

    #[test]
    fn any_position_is_answered(lat in prop::num::f64::ANY, lon in prop::num::f64::ANY) {
        let _ = NodeIndex::new(Places::embedded()).locate(Position { lat, lon });
    }
}
