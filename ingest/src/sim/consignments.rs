//! Consignments with certificates of origin, each with one thing about it that a rule should find, or with
//! nothing: the oracle of the consistency rules.
//!
//! As everywhere in the simulator, messages are literal text of the guides' facts and nothing comes from
//! the readers or the rules: what should be found is written down beside each kind by hand.

use super::{Delivery, ids};
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use sealane_data::node::NodeId;
use sealane_data::partner::{Authority, Partner, PartyId};

/// What is the matter with a consignment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Matter {
    /// Nothing.
    Right,
    /// The stated ship left six days late, as ships do.
    Late,
    /// The stated ship left three weeks late.
    VeryLate,
    /// Another ship than the stated one carried the goods.
    WrongVessel,
    /// The bill of lading carries another container than the declared one.
    SwappedContainer,
    /// The seal at discharge is not the one at loading, and nobody told of customs.
    BrokenSeal,
    /// The certificate is used for a second shipment, three weeks later.
    DoubleUse,
    /// The goods changed ships at Cai Mep and never left the terminal.
    Transshipped,
    /// The goods changed ships at Cai Mep and were outside the terminal in between.
    CustodyGap,
}

/// Each kind with the rules that should warn or fail; every other rule should do neither.
pub const MATTERS: &[(Matter, &[(&str, &str)])] = &[
    (Matter::Right, &[]),
    (Matter::Late, &[]),
    (Matter::VeryLate, &[("R2", "warn")]),
    (Matter::WrongVessel, &[("R3", "fail")]),
    (Matter::SwappedContainer, &[("R5", "fail")]),
    (Matter::BrokenSeal, &[("R6", "fail")]),
    (Matter::DoubleUse, &[("R2", "fail"), ("R3", "fail"), ("R14", "fail")]),
    (Matter::Transshipped, &[]),
    (Matter::CustodyGap, &[("R7", "warn"), ("R8", "warn")]),
];

/// A terminal: party, UNB sender, place as EDIFACT names it, node, hours east of UTC.
type Site = (&'static str, &'static str, &'static str, &'static str, i64);
const YANGSHAN: Site = ("sim-quay-yangshan", "SIMYS", "CNSGH:139:6+SGICT:TER:306", "CN-YANGSHAN-3", 8);
const CAI_MEP: Site = ("sim-quay-caimep", "SIMCM", "VNVUT:139:6+CMIT:TER:306", "VN-CMIT", 7);
const KLANG: Site = ("sim-quay-klang", "SIMPK", "MYPKG:139:6+KMT:TER:306", "MY-WESTPORTS", 8);

/// One consignment.
#[derive(Clone, Debug)]
pub struct Consignment {
    /// What is the matter with it.
    pub matter: Matter,
    /// The number of its certificate.
    pub number: String,
    /// The party that sends the certificate.
    pub owner: String,
}

/// Consignments with everything that is sent about them, in order of time.
#[derive(Clone, Debug)]
pub struct Consignments {
    /// The consignments, of every kind in turn.
    pub consignments: Vec<Consignment>,
    /// What terminals and exporters send.
    pub deliveries: Vec<Delivery>,
    /// The profiles of the terminals: each is believed at its own node.
    pub partners: Vec<Partner>,
}

/// Writes so many consignments of each kind, from a day on.
pub fn consignments(each: usize, start: Date) -> Consignments {
    let mut writer = Writer { deliveries: Vec::new() };
    let mut consignments = Vec::new();
    for n in 0..each * MATTERS.len() {
        let (matter, _) = MATTERS[n % MATTERS.len()];
        let shift = i64::try_from(n % 17).unwrap_or(0);
        let day = start.saturating_add(shift.days());
        consignments.push(Story { n, matter, day }.tell(&mut writer));
    }
    writer.deliveries.sort_by_key(|d| d.at);
    let partners = [YANGSHAN, CAI_MEP, KLANG].iter().map(partner).collect();
    Consignments { consignments, deliveries: writer.deliveries, partners }
}

fn partner((party, unb, _, node, _): &Site) -> Partner {
    let mut partner = Partner::new(PartyId((*party).into()));
    partner.name = format!("{party} (synthetic)");
    partner.edi_ids = vec![(*unb).into()];
    partner.default_node = Some(NodeId((*node).into()));
    partner.authority = vec![Authority { nodes: vec![(*node).into()], kinds: Vec::new() }];
    partner
}

struct Writer {
    deliveries: Vec<Delivery>,
}

impl Writer {
    fn put(&mut self, at: Timestamp, sender: &str, name: &str, bytes: String, certificate: bool) {
        let name = format!("{:06}-{name}", self.deliveries.len() + 1);
        self.deliveries.push(Delivery {
            at,
            sender: sender.to_owned(),
            name,
            bytes: bytes.into_bytes(),
            certificate,
        });
    }
}

/// A ship with its IMO number and voyage.
struct Ship {
    name: String,
    imo: String,
    voyage: String,
}

/// A box on its way: its number, references and the seal that the next party will name.
struct Goods {
    container: String,
    booking: String,
    bill: String,
    seal: String,
}

