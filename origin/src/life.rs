//! A certificate's life: folded from what was said and decided about it, readable as of any instant.

use crate::axes::{self, Lifecycle, Verification};
use crate::register::Certificate;
use crate::rules::Ruling;
use jiff::Timestamp;
use sealane_data::Text;
use sealane_data::certificate::{
    Answer, BindingDecision, CertificateAct, CertificateEvent, CertificateId, Emitted, Gravity,
    LifecycleState, NotFollowing, SiteAsk, VerificationReceipt, VerificationState,
};
use sealane_data::partner::PartyId;
use sealane_data::recorded::Seq;

/// What stands before the page in the `gateway` of an answer that a person saw there.
pub const BY_HAND: &str = "manual:";

/// What stands behind the page where whoever looked holds a link that the owner gave out: whose word that is
/// nobody knows, so it is reported and never confirmed.
pub const BY_LINK: &str = ":link";

/// Something that was said or decided about a certificate, with its actor and time.
#[derive(Clone, Debug, PartialEq)]
pub struct Noted {
    /// Its log position.
    pub seq: Seq,
    /// When it was recorded.
    pub at: Timestamp,
    /// Who said it.
    pub party: PartyId,
    /// What it was.
    pub event: CertificateEvent,
}

/// Two of the three axes as of an instant; the third is compared from the movement.
#[derive(Clone, Debug, PartialEq)]
pub struct Life {
    /// Where it is in its life.
    pub lifecycle: Lifecycle,
    /// The state as a type.
    pub state: LifecycleState,
    /// Since when it is in that state, if that was recorded here.
    pub since: Option<Timestamp>,
    /// The certificate that took its place.
    pub replaced_by: Option<CertificateId>,
    /// Whether the issuer was asked.
    pub verification: Verification,
    /// Moves that were told and cannot follow: kept, and without effect.
    pub refused: Vec<NotFollowing>,
}

impl Certificate {
    /// Returns its life as it was known at an instant, or is known now.
    pub fn life(&self, as_of: Option<Timestamp>) -> Life {
        let document = &self.record.document;
        let mut life = Life {
            lifecycle: Lifecycle::claimed(document),
            state: axes::claimed(document).unwrap_or_default(),
            since: None,
            replaced_by: None,
            verification: Verification::NOT_CHECKED,
            refused: Vec::new(),
        };
        for noted in self.noted(as_of) {
            life.take(noted);
        }
        life
    }

    /// Returns what was said and decided by an instant, in the order of the log.
    pub fn noted(&self, as_of: Option<Timestamp>) -> impl Iterator<Item = &Noted> {
        self.events.iter().filter(move |n| as_of.is_none_or(|limit| n.at <= limit))
    }

    /// Returns the decisions of people about its binding, the last about a container leading.
    pub fn decisions(&self) -> impl Iterator<Item = &BindingDecision> {
        self.events.iter().filter_map(|n| match &n.event.act {
            CertificateAct::Decided(decision) => Some(decision),
            _ => None,
        })
    }

    /// Returns what its exporter answered.
    pub fn answers(&self) -> impl Iterator<Item = (&Noted, &Answer)> {
        self.events.iter().filter_map(|n| match &n.event.act {
            CertificateAct::Answered(answer) => Some((n, answer)),
            _ => None,
        })
    }

    /// Returns the inquiries and orders of sites that named it, the newest last.
    pub fn asks(&self) -> impl DoubleEndedIterator<Item = (&Noted, &SiteAsk)> {
        self.events.iter().filter_map(|n| match &n.event.act {
            CertificateAct::Asked(ask) => Some((n, ask)),
            _ => None,
        })
    }

    /// Returns whether its exporter was told that a rule found something this bad, or worse: whoever could make
    /// the same new by other words for it would hide it for ever.
    ///
    /// Older entries do not say how bad it was: they count for the same words, the oldest for what rests on
    /// nothing newer than themselves.
    pub fn exporter_knows(&self, finding: &Ruling) -> bool {
        let digest = finding.digest();
        self.told_of(finding.rule).any(|(seq, told, result)| match result {
            Some(_) => result >= finding.result.gravity(),
            None if told.is_empty() => finding.seqs.iter().all(|told| *told <= seq),
            None => told == digest,
        })
    }

