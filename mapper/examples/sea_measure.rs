//! Measures the shipped sea network: speed, memory, land under its ways, deviation from published distances.
//!
//! `cargo run --release --manifest-path mapper/Cargo.toml --example sea_measure [-- --pairs FILE]`, from the root. Land and
//! accuracy need `../shared/reference`, which is not in the repository: they are left out, by name, without it.
//! `--pairs FILE` writes every pair of NGA Pub. 151 with our distance and bends, tab separated. The pairs are cut in two halves by a
//! hash of their names: who mends the network looks at the first (`--first-half`, nothing else is measured or written then),
//! and the second tells whether it was mended or tuned. `--network FILE` measures another artefact than the shipped one,
//! with the passages of the working folder. `--speed` and `--land` measure that alone, `--against FILE` what thinning makes
//! longer (`sea_build -- --whole FILE` writes the network before it).

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a program for people who measure: it stops at the first thing that is not as it should be"
)]

use sealane_data::node::{NodeId, Position};
use sealane_data::places::Places;
use sealane_mapper::sea::{End, Query, Sailing, SeaNetwork, check};
use std::path::Path;
use std::time::Instant;

const SHARED: &str = "../shared/reference";

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let option = |name: &str| arguments.iter().position(|a| a == name).map(|at| arguments[at + 1].clone());
    let pairs = option("--pairs");
    let before = resident();
    let started = Instant::now();
    let network =
        option("--network").map_or_else(SeaNetwork::embedded, |file| std::sync::Arc::new(read(&file)));
    let [vertices, edges] = network.size();
    println!("loaded in {:.0} ms: {vertices} vertices, {edges} edges", started.elapsed().as_secs_f64() * 1e3);
    let shared = [SHARED, "/work/shared/reference"].into_iter().map(Path::new).find(|path| path.is_dir());
    if let Some(ends) = option("--ask") {
        for pair in ends.split(';') {
            let ends: Vec<End> = pair.split(' ').map(asked).collect();
            match network.sail(&Query::new(ends[0].clone(), ends[1].clone())) {
                Ok(way) => println!(
                    "{pair}: {:.1} nm by sea, {:?}: {}",
                    way.distance_nm(),
                    way.passages,
                    bends(&way)
                ),
                Err(error) => println!("{pair}: {error}"),
            }
        }
        return;
    }
    if let Some(whole) = option("--against") {
        return against(&network, &read(&whole), shared.unwrap());
    }
    if arguments.iter().any(|a| a == "--speed") {
        speed(&network);
        return println!("memory with all nodes asked for: {:.1} MB", (resident() - before) / 1e6);
    }
    if arguments.iter().any(|a| a == "--accuracy") {
        return accuracy(&network, shared.unwrap(), pairs.as_deref(), &[true, false]);
    }
    if arguments.iter().any(|a| a == "--land") {
        return land(&network, shared.unwrap());
    }
    if arguments.iter().any(|a| a == "--first-half") {
        return accuracy(&network, shared.unwrap(), pairs.as_deref(), &[true]);
    }
    speed(&network);
    println!("memory of the network with all nodes asked for: {:.1} MB", (resident() - before) / 1e6);
    let Some(shared) = shared else { return println!("skipped: land and accuracy ({SHARED} is not there)") };
    land(&network, shared);
    accuracy(&network, shared, pairs.as_deref(), &[true, false]);
}

/// Reads an artefact, with the passages of the working folder.
fn read(file: &str) -> SeaNetwork {
    let passages = std::fs::read_to_string("data/reference/passages.toml").unwrap();
    SeaNetwork::read(&std::fs::read(file).unwrap(), &passages).unwrap()
}

/// By how much a way is dearer and longer than without thinning, in per cent; its ends; miles with and without.
type Against<'n> = (f64, f64, &'n str, [f64; 2]);

/// Pairs of free positions so many miles apart show what thinning leaves out: ways of some hours, ways of some days.
const BANDS: [[f64; 2]; 2] = [[0.0, 300.0], [300.0, 1500.0]];

