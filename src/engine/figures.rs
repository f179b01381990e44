//! Figures: the lake asked through the port, with the world as its source of moves.

use sealane_api::Shared;
use sealane_data::fact::QuayMove;
use sealane_data::node::{Node, NodeId};
use sealane_data::ports::{KpiError, Kpis, Pending, TeuAnswer, TeuQuery};
use sealane_data::recorded::Seq;
use sealane_lake::{Lake, Month, MoveSource};
use sealane_mapper::World;
use std::sync::{Arc, Mutex, PoisonError};

/// Answers analysts from the lake.
#[derive(Clone)]
pub struct Figures {
    shared: Arc<Shared>,
    lake: Arc<Lake>,
    /// The log position up to which the lake has been told what changed.
    told: Arc<Mutex<Seq>>,
}

impl Figures {
    /// Returns figures over what is served and a lake that knows the log up to `told`.
    pub(crate) fn new(shared: Arc<Shared>, lake: Arc<Lake>, told: Seq) -> Self {
        Self { shared, lake, told: Arc::new(Mutex::new(told)) }
    }

    /// Tells the lake what has changed since it was told last, and returns the world as of then.
    ///
    /// The world may know more by the time it is asked for moves; what is claimed is this position.
    fn tell(&self) -> Moves<'_> {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        let (seq, months) = self.shared.read(|world, _| (world.seq(), changed(world, *told)));
        for (node, month) in months {
            self.lake.mark_dirty(&node, month);
        }
        *told = seq;
        Moves { shared: &self.shared, seq }
    }

    /// Lets another world take the place of the one that is asked for moves: every month of either
    /// is then written anew when it is asked for.
    pub(crate) fn anew(&self, replace: impl FnOnce()) {
        // Held meanwhile, so that no question comes between.
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        let before = self.shared.read(|world, _| changed(world, 0));
        replace();
        let after = self.shared.read(|world, _| changed(world, 0));
        for (node, month) in before.into_iter().chain(after) {
            self.lake.mark_dirty(&node, month);
        }
        *told = 0;
    }

    /// Writes every partition that has changed, so that other readers of the lake see all of it.
    pub fn flush(&self) -> Result<Seq, sealane_lake::LakeError> {
        self.lake.flush_all(&self.tell())
    }
}

fn changed(world: &World, after: Seq) -> Vec<(NodeId, Month)> {
    let months = world.months_changed_after(after).into_iter();
    months.filter_map(|(n, y, m)| Some((world.places().node(n).id.clone(), Month::new(y, m)?))).collect()
}

impl Kpis for Figures {
    fn teu(&self, query: TeuQuery) -> Pending<'_, Result<TeuAnswer, KpiError>> {
        let figures = self.clone();
        Box::pin(async move {
            let asked = tokio::task::spawn_blocking(move || figures.lake.teu(&figures.tell(), &query));
            asked.await.map_err(|e| KpiError::Lake(e.to_string()))?
        })
    }
}

/// The world as the lake sees it.
struct Moves<'a> {
    shared: &'a Shared,
    seq: Seq,
}

impl MoveSource for Moves<'_> {
    fn seq(&self) -> Seq {
        self.seq
    }

    fn moves(&self, node: &NodeId, month: Month) -> Vec<QuayMove> {
        self.shared.read(|world, _| {
            let node = world.places().find(&node.0);
            node.map(|n| world.quay_moves(n, month.year(), month.month())).unwrap_or_default()
        })
    }

    fn nodes(&self) -> Vec<Node> {
        self.shared.read(|world, _| world.places().all().map(|(_, n)| n.clone()).collect())
    }

    fn terminals_of(&self, node: &NodeId) -> Vec<NodeId> {
        self.shared.read(|world, _| {
            let places = world.places();
            let Some(port) = places.find(&node.0) else { return Vec::new() };
            places.all().filter(|(n, _)| places.within(*n, port)).map(|(_, n)| n.id.clone()).collect()
        })
    }
}
