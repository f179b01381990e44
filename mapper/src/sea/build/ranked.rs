//! Ranks the trunk: one vertex after the other is taken out, and shortcuts keep what cheapest ways led over it.

use crate::sea::graph::{Graph, NONE};
use crate::sea::heap::Heap;
use crate::sea::ranks::Ranking;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Vertices that a look for another way settles at most: a shortcut too many does no harm.
const SETTLED: usize = 60;

/// A neighbour that is not taken out yet.
#[derive(Clone, Copy)]
struct Hop {
    to: u32,
    cost: u32,
    /// The vertex that a shortcut leads over.
    over: u32,
}

/// What is left of the trunk.
struct Rest {
    near: Vec<Vec<Hop>>,
    /// How many vertices below each were taken out before it, one after the other.
    level: Vec<i64>,
    /// What the last search reached, and at what cost.
    cost: Vec<u32>,
    reached: Vec<u32>,
}

/// Returns the ranking of the marked edges.
#[expect(clippy::cast_possible_truncation, reason = "some ten thousand vertices")]
pub(super) fn ranking(graph: &Graph) -> Ranking {
    let mut number = vec![NONE; graph.at.len()];
    let mut vertices: Vec<u32> = Vec::new();
    for end in graph.edges.iter().filter(|edge| edge.trunk()).flat_map(|edge| edge.ends) {
        if number[end as usize] == NONE {
            number[end as usize] = vertices.len() as u32;
            vertices.push(end);
        }
    }
    let count = vertices.len();
    let (near, cost) = (vec![Vec::new(); count], vec![NONE; count]);
    let mut rest = Rest { near, level: vec![0; count], cost, reached: Vec::new() };
    for (edge, cost) in
        (0..).zip(&graph.edges).filter(|(_, edge)| edge.trunk()).map(|(n, edge)| (edge, graph.cost(n)))
    {
        let [a, b] = edge.ends.map(|end| number[end as usize]);
        rest.join(a, b, cost, NONE);
    }
    let mut open: BinaryHeap<Reverse<(i64, u32)>> =
        (0..count as u32).map(|vertex| Reverse((rest.price(vertex), vertex))).collect();
    let (mut order, mut found) = (Vec::new(), Vec::new());
    while let Some(Reverse((_, vertex))) = open.pop() {
        let price = rest.price(vertex);
        if open.peek().is_some_and(|Reverse((next, _))| *next < price) {
            open.push(Reverse((price, vertex)));
            continue;
        }
        order.push(vertex);
        found.extend(rest.take(vertex).into_iter().filter(|hop| hop.over != NONE).map(|hop| (vertex, hop)));
    }
    let mut rank = vec![0; count];
    for (place, vertex) in (0..).zip(&order) {
        rank[*vertex as usize] = place;
    }
    let of = |vertex: u32| rank[vertex as usize];
    let mut shortcuts: Vec<[u32; 3]> =
        found.into_iter().map(|(low, hop)| [of(low), of(hop.to), of(hop.over)]).collect();
    shortcuts.sort_unstable();
    tracing::info!(vertices = count, shortcuts = shortcuts.len(), "ranks");
    Ranking { order: order.into_iter().map(|vertex| vertices[vertex as usize]).collect(), shortcuts }
}

impl Rest {
    /// Joins two vertices, if they are not joined as cheaply.
    fn join(&mut self, a: u32, b: u32, cost: u32, over: u32) {
        for (from, to) in [(a, b), (b, a)] {
            let near = &mut self.near[from as usize];
            match near.iter_mut().find(|hop| hop.to == to) {
                Some(hop) if hop.cost <= cost => {}
                Some(hop) => *hop = Hop { to, cost, over },
                None => near.push(Hop { to, cost, over }),
            }
        }
    }

    /// Returns how much taking a vertex out adds to what is left.
    fn price(&mut self, vertex: u32) -> i64 {
        let added = self.shortcuts(vertex).len();
        let removed = self.near[vertex as usize].len();
        2 * (i64::try_from(added).unwrap_or(i64::MAX / 4) - i64::try_from(removed).unwrap_or(0))
            + self.level[vertex as usize]
    }

    /// Returns the pairs of neighbours whose only cheapest way leads over a vertex, and what it costs.
    fn shortcuts(&mut self, vertex: u32) -> Vec<(u32, u32, u32)> {
        let near = std::mem::take(&mut self.near[vertex as usize]);
        let mut found = Vec::new();
        for (place, one) in near.iter().enumerate() {
            let others = &near[place + 1..];
            let Some(far) = others.iter().map(|other| one.cost + other.cost).max() else { break };
            self.search(one.to, vertex, far);
            let dear = others.iter().filter(|other| self.cost[other.to as usize] > one.cost + other.cost);
            found.extend(dear.map(|other| (one.to, other.to, one.cost + other.cost)));
        }
        self.near[vertex as usize] = near;
        found
    }

    /// Looks for ways from a vertex that do not lead over another.
    fn search(&mut self, from: u32, without: u32, far: u32) {
        for vertex in self.reached.drain(..) {
            self.cost[vertex as usize] = NONE;
        }
        let (mut open, mut settled) = (Heap::default(), 0);
        self.cost[from as usize] = 0;
        self.reached.push(from);
        open.push(0, from, 0);
        while let Some((at, cost)) = open.pop() {
            if cost > self.cost[at as usize] {
                continue;
            }
            settled += 1;
            if settled > SETTLED || cost > far {
                return;
            }
            for hop in self.near[at as usize].iter().filter(|hop| hop.to != without) {
                let whole = cost + hop.cost;
                if whole < self.cost[hop.to as usize] && whole <= far {
                    if self.cost[hop.to as usize] == NONE {
                        self.reached.push(hop.to);
                    }
                    self.cost[hop.to as usize] = whole;
                    open.push(whole, hop.to, whole);
                }
            }
        }
    }

    /// Takes a vertex out and returns what it was joined with.
    fn take(&mut self, vertex: u32) -> Vec<Hop> {
        let shortcuts = self.shortcuts(vertex);
        let near = std::mem::take(&mut self.near[vertex as usize]);
        let level = self.level[vertex as usize] + 1;
        for hop in &near {
            self.near[hop.to as usize].retain(|back| back.to != vertex);
            let mine = &mut self.level[hop.to as usize];
            *mine = level.max(*mine);
        }
        for (a, b, cost) in shortcuts {
            self.join(a, b, cost, vertex);
        }
        near
    }
}
