//! Canonical JSON (RFC 8785), so that the same content has the same bytes however it was written.

use serde_json::Value;

/// Returns a value in canonical form: sorted keys, no blanks, numbers as ECMAScript prints them.
///
/// Keys sort by UTF-16 code units. A number that a double cannot hold exactly (an integer beyond
/// 2^53) is printed as the nearest double, as RFC 8785 asks: what must stay exact is sent as text.
pub fn canonical(value: &Value) -> String {
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
        Value::Number(number) => match number.as_f64() {
            // Small integers need no detour: most numbers are.
            _ if number.as_i64().is_some_and(|n| n.unsigned_abs() < (1 << 53)) => {
                out.push_str(&number.to_string());
            }
            Some(float) => out.push_str(&ecmascript(float)),
            None => out.push_str(&number.to_string()),
        },
        leaf => out.push_str(&leaf.to_string()),
    }
}

/// Returns a double as `Number.prototype.toString` prints it: the shortest digits that read back,
/// plain from 1e-6 to below 1e21, else with an exponent.
fn ecmascript(number: f64) -> String {
    if number == 0.0 {
        return "0".to_owned();
    }
    // `{:e}` gives the shortest digits: -1.25e-7.
    let shortest = format!("{number:e}");
    let (mantissa, exponent) = shortest.split_once('e').unwrap_or((&shortest, "0"));
    let (sign, mantissa) = mantissa.strip_prefix('-').map_or(("", mantissa), |rest| ("-", rest));
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    let exponent: i32 = exponent.parse().unwrap_or(0);
    // Where the point stands, counted from the first digit.
    let point = exponent + 1;
    let count = i32::try_from(digits.len()).unwrap_or(i32::MAX);
    let zeros = |n: i32| "0".repeat(usize::try_from(n).unwrap_or(0));
    let body = if (1..=21).contains(&point) && point >= count {
        format!("{digits}{}", zeros(point - count))
    } else if (1..=21).contains(&point) {
        let (whole, fraction) = digits.split_at(usize::try_from(point).unwrap_or(0));
        format!("{whole}.{fraction}")
    } else if (-5..=0).contains(&point) {
        format!("0.{}{digits}", zeros(-point))
    } else {
        let (first, rest) = digits.split_at(1);
        let dot = if rest.is_empty() { "" } else { "." };
        let plus = if exponent < 0 { "" } else { "+" };
        format!("{first}{dot}{rest}e{plus}{exponent}")
    };
    format!("{sign}{body}")
}

fn separate(n: usize, out: &mut String) {
    if n > 0 {
        out.push(',');
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

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

    #[test]
    fn numbers_print_as_rfc_8785_says() {
        // Appendix B of the RFC, and the borders of the plain notation.
        for (bits, text) in [
            (0x0000_0000_0000_0000_u64, "0"),
            (0x8000_0000_0000_0000, "0"),
            (0x0000_0000_0000_0001, "5e-324"),
            (0x8000_0000_0000_0001, "-5e-324"),
            (0x7fef_ffff_ffff_ffff, "1.7976931348623157e+308"),
            (0x4340_0000_0000_0000, "9007199254740992"),
            (0x4430_0000_0000_0000, "295147905179352830000"),
            (0x44b5_2d02_c7e1_4af5, "9.999999999999997e+22"),
            (0x44b5_2d02_c7e1_4af6, "1e+23"),
            (0x444b_1ae4_d6e2_ef4e, "999999999999999700000"),
            (0x444b_1ae4_d6e2_ef50, "1e+21"),
            (0x3eb0_c6f7_a0b5_ed8c, "9.999999999999997e-7"),
            (0x3eb0_c6f7_a0b5_ed8d, "0.000001"),
            (0x41b3_de43_5555_5553, "333333333.3333332"),
            (0xbecb_f647_612f_3696, "-0.0000033333333333333333"),
        ] {
            assert_eq!(ecmascript(f64::from_bits(bits)), text);
        }
        let whole: Value = serde_json::from_str("[1.0, 1e2, -0.0, 122.075, 9007199254740993]").unwrap();
        assert_eq!(canonical(&whole), "[1,100,0,122.075,9007199254740992]");
    }

    proptest! {
        #[test]
        fn numbers_read_back_as_they_were(bits in any::<u64>()) {
            let number = f64::from_bits(bits);
            prop_assume!(number.is_finite());
            let read = ecmascript(number).parse::<f64>().unwrap();
            prop_assert!(read.to_bits() == number.to_bits() || number == 0.0);
        }
    }
}
