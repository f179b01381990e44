//! The part of the network that ways between nodes use with the usual passages, by rank (a contraction hierarchy).
//!
//! The builder ranks the vertices. A cheapest way climbs in rank to one vertex and descends from it, over edges and
//! shortcuts that stand for ways over lower vertices. What a node climbs to is a short list, kept when it was first
//! asked for; where the lists of two nodes meet lies their way.

use super::graph::{Graph, NONE};
use std::cmp::Ordering;
use std::sync::OnceLock;

/// What the builder found out.
#[derive(Debug, Default)]
pub(crate) struct Ranking {
    /// The vertices of the trunk, the lowest rank first.
    pub(crate) order: Vec<u32>,
    /// Shortcuts as ranks: the lower end, the higher end, and the vertex below both that it leads over.
    /// Those of lower ends come first.
    pub(crate) shortcuts: Vec<[u32; 3]>,
}

/// An edge or a shortcut, kept with its lower end.
#[derive(Clone, Copy, Debug)]
struct Rung {
    /// The rank of the higher end.
    to: u32,
    cost: u32,
    /// The edge, or `OVER` and the rank that a shortcut leads over.
    by: u32,
}

/// Marks a shortcut.
const OVER: u32 = 1 << 31;

/// A rank that a node climbs to. Nodes keep some hundreds each: a step is small.
#[derive(Clone, Copy, Debug)]
struct Step {
    cost: u32,
    rank: u16,
    /// The step below; `FOOT` for the node itself.
    below: u16,
}

/// No step below; more ranks are no trunk.
const FOOT: u16 = u16::MAX;

/// The trunk by rank.
#[derive(Debug)]
pub(crate) struct Ranks {
    starts: Vec<u32>,
    rungs: Vec<Rung>,
    /// The rank of each node.
    nodes: Vec<u32>,
    /// For every node that was asked for: all that it climbs to, by rising rank.
    climbs: Vec<OnceLock<Box<[Step]>>>,
}

impl Ranks {
    /// Lays a ranking over the marked edges of a network whose nodes are the vertices from `first` on; none if it
    /// is not the ranking of this network.
    pub(crate) fn new(whole: &Graph, first: usize, ranking: &Ranking) -> Option<Self> {
        if ranking.order.len() > usize::from(FOOT) {
            return None;
        }
        let mut ranks = vec![NONE; whole.at.len()];
        for (rank, vertex) in (0..OVER).zip(&ranking.order) {
            *ranks.get_mut(*vertex as usize).filter(|slot| **slot == NONE)? = rank;
        }
        let mut rungs: Vec<Vec<Rung>> = vec![Vec::new(); ranking.order.len()];
        for (number, edge) in (0..OVER).zip(&whole.edges).filter(|(_, edge)| edge.trunk()) {
            let [a, b] = edge.ends.map(|end| ranks[end as usize]);
            rungs.get_mut(a.min(b) as usize)?.push(Rung {
                to: a.max(b),
                cost: whole.cost(number),
                by: number,
            });
        }
        for [low, high, middle] in &ranking.shortcuts {
            let below = rungs.get(*middle as usize).filter(|_| middle < low && low < high)?;
            let half = |end: u32| below.iter().find(|rung| rung.to == end).map(|rung| rung.cost);
            let cost = half(*low)?.checked_add(half(*high)?)?;
            let mine = rungs.get_mut(*low as usize)?;
            mine.retain(|rung| rung.to != *high);
            mine.push(Rung { to: *high, cost, by: OVER | middle });
        }
        let known = rungs.iter().flatten().all(|rung| (rung.to as usize) < ranking.order.len());
        let mut starts = Vec::with_capacity(rungs.len() + 1);
        let mut all = Vec::new();
        for mut mine in rungs {
            mine.sort_unstable_by_key(|rung| rung.to);
            starts.push(small(all.len()));
            all.append(&mut mine);
        }
        starts.push(small(all.len()));
        all.shrink_to_fit();
        let nodes = ranks.split_off(first);
        let climbs = nodes.iter().map(|_| OnceLock::new()).collect();
        known.then_some(Self { starts, rungs: all, nodes, climbs })
    }

