//! The network as bytes: whole numbers of seven bits a byte, differences where neighbours are alike, packed by zstd.
//!
//! ```text
//! "SEA6" · SHA-256 of the input · zstd( grid · rings · corners · sets of passages · moorings · edges · ranks )
//! ```

mod writer;

use super::corner::{Corner, Reach};
use super::graph::{Edge, dearer, share};
use super::mooring::{Mooring, Tie};
use super::ranks::Ranking;
use super::rings::{Grid, Ring};
use super::water::Gates;
use sealane_data::node::{NodeId, Position};
use thiserror::Error;
use writer::Writer;

/// The first bytes of the form written here.
const MAGIC: &[u8; 4] = b"SEA6";

/// How hard zstd tries.
const LEVEL: i32 = 19;
/// More bytes than any network has.
const MOST: usize = 32 << 20;

/// Why an artefact cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error(
    "the sea network is damaged or of another version at byte {0}; build it anew with `sealane sea build`"
)]
pub struct Damaged(pub usize);

/// The network as it is written.
#[derive(Debug)]
pub(crate) struct Parts {
    /// SHA-256 over everything it was built from.
    pub(crate) input: [u8; 32],
    pub(crate) grid: Grid,
    pub(crate) rings: Vec<Ring>,
    pub(crate) corners: Vec<Corner>,
    pub(crate) edges: Vec<Edge>,
    pub(crate) nodes: Vec<NodeId>,
    pub(crate) moorings: Vec<Mooring>,
    pub(crate) ranking: Ranking,
}

/// Writes a network.
pub(crate) fn write(parts: &Parts) -> Vec<u8> {
    let mut out = Writer { bytes: Vec::new(), sets: sets(parts) };
    for part in parts.grid.scale.iter().chain(&parts.grid.origin) {
        out.bytes.extend(part.to_bits().to_le_bytes());
    }
    out.count(parts.rings.len());
    for ring in &parts.rings {
        out.count(ring.len());
        let mut before = [0, 0];
        for point in ring {
            (0..2).for_each(|i| out.signed(point[i] - before[i]));
            before = *point;
        }
    }
    out.count(parts.corners.len());
    let mut before = [0, 0];
    for corner in &parts.corners {
        (0..2).for_each(|i| out.signed(i64::from(corner.at[i] - before[i])));
        before = corner.at;
        out.bytes.extend([
            corner.reach as u8 | u8::from(corner.out.is_some()) << 2,
            corner.out.unwrap_or(0),
            corner.slack,
        ]);
    }
    out.count(out.sets.len());
    for set in out.sets.clone() {
        out.set(set);
    }
    out.count(parts.moorings.len());
    for (id, mooring) in parts.nodes.iter().zip(&parts.moorings) {
        out.mooring(id, mooring);
    }
    let mut edges = parts.edges.as_slice();
    for vertex in (0..).take(parts.corners.len() + parts.moorings.len()) {
        // Edges are sorted: those of a vertex lie together, their other ends rising.
        let (mine, rest) = edges.split_at(edges.partition_point(|edge| edge.ends[0] <= vertex));
        out.count(mine.len());
        let mut before = vertex;
        for edge in mine {
            out.number(u64::from(edge.ends[1] - before));
            before = edge.ends[1];
            let set = out.number_of(edge.gates);
            // The length is computed again on reading, and the cost from it where it is a share.
            let parts = share(edge.length, edge.cost);
            let odd = dearer(edge.length, parts) != edge.cost;
            out.number(set << 3 | u64::from(odd) << 2 | u64::from(edge.trunk) << 1 | u64::from(edge.canal));
            if odd {
                out.signed(i64::from(edge.cost) - i64::from(edge.length));
            } else {
                out.number(u64::from(parts));
            }
        }
        edges = rest;
    }
    out.ranking(&parts.ranking);
    // Writing into memory does not fail; if it did, the reader would say so.
    let packed = zstd::bulk::compress(&out.bytes, LEVEL).unwrap_or_default();
    [&MAGIC[..], &parts.input, &packed].concat()
}

