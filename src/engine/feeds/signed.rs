//! Signed pushes: HMAC-SHA-256 over the body (DCSA event subscriptions, `Notification-Signature`).

use ring::hmac;
use sealane_data::feed::Push;
use std::collections::BTreeMap;

/// Returns whether the body is signed with the feed's secret, which is read anew; compared in constant time.
pub(super) fn is(push: &Push, headers: &BTreeMap<String, String>, body: &[u8]) -> bool {
    let secret = push.signature.as_ref().and_then(|s| sealane_ingest::transports::read_secret(s).ok());
    let (Some(secret), Some(told)) = (secret, told(push, headers)) else { return false };
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    hmac::verify(&key, body, &told).is_ok()
}

/// Returns the signature that the headers tell; nothing where they tell none of this length.
pub(super) fn told(push: &Push, headers: &BTreeMap<String, String>) -> Option<Vec<u8>> {
    let told = headers.get(push.header.to_ascii_lowercase().as_str())?.trim();
    let told = sealane_data::hex::read(told.strip_prefix("sha256=").unwrap_or(told))?;
    (told.len() == 32).then_some(told)
}

#[cfg(test)]
mod tests {
    use super::*;
    use sealane_data::feed::Secret;

    #[test]
    fn only_the_right_signature_of_these_bytes_is_taken() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("secret");
        // RFC 4231, test case 2.
        std::fs::write(&path, "Jefe\n").unwrap();
        let push = Push { signature: Some(Secret::File(path)), header: "Notification-Signature".into() };
        let body = b"what do ya want for nothing?";
        let right = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        let with = |value: &str| BTreeMap::from([("notification-signature".to_owned(), value.to_owned())]);
        assert!(is(&push, &with(&format!("sha256={right}")), body) && is(&push, &with(right), body));
        assert!(!is(&push, &with(right), b"what do ya want for nothing!"));
        assert!(!is(&push, &with(&right.replace('5', "6")), body));
        assert!(!is(&push, &with("sha256="), body) && !is(&push, &with("zz"), body));
        assert!(!is(&push, &BTreeMap::new(), body));
        assert!(!is(&Push::default(), &with(right), body), "without a secret nothing is signed");
    }
}
