//! The public look-up by number and check code, and the schemas of the forms.

use super::certificate_routes::served;
use super::links::PASS_MINUTES;
use crate::auth::Viewer;
use crate::documents::entity_tag;
use crate::extract::{Ask, Id, Nothing};
use crate::pass::Pass;
use crate::problem::{Answer, Problem, ProblemDocument, What};
use crate::settings::{App, Client};
use crate::views::certificate::{CertificateDocument, code_of_number, code_of_ref};
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use axum::{Extension, Json};
use jiff::{SignedDuration, Timestamp};
use qrcodegen::{QrCode, QrCodeEcc};
use sealane_data::certificate::CertificateId;
use sealane_origin::disclosure::Profile;
use sealane_origin::trust::{check_code, same_code};
use sealane_origin::{Certificate, FORMS};
use serde::Deserialize;
use std::time::Instant;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The longest number or code that is looked at, in bytes.
const MAX_ASKED: usize = 400;

/// The addresses of the look-up.
pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(verify)).routes(routes!(schema)).routes(routes!(qr))
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Asked {
    /// The certificate's number as it is printed; blanks and dashes do not matter.
    number: Option<String>,
    /// Its public reference, as the QR code of a map names it, in place of the number.
    r#ref: Option<String>,
    /// The check code beside the number, or beside the QR code.
    code: String,
}

/// Looks a published certificate up by its number **and** its check code.
///
/// Needs no key; answers in the public profile. An unknown number, a wrong code and a certificate that is
/// not published are answered alike and take as long.
#[utoipa::path(
    get, path = "/v1/verify", tag = "verify", security(()), params(Asked),
    responses(
        (status = 200, body = CertificateDocument),
        (status = 404, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 429, body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
async fn verify(
    State(app): State<App>,
    client: Option<Extension<Client>>,
    Ask(asked): Ask<Asked>,
) -> Answer<Response> {
    if !app.shared.lookups().allows(client.map(|c| c.address), Instant::now()) {
        return Err(Problem::new(What::TooOften, "try again in a while"));
    }
    let bad = || Problem::new(What::BadQuery, "send `number` and `code`, or `ref` and `code`");
    let id = match (&asked.number, &asked.r#ref) {
        (Some(name), None) | (None, Some(name)) if name.len().max(asked.code.len()) <= MAX_ASKED => {
            find(&app, &asked)
        }
        _ => return Err(bad()),
    };
    // The answer is made for whoever was right only: what takes long is reached by both factors.
    let id = id.ok_or_else(Problem::not_found)?;
    app.shared.ready(&id).await;
    let shown = app.shared.certificate(&id, Profile::Public, None).ok_or_else(Problem::not_found)?;
    let mut response = Json(shown).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    // With it the page shows the map of what was found, as the public may see it.
    let until = Timestamp::now() + SignedDuration::from_mins(PASS_MINUTES);
    let named = app.shared.public_ref(&id).ok_or_else(Problem::not_found)?;
    let pass = Pass::new(&id, Profile::Public, until).named(&named).token(app.shared.secret());
    if let Ok(pass) = HeaderValue::from_str(&pass) {
        headers.insert("sealane-pass", pass);
    }
    Ok(response)
}

/// Compares the code with that of every certificate that is named, and with one more that is none: an
/// unknown number costs as much as a known one.
fn find(app: &App, asked: &Asked) -> Option<CertificateId> {
    let secret = app.shared.secret();
    app.shared.read(|_, register| {
        let named: Vec<&Certificate> = match (&asked.number, &asked.r#ref) {
            (Some(number), _) => register.published_by_number(number).collect(),
            (_, Some(name)) => register.referred(name).filter(|c| c.is_public()).into_iter().collect(),
            _ => Vec::new(),
        };
        let code = |c: &Certificate| {
            if asked.number.is_some() { code_of_number(secret, c) } else { code_of_ref(secret, c) }
        };
        let mut found = None;
        for certificate in &named {
            if same_code(&asked.code, &code(certificate)) {
                found = Some(certificate.id.clone());
            }
        }
        if named.is_empty() {
            // Compared and thrown away; `black_box` keeps the work from being left out.
            let other = check_code(secret, "NONE|NONE|NONE|NONE");
            std::hint::black_box(same_code(&asked.code, &other));
        }
        found
    })
}

/// Returns the QR code that leads to the page on which anybody can check a published certificate.
///
/// It names the public reference and a code that goes with it, never the number. Its address is that of the domain
/// that documents are signed for, else that of the request.
#[utoipa::path(
    get, path = "/v1/certificates/{id}/qr.svg", tag = "verify", params(("id" = String, Path)),
    responses((status = 200, body = String, content_type = "image/svg+xml"), (status = 404, body = ProblemDocument, content_type = "application/problem+json"))
)]
async fn qr(
    State(app): State<App>,
    viewer: Viewer,
    Ask(Nothing {}): Ask<Nothing>,
    Id(id): Id,
    headers: HeaderMap,
) -> Answer<Response> {
    let id = CertificateId(id.into());
    app.shared.profile_for(&viewer, &id).ok_or_else(Problem::not_found)?;
    let secret = app.shared.secret();
    let path = app.shared.read(|_, register| {
        let certificate = register.get(&id).filter(|c| c.is_public())?;
        Some(format!(
            "/verify#ref={}&code={}",
            certificate.public_ref(None),
            code_of_ref(secret, certificate)
        ))
    });
    let address = format!("{}{}", base(&app, &headers), path.ok_or_else(Problem::not_found)?);
    let drawn = Bytes::from(
        drawn(&address).ok_or_else(|| Problem::internal(&"an address is too long for a QR code"))?,
    );
    let mut response = served(&drawn, &entity_tag(&drawn), "image/svg+xml", false, &headers);
    let policy = HeaderValue::from_static("default-src 'none'");
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    Ok(response)
}

