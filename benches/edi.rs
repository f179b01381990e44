//! EDIFACT: our index and observations against the tokenizers of peers, one core, best of five.

use crate::table;
use edifact_parser::{EdifactHandler, EdifactStreamParser, EdifactTokenizer};
use edifact_rs::EdifactDeserialize;
use sealane_data::partner::Partner;
use sealane_ingest::formats::edifact::{Cut, Cutter};
use sealane_ingest::{Item, ReadContext, read_stream};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::Command;

const ROUNDS: usize = 5;

/// What one reader did: its name, megabytes a second, and what it counted.
struct Speed {
    name: &'static str,
    megabytes: f64,
    counted: String,
}

pub(crate) fn run() {
    let folder = crate::house::folder();
    let (path, made_by) = file(folder.path());
    let bytes = std::fs::read(path).unwrap();
    let size = bytes.len() as f64 / 1e6;
    let measured = |name, what: &str, mut run: Box<dyn FnMut() -> u64 + '_>| {
        let (seconds, count) = best(&mut *run);
        Speed { name, megabytes: size / seconds, counted: format!("{} {what}", table::whole(count as f64)) }
    };
    let speeds = [
        measured(
            "memchr: count of terminators",
            "terminators",
            Box::new(|| memchr::memchr_iter(b'\'', &bytes).count() as u64),
        ),
        measured("sealane: structural index", "segments", Box::new(|| index(&bytes))),
        measured("sealane: observations", "observations", Box::new(|| observations(&bytes))),
        measured("edifact-parser: segments only", "segments", Box::new(|| segments_of_parser(&bytes))),
        measured("edifact-parser: full tokenizer", "components", Box::new(|| components_of_parser(&bytes))),
        measured("edifact-parser: parse and handler", "file", Box::new(|| handled_by_parser(&bytes))),
        measured("edifact-rs: tokenizer", "tokens", Box::new(|| tokens_of_rs(&bytes))),
        measured("edifact-rs: from_bytes", "segments", Box::new(|| segments_of_rs(&bytes))),
        measured("edifact-rs: typed messages", "records", Box::new(|| records_of_rs(&bytes))),
    ];
    let (index, read) = (speeds[1].megabytes, speeds[2].megabytes);
    let ratio = |of: f64, to: f64| format!("{:.2}", of / to);
    let rows: Vec<[String; 5]> = speeds
        .iter()
        .map(|s| {
            [
                s.name.to_owned(),
                table::whole(s.megabytes),
                ratio(index, s.megabytes),
                ratio(read, s.megabytes),
                s.counted.clone(),
            ]
        })
        .collect();
    table::print(
        &format!("edi: {size:.0} MB of {made_by}, one core by processor time, best of {ROUNDS}"),
        ["reader", "MB/s", "index / this", "observations / this", "counted"],
        &rows,
    );
    let latency = message_of_4_kb();
    println!("one message of 4 KB to observations: {latency:.1} us\n");
    let bars = [
        ("index >= 1,000 MB/s", index >= 1_000.0),
        ("index >= 4 x edifact-parser's full tokenizer", index >= 4.0 * speeds[4].megabytes),
        ("observations >= 400 MB/s", read >= 400.0),
        ("observations >= 2 x edifact-parser's parse and handler", read >= 2.0 * speeds[5].megabytes),
        ("one message of 4 KB < 50 us", latency < 50.0),
    ];
    table::print(
        "edi: bars (of the room ingest)",
        ["bar", "is"],
        &bars.map(|(bar, met)| [bar.to_owned(), table::verdict(met)]),
    );
}

/// Makes 64 MB with the tool that peers were measured with, else with our own generator.
fn file(folder: &Path) -> (PathBuf, &'static str) {
    let path = folder.join("edi.edi");
    let tool = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/tools/gen_edi.py");
    let made = tool.exists()
        && Command::new("python3").arg(tool).arg("64").arg(&path).output().is_ok_and(|o| o.status.success());
    if made {
        return (path, "gen_edi.py");
    }
    crate::made::file(&path, 240_000).unwrap();
    (path, "our generator")
}

/// Returns the least processor time and the count of the last round.
pub(crate) fn best(run: &mut dyn FnMut() -> u64) -> (f64, u64) {
    let mut least = f64::MAX;
    let mut count = 0;
    for _ in 0..ROUNDS {
        let (begin, wall) = (processor_seconds(), std::time::Instant::now());
        count = run();
        let took = processor_seconds() - begin;
        least = least.min(if took > 0.0 { took } else { wall.elapsed().as_secs_f64() });
    }
    (least, count)
}