struct Story {
    n: usize,
    matter: Matter,
    /// The departure that the certificate states.
    day: Date,
}

impl Story {
    fn tell(&self, out: &mut Writer) -> Consignment {
        let delay = match self.matter {
            Matter::Late => 6,
            Matter::VeryLate => 21,
            _ => 0,
        };
        let left = self.day.saturating_add(delay.days());
        let stated = self.ship(0);
        let carried = self.ship(usize::from(self.matter == Matter::WrongVessel));
        let mut goods = self.goods(0);
        if self.matter == Matter::SwappedContainer {
            goods.container = ids::container(400_000 + self.n);
        }
        self.sail(out, &mut goods, &carried, left);
        if self.matter == Matter::DoubleUse {
            let (mut again, later) = (self.goods(1), left.saturating_add(21.days()));
            self.sail(out, &mut again, &self.ship(2), later);
        }
        let number = format!("SIM-CASE-{:05}", self.n + 1);
        let owner = format!("sim-maker-{}", self.n % 3 + 1);
        let at = instant(self.day.at(18, 0, 0, 0), YANGSHAN.4);
        out.put(at, &owner, "CERTIFICATE.json", self.certificate(&number, &stated), true);
        Consignment { matter: self.matter, number, owner }
    }

    fn ship(&self, other: usize) -> Ship {
        let n = 200 + self.n * 3 + other;
        // Names that no spelling brings near each other, without figures that look like a voyage.
        let name = ["QUIET HERON", "NORTH BEACON", "AMBER RIDGE"][other];
        let voyage = format!("{:03}S", self.n % 900 + 1);
        Ship { name: name.to_owned(), imo: ids::imo(n), voyage }
    }

    fn goods(&self, other: usize) -> Goods {
        let n = 300_000 + self.n * 2 + other;
        Goods {
            container: ids::container(n),
            booking: format!("SIMB{}", ids::eight_digits(n)),
            bill: format!("SIML{}", ids::eight_digits(n)),
            seal: format!("CN{}", ids::eight_digits(n)),
        }
    }

    /// In at Yangshan, over the sea, out at Port Klang.
    fn sail(&self, out: &mut Writer, goods: &mut Goods, ship: &Ship, left: Date) {
        let on = |days: i64, hour: i8| left.saturating_add(days.days()).at(hour, 20, 0, 0);
        gate(out, &YANGSHAN, goods, (true, "2"), on(-2, 9));
        lift(out, &YANGSHAN, goods, ship, (true, "2"), on(0, 11));
        let changes = matches!(self.matter, Matter::Transshipped | Matter::CustodyGap);
        if changes {
            let second = self.ship(2);
            lift(out, &CAI_MEP, goods, ship, (false, "6"), on(4, 6));
            if self.matter == Matter::CustodyGap {
                gate(out, &CAI_MEP, goods, (false, "6"), on(5, 8));
                gate(out, &CAI_MEP, goods, (true, "6"), on(6, 16));
            }
            lift(out, &CAI_MEP, goods, &second, (true, "6"), on(7, 10));
            lift(out, &KLANG, goods, &second, (false, "3"), on(10, 5));
        } else {
            if self.matter == Matter::BrokenSeal {
                goods.seal = format!("XX{}", ids::eight_digits(self.n + 7));
            }
            lift(out, &KLANG, goods, ship, (false, "3"), on(7, 5));
        }
        gate(out, &KLANG, goods, (false, "3"), on(12, 15));
    }

    /// Returns the certificate: literal text, so that its bytes never depend on a serializer.
    fn certificate(&self, number: &str, stated: &Ship) -> String {
        let (day, n) = (self.day, self.n + 1);
        let valid = day.saturating_add(1.year()).saturating_sub(1.day());
        let first = self.goods(0);
        let mut bindings = bindings(&first);
        if self.matter == Matter::DoubleUse {
            bindings = format!("{bindings},\n{}", self::bindings(&self.goods(1)));
        }
        format!(
            r#"{{
 "number": "{number}", "regime": "RCEP", "form": "certificate_of_origin",
 "issuer": {{"country": "CN", "body": "SIMULATED issuing body (synthetic)"}},
 "lifecycle": {{"state": "issued", "issued_on": "{day}", "valid_until": "{valid}", "issued_retroactively": false}},
 "flags": {{"back_to_back": false, "third_party_invoicing": false}},
 "exporter": {{"name": "Example Maker {n} (synthetic)", "address": "{n} Example Road, Shanghai", "country": "CN"}},
 "producer": {{"mode": "same_as_exporter"}},
 "consignee": {{"name": "Example Store {n} (synthetic)", "address": "{n} Example Quay, Port Klang", "country": "MY"}},
 "importing_party": "MY",
 "transport": {{"departure_date": "{day}", "conveyance_text": "{ship} V.{voyage}", "port_of_discharge_text": "PORT KLANG"}},
 "items": [
  {{"no": 1, "marks": "N/M", "packages": {{"count": 40, "kind": "CT"}}, "description": "Centrifugal pumps", "hs6": "841370", "hs_edition": "HS2022", "criterion": {{"main": "CTC", "modifiers": []}}, "rcep_country_of_origin": "CN", "tariff_differential": "none", "quantity": {{"value": 3200, "unit": "KGM"}}, "fob": null, "invoices": [{{"no": "SIM-CASE-INV-{n:05}", "date": "{day}"}}]}}
 ],
 "remarks": "SYNTHETIC DATA",
 "bindings": [
{bindings}
 ],
 "verification": []
}}
"#,
            ship = stated.name,
            voyage = stated.voyage,
        )
    }
}

