//! A story of a shipment: messages of terminals and lines, certificates, and the fold of both.

#![allow(dead_code, reason = "the bench tells one story of these, the tests all")]

use jiff::Timestamp;
use jiff::civil::DateTime;
use sealane_data::Text;
use sealane_data::certificate::{CertificateAct, CertificateEvent, CertificateId, CertificateRecord};
use sealane_data::container::ContainerNumber;
use sealane_data::observation::{
    Classifier, DeclaredPlace, Equipment, Few, Kind, Load, Observation, Plan, Revision, Trade,
};
use sealane_data::partner::{Mode, Partner, PartyId};
use sealane_data::places::Places;
use sealane_data::recorded::{Entry, MessageRecord, ReadingVersion, Recorded};
use sealane_data::submission::SubmissionId;
use sealane_data::time::DeclaredTime;
use sealane_data::vessel::{ImoNumber, VesselRef};
use sealane_mapper::World;
use sealane_origin::{
    Assessment, Cargo, Case, Certificate, Graph, Movement, Papers, Register, assess, rules,
};
use serde_json::Value;
use std::sync::Arc;

pub(crate) const MINE: &str = "TSTU0000014";
pub(crate) const OTHER: &str = "CSQU3054383";
pub(crate) const STAR: (&str, &str) = ("EXAMPLE STAR", "9074729");
pub(crate) const DAWN: (&str, &str) = ("PACIFIC DAWN", "9123453");

/// Places as terminals declare them.
pub(crate) const YANGSHAN: (&str, &str) = ("CNSGH", "SGICT");
pub(crate) const CAI_MEP: (&str, &str) = ("VNVUT", "CMIT");
pub(crate) const KLANG: (&str, &str) = ("MYPKG", "KMT");
pub(crate) const KAOHSIUNG: (&str, &str) = ("TWKHH", "");

/// What was told, in the order of the log.
#[derive(Clone)]
pub(crate) struct Story {
    pub(crate) log: Vec<Recorded>,
    seq: u64,
}

/// What came of it.
pub(crate) struct Told {
    pub(crate) world: World,
    pub(crate) register: Register,
    pub(crate) log: Vec<Recorded>,
}

pub(crate) fn place((locode, facility): (&str, &str)) -> Arc<DeclaredPlace> {
    let facility = Some(facility).filter(|f| !f.is_empty()).map(Text::from);
    Arc::new(DeclaredPlace { facility, ..DeclaredPlace::locode(locode) })
}

fn said(kind: Kind, container: Option<&str>, at: &str, where_: (&str, &str)) -> Observation {
    let mut o = Observation::new(kind, Classifier::Actual);
    o.time = Some(DeclaredTime::minute(at.parse::<DateTime>().unwrap()));
    o.place = Some(place(where_));
    o.equipment = container.map(|c| Equipment {
        number: ContainerNumber::read(c),
        size_type: None,
        load: Load::Laden,
        trade: None,
        seals: Few::new(),
        gross_kg: None,
    });
    o
}

/// A move of a box, told with its booking and bill of lading.
pub(crate) struct Move(pub(crate) Observation);

pub(crate) fn moved(kind: Kind, container: &str, at: &str, where_: (&str, &str)) -> Move {
    Move(said(kind, Some(container), at, where_)).with(&["booking:EXBK9988", "bl:EXBL00012345"])
}

impl Move {
    pub(crate) fn on(mut self, ship: (&str, &str), voyage: &str) -> Self {
        self.0.vessel = Some(Arc::new(vessel(ship, voyage)));
        self
    }

    pub(crate) fn sealed(mut self, seal: &str) -> Self {
        self.0.equipment.as_mut().unwrap().seals.push(seal.into());
        self
    }

    pub(crate) fn weighing(mut self, kg: u32) -> Self {
        self.0.equipment.as_mut().unwrap().gross_kg = Some(kg);
        self
    }

