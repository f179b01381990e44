//! Reading answers: a profile's paths and words turn them into an outcome, or into a fault.

use super::port::{Fault, FaultKind, Outcome, Reply};
use super::profile::Answering;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use sealane_data::Text;
use sealane_data::mapping::Path;
use serde_json::Value;

/// How soon a pending answer is asked for where the registry does not say.
const AGAIN: SignedDuration = SignedDuration::from_secs(10);
/// The longest text that is taken over.
const LONGEST: usize = 1000;

/// Returns what an HTTP status alone means; nothing where the body decides.
pub(super) fn status_fault(status: u16, detail: &str) -> Option<Fault> {
    let kind = match status {
        200..=299 => return None,
        400 | 404 | 405 | 406 | 409 | 410 | 413 | 415 | 422 => FaultKind::Invalid,
        401 | 403 | 407 => FaultKind::Auth,
        408 | 504 => FaultKind::Timeout,
        425 | 429 => FaultKind::Limited,
        500..=599 => FaultKind::Unavailable,
        _ => FaultKind::Contract,
    };
    Some(Fault::new(kind, format!("status {status}{detail}")))
}

impl Answering {
    /// Reads an answer about the certificate of a number.
    ///
    /// Everything that the profile does not foresee is a fault: no answer is guessed.
    pub(super) fn read(&self, status: u16, body: &[u8], number: &str) -> Result<Reply, Fault> {
        let by_status = self.statuses.get(status.to_string().as_str());
        if by_status.is_none()
            && let Some(fault) = status_fault(status, "")
        {
            return Err(fault);
        }
        let value: Value = match serde_json::from_slice(body) {
            Ok(value) => value,
            Err(_) if by_status.is_some() => Value::Null,
            Err(error) => {
                return Err(Fault::new(FaultKind::Contract, format!("the answer is no JSON: {error}")));
            }
        };
        self.reply(by_status.map(Text::as_str), &value, number)
    }

    /// Reads what a registry pushes: it names its question itself.
    pub(super) fn pushed(&self, body: &[u8]) -> Result<Reply, Fault> {
        let value: Value = serde_json::from_slice(body)
            .map_err(|e| Fault::new(FaultKind::Contract, format!("what was pushed is no JSON: {e}")))?;
        self.reply(None, &value, "")
    }

    fn reply(&self, by_status: Option<&str>, value: &Value, number: &str) -> Result<Reply, Fault> {
        let repeated = text(&self.number, value);
        if let Some(other) = repeated.filter(|r| !number.is_empty() && !r.eq_ignore_ascii_case(number)) {
            let other: String = other.chars().take(60).collect();
            return Err(Fault::new(
                FaultKind::Contract,
                format!("the answer is about another number, `{other}`"),
            ));
        }
        let outcome = match by_status {
            Some("refuted") => Outcome::Refuted { reasons: self.reasons(value) },
            Some(_) => Outcome::Inconclusive { reason: self.reasons(value).join("; ") },
            None => self.outcome(value)?,
        };
        let fields =
            self.fields.iter().filter_map(|(name, path)| Some((name.to_string(), at(path, value)?.clone())));
        Ok(Reply {
            outcome,
            code: text(&self.code, value).map(Into::into),
            valid_until: self.validity(value)?,
            about: text(&self.about, value).map(Into::into),
            fields: fields.collect(),
        })
    }

    fn outcome(&self, value: &Value) -> Result<Outcome, Fault> {
        let contract = |detail: String| Fault::new(FaultKind::Contract, detail);
        let word = text(&self.outcome, value)
            .ok_or_else(|| contract(format!("the answer has no `{}`", self.outcome)))?;
        let is = |words: &[Text]| words.iter().any(|w| w.eq_ignore_ascii_case(&word));
        if is(&self.confirmed) {
            Ok(Outcome::Confirmed)
        } else if is(&self.refuted) {
            Ok(Outcome::Refuted { reasons: self.reasons(value) })
        } else if is(&self.inconclusive) {
            Ok(Outcome::Inconclusive { reason: self.reasons(value).join("; ") })
        } else if is(&self.pending) {
            let handle = text(&self.handle, value)
                .ok_or_else(|| contract("a pending answer has no handle".to_owned()))?;
            Ok(Outcome::Pending { handle: handle.into(), again: self.again(value) })
        } else {
            let word: String = word.chars().take(60).collect();
            Err(contract(format!("`{word}` is none of the profile's words for an outcome")))
        }
    }

    fn again(&self, value: &Value) -> SignedDuration {
        let seconds = at(&self.again, value).and_then(Value::as_f64).filter(|s| s.is_finite());
        let told = seconds.map(|s| SignedDuration::from_secs_f64(s.clamp(0.0, 86_400.0)));
        told.unwrap_or(AGAIN).max(SignedDuration::from_millis(200))
    }

