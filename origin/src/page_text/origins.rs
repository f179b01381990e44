//! Countries of origin in a page's text: in words that mean it, and not where the text denies it.
//!
//! `Not made in Vietnam` says nothing of where goods were made, so it is left out.

use super::countries as t;
use sealane_data::Text;

/// Words that a denial may stand before: `not all of them made in`.
const REACH: usize = 3;

/// How many signs behind a country may deny it: a page is not read to its end for each.
const TAIL: usize = 40;

/// A word, or a run of signs without blanks.
struct Token {
    text: String,
    /// Whether a sentence ended before it.
    begins: bool,
    /// Whether it is of a writing with blanks between words.
    spaced: bool,
    /// Whether accents were taken off.
    plain: bool,
}

/// Returns the countries of origin that a text names, each once.
pub(super) fn origins(text: &str) -> Vec<Text> {
    let tokens = tokens(text);
    let mut found: Vec<Text> = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        let here = if token.spaced { Vec::from_iter(spaced(&tokens, at)) } else { signs(&tokens, at) };
        for country in here {
            if !found.iter().any(|f| f == country) {
                found.push(country.into());
            }
        }
    }
    found
}

fn tokens(text: &str) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::new();
    let (mut open, mut begins) = (false, true);
    let mut chars = text.chars().map(narrow).peekable();
    let mut last = ' ';
    while let Some(c) = chars.next() {
        let next = chars.peek().copied().unwrap_or(' ');
        let inside = matches!(c, '.' | '\'' | '’') && last.is_alphanumeric() && next.is_alphanumeric();
        if inside || ('\u{300}'..='\u{36f}').contains(&c) {
            // `P.R. China`, `isn't`, and accents that stand for themselves.
            if let Some(token) = tokens.last_mut().filter(|_| open) {
                token.plain |= !inside;
            }
            continue;
        }
        last = c;
        let spaced = !is_sign(c);
        if spaced && !c.is_alphanumeric() {
            open = false;
            begins |= matches!(c, '.' | '!' | '?' | ';' | '。' | '…');
            continue;
        }
        let (upper, plain) = without_accent(c);
        if let Some(token) = tokens.last_mut().filter(|token| open && token.spaced == spaced) {
            token.text.extend(upper.to_uppercase());
            token.plain |= plain;
        } else {
            let text = upper.to_uppercase().collect();
            tokens.push(Token { text, begins, spaced, plain });
        }
        (open, begins) = (true, false);
    }
    tokens
}

/// Returns the plain form of a full-width sign.
fn narrow(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        _ => c,
    }
}

/// Whether a character is of a writing that is matched sign by sign: Han, kana, Hangul, Thai.
fn is_sign(c: char) -> bool {
    is_han(c)
        || matches!(c, '\u{3040}'..='\u{30ff}' | '\u{31f0}'..='\u{31ff}' | '\u{ac00}'..='\u{d7a3}' | '\u{e01}'..='\u{e4e}')
}

fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '々')
}

fn is_hangul(c: char) -> bool {
    matches!(c, '\u{ac00}'..='\u{d7a3}')
}

/// Returns a letter in upper case without its accent, and whether it had one.
fn without_accent(c: char) -> (char, bool) {
    let upper = if c.is_lowercase() { c.to_uppercase().next().unwrap_or(c) } else { c };
    let plain = match upper {
        'À'..='Å' | 'Ă' | 'Ạ'..='Ặ' => 'A',
        'Ç' => 'C',
        'Đ' => 'D',
        'È'..='Ë' | 'Ẹ'..='Ệ' => 'E',
        'Ì'..='Ï' | 'Ĩ' | 'Ỉ'..='Ị' => 'I',
        'Ñ' => 'N',
        'Ò'..='Ö' | 'Ơ' | 'Ọ'..='Ợ' => 'O',
        'Ù'..='Ü' | 'Ũ' | 'Ư' | 'Ụ'..='Ự' => 'U',
        'Ý' | 'Ỳ'..='Ỹ' => 'Y',
        other => return (other, false),
    };
    (plain, true)
}

