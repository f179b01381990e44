//! Canonical JSON, so that the same content has the same digest however it was written.

use serde_json::Value;

/// Returns a value with sorted keys and no blanks, in the manner of RFC 8785.
///
/// Keys sort by UTF-16 code units as RFC 8785 asks. Numbers are as `serde_json` writes them, so
/// `1` and `1.0` stay different.
pub(crate) fn canonical(value: &Value) -> String {
    let mut out = String::new();
    write(value, &mut out);
    out
}

fn write(value: &Value, out: &mut String) {
    match value {
        Value::Array(entries) => {
            out.push('[');
            for (n, entry) in entries.iter().enumerate() {
                separate(n, out);
                write(entry, out);
            }
            out.push(']');
        }
        Value::Object(members) => {
            // The map's own order depends on how serde_json was built; sort here.
            let mut sorted: Vec<_> = members.iter().collect();
            sorted.sort_by(|(a, _), (b, _)| a.encode_utf16().cmp(b.encode_utf16()));
            out.push('{');
            for (n, (key, member)) in sorted.into_iter().enumerate() {
                separate(n, out);
                out.push_str(&Value::from(key.as_str()).to_string());
                out.push(':');
                write(member, out);
            }
            out.push('}');
        }
        leaf => out.push_str(&leaf.to_string()),
    }
}

fn separate(n: usize, out: &mut String) {
    if n > 0 {
        out.push(',');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_and_blanks_of_the_source_do_not_matter() {
        let one: Value =
            serde_json::from_str(r#"{ "b": [1, {"y": null, "x": "\u00e9\n"}], "a": 2.5 }"#).unwrap();
        assert_eq!(canonical(&one), r#"{"a":2.5,"b":[1,{"x":"é\n","y":null}]}"#);
    }

    #[test]
    fn keys_sort_by_utf16() {
        // U+1F600 is a surrogate pair (D83D DE00) and so comes before U+FB33, unlike in UTF-8.
        let value: Value = serde_json::from_str("{\"\u{fb33}\":1,\"\u{1f600}\":2}").unwrap();
        assert_eq!(canonical(&value), "{\"\u{1f600}\":2,\"\u{fb33}\":1}");
    }
}
