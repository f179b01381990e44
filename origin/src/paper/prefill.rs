//! What the text of a printed form says, box by box: by the labels that the forms print.

use jiff::civil::Date;
use sealane_data::container::ContainerNumber;
use serde_json::{Map, Value, json};

/// Labels, upper case, with what follows them: a box of lines, or a value on the same line.
const LABELS: &[(&str, Follows)] = &[
    ("GOODS CONSIGNED FROM", Follows::Lines("exporter")),
    ("GOODS CONSIGNED TO", Follows::Lines("consignee")),
    ("CERTIFICATE NO", Follows::Line("number")),
    ("REFERENCE NO", Follows::Line("number")),
    ("DEPARTURE DATE", Follows::Line("departure_date")),
    ("VESSEL'S NAME", Follows::Line("conveyance_text")),
    ("VESSEL\u{2019}S NAME", Follows::Line("conveyance_text")),
    ("PORT OF DISCHARGE", Follows::Line("port_of_discharge_text")),
    ("INVOICE NO", Follows::Line("invoice")),
    ("B/L NO", Follows::Line("TRD")),
    ("BILL OF LADING NO", Follows::Line("TRD")),
    ("BOOKING NO", Follows::Line("BKG")),
    ("HS CODE", Follows::Line("hs6")),
    ("MEANS OF TRANSPORT", Follows::Other),
    ("PRODUCER", Follows::Other),
    ("FOR OFFICIAL USE", Follows::Other),
    ("ITEM N", Follows::Other),
    ("MARKS AND N", Follows::Other),
    ("DECLARATION BY", Follows::Other),
    ("CERTIFICATION", Follows::Other),
    ("CONTAINER N", Follows::Other),
];

/// What follows a label.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Follows {
    /// A party, on the lines below.
    Lines(&'static str),
    /// A value, behind the label or on the line below.
    Line(&'static str),
    /// Something that is not read.
    Other,
}

/// Names of countries as forms print them.
const COUNTRIES: &[(&str, &str)] = &[
    ("AUSTRALIA", "AU"),
    ("BRUNEI", "BN"),
    ("CHINA", "CN"),
    ("INDONESIA", "ID"),
    ("JAPAN", "JP"),
    ("CAMBODIA", "KH"),
    ("KOREA", "KR"),
    ("LAO", "LA"),
    ("MYANMAR", "MM"),
    ("MALAYSIA", "MY"),
    ("NEW ZEALAND", "NZ"),
    ("PHILIPPINES", "PH"),
    ("SINGAPORE", "SG"),
    ("THAILAND", "TH"),
    ("VIET NAM", "VN"),
    ("VIETNAM", "VN"),
    ("CANADA", "CA"),
    ("MEXICO", "MX"),
    ("UNITED STATES", "US"),
];

/// What was found so far.
#[derive(Default)]
struct Draft {
    document: Map<String, Value>,
    transport: Map<String, Value>,
    item: Map<String, Value>,
    bindings: Vec<Value>,
}

/// Returns what the text of a form says, in the shape of a certificate's document. What is not found is left
/// out, and nothing is made up.
pub fn prefill(text: &str) -> Value {
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|l| !l.is_empty()).collect();
    let mut draft = Draft::default();
    if let Some((regime, form)) = regime(&text.to_uppercase()) {
        draft.document.insert("regime".into(), json!(regime));
        draft.document.insert("form".into(), json!(form));
    }
    for (at, line) in lines.iter().enumerate() {
        match label(line) {
            Some((_, Follows::Lines(name))) if !draft.document.contains_key(name) => {
                if let Some(party) = party(&section(&lines, at)) {
                    draft.document.insert(name.into(), party);
                }
            }
            Some((label, Follows::Line(name))) => {
                let value = value(line, label).or_else(|| section(&lines, at).first().copied());
                if let Some(value) = value {
                    draft.note(name, value);
                }
            }
            _ => {}
        }
    }
    draft.bindings.extend(containers(text));
    draft.whole()
}

impl Draft {
    /// Takes note of a value; what was said first stays.
    fn note(&mut self, name: &'static str, value: &str) {
        let first = |map: &mut Map<String, Value>, name: &str, value: Option<Value>| {
            if let Some(value) = value
                && !map.contains_key(name)
            {
                map.insert(name.to_owned(), value);
            }
        };
        match name {
            "number" => first(&mut self.document, name, Some(json!(word(value)))),
            "departure_date" => first(&mut self.transport, name, date(value).map(|day| json!(day))),
            "conveyance_text" | "port_of_discharge_text" => {
                first(&mut self.transport, name, Some(json!(value)));
            }
            "invoice" => first(&mut self.item, "invoices", Some(json!([{ "no": word(value) }]))),
            "hs6" => first(&mut self.item, name, hs6(value).map(|code| json!(code))),
            kind => self.bindings.push(json!({ "type": kind, "value": word(value) })),
        }
    }

    fn whole(self) -> Value {
        let Self { mut document, transport, item, bindings } = self;
        if !transport.is_empty() {
            document.insert("transport".into(), Value::Object(transport));
        }
        if !bindings.is_empty() {
            document.insert("bindings".into(), Value::Array(bindings));
        }
        if !item.is_empty() {
            document.insert("items".into(), json!([item]));
        }
        Value::Object(document)
    }
}

fn regime(text: &str) -> Option<(&'static str, &'static str)> {
    let has = |words: &[&str]| words.iter().any(|w| text.contains(w));
    if has(&["REGIONAL COMPREHENSIVE", "FORM RCEP"]) {
        return Some(("RCEP", "certificate_of_origin"));
    }
    if has(&["ASEAN TRADE IN GOODS", "FORM D"]) {
        return Some(("ATIGA", "form_d"));
    }
    has(&["USMCA", "CUSMA", "T-MEC"]).then_some(("USMCA", "certification_of_origin"))
}

