//! Navis N4 SNX: units, visits of ships, holds, and answers of N4 to what it was sent.
//!
//! One event of a unit is one message; so is one visit of a ship. Times without a zone are local to
//! the terminal.

mod unit;
mod visit;

use super::times::Forms;
use super::unread::Field;
use super::{Feed, Reading};
use crate::feed_findings as f;
use crate::formats::tree::Node;
use sealane_data::vessel::VesselRef;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The family.
pub(super) struct Snx;

/// Sites write `09/05/2026 14:20:00` beside the form of the schema.
pub(super) const FORMS: Forms<'_> = Forms { us: true, own: &[] };

const SITE: Option<&str> = Some("fields that each site fills as it likes");
const GOODS: Option<&str> = Some("describes the goods, not the movement");
const CONDITION: Option<&str> = Some("describes the condition of the box, not the movement");
const YARD: Option<&str> = Some("places inside the terminal are not on the map");
const CUTOFF: Option<&str> = Some("closing times are for shippers, not for the map");
const PORT: Option<&str> = Some("times of pilots and gangs are not on the map");
const TEXT: Option<&str> = Some("free text for people, which may hold personal data");

const FIELDS: &[Field] = &[
    ("@id", None),
    ("@unique-key", None),
    ("@category", None),
    ("@restow", None),
    ("@transit-state", None),
    ("@freight-kind", None),
    ("@line", None),
    ("@snx-update-note", TEXT),
    ("@agent1", Some("agents are no parties of the booking")),
    ("@agent2", Some("agents are no parties of the booking")),
    ("equipment.@eqid", None),
    ("equipment.@class", None),
    ("equipment.@role", None),
    ("equipment.@type", None),
    ("equipment.*", CONDITION),
    ("position.*", YARD),
    ("routing.@pol", None),
    ("routing.@pod-1", None),
    ("routing.@destination", None),
    ("routing.@pod-2", Some("the first port of discharge is read")),
    ("routing.@opl", Some("the port of loading is read")),
    ("routing.carrier.*", None),
    ("routing.*", Some("how a box is forwarded from the terminal")),
    ("booking.@id", None),
    ("booking.*", GOODS),
    ("goods.@bl-nbr", None),
    ("goods.*", GOODS),
    ("contents.@weight-kg", None),
    ("contents.*", GOODS),
    ("seals.*", None),
    ("flags.hold.*", None),
    ("flags.flag.*", None),
    ("flags.*", None),
    ("event.@id", None),
    ("event.@time-event-applied", None),
    ("event.*", TEXT),
    ("events.event.@id", None),
    ("events.event.@time-event-applied", None),
    ("events.*", TEXT),
    ("move-history.event.@id", None),
    ("move-history.event.@time-event-applied", None),
    ("move-history.event.*", TEXT),
    ("non-move-history.event.@id", None),
    ("non-move-history.event.@time-event-applied", None),
    ("non-move-history.event.*", TEXT),
    ("timestamps.@time-in", None),
    ("timestamps.@time-out", None),
    ("timestamps.@time-load", None),
    ("handling.*", TEXT),
    ("hazards.*", GOODS),
    ("observed-placards.*", GOODS),
    ("reefer.*", Some("temperatures and settings of reefers, not the movement")),
    ("reefer-recording-histories.*", Some("temperatures and settings of reefers, not the movement")),
    ("oog.*", GOODS),
    ("unit-etc.*", SITE),
    ("unit-flex.*", SITE),
    ("ufv-flex.*", SITE),
    ("edo.*", Some("orders for empties are not on the map")),
    ("ero.*", Some("orders for empties are not on the map")),
    ("elo.*", Some("orders for empties are not on the map")),
    ("rail-order.*", Some("orders for trains are not on the map")),
    ("@ETA", None),
    ("@ETD", None),
    ("@ATA", None),
    ("@ATD", None),
    ("@published-eta", None),
    ("@published-etd", None),
    ("@in-voy-nbr", None),
    ("@out-voy-nbr", None),
    ("@in-call-number", Some("calls are told by ship, place and time")),
    ("@out-call-number", Some("calls are told by ship, place and time")),
    ("@service-id", Some("services are not on the map yet")),
    ("@operator-id", None),
    ("@vessel-id", None),
    ("@vessel-name", None),
    ("@facility", None),
    ("@next-facility", Some("where the ship goes next is told there")),
    ("@visit-phase", None),
    ("@classification", Some("deep sea, feeder or barge: each is a ship")),
    ("@time-start-work", None),
    ("@time-end-work", None),
    ("@time-discharge-complete", PORT),
    ("@time-first-availability", PORT),
    ("@time-begin-receive", CUTOFF),
    ("@time-cargo-cutoff", CUTOFF),
    ("@time-reefer-cutoff", CUTOFF),
    ("@time-haz-cutoff", CUTOFF),
    ("@time-pilot-on-board", PORT),
    ("@time-pilot-off-board", PORT),
    ("@time-labor-on-board", PORT),
    ("@time-labor-off-board", PORT),
    ("lines.*", CUTOFF),
    ("berths.berthing.@quay-id", None),
    ("berths.berthing.@time-shift", None),
    ("berths.*", PORT),
    ("est-move-count.*", None),
    ("units.unit-identity.@id", None),
    ("units.unit.@id", None),
    ("units.*", CONDITION),
    ("entities.units.unit.@id", None),
    ("entities.*", CONDITION),
    ("properties.*", SITE),
];

