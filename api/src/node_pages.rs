//! `/nodes` and `/nodes/{id}`: what a node's codes mean, for people. Nodes are no secret, so no key is asked.

use crate::extract::{Ask, Id, Nothing};
use crate::problem::{Answer, Problem, What};
use crate::settings::App;
use crate::views::node_page;
use axum::Router;
use axum::extract::State;
use axum::http::{Uri, header};
use axum::response::{Html, IntoResponse as _, Response};
use axum::routing::get;
use sealane_data::Text;
use sealane_data::observation::DeclaredPlace;
use serde::Deserialize;

/// The pages have no script, and their forms ask this machine only.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'self'; \
frame-ancestors 'none'";

/// What a place is told as: every field may be empty.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    code: Option<Text>,
    terminal: Option<Text>,
    name: Option<Text>,
}

impl From<Asked> for DeclaredPlace {
    fn from(asked: Asked) -> Self {
        let told = |text: Option<Text>| text.filter(|text| !text.trim().is_empty());
        Self { locode: told(asked.code), facility: told(asked.terminal), name: told(asked.name) }
    }
}

/// Returns the addresses of the pages.
pub(crate) fn router() -> Router<App> {
    Router::new().route("/nodes", get(all)).route("/nodes/{id}", get(one))
}

async fn all(State(app): State<App>, uri: Uri, Ask(asked): Ask<Asked>) -> Answer<Response> {
    // What is asked is drawn again in the form: no secret may get there.
    if uri.query().is_some_and(|query| query.contains("sl_sk_")) {
        return Err(Problem::new(What::SecretInAddress, "nodes need no key; revoke this one"));
    }
    let place = DeclaredPlace::from(asked);
    Ok(shown(app.shared.read(|world, _| node_page::all(world.places(), &place))))
}

async fn one(State(app): State<App>, Ask(Nothing {}): Ask<Nothing>, Id(id): Id) -> Answer<Response> {
    let html = app.shared.read(|world, _| {
        let places = world.places();
        places.find(&id).map(|ix| node_page::one(places, ix))
    });
    html.map(shown).ok_or_else(Problem::not_found)
}

fn shown(html: String) -> Response {
    let headers = [(header::CONTENT_SECURITY_POLICY, POLICY), (header::CACHE_CONTROL, "no-cache")];
    (headers, Html(html)).into_response()
}
