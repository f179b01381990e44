//! What is new about certificates: where they stand, compared with what their sites were told last. Whether the
//! movement agrees is kept also where no site is told, so that it can be read as of then.

use super::Room;
use jiff::Timestamp;
use sealane_api::hooks::Hook;
use sealane_api::{Aspect, Shared, Standing};
use sealane_data::Text;
use sealane_data::certificate::CertificateId;
use sealane_data::partner::PartyId;
use sealane_data::recorded::Entry;
use sealane_data::webhook::{Announced, FOUND};
use sealane_origin::Certificate;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Certificates that are looked at in one go: they are kept together.
const PART: usize = 200;

impl Room {
    /// Returns every certificate, or those of some parties.
    pub(super) fn all_of(&self, parties: Option<&BTreeSet<PartyId>>) -> BTreeSet<CertificateId> {
        let owned = |certificate: &&Certificate| parties.is_none_or(|p| p.contains(&certificate.owner));
        self.handle.shared.read(|_, register| {
            register.owned_by(None).into_iter().filter(owned).map(|c| c.id.clone()).collect()
        })
    }

    /// Keeps what is new about some of the certificates that were touched and takes them out: not all in one go, so
    /// that others' events are sent in between. Returns whether they could be kept.
    pub(super) async fn announce(&self, hooks: &[Hook], waiting: &mut BTreeSet<CertificateId>) -> bool {
        let since: BTreeMap<PartyId, Timestamp> = hooks.iter().fold(BTreeMap::new(), |mut all, hook| {
            let first = all.entry(hook.party.clone()).or_insert(hook.created);
            *first = hook.created.min(*first);
            all
        });
        let part: Vec<CertificateId> = std::iter::from_fn(|| waiting.pop_first()).take(PART).collect();
        if part.is_empty() {
            return true;
        }
        let (shared, asked) = (self.handle.shared.clone(), part.clone());
        // The rules may read the log: never on a thread that answers requests.
        let news = tokio::task::spawn_blocking(move || news(&shared, &asked, &since)).await;
        let kept = match news {
            Ok(news) if news.is_empty() => Ok(()),
            Ok(news) => self.keep(news).await.map_err(|e| e.to_string()),
            Err(error) => Err(error.to_string()),
        };
        let Err(error) = kept else { return true };
        tracing::warn!(error, "what sites should be told cannot be kept yet");
        waiting.extend(part);
        false
    }
}

fn news(shared: &Shared, ids: &[CertificateId], since: &BTreeMap<PartyId, Timestamp>) -> Vec<Entry> {
    let now = Timestamp::now();
    let mut entries = Vec::new();
    for id in ids {
        let Some(standing) = shared.standing(id, now) else { continue };
        entries.extend(shared.bulletin(|b| match since.get(&standing.owner) {
            Some(first) => compare(id, standing, b.stands(id), *first),
            None => found(id, standing, b.found_last(id)).into_iter().collect(),
        }));
    }
    entries.into_iter().map(|told| Entry::Announced(Box::new(told))).collect()
}

/// Returns whether the movement agrees, where nobody is told and it was found otherwise before.
fn found(id: &CertificateId, standing: Standing, before: Option<&str>) -> Option<Announced> {
    let state = standing.aspects.get("consistency")?.value.clone();
    (before != Some(state.as_str())).then(|| Announced {
        party: standing.owner,
        certificate: Some(id.clone()),
        kind: Text::default(),
        only: None,
        data: Value::Null,
        says: BTreeMap::from([(FOUND.into(), state)]),
    })
}

/// Returns what is new: each aspect is an event. Where a certificate stood that was here before its sites
/// could be told is kept, and told to nobody.
fn compare(
    id: &CertificateId,
    standing: Standing,
    before: Option<&BTreeMap<Text, Text>>,
    first: Timestamp,
) -> Vec<Announced> {
    let Standing { owner, received, aspects } = standing;
    let event = |kind: Text, data: Value, says: BTreeMap<Text, Text>| Announced {
        party: owner.clone(),
        certificate: Some(id.clone()),
        kind,
        only: None,
        data,
        says,
    };
    if before.is_none() && received < first {
        let says = aspects.into_iter().map(|(name, aspect)| (name, aspect.value)).collect();
        return vec![event(Text::default(), Value::Null, says)];
    }
    let is_new = |(name, aspect): &(Text, Aspect)| before.and_then(|b| b.get(name)) != Some(&aspect.value);
    let mut new: Vec<(Text, Aspect)> = aspects.into_iter().filter(is_new).collect();
    // A reader hears of a certificate before it hears what happened to it.
    new.sort_by_key(|(name, _)| name != "received");
    new.into_iter().map(|(name, a)| event(a.kind, a.data, BTreeMap::from([(name, a.value)]))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn standing(aspects: &[(&str, &str, &str)]) -> Standing {
        let aspect =
            |value: &str, kind: &str| Aspect { value: value.into(), kind: kind.into(), data: json!({}) };
        Standing {
            owner: PartyId("acme".into()),
            received: Timestamp::from_second(100).unwrap(),
            aspects: aspects.iter().map(|(n, v, k)| ((*n).into(), aspect(v, k))).collect(),
        }
    }

    #[test]
    fn what_was_found_is_kept_once_where_nobody_is_told() {
        let id = CertificateId("eco_1".into());
        let now = || standing(&[("consistency", "warnings", "certificate.consistency_changed")]);
        for before in [None, Some("consistent")] {
            let kept = found(&id, now(), before).unwrap();
            assert_eq!((kept.kind.as_str(), kept.says[FOUND].as_str()), ("", "warnings"));
        }
        assert_eq!(found(&id, now(), Some("warnings")), None);
    }

    #[test]
    fn only_what_differs_is_told_and_what_was_there_before_is_not() {
        let id = CertificateId("eco_1".into());
        let at = |second| Timestamp::from_second(second).unwrap();
        let now = || {
            standing(&[
                ("consistency", "consistent", "certificate.consistency_changed"),
                ("lifecycle", "issued", "certificate.issued"),
                ("received", "yes", "certificate.received"),
            ])
        };
        let kinds = |told: &[Announced]| told.iter().map(|t| t.kind.to_string()).collect::<Vec<_>>();
        let baseline = compare(&id, now(), None, at(200));
        assert_eq!((kinds(&baseline), baseline[0].says.len()), (vec![String::new()], 3));
        let fresh = compare(&id, now(), None, at(50));
        let expected = ["certificate.received", "certificate.consistency_changed", "certificate.issued"];
        assert_eq!(kinds(&fresh), expected);
        let mut before = baseline[0].says.clone();
        assert!(compare(&id, now(), Some(&before), at(200)).is_empty());
        before.insert("lifecycle".into(), "submitted".into());
        let changed = compare(&id, now(), Some(&before), at(200));
        assert_eq!(
            (kinds(&changed), changed[0].says["lifecycle"].as_str()),
            (vec!["certificate.issued".into()], "issued")
        );
    }
}
