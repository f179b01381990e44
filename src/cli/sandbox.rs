//! `sealane sandbox`: plays the registries of the announced regimes, and reports on an adapter.

use super::print;
use super::tls::{Certificate, TlsListener};
use crate::config::TlsFiles;
use crate::sandbox::{self, Options, Wanted, conformance};
use anyhow::{Context as _, Result, bail};
use sealane_origin::registries::{Profile, read_profile, regime};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;

/// Arguments of `sandbox`.
#[derive(Debug, clap::Args)]
pub(crate) struct Sandbox {
    /// Where to listen; port 0 takes a free one.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8700")]
    listen: SocketAddr,
    /// Milliseconds that every answer takes.
    #[arg(long, value_name = "MS", default_value_t = 0)]
    latency: u64,
    /// Milliseconds until a pending answer (ending 02) is there.
    #[arg(long, value_name = "MS", default_value_t = 5000)]
    pending: u64,
    /// Milliseconds after which a number with the ending 20 is revoked.
    #[arg(long, value_name = "MS", default_value_t = 10_000)]
    revoked_after: u64,
    /// Answers every so many calls 503; 0 is never.
    #[arg(long, value_name = "N", default_value_t = 0)]
    fail_every: u64,
    /// What callers have to say of themselves.
    #[arg(long, value_enum, default_value = "nothing")]
    auth: Wanted,
    /// The file with the secret of every caller; it also signs what is pushed.
    #[arg(long, value_name = "FILE")]
    secret: Option<PathBuf>,
    /// The certificate chain of HTTPS in PEM.
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// The private key of HTTPS in PEM.
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// Asks callers for a certificate of this authority (mutual TLS).
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    client_ca: Option<PathBuf>,
    /// Reports on an adapter instead: a profile's file, or the id of an embedded one. Exit code 1 if it does wrong.
    #[arg(long, value_name = "PROFILE")]
    conformance: Option<String>,
    /// Prints the report as JSON.
    #[arg(long, requires = "conformance")]
    json: bool,
}

impl Sandbox {
    /// Runs until the process is told to stop, or until the report is out.
    pub(crate) fn run(self) -> Result<ExitCode> {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        match &self.conformance {
            Some(named) => {
                let profile = profile(named)?;
                let lines = runtime.block_on(conformance::report(profile))?;
                runtime.shutdown_background();
                printed(&lines, self.json)
            }
            None => runtime.block_on(self.serve()).map(|()| ExitCode::SUCCESS),
        }
    }

    async fn serve(self) -> Result<()> {
        let secret = self.secret.as_deref().map(first_line).transpose()?;
        let defaults = Options::default();
        let options = Options {
            latency: Duration::from_millis(self.latency),
            pending: Duration::from_millis(self.pending),
            revoked_after: Duration::from_millis(self.revoked_after),
            fail_every: self.fail_every,
            wanted: self.auth,
            secret: secret.unwrap_or(defaults.secret.clone()),
            ..defaults
        };
        let router = sandbox::router(Arc::new(sandbox::Sandbox::new(options)?));
        let listen = self.listen;
        let tcp = TcpListener::bind(listen).await.with_context(|| format!("cannot listen on {listen}"))?;
        let address = tcp.local_addr()?;
        let files = TlsFiles { cert: self.tls_cert, key: self.tls_key };
        let Some(certificate) = Certificate::open(&files)? else {
            print::line(format!("sandbox serves http://{address} (issues nothing, verifies nothing)"));
            axum::serve(tcp, router).with_graceful_shutdown(super::serve::told_to_stop()).await?;
            return Ok(());
        };
        let tls = TlsListener::asking(tcp, certificate, self.client_ca.as_deref())?;
        print::line(format!("sandbox serves https://{address} (issues nothing, verifies nothing)"));
        axum::serve(tls, router).with_graceful_shutdown(super::serve::told_to_stop()).await?;
        Ok(())
    }
}

fn first_line(path: &Path) -> Result<String> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read `{}`", path.display()))?;
    let secret = text.lines().next().unwrap_or_default().trim().to_owned();
    if secret.is_empty() {
        bail!("`{}` is empty", path.display());
    }
    Ok(secret)
}

/// Returns the profile of an embedded regime, or of a file.
fn profile(named: &str) -> Result<Profile> {
    let text = match regime(named) {
        Some(regime) => regime.profile.to_owned(),
        None => std::fs::read_to_string(named)
            .with_context(|| format!("`{named}` is no embedded profile and no file that can be read"))?,
    };
    read_profile(&text).map_err(|problems| {
        let told: Vec<String> = problems.iter().map(ToString::to_string).collect();
        anyhow::anyhow!("`{named}` is not valid: {}", told.join("; "))
    })
}

fn printed(lines: &[conformance::Line], json: bool) -> Result<ExitCode> {
    let wrong = lines.iter().filter(|line| !line.good).count();
    if json {
        print::line(serde_json::to_string(lines)?);
    } else {
        for line in lines {
            let mark = if line.good { "right" } else { "WRONG" };
            print::line(format!("{mark}  {:<30} {:<66} {}", line.case, line.about, line.got));
        }
        print::line(format!(
            "{} of {} right; the sandbox is our own guess, not a regime's test",
            lines.len() - wrong,
            lines.len()
        ));
    }
    Ok(if wrong == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
