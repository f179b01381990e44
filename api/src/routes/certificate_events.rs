//! What happened to a certificate: moves in its life, what its issuer said, what people decided.

use super::certificate_routes::{Lens, profile};
use crate::auth::Viewer;
use crate::extract::{self, Ask, Id, Nothing};
use crate::problem::{Answer, Problem, ProblemDocument, What};
use crate::settings::App;
use crate::views::certificate::CertificateDocument;
use crate::views::plain;
use axum::Json;
use axum::body::Body;
use axum::extract::{FromRequest, FromRequestParts as _, Request, State};
use axum::http::{HeaderMap, StatusCode};
use sealane_data::certificate::{CertificateAct, CertificateEvent, CertificateId, Choice, LifecycleState};
use sealane_data::partner::PartyId;
use sealane_data::reference::{Reference, ReferenceKind};
use sealane_data::submission::Sha256;
use sealane_origin::disclosure::{self, Profile};
use sealane_origin::{Certificate, Noted, is_by_hand};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The largest order in bytes.
pub(super) const MAX_ORDER: usize = 64 << 10;
/// The largest order that may hold the text of a page.
const LONGEST: usize = 512 << 10;

/// The addresses of what happened to certificates.
pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, add))
}

/// Returns a certificate that a caller may act on, with who speaks. Whoever only reads it may not, and a
/// stranger does not learn that it is there.
pub(super) fn acting(app: &App, viewer: &Viewer, id: &CertificateId) -> Answer<PartyId> {
    app.shared.profile_for(viewer, id).ok_or_else(Problem::not_found)?;
    viewer.speaker()
}

/// What somebody who may act on a certificate orders: who speaks, the certificate, and the order itself.
///
/// Whoever may not act learns that before the body is looked at.
pub(super) struct Acting<T> {
    /// Who speaks.
    pub(super) party: PartyId,
    /// The certificate.
    pub(super) id: CertificateId,
    /// The order.
    pub(super) order: T,
}

impl<T: DeserializeOwned> FromRequest<App> for Acting<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        let (mut head, body) = request.into_parts();
        let viewer = Viewer::from_request_parts(&mut head, app).await?;
        let Ask(Nothing {}) = Ask::from_request_parts(&mut head, app).await?;
        let Id(id) = Id::from_request_parts(&mut head, app).await?;
        let id = CertificateId(id.into());
        let party = acting(app, &viewer, &id)?;
        let order = extract::json(body, &head.headers, LONGEST).await?;
        Ok(Self { party, id, order })
    }
}

/// Returns an event of a person or a program that nobody else told.
pub(super) fn event(certificate: &CertificateId, reason: String, act: CertificateAct) -> CertificateEvent {
    CertificateEvent { certificate: certificate.clone(), source_sha256: String::new(), reason, act }
}

/// Returns what happened to a certificate, oldest first.
///
/// Owner and operator read everything, other profiles moves and what the issuer said.
#[utoipa::path(
    get, path = "/v1/certificates/{id}/events", tag = "events", params(("id" = String, Path), Lens),
    responses((status = 200, body = Object), (status = 404, body = ProblemDocument, content_type = "application/problem+json"))
)]
async fn list(
    State(app): State<App>,
    viewer: Viewer,
    Ask(lens): Ask<Lens>,
    Id(id): Id,
) -> Answer<Json<Value>> {
    let id = CertificateId(id.into());
    let profile = profile(&app, &viewer, &id, lens.profile.as_deref())?;
    let whole = app
        .shared
        .read(|_, register| {
            let inside = profile == Profile::Internal;
            register.get(&id).map(|c| whole(c, inside, viewer == Viewer::Operator))
        })
        .ok_or_else(Problem::not_found)?;
    Ok(Json(disclosure::events(profile, whole)))
}

fn whole(certificate: &Certificate, inside: bool, operator: bool) -> Value {
    // A link's digest is of no use to anybody who reads; that something was found is read where it was found.
    use CertificateAct::{Emitted, Found, Used};
    let told = certificate
        .events
        .iter()
        .filter(|n| !matches!(n.event.act, Emitted(_) | Found { .. } | Used { .. }))
        .filter(|n| inside || !is_inside(&n.event.act));
    let told = told.filter(|n| operator || !is_of_strangers(certificate, n)).map(|n| {
        let mut line = shown(n);
        // Why the operator decided, and who looked at the issuer's page, may name strangers.
        if !operator && is_internal(n) {
            line["reason"] = "".into();
        }
        line
    });
    json!({ "certificate": certificate.id, "events": told.collect::<Vec<_>>() })
}

/// Whether an event speaks of a box that neither the certificate names nor anybody tied to it.
fn is_of_strangers(certificate: &Certificate, noted: &Noted) -> bool {
    let CertificateAct::Decided(decision) = &noted.event.act else { return false };
    let container = Reference { kind: ReferenceKind::Container, value: decision.container.clone() };
    decision.choice == Choice::Part && !certificate.bindings.contains(&container)
}

