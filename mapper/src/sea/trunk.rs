//! The part of the network that ways between nodes use with the usual passages.
//!
//! It is small: the tree of a node is grown in a millisecond and kept in some kilobytes.

use super::graph::{Edge, Graph, NONE};
use std::sync::OnceLock;

/// Where there is no way on.
const ROOT: u8 = u8::MAX;

/// The edges between nodes, renumbered.
#[derive(Debug)]
pub(crate) struct Trunk {
    graph: Graph,
    /// The number of each edge in the whole network.
    edges: Vec<u32>,
    /// The vertex of each node.
    nodes: Vec<u32>,
    /// For every node that was asked from: at each vertex, the number of its edge that leads back to it.
    trees: Vec<OnceLock<Box<[u8]>>>,
}

impl Trunk {
    /// Takes the marked edges of a network whose nodes are the vertices from `first` on.
    pub(crate) fn new(whole: &Graph, first: usize) -> Self {
        let mut number = vec![NONE; whole.at.len()];
        let (mut at, mut edges, mut kept) = (Vec::new(), Vec::new(), Vec::new());
        let mut vertex = |old: u32| {
            let slot = &mut number[old as usize];
            if *slot == NONE {
                *slot = small(at.len());
                at.push(whole.at[old as usize]);
            }
            *slot
        };
        for (old, edge) in (0..).zip(&whole.edges).filter(|(_, edge)| edge.trunk) {
            edges.push(Edge { ends: edge.ends.map(&mut vertex), ..*edge });
            kept.push(old);
        }
        let nodes: Vec<u32> = number[first..].to_vec();
        let trees = nodes.iter().map(|_| OnceLock::new()).collect();
        Self { graph: Graph::over(at, edges), edges: kept, nodes, trees }
    }

    /// Returns the edges of the whole network from one node to another; both are counted from the first node.
    pub(crate) fn way(&self, from: usize, to: usize) -> Option<Vec<u32>> {
        let (start, mut at) = (self.nodes[from], self.nodes[to]);
        if start == NONE || at == NONE {
            return (from == to).then(Vec::new);
        }
        let tree = self.trees[from].get_or_init(|| self.grown(start));
        let mut edges = Vec::new();
        while at != start {
            let way = self.graph.arcs(at).get(usize::from(tree[at as usize]))?;
            edges.push(self.edges[way.edge as usize]);
            at = way.to;
        }
        edges.reverse();
        Some(edges)
    }

    /// Grows the trees of all nodes.
    pub(crate) fn grow(&self) {
        for (tree, start) in self.trees.iter().zip(&self.nodes).filter(|(_, start)| **start != NONE) {
            tree.get_or_init(|| self.grown(*start));
        }
    }

    #[expect(
        clippy::cast_possible_truncation,
        reason = "the builder refuses more than 254 edges at a vertex"
    )]
    fn grown(&self, start: u32) -> Box<[u8]> {
        // What the usual passages shut is not in the trunk.
        let tree = self.graph.tree(&[(start, 0)], 0, u32::MAX);
        let back = |(vertex, edge): (u32, &u32)| {
            let found = self.graph.arcs(vertex).iter().position(|way| way.edge == *edge && *edge != NONE);
            found.map_or(ROOT, |number| number as u8)
        };
        (0..).zip(&tree.by).map(back).collect()
    }
}

#[expect(clippy::cast_possible_truncation, reason = "some ten thousand vertices")]
fn small(count: usize) -> u32 {
    count as u32
}