/// Reads words before a country: `made in`, `sản xuất tại`, `buatan`.
fn spaced(tokens: &[Token], at: usize) -> Option<&'static str> {
    let is = |phrase: &&t::Before| is_phrase(tokens, at, phrase.words);
    let phrase = t::SPACED.iter().filter(is).max_by_key(|phrase| phrase.words.len())?;
    let mut behind = at + phrase.words.split(' ').count();
    let country = country(tokens, behind, phrase.label).or_else(|| {
        while tokens.get(behind).is_some_and(|token| t::BETWEEN.contains(&token.text.as_str())) {
            behind += 1;
        }
        country(tokens, behind, phrase.label)
    })?;
    (!denied(tokens, at)).then_some(country)
}

fn is_phrase(tokens: &[Token], at: usize, words: &str) -> bool {
    let mut next = tokens.get(at..).unwrap_or_default().iter();
    words.split(' ').all(|word| next.next().is_some_and(|token| token.text == word))
}

/// Whether a word before denies what is said here.
fn denied(tokens: &[Token], at: usize) -> bool {
    for back in 0..REACH {
        let Some(token) = at.checked_sub(back + 1).and_then(|n| tokens.get(n)) else { return false };
        if tokens.get(at - back).is_some_and(|after| after.begins) {
            return false;
        }
        if t::DENIES.contains(&token.text.as_str()) {
            return true;
        }
    }
    false
}

/// Returns the country that begins at a token, the longest name leading.
fn country(tokens: &[Token], at: usize, code: bool) -> Option<&'static str> {
    let token = tokens.get(at)?;
    if !token.spaced {
        return begins_with_country(&token.text).map(|(country, _)| country);
    }
    let named = t::WORDS.iter().filter(|(name, _)| is_phrase(tokens, at, name));
    let longest = named.max_by_key(|(name, _)| name.len()).map(|(_, country)| *country);
    let coded = || {
        let known = t::WORDS.iter().map(|(_, country)| *country);
        known.into_iter().find(|known| code && !token.plain && *known == token.text)
    };
    longest.or_else(|| is_america(tokens, at).then_some("US")).or_else(coded)
}

/// Whether a token is `Mỹ`, the United States in Vietnamese, and not the beginning of another word.
fn is_america(tokens: &[Token], at: usize) -> bool {
    let is = tokens.get(at).is_some_and(|token| token.plain && token.text == t::AMERICA);
    let goes_on = tokens.get(at + 1).is_some_and(|next| !next.begins)
        && t::NOT_AMERICA.iter().any(|words| is_phrase(tokens, at + 1, words));
    is && !goes_on
}

fn begins_with_country(text: &str) -> Option<(&'static str, usize)> {
    let names = t::SIGNS.iter().flat_map(|(code, names)| names.iter().map(move |name| (*code, *name)));
    let fits = names.filter(|(_, name)| text.starts_with(name));
    fits.max_by_key(|(_, name)| name.len()).map(|(code, name)| (code, name.len()))
}

/// Reads a run of signs: a word of origin before a country, or a word of making behind it.
fn signs(tokens: &[Token], at: usize) -> Vec<&'static str> {
    let run = tokens[at].text.as_str();
    let before = t::UNSPACED.iter().flat_map(|word| run.match_indices(word));
    let named = before.filter_map(|(from, word)| behind(tokens, at, from, from + word.len()));
    let made = run.char_indices().filter_map(|(from, _)| made_there(tokens, at, from));
    named.chain(made).collect()
}

/// Returns the country that follows a word of origin.
fn behind(tokens: &[Token], at: usize, from: usize, until: usize) -> Option<&'static str> {
    let run = tokens[at].text.as_str();
    let mut rest = run.get(until..)?;
    while let Some(link) = t::LINKS.iter().find_map(|link| rest.strip_prefix(link)) {
        rest = link;
    }
    let (country, tail) = if rest.is_empty() {
        let next = tokens.get(at + 1)?;
        let named = country(tokens, at + 1, true)?;
        (named, if next.spaced { "" } else { next.text.as_str() })
    } else {
        let (country, len) = begins_with_country(rest)?;
        (country, rest.get(len..)?)
    };
    let next = at + if rest.is_empty() { 2 } else { 1 };
    (!denied_before(tokens, at, from) && !denied_behind(tokens, next, tail)).then_some(country)
}

