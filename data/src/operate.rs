//! The port through which an operator's tools reach the engine: partners and re-readings.

use crate::Text;
use crate::node::NodeId;
use crate::partner::{Mode, Partner, PartyId};
use crate::ports::{IntakeError, Pending};
use crate::recorded::Seq;
use crate::sheet::{SheetGuesses, SheetOrder};
use crate::submission::SubmissionId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What an operator wants to be read again, with the profile as it is now.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RereadOrder {
    /// Whose submissions; all parties without one.
    pub party: Option<PartyId>,
    /// Received from this instant on.
    pub from: Option<Timestamp>,
    /// Received before this instant.
    pub until: Option<Timestamp>,
    /// Only these submissions, if any are named.
    pub submissions: Vec<SubmissionId>,
    /// Only submissions that are held.
    pub held: bool,
    /// Why, for people.
    pub why: String,
    /// Whether to do it; else only what would change is told.
    pub apply: bool,
}

/// What a re-reading changes, or would change.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RereadReport {
    /// The id of the re-reading, if it was done and changed anything: `undo` takes it back.
    pub id: Option<Text>,
    /// Whether it was done.
    pub applied: bool,
    /// Submissions that were read again.
    pub submissions: u64,
    /// Submissions whose bytes could not be read again: what was read from them until now stands.
    pub skipped: Vec<Skipped>,
    /// Messages that say the same as before.
    pub unchanged: u64,
    /// Messages that say something else now.
    pub replaced: u64,
    /// Messages that were not read before.
    pub added: u64,
    /// Messages that are not read any more.
    pub gone: u64,
    /// The first of the observations that differ.
    pub differences: Vec<Difference>,
    /// Certificates whose route may change.
    pub certificates: Vec<Text>,
}

/// A submission that could not be read again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Skipped {
    /// The submission.
    pub submission: SubmissionId,
    /// Why, for programs.
    pub why: SkippedFor,
    /// Why, for people.
    pub told: String,
}

/// Why a submission could not be read again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SkippedFor {
    /// Its bytes were erased.
    Erased,
    /// Its bytes are damaged, or too many for one piece.
    Unreadable,
}

/// One observation before and after.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// The submission.
    pub submission: SubmissionId,
    /// The message's ordinal in it.
    pub message: u32,
    /// What was understood until now; empty when nothing was.
    pub before: String,
    /// What is understood now; empty when nothing is.
    pub after: String,
}

/// A partner as the operator sees it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PartnerStatus {
    /// The party.
    pub id: PartyId,
    /// Its name for people.
    pub name: String,
    /// Whether its data takes part.
    pub mode: Mode,
    /// Whether everything it sends is a test.
    pub test: bool,
    /// Its profile as it is in use, if it has a file of its own.
    pub profile: Option<Partner>,
    /// When it was last heard.
    pub heard: Option<Timestamp>,
    /// Its last submissions that are held, at most a page of them.
    pub held: u64,
    /// Places it named that mean no node or only a port, most told first.
    pub unknown: Vec<UnknownPlace>,
    /// In what it no longer sends what it used to.
    #[serde(default)]
    pub drift: Vec<Drift>,
}

/// An alarm: since a submission, a partner no longer sends what it used to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Drift {
    /// The message type.
    pub message: Text,
    /// What changed: `delay`, `unknown_codes`, or what fewer or more of its messages tell, such as `gross_mass`.
    pub what: Text,
    /// The segment that tells it in EDIFACT, where it is one.
    #[serde(default, skip_serializing_if = "Text::is_empty")]
    pub segment: Text,
    /// What it was: minutes for a delay, else points of a hundred.
    pub before: f64,
    /// What it is now.
    pub now: f64,
    /// The first submission that was otherwise.
    pub since: SubmissionId,
    /// When that came.
    pub since_at: Timestamp,
    /// The same in one sentence.
    pub told: String,
}

