//! The pages and the map element, embedded by `build.rs`.

use crate::auth::{Caller, Viewer, identify, make_ready};
use crate::documents::not_modified;
use crate::problem::{Problem, What};
use crate::scopes;
use crate::settings::App;
use crate::site;
use crate::views::svg;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use embedded::ASSETS;
use sealane_data::certificate::CertificateId;

/// One embedded file.
pub(crate) struct Asset {
    /// Its address, from the slash.
    pub(crate) path: &'static str,
    /// Its media type.
    pub(crate) content_type: &'static str,
    /// SHA-256 of its bytes, hexadecimal.
    pub(crate) etag: &'static str,
    /// Its bytes.
    pub(crate) bytes: &'static [u8],
    /// Whether its address names its content or version, so that it may be kept for ever.
    pub(crate) immutable: bool,
}

impl Asset {
    /// Pages have addresses of their own, without their files' endings.
    fn is_page(&self) -> bool {
        self.content_type.starts_with("text/html")
    }
}

#[allow(unreachable_pub, reason = "the build script does not know who includes it")]
mod embedded {
    use super::Asset;
    include!(concat!(env!("OUT_DIR"), "/assets.rs"));
}

/// Where the picture of a route goes in the page for embedding.
const FIRST_PAINT: &str = "<!--sealane:first-paint-->";
/// Where the site that may frame it is named in that page.
const SITE: &str = "<!--sealane:site-->";

/// What pages and their workers may load: only what this machine serves. Styles are written by the
/// map itself and by the picture; workers start from a blob where a page of another site embeds us.
const POLICY: &str = "default-src 'self'; worker-src 'self' blob:; img-src 'self' data: blob:; \
style-src 'self' 'unsafe-inline'; connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; \
frame-ancestors ";

/// Pages by address, with the file that holds each.
const PAGES: &[(&str, &str)] = &[
    ("/", "/index.html"),
    ("/certificates/new", "/certificates-new.html"),
    ("/queue", "/queue.html"),
    ("/inbox", "/inbox.html"),
    ("/calls", "/calls.html"),
    ("/partners", "/partners.html"),
    ("/feeds", "/feeds.html"),
    ("/routes", "/routes.html"),
    ("/verify", "/verify.html"),
];

/// Returns the addresses of pages, of the element, and of what they load.
pub(crate) fn router() -> Router<App> {
    let mut router = Router::new().route("/embed/{id}", get(embed));
    for (address, file) in PAGES {
        router = router.route(
            address,
            get(move |uri: Uri, headers: HeaderMap| async move { page(file, &uri, &headers) }),
        );
    }
    for asset in ASSETS.iter().filter(|a| !a.is_page()) {
        router =
            router.route(asset.path, get(move |headers: HeaderMap| async move { file(asset, &headers) }));
    }
    router
}

fn page(file: &str, uri: &Uri, headers: &HeaderMap) -> Result<Response, Problem> {
    if uri.query().is_some_and(|q| q.contains("sl_sk_")) {
        return Err(Problem::new(What::SecretInAddress, "type the key into the page; revoke this one"));
    }
    Ok(self::file(asset(file)?, headers))
}

fn asset(path: &str) -> Result<&'static Asset, Problem> {
    let none = || Problem::new(What::NoPages, "this binary was built without feature `web`");
    ASSETS.iter().find(|a| a.path == path).ok_or_else(none)
}

/// Answers with a file, or with 304.
fn file(asset: &'static Asset, asked: &HeaderMap) -> Response {
    let Ok(etag) = HeaderValue::from_str(&format!("\"{}\"", asset.etag)) else {
        return Problem::internal(&"an asset's tag is no header").into_response();
    };
    let known = not_modified(asked, &etag);
    let mut response = match &known {
        Some(_) => StatusCode::NOT_MODIFIED.into_response(),
        None => asset.bytes.into_response(),
    };
    dress(&mut response, asset, "'self'");
    response.headers_mut().insert(header::ETAG, known.unwrap_or(etag));
    response
}

/// Gives an answer its media type, life and policy.
fn dress(response: &mut Response, asset: &Asset, ancestors: &str) {
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(asset.content_type));
    let life = if asset.immutable { "public, max-age=31536000, immutable" } else { "no-cache" };
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(life));
    if let Ok(policy) = HeaderValue::from_str(&format!("{POLICY}{ancestors}")) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
}

/// The page for embedding, with the picture of the route in it if the asking key may see it.
async fn embed(
    State(app): State<App>,
    Path(id): Path<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    make_ready(&app, &headers).await;
    let site = site::in_address(&uri)?;
    let needs = || scopes::needed(&Method::GET, "/embed/{id}");
    let caller = match identify(&app, &headers, &uri, needs) {
        Ok(caller) => Some(caller),
        Err(problem) if problem.what() == What::SecretInAddress => return Err(problem),
        // The page itself is no secret; it will say that its key is not valid.
        Err(_) => None,
    };
    let ancestors = ancestors(caller.as_ref(), site.as_deref());
    let asset = asset("/embed.html")?;
    let html = String::from_utf8_lossy(asset.bytes);
    let caller = caller.filter(|c| app.shared.may_be_named(&c.viewer, &id));
    let id = app.shared.named(&id);
    app.shared.ready(&id).await;
    let picture = caller.and_then(|c| picture(&app, &c.viewer, &id)).unwrap_or_default();
    let named =
        site.map(|site| format!("<meta name=\"sealane-site\" content=\"{site}\">")).unwrap_or_default();
    let html = html.replacen(SITE, &named, 1).replacen(FIRST_PAINT, &picture, 1);
    let mut response = html.into_response();
    dress(&mut response, asset, &ancestors);
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    Ok(response)
}

