//! From a position over open water: the corners in sight, the nearest in each direction.

use super::{Harbour, Tie, part};
use crate::sea::corner::{Reach, directions};
use crate::sea::sphere::{dot, unit};
use sealane_data::node::Position;

/// Directions in which the nearest corners are looked for.
const SECTORS: usize = 16;
/// The cosine of 60 km: corners nearer than that are at hand.
const AT_HAND: f64 = 0.999_955_7;
/// Directions in which land is remembered.
const RAYS: usize = 360;
/// After so many corners behind land, those farther in the same direction are not looked for.
const BLOCKED: u8 = 3;

impl Harbour<'_> {
    /// Returns the ties to the corners that are seen over water, the nearest in each direction.
    pub(crate) fn in_sight(&self, at: Position) -> Vec<Tie> {
        let here = unit(at);
        let all = [Reach::Narrow, Reach::Strait, Reach::Coast, Reach::Ocean];
        let least = all.map(|reach| Reach::Coast.least(reach));
        let mut near: Vec<(f64, usize)> = Vec::new();
        for (number, corner) in self.corners.iter().enumerate() {
            let cosine = dot(here, corner.unit);
            let wanted = cosine > least[corner.reach as usize] || corner.reach == Reach::Ocean;
            if wanted && corner.useful(here, cosine) {
                near.push((cosine, number));
            }
        }
        near.sort_by(|a, b| b.0.total_cmp(&a.0));
        let (east, north) = directions(at);
        // Points in narrow water, points at hand and great capes are counted by themselves: the near ones must not hide the
        // coasts behind them, nor those the capes across the sea.
        let mut sectors = [[0; SECTORS]; 5];
        let mut blocked = [[0; RAYS]; 5];
        let mut ties = Vec::new();
        for (cosine, number) in near {
            let corner = &self.corners[number];
            let turn =
                libm::atan2(dot(corner.unit, east), dot(corner.unit, north)) / std::f64::consts::TAU + 0.5;
            let (sector, ray) = (part(turn, SECTORS), part(turn, RAYS));
            let kind = match (corner.reach, cosine > AT_HAND) {
                (Reach::Ocean, _) => 4,
                (reach, at_hand) => usize::from(reach > Reach::Narrow) + 2 * usize::from(at_hand),
            };
            if sectors[kind][sector] >= self.most || blocked[kind][ray] >= BLOCKED {
                continue;
            }
            match self.tie(at, number) {
                Some(tie) => {
                    sectors[kind][sector] += 1;
                    blocked[kind][ray] = 0;
                    ties.push(tie);
                }
                None => blocked[kind][ray] += 1,
            }
        }
        ties
    }
}
