//! The lake against answers computed by hand, by a naive fold, and against its own files.

mod answers;
mod files;
mod property;
mod speed;

use crate::{Lake, Month, MoveSource};
use jiff::Timestamp;
use jiff::civil::Date;
use sealane_data::container::SizeType;
use sealane_data::fact::{Certainty, QuayMove};
use sealane_data::node::{Node, NodeId, NodeKind, Position};
use sealane_data::observation::{Kind, Load, Trade};
use sealane_data::ports::{TeuAnswer, TeuQuery};
use sealane_data::recorded::Seq;
use std::sync::Mutex;
use tempfile::TempDir;

/// An engine's facts, in memory.
pub(crate) struct Ledger {
    nodes: Vec<Node>,
    facts: Mutex<(Seq, Vec<QuayMove>)>,
    asked: Mutex<Vec<(NodeId, Month)>>,
    /// What changed, and the position from which the source covers it.
    changed: Mutex<Vec<(Seq, NodeId, Month)>>,
}

impl Ledger {
    fn new() -> Self {
        let nodes = vec![
            node("CN-YANGSHAN", NodeKind::Port, None, "Asia/Shanghai"),
            node("CN-YANGSHAN-3", NodeKind::Terminal, Some("CN-YANGSHAN"), "Asia/Shanghai"),
            node("CN-YANGSHAN-4", NodeKind::Terminal, Some("CN-YANGSHAN"), "Asia/Shanghai"),
            node("MY-PKG", NodeKind::Port, None, "Asia/Kuala_Lumpur"),
            node("US-NYC", NodeKind::Port, None, "America/New_York"),
        ];
        Self { nodes, facts: Mutex::default(), asked: Mutex::default(), changed: Mutex::default() }
    }

    /// Adds facts as an engine does: marks first, then lets the position be seen.
    fn add(&self, lake: &Lake, moves: impl IntoIterator<Item = QuayMove>) {
        let mut facts = self.facts.lock().unwrap();
        for quay_move in moves {
            facts.0 += 1;
            self.mark(lake, facts.0, &quay_move);
            facts.1.push(quay_move);
        }
    }

    /// Takes back the facts of a container.
    fn cancel(&self, lake: &Lake, container: &str) {
        let mut facts = self.facts.lock().unwrap();
        facts.0 += 1;
        let seq = facts.0;
        facts.1.iter().filter(|m| m.container == container).for_each(|m| self.mark(lake, seq, m));
        facts.1.retain(|m| m.container != container);
    }

    fn mark(&self, lake: &Lake, seq: Seq, moved: &QuayMove) {
        let (node, month) = (moved.node.clone(), Month::of(moved.at));
        lake.mark_dirty(&node, month);
        self.changed.lock().unwrap().push((seq, node, month));
    }

    /// Tells a lake that was opened again what changed after its cursor, as an engine does.
    fn tell_after(&self, lake: &Lake, cursor: Seq) {
        let changed = self.changed.lock().unwrap();
        changed
            .iter()
            .filter(|(seq, ..)| *seq > cursor)
            .for_each(|(_, node, month)| lake.mark_dirty(node, *month));
    }

    fn asked(&self) -> Vec<(NodeId, Month)> {
        std::mem::take(&mut self.asked.lock().unwrap())
    }
}

impl MoveSource for Ledger {
    fn seq(&self) -> Seq {
        self.facts.lock().unwrap().0
    }

    fn moves(&self, node: &NodeId, month: Month) -> Vec<QuayMove> {
        self.asked.lock().unwrap().push((node.clone(), month));
        let facts = self.facts.lock().unwrap();
        facts.1.iter().filter(|m| m.node == *node && Month::of(m.at) == month).cloned().collect()
    }

    fn nodes(&self) -> Vec<Node> {
        self.nodes.clone()
    }

    fn terminals_of(&self, node: &NodeId) -> Vec<NodeId> {
        let below = self.nodes.iter().filter(|n| n.id == *node || n.parent.as_ref() == Some(node));
        below.map(|n| n.id.clone()).collect()
    }
}

fn node(id: &str, kind: NodeKind, parent: Option<&str>, zone: &str) -> Node {
    Node {
        id: NodeId(id.into()),
        kind,
        name: format!("{id} by name"),
        parent: parent.map(|p| NodeId(p.into())),
        country: id.split('-').next().unwrap().into(),
        zone: zone.into(),
        river: None,
        hub: false,
        position: Position { lat: 30.6, lon: 122.0 },
        codes: Vec::new(),
        aliases: Vec::new(),
        area: Vec::new(),
        berth_line: Vec::new(),
        approximate: false,
        source: "test".into(),
    }
}

/// An observed, laden move of a box; other tests change what they need.
fn lift(node: &str, at: &str, kind: Kind, container: &str, size: Option<&str>) -> QuayMove {
    let size = size.map(SizeType::read);
    QuayMove {
        node: NodeId(node.into()),
        at: at.parse::<Timestamp>().unwrap(),
        kind,
        container: container.into(),
        size_type: size.as_ref().map(|s| s.as_found().into()),
        teu: size.as_ref().and_then(SizeType::teu),
        load: Load::Laden,
        trade: Some(Trade::Export),
        vessel: Some("9074729".into()),
        certainty: Certainty::Observed,
        witnesses: 1,
    }
}

fn open() -> (TempDir, Lake, Ledger) {
    let folder = tempfile::tempdir().unwrap();
    let lake = Lake::open(&folder.path().join("lake"), "log-1").unwrap();
    (folder, lake, Ledger::new())
}

fn question(node: &str, from: &str, to: &str) -> TeuQuery {
    let day = |text: &str| text.parse::<Date>().unwrap();
    TeuQuery { node: NodeId(node.into()), from: day(from), to: day(to) }
}

fn ask(lake: &Lake, ledger: &Ledger, node: &str, from: &str, to: &str) -> TeuAnswer {
    lake.teu(ledger, &question(node, from, to)).unwrap()
}

/// The rows as short lines: `day direction load moves teu unknown`.
fn lines(answer: &TeuAnswer) -> Vec<String> {
    let line = |r: &sealane_data::ports::TeuRow| {
        format!("{} {} {} {} {} {}", r.day, r.direction, r.load, r.moves, r.teu, r.unknown_size)
    };
    answer.rows.iter().map(line).collect()
}
