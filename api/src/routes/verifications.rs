//! Verifications of certificates with their issuers: wanted, followed, recorded by hand, and hooks.

use super::certificate_events::event;
use crate::auth::{Caller, Viewer};
use crate::extract::{self, Ask, Id, Nothing};
use crate::grants::Grants;
use crate::problem::{Answer, Problem, ProblemDocument, What};
use crate::settings::App;
use crate::views::verification as views;
use axum::Json;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use jiff::SignedDuration;
use sealane_data::Text;
use sealane_data::certificate::{CertificateAct, CertificateId, SiteAsk};
use sealane_data::partner::PartyId;
use sealane_data::registry::Trigger;
use sealane_origin::disclosure::Profile;
use sealane_origin::registries::{
    HookOrder, Looker, ManualCheck, RegistryDesk, Requested, RequestedState, Wish,
};
use serde_json::{Value, json};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// How long a hook waits for a verdict: its answer has to be out within two seconds.
const HOOK_PATIENCE: SignedDuration = SignedDuration::from_millis(1200);
/// The longest body of a hook or a record.
const LONGEST: usize = 64 << 10;

/// The addresses of verifications.
pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, verify))
        .routes(routes!(one))
        .routes(routes!(record))
        .routes(routes!(hook))
}

pub(super) fn desk(app: &App) -> Answer<&dyn RegistryDesk> {
    app.registries.as_deref().ok_or_else(Problem::not_found)
}

/// Returns whether a certificate was checked with its issuer.
///
/// Its owner and the operator also see what waits, what came of every request (a verdict, or the fault
/// because of which there is none), what the certificate claims of itself, and where to check by hand.
/// A confirmation that is not fresh is never shown as one.
#[utoipa::path(
    get, path = "/v1/certificates/{id}/verifications", tag = "verifications", params(("id" = String, Path)),
    responses((status = 200, body = Object), (status = 404, body = ProblemDocument, content_type = "application/problem+json"))
)]
async fn list(
    State(app): State<App>,
    viewer: Viewer,
    Ask(Nothing {}): Ask<Nothing>,
    Id(id): Id,
) -> Answer<Json<Value>> {
    let id = CertificateId(id.into());
    let profile = app.shared.profile_for(&viewer, &id).ok_or_else(Problem::not_found)?;
    let now = app.clock().now;
    let found = app.shared.read(|_, register| {
        let certificate = register.get(&id)?;
        Some(match profile {
            Profile::Internal if viewer == Viewer::Operator => views::whole(certificate, register, now),
            Profile::Internal => views::without_details(views::whole(certificate, register, now)),
            _ => json!({ "verification": views::at(certificate, now, SignedDuration::MAX) }),
        })
    });
    found.map(Json).ok_or_else(Problem::not_found)
}

/// Has a certificate checked with its issuer.
///
/// Answers 200 where the last answer is fresh, else 202 and in `Location` where to follow the request.
/// The same is never asked twice at once.
#[utoipa::path(
    post, path = "/v1/certificates/{id}/verifications", tag = "verifications", params(("id" = String, Path)),
    responses(
        (status = 200, description = "The last answer is fresh", body = Object),
        (status = 202, description = "The registry is asked", body = Object),
        (status = 404, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "No registry is connected for the regime", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
async fn verify(
    State(app): State<App>,
    viewer: Viewer,
    Ask(Nothing {}): Ask<Nothing>,
    Id(id): Id,
) -> Answer<Response> {
    let (party, id) = own(&app, &viewer, &CertificateId(id.into()))?;
    let requested =
        desk(&app)?.request(id.clone(), Wish::verify(party, Trigger::Asked, SignedDuration::ZERO)).await?;
    answered(&app, &id, &requested, None)
}

/// Returns what became of one request.
#[utoipa::path(
    get, path = "/v1/certificates/{id}/verifications/{key}", tag = "verifications",
    params(("id" = String, Path), ("key" = String, Path)),
    responses((status = 200, body = Object), (status = 404, body = ProblemDocument, content_type = "application/problem+json"))
)]
async fn one(
    State(app): State<App>,
    viewer: Viewer,
    Ask(Nothing {}): Ask<Nothing>,
    path: Result<Path<(String, String)>, axum::extract::rejection::PathRejection>,
) -> Answer<Json<Value>> {
    let Path((id, key)) = path.map_err(|_| Problem::not_found())?;
    let (_, id) = own(&app, &viewer, &CertificateId(id.into()))?;
    let now = app.clock().now;
    let found = app.shared.read(|_, register| {
        let certificate = register.get(&id)?;
        let outbox = register.outbox();
        let open = outbox.open(&key).filter(|o| o.ask.certificate == id).map(|o| views::open(certificate, o));
        let settled = || outbox.settled(&id).iter().find(|s| s.ask.key == key).map(views::settled);
        let mut view = open.or_else(settled)?;
        view["verification"] = views::at(certificate, now, SignedDuration::MAX);
        view["asked_for"] = views::asks(certificate);
        Some(view)
    });
    found.map(Json).ok_or_else(Problem::not_found)
}

