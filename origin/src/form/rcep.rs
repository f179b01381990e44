//! RCEP: the form of 17 boxes (Article 3.17, Annex 3B), and the declaration that an approved
//! exporter makes out itself (Article 3.18).

use super::boxes::{Boxes, Issuer, Kind};
use super::header as h;
use super::items::items;
use super::proof::{CERTIFICATE, DECLARATION, Proof, RCEP, RCEP_BOXES, UNNUMBERED};
use super::{criteria, ties::bindings};
use crate::field::{Field, Report};

static STAMPED: Proof = Proof {
    regime: "RCEP",
    parties: RCEP,
    criterion: criteria::rcep,
    origin: "rcep_country_of_origin",
    quantity: true,
    invoices: true,
    fob_with_rvc: true,
    parts: RCEP_BOXES,
    fields: CERTIFICATE,
};

static DECLARED: Proof = Proof { invoices: false, parts: UNNUMBERED, fields: DECLARATION, ..STAMPED };

/// Reads the form of 17 boxes.
pub(super) fn certificate(root: &Field<'_>, report: &mut Report) -> Boxes {
    let proof = &STAMPED;
    let ticks = h::ticks(root, &[], &proof.parts, report);
    let boxes = Boxes {
        kind: Kind::Certificate,
        issuer: h::issuer(root, proof, report),
        consignee: h::company(&root.key("consignee"), proof, report),
        third_party: h::company_if_told(&root.key("third_party"), report),
        original: h::original(root, ticks, proof, report),
        issued_on: h::issued_on(root, "certification", report),
        ticks,
        ..shared(root, proof, report)
    };
    finish(root, &boxes, proof, report);
    let wanted = [("Box 15", "exporter_declaration"), ("Box 16", "certification")];
    h::incomplete(root, &wanted, &boxes, report);
    boxes
}

/// Reads an approved exporter's declaration: its authorisation code stands for the issuing body.
pub(super) fn declaration(root: &Field<'_>, report: &mut Report) -> Boxes {
    let proof = &DECLARED;
    let ticks = h::ticks(root, &[], &proof.parts, report);
    let authorisation = h::identity(&root.key("authorisation"), report);
    let shared = shared(root, proof, report);
    let boxes = Boxes {
        kind: Kind::Declaration,
        issuer: Issuer { country: shared.exporter.country.clone(), body: authorisation.clone() },
        authorisation: Some(authorisation).filter(|code| !code.is_empty()),
        consignee: h::company_if_told(&root.key("consignee"), report).unwrap_or_default(),
        original: h::original(root, ticks, proof, report),
        issued_on: h::issued_on(root, "declaration", report),
        ticks,
        ..shared
    };
    finish(root, &boxes, proof, report);
    h::incomplete(root, &[("The signatory's certification", "declaration")], &boxes, report);
    boxes
}

fn shared(root: &Field<'_>, proof: &Proof, report: &mut Report) -> Boxes {
    Boxes {
        number: h::identity(&root.key("number"), report),
        form: h::owned(&root.key("form"), report),
        exporter: h::company(&root.key("exporter"), proof, report),
        producer: h::producer(&root.key("producer"), &proof.parts, report),
        transport: h::transport(&root.key("transport"), report),
        items: items(&root.key("items"), proof, report),
        remarks: h::owned(&root.key("remarks"), report),
        importing_party: proof.party(&root.key("importing_party"), report),
        bindings: bindings(&root.key("bindings"), report),
        ..Boxes::default()
    }
}

fn finish(root: &Field<'_>, boxes: &Boxes, proof: &Proof, report: &mut Report) {
    h::claims(root, report);
    h::dates(root, boxes, report);
    h::parties_agree(root, boxes, report);
    h::shares(root, boxes, report);
    h::unknown_fields(root, proof, report);
}
