//! ATIGA e-Form D (Rules 20 to 31 of its operational procedures).

use super::boxes::{Boxes, Kind};
use super::header as h;
use super::items::items;
use super::proof::{ATIGA, CERTIFICATE, FORM_D_BOXES, Proof};
use super::{criteria, ties::bindings};
use crate::field::{Field, Report};
use crate::findings as f;

static FORM_D: Proof = Proof {
    regime: "ATIGA",
    parties: ATIGA,
    criterion: criteria::atiga,
    origin: "country_of_origin",
    quantity: true,
    invoices: true,
    fob_with_rvc: false,
    parts: FORM_D_BOXES,
    fields: CERTIFICATE,
};

/// Ticks of the form that change nothing here.
const TICKS: &[&str] = &["exhibition", "accumulation", "de_minimis", "partial_cumulation"];

/// Reads a Form D.
pub(super) fn read(root: &Field<'_>, report: &mut Report) -> Boxes {
    let proof = &FORM_D;
    let ticks = h::ticks(root, TICKS, &proof.parts, report);
    let boxes = Boxes {
        kind: Kind::Certificate,
        number: h::identity(&root.key("number"), report),
        form: h::owned(&root.key("form"), report),
        issuer: h::issuer(root, proof, report),
        exporter: h::company(&root.key("exporter"), proof, report),
        consignee: h::company(&root.key("consignee"), proof, report),
        producer: h::producer(&root.key("producer"), &proof.parts, report),
        transport: h::transport(&root.key("transport"), report),
        items: items(&root.key("items"), proof, report),
        remarks: h::owned(&root.key("remarks"), report),
        importing_party: proof.party(&root.key("importing_party"), report),
        third_party: h::company_if_told(&root.key("third_party"), report),
        original: h::original(root, ticks, proof, report),
        issued_on: h::issued_on(root, "certification", report),
        bindings: bindings(&root.key("bindings"), report),
        ticks,
        ..Boxes::default()
    };
    h::claims(root, report);
    h::dates(root, &boxes, report);
    h::parties_agree(root, &boxes, report);
    h::shares(root, &boxes, report);
    partial(root, &boxes, report);
    h::unknown_fields(root, proof, report);
    let wanted =
        [("The exporter's declaration", "exporter_declaration"), ("The certification", "certification")];
    h::incomplete(root, &wanted, &boxes, report);
    boxes
}

/// `PC 25%` and the tick `partial_cumulation` go together.
fn partial(root: &Field<'_>, boxes: &Boxes, report: &mut Report) {
    let tick = root.key("flags").key("partial_cumulation");
    let ticked = tick.value.is_some_and(|v| v == true);
    let named = boxes.items.iter().any(|item| item.criterion.main.starts_with("PC"));
    if ticked != named {
        let message = "The tick `partial_cumulation` and the criterion PC do not go together.";
        report.add(f::DATES_DISAGREE, &tick.path, message);
    }
}
