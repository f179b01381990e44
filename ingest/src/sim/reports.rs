//! Which terminal reports what and when, with the slips people make and take back.

use super::dialects::{TERMINALS, Terminal};
use super::feeds::{self, Dialect, Dialects};
use super::ids;
use super::rng::Rng;
use super::terminals::{Head, Reporter, Told};
use super::time::{HOUR, Minute};
use super::world::World;
use super::{Draft, Settings};
use sealane_data::observation::Kind;
use std::collections::BTreeMap;

/// A container report is split after this many moves.
const MOVES_PER_MESSAGE: usize = 300;

/// Writes everything all terminals send.
pub(super) fn write(world: &World, settings: &Settings, dialects: Dialects, drafts: &mut Vec<Draft>) {
    let moves = Moves::of(world);
    for terminal in &TERMINALS {
        let dialect = feeds::of(dialects, terminal.party);
        // What a slip is and how it is taken back is told for EDIFACT only.
        let faults = settings.faults && dialect == Dialect::Edifact;
        let sender = Sender {
            terminal,
            reporter: Reporter::new(world, terminal, faults),
            rng: Rng::new(settings.seed, terminal.party),
            faults,
            dialect,
            drafts,
        };
        sender.send_all(world, &moves);
    }
}

/// All moves by where they are reported.
struct Moves {
    /// By site, in order of time.
    gate: Vec<Vec<Told>>,
    /// By call and whether loaded, in order of time.
    quay: BTreeMap<(usize, bool), Vec<Told>>,
}

impl Moves {
    fn of(world: &World) -> Self {
        let mut moves = Self { gate: TERMINALS.iter().map(|_| Vec::new()).collect(), quay: BTreeMap::new() };
        for (journey, j) in world.journeys.iter().enumerate() {
            for e in &j.events {
                let number = world.containers[j.container].number.clone();
                let told = Told { journey, kind: e.kind, at: e.at, laden: e.laden, trade: e.trade, number };
                match e.call {
                    None => moves.gate[e.site].push(told),
                    Some(call) => moves.quay.entry((call, e.kind == Kind::Loaded)).or_default().push(told),
                }
            }
        }
        moves.restows(world);
        let order = |told: &mut Vec<Told>| told.sort_by(|a, b| (a.at, &a.number).cmp(&(b.at, &b.number)));
        moves.gate.iter_mut().for_each(order);
        moves.quay.values_mut().for_each(order);
        moves
    }

    fn restows(&mut self, world: &World) {
        for r in &world.restows {
            let j = &world.journeys[r.journey];
            for (kind, at) in [(Kind::Discharged, r.off), (Kind::Loaded, r.on)] {
                let number = world.containers[j.container].number.clone();
                let told = Told { journey: r.journey, kind, at, laden: j.laden, trade: 5, number };
                self.quay.entry((r.call, kind == Kind::Loaded)).or_default().push(told);
            }
        }
    }
}

struct Sender<'a> {
    terminal: &'static Terminal,
    reporter: Reporter<'a>,
    rng: Rng,
    faults: bool,
    dialect: Dialect,
    drafts: &'a mut Vec<Draft>,
}

