//! What can be said of a certificate without its issuer: whether its form is in order. It is no
//! verification, and is never shown as one.

use sealane_data::finding::Severity;
use serde_json::Value;

/// What our own check of a certificate's form found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Local {
    /// The state as a stable word: `local_ok` or `local_remarks`.
    pub state: &'static str,
    /// The state for people.
    pub text: &'static str,
}

/// Checks a certificate by itself: boxes, criteria, HS codes, dates, check digits.
pub fn local_check(document: &Value) -> Local {
    let (taken, findings) = crate::read(document.to_string().as_bytes());
    let odd = findings.iter().any(|f| matches!(f.severity, Severity::Error | Severity::Warning));
    if taken.is_some() && !odd {
        let text = "its form is in order by our own check; that says nothing of the issuer";
        return Local { state: "local_ok", text };
    }
    Local {
        state: "local_remarks",
        text: "our own check of its form has remarks; that says nothing of the issuer",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sound_form_is_in_order_and_a_doubtful_one_has_remarks() {
        let mut document: Value = serde_json::from_str(include_str!("../samples/rcep.json")).unwrap();
        assert_eq!(local_check(&document).state, "local_ok");
        document["items"][0]["hs6"] = "84".into();
        assert_eq!(local_check(&document).state, "local_remarks");
    }
}
