//! R10: the invoices that the movement names are those of the certificate.

use super::{Case, Ruling};
use crate::compare::squeeze;
use sealane_data::reference::ReferenceKind;
use std::collections::BTreeSet;

pub(super) fn check(case: &Case<'_>) -> Ruling {
    let invoices = case.certificate.boxes.items.iter().flat_map(|i| &i.invoices);
    let stated: BTreeSet<String> = invoices.map(|i| squeeze(&i.no)).filter(|n| !n.is_empty()).collect();
    let moved = case.movement.references(ReferenceKind::Invoice);
    let told: BTreeSet<String> =
        moved.keys().copied().chain(&case.papers.invoices).map(|n| squeeze(n)).collect();
    if stated.is_empty() || told.is_empty() {
        return Ruling::open("No paper and no message names an invoice that could be compared.");
    }
    let seqs = case.papers.seqs.iter().copied();
    if stated.is_disjoint(&told) {
        let named = told.into_iter().collect::<Vec<_>>().join(", ");
        return Ruling::fail(format!(
            "Papers and movement name other invoices than the certificate: {named}."
        ))
        .on(seqs);
    }
    if told.iter().any(|n| !stated.contains(n)) {
        return Ruling::warn("Papers or movement name further invoices that are not on the certificate.")
            .on(seqs);
    }
    Ruling::pass("The invoices that papers and movement name are on the certificate.").on(seqs)
}
