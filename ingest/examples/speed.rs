//! Measures index and observations: `speed FILE` (a file of `gen_edi.py`), best of five by CPU time, one core.
#![expect(clippy::print_stdout, reason = "an example speaks to its user")]

use sealane_data::partner::Partner;
use sealane_ingest::formats::edifact::{Cut, Cutter};
use sealane_ingest::{Item, ReadContext, read_stream};
use std::fs::File;
use std::ops::ControlFlow;

fn main() -> std::io::Result<()> {
    let path = std::env::args().nth(1).unwrap_or_else(|| "/tmp/gen64.edi".to_owned());
    let bytes = std::fs::read(&path)?;
    let megabytes = bytes.len() as f64 / 1e6;
    let best = |mut run: Box<dyn FnMut() -> u64 + '_>| {
        (0..5)
            .map(|_| {
                let begin = cpu_seconds();
                let n = run();
                (cpu_seconds() - begin, n)
            })
            .fold((f64::MAX, 0), |a, b| if b.0 < a.0 { b } else { a })
    };
    let (seconds, segments) = best(Box::new(|| {
        let mut segments = 0;
        let _ = Cutter::new(None).feed(&bytes, true, &mut |cut| {
            if let Cut::Message(w) = cut {
                segments += w.index.len() as u64;
            }
            ControlFlow::Continue(())
        });
        segments
    }));
    println!("index         {:8.0} MB/s  {segments} segments", megabytes / seconds);
    let partner = Partner::operator();
    let cx = ReadContext { partner: &partner, wants_ack: false };
    let (seconds, observations) = best(Box::new(|| {
        let (mut n, mut found) = (0, 0);
        let read = read_stream(&bytes[..], cx, &mut |item| {
            match item {
                Item::Message(m) => {
                    n += m.observations.len() as u64;
                    found += m.findings.len();
                }
                Item::Finding(_) | Item::Interchange(_) => found += 1,
            }
            ControlFlow::Continue(())
        });
        debug_assert!(read.is_ok() && found < usize::MAX);
        n
    }));
    println!("observations  {:8.0} MB/s  {observations} observations", megabytes / seconds);
    let mut findings = std::collections::BTreeMap::new();
    let file = File::open(&path)?;
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
        println!("peak (with the file in memory)  {peak}");
    }
    Ok(())
}

/// Returns the CPU time of this thread so far, which a busy machine does not distort (Linux only).
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    stat.split(' ').next().and_then(|ns| ns.parse::<f64>().ok()).unwrap_or(0.0) / 1e9
}
