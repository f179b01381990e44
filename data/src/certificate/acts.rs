//! What was said or decided about a certificate after it was taken in: append-only, each with its
//! actor and time (those of the log's entry) and the digest of the message that told it.

use super::{CertificateId, LifecycleState, PageText, Paper};
use crate::Text;
use crate::recorded::Seq;
use crate::registry::Trigger;
use crate::submission::SubmissionId;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// One thing that happened to a certificate.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CertificateEvent {
    /// The certificate.
    pub certificate: CertificateId,
    /// SHA-256 of the message that told it, hexadecimal; empty when a person or the clock did.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub source_sha256: String,
    /// Why, for people.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// What happened.
    pub act: CertificateAct,
}

/// What may happen to a certificate.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
#[non_exhaustive]
pub enum CertificateAct {
    /// It moved in its life.
    Moved {
        /// Its new state.
        to: LifecycleState,
        /// The certificate that took its place, if one did and it is here.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<CertificateId>,
    },
    /// Its issuer was asked.
    Verified(VerificationReceipt),
    /// The issuer's confirmation is no longer fresh.
    Lapsed {
        /// Until when it was.
        fresh_until: Timestamp,
    },
    /// A person decided which movement it belongs to.
    Decided(BindingDecision),
    /// A person decided whether it stands beside what other parties entered under the same number.
    Upheld {
        /// The conflict that this answers.
        answers: Text,
        /// Whether it stands.
        stands: bool,
    },
    /// Its exporter was told what a rule found, before anybody else.
    Told {
        /// The rule.
        rule: Text,
        /// SHA-256 over what it found, hexadecimal; empty in entries from before findings were named.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        finding: String,
        /// How bad it is; nothing in older entries.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        result: Option<Gravity>,
    },
    /// A rule found something this bad for the first time: from here on its exporter has its days to look at it.
    Found {
        /// The rule.
        rule: Text,
        /// How bad it is.
        result: Gravity,
    },
    /// Its exporter answered what a rule found; nothing is erased by it.
    Answered(Answer),
    /// A paper about the goods was handed in.
    Attached(Paper),
    /// It was told what a page of a site says about the goods.
    PageTold(PageText),
    /// Its owner shows its goods to the public (HS code, criterion, origin), or no longer does.
    Shown {
        /// Whether the public sees them.
        goods: bool,
    },
    /// A site's inquiry or order named it.
    Asked(SiteAsk),
    /// Its owner took another public reference; the one before names nothing any more.
    Referred {
        /// The new one: `pub_` and 128 random bits.
        public_ref: Text,
    },
    /// A document about it was signed and given out, or refused: refusals keep their place too.
    Emitted(Emitted),
    /// A link was made that opens it to whoever holds the link's secret.
    Linked(Link),
    /// A link was taken back.
    Unlinked {
        /// The link.
        link: Text,
    },
    /// A link was used.
    Used {
        /// The link.
        link: Text,
    },
}

impl CertificateAct {
    /// Returns whether it changes what is served of the certificate; what was given out, and to whom,
    /// changes nothing.
    pub fn is_about_it(&self) -> bool {
        use CertificateAct::{Asked, Emitted, Found, Linked, Unlinked, Used};
        !matches!(self, Asked(_) | Emitted(_) | Found { .. } | Linked(_) | Unlinked { .. } | Used { .. })
    }
}

/// How bad it is what a rule found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Gravity {
    /// A person should look.
    Warn,
    /// It contradicts.
    Fail,
}

/// Whether the issuer was asked about a certificate, and what it said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VerificationState {
    /// Nobody asked.
    #[default]
    #[serde(rename = "not_checked")]
    Unverified,
    /// Asked; the answer will come.
    Pending,
    /// The issuer confirms it.
    Confirmed,
    /// The issuer says that it is not its own, or not so.
    Refuted,
    /// The issuer answered neither way.
    Inconclusive,
    /// The issuer's system could not be asked: a fault, never a verdict.
    Unavailable,
}

impl VerificationState {
    /// Returns whether the issuer said something about the certificate itself.
    pub fn is_verdict(self) -> bool {
        matches!(self, Self::Confirmed | Self::Refuted | Self::Inconclusive)
    }
}

