//! The paper that a certificate says it was typed from: a claim of its sender until it is looked up.

use crate::findings as f;
use sealane_data::finding::{Finding, Place};
use serde::Deserialize;

/// A paper as a certificate names it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct NamedPaper {
    /// The submission that the paper came in.
    pub submission: String,
    /// Its SHA-256 in hexadecimal.
    pub sha256: String,
}

/// Returns the paper that a certificate names; what is wrong with one that is no such object is a finding.
pub fn named_paper(bytes: &[u8]) -> Result<Option<NamedPaper>, Box<Finding>> {
    #[derive(Deserialize)]
    struct Head {
        #[serde(default)]
        paper: Option<serde_json::Value>,
    }
    // Bytes that are no certificate are told of by who reads them.
    let paper = serde_json::from_slice::<Head>(bytes).ok().and_then(|head| head.paper);
    let Some(paper) = paper else { return Ok(None) };
    let why = |e| Box::new(finding(format!("`paper` does not name a submission and its digest: {e}.")));
    serde_json::from_value(paper).map(Some).map_err(why)
}

impl NamedPaper {
    /// Says that nothing of the sender's answers to this paper.
    pub fn is_not_there(&self) -> Finding {
        let named = crate::layout::clip(&self.submission);
        finding(format!("`{named}` is no paper of yours with this digest."))
    }
}

fn finding(message: String) -> Finding {
    Finding::new(&f::PAPER, Place { tag: "$.paper".into(), ..Place::default() }, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_paper_is_named_whole_or_not_at_all() {
        let named = NamedPaper { submission: "sub_1".into(), sha256: "ab".into() };
        assert_eq!(named_paper(br#"{"paper": {"submission": "sub_1", "sha256": "ab"}}"#), Ok(Some(named)));
        for none in [&b"{}"[..], br#"{"paper": null}"#, b"no JSON"] {
            assert_eq!(named_paper(none), Ok(None));
        }
        for wrong in [&br#"{"paper": "sub_1"}"#[..], br#"{"paper": {"submission": "sub_1"}}"#] {
            assert_eq!(named_paper(wrong).unwrap_err().code.as_str(), "ECO-038");
        }
    }
}
