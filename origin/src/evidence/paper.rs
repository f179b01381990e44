//! The evidence as lines of a paper copy, in the order in which an officer reads.

use serde_json::Value;

/// How a line looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    Title,
    Heading,
    Plain,
    /// A label with what belongs to it.
    Row(&'static str),
}

/// One line, before it is wrapped.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Line {
    pub(super) look: Look,
    pub(super) text: String,
}

fn line(look: Look, text: impl Into<String>) -> Line {
    Line { look, text: text.into() }
}

/// Returns a value as people read it.
fn text(value: &Value) -> String {
    match value {
        Value::Null => "not told".to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(entries) => entries.iter().map(text).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

fn list(value: &Value) -> Vec<Value> {
    value.as_array().cloned().unwrap_or_default()
}

/// Returns the lines before the picture of the route.
pub(super) fn head(evidence: &Value, kid: &str) -> Vec<Line> {
    let (c, domain) = (&evidence["certificate"], text(&evidence["written_by"]));
    let row = |label, value: &Value| line(Look::Row(label), text(value));
    vec![
        line(Look::Title, text(&evidence["what"])),
        line(
            Look::Plain,
            format!(
                "Written by {domain}; the newest fact in it is of {}. {}",
                text(&evidence["as_of"]),
                text(&evidence["limits"])
            ),
        ),
        line(
            Look::Plain,
            format!(
                "This paper copy shows what evidence.json says. That file is signed with key {kid}; open evidence.html to check it."
            ),
        ),
        line(Look::Heading, "Certificate"),
        row("Number", &c["number"]),
        row("Regime", &c["regime"]),
        line(
            Look::Row("Issued by"),
            format!("{}, {}", text(&c["issuer"]["body"]), text(&c["issuer"]["country"])),
        ),
        row("Issued on", &c["issued_on"]),
        row("Valid until", &c["valid_until"]),
        row("Exporter", &c["boxes"]["exporter"]["name"]),
        line(
            Look::Row("Life"),
            format!("{} ({})", text(&c["lifecycle"]["state"]), whose(&c["lifecycle"]["source"])),
        ),
        line(Look::Row("Issuer asked"), asked(&c["verification"])),
        row("SHA-256", &c["sha256"]),
        line(Look::Heading, "Route"),
    ]
}

/// Says who says where a certificate is in its life.
fn whose(source: &Value) -> &str {
    match source.as_str() {
        Some("claimed") => "as its sender claims",
        Some("recorded") => "as recorded here",
        _ => "not told",
    }
}

/// Returns what the issuer said, with when, through what, until when it is fresh, and its code.
fn asked(verification: &Value) -> String {
    let mut told = text(&verification["text"]);
    for (before, name) in
        [("asked", "checked_at"), ("through", "gateway"), ("fresh until", "fresh_until"), ("code", "code")]
    {
        if let Some(value) = verification[name].as_str() {
            told.push_str(&format!(", {before} {value}"));
        }
    }
    told
}

/// Returns the lines after the picture of the route.
pub(super) fn body(evidence: &Value) -> Vec<Line> {
    let mut lines = vec![line(Look::Heading, "Goods")];
    for item in list(&evidence["certificate"]["boxes"]["items"]) {
        let origin = if item["rcep_country_of_origin"].is_null() {
            &item["country_of_origin"]
        } else {
            &item["rcep_country_of_origin"]
        };
        lines.push(line(
            Look::Plain,
            format!(
                "Item {}: HS {}, {}, origin as certified {}",
                text(&item["no"]),
                text(&item["hs6"]),
                text(&item["description"]),
                text(origin)
            ),
        ));
    }
    let consistency = &evidence["consistency"];
    lines.push(line(Look::Heading, format!("Movement: {}", text(&consistency["text"]))));
    for rule in list(&consistency["rules"]) {
        let found = format!(
            "{} {}: {}",
            text(&rule["rule"]),
            text(&rule["result"]).replace('_', " "),
            text(&rule["text"])
        );
        let seqs = text(&rule["seqs"]);
        let rests = if seqs.is_empty() { String::new() } else { format!(" (observations {seqs})") };
        lines.push(line(Look::Plain, found + &rests));
    }
    lines.extend(custody(consistency));
    lines.extend(events(evidence));
    lines.extend(sources(evidence));
    lines
}

/// The stays between two ships and the legs.
fn custody(consistency: &Value) -> Vec<Line> {
    let mut lines = vec![line(Look::Heading, "Where the goods changed ships")];
    let stays = list(&consistency["custody"]);
    if stays.is_empty() {
        lines.push(line(Look::Plain, "Nowhere, as far as anybody told."));
    }
    for stay in stays {
        let told = format!(
            "{} at {}, {}: discharged {}, loaded {}, custody {}, {} witnesses. {}",
            text(&stay["container"]),
            text(&stay["node"]),
            text(&stay["country"]),
            text(&stay["discharged"]),
            text(&stay["loaded"]),
            text(&stay["state"]),
            text(&stay["witnesses"]),
            text(&stay["why"])
        );
        lines.push(line(Look::Plain, told.trim_end()));
    }
    lines.push(line(Look::Heading, "Legs by sea"));
    for leg in list(&consistency["legs"]) {
        let witnesses = text(&leg["witnesses"]);
        lines.push(line(
            Look::Plain,
            format!(
                "{}: {} to {}, {witnesses} independent witnesses",
                text(&leg["container"]),
                text(&leg["from"]),
                text(&leg["to"])
            ),
        ));
    }
    lines
}

/// The observations by their numbers, each with the digest of the message that told it.
fn events(evidence: &Value) -> Vec<Line> {
    let mut lines = vec![line(Look::Heading, "What was told, by the number of the observation")];
    for event in list(&evidence["events"]) {
        let mut told = format!("{}: {}", text(&event["seq"]), text(&event["kind"]).replace('_', " "));
        for name in ["classifier", "at", "node", "container", "ship"] {
            if !event[name].is_null() {
                told.push_str(&format!(", {}", text(&event[name])));
            }
        }
        let seals = text(&event["seals"]);
        if !seals.is_empty() {
            told.push_str(&format!(", seal {seals}"));
        }
        let source = &event["source"];
        let message = format!(
            ", told by {}, {}, SHA-256 {}",
            text(&event["told_by"]),
            text(&source["message"]),
            text(&source["sha256"])
        );
        lines.push(line(Look::Plain, told + &message));
    }
    for (what, name) in [("paper", "papers"), ("page", "pages")] {
        for own in list(&evidence[name]) {
            let of = if own["page"].is_null() { &own["number"] } else { &own["page"] };
            let told =
                format!("{}: {what} {}, SHA-256 {}", text(&own["seq"]), text(of), text(&own["sha256"]));
            lines.push(line(Look::Plain, told));
        }
    }
    lines
}

fn sources(evidence: &Value) -> Vec<Line> {
    let mut lines = vec![line(Look::Heading, "Sources")];
    for source in list(&evidence["sources"]) {
        lines.push(line(
            Look::Plain,
            format!(
                "Observations {}: {}, received {}, SHA-256 {}",
                text(&source["seqs"]),
                text(&source["message"]),
                text(&source["received"]),
                text(&source["sha256"])
            ),
        ));
    }
    lines
}
