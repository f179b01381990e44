//! USMCA certifications: nine data elements in no prescribed format (Annex 5-A).

use super::boxes::{Boxes, Certifier, Company, Issuer, Kind};
use super::header as h;
use super::items::items;
use super::proof::{CERTIFICATION, Proof, USMCA, USMCA_ELEMENTS};
use super::{criteria, ties::bindings};
use crate::field::{Field, Report};
use crate::findings as f;
use crate::layout::clip;
use jiff::ToSpan as _;
use jiff::civil::Date;

static PROOF: Proof = Proof {
    regime: "USMCA",
    parties: USMCA,
    criterion: criteria::usmca,
    origin: "country_of_origin",
    quantity: false,
    invoices: false,
    fob_with_rvc: false,
    parts: USMCA_ELEMENTS,
    fields: CERTIFICATION,
};

/// Who may certify.
const ROLES: &[&str] = &["importer", "exporter", "producer"];

/// What an importer may be called instead of its name.
const NO_IMPORTER: &[&str] = &["unknown", "various"];

/// Reads a certification.
pub(super) fn read(root: &Field<'_>, report: &mut Report) -> Boxes {
    let proof = &PROOF;
    let certifier = certifier(root, report);
    let exporter = h::company_if_told(&root.key("exporter"), report).unwrap_or_else(|| {
        if certifier.role == "exporter" { certifier.company.clone() } else { Company::default() }
    });
    let issuer = Issuer { country: certifier.company.country.clone(), body: certifier.company.name.clone() };
    let importer = importer(root, report);
    let told = proof.party_if_told(&root.key("importing_party"), report);
    let boxes = Boxes {
        kind: Kind::Certification,
        number: h::identity(&root.key("number"), report),
        form: h::owned(&root.key("form"), report),
        issuer,
        exporter,
        producer: h::producer(&root.key("producer"), &proof.parts, report),
        transport: h::transport(&root.key("transport"), report),
        items: items(&root.key("items"), proof, report),
        remarks: h::owned(&root.key("remarks"), report),
        importing_party: if told.is_empty() { importer.country.clone() } else { told },
        consignee: importer,
        issued_on: h::issued_on(root, "signature", report),
        bindings: bindings(&root.key("bindings"), report),
        blanket: blanket(root, report),
        certifier: Some(certifier),
        ..Boxes::default()
    };
    signature(root, report);
    h::claims(root, report);
    h::shares(root, &boxes, report);
    h::unknown_fields(root, proof, report);
    boxes
}

/// Elements 1 and 2: who certifies, and as what.
fn certifier(root: &Field<'_>, report: &mut Report) -> Certifier {
    let field = root.key("certifier").object(report);
    let role = field.key("role");
    let word = role.must_text(report).unwrap_or_default().to_ascii_lowercase();
    if !word.is_empty() && !ROLES.contains(&word.as_str()) {
        report.add(f::CERTIFIER, &role.path, format!("`{}` is no role of a certifier.", clip(&word)));
    }
    let country = field.key("country").must_text(report).unwrap_or_default().to_ascii_uppercase();
    Certifier {
        role: word.into(),
        company: Company {
            name: h::identity(&field.key("name"), report),
            address: h::owned(&field.key("address"), report),
            country: country.into(),
        },
    }
}

/// Element 5: the importer, `unknown` or `various`.
fn importer(root: &Field<'_>, report: &mut Report) -> Company {
    let field = root.key("importer");
    if let Some(word) = field.value.and_then(|v| v.as_str()) {
        if !NO_IMPORTER.contains(&word.trim().to_ascii_lowercase().as_str()) {
            field.wrong("an object, `unknown` or `various`", report);
        }
        return Company::default();
    }
    h::company_if_told(&field, report).unwrap_or_default()
}

/// Element 8: the blanket period, twelve months at most.
fn blanket(root: &Field<'_>, report: &mut Report) -> Option<(Date, Date)> {
    let field = root.key("blanket_period").object(report);
    if field.is_missing() {
        return None;
    }
    let (from, until) = (field.key("from"), field.key("until"));
    from.must(report);
    until.must(report);
    let (first, last) = (from.date(report)?, until.date(report)?);
    let longest = first.checked_add(1.year()).unwrap_or(Date::MAX);
    if last < first || last > longest {
        let message = format!("A blanket period from {first} to {last} is not within twelve months.");
        report.add(f::BLANKET, &field.path, message);
    }
    Some((first, last))
}

/// Element 9: an authorised signature and its date.
fn signature(root: &Field<'_>, report: &mut Report) {
    let field = root.key("signature").object(report);
    if field.must(report).is_some() {
        field.key("name").must_text(report);
        field.key("date").must(report);
    }
}
