//! Calls, and the accounts of one call compared.

use super::expected::Missing;
use super::word;
use jiff::Timestamp;
use sealane_data::partner::PartyId;
use sealane_data::places::Places;
use sealane_data::recorded::Seq;
use sealane_data::submission::SubmissionId;
use sealane_mapper::Call;
use sealane_mapper::reconciliation::{
    Account, Counts, Difference, Direction, Odd, Reconciliation, Verdict, Word,
};
use sealane_mapper::route::{BerthStay, Moment};
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
use utoipa::ToSchema;

/// A moment with how it is known.
#[derive(Serialize, ToSchema)]
pub(crate) struct MomentView {
    /// When (RFC 3339, UTC).
    at: String,
    /// `planned`, `estimated` or `actual`.
    classifier: String,
    /// How sure.
    certainty: String,
}

/// One visit of a ship.
#[derive(Serialize, ToSchema)]
pub(crate) struct CallView {
    /// Its id, for `/v1/calls/{id}/reconciliation`.
    id: String,
    /// The ship's IMO number, call sign or name.
    ship: String,
    /// The ship's name.
    name: Option<String>,
    /// The voyage as written.
    voyage: Option<String>,
    /// The port, or the terminal where one was told.
    node: String,
    /// The node's name.
    place: String,
    /// The arrival.
    arrival: Option<MomentView>,
    /// When it was made fast.
    berthed: Option<MomentView>,
    /// The departure.
    departure: Option<MomentView>,
    /// The berths it lay at, as its positions tell.
    berths: Vec<StayView>,
    /// Whether the call was planned and will not take place.
    omitted: bool,
    /// How many parties told of it, as far as the caller sees.
    witnesses: u16,
    /// Whether a party told something else than the one that leads: see `/v1/calls/{id}/why`.
    contradicted: bool,
}

/// A stay of a ship at one berth.
#[derive(Serialize, ToSchema)]
pub(crate) struct StayView {
    /// The terminal or berth.
    node: String,
    /// From when (RFC 3339, UTC).
    from: String,
    /// When it was last seen there.
    until: String,
}

impl CallView {
    pub(crate) fn new(call: &Call, places: &Places) -> Self {
        let moment = |m: &Moment| MomentView {
            at: m.at.to_string(),
            classifier: word(m.classifier),
            certainty: word(m.certainty),
        };
        let stay = |s: &BerthStay| StayView {
            node: s.node.to_string(),
            from: s.from.to_string(),
            until: s.until.to_string(),
        };
        let name = places.find(&call.node.0).map(|ix| places.node(ix).name.clone());
        Self {
            id: call.id.clone(),
            ship: call.ship.key.to_string(),
            name: call.ship.name.as_ref().map(ToString::to_string),
            voyage: call.ship.voyage.as_ref().map(ToString::to_string),
            node: call.node.to_string(),
            place: name.unwrap_or_default(),
            arrival: call.arrival.as_ref().map(moment),
            berthed: call.berthed.as_ref().map(moment),
            departure: call.departure.as_ref().map(moment),
            berths: call.berths.iter().map(stay).collect(),
            omitted: call.omitted,
            witnesses: call.witnesses,
            contradicted: call.contradicted,
        }
    }
}

/// Calls that are overdue.
#[derive(Serialize, ToSchema)]
pub(crate) struct MissingCalls {
    /// The calls, the longest overdue first.
    pub(crate) calls: Vec<Missing>,
}

/// Calls by arrival.
#[derive(Serialize, ToSchema)]
pub(crate) struct Calls {
    /// The calls.
    pub(crate) calls: Vec<CallView>,
    /// Whether there are more than are listed; ask for a shorter time.
    pub(crate) more: bool,
}

/// How many boxes one direction has in each account.
#[derive(Serialize, ToSchema)]
pub(crate) struct CountsView {
    /// In a bay plan or order.
    planned: u64,
    /// Lifted.
    done: u64,
    /// Seen at the gate.
    gate: u64,
    /// Planned and lifted, without a difference.
    agree: u64,
    /// Planned and not lifted; 0 while no lift was reported at all.
    missing: u64,
    /// Lifted and not planned; 0 while no plan is known.
    surplus: u64,
    /// Planned and lifted, with differences.
    differ: u64,
    /// At the gate for this call, neither planned nor lifted.
    gate_only: u64,
}

impl From<&Counts> for CountsView {
    fn from(c: &Counts) -> Self {
        let Counts { planned, done, gate, agree, missing, surplus, differ, gate_only } = *c;
        Self { planned, done, gate, agree, missing, surplus, differ, gate_only }
    }
}

/// What one message says of one box.
#[derive(Serialize, ToSchema)]
pub(crate) struct WordView {
    /// `planned`, `done` or `gate`.
    account: &'static str,
    /// The party that told it.
    party: String,
    /// The message type.
    message: String,
    /// The submission it came in; only the caller's own, and all for the operator.
    submission: Option<String>,
    /// When the lift or gate move was, or is planned.
    at: Option<String>,
    /// The size-type code as found.
    size_type: Option<String>,
    /// Gross mass.
    gross_kg: Option<u32>,
    /// `laden`, `empty` or `unknown`.
    load: String,
    /// The other port: where a box that is discharged came from, where one that is loaded goes.
    port: Option<String>,
}

