//! R11: the HS codes of the papers are those of the certificate, in six digits.

use super::{Case, Ruling};
use crate::compare::squeeze;
use std::collections::BTreeSet;

pub(super) fn check(case: &Case<'_>) -> Ruling {
    let digits = |code: &str, n: usize| squeeze(code).get(..n).map(str::to_owned);
    let told: BTreeSet<String> = case.papers.hs_codes.iter().filter_map(|c| digits(c, 6)).collect();
    if told.is_empty() {
        return Ruling::open("No paper names HS codes.");
    }
    let items = &case.certificate.boxes.items;
    let seqs = case.papers.seqs.iter().copied();
    let headings: BTreeSet<String> = told.iter().filter_map(|c| digits(c, 4)).collect();
    let missing: Vec<&str> = items.iter().map(|i| i.hs6.as_str()).filter(|c| !told.contains(*c)).collect();
    let Some(first) = missing.first() else {
        return Ruling::pass("The papers name the same HS codes.").on(seqs);
    };
    let same_heading = missing.iter().all(|c| digits(c, 4).is_some_and(|h| headings.contains(&h)));
    let ruling = if same_heading {
        // Codes move inside a heading between editions (HS2017, HS2022).
        Ruling::warn(format!("{first} is in the papers under its heading only; editions may differ."))
    } else {
        Ruling::fail(format!("{first} is not among the HS codes of the papers."))
    };
    ruling.with("hs6", &missing.join(", ")).on(seqs)
}
