//! Opening a certificate to others: links with a secret, and short-lived passes for iframes.

use super::certificate_events::{Acting, MAX_ORDER, acting, event};
use super::verify::base;
use crate::auth::Viewer;
use crate::extract::{self, Ask, Id, Nothing};
use crate::pass::Pass;
use crate::problem::{Answer, Problem, ProblemDocument, What};
use crate::settings::{App, Client};
use crate::site;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::{Extension, Json};
use jiff::{SignedDuration, Timestamp};
use sealane_data::certificate::{CertificateAct, CertificateId, Link};
use sealane_data::partner::PartyId;
use sealane_data::submission::Sha256;
use sealane_origin::disclosure::Profile;
use serde::Deserialize;
use serde_json::json;
use std::time::Instant;
use subtle::ConstantTimeEq as _;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Minutes for which a pass opens.
pub(super) const PASS_MINUTES: i64 = 15;
/// Hours for which a link can be used, unless it says otherwise, and at most.
const LINK_HOURS: (u32, u32) = (24 * 14, 24 * 366);
/// How often a link can be used, unless it says otherwise.
const LINK_USES: u32 = 100;

/// The addresses of links and passes.
pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, make))
        .routes(routes!(take_back))
        .routes(routes!(open))
        .routes(routes!(pass))
        .routes(routes!(refer))
}

/// A link that is wanted.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Wanted {
    /// What it opens: `buyer`, `partner`, `authority` or `public`.
    profile: String,
    /// Hours for which it can be used: 336 without it, 8,784 at most.
    #[serde(default)]
    hours: Option<u32>,
    /// How often it can be used: 100 times without it.
    #[serde(default)]
    max_uses: Option<u32>,
    /// A label for people.
    #[serde(default)]
    label: String,
}

/// Returns the profile of a word; the one from inside cannot be given away.
fn giveable(word: &str) -> Answer<Profile> {
    let known = Profile::WORDS.iter().find(|(_, known)| *known == word).map(|(profile, _)| *profile);
    known.filter(|p| *p != Profile::Internal).ok_or_else(|| {
        Problem::new(What::BadRequest, "`profile` is `public`, `buyer`, `partner` or `authority`")
    })
}

fn random<const N: usize>() -> Answer<String> {
    let mut bytes = [0_u8; N];
    getrandom::fill(&mut bytes).map_err(|e| Problem::internal(&e))?;
    Ok(bytes.iter().map(|b| format!("{b:02x}")).collect())
}

/// Makes a link that opens a certificate to whoever holds it.
///
/// Its secret stands in the fragment of `address`, which browsers send to nobody, and is shown this once:
/// only its SHA-256 is kept. Uses, end and taking back are entries of the log.
#[utoipa::path(
    post, path = "/v1/certificates/{id}/links", tag = "links", params(("id" = String, Path)), request_body = Wanted,
    responses(
        (status = 201, body = Object),
        (status = 404, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
async fn make(
    State(app): State<App>,
    Acting { party, id, order: wanted }: Acting<Wanted>,
) -> Answer<Response> {
    let profile = giveable(&wanted.profile)?;
    let hours = wanted.hours.unwrap_or(LINK_HOURS.0).clamp(1, LINK_HOURS.1);
    let until = Timestamp::now() + SignedDuration::from_hours(hours.into());
    let secret = format!("sl_ln_{}", random::<32>()?);
    let link = Link {
        id: format!("ln_{}", random::<6>()?).into(),
        sha256: Sha256::of(secret.as_bytes()).hex(),
        profile: profile.word().into(),
        until,
        max_uses: wanted.max_uses.unwrap_or(LINK_USES),
        label: wanted.label.chars().take(200).collect(),
    };
    let shown = json!({
        "id": link.id, "profile": link.profile, "until": until, "max_uses": link.max_uses, "label": link.label,
        "address": format!("/verify#link={id}.{secret}"),
    });
    app.desk.note(party, event(&id, String::new(), CertificateAct::Linked(link))).await?;
    Ok(unkept((StatusCode::CREATED, Json(shown)).into_response()))
}

/// What must stay in no cache; the layers say that it is for no index and no other site.
fn unkept(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    response
}

/// Returns the links of a certificate without their secrets.
#[utoipa::path(
    get, path = "/v1/certificates/{id}/links", tag = "links", params(("id" = String, Path)),
    responses((status = 200, body = Object), (status = 404, body = ProblemDocument, content_type = "application/problem+json"))
)]
async fn list(
    State(app): State<App>,
    viewer: Viewer,
    Ask(Nothing {}): Ask<Nothing>,
    Id(id): Id,
) -> Answer<Response> {
    let id = CertificateId(id.into());
    acting(&app, &viewer, &id)?;
    let now = Timestamp::now();
    let links = app.shared.read(|_, register| {
        let certificate = register.get(&id)?;
        let line = |(link, uses, gone): (&Link, u32, bool)| {
            json!({
                "id": link.id, "profile": link.profile, "until": link.until, "max_uses": link.max_uses,
                "label": link.label, "uses": uses, "taken_back": gone,
                "usable": certificate.live_link(&link.id, now).is_some(),
            })
        };
        Some(certificate.links().into_iter().map(line).collect::<Vec<_>>())
    });
    let links = links.ok_or_else(Problem::not_found)?;
    Ok(unkept(Json(json!({ "certificate": id, "links": links })).into_response()))
}

