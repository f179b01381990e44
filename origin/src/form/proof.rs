//! The kinds of proof: which Parties, criteria and boxes each agreement has.

use super::boxes::Criterion;
use crate::field::{Field, Report};
use crate::findings as f;
use crate::layout::clip;
use sealane_data::Text;

/// What one kind of proof of origin asks for.
pub(super) struct Proof {
    /// The agreement as the document names it.
    pub(super) regime: &'static str,
    /// Its Parties, ISO 3166-1 alpha-2.
    pub(super) parties: &'static [&'static str],
    /// Reads the criterion of an item.
    pub(super) criterion: fn(&Field<'_>, &Parts, &mut Report) -> Criterion,
    /// The member of an item that names the country of origin.
    pub(super) origin: &'static str,
    /// Whether an item must say how much it is.
    pub(super) quantity: bool,
    /// Whether an item must name its invoices.
    pub(super) invoices: bool,
    /// Whether an FOB value stands only beside the criterion RVC.
    pub(super) fob_with_rvc: bool,
    /// What the printed form calls its parts.
    pub(super) parts: Parts,
    /// The fields a document may have; others are kept with a remark.
    pub(super) fields: &'static [&'static str],
}

/// What a printed form calls the parts that findings name: its boxes or elements, where they are numbered.
#[derive(Clone, Copy)]
pub(super) struct Parts {
    /// Where the producer stands.
    pub(super) producer: &'static str,
    /// Where the HS code stands.
    pub(super) hs: &'static str,
    /// Where the origin criterion stands.
    pub(super) criterion: &'static str,
    /// Where the FOB value stands.
    pub(super) fob: &'static str,
    /// Where the ticks stand.
    pub(super) ticks: &'static str,
}

/// Form RCEP, 17 boxes.
pub(super) const RCEP_BOXES: Parts =
    Parts { producer: "Box 3", hs: "Box 9", criterion: "Box 10", fob: "Box 12", ticks: "Box 17" };

/// Form D, 13 boxes; the producer has none.
pub(super) const FORM_D_BOXES: Parts =
    Parts { producer: "Producer", hs: "Box 7", criterion: "Box 8", fob: "Box 9", ticks: "Box 13" };

/// USMCA, nine data elements, without ticks and FOB value.
pub(super) const USMCA_ELEMENTS: Parts = Parts {
    producer: "Element 4",
    hs: "Element 6",
    criterion: "Element 7",
    fob: "FOB value",
    ticks: "Ticks",
};

/// A declaration of no prescribed form: its parts have names and no numbers.
pub(super) const UNNUMBERED: Parts = Parts {
    producer: "Producer",
    hs: "HS code",
    criterion: "Origin criterion",
    fob: "FOB value",
    ticks: "Ticks",
};

/// The fields of every form.
pub(super) const COMMON: &[&str] = &[
    "schema",
    "uid",
    "number",
    "regime",
    "form",
    "issuer",
    "lifecycle",
    "exporter",
    "producer",
    "importing_party",
    "transport",
    "items",
    "bindings",
    "verification",
    "remarks",
    "paper",
];

/// The fields of a certificate that an issuing body stamps, beside the common ones.
pub(super) const CERTIFICATE: &[&str] = &[
    "flags",
    "consignee",
    "official_use",
    "exporter_declaration",
    "certification",
    "third_party",
    "original_proof",
];

/// The fields of a declaration that an approved exporter makes out, beside the common ones.
pub(super) const DECLARATION: &[&str] =
    &["flags", "consignee", "authorisation", "declaration", "original_proof"];

/// The fields of a USMCA certification, beside the common ones.
pub(super) const CERTIFICATION: &[&str] =
    &["certifier", "importer", "blanket_period", "signature", "consignee"];

/// The fifteen RCEP Parties.
pub(super) const RCEP: &[&str] =
    &["AU", "BN", "CN", "ID", "JP", "KH", "KR", "LA", "MM", "MY", "NZ", "PH", "SG", "TH", "VN"];

/// The ASEAN Member States of ATIGA.
pub(super) const ATIGA: &[&str] = &["BN", "ID", "KH", "LA", "MM", "MY", "PH", "SG", "TH", "VN"];

/// The USMCA Parties: goods of any other country cannot claim it.
pub(super) const USMCA: &[&str] = &["CA", "MX", "US"];

impl Proof {
    /// Reads a mandatory country that must be a Party.
    pub(super) fn party(&self, field: &Field<'_>, report: &mut Report) -> Text {
        field.must(report);
        self.party_if_told(field, report)
    }

    /// Reads a country that must be a Party where it is told.
    pub(super) fn party_if_told(&self, field: &Field<'_>, report: &mut Report) -> Text {
        let code: Text = field.text(report).unwrap_or_default().to_ascii_uppercase().into();
        if !code.is_empty() && !self.parties.contains(&code.as_str()) {
            let message = format!("`{}` is not a Party of {}.", clip(&code), self.regime);
            report.add(f::COUNTRY, &field.path, message);
        }
        code
    }
}
