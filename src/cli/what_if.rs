//! `sealane what-if`: what closed passages or ports would hit.

use super::{DataDir, Usage, local, print};
use crate::engine::{Engine, Options};
use crate::{config::Config, telemetry};
use anyhow::{Result, anyhow};
use serde_json::{Value, json};
use std::process::ExitCode;

/// Arguments of `what-if`.
#[derive(Debug, clap::Args)]
pub(crate) struct WhatIf {
    #[command(flatten)]
    data: DataDir,
    /// Passages and nodes that are closed, such as `suez,EGPSD`.
    #[arg(long, value_delimiter = ',', required = true, value_name = "PASSAGE|NODE")]
    close: Vec<String>,
    /// The ships' speed.
    #[arg(long, value_name = "KNOTS", default_value_t = 16.0)]
    speed: f64,
    /// Prints one JSON object.
    #[arg(long)]
    json: bool,
}

impl WhatIf {
    /// Runs the command: 0 also when something is hit, 2 when what is closed is unknown.
    pub(crate) fn run(self) -> Result<ExitCode> {
        let config = Config::load(Some(&self.data.path))?;
        telemetry::start(&config);
        let answer = self.answer(&config)?;
        if self.json {
            print::line(&answer);
        } else {
            lines(&answer).into_iter().for_each(print::line);
        }
        Ok(ExitCode::SUCCESS)
    }

    /// Asks a running `serve`, or the data directory itself.
    fn answer(&self, config: &Config) -> Result<Value> {
        let network = sealane_mapper::sea::SeaNetwork::embedded();
        let passage = |text: &&String| network.passages().iter().any(|known| known.id == **text);
        let (passages, nodes): (Vec<&String>, Vec<&String>) = self.close.iter().partition(passage);
        let question = json!({ "closed": { "passages": passages, "nodes": nodes }, "speed": self.speed });
        let question = serde_json::to_vec(&question)?;
        if let Some((status, body)) = local::ask(&self.data.path, "POST", "/v1/what-if", question.clone())? {
            let answer: Value = serde_json::from_slice(&body)?;
            let detail =
                || answer["detail"].as_str().unwrap_or("the running `serve` gave no answer").to_owned();
            return match (status.is_success(), status.is_client_error()) {
                (true, _) => Ok(answer),
                (_, true) => Err(Usage(detail()).into()),
                _ => Err(anyhow!(detail())),
            };
        }
        let engine = Engine::open(&self.data.path, Options::from(config), &mut |_, _| {})?;
        let answer = sealane_api::what_if(engine.handle().shared(), &question);
        Ok(serde_json::from_slice(&answer.map_err(|problem| Usage(problem.detail().to_owned()))?)?)
    }
}

/// Says an answer in words.
fn lines(answer: &Value) -> Vec<String> {
    let all = |name: &str| answer[name].as_array().cloned().unwrap_or_default();
    let (shipments, certificates) = (all("shipments"), all("certificates"));
    let mut lines =
        vec![format!("shipments hit: {}, certificates hit: {}", shipments.len(), certificates.len())];
    let text = |value: &Value| value.as_str().unwrap_or("not told").to_owned();
    for hit in &shipments {
        lines.push(format!("{}: {}, {}", text(&hit["container"]), longer(hit), arrival(hit)));
    }
    for hit in &certificates {
        lines.push(format!(
            "certificate {}: {}, {}; valid until {}: {}",
            text(&hit["number"]),
            longer(hit),
            arrival(hit),
            text(&hit["valid_until"]),
            text(&hit["expiry"]).replace('_', " ")
        ));
    }
    if answer["complete"] == false {
        lines.push("older shipments were not looked at".to_owned());
    }
    lines
}

fn longer(hit: &Value) -> String {
    let before = hit["distance_nm"].as_f64().unwrap_or_default();
    match (hit["new_distance_nm"].as_f64(), hit["delay_hours"].as_f64()) {
        (Some(after), Some(hours)) => {
            format!("{before:.0} nm to go become {after:.0} nm, {hours:.0} hours later")
        }
        _ => format!("{before:.0} nm to go, and no way is left"),
    }
}

fn arrival(hit: &Value) -> String {
    match (hit["arrival"].as_str(), hit["new_arrival"].as_str()) {
        (Some(before), Some(after)) => format!("arrival {before} becomes {after}"),
        (Some(before), None) => format!("arrival was {before}"),
        _ => "no arrival is told".to_owned(),
    }
}