/// Tells how much longer ways are than those of the network before it was thinned (`sea_build -- --whole FILE`), between free
/// positions: the rows of Pub. 151, and 500 pairs of harbours of the World Port Index that look random.
fn against(network: &SeaNetwork, whole: &SeaNetwork, shared: &Path) {
    let miles = |network: &SeaNetwork, [from, to]: [Position; 2]| {
        network
            .sail(&Query::new(End::At(from), End::At(to)))
            .ok()
            .map(|way| [way.distance_nm(), way.cost / 1852.0])
    };
    let tell = |name: &str, pairs: &[(String, [Position; 2])]| {
        let mut found: Vec<Against<'_>> = Vec::new();
        for (name, ends) in pairs {
            if let (Some(ours), Some(best)) = (miles(network, *ends), miles(whole, *ends)) {
                let more = |part: usize| (ours[part] / best[part].max(0.1) - 1.0) * 100.0;
                found.push((more(1), more(0), name, [ours[0], best[0]]));
            }
        }
        found.sort_by(|a, b| b.0.total_cmp(&a.0));
        let share = |most: f64, part: fn(&Against<'_>) -> f64| {
            found.iter().filter(|row| part(row) > most).count() as f64 / found.len() as f64 * 100.0
        };
        println!(
            "{name}: {} pairs; dearer by more than 1 %: {:.1} %, 5 %: {:.1} %; distance off by more than 1 %: {:.1} %, 5 %: {:.1} %",
            found.len(),
            share(1.0, |row| row.0),
            share(5.0, |row| row.0),
            share(1.0, |row| row.1.abs()),
            share(5.0, |row| row.1.abs())
        );
        for (cost, _, name, [ours, best]) in found.iter().take(12) {
            println!("  {name}: {ours:.1} nm, unthinned {best:.1} nm; {cost:.1} % dearer");
        }
    };
    for band in BANDS {
        let [from, to] = band;
        tell(&format!("rows of Pub. 151 of {from:.0} to {to:.0} nm"), &published(shared, band));
        tell(&format!("pairs of WPI harbours {from:.0} to {to:.0} nm apart"), &harbours(shared, band));
    }
}

/// Returns the pairs of NGA Pub. 151 in a band of miles.
fn published(shared: &Path, [least, most]: [f64; 2]) -> Vec<(String, [Position; 2])> {
    let rows: Vec<serde_json::Value> =
        serde_json::from_slice(&std::fs::read(shared.join("pub151-pairs.json")).unwrap()).unwrap();
    let place =
        |at: &serde_json::Value| Position { lat: at[1].as_f64().unwrap(), lon: at[0].as_f64().unwrap() };
    let near = rows.iter().filter(|row| (least..=most).contains(&row["nm"].as_f64().unwrap()));
    near.map(|row| {
        (format!("{} - {}", row["a"], row["b"]), [place(&row["a_lonlat"]), place(&row["b_lonlat"])])
    })
    .collect()
}

/// Returns 500 pairs of harbours in a band of miles, five at least.
fn harbours(shared: &Path, [least, most]: [f64; 2]) -> Vec<(String, [Position; 2])> {
    let text = std::fs::read_to_string(shared.join("world-port-index.csv")).unwrap();
    let harbours = check::harbours(&text);
    let at = |end: &End| match end {
        End::At(at) => *at,
        End::Node(_) => unreachable!("harbours are positions"),
    };
    let pairs = check::random_pairs(&harbours, 200_000)
        .map(|pair| (format!("{} - {}", pair[0].0, pair[1].0), [at(&pair[0].1), at(&pair[1].1)]));
    let miles = |[a, b]: [Position; 2]| {
        let [p, q] = [a, b].map(|at| (at.lat.to_radians(), at.lon.to_radians()));
        let cosine = p.0.sin() * q.0.sin() + p.0.cos() * q.0.cos() * (p.1 - q.1).cos();
        cosine.clamp(-1.0, 1.0).acos().to_degrees() * 60.0
    };
    pairs.filter(|(_, ends)| (least.max(5.0)..most).contains(&miles(*ends))).take(500).collect()
}

