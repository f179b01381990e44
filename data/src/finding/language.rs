//! What findings say in other languages: two tables a language, a sentence and an advice for each code.

use super::{Finding, FindingGroup};
use std::collections::HashMap;
use std::sync::LazyLock;

/// A language that people read findings in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// English, in which every finding is written.
    #[default]
    English,
    /// Chinese, in simplified characters.
    Chinese,
    /// Vietnamese.
    Vietnamese,
}

/// The sentences of a language by code.
type Sentences = LazyLock<HashMap<String, String>>;

static CHINESE: Sentences = LazyLock::new(|| table(include_str!("languages/zh.toml")));
static VIETNAMESE: Sentences = LazyLock::new(|| table(include_str!("languages/vi.toml")));
static CHINESE_HELP: Sentences = LazyLock::new(|| table(include_str!("languages/zh-help.toml")));
static VIETNAMESE_HELP: Sentences = LazyLock::new(|| table(include_str!("languages/vi-help.toml")));

fn table(text: &str) -> HashMap<String, String> {
    toml::from_str(text).unwrap_or_default()
}

impl Language {
    /// Every language with its tag, in one table.
    pub const TAGS: &[(Self, &str)] =
        &[(Self::English, "en"), (Self::Chinese, "zh"), (Self::Vietnamese, "vi")];

    /// Returns the language's tag.
    pub fn tag(self) -> &'static str {
        Self::TAGS.iter().find(|(language, _)| *language == self).map_or("en", |(_, tag)| tag)
    }

    /// Returns the language of a tag such as `zh-CN`.
    pub fn of_tag(tag: &str) -> Option<Self> {
        let base = tag.trim().split(['-', '_']).next().unwrap_or_default();
        Self::TAGS.iter().find(|(_, known)| known.eq_ignore_ascii_case(base)).map(|(language, _)| *language)
    }

    /// Returns the most wanted language of an `Accept-Language` header that there is; else English.
    pub fn of_header(header: &str) -> Self {
        let mut wanted: Vec<(f32, Self)> = Vec::new();
        for wish in header.split(',') {
            let mut parts = wish.split(';');
            let Some(language) = parts.next().and_then(Self::of_tag) else { continue };
            let weight = parts.find_map(|p| p.trim().strip_prefix("q=")?.parse::<f32>().ok());
            wanted.push((weight.unwrap_or(1.0), language));
        }
        let mut best = (0.0, Self::English);
        for (weight, language) in wanted {
            if weight > best.0 {
                best = (weight, language);
            }
        }
        best.1
    }

    /// Returns the sentence for a code in this language; nothing in English, where each finding has its own.
    pub fn sentence(self, code: &str) -> Option<&'static str> {
        let table = match self {
            Self::English => return None,
            Self::Chinese => &CHINESE,
            Self::Vietnamese => &VIETNAMESE,
        };
        table.get(code).map(String::as_str)
    }

    /// Returns what to do about a code in this language; nothing where only English says it.
    pub fn help(self, code: &str) -> Option<&'static str> {
        let table = match self {
            Self::English => return None,
            Self::Chinese => &CHINESE_HELP,
            Self::Vietnamese => &VIETNAMESE_HELP,
        };
        table.get(code).map(String::as_str)
    }

    /// Returns what a finding says: the code's sentence with the values that the finding names.
    fn say(self, code: &str, message: &str) -> String {
        let Some(sentence) = self.sentence(code) else { return message.to_owned() };
        let quoted: Vec<&str> =
            message.split('`').skip(1).step_by(2).filter(|value| !value.is_empty()).collect();
        let values: Vec<String> = quoted
            .into_iter()
            .filter(|v| !sentence.contains(&format!("`{v}`")))
            .map(|v| format!("`{v}`"))
            .collect();
        match (values.is_empty(), self) {
            (true, _) => sentence.to_owned(),
            (false, Self::Chinese) => format!("{sentence}（{}）", values.join("、")),
            (false, _) => format!("{sentence} ({})", values.join(", ")),
        }
    }
}

impl Finding {
    /// Returns what it says in a language.
    pub fn says(&self, language: Language) -> String {
        language.say(&self.code, &self.message)
    }

    /// Returns what to do about it in a language, else in English.
    pub fn advises(&self, language: Language) -> &str {
        language.help(&self.code).unwrap_or(&self.help)
    }
}

impl FindingGroup {
    /// Returns what its first finding says in a language.
    pub fn says(&self, language: Language) -> String {
        language.say(&self.code, &self.message)
    }

    /// Returns what to do about it in a language, else in English.
    pub fn advises(&self, language: Language) -> &str {
        language.help(&self.code).unwrap_or(&self.help)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::{Place, Severity};

    #[test]
    fn the_most_wanted_language_that_there_is() {
        for (header, language) in [
            ("", Language::English),
            ("zh-CN,zh;q=0.9,en;q=0.8", Language::Chinese),
            ("fr, en;q=0.3, vi-VN;q=0.7", Language::Vietnamese),
            ("fr-FR", Language::English),
            ("en, zh;q=0.9", Language::English),
            ("zh;q=0", Language::English),
            ("zh;q=x;;,=", Language::Chinese),
        ] {
            assert_eq!(Language::of_header(header), language, "{header}");
        }
    }

    #[test]
    fn a_sentence_keeps_the_values_of_the_finding() {
        let finding = Finding {
            code: "EDI-041".into(),
            severity: Severity::Warning,
            place: Place::default(),
            message: "the check digit of `CSQU3054384` is wrong".to_owned(),
            help: String::new(),
        };
        assert_eq!(finding.says(Language::English), finding.message);
        assert_eq!(finding.says(Language::Chinese), "集装箱号的校验码错误（`CSQU3054384`）");
        assert_eq!(
            finding.says(Language::Vietnamese),
            "Chữ số kiểm tra của số container sai (`CSQU3054384`)"
        );
        let unknown = Finding { code: "NEW-001".into(), help: "mend it".into(), ..finding };
        assert_eq!(unknown.says(Language::Chinese), unknown.message, "never silent");
        assert_eq!(unknown.advises(Language::Vietnamese), "mend it", "never silent");
        let known = Finding { code: "EDI-020".into(), ..unknown };
        assert_eq!(known.advises(Language::Chinese), "每个段只写一个终止符");
        assert_eq!(known.advises(Language::English), "mend it");
    }
}
