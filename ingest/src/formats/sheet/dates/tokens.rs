//! Texts of dates as numbers, words and signs.

/// A number with its digits, or a word, or a sign.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    Number(i64, usize),
    Word(String),
    Sign(char),
}

/// Returns the text in small letters, with ASCII digits and signs.
pub(super) fn plain(written: &str) -> String {
    let plain = |c: char| match c {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        '๐'..='๙' => char::from_digit(u32::from(c) - 0x0E50, 10).unwrap_or(c),
        '\u{3000}' | '\u{A0}' | '\u{202F}' => ' ',
        '‐' | '–' | '−' => '-',
        c => c,
    };
    written.trim().chars().take(60).flat_map(|c| plain(c).to_lowercase()).collect()
}

/// Takes the offset off an ISO time, `+08:00` or `-0330`.
pub(super) fn split_offset(plain: &str) -> (String, Option<i16>) {
    let none = || (plain.to_owned(), None);
    let Some(at) = plain.rfind(['+', '-']).filter(|at| plain.get(..*at).is_some_and(|p| p.contains(':')))
    else {
        return none();
    };
    let (head, tail) = plain.split_at(at);
    let iso = head.bytes().take(4).all(|b| b.is_ascii_digit());
    let digits: String = tail.chars().skip(1).filter(|c| *c != ':').collect();
    let number = (digits.len() == 4 || digits.len() == 2).then(|| digits.parse::<i16>().ok()).flatten();
    let Some(number) = number.filter(|_| iso) else { return none() };
    let minutes = if digits.len() == 4 { number / 100 * 60 + number % 100 } else { number * 60 };
    let minutes = if tail.starts_with('-') { -minutes } else { minutes };
    (head.trim().to_owned(), Some(minutes).filter(|m| (-720..=840).contains(m)))
}

/// Cuts a text into numbers, words and signs; nothing for numbers no date has.
pub(super) fn tokens(plain: &str) -> Option<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut rest = plain;
    while let Some(c) = rest.chars().next() {
        let run = |keep: &dyn Fn(char) -> bool| rest.find(|c| !keep(c)).unwrap_or(rest.len());
        let len = if c.is_ascii_digit() {
            let len = run(&|c| c.is_ascii_digit());
            let number = rest.get(..len).filter(|_| len <= 14)?.parse().ok()?;
            tokens.push(Token::Number(number, len));
            len
        } else if single(c) {
            let word = ["上午", "下午", "午前", "午後", "令和", "平成", "오전", "오후"]
                .iter()
                .find(|w| rest.starts_with(**w));
            let len = word.map_or(c.len_utf8(), |w| w.len());
            tokens.push(Token::Word(rest.get(..len)?.to_owned()));
            len
        } else if c.is_alphabetic() || thai(c) {
            // Abbreviations of Thai months and `p.m.` have dots inside.
            let len = run(&|c| (c.is_alphabetic() && !single(c)) || thai(c) || c == '.');
            tokens.push(Token::Word(rest.get(..len)?.trim_end_matches('.').to_owned()));
            len
        } else {
            if !c.is_whitespace() {
                tokens.push(Token::Sign(c));
            }
            c.len_utf8()
        };
        rest = rest.get(len..)?;
    }
    (!tokens.is_empty()).then_some(tokens)
}

/// Whether a character is a word by itself: Chinese characters and Korean syllables.
fn single(c: char) -> bool {
    matches!(c, '\u{4E00}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7A3}')
}

fn thai(c: char) -> bool {
    matches!(c, '\u{0E01}'..='\u{0E4E}')
}