/// Returns who may frame the page: the site that its address names, which a key that we see has to be bound to
/// and one in the fragment will be asked for; else the sites of its key, and everybody for a key that is
/// bound to none. Without both nobody else may, for a key in the fragment could be bound to any site.
fn ancestors(caller: Option<&Caller>, site: Option<&str>) -> String {
    match (caller.map(Caller::sites), site) {
        (None | Some([]), Some(site)) => format!("'self' {site}"),
        (Some(sites), Some(site)) if sites.iter().any(|s| s == site) => format!("'self' {site}"),
        (None, None) | (Some(_), Some(_)) => "'self'".to_owned(),
        (Some([]), None) => "*".to_owned(),
        (Some(sites), None) => format!("'self' {}", sites.join(" ")),
    }
}

fn picture(app: &App, viewer: &Viewer, id: &CertificateId) -> Option<String> {
    let profile = app.shared.profile_for(viewer, id)?;
    Some(svg::draw(&*app.shared.document(id, profile)?))
}

#[cfg(all(test, feature = "web"))]
mod tests {
    use super::ASSETS;
    use crate::settings::Settings;
    use crate::testing::{house, request};
    use axum::body::Body;
    use axum::http::StatusCode;

    #[tokio::test]
    async fn pages_are_embedded_and_load_nothing_from_elsewhere() {
        let house = house(Settings::default());
        for page in ["/", "/inbox", "/calls", "/partners", "/routes", "/verify", "/embed/eco_x"] {
            let got = house.get("", page).await;
            assert_eq!(
                (got.status, got.header("content-type")),
                (StatusCode::OK, "text/html; charset=utf-8"),
                "{page}"
            );
            let policy = got.header("content-security-policy");
            assert!(policy.starts_with("default-src 'self'") && !policy.contains("http"), "{policy}");
            assert!(policy.ends_with("frame-ancestors 'self'"), "{page}: {policy}");
        }
        for (house, query, who) in [
            (&house, format!("?key={}", house.public), "'self' https://shop.example"),
            (&house, "?key=sl_pk_unknown".to_owned(), "'self'"),
            (&house, "?site=https://Shop.Example:443".to_owned(), "'self' https://shop.example"),
            (
                &house,
                format!("?key={}&site=https://shop.example", house.public),
                "'self' https://shop.example",
            ),
            // The picture that is drawn for the key is for no other site.
            (&house, format!("?key={}&site=https://evil.example", house.public), "'self'"),
            (&self::house(Settings { open: true, ..Settings::default() }), String::new(), "*"),
        ] {
            let mut page = request("GET", "", &format!("/embed/eco_x{query}"), Body::empty());
            // The open demo answers loopback names only.
            page.headers_mut().insert("host", "localhost".parse().unwrap());
            let policy = house.send(page).await.header("content-security-policy").to_owned();
            assert!(policy.ends_with(&format!("frame-ancestors {who}")), "{policy}");
        }
        let named = house.get("", "/embed/eco_x?site=https://shop.example").await;
        let meta = "<meta name=\"sealane-site\" content=\"https://shop.example\">";
        assert!(String::from_utf8_lossy(&named.bytes).contains(meta), "the page can name who frames it");
        for bad in ["*", "https://shop.example/x", "https://a.example&site=https://b.example", "%27none%27"] {
            let got = house.get("", &format!("/embed/eco_x?site={bad}")).await;
            assert_eq!(
                (got.status, &got.json()["code"]),
                (StatusCode::BAD_REQUEST, &"API-008".into()),
                "{bad}"
            );
        }
        for asset in ASSETS.iter().filter(|a| !a.is_page()) {
            let mut again = request("GET", "", asset.path, Body::empty());
            again.headers_mut().insert("if-none-match", format!("\"{}\"", asset.etag).parse().unwrap());
            assert_eq!(house.send(again).await.status, StatusCode::NOT_MODIFIED, "{}", asset.path);
        }
        for (named, life) in [("@", "public, max-age=31536000, immutable"), (".js", "no-cache")] {
            let path = ASSETS.iter().map(|a| a.path).find(|p| p.starts_with(&format!("/sealane-map{named}")));
            assert_eq!(house.get("", path.unwrap()).await.header("cache-control"), life, "{path:?}");
        }
        let leak = house.get("", &format!("/?key={}", house.owner)).await;
        assert_eq!(leak.json()["code"], "API-003");
    }

    #[tokio::test]
    async fn the_page_for_embedding_holds_the_picture_for_those_who_may_see_it() {
        let house = house(Settings::default());
        let id = house.certify(&house.owner, "HC-1", &[("BKG", "BKG77001")]).await;
        let path = format!("/embed/{id}?key={}", house.public);
        let has_picture = async || {
            String::from_utf8(house.get("", &path).await.bytes).unwrap().contains("No movement is known")
        };
        assert!(!has_picture().await, "not published");
        house.post(&house.owner, &format!("/v1/certificates/{id}/publish"), "").await;
        assert!(has_picture().await);
        // What stands in a page under a reference that was given up shows nothing any more.
        let made = house.post(&house.owner, &format!("/v1/certificates/{id}/public-ref"), "").await.json();
        assert!(!has_picture().await);
        let embed = format!("{}?key={}", made["embed"].as_str().unwrap(), house.public);
        assert!(
            String::from_utf8(house.get("", &embed).await.bytes).unwrap().contains("No movement is known")
        );
    }
}