    pub(crate) fn trade(mut self, trade: Trade) -> Self {
        self.0.equipment.as_mut().unwrap().trade = Some(trade);
        self
    }

    pub(crate) fn with(mut self, references: &[&str]) -> Self {
        self.0.references = references.iter().map(|r| r.parse().unwrap()).collect();
        self
    }

    pub(crate) fn planned(mut self) -> Self {
        self.0.classifier = Classifier::Planned;
        self
    }

    pub(crate) fn planned_from_to(mut self, load: (&str, &str), discharge: (&str, &str)) -> Self {
        let plan = Plan { load: Some(place(load)), discharge: Some(place(discharge)), ..Plan::default() };
        self.0.plan = Some(Arc::new(plan));
        self
    }
}

fn vessel((name, imo): (&str, &str), voyage: &str) -> VesselRef {
    VesselRef {
        name: Some(name.into()),
        imo: Some(ImoNumber::read(imo)),
        voyage: Some(voyage.into()),
        ..VesselRef::default()
    }
}

impl Story {
    pub(crate) fn new() -> Self {
        Self { log: Vec::new(), seq: 1 }
    }

    fn push(&mut self, party: &str, entry: Entry) {
        let at = Timestamp::from_second(1_790_000_000 + i64::try_from(self.seq).unwrap()).unwrap();
        let width = entry.width();
        let submission = SubmissionId(format!("sub_{}", self.seq).into());
        self.log.push(Recorded { seq: self.seq, at, party: PartyId(party.into()), submission, entry });
        self.seq += width;
    }

    /// A party says something in one message.
    pub(crate) fn says(&mut self, party: &str, moves: impl IntoIterator<Item = Move>) {
        let mut key = [0; 16];
        key[..8].copy_from_slice(&self.seq.to_le_bytes());
        let message = MessageRecord {
            ordinal: 1,
            family: "COARRI:D:95B:UN".into(),
            document: Text::default(),
            revision: Revision::Original,
            written: None,
            parties: Vec::new(),
            key,
            reading: ReadingVersion::default(),
            test: false,
            mode: Mode::Live,
            observations: moves.into_iter().map(|m| m.0).collect(),
            findings: Vec::new(),
        };
        self.push(party, Entry::Message(message));
    }

    /// A ship leaves.
    pub(crate) fn leaves(
        &mut self,
        party: &str,
        ship: (&str, &str),
        voyage: &str,
        at: &str,
        where_: (&str, &str),
    ) {
        let mut departure = said(Kind::VesselDeparted, None, at, where_);
        departure.vessel = Some(Arc::new(vessel(ship, voyage)));
        self.says(party, [Move(departure)]);
    }

    /// An exporter sends a certificate.
    pub(crate) fn certificate(&mut self, owner: &str, id: &str, document: &Value) {
        let (taken, findings) = sealane_origin::read(document.to_string().as_bytes());
        let taken = taken.unwrap_or_else(|| panic!("{findings:#?}"));
        let record = CertificateRecord {
            id: CertificateId(id.into()),
            natural_key: taken.natural_key,
            sha256: taken.sha256,
            document: taken.document,
        };
        self.push(owner, Entry::Certificate(Box::new(record)));
    }

    /// Something happens to a certificate.
    pub(crate) fn act(&mut self, party: &str, id: &str, act: CertificateAct) {
        let certificate = CertificateId(id.into());
        let event =
            CertificateEvent { certificate, source_sha256: String::new(), reason: String::new(), act };
        self.push(party, Entry::CertificateEvent(Box::new(event)));
    }

    pub(crate) fn told(&self) -> Told {
        let names = ["yangshan-terminal", "cai-mep-terminal", "klang-terminal", "line", "exporter", "other"];
        let mut partners = names.map(|p| Partner::new(PartyId(p.into())));
        for partner in &mut partners[..4] {
            partner.authority = Partner::operator().authority;
        }
        let (mut world, mut register) = (World::new(Places::embedded(), &partners), Register::new());
        for recorded in &self.log {
            let changes = world.apply(std::slice::from_ref(recorded));
            register.apply(recorded, &world, &changes);
        }
        Told { world, register, log: self.log.clone() }
    }
}