fn bindings(goods: &Goods) -> String {
    format!(
        "  {{\"type\": \"TRD\", \"value\": \"{}\"}},\n  {{\"type\": \"BKG\", \"value\": \"{}\"}},\n  {{\"type\": \"EQ\", \"value\": \"{}\"}}",
        goods.bill, goods.booking, goods.container
    )
}

fn instant(local: DateTime, hours: i64) -> Timestamp {
    let utc = local.saturating_sub(hours.hours());
    utc.to_zoned(TimeZone::UTC).map_or(Timestamp::UNIX_EPOCH, |zoned| zoned.timestamp())
}

/// Writes an interchange around one message, sent forty minutes after what it tells.
fn send(out: &mut Writer, site: &Site, kind: &str, at: DateTime, body: &[String]) {
    let (party, unb, ..) = *site;
    let sent = at.saturating_add(40.minutes());
    let reference = format!("S{:06}", out.deliveries.len() + 1);
    let mut segments = vec![
        format!("UNB+UNOA:2+{unb}+SIMLINE+{}+{reference}", sent.strftime("%y%m%d:%H%M")),
        format!("UNH+{reference}+{kind}"),
    ];
    segments.extend(body.iter().map(|s| s.replace("{document}", &reference)));
    segments.push(format!("UNT+{}+{reference}", body.len() + 2));
    segments.push(format!("UNZ+1+{reference}"));
    let bytes: String = segments.iter().map(|s| format!("{s}'")).collect();
    let stem = kind.split(':').next().unwrap_or_default();
    out.put(instant(sent, site.4), party, &format!("{stem}.edi"), bytes, false);
}

fn moment(at: DateTime) -> String {
    at.strftime("%Y%m%d%H%M").to_string()
}

/// Tells a move through the gate (CODECO): in or out, with the trade of code list 8249.
fn gate(out: &mut Writer, site: &Site, goods: &Goods, (into, trade): (bool, &str), at: DateTime) {
    let body = [
        format!("BGM+{}+{{document}}+9", if into { "34" } else { "36" }),
        "NAD+CF+SIM:160:20".to_owned(),
        format!("EQD+CN+{}+45G1:102:5++{trade}+5", goods.container),
        format!("RFF+BN:{}", goods.booking),
        format!("RFF+BM:{}", goods.bill),
        format!("DTM+7:{}:203", moment(at)),
        format!("LOC+165+{}", site.2),
        format!("SEL+{}+CA", goods.seal),
        "CNT+16:1".to_owned(),
    ];
    send(out, site, "CODECO:D:95B:UN:ITG14", at, &body);
}

/// Tells a load or a discharge (COARRI).
fn lift(
    out: &mut Writer,
    site: &Site,
    goods: &Goods,
    ship: &Ship,
    (load, trade): (bool, &str),
    at: DateTime,
) {
    let (document, place) = if load { ("46", "9") } else { ("44", "11") };
    let body = [
        format!("BGM+{document}+{{document}}+9"),
        format!("TDT+20+{}+1++SIM:172:20+++{}:146:11:{}", ship.voyage, ship.imo, ship.name),
        format!("LOC+{place}+{}", site.2),
        format!("EQD+CN+{}+45G1:102:5++{trade}+5", goods.container),
        format!("RFF+BN:{}", goods.booking),
        format!("RFF+BM:{}", goods.bill),
        format!("DTM+203:{}:203", moment(at)),
        format!("SEL+{}+CA", goods.seal),
        "CNT+16:1".to_owned(),
    ];
    send(out, site, "COARRI:D:95B:UN:ITG13", at, &body);
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_kind_is_written_the_same_each_time_and_numbers_differ() {
        let start = jiff::civil::date(2026, 9, 1);
        let (one, two) = (consignments(3, start), consignments(3, start));
        assert_eq!(one.deliveries, two.deliveries);
        let kinds: BTreeSet<Matter> = one.consignments.iter().map(|c| c.matter).collect();
        assert_eq!(kinds.len(), MATTERS.len());
        let numbers: BTreeSet<&str> = one.consignments.iter().map(|c| c.number.as_str()).collect();
        assert_eq!(numbers.len(), 27);
        assert!(one.deliveries.windows(2).all(|w| w[0].at <= w[1].at));
        let certificates = one.deliveries.iter().filter(|d| d.certificate).count();
        assert_eq!(certificates, 27);
        for delivery in one.deliveries.iter().filter(|d| d.certificate) {
            serde_json::from_slice::<serde_json::Value>(&delivery.bytes).unwrap();
        }
    }
}
