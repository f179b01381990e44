//! Origin criteria: the words that each agreement has for why goods originate.

use super::boxes::Criterion;
use super::proof::Parts;
use crate::field::{Field, Report};
use crate::findings as f;
use crate::layout::clip;
use sealane_data::Text;
use serde_json::Value;
use std::collections::BTreeSet;

/// RCEP criteria that stand alone (box 10).
pub(super) const RCEP_MAIN: &[&str] = &["WO", "PE", "CTC", "RVC", "CR"];

/// Cumulation (Article 3.4) and de minimis (Article 3.7), only beside a main criterion.
pub(super) const RCEP_MODIFIERS: &[&str] = &["ACU", "DMI"];

/// USMCA criteria (Article 4.2 (a) to (d)).
pub(super) const USMCA_CRITERIA: &[&str] = &["A", "B", "C", "D"];

/// The tariff changes of ATIGA's product-specific rules.
const ATIGA_CHANGES: &[&str] = &["CC", "CTH", "CTSH"];

/// From this share on, ATIGA's content is regional and no longer partial cumulation.
const ATIGA_REGIONAL: u32 = 40;

/// Reads box 10 of the RCEP form.
pub(super) fn rcep(field: &Field<'_>, parts: &Parts, report: &mut Report) -> Criterion {
    if field.must(report).is_none() {
        return Criterion::default();
    }
    let field = field.clone().object(report);
    let (main, list) = (field.key("main"), field.key("modifiers"));
    let listed = list.list(report, 8);
    let modifiers: Vec<Text> = listed.iter().filter_map(|m| modifier(m, parts, report)).collect();
    if modifiers.iter().collect::<BTreeSet<_>>().len() < modifiers.len() {
        report.add(f::TWICE, &list.path, "A modifier stands twice.");
    }
    if !modifiers.is_empty() && main.is_missing() {
        let message = format!("{}: a modifier stands without a main criterion.", parts.criterion);
        report.add(f::MODIFIER, &list.path, message);
        return Criterion { main: Text::default(), modifiers };
    }
    let word = if field.value.is_some_and(Value::is_object) { upper(&main, report) } else { Text::default() };
    if RCEP_MODIFIERS.contains(&word.as_str()) {
        let message = format!("{}: `{word}` stands only beside a main criterion.", parts.criterion);
        report.add(f::MODIFIER, &main.path, message);
    } else if !word.is_empty() && !RCEP_MAIN.contains(&word.as_str()) {
        let message = format!("{}: `{}` is not an RCEP criterion.", parts.criterion, clip(&word));
        report.add(f::CRITERION, &main.path, message);
    }
    Criterion { main: word, modifiers }
}

fn modifier(field: &Field<'_>, parts: &Parts, report: &mut Report) -> Option<Text> {
    let word: Text = field.must_text(report)?.to_ascii_uppercase().into();
    if !RCEP_MODIFIERS.contains(&word.as_str()) {
        let message = format!("{}: `{}` is not a modifier.", parts.criterion, clip(&word));
        report.add(f::MODIFIER, &field.path, message);
    }
    Some(word)
}

fn upper(field: &Field<'_>, report: &mut Report) -> Text {
    field.must_text(report).unwrap_or_default().to_ascii_uppercase().into()
}

/// Reads box 8 of ATIGA Form D: `WO`, `40%`, `CTH`, `SP`, joined by `+`, or `PC 25%`.
pub(super) fn atiga(field: &Field<'_>, parts: &Parts, report: &mut Report) -> Criterion {
    let (main, word) = alone(field, report);
    let partial = word.strip_prefix("PC").map(str::trim);
    let right = match partial {
        Some(share) => percent(share).is_some_and(|n| n < ATIGA_REGIONAL),
        None => {
            word.split('+').all(|part| is_atiga(part.trim())) && !(word.contains('+') && word.contains("WO"))
        }
    };
    if !word.is_empty() && !right {
        let message = format!("{}: `{}` is not an ATIGA criterion.", parts.criterion, clip(&word));
        report.add(f::CRITERION, &main.path, message);
    }
    Criterion { main: word, modifiers: Vec::new() }
}

fn is_atiga(part: &str) -> bool {
    // A combination's share may be lower than the general one: `CTSH+35%`.
    let of_rule = percent(part).is_some_and(|n| (1..=100).contains(&n));
    ["WO", "PE", "SP"].contains(&part) || ATIGA_CHANGES.contains(&part) || of_rule
}

/// Returns whether a criterion is a share of regional value.
pub(super) fn is_share(criterion: &Criterion) -> bool {
    criterion.main == "RVC" || criterion.main.contains('%')
}

fn percent(text: &str) -> Option<u32> {
    text.strip_suffix('%')?.trim().parse().ok()
}

/// Reads a USMCA criterion.
pub(super) fn usmca(field: &Field<'_>, parts: &Parts, report: &mut Report) -> Criterion {
    let (main, word) = alone(field, report);
    if !word.is_empty() && !USMCA_CRITERIA.contains(&word.as_str()) {
        let message = format!("{}: `{}` is not a USMCA criterion.", parts.criterion, clip(&word));
        report.add(f::CRITERION, &main.path, message);
    }
    Criterion { main: word, modifiers: Vec::new() }
}

/// Reads a criterion of one word: `{"main": "A"}`, or the text itself.
fn alone<'a>(field: &Field<'a>, report: &mut Report) -> (Field<'a>, Text) {
    if field.must(report).is_none() {
        return (field.clone(), Text::default());
    }
    let main = if field.value.is_some_and(Value::is_string) {
        field.clone()
    } else {
        field.clone().object(report).key("main")
    };
    let word = if field.value.is_some_and(|v| v.is_string() || v.is_object()) {
        upper(&main, report)
    } else {
        Text::default()
    };
    (main, word)
}
