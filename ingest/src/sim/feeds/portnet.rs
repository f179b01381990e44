//! A port community's JSON in the style of PORTNET: containers, and behind them the berth plan.

use super::{Report, zoned};
use crate::sim::ports::SITES;
use crate::sim::terminals::Told;
use sealane_data::observation::Kind;
use std::fmt::Write as _;

/// Writes a document of containers, and for a ship's call another one of its berth.
pub(super) fn write(r: &Report<'_>) -> String {
    let port = SITES[r.site].port();
    let sent = zoned(r.at, port.offset);
    let containers: Vec<String> = r.told.iter().map(|told| container(r, told)).collect();
    let mut text = format!(
        "{{\"messageType\":\"CONTAINER_STATUS\",\"messageId\":\"P{}-{}\",\"sentAt\":\"{sent}\",\"port\":\"{}\",\"containers\":[\n{}\n]}}\n",
        r.site,
        r.at,
        port.codes[0],
        containers.join(",\n"),
    );
    if let Some(call) = r.call {
        let c = &r.world.fleet.calls[call];
        let ship = &r.world.fleet.ships[c.ship];
        let voyage = r.world.fleet.voyage(call);
        let _ = write!(
            text,
            "{{\"messageType\":\"BERTH_PLAN\",\"messageId\":\"B{}-{}\",\"sentAt\":\"{sent}\",\"port\":\"{}\",\"berths\":[{{\"callId\":\"CALL{call:05}\",\"berth\":\"B{:02}\",\"vessel\":{{\"imo\":\"{}\",\"name\":\"{}\",\"callSign\":\"{}\"}},\"voyageIn\":\"{voyage}\",\"voyageOut\":\"{voyage}\",\"ata\":\"{}\"",
            r.site,
            r.at,
            port.codes[0],
            call % 20,
            ship.imo,
            ship.name,
            ship.call_sign,
            zoned(c.arrival, port.offset),
        );
        if c.departure <= r.at {
            let _ = write!(text, ",\"atd\":\"{}\"", zoned(c.departure, port.offset));
        }
        text.push_str("}]}\n");
    }
    text
}

fn container(r: &Report<'_>, told: &Told) -> String {
    let journey = &r.world.journeys[told.journey];
    let booking = &r.world.bookings[journey.booking];
    let direction = match told.trade {
        2 => "E",
        3 => "I",
        5 => "R",
        _ => "T",
    };
    let mut text = format!(
        "{{\"containerNo\":\"{}\",\"fullEmpty\":\"{}\",\"direction\":\"{direction}\",\"bookingNo\":\"{}\"",
        told.number,
        if told.laden { "F" } else { "E" },
        booking.number,
    );
    if let Some(size) = r.world.size(journey.container) {
        let _ = write!(text, ",\"isoCode\":\"{}\"", size.iso);
    }
    if let Some(bl) = booking.bl.as_ref().filter(|_| told.laden) {
        let _ = write!(
            text,
            ",\"blNo\":\"{bl}\",\"grossWeight\":{},\"seals\":[\"SYN{:06}\"]",
            journey.weight, told.journey
        );
    }
    let code = match told.kind {
        Kind::GateIn => "GATE_IN",
        Kind::GateOut => "GATE_OUT",
        Kind::Loaded => "LOAD",
        _ => "DISCHARGE",
    };
    let _ = write!(
        text,
        ",\"moves\":[{{\"code\":\"{code}\",\"at\":\"{}\"",
        zoned(told.at, SITES[r.site].port().offset)
    );
    if let Some(call) = r.call {
        let ship = &r.world.fleet.ships[r.world.fleet.calls[call].ship];
        let voyage = r.world.fleet.voyage(call);
        let _ = write!(
            text,
            ",\"vessel\":{{\"imo\":\"{}\",\"name\":\"{}\",\"voyage\":\"{voyage}\"}}",
            ship.imo, ship.name
        );
    }
    text.push_str("}]}");
    text
}
