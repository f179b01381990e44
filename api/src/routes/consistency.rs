//! Whether the movement agrees with a certificate: the rules, and what the exporter says to them.

use super::certificate_events::{Acting, event};
use super::certificate_routes::{Lens, profile};
use crate::auth::Viewer;
use crate::extract::{Ask, Id};
use crate::problem::{Answer, Problem, ProblemDocument};
use crate::settings::App;
use crate::shared::Judged;
use crate::views::plain;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use sealane_data::certificate::{self, CertificateAct, CertificateEvent, CertificateId};
use sealane_data::partner::PartyId;
use sealane_origin::disclosure::{self, Profile};
use sealane_origin::{Assessment, Certificate, RULES};
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The addresses of consistency.
pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(consistency)).routes(routes!(answer))
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
    let shown = disclosure::consistency(profile, &judged.untold, whole.ok_or_else(Problem::not_found)?);
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
            json!({ "at": noted.at, "text": a.text, "file_sha256": a.file_sha256, "by": noted.party })
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
    /// SHA-256 (hexadecimal) of a file that shows it; the file itself stays with the exporter.
    #[serde(default)]
    file_sha256: Option<String>,
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
    let Answered { rule, text, file_sha256 } = order;
    let answer = certificate::Answer { rule: rule.into(), text, file_sha256 };
    app.desk.note(party, event(&id, String::new(), CertificateAct::Answered(answer))).await?;
    Ok(StatusCode::CREATED)
}
