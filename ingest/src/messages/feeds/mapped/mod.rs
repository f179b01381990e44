//! Documents that are read by a mapping: data instead of code.
//!
//! Shipped mappings lie in `ingest/mappings`; a partner's own stand in its profile and are asked first.

mod event;
mod fields;
mod find;
mod table;
mod trial;

pub(crate) use table::read_tables;
pub use trial::{Trial, Unused, fits, trial};

use super::Reading;
use super::record::Record;
use super::times::Forms;
use crate::feed_findings as f;
use crate::formats::tree::Form;
use crate::formats::tree::Node;
use find::{Found, Trail};
use jiff::tz::TimeZone;
use sealane_data::mapping::{
    Conditions, Mapping, MappingField, MappingFormat, Mappings, Path, Source, Start,
};
use sealane_data::observation::Revision;
use sealane_data::partner::clock_zone;
use std::collections::BTreeSet;
use std::sync::LazyLock;

/// The files of shipped mappings.
const FILES: &[&str] = &[
    include_str!("../../../../mappings/portconnect.toml"),
    include_str!("../../../../mappings/ipcsa-notn.toml"),
    include_str!("../../../../mappings/portnet.toml"),
    include_str!("../../../../mappings/cargowise.toml"),
];

/// Every shipped mapping, in the order in which they are tried.
pub fn shipped() -> &'static [Mapping] {
    static ALL: LazyLock<Vec<Mapping>> = LazyLock::new(|| {
        let read =
            |text: &&str| toml::from_str::<Mappings>(text).map(|file| file.mappings).unwrap_or_default();
        FILES.iter().flat_map(read).collect()
    });
    &ALL
}

/// The shipped mappings, ready for use.
pub(super) static SHIPPED: LazyLock<Vec<Compiled<'static>>> =
    LazyLock::new(|| shipped().iter().filter_map(Compiled::new).collect());

/// A mapping whose paths are read.
pub(super) struct Compiled<'m> {
    pub(super) source: &'m Mapping,
    /// The names on the way to the records.
    records: Path,
    zone: Option<TimeZone>,
    /// Paths from the root that are read.
    used: BTreeSet<String>,
}

impl<'m> Compiled<'m> {
    /// Returns the mapping ready for use; nothing for one with problems.
    pub(super) fn new(source: &'m Mapping) -> Option<Self> {
        if !source.problems().is_empty() {
            return None;
        }
        let records = Path::parse(&source.records).ok()?;
        let zone = source.zone.as_deref().and_then(clock_zone);
        let mut compiled = Self { source, records, zone, used: BTreeSet::new() };
        compiled.used = compiled.all_used();
        Some(compiled)
    }

    /// Returns whether it is for documents of this grammar.
    pub(super) fn reads(&self, form: Form) -> bool {
        let own = match self.source.format {
            MappingFormat::Json => Form::Json,
            MappingFormat::Xml => Form::Xml,
            MappingFormat::Csv => return false,
        };
        own == form
    }

    /// Returns whether a document is of this kind: every `has` is there and every `is` fits, in the
    /// document or in the first of a list of them.
    pub(super) fn claims(&self, root: &Node) -> bool {
        let Some(first) = self.tops(root).into_iter().next() else { return false };
        let trail = Trail::of(first);
        let has = |path: &sealane_data::Text| trail.find(path).is_some_and(|found| !found.is_empty());
        self.source.has.iter().all(has) && trail.meets(&self.source.is)
    }