    /// Returns the findings of a rule that its exporter was told of: the log position, what it was, how bad.
    pub(crate) fn told_of<'a>(
        &'a self,
        rule: &'a str,
    ) -> impl Iterator<Item = (Seq, &'a str, Option<Gravity>)> {
        self.events.iter().filter_map(move |n| match &n.event.act {
            CertificateAct::Told { rule: told, finding, result } if told == rule => {
                Some((n.seq, finding.as_str(), *result))
            }
            _ => None,
        })
    }

    /// Returns when it was noted first that a rule found something this bad, or worse.
    pub fn found_since(&self, rule: &str, gravity: Gravity) -> Option<Timestamp> {
        let found = self.events.iter().filter(|n| {
            matches!(&n.event.act, CertificateAct::Found { rule: of, result } if of == rule && *result >= gravity)
        });
        found.map(|n| n.at).min()
    }

    /// Returns whether its owner shows its goods to the public, as of an instant or now.
    pub fn shows_goods(&self, as_of: Option<Timestamp>) -> bool {
        let shown = self.noted(as_of).filter_map(|n| match n.event.act {
            CertificateAct::Shown { goods } => Some(goods),
            _ => None,
        });
        shown.last().unwrap_or_default()
    }

    /// Returns its chain of signed documents as the log has it.
    pub fn emitted(&self) -> impl Iterator<Item = &Emitted> {
        self.events.iter().filter_map(|n| match &n.event.act {
            CertificateAct::Emitted(emitted) => Some(emitted),
            _ => None,
        })
    }

    /// Returns whether the fold takes an event from a party: the operator's any, an owner's only of
    /// its own certificate, and never the owner's word for what its issuer said.
    pub(crate) fn takes(&self, party: &PartyId, act: &CertificateAct) -> bool {
        use CertificateAct::{Answered, Asked, Attached, Linked, Moved, PageTold, Referred, Shown, Unlinked};
        let told = matches!(act, Moved { .. } | Answered(_) | Attached(_) | PageTold(_) | Shown { .. });
        let own = told || matches!(act, Linked(_) | Unlinked { .. } | Referred { .. } | Asked(_));
        party.is_operator() || (*party == self.owner && own)
    }
}

impl Life {
    fn take(&mut self, noted: &Noted) {
        match &noted.event.act {
            CertificateAct::Moved { to, by } => match self.state.follow(*to) {
                Ok(state) => {
                    let source = if noted.party.is_operator() { "recorded" } else { "claimed" };
                    self.lifecycle = Lifecycle { state: state.word(), source };
                    self.state = state;
                    self.since = Some(noted.at);
                    self.replaced_by = by.clone().or(self.replaced_by.take());
                }
                Err(refused) => self.refused.push(refused),
            },
            CertificateAct::Verified(receipt) => {
                let before = self.verification.receipt.as_ref();
                let verdict = before.is_some_and(|r| r.outcome.is_verdict());
                let later = before.is_none_or(|r| takes_over(receipt, r));
                match receipt.outcome {
                    // A fault is no verdict: the last answer stands, and goes stale by itself.
                    VerificationState::Unavailable if verdict => {
                        self.verification.failed_at = Some(receipt.checked_at);
                    }
                    VerificationState::Pending if verdict => {}
                    _ if later => self.verification = Verification::answered(receipt.clone()),
                    _ => {}
                }
            }
            CertificateAct::Lapsed { fresh_until } => self.verification.lapse(*fresh_until),
            _ => {}
        }
    }
}

