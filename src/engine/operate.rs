//! What the operator's tools ask of the engine: partners, re-readings, aliases.

use super::reread::rereads;
use super::{Handle, profiles};
use sealane_data::Text;
use sealane_data::node::NodeId;
use sealane_data::observation::DeclaredPlace;
use sealane_data::operate::{
    Drift, Operate, PartnerStatus, PartnersStatus, RereadDone, RereadOrder, RereadReport, UnknownPlace,
};
use sealane_data::partner::{Partner, PartyId};
use sealane_data::ports::{IntakeError, Pending};
use sealane_data::recorded::Recorded;
use sealane_data::sheet::{SheetGuesses, SheetOrder};
use sealane_log::{LogError, LogReader, PAGE_CAP, SqliteReader};
use std::collections::BTreeMap;
use std::sync::PoisonError;

impl Operate for Handle {
    fn partners(&self) -> Pending<'_, Result<PartnersStatus, IntakeError>> {
        self.blocking(|handle| {
            let log = SqliteReader::open(&handle.data)?;
            let partners = handle.statuses(&log)?;
            let decisions = log.decisions()?;
            let problems = handle.profiles.lock().unwrap_or_else(PoisonError::into_inner).problems();
            Ok(PartnersStatus { partners, problems, rereads: done(&decisions) })
        })
    }

    fn reread(&self, order: RereadOrder) -> Pending<'_, Result<RereadReport, IntakeError>> {
        self.blocking(move |handle| Ok(handle.reread_blocking(&order)?))
    }

    fn undo(&self, id: Option<Text>) -> Pending<'_, Result<RereadReport, IntakeError>> {
        self.blocking(move |handle| Ok(handle.undo_blocking(id.as_deref())?))
    }

    fn layouts(&self, submission: String) -> Pending<'_, Result<SheetGuesses, IntakeError>> {
        self.blocking(move |handle| Ok(handle.layouts_blocking(&submission)?))
    }

    fn confirm(
        &self,
        submission: String,
        order: SheetOrder,
    ) -> Pending<'_, Result<RereadReport, IntakeError>> {
        self.blocking(move |handle| Ok(handle.confirm_blocking(&submission, order)?))
    }

    fn map_place(&self, party: PartyId, alias: Text, node: NodeId) -> Pending<'_, Result<(), IntakeError>> {
        self.blocking(move |handle| {
            let known = handle.shared.read(|world, _| world.places().find(&node.0).is_some());
            if !known || !party.is_proper() || party.is_operator() || alias.trim().is_empty() {
                let why =
                    format!("`{alias}` of party `{party}` cannot mean `{node}`: party or node is unknown");
                return Err(Failed::Asked(IntakeError::Refused(why)));
            }
            handle.room.check(0)?;
            let folder = handle.data.join("partners");
            let edit = handle.edits.lock().unwrap_or_else(PoisonError::into_inner);
            let written = profiles::write_alias(&folder, &party, &alias, &node);
            drop(edit);
            let written = written.and_then(|()| handle.reload());
            written.map(|_| ()).map_err(|e| Failed::Asked(storage(e)))
        })
    }
}

/// Returns how the operator is told that a file or the log could not be written.
fn storage(error: anyhow::Error) -> IntakeError {
    let full = |e: &std::io::Error| e.kind() == std::io::ErrorKind::StorageFull;
    match error.downcast::<IntakeError>() {
        Ok(told) => told,
        Err(error) if error.downcast_ref().is_some_and(full) => IntakeError::NoRoom(format!("{error:#}")),
        Err(error) => IntakeError::Storage(format!("{error:#}")),
    }
}

/// Why something could not be done.
enum Failed {
    Asked(IntakeError),
    Log(LogError),
}

impl From<LogError> for Failed {
    fn from(error: LogError) -> Self {
        Self::Log(error)
    }
}

impl From<IntakeError> for Failed {
    fn from(error: IntakeError) -> Self {
        Self::Asked(error)
    }
}

