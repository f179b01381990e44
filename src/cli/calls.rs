//! `sealane calls`: visits of ships, and whether what was planned for one was done.

use super::{DataDir, local, print};
use crate::config::Config;
use crate::engine::{Engine, Options};
use crate::telemetry;
use anyhow::Result;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use sealane_mapper::reconciliation::{Odd, Reconciliation};
use std::fmt::Write as _;
use std::process::ExitCode;

/// Arguments of `calls`.
#[derive(Debug, clap::Args)]
pub(crate) struct Calls {
    #[command(flatten)]
    data: DataDir,
    /// The id of a call, such as `9074729~MY-PKG~2026-09-12`: compares what was planned, lifted and seen at
    /// the gate; without it, calls are listed.
    #[arg(value_name = "CALL")]
    call: Option<String>,
    /// Only calls at this node; a port means its terminals too.
    #[arg(long)]
    node: Option<String>,
    /// Only calls from this day on, UTC.
    #[arg(long)]
    from: Option<Date>,
    /// Only calls until this day, UTC.
    #[arg(long)]
    to: Option<Date>,
}

impl Calls {
    /// Runs the command: 1 when boxes do not agree.
    pub(crate) fn run(self) -> Result<ExitCode> {
        let config = Config::load(Some(&self.data.path))?;
        telemetry::start(&config);
        if let Some(body) = local::ask_ok(&self.data.path, "GET", &self.path(), Vec::new())? {
            let text = String::from_utf8_lossy(&body).trim_end().to_owned();
            // Without an odd box only the heading is there.
            let odd = self.call.is_some() && text.lines().count() > 1;
            print::line(text);
            return Ok(code(odd));
        }
        let engine = Engine::open(&self.data.path, Options::from(&config), &mut |_, _| {})?;
        let shared = engine.handle().shared();
        let Some(call) = &self.call else {
            shared.read(|world, _| self.list(world));
            return Ok(ExitCode::SUCCESS);
        };
        let found = shared.read(|world, _| world.reconcile(call, None, &|_, _| true));
        let found = found.ok_or_else(|| anyhow::anyhow!("there is no call `{call}`"))?;
        print::line(told(&found).trim_end());
        Ok(code(!found.boxes.is_empty()))
    }

    /// Returns what a running `serve` is asked.
    fn path(&self) -> String {
        if let Some(call) = &self.call {
            return format!(
                "/v1/calls/{}/reconciliation?format=csv",
                call.replace('%', "%25").replace(' ', "%20").replace('/', "%2F")
            );
        }
        let mut path = "/v1/calls?".to_owned();
        for (name, value) in [
            ("node", self.node.clone()),
            ("from", self.from.map(|d| d.to_string())),
            ("to", self.to.map(|d| d.to_string())),
        ] {
            if let Some(value) = value {
                let _ = write!(path, "{name}={}&", value.replace(' ', "%20"));
            }
        }
        path.trim_end_matches(['&', '?']).to_owned()
    }

    fn list(&self, world: &sealane_mapper::World) {
        let places = world.places();
        let node = self.node.as_ref().and_then(|n| places.find(n));
        for call in world.calls() {
            let Some(at) = call.arrival.or(call.departure).map(|m| m.at) else { continue };
            let day = at.to_zoned(TimeZone::UTC).date();
            let here =
                places.find(&call.node.0).is_some_and(|n| node.is_none_or(|node| places.within(n, node)));
            let known = self.node.is_none() || node.is_some();
            if known && here && self.from.is_none_or(|d| day >= d) && self.to.is_none_or(|d| day <= d) {
                print::line(format!("{}  {}  {at}", call.id, call.node));
            }
        }
    }
}

fn code(odd: bool) -> ExitCode {
    if odd { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

/// Returns the odd boxes, a line each.
fn told(found: &Reconciliation) -> String {
    let mut text = String::new();
    for Odd { container, direction, verdict, differences, words, .. } in &found.boxes {
        let by: Vec<String> = words.iter().map(|w| format!("{} {}", w.party, w.family)).collect();
        let _ = writeln!(text, "{container}  {direction:?}  {verdict:?}  {differences:?}  {}", by.join(", "));
    }
    if text.is_empty() { "every box agrees".to_owned() } else { text }
}
