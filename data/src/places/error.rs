//! What can be wrong with a table of nodes.

use crate::Text;
use crate::node::NodeId;
use thiserror::Error;

/// Why a table of nodes cannot be used.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum PlacesError {
    /// The text is not TOML of the expected form.
    #[error("the table of nodes has the wrong form: {0}")]
    Form(String),
    /// A row of a table of ports cannot be read.
    #[error("`{file}`, {row}: {why}")]
    Row {
        /// The file.
        file: &'static str,
        /// The line, or the row's node.
        row: String,
        /// What is wrong with it.
        why: String,
    },
    /// More rows than an index can number.
    #[error("the table has {0} nodes, at most 65,535 are possible")]
    TooMany(usize),
    /// Two rows have one id.
    #[error("node `{0}` is there twice")]
    TwiceId(NodeId),
    /// A row names a node that is not in the table.
    #[error("`{by}` names the unknown node `{node}`")]
    UnknownNode {
        /// The row that names it.
        by: Text,
        /// The node that is missing.
        node: NodeId,
    },
    /// A node is above itself.
    #[error("node `{0}` is above itself")]
    Loop(NodeId),
    /// A zone is not in the IANA database.
    #[error("node `{node}` has the unknown time zone `{zone}`")]
    UnknownZone {
        /// The node.
        node: NodeId,
        /// Its zone.
        zone: String,
    },
    /// A latitude or longitude is not a number or out of range.
    #[error("node `{0}` has a position outside the earth")]
    BadPosition(NodeId),
    /// An area is not a closed ring, counter-clockwise.
    #[error("the area of node `{0}` is not a closed counter-clockwise ring")]
    BadArea(NodeId),
    /// A facility code names two nodes of one port.
    #[error("facility code `{code}` names `{first}` and `{second}` in one port")]
    TwiceFacility {
        /// The code.
        code: Text,
        /// The one node.
        first: NodeId,
        /// The other.
        second: NodeId,
    },
    /// A name belongs to two nodes.
    #[error("name `{name}` belongs to `{first}` and `{second}`")]
    TwiceName {
        /// The name.
        name: Text,
        /// The one node.
        first: NodeId,
        /// The other.
        second: NodeId,
    },
    /// Several nodes carry a port code and no row says what it means alone.
    #[error("port code `{0}` is carried by several nodes: an `alone` row must say what it means by itself")]
    Undecided(Text),
}
