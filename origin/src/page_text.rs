//! Reading what a page of a site says about goods: the certificate's number, HS codes, origins, the regime.
//!
//! Only what stands in words that mean it is taken: a number after "certificate no", a code after "HS", a
//! country after "made in" in the languages of the map. What cannot be read is left out, and never guessed.

mod countries;
mod origins;

use sealane_data::Text;
use std::collections::BTreeSet;

/// What a page says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PageRead {
    /// The certificate number that it names.
    pub number: Option<String>,
    /// The regime that it names, if it names one.
    pub regime: Option<String>,
    /// The HS codes that it names.
    pub hs_codes: Vec<String>,
    /// The countries of origin that it names.
    pub origins: Vec<Text>,
}

/// Words before a certificate's number.
const BEFORE_NUMBER: &[&str] = &[
    "CERTIFICATE NO",
    "CERTIFICATE NUMBER",
    "CERTIFICATE OF ORIGIN NO",
    "CERTIFICATE OF ORIGIN NUMBER",
    "CERTIFICATE OF ORIGIN",
    "CO NO",
    "ECO NO",
    "E CO NO",
];

/// Words before an HS code.
const BEFORE_CODE: &[&str] =
    &["HS CODE", "HS CODES", "HSCODE", "HS6", "HS", "TARIFF CODE", "HTS CODE", "HTS"];

/// Codes of one page that are read: one more than is taken, so that a page of too many is refused.
const MOST_CODES: usize = 200;

/// Regimes as pages write them, with their words in a certificate.
const REGIMES: &[(&str, &str)] =
    &[("RCEP", "RCEP"), ("ATIGA", "ATIGA"), ("USMCA", "USMCA"), ("CUSMA", "USMCA"), ("T-MEC", "USMCA")];

/// Reads a page's text, plain or HTML.
pub fn read_page(text: &str) -> PageRead {
    let plain = without_tags(text);
    let tokens: Vec<&str> = plain
        .split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | ':' | '(' | ')' | '|' | '#'))
        .collect();
    let tokens: Vec<&str> = tokens.into_iter().map(trimmed).filter(|t| !t.is_empty()).collect();
    let words: Vec<String> = tokens.iter().map(|t| word(t)).collect();
    let named: BTreeSet<&str> = words
        .iter()
        .filter_map(|w| REGIMES.iter().find(|(known, _)| w == known).map(|(_, regime)| *regime))
        .collect();
    PageRead {
        number: after(&words, BEFORE_NUMBER).into_iter().find_map(|at| number(tokens.get(at)?)),
        // A page that names several agreements says of none that it is this one.
        regime: named.first().filter(|_| named.len() == 1).map(|r| (*r).to_owned()),
        hs_codes: codes(&tokens, &words),
        origins: origins::origins(&plain),
    }
}

/// Leaves out scripts, styles and tags.
fn without_tags(text: &str) -> String {
    let (mut plain, mut rest) = (String::with_capacity(text.len()), text);
    // Lowered once: a page of nothing but scripts is read in one pass too.
    let lowered = text.to_ascii_lowercase();
    while let Some(at) = rest.find('<') {
        plain.push_str(rest.get(..at).unwrap_or_default());
        rest = rest.get(at..).unwrap_or_default();
        let lower = lowered.get(lowered.len() - rest.len()..).unwrap_or_default();
        let end =
            ["script", "style"].iter().find(|name| lower.get(1..).is_some_and(|l| l.starts_with(**name)));
        let close = match end {
            Some(name) => {
                let tag = format!("</{name}");
                let begins = lower.find(&tag);
                begins.and_then(|b| rest.get(b..)?.find('>').map(|e| b + e))
            }
            // A lone `<` before a blank or figure is no tag.
            None if lower.chars().nth(1).is_none_or(|c| !(c.is_ascii_alphabetic() || "/!".contains(c))) => {
                Some(0)
            }
            None => rest.find('>'),
        };
        plain.push(' ');
        rest = close.and_then(|c| rest.get(c + 1..)).unwrap_or_default();
    }
    plain.push_str(rest);
    plain.replace("&nbsp;", " ").replace("&amp;", "&").replace("&#39;", "'")
}

fn trimmed(token: &str) -> &str {
    token.trim_matches(|c: char| !c.is_alphanumeric())
}

