//! Links that open a certificate: who holds the secret reads it in one profile, until an instant, so
//! many times, or until the link is taken back.

use crate::disclosure::Profile;
use crate::register::Certificate;
use jiff::Timestamp;
use sealane_data::certificate::{CertificateAct, Link};

/// The most links of a certificate that can be used at the same time.
pub const MAX_LINKS: usize = 100;

impl Certificate {
    /// Returns its links, with how often each was used and whether it was taken back.
    pub fn links(&self) -> Vec<(&Link, u32, bool)> {
        let mut links: Vec<(&Link, u32, bool)> = Vec::new();
        for noted in &self.events {
            match &noted.event.act {
                CertificateAct::Linked(link) => links.push((link, 0, false)),
                CertificateAct::Used { link } => {
                    if let Some((_, uses, _)) = links.iter_mut().find(|(l, ..)| l.id == *link) {
                        *uses += 1;
                    }
                }
                CertificateAct::Unlinked { link } => {
                    if let Some((.., gone)) = links.iter_mut().find(|(l, ..)| l.id == *link) {
                        *gone = true;
                    }
                }
                // They name it by the reference that was given up.
                CertificateAct::Referred { .. } => links.iter_mut().for_each(|(.., gone)| *gone = true),
                _ => {}
            }
        }
        links
    }

    /// Returns a link that can still be used at an instant.
    pub fn live_link(&self, id: &str, at: Timestamp) -> Option<&Link> {
        self.links().into_iter().find(|l| l.0.id == id && is_live(l, at)).map(|(link, ..)| link)
    }
}

/// Whether a link can be used at an instant.
pub(crate) fn is_live((link, uses, gone): &(&Link, u32, bool), at: Timestamp) -> bool {
    !gone && at <= link.until && *uses < link.max_uses
}

/// Returns the profile that a link opens; never the one from inside.
pub(crate) fn opens(link: &Link) -> Option<Profile> {
    let named = Profile::WORDS.iter().find(|(_, word)| *word == link.profile.as_str());
    named.map(|(profile, _)| *profile).filter(|p| *p != Profile::Internal)
}
