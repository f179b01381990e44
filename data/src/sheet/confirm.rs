//! Confirming a layout: the guess, the order that confirms it, and what is wrong with it.

use super::{SheetField, SheetProfile};
use crate::Text;
use crate::submission::SubmissionId;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// The guess about one sheet, for somebody to confirm.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SheetGuess {
    /// The attachment and sheet; empty for a text table.
    pub sheet: String,
    /// What would be confirmed.
    pub layout: SheetProfile,
    /// Every column's letter with its heading, those that would not be read too.
    pub headings: BTreeMap<Text, String>,
    /// What somebody must say beside it, one sentence each.
    pub wants: Vec<String>,
}

/// The order that confirms layouts of a submission.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SheetOrder {
    /// The layouts as they shall be; without any, all as they were guessed.
    pub sheets: Vec<SheetProfile>,
    /// Whether to do it; else only what would change is told.
    pub apply: bool,
}

/// What waits for an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SheetGuesses {
    /// The submission.
    pub submission: SubmissionId,
    /// Its layouts that nobody has confirmed.
    pub layouts: Vec<SheetGuess>,
    /// Every field that a column may hold, with what it is in words.
    pub fields: Vec<(Text, Text)>,
}

impl SheetGuess {
    /// Returns the `[[sheet]]` table that confirms the guess, with what it wants as comments.
    pub fn table(&self) -> String {
        let wants = self.wants.iter().map(|want| format!("# {want}\n"));
        wants.collect::<String>() + &self.layout.table(&self.headings)
    }
}

impl SheetProfile {
    /// Returns the profile as a `[[sheet]]` table of a partner's file; headings become comments.
    pub fn table(&self, headings: &BTreeMap<Text, String>) -> String {
        let mut table = format!("[[sheet]]\nlayout = {}\n", quoted(&self.layout));
        let dates = self.dates.and_then(word);
        let kind = self.kind.and_then(word);
        let name = Some(self.name.as_str()).filter(|name| !name.is_empty());
        for (key, value) in [
            ("name", name),
            ("dates", dates.as_deref()),
            ("zone", self.zone.as_deref()),
            ("kind", kind.as_deref()),
            ("place", self.place.as_deref()),
        ] {
            let _ = value.map(|value| writeln!(table, "{key} = {}", quoted(value)));
        }
        if !self.codes.is_empty() {
            table += "[sheet.codes]\n";
        }
        for (code, kind) in &self.codes {
            let _ = word(*kind).map(|kind| writeln!(table, "{} = {}", quoted(code), quoted(&kind)));
        }
        table += "[sheet.columns]\n";
        let mut columns: Vec<&Text> = self.columns.keys().chain(headings.keys()).collect();
        columns.sort_by_key(|letters| (letters.len(), *letters));
        columns.dedup();
        for letters in columns {
            let heading = headings.get(letters).map(|h| format!(" # {}", comment(h))).unwrap_or_default();
            let _ = match self.columns.get(letters) {
                Some(field) => writeln!(table, "{letters} = {}{heading}", quoted(field.word())),
                None => writeln!(table, "# {letters} = ...{heading}"),
            };
        }
        table
    }

    /// Returns what is wrong with the layout, one sentence each.
    pub(crate) fn problems(&self) -> Vec<String> {
        let layout = &self.layout;
        let mut found = Vec::new();
        let hexadecimal = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
        if layout.len() != 16 || !layout.bytes().all(hexadecimal) {
            found.push(format!("`layout` of a sheet is `{layout}`; it is 16 hexadecimal digits"));
        }
        if self.columns.is_empty() {
            found.push(format!("the layout `{layout}` has no columns"));
        }
        let letters = |l: &Text| (1..=3).contains(&l.len()) && l.bytes().all(|b| b.is_ascii_uppercase());
        for wrong in self.columns.keys().filter(|l| !letters(l)) {
            found.push(format!(
                "`{wrong}` in the layout `{layout}` is no column; write its letters, such as `B`"
            ));
        }
        if let Some(zone) = self.zone.as_ref().filter(|z| TimeZone::get(z).is_err()) {
            found.push(format!("`zone` in the layout `{layout}` is `{zone}`, which is no IANA zone"));
        }
        let timed = |f: &SheetField| matches!(f, SheetField::EventTime | SheetField::EventDate);
        let says = self.kind.is_some() || self.columns.values().any(|f| *f == SheetField::Event);
        if self.columns.values().any(timed) && !says {
            found.push(format!(
                "the layout `{layout}` does not say what happened at its times: name a column of events, or set `kind`"
            ));
        }
        found
    }
}

/// Returns a value as its word in files.
fn word(value: impl Serialize) -> Option<String> {
    serde_json::to_value(value).ok()?.as_str().map(str::to_owned)
}

/// Returns a text as TOML writes it.
fn quoted(text: &str) -> String {
    // The escapes of JSON are escapes of TOML; only delete needs one that JSON does not write.
    serde_json::to_string(text).unwrap_or_default().replace('\u{7F}', "\\u007F")
}

/// Returns a heading as a comment of one line.
fn comment(heading: &str) -> String {
    heading.chars().map(|c| if c.is_control() { ' ' } else { c }).take(80).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observation::Kind;
    use crate::partner::{Partner, PartyId};
    use crate::places::Places;
    use crate::sheet::DateOrder;

    fn layout() -> SheetProfile {
        SheetProfile {
            layout: "785adbe461670169".into(),
            name: "Gate \"1\"\u{7F}\n".to_owned(),
            dates: Some(DateOrder::Dmy),
            zone: Some("Asia/Bangkok".to_owned()),
            kind: Some(Kind::GateIn),
            place: Some("VNVUT".into()),
            codes: BTreeMap::from([("XUẤT 1".into(), Kind::GateOut)]),
            columns: BTreeMap::from([
                ("AA".into(), SheetField::EventTime),
                ("B".into(), SheetField::Container),
            ]),
        }
    }

    #[test]
    fn a_table_is_read_back_as_it_was() {
        let headings = BTreeMap::from([("B".into(), "箱号\nNo.".to_owned()), ("C".into(), "Đội".to_owned())]);
        let table = layout().table(&headings);
        assert!(table.contains("B = \"container\" # 箱号 No.\n# C = ... # Đội\nAA = "), "{table}");
        let partner: Partner = toml::from_str(&format!("id = \"p\"\n{table}")).unwrap();
        assert_eq!(partner.sheets, [layout()]);
    }

    #[test]
    fn a_profile_with_a_bad_layout_is_refused() {
        let problems = |sheets: Vec<SheetProfile>| {
            let partner = Partner { sheets, ..Partner::new(PartyId("p".into())) };
            partner.problems(&Places::embedded())
        };
        assert!(problems(vec![layout()]).is_empty());
        assert!(problems(vec![layout(), layout()])[0].contains("twice"));
        let bad = SheetProfile {
            layout: "X".into(),
            zone: Some("Mars/Olympus".to_owned()),
            kind: None,
            columns: BTreeMap::from([("b".into(), SheetField::EventTime)]),
            ..layout()
        };
        assert_eq!(problems(vec![bad]).len(), 4);
        let empty = SheetProfile { columns: BTreeMap::new(), ..layout() };
        assert_eq!(problems(vec![empty]), ["the layout `785adbe461670169` has no columns"]);
    }
}
