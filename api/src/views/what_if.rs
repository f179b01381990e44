//! What a closure hits, as it is served.

use super::route::{leg_from, ship};
use crate::auth::Viewer;
use crate::grants::{Grants, Own};
use jiff::{SignedDuration, Timestamp};
use sealane_data::Text;
use sealane_data::node::NodeId;
use sealane_data::partner::Partner;
use sealane_data::places::{NodeIx, Places};
use sealane_data::recorded::Seq;
use sealane_mapper::World;
use sealane_mapper::route::{JourneyKey, Route};
use sealane_mapper::what_if::{Closed, Detours};
use sealane_origin::{Certificate, Register};
use serde::Serialize;
use serde_json::Value;
use std::ops::Range;
use utoipa::ToSchema;

/// Metres in a nautical mile.
const MILE: f64 = 1852.0;
/// The speed where none is given, in knots.
const SPEED: f64 = 16.0;

/// What a closure hits, as far as the asking key may read it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WhatIf {
    /// The closed passages.
    passages: Vec<String>,
    /// The closed nodes.
    nodes: Vec<String>,
    /// The speed that delays are reckoned with.
    speed_knots: f64,
    /// The shipments that are hit, those of the newest containers first.
    shipments: Vec<ShipmentHit>,
    /// The certificates that are hit.
    certificates: Vec<CertificateHit>,
    /// Whether older things were left out, because there are more than are looked at.
    complete: bool,
    /// The log position this answer knows.
    as_of_seq: Seq,
}

/// A journey that is hit.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ShipmentHit {
    /// The container, canonical.
    #[schema(value_type = String)]
    container: Text,
    /// Which of its trips.
    ordinal: u32,
    /// The references tied to it.
    references: Vec<String>,
    #[serde(flatten)]
    total: Total,
    /// The legs that are hit.
    legs: Vec<LegHit>,
}

/// What a closure does to goods.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = Detour)]
pub(crate) struct Total {
    /// Nautical miles still to go on the usual way, from where the ship was last told of.
    distance_nm: f64,
    /// The same with the closure; null if an end is closed or no way is left.
    new_distance_nm: Option<f64>,
    /// How much later they arrive, in hours; null as the distance.
    delay_hours: Option<f64>,
    /// When they should arrive, if anybody told.
    #[schema(value_type = Option<String>)]
    arrival: Option<Timestamp>,
    /// The same with the delay.
    #[schema(value_type = Option<String>)]
    new_arrival: Option<Timestamp>,
}

/// A leg that is hit.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct LegHit {
    /// Its id in the route.
    leg: String,
    /// The node where it begins.
    #[schema(value_type = String)]
    from: NodeId,
    /// The node where it ends.
    #[schema(value_type = String)]
    to: NodeId,
    /// The node that the way on is reckoned from: where the ship was last told of.
    #[schema(value_type = String)]
    measured_from: NodeId,
    /// The ship.
    #[schema(value_type = Object)]
    ship: Value,
    /// The closed passages that it would use.
    passages: Vec<String>,
    /// The closed ends.
    #[schema(value_type = Vec<String>)]
    closed_ends: Vec<NodeId>,
    /// The passages of the way that is left.
    by: Vec<String>,
    #[serde(flatten)]
    total: Total,
}

/// A certificate whose goods are hit.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CertificateHit {
    /// Its id.
    id: String,
    /// Its number.
    number: String,
    /// The containers that are hit.
    #[schema(value_type = Vec<String>)]
    containers: Vec<Text>,
    /// The last day on which it is valid.
    #[schema(value_type = Option<String>)]
    valid_until: Option<jiff::civil::Date>,
    /// Who says so: `claimed`, or reckoned by `one_year_from_issue`.
    valid_until_source: Option<&'static str>,
    /// `none`, `expires_before_arrival` (only with the closure), `expired_anyway`, `no_way` (none is left) or
    /// `unknown` (no arrival or no last day is told). Days are those of the place of arrival.
    expiry: &'static str,
    #[serde(flatten)]
    total: Total,
}

/// What was found so far.
#[derive(Default)]
pub(crate) struct Tally {
    pub(crate) shipments: Vec<ShipmentHit>,
    pub(crate) certificates: Vec<CertificateHit>,
    pub(crate) not_looked_at: usize,
}

