//! The answer: ways with their legs, distance and cost kept apart, the parts ashore and on rivers told apart.

use super::charts::Ends;
use super::question::Question;
use super::section::{DrawnLeg, Section};
use sealane_data::places::Places;
use sealane_mapper::ends::Meant;
use sealane_mapper::geojson::quantise;
use sealane_mapper::sea::emission::{CONTAINER_SHIP, DISTANCE_ADJUSTMENT_PERCENT};
use sealane_mapper::sea::{LegKind, Sailing, SeaNetwork, draw};
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// Metres in a nautical mile.
const MILE: f64 = 1852.0;
/// The name of the one factor that is used.
const FACTOR: &str = "clean-cargo-average";

/// Ways between two ends.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SeaRoute)]
pub struct Answer {
    /// Where they begin.
    pub from: End,
    /// Where they end.
    pub to: End,
    /// What they touch, in order.
    pub via: Vec<End>,
    /// The speed that the durations are reckoned with.
    pub speed_knots: f64,
    /// The ways: the best first, then the alternatives by cost.
    pub routes: Vec<Way>,
    /// The factors of the emissions.
    pub factors: Vec<Factor>,
    /// The version of the sea network, a hash of what it was built from.
    pub network: String,
    /// What maps must say about the lines.
    pub attribution: &'static str,
    #[serde(skip)]
    #[schema(ignore)]
    pub(super) sections: Vec<Vec<Arc<Section>>>,
}

/// One end.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = SeaRouteEnd)]
pub struct End {
    /// What was asked for.
    pub asked: String,
    /// The node, unless a position was asked for.
    pub node: Option<String>,
    /// The node's name.
    pub name: Option<String>,
    /// Latitude in degrees.
    pub lat: f64,
    /// Longitude in degrees.
    pub lon: f64,
}

/// One way.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SeaWay)]
pub struct Way {
    /// `main`, `alternative-1` and so on.
    pub id: String,
    /// The passages that an alternative does without.
    pub without: Vec<String>,
    /// Nautical miles by sea and canal; rivers and land are not counted.
    pub distance_nm: f64,
    /// The same in kilometres.
    pub distance_km: f64,
    /// Nautical miles on rivers.
    pub river_nm: f64,
    /// Nautical miles ashore, straight.
    pub land_nm: f64,
    /// What the network minimises, in nautical miles: the distance with what ships rather avoid. No distance.
    pub cost_nm: f64,
    /// Hours at the speed, by sea, canal and river; waiting is not in it.
    pub duration_hours: f64,
    /// The passages in the order of travel.
    pub passages: Vec<PassageUsed>,
    /// Greenhouse gas of the legs that are counted.
    pub emission: Emission,
    /// The legs in the order of travel.
    pub legs: Vec<Leg>,
}

/// A passage that a way uses.
#[derive(Debug, Serialize, ToSchema)]
pub struct PassageUsed {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Whether it was dug.
    pub canal: bool,
    /// Nautical miles from the start of the way to its middle.
    pub at_nm: f64,
    /// What using it costs beside its length, in nautical miles of detour a ship would rather make.
    pub cost_nm: f64,
}

/// A part of a way that goes over one thing.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SeaWayLeg)]
pub struct Leg {
    /// `leg-1` and so on; of an alternative `alternative-1/leg-1`.
    pub id: String,
    /// `sea`, `canal`, `river` or `land`.
    pub mode: &'static str,
    /// Whether it is in the distance: by sea and canal.
    pub counted: bool,
    /// Its nautical miles.
    pub distance_nm: f64,
    /// Its kilometres.
    pub distance_km: f64,
    /// Its hours at the speed; none ashore.
    pub duration_hours: Option<f64>,
    /// Its greenhouse gas; none on rivers and ashore, for which no factor is used.
    pub emission: Option<Emission>,
}

/// An estimate of greenhouse gas.
#[derive(Debug, Serialize, ToSchema)]
pub struct Emission {
    /// Kilograms of CO2 equivalent for one TEU, well to wake.
    pub kg_co2e_per_teu: f64,
    /// The factor it was made with.
    pub factor: &'static str,
}

/// A published factor.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = EmissionFactor)]
pub struct Factor {
    /// Its name here.
    pub id: &'static str,
    /// Grams of CO2 equivalent per TEU and kilometre.
    pub grams_co2e_per_teu_km: u32,
    /// What is added to the distance for the distance really sailed, in percent.
    pub distance_adjustment_percent: u32,
    /// Where it is published.
    pub source: &'static str,
}

/// Rounds to two decimals: what is told is no surer than that.
fn round(value: f64) -> f64 {
    (value * 100.0).round() / 100.0 + 0.0
}

/// Kilograms for one TEU over some metres, by the default factor.
fn kilograms(metres: f64) -> f64 {
    let adjusted = metres / 1000.0 * (1.0 + f64::from(DISTANCE_ADJUSTMENT_PERCENT) / 100.0);
    adjusted * f64::from(CONTAINER_SHIP.grams_per_teu_km) / 1000.0
}

fn emission(metres: f64) -> Emission {
    Emission { kg_co2e_per_teu: round(kilograms(metres)), factor: FACTOR }
}

fn counted(kind: LegKind) -> bool {
    matches!(kind, LegKind::Sea | LegKind::Canal)
}

pub(super) fn mode(kind: LegKind) -> &'static str {
    match kind {
        LegKind::Sea => "sea",
        LegKind::Canal => "canal",
        LegKind::River => "river",
        LegKind::Land => "land",
    }
}

/// The id of a leg of a way, from 1.
pub(super) fn leg_id(way: &str, number: usize) -> String {
    if way == "main" { format!("leg-{number}") } else { format!("{way}/leg-{number}") }
}

