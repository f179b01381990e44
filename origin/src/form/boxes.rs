//! The boxes of the forms as types: the 17 of RCEP, and what the other forms have beside them.

use jiff::civil::Date;
use sealane_data::Text;
use sealane_data::reference::Reference;
use serde_json::Value;

/// Who issued a certificate.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Issuer {
    /// ISO 3166-1 alpha-2 country.
    pub country: Text,
    /// The issuing body.
    pub body: String,
}

/// A company in boxes 1 to 3.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Company {
    /// The name.
    pub name: String,
    /// The address, where given.
    pub address: Option<String>,
    /// ISO 3166-1 alpha-2 country.
    pub country: Text,
}

/// Box 3: who produced the goods, or why the form does not say.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Producer {
    /// Left out.
    #[default]
    NotStated,
    /// The exporter.
    SameAsExporter,
    /// A named company.
    Named(Company),
    /// `CONFIDENTIAL`.
    Confidential,
    /// `NOT AVAILABLE`.
    NotAvailable,
    /// Several, named in box 8.
    SeeBox8,
    /// `VARIOUS` (USMCA).
    Various,
    /// `AVAILABLE UPON REQUEST` (USMCA).
    UponRequest,
    /// Something else, as written.
    Other(String),
}

/// Box 4: means of transport and route, as far as known; the texts are free.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Transport {
    /// The departure date; absent for `***`, `BY SEA` and `BY AIR`.
    pub departure_date: Option<Date>,
    /// Vessel's name, flight number and the like, as written.
    pub conveyance: Option<String>,
    /// The port of discharge, as written.
    pub port_of_discharge: Option<String>,
}

/// Box 10: the origin conferring criterion.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Criterion {
    /// RCEP's `WO`, `PE`, `CTC`, `RVC` or `CR`; ATIGA's such as `CTH+35%`; USMCA's `A` to `D`.
    pub main: Text,
    /// `ACU`, `DMI`.
    pub modifiers: Vec<Text>,
}

/// Box 13: one invoice.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Invoice {
    /// Its number.
    pub no: String,
    /// Its date.
    pub date: Option<Date>,
}

/// Boxes 6 to 13: one item.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Item {
    /// Box 6: the item number.
    pub no: u64,
    /// Box 7: marks and numbers on packages.
    pub marks: Option<String>,
    /// Box 8: description of the goods.
    pub description: String,
    /// Box 8: number and kind of packages, as sent.
    pub packages: Option<Value>,
    /// Box 9: the HS code, six digits.
    pub hs6: Text,
    /// Box 10.
    pub criterion: Criterion,
    /// Box 11: the RCEP country of origin.
    pub country_of_origin: Text,
    /// Box 12: the quantity, as sent.
    pub quantity: Option<Value>,
    /// Box 12: the FOB value, as sent; only with `RVC`.
    pub fob: Option<Value>,
    /// Box 13.
    pub invoices: Vec<Invoice>,
}

/// Box 17: the ticks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ticks {
    /// Back-to-back certificate of origin.
    pub back_to_back: bool,
    /// Third-party invoicing.
    pub third_party_invoicing: bool,
    /// Issued retroactively.
    pub issued_retroactively: bool,
}

/// A declared tie to a shipment.
#[derive(Clone, Debug, PartialEq)]
pub struct Binding {
    /// The type as written, upper case.
    pub code: Text,
    /// The reference in canonical form.
    pub reference: Reference,
    /// The carrier's code as written.
    pub carrier: Option<Text>,
    /// How much of the goods it carries, where told.
    pub share: Option<Share>,
}

/// A part of the goods, of a split or consolidated shipment.
#[derive(Clone, Debug, PartialEq)]
pub struct Share {
    /// The item; the only one if it is not told.
    pub item: Option<u64>,
    /// How much of it.
    pub quantity: f64,
    /// In which unit, as the item has it.
    pub unit: Text,
}

/// What kind of proof a document is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    /// A certificate of an issuing body.
    #[default]
    Certificate,
    /// An approved exporter's declaration.
    Declaration,
    /// A USMCA certification.
    Certification,
}

impl Kind {
    /// Returns whether its form can be ticked as issued retroactively: what a company makes out cannot.
    pub fn has_retroactive_tick(self) -> bool {
        self == Self::Certificate
    }
}

/// The proof that a back-to-back certificate rests on.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OriginalProof {
    /// Its number.
    pub number: String,
    /// The Party that issued it.
    pub country: Text,
    /// When it was issued.
    pub date: Option<Date>,
    /// Its last day, which bounds the one that rests on it.
    pub valid_until: Option<Date>,
}

/// Who certifies under USMCA.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Certifier {
    /// `importer`, `exporter` or `producer`.
    pub role: Text,
    /// The company.
    pub company: Company,
}

/// Returns the amount and unit of a quantity as it was sent.
pub fn amount(quantity: Option<&Value>) -> Option<(f64, Text)> {
    let quantity = quantity?;
    let unit = quantity.get("unit")?.as_str()?.trim().to_ascii_uppercase();
    Some((quantity.get("value")?.as_f64()?, unit.into()))
}

/// A certificate's header and its 17 boxes.
///
/// What is missing in a document is empty here; a document that was accepted has every mandatory
/// box.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Boxes {
    /// The certificate number as printed.
    pub number: String,
    /// The regime, upper case.
    pub regime: Text,
    /// The kind of proof as sent, such as `certificate_of_origin`.
    pub form: Option<String>,
    /// The issuer.
    pub issuer: Issuer,
    /// Box 1.
    pub exporter: Company,
    /// Box 2.
    pub consignee: Company,
    /// Box 3.
    pub producer: Producer,
    /// Box 4.
    pub transport: Transport,
    /// Boxes 6 to 13.
    pub items: Vec<Item>,
    /// Box 14.
    pub remarks: Option<String>,
    /// Box 15: the importing Party.
    pub importing_party: Text,
    /// Box 17.
    pub ticks: Ticks,
    /// The day of issue, as the document's lifecycle or box 16 claims it.
    pub issued_on: Option<Date>,
    /// The declared ties.
    pub bindings: Vec<Binding>,
    /// What kind of proof it is.
    pub kind: Kind,
    /// An approved exporter's authorisation code.
    pub authorisation: Option<String>,
    /// The company outside that invoices (box 17, third-party invoicing).
    pub third_party: Option<Company>,
    /// What a back-to-back certificate rests on.
    pub original: Option<OriginalProof>,
    /// Who certifies under USMCA.
    pub certifier: Option<Certifier>,
    /// The first and last day of a USMCA blanket period.
    pub blanket: Option<(Date, Date)>,
}
