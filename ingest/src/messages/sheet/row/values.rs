//! Values of a row: containers, times, ships, masses.

use super::super::words;
use super::Reader;
use crate::formats::sheet::Cell;
use crate::formats::sheet::dates::{self, Doubt};
use crate::sheet_findings as f;
use sealane_data::Text;
use sealane_data::container::{CheckStatus, ContainerNumber, SizeType};
use sealane_data::observation::{DeclaredPlace, Equipment, Few, Load};
use sealane_data::sheet::SheetField as F;
use sealane_data::time::{DeclaredTime, Precision};
use sealane_data::vessel::{ImoNumber, VesselRef};
use std::sync::Arc;

/// Most containers or seals of one cell.
const MAX_PARTS: usize = 50;

impl Reader<'_, '_> {
    /// Returns the containers of the row; says when there is none although one is `needed`.
    pub(super) fn equipment(&mut self, needed: bool) -> Vec<Equipment> {
        let column = self.column_of(F::Container);
        let Some(text) = self.text(F::Container) else {
            if needed {
                self.find(&f::NO_CONTAINER, column, "the row has no container number");
            }
            return Vec::new();
        };
        let size_type = self.size_type();
        let load = self.load();
        let seals = Few::from(self.parts(F::Seal));
        let gross_kg = self.gross_kg();
        let numbers = containers(&text);
        let alone = numbers.len() == 1;
        let mut equipment = Vec::new();
        for number in numbers {
            let number = ContainerNumber::read(&number);
            match number.status() {
                CheckStatus::DigitWrong => {
                    let message = format!("the check digit of `{}` is wrong", number.as_found());
                    self.find(&f::CONTAINER_DIGIT, column, message);
                }
                CheckStatus::WrongShape => {
                    let message = format!("`{}` is no container number", number.as_found());
                    self.find(&f::CONTAINER_SHAPE, column, message);
                }
                CheckStatus::Valid | CheckStatus::DigitMissing => {}
            }
            // What a row says of all its containers together is nobody's own.
            let (seals, gross_kg) = if alone { (seals.clone(), gross_kg) } else { (Few::new(), None) };
            equipment.push(Equipment {
                number,
                size_type: size_type.clone(),
                load,
                trade: None,
                seals,
                gross_kg,
            });
        }
        equipment
    }

    fn parts(&mut self, field: F) -> Vec<Text> {
        let Some(text) = self.text(field) else { return Vec::new() };
        let parts = text.split(['/', ',', ';', '\n']).map(str::trim).filter(|p| !p.is_empty());
        parts.take(MAX_PARTS).map(Text::from).collect()
    }

    fn size_type(&mut self) -> Option<SizeType> {
        let text = self.text(F::SizeType)?;
        let size = SizeType::read(&words::size_type(&text));
        if size.teu().is_none() {
            let column = self.column_of(F::SizeType);
            self.find(&f::SIZE_TYPE, column, format!("the size-type `{text}` says no length"));
        }
        Some(size)
    }

    fn load(&mut self) -> Load {
        let Some(text) = self.text(F::Load) else { return Load::Unknown };
        words::load(&text).unwrap_or_else(|| {
            let column = self.column_of(F::Load);
            self.find(&f::LOAD, column, format!("`{text}` says neither full nor empty"));
            Load::Unknown
        })
    }

