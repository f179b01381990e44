//! The analysts' lake: quay moves as plain Parquet, and the figures computed from it.
//!
//! The layout is for every reader, not only for us (`DuckDB`, Spark, pandas read it beside us):
//!
//! ```text
//! lake/manifest.json                                   schema, epoch, as_of_seq, dirty, partitions
//! lake/nodes.parquet                                   id, name, country, zone, lat, lon, parent, kind
//! lake/moves/node=<ID>/month=<YYYY-MM>/part.parquet    one file per node and UTC month
//! ```
//!
//! Columns of a part: `node`, `moved_at` (UTC, microseconds), `day` (the local date at the node), `kind`,
//! `container`, `size_type`, `teu_hundredths` (null: size unknown), `load`, `trade`, `vessel`,
//! `certainty`, `witnesses`; sorted by `moved_at`, in row groups of at most 131,072 rows. Files are
//! replaced whole. What the manifest lists as `dirty` is older than `as_of_seq`; our own answers
//! write what they touch first, so they are never old.

mod frame;
mod inspect;
mod lake;
mod month;
mod state;
mod store;
mod table;
#[cfg(test)]
mod tests;
mod teu;

pub use inspect::{Inspected, inspect};
pub use lake::Lake;
pub use month::Month;
pub use table::to_csv;

use sealane_data::fact::QuayMove;
use sealane_data::node::{Node, NodeId};
use sealane_data::ports::KpiError;
use sealane_data::recorded::Seq;
use std::path::{Path, PathBuf};

/// Where the facts come from. The lake asks it from the thread that asks the lake.
pub trait MoveSource: Send + Sync {
    /// Returns the last sequence number that the facts know.
    fn seq(&self) -> Seq;

    /// Returns every believed quay move *of the node itself* in a UTC month, in any order, with
    /// restows and unobserved ones. Asked for months without moves too, so it has to be cheap then.
    fn moves(&self, node: &NodeId, month: Month) -> Vec<QuayMove>;

    /// Returns the table of nodes.
    fn nodes(&self) -> Vec<Node>;

    /// Returns the node itself and everything below it.
    fn terminals_of(&self, node: &NodeId) -> Vec<NodeId>;
}

/// A figure analysts can ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KpiKind {
    /// The id, as in `/v1/kpis/{id}`.
    pub id: &'static str,
    /// What it counts, in one sentence.
    pub about: &'static str,
    /// The unit of its figure.
    pub unit: &'static str,
}

/// Every figure the lake computes.
pub const KPIS: &[KpiKind] = &[KpiKind {
    id: "teu",
    about: "Observed quay moves by node, local day, direction and load: a transshipment counts on its way in and on \
            its way out, restows do not count, boxes of unknown size count as moves only.",
    unit: "TEU",
}];

/// Why the lake failed. What it holds can be written again from the log.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LakeError {
    /// A file or folder could not be read or written.
    #[error("`{path}` could not be read or written: {source}")]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Parquet could not be read or written.
    #[error("parquet could not be read or written: {0}")]
    Parquet(#[from] polars::error::PolarsError),
    /// Something has a value that the lake cannot hold.
    #[error("{0}")]
    Content(String),
}

impl LakeError {
    fn io(path: &Path, source: std::io::Error) -> Self {
        Self::Io { path: path.to_owned(), source }
    }
}

impl From<LakeError> for KpiError {
    fn from(error: LakeError) -> Self {
        Self::Lake(error.to_string())
    }
}