/// A journey with legs by sea before it, copied out of the world.
#[derive(Clone)]
pub(crate) struct Open {
    key: JourneyKey,
    references: Vec<String>,
    legs: Vec<OpenLeg>,
}

#[derive(Clone)]
struct OpenLeg {
    id: String,
    ends: [NodeIx; 2],
    measured_from: NodeIx,
    ship: Value,
    arrival: Option<Timestamp>,
}

/// A certificate with its open journeys.
pub(crate) struct OpenCertificate {
    id: String,
    number: String,
    validity: Option<sealane_origin::Validity>,
    journeys: Vec<Open>,
}

/// Weighs what is open.
pub(crate) struct Hits<'p> {
    places: &'p Places,
    detours: Detours<'p>,
    knots: f64,
    own: Own,
}

impl<'p> Hits<'p> {
    pub(crate) fn new(places: &'p Places, detours: Detours<'p>, speed: Option<f64>) -> Self {
        Self { places, detours, knots: speed.unwrap_or(SPEED), own: Own::default() }
    }

    /// Copies the open journeys of some containers that the caller may read, the newest first.
    pub(crate) fn shipments(
        &self,
        world: &World,
        register: &Register,
        viewer: &Viewer,
        partners: &[Partner],
        numbers: Range<usize>,
    ) -> Vec<Open> {
        let grants = Grants::with(viewer, world, register, partners, self.own.clone());
        let open = numbers.rev().filter_map(|number| world.open_route(number));
        open.filter_map(|(key, route)| {
            let journey = world.journey(&key).filter(|journey| grants.may_read(journey))?;
            Some(self.open(key, journey.references.iter().map(ToString::to_string).collect(), &route))
        })
        .collect()
    }

    /// Copies some of the caller's certificates with their open journeys.
    pub(crate) fn certificates(
        &self,
        world: &World,
        register: &Register,
        viewer: &Viewer,
        start: usize,
        many: usize,
    ) -> Vec<OpenCertificate> {
        let owned = register.owned_by(viewer.limit().as_ref()).into_iter().skip(start).take(many);
        owned.filter_map(|certificate| self.open_certificate(certificate, world, register)).collect()
    }

    fn open_certificate(
        &self,
        certificate: &Certificate,
        world: &World,
        register: &Register,
    ) -> Option<OpenCertificate> {
        let journeys: Vec<Open> = register
            .bound(certificate, world)
            .into_iter()
            .map(|bound| {
                let route = world.route(std::slice::from_ref(&bound.journey));
                self.open(bound.journey, Vec::new(), &route)
            })
            .filter(|open| !open.legs.is_empty())
            .collect();
        let open = OpenCertificate {
            id: certificate.id.to_string(),
            number: certificate.record.document["number"].as_str().unwrap_or_default().to_owned(),
            validity: certificate.valid_until(),
            journeys,
        };
        (!open.journeys.is_empty()).then_some(open)
    }

    fn open(&self, key: JourneyKey, references: Vec<String>, route: &Route) -> Open {
        let leg = |leg: &sealane_mapper::route::Leg| {
            let node = |id: &NodeId| self.places.find(&id.0);
            let stop = |at: usize| route.stops.get(at).and_then(|stop| node(&stop.node));
            let from = stop(leg.from)?;
            Some(OpenLeg {
                id: leg.id.clone(),
                ends: [from, stop(leg.to)?],
                measured_from: leg_from(leg).and_then(node).unwrap_or(from),
                ship: leg.ship.as_ref().map_or(Value::Null, ship),
                arrival: leg.arrival.map(|moment| moment.at),
            })
        };
        Open { key, references, legs: route.open_legs().filter_map(leg).collect() }
    }

    /// Returns what the closure does to a journey; nothing if it is not hit.
    pub(crate) fn shipment(&mut self, open: &Open) -> Option<ShipmentHit> {
        let legs = self.legs(open);
        let total = total(&legs, open)?;
        Some(ShipmentHit {
            container: open.key.container.clone(),
            ordinal: open.key.ordinal,
            references: open.references.clone(),
            total,
            legs,
        })
    }

    fn legs(&mut self, open: &Open) -> Vec<LegHit> {
        open.legs.iter().filter_map(|leg| self.leg(leg)).collect()
    }