/// A link, named.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Named {
    /// Its id.
    link: String,
}

/// Takes a link back: at once, also for passes that were made by it.
#[utoipa::path(
    post, path = "/v1/certificates/{id}/links/revoke", tag = "links", params(("id" = String, Path)), request_body = Named,
    responses(
        (status = 204, description = "Taken back"),
        (status = 404, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
async fn take_back(
    State(app): State<App>,
    Acting { party, id, order: Named { link } }: Acting<Named>,
) -> Answer<StatusCode> {
    app.desk.note(party, event(&id, String::new(), CertificateAct::Unlinked { link: link.into() })).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A link's fragment.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Fragment {
    /// What stands behind `#link=`: our id of the certificate, a dot, and the secret.
    link: String,
}

/// Opens a link: gives a pass for 15 minutes and counts one use.
///
/// Needs no key. A wrong secret, a link that is used up, over or taken back, and a certificate that is not
/// there are answered alike.
#[utoipa::path(
    post, path = "/v1/links/open", tag = "links", security(()), request_body = Fragment,
    responses(
        (status = 200, body = Object),
        (status = 404, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 429, body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
async fn open(
    State(app): State<App>,
    client: Option<Extension<Client>>,
    Ask(Nothing {}): Ask<Nothing>,
    headers: HeaderMap,
    body: Body,
) -> Answer<Response> {
    if !app.shared.lookups().allows(client.map(|c| c.address), Instant::now()) {
        return Err(Problem::new(What::TooOften, "try again in a while"));
    }
    let Fragment { link } = extract::json(body, &headers, MAX_ORDER).await?;
    let (id, secret) = link.split_once('.').ok_or_else(Problem::not_found)?;
    let (id, sent, now) = (CertificateId(id.into()), Sha256::of(secret.as_bytes()).hex(), Timestamp::now());
    let found = app.shared.read(|_, register| {
        let certificate = register.get(&id)?;
        let same = |l: &&Link| bool::from(l.sha256.as_bytes().ct_eq(sent.as_bytes()));
        let link = certificate.links().into_iter().map(|(link, ..)| link).find(same)?;
        certificate.live_link(&link.id, now).cloned()
    });
    let link = found.ok_or_else(Problem::not_found)?;
    let profile = giveable(&link.profile)?;
    let used = CertificateAct::Used { link: link.id.clone() };
    // The writer counts: of two that come at once with one use left, one is turned away.
    app.desk.note(PartyId::operator(), event(&id, String::new(), used)).await?;
    let until = link.until.min(now + SignedDuration::from_mins(PASS_MINUTES));
    let named = app.shared.public_ref(&id).ok_or_else(Problem::not_found)?;
    let token = Pass::new(&id, profile, until).named(&named).by_link(&link.id).token(app.shared.secret());
    let shown = json!({ "pass": token, "certificate": id, "profile": profile.word(), "until": until });
    Ok(unkept(Json(shown).into_response()))
}

/// A pass that is wanted.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct WantedPass {
    /// What it opens: `public`, `buyer`, `partner` or `authority`.
    profile: String,
    /// The site whose pages may use it, such as `https://shop.example`.
    #[serde(default)]
    site: Option<String>,
}

/// Makes a pass (`sl_tk_`) that opens a certificate for 15 minutes, for an iframe of the owner's own site:
/// `address` is what to put into it, with the pass in the fragment. With a `site` its pages may frame that address,
/// and nobody else may use the pass; without one the address is for a tab of its own.
#[utoipa::path(
    post, path = "/v1/certificates/{id}/passes", tag = "links", params(("id" = String, Path)), request_body = WantedPass,
    responses((status = 201, body = Object), (status = 404, body = ProblemDocument, content_type = "application/problem+json"))
)]
async fn pass(
    State(app): State<App>,
    headers: HeaderMap,
    Acting { id, order: wanted, .. }: Acting<WantedPass>,
) -> Answer<Response> {
    let profile = giveable(&wanted.profile)?;
    let until = Timestamp::now() + SignedDuration::from_mins(PASS_MINUTES);
    let none = || Problem::new(What::BadRequest, "`site` is a web origin, such as `https://shop.example`");
    let site = wanted.site.map(|s| site::origin(&s).ok_or_else(none)).transpose()?;
    let framed = site.as_ref().map(|s| format!("?site={s}")).unwrap_or_default();
    let named = app.shared.public_ref(&id).ok_or_else(Problem::not_found)?;
    let token = Pass::new(&id, profile, until).named(&named).for_site(site).token(app.shared.secret());
    let address = format!("{}/embed/{named}{framed}#key={token}", base(&app, &headers));
    let shown = json!({
        "pass": token, "certificate": id, "profile": profile.word(), "until": until, "address": address,
    });
    Ok(unkept((StatusCode::CREATED, Json(shown)).into_response()))
}

/// Gives a certificate another public reference, 128 random bits. The one before names nothing from then on:
/// maps, frames, QR codes, links and passes that were handed out under it answer 404, and streams end.
///
/// Put the new `public_ref` in place of the old one into your pages; the code printed beside the number stays. Whoever
/// asks again under the same `Idempotency-Key` gets the same reference, and nothing changes.
#[utoipa::path(
    post, path = "/v1/certificates/{id}/public-ref", tag = "links",
    params(
        ("id" = String, Path),
        ("Idempotency-Key" = Option<String>, Header, description = "The same key gets the same reference, at most 255 bytes"),
    ),
    responses(
        (status = 201, description = "`public_ref`, and `embed` with it", body = Object),
        (status = 200, description = "The same, as it was given before", body = Object),
        (status = 404, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "What was given under this key was given up since", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
async fn refer(
    State(app): State<App>,
    viewer: Viewer,
    Ask(Nothing {}): Ask<Nothing>,
    Id(id): Id,
    headers: HeaderMap,
) -> Answer<Response> {
    let id = CertificateId(id.into());
    let party = acting(&app, &viewer, &id)?;
    let public_ref = match extract::text_header(&headers, "idempotency-key", 255)? {
        Some(key) => app.shared.public_ref_under(&id, &key),
        None => format!("pub_{}", random::<16>()?),
    };
    let status = match app.shared.public_ref(&id) {
        Some(now) if now == *public_ref => StatusCode::OK,
        _ => {
            let act = CertificateAct::Referred { public_ref: public_ref.as_str().into() };
            app.desk.note(party, event(&id, String::new(), act)).await?;
            StatusCode::CREATED
        }
    };
    let shown =
        json!({ "certificate": id, "public_ref": public_ref, "embed": format!("/embed/{public_ref}") });
    Ok(unkept((status, Json(shown)).into_response()))
}
