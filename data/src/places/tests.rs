use super::*;

#[test]
fn the_shipped_table_is_valid() {
    let text = include_str!("../../reference/nodes.toml");
    let places = Places::parse(text).unwrap();
    assert!(places.len() >= 60);
}
