//! The `OpenAPI` document and the page that shows it; nothing is downloaded from elsewhere.

use crate::problem::ProblemDocument;
use crate::scopes::Scope;
use crate::settings::App;
use axum::Router;
use axum::http::{HeaderValue, header};
use tower_http::set_header::SetResponseHeaderLayer;
use utoipa::OpenApi as _;
use utoipa::openapi::OpenApi;
use utoipa::openapi::security::SecurityRequirement;
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, ClientCredentials, Flow, HttpAuthScheme, HttpBuilder, OAuth2, Scopes, SecurityScheme,
};
use utoipa::openapi::tag::TagBuilder;
use utoipa_swagger_ui::SwaggerUi;

#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Sealane",
        description = "Takes in what ports, carriers and forwarders send, and serves the routes of certified \
consignments as GeoJSON, live. Errors are problem documents (RFC 9457). Unknown query parameters are refused."
    ),
    components(schemas(ProblemDocument))
)]
struct Base;

/// What the viewer page needs: its own scripts, and styles it writes into itself.
const POLICY: &str =
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'self'";

/// Returns the document without addresses: what it is, the keys, the tags.
pub(super) fn base<'a>(tags: impl Iterator<Item = (&'a str, &'a str)>) -> OpenApi {
    let mut document = Base::openapi();
    let components = document.components.get_or_insert_default();
    let bearer = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some("`sl_sk_...` for servers, `sl_pk_...` for web pages"))
        .build();
    components.add_security_scheme("key", SecurityScheme::Http(bearer));
    let query = ApiKeyValue::with_description("key", "publishable keys, `sl_pk_...`, only");
    components.add_security_scheme("publishable", SecurityScheme::ApiKey(ApiKey::Query(query)));
    let words = Scope::WORDS.iter().map(|(_, word, about)| (*word, *about));
    let flow = Flow::ClientCredentials(ClientCredentials::new("/oauth/token", words.collect::<Scopes>()));
    components.add_security_scheme("token", SecurityScheme::OAuth2(OAuth2::new([flow])));
    let none: [&str; 0] = [];
    let requirement = |name: &str| SecurityRequirement::new(name, none);
    document.security = Some(["key", "publishable", "token"].map(requirement).to_vec());
    let tag = |(name, about)| TagBuilder::new().name(name).description(Some(about)).build();
    document.tags = Some(tags.map(tag).collect());
    document
}

/// Returns `/openapi.json` and `/docs`.
pub(super) fn router(document: OpenApi) -> Router<App> {
    let policy = HeaderValue::from_static(POLICY);
    Router::from(SwaggerUi::new("/docs").url("/openapi.json", document))
        .layer(SetResponseHeaderLayer::if_not_present(header::CONTENT_SECURITY_POLICY, policy))
}
