//! What the forms share: identity, companies, transport, ticks, and whether dates and Parties agree.

use super::boxes::{Boxes, Company, Issuer, OriginalProof, Producer, Ticks, Transport};
use super::items;
use super::proof::{COMMON, Parts, Proof};
use crate::axes;
use crate::field::{Field, Report, is_unseen};
use crate::findings as f;
use crate::layout::clip;
use crate::shares::{Sum, sums};
use jiff::ToSpan;
use jiff::civil::Date;
use sealane_data::Text;

/// What box 4 may say instead of a date before the goods are shipped.
const NOT_YET_SHIPPED: &[&str] = &["***", "BY SEA", "BY AIR"];

/// The longest issuing body and certificate number, in characters.
const MAX_KEY_TEXT: usize = 200;

/// Days after departure from which a certificate counts as issued retroactively (practice seen in
/// Singapore's handbook).
const RETROACTIVE_AFTER_DAYS: i64 = 3;

pub(super) fn owned(field: &Field<'_>, report: &mut Report) -> Option<String> {
    field.text(report).map(str::to_owned)
}

/// Reads who issued it.
pub(super) fn issuer(root: &Field<'_>, proof: &Proof, report: &mut Report) -> Issuer {
    let issuer = root.key("issuer").object(report);
    Issuer {
        country: proof.party(&issuer.key("country"), report),
        body: identity(&issuer.key("body"), report),
    }
}

/// Reads the day of issue, as the document's lifecycle or the signed box claims it.
pub(super) fn issued_on(root: &Field<'_>, signed: &str, report: &mut Report) -> Option<Date> {
    let told = root.key("lifecycle").object(report).key("issued_on").date(report);
    told.or_else(|| root.key(signed).key("date").date(report))
}

/// A part of the natural key: it must be readable as printed, or two spellings could look alike.
pub(super) fn identity(field: &Field<'_>, report: &mut Report) -> String {
    let text = field.must_text(report).unwrap_or_default();
    if text.chars().count() > MAX_KEY_TEXT || text.chars().any(is_unseen) {
        let message =
            format!("`{}` is part of the certificate's identity and cannot be read plainly.", field.path);
        report.add(f::KEY_TEXT, &field.path, message);
    }
    text.to_owned()
}

pub(super) fn company(field: &Field<'_>, proof: &Proof, report: &mut Report) -> Company {
    let field = field.clone().object(report);
    Company {
        name: field.key("name").must_text(report).unwrap_or_default().to_owned(),
        address: owned(&field.key("address"), report),
        country: proof.party(&field.key("country"), report),
    }
}

pub(super) fn producer(field: &Field<'_>, parts: &Parts, report: &mut Report) -> Producer {
    let field = field.clone().object(report);
    let mode = field.key("mode");
    match mode.text(report).map(str::to_ascii_lowercase).as_deref() {
        None if field.key("name").is_missing() => Producer::NotStated,
        None | Some("named") => Producer::Named(Company {
            name: field.key("name").must_text(report).unwrap_or_default().to_owned(),
            address: owned(&field.key("address"), report),
            // A producer's country may lie outside RCEP when materials are only finished inside.
            country: field.key("country").text(report).unwrap_or_default().into(),
        }),
        Some("same_as_exporter") => Producer::SameAsExporter,
        Some("confidential") => Producer::Confidential,
        Some("not_available") => Producer::NotAvailable,
        Some("see_box_8") => Producer::SeeBox8,
        Some("various") => Producer::Various,
        Some("available_upon_request") => Producer::UponRequest,
        Some(other) => {
            report.add(
                f::PRODUCER,
                &mode.path,
                format!("{}: `{}` is no known way to name the producer.", parts.producer, clip(other)),
            );
            Producer::Other(other.to_owned())
        }
    }
}

