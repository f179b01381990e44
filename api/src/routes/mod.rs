//! Every address, one file per noun, merged through one table.

// The macros of utoipa name types by longer paths than a person would.
#![allow(unused_qualifications)]

mod bindings;
mod calls;
mod certificate_events;
mod certificate_routes;
mod certificates;
mod clock;
mod consistency;
mod docs;
mod documents_of_trade;
mod evidence;
mod feeds;
mod health;
mod history;
mod kpis;
mod links;
mod live;
mod metrics;
mod nodes;
mod oauth;
mod papers;
mod partners;
mod predictions;
mod registries;
mod registry_requests;
mod sea_routes;
mod shipments;
mod signatures;
mod submissions;
mod verifications;
mod verify;
mod vessels;
mod webhooks;
mod what_if;
mod why;

pub use webhooks::webhook_body;
pub use what_if::what_if;

use crate::layers;
use crate::node_pages;
use crate::pages;
use crate::problem::{Answer, Problem, What};
use crate::settings::{App, Doors};
use axum::Router;
use std::sync::Arc;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;

/// One noun of the doors.
struct Noun {
    /// Its tag in the `OpenAPI` document.
    tag: &'static str,
    /// One sentence for the `OpenAPI` document.
    about: &'static str,
    /// Its addresses.
    router: fn() -> OpenApiRouter<App>,
}

/// Every noun. A new endpoint is a new file and two lines here.
const NOUNS: &[Noun] = &[
    Noun { tag: "submissions", about: "Bytes in, and the inbox.", router: submissions::router },
    Noun { tag: "shipments", about: "The journeys that a reference joins.", router: shipments::router },
    Noun {
        tag: "history",
        about: "What was told of a shipment, also what no longer stands.",
        router: history::router,
    },
    Noun { tag: "certificates", about: "Certificates of origin.", router: certificates::router },
    Noun { tag: "papers", about: "Certificates on paper.", router: papers::router },
    Noun {
        tag: "routes",
        about: "Routes of certificates, and their streams.",
        router: certificate_routes::router,
    },
    Noun {
        tag: "verifications",
        about: "Whether certificates were checked with their issuers, and hooks that have it done.",
        router: verifications::router,
    },
    Noun {
        tag: "registries",
        about: "Who is asked, and what of their interfaces is published.",
        router: registries::router,
    },
    Noun {
        tag: "requests",
        about: "What registries are asked about a certificate: seven verbs.",
        router: registry_requests::router,
    },
    Noun { tag: "events", about: "What happened to a certificate.", router: certificate_events::router },
    Noun {
        tag: "consistency",
        about: "Whether the movement agrees with a certificate.",
        router: consistency::router,
    },
    Noun {
        tag: "documents-of-trade",
        about: "Papers about the goods, and what pages of sites say of them.",
        router: documents_of_trade::router,
    },
    Noun { tag: "bindings", about: "What ties a certificate to a movement.", router: bindings::router },
    Noun { tag: "evidence", about: "What was observed, signed, in one file.", router: evidence::router },
    Noun {
        tag: "signatures",
        about: "Who wrote a document, and what it follows.",
        router: signatures::router,
    },
    Noun { tag: "links", about: "Opening a certificate to others.", router: links::router },
    Noun { tag: "verify", about: "The public look-up, and the forms' schemas.", router: verify::router },
    Noun { tag: "oauth", about: "Tokens for clients (OAuth 2).", router: oauth::router },
    Noun {
        tag: "webhooks",
        about: "What sites are told, and the events themselves.",
        router: webhooks::router,
    },
    Noun { tag: "live", about: "Every stream over one connection.", router: live::router },
    Noun { tag: "nodes", about: "Ports, terminals and their shapes.", router: nodes::router },
    Noun { tag: "sea", about: "Ways by sea, and the passages they use.", router: sea_routes::router },
    Noun { tag: "what-if", about: "What a closed passage or port would hit.", router: what_if::router },
    Noun { tag: "vessels", about: "Where ships are.", router: vessels::router },
    Noun {
        tag: "calls",
        about: "Visits of ships, and whether what was planned was done.",
        router: calls::router,
    },
    Noun {
        tag: "predictions",
        about: "Arrivals as they were predicted, and how good that was.",
        router: predictions::router,
    },
    Noun { tag: "why", about: "Who told what is believed, and who leads.", router: why::router },
    Noun { tag: "kpis", about: "Figures with scope and coverage.", router: kpis::router },
    Noun { tag: "feeds", about: "How the feeds are, and signed pushes.", router: feeds::router },
    Noun { tag: "partners", about: "Partners, and reading again what they sent.", router: partners::router },
    Noun { tag: "clock", about: "What time the map shows.", router: clock::router },
    Noun { tag: "health", about: "Whether the process lives and answers.", router: health::router },
    Noun { tag: "metrics", about: "The measures of the process.", router: metrics::router },
];

/// Returns the doors as one router.
pub fn router(doors: Doors) -> Router {
    let app: App = Arc::new(doors);
    let (router, document) = documented().split_for_parts();
    let router = router
        .merge(docs::router(document))
        .merge(pages::router())
        .merge(node_pages::router())
        .method_not_allowed_fallback(|| async {
            Problem::new(What::Method, "see `/docs` for what is served here")
        })
        .fallback(|| async { Problem::not_found() })
        .with_state(app.clone());
    layers::around(router, &app)
}

/// Returns the `OpenAPI` document of the doors.
pub fn openapi() -> OpenApi {
    documented().into_openapi()
}

/// Runs what may take some milliseconds beside the threads that answer requests.
pub(in crate::routes) async fn apart<T: Send + 'static>(
    app: App,
    work: impl FnOnce(&Doors) -> T + Send + 'static,
) -> Answer<T> {
    tokio::task::spawn_blocking(move || work(&app)).await.map_err(|e| Problem::internal(&e))
}

fn documented() -> OpenApiRouter<App> {
    let base = OpenApiRouter::with_openapi(docs::base(NOUNS.iter().map(|n| (n.tag, n.about))));
    NOUNS.iter().fold(base, |all, noun| all.merge((noun.router)()))
}

#[cfg(test)]
mod tests;
