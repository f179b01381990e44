//! Whether the movement agrees with a certificate: the rules, and what the exporter says to them.

use super::certificate_events::{Acting, acting, event};
use super::certificate_routes::{Lens, profile};
use super::submissions::arrived;
use crate::auth::Viewer;
use crate::extract::{self, Ask, Id, Nothing};
use crate::problem::{Answer, Problem, ProblemDocument, What};
use crate::settings::App;
use crate::shared::Judged;
use crate::views::plain;
use axum::Json;
use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use sealane_data::certificate::{self, CertificateAct, CertificateEvent, CertificateId};
use sealane_data::partner::PartyId;
use sealane_data::ports::IntakeError;
use sealane_data::submission::{Content, Sha256, Source, SubmissionId, SubmissionSummary};
use sealane_origin::disclosure::{self, Profile};
use sealane_origin::paper::{ANSWER_FILE, MAX_PAPER, PAPER};
use sealane_origin::{Assessment, Certificate, RULES};
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The addresses of consistency.
pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(consistency))
        .routes(routes!(answer))
        .routes(routes!(hand_in))
        .routes(routes!(file))
}

/// Returns whether the movement agrees with a certificate: `movement agrees`, never that its origin is proven.
///
/// Owner and operator read every rule with its sentence and the observations it rests on. Once the
/// exporter was told, a buyer reads which rule found what, an authority the sentences too; the public
/// reads `under review` in place of remarks and conflicts. The owner counts as told when it asks here.
#[utoipa::path(
    get, path = "/v1/certificates/{id}/consistency", tag = "consistency", params(("id" = String, Path), Lens),
    responses((status = 200, body = Object), (status = 404, body = ProblemDocument, content_type = "application/problem+json"))
)]
async fn consistency(
    State(app): State<App>,
    viewer: Viewer,
    Ask(lens): Ask<Lens>,
    Id(id): Id,
) -> Answer<Json<Value>> {
    let id = CertificateId(id.into());
    let profile = profile(&app, &viewer, &id, lens.profile.as_deref())?;
    app.shared.ready(&id).await;
    let judged = app.shared.judged(&id).ok_or_else(Problem::not_found)?;
    if matches!(viewer, Viewer::Party(_)) && profile == Profile::Internal {
        tell(&app, &id, &judged).await?;
    }
    let full = viewer == Viewer::Operator && profile == Profile::Internal;
    let assessment = if full { judged.full() } else { judged.of(profile) };
    let whole = app.shared.read(|_, register| register.get(&id).map(|c| whole(c, assessment)));
    let shown =
        disclosure::consistency(profile, judged.withheld(profile), whole.ok_or_else(Problem::not_found)?);
    Ok(Json(shown))
}

/// Notes that the exporter was told of what was found: from here on others may read it.
async fn tell(app: &App, id: &CertificateId, judged: &Judged) -> Answer<()> {
    let untold: Vec<CertificateEvent> = app.shared.read(|_, register| {
        let of = |c| judged.untold(c).map(|finding| sealane_origin::told(c, finding)).collect();
        register.get(id).map(of).unwrap_or_default()
    });
    for told in untold {
        app.desk.note(PartyId::operator(), told).await?;
    }
    Ok(())
}

fn whole(certificate: &Certificate, assessment: &Assessment) -> Value {
    let mut whole = plain(assessment);
    let rules = whole["rules"].as_array_mut().into_iter().flatten();
    for (line, rule) in rules.zip(RULES) {
        line["asks"] = rule.asks.into();
        let answers = certificate.answers().filter(|(_, a)| a.rule == rule.id).map(|(noted, a)| {
            let kept = a.file.as_ref().and(a.file_sha256.as_ref());
            let file = kept.map(|sha256| format!("/v1/certificates/{}/consistency/files/{sha256}", certificate.id));
            json!({ "at": noted.at, "text": a.text, "file_sha256": a.file_sha256, "file": file, "by": noted.party })
        });
        line["answers"] = answers.collect();
    }
    whole["certificate"] = plain(&certificate.id);
    whole
}

/// What an exporter says to what a rule found.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Answered {
    /// The rule, such as `R6`.
    rule: String,
    /// What it says, at most 4,000 characters.
    text: String,
    /// SHA-256 (hexadecimal) of a file that shows it. Without `file` that stays with the exporter.
    #[serde(default)]
    file_sha256: Option<String>,
    /// The `submission` of a file that was handed in at `consistency/files`: it is kept with the answer.
    #[serde(default)]
    file: Option<String>,
}

