//! What may be said about a certificate, by whom, and what can follow: decided once, before it is logged.

use crate::life::{self, NotReplacing};
use crate::links::{self, MAX_LINKS};
use crate::papers;
use crate::register::{Certificate, EntryState, Register, is_public_ref};
use crate::rules::RULES;
use crate::trust;
use jiff::Timestamp;
use sealane_data::Text;
use sealane_data::certificate::{
    Answer, BindingDecision, CertificateAct, CertificateEvent, CertificateId, Emitted, Gravity,
    LifecycleState, NotFollowing, SiteAsk,
};
use sealane_data::container::ContainerNumber;
use sealane_data::partner::PartyId;
use sealane_data::registry::Trigger;
use std::collections::BTreeSet;

/// The longest answer and reason, in characters.
const MAX_TEXT: usize = 4_000;
/// The longest reference of a site, in characters.
const MAX_REFERENCE: usize = 200;

/// Why something is not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// There is no such certificate, or it is none of the party's business.
    #[error("certificate not found")]
    NotFound,
    /// The party's word does not decide that.
    #[error("only the operator says that")]
    OperatorOnly,
    /// The state cannot follow.
    #[error(transparent)]
    NotFollowing(#[from] NotFollowing),
    /// The other certificate cannot take its place.
    #[error(transparent)]
    NotReplacing(#[from] NotReplacing),
    /// What is named is not there or not well formed.
    #[error("{0}")]
    Bad(&'static str),
    /// There are as many of them as there may be.
    #[error("a certificate has at most {most} {what}")]
    TooMany {
        /// What there are too many of.
        what: &'static str,
        /// How many there may be.
        most: usize,
    },
    /// A party's files would take more room than they may.
    #[error("the files of your answers would take more than {most} bytes together")]
    TooMuch {
        /// How many bytes they may take.
        most: u64,
    },
}

/// Returns the event as it is to be logged, or nothing where it adds nothing.
pub fn admit(
    register: &Register,
    party: &PartyId,
    event: CertificateEvent,
    at: Timestamp,
) -> Result<Option<CertificateEvent>, Refusal> {
    let certificate = register.get(&event.certificate).ok_or(Refusal::NotFound)?;
    if *party != certificate.owner && !party.is_operator() {
        return Err(Refusal::NotFound);
    }
    if !certificate.takes(party, &event.act) {
        return Err(Refusal::OperatorOnly);
    }
    said(&event)?;
    let act = match event.act {
        CertificateAct::Moved { to, by } => {
            moved(register, certificate, party, (to, by.as_ref()))?;
            CertificateAct::Moved { to, by }
        }
        CertificateAct::Answered(answer) => CertificateAct::Answered(answered(certificate, answer)?),
        CertificateAct::Decided(decision) => CertificateAct::Decided(decided(decision)?),
        CertificateAct::Upheld { stands, answers } => {
            if !upheld(register, certificate, stands)? {
                return Ok(None);
            }
            CertificateAct::Upheld { stands, answers }
        }
        CertificateAct::Attached(paper) => match papers::attached(certificate, paper)? {
            Some(paper) => CertificateAct::Attached(paper),
            None => return Ok(None),
        },
        CertificateAct::PageTold(page) => match papers::page_told(certificate, page)? {
            Some(page) => CertificateAct::PageTold(page),
            None => return Ok(None),
        },
        CertificateAct::Told { rule, finding, result } => {
            if !told(certificate, &rule, &finding, result)? {
                return Ok(None);
            }
            CertificateAct::Told { rule, finding, result }
        }
        CertificateAct::Found { rule, result } => {
            known(&rule)?;
            if certificate.found_since(&rule, result).is_some() {
                return Ok(None);
            }
            CertificateAct::Found { rule, result }
        }
        CertificateAct::Referred { public_ref } => match referred(register, certificate, public_ref)? {
            Some(public_ref) => CertificateAct::Referred { public_ref },
            None => return Ok(None),
        },
        CertificateAct::Asked(ask) => match asked(certificate, &ask)? {
            Some(ask) => CertificateAct::Asked(ask),
            None => return Ok(None),
        },
        CertificateAct::Shown { goods } if goods == certificate.shows_goods(None) => return Ok(None),
        CertificateAct::Emitted(new) => match emitted(certificate, new, at) {
            Some(link) => CertificateAct::Emitted(link),
            None => return Ok(None),
        },
        act => linked(certificate, act, at)?,
    };
    Ok(Some(CertificateEvent { act, ..event }))
}

/// Checks what every event may say beside its act.
fn said(event: &CertificateEvent) -> Result<(), Refusal> {
    if event.reason.chars().count() > MAX_TEXT {
        return Err(Refusal::Bad("the reason is longer than 4,000 characters"));
    }
    if !event.source_sha256.is_empty() && !is_digest(&event.source_sha256) {
        return Err(Refusal::Bad("the source's digest is no SHA-256 in hexadecimal"));
    }
    Ok(())
}

/// Returns whether a person's decision about an entry says something new.
fn upheld(register: &Register, certificate: &Certificate, stands: bool) -> Result<bool, Refusal> {
    if !register.is_entered_twice(certificate) {
        return Err(Refusal::Bad("nobody else entered its number"));
    }
    let now = if stands { EntryState::Stands } else { EntryState::SetAside };
    Ok(register.entry_state(certificate, None) != now)
}

/// Returns whether its exporter was not told of a finding yet.
fn told(
    certificate: &Certificate,
    rule: &str,
    finding: &str,
    result: Option<Gravity>,
) -> Result<bool, Refusal> {
    known(rule)?;
    if !is_digest(finding) {
        return Err(Refusal::Bad("what was found is named by its SHA-256 in hexadecimal"));
    }
    Ok(!certificate.told_of(rule).any(|(_, told, of)| told == finding && of >= result))
}

/// Returns the public reference that a certificate may take; nothing where it has it: asked twice at once.
fn referred(
    register: &Register,
    certificate: &Certificate,
    public_ref: Text,
) -> Result<Option<Text>, Refusal> {
    if certificate.public_ref(None) == public_ref {
        return Ok(None);
    }
    if !is_public_ref(&public_ref) || register.referred(&public_ref).is_some() {
        return Err(Refusal::Bad("a public reference is `pub_` and 32 hexadecimal digits of its own"));
    }
    // What was given up opens nothing ever again.
    if certificate.had_ref(&public_ref) {
        return Err(Refusal::Bad("that public reference was given up"));
    }
    let taken = certificate.events.iter().filter(|n| matches!(n.event.act, CertificateAct::Referred { .. }));
    papers::room(taken.count(), "public references", papers::MOST_REFERENCES)?;
    Ok(Some(public_ref))
}

fn moved(
    register: &Register,
    certificate: &Certificate,
    party: &PartyId,
    (to, by): (LifecycleState, Option<&CertificateId>),
) -> Result<(), Refusal> {
    if to == LifecycleState::Expired && !party.is_operator() {
        return Err(Refusal::OperatorOnly);
    }
    certificate.life(None).state.follow(to)?;
    let Some(by) = by else { return Ok(()) };
    if to != LifecycleState::Replaced {
        return Err(Refusal::Bad("only a replaced certificate names the one that took its place"));
    }
    let new = register.get(by).filter(|new| new.owner == certificate.owner);
    let new = new.ok_or(Refusal::Bad("the certificate that takes its place is not known"))?;
    life::replacement(certificate, new, "")?;
    Ok(())
}

fn known(rule: &str) -> Result<(), Refusal> {
    RULES.iter().any(|r| r.id == rule).then_some(()).ok_or(Refusal::Bad("there is no such rule"))
}

/// Returns an exporter's answer as it is to be logged: answers are never taken back, and their files never erased.
fn answered(certificate: &Certificate, answer: Answer) -> Result<Answer, Refusal> {
    known(&answer.rule)?;
    if answer.text.trim().is_empty() || answer.text.chars().count() > MAX_TEXT {
        return Err(Refusal::Bad("an answer has between 1 and 4,000 characters"));
    }
    if answer.file_sha256.as_deref().is_some_and(|digest| !is_digest(digest)) {
        return Err(Refusal::Bad("the file's digest is no SHA-256 in hexadecimal"));
    }
    if answer.file.is_some() && answer.file_sha256.is_none() {
        return Err(Refusal::Bad("a file is named by its SHA-256 too"));
    }
    papers::room(certificate.answers().count(), "answers", papers::MOST_ANSWERS)?;
    let files: BTreeSet<&str> =
        certificate.answers().filter_map(|(_, before)| before.file_sha256.as_deref()).collect();
    match answer.file_sha256.as_deref() {
        Some(new) if !files.contains(new) => papers::room(files.len(), "files", papers::MOST_FILES)?,
        _ => {}
    }
    Ok(answer)
}

/// Returns what a site's system asked under; the same again adds nothing.
fn asked(certificate: &Certificate, ask: &SiteAsk) -> Result<Option<SiteAsk>, Refusal> {
    let reference = ask.reference.trim();
    let long = reference.chars().count() > MAX_REFERENCE;
    if reference.is_empty() || long || reference.chars().any(char::is_control) {
        return Err(Refusal::Bad("a site's reference has between 1 and 200 characters that can be seen"));
    }
    if !matches!(ask.trigger, Trigger::Inquiry | Trigger::Order) {
        return Err(Refusal::Bad("a site's reference is of an inquiry or an order"));
    }
    let ask = SiteAsk { trigger: ask.trigger, reference: reference.into() };
    // A site that asks still gets its answer where no more is kept.
    let room = certificate.asks().count() < papers::MOST_ASKS;
    Ok((room && !certificate.asks().any(|(_, known)| *known == ask)).then_some(ask))
}

fn decided(decision: BindingDecision) -> Result<BindingDecision, Refusal> {
    let container = ContainerNumber::read(&decision.container);
    if !container.joins() {
        return Err(Refusal::Bad("the container's number or check digit is wrong"));
    }
    Ok(BindingDecision { container: container.canonical().into(), ..decision })
}

/// Puts a signed document behind the last link of the chain; the same document again adds nothing.
fn emitted(certificate: &Certificate, new: Emitted, at: Timestamp) -> Option<Emitted> {
    let chain: Vec<&Emitted> = certificate.emitted().collect();
    let kid = |jws: &str| trust::named(jws).map(|(_, kid)| kid);
    let same =
        |old: &&Emitted| old.what == new.what && old.sha256 == new.sha256 && kid(&old.jws) == kid(&new.jws);
    if chain.iter().rev().any(same) {
        return None;
    }
    // The chain's time is the writer's: a day that is over gets no more leaves.
    Some(trust::link(chain.last().copied(), Emitted { at, ..new }))
}

fn linked(certificate: &Certificate, act: CertificateAct, at: Timestamp) -> Result<CertificateAct, Refusal> {
    match &act {
        CertificateAct::Linked(link) => {
            let links = certificate.links();
            if links.iter().filter(|link| links::is_live(link, at)).count() >= MAX_LINKS {
                return Err(Refusal::Bad("too many of its links are in use; take some back"));
            }
            if links::opens(link).is_none()
                || !is_digest(&link.sha256)
                || link.max_uses == 0
                || link.until <= at
            {
                return Err(Refusal::Bad(
                    "a link needs a profile below `internal`, uses, and an end that is ahead",
                ));
            }
        }
        CertificateAct::Unlinked { link } if !certificate.links().iter().any(|(l, ..)| l.id == *link) => {
            return Err(Refusal::Bad("there is no such link"));
        }
        CertificateAct::Used { link } if certificate.live_link(link, at).is_none() => {
            return Err(Refusal::NotFound);
        }
        _ => {}
    }
    Ok(act)
}

pub(crate) fn is_digest(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

#[cfg(test)]
#[path = "admit_tests.rs"]
mod tests;
