//! What an exporter was not told of yet: until then nobody else reads it, and nothing else is hidden with it.

use super::Profile;
use crate::axes::Consistency;
use crate::register::Certificate;
use crate::rules::{Assessment, Outcome};
use serde_json::Value;
use std::collections::BTreeSet;

/// Evidence that says what rules found.
const EVIDENCE: [&str; 2] = ["custody", "legs"];

/// The rules that found something of which an exporter was not told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Untold(BTreeSet<&'static str>);

impl FromIterator<&'static str> for Untold {
    fn from_iter<I: IntoIterator<Item = &'static str>>(rules: I) -> Self {
        let mut all = Self::default();
        all.extend(rules);
        all
    }
}

impl Extend<&'static str> for Untold {
    fn extend<I: IntoIterator<Item = &'static str>>(&mut self, rules: I) {
        self.0.extend(rules);
    }
}

impl Untold {
    /// Returns what the exporter of a certificate was not told of.
    pub fn of(certificate: &Certificate, own: &Assessment) -> Self {
        own.found().filter(|finding| !certificate.exporter_knows(finding)).map(|f| f.rule).collect()
    }

    /// Takes a rule out: what it found is read at once.
    pub fn leave_out(&mut self, rule: &str) {
        self.0.remove(rule);
    }

    /// Returns whether a rule is among them.
    pub fn has(&self, rule: &str) -> bool {
        self.0.contains(rule)
    }

    /// Returns the axis as a profile may read it: what makes it so must have been told.
    pub fn axis(&self, profile: Profile, assessment: &Assessment) -> Consistency {
        let found = assessment.found().map(|f| (f.rule, f.result));
        assessment.consistency().shown_to(profile, self.worst(found).is_told())
    }

    /// Takes out of an assessment what was not told; returns whether its axis may be read.
    pub(super) fn veil(&self, assessment: &mut Value) -> bool {
        if self.0.is_empty() {
            return true;
        }
        let found = assessment["rules"].as_array().into_iter().flatten().filter_map(finding);
        let worst = self.worst(found);
        let Some(members) = assessment.as_object_mut() else { return false };
        // A gap in the list of all rules would say which one found something: only what is told is listed.
        members.retain(|part, _| !EVIDENCE.contains(&part.as_str()));
        if worst.told.is_none() {
            members.remove("rules");
            return false;
        }
        if let Some(Value::Array(rules)) = members.get_mut("rules") {
            rules.retain(|line| finding(line).is_some_and(|(rule, _)| !self.0.contains(rule)));
        }
        worst.is_told()
    }

    fn worst<'a>(&self, found: impl Iterator<Item = (&'a str, Outcome)>) -> Worst {
        found.fold(Worst::default(), |worst, (rule, result)| {
            let told = (!self.0.contains(rule)).then_some(result);
            Worst { of_all: worst.of_all.max(Some(result)), told: worst.told.max(told) }
        })
    }
}

/// The worst that was found, and the worst of which the exporter was told.
#[derive(Default)]
struct Worst {
    of_all: Option<Outcome>,
    told: Option<Outcome>,
}

impl Worst {
    fn is_told(&self) -> bool {
        self.told == self.of_all
    }
}

/// Returns what a line of an assessment found, if it found anything.
fn finding(line: &Value) -> Option<(&str, Outcome)> {
    let result = match line["result"].as_str()? {
        "warn" => Outcome::Warn,
        "fail" => Outcome::Fail,
        _ => return None,
    };
    Some((line["rule"].as_str()?, result))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// Returns what is left of an assessment in which R6 warns and R9 fails, and whether its axis may be read.
    fn left(untold: &[&'static str]) -> (Value, bool) {
        let mut whole = json!({"rules": [{"rule": "R1", "result": "pass"}, {"rule": "R6", "result": "warn"},
            {"rule": "R9", "result": "fail"}], "custody": [], "legs": []});
        let may = untold.iter().copied().collect::<Untold>().veil(&mut whole);
        let rules: Vec<Value> =
            whole["rules"].as_array().into_iter().flatten().map(|r| r["rule"].clone()).collect();
        (json!([rules, whole.get("custody").is_some(), whole.get("legs").is_some()]), may)
    }

    #[test]
    fn what_is_not_known_is_hidden_without_a_gap_and_the_axis_with_the_worst() {
        assert_eq!(left(&[]), (json!([["R1", "R6", "R9"], true, true]), true));
        // What passes is not listed then: the gap would name the rule.
        assert_eq!(left(&["R6"]), (json!([["R9"], false, false]), true), "R9 makes it a conflict");
        assert_eq!(left(&["R9"]), (json!([["R6"], false, false]), false), "remarks would be too little");
        assert_eq!(left(&["R6", "R9"]), (json!([[], false, false]), false));
    }
}
