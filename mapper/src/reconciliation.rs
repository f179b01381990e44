//! Reconciliation of a call: what was planned for it, what was done, and what passed the gate.

use crate::route::Call;
use jiff::Timestamp;
use sealane_data::Text;
use sealane_data::node::NodeId;
use sealane_data::observation::Load;
use sealane_data::partner::PartyId;
use sealane_data::recorded::Seq;
use std::collections::BTreeMap;

/// Which way a box goes at a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Direction {
    /// From the ship to the quay, and out at the gate.
    Discharge,
    /// In at the gate, and from the quay onto the ship.
    Load,
}

/// Which of the three accounts a word belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Account {
    /// Bay plans (BAPLIE) and orders (COPRAR, MOVINS).
    Planned,
    /// Reports of lifts (COARRI).
    Done,
    /// Reports of the gate (CODECO).
    Gate,
}

/// What one message says of one box at a call.
#[derive(Clone, Debug, PartialEq)]
pub struct Word {
    /// In which account.
    pub account: Account,
    /// The log position of its message.
    pub message: Seq,
    /// Who told it.
    pub party: PartyId,
    /// In which type of message.
    pub family: Text,
    /// When the lift or gate move was, or is planned.
    pub at: Option<Timestamp>,
    /// The size-type code as found.
    pub size: Option<Text>,
    /// Gross mass in kilograms.
    pub gross: Option<u32>,
    /// Full or empty.
    pub load: Load,
    /// The other port: where a box that is discharged came from, where one that is loaded goes.
    pub port: Option<NodeId>,
}

/// What is wrong with one box.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Verdict {
    /// It was planned, and no lift was reported.
    Missing,
    /// A lift was reported that nobody planned.
    Surplus,
    /// It passed the gate for this call, and was neither planned nor lifted.
    GateOnly,
    /// It was planned and lifted, and the accounts tell different things of it.
    Differs,
}

/// In what two accounts differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Difference {
    /// The size-type.
    SizeType,
    /// The gross mass, by more than half a tonne.
    GrossMass,
    /// Full or empty.
    Load,
    /// The other port.
    Port,
}

/// One box that does not agree.
#[derive(Clone, Debug, PartialEq)]
pub struct Odd {
    /// The box, canonical.
    pub container: Text,
    /// Which way it should go or went.
    pub direction: Direction,
    /// What is wrong.
    pub verdict: Verdict,
    /// In what the accounts differ.
    pub differences: Vec<Difference>,
    /// Whether the gate saw it.
    pub at_gate: bool,
    /// The port that a bay plan of this ship names instead of this one, for a surplus box.
    pub planned_for: Option<NodeId>,
    /// Who said what of it.
    pub words: Vec<Word>,
}

/// How many boxes one direction has in each account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Planned.
    pub planned: u64,
    /// Lifted.
    pub done: u64,
    /// Seen at the gate.
    pub gate: u64,
    /// Planned and lifted, without a difference.
    pub agree: u64,
    /// Planned, not lifted; nothing while no lift was reported at all.
    pub missing: u64,
    /// Lifted, not planned; nothing while no plan is known.
    pub surplus: u64,
    /// Planned and lifted, with differences.
    pub differ: u64,
    /// At the gate for this call only.
    pub gate_only: u64,
}

/// The three accounts of one call compared.
#[derive(Clone, Debug, PartialEq)]
pub struct Reconciliation {
    /// The call.
    pub call: Call,
    /// The counts of each direction.
    pub counts: BTreeMap<Direction, Counts>,
    /// The boxes that do not agree, by direction and number.
    pub boxes: Vec<Odd>,
    /// The last log position that it knows.
    pub seq: Seq,
}
