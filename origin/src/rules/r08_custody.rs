//! R8: custody at each intermediate node, from discharge to load: no gate-out, no stuffing or
//! stripping, the same container and seal, and not too long.

use super::{Case, Ruling, Stay, StayState, r06_seals};
use crate::movement::{Handling, Hop, Trip};
use sealane_data::partner::PartyId;
use std::collections::BTreeSet;

/// Days that goods may lie between two ships.
const DWELL_DAYS: i64 = 30;

pub(super) fn check(case: &Case<'_>) -> Ruling {
    if case.movement.is_empty() {
        return Ruling::open("No movement is known.");
    }
    let stays = custody(case);
    let Some(worst) = stays.iter().max_by_key(|s| rank(s.state)) else {
        let ended = case.movement.trips.iter().any(|t| t.last_discharge(case.importing()).is_some());
        return if ended {
            Ruling::pass("The goods changed ships nowhere.")
        } else {
            Ruling::open("The goods were discharged nowhere yet.")
        };
    };
    let seqs = stays.iter().flat_map(|s| s.seqs.iter().copied());
    let (container, node) = (&worst.container, &worst.node);
    let why = worst.why.join(", ");
    let ruling = match worst.state {
        StayState::Continuous => {
            Ruling::pass("Custody is told from discharge to load wherever the goods changed ships.")
        }
        StayState::Open => Ruling::open(format!("{container} lies at {node}, and no further load is told.")),
        StayState::Gap => Ruling::warn(format!(
            "Custody of {container} at {node} has a gap ({why}): a non-manipulation certificate is needed."
        )),
        StayState::Broken => Ruling::fail(format!("Custody of {container} at {node} is broken ({why}).")),
    };
    ruling.with("stays", &stays.len()).on(seqs)
}

fn rank(state: StayState) -> u8 {
    match state {
        StayState::Continuous => 0,
        StayState::Open => 1,
        StayState::Gap => 2,
        StayState::Broken => 3,
    }
}

/// Returns every stay between two ships, with what is told of it.
pub(super) fn custody(case: &Case<'_>) -> Vec<Stay> {
    let of_trip = |trip: &Trip| -> Vec<Stay> {
        trip.hops(case.importing()).iter().filter_map(|hop| stay(trip, hop)).collect()
    };
    case.movement.trips.iter().flat_map(of_trip).collect()
}

fn stay(trip: &Trip, hop: &Hop<'_>) -> Option<Stay> {
    let spot = hop.discharged.spot.as_ref()?;
    let mut why = Vec::new();
    let mut broken = false;
    for (handling, _) in hop.handling() {
        match handling {
            Handling::GateOut => why.push("it left the terminal".to_owned()),
            Handling::Worked => {
                broken = true;
                why.push("goods were put in or taken out".to_owned());
            }
            Handling::Resealed => why.push("it was resealed".to_owned()),
            Handling::Customs => {}
        }
    }
    if r06_seals::changed_within(trip, hop) {
        broken = true;
        why.push("the seal is another one".to_owned());
    }
    let hours = hop.dwell().map(|d| d.as_hours());
    if hop.loaded.is_some() && !hop.same_port() {
        why.push("it was loaded in another port".to_owned());
    }
    if hours.is_some_and(|h| h > DWELL_DAYS * 24) {
        why.push(format!("it lay there for more than {DWELL_DAYS} days"));
    }
    // On the next ship without having been loaded here: a later discharge shows that it went on.
    let went_on = hop.loaded.is_none() && trip.discharges().any(|d| d.at > hop.discharged.at);
    if went_on {
        why.push("no load was told, and it was discharged again later".to_owned());
    }
    why.sort();
    why.dedup();
    let state = match (broken, why.is_empty(), hop.loaded) {
        (true, ..) => StayState::Broken,
        (false, false, _) => StayState::Gap,
        (false, true, None) => StayState::Open,
        (false, true, Some(_)) => StayState::Continuous,
    };
    let ends = || std::iter::once(hop.discharged).chain(hop.loaded);
    let parties: BTreeSet<&PartyId> = ends().flat_map(|e| &e.parties).collect();
    Some(Stay {
        container: trip.key.container.clone(),
        node: spot.node.clone(),
        country: spot.country.clone(),
        discharged: hop.discharged.at,
        loaded: hop.loaded.and_then(|l| l.at),
        hours,
        state,
        why,
        witnesses: parties.len(),
        seqs: ends().chain(hop.between.iter().copied()).map(|e| e.seq).collect(),
    })
}
