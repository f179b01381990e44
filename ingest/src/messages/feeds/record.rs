//! One record while it is read: values that mean the same in every family.

use super::times::{self, Doubt, Forms};
use crate::feed_findings as f;
use crate::findings as edi;
use crate::formats::tree::Node;
use sealane_data::Text;
use sealane_data::container::{CheckStatus, ContainerNumber, SizeType};
use sealane_data::finding::{Finding, FindingKind};
use sealane_data::fix::Fix;
use sealane_data::mapping::MassUnit;
use sealane_data::observation::{Equipment, Load, Observation, Revision, Span};
use sealane_data::partner::Partner;
use sealane_data::reference::{Reference, ReferenceKind};
use sealane_data::time::DeclaredTime;
use sealane_data::vessel::{ImoNumber, VesselRef};

/// Findings of one record at most.
const FOUND: usize = 50;

/// References of one record at most.
const REFERENCES: usize = 200;

/// What a record becomes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Draft {
    /// Its message type, such as `TNT:DCSA:3.0`.
    pub family: Text,
    /// What it is known by again.
    pub document: Text,
    /// What it does to earlier ones.
    pub revision: Revision,
    /// When it was written.
    pub written: Option<DeclaredTime>,
    /// The parties that it names.
    pub parties: Vec<Text>,
    /// What it said.
    pub observations: Vec<Observation>,
    /// What is wrong with it.
    pub findings: Vec<Finding>,
    /// What tells it from other records of the same content.
    pub salt: Text,
    /// The hash of its content, where that is another value than its record.
    pub content: Option<[u8; 32]>,
}

/// One record while it is read.
pub struct Record<'d> {
    /// The document.
    pub root: &'d Node,
    /// The record in it.
    pub node: &'d Node,
    /// Who sent it.
    pub partner: &'d Partner,
    /// What it becomes.
    pub draft: Draft,
}

impl<'d> Record<'d> {
    /// Opens a record.
    pub fn new(root: &'d Node, node: &'d Node, partner: &'d Partner, family: &str) -> Self {
        Self { root, node, partner, draft: Draft { family: family.into(), ..Draft::default() } }
    }

    /// Says what is wrong.
    pub fn find(&mut self, kind: &FindingKind, at: &Node, message: impl Into<String>) {
        let found = &mut self.draft.findings;
        match found.len() {
            n if n < FOUND => found.push(Finding::new(kind, at.place(self.root), message)),
            FOUND => found.push(Finding::new(
                &edi::MORE,
                at.place(self.root),
                "there are more findings in this record",
            )),
            _ => {}
        }
    }

    /// Keeps what was said, with where it stands.
    pub fn say(&mut self, at: &Node, mut observation: Observation) {
        observation.span = Span { segment: 0, start: u64::from(at.start), len: at.len };
        self.draft.observations.push(observation);
    }

    /// Returns the text of a value; a list or map where text should stand is said.
    pub fn text(&mut self, node: &Node) -> Option<Text> {
        let text = node.text();
        if text.is_none() && (node.is_map() || node.items().len() > 1) {
            self.find(&f::WRONG_TYPE, node, "a list or object stands where a text should");
        }
        text.map(Text::from)
    }

    /// Returns the text at the first of some paths that has one, below a value.
    pub fn first(&mut self, below: &Node, paths: &[&str]) -> Option<Text> {
        let node = paths.iter().find_map(|path| below.at(path))?;
        self.text(node)
    }

    /// Reads a time.
    pub fn time(&mut self, node: &Node, forms: Forms<'_>) -> Option<DeclaredTime> {
        let text = self.text(node)?;
        let short: String = text.chars().take(40).filter(|c| *c != '`').collect();
        match times::read(&text, forms) {
            Ok(time) => return Some(time),
            Err(Doubt::Form) => {
                self.find(&f::TIME_FORM, node, format!("`{short}` is no time of a known form"));
            }
            Err(Doubt::Impossible) => {
                self.find(&f::TIME_FORM, node, format!("there is no such time as `{short}`"));
            }
            Err(Doubt::Year) => {
                self.find(&f::TIME_YEAR, node, format!("the year of `{short}` cannot be meant"));
            }
        }
        None
    }

