//! Certificates as they are served.

use super::{plain, verification};
use jiff::Timestamp;
use sealane_mapper::World;
use sealane_origin::disclosure::{self, Profile};
use sealane_origin::{Bound, Certificate, Register};
use serde_json::{Value, json};
use utoipa::ToSchema;

/// Returns a certificate as a profile may see it.
pub(crate) fn view(certificate: &Certificate, world: &World, register: &Register, profile: Profile) -> Value {
    let bound = register.bound(certificate, world);
    let mut whole = whole(certificate, &bound);
    // Never shown as confirmed when stale, also before the scheduler has said so in the log.
    whole["verification"] = verification::axis(&certificate.verification().shown_at(Timestamp::now()));
    disclosure::certificate(profile, whole)
}

/// Returns every field of a certificate.
pub(crate) fn whole(certificate: &Certificate, bound: &[Bound]) -> Value {
    let boxes = &certificate.boxes;
    let lifecycle = certificate.lifecycle();
    let claims = certificate.claims();
    let bindings: Vec<Value> = certificate
        .bindings
        .iter()
        .map(|r| {
            let held = bound.iter().any(|b| b.holds(r));
            json!({ "kind": r.kind, "value": r.value, "bound": held })
        })
        .collect();
    let document = &certificate.record.document;
    json!({
        "id": certificate.id,
        "number": document["number"],
        "regime": document["regime"],
        "form": document["form"],
        "issuer": { "country": document["issuer"]["country"], "body": document["issuer"]["body"] },
        "exporter": { "name": document["exporter"]["name"], "country": document["exporter"]["country"] },
        "importing_party": document["importing_party"],
        "published": certificate.published,
        "lifecycle": { "state": lifecycle.state, "source": lifecycle.source },
        "verification": verification::axis(&certificate.verification()),
        "consistency": { "state": certificate.consistency().state },
        "claims": {
            "uid": claims.uid,
            "lifecycle": claims.lifecycle,
            "verification": claims.verification,
        },
        "bindings": bindings,
        "route": format!("/v1/certificates/{}/route", certificate.id),
        "stream": format!("/v1/certificates/{}/stream", certificate.id),
        "received": certificate.received,
        "issued_on": plain(&boxes.issued_on),
        "boxes": certificate.submitted_boxes(),
    })
}

/// A certificate of origin, as far as the asking key may see it.
#[derive(ToSchema)]
#[schema(as = Certificate)]
#[expect(dead_code, reason = "it names the fields for the OpenAPI document; values are filtered by table")]
pub(crate) struct CertificateDocument {
    /// Our id, `eco_...`.
    id: String,
    /// The number given by the issuer; the public sees its end only.
    number: String,
    /// The regime, such as `RCEP`.
    regime: String,
    /// The form.
    form: Option<String>,
    /// Who issued it: `country` and `body`.
    #[schema(value_type = Object)]
    issuer: Value,
    /// Who exports: `name` and `country`.
    #[schema(value_type = Object)]
    exporter: Value,
    /// The country of import.
    importing_party: Option<String>,
    /// Whether its owner made it public.
    published: bool,
    /// Where it is in its life (`state`), and who says so (`source`).
    #[schema(value_type = Object)]
    lifecycle: Value,
    /// Whether the issuer was asked: `state` and `text`, and of its answer `gateway`, `code`, `checked_at`
    /// and `fresh_until`; `failed_at` where it could not be asked since.
    #[schema(value_type = Object)]
    verification: Value,
    /// Whether the movement agrees: `state`. So far not assessed.
    #[schema(value_type = Object)]
    consistency: Value,
    /// What the sender says about uid, lifecycle and verification.
    #[schema(value_type = Object)]
    claims: Option<Value>,
    /// The declared references, and whether each ties a movement.
    #[schema(value_type = Vec<Object>)]
    bindings: Option<Value>,
    /// The address of the route.
    route: String,
    /// The address of the live stream.
    stream: String,
    /// The boxes of the form as submitted.
    #[schema(value_type = Object)]
    boxes: Option<Value>,
}