/// What came of asking once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerificationReceipt {
    /// The registry, or `manual` for a person who looked at the issuer's page.
    pub gateway: Text,
    /// What it said.
    pub outcome: VerificationState,
    /// Its verification code, e-Cert ID or consultation number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<Text>,
    /// When it was asked.
    pub checked_at: Timestamp,
    /// Until when the answer counts as fresh.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fresh_until: Option<Timestamp>,
    /// SHA-256 of the answer or of the screenshot, hexadecimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence_sha256: Option<String>,
    /// Whether it comes from a registry's environment for trials: then it says nothing about the certificate.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub trial: bool,
}

/// What a person chose about a container and a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Choice {
    /// They belong together.
    Tie,
    /// They do not.
    Part,
}

/// A person's decision. It names a container and a day and not a journey: journeys are numbered by
/// the fold, and older news may number them again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BindingDecision {
    /// The conflict or proposal that it answers, if it does one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answers: Option<Text>,
    /// The container, canonical.
    pub container: Text,
    /// A day inside the journey that is meant.
    pub day: Date,
    /// What was chosen.
    pub choice: Choice,
}

/// What an exporter says to what a rule found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// The rule.
    pub rule: Text,
    /// What it says.
    pub text: String,
    /// SHA-256 of a file that came with it, hexadecimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file_sha256: Option<String>,
    /// The submission that keeps the file; nothing where its sender kept it and told its digest only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<SubmissionId>,
}

/// An inquiry or an order of a site, by the site's own reference: what its system gave, asserted and
/// compared with nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteAsk {
    /// Which of the two it was.
    pub trigger: Trigger,
    /// The site's own reference.
    pub reference: Text,
}

/// One link of a certificate's chain: what was given out, by its digest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Emitted {
    /// Its place in the chain, from 1.
    pub link: u64,
    /// What it is, such as `route` or `verification`.
    pub what: Text,
    /// SHA-256 of its canonical form, hexadecimal.
    pub sha256: String,
    /// The digest of the link before; of the text `0` for the first.
    pub prev: String,
    /// SHA-256 of the binding that it was made with, hexadecimal.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub binding: String,
    /// The last log position that it shows.
    pub seq: Seq,
    /// When it was made.
    pub at: Timestamp,
    /// The detached signature; empty where it was refused.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub jws: String,
}

/// A link that opens a certificate. Its secret is known to its holder only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// Its id, for taking it back.
    pub id: Text,
    /// SHA-256 of its secret, hexadecimal.
    pub sha256: String,
    /// The disclosure profile that it opens: `public`, `buyer`, `partner` or `authority`.
    pub profile: Text,
    /// Until when it can be used.
    pub until: Timestamp,
    /// How often it can be used.
    pub max_uses: u32,
    /// A label for people.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub label: String,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recorded::Entry;
    use serde_json::json;

    #[test]
    fn events_are_entries_of_the_log_and_leave_out_what_is_empty() {
        let event = CertificateEvent {
            certificate: CertificateId("eco_1".into()),
            source_sha256: String::new(),
            reason: String::new(),
            act: CertificateAct::Moved {
                to: LifecycleState::Replaced,
                by: Some(CertificateId("eco_2".into())),
            },
        };
        let entry = Entry::CertificateEvent(Box::new(event));
        let told = serde_json::to_value(&entry).unwrap();
        assert_eq!(
            told,
            json!({"type": "certificate_event", "certificate": "eco_1",
                "act": {"act": "moved", "to": "replaced", "by": "eco_2"}})
        );
        assert_eq!(serde_json::from_value::<Entry>(told).unwrap(), entry);
        assert_eq!(entry.width(), 1);
    }

    #[test]
    fn what_an_exporter_was_told_before_findings_were_named_still_reads() {
        let old = json!({"act": "told", "rule": "R6"});
        let act: CertificateAct = serde_json::from_value(old.clone()).unwrap();
        assert_eq!(act, CertificateAct::Told { rule: "R6".into(), finding: String::new(), result: None });
        assert_eq!(serde_json::to_value(&act).unwrap(), old);
        let new = json!({"act": "told", "rule": "R6", "finding": "ab", "result": "fail"});
        let act =
            CertificateAct::Told { rule: "R6".into(), finding: "ab".into(), result: Some(Gravity::Fail) };
        assert_eq!(serde_json::to_value(act).unwrap(), new);
    }

    #[test]
    fn a_fault_is_never_a_verdict() {
        use VerificationState as V;
        let verdicts = [V::Unverified, V::Pending, V::Confirmed, V::Refuted, V::Inconclusive, V::Unavailable]
            .map(V::is_verdict);
        assert_eq!(verdicts, [false, false, true, true, true, false]);
        assert_eq!(serde_json::to_value(V::Unverified).unwrap(), "not_checked");
    }
}
