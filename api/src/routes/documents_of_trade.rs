//! Papers about the goods, and what pages of sites say of them: what the rules compare beside the movement.

use super::certificate_events::{Acting, acting, event};
use crate::auth::Viewer;
use crate::extract::{Ask, Id, Nothing};
use crate::problem::{Answer, Problem, ProblemDocument, What};
use crate::settings::App;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::civil::Date;
use sealane_data::certificate::{CertificateAct, CertificateId, PageText, Paper, PaperKind};
use sealane_data::submission::Sha256;
use sealane_origin::{Certificate, Noted, read_page};
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The addresses of papers and pages.
pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(papers, attach)).routes(routes!(pages, tell))
}

/// A paper about the goods.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PaperOrder {
    /// `commercial_invoice`, `packing_list`, `bill_of_lading`, `non_manipulation` or `other`.
    #[schema(value_type = String)]
    kind: PaperKind,
    /// Its own number.
    number: String,
    /// SHA-256 (hexadecimal) of its file; the file itself stays with who has it.
    sha256: String,
    /// Its day.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    date: Option<Date>,
    /// How many packages it names.
    #[serde(default)]
    packages: Option<u64>,
    /// The gross weight that it names, in kilograms.
    #[serde(default)]
    gross_kg: Option<f64>,
    /// The HS codes that it names.
    #[serde(default)]
    hs_codes: Vec<String>,
    /// The numbers of the invoices that it names; an invoice names itself.
    #[serde(default)]
    invoices: Vec<String>,
}

/// Hands a paper in: what it says is compared with the certificate (R9, R10, R11). One of the same kind and
/// number takes the place of the one before; nothing is erased by that.
#[utoipa::path(
    post, path = "/v1/certificates/{id}/papers", tag = "documents-of-trade", params(("id" = String, Path)), request_body = PaperOrder,
    responses(
        (status = 201, description = "Kept"),
        (status = 404, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "It is no such paper", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
async fn attach(
    State(app): State<App>,
    Acting { party, id, order }: Acting<PaperOrder>,
) -> Answer<StatusCode> {
    let paper = Paper {
        kind: order.kind,
        number: order.number.trim().into(),
        sha256: order.sha256.to_ascii_lowercase(),
        date: order.date,
        packages: order.packages,
        gross_kg: order.gross_kg,
        hs_codes: order.hs_codes.iter().map(|c| c.trim().into()).collect(),
        invoices: order.invoices.iter().map(|i| i.trim().into()).collect(),
    };
    app.desk.note(party, event(&id, String::new(), CertificateAct::Attached(paper))).await?;
    Ok(StatusCode::CREATED)
}

/// Returns the papers that were handed in, of each kind and number the last one.
#[utoipa::path(
    get, path = "/v1/certificates/{id}/papers", tag = "documents-of-trade", params(("id" = String, Path)),
    responses((status = 200, body = Object), (status = 404, body = ProblemDocument, content_type = "application/problem+json"))
)]
async fn papers(
    State(app): State<App>,
    viewer: Viewer,
    Ask(Nothing {}): Ask<Nothing>,
    Id(id): Id,
) -> Answer<Json<Value>> {
    let id = CertificateId(id.into());
    let list =
        listed(&app, &viewer, &id, |c| c.papers().into_iter().map(|(n, p)| told(n, json!(p))).collect())?;
    Ok(Json(json!({ "certificate": id, "papers": list })))
}

fn listed(
    app: &App,
    viewer: &Viewer,
    id: &CertificateId,
    of: impl FnOnce(&Certificate) -> Vec<Value>,
) -> Answer<Vec<Value>> {
    acting(app, viewer, id)?;
    app.shared.read(|_, register| register.get(id).map(of)).ok_or_else(Problem::not_found)
}

/// Adds who told something, and when.
fn told(noted: &Noted, mut what: Value) -> Value {
    what["at"] = json!(noted.at);
    what["by"] = json!(noted.party);
    what["seq"] = json!(noted.seq);
    what
}

/// What a page of a site says about the goods.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PageOrder {
    /// The page's address. It names the page and is never fetched.
    page: String,
    /// The page's text, plain or HTML: number, HS codes, origins and regime are read out of it.
    #[serde(default)]
    text: String,
    /// The certificate number that the page names, in place of what is read.
    #[serde(default)]
    number: Option<String>,
    /// The regime that it names, in place of what is read.
    #[serde(default)]
    regime: Option<String>,
    /// The HS codes that it names, in place of what is read.
    #[serde(default)]
    hs_codes: Option<Vec<String>>,
    /// The countries of origin that it names (two letters), in place of what is read.
    #[serde(default)]
    origins: Option<Vec<String>>,
}

/// Tells what a page says about the goods, and answers whether that is what the certificate says (R15).
///
/// The page is named and never fetched: whoever publishes it sends its text, or what it says. The digest of
/// the text is kept and what was read out of it, not the text. The same page again takes the place of
/// what it said before.
#[utoipa::path(
    post, path = "/v1/certificates/{id}/pages", tag = "documents-of-trade", params(("id" = String, Path)), request_body = PageOrder,
    responses(
        (status = 201, body = Object),
        (status = 404, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "It names no page", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
async fn tell(
    State(app): State<App>,
    Acting { party, id, order }: Acting<PageOrder>,
) -> Answer<(StatusCode, Json<Value>)> {
    let text = order.text.clone();
    let read =
        tokio::task::spawn_blocking(move || read_page(&text)).await.map_err(|e| Problem::internal(&e))?;
    let origins =
        |list: Vec<String>| list.iter().map(|o| o.trim().to_ascii_uppercase().as_str().into()).collect();
    let page = PageText {
        page: order.page.trim().to_owned(),
        sha256: Sha256::of(order.text.as_bytes()).hex(),
        number: order.number.or(read.number),
        regime: order.regime.or(read.regime),
        hs_codes: order.hs_codes.unwrap_or(read.hs_codes),
        origins: order.origins.map_or(read.origins, origins),
    };
    let shown = json!(page);
    app.desk.note(party, event(&id, String::new(), CertificateAct::PageTold(page))).await?;
    let found = super::apart(app, move |doors| {
        let judged = doors.shared.judged(&id)?;
        judged.of(sealane_origin::disclosure::Profile::Internal).rule("R15").cloned()
    });
    let ruling = found.await?.ok_or_else(|| Problem::new(What::NotFound, "there is no such certificate"))?;
    Ok((StatusCode::CREATED, Json(json!({ "read": shown, "ruling": ruling }))))
}

/// Returns what pages were last said to say.
#[utoipa::path(
    get, path = "/v1/certificates/{id}/pages", tag = "documents-of-trade", params(("id" = String, Path)),
    responses((status = 200, body = Object), (status = 404, body = ProblemDocument, content_type = "application/problem+json"))
)]
async fn pages(
    State(app): State<App>,
    viewer: Viewer,
    Ask(Nothing {}): Ask<Nothing>,
    Id(id): Id,
) -> Answer<Json<Value>> {
    let id = CertificateId(id.into());
    let list =
        listed(&app, &viewer, &id, |c| c.pages().into_iter().map(|(n, p)| told(n, json!(p))).collect())?;
    Ok(Json(json!({ "certificate": id, "pages": list })))
}
