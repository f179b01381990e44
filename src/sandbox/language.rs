//! How each regime's system might speak: the names of members and the words of outcomes.

/// The language of one regime.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Language {
    /// The regime.
    pub(crate) regime: &'static str,
    /// The member with the certificate's number.
    pub(crate) number: &'static str,
    /// The member with the outcome.
    pub(crate) outcome: &'static str,
    /// The words for confirmed, refuted, inconclusive and pending.
    pub(crate) words: [&'static str; 4],
    /// The member with the code.
    pub(crate) code: &'static str,
    /// The member with the end of validity.
    pub(crate) valid_until: &'static str,
    /// The member with the reasons.
    pub(crate) reasons: &'static str,
    /// The member with the handle of a pending answer.
    pub(crate) handle: &'static str,
    /// The member with the seconds until it should be asked again.
    pub(crate) again: &'static str,
}

/// Every language.
pub(crate) const LANGUAGES: &[Language] = &[
    Language {
        regime: "rcep-smart",
        number: "certificate_no",
        outcome: "result",
        words: ["VALID", "INVALID", "UNDETERMINED", "PROCESSING"],
        code: "verification_code",
        valid_until: "valid_until",
        reasons: "reasons",
        handle: "request_id",
        again: "retry_after",
    },
    Language {
        regime: "rcep-v2",
        number: "co_number",
        outcome: "status",
        words: ["CERTIFIED", "NOT_CERTIFIED", "NOT_AVAILABLE", "ACCEPTED"],
        code: "retrieval_id",
        valid_until: "valid_to",
        reasons: "remarks",
        handle: "job",
        again: "poll_after",
    },
    Language {
        regime: "asw-originlink",
        number: "reference_no",
        outcome: "outcome",
        words: ["AUTHENTIC", "NOT_AUTHENTIC", "NO_RESPONSE", "QUEUED"],
        code: "code",
        valid_until: "expires",
        reasons: "messages",
        handle: "ticket",
        again: "seconds",
    },
    Language {
        regime: "usmca-ecert",
        number: "certification_id",
        outcome: "determination",
        words: ["RECOGNISED", "NOT_RECOGNISED", "INDETERMINATE", "IN_REVIEW"],
        code: "e_cert_id",
        valid_until: "valid_through",
        reasons: "explanations",
        handle: "case_id",
        again: "check_after",
    },
    Language {
        regime: "ca-origin",
        number: "declaration_no",
        outcome: "finding",
        words: ["VERIFIED", "NOT_VERIFIED", "INCONCLUSIVE", "PENDING"],
        code: "transaction_no",
        valid_until: "valid_until",
        reasons: "notes",
        handle: "inquiry_id",
        again: "wait",
    },
];

/// Returns the language of a regime.
pub(crate) fn of(regime: &str) -> Option<&'static Language> {
    LANGUAGES.iter().find(|language| language.regime == regime)
}

#[cfg(test)]
mod tests {
    use super::*;
    use sealane_origin::registries::REGIMES;

    #[test]
    fn every_regime_has_a_language() {
        let spoken: Vec<_> = LANGUAGES.iter().map(|l| l.regime).collect();
        assert_eq!(spoken, REGIMES.iter().map(|r| r.id).collect::<Vec<_>>());
    }
}