/// Answers what a rule found. It stands beside the finding for whoever reads its sentence; nothing is erased by it.
#[utoipa::path(
    post, path = "/v1/certificates/{id}/consistency/answers", tag = "consistency", params(("id" = String, Path)),
    request_body = Answered,
    responses(
        (status = 201, description = "Kept"),
        (status = 404, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "No such rule, or no answer", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
async fn answer(State(app): State<App>, Acting { party, id, order }: Acting<Answered>) -> Answer<StatusCode> {
    let Answered { rule, text, file_sha256, file } = order;
    let kept = match file {
        Some(file) => Some(handed_in(&app, &party, file, file_sha256.as_deref()).await?),
        None => None,
    };
    let file_sha256 = kept.as_ref().map(|k| k.sha256.clone()).or(file_sha256);
    let file = kept.map(|k| SubmissionId(k.id));
    let answer = certificate::Answer { rule: rule.into(), text, file_sha256, file };
    app.desk.note(party, event(&id, String::new(), CertificateAct::Answered(answer))).await?;
    Ok(StatusCode::CREATED)
}

/// Returns the file that an answer names, if it is one of its sender's with that digest.
async fn handed_in(
    app: &App,
    party: &PartyId,
    file: String,
    sha256: Option<&str>,
) -> Answer<SubmissionSummary> {
    let whose = (!party.is_operator()).then(|| party.clone());
    let none = || Problem::new(What::Refused, "`file` is no file of yours with this digest");
    let found = match app.intake.summary(whose, file).await {
        Err(IntakeError::NotFound) => return Err(none()),
        found => found?,
    };
    let same = sha256.is_none_or(|told| told.eq_ignore_ascii_case(&found.sha256));
    let kept = [ANSWER_FILE, PAPER].contains(&found.source.transport.as_str()) && found.erased.is_none();
    if same && kept { Ok(found) } else { Err(none()) }
}

/// Hands in a file that goes with an answer, at most 4 MiB, of any kind. It is kept as it came, under its
/// SHA-256; name its `submission` as `file` of the answer. What an answer names is never erased.
#[utoipa::path(
    post, path = "/v1/certificates/{id}/consistency/files", tag = "consistency", params(
        ("id" = String, Path),
        ("X-Filename" = Option<String>, Header, description = "The sender's name for the file"),
    ),
    request_body(content = String, content_type = "application/octet-stream"),
    responses(
        (status = 201, description = "`submission` and `sha256`", body = Object),
        (status = 404, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 413, body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
async fn hand_in(
    State(app): State<App>,
    viewer: Viewer,
    Ask(Nothing {}): Ask<Nothing>,
    Id(id): Id,
    headers: HeaderMap,
    body: Body,
) -> Answer<(StatusCode, Json<Value>)> {
    let party = acting(&app, &viewer, &CertificateId(id.into()))?;
    let mut submission = arrived(party, Content::Certificate, &headers)?;
    submission.source = Source { transport: ANSWER_FILE.into(), ..submission.source };
    let bytes = extract::body(body, &headers, app.settings.max_body.min(MAX_PAPER)).await?;
    if bytes.is_empty() {
        return Err(Problem::new(What::BadRequest, "the file is empty"));
    }
    let sha256 = Sha256::of(&bytes).hex();
    submission.bytes = bytes.into();
    let receipt = app.intake.submit(submission).await?;
    Ok((StatusCode::CREATED, Json(json!({ "submission": receipt.id, "sha256": sha256 }))))
}

/// Returns a file that goes with an answer, for its owner, the operator, and whoever reads the answer: authorities
/// once the exporter was told.
#[utoipa::path(
    get, path = "/v1/certificates/{id}/consistency/files/{sha256}", tag = "consistency",
    params(("id" = String, Path), ("sha256" = String, Path)),
    responses(
        (status = 200, body = Vec<u8>, content_type = "application/octet-stream"),
        (status = 404, body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
async fn file(
    State(app): State<App>,
    viewer: Viewer,
    Ask(Nothing {}): Ask<Nothing>,
    path: Result<Path<(String, String)>, PathRejection>,
) -> Answer<Response> {
    let Path((id, sha256)) = path.map_err(|_| Problem::not_found())?;
    let id = CertificateId(id.into());
    let profile = app.shared.profile_for(&viewer, &id).ok_or_else(Problem::not_found)?;
    app.shared.ready(&id).await;
    let judged = app.shared.judged(&id).ok_or_else(Problem::not_found)?;
    let reads = |rule: &str| match profile {
        Profile::Internal => true,
        Profile::Authority => !judged.withheld(profile).has(rule),
        _ => false,
    };
    let kept = app.shared.read(|_, register| {
        let named =
            |a: &&certificate::Answer| a.file_sha256.as_deref() == Some(sha256.as_str()) && reads(&a.rule);
        register.get(&id)?.answers().map(|(_, a)| a).filter(named).find_map(|a| a.file.clone())
    });
    let kept = kept.ok_or_else(Problem::not_found)?;
    let (_, bytes) = app.intake.submission(None, kept.to_string()).await?;
    let name = HeaderValue::from_str(&format!("attachment; filename=\"{sha256}\""));
    let name = name.map_err(|e| Problem::internal(&e))?;
    // Whatever it is, a browser must never run it.
    let kind = HeaderValue::from_static("application/octet-stream");
    let keep = HeaderValue::from_static("private, no-store");
    let headers =
        [(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, name), (header::CACHE_CONTROL, keep)];
    Ok((headers, bytes).into_response())
}