    fn gross_kg(&mut self) -> Option<u32> {
        let (field, unit) =
            if self.rows.has(F::GrossKg) { (F::GrossKg, 1.0) } else { (F::GrossTonnes, 1000.0) };
        let (column, cell) = self.cell(field)?;
        let number = match &cell {
            Cell::Number(n) => Some(*n),
            Cell::Text(text) => mass(text),
            _ => None,
        };
        let kg = number.map(|n| (n * unit).round()).filter(|kg| (0.0..=1_000_000.0).contains(kg));
        if kg.is_none() {
            self.find(&f::NUMBER, column, format!("`{}` is no mass", cell.shown()));
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "in range by the guard")]
        // No mass at all is not said with a zero.
        kg.map(|kg| kg as u32).filter(|kg| *kg > 0)
    }

    /// Returns the ship.
    pub(super) fn vessel(&mut self) -> Option<Arc<VesselRef>> {
        let mut ship = VesselRef::default();
        if let Some(text) = self.text(F::VesselVoyage) {
            let (name, voyage) = split_voyage(&text);
            (ship.name, ship.voyage) = (Some(name), voyage);
        }
        ship.name = self.text(F::Vessel).or(ship.name);
        ship.voyage = self.text(F::Voyage).or(ship.voyage);
        ship.call_sign = self.text(F::CallSign);
        if let Some(imo) = self.text(F::Imo).map(|text| ImoNumber::read(&text)) {
            if imo.status() == CheckStatus::Valid {
                ship.imo = Some(imo);
            } else {
                let column = self.column_of(F::Imo);
                self.find(&f::SHIP_NUMBER, column, format!("`{}` is no IMO number", imo.as_str()));
            }
        }
        (!ship.is_empty()).then(|| Arc::new(ship))
    }

    /// Reads a time from one cell, or from a date and a time of day.
    pub(super) fn time(&mut self, whole: F, date: F, clock: F) -> Option<DeclaredTime> {
        let (column, cell) = match self.cell(whole) {
            Some(found) => found,
            None => self.cell(date)?,
        };
        let shown = cell.shown();
        if shown.is_empty() || matches!(shown.as_str(), "-" | "--" | "/" | "N/A" | "TBA" | "TBC" | "tba") {
            return None;
        }
        let mut time = match dates::read(&cell, self.rows.profile.dates, self.rows.since_1904) {
            Ok(time) => time,
            Err(Doubt::Order) => {
                let message = format!("`{shown}` can be read day first or month first");
                self.find(&f::DATE_ORDER, column, message);
                return None;
            }
            Err(Doubt::Unreadable) => {
                self.find(&f::DATE, column, format!("`{shown}` is no date"));
                return None;
            }
        };
        if time.precision == Precision::Day
            && clock != whole
            && let Some((column, cell)) = self.cell(clock)
        {
            match dates::clock(&cell) {
                Some((of_day, precision)) => {
                    time = DeclaredTime { local: time.local.date().to_datetime(of_day), precision, ..time };
                }
                None => self.find(&f::CLOCK, column, format!("`{}` is no time of day", cell.shown())),
            }
        }
        if let Some(zone) = &self.rows.zone {
            time.set_clock(zone);
        }
        Some(time)
    }
}

/// Returns whether a text is a container number, right or with a wrong digit.
pub(super) fn is_container(text: &str) -> bool {
    containers(text).iter().any(|n| ContainerNumber::read(n).status() != CheckStatus::WrongShape)
}

/// Returns the container numbers of a cell: several only where each has the form of one.
fn containers(text: &str) -> Vec<String> {
    let parts: Vec<&str> =
        text.split(['/', ',', ';', '\n', '、', '，']).map(str::trim).filter(|p| !p.is_empty()).collect();
    let shaped = |p: &&str| ContainerNumber::read(p).status() != CheckStatus::WrongShape;
    if parts.len() > 1 && parts.iter().all(shaped) {
        return parts.into_iter().take(MAX_PARTS).map(str::to_owned).collect();
    }
    vec![text.to_owned()]
}

/// Reads a mass with separators: one that stands before exactly three digits parts thousands.
fn mass(text: &str) -> Option<f64> {
    let number: String = text.chars().filter(|c| c.is_ascii_digit() || matches!(c, '.' | ',')).collect();
    let rest: String =
        text.chars().filter(|c| !c.is_ascii_digit() && !matches!(c, '.' | ',' | ' ')).collect();
    if !matches!(rest.to_ascii_lowercase().as_str(), "" | "kg" | "kgs" | "kgm" | "公斤") {
        return None;
    }
    let last = number.rfind(['.', ',']);
    let decimals = last.map_or(0, |at| number.len() - at - 1);
    let separators = number.matches(['.', ',']).count();
    let plain = |s: &str| s.replace(['.', ','], "");
    match last {
        Some(at)
            if decimals != 3
                && separators == number.get(..at).map_or(0, |h| h.matches(['.', ',']).count()) + 1 =>
        {
            let (whole, fraction) = number.split_at(at);
            format!("{}.{}", plain(whole), plain(fraction)).parse().ok()
        }
        _ => plain(&number).parse().ok(),
    }
}

