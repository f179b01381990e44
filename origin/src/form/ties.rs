//! The declared ties of a certificate to a shipment: `bindings`, the same for every form.

use super::MAX_LIST;
use super::boxes::{Binding, Share};
use super::items::positive;
use crate::binding::{joins, kind_of};
use crate::field::{Field, Report};
use crate::findings as f;
use crate::layout::clip;
use sealane_data::Text;
use sealane_data::container::ContainerNumber;
use sealane_data::reference::{Reference, ReferenceKind};
use std::collections::BTreeSet;

pub(super) fn bindings(field: &Field<'_>, report: &mut Report) -> Vec<Binding> {
    let entries = field.list(report, MAX_LIST);
    let mut seen = BTreeSet::new();
    let mut bindings = Vec::with_capacity(entries.len());
    for entry in entries {
        let entry = entry.object(report);
        let Some(binding) = binding(&entry, report) else { continue };
        if !seen.insert((binding.code.clone(), binding.reference.value.clone())) {
            let message = format!(
                "The binding {} `{}` stands twice.",
                clip(&binding.code),
                clip(&binding.reference.value)
            );
            report.add(f::TWICE, &entry.path, message);
            continue;
        }
        bindings.push(binding);
    }
    if !bindings.iter().any(|b| joins(&b.reference)) {
        report.add(
            f::NO_BINDING,
            &field.path,
            "No container, booking or bill of lading is declared that could tie it.",
        );
    }
    bindings
}

fn binding(entry: &Field<'_>, report: &mut Report) -> Option<Binding> {
    let (code, value) = (entry.key("type"), entry.key("value"));
    let carrier = entry.key("carrier").text(report).map(Text::from);
    let share = share(&entry.key("share"), report);
    let (word, said) = (code.must_text(report), value.must_text(report));
    let (word, said): (Text, _) = (word?.to_ascii_uppercase().into(), said?);
    let Some(kind) = kind_of(&word) else {
        report.add(f::BINDING_TYPE, &code.path, format!("The binding type `{}` is unknown.", clip(&word)));
        return Some(Binding {
            code: word,
            reference: Reference::new(ReferenceKind::Other, said),
            carrier,
            share,
        });
    };
    let reference = if kind == ReferenceKind::Container {
        Reference::new(kind, ContainerNumber::read(said).canonical())
    } else {
        Reference::new(kind, said)
    };
    if kind == ReferenceKind::Container && !ContainerNumber::read(said).joins() {
        report.add(f::CONTAINER, &value.path, format!("`{}` is not a right container number.", clip(said)));
    } else if kind != ReferenceKind::Other && kind != ReferenceKind::Container && !reference.joins() {
        report.add(
            f::UNFIT,
            &value.path,
            format!("`{}` is too short or uniform to tie anything.", clip(said)),
        );
    }
    Some(Binding { code: word, reference, carrier, share })
}

/// Reads how much of the goods a reference carries.
fn share(field: &Field<'_>, report: &mut Report) -> Option<Share> {
    let field = field.clone().object(report);
    if field.is_missing() || !field.value.is_some_and(serde_json::Value::is_object) {
        return None;
    }
    let quantity = field.key("quantity");
    positive(&quantity, report);
    Some(Share {
        item: field.key("item").value.and_then(serde_json::Value::as_u64),
        quantity: quantity.value?.as_f64().filter(|q| *q > 0.0)?,
        unit: field.key("unit").must_text(report)?.to_ascii_uppercase().into(),
    })
}