pub(super) fn transport(field: &Field<'_>, report: &mut Report) -> Transport {
    let field = field.clone().object(report);
    let departure = field.key("departure_date");
    let said = departure.value.and_then(|v| v.as_str()).unwrap_or_default().trim().to_ascii_uppercase();
    Transport {
        departure_date: if NOT_YET_SHIPPED.contains(&said.as_str()) { None } else { departure.date(report) },
        conveyance: owned(&field.key("conveyance_text"), report),
        port_of_discharge: owned(&field.key("port_of_discharge_text"), report),
    }
}

/// Reads the ticks; `others` are ticks that are only looked at for their type.
pub(super) fn ticks(root: &Field<'_>, others: &[&str], parts: &Parts, report: &mut Report) -> Ticks {
    let flags = root.key("flags").object(report);
    let lifecycle = root.key("lifecycle");
    for other in others {
        flags.key(other).tick(report);
    }
    let ticks = Ticks {
        back_to_back: flags.key("back_to_back").tick(report),
        third_party_invoicing: flags.key("third_party_invoicing").tick(report),
        issued_retroactively: flags.key("issued_retroactively").tick(report)
            | lifecycle.key("issued_retroactively").tick(report),
    };
    for (ticked, name, told) in [
        (ticks.back_to_back, "back_to_back", "original_proof"),
        (ticks.third_party_invoicing, "third_party_invoicing", "third_party"),
    ] {
        if ticked && root.key("remarks").is_missing() && root.key(told).is_missing() {
            let message = format!(
                "{}: `{name}` is ticked and neither `$.{told}` nor `$.remarks` says more.",
                parts.ticks
            );
            report.add(f::REMARKS, &flags.key(name).path, message);
        }
    }
    ticks
}

/// Reads the proof of origin that a back-to-back certificate rests on (Article 3.19).
pub(super) fn original(
    root: &Field<'_>,
    ticks: Ticks,
    proof: &Proof,
    report: &mut Report,
) -> Option<OriginalProof> {
    let field = root.key("original_proof").object(report);
    if field.is_missing() {
        return None;
    }
    if !ticks.back_to_back {
        let message = "An original proof is named and `back_to_back` is not ticked.";
        report.add(f::ORIGINAL, &field.path, message);
    }
    Some(OriginalProof {
        number: field.key("number").must_text(report).unwrap_or_default().to_owned(),
        country: proof.party(&field.key("country"), report),
        date: field.key("date").date(report),
        valid_until: field.key("valid_until").date(report),
    })
}

/// Reads a company that need not be in a Party, where it is told.
pub(super) fn company_if_told(field: &Field<'_>, report: &mut Report) -> Option<Company> {
    let field = field.clone().object(report);
    if field.is_missing() {
        return None;
    }
    Some(Company {
        name: field.key("name").must_text(report).unwrap_or_default().to_owned(),
        address: owned(&field.key("address"), report),
        country: field.key("country").text(report).unwrap_or_default().to_ascii_uppercase().into(),
    })
}

pub(super) fn claims(root: &Field<'_>, report: &mut Report) {
    let lifecycle = root.key("lifecycle").object(report);
    let state = lifecycle.key("state");
    if let Some(word) = state.text(report).filter(|word| !axes::is_state(word)) {
        report.add(f::LIFECYCLE, &state.path, format!("The lifecycle state `{}` is not known.", clip(word)));
    }
    let verification = root.key("verification");
    let said = verification.value.is_some_and(|v| v.as_array().is_none_or(|list| !list.is_empty()));
    if said && !verification.is_missing() {
        report.add(f::CLAIM, &verification.path, "The verification in the document is kept as a claim.");
    }
}