/// Returns the sets of passages that edges and ties use: few different ones.
fn sets(parts: &Parts) -> Vec<Gates> {
    let ties = parts.moorings.iter().flat_map(|mooring| &mooring.ties).map(|tie| tie.gates);
    let mut sets: Vec<Gates> = parts.edges.iter().map(|edge| edge.gates).chain(ties).collect();
    sets.sort_unstable();
    sets.dedup();
    sets
}

/// Reads a network.
pub(crate) fn read(bytes: &[u8]) -> Result<Parts, Damaged> {
    let mut head = Reader { bytes, at: 0, sets: Vec::new() };
    if head.take::<4>()? != *MAGIC {
        return Err(Damaged(0));
    }
    let input = head.take::<32>()?;
    let whole = zstd::bulk::decompress(&bytes[head.at..], MOST).map_err(|_| head.damaged())?;
    let mut from = Reader { bytes: &whole, at: 0, sets: Vec::new() };
    let scale = [from.float()?, from.float()?];
    let grid = Grid { scale, origin: [from.float()?, from.float()?] };
    let rings = from.many(Reader::ring)?;
    let mut before = [0, 0];
    let corners = from.many(|from| from.corner(&mut before))?;
    from.sets = from.many(Reader::set)?;
    let (nodes, moorings): (Vec<NodeId>, Vec<Mooring>) = from.many(Reader::mooring)?.into_iter().unzip();
    let mut places: Vec<Position> = corners.iter().map(Corner::position).collect();
    places.extend(moorings.iter().map(|mooring| mooring.start));
    let mut edges = Vec::new();
    for vertex in (0..).take(places.len()) {
        let mut to = vertex;
        edges.extend(from.many(|from| from.edge(vertex, &mut to, &places))?);
    }
    let ranking = from.ranking()?;
    if from.at != whole.len() {
        return Err(from.damaged());
    }
    let parts = Parts { input, grid, rings, corners, edges, nodes, moorings, ranking };
    let corners = parts.corners.len();
    let all = corners + parts.moorings.len();
    let ties = parts.moorings.iter().flat_map(|mooring| &mooring.ties);
    let known = parts.edges.iter().flat_map(|edge| edge.ends).all(|end| (end as usize) < all)
        && ties.into_iter().all(|tie| (tie.to as usize) < corners)
        && parts.moorings.iter().all(|mooring| !mooring.land.is_empty());
    if !known {
        return Err(Damaged(bytes.len()));
    }
    Ok(parts)
}

struct Reader<'b> {
    bytes: &'b [u8],
    at: usize,
    sets: Vec<Gates>,
}

