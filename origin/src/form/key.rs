//! The natural key: what makes two documents the same certificate.

use super::boxes::Boxes;

/// Returns regime, issuer country, issuing body and number, each normalised, joined by `|`.
///
/// Parts are upper case, with single blanks inside. A `|` or `%` inside a part is written as
/// `%7C` or `%25`, so two different certificates never share a key.
pub(super) fn natural_key(boxes: &Boxes) -> String {
    [boxes.regime.as_str(), &boxes.issuer.country, &boxes.issuer.body, &boxes.number].map(part).join("|")
}

fn part(text: &str) -> String {
    let folded = text.split_whitespace().collect::<Vec<_>>().join(" ");
    folded.to_uppercase().replace('%', "%25").replace('|', "%7C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::boxes::Issuer;

    fn key(body: &str, number: &str) -> String {
        let issuer = Issuer { country: "cn".into(), body: body.into() };
        natural_key(&Boxes { regime: "RCEP".into(), number: number.into(), issuer, ..Boxes::default() })
    }

    #[test]
    fn spelling_folds_and_the_separator_is_unambiguous() {
        assert_eq!(key(" Example\n  Body", "ab 1"), "RCEP|CN|EXAMPLE BODY|AB 1");
        assert_ne!(key("A|B", "C"), key("A", "B|C"));
        assert_ne!(key("A%7CB", "C"), key("A|B", "C"));
    }
}