pub(super) fn dates(root: &Field<'_>, boxes: &Boxes, report: &mut Report) {
    let lifecycle = root.key("lifecycle");
    let until = lifecycle.key("valid_until");
    let valid_until = until.date(report);
    let Some(issued) = boxes.issued_on else { return };
    let year_later = issued.checked_add(1.year()).unwrap_or(Date::MAX);
    if valid_until.is_some_and(|day| day < issued || day > year_later) {
        let message = format!("A certificate of {issued} is valid for one year and not until the day given.");
        report.add(f::DATES_DISAGREE, &until.path, message);
    }
    let departed = boxes.transport.departure_date;
    let late = departed.and_then(|day| day.checked_add(RETROACTIVE_AFTER_DAYS.days()).ok());
    let unticked = boxes.kind.has_retroactive_tick() && !boxes.ticks.issued_retroactively;
    if unticked && late.is_some_and(|day| issued > day) {
        let message = format!(
            "It was issued on {issued}, more than three days after departure, and is not ticked as issued retroactively."
        );
        report.add(f::DATES_DISAGREE, &root.key("flags").path, message);
    }
    items::editions(&root.key("items"), issued, report);
    let original = boxes.original.as_ref().and_then(|o| o.valid_until);
    if let Some((original, until)) = original.zip(valid_until).filter(|(original, until)| until > original) {
        let message = format!("It is valid until {until} and the original proof only until {original}.");
        report.add(f::ORIGINAL, &root.key("lifecycle").key("valid_until").path, message);
    }
}

pub(super) fn parties_agree(root: &Field<'_>, boxes: &Boxes, report: &mut Report) {
    let (issuer, importing) = (&boxes.issuer.country, &boxes.importing_party);
    let known = |code: &Text| !code.is_empty();
    if known(issuer) && issuer == importing {
        let message = format!("`{issuer}` both issued the certificate and imports the goods.");
        report.add(f::PARTIES_DISAGREE, &root.key("importing_party").path, message);
    }
    let exporter = &boxes.exporter.country;
    if known(issuer) && known(exporter) && issuer != exporter {
        let message =
            format!("The exporter is in `{}` and the issuer in `{}`.", clip(exporter), clip(issuer));
        report.add(f::PARTIES_DISAGREE, &root.key("exporter").key("country").path, message);
    }
    let consignee = &boxes.consignee.country;
    if known(importing) && known(consignee) && importing != consignee {
        let message = format!(
            "The consignee is in `{}` and the importing Party is `{}`.",
            clip(consignee),
            clip(importing)
        );
        report.add(f::PARTIES_DISAGREE, &root.key("consignee").key("country").path, message);
    }
}

pub(super) fn incomplete(root: &Field<'_>, wanted: &[(&str, &str)], boxes: &Boxes, report: &mut Report) {
    for (what, name) in wanted {
        let field = root.key(name);
        if field.is_missing() {
            report.add(f::INCOMPLETE, &field.path, format!("{what} (`$.{name}`) is not given."));
        }
    }
    if boxes.issued_on.is_none() {
        let path = root.key("lifecycle").key("issued_on").path;
        report.add(f::INCOMPLETE, &path, "The day of issue is not given.");
    }
}

pub(super) fn unknown_fields(root: &Field<'_>, proof: &Proof, report: &mut Report) {
    let members = root.value.and_then(|v| v.as_object());
    let known = |name: &str| COMMON.contains(&name) || proof.fields.contains(&name);
    for name in members.into_iter().flat_map(|m| m.keys()).filter(|name| !known(name)) {
        report.add(
            f::UNKNOWN_FIELD,
            &root.key(name).path,
            format!("The field `{}` is not known.", clip(name)),
        );
    }
}

/// Remarks on shares of an item that add up to more than the item has, or cannot be added up.
pub(super) fn shares(root: &Field<'_>, boxes: &Boxes, report: &mut Report) {
    let at = root.key("bindings").path;
    let (sums, odd) = sums(boxes);
    // A share is rounded where it is weighed; a thousandth is no second use.
    for Sum { item, has, unit, shared } in sums.iter().filter(|s| s.shared > s.has * 1.001) {
        let message = format!("The shares of item {item} add up to {shared} {unit}, more than its {has}.");
        report.add(f::SHARE, &at, message);
    }
    if let Some(odd) = odd.first() {
        report.add(f::SHARE, &at, format!("The shares cannot be added up: {odd}."));
    }
}
