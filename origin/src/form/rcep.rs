//! The RCEP form's header and boxes 1 to 5 and 14 to 17 (Article 3.17, Annex 3B).

use super::boxes::{Boxes, Company, Issuer, Producer, Ticks, Transport};
use super::rcep_items;
use super::ties::bindings;
use crate::axes;
use crate::field::{Field, Report, is_unseen};
use crate::findings as f;
use crate::layout::clip;
use jiff::ToSpan;
use jiff::civil::Date;
use sealane_data::Text;

/// The fifteen RCEP Parties, ISO 3166-1 alpha-2.
pub(super) const PARTIES: &[&str] =
    &["AU", "BN", "CN", "ID", "JP", "KH", "KR", "LA", "MM", "MY", "NZ", "PH", "SG", "TH", "VN"];

/// The fields a document may have; others are kept with a remark.
const FIELDS: &[&str] = &[
    "schema",
    "uid",
    "number",
    "regime",
    "form",
    "issuer",
    "lifecycle",
    "flags",
    "exporter",
    "producer",
    "consignee",
    "importing_party",
    "transport",
    "items",
    "bindings",
    "verification",
    "remarks",
    "official_use",
    "exporter_declaration",
    "certification",
];

/// What box 4 may say instead of a date before the goods are shipped.
const NOT_YET_SHIPPED: &[&str] = &["***", "BY SEA", "BY AIR"];

/// The longest issuing body and certificate number, in characters.
const MAX_KEY_TEXT: usize = 200;

/// Days after departure from which a certificate counts as issued retroactively (practice seen in
/// Singapore's handbook).
const RETROACTIVE_AFTER_DAYS: i64 = 3;

pub(super) fn read(root: &Field<'_>, report: &mut Report) -> Boxes {
    let issuer = root.key("issuer").object(report);
    let lifecycle = root.key("lifecycle").object(report);
    let certification = root.key("certification");
    let boxes = Boxes {
        number: identity(&root.key("number"), report),
        regime: Text::default(),
        form: owned(&root.key("form"), report),
        issuer: Issuer {
            country: party(&issuer.key("country"), report),
            body: identity(&issuer.key("body"), report),
        },
        exporter: company(&root.key("exporter"), report),
        consignee: company(&root.key("consignee"), report),
        producer: producer(&root.key("producer"), report),
        transport: transport(&root.key("transport"), report),
        items: rcep_items::items(&root.key("items"), report),
        remarks: owned(&root.key("remarks"), report),
        importing_party: party(&root.key("importing_party"), report),
        ticks: ticks(root, &lifecycle, report),
        issued_on: lifecycle.key("issued_on").date(report).or_else(|| certification.key("date").date(report)),
        bindings: bindings(&root.key("bindings"), report),
    };
    claims(root, &lifecycle, report);
    dates(root, &lifecycle, &boxes, report);
    parties_agree(root, &boxes, report);
    incomplete(root, &boxes, report);
    unknown_fields(root, report);
    boxes
}

pub(super) fn owned(field: &Field<'_>, report: &mut Report) -> Option<String> {
    field.text(report).map(str::to_owned)
}

/// A part of the natural key: it must be readable as printed, or two spellings could look alike.
fn identity(field: &Field<'_>, report: &mut Report) -> String {
    let text = field.must_text(report).unwrap_or_default();
    if text.chars().count() > MAX_KEY_TEXT || text.chars().any(is_unseen) {
        let message =
            format!("`{}` is part of the certificate's identity and cannot be read plainly.", field.path);
        report.add(f::KEY_TEXT, &field.path, message);
    }
    text.to_owned()
}

/// A mandatory country that must be an RCEP Party.
pub(super) fn party(field: &Field<'_>, report: &mut Report) -> Text {
    let code: Text = field.must_text(report).unwrap_or_default().to_ascii_uppercase().into();
    if !code.is_empty() && !PARTIES.contains(&code.as_str()) {
        report.add(f::COUNTRY, &field.path, format!("`{}` is not an RCEP Party.", clip(&code)));
    }
    code
}

fn company(field: &Field<'_>, report: &mut Report) -> Company {
    let field = field.clone().object(report);
    Company {
        name: field.key("name").must_text(report).unwrap_or_default().to_owned(),
        address: owned(&field.key("address"), report),
        country: party(&field.key("country"), report),
    }
}

fn producer(field: &Field<'_>, report: &mut Report) -> Producer {
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
        Some(other) => {
            report.add(
                f::PRODUCER,
                &mode.path,
                format!("`{}` is no known way to name the producer.", clip(other)),
            );
            Producer::Other(other.to_owned())
        }
    }
}

fn transport(field: &Field<'_>, report: &mut Report) -> Transport {
    let field = field.clone().object(report);
    let departure = field.key("departure_date");
    let said = departure.value.and_then(|v| v.as_str()).unwrap_or_default().trim().to_ascii_uppercase();
    Transport {
        departure_date: if NOT_YET_SHIPPED.contains(&said.as_str()) { None } else { departure.date(report) },
        conveyance: owned(&field.key("conveyance_text"), report),
        port_of_discharge: owned(&field.key("port_of_discharge_text"), report),
    }
}

fn ticks(root: &Field<'_>, lifecycle: &Field<'_>, report: &mut Report) -> Ticks {
    let flags = root.key("flags").object(report);
    let ticks = Ticks {
        back_to_back: flags.key("back_to_back").tick(report),
        third_party_invoicing: flags.key("third_party_invoicing").tick(report),
        issued_retroactively: flags.key("issued_retroactively").tick(report)
            | lifecycle.key("issued_retroactively").tick(report),
    };
    for (ticked, name) in
        [(ticks.back_to_back, "back_to_back"), (ticks.third_party_invoicing, "third_party_invoicing")]
    {
        if ticked && root.key("remarks").is_missing() {
            let message = format!("`{name}` is ticked and box 14 (`$.remarks`) is empty.");
            report.add(f::REMARKS, &flags.key(name).path, message);
        }
    }
    ticks
}

fn claims(root: &Field<'_>, lifecycle: &Field<'_>, report: &mut Report) {
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

fn dates(root: &Field<'_>, lifecycle: &Field<'_>, boxes: &Boxes, report: &mut Report) {
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
    if late.is_some_and(|day| issued > day) && !boxes.ticks.issued_retroactively {
        let message = format!(
            "It was issued on {issued}, more than three days after departure, and box 17 is not ticked."
        );
        report.add(f::DATES_DISAGREE, &root.key("flags").path, message);
    }
    rcep_items::editions(&root.key("items"), issued, report);
}

fn parties_agree(root: &Field<'_>, boxes: &Boxes, report: &mut Report) {
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

fn incomplete(root: &Field<'_>, boxes: &Boxes, report: &mut Report) {
    for (number, name) in [(15, "exporter_declaration"), (16, "certification")] {
        let field = root.key(name);
        if field.is_missing() {
            report.add(f::INCOMPLETE, &field.path, format!("Box {number} (`$.{name}`) is not given."));
        }
    }
    if boxes.issued_on.is_none() {
        let path = root.key("lifecycle").key("issued_on").path;
        report.add(f::INCOMPLETE, &path, "The day of issue is not given.");
    }
}

fn unknown_fields(root: &Field<'_>, report: &mut Report) {
    let members = root.value.and_then(|v| v.as_object());
    for name in members.into_iter().flat_map(|m| m.keys()).filter(|name| !FIELDS.contains(&name.as_str())) {
        report.add(
            f::UNKNOWN_FIELD,
            &root.key(name).path,
            format!("The field `{}` is not known.", clip(name)),
        );
    }
}
