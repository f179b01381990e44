//! How codes and names are compared: case, blanks and punctuation do not count.

use crate::Text;

/// Longer texts are no codes or names; comparing them would only cost time.
const LONGEST: usize = 256;

/// Returns a code without blanks and punctuation in upper case; empty if nothing is left.
pub(super) fn code(text: &str) -> Text {
    if text.len() > LONGEST {
        return Text::default();
    }
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect()
}

/// Returns a name as upper-case words with one blank between them.
pub(super) fn name(text: &str) -> Text {
    let mut key = Text::default();
    if text.len() > LONGEST {
        return key;
    }
    for word in text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
        if !key.is_empty() {
            key.push(' ');
        }
        key.extend(word.chars().flat_map(char::to_uppercase));
    }
    key
}

/// Returns the country a code shaped like a UN/LOCODE begins with.
pub(super) fn country(code: &str) -> Option<&str> {
    let shaped = code.len() == 5 && code.is_ascii() && code.bytes().take(2).all(|b| b.is_ascii_uppercase());
    if shaped { code.get(..2) } else { None }
}

/// Splits a code that begins with a port's five characters and goes on with a terminal's.
pub(super) fn split(code: &str) -> Option<(&str, &str)> {
    match code.split_at_checked(5) {
        Some((port, terminal)) if !terminal.is_empty() => Some((port, terminal)),
        _ => None,
    }
}
