//! A seeded world that writes the bytes its terminals, carriers and exporters would send, and the truth.
//!
//! It is an oracle only as far as it is independent: it imports nothing from the readers, keeps its
//! own code tables and check digits, and its messages are literal text written from the guides'
//! facts. Ships, numbers and names are evidently synthetic. The same settings give the same bytes
//! on every machine.

mod ais;
mod bayplans;
mod bookings;
mod carriers;
mod certificates;
mod coloaders;
mod consignments;
mod depots;
mod dialects;
mod edi;
mod faults;
mod feeds;
mod fleet;
mod ids;
mod partners;
mod ports;
mod reports;
mod rng;
mod specimens;
mod terminals;
mod time;
mod truth;
mod world;
mod write;

pub use ais::{AisFrame, AisPoint, AisShip, AisVoyage, ais_feed, ais_position, ais_ships, ais_static};
pub use consignments::{Consignment, Consignments, MATTERS, Matter, consignments};
pub use faults::{FAULTS, Fault};
pub use feeds::{Dialect, Dialects, MIXED};
pub use specimens::{Specimen, specimens};
pub use truth::{
    Truth, TruthCall, TruthCertificate, TruthEvent, TruthJourney, TruthLeg, TruthStop, TruthTeu,
};
pub use write::WriteError;

use jiff::Timestamp;
use jiff::civil::{Date, date};
use sealane_data::partner::Partner;
use time::Minute;

/// What to simulate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Decides everything that happens.
    pub seed: u64,
    /// How many containers there are; each makes one to three journeys.
    pub containers: u32,
    /// The first day, from midnight UTC.
    pub start: Date,
    /// How many days.
    pub days: u16,
    /// Whether senders make mistakes (`FAULTS`).
    pub faults: bool,
}

impl Settings {
    /// Returns the world of the demo: 400 containers in 45 days, with mistakes.
    pub fn demo(seed: u64) -> Self {
        Self { seed, containers: 400, start: date(2026, 9, 1), days: 45, faults: true }
    }

    /// Returns a quarter with 10,000 containers, with mistakes.
    pub fn quarter(seed: u64) -> Self {
        Self { seed, containers: 10_000, start: date(2026, 7, 1), days: 91, faults: true }
    }
}

/// One file as it arrives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// When it is sent.
    pub at: Timestamp,
    /// The party that sends it.
    pub sender: String,
    /// Its file name, distinct in the whole output.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Whether it is a certificate of origin as JSON; else it is a feed, by its name EDI or a spreadsheet.
    pub certificate: bool,
}

/// Everything a simulated world gives.
#[derive(Clone, Debug)]
pub struct Output {
    /// Files in order of time.
    pub deliveries: Vec<Delivery>,
    /// What truly happened.
    pub truth: Truth,
    /// Profiles of all senders.
    pub partners: Vec<Partner>,
}

/// A file before it has its place and name.
#[derive(Clone)]
struct Draft {
    at: Minute,
    sender: String,
    stem: &'static str,
    bytes: Vec<u8>,
    /// Whether it must stay as and where it is for the truth to be knowable.
    pinned: bool,
}

/// Simulates a world in which everybody writes EDIFACT.
pub fn simulate(settings: &Settings) -> Output {
    simulate_as(settings, &[])
}

/// Simulates the same world in which some write otherwise, such as [`MIXED`]; what is true does not change.
pub fn simulate_as(settings: &Settings, dialects: Dialects) -> Output {
    let world = world::World::run(settings);
    let mut drafts = Vec::new();
    reports::write(&world, settings, dialects, &mut drafts);
    carriers::write(&world, settings.seed, dialects, &mut drafts);
    bayplans::write(&world, settings.seed, &mut drafts);
    bookings::write(&world, settings.seed, &mut drafts);
    depots::write(&world, &mut drafts);
    coloaders::write(&world, &mut drafts);
    let certificates = certificates::write(&world, settings, &mut drafts);
    // The sort is stable and the order before it is fixed, so equal times keep one order.
    drafts.sort_by_key(|d| d.at);
    if settings.faults {
        drafts = faults::damage(settings.seed, drafts);
        drafts.sort_by_key(|d| d.at);
    }
    let deliveries = drafts.into_iter().zip(1..).map(|(draft, n)| delivery(draft, n)).collect();
    Output { deliveries, truth: Truth::of(&world, certificates), partners: partners::all() }
}

fn delivery(draft: Draft, n: usize) -> Delivery {
    let certificate = draft.stem == "CERTIFICATE";
    let extension = match draft.stem {
        "CERTIFICATE" | "TIC40" | "PORTNET" | "DCSA-TNT" => "json",
        "GATELIST-XLSX" | "SHIPMENTS-XLSX" => "xlsx",
        "GATELIST-CSV" => "csv",
        "SNX" => "xml",
        _ => "edi",
    };
    let at = time::instant(draft.at);
    let name = format!("{n:06}-{}-{}.{extension}", draft.stem, time::dtm203(draft.at, 0));
    Delivery { at, sender: draft.sender, name, bytes: draft.bytes, certificate }
}

#[cfg(test)]
mod tests;
