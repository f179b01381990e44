//! Interim shape by the lead, so that others compile: helper "places" overwrites this file whole.
use crate::route::NoGeometry;
use sealane_data::node::Position;
use sealane_data::places::{NodeIx, Places};
use std::sync::Arc;
/// Sea ways.
pub struct SeaWays;
impl SeaWays {
    /// Returns the embedded ways.
    pub fn embedded() -> Arc<Self> { Arc::new(Self) }
    /// Returns the line.
    pub fn path(&self, _: &Places, _: NodeIx, _: NodeIx) -> Result<Arc<Vec<Position>>, NoGeometry> { Err(NoGeometry::NoSeaRoute) }
}
