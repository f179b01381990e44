//! The allow-lists. A path that is not here leaves in the internal profile only.
//!
//! Certificate domain notes 3.6. Paths are members joined by dots, `[]` for the entries of a list.

use super::Profile;

/// What is shown of a field, and to whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Show {
    /// As it is, to everybody. Only for a single value, never for what is nested in it.
    Plain,
    /// As it is, to everybody, as far as it is null, a number or lists of numbers.
    Numbers,
    /// The public sees the last characters.
    Masked,
    /// The public sees a token.
    Token,
    /// The public sees the local day.
    Day,
    /// The public reads `day`, since it sees only days.
    DayWord,
    /// As it is, to every profile but the public.
    Partner,
    /// As it is, to these profiles and inside.
    To(&'static [Profile]),
    /// The consistency axis: who may not read the rules reads "under review" for remarks and conflicts.
    Review,
    /// As it is, to every profile; to the public only if the owner chose to show the goods.
    Goods,
}

use Profile::{Authority, Buyer};

/// What only authorities see beside the owner: the trade behind the goods.
const TRADE: Show = Show::To(&[Authority]);
/// What the buyer has on its own papers.
const PAPERS: Show = Show::To(&[Buyer, Authority]);

/// One allowed field.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// The path.
    pub path: &'static str,
    /// What is shown.
    pub show: Show,
}

const fn row(path: &'static str, show: Show) -> Row {
    Row { path, show }
}

/// The view of a certificate.
pub static CERTIFICATE: &[Row] = &[
    row("id", Show::Plain),
    row("public_ref", Show::Plain),
    row("number", Show::Masked),
    row("regime", Show::Plain),
    row("form", Show::Partner),
    row("issuer.country", Show::Plain),
    row("issuer.body", Show::Partner),
    row("exporter.name", Show::Plain),
    row("exporter.country", Show::Partner),
    row("importing_party", Show::Partner),
    row("published", Show::Plain),
    row("lifecycle.state", Show::Plain),
    row("lifecycle.source", Show::Plain),
    row("verification.state", Show::Plain),
    row("verification.text", Show::Plain),
    row("lifecycle.since", Show::Partner),
    row("lifecycle.replaced_by", PAPERS),
    row("verification.code", Show::Plain),
    row("verification.gateway", Show::Plain),
    row("verification.checked_at", Show::Plain),
    row("verification.fresh_until", Show::Plain),
    row("verification.environment", Show::Plain),
    row("verification.outcome", Show::Plain),
    row("verification.e_cert_id", Show::Plain),
    row("verification.failed_at", Show::Plain),
    row("verification.local.state", Show::Plain),
    row("verification.local.text", Show::Plain),
    row("consistency.state", Show::Review),
    row("consistency.text", Show::Review),
    row("consistency.since", Show::Partner),
    row("issued_on", PAPERS),
    row("valid_until", PAPERS),
    row("as_of", Show::Plain),
    row("verify", Show::Plain),
    row("bindings[].kind", Show::Partner),
    row("bindings[].value", Show::Partner),
    row("bindings[].bound", Show::Partner),
    row("route", Show::Plain),
    row("stream", Show::Plain),
    row("boxes.exporter.name", Show::Partner),
    row("boxes.exporter.country", Show::Partner),
    row("boxes.importing_party", Show::Partner),
    row("boxes.transport.departure_date", Show::Partner),
    row("boxes.transport.conveyance_text", Show::Partner),
    row("boxes.transport.port_of_discharge_text", Show::Partner),
    row("boxes.items[].no", Show::Partner),
    row("boxes.items[].hs6", Show::Goods),
    row("boxes.items[].hs_edition", Show::Partner),
    row("boxes.items[].criterion.main", Show::Goods),
    row("boxes.items[].criterion.modifiers[]", Show::Goods),
    row("boxes.items[].rcep_country_of_origin", Show::Goods),
    row("boxes.items[].description", Show::Partner),
    row("boxes.items[].packages.count", Show::Partner),
    row("boxes.items[].packages.kind", Show::Partner),
    row("boxes.items[].quantity.value", Show::Partner),
    row("boxes.items[].quantity.unit", Show::Partner),
    row("boxes.items[].country_of_origin", Show::Goods),
    row("boxes.items[].marks", PAPERS),
    row("boxes.items[].invoices[].no", PAPERS),
    row("boxes.items[].invoices[].date", PAPERS),
    row("boxes.items[].fob.value", TRADE),
    row("boxes.items[].fob.currency", TRADE),
    row("boxes.exporter.address", TRADE),
    row("boxes.consignee.name", TRADE),
    row("boxes.consignee.address", TRADE),
    row("boxes.consignee.country", TRADE),
    row("boxes.producer.mode", TRADE),
    row("boxes.producer.name", TRADE),
    row("boxes.producer.address", TRADE),
    row("boxes.producer.country", TRADE),
    row("boxes.third_party.name", TRADE),
    row("boxes.third_party.country", TRADE),
    row("boxes.original_proof.number", TRADE),
    row("boxes.original_proof.country", TRADE),
    row("boxes.authorisation", TRADE),
    row("boxes.flags.back_to_back", PAPERS),
    row("boxes.flags.third_party_invoicing", PAPERS),
    row("boxes.flags.issued_retroactively", PAPERS),
    row("boxes.remarks", TRADE),
];