impl Handle {
    /// Runs something on a thread that may block.
    fn blocking<T: Send + 'static>(
        &self,
        run: impl FnOnce(&Self) -> Result<T, Failed> + Send + 'static,
    ) -> Pending<'_, Result<T, IntakeError>> {
        let handle = self.clone();
        Box::pin(async move {
            match tokio::task::spawn_blocking(move || run(&handle)).await {
                Ok(Ok(done)) => Ok(done),
                Ok(Err(Failed::Asked(error))) => Err(error),
                Ok(Err(Failed::Log(error))) => Err(IntakeError::Storage(error.to_string())),
                Err(error) => Err(IntakeError::Storage(error.to_string())),
            }
        })
    }

    fn statuses(&self, log: &dyn LogReader) -> Result<Vec<PartnerStatus>, LogError> {
        let profiles = self.partners.load_full();
        let mut known: BTreeMap<PartyId, Option<&Partner>> =
            profiles.iter().map(|p| (p.id.clone(), Some(p))).collect();
        let mut unknown = self.unknown_places();
        let mut drifting: BTreeMap<PartyId, Vec<Drift>> = BTreeMap::new();
        for (party, drift) in self.shared.read(|world, _| world.drift()) {
            known.entry(party.clone()).or_default();
            drifting.entry(party).or_default().push(drift);
        }
        for party in unknown.keys().filter(|p| !p.is_operator()) {
            known.entry(party.clone()).or_default();
        }
        known
            .into_iter()
            .map(|(id, profile)| {
                let page = log.submissions(Some(&id), None, PAGE_CAP)?;
                let fresh = Partner::new(id.clone());
                let partner = profile.unwrap_or(&fresh);
                Ok(PartnerStatus {
                    name: partner.name.clone(),
                    mode: partner.mode,
                    test: partner.test,
                    profile: profile.cloned(),
                    heard: page.first().map(|s| s.received),
                    held: page.iter().filter(|s| s.receipt.held).count() as u64,
                    unknown: unknown.remove(&id).unwrap_or_default(),
                    drift: drifting.remove(&id).unwrap_or_default(),
                    id,
                })
            })
            .collect()
    }

    fn unknown_places(&self) -> BTreeMap<PartyId, Vec<UnknownPlace>> {
        let mut found: BTreeMap<PartyId, Vec<UnknownPlace>> = BTreeMap::new();
        self.shared.read(|world, _| {
            for (party, place, count, last) in world.unknown_places() {
                let told = [&place.locode, &place.facility, &place.name];
                let told: Vec<&str> = told.into_iter().flatten().map(Text::as_str).collect();
                let told = told.join(" / ");
                let port =
                    world.places().resolve(place, None).map(|r| world.places().node(r.node).id.clone());
                found.entry(party.clone()).or_default().push(UnknownPlace {
                    alias: alias(place),
                    told,
                    port,
                    count,
                    last,
                });
            }
        });
        for places in found.values_mut() {
            places.sort_by(|a, b| (b.count, &a.alias).cmp(&(a.count, &b.alias)));
        }
        found
    }
}

/// Returns the alias by which a profile would map a place: port and terminal, else the port, else the name.
fn alias(place: &DeclaredPlace) -> Text {
    match (&place.locode, &place.facility, &place.name) {
        (Some(port), Some(facility), _) => format!("{port}{facility}").into(),
        (None, Some(code), _) | (Some(code), None, _) => code.clone(),
        (None, None, name) => name.clone().unwrap_or_default(),
    }
}

fn done(decisions: &[Recorded]) -> Vec<RereadDone> {
    let all = rereads(decisions);
    let taken_back = |id: &Text| all.iter().any(|(_, r)| r.undoes.as_ref() == Some(id));
    let line = |(recorded, r): &(&Recorded, &sealane_data::recorded::Reread)| RereadDone {
        id: r.id.clone(),
        at: recorded.at,
        why: r.why.clone(),
        counts: [r.submissions.len(), r.retracted.len(), r.appended.len() + r.restored.len()],
        undoes: r.undoes.clone(),
        undone: taken_back(&r.id),
    };
    all.iter().rev().map(line).collect()
}
