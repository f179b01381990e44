//! The evidence as one document.

use super::{Pack, Source, draft};
use crate::binding::Edge;
use crate::rules::Observed;
use sealane_data::recorded::Seq;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Returns what is signed as `evidence.json`.
pub(super) fn evidence(pack: &Pack<'_>) -> Value {
    let certificate = pack.certificate;
    let life = certificate.life(Some(pack.at));
    // Never shown as confirmed when stale.
    let verification = &life.verification.clone().shown_at(pack.at);
    let validity = certificate.valid_until();
    json!({
        "what": "Evidence of the way of goods under a certificate of origin",
        "limits": "Movement is witnessed by the named sources; origin is not.",
        "written_by": pack.ring.domain,
        "as_of": pack.as_of(),
        "certificate": {
            "id": certificate.id,
            "number": certificate.boxes.number,
            "regime": certificate.boxes.regime,
            "issuer": { "country": certificate.boxes.issuer.country, "body": certificate.boxes.issuer.body },
            "natural_key": certificate.record.natural_key,
            "sha256": certificate.record.sha256,
            "issued_on": certificate.boxes.issued_on,
            "valid_until": validity.map(|v| v.until),
            "lifecycle": {
                "state": life.lifecycle.state,
                "source": life.lifecycle.source,
                "since": life.since,
                "replaced_by": life.replaced_by,
            },
            "verification": {
                "state": verification.state,
                "text": verification.text,
                "code": verification.receipt.as_ref().and_then(|r| r.code.clone()),
                "gateway": verification.receipt.as_ref().map(|r| r.gateway.clone()),
                "checked_at": verification.receipt.as_ref().map(|r| r.checked_at),
                "fresh_until": verification.receipt.as_ref().and_then(|r| r.fresh_until),
            },
            "boxes": certificate.submitted_boxes(),
        },
        "binding": {
            "sha256": pack.graph.digest(),
            "edges": pack.graph.edges.iter().map(edge).collect::<Vec<_>>(),
        },
        "consistency": pack.assessment,
        "non_manipulation_drafts": draft::drafts(certificate, pack.assessment, pack.route),
        "sources": pack.sources.iter().map(source).collect::<Vec<_>>(),
        "events": pack.assessment.observed.iter().map(|o| event(o, pack.sources)).collect::<Vec<_>>(),
        "unsourced": unsourced(pack),
        "exporters_answers": certificate.answers().map(|(noted, answer)| json!({
            "at": noted.at, "rule": answer.rule, "text": answer.text, "file_sha256": answer.file_sha256,
            "file": answer.file,
        })).collect::<Vec<_>>(),
        "papers": certificate.papers().into_iter().map(|(noted, paper)| json!({
            "seq": noted.seq, "at": noted.at, "by": noted.party, "kind": paper.kind, "number": paper.number,
            "date": paper.date, "sha256": paper.sha256,
        })).collect::<Vec<_>>(),
        "pages": certificate.pages().into_iter().map(|(noted, page)| json!({
            "seq": noted.seq, "at": noted.at, "page": page.page, "sha256": page.sha256, "number": page.number,
            "regime": page.regime, "hs_codes": page.hs_codes, "origins": page.origins,
        })).collect::<Vec<_>>(),
        "chain": pack.chain.last().map(|link| json!({ "link": link.link, "sha256": link.sha256, "prev": link.prev })),
        "route": pack.route,
    })
}

fn edge(edge: &Edge) -> Value {
    json!({
        "container": edge.bound.journey.container,
        "from": edge.from,
        "by": edge.bound.by.to_string(),
        "also": edge.bound.also.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "basis": edge.basis.word(),
        "score": edge.score,
        "why": edge.bound.why.reason().0,
        "told_by": edge.tellers,
        "shares": edge.shares.iter().map(|s| json!({
            "item": s.item, "quantity": s.quantity, "unit": s.unit,
        })).collect::<Vec<_>>(),
    })
}

fn source(source: &Source) -> Value {
    json!({
        "seqs": [source.first, source.last],
        "message": source.family,
        "submission": source.submission,
        "sha256": source.sha256,
        "received": source.received,
    })
}

/// Returns an observation with the message that told it: a number in a rule is looked up here.
fn event(observed: &Observed, sources: &[Source]) -> Value {
    let mut event = json!(observed);
    let told = sources.iter().find(|s| (s.first..=s.last).contains(&observed.seq));
    event["source"] = json!(told.map(|s| json!({
        "message": s.family, "submission": s.submission, "sha256": s.sha256, "received": s.received,
    })));
    event
}

/// Returns the observations that rules rest on and whose message is not among the sources: an
/// evidence file says what it cannot show.
fn unsourced(pack: &Pack<'_>) -> BTreeSet<Seq> {
    let rules = pack.assessment.rules.iter().flat_map(|r| &r.seqs);
    let stays = pack.assessment.custody.iter().flat_map(|s| &s.seqs);
    let legs = pack.assessment.legs.iter().flat_map(|l| &l.seqs);
    // Papers and pages are listed with their own numbers and digests.
    let own: BTreeSet<Seq> = pack.certificate.events.iter().map(|noted| noted.seq).collect();
    let shown =
        |seq: &&Seq| own.contains(*seq) || pack.sources.iter().any(|s| (s.first..=s.last).contains(*seq));
    rules.chain(stays).chain(legs).filter(|seq| !shown(seq)).copied().collect()
}
