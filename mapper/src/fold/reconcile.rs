//! Comparing the accounts of one call.
//!
//! Absence is knowledge only where somebody reports: without any report of lifts in a direction
//! nothing is missing there, and without any plan nothing is surplus.

use crate::reconciliation::{Account, Counts, Difference, Direction, Odd, Verdict, Word};
use sealane_data::Text;
use sealane_data::container::SizeType;
use sealane_data::node::NodeId;
use sealane_data::observation::Load;
use std::collections::BTreeMap;

/// Masses that differ by no more than this, in kilograms, are the same: scales and tare tables do.
const SAME_MASS: u32 = 500;

/// What was said of the boxes of one call, by direction and box.
pub(crate) type Accounts = BTreeMap<(Direction, Text), Vec<Word>>;

/// Compares the accounts; `elsewhere` names the ports that bay plans of the ship give for boxes that are
/// not planned here, `same_port` says whether two names can mean one port.
pub(crate) fn compare(
    accounts: Accounts,
    elsewhere: &BTreeMap<Text, NodeId>,
    same_port: &dyn Fn(&NodeId, &NodeId) -> bool,
) -> (BTreeMap<Direction, Counts>, Vec<Odd>) {
    let mut counts: BTreeMap<Direction, Counts> =
        [Direction::Discharge, Direction::Load].into_iter().map(|d| (d, Counts::default())).collect();
    for ((direction, _), words) in &accounts {
        let count = counts.entry(*direction).or_default();
        count.planned += u64::from(is_in(words, Account::Planned));
        count.done += u64::from(is_in(words, Account::Done));
        count.gate += u64::from(is_in(words, Account::Gate));
    }
    let mut odd = Vec::new();
    for ((direction, container), words) in accounts {
        let count = counts.entry(direction).or_default();
        let differences = differences(&words, same_port);
        let Some(verdict) = judge(&words, &differences, count) else { continue };
        odd.push(Odd {
            planned_for: elsewhere.get(&container).filter(|_| verdict == Verdict::Surplus).cloned(),
            at_gate: is_in(&words, Account::Gate),
            container,
            direction,
            verdict,
            differences,
            words,
        });
    }
    (counts, odd)
}

fn is_in(words: &[Word], account: Account) -> bool {
    words.iter().any(|w| w.account == account)
}

/// Says what is wrong with a box, and counts it; nothing where all is well or nothing can be said.
fn judge(words: &[Word], differences: &[Difference], count: &mut Counts) -> Option<Verdict> {
    let (planned, done) = (is_in(words, Account::Planned), is_in(words, Account::Done));
    let (verdict, counted) = match (planned, done) {
        (true, true) if differences.is_empty() => {
            count.agree += 1;
            return None;
        }
        (true, true) => (Verdict::Differs, &mut count.differ),
        (true, false) if count.done > 0 => (Verdict::Missing, &mut count.missing),
        (false, true) if count.planned > 0 => (Verdict::Surplus, &mut count.surplus),
        (false, false) if count.planned + count.done > 0 => (Verdict::GateOnly, &mut count.gate_only),
        _ => return None,
    };
    *counted += 1;
    Some(verdict)
}

/// Returns in what the words about a box differ, whoever said them.
fn differences(words: &[Word], same_port: &dyn Fn(&NodeId, &NodeId) -> bool) -> Vec<Difference> {
    let mut found = Vec::new();
    let differ = |apart: &dyn Fn(&Word, &Word) -> bool| {
        words
            .iter()
            .enumerate()
            .any(|(i, a)| words[i + 1..].iter().any(|b| a.account != b.account && apart(a, b)))
    };
    if differ(&|a, b| other_size(a.size.as_deref(), b.size.as_deref())) {
        found.push(Difference::SizeType);
    }
    if differ(&|a, b| a.gross.zip(b.gross).is_some_and(|(a, b)| a.abs_diff(b) > SAME_MASS)) {
        found.push(Difference::GrossMass);
    }
    if differ(&|a, b| a.load != b.load && a.load != Load::Unknown && b.load != Load::Unknown) {
        found.push(Difference::Load);
    }
    if differ(&|a, b| a.port.as_ref().zip(b.port.as_ref()).is_some_and(|(a, b)| a != b && !same_port(a, b))) {
        found.push(Difference::Port);
    }
    found
}