/// Returns the country at a place of a run, if it is said that something was made there.
fn made_there(tokens: &[Token], at: usize, from: usize) -> Option<&'static str> {
    let run = tokens[at].text.as_str();
    let (country, len) = begins_with_country(run.get(from..)?)?;
    let katakana = |c: char| matches!(c, '\u{30a0}'..='\u{30ff}');
    // `ネクタイ製` is a tie, and not Thai.
    let inside =
        run.get(..from)?.chars().last().is_some_and(katakana) && run.get(from..)?.starts_with(katakana);
    let mut rest = run.get(from + len..)?;
    rest = t::THERE.iter().find_map(|there| rest.strip_prefix(there)).unwrap_or(rest);
    let mut next = at + 1;
    if rest.is_empty() {
        let follows = tokens.get(next).filter(|token| !token.spaced && !token.begins)?;
        (rest, next) = (follows.text.as_str(), next + 1);
    }
    let tail = made(rest)?;
    (!inside && !denied_before(tokens, at, from) && !denied_behind(tokens, next, tail)).then_some(country)
}

/// Returns what follows a word of making.
fn made(text: &str) -> Option<&str> {
    let whole = t::MADE.iter().find_map(|word| text.strip_prefix(word));
    if let Some(tail) = whole {
        return (!tail.starts_with(|c| t::MAKERS.contains(c))).then_some(tail);
    }
    let tail = t::MADE_SHORT.iter().find_map(|word| text.strip_prefix(word))?;
    let hangul = text.starts_with(is_hangul);
    let ends = |c: char| if hangul { !is_hangul(c) || t::ENDINGS.contains(c) } else { !is_han(c) };
    tail.chars().next().is_none_or(ends).then_some(tail)
}

/// Whether what stands right before a place of a run denies it.
fn denied_before(tokens: &[Token], at: usize, from: usize) -> bool {
    let run = tokens[at].text.get(..from).unwrap_or_default();
    let earlier = || at.checked_sub(1).and_then(|n| tokens.get(n)).filter(|_| !tokens[at].begins);
    let mut before = if run.is_empty() { earlier().map_or("", |token| token.text.as_str()) } else { run };
    while let Some(cut) = t::CARRIERS.iter().find_map(|carrier| before.strip_suffix(carrier)) {
        before = cut;
    }
    t::DENIES_BEFORE.iter().any(|word| before.ends_with(word)) || t::DENIES.contains(&before)
}

