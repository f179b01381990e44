//! Ways by sea: one by address, many by one request, and the passages they use.

use super::apart;
use super::certificate_routes::served;
use crate::auth::Viewer;
use crate::documents::entity_tag;
use crate::extract::{self, Ask, Nothing};
use crate::problem::{Answer, Problem, ProblemDocument, What};
use crate::sea::{self, Antimeridian, Question, list};
use crate::settings::{App, Doors};
use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use sealane_mapper::sea::{Passage, SeaNetwork};
use serde::{Deserialize, Serialize};
use std::time::{Duration, Instant};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The addresses of ways by sea.
pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(one, many)).routes(routes!(passages))
}

/// Ways in one request at most.
const MOST: usize = 100;
/// Bytes of such a request at most.
const LARGEST: usize = 256 << 10;

/// As what a way is answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = SeaRouteFormat)]
enum Format {
    /// A GeoJSON feature collection: a line for each leg, a point for each end.
    #[default]
    Geojson,
    /// Figures without lines.
    Json,
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Asked {
    /// A node's id, UN/LOCODE, SMDG code or name, or a position as `lat=1.26,lon=103.8`.
    from: String,
    /// The same.
    to: String,
    /// What the way touches, in order, parted by `;`; at most 8.
    via: Option<String>,
    /// Ids of passages that it must not use, parted by commas.
    avoid: Option<String>,
    /// Ids of passages that are shut by default and may be used, parted by commas.
    open: Option<String>,
    /// The ship's draught in metres.
    draft: Option<f64>,
    /// Its length over all in metres.
    length: Option<f64>,
    /// Its beam in metres.
    beam: Option<f64>,
    /// Its speed in knots, 1 to 60; 16 if absent.
    speed: Option<f64>,
    /// How many other ways are wanted, 0 to 3.
    #[serde(default)]
    alternatives: usize,
    /// How a line over the 180th meridian is written: `split` (RFC 7946) or `unwrap`.
    #[serde(default)]
    antimeridian: Antimeridian,
    /// The zoom level that the lines are drawn at, 0 to 22; whole if absent.
    zoom: Option<u8>,
    /// `geojson` or `json`.
    #[serde(default)]
    format: Format,
}

impl Asked {
    fn question(self) -> (Question, Format) {
        let question = Question {
            from: self.from,
            to: self.to,
            via: list(self.via.as_deref(), ';'),
            avoid: list(self.avoid.as_deref(), ','),
            open: list(self.open.as_deref(), ','),
            draft: self.draft,
            length: self.length,
            beam: self.beam,
            speed: self.speed,
            alternatives: self.alternatives,
            antimeridian: self.antimeridian,
            zoom: self.zoom,
        };
        (question, self.format)
    }
}

/// Returns the way by sea between two nodes or positions.
///
/// Distances count sea and canal; rivers and the last mile ashore are legs of their own. A way never crosses
/// land but for declared canals; where none is left the answer is an error, never a straight line. Every key
/// may ask: the ways are no secret.
#[utoipa::path(
    get, path = "/v1/sea-routes", tag = "sea", params(Asked),
    responses(
        (status = 200, description = "GeoJSON, or with `format=json` the figures alone", content(
            (Object = "application/geo+json"), (sea::Answer = "application/json")
        )),
        (status = 304, description = "Not modified"),
        (status = 400, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 422, description = "An end or passage is unknown, an end ashore, or no way is left",
            body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
async fn one(
    State(app): State<App>,
    _viewer: Viewer,
    Ask(asked): Ask<Asked>,
    headers: HeaderMap,
) -> Answer<Response> {
    let (question, format) = asked.question();
    let (bytes, kind) = seated(app, move |app, until| {
        let places = app.shared.read(|world, _| world.places().clone());
        let answer = app.shared.charts().answer_until(&places, &question, Some(until))?;
        let figures = || serde_json::to_vec(&answer).map_err(|e| Problem::internal(&e));
        Answer::Ok(match format {
            Format::Geojson => (answer.geojson(), "application/geo+json"),
            Format::Json => (figures()?, "application/json"),
        })
    })
    .await??;
    let bytes = Bytes::from(bytes);
    let mut response = served(&bytes, &entity_tag(&bytes), kind, false, &headers);
    // It changes with the network only, that is with the program.
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=3600"));
    Ok(response)
}

/// How long one request may look for ways, in seconds; what is not found by then is a problem.
const PATIENCE: Duration = Duration::from_secs(20);

/// Looks for ways on a thread of its own, when it is this request's turn, and not for long.
async fn seated<T: Send + 'static>(
    app: App,
    work: impl FnOnce(&Doors, Instant) -> T + Send + 'static,
) -> Answer<T> {
    let seat = app.shared.charts().seats().acquire_owned().await.map_err(|e| Problem::internal(&e))?;
    apart(app, move |app| {
        let _seat = seat;
        work(app, Instant::now() + PATIENCE)
    })
    .await
}

/// Many questions.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SeaRouteBatch)]
struct Batch {
    /// At most 100.
    routes: Vec<Question>,
}

/// The answers, in the order of the questions.
#[derive(Serialize, ToSchema)]
#[schema(as = SeaRouteAnswers)]
struct Answers {
    routes: Vec<Item>,
}

/// One answer: a route or what is wrong with its question.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = SeaRouteOrProblem)]
enum Item {
    /// The figures.
    Route(Box<sea::Answer>),
    /// Why there is none.
    Problem(ProblemDocument),
}

/// Returns the figures of many ways; each question has its own answer or its own error.
#[utoipa::path(
    post, path = "/v1/sea-routes", tag = "sea", request_body = Batch,
    responses(
        (status = 200, body = Answers),
        (status = 400, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 413, body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
async fn many(
    State(app): State<App>,
    viewer: Viewer,
    Ask(Nothing {}): Ask<Nothing>,
    headers: HeaderMap,
    body: Body,
) -> Answer<Json<Answers>> {
    // A key on somebody's page asks for one way at a time.
    viewer.speaker()?;
    let batch: Batch = extract::json(body, &headers, LARGEST).await?;
    if batch.routes.len() > MOST {
        return Err(Problem::new(What::TooLarge, format!("one request may ask for at most {MOST} routes")));
    }
    let answers = seated(app, move |app, until| {
        let places = app.shared.read(|world, _| world.places().clone());
        let charts = app.shared.charts();
        let answer = |question: &Question| match charts.answer_until(&places, question, Some(until)) {
            Ok(answer) => Item::Route(Box::new(answer)),
            Err(trouble) => Item::Problem(Problem::from(trouble).document()),
        };
        batch.routes.iter().map(answer).collect()
    });
    Ok(Json(Answers { routes: answers.await? }))
}

/// Every passage.
#[derive(Serialize, ToSchema)]
struct Passages {
    passages: Vec<PassageView>,
}

/// A canal, a strait, or a line that ice shuts.
#[derive(Serialize, ToSchema)]
#[schema(as = Passage)]
struct PassageView {
    /// What `avoid` and `open` name it by.
    id: String,
    /// Its name.
    name: String,
    /// Whether it was dug.
    canal: bool,
    /// Whether no way uses it unless `open` names it.
    shut: bool,
    /// The largest draught in metres.
    draft: Option<f64>,
    /// The largest length in metres.
    length: Option<f64>,
    /// The largest beam in metres.
    beam: Option<f64>,
    /// What using it costs, in nautical miles of detour that a ship would rather make.
    cost_nm: f64,
    /// From where to where ships pass, as latitudes and longitudes of two places, if they pass in one direction only.
    one_way: Option<[[f64; 2]; 2]>,
    /// Where line and limits come from.
    source: String,
}

impl From<&Passage> for PassageView {
    fn from(passage: &Passage) -> Self {
        Self {
            id: passage.id.clone(),
            name: passage.name.clone(),
            canal: passage.canal,
            shut: passage.shut,
            draft: passage.draft,
            length: passage.length,
            beam: passage.beam,
            cost_nm: passage.cost,
            one_way: passage.one_way,
            source: passage.source.clone(),
        }
    }
}

/// Returns the canals, straits and lines of ice that a way can avoid or open, with limits and sources.
#[utoipa::path(get, path = "/v1/passages", tag = "sea", responses((status = 200, body = Passages)))]
async fn passages(
    State(app): State<App>,
    _viewer: Viewer,
    Ask(Nothing {}): Ask<Nothing>,
    headers: HeaderMap,
) -> Answer<Response> {
    let network: &SeaNetwork = app.shared.charts().network();
    let whole = Passages { passages: network.passages().iter().map(PassageView::from).collect() };
    let bytes = Bytes::from(serde_json::to_vec(&whole).map_err(|e| Problem::internal(&e))?);
    Ok(served(&bytes, &entity_tag(&bytes), "application/json", false, &headers))
}
