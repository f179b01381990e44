//! Parties and the profiles of partners.

use crate::Text;
use crate::node::NodeId;
use crate::observation::Kind;
use crate::sheet::SheetProfile;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// A party's id, chosen by the operator: lower-case letters, digits and dashes.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PartyId(pub Text);

impl PartyId {
    /// The operator of this installation, who vouches for what is fed in with the local key.
    pub const OPERATOR: &str = "operator";

    /// Returns the operator's id.
    pub fn operator() -> Self {
        Self(Self::OPERATOR.into())
    }

    /// Returns whether this is the operator.
    pub fn is_operator(&self) -> bool {
        self.0 == Self::OPERATOR
    }
}

impl fmt::Display for PartyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether a partner's data takes part.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Read and kept, shown to nobody but the operator.
    Shadow,
    /// Takes part.
    #[default]
    Live,
    /// Received and kept, not read until released.
    Held,
}

/// When a partner gets acknowledgements in its own format.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Acknowledge {
    /// When the message asks (UNB 0031) or the HTTP request does.
    #[default]
    OnRequest,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// Where and for what a party is believed: what it says there is `observed`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Authority {
    /// Nodes, with everything below them; `*` is everywhere.
    pub nodes: Vec<Text>,
    /// Kinds; empty is every kind.
    #[serde(default)]
    pub kinds: Vec<Kind>,
}

/// A partner's profile: one file each in `DATA/partners/`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Partner {
    /// The party.
    pub id: PartyId,
    /// Its name for people.
    #[serde(default)]
    pub name: String,
    /// The charset of its bytes (WHATWG label), overriding the envelope's.
    #[serde(default)]
    pub charset: Option<String>,
    /// Dialect pins: message type to association code.
    #[serde(default)]
    pub dialects: BTreeMap<Text, Text>,
    /// Its own place codes to nodes.
    #[serde(default)]
    pub aliases: BTreeMap<Text, NodeId>,
    /// The node that is meant when it names none.
    #[serde(default)]
    pub default_node: Option<NodeId>,
    /// The IANA zone of its times where no node gives one.
    #[serde(default)]
    pub zone: Option<String>,
    /// Where it is believed.
    #[serde(default)]
    pub authority: Vec<Authority>,
    /// References it may read although it is no declared party of them (`booking:...`).
    #[serde(default)]
    pub grants: Vec<String>,
    /// When it gets acknowledgements.
    #[serde(default)]
    pub acknowledge: Acknowledge,
    /// Whether its data takes part.
    #[serde(default)]
    pub mode: Mode,
    /// Whether everything it sends is a test.
    #[serde(default)]
    pub test: bool,
    /// The layouts of its spreadsheets that were confirmed.
    #[serde(default, rename = "sheet", skip_serializing_if = "Vec::is_empty")]
    pub sheets: Vec<SheetProfile>,
}

impl Partner {
    /// Returns a profile that says nothing but who it is.
    pub fn new(id: PartyId) -> Self {
        Self {
            id,
            name: String::new(),
            charset: None,
            dialects: BTreeMap::new(),
            aliases: BTreeMap::new(),
            default_node: None,
            zone: None,
            authority: Vec::new(),
            grants: Vec::new(),
            acknowledge: Acknowledge::default(),
            mode: Mode::default(),
            test: false,
            sheets: Vec::new(),
        }
    }

    /// Returns the operator's profile: believed everywhere, for the operator vouches for its own feed.
    pub fn operator() -> Self {
        let everywhere = Authority { nodes: vec!["*".into()], kinds: Vec::new() };
        Self { authority: vec![everywhere], ..Self::new(PartyId::operator()) }
    }
}
