//! Draws the pictures of `docs/sea-network.md`: the ten fixed ways and the approaches of the focus ports.
//!
//! `cargo run --release --manifest-path mapper/Cargo.toml --example sea_draw [-- DIRECTORY]`, from the root.

#![allow(clippy::print_stdout, reason = "a program that speaks to who runs it")]

use sealane_data::node::NodeId;
use sealane_mapper::sea::draw::{Drawn, svg};
use sealane_mapper::sea::{End, Query, Sailing, SeaNetwork};
use std::error::Error;
use std::path::Path;

/// File, from, to, passages to avoid in a second line.
const WAYS: [(&str, &str, &str, &str); 9] = [
    ("yangshan-klang", "CN-YANGSHAN-3", "MY-PKG", ""),
    ("caimep-los-angeles", "VN-CAIMEP", "US-LAX", ""),
    ("klang-rotterdam", "MY-PKG", "NL-RTM", "suez"),
    ("yangshan-yokohama", "CN-YANGSHAN-3", "JP-YOK", ""),
    ("caimep-vancouver", "VN-CAIMEP", "CA-VAN", ""),
    ("busan-auckland", "KR-PUS", "NZ-AKL", ""),
    ("manila-jakarta", "PH-MNL", "ID-JKT", ""),
    ("singapore-haiphong", "SG-SIN", "VN-HPH", ""),
    ("tianjin-incheon", "CN-TXG", "KR-INC", ""),
];

/// File, port, box, and where ways come from.
const APPROACHES: [(&str, &str, [f64; 4], [&str; 4]); 3] = [
    (
        "approach-yangshan",
        "CN-YANGSHAN-3",
        [121.8, 30.45, 122.7, 30.95],
        ["MY-PKG", "JP-YOK", "US-LAX", "CN-NGB"],
    ),
    ("approach-caimep", "VN-CAIMEP", [106.85, 10.2, 107.35, 10.65], ["SG-SIN", "HK-HKG", "US-LAX", "TH-LCH"]),
    ("approach-klang", "MY-PKG", [101.0, 2.7, 101.6, 3.3], ["SG-SIN", "NL-RTM", "CN-YANGSHAN-3", "LK-CMB"]),
];

fn sail(network: &SeaNetwork, from: &str, to: &str, avoid: &str) -> Result<Sailing, Box<dyn Error>> {
    let mut query = Query::new(End::Node(NodeId(from.into())), End::Node(NodeId(to.into())));
    query.avoid = Vec::from_iter((!avoid.is_empty()).then(|| avoid.to_owned()));
    network.sail(&query).map_err(|error| format!("{from} {to}: {error}").into())
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let directory = arguments.next().unwrap_or_else(|| "docs/sea".to_owned());
    std::fs::create_dir_all(&directory)?;
    // Another network than the one built in is drawn with the table of passages beside it.
    let network = match arguments.next() {
        Some(file) => {
            let passages = std::fs::read_to_string("data/reference/passages.toml")?;
            std::sync::Arc::new(SeaNetwork::read(&std::fs::read(file)?, &passages)?)
        }
        None => SeaNetwork::embedded(),
    };
    let write = |file: &str, picture: String| {
        println!("{file}.svg: {} bytes", picture.len());
        std::fs::write(Path::new(&directory).join(format!("{file}.svg")), picture)
    };
    for (file, from, to, avoid) in WAYS {
        let mut ways = vec![(format!("{from} to {to}"), sail(&network, from, to, "")?)];
        if !avoid.is_empty() {
            ways.push((format!("without {avoid}"), sail(&network, from, to, avoid)?));
        }
        for (_, way) in &ways {
            println!("{from} {to}: {:.0} nm, {:?}", way.distance_nm(), way.passages);
        }
        let drawn: Vec<Drawn<'_>> = ways.iter().map(|(name, way)| Drawn { name, way }).collect();
        write(file, svg(&network, "Ways by sea", &drawn, None))?;
    }
    for (file, to, view, from) in APPROACHES {
        let ways = from
            .iter()
            .map(|from| Ok((*from, sail(&network, from, to, "")?)))
            .collect::<Result<Vec<_>, Box<dyn Error>>>()?;
        let drawn: Vec<Drawn<'_>> = ways.iter().map(|(name, way)| Drawn { name, way }).collect();
        write(file, svg(&network, "Ways by sea", &drawn, Some(view)))?;
    }
    Ok(())
}
