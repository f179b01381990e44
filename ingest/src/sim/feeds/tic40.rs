//! TIC 4.0 as simulated terminals write it, nested or flat. Whether a box is empty and its booking stand
//! beside the standard's members, which have no place for them.

use super::{Report, zoned};
use crate::sim::ports::SITES;
use crate::sim::terminals::Told;
use sealane_data::observation::Kind;
use std::fmt::Write as _;

/// Writes one message with all visits.
pub(super) fn nested(r: &Report<'_>) -> String {
    let offset = SITES[r.site].port().offset;
    let mut text = String::new();
    let _ = write!(
        text,
        "{{\"msg\":{{\"sender\":\"SIM-TOS\",\"destination\":\"SEALANE\",\"topic\":\"visits\",\"id\":\"T{}-{}\",\"version\":\"2022.004\",\"timestamp\":\"{}\"}},\n\"tos\":[{{",
        r.site,
        r.at,
        zoned(r.at, offset),
    );
    if let Some(call) = r.call {
        let c = &r.world.fleet.calls[call];
        let ship = &r.world.fleet.ships[c.ship];
        let _ = writeln!(
            text,
            "\"carrier\":[{{\"id\":\"S{}\",\"type\":\"vessel\",\"name\":\"{}\",\"lloysdid\":\"{}\"}}],",
            c.ship, ship.name, ship.imo
        );
        let _ = write!(
            text,
            "\"carriervisit\":[{{\"id\":\"V{call}\",\"type\":\"vessel\",\"carrier\":{{\"id\":\"S{}\"}},\"voyage\":\"{}\",\"start\":{{\"time\":[{}]}}",
            c.ship,
            r.world.fleet.voyage(call),
            point("input", &zoned(c.arrival, offset)),
        );
        if c.departure <= r.at {
            let _ = write!(text, ",\"end\":{{\"time\":[{}]}}", point("output", &zoned(c.departure, offset)));
        }
        text.push_str("}],\n");
    }
    let visits: Vec<String> = r.told.iter().map(|told| visit(r, told)).collect();
    let _ = writeln!(text, "\"cargovisit\":[\n{}\n]}}]}}", visits.join(",\n"));
    text
}

fn point(pom: &str, at: &str) -> String {
    format!("{{\"pom\":\"{pom}\",\"pomt\":\"actual\",\"timestamp\":\"{at}\"}}")
}

fn visit(r: &Report<'_>, told: &Told) -> String {
    let offset = SITES[r.site].port().offset;
    let parts = Parts::of(r, told);
    let mut text = format!(
        "{{\"id\":\"C{}\",\"flowtype\":\"{}\",\"cargo\":{{\"id\":\"{}\",\"type\":{{\"code\":\"{}\"}}}}",
        told.journey, parts.flow, told.number, parts.load
    );
    if let Some(size) = parts.size {
        let _ = write!(text, ",\"size\":{{\"code\":\"{size}\"}}");
    }
    let journey = &r.world.journeys[told.journey];
    if told.laden {
        let _ = write!(
            text,
            ",\"weight\":{{\"gross\":[{{\"pomt\":\"actual\",\"unit\":\"kg\",\"value\":{}}}]}}",
            journey.weight
        );
    }
    let _ = write!(text, ",\"booking\":\"{}\"", parts.booking);
    if let Some(bl) = parts.bl {
        let _ = write!(text, ",\"billoflading\":\"{bl}\"");
    }
    let carrier = r.call.map_or(String::new(), |call| format!(",\"carriervisit\":{{\"id\":\"V{call}\"}}"));
    let (way, step) = parts.way;
    let time = point(if step == "checkin" { "input" } else { "output" }, &zoned(told.at, offset));
    let _ = write!(
        text,
        ",\"{way}\":{{\"modality\":\"{}\"{carrier}}},\"{step}\":{{\"time\":[{time}]}}}}",
        parts.modality
    );
    text
}

/// What both forms say of a move.
struct Parts<'a> {
    flow: &'static str,
    load: &'static str,
    size: Option<&'static str>,
    booking: &'a str,
    bl: Option<&'a str>,
    way: (&'static str, &'static str),
    modality: &'static str,
}

impl<'a> Parts<'a> {
    fn of(r: &Report<'a>, told: &Told) -> Self {
        let journey = &r.world.journeys[told.journey];
        let booking = &r.world.bookings[journey.booking];
        Self {
            flow: match told.trade {
                2 => "export",
                3 => "import",
                5 => "restow",
                _ => "transshipment",
            },
            load: if told.laden { "FCL" } else { "MTY" },
            size: r.world.size(journey.container).map(|size| size.iso),
            booking: &booking.number,
            bl: booking.bl.as_deref().filter(|_| told.laden),
            way: match told.kind {
                Kind::GateIn | Kind::Discharged => ("inbound", "checkin"),
                _ => ("outbound", "checkout"),
            },
            modality: if r.call.is_some() { "vessel" } else { "truck" },
        }
    }
}

/// Writes one message a line, with dots between the names.
pub(super) fn flat(r: &Report<'_>) -> String {
    let offset = SITES[r.site].port().offset;
    let mut text = String::new();
    let head = |n: usize| {
        format!(
            "{{\"msg.sender\":\"SIM-TOS\",\"msg.id\":\"F{}-{}-{n}\",\"msg.timestamp\":\"{}\"",
            r.site,
            r.at,
            zoned(r.at, offset)
        )
    };
    let mut ship = String::new();
    if let Some(call) = r.call {
        let c = &r.world.fleet.calls[call];
        let s = &r.world.fleet.ships[c.ship];
        ship = format!(
            ",\"tos.carrier.id\":\"S{}\",\"tos.carrier.name\":\"{}\",\"tos.carrier.lloysdid\":\"{}\",\"tos.carriervisit.id\":\"V{call}\",\"tos.carriervisit.type\":\"vessel\",\"tos.carriervisit.carrier.id\":\"S{}\",\"tos.carriervisit.voyage\":\"{}\",\"tos.carriervisit.start.time.input.actual\":\"{}\"",
            c.ship,
            s.name,
            s.imo,
            c.ship,
            r.world.fleet.voyage(call),
            zoned(c.arrival, offset),
        );
        if c.departure <= r.at {
            let _ = write!(
                ship,
                ",\"tos.carriervisit.end.time.output.actual\":\"{}\"",
                zoned(c.departure, offset)
            );
        }
    }
    for (n, told) in r.told.iter().enumerate() {
        let p = Parts::of(r, told);
        let (way, step) = p.way;
        let _ = write!(
            text,
            "{}{ship},\"tos.cargovisit.cargo.id\":\"{}\",\"tos.cargovisit.cargo.type.code\":\"{}\",\"tos.cargovisit.flowtype\":\"{}\",\"tos.cargovisit.booking\":\"{}\",\"tos.cargovisit.{way}.modality\":\"{}\",\"tos.cargovisit.{step}.time.output.actual\":\"{}\"",
            head(n),
            told.number,
            p.load,
            p.flow,
            p.booking,
            p.modality,
            zoned(told.at, offset),
        );
        if let Some(size) = p.size {
            let _ = write!(text, ",\"tos.cargovisit.size.code\":\"{size}\"");
        }
        if let Some(bl) = p.bl {
            let _ = write!(text, ",\"tos.cargovisit.billoflading\":\"{bl}\"");
        }
        if let Some(call) = r.call {
            let _ = write!(text, ",\"tos.cargovisit.{way}.carriervisit.id\":\"V{call}\"");
        }
        text.push_str("}\n");
    }
    text
}
