//! Builds the sea network without the rest of the engine: `sealane sea build` in a few seconds of compiling.
//!
//! `cargo run --release --manifest-path mapper/Cargo.toml --example sea_build [-- --check]`, from the root. `--whole FILE` writes the
//! network with all that is left out of the artefact there, for `sea_measure --against FILE`.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program that speaks to who runs it")]

use sealane_data::places::Places;
use sealane_mapper::sea::build::{Stage, artefact, whole};
use std::error::Error;
use std::sync::Mutex;
use std::time::Instant;

const OUT: &str = "data/reference/sea-network.bin";

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (mut check, mut land) = (false, "api/web/node_modules/world-atlas/land-10m.json".to_owned());
    let mut unthinned = None;
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--check" => check = true,
            "--land" => land = arguments.next().ok_or("--land needs a file")?,
            "--whole" => unthinned = Some(arguments.next().ok_or("--whole needs a file")?),
            other => {
                return Err(
                    format!("`{other}` is not known; there are --check, --land FILE, --whole FILE").into()
                );
            }
        }
    }
    let started = Instant::now();
    let last: Mutex<Option<Stage>> = Mutex::new(None);
    let progress = |stage: Stage, _, _| {
        let mut last = last.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if *last != Some(stage) {
            eprintln!("{:6.1} s  {}", started.elapsed().as_secs_f64(), stage.says());
            *last = Some(stage);
        }
    };
    let passages = std::fs::read_to_string("data/reference/passages.toml")?;
    if let Some(file) = unthinned {
        return Ok(std::fs::write(
            file,
            whole(&std::fs::read(&land)?, &passages, &Places::embedded(), &progress)?,
        )?);
    }
    let bytes = artefact(&std::fs::read(&land)?, &passages, &Places::embedded(), &progress)?;
    println!("{} bytes after {:.1} s", bytes.len(), started.elapsed().as_secs_f64());
    if !check {
        std::fs::write(OUT, &bytes)?;
    } else if std::fs::read(OUT)? != bytes {
        return Err(format!("`{OUT}` is not what its input gives; build it anew and commit it").into());
    }
    Ok(())
}
