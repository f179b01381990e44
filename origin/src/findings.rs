//! The table of findings about certificates.

use sealane_data::finding::{FindingKind, Severity};

const fn row(code: &'static str, severity: Severity, about: &'static str, help: &'static str) -> FindingKind {
    FindingKind { code, severity, about, help }
}

use Severity::{Error, Info, Warning};

#[rustfmt::skip]
mod kinds {
    use super::{Error, FindingKind, Info, Warning, row};
    pub(crate) const NOT_JSON: FindingKind = row("ECO-001", Error, "The bytes are not JSON.", "Send the certificate as one JSON object in UTF-8.");
    pub(crate) const NOT_AN_OBJECT: FindingKind = row("ECO-002", Error, "The JSON is not an object.", "Send one certificate as one JSON object.");
    pub(crate) const TOO_BIG: FindingKind = row("ECO-003", Error, "The document, its nesting or one of its lists is larger than is read.", "Keep to 1 MiB, 32 levels and 1,000 entries in a list.");
    pub(crate) const KEY_TWICE: FindingKind = row("ECO-004", Error, "A name stands twice in one object, so its value is ambiguous.", "Keep one of the two.");
    pub(crate) const MISSING: FindingKind = row("ECO-005", Error, "A mandatory box or field is missing or empty.", "Fill it in as the certificate prints it.");
    pub(crate) const WRONG_TYPE: FindingKind = row("ECO-006", Error, "A value has another JSON type than the field takes.", "Use the type that the sentence names.");
    pub(crate) const REGIME: FindingKind = row("ECO-007", Error, "The regime's form cannot be read.", "Certificates of the regimes RCEP, ATIGA and USMCA can be read.");
    pub(crate) const COUNTRY: FindingKind = row("ECO-008", Error, "A country is not a Party of the certificate's agreement.", "Use the two-letter code of a Party of RCEP, ATIGA or USMCA.");
    pub(crate) const HS: FindingKind = row("ECO-009", Error, "The HS code of an item is not one of six digits in chapters 01 to 97.", "Write the six digits without dots.");
    pub(crate) const CRITERION: FindingKind = row("ECO-010", Error, "The origin criterion is not one of the certificate's agreement.", "Use WO PE CTC RVC CR in RCEP, such as 40% or CTH in ATIGA, and A to D in USMCA.");
    pub(crate) const MODIFIER: FindingKind = row("ECO-011", Error, "A modifier of the origin criterion is unknown or stands without a main one.", "Use ACU or DMI, and only beside WO, PE, CTC, RVC or CR.");
    pub(crate) const FOB_WITHOUT_RVC: FindingKind = row("ECO-012", Error, "An FOB value is given although the criterion is not RVC.", "Leave `fob` out, or correct the criterion.");
    pub(crate) const RVC_WITHOUT_FOB: FindingKind = row("ECO-013", Warning, "The criterion is RVC and no FOB value is given.", "Give `fob` with `value` and `currency`.");
    pub(crate) const BAD_DATE: FindingKind = row("ECO-014", Error, "A date is not a day of the calendar.", "Write it as 2026-09-05.");
    pub(crate) const DATES_DISAGREE: FindingKind = row("ECO-015", Warning, "Two dates or ticks of the certificate do not go together.", "Compare them with the printed certificate.");
    pub(crate) const QUANTITY: FindingKind = row("ECO-016", Error, "A number is not positive or, where it counts, not whole.", "Write it as a JSON number above zero.");
    pub(crate) const KEY_TEXT: FindingKind = row("ECO-017", Error, "A part of the certificate's identity is too long or holds characters that cannot be seen.", "Write it as it is printed, at most 200 characters.");
    pub(crate) const ODD_TEXT: FindingKind = row("ECO-018", Warning, "A text is very long or holds characters that cannot be seen.", "Write it as it is printed.");
    pub(crate) const TWICE: FindingKind = row("ECO-019", Warning, "An entry of a list stands in it twice.", "Remove the repetition, or correct the number.");
    pub(crate) const BINDING_TYPE: FindingKind = row("ECO-020", Warning, "A binding's type is unknown; it is kept and ties nothing.", "Use EQ, BKG, TRD, HBL, INV, SHI or CEO.");
    pub(crate) const CONTAINER: FindingKind = row("ECO-021", Warning, "A container number's shape or check digit is wrong; it is kept and ties nothing.", "Compare it with the number on the container (ISO 6346).");
    pub(crate) const UNFIT: FindingKind = row("ECO-022", Warning, "A reference is too short or uniform to tell shipments apart; it is kept and ties nothing.", "Give the number as the carrier wrote it.");
    pub(crate) const NO_BINDING: FindingKind = row("ECO-023", Warning, "Nothing ties the certificate to a shipment, so its route will stay empty.", "Add a booking (BKG) or bill of lading (TRD) to `bindings`.");
    pub(crate) const INCOMPLETE: FindingKind = row("ECO-024", Info, "A box that the printed form has is not given.", "Add it if the certificate shows it.");
    pub(crate) const REMARKS: FindingKind = row("ECO-025", Warning, "A tick asks for more than the certificate says.", "Name the third-party company in `third_party` or the original proof of origin in `original_proof`, or either in `remarks`.");
    pub(crate) const PARTIES_DISAGREE: FindingKind = row("ECO-026", Warning, "Two countries of the certificate do not go together.", "Compare them with the printed certificate.");
    pub(crate) const UNKNOWN_FIELD: FindingKind = row("ECO-027", Info, "The field is not known; it is kept.", "Check its spelling.");
    pub(crate) const CLAIM: FindingKind = row("ECO-028", Info, "What the document says about its verification is kept as the sender's claim.", "Nothing to do: the certificate is shown as not yet checked with the issuer.");
    pub(crate) const LIFECYCLE: FindingKind = row("ECO-029", Warning, "The claimed lifecycle state is not known; it is kept as a claim and shown as unknown.", "Use draft, submitted, issued, presented, utilised, denied, rejected, cancelled, replaced, revoked or expired.");
    pub(crate) const MORE: FindingKind = row("ECO-030", Info, "There are more findings than are listed.", "Mend the listed ones and send the certificate again.");
    pub(crate) const HS_EDITION: FindingKind = row("ECO-031", Warning, "The form is on HS2022 since 2023-01-01 and an item names another edition.", "Use the HS2022 code.");
    pub(crate) const PRODUCER: FindingKind = row("ECO-032", Warning, "It is said in no known way who produced the goods.", "Use same_as_exporter, named, confidential, not_available, see_box_8, various or available_upon_request.");
    pub(crate) const FORM: FindingKind = row("ECO-033", Warning, "The kind of proof in `form` is not known in the regime, so the usual one is read.", "Use certificate_of_origin, approved_exporter_declaration, form_d or certification_of_origin.");
    pub(crate) const BLANKET: FindingKind = row("ECO-034", Error, "A blanket period is longer than twelve months or ends before it begins.", "Give its first and last day, at most a year apart.");
    pub(crate) const CERTIFIER: FindingKind = row("ECO-035", Error, "The certifier's role is not one that USMCA knows.", "Use importer, exporter or producer.");
    pub(crate) const ORIGINAL: FindingKind = row("ECO-036", Warning, "The original proof of a back-to-back certificate does not go with it.", "Tick back_to_back, and end its validity no later than that of the original proof.");
    pub(crate) const SHARE: FindingKind = row("ECO-037", Warning, "The shares of an item add up to more than the item has, or cannot be added up.", "Correct the quantities in `bindings`, and write them in the unit of the item.");
    pub(crate) const PAPER: FindingKind = row("ECO-038", Error, "The paper that the certificate was typed from was not handed in by its sender, or has another digest.", "Send the PDF to `/v1/papers` first and name `submission` and `sha256` of its answer, or leave `paper` out.");
}
pub(crate) use kinds::*;

