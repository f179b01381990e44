//! Tokens of OAuth 2: who gives them, with which keys, and the address where clients get theirs.

use crate::extract::Ask;
use crate::extract::{self, Nothing};
use crate::oauth::{Asked, OAuth, Unfit};
use crate::problem::{Answer, Problem, ProblemDocument, What};
use crate::settings::{App, Client};
use axum::Extension;
use axum::Json;
use axum::body::Body;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use jiff::Timestamp;
use serde_json::{Value, json};
use std::time::Instant;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The longest request for a token.
const LONGEST: usize = 16 << 10;

/// The addresses of tokens.
pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(metadata)).routes(routes!(jwks)).routes(routes!(token))
}

fn oauth(app: &App) -> Answer<&OAuth> {
    app.settings.oauth.as_deref().ok_or_else(Problem::not_found)
}

/// Says where tokens are given, to whom and with which scopes (RFC 8414).
#[utoipa::path(
    get, path = "/.well-known/oauth-authorization-server", tag = "oauth", security(()),
    responses((status = 200, body = Object), (status = 404, body = ProblemDocument, content_type = "application/problem+json"))
)]
async fn metadata(State(app): State<App>, Ask(Nothing {}): Ask<Nothing>) -> Answer<Response> {
    Ok(kept(&oauth(&app)?.metadata()))
}

/// Returns the public keys that tokens are verified with; documents have others.
#[utoipa::path(
    get, path = "/oauth/jwks.json", tag = "oauth", security(()),
    responses((status = 200, body = Object), (status = 404, body = ProblemDocument, content_type = "application/problem+json"))
)]
async fn jwks(State(app): State<App>, Ask(Nothing {}): Ask<Nothing>) -> Answer<Response> {
    Ok(kept(&oauth(&app)?.jwks(Timestamp::now())))
}

/// An answer that caches may keep for an hour.
fn kept(document: &Value) -> Response {
    let cache = HeaderValue::from_static("public, max-age=3600");
    ([(header::CACHE_CONTROL, cache)], Json(document)).into_response()
}

/// Gives a client a token for ten minutes (RFC 6749 section 4.4).
///
/// The client says who it is by `Authorization: Basic` with its id and secret, or by an assertion that
/// it signed (RFC 7523), which is good for once. `scope` may name fewer scopes than the client has.
#[utoipa::path(
    post, path = "/oauth/token", tag = "oauth", security(()),
    request_body(content = String, content_type = "application/x-www-form-urlencoded", description = "`grant_type=client_credentials`, `scope`, and for assertions `client_assertion_type` and `client_assertion`"),
    responses(
        (status = 200, description = "`access_token`, `token_type`, `expires_in`, `scope`", body = Object),
        (status = 400, description = "`error` and `error_description` (RFC 6749 section 5.2)", body = Object),
        (status = 401, description = "`invalid_client`", body = Object),
        (status = 429, description = "`invalid_client` too often from one address", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
async fn token(
    State(app): State<App>,
    client: Option<Extension<Client>>,
    Ask(Nothing {}): Ask<Nothing>,
    headers: HeaderMap,
    body: Body,
) -> Answer<Response> {
    let oauth = oauth(&app)?;
    let from = client.map(|c| c.address);
    let body = extract::body(body, &headers, LONGEST).await?;
    let authorization = headers.get(header::AUTHORIZATION).map(|v| v.to_str().unwrap_or_default());
    let asked = form(&body).ok_or(Unfit { error: "invalid_request", why: "send a form with `grant_type`" });
    let granted = asked.and_then(|asked| oauth.grant(&asked, authorization, Timestamp::now()));
    let mut response = match granted {
        Ok(granted) => Json(granted).into_response(),
        // Whoever is right is let in, however often others at its address were wrong: to look costs little.
        Err(unfit) if unfit.error == "invalid_client" && !oauth.wrong.allows(from, Instant::now()) => {
            return Err(Problem::new(What::TooOften, "no client was known too often; try again in a while"));
        }
        Err(unfit) => refused(unfit),
    };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// Reads a form: written as a query is.
fn form(body: &[u8]) -> Option<Asked> {
    let uri = format!("/?{}", std::str::from_utf8(body).ok()?.trim()).parse().ok()?;
    Query::<Asked>::try_from_uri(&uri).ok().map(|Query(asked)| asked)
}

fn refused(unfit: Unfit) -> Response {
    let said = Json(json!({ "error": unfit.error, "error_description": unfit.why }));
    if unfit.error == "invalid_client" {
        let basic = HeaderValue::from_static("Basic realm=\"sealane\"");
        return (StatusCode::UNAUTHORIZED, [(header::WWW_AUTHENTICATE, basic)], said).into_response();
    }
    (StatusCode::BAD_REQUEST, said).into_response()
}
