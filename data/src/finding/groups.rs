//! Findings for people: what says the same is one line, with its count and its first places.

use super::{Finding, Place, Severity};
use crate::Text;
use serde::{Deserialize, Serialize};

/// Groups of one submission at most; what is beyond joins the group of its code.
const GROUPS: usize = 200;
/// Places that a group names.
const PLACES: usize = 5;

/// Findings of one code, message type and cause.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FindingGroup {
    /// The stable code.
    pub code: Text,
    /// Its severity.
    pub severity: Severity,
    /// The message type that it was found in, such as `BAPLIE`; empty outside messages.
    #[serde(default, skip_serializing_if = "Text::is_empty")]
    pub family: Text,
    /// How often it was found.
    pub count: u64,
    /// The sentence of the first one.
    pub message: String,
    /// What to do about it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub help: String,
    /// Where it was found first.
    pub first: Vec<Place>,
}

impl FindingGroup {
    /// Adds a finding of a message type to its group.
    pub fn add(groups: &mut Vec<Self>, family: &str, finding: &Finding) {
        let wanted = cause(&finding.message);
        let alike = |g: &Self| g.code == finding.code && g.family == family && cause(&g.message) == wanted;
        let at = groups.iter().position(alike);
        let full = groups.len() >= GROUPS;
        let at = at.or_else(|| groups.iter().position(|g| full && g.code == finding.code));
        match at {
            Some(at) => {
                let group = &mut groups[at];
                group.count += 1;
                if group.first.len() < PLACES {
                    group.first.push(finding.place.clone());
                }
            }
            None if full => {}
            None => groups.push(Self {
                code: finding.code.clone(),
                severity: finding.severity,
                family: family.into(),
                count: 1,
                message: finding.message.clone(),
                help: finding.help.clone(),
                first: vec![finding.place.clone()],
            }),
        }
    }
}

/// Returns a sentence without its values: what stands in backticks, and numbers.
fn cause(message: &str) -> String {
    let mut out = String::with_capacity(message.len());
    for (i, part) in message.split('`').enumerate() {
        if i % 2 == 1 {
            out.push('`');
            continue;
        }
        let mut digits = false;
        for c in part.chars() {
            if !c.is_ascii_digit() {
                out.push(c);
            } else if !digits {
                out.push('#');
            }
            digits = c.is_ascii_digit();
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(code: &str, message: &str, segment: u32) -> Finding {
        Finding {
            code: code.into(),
            severity: Severity::Info,
            place: Place { segment, ..Place::default() },
            message: message.to_owned(),
            help: "help".to_owned(),
        }
    }

    #[test]
    fn one_cause_is_one_line_and_another_type_or_cause_another() {
        let mut groups = Vec::new();
        for i in 0..195 {
            let message = format!("the mass `{i}` of segment {i} cannot be read");
            FindingGroup::add(&mut groups, "BAPLIE", &finding("EDI-050", &message, i));
        }
        FindingGroup::add(
            &mut groups,
            "COARRI",
            &finding("EDI-050", "the mass `1` of segment 1 cannot be read", 7),
        );
        FindingGroup::add(
            &mut groups,
            "BAPLIE",
            &finding("EDI-050", "the temperature `1` cannot be read", 8),
        );
        let told: Vec<_> = groups.iter().map(|g| (g.family.as_str(), g.count, g.first.len())).collect();
        assert_eq!(told, [("BAPLIE", 195, PLACES), ("COARRI", 1, 1), ("BAPLIE", 1, 1)]);
        assert_eq!(groups[0].message, "the mass `0` of segment 0 cannot be read");
    }

    #[test]
    fn groups_are_bounded_and_go_on_counting() {
        let mut groups = Vec::new();
        for i in 0..1_000_u32 {
            let cause: String = (0..10).map(|bit| if i >> bit & 1 == 1 { 'a' } else { 'b' }).collect();
            FindingGroup::add(&mut groups, "", &finding("EDI-034", &cause, i));
        }
        assert_eq!((groups.len(), groups.iter().map(|g| g.count).sum::<u64>()), (GROUPS, 1_000));
    }
}