/// Returns whether an answer takes the place of the one before: the later one, but what a person saw never
/// that of a registry's answer that is still fresh, and a registry's always that of what a person saw.
fn takes_over(receipt: &VerificationReceipt, before: &VerificationReceipt) -> bool {
    let verdict = receipt.outcome.is_verdict() && before.outcome.is_verdict();
    let over = || before.fresh_until.is_some_and(|until| until < receipt.checked_at);
    // A test system knows nothing: its word is the first to go, and comes only where nothing else stands.
    match (receipt.trial, before.trial) {
        (true, false) if verdict => return over(),
        (false, true) if verdict => return true,
        _ => {}
    }
    match (is_by_link(receipt), is_by_link(before)) {
        (true, false) if verdict => return over(),
        (false, true) if verdict => return true,
        _ => {}
    }
    match (is_by_hand(receipt), is_by_hand(before)) {
        (true, false) if verdict => over(),
        (false, true) if verdict => true,
        _ => before.checked_at <= receipt.checked_at,
    }
}

/// Returns whether an answer was seen by a person on the issuer's page.
pub fn is_by_hand(receipt: &VerificationReceipt) -> bool {
    receipt.gateway.starts_with(BY_HAND)
}

/// Returns whether an answer was seen by somebody who holds a link of the owner's.
pub fn is_by_link(receipt: &VerificationReceipt) -> bool {
    is_by_hand(receipt) && receipt.gateway.ends_with(BY_LINK)
}

/// A certificate cannot take another's place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotReplacing {
    /// They are of different owners.
    #[error("a certificate is replaced by one of the same owner")]
    OtherOwner,
    /// It is the same one.
    #[error("a certificate does not replace itself")]
    Itself,
    /// The old one has ended already.
    #[error(transparent)]
    Ended(#[from] NotFollowing),
}

/// Returns the event that puts a new certificate in an old one's place: nothing is ever edited.
pub fn replacement(
    old: &Certificate,
    new: &Certificate,
    reason: &str,
) -> Result<CertificateEvent, NotReplacing> {
    if old.id == new.id {
        return Err(NotReplacing::Itself);
    }
    if old.owner != new.owner {
        return Err(NotReplacing::OtherOwner);
    }
    let to = old.life(None).state.follow(LifecycleState::Replaced)?;
    Ok(CertificateEvent {
        certificate: old.id.clone(),
        source_sha256: new.record.sha256.clone(),
        reason: reason.to_owned(),
        act: CertificateAct::Moved { to, by: Some(new.id.clone()) },
    })
}

/// Returns the event that ends a certificate whose last day is past; the scheduler appends it.
pub fn expiry(certificate: &Certificate, today: jiff::civil::Date) -> Option<CertificateEvent> {
    let ended = certificate.valid_until().is_some_and(|v| v.until < today);
    let open = certificate.life(None).state.may_expire();
    (ended && open).then(|| CertificateEvent {
        certificate: certificate.id.clone(),
        source_sha256: String::new(),
        reason: String::new(),
        act: CertificateAct::Moved { to: LifecycleState::Expired, by: None },
    })
}

/// Returns the event that says that an exporter was told of a finding.
pub fn told(certificate: &Certificate, finding: &Ruling) -> CertificateEvent {
    CertificateEvent {
        certificate: certificate.id.clone(),
        source_sha256: String::new(),
        reason: String::new(),
        act: CertificateAct::Told {
            rule: Text::from(finding.rule),
            finding: finding.digest(),
            result: finding.result.gravity(),
        },
    }
}

/// Returns the event that says that a rule found something for the first time; nothing if that was noted.
pub fn found(certificate: &Certificate, finding: &Ruling) -> Option<CertificateEvent> {
    let result = finding.result.gravity()?;
    certificate.found_since(finding.rule, result).is_none().then(|| CertificateEvent {
        certificate: certificate.id.clone(),
        source_sha256: String::new(),
        reason: String::new(),
        act: CertificateAct::Found { rule: Text::from(finding.rule), result },
    })
}

#[cfg(test)]
#[path = "life_tests.rs"]
mod tests;