/// Whether what follows a country denies it: soon behind it in the run, and in Korean two words more.
fn denied_behind(tokens: &[Token], next: usize, tail: &str) -> bool {
    let denies = |text: &str| {
        let near = text.char_indices().nth(TAIL).and_then(|(end, _)| text.get(..end)).unwrap_or(text);
        t::DENIES_BEHIND.iter().any(|word| near.contains(word))
    };
    let more = tokens.get(next..).unwrap_or_default().iter().take(2);
    let mut korean = more.take_while(|token| !token.begins && token.text.starts_with(is_hangul));
    denies(tail) || korean.any(|token| denies(&token.text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<String> {
        origins(text).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn origins_are_read_in_every_language_of_the_map() {
        for (text, country) in [
            ("Made in P.R. China", "CN"),
            ("Country of origin is Viet Nam.", "VN"),
            ("made-in-Japan", "JP"),
            ("Country of origin: VN", "VN"),
            ("原产地：越南", "VN"),
            ("原产国: 中国", "CN"),
            ("本产品在越南制造。", "VN"),
            ("不锈钢泵 中国制造", "CN"),
            ("產地 馬來西亞", "MY"),
            ("產自印度尼西亞", "ID"),
            ("原产地：Vietnam", "VN"),
            ("Sản xuất tại Việt Nam", "VN"),
            ("Sa\u{309}n xuất tại Viê\u{323}t Nam", "VN"),
            ("SAN XUAT TAI VIET NAM", "VN"),
            ("Xuất xứ: Trung Quốc", "CN"),
            ("Nguồn gốc xuất xứ từ Nhật Bản", "JP"),
            ("Nước sản xuất là Lào", "LA"),
            ("Xuất xứ: Mỹ", "US"),
            ("Sản xuất tại nước Mỹ.", "US"),
            ("Xuất xứ: My\u{303}. Phẩm chất tốt", "US"),
            ("Nguồn gốc: Hợp chủng quốc Hoa Kỳ", "US"),
            ("Negara asal: MY", "MY"),
            ("Buatan Malaysia", "MY"),
            ("Dikilangkan di Jepun", "JP"),
            ("Negara asal: Kemboja", "KH"),
            ("Diproduksi di Tiongkok", "CN"),
            ("Negara asal adalah Korea Selatan", "KR"),
            ("ผลิตในประเทศเวียดนาม", "VN"),
            ("ผลิตในไทย", "TH"),
            ("ประเทศแหล่งกำเนิดสินค้า: จีน", "CN"),
            ("ベトナム製のポンプ", "VN"),
            ("原産国：タイ", "TH"),
            ("原産国は中国です。", "CN"),
            ("日本製", "JP"),
            ("マレーシアで製造しています", "MY"),
            ("원산지: 베트남", "VN"),
            ("원산지는 중국입니다", "CN"),
            ("베트남산 펌프", "VN"),
            ("인도네시아에서 제조되었습니다", "ID"),
            ("ＭＡＤＥ ＩＮ ＣＨＩＮＡ", "CN"),
        ] {
            assert_eq!(read(text), [country], "{text}");
        }
        assert_eq!(read("Not made in China. Made in Vietnam."), ["VN"]);
        assert_eq!(read("原产地：中国，越南制造"), ["CN", "VN"]);
    }

    #[test]
    fn what_denies_an_origin_names_none() {
        for text in [
            "Not made in Vietnam",
            "This pump isn't made in Vietnam",
            "We are no longer manufactured in China",
            "never a product of Malaysia",
            "非越南制造",
            "不是在越南制造",
            "并非产自越南",
            "未在越南生产",
            "原产地不是越南",
            "原产地：非越南",
            "Không sản xuất tại Việt Nam",
            "không phải được sản xuất tại Việt Nam",
            "Xuất xứ: không phải Việt Nam",
            "Bukan buatan Malaysia",
            "tidak diproduksi di Indonesia",
            "ไม่ได้ผลิตในเวียดนาม",
            "ベトナム製ではありません",
            "原産国：ベトナムではない",
            "中国で製造されていません",
            "베트남산이 아닙니다",
            "베트남에서 제조되지 않았습니다",
            "원산지: 베트남 아님",
        ] {
            assert_eq!(read(text), [""; 0], "{text}");
        }
    }

    #[test]
    fn what_only_looks_like_an_origin_names_none() {
        for text in [
            "Made in LA",
            "Xuất xứ: Mỹ phẩm",
            "Nguồn gốc: Mỹ La tinh",
            "Xuất xứ: MY",
            "Made in my workshop",
            "Sản xuất tại Mỹ Tho",
            "Không sản xuất tại Mỹ",
            "中国製品を扱う",
            "韩国制造商",
            "越南生产线",
            "ネクタイ製造",
            "日本製鉄",
            "중국산업",
            "Visit China and Vietnam",
            "我们的店在越南",
        ] {
            assert_eq!(read(text), [""; 0], "{text}");
        }
    }

    #[test]
    fn a_denial_is_near_what_it_denies_and_a_page_of_origins_is_read_in_one_go() {
        let far = "ポ".repeat(60);
        assert_eq!(read(&format!("ベトナム製の{far}ではありません")), ["VN"], "that denies something else");
        assert_eq!(read(&format!("베트남산 {}않", "가".repeat(60))), ["VN"]);
        // 512 KiB, as much as a page may have: read to its end for each, this would take minutes.
        for text in ["中国制造", "日本製", "베트남산", "原产地中国", "베트남산 "] {
            let page = text.repeat((512 << 10) / text.len());
            assert!(read(&page).len() <= 1, "{text}");
        }
    }
}
