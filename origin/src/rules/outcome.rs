//! What rules find: an outcome, one sentence, and the observations it rests on.

use super::Observed;
use crate::axes::Consistency;
use crate::canonical::canonical;
use jiff::Timestamp;
use sealane_data::Text;
use sealane_data::certificate::Gravity;
use sealane_data::node::NodeId;
use sealane_data::recorded::Seq;
use sealane_data::submission::Sha256;
use serde::Serialize;
use serde_json::json;
use std::collections::BTreeMap;

/// What a rule found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// What it needs was not told.
    NotAssessable,
    /// It agrees.
    Pass,
    /// A person should look.
    Warn,
    /// It contradicts.
    Fail,
}

impl Outcome {
    /// Returns how bad it is; nothing where nothing was found.
    pub fn gravity(self) -> Option<Gravity> {
        match self {
            Self::NotAssessable | Self::Pass => None,
            Self::Warn => Some(Gravity::Warn),
            Self::Fail => Some(Gravity::Fail),
        }
    }
}

/// What one rule found.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Ruling {
    /// The rule.
    pub rule: &'static str,
    /// What it found.
    pub result: Outcome,
    /// One sentence for people.
    pub text: String,
    /// Figures and words for machines.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub details: BTreeMap<&'static str, String>,
    /// The log positions of the observations that it rests on.
    pub seqs: Vec<Seq>,
}

impl Ruling {
    /// Returns SHA-256 over what it says, hexadecimal: rule, result and sentence.
    pub fn digest(&self) -> String {
        Sha256::of(canonical(&json!([self.rule, self.result, self.text])).as_bytes()).hex()
    }

    pub(super) fn new(result: Outcome, text: impl Into<String>) -> Self {
        Self { rule: "", result, text: text.into(), details: BTreeMap::new(), seqs: Vec::new() }
    }

    pub(super) fn pass(text: impl Into<String>) -> Self {
        Self::new(Outcome::Pass, text)
    }

    pub(super) fn warn(text: impl Into<String>) -> Self {
        Self::new(Outcome::Warn, text)
    }

    pub(super) fn fail(text: impl Into<String>) -> Self {
        Self::new(Outcome::Fail, text)
    }

    pub(super) fn open(text: impl Into<String>) -> Self {
        Self::new(Outcome::NotAssessable, text)
    }

    pub(super) fn with(mut self, name: &'static str, value: &(impl ToString + ?Sized)) -> Self {
        self.details.insert(name, value.to_string());
        self
    }

    pub(super) fn on(mut self, seqs: impl IntoIterator<Item = Seq>) -> Self {
        self.seqs.extend(seqs);
        self.seqs.sort_unstable();
        self.seqs.dedup();
        self
    }

    pub(super) fn of(mut self, rule: &'static str) -> Self {
        self.rule = rule;
        self
    }
}

/// How well custody at an intermediate node is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StayState {
    /// From discharge to load without a gap.
    Continuous,
    /// Something is not told or not right: a non-manipulation certificate is needed.
    Gap,
    /// The goods were worked on, or the seal was changed without customs.
    Broken,
    /// It still lies there, as far as anybody told.
    Open,
}

/// A stay between two ships, as evidence.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Stay {
    /// The container.
    pub container: Text,
    /// Where it was discharged.
    pub node: NodeId,
    /// Its country.
    pub country: Text,
    /// When it was discharged.
    pub discharged: Option<Timestamp>,
    /// When it was loaded again.
    pub loaded: Option<Timestamp>,
    /// Whole hours between.
    pub hours: Option<i64>,
    /// How well custody is told.
    pub state: StayState,
    /// Why it is not continuous, in words.
    pub why: Vec<String>,
    /// How many parties told either end.
    pub witnesses: usize,
    /// The log positions of the observations that it rests on.
    pub seqs: Vec<Seq>,
}

/// Every stay between two ships.
pub type Custody = Vec<Stay>;

/// Who told of a leg by sea.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Witnesses {
    /// The container.
    pub container: Text,
    /// Where it was loaded.
    pub from: NodeId,
    /// Where it was discharged; nothing if that was not told.
    pub to: Option<NodeId>,
    /// How many independent parties told either end.
    pub witnesses: usize,
    /// The log positions of the observations.
    pub seqs: Vec<Seq>,
}

/// The legs by sea, and everything that was told.
pub(super) type Told = (Vec<Witnesses>, Vec<Observed>);

/// What all rules found together.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Assessment {
    /// The axis, as one word.
    pub state: &'static str,
    /// The axis, for people.
    pub text: &'static str,
    /// The rules, in order.
    pub rules: Vec<Ruling>,
    /// The stays between two ships.
    pub custody: Custody,
    /// The legs by sea.
    pub legs: Vec<Witnesses>,
    /// What was told of the containers, by log position: the evidence pack lists it, no other document.
    #[serde(skip)]
    pub observed: Vec<Observed>,
}

impl Assessment {
    pub(super) fn new(rules: Vec<Ruling>, custody: Custody, (legs, observed): Told) -> Self {
        let worst = rules.iter().map(|r| r.result).max().unwrap_or(Outcome::NotAssessable);
        let moved = |r: &Ruling| !["R12", "R14", "R15"].contains(&r.rule) && r.result == Outcome::Pass;
        let axis = match worst {
            Outcome::Fail => Consistency::CONFLICT,
            Outcome::Warn => Consistency::WARNINGS,
            Outcome::Pass if rules.iter().any(moved) => Consistency::CONSISTENT,
            Outcome::Pass | Outcome::NotAssessable => Consistency::NOT_ASSESSABLE,
        };
        Self { state: axis.state, text: axis.text, rules, custody, legs, observed }
    }

    /// Returns the axis.
    pub fn consistency(&self) -> Consistency {
        let all = [Consistency::CONFLICT, Consistency::WARNINGS, Consistency::CONSISTENT];
        all.into_iter().find(|c| c.state == self.state).unwrap_or(Consistency::NOT_ASSESSABLE)
    }

    /// Returns the rules that found something.
    pub fn found(&self) -> impl Iterator<Item = &Ruling> {
        self.rules.iter().filter(|r| matches!(r.result, Outcome::Warn | Outcome::Fail))
    }

    /// Returns what one rule found.
    pub fn rule(&self, id: &str) -> Option<&Ruling> {
        self.rules.iter().find(|r| r.rule == id)
    }
}