/// Records what a person saw on the issuer's public page; it stays fresh for 30 days.
///
/// For the operator, for a party that may read the goods' movement without owning the certificate, such as the
/// buyer, and for whoever opened a link for buyers or authorities: an owner's word about its own certificate stays
/// its claim, and what a link's holder saw reads `reported`, never `confirmed`.
#[utoipa::path(
    post, path = "/v1/certificates/{id}/checks", tag = "verifications", params(("id" = String, Path)),
    request_body(content = Object, description = "`page` (one of `/v1/regimes`), `outcome` (confirmed, refuted, inconclusive), `code`, `checked_at`, `file_sha256`"),
    responses(
        (status = 204, description = "Recorded"),
        (status = 403, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "It is no record of a check", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
async fn record(
    State(app): State<App>,
    caller: Caller,
    Ask(Nothing {}): Ask<Nothing>,
    Id(id): Id,
    headers: HeaderMap,
    body: Body,
) -> Answer<StatusCode> {
    let id = CertificateId(id.into());
    let by = match by_link(&caller, &id) {
        Some(link) => Looker::Link(link),
        None => Looker::Party(may_record(&app, &caller.viewer, &id)?),
    };
    let check: ManualCheck = extract::json(body, &headers, LONGEST).await?;
    desk(&app)?.record(id, by, check).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Returns the link that a caller opened, if it is one for buyers or authorities. A pass that the owner made
/// without a link is the owner's own.
fn by_link(caller: &Caller, id: &CertificateId) -> Option<Text> {
    let Viewer::Holder(certificate, Profile::Buyer | Profile::Authority) = &caller.viewer else {
        return None;
    };
    caller.pass.as_ref().filter(|_| certificate == id)?.link().map(Text::from)
}

/// Returns who records a check, and refuses who may not: strangers as if there were no such certificate.
fn may_record(app: &App, viewer: &Viewer, id: &CertificateId) -> Answer<PartyId> {
    let party = viewer.speaker()?;
    let partners = app.settings.partners.load();
    let (owner, reads) = app
        .shared
        .read(|world, register| {
            let certificate = register.get(id)?;
            let grants = Grants::new(viewer, world, register, &partners);
            let bound = register.bound(certificate, world);
            let mut journeys = bound.iter().filter_map(|tie| world.journey(&tie.journey));
            // Anybody can enter a certificate that names a stranger's booking: that makes nobody a buyer.
            let reads = *viewer == Viewer::Operator || journeys.any(|j| grants.takes_part(&party, &j));
            Some((certificate.owner.clone(), reads))
        })
        .ok_or_else(Problem::not_found)?;
    match viewer {
        Viewer::Operator => Ok(party),
        _ if owner == party => {
            Err(Problem::new(What::NotAllowed, "an owner's word about its own certificate stays its claim"))
        }
        _ if reads => Ok(party),
        _ => Err(Problem::not_found()),
    }
}

/// A site's system got an inquiry or an order: the certificate is checked, and the verdict or a poll address given
/// within two seconds.
///
/// The site's `reference` is kept with the certificate; the verdict, whenever it comes, names it under `asked_for`,
/// where it is followed and in what webhooks are told.
#[utoipa::path(
    post, path = "/v1/hooks/{trigger}", tag = "verifications",
    params(("trigger" = String, Path, description = "`inquiry` or `order`")),
    request_body(content = Object, description = "`certificate` (our id) or `number`, and the site's own `reference` of at most 200 characters"),
    responses(
        (status = 200, description = "`state` is a verdict, or says why there is none", body = Object),
        (status = 202, description = "`state` is `pending`; `poll` says where to ask", body = Object),
        (status = 404, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
async fn hook(
    State(app): State<App>,
    viewer: Viewer,
    Ask(Nothing {}): Ask<Nothing>,
    Id(trigger): Id,
    headers: HeaderMap,
    body: Body,
) -> Answer<Response> {
    let trigger = match trigger.as_str() {
        "inquiry" => Trigger::Inquiry,
        "order" => Trigger::Order,
        _ => return Err(Problem::not_found()),
    };
    viewer.speaker()?;
    let order: HookOrder = extract::json(body, &headers, LONGEST).await?;
    let (party, id) = own(&app, &viewer, &named(&app, &viewer, &order)?)?;
    let desk = desk(&app)?;
    // Kept before anybody is asked: the verdict may come when the site has gone.
    if let Some(reference) = order.reference.as_deref().map(str::trim).filter(|text| !text.is_empty()) {
        let ask = SiteAsk { trigger, reference: reference.into() };
        app.desk.note(party.clone(), event(&id, String::new(), CertificateAct::Asked(ask))).await?;
    }
    let requested = desk.request(id.clone(), Wish::verify(party, trigger, HOOK_PATIENCE)).await?;
    answered(&app, &id, &requested, order.reference.as_deref())
}

/// Returns the certificate that a hook means: by our id, or by a number among the caller's own.
fn named(app: &App, viewer: &Viewer, order: &HookOrder) -> Answer<CertificateId> {
    match (&order.certificate, &order.number) {
        (Some(id), None) => Ok(id.clone()),
        (None, Some(number)) => {
            let found: Vec<CertificateId> = app.shared.read(|_, register| {
                let own = register.owned_by(viewer.limit().as_ref()).into_iter();
                let same = own.filter(|c| c.record.document["number"].as_str() == Some(number.trim()));
                same.map(|c| c.id.clone()).take(2).collect()
            });
            match found.as_slice() {
                [one] => Ok(one.clone()),
                [] => Err(Problem::not_found()),
                _ => Err(Problem::new(
                    What::BadRequest,
                    "several certificates have this number: send `certificate`",
                )),
            }
        }
        _ => Err(Problem::new(What::BadRequest, "send either `certificate` or `number`")),
    }
}

/// Returns who speaks and the certificate, if it is the speaker's own or the operator asks.
pub(super) fn own(app: &App, viewer: &Viewer, id: &CertificateId) -> Answer<(PartyId, CertificateId)> {
    let party = viewer.speaker()?;
    let profile = app.shared.profile_for(viewer, id).filter(|p| *p == Profile::Internal);
    profile.map(|_| (party, id.clone())).ok_or_else(Problem::not_found)
}

/// Answers with what is known now: 200 for an answer, 202 with a poll address while it waits.
fn answered(
    app: &App,
    id: &CertificateId,
    requested: &Requested,
    reference: Option<&str>,
) -> Answer<Response> {
    let now = app.clock().now;
    let waits = requested.state == RequestedState::Waits;
    let (mut view, poll) = app
        .shared
        .read(|_, register| {
            let certificate = register.get(id)?;
            let verification = views::at(certificate, now, requested.stale_if_error);
            let poll = requested.key.as_deref().map(|key| views::poll(certificate, key));
            let pages = views::pages(certificate);
            let state = if waits { json!("pending") } else { verification["state"].clone() };
            let view = json!({
                "certificate": id,
                "registry": requested.registry,
                "state": state,
                "cached": requested.state == RequestedState::Fresh,
                "verification": verification,
                "check_yourself": pages,
            });
            Some((view, poll))
        })
        .ok_or_else(Problem::not_found)?;
    if let Some(reference) = reference {
        view["reference"] = json!(reference);
    }
    let mut headers = HeaderMap::new();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Some(poll) = poll {
        let location = HeaderValue::from_str(&poll).map_err(|e| Problem::internal(&e))?;
        headers.insert(header::LOCATION, location);
        view["poll"] = json!(poll);
    }
    let status = if waits { StatusCode::ACCEPTED } else { StatusCode::OK };
    Ok((status, headers, Json(view)).into_response())
}
