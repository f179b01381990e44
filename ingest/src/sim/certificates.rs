//! RCEP certificates of origin for some of the laden bookings.

use super::dialects::CARRIERS;
use super::ports::SITES;
use super::rng::Rng;
use super::time::{DAY, HOUR, Minute, local};
use super::truth::TruthCertificate;
use super::world::World;
use super::{Draft, Settings};
use jiff::ToSpan;
use jiff::civil::Date;
use sealane_data::observation::Kind;

/// Goods: six digits of HS 2022, description, origin criterion.
const GOODS: [(&str, &str, &str); 8] = [
    ("841370", "Centrifugal pumps", "CTC"),
    ("850440", "Static converters", "RVC"),
    ("610910", "T-shirts of cotton, knitted", "PE"),
    ("392690", "Articles of plastics", "CTC"),
    ("090111", "Coffee, not roasted", "WO"),
    ("940360", "Wooden furniture", "CTC"),
    ("851762", "Machines for the transmission of data", "RVC"),
    ("160414", "Prepared tuna", "WO"),
];

/// A booking that can have a certificate, and when its last container was loaded.
struct Candidate {
    booking: usize,
    loaded: Minute,
}

/// Writes certificates for about one in forty laden journeys, at least twelve if there are so many.
pub(super) fn write(world: &World, settings: &Settings, drafts: &mut Vec<Draft>) -> Vec<TruthCertificate> {
    let mut rng = Rng::new(settings.seed, "certificates");
    let candidates = candidates(world);
    let laden = world.journeys.iter().filter(|j| j.laden).count();
    let wanted = (laden / 40).max(12).min(candidates.len());
    let mut truth = Vec::new();
    for n in 0..wanted {
        // Denser at the start, so that a demo has something to show soon; `max` keeps them distinct.
        let candidate = &candidates[(n * n * candidates.len() / (wanted * wanted)).max(n)];
        let at = candidate.loaded + rng.between(2 * HOUR, 20 * HOUR);
        let number = format!("SIM-RCEP-{}-{:05}", local(at, 8).year(), n + 1);
        let certificate = Certificate { world, booking: candidate.booking, number, at };
        let sender = certificate.owner();
        let bytes = certificate.json(&mut rng).into_bytes();
        drafts.push(Draft { at, sender, stem: "CERTIFICATE", bytes, pinned: true });
        truth.push(certificate.truth());
    }
    truth
}

/// Bookings between two Parties whose containers were all loaded a day before the end, by that time.
fn candidates(world: &World) -> Vec<Candidate> {
    let candidate = |(booking, b): (usize, &super::world::Booking)| {
        let (from, to) = (SITES[b.from].port(), SITES[b.to].port());
        let parties = from.rcep && to.rcep && from.country != to.country && b.bl.is_some();
        let loaded = b.journeys.iter().map(|j| {
            let events = &world.journeys[*j].events;
            events.iter().find(|e| e.kind == Kind::Loaded).map_or(Minute::MAX, |e| e.at)
        });
        let loaded = loaded.max().filter(|at| parties && *at < world.end - DAY)?;
        Some(Candidate { booking, loaded })
    };
    let mut candidates: Vec<Candidate> = world.bookings.iter().enumerate().filter_map(candidate).collect();
    candidates.sort_by_key(|c| (c.loaded, c.booking));
    candidates
}

struct Certificate<'a> {
    world: &'a World,
    booking: usize,
    number: String,
    at: Minute,
}

