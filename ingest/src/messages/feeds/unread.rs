//! Fields that nobody reads: counted by their path, said once each.

use crate::feed_findings as f;
use crate::formats::tree::{Node, Value};
use rustc_hash::FxHashMap;
use sealane_data::finding::{Finding, Place};

/// The path of a field of a record, with dots and without the numbers of lists, and why it is left
/// unread; nothing for one that is read. `a.*` is everything below `a`.
pub type Field = (&'static str, Option<&'static str>);

/// Paths that are told apart.
const PATHS: usize = 10_000;

/// Paths that are said one by one.
const SAID: usize = 50;

/// The fields of one family or mapping that were met.
#[derive(Debug, Default)]
pub(super) struct Unread {
    paths: FxHashMap<String, Met>,
    /// Unknown fields beyond the paths that are told apart.
    others: u64,
    order: u32,
}

#[derive(Debug)]
struct Met {
    order: u32,
    known: bool,
    count: u64,
    first: Place,
}

impl Unread {
    /// Notes the fields of a record.
    pub(super) fn note(&mut self, root: &Node, record: &Node, known: &dyn Fn(&str) -> bool) {
        let mut path = String::new();
        self.walk(root, record, &mut path, known);
    }

    fn walk(&mut self, root: &Node, node: &Node, path: &mut String, known: &dyn Fn(&str) -> bool) {
        match &node.value {
            Value::Null => {}
            Value::List(items) => {
                for item in items {
                    self.walk(root, item, path, known);
                }
            }
            Value::Map(members) => {
                let end = path.len();
                for (name, value) in members {
                    if name != "#text" {
                        if end > 0 {
                            path.push('.');
                        }
                        path.push_str(name);
                    }
                    self.walk(root, value, path, known);
                    path.truncate(end);
                }
            }
            _ => self.leaf(root, node, path, known),
        }
    }

    fn leaf(&mut self, root: &Node, node: &Node, path: &str, known: &dyn Fn(&str) -> bool) {
        if let Some(met) = self.paths.get_mut(path) {
            met.count += 1;
            return;
        }
        let known = known(path);
        if self.paths.len() >= PATHS {
            self.others += u64::from(!known);
            return;
        }
        self.order += 1;
        let first = if known { Place::default() } else { node.place(root) };
        self.paths.insert(path.to_owned(), Met { order: self.order, known, count: 1, first });
    }

    /// Returns the paths that nobody reads, in the order in which they were met, with their counts.
    pub(super) fn unknown(&self) -> Vec<(&str, u64, &Place)> {
        let mut unknown: Vec<(&String, &Met)> = self.paths.iter().filter(|(_, met)| !met.known).collect();
        unknown.sort_by_key(|(_, met)| met.order);
        unknown.into_iter().map(|(path, met)| (path.as_str(), met.count, &met.first)).collect()
    }

    /// Returns what is said of them.
    pub(super) fn findings(&self, name: &str) -> Vec<Finding> {
        let unknown = self.unknown();
        let mut said: Vec<Finding> = unknown
            .iter()
            .take(SAID)
            .map(|(path, count, place)| {
                let path: String = path.chars().take(120).filter(|c| *c != '`').collect();
                let times = if *count == 1 { "once".to_owned() } else { format!("{count} times") };
                let message = format!("the field `{path}` of {name} is not read; it stands there {times}");
                Finding::new(&f::UNREAD, (*place).clone(), message)
            })
            .collect();
        let rest = unknown.len().saturating_sub(SAID);
        if rest > 0 || self.others > 0 {
            let message =
                format!("{rest} more fields of {name}, and {} beyond counting, are not read", self.others);
            said.push(Finding::new(&f::UNREAD, Place::default(), message));
        }
        said
    }
}

/// Returns whether a table of fields names a path.
pub(super) fn names(fields: &[Field], path: &str) -> bool {
    fields.iter().any(|(known, _)| match known.strip_suffix(".*") {
        Some(above) => path.strip_prefix(above).is_some_and(|rest| rest.is_empty() || rest.starts_with('.')),
        None => *known == path,
    })
}
