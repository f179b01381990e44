//! Observations in few bytes, for the snapshot: rows of one width, and beside them what repeats itself.

use super::{Kept, Maybe, MaybeAt, MaybeNode};
use crate::world::ledger::{Ledger, Listed, gather};
use rustc_hash::FxHashMap;
use sealane_data::observation::{Classifier, Kind, Load, Trade};
use sealane_data::places::How;
use sealane_data::time::Precision;
use serde::ser::SerializeSeq as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_bytes::ByteBuf;

/// The words of an observation: few of their many combinations occur.
type Words = (Option<How>, Kind, Classifier, Precision, Load, Option<Trade>);

/// The bytes of a row: two numbers of eight, eight of four, four nodes and the place of the words.
const ROW: usize = 2 * 8 + 8 * 4 + 5 * 2;

/// A chunk of observations as it is written.
#[derive(Serialize, Deserialize)]
struct Rows {
    words: Vec<Words>,
    rows: ByteBuf,
}

/// Writes observations chunk by chunk.
pub(in crate::world) fn serialize<S: Serializer>(told: &Ledger<Kept>, to: S) -> Result<S::Ok, S::Error> {
    let chunks = told.chunks();
    let mut to = to.serialize_seq(Some(chunks.len()))?;
    chunks.into_iter().try_for_each(|chunk| to.serialize_element(&pack(chunk)))?;
    to.end()
}

/// Reads what [`serialize`] wrote.
pub(in crate::world) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Ledger<Kept>, D::Error> {
    gather(from, |rows: Rows| unpack(&rows))
}

fn pack(chunk: &[Kept]) -> Rows {
    let (mut words, mut places) = (Vec::new(), FxHashMap::default());
    let mut rows = Vec::with_capacity(chunk.len() * ROW);
    for kept in chunk {
        let said = (kept.how, kept.kind, kept.classifier, kept.precision, kept.load, kept.trade);
        let place = *places.entry(said).or_insert_with(|| {
            words.push(said);
            // A chunk has no more rows than two bytes can count.
            u16::try_from(words.len() - 1).unwrap_or(u16::MAX)
        });
        rows.extend(kept.seq.to_le_bytes());
        rows.extend(kept.at.0.to_le_bytes());
        let Listed(references) = kept.references;
        let numbers = [kept.before, kept.ship, kept.voyage, kept.size, kept.gross].map(|Maybe(n)| n);
        for number in [kept.container, kept.message, references].into_iter().chain(numbers) {
            rows.extend(number.to_le_bytes());
        }
        for MaybeNode(node) in kept.nodes {
            rows.extend(node.to_le_bytes());
        }
        rows.extend(place.to_le_bytes());
    }
    Rows { words, rows: ByteBuf::from(rows) }
}

fn unpack(rows: &Rows) -> Result<Vec<Kept>, &'static str> {
    let (whole, rest) = rows.rows.as_chunks::<ROW>();
    if !rest.is_empty() {
        return Err("a row is cut short");
    }
    whole.iter().map(|row| read(row, &rows.words).ok_or("a row has words that are not there")).collect()
}

fn read(row: &[u8; ROW], words: &[Words]) -> Option<Kept> {
    let mut rest: &[u8] = row;
    let long = |rest: &mut &[u8]| Some(u64::from_le_bytes(*rest.split_off(..8)?.first_chunk()?));
    let number = |rest: &mut &[u8]| Some(u32::from_le_bytes(*rest.split_off(..4)?.first_chunk()?));
    let short = |rest: &mut &[u8]| Some(u16::from_le_bytes(*rest.split_off(..2)?.first_chunk()?));
    let seq = long(&mut rest)?;
    let at = MaybeAt(long(&mut rest)?.cast_signed());
    let (container, message, references) = (number(&mut rest)?, number(&mut rest)?, number(&mut rest)?);
    let mut maybe = || number(&mut rest).map(Maybe);
    let (before, ship, voyage, size, gross) = (maybe()?, maybe()?, maybe()?, maybe()?, maybe()?);
    let mut node = || short(&mut rest).map(MaybeNode);
    let nodes = [node()?, node()?, node()?, node()?];
    let (how, kind, classifier, precision, load, trade) = *words.get(usize::from(short(&mut rest)?))?;
    Some(Kept {
        seq,
        at,
        container,
        before,
        message,
        references: Listed(references),
        ship,
        voyage,
        size,
        gross,
        nodes,
        how,
        kind,
        classifier,
        precision,
        load,
        trade,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(n: u32) -> Kept {
        let kinds = [Kind::GateIn, Kind::Loaded, Kind::Discharged];
        Kept {
            seq: u64::from(n) + 5_000_000_000,
            at: MaybeAt(if n.is_multiple_of(7) { i64::MIN } else { -i64::from(n) }),
            container: n,
            before: if n == 0 { Maybe::NONE } else { Maybe(n - 1) },
            message: n / 20,
            references: Listed::EMPTY,
            ship: Maybe(n % 9),
            voyage: Maybe::NONE,
            size: Maybe(1),
            gross: Maybe(n * 3),
            nodes: [1, 2, u16::MAX, 4].map(MaybeNode),
            how: None,
            kind: kinds[n as usize % kinds.len()],
            classifier: Classifier::Actual,
            precision: Precision::Minute,
            load: Load::Laden,
            trade: Some(Trade::Export),
        }
    }

    #[test]
    fn observations_come_back_over_chunks() {
        #[derive(Serialize, Deserialize)]
        struct Of(#[serde(with = "super")] Ledger<Kept>);
        let mut of = Of(Ledger::default());
        (0..70_000).for_each(|n| {
            of.0.push(kept(n));
        });
        let bytes = rmp_serde::to_vec(&of).unwrap();
        let Of(again) = rmp_serde::from_slice(&bytes).unwrap();
        assert_eq!(again.len(), 70_000);
        assert!((0..70_000).all(|n| format!("{:?}", again.get(n)) == format!("{:?}", kept(n))));
    }

    #[test]
    fn damage_is_an_error() {
        let mut rows = pack(&[kept(1)]);
        rows.words.clear();
        assert!(unpack(&rows).is_err());
        rows.rows.pop();
        assert_eq!(unpack(&rows).unwrap_err(), "a row is cut short");
    }
}