/// Where this server is found from outside: a domain that nobody set is this machine's own name.
pub(super) fn base(app: &App, headers: &HeaderMap) -> String {
    let domain = &app.signing.ring().domain;
    if domain != "localhost" {
        return format!("https://{domain}");
    }
    let host = headers.get(header::HOST).and_then(|h| h.to_str().ok()).unwrap_or("localhost");
    format!("http://{host}")
}

/// Draws a text as a QR code: one path of dark squares inside a quiet zone of four.
fn drawn(text: &str) -> Option<String> {
    let code = QrCode::encode_text(text, QrCodeEcc::Medium).ok()?;
    let size = code.size();
    let dark = |(x, y): &(i32, i32)| code.get_module(*x, *y);
    let squares = (0..size).flat_map(|y| (0..size).map(move |x| (x, y))).filter(dark);
    let path: String = squares.map(|(x, y)| format!("M{},{}h1v1h-1z", x + 4, y + 4)).collect();
    let whole = size + 8;
    Some(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {whole} {whole}\"><rect width=\"{whole}\" height=\"{whole}\" fill=\"#fff\"/><path d=\"{path}\"/></svg>"
    ))
}

/// Returns the JSON Schema of a form, such as `/schemas/rcep-certificate-of-origin.json`.
#[utoipa::path(
    get, path = "/schemas/{id}", tag = "verify", security(()), params(("id" = String, Path)),
    responses((status = 200, body = Object, content_type = "application/schema+json"), (status = 404, body = ProblemDocument, content_type = "application/problem+json"))
)]
async fn schema(Ask(Nothing {}): Ask<Nothing>, Id(id): Id) -> Answer<Response> {
    let form = FORMS.iter().find(|form| form.schema == id).ok_or_else(Problem::not_found)?;
    let mut response = form.schema_text.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/schema+json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=3600"));
    Ok(response)
}