impl Feed for Snx {
    fn id(&self) -> &'static str {
        "navis-snx"
    }

    fn about(&self) -> &'static str {
        "Navis N4 SNX: gate moves, lifts, holds and seals of containers, and visits, berths and cargo work of ships"
    }

    fn version(&self) -> u16 {
        1
    }

    fn fields(&self) -> &'static [Field] {
        FIELDS
    }

    fn claims(&self, root: &Node) -> bool {
        ["snx", "snx-error", "argo-response", "icu", "hpu"].iter().any(|name| root.get(name).is_some())
            // Some send the units alone.
            || root.each("unit").any(|unit| unit.get("@transit-state").is_some() || unit.get("@unique-key").is_some())
            || root.each("vessel-visit").any(|visit| visit.get("@visit-phase").is_some())
    }

    fn read(&self, document: &mut Reading<'_>) {
        let root = document.root;
        for (name, element) in root.members() {
            match name.as_str() {
                "snx-error" => error(document, element),
                "argo-response" => answer(document, element),
                "icu" | "hpu" => unit::update(document, element),
                "unit" | "vessel-visit" => parts(document, root),
                _ => parts(document, element),
            }
        }
    }
}

/// The ships of the visits that a document names, as they come and as they leave.
pub(super) type Visits = BTreeMap<String, [Arc<VesselRef>; 2]>;

fn parts<'d>(document: &mut Reading<'d>, below: &'d Node) {
    let mut visits = Visits::new();
    for visit in below.each("vessel-visit") {
        visit::read(document, visit, &mut visits);
    }
    for unit in below.each("unit") {
        unit::read(document, unit, &visits);
    }
    for (name, node) in
        below.members().iter().filter(|(name, _)| !matches!(name.as_str(), "unit" | "vessel-visit"))
    {
        match name.as_str() {
            "hpu" | "icu" => unit::update(document, node),
            name if name.starts_with('@') || name == "#text" => {}
            name => {
                let message =
                    format!("`{}` elements are not read", name.chars().take(40).collect::<String>());
                document.find(&f::UNREAD, node, message);
            }
        }
    }
}

/// Says that N4 answered with an error.
fn error(document: &mut Reading<'_>, element: &Node) {
    let text = element.text().map(str::to_owned);
    let inner = element.members().iter().find_map(|(_, node)| node.text().map(str::to_owned));
    let said: String = text.or(inner).unwrap_or_default().chars().take(200).collect();
    document.find(
        &f::ERROR_ANSWER,
        element,
        format!("N4 answered with an error: {}", said.replace('`', "'")),
    );
}

/// Says what N4 answered to what it was sent.
fn answer(document: &mut Reading<'_>, element: &Node) {
    let id = element.text_at("@status-id").unwrap_or_default().to_owned();
    match element.text_at("@status") {
        // 0 is without remarks, 1 with notes.
        Some("0" | "1") => document.find(&f::ACCEPTED, element, format!("N4 answered `{id}`")),
        status => {
            let message = format!("N4 answered `{id}` with status `{}`", status.unwrap_or_default());
            document.find(&f::ERROR_ANSWER, element, message);
        }
    }
}