/// What the rules found.
///
/// A buyer reads which rule found what, an authority the sentence and the evidence as well: sentences
/// name seals and containers.
pub static CONSISTENCY: &[Row] = &[
    row("state", Show::Review),
    row("text", Show::Review),
    row("rules[].rule", PAPERS),
    row("rules[].asks", PAPERS),
    row("rules[].result", PAPERS),
    row("rules[].text", TRADE),
    row("rules[].seqs[]", TRADE),
    row("rules[].answers[].at", TRADE),
    row("rules[].answers[].text", TRADE),
    row("rules[].answers[].file_sha256", TRADE),
    row("rules[].answers[].file", TRADE),
    row("custody[].container", TRADE),
    row("custody[].node", PAPERS),
    row("custody[].country", PAPERS),
    row("custody[].discharged", TRADE),
    row("custody[].loaded", TRADE),
    row("custody[].hours", TRADE),
    row("custody[].state", PAPERS),
    row("custody[].why[]", TRADE),
    row("custody[].witnesses", TRADE),
    row("custody[].seqs[]", TRADE),
    row("legs[].container", TRADE),
    row("legs[].from", TRADE),
    row("legs[].to", TRADE),
    row("legs[].witnesses", TRADE),
    row("legs[].seqs[]", TRADE),
];

/// What happened to a certificate.
///
/// Moves and what the issuer said; what people decided, wrote and gave out stays inside.
pub static EVENTS: &[Row] = &[
    row("events[].seq", TRADE),
    row("events[].at", Show::Partner),
    row("events[].act", Show::Partner),
    row("events[].to", Show::Partner),
    row("events[].refused", Show::Partner),
    row("events[].replaced_by", PAPERS),
    row("events[].source_sha256", TRADE),
    row("events[].reason", TRADE),
    row("events[].outcome", Show::Partner),
    row("events[].code", Show::Partner),
    row("events[].gateway", Show::Partner),
    row("events[].checked_at", Show::Partner),
    row("events[].fresh_until", Show::Partner),
];

/// What ties a certificate to a movement. Which references a profile may read is the filter's list.
pub static BINDINGS: &[Row] = &[
    row("digest", Show::Partner),
    row("bindings[].container", Show::Partner),
    row("bindings[].from", Show::Partner),
    row("bindings[].kind", Show::Partner),
    row("bindings[].value", Show::Partner),
    row("bindings[].basis", Show::Partner),
    row("bindings[].score", Show::Partner),
    row("bindings[].why", Show::Partner),
    row("bindings[].shares[].item", TRADE),
    row("bindings[].shares[].quantity", TRADE),
    row("bindings[].shares[].unit", TRADE),
];