    /// Reads a container number.
    pub fn container(&mut self, node: &Node) -> Option<Equipment> {
        let text = self.text(node)?;
        let number = ContainerNumber::read(&text);
        match number.status() {
            CheckStatus::DigitWrong => {
                self.find(&edi::CONTAINER_DIGIT, node, format!("the check digit of `{text}` is wrong"));
            }
            CheckStatus::WrongShape => {
                self.find(&edi::CONTAINER_SHAPE, node, format!("`{text}` is no container number"));
            }
            CheckStatus::Valid | CheckStatus::DigitMissing => {}
        }
        Some(bare(number))
    }

    /// Reads a size-type code.
    pub fn size_type(&mut self, node: Option<&Node>) -> Option<SizeType> {
        let code = self.text(node?)?;
        Some(SizeType::read(&code))
    }

    /// Reads a UN/LOCODE, written with or without a blank.
    pub fn locode(&mut self, node: &Node) -> Option<Text> {
        let text = self.text(node)?;
        let code: Text =
            text.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_uppercase()).collect();
        let b = code.as_bytes();
        let fits = b.len() == 5
            && b[..2].iter().all(u8::is_ascii_uppercase)
            && b.iter().all(u8::is_ascii_alphanumeric);
        if !fits {
            let short: String = text.chars().take(40).filter(|c| *c != '`').collect();
            self.find(&f::PLACE_CODE, node, format!("`{short}` is no UN/LOCODE"));
        }
        Some(if fits { code } else { text })
    }

    /// Reads an IMO number into a ship.
    pub fn imo(&mut self, node: &Node, ship: &mut VesselRef) {
        let Some(text) = self.text(node) else { return };
        let imo = ImoNumber::read(&text);
        if imo.status() != CheckStatus::Valid {
            self.find(&edi::SHIP_NUMBER, node, format!("the check digit of IMO number `{text}` is wrong"));
        }
        ship.imo = Some(imo);
    }

    /// Reads a position from degrees, as text or numbers.
    pub fn fix(&mut self, latitude: &Node, longitude: &Node) -> Option<Fix> {
        let degrees = |node: &Node| node.text().and_then(|text| text.parse::<f64>().ok());
        let fix = degrees(latitude).zip(degrees(longitude)).and_then(|(north, east)| Fix::new(north, east));
        if fix.is_none() {
            self.find(&f::POSITION, latitude, "latitude and longitude are no place on Earth");
        }
        fix
    }

    /// Reads a mass in whole kilograms.
    pub fn mass(&mut self, node: &Node, unit: MassUnit) -> Option<u32> {
        let text = self.text(node)?;
        let number = text.replace(',', ".").parse::<f64>().ok().filter(|n| n.is_finite() && *n > 0.0);
        let kilograms = number.map(|n| match unit {
            MassUnit::Kg => n,
            MassUnit::T => n * 1_000.0,
            MassUnit::Lb => n * 0.453_592_37,
        });
        let Some(kg) = kilograms.map(f64::round).filter(|kg| *kg < 1e9) else {
            // No mass at all is not said with a zero.
            if number.is_some() || text.parse::<f64>().is_err() {
                self.find(&f::NUMBER, node, format!("`{text}` is no mass"));
            }
            return None;
        };
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "positive and below 1e9")]
        let kg = kg as u32;
        Some(kg)
    }

    /// Adds a reference, unless it is there or there are too many.
    pub fn refer(&mut self, to: &mut Vec<Reference>, kind: ReferenceKind, node: &Node) {
        let Some(text) = self.text(node) else { return };
        let reference = Reference::new(kind, &text);
        if kind != ReferenceKind::Other && !reference.joins() {
            self.find(&edi::CONSTANT_VALUE, node, format!("the reference `{text}` looks like a filler"));
        }
        if to.len() < REFERENCES && !to.contains(&reference) {
            to.push(reference);
        }
    }
}

/// Returns a container of which nothing but its number is known.
pub(super) fn bare(number: ContainerNumber) -> Equipment {
    Equipment {
        number,
        size_type: None,
        load: Load::Unknown,
        trade: None,
        seals: std::iter::empty().collect(),
        gross_kg: None,
    }
}
