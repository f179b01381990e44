//! What is wrong with a profile, everything at once, each with its place.

use super::auth::{Auth, Signer};
use super::profile::{Answering, Profile, ProfileProblem, Talk};
use super::template;
use jiff::SignedDuration;
use sealane_data::mapping::Path;
use sealane_data::registry::Verb;

/// The words that mean an outcome.
const OUTCOMES: &[&str] = &["confirmed", "refuted", "inconclusive", "pending"];

struct Told(Vec<ProfileProblem>);

impl Told {
    fn add(&mut self, at: impl Into<String>, text: impl Into<String>, help: &str) {
        self.0.push(ProfileProblem { at: at.into(), text: text.into(), help: help.to_owned() });
    }

    fn check(&mut self, good: bool, at: &str, text: &str, help: &str) {
        if !good {
            self.add(at, text, help);
        }
    }
}

impl Profile {
    /// Returns what is wrong with it.
    pub fn problems(&self) -> Vec<ProfileProblem> {
        let mut told = Told(Vec::new());
        let id = &self.id.0;
        let proper = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        let good = !id.is_empty() && id.len() <= 64 && id.chars().all(proper);
        told.check(good, "id", "is no id", "use lower-case letters, digits and dashes");
        told.check(!self.regimes.is_empty(), "regimes", "is empty", "name what it verifies, such as `RCEP`");
        self.places(&mut told);
        self.numbers(&mut told);
        self.talks(&mut told);
        for (n, window) in self.maintenance.iter().enumerate() {
            if let Some(problem) = window.problem() {
                told.add(format!("maintenance.{n}"), problem, "mend or remove the window");
            }
        }
        told.0
    }

    fn places(&self, told: &mut Told) {
        if self.connected && self.place().is_none() {
            let text = format!("`{}` is none of its environments", self.environment);
            told.add("environment", text, "add `[environments.NAME]` with the `base` that you were given");
        }
        for (name, place) in &self.environments {
            address(told, &format!("environments.{name}.base"), &place.base);
        }
        match &self.auth {
            Auth::Oauth2 { token, .. } => endpoint(told, token),
            Auth::PrivateKeyJwt { token, signer, .. } => {
                endpoint(told, token);
                self::signer(told, "auth.signer", signer);
            }
            _ => {}
        }
        if let Some(signer) = &self.signer {
            self::signer(told, "signer", signer);
        }
        if let Some(push) = self.push.as_ref().filter(|p| !p.reached_at.is_empty()) {
            address(told, "push.reached_at", &push.reached_at);
        }
    }

    fn numbers(&self, told: &mut Told) {
        let limits = &self.limits;
        for (at, number) in [
            ("limits.in_flight", limits.in_flight),
            ("limits.per_minute", limits.per_minute),
            ("limits.burst", limits.burst),
            ("breaker.failures", self.breaker.failures),
        ] {
            told.check(number > 0, at, "is 0", "use 1 or more");
        }
        for (at, time) in [
            ("limits.timeout", limits.timeout),
            ("retry.first", self.retry.first),
            ("retry.cap", self.retry.cap),
            ("retry.deadline", self.retry.deadline),
            ("breaker.pause", self.breaker.pause),
            ("cache.fresh", self.cache.fresh),
        ] {
            told.check(time > SignedDuration::ZERO, at, "is no time", "use one such as `30s`, `5m` or `24h`");
        }
        if let Some(reconcile) = &self.reconcile {
            let (every, help) = (reconcile.every > SignedDuration::ZERO, "use one such as `168h`");
            told.check(every, "reconcile.every", "is no time", help);
            told.check(reconcile.per_hour > 0, "reconcile.per_hour", "is 0", "use 1 or more");
        }
        let stale = self.cache.stale_if_error >= SignedDuration::ZERO;
        told.check(stale, "cache.stale_if_error", "is negative", "use `0s` to give no stale answers");
    }

    fn talks(&self, told: &mut Told) {
        let verify = !self.connected || self.verbs.contains_key(&Verb::Verify);
        told.check(verify, "verbs", "has no `verify`", "say how it is asked");
        let verbs = self.verbs.iter().map(|(verb, talk)| (format!("verbs.{verb}"), talk));
        for (at, talk) in verbs.chain(self.poll.iter().map(|talk| ("poll".to_owned(), talk))) {
            self.talk(told, &at, talk);
        }
        if let Some(answer) = &self.answer {
            answering(told, "answer", answer);
        }
    }

