//! R2: the goods left on the stated day. Late ships are four to six days late on average, so a
//! later departure of the stated ship is no contradiction.
//!
//! Each container is judged on its own ship and day: a part that left later is not hidden by one that
//! left as stated.

use super::r14_double_use::shared_on;
use super::{Case, Outcome, Ruling};
use crate::compare::{same_ship, ship_text};
use crate::movement::{Event, Trip};
use crate::shares::{SLACK, parts, sums_of};
use jiff::civil::Date;
use sealane_data::observation::Classifier;
use std::cell::LazyCell;
use std::cmp::Reverse;

/// Days that pass without remark.
const SAME: i64 = 1;
/// Days that warn where the stated ship does not explain them.
const NEAR: i64 = 3;
/// Days from which even the stated ship's delay warns.
const LONG: i64 = 14;
/// Days after departure from which the tick `issued retroactively` is expected.
const RETROACTIVE: i64 = 3;

/// The departure of one container from its port of loading.
struct Part<'a> {
    trip: &'a Trip,
    left: Date,
    event: &'a Event,
}

pub(super) fn check(case: &Case<'_>) -> Ruling {
    let trips = &case.movement.trips;
    let parts: Vec<Part<'_>> = trips.iter().filter_map(part).collect();
    let together = parts.iter().all(|p| p.left == parts[0].left && ship(p) == ship(&parts[0]));
    let whole = together && parts.len() == trips.len();
    // Reckoned once, and only where it counts: a certificate may be of hundreds of containers.
    let split = LazyCell::new(|| is_split(case));
    let judged = parts.iter().map(|part| (part, judge(case, part, (whole, &split))));
    // Of equals the first to leave: its day is the one that the others are held against.
    let Some((part, ruling)) =
        judged.max_by_key(|(p, ruling)| (ruling.result, off(case, p), Reverse(p.left)))
    else {
        return Ruling::open("No departure from the port of loading is told.");
    };
    let ruling = ruling.with("departed", &part.left).with("container", &part.trip.key.container);
    let untold = trips.len() - parts.len();
    if untold > 0 && ruling.result == Outcome::Pass {
        let (some, all) = (parts.len(), trips.len());
        let text = format!(
            "{some} of {all} containers left as stated or on the stated ship; of the others no departure is told."
        );
        return Ruling { result: Outcome::NotAssessable, text, ..ruling }
            .on(parts.iter().map(|p| p.event.seq));
    }
    // What agrees rests on every part, what does not on the part that is named.
    let rests: Vec<_> = if ruling.result <= Outcome::Pass {
        parts.iter().map(|p| p.event.seq).collect()
    } else {
        vec![part.event.seq]
    };
    ruling.on(rests)
}

/// Returns when a container left its port of loading, if that happened.
fn part(trip: &Trip) -> Option<Part<'_>> {
    let event = trip.first_load()?;
    let departed = event.departed.filter(|(.., how)| *how == Classifier::Actual).map(|(_, day, _)| day);
    Some(Part { trip, left: departed.or(event.day)?, event })
}

fn ship<'a>(part: &Part<'a>) -> Option<&'a sealane_data::Text> {
    part.event.ship.as_ref().map(|s| &s.key)
}

fn days(from: Date, to: Date) -> i64 {
    i64::from((to - from).get_days())
}

/// How far from the stated day a part left, in days.
fn off(case: &Case<'_>, part: &Part<'_>) -> i64 {
    case.certificate.boxes.transport.departure_date.map_or(0, |stated| days(stated, part.left).abs())
}

fn judge<F: FnOnce() -> bool>(
    case: &Case<'_>,
    part: &Part<'_>,
    (whole, split): (bool, &LazyCell<bool, F>),
) -> Ruling {
    let boxes = &case.certificate.boxes;
    let left = part.left;
    let goods = if whole { "The goods" } else { part.trip.key.container.as_str() };
    let ruling = match boxes.transport.departure_date {
        Some(stated) => compare(case, stated, part, (goods, split)),
        None => Ruling::open(format!(
            "The certificate states no departure date; {} left on {left}.",
            lower(goods)
        )),
    };
    let unticked = boxes.kind.has_retroactive_tick() && !boxes.ticks.issued_retroactively;
    let late_issue = boxes.issued_on.filter(|issued| unticked && days(left, *issued) > RETROACTIVE);
    match late_issue {
        Some(issued) if ruling.result < Outcome::Warn => {
            let text = format!(
                "It was issued on {issued}, more than three days after the departure on {left}, and is not ticked as issued retroactively."
            );
            Ruling { result: Outcome::Warn, text, ..ruling }.with("issued", &issued)
        }
        _ => ruling,
    }
}

/// Returns the subject of a sentence inside another one.
fn lower(goods: &str) -> &str {
    if goods == "The goods" { "the goods" } else { goods }
}

/// Whether the goods are said to be split over shipments: they leave several times then, and box 4 names one day. A
/// share of the whole says nothing of the kind.
fn is_split(case: &Case<'_>) -> bool {
    let shared = shared_on(case);
    let (sums, _) = sums_of(&case.certificate.boxes, &shared);
    parts(shared).len() > 1 || sums.iter().any(|sum| sum.shared > 0.0 && sum.shared * SLACK < sum.has)
}

fn compare<F: FnOnce() -> bool>(
    case: &Case<'_>,
    stated: Date,
    part: &Part<'_>,
    (goods, split): (&str, &LazyCell<bool, F>),
) -> Ruling {
    let boxes = &case.certificate.boxes;
    let (left, off) = (part.left, days(stated, part.left));
    let text = boxes.transport.conveyance.as_deref().and_then(ship_text);
    let stated_ship = text.zip(part.event.ship.as_ref()).map(|(text, ship)| same_ship(&text, ship));
    let ruling = match off {
        _ if off.abs() <= SAME => Ruling::pass(format!("{goods} left on {left}, as stated.")),
        0.. if stated_ship == Some(true) && off < LONG => {
            let ship = if goods == "The goods" {
                "The stated ship left".to_owned()
            } else {
                format!("{goods} left with the stated ship")
            };
            Ruling::pass(format!("{ship} on {left}, {off} days later than stated."))
        }
        0.. if stated_ship == Some(true) || (stated_ship.is_none() && off < LONG) => {
            Ruling::warn(format!("{goods} left on {left}, {off} days later than stated."))
        }
        _ if off.abs() <= NEAR => {
            Ruling::warn(format!("{goods} left on {left}, and the certificate states {stated}."))
        }
        0.. if **split => Ruling::warn(format!(
            "{goods} left on {left}; the goods are said to be split, and the certificate states {stated} only."
        )),
        _ => Ruling::fail(format!("{goods} left on {left}, and the certificate states {stated}.")),
    };
    ruling.with("stated", &stated).with("days", &off)
}