impl Reader<'_> {
    fn damaged(&self) -> Damaged {
        Damaged(self.at)
    }

    fn take<const N: usize>(&mut self) -> Result<[u8; N], Damaged> {
        let taken =
            self.bytes.get(self.at..).and_then(|rest| rest.first_chunk::<N>()).ok_or(self.damaged())?;
        self.at += N;
        Ok(*taken)
    }

    fn float(&mut self) -> Result<f64, Damaged> {
        Ok(f64::from_bits(u64::from_le_bytes(self.take()?)))
    }

    fn number(&mut self) -> Result<u64, Damaged> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let [byte] = self.take()?;
            value |= u64::from(byte & 127) << shift;
            if byte < 128 {
                return Ok(value);
            }
        }
        Err(self.damaged())
    }

    #[expect(clippy::cast_possible_wrap, reason = "zigzag")]
    fn signed(&mut self) -> Result<i64, Damaged> {
        let value = self.number()?;
        Ok((value >> 1) as i64 ^ -((value & 1) as i64))
    }

    fn small(&mut self) -> Result<u32, Damaged> {
        u32::try_from(self.number()?).map_err(|_| self.damaged())
    }

    fn many<T>(&mut self, mut one: impl FnMut(&mut Self) -> Result<T, Damaged>) -> Result<Vec<T>, Damaged> {
        let count = usize::try_from(self.number()?).map_err(|_| self.damaged())?;
        if count > self.bytes.len() {
            return Err(self.damaged());
        }
        (0..count).map(|_| one(self)).collect()
    }

    fn ring(&mut self) -> Result<Ring, Damaged> {
        let mut before = [0_i64, 0];
        self.many(|from| {
            before = [before[0].wrapping_add(from.signed()?), before[1].wrapping_add(from.signed()?)];
            Ok(before)
        })
    }

    fn corner(&mut self, before: &mut [i32; 2]) -> Result<Corner, Damaged> {
        for part in before.iter_mut() {
            let step = i32::try_from(self.signed()?).map_err(|_| self.damaged())?;
            *part = part.wrapping_add(step);
        }
        let [kind, out, slack] = self.take()?;
        let reach = match kind & 3 {
            0 => Reach::Narrow,
            1 => Reach::Strait,
            2 => Reach::Coast,
            _ => Reach::Ocean,
        };
        Ok(Corner::new(*before, (kind & 4 != 0).then_some(out), slack, reach))
    }

    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "20 million metres at most")]
    fn edge(&mut self, vertex: u32, to: &mut u32, places: &[Position]) -> Result<Edge, Damaged> {
        *to = to.wrapping_add(self.small()?);
        let marks = self.number()?;
        let Some(ends) = places.get(vertex as usize).zip(places.get(*to as usize)) else {
            return Err(self.damaged());
        };
        let length = super::geodesic::metres(*ends.0, *ends.1).round() as u32;
        let cost = if marks & 4 == 4 {
            let more = self.signed()?;
            u32::try_from(i64::from(length).wrapping_add(more)).map_err(|_| self.damaged())?
        } else {
            dearer(length, self.small()?)
        };
        Ok(Edge {
            ends: [vertex, *to],
            length,
            cost,
            gates: self.gates(marks >> 3)?,
            canal: marks & 1 == 1,
            trunk: marks & 2 == 2,
        })
    }

    fn set(&mut self) -> Result<Gates, Damaged> {
        let low = self.number()?;
        Ok(Gates::from(low) | Gates::from(self.number()?) << 64)
    }

    /// Returns the set of passages of a number.
    fn gates(&self, number: u64) -> Result<Gates, Damaged> {
        let set = usize::try_from(number).ok().and_then(|number| self.sets.get(number));
        set.copied().ok_or(self.damaged())
    }

    fn ranking(&mut self) -> Result<Ranking, Damaged> {
        let order = self.many(Reader::small)?;
        let mut before = 0_u32;
        let shortcuts = self.many(|from| {
            let low = before.wrapping_add(from.small()?);
            before = low;
            Ok([low, low.wrapping_add(from.small()?), low.wrapping_sub(from.small()?)])
        })?;
        Ok(Ranking { order, shortcuts })
    }

    fn weights(&mut self) -> Result<(u32, u32, u64), Damaged> {
        let length = self.small()?;
        let more = self.signed()?;
        let cost = u32::try_from(i64::from(length).wrapping_add(more)).map_err(|_| self.damaged())?;
        Ok((length, cost, self.number()?))
    }

    fn line(&mut self) -> Result<Vec<Position>, Damaged> {
        let mut before = [0_i64, 0];
        self.many(|from| {
            let at = if from.take()? == [0] {
                Position { lat: from.float()?, lon: from.float()? }
            } else {
                before = [before[0].wrapping_add(from.signed()?), before[1].wrapping_add(from.signed()?)];
                Position { lat: before[0] as f64 / 1e5, lon: before[1] as f64 / 1e5 }
            };
            if at.lat.abs() <= 90.0 && at.lon.abs() <= 180.0 { Ok(at) } else { Err(from.damaged()) }
        })
    }

    fn mooring(&mut self) -> Result<(NodeId, Mooring), Damaged> {
        let id = self.many(|from| from.take::<1>().map(|[byte]| byte))?;
        let id = String::from_utf8(id).map_err(|_| self.damaged())?;
        let (land, river) = (self.line()?, self.line()?);
        let start = self.line()?.first().copied().ok_or(self.damaged())?;
        let ties = self.many(|from| {
            let to = from.small()?;
            let (length, cost, marks) = from.weights()?;
            let (gates, trunk) = (from.gates(marks >> 1)?, marks & 1 == 1);
            Ok(Tie { to, via: from.line()?, length, cost, gates, trunk })
        })?;
        Ok((NodeId(id.as_str().into()), Mooring { land, river, start, ties }))
    }
}
