//! Parties and the profiles of partners.

mod check;
mod correction;

pub use correction::{Correction, clock_zone};

use crate::Text;
use crate::mapping::Mapping;
use crate::node::NodeId;
use crate::observation::Kind;
use crate::sheet::SheetProfile;
use jiff::SignedDuration;
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

/// Whether a partner's data takes part. A message keeps the mode it was read in, until it is re-read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Read and kept, on no map and in no figure.
    Shadow,
    /// Takes part.
    #[default]
    Live,
    /// Received and kept, not read until re-read.
    Held,
}

impl Mode {
    /// Returns whether this is the mode of a partner that takes part.
    pub fn is_live(&self) -> bool {
        *self == Self::Live
    }
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

/// What becomes of what is wrong in its form.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnError {
    /// It is accepted as far as it can be read, and what is wrong is reported beside the acceptance.
    #[default]
    Report,
    /// Its acknowledgement rejects it, and what was rejected is kept and on no map.
    Reject,
}

/// How much an acknowledgement in EDIFACT says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Contrl {
    /// What was accepted and rejected (UCI action 7 or 4).
    #[default]
    Acceptance,
    /// Only that the interchange came (UCI action 8).
    Receipt,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
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
    /// Its own identifications as interchange sender (UNB 0004), alone or as `id:qualifier`; others
    /// are found out when there are any here.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub edi_ids: Vec<Text>,
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
    /// The clock of its times, whatever the place: `UTC`, `+08:00` or an IANA zone.
    #[serde(default)]
    pub clock: Option<String>,
    /// Location qualifiers (EDIFACT 3227) that it confuses, and the one that each means.
    #[serde(default)]
    pub locations: BTreeMap<Text, Text>,
    /// What it got wrong for a while.
    #[serde(default, rename = "correction")]
    pub corrections: Vec<Correction>,
    /// Where it is believed.
    #[serde(default)]
    pub authority: Vec<Authority>,
    /// References it may read although it is no declared party of them (`booking:...`).
    #[serde(default)]
    pub grants: Vec<String>,
    /// When it gets acknowledgements.
    #[serde(default)]
    pub acknowledge: Acknowledge,
    /// What becomes of what is wrong in its form.
    #[serde(default, skip_serializing_if = "is_default")]
    pub on_error: OnError,
    /// How much its acknowledgements say.
    #[serde(default, skip_serializing_if = "is_default")]
    pub contrl: Contrl,
    /// Whether it gets an APERAK about containers, places and times that cannot be right.
    #[serde(default, skip_serializing_if = "is_default")]
    pub aperak: bool,
    /// How long an answer may lie in its folder before it is overdue, such as `4h`; a day by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fetch_within: Option<SignedDuration>,
    /// A carrier's free days after discharge, by node with everything below it; `*` is everywhere.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub free_days: BTreeMap<Text, u16>,
    /// Whether its data takes part.
    #[serde(default)]
    pub mode: Mode,
    /// Whether everything it sends is a test.
    #[serde(default)]
    pub test: bool,
    /// The layouts of its spreadsheets that were confirmed.
    #[serde(default, rename = "sheet", skip_serializing_if = "Vec::is_empty")]
    pub sheets: Vec<SheetProfile>,
    /// How its own kinds of documents are read; they are tried before the shipped ones.
    #[serde(default, rename = "mapping", skip_serializing_if = "Vec::is_empty")]
    pub mappings: Vec<Mapping>,
}

impl Partner {
    /// Returns a profile that says nothing but who it is.
    pub fn new(id: PartyId) -> Self {
        Self {
            id,
            name: String::new(),
            edi_ids: Vec::new(),
            charset: None,
            dialects: BTreeMap::new(),
            aliases: BTreeMap::new(),
            default_node: None,
            zone: None,
            clock: None,
            locations: BTreeMap::new(),
            corrections: Vec::new(),
            authority: Vec::new(),
            grants: Vec::new(),
            acknowledge: Acknowledge::default(),
            on_error: OnError::default(),
            contrl: Contrl::default(),
            aperak: false,
            fetch_within: None,
            free_days: BTreeMap::new(),
            mode: Mode::default(),
            test: false,
            sheets: Vec::new(),
            mappings: Vec::new(),
        }
    }

    /// Returns whether an interchange from this identification (UNB 0004, 0007) can be the partner's
    /// own: by its list, which binds nobody while it is empty.
    pub fn sends_as(&self, id: &str, qualifier: &str) -> bool {
        let is = |own: &Text| match own.split_once(':') {
            Some((own, with)) => own.eq_ignore_ascii_case(id) && with.eq_ignore_ascii_case(qualifier),
            None => own.eq_ignore_ascii_case(id),
        };
        self.edi_ids.is_empty() || self.edi_ids.iter().any(is)
    }

    /// Returns the operator's profile: believed everywhere, for the operator vouches for its own feed.
    pub fn operator() -> Self {
        let everywhere = Authority { nodes: vec!["*".into()], kinds: Vec::new() };
        Self { authority: vec![everywhere], ..Self::new(PartyId::operator()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documented_profile_is_a_good_one() {
        let guide = include_str!("../../docs/partners.md");
        let file = guide.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
        let partner: Partner = toml::from_str(file).unwrap();
        assert_eq!(partner.problems(&crate::places::Places::embedded()), Vec::<String>::new());
        assert_eq!(partner.fetch_within, Some(SignedDuration::from_hours(4)));
        assert_eq!((partner.corrections.len(), partner.authority[0].kinds.len()), (1, 4));
    }

    #[test]
    fn identifications_bind_when_there_are_any() {
        let mut partner = Partner::new(PartyId("p".into()));
        assert!(partner.sends_as("ANYBODY", ""));
        partner.edi_ids = vec!["SIMYAN".into(), "OTHER:ZZZ".into()];
        assert!(partner.sends_as("simyan", "14") && partner.sends_as("OTHER", "ZZZ"));
        assert!(
            !partner.sends_as("OTHER", "14") && !partner.sends_as("SIMYAN2", "") && !partner.sends_as("", "")
        );
    }
}
