//! Finding values by their paths.

use crate::formats::tree::Node;
use sealane_data::Text;
use sealane_data::mapping::{Conditions, Path, Source, Start};

/// Values that one path gives at most.
const VALUES: usize = 200;

/// A value that was found, or a constant.
pub(super) struct Found<'d> {
    /// Its text after the codes of its source.
    pub(super) text: Text,
    /// Where it stands; nothing for a constant.
    pub(super) node: Option<&'d Node>,
}

/// A record with the values that it stands in.
#[derive(Clone, Debug)]
pub(super) struct Trail<'d> {
    root: &'d Node,
    /// From the document to the record.
    stack: Vec<&'d Node>,
}

impl<'d> Trail<'d> {
    /// Returns the trail of a document.
    pub(super) fn of(top: &'d Node) -> Self {
        Self { root: top, stack: vec![top] }
    }

    /// Returns the record.
    pub(super) fn here(&self) -> &'d Node {
        self.stack.last().copied().unwrap_or(self.root)
    }

    /// Returns the trails of the values at a path.
    pub(super) fn records(&self, path: &Path) -> Vec<Self> {
        let mut trails = vec![self.clone()];
        for step in &path.steps {
            let mut next = Vec::new();
            for trail in &trails {
                for node in below(trail.here(), &step.name, step.filter.as_ref()) {
                    let mut deeper = trail.clone();
                    deeper.stack.push(node);
                    next.push(deeper);
                }
            }
            trails = next;
        }
        trails
    }

    /// Returns the values at a path; nothing if it is no path.
    pub(super) fn find(&self, path: &str) -> Option<Vec<&'d Node>> {
        let path = Path::parse(path).ok()?;
        let start = match path.start {
            Start::Root => self.root,
            Start::Up(up) => self.stack.get(self.stack.len().checked_sub(up + 1)?).copied()?,
        };
        let mut found = vec![start];
        for step in &path.steps {
            found = found
                .into_iter()
                .flat_map(|node| below(node, &step.name, step.filter.as_ref()))
                .take(VALUES)
                .collect();
        }
        Some(found)
    }

    /// Returns every value of a source.
    pub(super) fn values(&self, source: &Source) -> Vec<Found<'d>> {
        for path in &source.paths {
            let nodes = self.find(path).unwrap_or_default();
            let nodes = nodes.into_iter().flat_map(Node::items);
            let found: Vec<Found<'d>> =
                nodes.filter_map(|node| Some(found(source, node, node.text()?))).collect();
            if !found.is_empty() {
                return found;
            }
        }
        source.value.iter().map(|value| Found { text: value.clone(), node: None }).collect()
    }

    /// Returns the first value of a source.
    pub(super) fn value(&self, source: &Source) -> Option<Found<'d>> {
        self.values(source).into_iter().next()
    }

    /// Returns whether conditions are met: at each path stands one of its values, or anything.
    pub(super) fn meets(&self, conditions: &Conditions) -> bool {
        conditions.iter().all(|(path, wanted)| {
            let nodes = self.find(path).unwrap_or_default();
            let mut texts = nodes.iter().flat_map(|node| node.items()).filter_map(Node::text);
            if wanted.is_empty() {
                !nodes.is_empty()
            } else {
                texts.any(|text| wanted.iter().any(|w| w == text))
            }
        })
    }
}

fn found<'d>(source: &Source, node: &'d Node, text: &str) -> Found<'d> {
    let text = source.codes.get(text).cloned().unwrap_or_else(|| text.into());
    Found { text, node: Some(node) }
}

/// Returns the values of a name that fit a filter.
fn below<'d>(node: &'d Node, name: &str, filter: Option<&(Text, Text)>) -> Vec<&'d Node> {
    let fits = |value: &&Node| filter.is_none_or(|(key, wanted)| value.text_at(key) == Some(wanted.as_str()));
    let below = node.items().iter().flat_map(|node| node.each(name).collect::<Vec<_>>());
    below.filter(fits).collect()
}