/// Every kind of finding about a certificate, by code.
pub static FINDINGS: &[FindingKind] = &[
    NOT_JSON,
    NOT_AN_OBJECT,
    TOO_BIG,
    KEY_TWICE,
    MISSING,
    WRONG_TYPE,
    REGIME,
    COUNTRY,
    HS,
    CRITERION,
    MODIFIER,
    FOB_WITHOUT_RVC,
    RVC_WITHOUT_FOB,
    BAD_DATE,
    DATES_DISAGREE,
    QUANTITY,
    KEY_TEXT,
    ODD_TEXT,
    TWICE,
    BINDING_TYPE,
    CONTAINER,
    UNFIT,
    NO_BINDING,
    INCOMPLETE,
    REMARKS,
    PARTIES_DISAGREE,
    UNKNOWN_FIELD,
    CLAIM,
    LIFECYCLE,
    MORE,
    HS_EDITION,
    PRODUCER,
    FORM,
    BLANKET,
    CERTIFIER,
    ORIGINAL,
    SHARE,
    PAPER,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_count_up_and_every_kind_is_in_the_table() {
        for (n, kind) in FINDINGS.iter().enumerate() {
            assert_eq!(kind.code, format!("ECO-{:03}", n + 1));
            assert!(
                kind.about.ends_with('.') && kind.help.ends_with('.'),
                "{} needs full sentences",
                kind.code
            );
        }
        let defined = include_str!("findings.rs").matches("pub(crate) const").count() - 1;
        assert_eq!(defined, FINDINGS.len(), "add the new kind to `FINDINGS`");
    }
}
