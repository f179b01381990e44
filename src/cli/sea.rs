//! `sealane sea build`: makes the sea network anew from land and facts; `sealane sea check`: looks for land under its ways.

use super::print;
use anyhow::{Context, Result, bail};
use indicatif::{ProgressBar, ProgressStyle};
use sealane_data::places::Places;
use sealane_mapper::sea::SeaNetwork;
use sealane_mapper::sea::build::{self, Stage};
use sealane_mapper::sea::check::{self, Found};
use std::path::PathBuf;
use std::process::ExitCode;

/// Arguments of `sea`.
#[derive(Debug, clap::Args)]
pub(crate) struct Sea {
    #[command(subcommand)]
    act: Act,
}

#[derive(Debug, clap::Subcommand)]
enum Act {
    /// Builds the sea network; the same input gives the same bytes. Takes minutes unless it was compiled for release.
    Build(Build),
    /// Looks for land under the ways of all pairs of RCEP ports, and of 2,000 pairs of the World Port Index. Exit code 1 if
    /// a sea leg is over land.
    Check(Check),
}

#[derive(Debug, clap::Args)]
struct Check {
    /// The World Port Index (NGA Pub. 150) as CSV; without it only our own ports are looked at.
    #[arg(long, value_name = "FILE")]
    harbours: Option<PathBuf>,
    /// How many pairs of its harbours.
    #[arg(long, value_name = "N", default_value_t = 2000)]
    pairs: usize,
    /// Prints one JSON object a line.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
struct Build {
    /// `land-10m.json` of the npm package world-atlas 2.0.2.
    #[arg(long, value_name = "FILE", default_value = "api/web/node_modules/world-atlas/land-10m.json")]
    land: PathBuf,
    /// The table of passages.
    #[arg(long, value_name = "FILE", default_value = "data/reference/passages.toml")]
    passages: PathBuf,
    /// Where the network is written.
    #[arg(long, value_name = "FILE", default_value = "data/reference/sea-network.bin")]
    out: PathBuf,
    /// Writes nothing; says whether the file at --out is what would be written (exit code 1 if not).
    #[arg(long)]
    check: bool,
}

impl Sea {
    /// Runs the command.
    pub(crate) fn run(self) -> Result<ExitCode> {
        match self.act {
            Act::Build(build) => build.run(),
            Act::Check(check) => check.run(),
        }
    }
}

impl Check {
    fn run(self) -> Result<ExitCode> {
        let network = SeaNetwork::embedded();
        let ours = check::rcep(&Places::embedded());
        let bar = ProgressBar::new(0).with_style(ProgressStyle::with_template("{wide_bar} {pos}")?);
        let tick = |done: usize| bar.set_position(done as u64);
        let mut sets = vec![network.look("ports of RCEP members", check::all_pairs(&ours), &tick)];
        if let Some(file) = &self.harbours {
            let text = std::fs::read(file).with_context(|| format!("`{}` cannot be read", file.display()))?;
            let harbours = check::harbours(&String::from_utf8_lossy(&text));
            if harbours.is_empty() {
                bail!("`{}` has no line that ends in a latitude and a longitude", file.display());
            }
            let pairs = check::random_pairs(&harbours, self.pairs);
            sets.push(network.look("World Port Index", pairs, &tick));
        }
        bar.finish_and_clear();
        for found in &sets {
            if self.json {
                print::line(serde_json::to_string(found)?);
            } else {
                told(found).into_iter().for_each(print::line);
            }
        }
        let over_land = sets.iter().any(|found| !found.over_land.is_empty());
        Ok(ExitCode::from(u8::from(over_land)))
    }
}

/// Says in words what was found.
fn told(found: &Found) -> Vec<String> {
    let mut lines = vec![
        format!("{}: {} pairs, {} ways", found.set, found.pairs, found.ways),
        format!("  {:.0} m of sea legs over land", found.land_metres),
        format!(
            "  not sea legs: {:.0} nm of last miles, {:.2} nm at most, and {:.0} nm on rivers",
            found.last_miles_nm, found.longest_last_mile_nm, found.river_nm
        ),
    ];
    lines.extend(found.over_land.iter().map(|way| format!("  over land: {way}")));
    lines.extend(
        found
            .without
            .iter()
            .map(|end| format!("  {} pairs without a way: {}: {}", end.pairs, end.end, end.why)),
    );
    lines
}

impl Build {
    fn run(self) -> Result<ExitCode> {
        let land = std::fs::read(&self.land).with_context(|| {
            format!(
                "`{}` cannot be read; run `npm ci` in api/web, or name it with --land",
                self.land.display()
            )
        })?;
        let passages = std::fs::read_to_string(&self.passages)
            .with_context(|| format!("`{}` cannot be read", self.passages.display()))?;
        let bar =
            ProgressBar::new(0).with_style(ProgressStyle::with_template("{msg:28} {wide_bar} {pos}/{len}")?);
        let progress = |stage: Stage, done: usize, whole: usize| {
            bar.set_message(stage.says());
            bar.set_length(whole as u64);
            bar.set_position(done as u64);
        };
        let bytes = build::artefact(&land, &passages, &Places::embedded(), &progress)?;
        bar.finish_and_clear();
        if self.check {
            let there = std::fs::read(&self.out)
                .with_context(|| format!("`{}` cannot be read", self.out.display()))?;
            if there != bytes {
                bail!("`{}` is not what its input gives; build it anew and commit it", self.out.display());
            }
        } else {
            std::fs::write(&self.out, &bytes)
                .with_context(|| format!("`{}` cannot be written", self.out.display()))?;
        }
        print::line(format!("{}: {} bytes", self.out.display(), bytes.len()));
        Ok(ExitCode::SUCCESS)
    }
}
