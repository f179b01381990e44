//! `sealane check`: findings drawn at their place, nothing stored.

use super::{ingest, print};
use anyhow::{Context as _, Result};
use miette::{GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteDiagnostic, NamedSource, Report};
use sealane_data::finding::{Finding, FindingGroup, Language, Place, Severity};
use sealane_data::mapping::Mappings;
use sealane_data::partner::Partner;
use sealane_data::places::Places;
use sealane_ingest::answers::workbook;
use sealane_ingest::{ReadContext, Reading, messages::feeds::mapped, messages::sheet};
use std::io::IsTerminal as _;
use std::path::PathBuf;
use std::process::ExitCode;

/// Arguments of `check`.
#[derive(Debug, clap::Args)]
pub(crate) struct Check {
    /// Files or folders of messages, or certificates as JSON; `-` is standard input.
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
    /// Draws every finding; without it, the first one of each code, message type and cause.
    #[arg(long)]
    all: bool,
    /// Shows what the file would give by the mappings of this file, and which fields would stay unread.
    #[arg(long, value_name = "FILE", conflicts_with = "answer")]
    mapping: Option<PathBuf>,
    /// The language of the sentences: `en`, `zh` or `vi`.
    #[arg(long, value_name = "LANG", default_value = "en", value_parser = language)]
    lang: Language,
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

/// Places of a group that are named beside the one that is drawn.
const NAMED: usize = 3;

/// Reads the language of a tag.
fn language(tag: &str) -> Result<Language, String> {
    Language::of_tag(tag).ok_or_else(|| "it is none of `en`, `zh` and `vi`".to_owned())
}

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
            if let Some(mappings) = &self.mapping {
                failed |= self.try_mappings(mappings, &name, &bytes, &partner)?;
                continue;
            }
            if is_certificate(&bytes) {
                failed |= self.certificate(&name, &bytes);
                continue;
            }
            let cx = ReadContext { partner: &partner, wants_ack: false };
            let reading = sealane_ingest::read(&bytes, cx);
            let events: usize = reading.messages.iter().map(|m| m.observations.len()).sum();
            let messages = reading.messages.len();
            let (findings, groups) = found(reading);
            failed |= findings.iter().any(|f| self.fail_on.fails(f.severity));
            let guesses = sheet::guesses(&bytes, &partner);
            self.write_answer(&bytes, &partner, &findings)?;
            if self.json {
                let answer = serde_json::json!({"file": name, "messages": messages, "events": events, "findings": findings, "groups": groups, "layouts": guesses});
                print::line(answer);
            } else {
                let kinds = groups.len();
                print::line(format!(
                    "{name}: {messages} messages, {events} events, {} findings of {kinds} kinds",
                    findings.len()
                ));
                self.draw(&name, &bytes, &findings, &groups);
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

    /// Checks a certificate of origin; returns whether it fails.
    fn certificate(&self, name: &str, bytes: &[u8]) -> bool {
        let (intended, findings) = sealane_origin::read(bytes);
        if self.json {
            let would_take = intended.is_some();
            print::line(serde_json::json!({"file": name, "would_take": would_take, "findings": findings}));
        } else {
            let taken = if intended.is_some() { "would be taken" } else { "would not be taken" };
            print::line(format!("{name}: a certificate that {taken}, {} findings", findings.len()));
            for finding in &findings {
                print::line(drawn_cell(name, finding, self.lang));
            }
        }
        findings.iter().any(|f| self.fail_on.fails(f.severity))
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

    /// Shows what a file would give by mappings that are not in the profile yet.
    fn try_mappings(
        &self,
        path: &std::path::Path,
        name: &str,
        bytes: &[u8],
        partner: &Partner,
    ) -> Result<bool> {
        let text =
            std::fs::read_to_string(path).with_context(|| format!("cannot read `{}`", path.display()))?;
        let file: Mappings = toml::from_str(&text)
            .with_context(|| format!("mapping file `{}` is not valid", path.display()))?;
        let mut failed = false;
        for mapping in &file.mappings {
            let told = mapped::trial(bytes, mapping, partner);
            anyhow::ensure!(
                told.problems.is_empty(),
                "mapping file `{}`: {}",
                path.display(),
                told.problems.join("; ")
            );
            if !mapped::fits(bytes, mapping) || (told.claimed == 0 && file.mappings.len() > 1) {
                print::line(format!("{name}: the mapping `{}` is not for this file", mapping.id));
                continue;
            }
            let inside = told.records.iter().flat_map(|record| &record.findings);
            let findings: Vec<Finding> = told.findings.iter().chain(inside).cloned().collect();
            failed |= findings.iter().any(|f| self.fail_on.fails(f.severity));
            if self.json {
                print::line(serde_json::json!({"file": name, "mapping": mapping.id, "trial": told}));
                continue;
            }
            let (records, claimed) = (told.records.len(), told.claimed > 0);
            let claim = if claimed { "is for this file" } else { "would not be chosen by `has` and `is`" };
            print::line(format!("{name}: the mapping `{}` {claim} and gives {records} records", mapping.id));
            for record in &told.records {
                for said in &record.observations {
                    let said = serde_json::to_string(said).context("an observation cannot be written")?;
                    print::line(format!("  {}: {said}", record.ordinal));
                }
            }
            for unused in &told.unread {
                print::line(format!("  unread: `{}`, {} times", unused.path, unused.count));
            }
            for finding in &findings {
                print::line(drawn(name, bytes, finding, self.lang));
            }
        }
        Ok(failed)
    }

    /// Writes the marked spreadsheet, if it was asked for.
    fn write_answer(&self, bytes: &[u8], partner: &Partner, findings: &[Finding]) -> Result<()> {
        let Some(path) = &self.answer else { return Ok(()) };
        let xlsx = path.extension().is_some_and(|e| e.eq_ignore_ascii_case("xlsx"));
        let marked = workbook::mark(bytes, partner.charset.as_deref(), findings, xlsx)
            .context("`--answer` needs a spreadsheet that can be opened")?;
        std::fs::write(path, marked.bytes).with_context(|| format!("cannot write `{}`", path.display()))
    }

    /// Draws every finding, or the first of each group with how many there are.
    fn draw(&self, name: &str, bytes: &[u8], findings: &[Finding], groups: &[FindingGroup]) {
        if self.all {
            for finding in findings {
                print::line(drawn(name, bytes, finding, self.lang));
            }
            return;
        }
        for group in groups {
            let Some(place) = group.first.first().cloned() else { continue };
            let finding = Finding {
                code: group.code.clone(),
                severity: group.severity,
                place,
                message: group.message.clone(),
                help: group.help.clone(),
            };
            print::line(drawn(name, bytes, &finding, self.lang));
            if group.count > 1 {
                let places = group.first.iter().skip(1).take(NAMED).map(where_it_is);
                let places: Vec<String> = places.collect();
                let (code, more) = (&group.code, group.count - 1);
                let of =
                    if group.family.is_empty() { String::new() } else { format!(" in {}", group.family) };
                print::line(format!(
                    "  {code}{of}: {more} more, next {}; `--all` draws them",
                    places.join("; ")
                ));
            }
        }
    }
}

/// Returns whether a file holds a certificate of origin: it goes to `/v1/certificates`, not among messages.
fn is_certificate(bytes: &[u8]) -> bool {
    #[derive(serde::Deserialize)]
    struct Head {
        #[serde(rename = "regime")]
        _regime: String,
        #[serde(rename = "number")]
        _number: serde_json::Value,
    }
    bytes.len() <= sealane_origin::MAX_BYTES && serde_json::from_slice::<Head>(bytes).is_ok()
}

/// Names a place in a few words.
fn where_it_is(place: &Place) -> String {
    if place.line == 0 && !place.tag.is_empty() {
        return place.tag.to_string();
    }
    format!("line {} segment {}", place.line, place.segment)
}

/// Returns the findings of a reading, one by one and in groups.
fn found(reading: Reading) -> (Vec<Finding>, Vec<FindingGroup>) {
    let mut groups = Vec::new();
    let mut findings = reading.findings;
    for finding in &findings {
        FindingGroup::add(&mut groups, "", finding);
    }
    for message in reading.messages {
        let kind = message.family.split(':').next().unwrap_or_default();
        for finding in &message.findings {
            FindingGroup::add(&mut groups, kind, finding);
        }
        findings.extend(message.findings);
    }
    (findings, groups)
}

/// Names a sheet; a text table has no name.
fn or_table(sheet: &str) -> String {
    let sheet = sheet.trim_end_matches(['!', ':']);
    if sheet.is_empty() { "the table".to_owned() } else { format!("`{sheet}`") }
}

/// Draws a finding whose place is a cell or a path.
fn drawn_cell(name: &str, finding: &Finding, lang: Language) -> String {
    let place = if finding.place.tag.is_empty() { String::new() } else { format!(", {}", finding.place.tag) };
    let help = if finding.help.is_empty() {
        String::new()
    } else {
        format!("\n    help: {}", finding.advises(lang))
    };
    format!("  {} {name}{place}: {}{help}", finding.code, finding.says(lang))
}

/// Draws a finding with the text around its place.
fn drawn(name: &str, bytes: &[u8], finding: &Finding, lang: Language) -> String {
    if finding.code.starts_with("SHT-") {
        return drawn_cell(name, finding, lang);
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
    let diagnostic = MietteDiagnostic::new(finding.says(lang))
        .with_code(finding.code.to_string())
        .with_severity(severity)
        .with_help(finding.advises(lang).to_owned())
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

    #[test]
    fn a_finding_beyond_the_end_or_in_foreign_bytes_is_drawn() {
        let finding = Finding {
            code: "EDI-000".into(),
            severity: Severity::Error,
            place: Place { byte: 7, len: 900, ..Place::default() },
            message: "cut".into(),
            help: String::new(),
        };
        assert!(drawn("x.edi", b"UNB+\xff\xfe", &finding, Language::English).contains("EDI-000"));
        assert!(drawn("x.edi", b"", &finding, Language::English).contains("cut"));
    }
}
