//! `sealane kpi`: figures from the lake.

use super::{DataDir, local, print, route};
use crate::config::Config;
use crate::engine::{Engine, Options};
use crate::telemetry;
use anyhow::Result;
use jiff::civil::Date;
use sealane_data::places::Places;
use sealane_data::ports::{Kpis as _, TeuAnswer, TeuQuery};
use std::process::ExitCode;

/// Arguments of `kpi`.
#[derive(Debug, clap::Args)]
pub(crate) struct Kpi {
    #[command(subcommand)]
    figure: Figure,
}

#[derive(Debug, clap::Subcommand)]
enum Figure {
    /// TEU and moves by node, local day, direction and load, from quay moves.
    Teu(Teu),
}

#[derive(Debug, clap::Args)]
struct Teu {
    #[command(flatten)]
    data: DataDir,
    /// The node: our id, a UN/LOCODE, an SMDG code or a name. A port means all its terminals.
    #[arg(long)]
    node: String,
    /// First local day, such as 2026-09-01.
    #[arg(long)]
    from: Date,
    /// Last local day.
    #[arg(long)]
    to: Date,
    /// How the answer is written.
    #[arg(long, value_enum, default_value_t = Format::Csv)]
    format: Format,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Format {
    Csv,
    Json,
}

impl Kpi {
    /// Runs the command.
    pub(crate) fn run(self) -> Result<ExitCode> {
        let Figure::Teu(teu) = self.figure;
        let config = Config::load(Some(&teu.data.path))?;
        telemetry::start(&config);
        let answer = teu.answer(&config)?;
        match teu.format {
            Format::Csv => print::line(sealane_lake::to_csv(&answer).trim_end()),
            Format::Json => print::line(serde_json::to_string(&answer)?),
        }
        Ok(ExitCode::SUCCESS)
    }
}

impl Teu {
    /// Asks a running `serve`, or the data directory itself.
    fn answer(&self, config: &Config) -> Result<TeuAnswer> {
        let places = Places::embedded();
        let node = places.node(route::node(&places, &self.node)?).id.clone();
        let path = format!("/v1/kpis/teu?node={node}&from={}&to={}", self.from, self.to);
        if let Some(body) = local::ask_ok(&self.data.path, "GET", &path, Vec::new())? {
            return Ok(serde_json::from_slice(&body)?);
        }
        let options = Options::from(config);
        let engine = Engine::open(&self.data.path, options, &mut |_, _| {})?;
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).build()?;
        let query = TeuQuery { node, from: self.from, to: self.to };
        Ok(runtime.block_on(engine.handle().figures().teu(query))?)
    }
}
