//! Polygons and positions as `domain/routes.md` 4.1 measured them, from a seed: the same on every machine.
//!
//! Around every port of the table a port area with an anchorage, terminals and berths nested in it, in all
//! 100,000 rings of 17 corners; a million positions, seven of ten near a port and the rest anywhere.

use sealane_data::node::{NodeKind, Position};
use sealane_data::places::Places;

/// How many rings are made.
pub(crate) const RINGS: usize = 100_000;
/// Corners of a ring, the closing one not counted.
const CORNERS: usize = 16;

/// A small generator of numbers from a seed (splitmix64).
struct Dice(u64);

impl Dice {
    /// Returns a number from 0 to 1.
    fn roll(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.roll()
    }
}

fn ports() -> Vec<Position> {
    let places = Places::embedded();
    let ports = places.all().filter(|(_, node)| node.kind == NodeKind::Port);
    ports.map(|(_, node)| node.position).filter(|at| at.lat.abs() < 75.0).collect()
}

/// Returns a ring of some degrees around a position, with a wavy edge.
fn ring(dice: &mut Dice, at: Position, degrees: f64) -> Vec<Position> {
    let wide = degrees / at.lat.to_radians().cos();
    let mut corners: Vec<Position> = (0..CORNERS)
        .map(|corner| {
            let turn = corner as f64 / CORNERS as f64 * std::f64::consts::TAU;
            let reach = dice.between(0.7, 1.0);
            let lon = at.lon + wide * reach * turn.cos();
            Position { lat: at.lat + degrees * reach * turn.sin(), lon: lon - (lon / 360.0).round() * 360.0 }
        })
        .collect();
    corners.push(corners[0]);
    corners
}

fn near(dice: &mut Dice, at: Position, degrees: f64) -> Position {
    let (turn, reach) = (dice.between(0.0, std::f64::consts::TAU), degrees * dice.roll().sqrt());
    let lon = at.lon + reach * turn.cos() / at.lat.to_radians().cos();
    Position { lat: at.lat + reach * turn.sin(), lon: lon - (lon / 360.0).round() * 360.0 }
}

/// Returns the rings: port, anchorage, terminals in the port, berths in the terminals.
pub(crate) fn rings() -> Vec<Vec<Position>> {
    let (mut dice, ports) = (Dice(42), ports());
    let mut rings = Vec::with_capacity(RINGS);
    for port in ports.iter().cycle() {
        rings.push(ring(&mut dice, *port, 0.08));
        let anchorage = near(&mut dice, *port, 0.2);
        rings.push(ring(&mut dice, anchorage, 0.05));
        for _ in 0..4 {
            let terminal = near(&mut dice, *port, 0.06);
            rings.push(ring(&mut dice, terminal, 0.008));
            for _ in 0..5 {
                let berth = near(&mut dice, terminal, 0.006);
                rings.push(ring(&mut dice, berth, 0.0015));
            }
        }
        if rings.len() >= RINGS {
            rings.truncate(RINGS);
            return rings;
        }
    }
    rings
}

/// Returns positions: seven of ten within 15 nm of a port, the rest anywhere.
pub(crate) fn positions(count: usize) -> Vec<Position> {
    let (mut dice, ports) = (Dice(7), ports());
    (0..count)
        .map(|_| {
            if dice.roll() < 0.7 {
                #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an index")]
                let port = ports[(dice.roll() * ports.len() as f64) as usize];
                near(&mut dice, port, 0.25)
            } else {
                Position { lat: dice.between(-65.0, 65.0), lon: dice.between(-180.0, 180.0) }
            }
        })
        .collect()
}