/// Parts `EVER SYNTH / 012W` and `EVER SYNTH V.012W` into ship and voyage.
fn split_voyage(text: &str) -> (Text, Option<Text>) {
    let digits = |v: &str| v.bytes().any(|b| b.is_ascii_digit());
    let by_sign = text.rsplit_once('/').or_else(|| text.rsplit_once(" V.")).or_else(|| text.rsplit_once(' '));
    match by_sign {
        Some((name, voyage)) if digits(voyage) && !name.trim().is_empty() => {
            (name.trim().into(), Some(voyage.trim().trim_start_matches("V.").trim().into()))
        }
        _ => (text.into(), None),
    }
}

/// Reads a place from a code, a name, or a name with the code in brackets.
pub(super) fn place(text: &str) -> Arc<DeclaredPlace> {
    Arc::new(declared(text))
}

/// Tells codes from names.
fn declared(text: &str) -> DeclaredPlace {
    let code = |t: &str| {
        let bare: String = t.chars().filter(|c| !c.is_whitespace()).collect();
        let shape = bare.len() == 5 && bare.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
        shape.then(|| Text::from(bare))
    };
    if let Some(locode) = code(text) {
        return DeclaredPlace { locode: Some(locode), ..DeclaredPlace::default() };
    }
    if let Some((name, bracket)) = text.split_once(['(', '（']) {
        let inner = bracket.trim_end_matches([')', '）', ' ']);
        if let Some(locode) = code(inner) {
            let name = Some(name.trim().into()).filter(|n: &Text| !n.is_empty());
            return DeclaredPlace { locode: Some(locode), name, ..DeclaredPlace::default() };
        }
    }
    if text.is_ascii() && !text.contains(' ') && text.len() <= 10 && text.to_ascii_uppercase() == text {
        return DeclaredPlace { locode: Some(text.into()), ..DeclaredPlace::default() };
    }
    DeclaredPlace { name: Some(text.into()), ..DeclaredPlace::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masses_with_every_separator() {
        for (text, expected) in [
            ("24,500", Some(24_500.0)),
            ("24.500", Some(24_500.0)),
            ("24500.5 KGS", Some(24_500.5)),
            ("24.500,25", Some(24_500.25)),
            ("1,024,500", Some(1_024_500.0)),
            ("24500", Some(24_500.0)),
            ("", None),
            ("heavy", None),
            (".", None),
        ] {
            assert_eq!(mass(text), expected, "{text}");
        }
    }

    #[test]
    fn ships_containers_and_places() {
        assert_eq!(split_voyage("EVER SYNTH / 012W"), ("EVER SYNTH".into(), Some("012W".into())));
        assert_eq!(split_voyage("EVER SYNTH V.012W"), ("EVER SYNTH".into(), Some("012W".into())));
        assert_eq!(split_voyage("EVER SYNTH"), ("EVER SYNTH".into(), None));
        assert_eq!(containers("CSQU3054383/CSQU3054384").len(), 2);
        assert_eq!(containers("CSQU3054383 / TBA").len(), 1);
        assert_eq!(place("VN VUT").locode.as_deref(), Some("VNVUT"));
        let both = place("Cát Lái (VNCLI)");
        assert_eq!((both.locode.as_deref(), both.name.as_deref()), (Some("VNCLI"), Some("Cát Lái")));
        assert_eq!(place("Hai Phong").name.as_deref(), Some("Hai Phong"));
    }
}
