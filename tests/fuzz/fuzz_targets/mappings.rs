//! Any text as a mapping and any bytes by the shipped ones: no panic, and what is wrong is said.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sealane_data::mapping::Path;
use sealane_data::partner::Partner;
use sealane_ingest::messages::feeds::mapped::{shipped, trial};

fuzz_target!(|bytes: &[u8]| {
    let partner = Partner::operator();
    for mapping in shipped() {
        let _ = trial(bytes, mapping, &partner);
    }
    let text = String::from_utf8_lossy(bytes);
    for line in text.lines().take(20) {
        let _ = Path::parse(line);
        let mut own = shipped()[0].clone();
        own.records = line.into();
        own.has = vec![line.into()];
        own.dates = vec![line.to_owned()];
        let told = trial(bytes, &own, &partner);
        assert_eq!(told.problems.is_empty(), own.problems().is_empty());
    }
});
