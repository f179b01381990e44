//! The page that checks itself: one HTML file that verifies its own signature with the browser's
//! WebCrypto, offline, and shows only what was signed.

use crate::trust::{KeyRing, Signed};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

const TEMPLATE: &str = include_str!("page.html");

/// Returns the page of a signed document.
///
/// Document, signature and key go in as base64 or JSON of plain characters, so nothing of them can
/// end a script; the page itself may load nothing (its content security policy says so).
pub(super) fn page(signed: &Signed, ring: &KeyRing) -> String {
    let key = ring.current().public();
    TEMPLATE
        .replace("{{jws}}", &signed.jws)
        .replace("{{kid}}", &key.kid)
        .replace("{{x}}", &key.x)
        .replace("{{y}}", &key.y)
        .replace("{{payload}}", &STANDARD.encode(&signed.bytes))
}
