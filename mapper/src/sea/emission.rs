//! What a box's way by sea emits, by published factors.

use super::sailing::Sailing;

/// How a figure was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Factor {
    /// Grams of CO2 equivalent per TEU and kilometre, well to wake.
    pub grams_per_teu_km: u32,
    /// Where the factor is published.
    pub source: &'static str,
}

/// The default factor for container ships where nothing is known of ship or trade lane.
///
/// The Global Logistics Emissions Council's Framework, which ISO 14083 is the standard of, points to the Clean
/// Cargo trade lane factors for container transport; their fleet average of recent years lies near 76 g
/// of CO2 equivalent per TEU and kilometre, well to wake, a dry box at 70 % utilisation. It is an
/// estimate of a lane, not of a ship.
pub const CONTAINER_SHIP: Factor = Factor {
    grams_per_teu_km: 76,
    source: "Clean Cargo global average trade lane factor, dry, well to wake, 70 % utilisation (GLEC Framework, ISO 14083)",
};

/// What the standards add to the shortest feasible distance for the distance really sailed, in percent (Clean Cargo).
pub const DISTANCE_ADJUSTMENT_PERCENT: u32 = 15;

/// Returns kilograms of CO2 equivalent for one TEU over the sea and canal legs, with the distance adjustment.
pub fn kilograms_per_teu(sailing: &Sailing, factor: Factor) -> f64 {
    let adjusted = sailing.distance_km() * (1.0 + f64::from(DISTANCE_ADJUSTMENT_PERCENT) / 100.0);
    adjusted * f64::from(factor.grams_per_teu_km) / 1000.0
}
