//! When each part of the log was received: documents name the instant of their last record.

use jiff::Timestamp;
use sealane_data::recorded::{Recorded, Seq};

/// Instants by log position; entries received together take one row.
#[derive(Default)]
pub(super) struct Instants(Vec<(Seq, Timestamp)>);

impl Instants {
    pub(super) fn add(&mut self, batch: &[Recorded]) {
        for recorded in batch {
            match self.0.last_mut() {
                Some((last, at)) if *at == recorded.at => *last = recorded.last_seq(),
                _ => self.0.push((recorded.last_seq(), recorded.at)),
            }
        }
    }

    /// Returns the rows up to a log position.
    pub(super) fn up_to(&self, seq: Seq) -> Vec<(Seq, Timestamp)> {
        let whole = self.0.partition_point(|(last, _)| *last < seq);
        self.0.iter().take(whole + 1).map(|(last, at)| (seq.min(*last), *at)).collect()
    }

    /// Begins with rows that [`Instants::up_to`] gave.
    pub(super) fn begin(&mut self, rows: Vec<(Seq, Timestamp)>) {
        self.0 = rows;
    }

    /// Returns when the entry at a log position was received.
    pub(super) fn at(&self, seq: Seq) -> Option<Timestamp> {
        let row = self.0.partition_point(|(last, _)| *last < seq);
        self.0.get(row).map(|(_, at)| *at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::published;

    #[test]
    fn positions_find_their_instant() {
        let mut instants = Instants::default();
        let at = |s: i64| Timestamp::from_second(s).unwrap();
        instants.add(&[published(1, at(10)), published(2, at(10)), published(3, at(20))]);
        assert_eq!(instants.0.len(), 2);
        assert_eq!(
            [1, 2, 3, 4].map(|seq| instants.at(seq)),
            [Some(at(10)), Some(at(10)), Some(at(20)), None]
        );
    }
}