/// Returns the resident memory of this process in bytes, 0 where the system does not tell.
fn resident() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    line.and_then(|line| line.split_whitespace().nth(1)?.parse::<f64>().ok()).map_or(0.0, |kb| kb * 1024.0)
}

/// Numbers that look random and are the same every time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, count: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % count
    }
}

fn nodes() -> Vec<NodeId> {
    Places::embedded().all().map(|(_, node)| node.id.clone()).collect()
}

fn spread(mut times: Vec<f64>) -> String {
    times.sort_by(f64::total_cmp);
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
    format!("p50 {:.1} us, p99 {:.1} us", at(0.5), at(0.99))
}

fn speed(network: &SeaNetwork) {
    let (nodes, mut dice) = (nodes(), Dice(1));
    for round in ["first", "second"] {
        let mut times = Vec::new();
        for _ in 0..20_000 {
            let [a, b] = [0, 1].map(|_| &nodes[dice.below(nodes.len())]);
            let started = Instant::now();
            let _ = std::hint::black_box(network.sail_nodes(a, b));
            times.push(started.elapsed().as_secs_f64() * 1e6);
        }
        println!("node to node with path, {round} 20,000: {}", spread(times));
    }
    let mut times = Vec::new();
    while times.len() < 500 {
        let at = Position {
            lat: dice.below(110_000) as f64 / 1e3 - 50.0,
            lon: dice.below(360_000) as f64 / 1e3 - 180.0,
        };
        let to = End::Node(nodes[dice.below(nodes.len())].clone());
        let query = Query::new(End::At(at), to);
        let started = Instant::now();
        if std::hint::black_box(network.sail(&query)).is_ok() {
            times.push(started.elapsed().as_secs_f64() * 1e6);
        }
    }
    println!("any position to a node: {}", spread(times));
}

fn land(network: &SeaNetwork, shared: &Path) {
    let text = std::fs::read_to_string(shared.join("world-port-index.csv")).unwrap();
    let (rcep, harbours) = (check::rcep(&Places::embedded()), check::harbours(&text));
    let sets = [
        network.look("all pairs of nodes of RCEP members", check::all_pairs(&rcep), &|_| ()),
        network.look("2,000 random pairs of WPI harbours", check::random_pairs(&harbours, 2000), &|_| ()),
    ];
    for found in sets {
        println!(
            "{}: {} ways, {} without; {} m of sea legs over land {:?}; last miles at most {:.2} nm, {:.0} nm in all; rivers {:.0} nm in all",
            found.set,
            found.ways,
            found.pairs - found.ways,
            found.land_metres,
            found.over_land,
            found.longest_last_mile_nm,
            found.last_miles_nm,
            found.river_nm
        );
        for without in &found.without {
            println!("  {}: {} ({} pairs)", without.end, without.why, without.pairs);
        }
    }
}

