//! `sealane check`: findings drawn at their place, nothing stored.

use super::{ingest, print};
use anyhow::{Context as _, Result};
use miette::{GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteDiagnostic, NamedSource, Report};
use sealane_data::finding::{Finding, Severity};
use sealane_data::partner::Partner;
use sealane_data::places::Places;
use sealane_ingest::answers::workbook;
use sealane_ingest::{ReadContext, messages::sheet};
use std::io::IsTerminal as _;
use std::path::PathBuf;
use std::process::ExitCode;

/// Arguments of `check`.
#[derive(Debug, clap::Args)]
pub(crate) struct Check {
    /// Files or folders; `-` is standard input.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The severity from which the exit code is 1.
    #[arg(long, value_enum, default_value_t = FailOn::Error)]
    fail_on: FailOn,
    /// Prints one JSON object per file.
    #[arg(long)]
    json: bool,
    /// Reads as the partner of this file, such as `DATA/partners/depot.toml`; else as the operator.
    #[arg(long, value_name = "FILE")]
    profile: Option<PathBuf>,
    /// Writes the spreadsheet with its bad cells marked to this file; only for one spreadsheet.
    #[arg(long, value_name = "FILE")]
    answer: Option<PathBuf>,
    /// Draws every finding; without it, the first three of each code and file.
    #[arg(long)]
    all: bool,
}

/// From which severity on a file fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum FailOn {
    Error,
    Warning,
    Info,
    Never,
}

impl FailOn {
    fn fails(self, severity: Severity) -> bool {
        match self {
            Self::Error => severity >= Severity::Error,
            Self::Warning => severity >= Severity::Warning,
            Self::Info => true,
            Self::Never => false,
        }
    }
}

/// Findings of one code that are drawn without `--all`.
const DRAWN: usize = 3;

/// Bytes shown on each side of a finding: a file may be one line of a gigabyte.
const AROUND: usize = 60;

impl Check {
    /// Runs the command: 1 when a finding is as bad as `--fail-on`.
    pub(crate) fn run(self) -> Result<ExitCode> {
        let mut failed = false;
        let partner = self.partner()?;
        let scratch = crate::files::scratch("sealane-stdin").context("cannot make a temporary directory")?;
        let files = ingest::list(&self.files, &scratch.0)?;
        anyhow::ensure!(self.answer.is_none() || files.len() == 1, "`--answer` takes one file");
        for (path, name) in files {
            let bytes = std::fs::read(&path).with_context(|| format!("cannot read `{}`", path.display()))?;
            let cx = ReadContext { partner: &partner, wants_ack: false };
            let reading = sealane_ingest::read(&bytes, cx);
            let events: usize = reading.messages.iter().map(|m| m.observations.len()).sum();
            let messages = reading.messages.len();
            let in_messages = reading.messages.into_iter().flat_map(|m| m.findings);
            let findings: Vec<Finding> = reading.findings.into_iter().chain(in_messages).collect();
            failed |= findings.iter().any(|f| self.fail_on.fails(f.severity));
            let guesses = sheet::guesses(&bytes, &partner);
            self.write_answer(&bytes, &partner, &findings)?;
            if self.json {
                let answer = serde_json::json!({"file": name, "messages": messages, "events": events, "findings": findings, "layouts": guesses});
                print::line(answer);
            } else {
                print::line(format!(
                    "{name}: {messages} messages, {events} events, {} findings",
                    findings.len()
                ));
                self.draw(&name, &bytes, &findings);
                for guess in guesses {
                    let partner = &partner.id;
                    print::line(format!(
                        "\nTo confirm the layout of {}, correct what is wrong and put this at the end of `DATA/partners/{partner}.toml`:\n\n{}",
                        or_table(&guess.sheet),
                        guess.table()
                    ));
                }
            }
        }
        Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    }

    fn partner(&self) -> Result<Partner> {
        let Some(path) = &self.profile else { return Ok(Partner::operator()) };
        let text =
            std::fs::read_to_string(path).with_context(|| format!("cannot read `{}`", path.display()))?;
        let partner: Partner = toml::from_str(&text)
            .with_context(|| format!("partner file `{}` is not valid", path.display()))?;
        let problems = partner.problems(&Places::embedded());
        anyhow::ensure!(problems.is_empty(), "partner file `{}`: {}", path.display(), problems.join("; "));
        Ok(partner)
    }

