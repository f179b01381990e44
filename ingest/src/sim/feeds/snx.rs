//! SNX as a simulated terminal writes it: local times without a zone, quotes of both kinds.

use super::{Report, iso};
use crate::sim::ports::SITES;
use crate::sim::terminals::Told;
use crate::sim::time::local;
use sealane_data::observation::Kind;
use std::fmt::Write as _;

/// Writes one document: the visit of the ship, if there is one, and a unit for each move.
pub(super) fn write(r: &Report<'_>) -> String {
    let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    text += "<argo:snx xmlns:argo=\"http://www.navis.com/argo\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:schemaLocation=\"http://www.navis.com/argo snx.xsd\">\n";
    visit(&mut text, r);
    for told in r.told {
        unit(&mut text, r, told);
    }
    text += "</argo:snx>\n";
    text
}

fn visit(text: &mut String, r: &Report<'_>) {
    let Some(call) = r.call else { return };
    let offset = SITES[r.site].port().offset;
    let c = &r.world.fleet.calls[call];
    let ship = &r.world.fleet.ships[c.ship];
    let left = c.departure <= r.at;
    let phase = if left { "DEPARTED" } else { "WORKING" };
    let _ = write!(
        text,
        "<vessel-visit id='SIM{call:05}' visit-phase='{phase}' classification=\"DEEPSEA\" vessel-id='{}' vessel-name=\"{}\" in-voy-nbr='{v}' out-voy-nbr='{v}' ATA='{}'",
        ship.imo,
        ship.name,
        iso(c.arrival, offset),
        v = r.world.fleet.voyage(call),
    );
    if left {
        let _ = write!(text, " ATD=\"{}\"", iso(c.departure, offset));
    }
    let loads = r.told.iter().filter(|t| t.kind == Kind::Loaded).count();
    let _ = writeln!(
        text,
        "><est-move-count discharge='{}' load='{loads}'/></vessel-visit>",
        r.told.len() - loads
    );
}

fn unit(text: &mut String, r: &Report<'_>, told: &Told) {
    let journey = &r.world.journeys[told.journey];
    let booking = &r.world.bookings[journey.booking];
    let offset = SITES[r.site].port().offset;
    let category = match told.trade {
        2 => "EXPORT",
        3 => "IMPORT",
        _ => "TRANSSHIP",
    };
    let freight = if told.laden { "FCL" } else { "MTY" };
    let number = &told.number;
    // Attributes stand in another order in every other unit.
    let _ = if told.journey.is_multiple_of(2) {
        write!(text, "<unit id='{number}' category=\"{category}\" freight-kind='{freight}'")
    } else {
        write!(text, "<unit freight-kind=\"{freight}\" category='{category}' id=\"{number}\"")
    };
    if told.trade == 5 {
        text.push_str(" restow='RESTOW'");
    }
    let size = r.world.size(journey.container).map_or(String::new(), |size| format!(" type='{}'", size.iso));
    let _ = write!(text, "><equipment eqid='{number}' class='CTR' role='PRIMARY'{size}/>");
    let (from, to) = (SITES[booking.from].port().codes[0], SITES[booking.to].port().codes[0]);
    let _ = write!(text, "<routing pol='{from}' pod-1='{to}'>");
    if let Some(call) = r.call {
        let direction = if told.kind == Kind::Loaded { "OB" } else { "IB" };
        let _ = write!(
            text,
            "<carrier direction='{direction}' qualifier='ACTUAL' mode='VESSEL' id='SIM{call:05}'/>"
        );
    }
    let _ = write!(text, "</routing><booking id='{}'/>", booking.number);
    if let Some(bl) = booking.bl.as_ref().filter(|_| told.laden) {
        let _ = write!(text, "<goods bl-nbr='{bl}'/>");
    }
    if told.laden {
        let _ = write!(
            text,
            "<contents weight-kg='{}.0'/><seals seal-1='SYN{:06}'/>",
            journey.weight, told.journey
        );
    }
    events(text, told, offset);
    text.push_str("</unit>\n");
}

fn events(text: &mut String, told: &Told, offset: i64) {
    let t = local(told.at, offset);
    let us = format!("{:02}/{:02}/{:04} {:02}:{:02}:00", t.month(), t.day(), t.year(), t.hour(), t.minute());
    let iso = iso(told.at, offset);
    let _ = match told.kind {
        Kind::GateIn => write!(text, "<event id='UNIT_IN_GATE' time-event-applied='{us}' user-id='sim'/>"),
        Kind::GateOut => {
            write!(text, "<event id=\"UNIT_OUT_GATE\" time-event-applied=\"{iso}\" user-id='sim'/>")
        }
        Kind::Loaded => write!(text, "<event time-event-applied='{iso}' id='UNIT_LOAD'/>"),
        // Some sites tell the discharge and then its completion.
        _ if told.journey.is_multiple_of(3) => write!(
            text,
            "<event id='UNIT_DISCH' time-event-applied='{us}'/><event id='UNIT_DISCH_COMPLETE' time-event-applied='{iso}'/>"
        ),
        _ => write!(text, "<event id='UNIT_DISCH' time-event-applied='{iso}'/>"),
    };
}