/// Whether an event is between its owner and the operator: that another party entered the number, that a
/// public reference was given up, and what orders its owner's sites got.
fn is_inside(act: &CertificateAct) -> bool {
    use CertificateAct::{Asked, Referred, Upheld};
    matches!(act, Upheld { .. } | Referred { .. } | Asked(_))
}

fn is_internal(noted: &Noted) -> bool {
    match &noted.event.act {
        CertificateAct::Decided(_) | CertificateAct::Upheld { .. } => true,
        CertificateAct::Verified(receipt) => is_by_hand(receipt),
        _ => false,
    }
}

fn shown(noted: &Noted) -> Value {
    let mut shown = json!({
        "seq": noted.seq,
        "at": noted.at,
        "party": noted.party,
        "source_sha256": noted.event.source_sha256,
        "reason": noted.event.reason,
    });
    let mut put = |name: &str, value: Value| shown[name] = value;
    match &noted.event.act {
        CertificateAct::Moved { to, by } => {
            put("act", "moved".into());
            put("to", to.word().into());
            put("replaced_by", plain(by));
        }
        CertificateAct::Verified(receipt) => {
            put("act", "verified".into());
            put("outcome", plain(&receipt.outcome));
            put("code", plain(&receipt.code));
            put("gateway", plain(&receipt.gateway));
            put("checked_at", plain(&receipt.checked_at));
            put("fresh_until", plain(&receipt.fresh_until));
            put("evidence_sha256", plain(&receipt.evidence_sha256));
        }
        CertificateAct::Decided(decision) => {
            put("act", "decided".into());
            put("decision", plain(decision));
        }
        CertificateAct::Told { rule, .. } => {
            put("act", "told".into());
            put("rule", plain(rule));
        }
        CertificateAct::Answered(answer) => {
            put("act", "answered".into());
            put("answer", plain(answer));
        }
        CertificateAct::Attached(paper) => {
            put("act", "attached".into());
            put("paper", plain(paper));
        }
        CertificateAct::PageTold(page) => {
            put("act", "page_told".into());
            put("page", plain(page));
        }
        CertificateAct::Linked(link) => {
            put("act", "linked".into());
            put("link", json!({ "id": link.id, "profile": link.profile, "until": link.until }));
        }
        CertificateAct::Unlinked { link } => {
            put("act", "unlinked".into());
            put("link", json!({ "id": link }));
        }
        // As the log has them.
        act if is_inside(act) || matches!(act, CertificateAct::Shown { .. }) => {
            let told = plain(act);
            told.as_object().into_iter().flatten().for_each(|(name, value)| put(name, value.clone()));
        }
        other => put("act", plain(other)["act"].clone()),
    }
    shown
}

/// What happens to a certificate.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Order {
    /// The state it comes into: `submitted`, `issued`, `presented`, `partly_utilised`, `utilised`, `denied`,
    /// `rejected`, `cancelled`, `replaced` or `revoked`.
    to: String,
    /// Our id of the certificate that takes its place; only with `replaced`.
    #[serde(default)]
    replaced_by: Option<String>,
    /// SHA-256 (hexadecimal) of the message that tells it, such as a customs response; without one the
    /// digest of this order is kept.
    #[serde(default)]
    source_sha256: Option<String>,
    /// Why, for people.
    #[serde(default)]
    reason: String,
}

/// Moves a certificate in its life. Nothing is ever edited: a change is a new certificate, and the old one
/// is `replaced`.
///
/// What the owner says is its claim (`source` is `claimed`), what the operator says is `recorded`. A state
/// that cannot follow is refused and changes nothing.
#[utoipa::path(
    post, path = "/v1/certificates/{id}/events", tag = "events", params(("id" = String, Path)), request_body = Order,
    responses(
        (status = 201, body = CertificateDocument),
        (status = 404, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "It cannot follow", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
async fn add(
    State(app): State<App>,
    viewer: Viewer,
    Ask(Nothing {}): Ask<Nothing>,
    Id(id): Id,
    headers: HeaderMap,
    body: Body,
) -> Answer<(StatusCode, Json<Value>)> {
    let id = CertificateId(id.into());
    let party = acting(&app, &viewer, &id)?;
    let bytes = extract::body(body, &headers, MAX_ORDER).await?;
    let order: Order = extract::json_of(&bytes)?;
    let to = LifecycleState::of_word(&order.to)
        .ok_or_else(|| Problem::new(What::BadRequest, "`to` is no state of a certificate's life"))?;
    let by = order.replaced_by.map(|by| CertificateId(by.into()));
    let told = event(&id, order.reason, CertificateAct::Moved { to, by });
    let source_sha256 = order.source_sha256.unwrap_or_else(|| Sha256::of(&bytes).hex());
    app.desk.note(party, CertificateEvent { source_sha256, ..told }).await?;
    let profile = app.shared.profile_for(&viewer, &id).ok_or_else(Problem::not_found)?;
    app.shared.ready(&id).await;
    let shown = app.shared.certificate(&id, profile, None).ok_or_else(Problem::not_found)?;
    Ok((StatusCode::CREATED, Json(shown)))
}
