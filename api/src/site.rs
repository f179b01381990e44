//! Sites: which web page asks, also where it asks through our own page in a frame.
//!
//! A frame is a page of ours, so its requests name us as their origin. Who may frame it is held by its
//! `frame-ancestors`: the site that its address names. The page names the same site with all that it
//! asks, so whoever frames it has to name its own site, to which a key or pass of another is not bound.

use crate::problem::{Problem, What};
use axum::extract::Query;
use axum::http::{HeaderMap, Uri, header};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64URL;

/// The header by which our page for embedding names the site that frames it.
const HEADER: &str = "sealane-site";
/// The subprotocol that does so where a browser's WebSocket can set no header.
const PROTOCOL: &str = "sealane.site.";

/// Returns a web origin as browsers write it; nothing for what is none.
pub(crate) fn origin(text: &str) -> Option<String> {
    let text = text.to_ascii_lowercase();
    let (scheme, host) = text.split_once("://").filter(|_| is_site(&text))?;
    let usual = if scheme == "https" { ":443" } else { ":80" };
    let host = host.strip_suffix(usual).unwrap_or(host);
    Some(format!("{scheme}://{host}"))
}

/// Whether a text is a web origin: scheme, host, perhaps a port, and nothing after it.
fn is_site(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    rest.is_some_and(|host| {
        let plain = host.bytes().all(|b| b.is_ascii_alphanumeric() || b".-:[]".contains(&b));
        plain && host.parse::<axum::http::uri::Authority>().is_ok_and(|a| !a.host().is_empty())
    })
}

/// Returns the site that the address of our page for embedding names.
pub(crate) fn in_address(uri: &Uri) -> Result<Option<String>, Problem> {
    let bad = || Problem::new(What::BadQuery, "`site` is one web origin, such as `https://shop.example`");
    let Query(pairs) = Query::<Vec<(String, String)>>::try_from_uri(uri).map_err(|_| bad())?;
    let mut sites = pairs.into_iter().filter(|(name, _)| name == "site").map(|(_, site)| site);
    match (sites.next(), sites.next()) {
        (None, _) => Ok(None),
        (Some(site), None) => origin(&site).ok_or_else(bad).map(Some),
        _ => Err(bad()),
    }
}

/// Returns the site that asks: the asking page's, or the one that frames our own. Nothing for programs, and
/// for our own pages in no frame of another site.
pub(crate) fn asking(headers: &HeaderMap) -> Option<String> {
    let origin =
        headers.get(header::ORIGIN).map(|o| String::from_utf8_lossy(o.as_bytes()).to_ascii_lowercase());
    origin.filter(|site| !is_own(site, headers)).or_else(|| framing(headers))
}

/// What our page names as the site that frames it; what is not understood is the name of no site.
fn framing(headers: &HeaderMap) -> Option<String> {
    if let Some(named) = headers.get(HEADER) {
        return Some(String::from_utf8_lossy(named.as_bytes()).to_ascii_lowercase());
    }
    let lists = headers.get_all(header::SEC_WEBSOCKET_PROTOCOL).into_iter().filter_map(|v| v.to_str().ok());
    let coded = lists.flat_map(|l| l.split(',')).find_map(|p| p.trim().strip_prefix(PROTOCOL))?;
    let named = BASE64URL.decode(coded).unwrap_or_default();
    Some(String::from_utf8_lossy(&named).to_ascii_lowercase())
}

/// Whether the asking page came from this very server, as `/embed` does.
fn is_own(site: &str, headers: &HeaderMap) -> bool {
    let host = headers.get(header::HOST).and_then(|h| h.to_str().ok());
    let named = site.strip_prefix("https://").or_else(|| site.strip_prefix("http://"));
    named.zip(host).is_some_and(|(named, host)| named.eq_ignore_ascii_case(host))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs.iter().map(|(n, v)| (n.parse().unwrap(), v.parse().unwrap())).collect()
    }

    #[test]
    fn a_page_of_this_server_is_its_own_site() {
        for (site, host, own) in [
            ("https://maps.example", "maps.example", true),
            ("http://127.0.0.1:8600", "127.0.0.1:8600", true),
            ("https://shop.example", "maps.example", false),
            ("https://maps.example:444", "maps.example", false),
            ("null", "maps.example", false),
        ] {
            assert_eq!(is_own(site, &headers(&[("host", host)])), own, "{site} at {host}");
        }
        assert!(!is_own("https://maps.example", &headers(&[])));
    }

    #[test]
    fn an_origin_is_written_as_browsers_write_it_and_can_say_nothing_else_in_a_policy() {
        for (text, expected) in [
            ("https://Shop.Example", Some("https://shop.example")),
            ("https://shop.example:443", Some("https://shop.example")),
            ("http://127.0.0.1:8600", Some("http://127.0.0.1:8600")),
            ("http://[::1]:80", Some("http://[::1]")),
            ("https://shop.example/", None),
            ("https://*.shop.example", None),
            ("https://shop.example https://evil.example", None),
            ("https://shop.example;script-src *", None),
            ("https://me@shop.example", None),
            ("https://", None),
            ("https://:443", None),
            ("data://x", None),
            ("null", None),
            ("*", None),
        ] {
            assert_eq!(origin(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn an_address_names_one_site_or_none() {
        let of = |query: &str| in_address(&format!("/embed/eco_1{query}").parse().unwrap());
        assert_eq!(of("").unwrap(), None);
        assert_eq!(of("?lang=ja&key=sl_pk_1").unwrap(), None);
        for query in ["?site=https://shop.example", "?lang=ja&site=https%3A%2F%2Fshop.example"] {
            assert_eq!(of(query).unwrap().as_deref(), Some("https://shop.example"));
        }
        for query in
            ["?site=", "?site=*", "?site=https://a.example&site=https://b.example", "?site=%27self%27"]
        {
            assert!(of(query).is_err(), "{query}");
        }
    }

    #[test]
    fn who_asks_is_the_page_itself_or_who_frames_ours() {
        let coded =
            format!("sealane.live.v1+json, sealane.site.{}", BASE64URL.encode("https://shop.example"));
        let shop = Some("https://shop.example");
        for (pairs, expected) in [
            (vec![("origin", "https://shop.example")], shop),
            // A page elsewhere cannot pass for another by the header.
            (
                vec![("origin", "https://evil.example"), ("sealane-site", "https://shop.example")],
                Some("https://evil.example"),
            ),
            (vec![("origin", "https://maps.example"), ("sealane-site", "https://shop.example")], shop),
            (vec![("sealane-site", "https://shop.example")], shop),
            (vec![("origin", "https://maps.example"), ("sec-websocket-protocol", &coded)], shop),
            (vec![("sec-websocket-protocol", "sealane.site.***")], Some("")),
            (vec![("origin", "https://maps.example")], None),
            (vec![], None),
        ] {
            let all: Vec<_> = pairs.iter().copied().chain([("host", "maps.example")]).collect();
            assert_eq!(asking(&headers(&all)).as_deref(), expected, "{pairs:?}");
        }
    }
}
