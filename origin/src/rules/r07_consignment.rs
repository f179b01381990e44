//! R7: direct consignment, or transit as the regime allows it. A call counts when the goods were discharged there;
//! staying on board while the ship calls is no transit.

use super::{Case, Ruling, StayState, Witnesses, r08_custody};
use crate::form::{parties_of, transit_article};
use crate::movement::Trip;
use sealane_data::partner::PartyId;
use std::collections::BTreeSet;

pub(super) fn check(case: &Case<'_>) -> Ruling {
    let trips: Vec<&Trip> = case.movement.trips.iter().filter(|t| t.first_load().is_some()).collect();
    if trips.is_empty() {
        return Ruling::open("No load onto a ship is told, so the way of the goods is not known.");
    }
    let parties = parties_of(&case.certificate.boxes.regime);
    let mut via: BTreeSet<&str> = BTreeSet::new();
    let mut seqs = Vec::new();
    for trip in &trips {
        for hop in trip.hops(case.importing()) {
            seqs.push(hop.discharged.seq);
            via.extend(hop.discharged.spot.as_ref().map(|s| s.country.as_str()));
        }
        // Goods that come over land to another country's port were in transit there as well.
        let start =
            trip.first_load().filter(|e| e.spot.as_ref().is_some_and(|s| s.country != *case.exporting()));
        if let Some(load) = start {
            seqs.push(load.seq);
            via.extend(load.spot.as_ref().map(|s| s.country.as_str()));
        }
    }
    let ended = trips.iter().all(|t| t.last_discharge(case.importing()).is_some());
    if via.is_empty() {
        let seqs = trips.iter().flat_map(|t| t.loads().chain(t.discharges())).map(|e| e.seq);
        return if ended {
            Ruling::pass("The goods went directly to the importing Party.").with("class", &"direct").on(seqs)
        } else {
            Ruling::open("The goods are on their way and were discharged nowhere yet.").on(seqs)
        };
    }
    let class =
        if via.iter().all(|c| parties.contains(c)) { "via_intermediate_party" } else { "via_non_party" };
    let names = via.into_iter().collect::<Vec<_>>().join(", ");
    let stays = r08_custody::custody(case);
    let continuous = !stays.is_empty() && stays.iter().all(|s| s.state == StayState::Continuous);
    let article = transit_article(&case.certificate.boxes.regime);
    let asks = article.map(|article| format!("; {article} asks for evidence")).unwrap_or_default();
    let ruling = if continuous {
        Ruling::pass(format!("The goods changed ships in {names} with custody told throughout{asks}."))
    } else {
        Ruling::warn(format!(
            "The goods were in {names} on the way, and custody there is not told throughout{asks}."
        ))
    };
    ruling.with("class", &class).with("via", &names).on(seqs)
}

/// Returns how many independent parties told of each leg by sea.
pub(super) fn witnesses(case: &Case<'_>) -> Vec<Witnesses> {
    case.movement.trips.iter().flat_map(legs).collect()
}

fn legs(trip: &Trip) -> Vec<Witnesses> {
    let leg = |load: &crate::movement::Event| {
        let next = trip.loads().filter(|other| other.at > load.at).find_map(|other| other.at);
        let off = trip.discharges().find(|d| d.at > load.at && next.is_none_or(|next| d.at < Some(next)));
        let parties: BTreeSet<&PartyId> =
            load.parties.iter().chain(off.into_iter().flat_map(|d| &d.parties)).collect();
        Some(Witnesses {
            container: trip.key.container.clone(),
            from: load.spot.as_ref()?.node.clone(),
            to: off.and_then(|d| d.spot.as_ref()).map(|s| s.node.clone()),
            witnesses: parties.len(),
            seqs: std::iter::once(load.seq).chain(off.map(|d| d.seq)).collect(),
        })
    };
    trip.loads().filter_map(leg).collect()
}