/// Whether two size-types are different boxes: codes of one standard are compared whole, codes of
/// different ones only by their length.
fn other_size(a: Option<&str>, b: Option<&str>) -> bool {
    let Some((a, b)) = a.zip(b) else { return false };
    let old = |code: &str| code.bytes().all(|c| c.is_ascii_digit());
    let teu = |code: &str| SizeType::read(code).teu();
    match teu(a).zip(teu(b)) {
        Some((x, y)) if x != y => true,
        Some(_) => old(a) == old(b) && !a.eq_ignore_ascii_case(b),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sealane_data::partner::PartyId;

    fn word(account: Account, size: &str, gross: u32, port: &str) -> Word {
        Word {
            account,
            message: 1,
            party: PartyId("p".into()),
            family: "X".into(),
            at: None,
            size: Some(size.into()),
            gross: Some(gross),
            load: Load::Laden,
            port: Some(NodeId(port.into())),
        }
    }

    fn told(boxes: &[(&str, Vec<Word>)]) -> (Counts, Vec<(String, Verdict, Vec<Difference>)>) {
        let accounts: Accounts =
            boxes.iter().map(|(b, words)| ((Direction::Load, Text::from(*b)), words.clone())).collect();
        let (counts, odd) = compare(accounts, &BTreeMap::new(), &|_, _| false);
        let odd = odd.into_iter().map(|o| (o.container.to_string(), o.verdict, o.differences));
        (counts[&Direction::Load], odd.collect())
    }

    #[test]
    fn absence_is_knowledge_only_where_somebody_reports() {
        let plan = || word(Account::Planned, "45G1", 20_000, "A");
        let done = || word(Account::Done, "45G1", 20_000, "A");
        let gate = || word(Account::Gate, "45G1", 20_000, "A");
        assert_eq!(told(&[("A", vec![plan()])]).1, [], "nobody reports lifts");
        assert_eq!(told(&[("A", vec![done()])]).1, [], "nobody told a plan");
        assert_eq!(told(&[("A", vec![gate()])]).1, []);
        let (counts, odd) = told(&[
            ("A", vec![plan(), gate()]),
            ("B", vec![done()]),
            ("C", vec![plan(), done()]),
            ("D", vec![gate()]),
        ]);
        let verdicts: Vec<_> = odd.iter().map(|(b, v, _)| (b.as_str(), *v)).collect();
        assert_eq!(verdicts, [("A", Verdict::Missing), ("B", Verdict::Surplus), ("D", Verdict::GateOnly)]);
        assert_eq!((counts.agree, counts.missing, counts.surplus, counts.gate_only), (1, 1, 1, 1));
        assert_eq!((counts.planned, counts.done, counts.gate), (2, 2, 2));
    }

    #[test]
    fn differences_are_told_between_accounts_only() {
        let plan = |size, gross, port| word(Account::Planned, size, gross, port);
        let done = |size, gross, port| word(Account::Done, size, gross, port);
        for (words, differences) in [
            (vec![plan("45G1", 20_000, "A"), done("45G1", 20_400, "A")], vec![]),
            (vec![plan("45G1", 20_000, "A"), done("22G1", 20_000, "A")], vec![Difference::SizeType]),
            (vec![plan("4510", 20_000, "A"), done("45G1", 20_000, "A")], vec![]),
            (vec![plan("", 20_000, "A"), done("45G1", 20_000, "A")], vec![]),
            (
                vec![plan("45G1", 20_000, "A"), done("45G1", 20_501, "B")],
                vec![Difference::GrossMass, Difference::Port],
            ),
            (vec![plan("45G1", 9, "A"), plan("22G1", 9_999, "B")], vec![]),
        ] {
            let (_, odd) = told(&[("A", words.clone())]);
            let found = odd.into_iter().next().map_or(Vec::new(), |(_, _, d)| d);
            assert_eq!(found, differences, "{words:?}");
        }
    }
}