impl Told {
    pub(crate) fn get(&self, id: &str) -> &Certificate {
        self.register.get(&CertificateId(id.into())).unwrap()
    }

    pub(crate) fn graph(&self, id: &str) -> Graph {
        self.register.binding(self.get(id), &self.world)
    }

    pub(crate) fn movement(&self, graph: &Graph) -> Movement {
        let wanted = sealane_origin::movement::sources(&graph.bound(), &self.world);
        let cargo = Cargo::read(self.log.iter().filter(|r| wanted.contains(&r.seq)));
        Movement::of(&graph.bound(), &self.world, &cargo)
    }

    pub(crate) fn assess_with(&self, id: &str, change: impl FnOnce(&mut Extra)) -> Assessment {
        let mut extra = Extra::default();
        change(&mut extra);
        let (certificate, graph) = (self.get(id), self.graph(id));
        let movement = self.movement(&graph);
        assess(&Case {
            certificate,
            movement: &movement,
            papers: &extra.papers,
            conflicts: &graph.conflicts,
            entry: self.register.entry_state(certificate, None),
            uses: &self.register.other_uses(certificate, &self.world),
            sites: extra.site.as_slice(),
            places: self.world.places(),
            covered: &|_, _, _, _| extra.covered,
        })
    }

    pub(crate) fn assess(&self, id: &str) -> Assessment {
        self.assess_with(id, |_| {})
    }
}

/// What a rule is told beside the world.
#[derive(Default)]
pub(crate) struct Extra {
    pub(crate) papers: Papers,
    pub(crate) site: Option<rules::SiteText>,
    pub(crate) covered: bool,
}

/// The sample certificate with some members set.
pub(crate) fn sample(changes: &[(&str, Value)]) -> Value {
    let mut document: Value = serde_json::from_str(include_str!("../../samples/rcep.json")).unwrap();
    for (pointer, value) in changes {
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        let parent = document.pointer_mut(parent).unwrap();
        match name.parse::<usize>() {
            Ok(n) if parent.is_array() => parent[n] = value.clone(),
            _ => parent[name] = value.clone(),
        }
    }
    document
}

/// The direct voyage of the sample: gate-in, load at Yangshan, five days at sea, discharge at Klang.
pub(crate) fn direct(story: &mut Story, container: &str) {
    direct_under(story, container, &["booking:EXBK9988", "bl:EXBL00012345"]);
}

/// The same under other papers.
pub(crate) fn direct_under(story: &mut Story, container: &str, papers: &[&str]) {
    let seal = "SL001234";
    let m = |kind, at, where_| moved(kind, container, at, where_).with(papers);
    story.says(
        "yangshan-terminal",
        [m(Kind::GateIn, "2026-09-03T10:00", YANGSHAN).sealed(seal).weighing(9_000)],
    );
    story.says(
        "yangshan-terminal",
        [m(Kind::Loaded, "2026-09-05T08:00", YANGSHAN)
            .on(STAR, "2609S")
            .sealed(seal)
            .planned_from_to(YANGSHAN, KLANG)],
    );
    story.says("line", [m(Kind::Loaded, "2026-09-05T08:30", YANGSHAN).on(STAR, "2609S").sealed("SL-001234")]);
    story.leaves("yangshan-terminal", STAR, "2609S", "2026-09-05T16:00", YANGSHAN);
    story.says(
        "klang-terminal",
        [m(Kind::Discharged, "2026-09-11T03:00", KLANG).on(STAR, "2609S").sealed(seal)],
    );
    story.says("klang-terminal", [m(Kind::GateOut, "2026-09-12T09:00", KLANG).sealed(seal)]);
}
