//! The ports through which the doors reach the engine and the lake.

use crate::fact::Certainty;
use crate::node::NodeId;
use crate::partner::PartyId;
use crate::recorded::Seq;
use crate::submission::{MarkedSheet, NewSubmission, Receipt, Source, SubmissionId, SubmissionSummary};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::future::Future;
use std::path::PathBuf;
use std::pin::Pin;

/// A future that a trait object can return.
pub type Pending<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Why bytes could not be taken in. The sender may try again unless it says otherwise.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IntakeError {
    /// The idempotency key was used before for other bytes.
    #[error("idempotency key was used before with other content")]
    KeyReused,
    /// The queue is full: try again later.
    #[error("too many submissions are waiting")]
    Busy,
    /// The disk or the log failed; nothing was acknowledged.
    #[error("submission could not be stored: {0}")]
    Storage(String),
    /// The disk is full, or below its reserve; nothing was acknowledged, and reads go on.
    #[error("there is no room for input: {0}")]
    NoRoom(String),
    /// There is no such thing, or the party may not see it.
    #[error("not found")]
    NotFound,
    /// It cannot be done as things are; the sentence says why.
    #[error("{0}")]
    Refused(String),
}

/// Takes bytes in: durable and applied before it answers.
pub trait Intake: Send + Sync {
    /// Takes in one submission.
    fn submit(&self, submission: NewSubmission) -> Pending<'_, Result<Receipt, IntakeError>>;

    /// Takes in a file of any length. The same bytes of the same party again add nothing.
    fn submit_file(
        &self,
        party: PartyId,
        path: PathBuf,
        source: Source,
    ) -> Pending<'_, Result<Receipt, IntakeError>>;

    /// Makes a certificate public. Publishing again changes nothing.
    fn publish(&self, party: PartyId, certificate: String) -> Pending<'_, Result<(), IntakeError>>;

    /// Returns the inbox, newest first; `party` limits it, `before` pages it.
    fn submissions(
        &self,
        party: Option<PartyId>,
        before: Option<String>,
        limit: usize,
    ) -> Pending<'_, Result<Vec<SubmissionSummary>, IntakeError>>;

    /// Returns one submission with its bytes; `party` limits what is found.
    fn submission(
        &self,
        party: Option<PartyId>,
        id: String,
    ) -> Pending<'_, Result<(SubmissionSummary, Vec<u8>), IntakeError>>;

    /// Returns one submission without its bytes; `party` limits what is found.
    fn summary(
        &self,
        party: Option<PartyId>,
        id: String,
    ) -> Pending<'_, Result<SubmissionSummary, IntakeError>>;

    /// Returns the submissions that messages came in, by the log positions of the messages.
    fn came_in(&self, messages: Vec<Seq>) -> Pending<'_, Result<HashMap<Seq, SubmissionId>, IntakeError>>;

    /// Notes that a party has the answer to its submission.
    fn answer_fetched(&self, submission: SubmissionSummary) -> Pending<'_, Result<(), IntakeError>>;

    /// Returns a submission's spreadsheet with its bad cells marked, as it would be read now: in its
    /// own form, or with `xlsx` as XLSX. What is no spreadsheet is not found.
    fn marked(
        &self,
        party: Option<PartyId>,
        id: String,
        xlsx: bool,
    ) -> Pending<'_, Result<(SubmissionSummary, MarkedSheet), IntakeError>>;
}

/// A question for throughput.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TeuQuery {
    /// The node; a port means its terminals and the port-level moves.
    pub node: NodeId,
    /// First local day.
    pub from: Date,
    /// Last local day.
    pub to: Date,
}

/// One row of throughput.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TeuRow {
    /// The node asked for.
    pub node: NodeId,
    /// The local day at the node.
    pub day: Date,
    /// `loaded` or `discharged`.
    pub direction: String,
    /// `laden`, `empty` or `unknown`.
    pub load: String,
    /// Boxes moved.
    pub moves: u64,
    /// TEU of the boxes whose size is known, with two decimals.
    pub teu: String,
    /// Boxes whose size is unknown: they count in `moves` and not in `teu`.
    pub unknown_size: u64,
}

/// How complete an answer is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coverage {
    /// The first believed quay move at the node, as an RFC 3339 instant.
    pub first: Option<String>,
    /// The last one.
    pub last: Option<String>,
    /// Local days of the asked range without any move: gaps or quiet days.
    pub days_without_moves: u64,
    /// Restows left out.
    pub restows_excluded: u64,
    /// Moves told only by parties without authority there, left out.
    pub not_observed_excluded: u64,
}

/// Throughput with everything needed to judge it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TeuAnswer {
    /// Always `teu`.
    pub kpi: String,
    /// The log position the answer knows.
    pub as_of_seq: Seq,
    /// The scope: `observed`.
    pub scope: Certainty,
    /// The zone of the days.
    pub zone: String,
    /// How complete it is.
    pub coverage: Coverage,
    /// The rows, by day, direction and load.
    pub rows: Vec<TeuRow>,
}

/// Why a figure could not be computed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KpiError {
    /// There is no such node.
    #[error("node `{0}` is unknown")]
    UnknownNode(NodeId),
    /// The range is empty, reversed or longer than ten years.
    #[error("range from {0} to {1} is not a range of at most ten years")]
    BadRange(Date, Date),
    /// The lake failed.
    #[error("figures could not be computed: {0}")]
    Lake(String),
}

/// Answers analysts.
pub trait Kpis: Send + Sync {
    /// Returns throughput by local day, direction and load.
    fn teu(&self, query: TeuQuery) -> Pending<'_, Result<TeuAnswer, KpiError>>;
}