/// One box on which the accounts do not agree.
#[derive(Serialize, ToSchema)]
pub(crate) struct BoxView {
    /// The container number.
    container: String,
    /// `discharge` or `load`.
    direction: &'static str,
    /// `missing`, `surplus`, `gate_only` or `differs`.
    verdict: &'static str,
    /// In what the accounts differ: `size_type`, `gross_mass`, `load`, `port`.
    differences: Vec<&'static str>,
    /// Whether the gate saw it.
    at_gate: bool,
    /// The port that a bay plan of the ship names for a surplus box.
    planned_for: Option<String>,
    /// Who said what.
    words: Vec<WordView>,
}

/// What was planned, done and seen at the gate at one call.
#[derive(Serialize, ToSchema)]
pub(crate) struct ReconciliationView {
    /// The call.
    call: CallView,
    /// The counts by direction: `discharge` and `load`.
    #[schema(value_type = Object)]
    counts: BTreeMap<&'static str, CountsView>,
    /// The boxes on which the accounts do not agree.
    boxes: Vec<BoxView>,
    /// The log position that the answer knows.
    as_of_seq: Seq,
}

fn direction(d: Direction) -> &'static str {
    match d {
        Direction::Discharge => "discharge",
        Direction::Load => "load",
    }
}

fn account(a: Account) -> &'static str {
    match a {
        Account::Planned => "planned",
        Account::Done => "done",
        Account::Gate => "gate",
    }
}

fn verdict(v: Verdict) -> &'static str {
    match v {
        Verdict::Missing => "missing",
        Verdict::Surplus => "surplus",
        Verdict::GateOnly => "gate_only",
        Verdict::Differs => "differs",
    }
}

fn difference(d: Difference) -> &'static str {
    match d {
        Difference::SizeType => "size_type",
        Difference::GrossMass => "gross_mass",
        Difference::Load => "load",
        Difference::Port => "port",
    }
}

impl ReconciliationView {
    /// Returns the view for a reader: `limit` is the party whose submissions it may know, all without one.
    pub(crate) fn new(
        found: &Reconciliation,
        places: &Places,
        submissions: &HashMap<Seq, SubmissionId>,
        limit: Option<&PartyId>,
    ) -> Self {
        let said = |w: &Word| WordView {
            account: account(w.account),
            party: w.party.to_string(),
            message: w.family.to_string(),
            submission: submissions
                .get(&w.message)
                .filter(|_| limit.is_none_or(|p| *p == w.party))
                .map(ToString::to_string),
            at: w.at.as_ref().map(Timestamp::to_string),
            size_type: w.size.as_ref().map(ToString::to_string),
            gross_kg: w.gross,
            load: word(w.load),
            port: w.port.as_ref().map(ToString::to_string),
        };
        let odd = |o: &Odd| BoxView {
            container: o.container.to_string(),
            direction: direction(o.direction),
            verdict: verdict(o.verdict),
            differences: o.differences.iter().map(|d| difference(*d)).collect(),
            at_gate: o.at_gate,
            planned_for: o.planned_for.as_ref().map(ToString::to_string),
            words: o.words.iter().map(said).collect(),
        };
        Self {
            call: CallView::new(&found.call, places),
            counts: found.counts.iter().map(|(d, c)| (direction(*d), CountsView::from(c))).collect(),
            boxes: found.boxes.iter().map(odd).collect(),
            as_of_seq: found.seq,
        }
    }

    /// Returns one row of CSV (RFC 4180) for each word about each box that does not agree.
    pub(crate) fn csv(&self) -> String {
        let mut text = "call,container,direction,verdict,differences,at_gate,planned_for,account,party,message,submission,at,size_type,gross_kg,load,port\r\n".to_owned();
        let some = |value: &Option<String>| value.as_deref().map(field).unwrap_or_default();
        for b in &self.boxes {
            let head = [
                field(&self.call.id),
                field(&b.container),
                b.direction.to_owned(),
                b.verdict.to_owned(),
                b.differences.join(" "),
                b.at_gate.to_string(),
                some(&b.planned_for),
            ];
            for w in &b.words {
                let gross = w.gross_kg.map(|kg| kg.to_string()).unwrap_or_default();
                let word = [
                    w.account.to_owned(),
                    field(&w.party),
                    field(&w.message),
                    some(&w.submission),
                    some(&w.at),
                    some(&w.size_type),
                    gross,
                    w.load.clone(),
                    some(&w.port),
                ];
                let _ = write!(text, "{},{}\r\n", head.join(","), word.join(","));
            }
        }
        text
    }
}

/// Writes a field: in quotes where it needs them, and never as a formula of a spreadsheet.
fn field(value: &str) -> String {
    let safe = if value.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{value}")
    } else {
        value.to_owned()
    };
    if safe.contains([',', '"', '\r', '\n']) { format!("\"{}\"", safe.replace('"', "\"\"")) } else { safe }
}