impl Certificate<'_> {
    fn owner(&self) -> String {
        let b = &self.world.bookings[self.booking];
        let country = SITES[b.from].port().country.to_ascii_lowercase();
        format!("sim-exporter-{country}-{}", b.exporter + 1)
    }

    fn containers(&self) -> Vec<String> {
        let journeys = self.world.bookings[self.booking].journeys.iter();
        journeys.map(|j| self.world.containers[self.world.journeys[*j].container].number.clone()).collect()
    }

    fn truth(&self) -> TruthCertificate {
        let b = &self.world.bookings[self.booking];
        TruthCertificate {
            number: self.number.clone(),
            owner: self.owner(),
            containers: self.containers(),
            booking: b.number.clone(),
            master_bl: b.bl.clone().unwrap_or_default(),
        }
    }

    fn invoice(&self) -> String {
        format!("SIM-INV-{:06}", self.booking + 1)
    }

    /// Returns the document: literal text, so that its bytes never depend on a serializer.
    fn json(&self, rng: &mut Rng) -> String {
        let b = &self.world.bookings[self.booking];
        let (from, to) = (SITES[b.from].port(), SITES[b.to].port());
        let issued = local(self.at, from.offset).date();
        let valid = issued.saturating_add(1.year()).saturating_sub(1.day());
        let (country, importer, number) = (from.country, to.country, &self.number);
        let (exporter, place) = (b.exporter + 1, from.text);
        format!(
            r#"{{
 "schema": "sealane-eco/0",
 "uid": "urn:eco:{country}:SIMULATED:{number}",
 "number": "{number}",
 "regime": "RCEP",
 "form": "certificate_of_origin",
 "issuer": {{"country": "{country}", "body": "SIMULATED issuing body (synthetic)", "scheme": "rcep-issuing-body"}},
 "lifecycle": {{"state": "issued", "issued_on": "{issued}", "valid_until": "{valid}", "issued_retroactively": false, "replaces": null, "replaced_by": null}},
 "flags": {{"back_to_back": false, "third_party_invoicing": false}},
 "exporter": {{"name": "Example Exporter {country} {exporter} (synthetic)", "address": "{exporter} Example Road, {place}", "country": "{country}"}},
 "producer": {{"mode": "same_as_exporter"}},
 "consignee": {{"name": "Example Importer {importer} (synthetic)", "address": "1 Example Quay, {port}", "country": "{importer}"}},
 "importing_party": "{importer}",
 "transport": {transport},
 "official_use": null,
 "items": [
{items}
 ],
 "remarks": "SYNTHETIC DATA",
 "exporter_declaration": {{"importing_country": "{importer}", "place": "{place}", "date": "{issued}", "signature": "simulated"}},
 "certification": {{"place": "{place}", "date": "{issued}", "signature": "simulated", "seal": "simulated"}},
 "bindings": [
{bindings}
 ],
 "verification": []
}}
"#,
            port = to.text,
            transport = self.transport(),
            items = self.items(rng, issued),
            bindings = self.bindings(),
        )
    }

    fn transport(&self) -> String {
        let b = &self.world.bookings[self.booking];
        let leg = b.journeys.first().and_then(|j| self.world.journeys[*j].legs.first());
        let Some(leg) = leg else { return "null".to_owned() };
        let call = &self.world.fleet.calls[leg.load];
        let date = local(call.planned_departure, SITES[call.site].port().offset).date();
        let ship = &self.world.fleet.ships[call.ship].name;
        let (voyage, port) = (self.world.fleet.voyage(leg.load), SITES[b.to].port().text);
        format!(
            r#"{{"departure_date": "{date}", "conveyance_text": "{ship} V.{voyage}", "port_of_discharge_text": "{port}"}}"#
        )
    }

    fn items(&self, rng: &mut Rng, issued: Date) -> String {
        let country = SITES[self.world.bookings[self.booking].from].port().country;
        let invoiced = issued.saturating_sub(rng.between(1, 6).days());
        let invoice = self.invoice();
        let first = rng.index(GOODS.len());
        let item = |no: usize, count: i64, kg: i64| {
            let (hs6, description, criterion) = GOODS[(first + no) % GOODS.len()];
            let fob = if criterion == "RVC" {
                format!(r#"{{"value": {}, "currency": "USD"}}"#, kg * 4)
            } else {
                "null".to_owned()
            };
            format!(
                r#"  {{"no": {no}, "marks": "N/M", "packages": {{"count": {count}, "kind": "CT"}}, "description": "{description}", "hs6": "{hs6}", "hs_edition": "HS2022", "criterion": {{"main": "{criterion}", "modifiers": []}}, "rcep_country_of_origin": "{country}", "tariff_differential": "none", "quantity": {{"value": {kg}, "unit": "KGM"}}, "fob": {fob}, "invoices": [{{"no": "{invoice}", "date": "{invoiced}"}}]}}"#
            )
        };
        let lines = 1 + rng.index(2);
        let items: Vec<String> =
            (1..=lines).map(|no| item(no, rng.between(20, 400), rng.between(1000, 9000))).collect();
        items.join(",\n")
    }

    fn bindings(&self) -> String {
        let b = &self.world.bookings[self.booking];
        let bl = b.bl.as_deref().unwrap_or_default();
        let mut lines = vec![
            format!(r#"  {{"type": "TRD", "value": "{bl}", "carrier": "{}"}}"#, CARRIERS[b.carrier].code),
            format!(r#"  {{"type": "BKG", "value": "{}"}}"#, b.number),
        ];
        lines.extend(self.containers().iter().map(|c| format!(r#"  {{"type": "EQ", "value": "{c}"}}"#)));
        lines.push(format!(r#"  {{"type": "INV", "value": "{}"}}"#, self.invoice()));
        lines.join(",\n")
    }
}