    fn talk(&self, told: &mut Told, at: &str, talk: &Talk) {
        let method = matches!(talk.method.as_str(), "GET" | "POST" | "PUT");
        told.check(method, &format!("{at}.method"), "is not `GET`, `POST` or `PUT`", "use one of them");
        let rooted = talk.path.starts_with('/');
        told.check(rooted, &format!("{at}.path"), "does not begin with `/`", "write it below the base");
        let texts = [("path".to_owned(), talk.path.as_str())].into_iter();
        let headers = talk.headers.iter().map(|(name, text)| (format!("headers.{name}"), text.as_str()));
        for (part, text) in texts.chain(headers) {
            placeholders(told, &format!("{at}.{part}"), text);
        }
        if let Some(body) = &talk.body {
            body_placeholders(told, &format!("{at}.body"), body);
        }
        if let Some(answer) = &talk.answer {
            answering(told, &format!("{at}.answer"), answer);
        }
        let read = talk.answer.is_some() || self.answer.is_some();
        told.check(read, &format!("{at}.answer"), "is missing", "say where the outcome stands");
    }
}

fn endpoint(told: &mut Told, token: &str) {
    if !token.starts_with('/') {
        address(told, "auth.token", token);
    }
}

fn signer(told: &mut Told, at: &str, signer: &Signer) {
    address(told, &format!("{at}.url"), &signer.url);
    let known = matches!(signer.alg.as_str(), "ES256" | "EdDSA" | "RS256" | "SM2");
    let help = "use what your signing service offers";
    told.check(known, &format!("{at}.alg"), "is not `ES256`, `EdDSA`, `RS256` or `SM2`", help);
}

/// Credentials and certificates go over encrypted ways only, except on this machine.
fn address(told: &mut Told, at: &str, text: &str) {
    let plain = text.strip_prefix("http://");
    let host = plain.or_else(|| text.strip_prefix("https://")).unwrap_or_default();
    let name = host.split(['/', '?']).next().unwrap_or_default();
    let bad =
        name.is_empty() || name.contains('@') || text.ends_with('/') || text.contains(char::is_whitespace);
    if bad {
        told.add(
            at,
            "is no address",
            "write `https://host/path` without credentials and without a `/` at the end",
        );
        return;
    }
    let name = name.rsplit_once(':').map_or(name, |(name, _)| name).trim_matches(['[', ']']);
    let own = name == "localhost" || name.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback());
    if plain.is_some() && !own {
        told.add(at, "is not encrypted", "use `https://`; `http://` is for this machine only");
    }
}

fn placeholders(told: &mut Told, at: &str, text: &str) {
    for name in template::unknown(text) {
        told.add(at, format!("`{{{name}}}` is no placeholder"), "see the list in `docs/registries.md`");
    }
}

fn body_placeholders(told: &mut Told, at: &str, body: &toml::Value) {
    match body {
        toml::Value::String(text) => placeholders(told, at, text),
        toml::Value::Array(list) => list.iter().for_each(|entry| body_placeholders(told, at, entry)),
        toml::Value::Table(table) => {
            for (name, entry) in table {
                body_placeholders(told, &format!("{at}.{name}"), entry);
            }
        }
        _ => {}
    }
}

fn answering(told: &mut Told, at: &str, answer: &Answering) {
    let paths = [
        ("outcome", &answer.outcome),
        ("code", &answer.code),
        ("valid_until", &answer.valid_until),
        ("reasons", &answer.reasons),
        ("handle", &answer.handle),
        ("again", &answer.again),
        ("number", &answer.number),
        ("about", &answer.about),
    ];
    let fields = answer.fields.iter().map(|(name, path)| (name.as_str(), path));
    for (name, path) in paths.into_iter().chain(fields).filter(|(_, path)| !path.is_empty()) {
        if let Err(error) = Path::parse(path) {
            told.add(format!("{at}.{name}"), error.to_string(), "write a path such as `$.result.code`");
        }
    }
    for (status, outcome) in &answer.statuses {
        let known = OUTCOMES.contains(&outcome.as_str()) && outcome != "confirmed" && outcome != "pending";
        let status_good = status.parse::<u16>().is_ok_and(|s| (200..500).contains(&s));
        if !known || !status_good {
            let help = "use `refuted` or `inconclusive` for a status from 200 to 499: no status confirms";
            told.add(format!("{at}.statuses.{status}"), "is no outcome", help);
        }
    }
    let mut seen: Vec<String> = Vec::new();
    for word in
        [&answer.confirmed, &answer.refuted, &answer.inconclusive, &answer.pending].into_iter().flatten()
    {
        let folded = word.to_ascii_lowercase();
        if seen.contains(&folded.to_string()) {
            let first = answer.confirmed.iter().chain(&answer.refuted).find(|w| w.eq_ignore_ascii_case(word));
            let text = format!("`{}` means two outcomes", first.unwrap_or(word));
            told.add(at, text, "give each word one meaning");
        }
        seen.push(folded.to_string());
    }
}
