//! The items of a certificate: boxes 6 to 13 of the RCEP form.

use super::MAX_LIST;
use super::boxes::{Criterion, Invoice, Item};
use super::criteria::{RCEP_MAIN, is_share};
use super::header::owned;
use super::proof::Proof;
use crate::field::{Field, Report};
use crate::findings as f;
use crate::layout::clip;
use jiff::civil::{Date, date};
use sealane_data::Text;
use serde_json::Value;
use std::collections::BTreeSet;

/// From this day on the form is on HS2022.
const HS2022_FROM: Date = date(2023, 1, 1);

pub(super) fn items(field: &Field<'_>, proof: &Proof, report: &mut Report) -> Vec<Item> {
    field.must(report);
    if field.value.and_then(Value::as_array).is_some_and(Vec::is_empty) {
        report.add(f::MISSING, &field.path, "The certificate has no item.");
    }
    let mut numbers = BTreeSet::new();
    let mut items = Vec::new();
    for entry in field.list(report, MAX_LIST) {
        let entry = entry.object(report);
        let item = item(&entry, proof, report);
        if item.no > 0 && !numbers.insert(item.no) {
            report.add(f::TWICE, &entry.key("no").path, format!("Item number {} stands twice.", item.no));
        }
        items.push(item);
    }
    items
}

fn item(entry: &Field<'_>, proof: &Proof, report: &mut Report) -> Item {
    let criterion = (proof.criterion)(&entry.key("criterion"), &proof.parts, report);
    let fob = fob(&entry.key("fob"), &criterion, proof, report);
    let packages = entry.key("packages");
    if packages.is_missing() && proof.invoices {
        report.add(f::INCOMPLETE, &packages.path, "Number and kind of packages are not given.");
    }
    entry.key("hs_edition").text(report);
    entry.key("tariff_differential").text(report);
    let (quantity_at, invoices_at) = (entry.key("quantity"), entry.key("invoices"));
    Item {
        no: number(&entry.key("no"), report),
        marks: owned(&entry.key("marks"), report),
        description: entry.key("description").must_text(report).unwrap_or_default().to_owned(),
        packages: packages.value.filter(|v| !v.is_null()).cloned(),
        hs6: hs6(&entry.key("hs6"), proof.parts.hs, report),
        criterion,
        country_of_origin: proof.party(&entry.key(proof.origin), report),
        quantity: if proof.quantity || !quantity_at.is_missing() {
            quantity(&quantity_at, report)
        } else {
            None
        },
        fob,
        invoices: if proof.invoices || !invoices_at.is_missing() {
            invoices(&invoices_at, report)
        } else {
            Vec::new()
        },
    }
}

fn number(field: &Field<'_>, report: &mut Report) -> u64 {
    match field.must(report).map(Value::as_u64) {
        Some(Some(n)) if n > 0 => n,
        None => 0,
        Some(_) => {
            report.add(f::QUANTITY, &field.path, "The item number is not a whole number above zero.");
            0
        }
    }
}

fn hs6(field: &Field<'_>, part: &str, report: &mut Report) -> Text {
    let Some(code) = field.must_text(report) else { return Text::default() };
    let digits = code.len() == 6 && code.bytes().all(|b| b.is_ascii_digit());
    // Chapter 77 is reserved; 98 and 99 are national.
    let chapter =
        code.get(..2).and_then(|c| c.parse::<u8>().ok()).is_some_and(|c| (1..=97).contains(&c) && c != 77);
    if !digits || !chapter {
        report.add(f::HS, &field.path, format!("{part}: `{}` is not an HS code of six digits.", clip(code)));
    }
    code.into()
}

/// The FOB value: an amount with its currency, and in RCEP only where the criterion is RVC.
fn fob(field: &Field<'_>, criterion: &Criterion, proof: &Proof, report: &mut Report) -> Option<Value> {
    let rvc = is_share(criterion);
    if field.is_missing() {
        if rvc && proof.fob_with_rvc {
            let message = format!("{}: the criterion is RVC and there is no FOB value.", proof.parts.fob);
            report.add(f::RVC_WITHOUT_FOB, &field.path, message);
        }
        return None;
    }
    if !rvc && proof.fob_with_rvc && RCEP_MAIN.contains(&criterion.main.as_str()) {
        let part = proof.parts.fob;
        let message = format!("{part}: an FOB value is given with the criterion {}.", criterion.main);
        report.add(f::FOB_WITHOUT_RVC, &field.path, message);
        return field.value.cloned();
    }
    let field = field.clone().object(report);
    if field.value.is_some_and(Value::is_object) {
        positive(&field.key("value"), report);
        field.key("currency").must_text(report);
    }
    field.value.cloned()
}

fn quantity(field: &Field<'_>, report: &mut Report) -> Option<Value> {
    field.must(report)?;
    let field = field.clone().object(report);
    if field.value.is_some_and(Value::is_object) {
        positive(&field.key("value"), report);
        field.key("unit").must_text(report);
    }
    field.value.cloned()
}

pub(super) fn positive(field: &Field<'_>, report: &mut Report) {
    match field.must(report) {
        Some(Value::Number(n)) if n.as_f64().is_none_or(|n| n <= 0.0) => {
            report.add(f::QUANTITY, &field.path, format!("`{}` is not above zero.", field.path));
        }
        None | Some(Value::Number(_)) => {}
        Some(_) => field.wrong("a number", report),
    }
}

fn invoices(field: &Field<'_>, report: &mut Report) -> Vec<Invoice> {
    field.must(report);
    if field.value.and_then(Value::as_array).is_some_and(Vec::is_empty) {
        report.add(f::MISSING, &field.path, "The item names no invoice.");
    }
    let mut seen = BTreeSet::new();
    let mut invoices = Vec::new();
    for entry in field.list(report, MAX_LIST) {
        let entry = entry.object(report);
        let no = entry.key("no").must_text(report).unwrap_or_default().to_owned();
        let day = entry.key("date");
        if day.is_missing() {
            report.add(f::INCOMPLETE, &day.path, "The invoice's date is not given.");
        }
        if !no.is_empty() && !seen.insert(no.clone()) {
            report.add(f::TWICE, &entry.path, format!("Invoice `{}` stands twice.", clip(&no)));
        }
        invoices.push(Invoice { no, date: day.date(report) });
    }
    invoices
}

/// Remarks on codes of another HS edition in certificates issued since the form moved to HS2022.
pub(super) fn editions(items: &Field<'_>, issued: Date, report: &mut Report) {
    if issued < HS2022_FROM || !items.value.is_some_and(Value::is_array) {
        return;
    }
    // The list itself was reported where it was read.
    for entry in items.list(&mut Report::default(), MAX_LIST) {
        let edition = entry.key("hs_edition");
        let said = edition.value.and_then(Value::as_str).unwrap_or("HS2022").trim();
        if !said.eq_ignore_ascii_case("HS2022") {
            report.add(f::HS_EDITION, &edition.path, format!("The HS edition is `{}`.", clip(said)));
        }
    }
}
