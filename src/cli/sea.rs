//! `sealane sea build`: makes the sea network anew from land and facts.

use super::print;
use anyhow::{Context, Result, bail};
use indicatif::{ProgressBar, ProgressStyle};
use sealane_data::places::Places;
use sealane_mapper::sea::build::{self, Stage};
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
        let Act::Build(build) = self.act;
        build.run()
    }
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
