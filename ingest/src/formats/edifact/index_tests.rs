//! What the structural pass finds.

use super::*;

fn scan(bytes: &[u8]) -> Index {
    let mut index = Index::default();
    index.read_all(bytes);
    index
}

#[test]
fn elements_and_components() {
    let bytes = b"LOC+9+TRKMX:139:6+VTE:TER:ZZZ'DTM+203:201602030913:203'";
    let index = scan(bytes);
    let loc = index.segment(bytes, 0).unwrap();
    assert_eq!(loc.tag(), Tag::new(b"LOC"));
    assert_eq!(loc.value_range(0, 1), None, "the tag has no components");
    assert_eq!((loc.first(1), loc.first(2), loc.value(2, 3)), (&b"9"[..], &b"TRKMX"[..], &b"6"[..]));
    assert_eq!((loc.value(3, 2), loc.value(3, 4), loc.first(4)), (&b"TER"[..], &b""[..], &b""[..]));
    assert_eq!(index.segment(bytes, 1).unwrap().value(1, 3), b"203");
}

#[test]
fn a_cut_file_can_be_closed_twice() {
    let bytes = b"UNH+1+M";
    let mut index = scan(bytes);
    assert!(index.close_cut(bytes).is_some());
    assert!(index.close_cut(bytes).is_none());
    assert_eq!(index.len(), 1);
}

#[test]
fn releases_wraps_and_line_ends() {
    let bytes = b"FTX+AAA+++O?'BRIEN ?+ SONS'\r\n\tNA\nD+MS+A'\nEQD+CN+X\nRFF+BN:1''  \x1a";
    let index = scan(bytes);
    let tags: Vec<_> = (0..index.len()).map(|i| index.segment(bytes, i).unwrap().tag()).collect();
    assert_eq!(tags, [b"FTX", b"NAD", b"EQD", b"RFF"].map(Tag::new));
    assert_eq!(index.segment(bytes, 0).unwrap().first(4), b"O?'BRIEN ?+ SONS");
    assert!(index.wrapped && index.strays == 1);
    assert_eq!(index.entries[2].flags, BY_LINE);
}
