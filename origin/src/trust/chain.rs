//! One chain of digests per certificate over everything that was given out about it. What was
//! refused keeps its place too, so that nobody can drop a document out of the row.

use super::jws::Signed;
use crate::canonical::canonical;
use jiff::Timestamp;
use sealane_data::certificate::Emitted;
use sealane_data::recorded::Seq;
use sealane_data::submission::Sha256;
use serde_json::json;

/// The digest that the first link names: SHA-256 of the text `0`.
pub const FIRST_PREV: &str = "5feceb66ffc86f38d952786c6d696c79c2dbc239dd4e91b46729d73a27fb57e9";

/// A chain is not what it was.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// A link is missing or stands twice.
    #[error("link {expected} is missing: link {found} stands in its place")]
    Missing {
        /// The number that should follow.
        expected: u64,
        /// The number that does.
        found: u64,
    },
    /// A link does not name the one before it.
    #[error("link {0} does not follow the one before it: one of both was changed")]
    Changed(u64),
}

/// Returns the digest of a link: what the next one names, and the leaf of its day's tree.
pub fn link_digest(link: &Emitted) -> Sha256 {
    // The signature is over the document, not over the link: it may be made again with another key.
    let content = json!({
        "link": link.link,
        "what": link.what,
        "sha256": link.sha256,
        "prev": link.prev,
        "binding": link.binding,
        "seq": link.seq.to_string(),
        "at": link.at.to_string(),
    });
    Sha256::of(canonical(&content).as_bytes())
}

/// Returns a link that follows the last one of a chain.
#[must_use]
pub fn link(last: Option<&Emitted>, new: Emitted) -> Emitted {
    match last {
        Some(last) => Emitted { link: last.link + 1, prev: link_digest(last).hex(), ..new },
        None => Emitted { link: 1, prev: FIRST_PREV.to_owned(), ..new },
    }
}

/// Returns the link of a signed document, to be put behind the last one with [`link`].
pub fn emitted(what: &str, signed: &Signed, binding: String, seq: Seq, at: Timestamp) -> Emitted {
    let sha256 = Sha256::of(&signed.bytes).hex();
    let (what, jws) = (what.into(), signed.jws.clone());
    Emitted { link: 0, what, sha256, prev: String::new(), binding, seq, at, jws }
}

/// Checks a whole chain; returns the digest that its next link names.
pub fn verify_chain<'a>(chain: impl IntoIterator<Item = &'a Emitted>) -> Result<String, Broken> {
    let mut prev = FIRST_PREV.to_owned();
    for (expected, link) in (1..).zip(chain) {
        if link.link != expected {
            return Err(Broken::Missing { expected, found: link.link });
        }
        if link.prev != prev {
            return Err(Broken::Changed(link.link));
        }
        prev = link_digest(link).hex();
    }
    Ok(prev)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chain() -> Vec<Emitted> {
        let mut chain: Vec<Emitted> = Vec::new();
        for (n, binding) in ["b1", "b1", "b2"].iter().enumerate() {
            let new = Emitted {
                link: 0,
                what: "route".into(),
                sha256: format!("{n}"),
                prev: String::new(),
                binding: (*binding).to_owned(),
                seq: 7,
                at: "2026-09-10T06:00:00Z".parse().unwrap(),
                jws: String::new(),
            };
            chain.push(link(chain.last(), new));
        }
        chain
    }

    #[test]
    fn a_chain_follows_itself_and_a_new_binding_rewrites_nothing() {
        assert_eq!(FIRST_PREV, Sha256::of(b"0").hex());
        let whole = chain();
        assert!(verify_chain(&whole).is_ok());
        assert_eq!(whole.iter().map(|l| l.binding.as_str()).collect::<Vec<_>>(), ["b1", "b1", "b2"]);
        assert_eq!(verify_chain(&whole[..2]).unwrap(), whole[2].prev, "the shorter chain still verifies");
        let mut signed_again = whole.clone();
        signed_again[0].jws = "other".to_owned();
        assert!(verify_chain(&signed_again).is_ok());
    }

    #[test]
    fn every_change_of_a_chain_is_found() {
        let change = |f: fn(&mut Vec<Emitted>)| {
            let mut changed = chain();
            f(&mut changed);
            verify_chain(&changed)
        };
        assert_eq!(change(|c| c[0].sha256 = "x".into()), Err(Broken::Changed(2)));
        assert_eq!(change(|c| c[1].binding = "b9".into()), Err(Broken::Changed(3)));
        assert_eq!(change(|c| c[0].prev = "x".into()), Err(Broken::Changed(1)));
        assert_eq!(change(|c| drop(c.remove(1))), Err(Broken::Missing { expected: 2, found: 3 }));
        assert_eq!(change(|c| c.swap(0, 1)), Err(Broken::Missing { expected: 1, found: 2 }));
        assert_eq!(change(|c| c[1].at = "2026-09-11T06:00:00Z".parse().unwrap()), Err(Broken::Changed(3)));
    }
}