    fn leg(&mut self, leg: &OpenLeg) -> Option<LegHit> {
        // A ship that has left a port is not held by its closing.
        let detour = self.detours.between(leg.measured_from, leg.ends[1])?;
        let id = |ix: NodeIx| self.places.node(ix).id.clone();
        let delay = detour.after.map(|after| (after - detour.before).max(0.0) / MILE / self.knots);
        Some(LegHit {
            leg: leg.id.clone(),
            from: id(leg.ends[0]),
            to: id(leg.ends[1]),
            measured_from: id(leg.measured_from),
            ship: leg.ship.clone(),
            passages: detour.passages.clone(),
            closed_ends: detour.ends.iter().map(|ix| id(*ix)).collect(),
            by: detour.by.clone(),
            total: Total {
                distance_nm: round(detour.before / MILE),
                new_distance_nm: detour.after.map(|after| round(after / MILE)),
                delay_hours: delay.map(round),
                arrival: leg.arrival,
                new_arrival: later(leg.arrival, delay),
            },
        })
    }

    /// Returns what the closure does to a certificate's goods; nothing if none of them is hit.
    pub(crate) fn certificate(&mut self, open: &OpenCertificate) -> Option<CertificateHit> {
        let mut hit: Vec<(Total, &Open)> = Vec::new();
        for journey in &open.journeys {
            let legs = self.legs(journey);
            hit.extend(total(&legs, journey).map(|total| (total, journey)));
        }
        // The goods that come last decide.
        let (worst, last) = hit.iter().max_by_key(|(total, _)| {
            (total.new_distance_nm.is_none(), total.new_arrival, total.delay_hours.map(f64::to_bits))
        })?;
        Some(CertificateHit {
            id: open.id.clone(),
            number: open.number.clone(),
            containers: hit.iter().map(|(_, journey)| journey.key.container.clone()).collect(),
            valid_until: open.validity.map(|validity| validity.until),
            valid_until_source: open.validity.map(|validity| validity.source),
            expiry: self.expiry(open, worst, last),
            total: worst.clone(),
        })
    }

    fn expiry(&self, open: &OpenCertificate, total: &Total, last: &Open) -> &'static str {
        let Some(leg) = last.legs.last() else { return "unknown" };
        let day = |at: Timestamp| at.to_zoned(self.places.zone(leg.ends[1]).clone()).date();
        match (total.new_distance_nm, open.validity, total.arrival, total.new_arrival) {
            (None, ..) => "no_way",
            (_, Some(valid), Some(before), _) if day(before) > valid.until => "expired_anyway",
            (_, Some(valid), _, Some(after)) if day(after) > valid.until => "expires_before_arrival",
            (_, Some(_), _, Some(_)) => "none",
            _ => "unknown",
        }
    }

    pub(crate) fn answer(&self, closed: &Closed, tally: Tally, seq: Seq) -> WhatIf {
        WhatIf {
            passages: closed.passages.clone(),
            nodes: closed.nodes.iter().map(|ix| self.places.node(*ix).id.to_string()).collect(),
            speed_knots: self.knots,
            shipments: tally.shipments,
            certificates: tally.certificates,
            complete: tally.not_looked_at == 0,
            as_of_seq: seq,
        }
    }
}

/// Adds legs up: the goods arrive as much later as all of them together take longer.
fn total(hit: &[LegHit], open: &Open) -> Option<Total> {
    let sum = |of: fn(&Total) -> Option<f64>| hit.iter().map(|leg| of(&leg.total)).sum::<Option<f64>>();
    let arrival = open.legs.last()?.arrival;
    let delay = sum(|total| total.delay_hours);
    (!hit.is_empty()).then(|| Total {
        distance_nm: round(hit.iter().map(|leg| leg.total.distance_nm).sum()),
        new_distance_nm: sum(|total| total.new_distance_nm).map(round),
        delay_hours: delay.map(round),
        arrival,
        new_arrival: later(arrival, delay),
    })
}

fn later(at: Option<Timestamp>, hours: Option<f64>) -> Option<Timestamp> {
    let delay = SignedDuration::try_from_secs_f64((hours? * 3600.0).round()).ok()?;
    at?.checked_add(delay).ok()
}

/// Rounds to two decimals: what is told is no surer than that.
fn round(value: f64) -> f64 {
    (value * 100.0).round() / 100.0 + 0.0
}
