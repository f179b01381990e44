//! The consistency rules: what the movement says beside what the certificate says.
//!
//! One file a rule, one row in [`RULES`]. A rule says "movement agrees", never "origin proven": a
//! movement is witnessed, origin is not.

mod observed;
mod outcome;
mod r01_validity;
mod r02_departure;
mod r03_vessel;
mod r04_discharge_port;
mod r05_containers;
mod r06_seals;
mod r07_consignment;
mod r08_custody;
mod r09_weight;
mod r10_invoices;
mod r11_hs;
mod r12_lifecycle;
mod r13_importing_party;
mod r14_double_use;
mod r15_site_text;

pub use observed::Observed;
pub use outcome::{Assessment, Custody, Outcome, Ruling, Stay, StayState, Witnesses};
pub use r14_double_use::{Use, is_of_entry};
pub use r15_site_text::SiteText;

use crate::binding::Conflict;
use crate::movement::Movement;
use crate::register::{Certificate, EntryState};
use jiff::Timestamp;
use sealane_data::Text;
use sealane_data::node::NodeId;
use sealane_data::observation::Kind;
use sealane_data::places::Places;

/// Whether a live feed would have told of a kind at a node from one instant to another: only then is a
/// missing event knowledge.
pub type Covered<'a> = dyn Fn(&NodeId, Kind, Timestamp, Timestamp) -> bool + 'a;

/// What transport documents say of the goods, as far as one was read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Papers {
    /// Packages of the bound shipments.
    pub packages: Option<u64>,
    /// Gross weight of the bound shipments in kilograms.
    pub gross_kg: Option<f64>,
    /// HS codes as written.
    pub hs_codes: Vec<Text>,
    /// Invoice numbers as written.
    pub invoices: Vec<Text>,
    /// The log positions that they were told at.
    pub seqs: Vec<u64>,
    /// Which paper names packages and weight.
    pub name: &'static str,
}

/// Everything that a rule may look at.
pub struct Case<'a> {
    /// The certificate.
    pub certificate: &'a Certificate,
    /// The movement that it is bound to.
    pub movement: &'a Movement,
    /// What transport documents say.
    pub papers: &'a Papers,
    /// What contradicts in its binding and was not decided.
    pub conflicts: &'a [Conflict],
    /// Whether it stands beside what other parties entered under its number.
    pub entry: EntryState,
    /// Other uses of the same certificate number.
    pub uses: &'a [Use],
    /// What pages of sites say about the goods.
    pub sites: &'a [SiteText],
    /// The nodes and their ports.
    pub places: &'a Places,
    /// Where a live feed covers a node.
    pub covered: &'a Covered<'a>,
}

impl Case<'_> {
    fn importing(&self) -> &str {
        &self.certificate.boxes.importing_party
    }

    fn exporting(&self) -> &str {
        let boxes = &self.certificate.boxes;
        if boxes.exporter.country.is_empty() { &boxes.issuer.country } else { &boxes.exporter.country }
    }
}

/// One rule.
pub struct Rule {
    /// Its id, such as `R7`.
    pub id: &'static str,
    /// What it asks.
    pub asks: &'static str,
    /// What it looks at.
    pub inputs: &'static str,
    /// How far apart two things may be.
    pub tolerance: &'static str,
    check: fn(&Case<'_>) -> Ruling,
}

/// Every rule.
#[rustfmt::skip]
pub static RULES: &[Rule] = &[
    Rule { id: "R1", asks: "Is the proof valid on the day of import?", inputs: "day of issue or validity; arrival in the importing Party", tolerance: "one year from issue, or as claimed", check: r01_validity::check },
    Rule { id: "R2", asks: "Did the goods leave on the stated day?", inputs: "box 4 departure date, day of issue, tick `issued retroactively` where the form has it; each container's departure from its port of loading", tolerance: "the worst container counts: one day; later on the stated ship passes with a note and warns from 14 days; otherwise warns up to 3 days; shares make a later day warn", check: r02_departure::check },
    Rule { id: "R3", asks: "Did the stated ship carry the goods?", inputs: "box 4 vessel text; ships of each container's journey", tolerance: "IMO number, or name with Jaro-Winkler 0.92; any ship of a container's journey; shares make another ship warn", check: r03_vessel::check },
    Rule { id: "R4", asks: "Were the goods discharged at the stated port?", inputs: "box 4 port of discharge; last discharge", tolerance: "any code or name of the same port", check: r04_discharge_port::check },
    Rule { id: "R5", asks: "Were the declared containers loaded and discharged?", inputs: "declared containers, ISO 6346 check digits; load and discharge events", tolerance: "a missing event counts only where a live feed covers the node", check: r05_containers::check },
    Rule { id: "R6", asks: "Is the seal unchanged?", inputs: "seals as each source named them, from load to gate-out", tolerance: "spelling; one differing source warns; customs or a resealing explains one change", check: r06_seals::check },
    Rule { id: "R7", asks: "Were the goods consigned directly?", inputs: "ports of discharge on the way; Parties of the agreement", tolerance: "staying on board is no transit", check: r07_consignment::check },
    Rule { id: "R8", asks: "Was custody continuous where the goods changed ships?", inputs: "discharge, load and everything between at each intermediate node", tolerance: "30 days", check: r08_custody::check },
    Rule { id: "R9", asks: "Do packages and weight agree?", inputs: "boxes 8 and 12; bill of lading, else packing list, else verified gross mass", tolerance: "1 % passes, 5 % warns", check: r09_weight::check },
    Rule { id: "R10", asks: "Do the invoices agree?", inputs: "box 13; commercial invoices, invoices that the movement names", tolerance: "spelling", check: r10_invoices::check },
    Rule { id: "R11", asks: "Do the HS codes agree?", inputs: "box 9; HS codes of bill of lading, invoice, packing list", tolerance: "six digits; the same heading warns", check: r11_hs::check },
    Rule { id: "R12", asks: "Does the certificate still stand?", inputs: "its life as recorded or claimed; its issuer's last word", tolerance: "none", check: r12_lifecycle::check },
    Rule { id: "R13", asks: "Did the goods go to the importing Party?", inputs: "box 15; country of the last discharge, of delivery", tolerance: "none", check: r13_importing_party::check },
    Rule { id: "R14", asks: "Is the certificate used once?", inputs: "shipments that it is bound to, shares, item quantities; other entries of its number; what contradicts in its binding", tolerance: "1 %; units of one kind are converted; one sailing is one shipment", check: r14_double_use::check },
    Rule { id: "R15", asks: "Does the site say what the certificate says?", inputs: "what pages say; number, regime, HS code, origin", tolerance: "spelling", check: r15_site_text::check },
];

/// Compares a certificate with its movement.
pub fn assess(case: &Case<'_>) -> Assessment {
    let rulings = RULES.iter().map(|rule| (rule.check)(case).of(rule.id)).collect();
    let told = (r07_consignment::witnesses(case), observed::observed(case.movement));
    Assessment::new(rulings, r08_custody::custody(case), told)
}