/// Returns this thread's processor time, which a busy machine does not distort (Linux only).
fn processor_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    stat.split(' ').next().and_then(|ns| ns.parse::<f64>().ok()).unwrap_or(0.0) / 1e9
}

fn index(bytes: &[u8]) -> u64 {
    let mut segments = 0;
    let _ = Cutter::new(None).feed(bytes, true, &mut |cut| {
        if let Cut::Message(window) = cut {
            segments += window.index.len() as u64;
        }
        ControlFlow::Continue(())
    });
    segments
}

fn observations(bytes: &[u8]) -> u64 {
    let partner = Partner::operator();
    let mut count = 0;
    read_stream(bytes, ReadContext { partner: &partner, wants_ack: false }, &mut |item| {
        if let Item::Message(message) = item {
            count += message.observations.len() as u64;
        }
        ControlFlow::Continue(())
    })
    .unwrap();
    count
}

/// The delimiters' own default is what the standard says: no UNA.
fn tokenizer() -> EdifactTokenizer {
    #[expect(clippy::default_trait_access, reason = "the delimiters' crate is not ours to name")]
    EdifactTokenizer::new(Default::default())
}

fn segments_of_parser(bytes: &[u8]) -> u64 {
    tokenizer().tokenize_segments(bytes).count() as u64
}

fn components_of_parser(bytes: &[u8]) -> u64 {
    let tokenizer = tokenizer();
    let of = |segment| {
        tokenizer
            .tokenize_elements(segment)
            .map(|e| tokenizer.tokenize_components(e).count() as u64)
            .sum::<u64>()
    };
    tokenizer.tokenize_segments(bytes).map(of).sum()
}

/// A handler that keeps nothing: the least that a user of that parser pays.
struct KeepsNothing;

impl EdifactHandler for KeepsNothing {}

fn handled_by_parser(bytes: &[u8]) -> u64 {
    EdifactStreamParser::parse(bytes, &mut KeepsNothing).unwrap();
    1
}

fn tokens_of_rs(bytes: &[u8]) -> u64 {
    let advice = edifact_rs::ServiceStringAdvice::from_bytes_unchecked(bytes);
    edifact_rs::Tokenizer::new(bytes, advice).flatten().count() as u64
}

/// What a user of the typed path keeps: the five kinds of records of the file that matter most.
struct Records(Vec<String>);

impl EdifactDeserialize for Records {
    fn edifact_deserialize(segments: &[edifact_rs::Segment<'_>]) -> Result<Self, edifact_rs::EdifactError> {
        let of = |s: &edifact_rs::Segment<'_>| match s.tag() {
            "RFF" | "DTM" => s.component_str(0, 1).map(str::to_owned),
            "EQD" | "LOC" => s.component_str(1, 0).map(str::to_owned),
            "TDT" => s.element_str(1).map(str::to_owned),
            _ => None,
        };
        Ok(Self(segments.iter().filter_map(of).collect()))
    }
}

fn records_of_rs(bytes: &[u8]) -> u64 {
    edifact_rs::deserialize_messages::<Records>(bytes).flatten().map(|r| r.0.len() as u64).sum()
}

/// Returns the microseconds that one message of 4 KB takes, the median of many.
fn message_of_4_kb() -> f64 {
    let mut text =
        String::from("UNB+UNOA:2+A+B+260905:1430+REF00001'UNH+1+CODECO:D:95B:UN:ITG14'BGM+34+D1+9'");
    while text.len() < 4_000 {
        text += "EQD+CN+CSQU3054383+22R1:102:5++6+4'RFF+BN:1793141911'DTM+7:202603100657:203'LOC+165+CNSHA:139:6+YS3:TER:306'LOC+11+THLCH:139:6'MEA+AAE+VGM+KGM:7335'SEL+CN9779793+CA'";
    }
    text += "UNT+4+1'UNZ+1+REF00001'";
    let mut took: Vec<f64> = (0..2_000)
        .map(|_| {
            let begin = std::time::Instant::now();
            assert!(observations(text.as_bytes()) > 20);
            begin.elapsed().as_secs_f64() * 1e6
        })
        .collect();
    took.sort_by(f64::total_cmp);
    took[took.len() / 2]
}

fn segments_of_rs(bytes: &[u8]) -> u64 {
    edifact_rs::from_bytes(bytes).flatten().count() as u64
}
