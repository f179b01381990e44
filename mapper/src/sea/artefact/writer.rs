//! Writes the parts of the artefact: numbers of seven bits a byte, small differences where it can.

use crate::sea::mooring::Mooring;
use crate::sea::ranks::Ranking;
use crate::sea::water::Gates;
use sealane_data::node::{NodeId, Position};

/// What was written so far.
pub(super) struct Writer {
    pub(super) bytes: Vec<u8>,
    /// The sets of passages, in order.
    pub(super) sets: Vec<Gates>,
}

impl Writer {
    #[expect(clippy::cast_possible_truncation, reason = "seven bits")]
    pub(super) fn number(&mut self, mut value: u64) {
        while value > 127 {
            self.bytes.push(value as u8 | 128);
            value >>= 7;
        }
        self.bytes.push(value as u8);
    }

    #[expect(clippy::cast_sign_loss, reason = "zigzag")]
    pub(super) fn signed(&mut self, value: i64) {
        self.number((value << 1 ^ value >> 63) as u64);
    }

    pub(super) fn count(&mut self, count: usize) {
        self.number(count as u64);
    }

    /// Writes a set of passages: both halves.
    #[expect(clippy::cast_possible_truncation, reason = "the lower and the upper half")]
    pub(super) fn set(&mut self, set: Gates) {
        self.number(set as u64);
        self.number((set >> 64) as u64);
    }

    pub(super) fn number_of(&self, gates: Gates) -> u64 {
        self.sets.partition_point(|set| *set < gates) as u64
    }

    pub(super) fn ranking(&mut self, ranking: &Ranking) {
        self.count(ranking.order.len());
        ranking.order.iter().for_each(|vertex| self.number(u64::from(*vertex)));
        self.count(ranking.shortcuts.len());
        let mut before = 0;
        for [low, high, middle] in &ranking.shortcuts {
            // Ranks rise: the lowest end first, the others above and below it.
            self.number(u64::from(low - before));
            self.number(u64::from(high - low));
            self.number(u64::from(low - middle));
            before = *low;
        }
    }

    /// Writes a length, by how much the cost is more, and the marks.
    pub(super) fn weights(&mut self, length: u32, cost: u32, marks: u64) {
        self.number(u64::from(length));
        self.signed(i64::from(cost) - i64::from(length));
        self.number(marks);
    }

    /// Writes positions to the last bit, for legs end exactly where they were asked to; most are whole
    /// hundred-thousandths of a degree and short.
    pub(super) fn line(&mut self, line: &[Position]) {
        self.count(line.len());
        let mut before = [0, 0];
        for at in line {
            let parts = [at.lat, at.lon].map(units);
            let [Some(lat), Some(lon)] = parts else {
                self.bytes.push(0);
                self.bytes.extend(at.lat.to_bits().to_le_bytes());
                self.bytes.extend(at.lon.to_bits().to_le_bytes());
                continue;
            };
            self.bytes.push(1);
            self.signed(lat - before[0]);
            self.signed(lon - before[1]);
            before = [lat, lon];
        }
    }

    pub(super) fn mooring(&mut self, id: &NodeId, mooring: &Mooring) {
        self.count(id.0.len());
        self.bytes.extend(id.0.as_bytes());
        self.line(&mooring.land);
        self.line(&mooring.river);
        self.line(&[mooring.start]);
        self.count(mooring.ties.len());
        for tie in &mooring.ties {
            self.number(u64::from(tie.to));
            let set = self.number_of(tie.gates);
            self.weights(tie.length, tie.cost, set << 1 | u64::from(tie.trunk));
            self.line(&tie.via);
        }
    }
}

/// Returns degrees in whole hundred-thousandths if they are just that.
#[expect(clippy::cast_possible_truncation, reason = "18 million at most")]
fn units(degrees: f64) -> Option<i64> {
    let units = (degrees * 1e5).round();
    ((units / 1e5).to_bits() == degrees.to_bits()).then_some(units as i64)
}