/// Returns a token as it is compared: upper case, without dots and apostrophes.
fn word(token: &str) -> String {
    token.chars().filter(|c| !matches!(c, '.' | '\'' | '’')).flat_map(char::to_uppercase).collect()
}

/// Returns the places behind any of some phrases.
fn after(words: &[String], phrases: &[&str]) -> Vec<usize> {
    let parts: Vec<Vec<&str>> = phrases.iter().map(|p| p.split(' ').collect()).collect();
    let ends = |at: usize| {
        let is = |part: &&Vec<&str>| {
            words.get(at..at + part.len()).is_some_and(|w| w.iter().zip(part.iter()).all(|(a, b)| a == b))
        };
        parts.iter().filter(is).map(|part| at + part.len()).max()
    };
    (0..words.len()).filter_map(ends).collect()
}

/// Returns a token that can be a certificate's number.
fn number(token: &&str) -> Option<String> {
    let digits = token.chars().filter(char::is_ascii_digit).count();
    let fits = token.chars().all(|c| c.is_ascii_alphanumeric() || "-/._".contains(c));
    (fits && digits >= 3 && (5..=60).contains(&token.len())).then(|| (*token).to_owned())
}

/// Returns the codes that follow the words for them, also several in a row.
fn codes(tokens: &[&str], words: &[String]) -> Vec<String> {
    let mut found = Vec::new();
    for at in after(words, BEFORE_CODE) {
        for token in tokens.iter().skip(at) {
            let digits: String = token.chars().filter(char::is_ascii_digit).collect();
            let shaped = token.chars().all(|c| c.is_ascii_digit() || c == '.');
            if !shaped || !(6..=12).contains(&digits.len()) || found.len() > MOST_CODES {
                break;
            }
            if !found.contains(&digits) {
                found.push(digits);
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_stands_in_words_that_mean_it_is_read() {
        let page = "<html><style>p { hs: 999999 }</style><h1>Pumps</h1><p>Made in <b>P.R. China</b>, HS code: 8413.70, 8413.81</p>\
            <script>var co = 'certificate no 00000';</script><p>RCEP Certificate of Origin No. EXAMPLE-0907</p>";
        let read = read_page(page);
        assert_eq!(read.number.as_deref(), Some("EXAMPLE-0907"));
        assert_eq!(
            (read.hs_codes, read.regime.as_deref()),
            (vec!["841370".to_owned(), "841381".to_owned()], Some("RCEP"))
        );
        assert_eq!(read.origins, ["CN"]);
    }

    #[test]
    fn what_may_mean_something_else_is_left_out() {
        for text in [
            "We are certified: certificate ISO 9001.",
            "Call us at 841370 or visit our shop in China.",
            "Certificate of origin on request",
            "HS is short for harmonised system",
            "Made in heaven",
            "a < b and 3 <4",
        ] {
            assert_eq!(read_page(text), PageRead::default(), "{text}");
        }
        assert_eq!(read_page("RCEP, ATIGA and USMCA certificates").regime, None);
        assert_eq!(read_page("Country of origin: VN").origins, ["VN"]);
        assert_eq!(read_page("Product of the United States of America").origins, ["US"]);
    }

    #[test]
    fn origins_are_read_in_the_pages_language_and_a_denial_is_none() {
        let page = "<h1>离心泵</h1><p>原产地：<b>越南</b></p><p>HS: 841370</p>";
        assert_eq!(read_page(page).origins, ["VN"]);
        assert_eq!(read_page("<p>Sản xuất tại <b>Việt&nbsp;Nam</b></p>").origins, ["VN"]);
        assert_eq!(read_page("Our pumps are not made in Vietnam."), PageRead::default());
        assert_eq!(read_page("非越南制造"), PageRead::default());
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_a_panic(text in "\\PC{0,300}") {
            read_page(&text);
        }

        #[test]
        fn any_tags_are_left_out(parts in prop::collection::vec("(<script>|</script>|<b|>|<!--|HS code |841370|é|<|非|原产地|越南|制造|ベトナム製|원산지|베트남|ผลิตใน|Sản xuất tại |not |made in )", 0..20)) {
            read_page(&parts.concat());
        }
    }
}
