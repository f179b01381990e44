//! What registries push: signed with the shared secret, about a question that we asked.

use super::follows::kept;
use super::follows::{Came, entries, verified};
use crate::engine::Handle;
use ring::hmac;
use sealane_data::ports::IntakeError;
use sealane_data::registry::{Told, Verb};
use sealane_data::submission::Sha256;
use sealane_origin::registries::{Outcome, Profile, Reply, read_secret};
use std::collections::BTreeMap;

/// Returns whether a body is signed as a profile says; compared in constant time.
pub(super) fn is_signed(profile: &Profile, headers: &BTreeMap<String, String>, body: &[u8]) -> bool {
    let Some(push) = &profile.push else { return false };
    let told = headers.get(push.header.to_ascii_lowercase().as_str()).map(|t| t.trim());
    let told = told.and_then(|t| sealane_data::hex::read(t.strip_prefix("sha256=").unwrap_or(t)));
    let (Ok(secret), Some(told)) = (read_secret(&push.secret), told) else { return false };
    hmac::verify(&hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes()), body, &told).is_ok()
}

impl Handle {
    /// Takes a pushed answer: to an open request it is the receipt, to a settled one it is news.
    pub(super) async fn take_pushed(&self, profile: &Profile, body: &[u8]) -> Result<(), IntakeError> {
        let refused =
            |e: &dyn std::fmt::Display| IntakeError::Refused(format!("what was pushed is not read: {e}"));
        let reply = profile.read_pushed(body).map_err(|e| refused(&e))?;
        let about = reply.about.clone().ok_or_else(|| refused(&"it names no question"))?;
        // A call under way may bring an answer to the same question.
        let _one = self.registries.settling.lock().await;
        let found = self.shared.read(|_, register| {
            let outbox = register.outbox();
            let open = outbox.open(&about).map(|o| (o.ask.clone(), true));
            open.or_else(|| outbox.settled_by_key(&about).map(|s| (s.ask.clone(), false)))
        });
        let (ask, open) = found.filter(|(ask, _)| ask.registry == profile.id).ok_or(IntakeError::NotFound)?;
        // The same push again adds nothing, whoever sends it.
        let digest = Sha256::of(body).hex();
        let known = self.shared.read(|_, register| {
            let events = register.get(&ask.certificate).map(|c| &c.events);
            events.is_some_and(|e| e.iter().any(|n| n.event.source_sha256 == digest))
        });
        if known {
            return Ok(());
        }
        let Reply { outcome, code, valid_until, fields, .. } = reply;
        if matches!(outcome, Outcome::Pending { .. }) {
            return Ok(());
        }
        let told = Told::Answered {
            outcome: outcome.state(),
            code,
            valid_until,
            reasons: outcome.reasons(),
            fields: kept(&fields),
        };
        let attempts = self.registries.lock().tries.get(&ask.key).map_or(0, |t| t.attempts);
        // What is pushed is no exchange of ours, and not in the archive.
        let came = Came { archived: false, ..self.came(&ask, attempts, Some(&digest), Some(profile)) };
        // To a subscription every push is news about the certificate, also before it was answered itself.
        let entries = match ask.verb {
            _ if ask.shadow && !open => Vec::new(),
            Verb::Subscribe if ask.shadow => Vec::new(),
            Verb::Subscribe => vec![verified(&ask, &told, &came)],
            _ if open => entries(&ask, told, &came),
            Verb::Verify => vec![verified(&ask, &told, &came)],
            _ => Vec::new(),
        };
        if !entries.is_empty() {
            self.keep(entries).await?;
        }
        self.registries.tell_settled();
        Ok(())
    }
}
