//! Certificates as they are served.

use super::{plain, verification};
use jiff::Timestamp;
use sealane_origin::trust::check_code;
use sealane_origin::{Bound, Certificate, Consistency, EntryState};
use serde_json::{Value, json};
use utoipa::ToSchema;

/// What stands beside a certificate itself.
pub(crate) struct Beside<'a> {
    /// What it is tied to.
    pub(crate) bound: &'a [Bound],
    /// Whether the movement agrees, as the reader may know it.
    pub(crate) consistency: Consistency,
    /// Whether it stands beside what other parties entered under its number.
    pub(crate) entry: EntryState,
    /// The instant as of which it is read; now without one.
    pub(crate) as_of: Option<Timestamp>,
    /// Whether it is for the public.
    pub(crate) public: bool,
    /// What check codes are made with.
    pub(crate) secret: &'a [u8],
}

/// Returns the code that is printed beside a certificate's number. It is of this record: whoever files the
/// same number elsewhere learns nothing of it.
pub(crate) fn code_of_number(secret: &[u8], certificate: &Certificate) -> String {
    check_code(secret, &format!("number|{}|{}", certificate.record.natural_key, certificate.id))
}

/// Returns the code that goes with a certificate's public reference. It tells nothing of the code beside the
/// number, so that a public map cannot be used to try numbers out.
pub(crate) fn code_of_ref(secret: &[u8], certificate: &Certificate) -> String {
    check_code(secret, &format!("ref|{}", certificate.public_ref(None)))
}

/// Returns every field of a certificate.
pub(crate) fn whole(certificate: &Certificate, beside: &Beside<'_>) -> Value {
    let boxes = &certificate.boxes;
    let life = certificate.life(beside.as_of);
    let claims = certificate.claims();
    // What was tied in the past was not kept, and what is tied now says nothing of it.
    let tied = |r| beside.as_of.is_none().then(|| beside.bound.iter().any(|b| b.holds(r)));
    let bindings: Vec<Value> = certificate
        .bindings
        .iter()
        .map(|r| json!({ "kind": r.kind, "value": r.value, "bound": tied(r) }))
        .collect();
    let document = &certificate.record.document;
    let code = code_of_ref(beside.secret, certificate);
    let public_ref = certificate.public_ref(None);
    // The public reaches it under that name only.
    let name = if beside.public { public_ref } else { certificate.id.0.as_str() };
    let published = certificate.published.is_some_and(|at| beside.as_of.is_none_or(|limit| at <= limit))
        && beside.entry != EntryState::SetAside;
    json!({
        "id": certificate.id,
        "public_ref": public_ref,
        "number": document["number"],
        "regime": document["regime"],
        "form": document["form"],
        "issuer": { "country": document["issuer"]["country"], "body": document["issuer"]["body"] },
        "exporter": { "name": document["exporter"]["name"], "country": document["exporter"]["country"] },
        "importing_party": document["importing_party"],
        "published": published,
        "lifecycle": {
            "state": life.lifecycle.state,
            "source": life.lifecycle.source,
            "since": life.since,
            "replaced_by": life.replaced_by,
        },
        "verification": verification::axis(certificate, &life.verification),
        "consistency": { "state": beside.consistency.state, "text": beside.consistency.text },
        "entry": beside.entry.text().map(|text| json!({ "state": beside.entry.word(), "text": text })),
        "claims": {
            "uid": claims.uid,
            "lifecycle": claims.lifecycle,
            "verification": claims.verification,
        },
        "bindings": bindings,
        "route": format!("/v1/certificates/{name}/route"),
        "stream": format!("/v1/certificates/{name}/stream"),
        "verify": published.then(|| format!("/verify#ref={public_ref}&code={code}")),
        "check_code": code_of_number(beside.secret, certificate),
        "as_of": beside.as_of,
        "received": certificate.received,
        "issued_on": plain(&boxes.issued_on),
        "valid_until": certificate.valid_until().map(|v| v.until),
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
    /// The name under which the public finds it: its id until its owner takes another one.
    public_ref: String,
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
    /// Where it is in its life (`state`), who says so (`source`), `since` when, and what it was `replaced_by`.
    #[schema(value_type = Object)]
    lifecycle: Value,
    /// Whether the issuer was asked: `state` and `text`, with `code`, `gateway`, `checked_at` and
    /// `fresh_until` of its answer, and `failed_at` when it could last not be asked; then `local` says what
    /// our own check of the form found, which is no verdict.
    #[schema(value_type = Object)]
    verification: Value,
    /// Whether the movement agrees: `state` and `text`; remarks read "under review" until the exporter
    /// was told, and always for the public. In the past it is what was found last by then, with `since`; where
    /// nothing was found yet, it reads `not_assessed`.
    #[schema(value_type = Object)]
    consistency: Value,
    /// Where another party entered the same number too: `state` (`under_review`, `set_aside`) and `text`; for its
    /// owner and the operator only.
    #[schema(value_type = Option<Object>)]
    entry: Option<Value>,
    /// What the sender says about uid, lifecycle and verification.
    #[schema(value_type = Object)]
    claims: Option<Value>,
    /// The declared references, and whether each ties a movement; null in the past.
    #[schema(value_type = Vec<Object>)]
    bindings: Option<Value>,
    /// The address of the route.
    route: String,
    /// The address of the live stream.
    stream: String,
    /// The address of the page on which anybody can check it; null until it is published.
    verify: Option<String>,
    /// The code to print beside its number; its owner only.
    check_code: Option<String>,
    /// The instant as of which it was asked for.
    as_of: Option<String>,
    /// The last day on which it is valid.
    valid_until: Option<String>,
    /// The boxes of the form as submitted.
    #[schema(value_type = Object)]
    boxes: Option<Value>,
}
