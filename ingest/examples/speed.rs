//! Measures index, observations and the readers of others in one run: `speed FILE` (a file of `gen_edi.py`), best of
//! five by CPU time, one core. `speed FILE index|read [ROUNDS]` does only one of them, for a count of instructions or a
//! profile; `speed FILE stream` reads the file from the disk and says how much memory that took.
#![expect(clippy::print_stdout, reason = "an example speaks to its user")]

use edifact_parser::{EdifactHandler, EdifactStreamParser, EdifactTokenizer};
use edifact_rs::EdifactDeserialize;
use sealane_data::partner::Partner;
use sealane_ingest::formats::edifact::{Cut, Cutter};
use sealane_ingest::{Item, ReadContext, read_stream};
use std::fs::File;
use std::ops::ControlFlow;

/// The binary's own allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::io::Result<()> {
    let path = std::env::args().nth(1).unwrap_or_else(|| "/tmp/gen64.edi".to_owned());
    let partner = Partner::operator();
    let cx = ReadContext { partner: &partner, wants_ack: false };
    if std::env::args().nth(2).as_deref() == Some("stream") {
        return report(&path, cx, "peak");
    }
    let bytes = std::fs::read(&path)?;
    match std::env::args().nth(2).as_deref() {
        Some("index") => println!("{} segments", rounds(&mut || index(&bytes))),
        Some("read") => println!("{} observations", rounds(&mut || observations(&bytes, cx))),
        _ => {
            speeds(&bytes, cx);
            println!("one message of 4 KB to observations: {:.1} us", message_of_4_kb(cx));
            report(&path, cx, "peak (with the file in memory)")?;
        }
    }
    Ok(())
}

/// Runs as often as the command line says, and returns the last count.
fn rounds(run: &mut dyn FnMut() -> u64) -> u64 {
    let rounds = std::env::args().nth(3).and_then(|n| n.parse().ok()).unwrap_or(1);
    (0..rounds).fold(0, |_, _| run())
}

/// Prints what each reader does in a second.
fn speeds(bytes: &[u8], cx: ReadContext<'_>) {
    let speed = |name: &str, what: &str, run: &mut dyn FnMut() -> u64| {
        let (seconds, count) = best(run);
        println!("{name:<28} {:6.0} MB/s  {count} {what}", bytes.len() as f64 / 1e6 / seconds);
    };
    speed("index", "segments", &mut || index(bytes));
    speed("observations", "observations", &mut || observations(bytes, cx));
    #[expect(clippy::default_trait_access, reason = "the delimiters' crate is not ours to name")]
    let tokenizer = EdifactTokenizer::new(Default::default());
    speed("edifact-parser: tokenizer", "components", &mut || {
        let of = |segment| {
            tokenizer
                .tokenize_elements(segment)
                .map(|e| tokenizer.tokenize_components(e).count() as u64)
                .sum::<u64>()
        };
        tokenizer.tokenize_segments(bytes).map(of).sum()
    });
    speed("edifact-parser: handler", "file", &mut || {
        u64::from(EdifactStreamParser::parse(bytes, &mut KeepsNothing).is_ok())
    });
    speed("edifact-rs: from_bytes", "segments", &mut || {
        edifact_rs::from_bytes(bytes).flatten().count() as u64
    });
    speed("edifact-rs: typed messages", "records", &mut || {
        edifact_rs::deserialize_messages::<Typed>(bytes).flatten().map(|typed| typed.0.len() as u64).sum()
    });
}

/// What a user of the typed path keeps: one value of each segment that matters most.
struct Typed(Vec<String>);

impl EdifactDeserialize for Typed {
    fn edifact_deserialize(segments: &[edifact_rs::Segment<'_>]) -> Result<Self, edifact_rs::EdifactError> {
        let value = |s: &edifact_rs::Segment<'_>| match s.tag() {
            "RFF" | "DTM" => s.component_str(0, 1).map(str::to_owned),
            "EQD" | "LOC" => s.component_str(1, 0).map(str::to_owned),
            "TDT" => s.element_str(1).map(str::to_owned),
            _ => None,
        };
        Ok(Self(segments.iter().filter_map(value).collect()))
    }
}

/// Returns the microseconds that one message of 4 KB takes, the median of many.
fn message_of_4_kb(cx: ReadContext<'_>) -> f64 {
    let head = "UNB+UNOA:2+A+B+260905:1430+REF00001'UNH+1+CODECO:D:95B:UN:ITG14'BGM+34+D1+9'";
    let one = "EQD+CN+CSQU3054383+22R1:102:5++6+4'RFF+BN:1793141911'DTM+7:202603100657:203'LOC+165+CNSHA:139:6+YS3:TER:306'LOC+11+THLCH:139:6'MEA+AAE+VGM+KGM:7335'SEL+CN9779793+CA'";
    let text = format!("{head}{}UNT+4+1'UNZ+1+REF00001'", one.repeat(4_000 / one.len()));
    let took = |_| {
        let begin = std::time::Instant::now();
        assert!(observations(text.as_bytes(), cx) > 20);
        begin.elapsed().as_secs_f64() * 1e6
    };
    let mut took: Vec<f64> = (0..2_000).map(took).collect();
    took.sort_by(f64::total_cmp);
    took[took.len() / 2]
}

/// A handler that keeps nothing: the least that a user of that parser pays.
struct KeepsNothing;

impl EdifactHandler for KeepsNothing {}

/// Returns the least processor time of five rounds, and the count of the last.
fn best(run: &mut dyn FnMut() -> u64) -> (f64, u64) {
    (0..5).fold((f64::MAX, 0), |(least, _), _| {
        let begin = cpu_seconds();
        let count = run();
        (least.min(cpu_seconds() - begin), count)
    })
}

fn index(bytes: &[u8]) -> u64 {
    let mut segments = 0;
    let _ = Cutter::new(None).feed(bytes, true, &mut |cut| {
        if let Cut::Message(w) = cut {
            segments += w.index.len() as u64;
        }
        ControlFlow::Continue(())
    });
    segments
}

fn observations(bytes: &[u8], cx: ReadContext<'_>) -> u64 {
    let mut count = 0;
    let read = read_stream(bytes, cx, &mut |item| {
        if let Item::Message(message) = item {
            count += message.observations.len() as u64;
        }
        ControlFlow::Continue(())
    });
    debug_assert!(read.is_ok());
    count
}

/// Prints what was found, and how much memory it took.
fn report(path: &str, cx: ReadContext<'_>, what: &str) -> std::io::Result<()> {
    let mut findings = std::collections::BTreeMap::new();
    let file = File::open(path)?;
    read_stream(file, cx, &mut |item| {
        let all = match item {
            Item::Message(m) => m.findings,
            Item::Finding(f) => vec![f],
            Item::Interchange(_) => Vec::new(),
        };
        for finding in all {
            *findings.entry(finding.code.to_string()).or_insert(0u64) += 1;
        }
        ControlFlow::Continue(())
    })?;
    println!("findings      {findings:?}");
    if let Ok(status) = std::fs::read_to_string("/proc/self/status") {
        let peak = status.lines().find(|l| l.starts_with("VmHWM")).unwrap_or_default();
        println!("{what}  {peak}");
    }
    Ok(())
}

/// Returns the CPU time of this thread so far, which a busy machine does not distort (Linux only).
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    stat.split(' ').next().and_then(|ns| ns.parse::<f64>().ok()).unwrap_or(0.0) / 1e9
}
