//! The scopes of tokens, and which one every address needs.
//!
//! Keys have no scopes: they open whatever their party may do. A token opens an address only if it has
//! the address's scope; an address that is not in the table is opened by no token.

use axum::http::Method;

/// What a token is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Scope {
    EcoRead,
    EcoWrite,
    EcoVerify,
    EcoIssue,
    RouteRead,
    RouteReadPublic,
    EventsWrite,
    EmbedManage,
    AnalyticsRead,
    AuditRead,
    Admin,
}

impl Scope {
    /// Every scope with its word and what it opens.
    pub(crate) const WORDS: &[(Self, &str, &str)] = &[
        (Self::EcoRead, "eco:read", "read certificates and what is known of them"),
        (Self::EcoWrite, "eco:write", "send, publish and decide about certificates"),
        (Self::EcoVerify, "eco:verify", "have certificates checked with their issuers"),
        (Self::EcoIssue, "eco:issue", "apply for certificates"),
        (Self::RouteRead, "route:read", "read routes, shipments, nodes and calls"),
        (Self::RouteReadPublic, "route:read:public", "read what was published, as the public sees it"),
        (Self::EventsWrite, "events:write", "send messages, and read what became of them"),
        (Self::EmbedManage, "embed:manage", "make links, passes and webhooks"),
        (Self::AnalyticsRead, "analytics:read", "read figures"),
        (Self::AuditRead, "audit:read", "read evidence packs, chains and exchanges"),
        (Self::Admin, "admin", "what only the operator may do"),
    ];

    /// Returns the scope of a word.
    pub(crate) fn of(word: &str) -> Option<Self> {
        Self::WORDS.iter().find(|(_, known, _)| *known == word).map(|(scope, ..)| *scope)
    }

    /// Returns its word.
    pub(crate) fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(scope, ..)| *scope == self).map_or("", |(_, word, _)| word)
    }
}

/// Returns whether a word is one of the scopes.
pub(crate) fn is_scope(word: &str) -> bool {
    Scope::of(word).is_some()
}

use Scope::{
    Admin, AnalyticsRead, AuditRead, EcoIssue, EcoRead, EcoVerify, EcoWrite, EmbedManage, EventsWrite,
    RouteRead,
};

/// What every address needs, by the start of its path; the longest start that fits counts.
const DOORS: &[(&str, &str, Scope)] = &[
    ("GET", "/embed/{id}", RouteRead),
    ("GET", "/metrics", Admin),
    ("GET", "/readyz", Admin),
    ("GET", "/v1/calls", RouteRead),
    ("GET", "/v1/certificates", EcoRead),
    ("POST", "/v1/certificates", EcoWrite),
    ("GET", "/v1/certificates/conflicts", Admin),
    ("POST", "/v1/certificates/conflicts", Admin),
    ("GET", "/v1/certificates/{id}/chain", AuditRead),
    ("POST", "/v1/certificates/{id}/checks", EcoVerify),
    ("GET", "/v1/certificates/{id}/evidence", AuditRead),
    ("GET", "/v1/certificates/{id}/links", EmbedManage),
    ("POST", "/v1/certificates/{id}/links", EmbedManage),
    ("POST", "/v1/certificates/{id}/passes", EmbedManage),
    ("POST", "/v1/certificates/{id}/public-ref", EmbedManage),
    ("GET", "/v1/certificates/{id}/qr.svg", RouteRead),
    ("POST", "/v1/certificates/{id}/requests", EcoIssue),
    ("GET", "/v1/certificates/{id}/route", RouteRead),
    ("GET", "/v1/certificates/{id}/route.jws", RouteRead),
    ("GET", "/v1/certificates/{id}/route.svg", RouteRead),
    ("GET", "/v1/certificates/{id}/stream", RouteRead),
    ("POST", "/v1/certificates/{id}/verifications", EcoVerify),
    ("GET", "/v1/clock", RouteRead),
    ("GET", "/v1/events", EcoRead),
    ("GET", "/v1/feeds", Admin),
    ("POST", "/v1/hooks", EcoVerify),
    ("GET", "/v1/kpis", AnalyticsRead),
    ("GET", "/v1/live", RouteRead),
    ("GET", "/v1/nodes", RouteRead),
    ("POST", "/v1/papers", EcoWrite),
    ("GET", "/v1/partners", Admin),
    ("POST", "/v1/partners", Admin),
    ("GET", "/v1/passages", RouteRead),
    ("GET", "/v1/predictions", AnalyticsRead),
    ("GET", "/v1/regimes", EcoRead),
    ("GET", "/v1/registries", Admin),
    ("GET", "/v1/registries/exchanges", AuditRead),
    ("POST", "/v1/registries", Admin),
    ("POST", "/v1/rereads", Admin),
    ("GET", "/v1/sea-routes", RouteRead),
    ("POST", "/v1/sea-routes", RouteRead),
    ("GET", "/v1/shipments", RouteRead),
    ("GET", "/v1/submissions", EventsWrite),
    ("POST", "/v1/submissions", EventsWrite),
    ("GET", "/v1/vessels", RouteRead),
    ("GET", "/v1/webhooks", EmbedManage),
    ("POST", "/v1/webhooks", EmbedManage),
    ("POST", "/v1/what-if", AnalyticsRead),
];

/// Returns the scope that an address needs, by its method and its path as the router knows it.
pub(crate) fn needed(method: &Method, path: &str) -> Option<Scope> {
    let method = if *method == Method::HEAD { "GET" } else { method.as_str() };
    let fits =
        |start: &str| path.strip_prefix(start).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    let rows = DOORS.iter().filter(|(of, start, _)| *of == method && fits(start));
    rows.max_by_key(|(_, start, _)| start.len()).map(|(.., scope)| *scope)
}
