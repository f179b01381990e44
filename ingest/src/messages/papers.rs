//! The references of a booking: which bill is the house's and which the master's, and certificates.

use super::reader::Reader;
use crate::findings as f;
use crate::formats::edifact::Segment;
use sealane_data::Text;
use sealane_data::observation::Few;
use sealane_data::reference::{Reference, ReferenceKind};
use std::collections::HashSet;

/// Document codes (data element 1001) by which a message is a bill of lading and its number the
/// bill's, with the qualifier it would have as a reference: bill of lading, its original and copy,
/// sea waybill; master bill; house bill and waybill.
const BILLS: &[(&str, &[u8], ReferenceKind)] = &[
    ("705", b"BM", ReferenceKind::MasterBl),
    ("706", b"BM", ReferenceKind::MasterBl),
    ("707", b"BM", ReferenceKind::MasterBl),
    ("710", b"BM", ReferenceKind::MasterBl),
    ("704", b"MB", ReferenceKind::MasterBl),
    ("714", b"BH", ReferenceKind::HouseBl),
    ("703", b"HWB", ReferenceKind::HouseBl),
];

/// Certificates of origin (data element 1001): plain, preferential, GSP form.
const CERTIFICATES: &[&[u8]] = &[b"861", b"864", b"865"];

/// A reference with what it was called.
pub(super) struct Named {
    at: usize,
    pub(super) reference: Reference,
    plain_bill: bool,
    master: bool,
}

impl Named {
    /// Keeps a reference with its qualifier (`RFF` 1153).
    pub(super) fn new(at: usize, reference: Reference, qualifier: &[u8]) -> Self {
        Self { at, reference, plain_bill: qualifier == b"BM", master: qualifier == b"MB" }
    }

    /// Returns the bill of lading that a message is by its document code.
    pub(super) fn bill(at: usize, code: &Text, number: &Text) -> Option<Self> {
        let (_, qualifier, kind) = BILLS.iter().find(|(c, ..)| c == code)?;
        (!number.is_empty()).then(|| Self::new(at, Reference::new(*kind, number), qualifier))
    }

    /// Reads a certificate of origin from `DOC`; other documents give nothing.
    pub(super) fn certificate(m: &mut Reader<'_>, s: &Segment<'_>) -> Option<Self> {
        let number = m.text(s, 2, 1).filter(|_| CERTIFICATES.contains(&s.first(1)))?;
        Some(Self::new(s.at(), Reference::new(ReferenceKind::Certificate, &number), b""))
    }
}

/// Returns references without containers, each once.
pub(super) fn tidy(all: Vec<Reference>) -> Few<Reference> {
    let mut seen = HashSet::with_capacity(all.len());
    let kept: Vec<bool> = all.iter().map(|r| r.kind != ReferenceKind::Container && seen.insert(r)).collect();
    all.into_iter().zip(kept).filter_map(|(r, kept)| kept.then_some(r)).collect()
}

/// Takes every `BM` for a house bill where an `MB` with another number stands in the message.
pub(super) fn tell_apart(m: &mut Reader<'_>, all: Vec<&mut Named>) {
    let master = all.iter().find(|n| n.master).map(|n| n.reference.value.clone());
    let Some(master) = master else { return };
    for named in all.into_iter().filter(|n| n.plain_bill && n.reference.value != master) {
        named.reference.kind = ReferenceKind::HouseBl;
        let Some(s) = m.segment(named.at) else { continue };
        let message = format!("`{}` was taken for the house bill below `{master}`", named.reference.value);
        m.find(&f::BILL_AS_HOUSE, &s, (0, 0), message);
    }
}
