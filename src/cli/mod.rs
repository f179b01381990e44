//! The command line. Results go to standard output, progress and complaints to standard error.

mod backup;
mod calls;
mod check;
mod confirm;
mod demo;
mod doctor;
mod erase;
mod ingest;
mod keys;
mod kpi;
mod local;
mod manifest;
mod print;
mod proxy;
mod reread;
mod restore;
mod route;
mod sandbox;
mod sea;
mod serve;
mod tls;
mod tokens;
mod verify;
mod webhooks;
mod what_if;

use clap::{CommandFactory as _, Parser, Subcommand};
use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

/// Turns the messages that ports, carriers and forwarders already send into live delivery maps tied
/// to electronic certificates of origin.
#[derive(Debug, Parser)]
#[command(name = "sealane", version, propagate_version = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Shows a simulated world on a live map: a temporary directory, time-lapse, an open page on this machine.
    Demo(demo::Demo),
    /// Serves a data directory: doors for partners, sites and analysts.
    Serve(serve::Serve),
    /// Takes in files, folders or standard input (`-`); the same bytes again add nothing.
    Ingest(ingest::Ingest),
    /// Says what is wrong or doubtful in files, drawn at its place; stores nothing.
    Check(check::Check),
    /// Shows the way by sea between two nodes.
    Route(route::RouteArgs),
    /// Lists the shipments and certificates that closed passages or ports would hit.
    WhatIf(what_if::WhatIf),
    /// Makes the sea network anew from land and facts.
    Sea(sea::Sea),
    /// Answers a figure from the lake.
    Kpi(kpi::Kpi),
    /// Lists calls of ships; for one, compares what was planned, lifted and seen at the gate.
    Calls(calls::Calls),
    /// Reads again what partners sent, with their profiles as they are now; shows it first.
    Reread(reread::Reread),
    /// Confirms the guessed layouts of a spreadsheet for its partner, and reads again what waits for them.
    Confirm(confirm::Confirm),
    /// Takes a re-reading back.
    Undo(reread::Undo),
    /// Says who wrote a signed document or an evidence pack, and whether it is what was signed.
    Verify(verify::Verify),
    /// Makes, lists and revokes keys, and rotates the signing key.
    Keys(keys::Keys),
    /// Makes, lists and removes webhooks of sites.
    Webhooks(webhooks::Args),
    /// Copies log, lake, keys, partners and configuration, also beside a running `serve`.
    Backup(backup::Backup),
    /// Makes a data directory of a backup, after checking every hash.
    Restore(restore::Restore),
    /// Checks a data directory and says what to do.
    Doctor(doctor::Doctor),
    /// Plays the registries of the announced regimes for tests of adapters, and reports on an adapter.
    Sandbox(sandbox::Sandbox),
    /// Removes the raw bytes of submissions at once; what was read from them stays.
    Erase(erase::Erase),
    /// Writes a completion script for a shell to standard output.
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
}

/// A data directory, as every command that has one takes it.
#[derive(Debug, clap::Args)]
pub(crate) struct DataDir {
    /// The data directory; it is made if it is not there.
    #[arg(
        long = "data",
        value_name = "DIR",
        env = "SEALANE_DATA",
        default_value = "sealane-data",
        global = true
    )]
    pub(crate) path: PathBuf,
}

impl Drop for DataDir {
    /// When the command ends: what root has made belongs to the directory's owner, whose service has to
    /// go on with it.
    fn drop(&mut self) {
        if let Err(error) = crate::files::hand_over(&self.path)
            && error.kind() != io::ErrorKind::NotFound
        {
            tracing::warn!(%error, "files that root has made could not be given to the directory's owner");
        }
    }
}

/// What was typed is not enough to go on, as wrong usage of a command.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Usage(pub(crate) String);

/// Runs the command of this process and returns its exit code: 0 done, 1 our own failure or an
/// error found by `check`, 2 wrong usage.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    let result = match cli.command {
        Command::Demo(args) => args.run().map(|()| ExitCode::SUCCESS),
        Command::Serve(args) => args.run().map(|()| ExitCode::SUCCESS),
        Command::Ingest(args) => args.run(),
        Command::Check(args) => args.run(),
        Command::Route(args) => args.run(),
        Command::WhatIf(args) => args.run(),
        Command::Sea(args) => args.run(),
        Command::Kpi(args) => args.run(),
        Command::Calls(args) => args.run(),
        Command::Reread(args) => args.run().map(|()| ExitCode::SUCCESS),
        Command::Confirm(args) => args.run().map(|()| ExitCode::SUCCESS),
        Command::Undo(args) => args.run().map(|()| ExitCode::SUCCESS),
        Command::Verify(args) => args.run(),
        Command::Keys(args) => args.run().map(|()| ExitCode::SUCCESS),
        Command::Webhooks(args) => args.run().map(|()| ExitCode::SUCCESS),
        Command::Backup(args) => args.run().map(|()| ExitCode::SUCCESS),
        Command::Restore(args) => args.run().map(|()| ExitCode::SUCCESS),
        Command::Doctor(args) => args.run(),
        Command::Sandbox(args) => args.run(),
        Command::Erase(args) => args.run().map(|()| ExitCode::SUCCESS),
        Command::Completions { shell } => {
            clap_complete::generate(shell, &mut Cli::command(), "sealane", &mut io::stdout());
            Ok(ExitCode::SUCCESS)
        }
    };
    result.unwrap_or_else(|error| {
        print::error(&error);
        if error.is::<Usage>() { ExitCode::from(2) } else { ExitCode::FAILURE }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_consistent() {
        Cli::command().debug_assert();
    }
}