    /// Returns the edges of the whole network from one node to another; both are counted from the first node.
    pub(crate) fn way(&self, from: usize, to: usize) -> Option<Vec<u32>> {
        if from == to {
            return Some(Vec::new());
        }
        let (here, there) = (self.climb(from)?, self.climb(to)?);
        let [up, down] = meeting(here, there)?;
        let mut edges = Vec::new();
        for rung in self.below(here, up).iter().rev() {
            self.unpack(*rung, true, &mut edges);
        }
        for rung in self.below(there, down) {
            self.unpack(rung, false, &mut edges);
        }
        Some(edges)
    }

    /// Lets all nodes climb.
    pub(crate) fn grow(&self) {
        for node in 0..self.nodes.len() {
            let _ = self.climb(node);
        }
    }

    fn climb(&self, node: usize) -> Option<&[Step]> {
        let start = *self.nodes.get(node).filter(|rank| **rank != NONE)?;
        Some(self.climbs[node].get_or_init(|| self.climbed(start)))
    }

    fn rungs(&self, rank: u32) -> std::ops::Range<usize> {
        self.starts[rank as usize] as usize..self.starts[rank as usize + 1] as usize
    }

    /// Returns the rung from one rank to another.
    fn rung(&self, low: u32, high: u32) -> u32 {
        let mine = self.rungs(low);
        small(mine.start + self.rungs[mine].partition_point(|rung| rung.to < high))
    }

    /// Returns all that a rank climbs to: lower ranks are done before higher ones are looked at.
    fn climbed(&self, start: u32) -> Box<[Step]> {
        let mut open = vec![(NONE, FOOT); self.starts.len() - 1 - start as usize];
        let mut steps: Vec<Step> = Vec::new();
        open[0] = (0, FOOT);
        for rank in start..small(self.starts.len() - 1) {
            let (cost, below) = open[(rank - start) as usize];
            if cost == NONE {
                continue;
            }
            for Rung { to, cost: more, .. } in &self.rungs[self.rungs(rank)] {
                let slot = &mut open[(to - start) as usize];
                if cost + more < slot.0 {
                    *slot = (cost + more, tiny(steps.len()));
                }
            }
            steps.push(Step { cost, rank: tiny(rank as usize), below });
        }
        steps.into_boxed_slice()
    }

    /// Returns the rungs below a step, the highest first.
    fn below(&self, steps: &[Step], from: usize) -> Vec<u32> {
        let mut at = steps[from];
        let mut rungs = Vec::new();
        while at.below != FOOT {
            let under = steps[usize::from(at.below)];
            rungs.push(self.rung(u32::from(under.rank), u32::from(at.rank)));
            at = under;
        }
        rungs
    }

    /// Appends the edges that a rung stands for, upward or downward.
    fn unpack(&self, rung: u32, upward: bool, edges: &mut Vec<u32>) {
        let mut open = vec![(rung, upward)];
        while let Some((number, upward)) = open.pop() {
            let Rung { to, by, .. } = self.rungs[number as usize];
            if by & OVER == 0 {
                edges.push(by);
                continue;
            }
            // Down to the vertex between and up again; what comes last is put on first.
            let low = self.starts.partition_point(|start| *start <= number) - 1;
            let half = |end: u32| self.rung(by ^ OVER, end);
            let [near, far] =
                if upward { [half(small(low)), half(to)] } else { [half(to), half(small(low))] };
            open.extend([(far, true), (near, false)]);
        }
    }
}

/// Returns where two climbs meet at least cost, as a step of each.
fn meeting(here: &[Step], there: &[Step]) -> Option<[usize; 2]> {
    let (mut a, mut b) = (0, 0);
    let mut best: Option<(u32, [usize; 2])> = None;
    while let (Some(one), Some(other)) = (here.get(a), there.get(b)) {
        match one.rank.cmp(&other.rank) {
            Ordering::Less => a += 1,
            Ordering::Greater => b += 1,
            Ordering::Equal => {
                let whole = one.cost + other.cost;
                if best.is_none_or(|(known, _)| whole < known) {
                    best = Some((whole, [a, b]));
                }
                (a, b) = (a + 1, b + 1);
            }
        }
    }
    best.map(|(_, found)| found)
}

#[expect(clippy::cast_possible_truncation, reason = "some ten thousand vertices and rungs")]
fn small(count: usize) -> u32 {
    count as u32
}

#[expect(clippy::cast_possible_truncation, reason = "no more ranks than `FOOT`")]
fn tiny(count: usize) -> u16 {
    count as u16
}