impl Drift {
    /// Returns the alarm about a message type, with its sentence.
    pub fn new(
        message: Text,
        (what, segment): (&str, &str),
        (before, now): (f64, f64),
        (since, since_at): (SubmissionId, Timestamp),
    ) -> Self {
        let segment = Text::from(segment);
        let named = what.replace('_', " ");
        let told = match what {
            "delay" => format!(
                "{message} comes {:.0} minutes after the event instead of {before:.0}: {}",
                now,
                clock(now - before)
            ),
            "unknown_codes" => format!(
                "{now:.0} % of what {message} tells has unknown codes or places instead of {before:.0} %"
            ),
            _ => format!(
                "{now:.0} % of what {message} tells has its {named} (`{segment}`) instead of {before:.0} %"
            ),
        };
        Self { message, what: what.into(), segment, before, now, since, since_at, told }
    }
}

/// Says what a jump of times looks like.
fn clock(minutes: f64) -> String {
    let halves = (minutes / 30.0).round();
    let near = (minutes - halves * 30.0).abs() <= 10.0;
    let way = if minutes > 0.0 { "behind" } else { "ahead" };
    if near && halves != 0.0 && halves.abs() <= 28.0 {
        return format!("as if its clock were {} hours {way}", (halves / 2.0).abs());
    }
    format!("its clock or its sending is {:.0} minutes {way}", minutes.abs())
}

/// A place that a partner names and that means no node, or only the port of the facility it names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnknownPlace {
    /// The alias that would map it, as the profile writes it.
    pub alias: Text,
    /// The place as found: code, facility and name.
    pub told: String,
    /// The port it is taken for, when its facility is what is not known.
    pub port: Option<NodeId>,
    /// How often it was told.
    pub count: u64,
    /// The last log position that told it.
    pub last: Seq,
}

/// A partner file that is not in use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProfileProblem {
    /// The file.
    pub file: String,
    /// What is wrong with it.
    pub problem: String,
}

/// A re-reading that was done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RereadDone {
    /// Its id.
    pub id: Text,
    /// When.
    pub at: Timestamp,
    /// Why.
    pub why: String,
    /// How many submissions, messages retracted and messages appended.
    pub counts: [usize; 3],
    /// The re-reading that it takes back.
    pub undoes: Option<Text>,
    /// Whether it was taken back.
    pub undone: bool,
}

/// Everything the page about partners shows.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PartnersStatus {
    /// The partners, by id.
    pub partners: Vec<PartnerStatus>,
    /// Files that are not in use.
    pub problems: Vec<ProfileProblem>,
    /// The re-readings, newest first.
    pub rereads: Vec<RereadDone>,
}

/// What an operator does beside taking bytes in.
pub trait Operate: Send + Sync {
    /// Returns all partners with what needs attention.
    fn partners(&self) -> Pending<'_, Result<PartnersStatus, IntakeError>>;

    /// Reads submissions again, or tells what that would change.
    fn reread(&self, order: RereadOrder) -> Pending<'_, Result<RereadReport, IntakeError>>;

    /// Takes back a re-reading, the last one if none is named.
    fn undo(&self, id: Option<Text>) -> Pending<'_, Result<RereadReport, IntakeError>>;

    /// Returns the layouts of a submission's spreadsheets that nobody has confirmed.
    fn layouts(&self, submission: String) -> Pending<'_, Result<SheetGuesses, IntakeError>>;

    /// Confirms layouts of a submission, and reads again everything of its partner that waits for
    /// them; or tells what that would change.
    fn confirm(
        &self,
        submission: String,
        order: SheetOrder,
    ) -> Pending<'_, Result<RereadReport, IntakeError>>;

    /// Writes an alias into a partner's file and folds anew what it touches.
    fn map_place(&self, party: PartyId, alias: Text, node: NodeId) -> Pending<'_, Result<(), IntakeError>>;
}