    /// Returns what its paths begin at: what is in the envelope, or the document, or the values of its list.
    fn tops<'d>(&self, root: &'d Node) -> Vec<&'d Node> {
        let whole = Trail::of(root);
        let inside =
            self.source.within.iter().find_map(|path| whole.find(path).filter(|found| !found.is_empty()));
        inside.unwrap_or_else(|| root.items().iter().collect())
    }

    pub(super) fn forms(&self) -> Forms<'m> {
        Forms { us: false, own: &self.source.dates }
    }

    /// Reads a document.
    pub(super) fn read(&self, document: &mut Reading<'_>) {
        let root = document.root;
        for top in self.tops(root) {
            let records = Trail::of(top).records(&self.records);
            if records.is_empty() {
                document.find(&f::NO_RECORD, top, format!("there is nothing at `{}`", self.source.records));
            }
            for trail in records {
                let family = format!("{}:MAP", self.source.id.to_ascii_uppercase());
                let Some(mut record) = document.open(trail.here(), &family) else { continue };
                self.record(&mut record, &trail);
                document.push(record);
            }
        }
    }

    /// Reads one record.
    fn record(&self, record: &mut Record<'_>, trail: &Trail<'_>) {
        let source = self.source;
        let document = source.document.as_ref().and_then(|from| trail.value(from));
        record.draft.document = document.map(|found| found.text).unwrap_or_default();
        record.draft.written = source.written.as_ref().and_then(|from| self.time(record, trail, from));
        record.draft.revision = source.revision;
        if !source.retracted.is_empty() && trail.meets(&source.retracted) {
            record.draft.revision = Revision::Cancel;
            return;
        }
        for event in &source.events {
            self.event(record, trail, event);
        }
        if record.draft.observations.is_empty() && record.draft.findings.is_empty() && !self.is_quiet(trail) {
            record.find(&f::NOTHING_SAID, trail.here(), "the record tells nothing");
        }
    }

    /// Reads a time and gives it the zone of the mapping.
    fn time(
        &self,
        record: &mut Record<'_>,
        trail: &Trail<'_>,
        from: &Source,
    ) -> Option<sealane_data::time::DeclaredTime> {
        let found = trail.value(from)?;
        let mut time = match &found {
            Found { node: Some(node), .. } => record.time(node, self.forms())?,
            Found { text, .. } => super::times::read(text, self.forms()).ok()?,
        };
        if let Some(zone) = self.zone.as_ref().filter(|_| record.partner.clock.is_none()) {
            time.set_clock(zone);
        }
        Some(time)
    }

    /// Returns whether a path in the document is read, or left unread on purpose.
    pub(super) fn knows(&self, path: &str) -> bool {
        let inside = |within: &sealane_data::Text| path.strip_prefix(within.as_str())?.strip_prefix('.');
        let path = self.source.within.iter().find_map(inside).unwrap_or(path);
        self.used.contains(path) || self.left(path)
    }

    /// Returns whether a path is left unread on purpose; it is written from the document or from the record.
    fn left(&self, path: &str) -> bool {
        let inside = path.strip_prefix(self.source.records.as_str()).and_then(|rest| rest.strip_prefix('.'));
        let under = |path: &str, known: &str| {
            path.strip_prefix(known).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        let mut known = self.source.ignored.keys();
        known.any(|known| under(path, known) || inside.is_some_and(|inside| under(inside, known)))
    }

    /// Returns every path that is read, from the root.
    fn all_used(&self) -> BTreeSet<String> {
        let s = self.source;
        let base: Vec<&str> = self.records.steps.iter().map(|step| step.name.as_str()).collect();
        let mut used = BTreeSet::new();
        let mut add = |base: &[&str], path: &str| {
            let Ok(path) = Path::parse(path) else { return };
            let mut whole: Vec<&str> = match path.start {
                Start::Root => Vec::new(),
                Start::Up(up) => base.iter().take(base.len().saturating_sub(up)).copied().collect(),
            };
            for step in &path.steps {
                whole.push(&step.name);
                if let Some((key, _)) = &step.filter {
                    used.insert(format!("{}.{key}", whole.join(".")));
                }
            }
            used.insert(whole.join("."));
        };
        s.has.iter().chain(s.is.keys()).for_each(|path| add(&[], path));
        let conditions = |conditions: &Conditions| conditions.keys().cloned().collect::<Vec<_>>();
        let sources = |fields: &std::collections::BTreeMap<MappingField, Source>| {
            fields.values().flat_map(|source| source.paths.clone()).collect::<Vec<_>>()
        };
        let single = s.document.iter().chain(&s.written).flat_map(|source| source.paths.clone());
        let own = single.chain(conditions(&s.retracted)).chain(sources(&s.fields));
        own.for_each(|path| add(&base, &path));
        for event in &s.events {
            let each: Vec<&str> = event.each.split('.').filter(|step| !step.is_empty()).collect();
            let each: Vec<&str> =
                each.into_iter().map(|step| step.split('[').next().unwrap_or(step)).collect();
            let below: Vec<&str> = base.iter().copied().chain(each).collect();
            let codes =
                event.kind_by.iter().map(|by| &by.path).chain(event.classifier_by.iter().map(|by| &by.path));
            let times = event.time.iter().flat_map(|time| time.paths.clone());
            let all =
                codes.cloned().chain(times).chain(conditions(&event.when)).chain(sources(&event.fields));
            all.for_each(|path| add(&below, &path));
            // Values of the record are read for each of its parts too.
            for path in sources(&s.fields) {
                add(&base, &path);
            }
        }
        used
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shipped_mappings_are_good() {
        for file in FILES {
            let read: Mappings = toml::from_str(file).unwrap();
            assert_eq!(Mapping::problems_of(&read.mappings), Vec::<String>::new());
            assert!(read.mappings.iter().all(|m| m.about.len() > 10 && !m.about.ends_with('.')));
        }
        assert_eq!(SHIPPED.len(), shipped().len());
        assert!(shipped().len() >= 5);
    }
}
