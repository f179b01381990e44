//! Putting a ship whose position is known on the route of its goods.

use crate::along::Along;
use crate::ends::{Meant, end};
use crate::route::{LegState, Progress, Route};
use crate::sea::{End, Query, SeaError, SeaLines, SeaNetwork};
use sealane_data::node::Position;
use sealane_data::places::Places;

/// Metres in a nautical mile.
const MILE: f64 = 1852.0;

impl Route {
    /// Reckons progress from a position: on the leg by sea, not yet over, whose line it is nearest to. Where
    /// it is off that line, the way on is planned from the position. Without such a leg nothing changes.
    ///
    /// # Errors
    ///
    /// If it is off the line and no way leads on from it.
    pub fn locate(&mut self, network: &SeaNetwork, places: &Places, at: Position) -> Result<(), SeaError> {
        let place = |leg: &crate::route::Leg| Along::of(leg.geometry.as_deref().ok()?, at, 0.0);
        let open = self.open_legs().filter_map(|leg| Some((leg.id.clone(), leg.to, place(leg)?)));
        let Some((id, to, along)) = open.min_by(|(_, _, a), (_, _, b)| a.off.total_cmp(&b.off)) else {
            return Ok(());
        };
        let node = self.stops.get(to).and_then(|stop| places.find(&stop.node.0));
        let onward = match node.filter(|_| along.is_off()) {
            Some(node) => {
                let query = Query::new(End::At(at), end(network, places, Meant::Node(node)));
                Some(network.sail(&query)?.line())
            }
            None => None,
        };
        let left = onward.as_deref().map_or(along.left, |line| SeaLines::length_nm(line) * MILE);
        let progress = Progress {
            state: LegState::UnderWay,
            fix: None,
            position: Some(at),
            seen: None,
            done: along.done,
            left,
            off: along.off,
            off_route: along.is_off(),
            onward,
        };
        if let Some(leg) = self.legs.iter_mut().find(|leg| leg.id == id) {
            leg.progress = Some(progress);
        }
        Ok(())
    }
}
