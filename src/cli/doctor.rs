//! `sealane doctor`: is a data directory sound, and what is to be done if not.

mod log;
mod place;

use super::{DataDir, print};
use crate::config::Config;
use anyhow::Result;
use serde::Serialize;
use std::path::Path;
use std::process::ExitCode;

/// Arguments of `doctor`.
#[derive(Debug, clap::Args)]
pub(crate) struct Doctor {
    #[command(flatten)]
    data: DataDir,
    /// Also reads every byte: all indexes of the log, and every submission against its SHA-256.
    #[arg(long)]
    deep: bool,
    /// Prints one JSON object.
    #[arg(long)]
    json: bool,
}

/// How something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
enum State {
    Ok,
    Warn,
    Fail,
}

/// What a check found: one sentence, and what to do unless all is well.
#[derive(Debug, Serialize)]
struct Found {
    check: &'static str,
    state: State,
    sentence: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    help: String,
}

/// What a check says; its name comes from the table.
struct Said(State, String, String);

impl Said {
    fn ok(sentence: impl Into<String>) -> Self {
        Self(State::Ok, sentence.into(), String::new())
    }

    fn warn(sentence: impl Into<String>, help: impl Into<String>) -> Self {
        Self(State::Warn, sentence.into(), help.into())
    }

    fn fail(sentence: impl Into<String>, help: impl Into<String>) -> Self {
        Self(State::Fail, sentence.into(), help.into())
    }
}

/// What every check may look at.
struct Patient<'a> {
    data: &'a Path,
    config: &'a Config,
    deep: bool,
}

/// One check.
struct Check {
    name: &'static str,
    look: fn(&Patient<'_>) -> Result<Said>,
}

/// Every check, in the order in which they are told.
const CHECKS: &[Check] = &[
    Check { name: "folder", look: place::folder },
    Check { name: "process", look: place::process },
    Check { name: "socket", look: place::socket },
    Check { name: "disk", look: place::disk },
    Check { name: "clock", look: log::clock },
    Check { name: "secrets", look: place::secrets },
    Check { name: "keys", look: place::keys },
    Check { name: "partners", look: place::partners },
    Check { name: "feeds", look: place::feeds },
    Check { name: "tls", look: place::tls },
    Check { name: "schema", look: log::schema },
    Check { name: "file", look: log::file },
    Check { name: "entries", look: log::entries },
    Check { name: "raw", look: log::raw },
    Check { name: "erased", look: log::erased },
    Check { name: "lake", look: log::lake },
];

impl Doctor {
    /// Runs the command: 1 when a check fails.
    pub(crate) fn run(self) -> Result<ExitCode> {
        let data = &self.data.path;
        anyhow::ensure!(data.is_dir(), "there is no data directory `{}`", data.display());
        let mut all = Vec::with_capacity(CHECKS.len() + 1);
        let (config, said) = match Config::load(Some(data)) {
            Ok(config) => (config, Said::ok("the configuration is understood")),
            Err(error) => (
                Config::load(None)?,
                Said::fail(format!("{error:#}"), "mend `sealane.toml`; `serve` does not start with it"),
            ),
        };
        self.tell(&mut all, "configuration", said);
        let patient = Patient { data, config: &config, deep: self.deep };
        for check in CHECKS {
            let said = (check.look)(&patient).unwrap_or_else(|error| {
                Said::fail(format!("{error:#}"), "this check could not be made; see its cause")
            });
            self.tell(&mut all, check.name, said);
        }
        let worst = all.iter().map(|f| f.state).max().unwrap_or(State::Ok);
        if self.json {
            print::line(serde_json::json!({"state": worst, "checks": all}));
        }
        Ok(if worst == State::Fail { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    }

    /// Notes what a check said, and prints it at once: some take long.
    fn tell(&self, all: &mut Vec<Found>, check: &'static str, said: Said) {
        let Said(state, sentence, help) = said;
        if !self.json {
            let word = match state {
                State::Ok => "ok  ",
                State::Warn => "warn",
                State::Fail => "FAIL",
            };
            let advice = if help.is_empty() { String::new() } else { format!(": {help}") };
            print::line(format!("{word}  {check:13}  {sentence}{advice}"));
        }
        all.push(Found { check, state, sentence, help });
    }
}