    fn reasons(&self, value: &Value) -> Vec<String> {
        let short = |text: &str| text.chars().take(LONGEST).collect::<String>();
        match at(&self.reasons, value) {
            Some(Value::String(text)) => vec![short(text)],
            Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).take(20).map(short).collect(),
            _ => Vec::new(),
        }
    }

    /// An instant, or a day, which ends with it.
    fn validity(&self, value: &Value) -> Result<Option<Timestamp>, Fault> {
        let Some(told) = text(&self.valid_until, value) else { return Ok(None) };
        let day = || {
            let day: Date = told.parse().ok()?;
            let next = day.checked_add(1.day()).ok()?;
            next.to_zoned(jiff::tz::TimeZone::UTC).ok().map(|z| z.timestamp())
        };
        let found = told.parse::<Timestamp>().ok().or_else(day);
        let bad = || Fault::new(FaultKind::Contract, "the end of validity is neither an instant nor a day");
        found.map(Some).ok_or_else(bad)
    }
}

fn text(path: &str, value: &Value) -> Option<String> {
    match at(path, value)? {
        Value::String(text) if !text.trim().is_empty() && text.len() <= LONGEST => {
            Some(text.trim().to_owned())
        }
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        _ => None,
    }
}

/// Returns what stands at a path; of a list, the entry that its filter names, else the first.
fn at<'v>(path: &str, value: &'v Value) -> Option<&'v Value> {
    if path.is_empty() {
        return None;
    }
    let mut here = value;
    for step in Path::parse(path).ok()?.steps {
        here = here.get(step.name.as_str())?;
        if let Some((name, wanted)) = &step.filter {
            let is =
                |entry: &&Value| entry.get(name.as_str()).and_then(Value::as_str) == Some(wanted.as_str());
            here = here.as_array()?.iter().find(is)?;
        }
    }
    Some(here)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn answering() -> Answering {
        toml::from_str(
            "outcome = \"$.r\"\nconfirmed = [\"VALID\", \"true\"]\nrefuted = [\"INVALID\"]\npending = [\"WAIT\"]\n\
             inconclusive = [\"UNKNOWN\"]\ncode = \"$.refs[type=code].value\"\nvalid_until = \"$.until\"\n\
             reasons = \"$.why\"\nhandle = \"$.h\"\nagain = \"$.s\"\nnumber = \"$.no\"\n[statuses]\n404 = \"refuted\"\n",
        )
        .unwrap()
    }

    fn read(value: &Value) -> Result<Reply, Fault> {
        answering().read(200, &serde_json::to_vec(value).unwrap(), "N-1")
    }

    #[test]
    fn words_and_paths_give_the_outcome() {
        let told = read(
            &json!({"r": "valid", "no": "n-1", "until": "2026-12-31", "refs": [{"type": "x", "value": 1}, {"type": "code", "value": "V-9"}]}),
        );
        let told = told.unwrap();
        assert_eq!((told.outcome, told.code.as_deref()), (Outcome::Confirmed, Some("V-9")));
        assert_eq!(told.valid_until, Some("2027-01-01T00:00:00Z".parse().unwrap()), "a day ends with it");
        assert_eq!(read(&json!({"r": true})).unwrap().outcome, Outcome::Confirmed);
        let refuted = read(&json!({"r": "INVALID", "why": ["not issued"]})).unwrap();
        assert_eq!(refuted.outcome.reasons(), ["not issued"]);
        let waits = read(&json!({"r": "WAIT", "h": "q1", "s": 5})).unwrap().outcome;
        assert_eq!(waits, Outcome::Pending { handle: "q1".into(), again: SignedDuration::from_secs(5) });
        let missing = answering().read(404, b"<html>", "N-1").unwrap();
        assert_eq!(missing.outcome.state(), sealane_data::certificate::VerificationState::Refuted);
    }

    #[test]
    fn what_is_not_foreseen_is_a_fault_and_no_verdict() {
        for (value, told) in [
            (json!({"r": "PROBABLY"}), "none of the profile's words"),
            (json!({}), "has no `$.r`"),
            (json!({"r": "VALID", "no": "N-2"}), "another number, `N-2`"),
            (json!({"r": "WAIT"}), "no handle"),
            (json!({"r": "VALID", "until": "soon"}), "neither an instant nor a day"),
        ] {
            let fault = read(&value).unwrap_err();
            assert_eq!(fault.kind, FaultKind::Contract);
            assert!(fault.detail.contains(told), "{fault}");
        }
        for (status, kind) in [
            (400, FaultKind::Invalid),
            (401, FaultKind::Auth),
            (429, FaultKind::Limited),
            (503, FaultKind::Unavailable),
            (504, FaultKind::Timeout),
            (302, FaultKind::Contract),
        ] {
            let body = json!({"r": "VALID"}).to_string();
            assert_eq!(answering().read(status, body.as_bytes(), "N-1").unwrap_err().kind, kind, "{status}");
        }
        assert_eq!(answering().read(200, b"{\"r\": \"VAL", "N-1").unwrap_err().kind, FaultKind::Contract);
    }

    proptest! {
        /// Any bytes: no panic, and a verdict only by one of the profile's words.
        #[test]
        fn any_answer_is_a_known_word_or_a_fault(status in 100_u16..600, body in "\\PC{0,200}") {
            if let Ok(reply) = answering().read(status, body.as_bytes(), "N-1") {
                let said = ["valid", "true", "wait", "unknown", "invalid"].iter().any(|w| body.to_lowercase().contains(w));
                prop_assert!(said || status == 404, "{reply:?}");
            }
        }
    }
}