impl Sender<'_> {
    fn send_all(mut self, world: &World, moves: &Moves) {
        let window = self.terminal.batch_hours * HOUR;
        for batch in moves.gate[self.terminal.site].chunk_by(|a, b| a.at / window == b.at / window) {
            let Some(first) = batch.first() else { continue };
            let at = (first.at / window + 1) * window + self.rng.between(3, 35);
            self.gate_report(at, batch);
        }
        for ((call, load), told) in &moves.quay {
            let c = &world.fleet.calls[*call];
            if c.site == self.terminal.site {
                let last = told.last().map_or(c.arrival, |t| t.at);
                let after = if *load && c.departure <= world.end { c.departure.max(last) } else { last };
                let at = after + self.rng.between(20, 110);
                for part in told.chunks(MOVES_PER_MESSAGE) {
                    self.call_report(at, *call, part);
                }
            }
        }
    }

    /// Writes moves in another form than EDIFACT, if that is the sender's.
    fn otherwise(&mut self, at: Minute, call: Option<usize>, told: &[Told]) -> bool {
        let Some(stem) = self.dialect.stem() else { return false };
        let bytes = self.dialect.moves(self.reporter.world, self.terminal.site, at, call, told);
        self.drafts.push(Draft { at, sender: self.terminal.party.to_owned(), stem, bytes, pinned: true });
        true
    }

    fn gate_report(&mut self, at: Minute, batch: &[Told]) {
        if self.otherwise(at, None, batch) {
            return;
        }
        let mut messages = Vec::new();
        for kind in [Kind::GateIn, Kind::GateOut] {
            let told: Vec<Told> = batch.iter().filter(|t| t.kind == kind).cloned().collect();
            if told.is_empty() {
                continue;
            }
            let head = self.reporter.head(at);
            if let Some(slipped) = self.slip(4, &told) {
                self.draft(at, "CODECO", true, |r| vec![r.codeco(&head, &slipped)]);
                let corrected = self.corrected(&head);
                self.draft(corrected.at, "CODECO", true, |r| vec![r.codeco(&corrected, &told)]);
            } else {
                messages.push(self.reporter.codeco(&head, &told));
            }
            if self.faults && kind == Kind::GateIn && self.rng.chance(5) {
                self.phantom(at, &told);
            }
        }
        if !messages.is_empty() {
            self.draft(at, "CODECO", false, |_| messages);
        }
    }

    fn call_report(&mut self, at: Minute, call: usize, told: &[Told]) {
        if self.otherwise(at, Some(call), told) {
            return;
        }
        let head = self.reporter.head(at);
        let slipped = self.slip(15, told);
        let first = slipped.as_deref().unwrap_or(told);
        self.draft(at, "COARRI", slipped.is_some(), |r| vec![r.coarri(&head, call, first)]);
        if slipped.is_some() {
            let corrected = self.corrected(&head);
            self.draft(corrected.at, "COARRI", true, |r| vec![r.coarri(&corrected, call, told)]);
        }
    }

    /// Returns the moves as somebody got one of them wrong, in some reports of a world with faults.
    fn slip(&mut self, per_mille: i64, told: &[Told]) -> Option<Vec<Told>> {
        if !self.faults || !self.rng.chance(per_mille) {
            return None;
        }
        let mut slipped = told.to_vec();
        let ix = self.rng.index(slipped.len());
        if self.rng.chance(500) {
            slipped[ix].at -= self.rng.between(30, 4 * HOUR);
        } else {
            slipped[ix].number = ids::with_wrong_digit(&slipped[ix].number);
        }
        Some(slipped)
    }

    fn corrected(&mut self, head: &Head) -> Head {
        let at = head.at + self.rng.between(3 * HOUR, 20 * HOUR);
        Head { document: head.document.clone(), function: 5, at }
    }

    /// Reports a gate-out that never was, and takes it back.
    fn phantom(&mut self, at: Minute, told: &[Told]) {
        let Some(laden) = told.iter().find(|t| t.laden) else { return };
        let never = [Told { kind: Kind::GateOut, at: at + 5, trade: 3, ..laden.clone() }];
        let head = self.reporter.head(at + 25);
        self.draft(head.at, "CODECO", true, |r| vec![r.codeco(&head, &never)]);
        let cancel = Head { at: head.at + 3 * HOUR, function: 1, ..head };
        self.draft(cancel.at, "CODECO", true, |r| vec![r.codeco(&cancel, &never)]);
    }

    /// Adds one file; `pinned` files keep their place in time and are damaged no further.
    fn draft(
        &mut self,
        at: Minute,
        stem: &'static str,
        pinned: bool,
        write: impl FnOnce(&Reporter<'_>) -> Vec<super::edi::Message>,
    ) {
        let messages = write(&self.reporter);
        let bytes = self.reporter.wrap(at, messages);
        let sender = self.terminal.party.to_owned();
        self.drafts.push(Draft { at, sender, stem, bytes, pinned });
    }
}