fn accuracy(network: &SeaNetwork, shared: &Path, out: Option<&str>, halves: &[bool]) {
    let rows: Vec<serde_json::Value> =
        serde_json::from_slice(&std::fs::read(shared.join("pub151-pairs.json")).unwrap()).unwrap();
    let place =
        |at: &serde_json::Value| Position { lat: at[1].as_f64().unwrap(), lon: at[0].as_f64().unwrap() };
    let mut found: Vec<Row> = Vec::new();
    let mut text = String::new();
    for row in &rows {
        let [a, b, class] = ["a", "b", "class"].map(|key| row[key].as_str().unwrap());
        let half = first_half(a, b);
        if !halves.contains(&half) {
            continue;
        }
        let query = Query::new(End::At(place(&row["a_lonlat"])), End::At(place(&row["b_lonlat"])));
        let (miles, flag) = (row["nm"].as_f64().unwrap(), |key: &str| row[key].as_bool().unwrap());
        let way = network.sail(&query);
        text += &format!(
            "{}\t{class}\t{}\t{}\t{a}\t{b}\t{miles}\t",
            if way.is_ok() { "OK" } else { "NOROUTE" },
            flag("rcep"),
            flag("suspect")
        );
        text += &match &way {
            Ok(way) => {
                let whole = way.distance_nm() + way.river_nm() + way.land_nm();
                format!(
                    "{:.1}\t{whole:.1}\t{:.2}\t{}\t{}\n",
                    way.distance_nm(),
                    (whole / miles - 1.0) * 100.0,
                    way.passages.join(","),
                    bends(way)
                )
            }
            Err(error) => format!("-1\t-1\t0\t{error}\n"),
        };
        if !flag("suspect") {
            let ours =
                way.ok().map(|way| [way.distance_nm(), way.distance_nm() + way.river_nm() + way.land_nm()]);
            found.push(Row { class: class.to_owned(), rcep: flag("rcep"), miles, ours, half });
        }
    }
    if let Some(out) = out {
        std::fs::write(out, text).unwrap();
    }
    for half in [None, Some(true), Some(false)] {
        if half.is_none() && halves.len() == 1 || half.is_some_and(|half| !halves.contains(&half)) {
            continue;
        }
        println!("{}:", half.map_or("all pairs", |half| if half { "first half" } else { "second half" }));
        let rows = || found.iter().filter(|row| half.is_none_or(|half| row.half == half));
        for class in ["main", "coastal", "junction", "river"] {
            tell(class, rows().filter(|row| row.class == class));
        }
        let far = |row: &&Row| row.rcep && row.miles >= 500.0 && matches!(&*row.class, "main" | "coastal");
        tell("RCEP main and coastal from 500 nm", rows().filter(far));
    }
}

/// Reads a node, or a latitude and a longitude.
fn asked(end: &str) -> End {
    match end.split_once(',') {
        Some((lat, lon)) => End::At(Position { lat: lat.parse().unwrap(), lon: lon.parse().unwrap() }),
        None => End::Node(NodeId(end.into())),
    }
}

/// Returns where a way bends, its legs told apart by their first letters.
fn bends(way: &Sailing) -> String {
    let leg = |leg: &sealane_mapper::sea::SeaLeg| {
        let points: Vec<String> = leg.bends.iter().map(|at| format!("{:.3},{:.3}", at.lat, at.lon)).collect();
        format!("{:?} {}", leg.kind, points.join(" "))
    };
    way.legs.iter().map(leg).collect::<Vec<_>>().join("; ")
}

/// A published distance and ours.
struct Row {
    class: String,
    rcep: bool,
    miles: f64,
    /// By sea, and with rivers and last miles.
    ours: Option<[f64; 2]>,
    half: bool,
}

/// Returns whether a pair belongs to the half that may be looked at (FNV-1a of both names).
fn first_half(a: &str, b: &str) -> bool {
    let step = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    let hash = a.bytes().chain(*b"|").chain(b.bytes()).fold(0xcbf2_9ce4_8422_2325, step);
    (hash ^ hash >> 32).count_ones() % 2 == 0
}

fn tell<'r>(name: &str, rows: impl Iterator<Item = &'r Row>) {
    let rows: Vec<_> = rows.collect();
    let none = rows.iter().filter(|row| row.ours.is_none()).count();
    let mut signed: Vec<f64> =
        rows.iter().filter_map(|row| Some((row.ours?[1] / row.miles - 1.0) * 100.0)).collect();
    signed.sort_by(f64::total_cmp);
    let mut off: Vec<f64> = signed.iter().map(|off| off.abs()).collect();
    off.sort_by(f64::total_cmp);
    let at = |share: f64| off[((off.len() - 1) as f64 * share) as usize];
    let within = off.iter().filter(|off| **off <= 5.0).count() as f64 / off.len() as f64 * 100.0;
    println!(
        "  {name}: {} pairs, {none} without a way; median {:.2} % (signed {:+.2} %), p90 {:.2} %, within 5 %: {within:.1} %",
        rows.len(),
        at(0.5),
        signed[(signed.len() - 1) / 2],
        at(0.9)
    );
}
