//! What a client wants to follow, over either way.

use super::TopicKey;
use super::feed::Named;
use crate::auth::Caller;
use crate::settings::App;
use serde::Deserialize;
use std::collections::BTreeSet;

/// The most certificates one client may follow at once.
const MAX_SUBSCRIPTIONS: usize = 200;

/// What is said to whoever wants more than that.
pub(crate) const TOO_MANY: &str = "at most 200 certificates may be followed at once";

/// What is said of a topic that is not there or not for the caller: both sound alike.
pub(crate) const HIDDEN: &str = "there is no such thing, or this key may not see it";

/// Certificates and ships to follow.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Subscribe {
    /// Ids of certificates.
    #[serde(default)]
    pub(crate) certificates: BTreeSet<String>,
    /// Whether ships are followed too.
    #[serde(default)]
    pub(crate) vessels: bool,
}

impl Subscribe {
    /// Returns the topics the caller may follow, as it names them, and the names of the others; nothing if it is
    /// too much.
    pub(crate) fn topics(&self, app: &App, caller: &Caller) -> Option<(Vec<Named>, Vec<String>)> {
        if self.certificates.len() > MAX_SUBSCRIPTIONS {
            return None;
        }
        let (mut keys, mut hidden) = (Vec::new(), Vec::new());
        for id in &self.certificates {
            let name = format!("certificate:{id}");
            let allowed = app.shared.may_be_named(&caller.viewer, id);
            let id = app.shared.named(id);
            match app.shared.profile_for(&caller.viewer, &id).filter(|_| allowed) {
                Some(profile) => keys.push((TopicKey::Certificate(id, profile), name)),
                None => hidden.push(name),
            }
        }
        if self.vessels && caller.viewer.operator_only().is_ok() {
            keys.push((TopicKey::Vessels, TopicKey::Vessels.name()));
        } else if self.vessels {
            hidden.push(TopicKey::Vessels.name());
        }
        Some((keys, hidden))
    }
}