/// The route document of a certificate (a GeoJSON feature collection).
pub static ROUTE: &[Row] = &[
    row("type", Show::Plain),
    row("bbox", Show::Numbers),
    row("sealane.profile", Show::Plain),
    row("sealane.certificate.id", Show::Plain),
    row("sealane.certificate.number", Show::Masked),
    row("sealane.certificate.regime", Show::Plain),
    row("sealane.certificate.issuer.country", Show::Plain),
    row("sealane.certificate.exporter.name", Show::Plain),
    row("sealane.certificate.verification.state", Show::Plain),
    row("sealane.certificate.verification.text", Show::Plain),
    row("sealane.certificate.lifecycle.state", Show::Plain),
    row("sealane.certificate.lifecycle.source", Show::Plain),
    row("sealane.certificate.verification.code", Show::Plain),
    row("sealane.certificate.verification.gateway", Show::Plain),
    row("sealane.certificate.verification.checked_at", Show::Plain),
    row("sealane.certificate.verification.fresh_until", Show::Plain),
    row("sealane.certificate.verification.environment", Show::Plain),
    row("sealane.certificate.verification.outcome", Show::Plain),
    row("sealane.certificate.verification.e_cert_id", Show::Plain),
    row("sealane.certificate.verification.failed_at", Show::Plain),
    row("sealane.certificate.verification.local.state", Show::Plain),
    row("sealane.certificate.verification.local.text", Show::Plain),
    row("sealane.certificate.verify", Show::Plain),
    row("sealane.certificate.consistency.state", Show::Review),
    row("sealane.certificate.consistency.text", Show::Review),
    row("sealane.fresh_until", Show::Plain),
    // Containers can be listed: who reads this digest could find out which one is tied.
    row("sealane.binding", Show::Partner),
    row("sealane.seq", Show::Plain),
    row("sealane.as_of", Show::Plain),
    row("sealane.sources[]", Show::Plain),
    row("sealane.attribution", Show::Plain),
    row("features[].type", Show::Plain),
    row("features[].id", Show::Plain),
    row("features[].bbox", Show::Numbers),
    row("features[].geometry", Show::Numbers),
    row("features[].geometry.type", Show::Plain),
    row("features[].geometry.coordinates", Show::Numbers),
    row("features[].properties.id", Show::Plain),
    row("features[].properties.kind", Show::Plain),
    row("features[].properties.role", Show::Plain),
    row("features[].properties.node", Show::Plain),
    row("features[].properties.name", Show::Plain),
    row("features[].properties.zone", Show::Plain),
    row("features[].properties.certainty", Show::Plain),
    // Nobody's goods are seen in it: a feed is silent.
    row("features[].properties.stale_since", Show::Plain),
    row("features[].properties.at", Show::Day),
    row("features[].properties.event", Show::Plain),
    row("features[].properties.events[].kind", Show::Plain),
    row("features[].properties.events[].classifier", Show::Plain),
    row("features[].properties.events[].at", Show::Day),
    row("features[].properties.events[].precision", Show::DayWord),
    row("features[].properties.events[].certainty", Show::Plain),
    row("features[].properties.events[].source", Show::Partner),
    row("features[].properties.events[].told_by", Show::Plain),
    row("features[].properties.events[].witnesses", Show::Partner),
    row("features[].properties.events[].contradicted", Show::Plain),
    row("features[].properties.containers[]", Show::Token),
    row("features[].properties.mode", Show::Plain),
    row("features[].properties.from", Show::Plain),
    row("features[].properties.to", Show::Plain),
    row("features[].properties.ship", Show::Partner),
    row("features[].properties.ship.name", Show::Partner),
    row("features[].properties.ship.imo", Show::Partner),
    row("features[].properties.ship.voyage", Show::Partner),
    row("features[].properties.line.source", Show::Plain),
    row("features[].properties.line.at", Show::Day),
    row("features[].properties.departure", Show::Numbers),
    row("features[].properties.departure.at", Show::Day),
    row("features[].properties.departure.classifier", Show::Plain),
    row("features[].properties.departure.certainty", Show::Plain),
    row("features[].properties.departure.basis", Show::Plain),
    row("features[].properties.arrival", Show::Numbers),
    row("features[].properties.arrival.at", Show::Day),
    row("features[].properties.arrival.classifier", Show::Plain),
    row("features[].properties.arrival.certainty", Show::Plain),
    row("features[].properties.arrival.basis", Show::Plain),
    // Where a ship calls beside the stops is between its partners.
    row("features[].properties.leg", Show::Partner),
    row("features[].properties.progress.state", Show::Partner),
    row("features[].properties.progress.share", Show::Partner),
    row("features[].properties.progress.done_nm", Show::Partner),
    row("features[].properties.progress.remaining_nm", Show::Partner),
    row("features[].properties.progress.remaining_km", Show::Partner),
    row("features[].properties.progress.off_route", Show::Partner),
    row("features[].properties.progress.off_nm", Show::Partner),
    row("features[].properties.progress.position.lat", Show::Partner),
    row("features[].properties.progress.position.lon", Show::Partner),
    row("features[].properties.progress.node", Show::Partner),
    row("features[].properties.progress.at", Show::Partner),
    row("features[].properties.progress.certainty", Show::Partner),
    row("features[].properties.since", Show::Partner),
    row("features[].properties.until", Show::Partner),
    row("features[].properties.source", Show::Partner),
    row("features[].properties.expected.eta", Show::Partner),
    row("features[].properties.expected.earliest", Show::Partner),
    row("features[].properties.expected.latest", Show::Partner),
    row("features[].properties.expected.overdue_since", Show::Partner),
    row("features[].properties.expected.valid_until", Show::Partner),
    row("features[].properties.expected.made", Show::Partner),
    row("features[].properties.expected.grounds[].kind", Show::Partner),
    row("features[].properties.expected.grounds[].at", Show::Partner),
    row("features[].properties.expected.grounds[].share", Show::Partner),
    row("features[].properties.reason", Show::Numbers),
    row("features[].properties.reason.code", Show::Plain),
    row("features[].properties.reason.text", Show::Plain),
];