impl Leg {
    fn new(id: String, drawn: &DrawnLeg, knots: f64) -> Self {
        let miles = drawn.metres / MILE;
        Self {
            id,
            mode: mode(drawn.kind),
            counted: counted(drawn.kind),
            distance_nm: round(miles),
            distance_km: round(drawn.metres / 1000.0),
            duration_hours: (drawn.kind != LegKind::Land).then(|| round(miles / knots)),
            emission: counted(drawn.kind).then(|| emission(drawn.metres)),
        }
    }
}

impl Way {
    pub(super) fn new(
        network: &SeaNetwork,
        id: String,
        without: Vec<String>,
        sections: &[Arc<Section>],
        knots: f64,
    ) -> Self {
        let legs = || sections.iter().flat_map(|section| &section.legs);
        let sum = |wanted: fn(LegKind) -> bool| -> f64 {
            legs().filter(|leg| wanted(leg.kind)).map(|leg| leg.metres).sum()
        };
        let sea = sum(counted);
        let river = sum(|kind| kind == LegKind::River);
        Self {
            distance_nm: round(sea / MILE),
            distance_km: round(sea / 1000.0),
            river_nm: round(river / MILE),
            land_nm: round(sum(|kind| kind == LegKind::Land) / MILE),
            cost_nm: round(sections.iter().map(|section| section.cost).sum::<f64>() / MILE),
            duration_hours: round((sea + river) / MILE / knots),
            passages: passages(network, sections),
            emission: emission(sea),
            legs: legs().zip(1..).map(|(leg, n)| Leg::new(leg_id(&id, n), leg, knots)).collect(),
            id,
            without,
        }
    }
}

/// The passages of a way through several ends: each as often as the way goes through it.
fn passages(network: &SeaNetwork, sections: &[Arc<Section>]) -> Vec<PassageUsed> {
    let mut behind = 0.0;
    let mut used = Vec::new();
    for section in sections {
        for (id, at) in &section.passages {
            let Some(passage) = network.passages().iter().find(|known| known.id == *id) else { continue };
            used.push(PassageUsed {
                id: id.clone(),
                name: passage.name.clone(),
                canal: passage.canal,
                at_nm: round((behind + at) / MILE),
                cost_nm: passage.cost,
            });
        }
        behind += section.metres();
    }
    used
}

impl End {
    fn new(places: &Places, asked: &str, meant: Meant) -> Self {
        let (at, node) = match meant {
            Meant::At(at) => (at, None),
            Meant::Node(ix) => (places.node(ix).position, Some(places.node(ix))),
        };
        let [lon, lat] = quantise(at);
        Self {
            asked: asked.to_owned(),
            node: node.map(|node| node.id.to_string()),
            name: node.map(|node| node.name.clone()),
            lat,
            lon,
        }
    }
}

impl Answer {
    pub(super) fn new(
        network: &SeaNetwork,
        places: &Places,
        question: &Question,
        ends: &Ends,
        ways: Vec<(Vec<String>, Vec<Arc<Section>>)>,
    ) -> Self {
        let texts = [&question.from].into_iter().chain(&question.via).chain([&question.to]);
        let mut told: Vec<End> =
            texts.zip(&ends.meant).map(|(text, meant)| End::new(places, text, *meant)).collect();
        let from = told.remove(0);
        let to = told.pop().unwrap_or_else(|| from.clone());
        let knots = question.knots();
        let name = |n: usize| if n == 0 { "main".to_owned() } else { format!("alternative-{n}") };
        let routes = ways
            .iter()
            .enumerate()
            .map(|(n, (without, sections))| Way::new(network, name(n), without.clone(), sections, knots));
        Self {
            from,
            to,
            via: told,
            speed_knots: knots,
            routes: routes.collect(),
            factors: vec![Factor {
                id: FACTOR,
                grams_co2e_per_teu_km: CONTAINER_SHIP.grams_per_teu_km,
                distance_adjustment_percent: DISTANCE_ADJUSTMENT_PERCENT,
                source: CONTAINER_SHIP.source,
            }],
            network: network.version().get(..16).unwrap_or_default().to_owned(),
            attribution: crate::views::ATTRIBUTION,
            sections: ways.into_iter().map(|(_, sections)| sections).collect(),
        }
    }

    /// Returns the way that was asked for.
    pub fn main(&self) -> Option<&Way> {
        self.routes.first()
    }

    /// Returns the answer as a GeoJSON feature collection.
    pub fn geojson(&self) -> Vec<u8> {
        super::collection::write(self)
    }

    /// Returns a picture of the ways over land and water (SVG).
    pub fn svg(&self) -> String {
        let whole = |sections: &[Arc<Section>]| {
            let mut whole = Sailing { legs: Vec::new(), passages: Vec::new(), cost: 0.0 };
            for section in sections {
                whole.join(section.way.clone());
            }
            whole
        };
        let ways: Vec<Sailing> = self.sections.iter().map(|sections| whole(sections)).collect();
        let names = self.routes.iter().map(|way| match way.without.as_slice() {
            [] => String::new(),
            without => format!("without {}", without.join(", ")),
        });
        let names: Vec<String> = names.collect();
        let drawn = names.iter().zip(&ways).map(|(name, way)| draw::Drawn { name, way });
        let called = |end: &End| end.name.as_ref().unwrap_or(&end.asked).clone();
        let title = format!("Way by sea from {} to {}", called(&self.from), called(&self.to));
        draw::svg(&SeaNetwork::embedded(), &title, &drawn.collect::<Vec<_>>(), None)
    }
}