/// Returns the label that a line begins with, behind its number.
fn label(line: &str) -> Option<(&'static str, Follows)> {
    let upper = line.to_uppercase();
    let start = upper.trim_start_matches(|c: char| c.is_ascii_digit() || ". )".contains(c));
    LABELS.iter().find(|(label, _)| start.starts_with(label)).copied()
}

/// Returns the lines below a label up to the next one, without what only explains the label.
fn section<'a>(lines: &[&'a str], at: usize) -> Vec<&'a str> {
    let mut open = depth(lines[at]);
    let mut found = Vec::new();
    for line in lines.iter().skip(at + 1).take(8) {
        if label(line).is_some() {
            break;
        }
        // An explanation in brackets may go on over several lines.
        let inside = open > 0 || line.starts_with('(');
        open += depth(line);
        if !inside {
            found.push(*line);
        }
    }
    found
}

fn depth(line: &str) -> i32 {
    let count = |c: char| i32::try_from(line.matches(c).count()).unwrap_or_default();
    count('(') - count(')')
}

/// Returns what stands behind a label on its line: after the colon, else after the label's own words.
fn value<'a>(line: &'a str, label: &str) -> Option<&'a str> {
    let rest = if let Some((_, rest)) = line.split_once(':') {
        rest
    } else {
        // Labels are plain ASCII: places stay where they are.
        let from = line.to_ascii_uppercase().find(label)? + label.len();
        line.get(from..)?.trim_start_matches(|c: char| ".#'s".contains(c))
    };
    let rest = rest.trim();
    (!rest.is_empty() && !rest.starts_with('(')).then_some(rest)
}

fn word(value: &str) -> &str {
    value.split_whitespace().next().unwrap_or_default().trim_matches(|c: char| ",;".contains(c))
}

fn party(lines: &[&str]) -> Option<Value> {
    let (name, address) = lines.split_first()?;
    let mut party = json!({ "name": name });
    let address = address.join(", ");
    let upper = address.to_uppercase();
    // A street may be named after another country: the last name is the one that counts.
    let found = COUNTRIES.iter().filter_map(|(name, code)| Some((upper.rfind(name)?, code)));
    if let Some((_, code)) = found.max() {
        party["country"] = json!(code);
    }
    if !address.is_empty() {
        party["address"] = json!(address);
    }
    Some(party)
}

/// Returns a day that can be read in one way only: with the year first, or with the month's name.
fn date(text: &str) -> Option<Date> {
    const MONTHS: [&str; 12] =
        ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
    let upper = text.to_uppercase();
    let parts: Vec<&str> =
        upper.split(|c: char| !c.is_ascii_alphanumeric()).filter(|p| !p.is_empty()).take(3).collect();
    let [first, second, third] = parts.as_slice() else { return None };
    let month = |text: &str| {
        let at = MONTHS.iter().position(|m| text.starts_with(m))?;
        i8::try_from(at + 1).ok()
    };
    let year = |text: &str| (text.len() == 4).then(|| text.parse::<i16>().ok()).flatten();
    let (year, month, day) = match (year(first), month(first), month(second)) {
        (Some(y), ..) => (y, month(second).or_else(|| second.parse().ok())?, third.parse().ok()?),
        (None, Some(m), _) => (year(third)?, m, second.parse().ok()?),
        (None, None, Some(m)) => (year(third)?, m, first.parse().ok()?),
        _ => return None,
    };
    Date::new(year, month, day).ok()
}

/// Returns the first six digits of a tariff code.
fn hs6(text: &str) -> Option<String> {
    let digits: String = word(text).chars().filter(char::is_ascii_digit).take(6).collect();
    (digits.len() == 6).then_some(digits)
}

/// Returns every container number of a text whose check digit is right.
fn containers(text: &str) -> Vec<Value> {
    let mut seen = std::collections::BTreeSet::new();
    let words = text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|w| w.len() == 11);
    let valid = words.filter(|w| {
        let (owner, number) = w.split_at(4);
        owner.bytes().all(|b| b.is_ascii_uppercase())
            && number.bytes().all(|b| b.is_ascii_digit())
            && ContainerNumber::read(w).joins()
    });
    valid.filter(|w| seen.insert(*w)).map(|w| json!({ "type": "EQ", "value": w })).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_that_could_be_two_are_left_out() {
        for (text, day) in [
            ("2026-09-05", Some("2026-09-05")),
            ("2026/09/05", Some("2026-09-05")),
            ("SEP. 05, 2026", Some("2026-09-05")),
            ("5 September 2026", Some("2026-09-05")),
            ("05/09/2026", None),
            ("***", None),
            ("BY SEA", None),
        ] {
            assert_eq!(date(text).map(|d| d.to_string()).as_deref(), day, "{text}");
        }
    }

    #[test]
    fn explanations_are_no_values_and_nothing_is_made_up() {
        let text = "1. Goods Consigned from (Exporter's business\nname, address and country)\nExample Works\nHanoi, Viet Nam\n\
                    2. Goods consigned to\n3. Producer's name\nCertificate No.\nCO 1";
        let filled = prefill(text);
        assert_eq!(
            filled["exporter"],
            json!({ "name": "Example Works", "address": "Hanoi, Viet Nam", "country": "VN" })
        );
        assert_eq!((filled.get("consignee"), filled.get("regime")), (None, None));
        assert_eq!(prefill(""), json!({}));
        assert_eq!(
            prefill("TSTU0000015 CSQU3054383 CSQU3054383")["bindings"],
            json!([{ "type": "EQ", "value": "CSQU3054383" }])
        );
    }
}