    /// Writes the marked spreadsheet, if it was asked for.
    fn write_answer(&self, bytes: &[u8], partner: &Partner, findings: &[Finding]) -> Result<()> {
        let Some(path) = &self.answer else { return Ok(()) };
        let xlsx = path.extension().is_some_and(|e| e.eq_ignore_ascii_case("xlsx"));
        let marked = workbook::mark(bytes, partner.charset.as_deref(), findings, xlsx)
            .context("`--answer` needs a spreadsheet that can be opened")?;
        std::fs::write(path, marked.bytes).with_context(|| format!("cannot write `{}`", path.display()))
    }

    fn draw(&self, name: &str, bytes: &[u8], findings: &[Finding]) {
        let mut counts = std::collections::BTreeMap::<&str, usize>::new();
        for finding in findings {
            let count = counts.entry(&finding.code).or_default();
            *count += 1;
            if self.all || *count <= DRAWN {
                print::line(drawn(name, bytes, finding));
            }
        }
        for (code, count) in counts.into_iter().filter(|(_, n)| !self.all && *n > DRAWN) {
            print::line(format!("  {code}: {} more like these; `--all` draws them", count - DRAWN));
        }
    }
}

/// Names a sheet; a text table has no name.
fn or_table(sheet: &str) -> String {
    let sheet = sheet.trim_end_matches(['!', ':']);
    if sheet.is_empty() { "the table".to_owned() } else { format!("`{sheet}`") }
}

/// Draws a finding of a spreadsheet, whose place is a cell.
fn drawn_cell(name: &str, finding: &Finding) -> String {
    let place = if finding.place.tag.is_empty() { String::new() } else { format!(", {}", finding.place.tag) };
    let help = if finding.help.is_empty() { String::new() } else { format!("\n    help: {}", finding.help) };
    format!("  {} {name}{place}: {}{help}", finding.code, finding.message)
}

/// Draws a finding with the text around its place.
fn drawn(name: &str, bytes: &[u8], finding: &Finding) -> String {
    if finding.code.starts_with("SHT-") {
        return drawn_cell(name, finding);
    }
    let at = usize::try_from(finding.place.byte).unwrap_or(usize::MAX).min(bytes.len());
    let end = at.saturating_add((finding.place.len as usize).clamp(1, 200)).min(bytes.len());
    let (from, to) = (at.saturating_sub(AROUND), (end + AROUND).min(bytes.len()));
    // One byte stays one column whatever the charset, so that the mark stands where it should.
    let shown: String =
        bytes[from..to].iter().map(|b| if (32..127).contains(b) { char::from(*b) } else { ' ' }).collect();
    let place = format!(
        "{name}, byte {}, line {}, segment {}",
        finding.place.byte, finding.place.line, finding.place.segment
    );
    let severity = match finding.severity {
        Severity::Info => miette::Severity::Advice,
        Severity::Warning => miette::Severity::Warning,
        Severity::Error => miette::Severity::Error,
    };
    let mark = LabeledSpan::new(Some(finding.place.tag.to_string()), at - from, end - at);
    let diagnostic = MietteDiagnostic::new(finding.message.clone())
        .with_code(finding.code.to_string())
        .with_severity(severity)
        .with_help(finding.help.clone())
        .with_label(mark);
    let report = Report::new(diagnostic).with_source_code(NamedSource::new(place, shown));
    let mut text = String::new();
    let colours = std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let theme = if colours { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
    let handler = GraphicalReportHandler::new_themed(theme).with_width(110);
    match handler.render_report(&mut text, report.as_ref()) {
        Ok(()) => text,
        Err(_) => format!("{} {}", finding.code, finding.message),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sealane_data::finding::Place;

    #[test]
    fn a_finding_beyond_the_end_or_in_foreign_bytes_is_drawn() {
        let finding = Finding {
            code: "EDI-000".into(),
            severity: Severity::Error,
            place: Place { byte: 7, len: 900, ..Place::default() },
            message: "cut".into(),
            help: String::new(),
        };
        assert!(drawn("x.edi", b"UNB+\xff\xfe", &finding).contains("EDI-000"));
        assert!(drawn("x.edi", b"", &finding).contains("cut"));
    }
}
