//! R2: the goods left on the stated day. Late ships are four to six days late on average, so a
//! later departure of the stated ship is no contradiction.

use super::{Case, Ruling};
use crate::compare::{same_ship, ship_text};
use crate::movement::Event;
use jiff::civil::Date;
use sealane_data::observation::Classifier;

/// Days that pass without remark.
const SAME: i64 = 1;
/// Days that warn where the stated ship does not explain them.
const NEAR: i64 = 3;
/// Days from which even the stated ship's delay warns.
const LONG: i64 = 14;
/// Days after departure from which the tick `issued retroactively` is expected.
const RETROACTIVE: i64 = 3;

pub(super) fn check(case: &Case<'_>) -> Ruling {
    let found: Option<(Date, &Event)> = first_departure(case);
    let Some((left, event)) = found else {
        return Ruling::open("No departure from the port of loading is told.");
    };
    let boxes = &case.certificate.boxes;
    let late_issue = boxes.issued_on.filter(|issued| days(left, *issued) > RETROACTIVE);
    let ruling = match boxes.transport.departure_date {
        Some(stated) => compare(case, stated, left, event),
        None => Ruling::open(format!("The certificate states no departure date; the goods left on {left}.")),
    };
    let ruling = ruling.with("departed", &left).on([event.seq]);
    let unticked = boxes.kind.has_retroactive_tick() && !boxes.ticks.issued_retroactively;
    match late_issue.filter(|_| unticked) {
        Some(issued) if ruling.result < super::Outcome::Warn => {
            let text = format!(
                "It was issued on {issued}, more than three days after the departure on {left}, and is not ticked as issued retroactively."
            );
            Ruling { result: super::Outcome::Warn, text, ..ruling }.with("issued", &issued)
        }
        _ => ruling,
    }
}

fn days(from: Date, to: Date) -> i64 {
    i64::from((to - from).get_days())
}

/// Returns the earliest departure from a port of loading that happened.
fn first_departure<'a>(case: &'a Case<'_>) -> Option<(Date, &'a Event)> {
    let left = |e: &Event| {
        let departed = e.departed.filter(|(.., how)| *how == Classifier::Actual).map(|(_, day, _)| day);
        departed.or(e.day)
    };
    let first = case.movement.trips.iter().filter_map(|t| t.first_load());
    first.filter_map(|e| Some((left(e)?, e))).min_by_key(|(day, _)| *day)
}

fn compare(case: &Case<'_>, stated: Date, left: Date, event: &Event) -> Ruling {
    let off = days(stated, left);
    let text = case.certificate.boxes.transport.conveyance.as_deref().and_then(ship_text);
    let stated_ship = text.zip(event.ship.as_ref()).map(|(text, ship)| same_ship(&text, ship));
    let ruling = match off {
        _ if off.abs() <= SAME => Ruling::pass(format!("The goods left on {left}, as stated.")),
        0.. if stated_ship == Some(true) && off < LONG => {
            Ruling::pass(format!("The stated ship left on {left}, {off} days later than stated."))
        }
        0.. if stated_ship == Some(true) || (stated_ship.is_none() && off < LONG) => {
            Ruling::warn(format!("The goods left on {left}, {off} days later than stated."))
        }
        _ if off.abs() <= NEAR => {
            Ruling::warn(format!("The goods left on {left}, and the certificate states {stated}."))
        }
        _ => Ruling::fail(format!("The goods left on {left}, and the certificate states {stated}.")),
    };
    ruling.with("stated", &stated).with("days", &off)
}
