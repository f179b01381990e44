//! What the doors ask of the registries.

use super::archive::Archive;
use super::follows::event;
use super::pushed;
use crate::engine::Handle;
use jiff::{SignedDuration, Timestamp};
use sealane_data::certificate::{CertificateAct, CertificateId, VerificationReceipt};
use sealane_data::ports::{IntakeError, Pending};
use sealane_data::recorded::Entry;
use sealane_data::registry::{RegistryId, RegistrySwitch};
use sealane_origin::registries::{
    CheckPage, Looker, MANUAL_DAYS, ManualCheck, RegistriesStatus, RegistryDesk, Requested, SwitchOrder,
    Wish, check_pages,
};
use sealane_origin::{BY_HAND, BY_LINK};
use std::collections::BTreeMap;

/// How far a clock elsewhere may be ahead of ours.
const AHEAD: SignedDuration = SignedDuration::from_mins(5);

impl RegistryDesk for Handle {
    fn status(&self) -> RegistriesStatus {
        self.shared.read(|_, register| self.registries.status(register.outbox(), Timestamp::now()))
    }

    fn request(&self, certificate: CertificateId, wish: Wish) -> Pending<'_, Result<Requested, IntakeError>> {
        Box::pin(self.have_asked(certificate, wish))
    }

    fn switch(&self, registry: RegistryId, order: SwitchOrder) -> Pending<'_, Result<(), IntakeError>> {
        Box::pin(async move {
            self.registries.profile(&registry).ok_or(IntakeError::NotFound)?;
            let switch = RegistrySwitch { registry, on: order.on, reason: order.reason };
            tracing::warn!(registry = %switch.registry, on = switch.on, switch.reason, "registry is switched");
            self.keep(vec![Entry::RegistrySwitched(switch)]).await?;
            self.registries.wake.notify_one();
            Ok(())
        })
    }

    fn record(
        &self,
        certificate: CertificateId,
        by: Looker,
        check: ManualCheck,
    ) -> Pending<'_, Result<(), IntakeError>> {
        Box::pin(async move {
            let pages = self
                .shared
                .read(|_, register| register.get(&certificate).map(|c| check_pages(&c.record.document)));
            let pages = pages.ok_or(IntakeError::NotFound)?;
            let mut receipt = manual(&pages, check, self.clock.now()).map_err(IntakeError::Refused)?;
            let source = receipt.evidence_sha256.clone();
            let who = match by {
                Looker::Party(party) => format!("`{party}`"),
                Looker::Link(link) => {
                    receipt.gateway = format!("{}{BY_LINK}", receipt.gateway).into();
                    format!("a holder of the link `{link}`")
                }
            };
            let reason = format!("recorded by {who}, who looked at the issuer's page");
            let act = CertificateAct::Verified(receipt);
            self.keep(vec![event(&certificate, source.as_deref(), reason, act)]).await
        })
    }

    fn pushed(
        &self,
        registry: RegistryId,
        headers: BTreeMap<String, String>,
        body: Vec<u8>,
    ) -> Pending<'_, Result<(), IntakeError>> {
        Box::pin(async move {
            let profile = self.registries.profile(&registry).ok_or(IntakeError::NotFound)?;
            if !pushed::is_signed(&profile, &headers, &body) {
                return Err(IntakeError::NotFound);
            }
            self.take_pushed(&profile, &body).await
        })
    }

    fn exchange(&self, sha256: String) -> Pending<'_, Result<String, IntakeError>> {
        let folder = self.data.join("registries");
        Box::pin(async move {
            if !folder.join("archive.key").exists() {
                return Err(IntakeError::NotFound);
            }
            let find = move || Archive::open(&folder)?.find(&sha256);
            let found = tokio::task::spawn_blocking(find).await;
            let found = found.map_err(|e| IntakeError::Storage(e.to_string()))?;
            found.map_err(|e| IntakeError::Storage(format!("{e:#}")))?.ok_or(IntakeError::NotFound)
        })
    }
}

/// Returns the receipt of what a person saw, or why it is none.
fn manual(pages: &[&CheckPage], check: ManualCheck, now: Timestamp) -> Result<VerificationReceipt, String> {
    if !pages.iter().any(|page| page.id == check.page) {
        return Err(format!(
            "`{}` is no page that knows this certificate: its `check_yourself` lists them",
            check.page
        ));
    }
    if !check.outcome.is_verdict() {
        return Err("`outcome` is `confirmed`, `refuted` or `inconclusive`".to_owned());
    }
    let hash = check.file_sha256.to_ascii_lowercase();
    if hash.len() != 64 || !hash.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Err("`file_sha256` is the SHA-256 of what was seen, 64 hexadecimal digits".to_owned());
    }
    if check.code.as_ref().is_some_and(|code| code.is_empty() || code.len() > 200) {
        return Err("`code` has 1 to 200 characters".to_owned());
    }
    if check.checked_at > now.checked_add(AHEAD).unwrap_or(now) {
        return Err("`checked_at` is in the future".to_owned());
    }
    // A clock that goes ahead is no claim on the future.
    let check = ManualCheck { checked_at: check.checked_at.min(now), ..check };
    let fresh_until = check.checked_at.checked_add(SignedDuration::from_hours(24 * MANUAL_DAYS)).ok();
    Ok(VerificationReceipt {
        gateway: format!("{BY_HAND}{}", check.page).into(),
        outcome: check.outcome,
        code: check.code,
        checked_at: check.checked_at,
        fresh_until,
        evidence_sha256: Some(hash),
        trial: false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use sealane_data::certificate::VerificationState;
    use sealane_origin::registries::CHECK_PAGES;

    #[test]
    fn a_manual_check_is_fresh_for_thirty_days_and_what_is_no_verdict_is_none() {
        let now: Timestamp = "2026-09-06T02:00:00Z".parse().unwrap();
        let check = ManualCheck {
            page: "gacc".into(),
            outcome: VerificationState::Confirmed,
            code: Some("V-1".into()),
            checked_at: now,
            file_sha256: "AB".repeat(32),
        };
        let pages: Vec<&CheckPage> = CHECK_PAGES.iter().collect();
        let receipt = manual(&pages, check.clone(), now).unwrap();
        assert_eq!(receipt.gateway, "manual:gacc");
        assert_eq!(receipt.fresh_until, Some("2026-10-06T02:00:00Z".parse().unwrap()));
        assert_eq!(receipt.evidence_sha256, Some("ab".repeat(32)));
        let future = now.checked_add(SignedDuration::from_hours(1)).unwrap();
        for (wrong, told) in [
            (ManualCheck { page: "moon".into(), ..check.clone() }, "no page"),
            (ManualCheck { outcome: VerificationState::Unavailable, ..check.clone() }, "`outcome`"),
            (ManualCheck { file_sha256: "ab".into(), ..check.clone() }, "`file_sha256`"),
            (ManualCheck { checked_at: future, ..check.clone() }, "future"),
            (ManualCheck { code: Some("".into()), ..check }, "`code`"),
        ] {
            assert!(manual(&pages, wrong, now).unwrap_err().contains(told), "{told}");
        }
    }
}
