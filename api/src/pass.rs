//! Passes: short-lived signed tokens (`sl_tk_`) that open one certificate in one profile.
//!
//! A pass is made for an iframe, or for whoever opened a link; it holds no secret of ours and ends by
//! itself, or with its link.

use crate::settings::Doors;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64URL;
use jiff::Timestamp;
use sealane_data::certificate::CertificateId;
use sealane_origin::disclosure::Profile;
use sealane_origin::trust;
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq as _;

/// How passes begin.
pub(crate) const PREFIX: &str = "sl_tk_";

/// What a pass says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Pass {
    /// The certificate that it opens.
    pub(crate) certificate: String,
    /// The profile, as a word.
    profile: String,
    /// Until when, in seconds since 1970.
    pub(crate) until: i64,
    /// The link that it was made by: it ends with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    link: Option<String>,
    /// The public reference under which it was made: it ends when that is given up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    named: Option<String>,
    /// The site that may use it; every site without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) site: Option<String>,
}

impl Pass {
    pub(crate) fn new(certificate: &CertificateId, profile: Profile, until: Timestamp) -> Self {
        Self {
            certificate: certificate.to_string(),
            profile: profile.word().to_owned(),
            until: until.as_second(),
            link: None,
            named: None,
            site: None,
        }
    }

    pub(crate) fn by_link(self, link: &str) -> Self {
        Self { link: Some(link.to_owned()), ..self }
    }

    pub(crate) fn named(self, public_ref: &str) -> Self {
        Self { named: Some(public_ref.to_owned()), ..self }
    }

    pub(crate) fn for_site(self, site: Option<String>) -> Self {
        Self { site, ..self }
    }

    /// Returns the profile; a pass from inside there is none.
    pub(crate) fn profile(&self) -> Option<Profile> {
        let named = Profile::WORDS.iter().find(|(_, word)| *word == self.profile);
        named.map(|(profile, _)| *profile).filter(|p| *p != Profile::Internal)
    }

    /// Returns the link that it was made by.
    pub(crate) fn link(&self) -> Option<&str> {
        self.link.as_deref()
    }

    /// Returns the token.
    pub(crate) fn token(&self, secret: &[u8]) -> String {
        let said = BASE64URL.encode(serde_json::to_vec(self).unwrap_or_default());
        let tag = tag(secret, &said);
        format!("{PREFIX}{said}.{tag}")
    }

    /// Reads a token; nothing if it is not ours or its time is over.
    pub(crate) fn read(token: &str, secret: &[u8], now: Timestamp) -> Option<Self> {
        let (said, sent) = token.strip_prefix(PREFIX)?.split_once('.')?;
        if !bool::from(tag(secret, said).as_bytes().ct_eq(sent.as_bytes())) {
            return None;
        }
        let pass: Self = serde_json::from_slice(&BASE64URL.decode(said).ok()?).ok()?;
        (now.as_second() <= pass.until).then_some(pass)
    }

    /// Returns whether it still opens: its time is not over, its link was not taken back, and the reference under
    /// which it was made was not given up.
    pub(crate) fn is_live(&self, doors: &Doors) -> bool {
        if Timestamp::now().as_second() > self.until {
            return false;
        }
        let id = CertificateId(self.certificate.as_str().into());
        doors.shared.read(|_, register| {
            let Some(certificate) = register.get(&id) else { return false };
            // One without a name was made under the first.
            let name = self.named.as_deref().unwrap_or(&self.certificate);
            let links = || certificate.links();
            certificate.public_ref(None) == name
                && self
                    .link
                    .as_ref()
                    .is_none_or(|link| links().iter().any(|(l, _, gone)| l.id == *link && !gone))
        })
    }
}

/// The tag of what a pass says; `pass` keeps it apart from everything else this secret makes.
fn tag(secret: &[u8], said: &str) -> String {
    BASE64URL.encode(trust::keyed(secret, &format!("pass|{said}")).0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_unchanged_and_fresh_passes_are_read() {
        let now: Timestamp = "2026-09-20T08:00:00Z".parse().unwrap();
        let later: Timestamp = "2026-09-20T08:15:01Z".parse().unwrap();
        let until = "2026-09-20T08:15:00Z".parse().unwrap();
        let pass = Pass::new(&CertificateId("eco_1".into()), Profile::Buyer, until).by_link("ln_1");
        let token = pass.token(b"secret");
        assert_eq!(Pass::read(&token, b"secret", now), Some(pass.clone()));
        assert_eq!(Pass::read(&token, b"secret", later), None, "over");
        assert_eq!(Pass::read(&token, b"other", now), None);
        // A greater profile under the tag of the lesser one.
        let greater = Pass::new(&CertificateId("eco_1".into()), Profile::Authority, until).token(b"secret");
        let (said, _) = greater.rsplit_once('.').unwrap();
        let (_, tag) = token.rsplit_once('.').unwrap();
        for forged in [format!("{said}.{tag}"), format!("{said}."), said.to_owned(), "sl_tk_.".to_owned()] {
            assert_eq!(Pass::read(&forged, b"secret", now), None, "{forged}");
        }
        assert_eq!(Pass::new(&CertificateId("e".into()), Profile::Internal, until).profile(), None);
    }
}
